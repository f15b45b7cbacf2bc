"""The devices of a coach: the coach itself, its buses, their nodes, its things."""

from typing import TYPE_CHECKING

from homeassistant.config_entries import ConfigEntry
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceInfo

from .coach import Thing, ThingId
from .const import CONF_COACH, DOMAIN

if TYPE_CHECKING:
    from .coordinator import CoachCoordinator


def make_devices(coordinator: CoachCoordinator) -> None:
    """Register the coach and its buses."""
    entry = coordinator.entry
    registry = dr.async_get(coordinator.hass)
    coach = registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, coach_identifier(entry))},
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


def coach_identifier(entry: ConfigEntry) -> str:
    """Return the name by which the device of the coach itself is known."""
    return f"coach-{entry.data[CONF_COACH]}"


def coach_device(coordinator: CoachCoordinator) -> dr.DeviceEntry | None:
    """Return the device of the coach."""
    return _device(coordinator, coach_identifier(coordinator.entry))


def bus_device(coordinator: CoachCoordinator, bus: str) -> dr.DeviceEntry:
    """Return the device of a bus."""
    device = _device(coordinator, f"bus-{bus}")
    if device is None:
        raise RuntimeError(f"the device of bus {bus} is registered at the start")
    return device


def thing_device(coordinator: CoachCoordinator, thing: Thing) -> DeviceInfo:
    """Return the device of a thing: named by the profile, else by what it is.

    What no family was made for is told of by its node.
    """
    if thing.family.fields and thing.source is not None:
        return node_info(coordinator, thing.id.bus, thing.source)
    row = coordinator.coach.row(thing.id)
    info = DeviceInfo(identifiers={(DOMAIN, str(thing.id))})
    if thing.source is not None or _device(coordinator, str(thing.id)) is None:
        # One that was there stays below its node until that, or another one, is heard.
        info["via_device_id"] = _speaker(coordinator, thing)
    if row.area:
        info["suggested_area"] = row.area
    mark = f" @{thing.id.node}" if thing.id.node else ""
    if row.name:
        info["name"] = row.name + mark
    else:
        # A name of its own, such as "House battery", has no place for the node.
        name = thing.family.key if mark else thing.family.name_of(thing.id.key)
        info["translation_key"] = name
        parts = thing.id.key if name == thing.family.key else thing.id.key[:1]
        info["translation_placeholders"] = {"instance": " ".join(map(str, parts)) + mark}
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


def registered_thing(coordinator: CoachCoordinator, thing: ThingId) -> dr.DeviceEntry | None:
    """Return the device of a thing, if it has one."""
    return _device(coordinator, str(thing))


def node_info(coordinator: CoachCoordinator, bus: str, source: int) -> DeviceInfo:
    """Return the device of a node, and what it says it is."""
    info = DeviceInfo(
        identifiers={(DOMAIN, coordinator.nodes.at(bus, source).identifier)},
        translation_key="node",
        translation_placeholders={"address": f"{source:02X}"},
        via_device_id=bus_device(coordinator, bus).id,
    )
    citizens = coordinator.coach.lines[bus].citizens
    product = citizens.products.get(source)
    if maker := (product and product.make) or citizens.makers.get(source):
        info["manufacturer"] = maker
    if product:
        info["model"] = product.model
        info["serial_number"] = product.serial
    if (revision := citizens.revisions.get(source)) is not None:
        info["sw_version"] = str(revision)
    return info


def node_device(coordinator: CoachCoordinator, bus: str, source: int) -> dr.DeviceEntry:
    """Return the device of a node, registered as it is now."""
    return dr.async_get(coordinator.hass).async_get_or_create(
        config_entry_id=coordinator.entry.entry_id,
        config_subentry_id=coordinator.buses[bus].subentry_id,
        **node_info(coordinator, bus, source),
    )


def show_product(coordinator: CoachCoordinator, bus: str, source: int) -> None:
    """Let the device of a node, if it has one, show what the node says it is."""
    if _device(coordinator, coordinator.nodes.at(bus, source).identifier):
        node_device(coordinator, bus, source)


def node_name(coordinator: CoachCoordinator, bus: str, source: int) -> str:
    """Return what the owner calls a node."""
    device = _device(coordinator, coordinator.nodes.at(bus, source).identifier)
    return str((device and (device.name_by_user or device.name)) or f"{source:02X}")


def _speaker(coordinator: CoachCoordinator, thing: Thing) -> str:
    """Return the device of the node that speaks for a thing, or of its bus while unknown."""
    if thing.source is None:
        return bus_device(coordinator, thing.id.bus).id
    return node_device(coordinator, thing.id.bus, thing.source).id


def _device(coordinator: CoachCoordinator, identifier: str) -> dr.DeviceEntry | None:
    """Return one of our devices."""
    found = dr.async_get(coordinator.hass).async_get_device_by_identifier(
        (DOMAIN, identifier), coordinator.entry.entry_id
    )
    return found if isinstance(found, dr.DeviceEntry) else None
