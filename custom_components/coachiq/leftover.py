"""What is left in the registries of things that are taken for something else now."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .coach import ThingId
from .coach.kind import GUARDED, KINDS_OF
from .coach.mover import MOVERS, SYSTEMS
from .coach.profile import HIDDEN
from .const import DOMAIN
from .coordinator import CoachCoordinator
from .thing_name import thing_of


def remove_leftovers(hass: HomeAssistant, coordinator: CoachCoordinator) -> None:
    """Remove hidden things, those that are told apart otherwise, and entities of no thing.

    Home Assistant remembers them for a while: they come back with their names and ids.
    """
    devices = dr.async_get(hass)
    entities = er.async_get(hass)
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
