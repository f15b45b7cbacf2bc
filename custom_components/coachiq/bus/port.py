"""An opened adapter: it hears and sends frames, on the event loop.

Here a frame carries its identifier as the kernel writes it, with the flags in its top bits.
"""

import asyncio
from collections.abc import Callable
import contextlib
import errno
import time
from typing import Protocol

# RV-C's, in bit/s (RV-C 2.2, 2023-11).
BITRATE = 250_000

EXTENDED = 0x8000_0000
REMOTE = 0x4000_0000
ERROR = 0x2000_0000
FLAGS = EXTENDED | REMOTE | ERROR
IDENTIFIER = 0x1FFF_FFFF

# A turn of reading ends after so many frames, or pieces of a stream, and after so many seconds.
BATCH = 64
LONGEST_TURN = 0.002
# Where one frame follows another within this time, in seconds, frames are left to gather for it:
# to be woken for each costs more than to read it.
GATHERING = 0.004
SEND_WAIT = 0.5
SEND_AGAIN = 0.005
MOST_GARBLED = 100

type Frame = tuple[int, bytes]
type Heard = Callable[[list[Frame]], None]
type Sent = Callable[[BaseException | None], None]
type Lost = Callable[[BaseException], None]


class Port(Protocol):
    """An opened adapter. Whoever opened it calls start, stop and close, in this order."""

    @property
    def garbled(self) -> int:
        """Return how many pieces of what was read were no frame."""

    def start(self, heard: Heard, lost: Lost) -> None:
        """Begin to read, on the running loop.

        `heard` gets frames in batches; `lost` is called once, when the adapter is gone.
        """

    def send(self, frame: Frame, left: Sent) -> None:
        """Send a frame; `left(None)` when it has left, `left(error)` when it cannot.

        One at a time: the next after `left` was called.
        """

    def check(self) -> int:
        """Return how many frames were lost before we could read them.

        Raises OSError when the adapter is gone though it has not said so.
        """

    def greet(self) -> None:
        """Set the adapter up again, in case it has lost its power and its memory."""

    def stop(self) -> None:
        """Hear and send nothing more."""

    def close(self) -> None:
        """Let go of the adapter; blocking, and silent about one that died before."""


class Codec(Protocol):
    """How frames are written on one kind of adapter."""

    @property
    def garbled(self) -> int:
        """Return how many pieces of what was read were no frame."""

    @property
    def missed(self) -> int:
        """Return how many datagrams did not come, 0 where they are not numbered."""

    def decode(self, data: bytes) -> list[Frame]:
        """Return the frames in what was read: a datagram, or the next piece of a stream."""

    def encode(self, frame: Frame) -> bytes:
        """Return what to write for a data frame of at most 8 bytes."""


class Device(Protocol):
    """A socket or a serial port that never blocks."""

    # What ends with an empty read; a datagram may be empty.
    is_stream: bool

    def fileno(self) -> int:
        """Return its descriptor."""

    def read(self) -> bytes:
        """Return what there is; raises BlockingIOError when there is nothing."""

    def write(self, data: bytes) -> int:
        """Write and return how many bytes were taken; raises BlockingIOError for none."""

    def check(self) -> int:
        """Return how many frames the kernel dropped; raises OSError when the device is gone."""

    def close(self, farewell: bytes) -> None:
        """Write a last word if that is possible, and close; blocking."""


class GarbageError(OSError):
    """What is read makes no sense: another device, or another speed."""


