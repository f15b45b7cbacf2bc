"""Time, handed in: monotonic seconds and timers, so that tests need not sleep."""

from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """A call that is due later."""

    def cancel(self) -> None:
        """Forget the call; harmless when it was made already."""


class Clock(Protocol):
    """Monotonic time and timers."""

    def now(self) -> float:
        """Return seconds since some fixed moment."""

    def call_later(self, delay: float, call: Callable[[], None]) -> Timer:
        """Make the call after `delay` seconds."""
