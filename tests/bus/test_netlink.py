"""What the kernel is asked when a controller is brought up, as it goes over the wire.

Only slcan and virtual interfaces are tried with a real kernel (tests/socketcan); a controller that
restarts by itself is not at hand there.
"""

import json
from pathlib import Path
import struct
from typing import Any

import homeassistant.components
from pyroute2.iproute.linux import get_arguments_processor
from pyroute2.netlink.rtnl.ifinfmsg import ifinfmsg
import pytest

from custom_components.coachiq.bus import netlink

# linux/can/netlink.h and linux/if_link.h
BITTIMING, CTRLMODE, RESTART_MS = 1, 5, 6
LISTEN_ONLY = 2
LINKINFO, KIND, DATA = 18, 1, 2
MANIFEST = Path(netlink.__file__).parents[1] / "manifest.json"


def encoded(request: dict[str, Any]) -> dict[int, bytes]:
    """Return the attributes of the CAN controller in the message that pyroute2 makes."""
    message = ifinfmsg()
    arguments = get_arguments_processor("link", "set", {"index": 7, **request})
    message["attrs"] = [(ifinfmsg.name2nla(name), value) for name, value in arguments.items()]
    message["attrs"] = [pair for pair in message["attrs"] if ifinfmsg.valid_nla(message, pair[0])]
    message.encode()
    # struct nlmsghdr and struct ifinfomsg come before them.
    info = attributes(attributes(bytes(message.data)[32:])[LINKINFO])
    assert info[KIND].rstrip(b"\0") == b"can"
    return attributes(info[DATA])


def attributes(data: bytes) -> dict[int, bytes]:
    """Return netlink attributes by their type."""
    found = {}
    while data:
        length, kind = struct.unpack_from("=HH", data)
        found[kind & 0x3FFF] = data[4:length]
        data = data[(length + 3) & ~3 :]
    return found


@pytest.mark.parametrize("listen_only", [False, True])
def test_a_controller_is_asked_for_bitrate_restart_and_silence(*, listen_only: bool) -> None:
    timing, restart, mode = map(encoded, netlink.requests(250_000, 100, listen_only=listen_only))
    assert timing.keys() == {BITTIMING}
    assert struct.unpack("=8I", timing[BITTIMING]) == (250_000, 0, 0, 0, 0, 0, 0, 0)
    assert restart == {RESTART_MS: struct.pack("=I", 100)}
    flags = LISTEN_ONLY if listen_only else 0
    assert mode == {CTRLMODE: struct.pack("=II", LISTEN_ONLY, flags)}


@pytest.mark.parametrize(
    ("kind", "restart_ms", "stays"), [("can", 0, True), ("can", 100, False), ("vcan", 0, False)]
)
def test_only_a_controller_that_was_not_told_to_restart_stays_off(
    kind: str, restart_ms: int, *, stays: bool
) -> None:
    state = netlink.InterfaceState(up=True, kind=kind, restart_ms=restart_ms)
    assert state.stays_off is stays


def test_pyroute2_is_the_one_that_home_assistant_itself_uses() -> None:
    core = Path(homeassistant.components.__file__).with_name("thread") / "manifest.json"
    pins = [
        {pin for pin in json.loads(file.read_text())["requirements"] if "pyroute2" in pin}
        for file in (core, MANIFEST)
    ]
    assert pins[0] == pins[1] != set()
