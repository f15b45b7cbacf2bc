"""Movers in motion: frames that keep them moving, and the stop that ends it, whatever happens."""

from collections.abc import Callable
from dataclasses import dataclass
import logging
from typing import Protocol

from ..error import BusError, CoachError, CommandError
from ..rvc import COMMANDS, Clock, Code, Spec, Timer, Value
from .families import label
from .mover import MOVERS, motion_of
from .pending import ACCEPTED, NEEDS_MORE_TIME, Handle
from .thing import Thing, ThingId

_LOGGER = logging.getLogger(__name__)

# The interlock is looked at this often, in seconds, and frames go out a little sooner than they
# must: a device that misses one by a hair would stop and start again.
LOOK = 0.1
EAGERNESS = 0.8
# Between a stop and the other direction: a motor is not thrown round (RV-C section 6.24, 2023-11).
DEAD_TIME = 0.5
# A stop is said twice.
STOP_AGAIN = 0.1
# How long a hold lasts that is not renewed.
LEASE = 0.5

type Ended = Callable[[CoachError | None], None]


class Send(Protocol):
    """What puts a frame on a thing's bus and reports when it has left."""

    def __call__(
        self,
        thing: Thing,
        dgn: int,
        data: bytes,
        left: Callable[[BusError | None], None],
        *,
        urgent: bool,
    ) -> Handle | None:
        """Send the frame."""


@dataclass(slots=True, eq=False)
class Motion:
    """One mover on its way: until when, by the clock, and by the lease of who holds it."""

    thing: Thing
    direction: str
    until: float
    lease_until: float | None
    ended: Ended
    due: float = 0.0
    sending: bool = False
    handle: Handle | None = None
    timer: Timer | None = None


class Motions:
    """All movers that CoachIQ keeps moving; each thing is moved once at a time.

    `check(thing, moving)` raises CommandError when a thing must not move.
    """

    def __init__(
        self,
        *,
        spec: Spec,
        clock: Clock,
        send: Send,
        check: Callable[[Thing, bool], object],
    ) -> None:
        """Take the protocol table, the clock, what sends, and who judges."""
        self._spec = spec
        self._clock = clock
        self._send = send
        self._check = check
        self._motions: dict[ThingId, Motion] = {}
        self._stopped_at: dict[ThingId, tuple[float, str]] = {}
        self._repeats: dict[ThingId, Timer] = {}

    def start(self, thing: Thing, direction: str, ended: Ended, *, hold: bool = False) -> None:
        """Move a thing for its run time, or while it is held; `ended` hears why it ended, once.

        Raises CommandError when it must not move. What it did before ends first.
        """
        self._check(thing, False)
        mover = MOVERS[thing.id.family]
        before = self._motions.get(thing.id)
        if before and before.direction != direction:
            self.stop(thing)
        elif before:
            # The same way: it goes on without a jerk.
            self._forget(before, None)
        now = self._clock.now()
        if motion_of(mover, thing.values) not in (direction, "", None):
            # Somebody else moves it the other way.
            self._say_stop(thing, lambda _: None)
            self._stopped_at[thing.id] = now, ""
        stopped_at, last = self._stopped_at.get(thing.id, (float("-inf"), direction))
        rest = max(0.0, stopped_at + DEAD_TIME - now) if last != direction else 0.0
        motion = Motion(
            thing=thing,
            direction=direction,
            until=now + rest + mover.run_time,
            lease_until=now + LEASE if hold else None,
            ended=ended,
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
        self._say_stop(thing, left)

    def moving(self) -> list[Thing]:
        """Return what CoachIQ keeps moving now."""
        return [motion.thing for motion in self._motions.values()]

    def lose(self, bus: str) -> None:
        """Note that a bus is gone: nothing can be sent there, and what moved stops by itself."""
        for motion in [one for one in self._motions.values() if one.thing.id.bus == bus]:
            self._forget(motion, BusError("bus_down", bus=bus))
        for identity in [one for one in self._repeats if one.bus == bus]:
            self._repeats.pop(identity).cancel()

    def acknowledged(self, bus: str, dgn: int, instance: Value, code: Value) -> None:
        """Take in an acknowledgement: a device that refuses is told to stop."""
        for motion in list(self._motions.values()):
            row = COMMANDS[MOVERS[motion.thing.id.family].ways[motion.direction]]
            if (
                motion.thing.id.bus == bus
                and self._spec.named(row.dgn).dgn == dgn
                and instance in (motion.thing.id.key[0], None)
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
            self._check(motion.thing, True)
        except CommandError as obstacle:
            return True, obstacle
        return False, None

    def _go_on(self, motion: Motion) -> None:
        """Send the next frame if it is due, and come back."""
        now = self._clock.now()
        row = COMMANDS[MOVERS[motion.thing.id.family].ways[motion.direction]]
        if now >= motion.due and not motion.sending:
            motion.due = float("inf") if row.repeat is None else now + EAGERNESS * row.repeat
            motion.sending = True
            motion.handle = self._say(motion.thing, row.intent, self._left(motion))
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
        self._stopped_at[motion.thing.id] = self._clock.now(), motion.direction
        for waiting in (motion.timer, motion.handle):
            if waiting:
                waiting.cancel()
        motion.timer = motion.handle = None

    def _say_stop(self, thing: Thing, left: Callable[[BusError | None], None]) -> None:
        """Say stop at once, and once more."""
        intent = MOVERS[thing.id.family].stop
        if again := self._repeats.pop(thing.id, None):
            again.cancel()
        self._say(thing, intent, left)

        def once_more() -> None:
            self._repeats.pop(thing.id, None)
            if thing.id not in self._motions:
                self._say(thing, intent, lambda _: None)

        self._repeats[thing.id] = self._clock.call_later(STOP_AGAIN, once_more)

    def _say(
        self, thing: Thing, intent: str, left: Callable[[BusError | None], None]
    ) -> Handle | None:
        """Send one intent to a thing."""
        row = COMMANDS[intent]
        key = zip(self._spec.named(row.dgn).key, thing.id.key, strict=False)
        dgn, data = row.encode(self._spec, **dict(key))
        return self._send(thing, dgn.dgn, data, left, urgent=row.urgent)
