"""What things are called and where they are, as Home Assistant's registries have it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.helpers.translation import async_get_translations

from .coach import FAMILY, ThingId
from .const import DOMAIN
from .coordinator import CoachCoordinator
from .device import registered_thing, thing_device

ID_PARTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a thing is called, None while nobody has named it, and the id of its area."""

    name: str | None = None
    area: str | None = None


def read_id(name: str) -> ThingId | None:
    """Return the thing that an identifier or a key of the options names, if it is one."""
    parts = name.split("-")
    if len(parts) != ID_PARTS or parts[1] not in FAMILY:
        return None
    bus, family, key = parts
    key, _, node = key.partition("@")
    try:
        return ThingId(bus, family, tuple(map(int, key.split("."))), node)
    except ValueError:
        return None


def thing_of(device: dr.DeviceEntry) -> ThingId | None:
    """Return the thing whose device this is."""
    names = (read_id(name) for domain, name in device.identifiers if domain == DOMAIN)
    return next((thing for thing in names if thing), None)


def place_of_thing(coordinator: CoachCoordinator, thing: ThingId) -> Place:
    """Return what the owner, or else the profile, calls a thing, and where it is."""
    device = registered_thing(coordinator, thing)
    if device is None:
        return Place()
    return Place(name=device.name_by_user or coordinator.coach.row(thing).name, area=device.area_id)


def put_thing(coordinator: CoachCoordinator, thing: ThingId, place: Place) -> None:
    """Give a thing that is there a name and an area; without a name it has its own again."""
    known = coordinator.coach.known(thing)
    if known is None or place_of_thing(coordinator, thing) == place:
        return
    devices = dr.async_get(coordinator.hass)
    device = devices.async_get_or_create(
        config_entry_id=coordinator.entry.entry_id,
        config_subentry_id=coordinator.buses[thing.bus].subentry_id,
        **thing_device(coordinator, known),
    )
    named = None if place.name == device.name else place.name
    devices.async_update_device(device.id, name_by_user=named, area_id=place.area)


def area_named(hass: HomeAssistant, name: str) -> str | None:
    """Return the id of the area of a name, which is made where there is none."""
    return ar.async_get(hass).async_get_or_create(name).id if name else None


def area_name(hass: HomeAssistant, area: str | None) -> str:
    """Return the name of an area."""
    found = ar.async_get(hass).async_get_area(area) if area else None
    return found.name if found else ""


async def async_words(hass: HomeAssistant) -> Mapping[str, str]:
    """Return what families are called, in the language of this Home Assistant."""
    return await async_get_translations(hass, hass.config.language, "device", {DOMAIN})


def bus_words(
    coordinator: CoachCoordinator, words: Mapping[str, str], things: Iterable[ThingId]
) -> dict[ThingId, str]:
    """Return what things are on the bus, such as "Dimmer 7"; no two are called the same."""
    found = {thing: _bus_word(coordinator, words, thing) for thing in things}
    often = Counter(found.values())
    return {
        thing: f"{word} {'.'.join(map(str, thing.key))}" if often[word] > 1 else word
        for thing, word in found.items()
    }


def _bus_word(coordinator: CoachCoordinator, words: Mapping[str, str], thing: ThingId) -> str:
    """Return what a family calls a thing, and its bus where there are several."""
    family = FAMILY[thing.family]
    name = family.name_of(thing.key)
    parts = thing.key if name == family.key else thing.key[:1]
    said = words.get(f"component.{DOMAIN}.device.{name}.name", name)
    word = said.replace("{instance}", " ".join(map(str, parts)))
    if thing.node:
        word = f"{word} @{thing.node}"
    return f"{word} ({coordinator.buses[thing.bus].title})" if len(coordinator.buses) > 1 else word
