"""The kernel's CAN interfaces, set as root: scripts/socketcan-vm gives both."""

from collections.abc import Iterator
import ctypes
import os
from pathlib import Path

import pytest

from custom_components.coachiq.bus import netlink
from tests.bus.test_link import open_line  # noqa: F401  # a fixture
from tests.socketcan.kernel import BUS_OFF, Stick, attach, ip, wait_for

CAP_NET_ADMIN = 12
CAPABILITY_VERSION = 0x20080522
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip where there is no kernel to try, which is a failure in CI.

    Tests without rights come first, while no thread is left that has them.
    """
    items.sort(key=lambda item: item.get_closest_marker("unprivileged") is None)
    for item in items:
        if HERE not in item.path.parents:
            continue
        if "SOCKETCAN_VM" not in os.environ:
            if os.environ.get("CI"):
                pytest.exit("tests/socketcan must run in CI: scripts/test does it", 1)
            item.add_marker(pytest.mark.skip(reason="needs scripts/socketcan-vm"))


@pytest.fixture(autouse=True)
def _rights(request: pytest.FixtureRequest) -> Iterator[None]:
    """Take the right to set interfaces from the threads of a test that is so marked.

    Programs that the test starts as root still have it.
    """
    if not request.node.get_closest_marker("unprivileged"):
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)()
    assert libc.capget(header, sets) == 0
    before = sets[0]
    sets[0] &= ~(1 << CAP_NET_ADMIN)
    assert libc.capset(header, sets) == 0
    yield
    sets[0] = before
    assert libc.capset(header, sets) == 0


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Let sockets be opened."""


@pytest.fixture
def wire() -> Iterator[str]:
    """Return a virtual interface that is up and quiet."""
    ip("link add can9 type vcan", "link set can9 up")
    yield "can9"
    ip("link del can9", missing_ok=True)


@pytest.fixture
def pair() -> Iterator[tuple[str, str]]:
    """Return the two ends of a wire: what is sent at one is received at the other."""
    ip("link add near type vxcan peer name far", "link set near up", "link set far up")
    yield "near", "far"
    ip("link del near", missing_ok=True)


@pytest.fixture
def stick() -> Iterator[Stick]:
    """Return a slcan stick that the kernel drives as the controller sl0, which is down."""
    stick = Stick()
    with attach(stick.path, "sl0"):
        yield stick
    stick.close()


@pytest.fixture
def stick_that_is_off(stick: Stick) -> Stick:
    """Return a stick whose controller another program has brought up, and which is in bus-off."""
    ip("link set sl0 type can bitrate 250000", "link set sl0 up")
    stick.write(BUS_OFF)
    wait_for(lambda: netlink.state("sl0").state == "bus_off")
    return stick
