"""Any adapter that python-can knows, read in a thread of its own, since it may block."""

import asyncio
from collections import deque
import contextlib
import errno
import threading
from typing import Protocol

import can

from .port import (
    BATCH,
    ERROR,
    EXTENDED,
    REMOTE,
    Frame,
    GarbageError,
    Heard,
    Lost,
    Sent,
    ignore,
)

READ_WAIT = 0.1
SEND_WAIT = 0.1
# So many frames of ours may be under way before they come back.
MOST_ECHOES = 64

type Arguments = dict[str, str | int | float | bool]


class Companion(Protocol):
    """What lives and dies with an opened bus: the simulated coach."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End; returns when it has ended."""


class PythonCanPort:
    """A bus of python-can."""

    def __init__(self, bus: can.BusABC, name: str, *, echoes: bool = False) -> None:
        """Take an open bus, what it is called, and whether what we send comes back from it."""
        self.garbled = 0
        self.bus = bus
        self._name = name
        self._echoes: deque[Frame] = deque(maxlen=MOST_ECHOES if echoes else 0)
        self.companion: Companion | None = None
        self._halt = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reader: threading.Thread | None = None
        self._lost: Lost = ignore

    def start(self, heard: Heard, lost: Lost) -> None:
        """Begin to read, in a thread."""
        self._loop = asyncio.get_running_loop()
        self._lost = lost
        self._reader = threading.Thread(
            target=self._read,
            args=(self._loop, heard, lost),
            name=f"coachiq {self._name}",
            daemon=True,
        )
        self._reader.start()

    def stop(self) -> None:
        """Hear and send nothing more."""
        self._halt.set()
        self._loop = None

    def close(self) -> None:
        """Join the reader and close the bus; blocking."""
        if self._reader:
            self._reader.join()
        if self.companion:
            self.companion.stop()
        with contextlib.suppress(can.CanError, OSError, ValueError):
            # An adapter that was pulled fails; there is nothing left to close.
            self.bus.shutdown()

    def greet(self) -> None:
        """Do nothing: python-can's drivers set up only what they open."""

    def check(self) -> int:
        """Return 0: python-can does not say what was lost."""
        return 0

    def send(self, frame: Frame, left: Sent) -> None:
        """Send a frame in a thread, and report on the loop."""
        if self._loop is None:
            left(ConnectionAbortedError(errno.ECONNABORTED, "closed"))
            return
        can_id, data = frame
        message = can.Message(
            arbitration_id=can_id & ~EXTENDED, data=data, is_extended_id=bool(can_id & EXTENDED)
        )
        self._echoes.append(frame)
        sending = self._loop.run_in_executor(None, self.bus.send, message, SEND_WAIT)

        def done(sent: asyncio.Future[None]) -> None:
            error = sent.exception()
            if error and _is_full(error):
                left(TimeoutError(errno.ETIMEDOUT, str(error)))
                return
            left(error)
            if error and not self._halt.is_set():
                self._lost(error)

        sending.add_done_callback(done)

    def _read(self, loop: asyncio.AbstractEventLoop, heard: Heard, lost: Lost) -> None:
        """Read until told to stop or until the bus fails; in the port's own thread."""

        def tell(batch: list[Frame]) -> None:
            if not self._halt.is_set():
                heard([frame for frame in batch if not self._is_echo(frame)])

        batch: list[Frame] = []
        try:
            while not self._halt.is_set():
                batch = []
                self._read_into(batch)
                if batch:
                    loop.call_soon_threadsafe(tell, batch)
        except Exception as error:  # noqa: BLE001  # drivers raise anything; every kind means: lost
            with contextlib.suppress(RuntimeError):
                # The loop may be closing; then nobody is left to tell.
                loop.call_soon_threadsafe(tell, batch)
                loop.call_soon_threadsafe(lost, _in_our_words(error))

    def _is_echo(self, frame: Frame) -> bool:
        """Tell whether a frame is one of ours that came back, and forget that one."""
        with contextlib.suppress(ValueError):
            self._echoes.remove(frame)
            return True
        return False

    def _read_into(self, batch: list[Frame]) -> None:
        """Wait for a frame, and take what came with it."""
        message = self.bus.recv(READ_WAIT)
        while message is not None:
            batch.append(to_frame(message))
            message = self.bus.recv(0) if len(batch) < BATCH else None


def _is_full(error: BaseException) -> bool:
    """Tell whether the adapter has only no room for more at the moment."""
    full = getattr(error, "error_code", None) == errno.ENOBUFS
    return full or isinstance(error, can.CanTimeoutError)


def _in_our_words(error: Exception) -> Exception:
    """Return GarbageError for what a driver could not read, else the driver's own error."""
    cause = error.__cause__ or error
    if isinstance(cause, OSError | can.CanError):
        return error
    return GarbageError(errno.EBADMSG, str(error))


def to_frame(message: can.Message) -> Frame:
    """Return a message of python-can as a frame of ours."""
    flags = (
        (EXTENDED if message.is_extended_id else 0)
        | (REMOTE if message.is_remote_frame else 0)
        | (ERROR if message.is_error_frame else 0)
    )
    return message.arbitration_id | flags, bytes(message.data)


def open_python_can(arguments: Arguments, *, echoes: bool = False) -> PythonCanPort:
    """Open a bus of python-can; blocking. Raises whatever its driver raises.

    With `echoes` what is sent on it comes back from it.
    """
    bus = can.Bus(**arguments)  # type: ignore[arg-type]  # the arguments are each interface's own
    return PythonCanPort(bus, str(arguments["channel"]), echoes=echoes)


def interface_names() -> list[str]:
    """Return the names of python-can's interfaces."""
    return sorted(can.VALID_INTERFACES)
