"""What CoachIQ did, did not do, or was made to do, and what befell the coach: kept and fired."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from .coach import Thing
from .coach.citizen import sentence
from .coach.intake import NODE_SILENCE
from .const import CONF_PROFILE, DOMAIN, EVENT_ACTIVITY
from .coordinator import CONNECTED, NODES, SPOKEN, CoachCoordinator
from .device import bus_device, coach_device, name_of, node_device, node_name, registered_thing
from .happening import SEVERITY, Happening

# What a happening with a thing is, in words: `reason` is why, or what was asked for.
SENTENCES = {
    "command": "was told: {reason}",
    "failed": "did not obey: {reason}",
    "refused": "refused: {reason}",
    "stopped": "was stopped: {reason}",
    "override": "was moved without knowing: {reason}",
}
# A network that has just come up has nodes that are no news.
ARRIVAL = 60.0


async def async_start(coordinator: CoachCoordinator) -> Callable[[], Awaitable[None]]:
    """Begin to put on record what happens; returns what ends that, and writes it."""
    await coordinator.happenings.async_restore()
    before, coordinator.note = coordinator.note, partial(_note_thing, coordinator)
    watches = [Watch(coordinator, bus) for bus in coordinator.buses]
    entry = coordinator.entry
    entry.async_on_unload(entry.add_update_listener(Changes(coordinator).async_look))

    async def end() -> None:
        coordinator.note = before
        for watch in watches:
            watch.end()
        await coordinator.happenings.async_save()

    return end


@callback
def _note(
    coordinator: CoachCoordinator,
    event_type: str,
    title: str,
    description: str,
    *,
    entity_id: str | None = None,
    device_id: str | None = None,
    context: Context | None = None,
    metadata: Mapping[str, object],
) -> None:
    """Keep a happening, and fire it for the logbook and for automations."""
    happening = Happening(
        id=ulid_now(),
        timestamp=dt_util.utcnow().isoformat(),
        event_type=event_type,
        entity_id=entity_id,
        title=title,
        description=description,
        severity=SEVERITY[event_type],
        metadata={"user_id": context.user_id if context else None, **metadata},
    )
    coordinator.happenings.add(happening)
    coordinator.hass.bus.async_fire(
        EVENT_ACTIVITY,
        {**happening, "device_id": device_id, "config_entry_id": coordinator.entry.entry_id},
        context=context,
    )


@callback
def _note_thing(
    coordinator: CoachCoordinator,
    thing: Thing | None,
    happening: str,
    context: Context | None,
    /,
    *,
    reason: str,
    entity_id: str | None = None,
    error: HomeAssistantError | None = None,
    arguments: Mapping[str, object] | None = None,
) -> None:
    """Put on record what happened with a thing, None for the coach, and by whom."""
    device = registered_thing(coordinator, thing.id) if thing else coach_device(coordinator)
    asked = ", ".join(
        f"{_words(name)} {_number(value)}" for name, value in (arguments or {}).items()
    )
    words = _words(reason.removeprefix("interlock_"))
    sentence = SENTENCES[happening].format(reason=f"{words} ({asked})" if asked else words)
    if thing and not entity_id:
        entity_id = _main_entity(coordinator, thing, device)
    _note(
        coordinator,
        happening,
        name_of(coordinator, thing) if thing else coordinator.entry.title,
        f"{sentence}: {error}" if error else sentence,
        entity_id=entity_id,
        device_id=device.id if device else None,
        context=context,
        metadata={
            "thing": str(thing.id) if thing else None,
            "reason": reason,
            "arguments": dict(arguments or {}),
            "error": error.translation_key if error else None,
        },
    )


def _number(value: object) -> object:
    """Return a value as people write it: 40.0 as 40."""
    return f"{value:g}" if isinstance(value, float) else value


def _words(key: str) -> str:
    """Return a key in words."""
    return key.replace("_", " ")


def _main_entity(
    coordinator: CoachCoordinator, thing: Thing, device: dr.DeviceEntry | None
) -> str | None:
    """Return the entity that shows a thing best: one for the dashboard, of no name of its own."""
    if device is None:
        return None
    found = [
        entity
        for entity in er.async_entries_for_device(er.async_get(coordinator.hass), device.id)
        if str(entity.unique_id).startswith(f"{thing.id}-")
    ]
    best = min(
        found,
        key=lambda one: (one.entity_category is not None, bool(one.original_name), one.entity_id),
        default=None,
    )
    return best.entity_id if best else None


class Watch:
    """Puts on record how a bus and its nodes come, go, and report faults."""

    def __init__(self, coordinator: CoachCoordinator, bus: str) -> None:
        """Begin to watch a bus."""
        self._coordinator = coordinator
        self._bus = bus
        self._since: float | None = None
        self._was_up = False
        self._present: set[int] = set()
        self._faults: set[tuple[int, str]] = set()
        self._stops: list[CALLBACK_TYPE] = [
            coordinator.async_listen(bus, frozenset((name,)), look)
            for name, look in (
                (CONNECTED, self._look_at_bus),
                (NODES, self._look_at_nodes),
                (SPOKEN, self._look_at_faults),
            )
        ]

    def end(self) -> None:
        """Watch no more."""
        for stop in self._stops:
            stop()

    def _note(
        self,
        event_type: str,
        title: str,
        description: str,
        *,
        key: str,
        device_id: str,
        metadata: Mapping[str, object],
    ) -> None:
        """Put on record what is shown by the binary sensor whose unique id is `key`."""
        registry = er.async_get(self._coordinator.hass)
        _note(
            self._coordinator,
            event_type,
            title,
            description,
            entity_id=registry.async_get_entity_id("binary_sensor", DOMAIN, key),
            device_id=device_id,
            metadata={"bus": self._bus, **metadata},
        )

    @callback
    def _look_at_bus(self) -> None:
        """Tell when the bus has come up or gone down."""
        up = self._coordinator.is_up(self._bus)
        if up == self._was_up:
            return
        self._was_up = up
        self._since = self._coordinator.clock.now() if up else None
        self._present.clear()
        problem = self._coordinator.links[self._bus].count.problem
        self._note(
            "bus_up" if up else "bus_down",
            self._coordinator.buses[self._bus].title,
            "is connected" if up else "is not connected",
            key=f"bus-{self._bus}-connected",
            device_id=bus_device(self._coordinator, self._bus).id,
            metadata={"problem": problem.key if problem and not up else None},
        )

    @callback
    def _look_at_nodes(self) -> None:
        """Tell which nodes are heard again, or no more; the first ones come with their bus."""
        if self._since is None:
            return
        now = self._coordinator.clock.now()
        nodes = self._coordinator.coach.lines[self._bus].intake.nodes
        present = {source for source, node in nodes.items() if now - node.heard < NODE_SILENCE}
        gone, come = self._present - present, present - self._present
        self._present = present
        for source in sorted(gone):
            self._note_node("node_down", source, "is silent")
        for source in sorted(come) if now - self._since > ARRIVAL else ():
            self._note_node("node_up", source, "is heard")

    @callback
    def _look_at_faults(self) -> None:
        """Tell which faults have appeared, and which are cleared.

        When the bus is down nothing is known to be cleared: what is reported after that is new.
        """
        if not self._coordinator.is_up(self._bus):
            self._faults.clear()
            return
        citizens = self._coordinator.coach.lines[self._bus].citizens
        faults = {
            (source, sentence(fault))
            for source in citizens.lamps
            for fault in citizens.faults(source)
        }
        before, self._faults = self._faults, faults
        for source, words in sorted(faults - before):
            self._note_node("fault_appeared", source, f"reports: {words}", words)
        for source, words in sorted(before - faults):
            self._note_node("fault_cleared", source, f"reports no more: {words}", words)

    def _note_node(
        self, event_type: str, source: int, description: str, fault: str | None = None
    ) -> None:
        """Put on record what a node does, and about which fault."""
        device = node_device(self._coordinator, self._bus, source)
        self._note(
            event_type,
            node_name(self._coordinator, self._bus, source),
            description,
            key=f"{self._coordinator.nodes.at(self._bus, source).identifier}-problem",
            device_id=device.id,
            metadata={"source": source, "fault": fault},
        )


class Changes:
    """Puts on record what an owner changes about a coach: names of settings, never their values."""

    def __init__(self, coordinator: CoachCoordinator) -> None:
        """Take how the coach is set up now."""
        self._coordinator = coordinator
        self._before = _settings(coordinator.entry)

    async def async_look(self, _: HomeAssistant, entry: ConfigEntry) -> None:
        """Tell what has changed."""
        before, self._before = self._before, _settings(entry)
        changed = sorted(
            name
            for name in before.keys() | self._before.keys()
            if before.get(name) != self._before.get(name)
        )
        if CONF_PROFILE in changed:
            changed.remove(CONF_PROFILE)
            model = self._before[CONF_PROFILE] or "none"
            self._note("profile", f"was given another model: {model}", {"profile": model})
        if changed:
            told = ", ".join(map(_words, changed))
            self._note("options", f"was set up anew: {told}", {"settings": changed})

    def _note(self, event_type: str, description: str, metadata: Mapping[str, object]) -> None:
        """Put on record what was changed of the coach."""
        title, device = self._coordinator.entry.title, coach_device(self._coordinator)
        _note(
            self._coordinator,
            event_type,
            title,
            description,
            device_id=device.id if device else None,
            metadata=metadata,
        )


def _settings(entry: ConfigEntry) -> dict[str, Any]:
    """Return what a coach is set up by, by name; Home Assistant changes a subentry in place."""
    networks = [subentry.as_dict() for subentry in entry.subentries.values()]
    return {**entry.data, **entry.options, "name": entry.title, "networks": networks}
