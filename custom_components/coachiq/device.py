"""The devices of a coach: the coach itself, its buses, their nodes, its things."""

from typing import TYPE_CHECKING

from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceInfo

from .coach import Thing
from .const import CONF_COACH, DOMAIN

if TYPE_CHECKING:
    from .coordinator import CoachCoordinator


def make_devices(coordinator: CoachCoordinator) -> None:
    """Register the coach and its buses."""
    entry = coordinator.entry
    registry = dr.async_get(coordinator.hass)
    coach = registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, f"coach-{entry.data[CONF_COACH]}")},
        name=entry.title,
        manufacturer="CoachIQ",
        model=coordinator.coach.profile.title or None,
    )
    for key, subentry in coordinator.buses.items():
        registry.async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=subentry.subentry_id,
            identifiers={(DOMAIN, f"bus-{key}")},
            translation_key="bus",
            translation_placeholders={"bus": subentry.title},
            via_device_id=coach.id,
        )


def bus_device(coordinator: CoachCoordinator, bus: str) -> dr.DeviceEntry:
    """Return the device of a bus."""
    device = _device(coordinator, f"bus-{bus}")
    if device is None:
        raise RuntimeError(f"the device of bus {bus} is registered at the start")
    return device


def thing_device(coordinator: CoachCoordinator, thing: Thing) -> DeviceInfo:
    """Return the device of a thing: named by the profile, else by what it is."""
    row = coordinator.coach.row(thing.id)
    info = DeviceInfo(
        identifiers={(DOMAIN, str(thing.id))}, via_device_id=_speaker(coordinator, thing)
    )
    if row.area:
        info["suggested_area"] = row.area
    if row.name:
        info["name"] = row.name
    elif thing.id.key[0] in thing.family.names:
        info["translation_key"] = thing.family.names[thing.id.key[0]]
    else:
        info["translation_key"] = thing.family.key
        info["translation_placeholders"] = {
            "instance": " ".join(str(part) for part in thing.id.key)
        }
    return info


def move_device(coordinator: CoachCoordinator, thing: Thing) -> bool:
    """Put a thing's device below the node that speaks for it now; False while there is none."""
    device = _device(coordinator, str(thing.id))
    if device is None:
        return False
    dr.async_get(coordinator.hass).async_update_device(
        device.id, via_device_id=_speaker(coordinator, thing)
    )
    return True


def name_of(coordinator: CoachCoordinator, thing: Thing) -> str:
    """Return what the owner calls a thing."""
    device = _device(coordinator, str(thing.id))
    return str(device and (device.name_by_user or device.name))


def node_identifier(bus: str, source: int) -> str:
    """Return the name by which the device of a node is known."""
    return f"{bus}-node-sa-{source:02x}"


def _speaker(coordinator: CoachCoordinator, thing: Thing) -> str:
    """Return the device of the node that speaks for a thing, or of its bus while unknown."""
    bus = bus_device(coordinator, thing.id.bus)
    if thing.source is None:
        return bus.id
    node = dr.async_get(coordinator.hass).async_get_or_create(
        config_entry_id=coordinator.entry.entry_id,
        config_subentry_id=coordinator.buses[thing.id.bus].subentry_id,
        identifiers={(DOMAIN, node_identifier(thing.id.bus, thing.source))},
        translation_key="node",
        translation_placeholders={"address": f"{thing.source:02X}"},
        via_device_id=bus.id,
    )
    return node.id


def _device(coordinator: CoachCoordinator, identifier: str) -> dr.DeviceEntry | None:
    """Return one of our devices."""
    found = dr.async_get(coordinator.hass).async_get_device_by_identifier(
        (DOMAIN, identifier), coordinator.entry.entry_id
    )
    return found if isinstance(found, dr.DeviceEntry) else None
