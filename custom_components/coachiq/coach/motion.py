"""Movers in motion: frames that keep them moving, and the stop that ends it, whatever happens."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Protocol

from ..error import BusError, CoachError, CommandError
from ..rvc import COMMANDS, Clock, Code, Command, Spec, Timer, Value
from .families import label, number
from .mover import CLOSE, Mover
from .pending import ACCEPTED, NEEDS_MORE_TIME, Handle
from .thing import Thing, ThingId

# The interlock is looked at this often, in seconds, and frames go out a little sooner than they
# must: a device that misses one by a hair would stop and start again.
LOOK = 0.1
EAGERNESS = 0.8
# Between a stop and the other direction: a motor is not thrown round (RV-C section 6.24, 2023-11).
DEAD_TIME = 0.5
# Both outputs of a pair are off for so long before one is on, and for the time above if that is
# not known of them.
PAUSE = 0.1
# What is told once and then does something by itself says within so many seconds that it does.
BEGIN_TIME = 5.0
# An output that says "on" and reports nothing when it was told to be off may be anything.
REPORT_TIME = 0.4
# A stop is said twice.
STOP_AGAIN = 0.1
# How long a hold lasts that is not renewed.
LEASE = 0.5

type Ended = Callable[[CoachError | None], None]


class Yard(Protocol):
    """The coach, as its motions see it."""

    def mover(self, thing: ThingId) -> Mover | None:
        """Return how a thing moves."""

    def halves(self, thing: ThingId) -> tuple[ThingId, ...]:
        """Return what moves it: it itself, or the outputs that open and close it."""

    def known(self, thing: ThingId) -> Thing | None:
        """Return a thing that is known."""

    def heading(self, thing: Thing) -> str | None:
        """Return where it moves now, "" for nowhere, None while that is not known."""

    def check_motion(self, thing: Thing, moving: bool = False) -> object:  # noqa: FBT001, FBT002  as the coach has it
        """Raise CommandError when it must not move."""

    def doubt(self, thing: Thing, since: float) -> None:
        """Take what it said as unknown if it has said nothing since."""

    def send(
        self,
        bus: str,
        dgn: int,
        data: bytes,
        left: Callable[[BusError | None], None],
        *,
        urgent: bool,
    ) -> Handle | None:
        """Put a frame on a bus; `left` hears when it has left, or why it cannot."""


@dataclass(slots=True, eq=False)
class Motion:
    """One mover on its way: until when, by the clock, and by the lease of who holds it.

    `halves` are the mover, or the outputs that open and close it; `was_on` tells whether it, or the
    one that moves it, has said so since the first frame, at `begin`. Each says `arguments`.
    """

    thing: Thing
    mover: Mover
    halves: tuple[ThingId, ...]
    direction: str
    arguments: Mapping[str, Value]
    until: float
    lease_until: float | None
    ended: Ended
    begin: float
    due: float
    was_on: bool = False
    sending: bool = False
    handle: Handle | None = None
    timer: Timer | None = None

    @property
    def row(self) -> Command:
        """Return the intent that is said."""
        return COMMANDS[self.mover.ways[self.direction]]

    @property
    def target(self) -> ThingId:
        """Return what is told to move."""
        return self.halves[-1 if self.direction == CLOSE else 0]

    @property
    def opposite(self) -> ThingId | None:
        """Return the output of a pair that must be off meanwhile."""
        return self.halves[0 if self.direction == CLOSE else 1] if len(self.halves) > 1 else None


class Motions:
    """All movers that CoachIQ keeps moving; each thing is moved once at a time."""

    def __init__(self, *, spec: Spec, clock: Clock, yard: Yard) -> None:
        """Take the protocol table, the clock, and the coach."""
        self._spec = spec
        self._clock = clock
        self._yard = yard
        self._motions: dict[ThingId, Motion] = {}
        self._stopped_at: dict[ThingId, tuple[float, str]] = {}
        self._repeats: dict[ThingId, Timer] = {}
        self._reports: dict[ThingId, Timer] = {}

    def start(self, thing: Thing, direction: str, ended: Ended, *, hold: bool = False) -> None:
        """Move a thing for its run time, or while it is held; `ended` hears why it ended, once.

        Raises CommandError when it must not move. What it did before ends first.
        """
        self._yard.check_motion(thing)
        mover, halves = self._mover(thing), self._yard.halves(thing.id)
        arguments = mover.takes(direction, thing.values)
        now = self._clock.now()
        rest, heading = 0.0, self._yard.heading(thing)
        before = self._motions.get(thing.id)
        goes_on = before is not None and before.direction == direction
        if before and goes_on:
            # The same way: it goes on without a jerk, but begins no sooner.
            rest = max(0.0, before.begin - now)
            self._forget(before, None)
        elif before:
            self.stop(thing)
        if heading not in (direction, "", None) and not (goes_on and mover.rest):
            # Somebody else moves it the other way.
            self._say_stop(thing, lambda _: None)
            self._stopped_at[thing.id] = now, ""
        elif (len(halves) > 1 and not goes_on) or mover.toggles:
            self._say_stop(thing, lambda _: None)
            rest = DEAD_TIME if heading is None else PAUSE
        stopped_at, last = self._stopped_at.get(thing.id, (float("-inf"), direction))
        if last != direction:
            rest = max(rest, stopped_at + DEAD_TIME - now)
        motion = Motion(
            thing=thing,
            mover=mover,
            halves=halves,
            direction=direction,
            arguments=arguments,
            until=now + rest + mover.run_times.get(direction, mover.run_time),
            lease_until=now + LEASE if hold else None,
            ended=ended,
            begin=now + rest,
            due=now + rest,
        )
        if hold:
            motion.until = float("inf")
        self._motions[thing.id] = motion
        self._step(motion)

    def renew(self, thing: Thing) -> bool:
        """Hold on for another lease; False when the thing is not held any more."""
        motion = self._motions.get(thing.id)
        if motion is None or motion.lease_until is None:
            return False
        motion.lease_until = self._clock.now() + LEASE
        return True

    def stop(self, thing: Thing, left: Callable[[BusError | None], None] = lambda _: None) -> None:
        """Stop a thing, whether or not it moves, and whoever moves it; never refused.

        `left` hears when the first stop frame has left, or why it cannot.
        """
        motion = self._motions.get(thing.id)
        if motion:
            self._forget(motion, None)
        elif self._yard.heading(thing):
            self._stopped_at[thing.id] = self._clock.now(), ""
        self._say_stop(thing, left)

    def hear(self, thing: Thing) -> None:
        """Look at once at what moves by an output that has said whether it is on."""
        now = self._clock.now()
        for motion in self._motions.values():
            if thing.id not in motion.halves:
                continue
            if thing.id == motion.target and now >= motion.begin and thing.values["on"] is True:
                motion.was_on = True
            if motion.timer and now >= motion.begin:
                motion.timer.cancel()
                motion.timer = self._clock.call_later(0.0, partial(self._step, motion))

    def moving(self) -> list[Thing]:
        """Return what CoachIQ keeps moving now."""
        return [motion.thing for motion in self._motions.values()]

    def lose(self, bus: str) -> None:
        """Note that a bus is gone: nothing can be sent there, and what moved stops by itself."""
        for motion in [one for one in self._motions.values() if one.thing.id.bus == bus]:
            self._forget(motion, BusError("bus_down", bus=bus))
        for waiting in (self._repeats, self._reports):
            for identity in [one for one in waiting if one.bus == bus]:
                waiting.pop(identity).cancel()

    def acknowledged(self, bus: str, dgn: int, instance: Value, code: Value) -> None:
        """Take in an acknowledgement: a device that refuses is told to stop."""
        for motion in list(self._motions.values()):
            row = motion.row
            if (
                motion.thing.id.bus == bus
                and self._spec.named(row.dgn).dgn == dgn
                and number(instance) in (motion.target.key[0], None)
                and isinstance(code, Code)
                and label(code) not in (ACCEPTED, NEEDS_MORE_TIME)
            ):
                self._end(motion, CommandError("command_refused", reason=code.label))

    def _step(self, motion: Motion) -> None:
        """Look whether it may go on, and send what is due."""
        motion.timer = None
        try:
            end, error = self._is_over(motion)
            if not end:
                self._go_on(motion)
        except Exception:
            # Whatever went wrong must not leave anything moving.
            self._end(motion, CommandError("mover_failed"))
            raise
        if end:
            self._end(motion, error)

    def _is_over(self, motion: Motion) -> tuple[bool, CoachError | None]:
        """Tell whether a motion is over, and whether that is an error."""
        now = self._clock.now()
        if now >= motion.until:
            return True, None
        if motion.lease_until is not None and now >= motion.lease_until:
            return True, CommandError("hold_lapsed")
        try:
            self._yard.check_motion(motion.thing, moving=True)
            if now >= motion.begin:
                self._check_outputs(motion)
                if motion.mover.rest and motion.row.repeat is None:
                    return self._is_done(motion), None
        except CommandError as obstacle:
            return True, obstacle
        return False, None

    def _is_done(self, motion: Motion) -> bool:
        """Tell whether a system is done; raises CommandError if it does not begin."""
        if heading := self._yard.heading(motion.thing):
            motion.was_on = True
        elif not motion.was_on and self._clock.now() >= motion.begin + BEGIN_TIME:
            raise CommandError("not_answered")
        return motion.was_on and heading == ""

    def _check_outputs(self, motion: Motion) -> None:
        """Raise CommandError when somebody else has a hand on the outputs of a pair."""
        if motion.opposite is None:
            return
        if self._is_on(motion.opposite):
            raise CommandError("mover_other_way")
        if motion.was_on and self._is_on(motion.target) is False:
            raise CommandError("mover_stopped_elsewhere")

    def _is_on(self, output: ThingId) -> bool | None:
        """Return whether an output says that it is on, None where it does not say."""
        known = self._yard.known(output)
        said = known.values.get("on") if known else None
        return said if isinstance(said, bool) else None

    def _go_on(self, motion: Motion) -> None:
        """Send the next frame if it is due, and come back."""
        now = self._clock.now()
        row = motion.row
        if now >= motion.due and not motion.sending:
            motion.due = float("inf") if row.repeat is None else now + EAGERNESS * row.repeat
            motion.sending = True
            motion.handle = self._say(
                motion.target, row.intent, self._left(motion), motion.arguments
            )
        if self._motions.get(motion.thing.id) is not motion:
            return  # it could not be sent
        wait = min(LOOK, motion.until - now, max(0.0, motion.due - now) or LOOK)
        if motion.lease_until is not None:
            wait = min(wait, motion.lease_until - now)
        motion.timer = self._clock.call_later(max(wait, 0.001), lambda: self._step(motion))

    def _left(self, motion: Motion) -> Callable[[BusError | None], None]:
        """Return what hears that a frame of a motion has left."""

        def left(error: BusError | None) -> None:
            motion.sending = False
            if self._motions.get(motion.thing.id) is not motion:
                return
            if error:
                self._end(motion, error)
            elif motion.timer and motion.due <= self._clock.now():
                # It has waited for its turn so long that the next is due.
                motion.timer.cancel()
                self._step(motion)

        return left

    def _end(self, motion: Motion, error: CoachError | None) -> None:
        """End a motion: first the stop, then the news of it."""
        if self._motions.get(motion.thing.id) is motion:
            self._take_back(motion)
            self._say_stop(motion.thing, lambda _: None)
            motion.ended(error)

    def _forget(self, motion: Motion, error: CoachError | None) -> None:
        """End a motion without a stop frame of its own."""
        if self._motions.get(motion.thing.id) is motion:
            self._take_back(motion)
            motion.ended(error)

    def _take_back(self, motion: Motion) -> None:
        """Send nothing more for a motion, not even what already waits."""
        del self._motions[motion.thing.id]
        now = self._clock.now()
        if now >= motion.begin:
            self._stopped_at[motion.thing.id] = now, motion.direction
        for waiting in (motion.timer, motion.handle):
            if waiting:
                waiting.cancel()
        motion.timer = motion.handle = None

    def _say_stop(self, thing: Thing, left: Callable[[BusError | None], None]) -> None:
        """Say stop at once, and once more; to both outputs of a pair."""
        intent, halves = self._mover(thing).stop, self._yard.halves(thing.id)
        if again := self._repeats.pop(thing.id, None):
            again.cancel()
        on_their_way = list(halves)
        errors: list[BusError] = []

        def half_left(half: ThingId, error: BusError | None) -> None:
            on_their_way.remove(half)
            errors.extend([error] if error else [])
            if not on_their_way:
                left(next(iter(errors), None))

        for half in halves:
            self._say(half, intent, partial(half_left, half))
            if len(halves) > 1:
                self._await_report(half)

        def once_more() -> None:
            self._repeats.pop(thing.id, None)
            if thing.id not in self._motions:
                for half in halves:
                    self._say(half, intent, lambda _: None)

        self._repeats[thing.id] = self._clock.call_later(STOP_AGAIN, once_more)

    def _await_report(self, output: ThingId) -> None:
        """Doubt an output that says it is on if it says nothing to being told to be off."""
        known = self._yard.known(output)
        if not self._is_on(output) or known is None:
            return
        if before := self._reports.pop(output, None):
            before.cancel()
        since = self._clock.now()

        def conclude() -> None:
            self._reports.pop(output, None)
            self._yard.doubt(known, since)

        self._reports[output] = self._clock.call_later(REPORT_TIME, conclude)

    def _mover(self, thing: Thing) -> Mover:
        """Return how a thing moves; it does, or nobody would ask."""
        mover = self._yard.mover(thing.id)
        if mover is None:
            raise ValueError(f"{thing.id} does not move")
        return mover

    def _say(
        self,
        thing: ThingId,
        intent: str,
        left: Callable[[BusError | None], None],
        arguments: Mapping[str, Value] = MappingProxyType({}),
    ) -> Handle | None:
        """Send one intent to a thing."""
        row = COMMANDS[intent]
        key = zip(self._spec.named(row.dgn).key, thing.key, strict=False)
        dgn, data = row.encode(self._spec, **dict(key), **arguments)
        return self._yard.send(thing.bus, dgn.dgn, data, left, urgent=row.urgent)
