"""A controller that left the network after too many errors is brought back.

The kernel's slcan driver never restarts by itself, and takes bus-off from its stick.
"""

import asyncio
import time

import pytest

from custom_components.coachiq.bus import LinkState, netlink
from tests.bus.test_link import COMMAND, Line, Shop
from tests.bus.wiring import until
from tests.socketcan.kernel import BUS_OFF, Stick, ip
from tests.socketcan.test_link import socketcan

SENT = b"T19FEDBF9830FFC800FF00FFFF\r"


async def can_send(line: Line, stick: Stick) -> None:
    """Wait until a command reaches the wire."""
    await line.reach(LinkState.READY)
    assert line.link.send(*COMMAND, line.outcomes.append)
    await until(lambda: SENT in stick.said)


async def test_one_that_is_off_at_the_start_is_restarted(
    open_line: Shop, stick_that_is_off: Stick
) -> None:
    line = open_line("socketcan", socketcan("sl0"))
    await can_send(line, stick_that_is_off)
    # Not on this thread, which runs a loop.
    state = await asyncio.to_thread(netlink.state, "sl0")
    assert (state.state, state.bitrate) == ("error_active", 250_000)
    assert line.link.count.openings == 1


async def test_one_that_goes_off_while_it_is_used_is_back_within_5_s(
    open_line: Shop, stick: Stick
) -> None:
    line = open_line("socketcan", socketcan("sl0"))
    await line.reach(LinkState.READY)
    stick.write(BUS_OFF)
    began = time.monotonic()
    await line.reach(LinkState.DOWN)
    await line.reach(LinkState.READY)
    assert time.monotonic() - began < 6
    await can_send(line, stick)
    assert line.link.count.openings == 2


async def test_one_that_goes_off_again_and_again_is_restarted_seldom(
    open_line: Shop, stick: Stick
) -> None:
    line = open_line("socketcan", socketcan("sl0"))
    end = time.monotonic() + 6
    while time.monotonic() < end:
        await line.reach(LinkState.READY, 10)
        stick.write(BUS_OFF)
        await line.reach(LinkState.DOWN)
    assert 2 <= line.link.count.openings <= 3


@pytest.mark.unprivileged
async def test_where_we_may_not_it_stays_off_until_somebody_restarts_it(
    open_line: Shop, stick_that_is_off: Stick
) -> None:
    line = open_line("socketcan", socketcan("sl0"))
    await until(lambda: line.problem() == "interface_bus_off")
    assert line.state is LinkState.DOWN
    ip("link set sl0 down", "link set sl0 up")
    await can_send(line, stick_that_is_off)
    stick_that_is_off.write(BUS_OFF)
    await until(lambda: line.problem() == "interface_bus_off", 7)


async def test_a_wire_whose_other_end_is_down_is_no_controller_in_bus_off(
    open_line: Shop, pair: tuple[str, str]
) -> None:
    line = open_line("socketcan", socketcan(pair[0]))
    await line.reach(LinkState.READY)
    ip(f"link set {pair[1]} down")
    await asyncio.sleep(5)
    assert line.link.count.openings == 1
    assert line.state is LinkState.READY
