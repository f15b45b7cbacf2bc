"""The clock that runs in Home Assistant: the one of its event loop."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from .rvc import Timer


class LoopClock:
    """The clock of an asyncio event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take the loop whose time and timers to use."""
        self._loop = loop

    def now(self) -> float:
        """Return the loop's monotonic seconds."""
        return self._loop.time()

    def utc(self, moment: float) -> datetime:
        """Return when a moment of this clock was."""
        return datetime.now(UTC) - timedelta(seconds=self._loop.time() - moment)

    def call_later(self, delay: float, call: Callable[[], None]) -> Timer:
        """Make the call on the loop after `delay` seconds."""
        return self._loop.call_later(delay, call)
