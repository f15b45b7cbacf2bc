"""The far ends of adapters on this machine: each can be unplugged, taken, stalled, and forget."""

import asyncio
from collections.abc import Iterable, Mapping
import contextlib
import fcntl
import os
from pathlib import Path
import socket
import struct
import termios
from typing import ClassVar

import can

from custom_components.coachiq.bus import Link
from tests.bus.dialect import STREAMS, Dialect, Plain
from tests.bus.wiring import SerialPort, channel
from tests.gateway import DatagramFarEnd, FarEnd, free_port, narrow
from tests.socketcan.kernel import ip, wait_for

type Settings = dict[str, str | int]

N_SLCAN = struct.pack("i", 17)
NET = Path("/sys/class/net/can0")
GROUP = "239.74.163.2"


class End:
    """The far end of an adapter. A fault that it cannot have has its reason in `cannot`."""

    cannot: ClassVar[Mapping[str, str]] = {}
    settings: Settings

    async def plug(self) -> None:
        """Be there, and in order."""
        raise NotImplementedError

    async def unplug(self) -> None:
        """Be gone."""
        raise NotImplementedError

    async def take(self) -> None:
        """Be another program's, until released."""
        raise NotImplementedError

    async def release(self) -> None:
        """Be free again."""
        raise NotImplementedError

    async def down(self) -> None:
        """Be there and out of order; who opened it has to mend that."""
        raise NotImplementedError

    async def stall(self, link: Link) -> None:
        """Take nothing more from our side; its buffers are full, or nearly."""
        raise NotImplementedError

    async def resume(self) -> None:
        """Take what waits, and all that comes."""
        raise NotImplementedError

    async def say(self, frames: Iterable[Plain]) -> None:
        """Hand frames on, if anybody is there to hear them."""
        raise NotImplementedError

    async def garble(self) -> None:
        """Say what is no frame, many times."""
        raise NotImplementedError


ALWAYS_THERE = "is always there"
STATELESS = "has no state of its own: out of order, it is silent"


class Server(End):
    """A gateway behind TCP."""

    cannot: ClassVar = {"down": STATELESS}

    def __init__(self, dialect: Dialect, form: Settings, end: FarEnd | None = None) -> None:
        """Take how it speaks, and its settings, the port number yet to be put in."""
        self._dialect, self._form = dialect, form
        self._end = end or FarEnd()

    async def plug(self) -> None:
        await self._end.open()
        self.settings = {
            key: value.format(port=self._end.port) if isinstance(value, str) else value
            for key, value in self._form.items()
        }

    async def unplug(self) -> None:
        await self._end.close()

    async def take(self) -> None:
        self._end.refusing = True

    async def release(self) -> None:
        self._end.refusing = False

    async def stall(self, link: Link) -> None:
        for transport in self._end.transports:
            transport.pause_reading()
        assert link._port
        descriptor = narrow(link._port)
        # More than a frame at once, which would be handed on in part.
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(descriptor, b"\r" * 4096)

    async def resume(self) -> None:
        for transport in self._end.transports:
            transport.resume_reading()

    async def say(self, frames: Iterable[Plain]) -> None:
        self._end.say(*map(self._dialect.write, frames))

    async def garble(self) -> None:
        self._end.say(*[self._dialect.noise] * 60)


class Datagrams(End):
    """A gateway behind UDP."""

    cannot: ClassVar = {
        "down": STATELESS,
        "full send queue": "has no queue: a datagram does not wait",
    }

    def __init__(self, dialect: Dialect) -> None:
        """Take how it speaks."""
        self._dialect = dialect
        self._end = DatagramFarEnd()
        self._other: socket.socket | None = None
        self.settings = {
            "host": "127.0.0.1", "udp_port": self._end.port, "local_port": self._end.local_port,
        }  # fmt: skip

    async def plug(self) -> None:
        await self._end.open()

    async def unplug(self) -> None:
        await self._end.close()

    async def take(self) -> None:
        self._other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._other.bind(("", self._end.local_port))

    async def release(self) -> None:
        assert self._other
        self._other.close()

    async def say(self, frames: Iterable[Plain]) -> None:
        self._end.say(*map(self._dialect.write, frames))

    async def garble(self) -> None:
        self._end.say(*[self._dialect.noise] * 60)


