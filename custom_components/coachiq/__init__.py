"""CoachIQ: a coach's RV-C network in Home Assistant."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers import config_validation as cv, device_registry as dr, instance_id
from homeassistant.helpers.typing import ConfigType

from .bridge_repair import async_watch_bridges, forget_decisions, forget_questions
from .bus_issue import watch_buses
from .coach import Thing
from .coach.commands import COMMANDS
from .coach.families import CHASSIS_OF, FAMILY_OF, Family
from .coach.intake import NODE_SILENCE
from .coach.mover import intents
from .configuration import async_configure
from .const import (
    BUS,
    CONF_PROTOCOL,
    CONF_STORAGE,
    DOMAIN,
    J1939,
)
from .coordinator import CoachConfigEntry, CoachCoordinator, bus_keys
from .device import coach_identifier
from .downgrade import forget_newer_coach, tell_of_newer_coaches
from .error import ProfileError, SettingError
from .features import CHASSIS
from .garbage import async_collect_in_pieces, async_spare_collections
from .happening import Happenings
from .hold import async_register_hold
from .leftover import remove_leftovers
from .migration import MINOR_VERSION, migrate
from .running import Running
from .rvc import Spec, SpecError, load_chassis_spec, load_diagnostics, load_spec
from .services import async_register_actions
from .setting_issue import async_tell_problems
from .store import CoachStore
from .websocket_api import async_register_commands

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, _: ConfigType) -> bool:
    """Register the actions."""
    async_register_actions(hass)
    async_register_hold(hass)
    async_register_commands(hass)
    async_collect_in_pieces(hass)
    tell_of_newer_coaches(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: CoachConfigEntry) -> bool:
    """Set up a coach; its buses open in the background, each for itself."""
    try:
        configuration = await async_configure(hass, entry)
    except (ProfileError, SettingError) as error:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key=error.key,
            translation_placeholders=error.words,
        ) from error
    entry.async_on_unload(await async_tell_problems(hass, entry, configuration))
    features = Running(hass, entry, configuration.features)
    entry.async_on_unload(features.forget_failures)
    await features.async_load()
    try:
        spec = await hass.async_add_executor_job(_load_spec, Path(hass.config.path(DOMAIN)))
        chassis = Spec(())
        if features.is_on(CHASSIS):
            chassis = await hass.async_add_executor_job(_load_chassis_spec, entry)
        diagnostics = await hass.async_add_executor_job(load_diagnostics)
    except SpecError as error:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="spec_wrong",
            translation_placeholders={"problem": str(error)},
        ) from error
    forget_decisions(hass, entry, bus_keys(entry))
    instance = await instance_id.async_get(hass)
    coordinator = CoachCoordinator(
        hass,
        entry,
        configuration=configuration,
        features=features,
        spec=spec,
        chassis=chassis,
        diagnostics=diagnostics,
        instance=instance,
    )
    entry.runtime_data = coordinator
    await coordinator.async_start()
    await features.async_start(coordinator)
    await hass.config_entries.async_forward_entry_setups(entry, features.platforms)
    remove_leftovers(hass, coordinator)
    async_spare_collections(hass)
    coordinator.open_buses()
    entry.async_on_unload(watch_buses(hass, entry))
    entry.async_create_background_task(
        hass, async_watch_bridges(hass, coordinator), "coachiq bridges"
    )
    entry.async_on_unload(entry.add_update_listener(partial(_async_reload, _set_up_by(entry))))
    entry.async_on_unload(
        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, coordinator.async_shut_down)
    )
    return True


async def async_unload_entry(hass: HomeAssistant, entry: CoachConfigEntry) -> bool:
    """Close the buses of a coach."""
    entry.runtime_data.stop_adding()
    platforms = entry.runtime_data.features.platforms
    if unloaded := await hass.config_entries.async_unload_platforms(entry, platforms):
        await entry.runtime_data.async_stop()
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: CoachConfigEntry) -> None:
    """Delete what was learnt of a coach, and what was asked and said of it."""
    forget_questions(hass, entry)
    forget_newer_coach(hass, entry.entry_id)
    await CoachStore(hass, entry.entry_id).async_remove()
    await Happenings(hass, entry.entry_id).async_remove()


async def async_migrate_entry(hass: HomeAssistant, entry: CoachConfigEntry) -> bool:
    """Bring an entry that an older release has written into the present form."""
    hass.config_entries.async_update_entry(
        entry, options=migrate(entry.minor_version, entry.options), minor_version=MINOR_VERSION
    )
    return True


async def async_remove_config_entry_device(
    _: HomeAssistant, entry: CoachConfigEntry, device: dr.AnyDeviceEntry
) -> bool:
    """Let the owner delete a thing or a node that is not heard any more."""
    coordinator = entry.runtime_data
    names = {name for domain, name in device.identifiers if domain == DOMAIN}
    kept = {coach_identifier(entry), *(f"bus-{key}" for key in coordinator.buses)}
    if names & kept:
        return False
    # What no family was made for goes with its node.
    things = [thing for thing in coordinator.coach.things.values() if not thing.family.fields]
    heard = [thing for thing in things if thing.heard is not None]
    speakers = {node for thing in heard for node in _node_of(coordinator, thing)}
    now = coordinator.clock.now()
    speakers |= {
        coordinator.nodes.at(key, source).identifier
        for key, line in coordinator.coach.lines.items()
        for source, node in line.intake.nodes.items()
        if now - node.heard < NODE_SILENCE
    }
    silent = {thing.id for thing in things if thing.silent}
    if names & (speakers | {str(thing.id) for thing in heard if thing.id not in silent}):
        return False
    for thing in list(coordinator.coach.things.values()):
        if names & {str(thing.id), *(thing.family.fields and _node_of(coordinator, thing))}:
            coordinator.coach.remove(thing.id)
    coordinator.nodes.forget(names)
    coordinator.store.forget(names)
    coordinator.store.save_soon(coordinator.coach)
    return True


def _node_of(coordinator: CoachCoordinator, thing: Thing) -> list[str]:
    """Return the node that speaks for a thing, if it is known."""
    if thing.source is None:
        return []
    return [coordinator.nodes.at(thing.id.bus, thing.source).identifier]


def _set_up_by(entry: CoachConfigEntry) -> tuple[object, ...]:
    """Return what a coach is set up by: all of its entry but the switch of storage."""
    options = {name: value for name, value in entry.options.items() if name != CONF_STORAGE}
    # Home Assistant changes a subentry in place.
    buses = [subentry.as_dict() for subentry in entry.subentries.values()]
    return entry.title, dict(entry.data), options, buses


async def _async_reload(
    before: tuple[object, ...], hass: HomeAssistant, entry: CoachConfigEntry
) -> None:
    """Set the coach up again after a change of its options or buses; `before` is how they were."""
    if _set_up_by(entry) != before:
        hass.config_entries.async_schedule_reload(entry.entry_id)


def _load_spec(folder: Path) -> Spec:
    """Read the protocol table, with the owner's additions if there are any; blocking.

    The rows that a coach needs are compiled here: on the event loop the first frames of a bus
    would hold everything up.
    """
    extra = folder / "rvc.json"
    spec = load_spec(extra if extra.exists() else None)
    _compile_families(spec, FAMILY_OF)
    row = spec.named("ACKNOWLEDGMENT")
    row.require(("code", "instance", "acknowledged_source_address", "acknowledged_dgn"))
    row.decode(b"")
    commands = [(command.dgn, command.fields) for command in COMMANDS.values()]
    for name, fields in [*commands, *((intent.dgn, intent.fields) for intent in intents())]:
        row = spec.named(name)
        row.require(fields)
        row.decode(row.encode())
    return spec


def _compile_families(spec: Spec, families: Mapping[str, Family]) -> None:
    """Compile the rows that feed families; blocking. Raises SpecError when one lacks a field."""
    for name, family in families.items():
        row = spec.named(name)
        row.require(reading.field for reading in family.feeds[name])
        row.require([family.priority] if family.priority else [])
        row.decode(b""), row.key_of(b""), row.raw(b"")


def _load_chassis_spec(entry: CoachConfigEntry) -> Spec:
    """Read the chassis's table if a bus speaks J1939; blocking."""
    buses = entry.get_subentries_of_type(BUS)
    if any(bus.data.get(CONF_PROTOCOL) == J1939 for bus in buses):
        spec = load_chassis_spec()
        _compile_families(spec, CHASSIS_OF)
        return spec
    return Spec(())
