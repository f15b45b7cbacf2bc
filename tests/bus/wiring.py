"""Real far ends for our adapters: a pty for a serial port, a gateway that speaks slcan."""

import asyncio
from collections.abc import Callable
import contextlib
import os
import select
import threading
import time

UNIQUE = iter(range(1_000_000))


def channel() -> str:
    """Return the name of a virtual bus that nobody else uses."""
    return f"test-{os.getpid()}-{next(UNIQUE)}"


def our_threads(word: str = "coachiq") -> list[str]:
    """Return the names of the threads that a link, or a simulated coach, has running."""
    return [thread.name for thread in threading.enumerate() if word in thread.name]


async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Return as soon as the condition holds; fails after so many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        await asyncio.sleep(0.005)


class SerialPort:
    """A pty: `path` is what our adapter opens, the other end is ours."""

    def __init__(self) -> None:
        self._far, self._near = os.openpty()
        os.set_blocking(self._far, False)
        self.path = os.ttyname(self._near)

    def read(self, seconds: float = 0.0) -> bytes:
        """Return what was written to the port so far, waiting for the first byte of it."""
        select.select([self._far], [], [], seconds)
        with contextlib.suppress(BlockingIOError):
            return os.read(self._far, 4096)
        return b""

    def write(self, data: bytes) -> None:
        os.write(self._far, data)

    def close(self) -> None:
        os.close(self._near)
        os.close(self._far)
