"""A command on its way: sent, answered, sent once more, or given up."""

from collections.abc import Callable, Mapping
from typing import Protocol

from ..error import BusError, CommandError
from ..rvc import Clock, Code, Timer, Value
from .families import MOVING, label
from .thing import Thing

ANSWER_TIME = 0.8
MORE_TIME = 5.0
SHOW_TIME = 2.0
NEEDS_MORE_TIME = "needs_more_time"
ACCEPTED = "ack"
# How far a reported number may lie from the commanded one: a dimmer rounds, a set point does not.
TOLERANCE: Mapping[str, float] = {
    **dict.fromkeys(("level", "red", "green", "blue", "white"), 2.0),
    "heat": 0.02,
    "cool": 0.02,
    # Nor need a clock be set that is less than 2 s wrong (RV-C section 6.4.3, 2023-11).
    "time": 2.0,
}

type Done = Callable[[BusError | CommandError | None], None]


class Handle(Protocol):
    """A frame that waits to leave, or has left."""

    @property
    def handed_at(self) -> float | None:
        """Return when it was handed to the adapter, None while it waits."""

    def cancel(self) -> None:
        """Take it back."""


class Send(Protocol):
    """What puts a frame on the way and reports when it has left."""

    def __call__(self, left: Callable[[BusError | None], None]) -> Handle | None:
        """Send the frame."""


def agrees(wanted: Value, said: Value, tolerance: float = 0.0) -> bool:
    """Tell whether what a thing says is what was wanted."""
    if isinstance(wanted, Code) and isinstance(said, Code):
        return wanted.label == said.label
    if isinstance(wanted, bool) or isinstance(said, bool):
        return wanted is said
    if isinstance(wanted, int | float) and isinstance(said, int | float):
        return abs(wanted - said) <= tolerance
    return isinstance(wanted, str) and wanted == said


