"""What Home Assistant's registries hold of a coach, as plain rows, and back again."""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
    label_registry as lr,
)
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from .const import DOMAIN

# What is taken over as it is: what a device or an entity says of itself, and what its owner says.
_DEVICE_SELF = ("name", "manufacturer", "model", "serial_number", "sw_version", "hw_version")
_ENTITY_SELF = (
    "original_name",
    "original_device_class",
    "original_icon",
    "translation_key",
    "unit_of_measurement",
    "supported_features",
    "has_entity_name",
    "capabilities",
)
_ENTITY_OWNER = ("name", "icon", "device_class")
_LABEL = ("name", "icon", "color", "description")

_TEXT = vol.Any(str, None)
_PLACE = {
    vol.Optional("area"): _TEXT,
    vol.Optional("labels", default=list): [str],
    vol.Optional("subentry"): _TEXT,
}
DEVICE_SCHEMA = vol.Schema(
    {
        **_PLACE,
        vol.Required("id"): str,
        **{vol.Optional(name): _TEXT for name in (*_DEVICE_SELF, "via", "name_by_user")},
        vol.Optional("disabled"): bool,
    }
)
ENTITY_SCHEMA = vol.Schema(
    {
        **_PLACE,
        vol.Required("entity_id"): cv.entity_id,
        vol.Required("unique_id"): str,
        vol.Optional("device"): _TEXT,
        **{vol.Optional(name): _TEXT for name in (*_ENTITY_SELF[:5], *_ENTITY_OWNER)},
        vol.Optional("supported_features"): int,
        vol.Optional("has_entity_name"): bool,
        vol.Optional("capabilities"): vol.Any(dict, None),
        vol.Optional("entity_category"): vol.Any(None, vol.Coerce(EntityCategory)),
        vol.Optional("disabled_by"): vol.Any(None, vol.Coerce(er.RegistryEntryDisabler)),
        vol.Optional("hidden_by"): vol.Any(None, vol.Coerce(er.RegistryEntryHider)),
        vol.Optional("aliases", default=list): [_TEXT],
        vol.Optional("options", default=dict): {str: dict},
    }
)
AREA_SCHEMA = vol.Schema({vol.Required("name"): str, vol.Optional("icon"): _TEXT})
LABEL_SCHEMA = AREA_SCHEMA.extend(
    {vol.Optional("color"): _TEXT, vol.Optional("description"): _TEXT}
)

type Row = dict[str, Any]


def copy_registries(hass: HomeAssistant, entry: ConfigEntry) -> JsonObjectType:
    """Return the devices and entities of a coach, and the areas and labels that they have."""
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    areas = ar.async_get(hass).areas
    labels = lr.async_get(hass).labels
    identifier = {device.id: _identifier(device) for device in devices}
    placed: list[dr.DeviceEntry | er.RegistryEntry] = [*devices, *entities]
    used_areas = {area.id: area for one in placed if (area := areas.get(one.area_id or ""))}
    used_labels = {label for one in placed for label in one.labels} & labels.keys()

    def place(one: dr.DeviceEntry | er.RegistryEntry) -> Row:
        area = areas.get(one.area_id or "")
        return {
            "area": area and area.name,
            "labels": sorted(labels[label].name for label in one.labels & labels.keys()),
            "subentry": one.config_subentry_id,
        }

    return {
        "areas": [{"name": area.name, "icon": area.icon} for _, area in sorted(used_areas.items())],
        "labels": [
            {
                name: getattr(labels[label], name)
                for name in ("name", "icon", "color", "description")
            }
            for label in sorted(used_labels)
        ],
        "devices": [
            {
                "id": identifier[device.id],
                **{name: getattr(device, name) for name in _DEVICE_SELF},
                "via": identifier.get(device.via_device_id or ""),
                "name_by_user": device.name_by_user,
                "disabled": device.disabled_by is dr.DeviceEntryDisabler.USER,
                **place(device),
            }
            for device in sorted(devices, key=_identifier)
        ],
        "entities": [
            {
                "entity_id": entity.entity_id,
                "unique_id": entity.unique_id,
                "device": identifier.get(entity.device_id or ""),
                **{name: getattr(entity, name) for name in (*_ENTITY_SELF, *_ENTITY_OWNER)},
                "entity_category": entity.entity_category,
                "disabled_by": entity.disabled_by,
                "hidden_by": entity.hidden_by,
                "aliases": [None if one is er.COMPUTED_NAME else one for one in entity.aliases],
                "options": {domain: dict(rows) for domain, rows in entity.options.items()},
                **place(entity),
            }
            for entity in sorted(entities, key=lambda one: one.entity_id)
        ],
    }


