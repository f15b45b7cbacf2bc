"""Any adapter that python-can knows, read in a thread of its own, since it may block."""

import asyncio
import contextlib
import errno
import threading
from typing import Protocol

import can

from .port import BATCH, ERROR, EXTENDED, REMOTE, Frame, Heard, Lost, Sent, ignore

READ_WAIT = 0.1
SEND_WAIT = 0.1

type Arguments = dict[str, str | int | float | bool]


class Companion(Protocol):
    """What lives and dies with an opened bus: the simulated coach."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End; returns when it has ended."""


class PythonCanPort:
    """A bus of python-can."""

    def __init__(self, bus: can.BusABC, name: str) -> None:
        """Take an open bus and what it is called."""
        self.garbled = 0
        self.bus = bus
        self._name = name
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
        sending = self._loop.run_in_executor(None, self.bus.send, message, SEND_WAIT)

        def done(sent: asyncio.Future[None]) -> None:
            error = sent.exception()
            left(error)
            if error and not self._halt.is_set():
                self._lost(error)

        sending.add_done_callback(done)

    def _read(self, loop: asyncio.AbstractEventLoop, heard: Heard, lost: Lost) -> None:
        """Read until told to stop or until the bus fails; in the port's own thread."""

        def tell(batch: list[Frame]) -> None:
            if not self._halt.is_set():
                heard(batch)

        try:
            while not self._halt.is_set():
                if batch := self._read_batch():
                    loop.call_soon_threadsafe(tell, batch)
        except Exception as error:  # noqa: BLE001  # drivers raise anything; every kind means: lost
            with contextlib.suppress(RuntimeError):
                # The loop may be closing; then nobody is left to tell.
                loop.call_soon_threadsafe(lost, error)

    def _read_batch(self) -> list[Frame]:
        """Wait for a frame, and take what came with it."""
        batch: list[Frame] = []
        message = self.bus.recv(READ_WAIT)
        while message is not None:
            batch.append(to_frame(message))
            message = self.bus.recv(0) if len(batch) < BATCH else None
        return batch


def to_frame(message: can.Message) -> Frame:
    """Return a message of python-can as a frame of ours."""
    flags = (
        (EXTENDED if message.is_extended_id else 0)
        | (REMOTE if message.is_remote_frame else 0)
        | (ERROR if message.is_error_frame else 0)
    )
    return message.arbitration_id | flags, bytes(message.data)


def open_python_can(arguments: Arguments) -> PythonCanPort:
    """Open a bus of python-can; blocking. Raises whatever its driver raises."""
    bus = can.Bus(**arguments)  # type: ignore[arg-type]  # the arguments are each interface's own
    return PythonCanPort(bus, str(arguments["channel"]))


def interface_names() -> list[str]:
    """Return the names of python-can's interfaces."""
    return sorted(can.VALID_INTERFACES)
