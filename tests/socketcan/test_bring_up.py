"""Interfaces are brought up as their bus needs them, where that is allowed.

The kernel's slcan driver stands for a controller: it has a bitrate and may only listen, but cannot
restart by itself. What we ask of one that can is tested by its bytes, in tests/bus.
"""

import asyncio

import pytest

from custom_components.coachiq.bus import LinkState, netlink
from custom_components.coachiq.bus.adapters import Use, open_adapter
from custom_components.coachiq.error import AdapterError
from tests.bus.test_link import Shop
from tests.bus.wiring import until
from tests.socketcan.kernel import Stick, ip
from tests.socketcan.test_link import socketcan


def test_a_controller_gets_its_bitrate(stick: Stick) -> None:
    assert netlink.state("sl0").bitrate is None
    netlink.bring_up("sl0", 500_000)
    state = netlink.state("sl0")
    assert (state.kind, state.up, state.bitrate, state.listen_only) == ("can", True, 500_000, False)
    assert state.state == "error_active"
    stick.wait_for(b"C\rS6\rO\r")


def test_a_controller_can_be_mute(stick: Stick) -> None:
    netlink.bring_up("sl0", listen_only=True)
    assert netlink.state("sl0").listen_only
    stick.wait_for(b"C\rS5\rL\r")


def test_what_has_no_bit_timing_is_only_brought_up(wire: str) -> None:
    ip(f"link set {wire} down")
    assert not netlink.state(wire).up
    netlink.bring_up(wire)
    assert netlink.state(wire) == netlink.InterfaceState(up=True, kind="vcan")


def test_a_bitrate_that_the_controller_has_not_is_refused(stick: Stick) -> None:
    with pytest.raises(AdapterError) as refused:
        netlink.bring_up("sl0", 123_456)
    assert refused.value.key == "bring_up_failed"
    assert not netlink.state("sl0").up


def test_what_is_missing_is_said_to_be() -> None:
    with pytest.raises(OSError, match="not there"):
        netlink.state("can7")


@pytest.mark.unprivileged
def test_without_the_right_to_nothing_is_set(wire: str) -> None:
    ip(f"link set {wire} down")
    with pytest.raises(AdapterError) as refused:
        netlink.bring_up(wire)
    assert refused.value.key == "bring_up_forbidden"


async def state() -> netlink.InterfaceState:
    """Return how the controller is; not on this thread, which runs a loop."""
    return await asyncio.to_thread(netlink.state, "sl0")


async def test_a_bus_that_is_only_listened_to_leaves_its_controller_as_it_was(
    open_line: Shop, stick: Stick
) -> None:
    line = open_line("socketcan", socketcan("sl0"), transmit=False)
    await line.reach(LinkState.UP)
    await until(lambda: stick.said.endswith(b"S5\rL\r"))
    await line.link.stop()
    assert not (await state()).up
    line = open_line("socketcan", socketcan("sl0"))
    await line.reach(LinkState.READY)
    await until(lambda: b"S5\rO\r" in stick.said)


async def test_an_interface_that_is_up_is_left_as_it_is(open_line: Shop, stick: Stick) -> None:
    await asyncio.to_thread(netlink.bring_up, "sl0", 125_000)
    line = open_line("socketcan", socketcan("sl0"))
    await until(lambda: line.problem() == "interface_bitrate")
    assert line.link.count.problem.words["present"] == "125000"
    assert (await state()).bitrate == 125_000
    ip("link set sl0 down")
    await line.reach(LinkState.READY)
    assert (await state()).bitrate == 250_000
    await line.link.stop()
    assert (await state()).up


async def test_an_interface_that_is_mute_cannot_carry_a_bus_that_sends(stick: Stick) -> None:
    await asyncio.to_thread(netlink.bring_up, "sl0", listen_only=True)
    settings = socketcan("sl0")
    with pytest.raises(AdapterError) as refused:
        await asyncio.to_thread(open_adapter, "socketcan", settings, Use(silent=False))
    assert refused.value.key == "interface_mute"
    port = await asyncio.to_thread(open_adapter, "socketcan", settings, Use(silent=True))
    await asyncio.to_thread(port.close)
    assert (await state()).up