def paste_registries(hass: HomeAssistant, entry: ConfigEntry, rows: Mapping[str, Any]) -> list[str]:
    """Put devices and entities of a coach that is not set up yet where they were.

    Returns the entities that are called otherwise now, since something else has their id.
    """
    areas = _areas(hass, rows["areas"])
    labels = _labels(hass, rows["labels"])
    devices = _paste_devices(hass, entry, rows["devices"], areas, labels)
    registry = er.async_get(hass)
    renamed = []
    for row in rows["entities"]:
        domain, _, object_id = row["entity_id"].partition(".")
        entity = registry.async_get_or_create(
            domain,
            DOMAIN,
            row["unique_id"],
            suggested_object_id=object_id,
            config_entry=entry,
            config_subentry_id=row.get("subentry"),
            device_id=devices.get(row.get("device")),
            disabled_by=row.get("disabled_by"),
            hidden_by=row.get("hidden_by"),
            entity_category=row.get("entity_category"),
            **{name: row[name] for name in _ENTITY_SELF if name in row},
        )
        # One that was deleted not long ago came back as it was then.
        if entity.entity_id != row["entity_id"] and registry.async_is_registered(row["entity_id"]):
            renamed.append(entity.entity_id)
        elif entity.entity_id != row["entity_id"]:
            entity = registry.async_update_entity(entity.entity_id, new_entity_id=row["entity_id"])
        registry.async_update_entity(
            entity.entity_id,
            area_id=areas.get(row.get("area")),
            labels={labels[name] for name in row["labels"]},
            aliases=[er.COMPUTED_NAME if one is None else one for one in row["aliases"]],
            disabled_by=row.get("disabled_by"),
            hidden_by=row.get("hidden_by"),
            **{name: row.get(name) for name in _ENTITY_OWNER},
        )
        for of, options in row["options"].items():
            registry.async_update_entity_options(entity.entity_id, of, options)
    return renamed


def _paste_devices(
    hass: HomeAssistant,
    entry: ConfigEntry,
    rows: Iterable[Row],
    areas: Mapping[str | None, str],
    labels: Mapping[str, str],
) -> dict[str | None, str]:
    """Register devices and return their ids by what identifies them."""
    registry = dr.async_get(hass)
    devices: dict[str | None, str] = {}
    for row in rows:
        device = registry.async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=row.get("subentry"),
            identifiers={(DOMAIN, row["id"])},
            **{name: row[name] for name in _DEVICE_SELF if name in row},
        )
        devices[row["id"]] = device.id
        registry.async_update_device(
            device.id,
            name_by_user=row.get("name_by_user"),
            area_id=areas.get(row.get("area")),
            labels={labels[name] for name in row["labels"]},
            # The entry is disabled until all is there, and so are then those of its devices.
            disabled_by=dr.DeviceEntryDisabler.USER if row.get("disabled") else None,
        )
    for row in rows:
        if row.get("via") in devices:
            registry.async_update_device(devices[row["id"]], via_device_id=devices[row["via"]])
    return devices


def _areas(hass: HomeAssistant, rows: Iterable[Row]) -> dict[str | None, str]:
    """Return the areas of these names by name, made where there is none."""
    registry = ar.async_get(hass)
    found: dict[str | None, str] = {}
    for row in rows:
        area = registry.async_get_area_by_name(row["name"])
        area = area or registry.async_create(row["name"], icon=row.get("icon"))
        found[row["name"]] = area.id
    return found


def _labels(hass: HomeAssistant, rows: Iterable[Row]) -> dict[str, str]:
    """Return the labels of these names by name, made where there is none."""
    registry = lr.async_get(hass)
    return {
        row["name"]: (
            registry.async_get_label_by_name(row["name"]) or registry.async_create(**row)
        ).label_id
        for row in rows
    }


def _identifier(device: dr.DeviceEntry) -> str:
    """Return what one of our devices is known by."""
    return min(name for domain, name in device.identifiers if domain == DOMAIN)
