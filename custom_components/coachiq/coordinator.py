"""The live coach of one entry: its buses, its things, and the entities that wait for them."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
import contextlib
from datetime import datetime, timedelta
from functools import partial
import hashlib
import logging
from typing import Final, Protocol, override

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import CALLBACK_TYPE, Context, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.update_coordinator import BaseDataUpdateCoordinatorProtocol

from .bus import Link, LinkState
from .bus.bridge import followers
from .bus.health import Gauge
from .bus.port import BITRATE, ignore
from .clock import LoopClock
from .coach import Coach, Thing, ThingId
from .coach.decision import read_decisions
from .coach.pending import Done
from .configuration import Configuration
from .const import (
    BUS,
    CONF_BRIDGES,
    CONF_COACH,
    CONF_KIND,
    CONF_LISTEN_ONLY,
    CONF_PROTOCOL,
    CONF_STORAGE,
    CONF_THINGS,
    DOMAIN,
    FIXED_ADDRESS,
    RV_C,
)
from .device import make_devices, move_device, name_of, show_product, thing_device
from .error import BusError, CoachError
from .features import CHASSIS, DISCOVERY, NETWORK_CITIZENSHIP, REMEMBER, TRANSMIT
from .follow import Feed, Wanted
from .garbage import async_spare_newcomers
from .guard import Guard
from .happening import Happenings
from .node_place import NodePlaces
from .promotion import Promotions, async_promote
from .recording import Recordings
from .running import Running
from .rvc import Diagnostics, EncodeError, Spec, Value, chassis_words
from .store import CoachStore

_LOGGER = logging.getLogger(__name__)

type CoachConfigEntry = ConfigEntry[CoachCoordinator]
type Make = Callable[[CoachCoordinator, Thing], Iterable[Entity]]
type Names = frozenset[str]
type Witness = Callable[[Thing, set[str]], None]

# After so many new things they are left out of garbage collections.
MANY_THINGS = 50
# A stop frame leaves within a few milliseconds; a bus that takes none has this long, in seconds.
STOP_WAIT = 0.5
MEASURING_INTERVAL = timedelta(seconds=10)
# What is told of a bus besides the values of its health: whether it is connected, and at each
# interval that its nodes may have been heard.
CONNECTED: Final = "connected"
NODES: Final = "nodes"
# And whenever a node of it says something new of itself.
SPOKEN: Final = "spoken"


class Note(Protocol):
    """Puts on record what happened with a thing: `command`, `failed`, `refused` and the like."""

    def __call__(
        self,
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
        """Note what happened to a thing, None for the coach as a whole, and by whom.

        `reason` is why, or what was asked for; `error` is why that was not done.
        """


class CoachCoordinator(BaseDataUpdateCoordinatorProtocol):
    """Runs the coach of one entry and wakes only the entities whose values changed."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: CoachConfigEntry,
        *,
        configuration: Configuration,
        features: Running,
        spec: Spec,
        chassis: Spec,
        diagnostics: Diagnostics,
        instance: str,
    ) -> None:
        """Build the coach and its buses; `instance` tells this Home Assistant from all others.

        `configuration` is what holds, `features` tell what is on, `chassis` is the table of buses
        that do not speak RV-C, and `diagnostics` the words for faults.

        Nothing is opened yet.
        """
        self.hass = hass
        self.entry = entry
        self.configuration = configuration
        self.features = features
        self.store = CoachStore(hass, entry.entry_id, remembers=features.is_on(REMEMBER))
        self.clock = clock = LoopClock(hass.loop)
        self.coach = Coach(
            spec=spec,
            clock=clock,
            profile=configuration.profile,
            decisions=read_decisions(entry.options.get(CONF_THINGS, {})),
            discover=features.is_on(DISCOVERY),
            added=self._added,
            changed=self._changed,
            learnt=lambda: self.store.save_soon(self.coach),
            spoken=self._spoken,
            diagnostics=diagnostics,
            chassis=chassis_words(chassis),
            state_of=self._state_of,
            promoted=self._promoted,
            in_storage=entry.options.get(CONF_STORAGE, False),
            pace=configuration.pace,
        )
        self.guard = Guard(configuration.code, clock.now)
        self.nodes = NodePlaces(self)
        self.buses: dict[str, ConfigSubentry] = {}
        self.links: dict[str, Link] = {}
        self.gauges: dict[str, Gauge] = {}
        self._stop_measuring: CALLBACK_TYPE = ignore
        # Who is to be woken, by what changes and the names of its values.
        self._listeners: dict[ThingId | str, dict[str, dict[CALLBACK_TYPE, None]]] = {}
        self._platforms: list[tuple[AddConfigEntryEntitiesCallback, Make]] = []
        self._new: deque[tuple[AddConfigEntryEntitiesCallback, Make, Thing]] = deque()
        self._adding: asyncio.Task[None] | None = None
        self._newcomers = 0
        # The unique ids of the entities that were made of things.
        self.made: set[str] = set()
        # Puts on record what CoachIQ did, did not do, or was made to do.
        self.note: Note = _leave
        self.happenings = Happenings(hass, entry.entry_id, remembers=features.is_on(REMEMBER))
        self._witnesses: list[Witness] = []
        # What clients follow, by the buses and what they want of them.
        self.feeds: dict[tuple[tuple[str, ...], Wanted], Feed] = {}
        self._promotions: Promotions = {}
        self._via: dict[ThingId, int | None] = {}
        # The device of each thing, as it was for this node.
        self._devices: dict[ThingId, tuple[Thing, int | None, DeviceInfo]] = {}
        # The serial number in our NAME: the same for this coach for ever, and nobody else's.
        identity = f"{instance} {entry.data[CONF_COACH]}"
        serial = int.from_bytes(hashlib.sha256(identity.encode()).digest()[:3])
        used = [
            subentry
            for subentry in entry.get_subentries_of_type(BUS)
            if features.is_on(CHASSIS) or subentry.data.get(CONF_PROTOCOL, RV_C) == RV_C
        ]
        keys = [str(subentry.unique_id) for subentry in used]
        following = followers(entry.options.get(CONF_BRIDGES, []), keys)
        for subentry in used:
            key = str(subentry.unique_id)
            data = subentry.data
            follows = key in following
            is_rv_c = data.get(CONF_PROTOCOL, RV_C) == RV_C
            may_speak = is_rv_c and not follows and not data.get(CONF_LISTEN_ONLY, False)
            self.buses[key] = subentry
            self.links[key] = Link(
                key=key,
                kind=data[CONF_KIND],
                settings=configuration.buses[key],
                clock=clock,
                transmit=features.is_on(TRANSMIT) and may_speak,
                is_citizen=features.is_on(NETWORK_CITIZENSHIP),
                serial=serial,
                product=f"CoachIQ*Home Assistant*{serial & 0x1FFFFF:07}**",
                frames=ignore if follows else partial(self.coach.receive, key),
                changed=partial(self._link_changed, key),
                known=(spec if is_rv_c else chassis).rows,
                address=hass.data.get(FIXED_ADDRESS),
            )
            self.coach.add_bus(
                key, self.links[key], None if is_rv_c else chassis, makes_things=not follows
            )
            bitrate = int(configuration.buses[key].get("bitrate", BITRATE))
            self.gauges[key] = Gauge(self.links[key], self.coach.lines[key], bitrate, clock)
        self.recordings = Recordings(hass, self.buses, self.links)

    async def async_start(self) -> None:
        """Make the known things and begin to open the buses."""
        make_devices(self)
        await self.store.async_restore(self.coach, self.entry.title)
        self.coach.start()

    def open_buses(self) -> None:
        """Begin to open the buses; call it when the platforms are ready for news."""
        self._stop_measuring = async_track_time_interval(
            self.hass, self._measure, MEASURING_INTERVAL, cancel_on_shutdown=True
        )
        for link in self.links.values():
            link.start()

    async def async_shut_down(self, _: Event) -> None:
        """Close the buses as Home Assistant stops."""
        await self.async_stop()

    async def async_stop(self) -> None:
        """Stop what moves, close the buses and keep what was learnt."""
        self.coach.cranking.let_go()
        await self.async_halt(self.coach.motions.moving())
        self._listeners.clear()
        for feed in self.feeds.values():
            feed.end()
        await asyncio.gather(*(link.stop() for link in self.links.values()))
        await self.features.async_stop()
        await self.recordings.async_end()
        self.coach.stop()
        await self.store.async_save(self.coach)

    @callback
    @override
    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: tuple[Thing, Names] | None = None
    ) -> Callable[[], None]:
        """Call back when one of the named values of a thing may look different."""
        if context is None:
            raise TypeError("a thing and the names of its values are needed")
        thing, names = context
        thing.followed = True
        return self.async_listen(thing.id, names, update_callback)

    @callback
    def async_listen(
        self, source: ThingId | str, names: Names, update_callback: CALLBACK_TYPE
    ) -> Callable[[], None]:
        """Call back on changes of a thing, which need not exist yet, or of a bus by its key."""
        by_name = self._listeners.setdefault(source, {})
        for name in names:
            by_name.setdefault(name, {})[update_callback] = None

        def end() -> None:
            for name in names:
                by_name[name].pop(update_callback, None)

        return end

    @callback
    def async_witness(self, witness: Witness) -> CALLBACK_TYPE:
        """Tell of each new thing, and of whatever may have changed of any; returns the end."""
        self._witnesses.append(witness)
        return lambda: self._witnesses.remove(witness)

    @callback
    def add_platform(self, add: AddConfigEntryEntitiesCallback, make: Make) -> None:
        """Make a platform's entities for each thing there is and for each that appears."""
        self._platforms.append((add, make))
        known = defaultdict[str, list[Entity]](list)
        for thing in self.coach.things.values():
            known[thing.id.bus] += make(self, thing)
        for bus, entities in known.items():
            self._hand_over(add, bus, entities)

    @callback
    def async_store_away(self, *, stored: bool) -> None:
        """Put the coach in storage or take it out, now and after a restart."""
        options = {**self.entry.options, CONF_STORAGE: stored}
        self.hass.config_entries.async_update_entry(self.entry, options=options)
        self.coach.in_storage = stored
        for bus in self.buses:
            self._tell(bus, set(self._listeners.get(bus, ())))

    @callback
    def stop_adding(self) -> None:
        """Make no more entities, since the platforms are about to go."""
        self._stop_measuring()
        self._platforms.clear()
        self._new.clear()

    async def async_command(self, thing: Thing, intent: str, **arguments: Value) -> None:
        """Send a command and wait for its outcome; raises a translated error."""
        await self._async_do(
            thing, lambda done: self.coach.command(thing, intent, done, **arguments)
        )

    async def async_recall(self, scene: Thing) -> None:
        """Recall a scene and wait until all has left; raises a translated error."""
        await self._async_do(scene, partial(self.coach.recall, scene))

    async def _async_do(self, thing: Thing, act: Callable[[Done], None]) -> None:
        """Do something with a thing and wait for its outcome; raises a translated error."""
        outcome: asyncio.Future[CoachError | None] = self.hass.loop.create_future()

        def done(error: CoachError | None) -> None:
            if not outcome.done():
                outcome.set_result(error)

        try:
            act(done)
        except EncodeError as error:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="command_impossible",
                translation_placeholders={"problem": str(error)},
            ) from error
        if failure := await outcome:
            raise self.translated(thing, failure) from failure

    def translated(self, thing: Thing, error: CoachError) -> HomeAssistantError:
        """Return what went wrong with a thing as Home Assistant's error, in the owner's words."""
        words = {"thing": name_of(self, thing), **error.words}
        if "bus" in words:
            words["bus"] = self.buses[thing.id.bus].title
        return HomeAssistantError(
            translation_domain=DOMAIN, translation_key=error.key, translation_placeholders=words
        )

    async def async_halt(self, things: Iterable[Thing]) -> dict[ThingId, BusError | None]:
        """Stop things, whoever moves them; return which stops left, or why they could not."""
        outcome: dict[ThingId, BusError | None] = {}
        done = asyncio.Event()
        waiting = {thing.id: thing for thing in things}

        def note(thing: Thing, error: BusError | None) -> None:
            outcome[thing.id] = error
            if len(outcome) == len(waiting):
                done.set()

        for thing in waiting.values():
            self.coach.motions.stop(thing, partial(note, thing))
        with contextlib.suppress(TimeoutError):
            if waiting:
                await asyncio.wait_for(done.wait(), STOP_WAIT)
        late = {one: BusError("not_taken", bus=one.bus) for one in waiting if one not in outcome}
        return outcome | late

    def can_send(self, bus: str) -> bool:
        """Tell whether a frame of ours would go out on a bus."""
        return self.links[bus].state is LinkState.READY

    def _state_of(self, entity_id: str) -> str | None:
        """Return the state of an entity, None where it is not known."""
        state = self.hass.states.get(entity_id)
        unusable = state is None or state.state in {STATE_UNAVAILABLE, STATE_UNKNOWN}
        return None if state is None or unusable else state.state

    def is_up(self, bus: str) -> bool:
        """Tell whether a bus can be heard."""
        return self.coach.is_up(bus)

    def device_info(self, thing: Thing) -> DeviceInfo:
        """Return the device of a thing, below the node that speaks for it now.

        All its entities have the same: to look for its node takes long.
        """
        made_for, source, info = self._devices.get(thing.id, (None, None, None))
        if info is None or made_for is not thing or source != thing.source:
            info = thing_device(self, thing)
            self._devices[thing.id] = thing, thing.source, info
        self._via[thing.id] = thing.source
        return info

    def _added(self, thing: Thing) -> None:
        """Make the entities of a thing that appeared."""
        self._bear_witness(thing, set())
        self._new += [(add, make, thing) for add, make in self._platforms]
        self._newcomers += bool(self._platforms)
        if self._new and self._adding is None:
            self._adding = self.entry.async_create_task(
                self.hass, self._async_add_new(), "coachiq new things", eager_start=False
            )
        self.store.save_soon(self.coach)

    async def _async_add_new(self) -> None:
        """Make the entities of new things, a little in each turn of the loop.

        The frames that tell of a whole coach come in one batch; the next must be read meanwhile.
        """
        try:
            while self._new:
                add, make, thing = self._new.popleft()
                if self.coach.known(thing.id) is thing:
                    self._add(add, make, thing)
                await asyncio.sleep(0)
        finally:
            self._adding = None
        if self._newcomers >= MANY_THINGS:
            self._newcomers = 0
            async_spare_newcomers()

    def _add(self, add: AddConfigEntryEntitiesCallback, make: Make, thing: Thing) -> None:
        """Make one platform's entities of a thing."""
        self._hand_over(add, thing.id.bus, list(make(self, thing)))

    def _hand_over(
        self, add: AddConfigEntryEntitiesCallback, bus: str, entities: list[Entity]
    ) -> None:
        """Give Home Assistant the entities of things of a bus."""
        if entities:
            self.made.update(str(entity.unique_id) for entity in entities)
            add(entities, config_subentry_id=self.buses[bus].subentry_id)

    def _changed(self, thing: Thing, names: set[str]) -> None:
        """Wake the entities that show one of these values."""
        moved = thing.source is not None and self._via.get(thing.id, thing.source) != thing.source
        if moved and move_device(self, thing):
            self._via[thing.id] = thing.source
        self._bear_witness(thing, names)
        self._tell(thing.id, names)

    def _bear_witness(self, thing: Thing, names: set[str]) -> None:
        """Tell who follows everything."""
        for witness in tuple(self._witnesses):
            witness(thing, names)

    def _spoken(self, bus: str, source: int) -> None:
        """Show what a node says of itself."""
        show_product(self, bus, source)
        self._tell(bus, {SPOKEN})

    def _promoted(self, bus: str, before: str, name: str) -> None:
        """Have things that are told apart by a node go on under its better name."""
        if not self._promotions:
            self.hass.async_create_background_task(
                async_promote(self.hass, self.entry, self.coach, self.store, self._promotions),
                "coachiq promotion",
            )
        self._promotions[bus, before] = name

    def _link_changed(self, bus: str, state: LinkState) -> None:
        """Tell the coach how a bus is."""
        if state is LinkState.DOWN:
            self.coach.bus_down(bus)
        elif state is LinkState.READY:
            self.coach.bus_ready(bus)
        else:
            self.coach.bus_up(bus)
        self._tell(bus, self.gauges[bus].turn() | {CONNECTED})

    @callback
    def _measure(self, _: datetime) -> None:
        """Measure the buses, and wake what shows how they and their nodes are."""
        for bus, gauge in self.gauges.items():
            if settled := self.nodes.settle(bus):
                self._devices.clear()
                for thing in self.coach.things.values():
                    if thing.id.bus == bus and thing.source in settled:
                        move_device(self, thing)
                self._tell(bus, {SPOKEN})
            self._tell(bus, gauge.measure() | {NODES})

    def _tell(self, source: ThingId | str, names: set[str]) -> None:
        """Wake the entities that show one of these values of a thing or a bus."""
        if by_name := self._listeners.get(source):
            for update in {update: None for name in names for update in by_name.get(name, ())}:
                _wake(update)


def bus_keys(entry: ConfigEntry) -> list[str]:
    """Return the keys of an entry's buses."""
    return [str(bus.unique_id) for bus in entry.get_subentries_of_type(BUS)]


def _leave(*_: object, **__: object) -> None:
    """Put nothing on record."""


def _wake(update: CALLBACK_TYPE) -> None:
    """Let an entity write its state; one that fails takes neither others nor the bus down."""
    try:
        update()
    except Exception:
        _LOGGER.exception("An entity could not be updated")
