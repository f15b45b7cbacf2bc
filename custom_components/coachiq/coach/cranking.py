"""Generators that loads start and stop: primed, cranked until they run, let go whatever happens."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from ..error import BusError, CommandError
from ..rvc import COMMANDS, Clock, Spec, Timer
from .commands import formed
from .families import label
from .interlock import Freshness
from .pending import Done, Handle
from .thing import Thing, ThingId

STATUS = "GENERATOR_STATUS_1"
RUNNING, STOPPED = "running", "stopped"
# What CoachProxy does with those of Tiffin's coaches (linuxkidd/coachproxy-os rv-c/generator.pl):
# the load that stops primes for 5 s, the one that starts cranks for 30 s at most, and it gives up
# when the generator has said nothing for 3 s. All times in seconds.
PRIME_TIME, CRANK_TIME, STOP_TIME = 5.0, 30.0, 30.0
LATEST = 3.0
LOOK = 0.1
# As CoachProxy turns such a load off.
OFF = "....c804ff00ffff"


class Loads(NamedTuple):
    """The instances of the dimmers that stop, which also primes, and start a generator."""

    stop: int
    start: int


class Press(NamedTuple):
    """A load that is on for some seconds, or until the generator says what is `wanted`."""

    load: int
    seconds: float
    wanted: str | None = None


class Send(Protocol):
    """What puts a frame on a bus and reports when it has left."""

    def __call__(
        self,
        bus: str,
        dgn: int,
        data: bytes,
        left: Callable[[BusError | None], None],
        *,
        urgent: bool,
    ) -> Handle | None:
        """Send the frame."""


@dataclass(slots=True, eq=False)
class Run:
    """A generator on its way to run, or to rest: what is pressed now, until when, and then."""

    generator: Thing
    presses: list[Press]
    done: Done
    until: float = 0.0
    timer: Timer | None = None


class Cranking:
    """All generators that are being started or stopped; each by one run at a time.

    A load is told to be on for no longer than it may, so that it goes off if we are gone.
    """

    def __init__(
        self, *, spec: Spec, clock: Clock, send: Send, freshness: Callable[[Thing, str], Freshness]
    ) -> None:
        """Take the protocol table, the clock, what sends, and what tells when a thing spoke."""
        self._spec = spec
        self._clock = clock
        self._send = send
        self._freshness = freshness
        self._runs: dict[ThingId, Run] = {}

    def start(self, generator: Thing, loads: Loads, done: Done) -> None:
        """Prime and crank; `done` hears once that it runs, or why not."""
        if label(generator.values["status"]) == RUNNING:
            done(None)
            return
        presses = [Press(loads.stop, PRIME_TIME), Press(loads.start, CRANK_TIME, RUNNING)]
        self._begin(Run(generator, presses, done))

    def stop(self, generator: Thing, loads: Loads, done: Done) -> None:
        """Stop it; never refused. `done` hears once that it rests, or that it does not."""
        self._begin(Run(generator, [Press(loads.stop, STOP_TIME, STOPPED)], done))

    def abort(self) -> None:
        """Let go of what is being started; what is being stopped goes on."""
        for run in [one for one in self._runs.values() if one.presses[-1].wanted == RUNNING]:
            self._end(run, None)

    def let_go(self, bus: str | None = None, error: BusError | None = None) -> None:
        """Turn the loads off that are on, of one bus or of all, and end what was under way."""
        for run in [one for one in self._runs.values() if bus in (None, one.generator.id.bus)]:
            self._end(run, error)

    def _begin(self, run: Run) -> None:
        """Take the place of what was under way, and press the first load."""
        if before := self._runs.get(run.generator.id):
            self._end(before, None)
        self._runs[run.generator.id] = run
        if self._hinders(run) is None:
            self._press(run)
        else:
            self._look(run)

    def _press(self, run: Run) -> None:
        """Turn the load on whose turn it is."""
        press = run.presses[0]
        run.until = self._clock.now() + press.seconds
        row, data = COMMANDS["light.on"].encode(
            self._spec, instance=press.load, duration=press.seconds
        )

        def left(error: BusError | None) -> None:
            if error and self._runs.get(run.generator.id) is run:
                self._end(run, error)

        self._send(run.generator.id.bus, row.dgn, data, left, urgent=False)
        if self._runs.get(run.generator.id) is run:
            run.timer = self._clock.call_later(LOOK, lambda: self._look(run))

    def _look(self, run: Run) -> None:
        """See whether the load has done its work, and go on."""
        run.timer = None
        press = run.presses[0]
        is_there = label(run.generator.values["status"]) == press.wanted
        if hindrance := self._hinders(run):
            self._end(run, hindrance)
        elif press.wanted and is_there:
            self._end(run, None)
        elif self._clock.now() < run.until:
            run.timer = self._clock.call_later(LOOK, lambda: self._look(run))
        elif press.wanted:
            self._end(run, CommandError("generator_not_there", seconds=int(press.seconds)))
        else:
            self._release(run.generator, press.load)
            run.presses.pop(0)
            self._press(run)

    def _hinders(self, run: Run) -> CommandError | None:
        """Return why it must not be cranked: nobody would know that it runs."""
        if run.presses[-1].wanted == STOPPED:
            return None
        fresh = self._freshness(run.generator, STATUS)
        if fresh is None or self._clock.now() - fresh[0] > LATEST:
            return CommandError("generator_unheard")
        return None

    def _end(self, run: Run, error: BusError | CommandError | None) -> None:
        """Turn the load off, and tell how it ended."""
        if self._runs.get(run.generator.id) is not run:
            return
        del self._runs[run.generator.id]
        if run.timer:
            run.timer.cancel()
        if run.until:
            self._release(run.generator, run.presses[0].load)
        run.done(error)

    def _release(self, generator: Thing, load: int) -> None:
        """Turn a load off, and say so twice: a frame may be lost."""
        row, data = COMMANDS["light.stop"].encode(self._spec, instance=load)
        for _ in range(2):
            self._send(generator.id.bus, row.dgn, formed(data, OFF), lambda _: None, urgent=True)
