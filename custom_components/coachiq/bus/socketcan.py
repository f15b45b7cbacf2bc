"""The kernel's CAN interfaces: records of its raw sockets, and which interfaces there are."""

from collections.abc import Iterable
import contextlib
import errno
import fcntl
from pathlib import Path
import socket
import struct
import time

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
IFF_UP, IFF_RUNNING = 1, 0x40
# In bus-off a controller has no carrier; the kernel may tell that it has one a second late.
OFF_FOR = 2.5


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
    One that stays in bus-off is to be opened anew, which restarts it.
    """

    def __init__(
        self, sock: socket.socket, interface: str, *, muted: bool = False, stays_off: bool = False
    ) -> None:
        """Take a bound socket; whether we made its interface mute, and whether bus-off lasts."""
        super().__init__(sock, RECORD.size)
        self._interface = interface
        self._muted = muted
        self._stays_off = stays_off
        self._ran_at = time.monotonic()

    def check(self) -> int:
        """Return how many frames the kernel dropped.

        Raises OSError when the interface was deleted: the socket then stays deaf, even when one
        of the same name is made again. Also when it is down: a send may have taken the notice.
        And when it is in bus-off to stay, where the kernel takes frames and sends none of them.
        """
        if self._socket.getsockname()[0] != self._interface:
            raise OSError(errno.ENODEV, "the interface was deleted")
        answer = fcntl.ioctl(self._socket, SIOCGIFFLAGS, IFREQ.pack(self._interface.encode(), 0))
        flags = IFREQ.unpack(answer)[1]
        if not flags & IFF_UP:
            raise OSError(errno.ENETDOWN, "the interface is down")
        now = time.monotonic()
        if flags & IFF_RUNNING or not self._stays_off:
            self._ran_at = now
        elif now - self._ran_at > OFF_FOR:
            raise OSError(errno.ENETDOWN, "the controller is in bus-off")
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
    is left as it is, but for one that would stay in bus-off, which is restarted.
    """
    sock = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
    try:
        muted, stays_off = _make_ready(interface, bitrate, silent=silent)
        sock.setsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_ERR_FILTER, ALL_ERRORS)
        if filters := _filters(dgns):
            sock.setsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_FILTER, filters)
        sock.bind((interface,))
    except BaseException:
        sock.close()
        raise
    device = InterfaceDevice(sock, interface, muted=muted, stays_off=stays_off)
    return DescriptorPort(device, RecordCodec())


def _make_ready(interface: str, bitrate: int, *, silent: bool) -> tuple[bool, bool]:
    """Bring an interface up if it is down, and restart it if it would stay in bus-off.

    Returns whether it was made mute for that, and whether it never leaves bus-off by itself.
    Raises AdapterError when we may not set it, or it is up in a way that will not do.
    """
    present = netlink.state(interface)
    if present.up:
        _check_fits(present, interface, bitrate, silent=silent)
    try:
        if not present.up:
            netlink.bring_up(interface, bitrate, listen_only=silent)
        elif present.stays_off and present.state == "bus_off":
            netlink.restart(interface)
    except AdapterError as error:
        if error.key != "bring_up_forbidden":
            raise
        if present.up:
            raise AdapterError("interface_bus_off", adapter=interface, bitrate=bitrate) from error
        raise AdapterError("interface_down", adapter=interface, bitrate=bitrate) from error
    now = netlink.state(interface)
    return now.listen_only and not present.up, now.stays_off


def _check_fits(
    present: netlink.InterfaceState, interface: str, bitrate: int, *, silent: bool
) -> None:
    """Raise AdapterError for an interface that is up in a way that will not do."""
    if present.bitrate not in {None, bitrate}:
        raise AdapterError(
            "interface_bitrate", adapter=interface, present=present.bitrate, bitrate=bitrate
        )
    if present.listen_only and not silent:
        raise AdapterError("interface_mute", adapter=interface)


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
