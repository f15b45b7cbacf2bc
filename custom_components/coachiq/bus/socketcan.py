"""The kernel's CAN interfaces: records of its raw sockets, and which interfaces there are."""

from collections.abc import Iterable
import errno
from pathlib import Path
import socket
import struct

from ..error import AdapterError
from .port import BITRATE, EXTENDED, DescriptorPort, Frame
from .socket_device import SocketDevice

# struct can_frame (linux/can.h): identifier with flags, length, padding, 8 bytes.
RECORD = struct.Struct("=IB3x8s")
FILTER = struct.Struct("=II")
# A receiver's filters beyond this many are refused, and nothing is filtered.
MOST_FILTERS = 512
ALL_ERRORS = 0x1FFF_FFFF
NET = Path("/sys/class/net")
ARPHRD_CAN = "280"
IFF_UP = 1
PDU2 = 0xF0


class RecordCodec:
    """A frame a datagram, as the kernel lays it out."""

    garbled = 0

    def decode(self, data: bytes) -> list[Frame]:
        """Return the frame of a record."""
        if len(data) != RECORD.size:
            self.garbled += 1
            return []
        can_id, length, payload = RECORD.unpack(data)
        return [(can_id, payload if length == 8 else payload[:length])]

    def encode(self, frame: Frame) -> bytes:
        """Return the record of a frame."""
        can_id, data = frame
        return RECORD.pack(can_id, len(data), data)


class InterfaceDevice(SocketDevice):
    """A raw CAN socket on one interface."""

    def __init__(self, sock: socket.socket, interface: str) -> None:
        """Take a bound socket."""
        super().__init__(sock, RECORD.size)
        self._interface = interface

    def check(self) -> int:
        """Return how many frames the kernel dropped.

        Raises OSError when the interface was deleted: the socket then stays deaf, even when one
        of the same name is made again.
        """
        if self._socket.getsockname()[0] != self._interface:
            raise OSError(errno.ENODEV, "the interface was deleted")
        return super().check()


def open_interface(interface: str, dgns: Iterable[int] = ()) -> DescriptorPort:
    """Open an interface that is up; blocking. Raises OSError, and AdapterError when it is down.

    With `dgns`, bits 8-24 of identifiers, the kernel hands on frames of these only.
    """
    if is_down(interface):
        raise AdapterError("interface_down", adapter=interface, bitrate=BITRATE)
    sock = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
    try:
        sock.setsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_ERR_FILTER, ALL_ERRORS)
        if filters := _filters(dgns):
            sock.setsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_FILTER, filters)
        sock.bind((interface,))
    except OSError:
        sock.close()
        raise
    return DescriptorPort(InterfaceDevice(sock, interface), RecordCodec())


def _filters(dgns: Iterable[int]) -> bytes:
    """Return the kernel's filters for these DGNs, none when there are more than it can take.

    The low byte of a DGN below F0 (PDU1) is a destination: any will do.
    """
    wanted = {
        (EXTENDED | dgn << 8, EXTENDED | (0x1FF_0000 if dgn >> 8 & 0xFF < PDU2 else 0x1FF_FF00))
        for dgn in dgns
    }
    wanted = {(can_id & mask, mask) for can_id, mask in wanted}
    return b"".join(FILTER.pack(*pair) for pair in wanted) if len(wanted) <= MOST_FILTERS else b""


def interfaces() -> list[str]:
    """Return the names of the kernel's CAN interfaces; blocking."""
    return [
        link.parent.name
        for link in sorted(NET.glob("*/type"))
        if link.read_text(encoding="ascii").strip() == ARPHRD_CAN
    ]


def is_down(interface: str) -> bool:
    """Tell whether the kernel keeps the interface down: it would open, and fail at once."""
    try:
        flags = (NET / interface / "flags").read_text(encoding="ascii")
    except OSError:
        return False
    return not int(flags, 16) & IFF_UP