class Serial(End):
    """A serial adapter on a pty behind a symbolic link, as in /dev/serial/by-id."""

    def __init__(self, dialect: Dialect, opens: bytes, folder: Path) -> None:
        """Take how it speaks, and what it must be told before it does."""
        self._dialect, self._opens = dialect, opens
        self._link = folder / "stick"
        self._port: SerialPort | None = None
        self._other = -1
        self.settings = {"port": str(self._link), "bitrate": 250_000}

    async def plug(self) -> None:
        self._port = SerialPort()
        self._link.symlink_to(self._port.path)

    async def unplug(self) -> None:
        port, self._port = self._port, None
        if port:
            self._link.unlink()
            await asyncio.to_thread(port.close)

    async def take(self) -> None:
        self._other = os.open(self._link, os.O_RDWR | os.O_NOCTTY)
        fcntl.flock(self._other, fcntl.LOCK_EX)

    async def release(self) -> None:
        os.close(self._other)

    async def down(self) -> None:
        """Forget to have been opened, as a stick does whose power failed for a moment."""
        assert self._port
        self._port.forget()

    async def stall(self, _: Link) -> None:
        assert self._port
        self._port.stalled = True
        os.set_blocking(self._port.near, False)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(self._port.near, b"\r")

    async def resume(self) -> None:
        assert self._port
        self._port.stalled = False

    async def say(self, frames: Iterable[Plain]) -> None:
        await self._write(b"".join(map(self._dialect.write, frames)))

    async def garble(self) -> None:
        await self._write(self._dialect.noise * 60)

    async def _write(self, data: bytes) -> None:
        if self._port and self._opens in self._port.said:
            await asyncio.to_thread(self._port.write, data)


class Interface(End):
    """The kernel's interface can0, with its driver for sticks behind a pty."""

    cannot: ClassVar = {"taken": "is shared by any number of programs"}

    def __init__(self) -> None:
        """Begin unplugged."""
        self.settings = {"channel": "can0", "bitrate": 250_000}
        self._port: SerialPort | None = None

    async def plug(self) -> None:
        self._port = SerialPort()
        fcntl.ioctl(self._port.near, termios.TIOCSETD, N_SLCAN)
        ip("link set can0 up")

    async def unplug(self) -> None:
        port, self._port = self._port, None
        if port:
            await asyncio.to_thread(port.close)
            await asyncio.to_thread(wait_for, lambda: not NET.exists())

    async def down(self) -> None:
        ip("link set can0 down")

    async def stall(self, _: Link) -> None:
        assert self._port
        self._port.stalled = True

    async def resume(self) -> None:
        assert self._port
        self._port.stalled = False

    async def say(self, frames: Iterable[Plain]) -> None:
        if self._port:
            data = b"".join(map(STREAMS["slcan"].write, frames))
            await asyncio.to_thread(self._port.write, data)

    async def garble(self) -> None:
        """Send error frames, as the kernel's slcan reads them."""
        if self._port:
            await asyncio.to_thread(self._port.write, b"e1b\r" * 60)


class Node(End):
    """Another node on a bus of python-can that is no hardware: it can only speak or not."""

    cannot: ClassVar = dict.fromkeys(
        ("missing at start", "unplugged", "deleted and re-created"), ALWAYS_THERE
    ) | {
        "taken": "is shared by any number of programs",
        "down": STATELESS,
        "full send queue": "has no queue of its own",
    }

    def __init__(self) -> None:
        """Choose a channel."""
        self.settings = {
            "interface": "virtual", "channel": channel(), "bitrate": 250_000, "extras": "",
        }  # fmt: skip
        self._bus: can.BusABC | None = None

    async def plug(self) -> None:
        self._bus = can.Bus(interface="virtual", channel=str(self.settings["channel"]))

    async def unplug(self) -> None:
        if self._bus:
            self._bus.shutdown()

    async def say(self, frames: Iterable[Plain]) -> None:
        assert self._bus
        for can_id, data in frames:
            self._bus.send(can.Message(arbitration_id=can_id, data=data))

    async def garble(self) -> None:
        assert self._bus
        for _ in range(60):
            self._bus.send(can.Message(is_error_frame=True))


class Group(Node):
    """Another node of a multicast group."""

    def __init__(self) -> None:
        """Choose a port."""
        super().__init__()
        self._port = free_port()
        self.settings = {"group": GROUP, "udp_port": self._port}

    async def plug(self) -> None:
        self._bus = can.Bus(interface="udp_multicast", channel=GROUP, port=self._port)

    async def garble(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            for _ in range(60):
                sock.sendto(b"\xc1 no frame", (GROUP, self._port))


def gateway(dialect: Dialect, end: FarEnd | None = None, **more: str) -> Server:
    """Return a gateway of the rows that have a host and a port."""
    return Server(dialect, {"host": "127.0.0.1", "tcp_port": "{port}", **more}, end)
