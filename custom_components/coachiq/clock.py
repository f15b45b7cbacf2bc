"""Time, handed in: monotonic seconds and timers, so that tests need not sleep."""

import asyncio
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


class LoopClock:
    """The clock of an asyncio event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take the loop whose time and timers to use."""
        self._loop = loop

    def now(self) -> float:
        """Return the loop's monotonic seconds."""
        return self._loop.time()

    def call_later(self, delay: float, call: Callable[[], None]) -> Timer:
        """Make the call on the loop after `delay` seconds."""
        return self._loop.call_later(delay, call)
