"""What a node tells the bus: one status, how often, and how a change is noticed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

type Status = Callable[[float], bytes]
"""The payload at a moment (seconds)."""

type Pace = Callable[[], float]
"""The seconds from one frame to the next."""


class Thing(Protocol):
    """A piece of equipment with a life of its own; `revision` grows with each change."""

    revision: int

    @property
    def instance(self) -> int | None:
        """Its instance, None for the only one of its kind."""

    @property
    def wake(self) -> float | None:
        """The moment (seconds) of its next own change, if any."""

    def status(self, now: float, /) -> bytes:
        """Return its status."""

    def advance(self, now: float, /) -> None:
        """Let happen what is due at `now` (seconds)."""


@dataclass(slots=True, kw_only=True, eq=False)
class Report:
    """One status of one instance; without `pace` it is sent on change and on request only."""

    dgn: int
    source: int
    instance: int | None
    status: Status
    pace: Pace | None = None
    thing: Thing | None = None
    announced: int = 0
    announcing: bool = False
    requested: bool = False
    wake: float | None = None


def every(seconds: float) -> Pace:
    """Return a pace that never varies."""
    return lambda: seconds
