"""Serial ports as devices, each ours alone."""

import contextlib
import fcntl
import os
from pathlib import Path
import select
import termios

import serial

PIECE = 1024


class SerialDevice:
    """An open serial port that never blocks."""

    is_stream = True

    def __init__(self, path: str, baudrate: int) -> None:
        """Open a port; blocking. Raises OSError, EAGAIN when another program holds it."""
        check_unlocked(path)
        self._path = path
        self._serial = serial.Serial(path, baudrate, timeout=0, write_timeout=0, exclusive=True)
        # With pyserial's zero here, "nothing yet" would read as "gone".
        attributes = termios.tcgetattr(self.fileno())
        attributes[6][termios.VMIN] = 1
        termios.tcsetattr(self.fileno(), termios.TCSANOW, attributes)

    def fileno(self) -> int:
        """Return its descriptor."""
        return int(self._serial.fileno())

    def read(self) -> bytes:
        """Return what there is; raises BlockingIOError when there is nothing."""
        return os.read(self.fileno(), PIECE)

    def write(self, data: bytes) -> int:
        """Write and return how many bytes were taken; raises BlockingIOError for none."""
        return os.write(self.fileno(), data)

    def wait(self, seconds: float) -> bool:
        """Wait until there is something to read; blocking."""
        return bool(select.select([self.fileno()], [], [], seconds)[0])

    def check(self) -> int:
        """Return 0: a serial port does not say what it lost. Raises OSError when it is gone."""
        Path(self._path).stat()
        return 0

    def close(self, farewell: bytes) -> None:
        """Write a last word if that is possible, and close."""
        with contextlib.suppress(OSError):
            if farewell:
                os.write(self.fileno(), farewell)
        with contextlib.suppress(OSError):
            self._serial.close()


def check_unlocked(path: str) -> None:
    """Raise OSError for a port that another program holds, before anything is written to it."""
    opened = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(opened)
