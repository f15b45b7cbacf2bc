"""A link on the kernel's interfaces, through all that can happen to them."""

import asyncio
from pathlib import Path
import socket
import time

import pytest

from custom_components.coachiq.bus import LinkState
from custom_components.coachiq.bus.adapters import Use, open_adapter
from tests.bus.test_link import COMMAND, LIGHT, Shop, introduce
from tests.bus.wiring import until
from tests.socketcan.kernel import Stick, attach, candump, cansend, ip, raw, record

LIGHT_TEXT = "19FEDA8A#307EC8FCFF0104FF"
REQUEST = "18EAFF44#00EE00FFFFFFFFFF"
# More than the kernel keeps for a socket.
FLOOD = 3000


def socketcan(channel: str) -> dict[str, str | int]:
    return {"channel": channel, "bitrate": 250_000}


def known_only(channel: str) -> dict[str, str | int]:
    return {**socketcan(channel), "known_only": True}


async def sent_by(process: str, *arguments: str) -> None:
    done = await asyncio.create_subprocess_exec(process, *arguments)
    assert await done.wait() == 0


async def test_frames_go_both_ways_between_two_processes(
    open_line: Shop, wire: str, tmp_path: Path
) -> None:
    line = open_line("socketcan", socketcan(wire))
    with candump(wire, tmp_path / "log") as log:
        await introduce(line)
        cansend(wire, LIGHT_TEXT)
        await until(lambda: line.heard)
        assert line.send()
        await until(lambda: line.outcomes)
        await until(lambda: b"19FEDBF9#" in log.read_bytes())
    assert line.heard == [LIGHT]
    assert line.outcomes == [None]
    frames = [row.split()[-1] for row in log.read_text().splitlines()]
    assert frames[-2:] == [LIGHT_TEXT, "19FEDBF9#30FFC800FF00FFFF"]


async def test_frames_of_another_controller_are_heard_too(
    open_line: Shop, pair: tuple[str, str]
) -> None:
    line = open_line("socketcan", socketcan(pair[0]))
    await introduce(line)
    cansend(pair[1], LIGHT_TEXT)
    await until(lambda: line.heard)
    with raw(pair[1]) as far:
        line.send()
        assert far.recv(16) == record(0x19FEDBF9, COMMAND[1])


async def test_frames_come_over_the_kernels_gateway(open_line: Shop, wire: str) -> None:
    ip("link add can8 type vcan", "link set can8 up")
    try:
        await sent_by("cangw", "-A", "-s", "can8", "-d", wire, "-e")
        line = open_line("socketcan", socketcan(wire), transmit=False)
        await line.reach(LinkState.UP)
        cansend("can8", LIGHT_TEXT)
        await until(lambda: line.heard == [LIGHT])
    finally:
        ip("link del can8")


async def test_an_interface_that_is_taken_down_is_brought_up_again(
    open_line: Shop, wire: str
) -> None:
    line = open_line("socketcan", socketcan(wire))
    await line.reach(LinkState.READY)
    ip(f"link set {wire} down")
    await line.reach(LinkState.DOWN, 2)
    await line.reach(LinkState.READY, 5)
    cansend(wire, LIGHT_TEXT)
    await until(lambda: line.heard == [LIGHT])
    assert line.link.count.openings == 2


@pytest.mark.unprivileged
async def test_where_we_may_not_an_interface_stays_down_until_somebody_brings_it_up(
    open_line: Shop, wire: str
) -> None:
    ip(f"link set {wire} down")
    line = open_line("socketcan", socketcan(wire))
    await until(lambda: line.problem() == "interface_down")
    assert line.state is LinkState.DOWN
    ip(f"link set {wire} up")
    await line.reach(LinkState.READY, 5)
    for _ in range(2):
        ip(f"link set {wire} down")
        await line.reach(LinkState.DOWN, 2)
        await until(lambda: line.problem() == "interface_down", 5)
        ip(f"link set {wire} up")
        await line.reach(LinkState.READY, 5)
        line.batches.clear()
        cansend(wire, LIGHT_TEXT)
        await until(lambda: line.heard == [LIGHT])


