"""The actions that write all that makes a coach what it is, and make the same coach of that."""

from collections.abc import Mapping
import json
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from homeassistant.config_entries import (
    SOURCE_IMPORT,
    ConfigEntry,
    ConfigEntryDisabler,
    ConfigEntryState,
    ConfigSubentryDataWithId,
)
from homeassistant.const import MAJOR_VERSION, MINOR_VERSION
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.helpers import (
    area_registry as ar,
    config_validation as cv,
    label_registry as lr,
)
from homeassistant.util import slugify
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from .bus.adapters import place_of
from .bus_form import all_buses, check_unused
from .coach.shelf import load_profile, own_text, put_own
from .config_flow import CoachConfigFlow
from .const import BUS, CONF_COACH, CONF_CODE, CONF_KIND, CONF_PROFILE, CONF_SETTINGS, DOMAIN
from .coordinator import CoachCoordinator
from .error import AdapterError, CoachError, ConfigError
from .registry_copy import (
    AREA_SCHEMA,
    DEVICE_SCHEMA,
    ENTITY_SCHEMA,
    LABEL_SCHEMA,
    copy_registries,
    paste_registries,
)
from .store import CoachStore
from .stored import read
from .translated_error import in_words

FORMAT = 1
ATTR_CODE = "code"
ATTR_CONFIG = "config"
ATTR_FILE = "file"
ATTR_PATH = "path"

_SUBENTRY = vol.Schema(
    {
        vol.Required("subentry_id"): str,
        vol.Required("subentry_type"): BUS,
        vol.Required("title"): str,
        vol.Required("unique_id"): str,
        vol.Required("data"): vol.Schema(
            {vol.Required(CONF_KIND): str, vol.Required(CONF_SETTINGS): dict},
            extra=vol.ALLOW_EXTRA,
        ),
    }
)
_CONFIG = vol.Schema(
    {
        vol.Required("format"): FORMAT,
        vol.Required("home_assistant"): str,
        vol.Required("entry"): {
            vol.Required("entry_id"): str,
            vol.Required("version"): vol.All(int, vol.Range(min=1)),
            vol.Required("minor_version"): vol.All(int, vol.Range(min=1)),
            vol.Required("title"): str,
            vol.Required("unique_id"): str,
            vol.Required("data"): vol.Schema(
                {
                    vol.Required(CONF_COACH): str,
                    vol.Required(CONF_PROFILE): vol.Any(str, None),
                },
                extra=vol.ALLOW_EXTRA,
            ),
            vol.Required("options"): dict,
            vol.Required("subentries"): [_SUBENTRY],
        },
        vol.Required("code"): bool,
        vol.Required("profile"): vol.Any(str, None),
        vol.Required("areas"): [AREA_SCHEMA],
        vol.Required("labels"): [LABEL_SCHEMA],
        vol.Required("devices"): [DEVICE_SCHEMA],
        vol.Required("entities"): [ENTITY_SCHEMA],
        vol.Required("learnt"): dict,
    }
)
IMPORT_FIELDS: Mapping[vol.Marker, object] = {
    vol.Exclusive(ATTR_CONFIG, "source"): dict,
    vol.Exclusive(ATTR_PATH, "source"): cv.string,
    vol.Optional(ATTR_CODE): cv.string,
}


async def async_export_config(coordinator: CoachCoordinator, call: ServiceCall) -> ServiceResponse:
    """Return all that makes a coach what it is, but its code; write it only if a file is named."""
    hass, entry = coordinator.hass, coordinator.entry
    own = Path(hass.config.path(DOMAIN))
    config: JsonObjectType = {
        "format": FORMAT,
        "home_assistant": f"{MAJOR_VERSION}.{MINOR_VERSION}",
        "entry": {
            "entry_id": entry.entry_id,
            "version": entry.version,
            "minor_version": entry.minor_version,
            "title": entry.title,
            "unique_id": entry.unique_id,
            "data": dict(entry.data),
            "options": {name: one for name, one in entry.options.items() if name != CONF_CODE},
            "subentries": [
                {
                    "subentry_id": subentry.subentry_id,
                    "subentry_type": subentry.subentry_type,
                    "title": subentry.title,
                    "unique_id": subentry.unique_id,
                    "data": dict(subentry.data),
                }
                for subentry in entry.subentries.values()
            ],
        },
        # It opens locks: a file that is sent around is no place for it.
        "code": bool(entry.options.get(CONF_CODE)),
        "profile": await hass.async_add_executor_job(own_text, entry.data[CONF_PROFILE], own),
        **copy_registries(hass, entry),
        "learnt": cast(JsonObjectType, coordinator.store.content(coordinator.coach)),
    }
    answer: JsonObjectType = {"config": config}
    if file := call.data.get(ATTR_FILE):
        path = own / f"{slugify(file.removesuffix('.json'))}.json"
        try:
            await hass.async_add_executor_job(_write, path, config)
        except ConfigError as error:
            raise in_words(error) from error
        answer["file"] = str(path.relative_to(hass.config.config_dir))
    return answer


