"""A thousand commands of each kind: between command and confirmation the old value never returns.

The device answers late, repeats meanwhile what it said before, ramps, refuses, or its frames are
lost; sometimes a second command follows the first. Each run has a seed that says all of it.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
import random

import pytest

from custom_components.coachiq.coach import ThingId
from custom_components.coachiq.rvc import Value
from tests.coach.stage import Stage

RUNS = 1000
STEP = 0.01
WATCH = 2.0
SETTLE = 5.0
LATEST = 1.5
REFUSAL = "18E89E8A#01{key:02X}FFFF9E{dgn}00"
NEVER = float("inf")
GIVEN_UP = 1.6
ATTEMPTS = 2
LOST = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A thing and its states: what asks for each, the frame that tells it, what is then shown.

    `ramp` is the frame of a device on its way, which says no number; `through` are frames of
    numbers between two states.
    """

    family: str
    key: int
    name: str
    ask: Callable[[Stage, str], None]
    frames: Mapping[str, str]
    shown: Mapping[str, Value]
    dgn: str
    ramp: str | None = None


def _dim(stage: Stage, state: str) -> None:
    stage.command("dimmer", 48, "set_level", level=float(state))


def _switch(family: str, key: int) -> Callable[[Stage, str], None]:
    return lambda stage, state: stage.command(family, key, f"turn_{state}")


def _heat(stage: Stage, state: str) -> None:
    stage.command("thermostat", 2, "set_zone", heat=float(state))


LEVELS = ("0", "20", "50", "75", "100")
DEGREES = ("19.0", "20.0", "21.0", "22.0")
KINDS = {
    kind.family: kind
    for kind in (
        Kind(
            family="dimmer", key=48, name="level", ask=_dim, dgn="DBFE01",
            frames={level: f"19FEDA8A#307E{int(level) * 2:02X}FCFF0004FF" for level in LEVELS},
            shown={level: float(level) for level in LEVELS},
            ramp="19FEDA8A#307EFBFCFF0004FF",
        ),
        Kind(
            family="dc_load", key=1, name="on", ask=_switch("dc_load", 1), dgn="BCFF01",
            frames={"on": "19FFBD8A#0100C80000000000", "off": "19FFBD8A#0100000000000000"},
            shown={"on": True, "off": False},
        ),
        Kind(
            family="water_pump", key=0, name="on", ask=_switch("water_pump", 0), dgn="B2FF01",
            frames={"on": "19FFB38A#0101000000000000", "off": "19FFB38A#0000000000000000"},
            shown={"on": True, "off": False},
        ),
        Kind(
            family="thermostat", key=2, name="heat", ask=_heat, dgn="F9FE01",
            frames={
                degrees: f"19FFE28A#020264{raw.to_bytes(2, 'little').hex()}60246000".upper()
                for degrees in DEGREES
                for raw in [round((float(degrees) + 273) * 32)]
            },
            shown={degrees: float(degrees) for degrees in DEGREES},
        ),
    )
}  # fmt: skip