async def test_an_interface_that_was_deleted_and_made_anew_is_found(
    open_line: Shop, wire: str
) -> None:
    line = open_line("socketcan", socketcan(wire))
    await line.reach(LinkState.READY)
    # So quickly that nobody can see it missing.
    ip(f"link del {wire}", f"link add {wire} type vcan", f"link set {wire} up")
    began = time.monotonic()
    await line.reach(LinkState.DOWN, 2)
    await line.reach(LinkState.READY, 5)
    assert time.monotonic() - began < 5
    cansend(wire, LIGHT_TEXT)
    await until(lambda: line.heard == [LIGHT])
    ip(f"link del {wire}")
    await line.reach(LinkState.DOWN, 2)
    await until(lambda: line.problem() == "adapter_missing", 5)
    ip(f"link add {wire} type vcan", f"link set {wire} up")
    await line.reach(LinkState.READY, 5)


async def test_an_interface_may_be_missing_at_the_start(open_line: Shop) -> None:
    line = open_line("socketcan", socketcan("can7"))
    await until(lambda: line.problem() == "adapter_missing")
    ip("link add can7 type vcan")
    try:
        await line.reach(LinkState.READY, 5)
    finally:
        ip("link del can7")


async def test_what_cannot_be_read_in_time_is_counted_exactly(open_line: Shop, wire: str) -> None:
    """None is lost beside that, and what was delivered is in order."""
    line = open_line("socketcan", socketcan(wire), transmit=False)
    await line.reach(LinkState.UP)
    with raw(wire) as sender:
        # In one turn of the loop: nobody reads meanwhile.
        for number in range(FLOOD):
            sender.send(record(0x19FEDA8A, number.to_bytes(8, "little")))
    await until(lambda: line.heard and line.link.dropped, 5)
    await until(lambda: len(line.heard) + line.link.dropped == FLOOD, 5)
    numbers = [int.from_bytes(data, "little") for _, data in line.heard]
    assert numbers == sorted(set(numbers))
    assert 200 < len(numbers) < FLOOD
    cansend(wire, LIGHT_TEXT)
    await until(lambda: line.heard[-1] == LIGHT)


async def test_a_flood_is_read_to_the_last_frame(open_line: Shop, wire: str) -> None:
    line = open_line("socketcan", socketcan(wire), transmit=False)
    await line.reach(LinkState.UP)
    await sent_by(
        "cangen",
        wire,
        "-g",
        "0",
        "-p",
        "10",
        "-n",
        "4000",
        "-e",
        "-I",
        "19FEDA8A",
        "-L",
        "8",
        "-D",
        "i",
    )
    await until(lambda: len(line.heard) + line.link.dropped == 4000, 10)
    numbers = [int.from_bytes(data, "little") for _, data in line.heard]
    assert numbers == sorted(set(numbers))


async def test_error_frames_are_counted_by_their_kind_and_never_decoded(
    open_line: Shop, wire: str
) -> None:
    line = open_line("socketcan", socketcan(wire), transmit=False)
    await line.reach(LinkState.UP)
    cansend(wire, "20000040#0000000000000000", "20000004#0004000000000000", LIGHT_TEXT)
    await until(lambda: line.heard)
    assert line.heard == [LIGHT]
    assert line.link.count.errors == {"bus_off": 1, "controller": 1}


async def test_frames_of_unwanted_dgns_never_reach_us(open_line: Shop, wire: str) -> None:
    wanted = frozenset({0x1FEDA, 0xEA00})
    port = await asyncio.to_thread(open_adapter, "socketcan", known_only(wire), Use(dgns=wanted))
    heard: list[tuple[int, bytes]] = []
    port.start(heard.extend, lambda error: pytest.fail(str(error)))
    try:
        with raw(wire) as sender:
            for number in range(FLOOD):
                sender.send(record(0x19FF9C42, number.to_bytes(8, "little")))
        cansend(wire, LIGHT_TEXT, REQUEST, "123#01", "20000040#0000000000000000")
        await until(lambda: len(heard) >= 3)
        assert [can_id for can_id, _ in heard] == [0x99FEDA8A, 0x98EAFF44, 0x20000040]
        assert port.check() == 0
    finally:
        port.stop()
        port.close()


