"""The coach: all its things on all its buses, what is asked of them, and what becomes of that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from ..error import BusError, CommandError
from ..rvc import ADDRESS_CLAIM, GLOBAL, REQUEST, Clock, Diagnostics, Spec, Timer, Value, request
from .calibration import calibrated
from .citizen import Citizens
from .cranking import Cranking
from .decision import UNDECIDED, Decision
from .ensemble import Ensembles
from .families import CHASSIS_OF, FAMILY, FAMILY_OF, Family, number
from .intake import MOST_THINGS, READING_INTERVAL, Frames, Intake
from .interlock import Freshness, Interlock
from .motion import Motions
from .mover import CLOSE, OPEN, Mover, motion_of, mover_of
from .node_name import rank
from .orders import Orders
from .pair import Pairs
from .pending import Handle
from .profile import HALF, HIDDEN, Profile, ProfileRow
from .quirk import moved_otherwise
from .thing import Thing, ThingId

ASKING_TIME = 10.0
TELLING_OF_NODES = ("ADDRESS_CLAIM", "PRODUCT_IDENTIFICATION", "GENERIC_CONFIGURATION_STATUS")
TICK = 1.0


class Wire(Protocol):
    """What the coach sends on: one bus."""

    @property
    def address(self) -> int | None:
        """Return our source address on it."""

    def send(
        self,
        dgn: int,
        data: bytes,
        left: Callable[[BusError | None], None],
        *,
        destination: int | None = None,
        urgent: bool = False,
    ) -> Handle | None:
        """Send a frame; `left` hears when it has left or why it cannot."""


@dataclass(slots=True, eq=False)
class Line:
    """One bus as the coach knows it."""

    wire: Wire
    intake: Intake
    citizens: Citizens
    up: bool = False
    up_since: float = 0.0
    timers: list[Timer] = field(default_factory=list)
    # Milliseconds from the last command that was obeyed to the frame that said so.
    command_latency: float | None = None

    @property
    def unknown_dgns(self) -> int:
        """Return how many DGNs were heard that the table lacks."""
        return len(self.intake.unknown)

    @property
    def decode_misses(self) -> int:
        """Return how many frames could not be read."""
        return self.intake.unreadable


class Coach:
    """Keeps the things of one coach.

    `added(thing)` is called for each new thing, `changed(thing, names)` whenever what is shown of
    these values may have changed, `learnt()` when something is worth keeping, `spoken(bus,
    source)` when a node says something new of itself. Everything runs on one thread; nothing here
    blocks. `diagnostics`, and `chassis` for J1939, have the words for faults.
    """

    def __init__(
        self,
        *,
        spec: Spec,
        clock: Clock,
        profile: Profile,
        decisions: Mapping[str, Decision],
        discover: bool,
        added: Callable[[Thing], None],
        changed: Callable[[Thing, set[str]], None],
        learnt: Callable[[], None],
        spoken: Callable[[str, int], None],
        diagnostics: Diagnostics,
        chassis: Mapping[int, str],
        state_of: Callable[[str], str | None] = lambda _: None,
        promoted: Callable[[str, str, str], None] = lambda *_: None,
        in_storage: bool = False,
        pace: float = READING_INTERVAL,
    ) -> None:
        """Take the protocol table, the profile, the owner's decisions by thing, and who listens.

        `state_of` returns the state of an entity of Home Assistant, None where it is not known.
        `promoted` hears of a bus and the name of a node by which things were told apart, and
        under which better name they are to go on.
        What is measured is read once in `pace` seconds.
        """
        self.profile = profile
        self._in_storage = in_storage
        self.pace = pace
        self._decisions = decisions
        self.things: dict[ThingId, Thing] = {}
        self._ensembles = Ensembles(profile, self.things, lambda one: self.kind(one) == HIDDEN)
        self.lines: dict[str, Line] = {}
        self._spec = spec
        self._clock = clock
        self._discover = discover
        self._added = added
        self._changed = changed
        self._learnt = learnt
        self._spoken = spoken
        self._promoted = promoted
        self._diagnostics = diagnostics
        self._chassis = chassis
        self.state_of = state_of
        self.interlock = Interlock(self, clock.now)
        self._pairs = Pairs(profile, decisions)
        self.motions = Motions(spec=spec, clock=clock, yard=self)
        self.cranking = Cranking(spec=spec, clock=clock, send=self.send, freshness=self.freshness)
        self._orders = Orders(
            coach=self,
            spec=spec,
            clock=clock,
            ensembles=self._ensembles,
            cranking=self.cranking,
            changed=changed,
            learnt=learnt,
        )
        # What is asked of things, and what they say to it.
        self.command = self._orders.command
        self.recall = self._orders.recall
        self.heard = self._orders.heard
        self._timer: Timer | None = None
        self._turn = 0

    # What the owner's side uses.

    def add_bus(
        self, key: str, wire: Wire, spec: Spec | None = None, *, makes_things: bool = True
    ) -> None:
        """Add a bus under its key; it counts as down until `bus_up`.

        One with a table of its own speaks J1939. Unless it `makes_things`, its senders are noted
        only.
        """
        families = FAMILY_OF if spec is None else CHASSIS_OF
        made = families if makes_things else {}
        intake = Intake(key, spec or self._spec, made, self, self.pace)
        self.lines[key] = Line(wire, intake, Citizens(self._diagnostics, self._chassis))

    def start(self) -> None:
        """Begin to watch for silence."""
        self._timer = self._clock.call_later(TICK, self._tick)

    def stop(self) -> None:
        """Give up what is under way."""
        if self._timer:
            self._timer.cancel()
        for key in self.lines:
            self.bus_down(key)

    def restore(self, identity: ThingId, *, answers: bool | None, last_level: float | None) -> None:
        """Make a thing that was known before; the bus has said nothing of it yet."""
        family = FAMILY.get(identity.family)
        makes_things = self.lines[identity.bus].intake.families
        wanted = self.kind(identity) != HIDDEN and self.is_told(identity)
        if family and makes_things and wanted and identity not in self.things:
            thing = self._make(identity, family)
            thing.answers, thing.last_level = answers, last_level

    def remove(self, identity: ThingId) -> None:
        """Forget a thing; it is made again when it is heard again."""
        self._orders.drop(identity)
        opener = self._pairs.opener(identity) or identity
        if self.mover(opener) and opener in self.things:
            self.motions.stop(self.things[opener])
        if self.things.pop(identity, None):
            self.lines[identity.bus].intake.drop(identity)

    def row(self, thing: ThingId) -> ProfileRow:
        """Return what the profile says of a thing."""
        return self.profile.row(thing.family, thing.key)

    def decision(self, thing: ThingId) -> Decision:
        """Return what the owner has decided about a thing."""
        return self._decisions.get(str(thing), UNDECIDED)

    def kind(self, thing: ThingId) -> str | None:
        """Return what a thing is taken for, by the owner or else by the profile."""
        if self._pairs.opener(thing):
            return HALF
        return self.decision(thing).kind or self.row(thing).kind

    def is_told(self, thing: ThingId) -> bool:
        """Tell whether a thing is told apart by its node just as the owner wants it."""
        return self.decision(thing.shared).apart == bool(thing.node)

    def reporters(self, thing: ThingId) -> set[int]:
        """Return the addresses of the nodes that report a thing."""
        return self.lines[thing.bus].intake.reporters(thing)

    def told_by(self, bus: str, node: str) -> list[Thing]:
        """Return the things that are told apart by a node's name."""
        every = self.things.values()
        return [thing for thing in every if (thing.id.bus, thing.id.node) == (bus, node)]

    def ambient_of(self, zone: ThingId) -> ThingId:
        """Return the sensor of a zone's air: the profile's, else the one of the same instance."""
        channel = self.row(zone).ambient
        return ThingId(zone.bus, "ambient", zone.key if channel is None else (channel,))

    @property
    def in_storage(self) -> bool:
        """Tell whether the coach is in storage: nothing is asked for, and most things rest."""
        return self._in_storage

    @in_storage.setter
    def in_storage(self, stored: bool) -> None:
        """Put the coach in storage; or take it out, and ask for what may have changed meanwhile."""
        self._in_storage = stored
        for bus, line in self.lines.items():
            self._tell_all(bus)
            if line.intake.address is not None:
                self._ask(line, bus)

    def is_resting(self, thing: Thing) -> bool:
        """Tell whether a thing is neither shown nor operated, since the coach is in storage."""
        return self._in_storage and not thing.family.stays

    def may_answer(self, thing: Thing) -> bool:
        """Tell whether what a thing says now may be the answer to our question."""
        return self.lines[thing.id.bus].intake.may_answer(thing.family, self._clock.now())

    def is_up(self, bus: str) -> bool:
        """Tell whether a bus can be heard."""
        return self.lines[bus].up

    def is_half(self, thing: ThingId) -> bool:
        """Tell whether a thing is one of two outputs that move something: none is switched."""
        return bool(self._pairs.closer(thing) or self._pairs.opener(thing))

    def check_motion(self, thing: Thing, moving: bool = False) -> tuple[str, ...]:  # noqa: FBT001, FBT002  motions call it
        """Return the inputs that a mover does without; raises CommandError when it must rest."""
        if self.is_resting(thing):
            raise CommandError("in_storage")
        mover, decision = self.mover(thing.id), self.decision(thing.id)
        if mover is None:
            raise ValueError(f"{thing.id} does not move")
        halves = self.halves(thing.id)
        known = [self.things[one] for one in halves if one in self.things]
        passed = self.interlock.check(mover, known, decision, moving=moving)
        if len(known) < len(halves):
            raise CommandError("half_unheard", half=halves[-1].key[0])
        return passed

    def mover(self, thing: ThingId) -> Mover | None:
        """Return how a thing moves, by itself or as the output that opens a pair."""
        if otherwise := moved_otherwise(self.profile.quirks, thing.family):
            return otherwise
        is_pair = self._pairs.closer(thing)
        return mover_of(thing.family, self.kind(thing) if is_pair else None)

    def halves(self, thing: ThingId) -> tuple[ThingId, ...]:
        """Return what moves a mover: it itself, or the outputs that open and close it."""
        closer = self._pairs.closer(thing)
        return (thing,) if closer is None else (thing, closer)

    def heading(self, thing: Thing) -> str | None:
        """Return where a mover moves now, as `motion_of` does."""
        mover, halves = self.mover(thing.id), self.halves(thing.id)
        if mover is None:
            return None
        if len(halves) == 1:
            return motion_of(mover, thing.values)
        known = [self.things.get(one) for one in halves]
        said = [one.values.get("on") if one else None for one in known]
        return motion_of(mover, dict(zip((OPEN, CLOSE), said, strict=True)))

    # What the motions use.

    def doubt(self, thing: Thing, since: float) -> None:
        """Take a thing's values as unknown if it has said nothing since then."""
        self.lines[thing.id.bus].intake.doubt(thing, since)

    def send(
        self,
        bus: str,
        dgn: int,
        data: bytes,
        left: Callable[[BusError | None], None],
        *,
        urgent: bool,
    ) -> Handle | None:
        """Send a frame on a bus."""
        return self.lines[bus].wire.send(dgn, data, left, urgent=urgent)

    # What the interlock uses.

    def of_family(self, family: str) -> list[Thing]:
        """Return the things of a family, on all buses."""
        return [thing for thing in self.things.values() if thing.id.family == family]

    def freshness(self, thing: Thing, dgn: str) -> Freshness:
        """Return when a DGN last told of a thing, and how often it does; None for never."""
        return self.lines[thing.id.bus].intake.freshness(thing.id, dgn)

    # What the buses' side uses.

    def receive(self, bus: str, frames: Frames, now: float) -> None:
        """Take in frames of a bus."""
        self.lines[bus].intake.receive(frames, now)

    def bus_up(self, bus: str) -> None:
        """Note that a bus can be heard."""
        line = self.lines[bus]
        if not line.up:
            line.up, line.up_since = True, self._clock.now()
            self._tell_all(bus)

    def bus_ready(self, bus: str) -> None:
        """Ask, once and spread over ten seconds, for every status that a family needs.

        Dimmers and loads speak only on change: without this they would stay dark.
        """
        self.bus_up(bus)
        line = self.lines[bus]
        line.intake.address = line.wire.address
        self._ask(line, bus)

    def bus_down(self, bus: str) -> None:
        """Forget what a bus has said: nothing of it is known now."""
        line = self.lines[bus]
        line.up = False
        line.intake.address = None
        line.intake.forget()
        troubled = list(line.citizens.lamps)
        line.citizens.forget()
        for source in troubled:
            self._spoken(bus, source)
        for timer in line.timers:
            timer.cancel()
        line.timers = []
        self.motions.lose(bus)
        self.cranking.let_go(bus, BusError("bus_down", bus=bus))
        self._orders.lose(bus)
        for thing in self.things.values():
            if thing.id.bus == bus:
                self._orders.fade(thing)
                thing.values = dict.fromkeys(thing.values)
                thing.heard, thing.silent = None, False
        self._tell_all(bus)

    # What an intake uses.

    def identify(self, thing: ThingId, source: int) -> ThingId:
        """Return who a thing is that a node tells of: one of that node, if the owner wants so."""
        if not self.decision(thing).apart:
            return thing
        return thing._replace(node=self.lines[thing.bus].citizens.name(source))

    def known(self, thing: ThingId) -> Thing | None:
        """Return the thing if it is known."""
        return self.things.get(thing)

    def is_full(self, bus: str) -> bool:
        """Tell whether a bus has as many things as it may have, heard or not."""
        return sum(identity.bus == bus for identity in self.things) >= MOST_THINGS

    def admit(self, thing: ThingId, family: Family, source: int) -> Thing | None:
        """Make a new thing, unless the owner or the profile does not want it."""
        if not self._discover or self.kind(thing) == HIDDEN:
            return None
        made = self._make(thing, family)
        made.source = source
        return made

    def changed(self, thing: Thing, names: set[str]) -> None:
        """Pass a change on."""
        if "level" in names:
            self._orders.take_level(thing)
        if "on" in names:
            self.motions.hear(thing)
        self._changed(thing, names)
        for group in self._ensembles.groups_of(thing):
            if news := self._ensembles.news_of(group):
                self.changed(group, news)

    def acknowledged(self, bus: str, source: int, said: Mapping[str, Value]) -> None:
        """Let what waits for it hear of an acknowledgement, and what moves."""
        if said["acknowledged_source_address"] in (self.lines[bus].wire.address, None):
            self.motions.acknowledged(
                bus, int(number(said["acknowledged_dgn"]) or 0), said["instance"], said["code"]
            )
        self._orders.acknowledged(bus, source, said)

    def spoken(self, bus: str, source: int, dgn: int, data: bytes, now: float) -> None:
        """Take in what a node says of itself."""
        citizens = self.lines[bus].citizens
        before = citizens.name(source)
        if citizens.hear(source, dgn, data, now):
            self._spoken(bus, source)
        if (name := citizens.name(source)) != before:
            self._rename(bus, before, name)
            self._learnt()

    def _rename(self, bus: str, before: str, name: str) -> None:
        """Take what was told apart by a node's name for what it is now.

        That is the same under a better name, or what another node says from the same address.
        """
        told = self.told_by(bus, before)
        if told and rank(name) > rank(before):
            self._promoted(bus, before, name)
            return
        for thing in told:
            self.lines[bus].intake.drop(thing.id)
            thing.values = dict.fromkeys(thing.values)
            thing.heard, thing.silent = None, False
            self._changed(thing, set(thing.values))

    def wanted(self, bus: str, dgn: int) -> None:
        """Ask all nodes for a DGN (RV-C section 3.2.4.2, 2023-11), unless the coach is stored."""
        if self._in_storage:
            return
        line = self.lines[bus]

        def left(error: BusError | None) -> None:
            if error is None:
                line.intake.asked(dgn, self._clock.now())

        if line.wire.send(REQUEST, request(dgn), left, destination=GLOBAL):
            # Also now: an answer may be read before the sender reports that the request has left.
            line.intake.asked(dgn, self._clock.now())

    def doubted_addresses(self, bus: str) -> list[int]:
        """Return the addresses that two nodes share; those that may be are asked who has them."""
        line, shared = self.lines[bus], []
        for source, goes_on in line.citizens.claimants(self._clock.now()):
            if goes_on:
                shared.append(source)
            if not self._in_storage:
                line.wire.send(REQUEST, request(ADDRESS_CLAIM), lambda _: None, destination=source)
        return sorted(shared)

    def _ask(self, line: Line, bus: str) -> None:
        """Begin to ask for every status that a family needs, in place of what is still asked."""
        for timer in line.timers:
            timer.cancel()
        names = [*FAMILY_OF, *TELLING_OF_NODES]
        gap = ASKING_TIME / len(names)
        line.timers = [
            self._clock.call_later(
                gap * turn, partial(self.wanted, bus, self._spec.named(name).dgn)
            )
            for turn, name in enumerate(names)
        ]

    def _make(self, identity: ThingId, family: Family) -> Thing:
        """Make a thing of which nothing is known, and tell of it."""
        family = calibrated(family, self.decision(identity).calibration)
        readings = (reading.name for feed in family.feeds.values() for reading in feed)
        names = [*readings, *(derived.name for derived in family.derived)]
        thing = Thing(identity, family, dict.fromkeys(names))
        self.things[identity] = thing
        self._added(thing)
        for one, ensemble, values in self._ensembles.with_light(identity):
            if one not in self.things:
                self.things[one] = made = Thing(one, ensemble, dict.fromkeys(values))
                self._added(made)
        return thing

    def _tell_all(self, bus: str) -> None:
        """Tell that all of a bus's things may look different."""
        for thing in self.things.values():
            if thing.id.bus == bus:
                self._changed(thing, set(thing.values))

    def _tick(self) -> None:
        """Look for silence on the next bus, if it is up: on each once in `TICK` seconds."""
        self._timer = self._clock.call_later(TICK / max(len(self.lines), 1), self._tick)
        now = self._clock.now()
        self._turn = (self._turn + 1) % max(len(self.lines), 1)
        for bus, line in [*self.lines.items()][self._turn :][:1]:
            if line.up:
                line.intake.tick(now)
                for source in line.citizens.tick(now):
                    self._spoken(bus, source)
