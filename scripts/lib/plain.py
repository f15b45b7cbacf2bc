"""A component that does nothing but give Home Assistant copies of entities that are there."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING

from homeassistant import loader
from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigFlow
from homeassistant.const import Platform
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import EntityDescription

if TYPE_CHECKING:
    from homeassistant.core import HomeAssistant
    from homeassistant.helpers.entity import Entity
    from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

DOMAIN = "plain"
HOME_ASSISTANT = "homeassistant.components."
# What Home Assistant takes no entity without, and some of ours work out.
DEMANDED = ("supported_color_modes",)


class Flow(ConfigFlow, domain=DOMAIN):
    """Home Assistant asks it for the version of entries."""


class Original:
    """How an entity looks, which is all that its copies have."""

    def __init__(self, entity: Entity) -> None:
        """Take what Home Assistant is told of the entity and of its device."""
        kinds = (
            kind for kind in type(entity).__mro__ if kind.__module__.startswith(HOME_ASSISTANT)
        )
        self._kind: type[Entity] = type("Plain", (next(kinds),), {})
        blank = self._kind()
        names = {name for name in dir(entity) if name.startswith("_attr_")} - {"_attr_device_info"}
        self._looks = {
            name: value
            for name in names
            if (value := getattr(entity, name, None)) != getattr(blank, name, None)
            or _needs(blank, name)
        } | {"_attr_should_poll": False, "_attr_name": entity.name}
        self._looks |= {
            f"_attr_{name}": getattr(entity, name) for name in DEMANDED if hasattr(entity, name)
        }
        self._unique_id = entity.unique_id
        self._description = getattr(entity, "entity_description", EntityDescription(key=DOMAIN))
        device = entity.device_entry
        if not isinstance(device, dr.DeviceEntry):
            raise TypeError(f"{entity.entity_id} has no device")
        self._device = device

    def copy(self, via: str) -> Entity:
        """Return an entity that looks the same, its device below another."""
        entity = self._kind()
        entity.entity_description = self._description
        for name, value in self._looks.items():
            setattr(entity, name, value)
        names = {(DOMAIN, name) for _, name in self._device.identifiers}
        device = DeviceInfo(identifiers=names, name=self._device.name, via_device_id=via)
        for name, told in (("unique_id", self._unique_id), ("device_info", device)):
            setattr(entity, f"_attr_{name}", told)
        return entity


def _needs(blank: Entity, name: str) -> bool:
    """Tell whether an attribute must be set, as a climate's mode must, if only to None."""
    try:
        getattr(blank, name.removeprefix("_attr_"))
    except AttributeError as error:
        return str(error.name).endswith(name)
    except Exception:  # noqa: BLE001  what it raises of itself is not for want of this attribute
        return False
    return False


def plain_entry(hass: HomeAssistant, entities: Iterable[Entity]) -> ConfigEntry:
    """Return an entry that will have copies of entities, by the same platforms."""
    originals = defaultdict[Platform, list[Original]](list)
    for entity in entities:
        originals[Platform(entity.platform.domain)].append(Original(entity))

    async def set_up(hass: HomeAssistant, entry: ConfigEntry) -> bool:
        device = dr.async_get(hass).async_get_or_create(
            config_entry_id=entry.entry_id, identifiers={(DOMAIN, "coach")}, name="Plain"
        )
        entry.runtime_data = device.id
        await hass.config_entries.async_forward_entry_setups(entry, originals)
        return True

    async def unload(hass: HomeAssistant, entry: ConfigEntry) -> bool:
        return await hass.config_entries.async_unload_platforms(entry, originals)

    component = _module(hass, DOMAIN, async_setup_entry=set_up, async_unload_entry=unload)
    for platform, looks in originals.items():
        _module(hass, f"{DOMAIN}.{platform}", async_setup_entry=_adding(looks))
    _module(hass, f"{DOMAIN}.config_flow")
    manifest: loader.Manifest = {
        "domain": DOMAIN,
        "name": "Plain",
        "version": "1",
        "codeowners": [],
    }
    files = {f"{name}.py" for name in ("config_flow", *originals)}
    folder = Path(__file__).parent
    integration = loader.Integration(hass, component.__name__, folder, manifest, files)
    hass.data[loader.DATA_INTEGRATIONS][DOMAIN] = integration
    return ConfigEntry(
        domain=DOMAIN, title="Plain", source=SOURCE_USER, unique_id=DOMAIN, version=1,
        minor_version=1, discovery_keys=MappingProxyType({}), data={}, options={},
        subentries_data=None,
    )  # fmt: skip


def _adding(originals: Iterable[Original]) -> object:
    """Return what sets a platform up."""

    async def set_up(
        _: HomeAssistant, entry: ConfigEntry, add: AddConfigEntryEntitiesCallback
    ) -> None:
        add([original.copy(entry.runtime_data) for original in originals])

    return set_up


def _module(hass: HomeAssistant, name: str, **content: object) -> ModuleType:
    """Let Home Assistant have loaded a module."""
    module = ModuleType(name)
    vars(module).update(content)
    hass.data[loader.DATA_COMPONENTS][name] = module
    return module