async def test_more_dgns_than_the_kernel_can_tell_apart_are_not_filtered(wire: str) -> None:
    wanted = frozenset(range(0x1F000, 0x1F000 + 513))
    port = await asyncio.to_thread(open_adapter, "socketcan", known_only(wire), Use(dgns=wanted))
    heard: list[tuple[int, bytes]] = []
    port.start(heard.extend, lambda error: pytest.fail(str(error)))
    try:
        cansend(wire, LIGHT_TEXT)
        await until(lambda: heard)
    finally:
        port.stop()
        port.close()


async def test_who_listens_only_sends_nothing_whatever_is_asked(
    open_line: Shop, wire: str, tmp_path: Path
) -> None:
    asked = [REQUEST, "18EA9E44#00EE00", "18EAF944#EBFE00", "18EEFF9E#FFFFFFFFFFFFFF7F"]
    with candump(wire, tmp_path / "log") as log:
        line = open_line("socketcan", socketcan(wire), transmit=False)
        await line.reach(LinkState.UP)
        cansend(wire, *asked)
        with raw(wire) as sender:
            for _ in range(100):
                sender.send(record(0x18EAFF44, b"\x00\xee\x00"))
        await until(lambda: len(line.heard) == 104)
        for urgent in (False, True):
            line.link.send(*COMMAND, line.outcomes.append, urgent=urgent)
        ip(f"link set {wire} down")
        await line.reach(LinkState.DOWN)
        await line.reach(LinkState.UP)
        cansend(wire, *asked)
        await until(lambda: len(line.heard) == 108)
        await asyncio.sleep(0.6)
    assert {error.key for error in line.outcomes if error} == {"transmit_off"}
    frames = [row.split()[-1] for row in log.read_text().splitlines()]
    assert set(frames) == set(asked) | {"18EAFF44#00EE00"}


async def test_a_stick_that_takes_no_frames_says_so_and_recovers(
    open_line: Shop, stick: Stick
) -> None:
    line = open_line("socketcan", socketcan("sl0"))
    await introduce(line)
    stick.write(f"T{LIGHT_TEXT.replace('#', '8')}\r".encode())
    await until(lambda: line.heard == [LIGHT])
    stick.stalled = True
    with raw("sl0") as other:
        await until(lambda: is_full(other), 20)
    line.send()
    await until(lambda: line.outcomes)
    assert [error and error.key for error in line.outcomes] == ["not_taken"]
    assert line.state is LinkState.READY
    stick.stalled = False
    line.send((0x1FEDB, b"\x77"))
    await until(lambda: len(line.outcomes) == 2)
    assert line.outcomes[1] is None
    await until(lambda: b"T19FEDBF9177\r" in stick.said, 20)


def is_full(sock: socket.socket) -> bool:
    """Send until the queue of the controller takes no more, and tell whether it stays so."""
    try:
        for _ in range(50):
            sock.send(record(0x19FF9C42, bytes(8)))
    except OSError:
        time.sleep(0.05)
        with pytest.raises(OSError, match="No buffer space"):
            sock.send(record(0x19FF9C42, bytes(8)))
        return True
    return False


async def test_what_a_controller_says_of_its_errors_is_counted(
    open_line: Shop, stick: Stick
) -> None:
    line = open_line("socketcan", socketcan("sl0"), transmit=False)
    await line.reach(LinkState.UP)
    stick.write(b"e1c\r")
    await until(line.link.count.errors.total)
    assert line.heard == []


async def test_a_stick_that_is_unplugged_comes_back(open_line: Shop) -> None:
    stick = Stick()
    with attach(stick.path, "sl0"):
        line = open_line("socketcan", socketcan("sl0"))
        await line.reach(LinkState.READY)
    await line.reach(LinkState.DOWN, 2)
    await until(lambda: line.problem() == "adapter_missing", 5)
    with attach(stick.path, "sl0"):
        await line.reach(LinkState.READY, 5)
        stick.write(f"T{LIGHT_TEXT.replace('#', '8')}\r".encode())
        await until(lambda: line.heard == [LIGHT])
    stick.close()
