"""CoachIQ: a coach's RV-C network in Home Assistant."""

from pathlib import Path

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers import device_registry as dr

from .coach import load_profile
from .const import CONF_PROFILE, DOMAIN, PLATFORMS
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
    coordinator = CoachCoordinator(hass, entry, spec, profile)
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
    if any(name.startswith(("coach-", "bus-")) for name in names):
        return False
    heard = [thing for thing in coordinator.coach.things.values() if thing.heard is not None]
    speakers = {f"{thing.id.bus}-node-sa-{thing.source:02x}" for thing in heard if thing.source}
    silent = {thing.id for thing in coordinator.coach.things.values() if thing.silent}
    if names & (speakers | {str(thing.id) for thing in heard if thing.id not in silent}):
        return False
    for identity in [thing for thing in coordinator.coach.things if str(thing) in names]:
        coordinator.coach.remove(identity)
    return True


async def _async_reload(hass: HomeAssistant, entry: CoachConfigEntry) -> None:
    """Set the coach up again after a change of its options or buses."""
    hass.config_entries.async_schedule_reload(entry.entry_id)


def _load_spec(folder: Path) -> Spec:
    """Read the protocol table, with the owner's additions if there are any; blocking."""
    extra = folder / "rvc.json"
    return load_spec(extra if extra.exists() else None)
