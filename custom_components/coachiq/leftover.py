"""What is left in the registries of things that are taken for something else now, or turned off."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .coach import ThingId
from .coach.kind import GUARDED, KINDS_OF
from .coach.mover import MOVERS, SYSTEMS
from .coach.profile import HIDDEN
from .const import BUS, DOMAIN
from .coordinator import CoachCoordinator
from .features import FEATURES
from .running import Running
from .thing_name import read_id, thing_of

NODE = "-node-"


def remove_leftovers(hass: HomeAssistant, coordinator: CoachCoordinator) -> None:
    """Remove hidden things and others that are no more, and the entities of what is off.

    Home Assistant remembers them for a while: they come back with their names and ids.
    """
    devices = dr.async_get(hass)
    entities = er.async_get(hass)
    _remove_unused(coordinator, devices, entities)
    for device in dr.async_entries_for_config_entry(devices, coordinator.entry.entry_id):
        thing = thing_of(device)
        if thing is None:
            continue
        coach = coordinator.coach
        if coach.kind(thing) == HIDDEN or not coach.is_told(thing):
            devices.async_remove_device(device.id)
        elif _may_vary(coordinator, thing):
            for entity in er.async_entries_for_device(
                entities, device.id, include_disabled_entities=True
            ):
                if entity.platform == DOMAIN and entity.unique_id not in coordinator.made:
                    entities.async_remove(entity.entity_id)


def _may_vary(coordinator: CoachCoordinator, thing: ThingId) -> bool:
    """Tell whether a thing was made about whose entities the owner decides."""
    return (
        thing.family in (*KINDS_OF, *MOVERS, *GUARDED, *SYSTEMS)
        and coordinator.coach.known(thing) is not None
    )


def _remove_unused(
    coordinator: CoachCoordinator, devices: dr.DeviceRegistry, entities: er.EntityRegistry
) -> None:
    """Remove the entities of features that are off, and what there is of buses not in use."""
    entry = coordinator.entry
    unused = {
        bus.subentry_id
        for bus in entry.get_subentries_of_type(BUS)
        if bus.unique_id not in coordinator.buses
    }
    for entity in er.async_entries_for_config_entry(entities, entry.entry_id):
        if entity.config_subentry_id in unused or is_of_what_is_off(coordinator.features, entity):
            entities.async_remove(entity.entity_id)
    for device in dr.async_entries_for_config_entry(devices, entry.entry_id):
        if device.config_subentry_id in unused:
            devices.async_remove_device(device.id)


def is_of_what_is_off(features: Running, entity: er.RegistryEntry) -> bool:
    """Tell whether an entity belongs to a feature that is off."""
    owner, _, key = entity.unique_id.rpartition("-")
    thing = read_id(owner)
    return any(
        entity.domain in FEATURES[off].platforms
        or (thing is not None and (thing.family, key) in FEATURES[off].entities)
        or (NODE in owner and key in FEATURES[off].nodes)
        for off in features.off
    )
