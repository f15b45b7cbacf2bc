"""A node by which things are told apart gets a better name: who they are for the owner stays.

Its address is all that is known of a node that has not said yet what it is.
"""

import asyncio

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .coach import Coach
from .const import CONF_THINGS, DOMAIN
from .store import CoachStore

# Nodes answer one after the other: all are renamed at once.
DELAY = 5.0

# The new names, by bus and old name.
type Promotions = dict[tuple[str, str], str]


async def async_promote(
    hass: HomeAssistant,
    entry: ConfigEntry,
    coach: Coach,
    store: CoachStore,
    promotions: Promotions,
) -> None:
    """Set a coach up again in which things go on under the better names of their nodes."""
    await asyncio.sleep(DELAY)
    if entry.state is not ConfigEntryState.LOADED or entry.runtime_data.coach is not coach:
        # It is set up anew anyway, and hears again who is who.
        return
    if not await hass.config_entries.async_unload(entry.entry_id):
        return
    renamed = {
        thing.id: thing.id._replace(node=name)
        for (bus, before), name in promotions.items()
        for thing in coach.told_by(bus, before)
    }
    for old, new in renamed.items():
        thing = coach.things.pop(old)
        if new not in coach.things:
            thing.id = new
            coach.things[new] = thing
    await store.async_save(coach)
    things = {str(old): str(new) for old, new in renamed.items()}
    for device in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id):
        _rename_device(hass, entry, device, things)
    decided = {things.get(one, one): row for one, row in entry.options[CONF_THINGS].items()}
    hass.config_entries.async_update_entry(entry, options={**entry.options, CONF_THINGS: decided})
    await hass.config_entries.async_setup(entry.entry_id)


def _rename_device(
    hass: HomeAssistant, entry: ConfigEntry, device: dr.AnyDeviceEntry, things: dict[str, str]
) -> None:
    """Let a device and its entities go on under a new id; one that is there already stays."""
    devices, entities = dr.async_get(hass), er.async_get(hass)
    names = {name for domain, name in device.identifiers if domain == DOMAIN}
    old = next(iter(names & things.keys()), None)
    if old is None:
        return
    new = DOMAIN, things[old]
    if devices.async_get_device_by_identifier(new, entry.entry_id):
        devices.async_remove_device(device.id)
        return
    devices.async_update_device(device.id, new_identifiers={new})
    for entity in er.async_entries_for_device(entities, device.id, include_disabled_entities=True):
        if entity.unique_id.startswith(f"{old}-"):
            entities.async_update_entity(
                entity.entity_id,
                new_unique_id=things[old] + entity.unique_id.removeprefix(old),
            )