async def async_import_config(call: ServiceCall) -> ServiceResponse:
    """Make the coach that was exported; it is there as a whole, or not at all."""
    hass = call.hass
    try:
        config = await hass.async_add_executor_job(
            _read,
            Path(hass.config.config_dir),
            call.data.get(ATTR_CONFIG),
            call.data.get(ATTR_PATH),
        )
        _check(hass, config, call.data.get(ATTR_CODE))
        own = Path(hass.config.path(DOMAIN))
        key = config["entry"]["data"][CONF_PROFILE]
        put = None
        if key is not None and config["profile"] is not None:
            put = await hass.async_add_executor_job(put_own, key, config["profile"], own)
        elif key is not None:
            await hass.async_add_executor_job(load_profile, key, own)
    except CoachError as error:
        raise in_words(error) from error
    entry = _entry(config, call.data.get(ATTR_CODE))
    areas, labels = set(ar.async_get(hass).areas), set(lr.async_get(hass).labels)
    try:
        renamed = await _async_make(hass, entry, config)
    except Exception as error:
        await _async_undo(hass, entry, put, areas, labels)
        raise in_words(ConfigError("config_not_set_up", problem=str(error))) from error
    return {
        "config_entry_id": entry.entry_id,
        "title": entry.title,
        "devices": len(config["devices"]),
        "entities": len(config["entities"]),
        "renamed": [*renamed],
    }


async def _async_make(
    hass: HomeAssistant, entry: ConfigEntry, config: Mapping[str, Any]
) -> list[str]:
    """Add an entry with all that belongs to it; return the entities that are called otherwise."""
    await hass.config_entries.async_add(entry)
    await CoachStore(hass, entry.entry_id).async_put(read(config["learnt"])[0])
    renamed = paste_registries(hass, entry, config)
    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
    if entry.state is not ConfigEntryState.LOADED:
        raise RuntimeError(entry.reason or entry.state.value)
    return renamed


async def _async_undo(
    hass: HomeAssistant, entry: ConfigEntry, put: Path | None, areas: set[str], labels: set[str]
) -> None:
    """Leave nothing of a coach that could not be made; `areas` and `labels` were there before."""
    if hass.config_entries.async_get_entry(entry.entry_id):
        await hass.config_entries.async_remove(entry.entry_id)
    for area in set(ar.async_get(hass).areas) - areas:
        ar.async_get(hass).async_delete(area)
    for label in set(lr.async_get(hass).labels) - labels:
        lr.async_get(hass).async_delete(label)
    if put:
        await hass.async_add_executor_job(put.unlink, True)


def _entry(config: Mapping[str, Any], code: str | None) -> ConfigEntry:
    """Return the entry of a coach, disabled until all that belongs to it is there."""
    said = config["entry"]
    return ConfigEntry(
        domain=DOMAIN,
        source=SOURCE_IMPORT,
        disabled_by=ConfigEntryDisabler.USER,
        discovery_keys=MappingProxyType({}),
        subentries_data=cast(list[ConfigSubentryDataWithId], said["subentries"]),
        options={**said["options"], **({CONF_CODE: code} if code else {})},
        **{
            name: said[name]
            for name in ("entry_id", "version", "minor_version", "title", "unique_id", "data")
        },
    )


def _check(hass: HomeAssistant, config: Mapping[str, Any], code: str | None) -> None:
    """Raise CoachError when there is this coach, or something of it, already."""
    said = config["entry"]
    if said["version"] > CoachConfigFlow.VERSION:
        raise ConfigError("config_newer", format=said["version"], known=CoachConfigFlow.VERSION)
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.entry_id == said["entry_id"] or entry.unique_id == said["unique_id"]:
            raise ConfigError("config_coach_exists", coach=entry.title)
    if config["code"] and not code:
        raise ConfigError("config_code_missing", coach=said["title"])
    present = {key: entry.title for entry, key, _ in all_buses(hass)}
    for bus in said["subentries"]:
        if bus["unique_id"] in present:
            raise ConfigError(
                "config_bus_exists", bus=bus["unique_id"], coach=present[bus["unique_id"]]
            )
        try:
            check_unused(hass, place_of(bus["data"][CONF_KIND], bus["data"][CONF_SETTINGS]))
        except AdapterError as error:
            adapter, coach = error.words["adapter"], error.words["coach"]
            raise ConfigError(
                "config_adapter_used", bus=bus["title"], adapter=adapter, coach=coach
            ) from error
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(
                "config_wrong", problem=f"{bus['title']}: {error!r}", place="entry.subentries"
            ) from error


def _read(config: Path, given: Mapping[str, Any] | None, path: str | None) -> dict[str, Any]:
    """Return what was exported, checked; blocking. Raises ConfigError."""
    if given is None and path is None:
        raise ConfigError("config_unsaid")
    if path is not None:
        place = (config / path).resolve()
        if not place.is_relative_to(config.resolve()):
            raise ConfigError("config_outside", file=path)
        try:
            given = json.loads(place.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise ConfigError("config_wrong", place=path, problem=str(error)) from error
    if isinstance(given, Mapping) and isinstance(given.get("format"), int):
        newer = given["format"] > FORMAT
        if newer:
            raise ConfigError("config_newer", format=given["format"], known=FORMAT)
    try:
        checked = _CONFIG(given)
    except vol.Invalid as error:
        where = ".".join(map(str, error.path)) or "config"
        raise ConfigError("config_wrong", place=where, problem=error.msg) from error
    if not read(checked["learnt"])[1]:
        raise ConfigError("config_wrong", place="learnt", problem="it is not whole")
    return cast(dict[str, Any], checked)


def _write(path: Path, config: JsonObjectType) -> None:
    """Write a file that is not there yet; blocking. Raises ConfigError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            json.dump(config, file, indent=2, default=list)
    except FileExistsError as error:
        raise ConfigError("config_exists", file=path.name) from error
    except OSError as error:
        raise ConfigError("config_not_written", file=path.name, problem=str(error)) from error
