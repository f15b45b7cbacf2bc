"""What must hold before a mover moves, and while it does: inputs as rows; it fails closed.

It stands beside the interlocks of the device itself, which RV-C demands (section 6.1, 2023-11).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from ..error import CommandError
from ..rvc import Value
from .decision import Decision
from .families import label, number
from .mover import Mover
from .thing import Thing

# How old an input may be before a motion, and during one, in times of its cadence; and at least.
BEFORE, DURING = 2.5, 1.2
LEAST_AGE = 3.0

SAFE, UNSAFE, UNKNOWN, STALE = "safe", "unsafe", "unknown", "stale"

type Freshness = tuple[float, float] | None
"""When it was last heard, in seconds of the coach's clock, and its cadence in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """An input of the interlock, and what is safe.

    `told` are the values that tell it, each by its family, its name and the DGN that feeds it.
    `words` are the safe words, of the bus or as the state of an entity of Home Assistant; a number
    is safe when it is `limit` or less. `if_there`: a coach without the family does not need it.
    """

    told: tuple[tuple[str, str, str], ...]
    words: frozenset[str] = frozenset()
    limit: float | None = None
    if_there: bool = False

    def judge(self, value: Value) -> str:
        """Return whether a value is safe."""
        if self.limit is not None and (amount := number(value)) is not None:
            return SAFE if amount <= self.limit else UNSAFE
        if (word := label(value)) is None:
            return UNKNOWN
        return SAFE if word in self.words else UNSAFE


# The DGN and the parameter group of J1939 that tell of the chassis.
MOBILITY, CRUISE = "CHASSIS_MOBILITY_STATUS", "CCVS1"
INPUTS: Mapping[str, Input] = {
    "park_brake": Input(
        told=(("chassis", "park_brake", MOBILITY), ("engine", "park_brake", CRUISE)),
        words=frozenset(("engaged", "on", "set", "locked")),
    ),
    "speed": Input(
        told=(("chassis", "vehicle_speed", MOBILITY), ("engine", "vehicle_speed", CRUISE)),
        words=frozenset(("off", "stopped")),
        limit=0.0,
    ),
    "ignition": Input(
        told=(("chassis", "ignition", MOBILITY),),
        words=frozenset(("off",)),
    ),
    "gear": Input(
        told=(("chassis", "gear", MOBILITY),),
        words=frozenset(("park", "neutral", "p", "n")),
    ),
    # A room does not slide while the coach is being leveled.
    "jacks": Input(
        told=(("leveling", "mode", "LEVELING_CONTROL_STATUS"),),
        words=frozenset(("inactive", "off", "stopped")),
        if_there=True,
    ),
}


class Senses(Protocol):
    """What the interlock knows of the coach."""

    def of_family(self, family: str) -> Iterable[Thing]:
        """Return the things of a family."""

    def freshness(self, thing: Thing, dgn: str) -> Freshness:
        """Return when a DGN last told of a thing, and how often it does; None for never."""

    def state_of(self, entity: str) -> str | None:
        """Return the state of an entity of Home Assistant; None for unknown or unavailable."""


class Interlock:
    """Judges whether a mover may move."""

    def __init__(self, senses: Senses, now: Callable[[], float]) -> None:
        """Take what knows the coach, and the clock."""
        self._senses = senses
        self._now = now

    def judge(self, name: str, entity: str | None, *, moving: bool) -> str:
        """Return how an input is, by an entity if the owner has picked one, else by the bus.

        `moving` allows less age.
        """
        row = INPUTS[name]
        if entity:
            state = self._senses.state_of(entity)
            return STALE if state is None else row.judge(_read(state))
        found = {
            self._age(thing, dgn, moving=moving) or row.judge(thing.values.get(value))
            for family, value, dgn in row.told
            for thing in self._senses.of_family(family)
        }
        if not found:
            return SAFE if row.if_there else UNKNOWN
        return next(each for each in (UNSAFE, STALE, SAFE, UNKNOWN) if each in found)

    def _age(self, thing: Thing, dgn: str, *, moving: bool) -> str | None:
        """Return STALE when what a DGN tells of a thing is too old."""
        freshness = self._senses.freshness(thing, dgn)
        if freshness is None:
            return STALE
        heard, cadence = freshness
        limit = DURING * cadence if moving else max(LEAST_AGE, BEFORE * cadence)
        return STALE if self._now() - heard > limit else None

    def check(
        self, mover: Mover, things: Iterable[Thing], decision: Decision, *, moving: bool
    ) -> tuple[str, ...]:
        """Return the inputs that the owner lets it run without, and that are unknown.

        `things` are the mover, or both its outputs. Raises CommandError naming the first reason
        why it must not move.
        """
        if not decision.allowed:
            raise CommandError("not_allowed")
        said = [thing.values for thing in things]
        for name, word in mover.lockouts.items():
            if any(label(values.get(name)) == word for values in said):
                raise CommandError("mover_locked_out", lockout=name.replace("_", " "))
        passed = []
        for name in mover.needs:
            found = self.judge(name, decision.inputs.get(name), moving=moving)
            if found == UNKNOWN and decision.without:
                passed.append(name)
            elif found != SAFE:
                raise CommandError(f"interlock_{name}_{found}")
        return tuple(passed)


def _read(state: str) -> Value:
    """Return the state of an entity as a number where it is one."""
    try:
        return float(state)
    except ValueError:
        return state.lower()
