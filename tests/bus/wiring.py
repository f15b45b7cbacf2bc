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
    """A serial slcan stick on a pty: `path` is what our adapter opens, the other end is ours.

    It answers when it is told to open its channel, as most sticks do, unless it is `mute`. While
    it is `stalled` it reads nothing.
    """

    def __init__(self) -> None:
        self._far, near = os.openpty()
        self.path = os.ttyname(near)
        self.near = near
        self._said = bytearray()
        self._seen = 0
        self.mute = self.stalled = False
        self._halt = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="stick", daemon=True)
        self._thread.start()

    @property
    def said(self) -> bytes:
        """All that was written to the port."""
        return bytes(self._said)

    def read(self, seconds: float = 0.0) -> bytes:
        """Return what was written since the last call, waiting for the first byte of it."""
        end = time.monotonic() + seconds
        while len(self._said) == self._seen and time.monotonic() < end:
            time.sleep(0.005)
        found = bytes(self._said[self._seen :])
        self._seen += len(found)
        return found

    def forget(self) -> None:
        """Keep nothing of what was written so far."""
        self._said.clear()
        self._seen = 0

    def write(self, data: bytes) -> None:
        os.write(self._far, data)

    def _listen(self) -> None:
        while not self._halt.is_set():
            if self.stalled:
                time.sleep(0.02)
            elif select.select([self._far], [], [], 0.05)[0]:
                with contextlib.suppress(OSError):
                    self._said += os.read(self._far, 4096)
                    if not self.mute and self._said.endswith((b"O\r", b"L\r")):
                        os.write(self._far, b"\r")

    def close(self) -> None:
        self._halt.set()
        self._thread.join()
        os.close(self.near)
        os.close(self._far)