class DescriptorPort:
    """An adapter behind a file descriptor.

    It is read as soon as the event loop sees it readable, and while it is busy every 4 ms.
    """

    def __init__(
        self, device: Device, codec: Codec, *, greeting: bytes = b"", farewell: bytes = b""
    ) -> None:
        """Take an open device, how frames are written on it, and what sets it up and ends it.

        Whoever opened the device has said the greeting already.
        """
        self._device = device
        self._codec = codec
        self._greeting = greeting
        self._farewell = farewell
        self._heard: Heard = ignore
        self._lost: Lost = ignore
        self._loop: asyncio.AbstractEventLoop | None = None
        self._read_at = 0.0
        self._gathering: asyncio.TimerHandle | None = None
        self._last_garbled = 0
        self._rest = b""
        self._begun = False
        self._left: Sent | None = None
        self._retry: asyncio.TimerHandle | None = None
        self._give_up_at = 0.0

    @property
    def garbled(self) -> int:
        """Return how many pieces of what was read were no frame."""
        return self._codec.garbled

    def start(self, heard: Heard, lost: Lost) -> None:
        """Begin to read."""
        self._heard, self._lost = heard, lost
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._device.fileno(), self._read)

    def stop(self) -> None:
        """Hear and send nothing more."""
        if self._loop:
            self._stop_reading(self._loop)
            self._loop = None
        self._sent(ConnectionAbortedError(errno.ECONNABORTED, "closed"))

    def close(self) -> None:
        """Let go of the device; blocking."""
        # In the middle of a frame a last word would not be understood.
        self._device.close(b"" if self._begun else self._farewell)

    def check(self) -> int:
        """Return how many frames were lost on the way; raises OSError when the device is gone."""
        return self._device.check() + self._codec.missed

    def greet(self) -> None:
        """Set the adapter up again; what is wrong with it, reading tells."""
        if self._loop and self._greeting and self._left is None:
            with contextlib.suppress(OSError):
                self._device.write(self._greeting)

    def send(self, frame: Frame, left: Sent) -> None:
        """Write a frame, trying again for a while when the device takes no more."""
        if self._loop is None:
            left(ConnectionAbortedError(errno.ECONNABORTED, "closed"))
            return
        self._rest = self._codec.encode(frame)
        self._begun = False
        self._left = left
        self._give_up_at = self._loop.time() + SEND_WAIT
        self._write()

    def _read(self) -> None:
        """Read what there is, a bounded turn of it."""
        frames: list[Frame] = []
        read, decode = self._device.read, self._codec.decode
        trouble: OSError | None = None
        begin = time.monotonic()
        end = begin + LONGEST_TURN
        try:
            for _ in range(BATCH):
                data = read()
                if not data and self._device.is_stream:
                    raise ConnectionResetError(errno.ECONNRESET, "closed by the other side")
                frames += decode(data)
                if len(frames) >= BATCH or time.monotonic() >= end:
                    break
        except BlockingIOError, InterruptedError:
            pass
        except OSError as error:
            trouble = error
        if frames:
            self._last_garbled = self._codec.garbled
            self._heard(frames)
        elif self._codec.garbled - self._last_garbled > MOST_GARBLED:
            trouble = trouble or GarbageError(errno.EBADMSG, "what is read makes no sense")
        if self._loop is None:
            return
        if trouble:
            self._stop_reading(self._loop)
            self._lost(trouble)
        else:
            is_busy = 0 < len(frames) < BATCH and begin - self._read_at < 2 * GATHERING
            self._read_at = begin
            self._read_later(self._loop, gather=is_busy)

    def _read_later(self, loop: asyncio.AbstractEventLoop, *, gather: bool) -> None:
        """Read again when frames have gathered, or else at the next one."""
        if gather:
            if self._gathering is None:
                loop.remove_reader(self._device.fileno())
            self._gathering = loop.call_later(GATHERING, self._read)
        elif self._gathering:
            self._gathering = None
            loop.add_reader(self._device.fileno(), self._read)

    def _stop_reading(self, loop: asyncio.AbstractEventLoop) -> None:
        """Read no more."""
        if self._gathering:
            self._gathering.cancel()
            self._gathering = None
        loop.remove_reader(self._device.fileno())

    def _write(self) -> None:
        """Write what is left of the frame, now or a little later."""
        self._retry = None
        if self._loop is None:
            return
        count = 0
        try:
            count = self._device.write(self._rest)
        except BlockingIOError, InterruptedError:
            pass
        except OSError as error:
            # The queue of a CAN controller is full, or its network was down a moment ago.
            if error.errno not in {errno.ENOBUFS, errno.ENETDOWN}:
                self._sent(error)
                self._lost(error)
                return
        self._rest = self._rest[count:]
        self._begun = bool(self._rest) and (self._begun or count > 0)
        if not self._rest:
            self._sent(None)
        elif self._loop.time() < self._give_up_at:
            self._retry = self._loop.call_later(SEND_AGAIN, self._write)
        else:
            late = TimeoutError(errno.ETIMEDOUT, f"not taken within {SEND_WAIT} s")
            self._sent(late)
            if self._begun:
                self._lost(late)

    def _sent(self, error: BaseException | None) -> None:
        """Report on the frame under way."""
        if self._retry:
            self._retry.cancel()
            self._retry = None
        left, self._left = self._left, None
        if left:
            left(error)


def ignore(*_: object) -> None:
    """Hear nothing yet."""