class Pending:
    """One command to one thing, until its outcome is known.

    The clock starts when the frame has left. A status frame that agrees confirms it, a refusal
    ends it; after 800 ms of neither it is sent once more. After another 800 ms a thing that has
    answered before is at fault; one that never has is taken to be unable to report. What was asked
    to take some seconds has so much more time.
    """

    def __init__(
        self,
        *,
        thing: Thing,
        dgn: int,
        expected: Mapping[str, Value],
        enough: tuple[str, ...],
        within: Mapping[str, float],
        seconds: float,
        clock: Clock,
        send: Send,
        changed: Callable[[], None],
        done: Done,
        look: Callable[[], Mapping[str, Value]] | None = None,
    ) -> None:
        """Take what was commanded; `changed` hears of what is shown, `done` of the outcome.

        `look` returns the values of a thing that need not say anything when it does what is asked.
        """
        self._look = look
        self.dgn = dgn
        self._thing = thing
        self._expected = expected
        self._shown: Mapping[str, Value] = {}
        self._stale: tuple[Value, ...] = ()
        self._enough = enough
        self._within = within
        self._seconds = seconds
        self._clock = clock
        self._send = send
        self._changed = changed
        self._done = done
        self._attempts = 0
        self._out_at: float | None = None
        self._answered = False
        # How many seconds after it was sent the thing has done as it was told.
        self.obeyed_after: float | None = None
        self._ended = False
        self._handle: Handle | None = None
        self._timer: Timer | None = None
        self._show_timer: Timer | None = None

    def show(self) -> None:
        """Show what will be, and still what was commanded a moment ago; who looks is told later."""
        # What may still be said of before.
        self._stale = self._thing.values.get("level"), self._thing.shown("level")
        self._shown = self._thing.expected = {**self._thing.expected, **self._expected}
        self._show_timer = self._clock.call_later(SHOW_TIME + self._seconds, self.hide)

    def start(self) -> None:
        """Send, and tell of what is shown unless that cannot be sent."""
        self._transmit()
        if not self._ended:
            self._changed()

    def hear(self, said: Mapping[str, Value], now: float) -> None:
        """Take in what the thing says: the values of one status frame."""
        if not self._is_out(now):
            return
        self._answered = True
        spoken = [name for name in self._expected if name in said]
        if label(said.get("level")) in MOVING:
            # It obeys, but has no number to show yet: what was commanded stays a while.
            self._thing.answers = True
            self._obey(now)
            self._end(None, keep_shown=True)
        elif spoken and all(
            agrees(self._expected[name], said[name], self._within.get(name, 0.0)) for name in spoken
        ):
            self._obey(now)
            self._confirm()

    def acknowledge(self, code: Value) -> None:
        """Take in an acknowledgement of the command (RV-C section 3.2.4.4, 2023-11)."""
        if not isinstance(code, Code) or not self._is_out(self._clock.now()):
            return
        if label(code) == NEEDS_MORE_TIME:
            self._wait(MORE_TIME)
        elif label(code) != ACCEPTED:
            self._thing.answers = True
            self._end(CommandError("command_refused", reason=code.label))

    def replace(self) -> None:
        """Give way to a newer command to the same thing, without an error."""
        self._end(None)

    def fail(self, error: BusError) -> None:
        """Give up, since the bus is gone."""
        self._end(error)

    def is_stale(self, level: Value) -> bool:
        """Tell whether a level is the one of before this command, or of an older one."""
        return any(agrees(stale, level, TOLERANCE["level"]) for stale in self._stale)

    def hide(self) -> None:
        """Show nothing but what the bus has said."""
        if self._show_timer:
            self._show_timer.cancel()
            self._show_timer = None
        if self._thing.expected is self._shown:
            self._thing.expected = {}
            self._changed()

    def _is_out(self, now: float) -> bool:
        """Tell whether the frame was handed to the adapter by then."""
        if self._out_at is None and self._handle:
            self._out_at = self._handle.handed_at
        return self._out_at is not None and now >= self._out_at

    def _transmit(self) -> None:
        """Send the command, once more or for the first time."""
        self._attempts += 1
        self._handle = self._send(self._left)

    def _left(self, error: BusError | None) -> None:
        """Note that the frame has left, or why it cannot."""
        if self._ended:
            return
        if error:
            self._end(error)
            return
        if not self._is_out(self._clock.now()):
            self._out_at = self._clock.now()
        self._wait(ANSWER_TIME + self._seconds)

    def _wait(self, seconds: float) -> None:
        """Wait for an answer."""
        if self._timer:
            self._timer.cancel()
        self._timer = self._clock.call_later(seconds, self._expire)

    def _expire(self) -> None:
        """Send once more, or conclude from the silence."""
        if self._look:
            self.hear(self._look(), self._clock.now())
        if self._ended:
            return
        if self._attempts == 1:
            self._transmit()
        elif self._answered and self._did_enough():
            self._confirm()
        elif self._thing.answers:
            self._end(CommandError("not_answered"))
        else:
            self._thing.answers = False
            self._end(None)

    def _did_enough(self) -> bool:
        """Tell whether the thing, which answered otherwise, is at least as on or off as asked."""
        return bool(self._enough) and all(
            agrees(self._expected[name], self._thing.values.get(name)) for name in self._enough
        )

    def _obey(self, now: float) -> None:
        """Note how long the thing took."""
        if self._out_at is not None:
            self.obeyed_after = now - self._out_at

    def _confirm(self) -> None:
        """End well."""
        self._thing.answers = True
        self._end(None)

    def _end(self, error: BusError | CommandError | None, *, keep_shown: bool = False) -> None:
        """End and report; what was commanded is shown on only where that is asked for."""
        if self._ended:
            return
        self._ended = True
        for waiting in (self._timer, self._handle):
            if waiting:
                waiting.cancel()
        # They hold this command, which is to be freed without a garbage collection.
        self._timer = self._handle = None
        if not keep_shown:
            self.hide()
        self._done(error)
