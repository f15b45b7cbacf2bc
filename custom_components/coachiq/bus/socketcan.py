"""The kernel's CAN interfaces: records of its raw sockets, and which interfaces there are."""

from collections.abc import Iterable
import contextlib
import errno
import fcntl
from pathlib import Path
import socket
import struct

from ..error import AdapterError
from . import netlink
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
PDU2 = 0xF0
# struct ifreq with flags (linux/if.h).
SIOCGIFFLAGS = 0x8913
IFREQ = struct.Struct("16sH22x")
IFF_UP = 1


class RecordCodec:
    """A frame a datagram, as the kernel lays it out."""

    garbled = 0
    missed = 0

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
    """A raw CAN socket on one interface.

    An interface that we brought up mute is taken down in the end, or others would find it so.
    """

    def __init__(self, sock: socket.socket, interface: str, *, muted: bool = False) -> None:
        """Take a bound socket, and whether we brought its interface up to listen only."""
        super().__init__(sock, RECORD.size)
        self._interface = interface
        self._muted = muted

    def check(self) -> int:
        """Return how many frames the kernel dropped.

        Raises OSError when the interface was deleted: the socket then stays deaf, even when one
        of the same name is made again. Also when it is down: a send may have taken the notice.
        """
        if self._socket.getsockname()[0] != self._interface:
            raise OSError(errno.ENODEV, "the interface was deleted")
        answer = fcntl.ioctl(self._socket, SIOCGIFFLAGS, IFREQ.pack(self._interface.encode(), 0))
        if not IFREQ.unpack(answer)[1] & IFF_UP:
            raise OSError(errno.ENETDOWN, "the interface is down")
        return super().check()

    def close(self, farewell: bytes) -> None:
        """Close the socket."""
        super().close(farewell)
        if self._muted:
            with contextlib.suppress(AdapterError, OSError):
                netlink.take_down(self._interface)


def open_interface(
    interface: str, dgns: Iterable[int] = (), *, bitrate: int = BITRATE, silent: bool = False
) -> DescriptorPort:
    """Open an interface, and bring it up if it is down; blocking. Raises OSError and AdapterError.

    With `dgns`, bits 8-24 of identifiers, the kernel hands on frames of these only. Whoever is
    `silent` brings it up so that it does not even acknowledge, if it can do that. One that is up
    is left as it is.
    """
    sock = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
    try:
        muted = _make_ready(interface, bitrate, silent=silent)
        sock.setsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_ERR_FILTER, ALL_ERRORS)
        if filters := _filters(dgns):
            sock.setsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_FILTER, filters)
        sock.bind((interface,))
    except BaseException:
        sock.close()
        raise
    return DescriptorPort(InterfaceDevice(sock, interface, muted=muted), RecordCodec())


def _make_ready(interface: str, bitrate: int, *, silent: bool) -> bool:
    """Bring an interface up if it is down, and tell whether it was made mute for that.

    Raises AdapterError when it is down and we may not set it, or is up in a way that will not do.
    """
    present = netlink.state(interface)
    if not present.up:
        try:
            netlink.bring_up(interface, bitrate, listen_only=silent)
        except AdapterError as error:
            if error.key != "bring_up_forbidden":
                raise
            raise AdapterError("interface_down", adapter=interface, bitrate=bitrate) from error
        return netlink.state(interface).listen_only
    if present.bitrate not in {None, bitrate}:
        raise AdapterError(
            "interface_bitrate", adapter=interface, present=present.bitrate, bitrate=bitrate
        )
    if present.listen_only and not silent:
        raise AdapterError("interface_mute", adapter=interface)
    return False


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
