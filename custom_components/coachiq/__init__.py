"""CoachIQ: a coach's RV-C network in Home Assistant."""

from pathlib import Path

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers import device_registry as dr, instance_id

from .coach import load_profile
from .coach.commands import COMMANDS
from .coach.families import FAMILY_OF
from .const import CONF_COACH, CONF_PROFILE, DOMAIN, PLATFORMS
from .coordinator import CoachConfigEntry, CoachCoordinator
from .error import ProfileError
from .rvc import Spec, SpecError, load_spec
from .store import CoachStore

VERSION = 1


async def async_setup_entry(hass: HomeAssistant, entry: CoachConfigEntry) -> bool:
    """Set up a coach; its buses open in the background, each for itself."""
    try:
        spec = await hass.async_add_executor_job(_load_spec, Path(hass.config.path(DOMAIN)))
        profile = await hass.async_add_executor_job(load_profile, entry.data[CONF_PROFILE])
    except SpecError as error:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="spec_wrong",
            translation_placeholders={"problem": str(error)},
        ) from error
    except ProfileError as error:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key=error.key,
            translation_placeholders=error.words,
        ) from error
    instance = await instance_id.async_get(hass)
    coordinator = CoachCoordinator(hass, entry, spec=spec, profile=profile, instance=instance)
    entry.runtime_data = coordinator
    await coordinator.async_start()
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    coordinator.open_buses()
    entry.async_on_unload(entry.add_update_listener(_async_reload))
    entry.async_on_unload(
        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, coordinator.async_shut_down)
    )
    return True


async def async_unload_entry(hass: HomeAssistant, entry: CoachConfigEntry) -> bool:
    """Close the buses of a coach."""
    entry.runtime_data.stop_adding()
    if unloaded := await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        await entry.runtime_data.async_stop()
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: CoachConfigEntry) -> None:
    """Delete what was learnt of a coach."""
    await CoachStore(hass, entry.entry_id).async_remove()


async def async_migrate_entry(_: HomeAssistant, entry: CoachConfigEntry) -> bool:
    """Refuse an entry that a newer version has written."""
    return entry.version <= VERSION


async def async_remove_config_entry_device(
    _: HomeAssistant, entry: CoachConfigEntry, device: dr.AnyDeviceEntry
) -> bool:
    """Let the owner delete a thing or a node that is not heard any more."""
    coordinator = entry.runtime_data
    names = {name for domain, name in device.identifiers if domain == DOMAIN}
    kept = {f"coach-{entry.data[CONF_COACH]}", *(f"bus-{key}" for key in coordinator.buses)}
    if names & kept:
        return False
    heard = [thing for thing in coordinator.coach.things.values() if thing.heard is not None]
    speakers = {
        f"{thing.id.bus}-node-sa-{thing.source:02x}" for thing in heard if thing.source is not None
    }
    silent = {thing.id for thing in coordinator.coach.things.values() if thing.silent}
    if names & (speakers | {str(thing.id) for thing in heard if thing.id not in silent}):
        return False
    for identity in [thing for thing in coordinator.coach.things if str(thing) in names]:
        coordinator.coach.remove(identity)
    coordinator.store.save_soon(coordinator.coach)
    return True


async def _async_reload(hass: HomeAssistant, entry: CoachConfigEntry) -> None:
    """Set the coach up again after a change of its options or buses."""
    hass.config_entries.async_schedule_reload(entry.entry_id)


def _load_spec(folder: Path) -> Spec:
    """Read the protocol table, with the owner's additions if there are any; blocking.

    The rows that a coach needs are compiled here: on the event loop the first frames of a bus
    would hold everything up.
    """
    extra = folder / "rvc.json"
    spec = load_spec(extra if extra.exists() else None)
    for name, family in FAMILY_OF.items():
        row = spec.named(name)
        row.require(reading.field for reading in family.feeds[name])
        row.require([family.priority] if family.priority else [])
        row.decode(b""), row.key_of(b""), row.raw(b"")
    row = spec.named("ACKNOWLEDGMENT")
    row.require(("code", "instance", "acknowledged_source_address", "acknowledged_dgn"))
    row.decode(b"")
    for command in COMMANDS.values():
        row = spec.named(command.dgn)
        row.require(command.fields)
        row.decode(row.encode())
    return spec
