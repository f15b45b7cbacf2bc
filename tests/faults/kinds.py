"""The kinds of adapter that can be tried on this machine, and those that cannot."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bus.dialect import DATAGRAMS, STREAMS
from tests.faults.end import Datagrams, End, Group, Interface, Node, Serial, Server
from tests.gateway import daemon


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of adapter: what docs/faults.md calls it, its row, what plays its far end.

    `in_vm` is for what only the kernel of scripts/socketcan-vm has.
    """

    name: str
    row: str
    end: Callable[[Path], End]
    in_vm: bool = False


WHERE = {"host": "127.0.0.1", "tcp_port": "{port}"}
SLCAN = {"port": "socket://127.0.0.1:{port}", "bitrate": "250000"}

KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            name="SocketCAN interface",
            row="socketcan",
            end=lambda _: Interface(),
            in_vm=True,
        ),
        Kind(
            name="slcan stick",
            row="slcan",
            end=lambda folder: Serial(STREAMS["slcan"], b"O\r", folder),
        ),
        Kind(
            name="slcan over TCP",
            row="slcan",
            end=lambda _: Server(STREAMS["slcan"], SLCAN),
        ),
        Kind(
            name="USB-CAN-A",
            row="usb_can_a",
            end=lambda folder: Serial(STREAMS["seeed"], b"\xaa\x55\x12", folder),
        ),
        Kind(
            name="Yacht Devices RAW over TCP",
            row="yacht_devices",
            end=lambda _: Server(STREAMS["yacht"], WHERE),
        ),
        Kind(
            name="CAN-to-Ethernet over TCP",
            row="can_ethernet_tcp",
            end=lambda _: Server(STREAMS["thirteen"], WHERE),
        ),
        Kind(
            name="CAN-to-Ethernet over UDP",
            row="can_ethernet_udp",
            end=lambda _: Datagrams(DATAGRAMS["thirteen"]),
        ),
        Kind(
            name="cannelloni over UDP",
            row="cannelloni",
            end=lambda _: Datagrams(DATAGRAMS["cannelloni"]),
        ),
        Kind(
            name="socketcand",
            row="socketcand",
            end=lambda _: Server(STREAMS["socketcand"], WHERE | {"channel": "can0"}, daemon()),
        ),
        Kind(name="UDP multicast", row="udp_multicast", end=lambda _: Group()),
        Kind(name="python-can, virtual", row="other", end=lambda _: Node()),
    )
}
# Rows of adapters.py that are not tried, and why.
UNTRIED = {
    "pcan": "needs its hardware; it is read as python-can's virtual bus is",
    "gs_usb": "needs its hardware; as the kernel's `can0` it is a SocketCAN interface",
    "simulator": "is no hardware",
    "replay": "is no hardware",
}