class Run:
    """One run: a device, one or two commands to it, and what is shown at every moment."""

    def __init__(self, kind: Kind, seed: int) -> None:
        """Let the thing be known, and decide by the seed what will go wrong."""
        self.kind, self.chance = kind, random.Random(f"{kind.family} {seed}")
        self.stage = Stage()
        self.stage.ready()
        self.state = self.chance.choice(list(kind.frames))
        self.stage.believe(kind.frames[self.state])
        self.thing = self.stage.thing(kind.family, kind.key)
        self.thing.answers = self.chance.choice((True, None))
        self.refuses = self.chance.random() < 0.1
        self.loses = self.chance.random() < 0.2
        self.repeats = self.chance.random() < 0.7
        self.repeat_at = self.chance.uniform(0.0, 0.3) if self.repeats else NEVER
        self.taken = 0
        self.told: dict[str, str] = {}
        self.due: list[tuple[float, Callable[[], None]]] = []
        self.wanted: str | None = None
        self.refused = False
        self.asked_at = 0.0
        self.lost = 0
        self.busy_until = 0.0
        self.log: list[str] = []
        self.stage.changes = Watcher(self.look)

    def play(self) -> None:
        """Give the commands and let time pass."""
        self.ask()
        again = self.chance.random() < 0.3
        self.pass_time(self.chance.uniform(0.0, 1.6) if again else WATCH)
        if again:
            self.ask()
        self.pass_time(SETTLE)
        assert self.shown() == self.kind.shown[self.state], self.log

    def ask(self) -> None:
        """Command another state than that which is there and that which was asked for."""
        self.answer()
        others = [one for one in self.kind.frames if one not in (self.state, self.wanted)]
        self.wanted = self.chance.choice(others or [str(self.wanted)])
        self.asked_at, self.lost, self.refused = self.stage.clock.now(), 0, False
        self.note(f"asked for {self.wanted}")
        self.kind.ask(self.stage, self.wanted)

    def pass_time(self, seconds: float) -> None:
        """Let time pass in small steps."""
        end = self.stage.clock.now() + seconds
        while self.stage.clock.now() < end:
            self.stage.clock.advance(STEP)
            self.answer()
            self.look()

    def look(self) -> None:
        """Fail when anything but the commanded value is shown before the device has said it."""
        if self.wanted is not None and not self.is_over():
            assert self.shown() == self.kind.shown[self.wanted], self.log

    def is_over(self) -> bool:
        """Tell whether the last command is confirmed, refused, given up or too long ago."""
        passed = self.stage.clock.now() - self.asked_at
        given_up = self.lost == ATTEMPTS and passed >= GIVEN_UP - STEP
        return self.refused or self.state == self.wanted or given_up or passed >= WATCH

    def shown(self) -> Value:
        return self.thing.shown(self.kind.name)

    def note(self, what: str) -> None:
        self.log.append(f"{self.stage.clock.now() - self.asked_at:.2f} {what}")

    def say(self, frame: str, what: str) -> None:
        """Let the device say something."""
        self.note(what)
        self.stage.hear(frame)

    def answer(self) -> None:
        """Let the device take in what was sent, and do what is due."""
        now = self.stage.clock.now()
        for sent in self.stage.wire.frames[self.taken :]:
            self.taken += 1
            wanted = self.told.setdefault(sent, str(self.wanted))
            self.take(wanted, now)
        ready = [do for at, do in sorted(self.due, key=lambda due: due[0]) if at <= now]
        self.due = [(at, do) for at, do in self.due if at > now]
        for do in ready:
            do()
        if now >= self.repeat_at:
            self.repeat_at = now + self.chance.uniform(0.05, 0.6)
            self.say(self.kind.frames[self.state], f"repeats {self.state}")

    def take(self, wanted: str, now: float) -> None:
        """Do as told in a while, or refuse; or never hear of it."""
        if self.loses and self.chance.random() < LOST:
            self.lost += 1
            self.note(f"lost {wanted}")
            return
        # What was lost is sent again after 800 ms, and given up after as long again.
        delay = self.chance.uniform(0.0, GIVEN_UP / 2 - STEP if self.loses else LATEST)
        if self.refuses:
            frame = REFUSAL.format(key=self.kind.key, dgn=self.kind.dgn)
            self.due.append((now + delay, lambda: self.refuse(frame)))
            return
        if (ramp := self.kind.ramp) and self.chance.random() < 0.5:
            for _ in range(self.chance.randint(1, 4)):
                at = now + self.chance.uniform(0.0, delay)
                self.due.append((at, lambda: self.say(ramp, "ramps")))
        # One thing after the other.
        self.busy_until = max(self.busy_until, now + delay)
        self.due.append((self.busy_until, lambda: self.become(wanted)))

    def refuse(self, frame: str) -> None:
        """Say that it will not; of two commands it cannot be told which one is meant."""
        self.refused = True
        self.say(frame, "refuses")

    def become(self, state: str) -> None:
        """Be as told, and say so."""
        self.state = state
        self.say(self.kind.frames[state], f"becomes {state}")


class Watcher(list[tuple[ThingId, set[str]]]):
    """Looks at what is shown whenever it may have changed."""

    def __init__(self, look: Callable[[], None]) -> None:
        super().__init__()
        self._look = look

    def append(self, _: tuple[ThingId, set[str]], /) -> None:
        self._look()


@pytest.mark.parametrize("family", KINDS)
def test_what_was_commanded_is_shown_until_it_is_confirmed(family: str) -> None:
    kind = KINDS[family]
    happened = Counter[str]()
    for seed in range(RUNS):
        run = Run(kind, seed)
        try:
            run.play()
        except AssertionError as error:
            error.add_note(f"seed {seed}")
            raise
        happened.update({what.split(" ")[1] for what in run.log})
    # Each of what may go wrong did, many times.
    for what in ("lost", "refuses", "repeats", "ramps") if kind.ramp else ("lost", "refuses"):
        assert happened[what] > RUNS / 20
