"""What tests do to the kernel's interfaces, by the programs that an owner would use."""

from collections.abc import Callable, Iterator
import contextlib
from pathlib import Path
import socket
import struct
import subprocess
import time

from tests.bus.wiring import SerialPort

RECORD = struct.Struct("=IB3x8s")
EXTENDED = 0x8000_0000
# What a stick says to the kernel when its controller has left the network.
BUS_OFF = b"sb255128\r"


def ip(*commands: str, missing_ok: bool = False) -> None:
    """Run commands of ip(8)."""
    for command in commands:
        done = subprocess.run(["ip", *command.split()], capture_output=True, text=True, check=False)
        assert missing_ok or done.returncode == 0, f"ip {command}: {done.stderr}"


def cansend(interface: str, *frames: str) -> None:
    """Send frames from another process."""
    for frame in frames:
        subprocess.run(["cansend", interface, frame], check=True)


@contextlib.contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program beside the test."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            yield process
        finally:
            process.terminate()


@contextlib.contextmanager
def candump(interface: str, path: Path) -> Iterator[Path]:
    """Write what is on the wire to a file, by another process; it is empty but for frames."""
    with path.open("wb") as file, subprocess.Popen(["candump", "-L", interface], stdout=file) as it:
        wait_for(lambda: listeners(interface))
        try:
            yield path
        finally:
            time.sleep(0.1)
            it.terminate()


def listeners(interface: str) -> int:
    """Return how many sockets hear all frames of an interface."""
    text = Path("/proc/net/can/rcvlist_all").read_text(encoding="ascii")
    return sum(line.split()[0] == interface for line in text.splitlines() if line[:1] == " ")


def wait_for(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait, without an event loop, until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@contextlib.contextmanager
def attach(path: str, name: str) -> Iterator[None]:
    """Make a CAN controller of a serial line, by the kernel's driver for slcan sticks."""
    with running("slcand", "-F", path, name):
        wait_for(lambda: Path("/sys/class/net", name).exists())
        yield


def raw(interface: str) -> socket.socket:
    """Return a socket on an interface, as another program has it."""
    sock = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
    sock.bind((interface,))
    sock.settimeout(2.0)
    return sock


def record(can_id: int, data: bytes) -> bytes:
    """Return an extended frame as the kernel takes it."""
    return RECORD.pack(can_id | EXTENDED, len(data), data)


class Stick(SerialPort):
    """A slcan stick that answers nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.mute = True

    def wait_for(self, end: bytes) -> None:
        """Return when what was written so far ends so; fails after a while."""
        give_up_at = time.monotonic() + 5
        while not self.said.endswith(end):
            assert time.monotonic() < give_up_at, self.said
            time.sleep(0.01)
