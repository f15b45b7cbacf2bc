"""Gateways on the network, from what an owner enters to frames both ways, through every fault."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sized
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
import os
from pathlib import Path
import socket
import time

import pytest
from pytest_socket import socket_allow_hosts

from custom_components.coachiq.bus import KINDS, LinkState, check_adapter
from custom_components.coachiq.bus.adapters import open_adapter, place_of
from custom_components.coachiq.bus.port import EXTENDED, Frame, ignore
from custom_components.coachiq.error import AdapterError
from tests.bus.dialect import DATAGRAMS, STREAMS, Dialect, Plain, cannelloni
from tests.bus.test_link import COMMAND, LIGHT, Line, Shop
from tests.bus.wiring import our_threads, until
from tests.gateway import DatagramFarEnd, FarEnd, daemon, narrow

type End = FarEnd | DatagramFarEnd
type Settings = dict[str, str | int]

SENT = (0x19FEDBF9, COMMAND[1])
BURST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A kind of gateway: its row, how it speaks, how many frames it says at once, its far end."""

    kind: str
    dialect: Dialect
    end: Callable[[], End]
    burst: Callable[[list[Plain]], list[bytes]]

    def settings(self, end: End) -> Settings:
        if isinstance(end, DatagramFarEnd):
            return {"host": "127.0.0.1", "udp_port": end.port, "local_port": end.local_port}
        if self.kind == "slcan":
            return {"port": f"socket://127.0.0.1:{end.port}", "bitrate": 250_000}
        where: Settings = {"host": "127.0.0.1", "tcp_port": end.port}
        return where | {"channel": "can0"} if self.kind == "socketcand" else where


def joined(dialect: Dialect) -> Callable[[list[Plain]], list[bytes]]:
    """Return what writes frames into one another, 40 in a piece."""
    return lambda frames: [
        b"".join(map(dialect.write, frames[at : at + 40])) for at in range(0, len(frames), 40)
    ]


def packed(frames: list[Plain]) -> list[bytes]:
    return [cannelloni(at // 40, *frames[at : at + 40]) for at in range(0, len(frames), 40)]


TCP = {
    kind: Case(kind=kind, dialect=dialect, end=end, burst=joined(dialect))
    for kind, dialect, end in (
        ("slcan", STREAMS["slcan"], FarEnd),
        ("yacht_devices", STREAMS["yacht"], FarEnd),
        ("can_ethernet_tcp", STREAMS["thirteen"], FarEnd),
        ("socketcand", STREAMS["socketcand"], daemon),
    )
}
UDP = {
    "can_ethernet_udp": Case(
        kind="can_ethernet_udp",
        dialect=DATAGRAMS["thirteen"],
        end=DatagramFarEnd,
        burst=joined(DATAGRAMS["thirteen"]),
    ),
    "cannelloni": Case(
        kind="cannelloni", dialect=DATAGRAMS["cannelloni"], end=DatagramFarEnd, burst=packed
    ),
}
both = pytest.mark.parametrize("case", [*TCP.values(), *UDP.values()], ids=[*TCP, *UDP])
streams = pytest.mark.parametrize("case", TCP.values(), ids=TCP)
datagrams = pytest.mark.parametrize("case", UDP.values(), ids=UDP)


@pytest.fixture
async def end(case: Case, socket_enabled: None) -> AsyncIterator[End]:
    end = case.end()
    await end.open()
    yield end
    await end.close()


@pytest.fixture
async def open_line() -> AsyncIterator[Shop]:
    shop = Shop()
    yield shop
    for line in shop.lines:
        await line.link.stop()
    assert our_threads() == []


async def hear(line: Line, end: End, case: Case, seconds: float = 5.0) -> None:
    """Let the far end speak until it is heard."""
    heard = len(line.heard)
    give_up_at = time.monotonic() + seconds
    while len(line.heard) == heard:
        assert time.monotonic() < give_up_at, "nothing is heard"
        end.say(case.dialect.write(LIGHT))
        await asyncio.sleep(0.02)
    assert line.heard[-1] == LIGHT


@both
async def test_frames_go_both_ways(case: Case, end: End, open_line: Shop) -> None:
    line = open_line(case.kind, case.settings(end))
    await line.reach(LinkState.READY)
    await hear(line, end, case)
    line.send()
    await until(lambda: line.outcomes)
    await until(lambda: SENT in case.dialect.read(end.read))
    assert line.outcomes == [None]
    assert line.link.garbled == line.link.dropped == 0


@both
async def test_a_burst_arrives_whole_and_in_order(case: Case, end: End, open_line: Shop) -> None:
    line = open_line(case.kind, case.settings(end), transmit=False)
    await line.reach(LinkState.UP)
    await hear(line, end, case)
    await asyncio.sleep(0.1)
    line.batches.clear()
    burst = [(LIGHT[0], number.to_bytes(8)) for number in range(BURST)]
    end.say(*case.burst(burst))
    await until(lambda: len(line.heard) >= BURST)
    assert line.heard == burst
    assert max(map(len, line.batches)) < 512
    assert line.link.garbled == 0


@both
async def test_a_gateway_that_was_away_is_back_within_5_s(
    case: Case, end: End, open_line: Shop
) -> None:
    line = open_line(case.kind, case.settings(end))
    await line.reach(LinkState.READY)
    await hear(line, end, case)
    await end.close()
    # Nobody says that a gateway behind UDP is gone until something is sent to it.
    while line.problem() != "bus_lost" and LinkState.DOWN not in line.states[1:]:
        line.send()
        await asyncio.sleep(0.05)
    await until(lambda: line.state is not LinkState.READY or isinstance(end, DatagramFarEnd))
    await asyncio.sleep(1.0)
    await end.open()
    back = time.monotonic()
    await line.reach(LinkState.READY)
    await hear(line, end, case)
    assert time.monotonic() - back < 5.0


@both
async def test_garbage_is_given_up_and_the_gateway_opened_again(
    case: Case, end: End, open_line: Shop
) -> None:
    line = open_line(case.kind, case.settings(end), transmit=False)
    await line.reach(LinkState.UP)
    give_up_at = time.monotonic() + 5.0
    while line.link.count.openings < 2:
        assert time.monotonic() < give_up_at, "it goes on with garbage"
        end.say(*[case.dialect.noise] * 200)
        await asyncio.sleep(0.01)
    assert line.link.garbled > 100
    assert LinkState.DOWN in line.states
    await line.reach(LinkState.UP)
    await hear(line, end, case)


@both
async def test_nothing_is_left_once_it_is_stopped(case: Case, end: End) -> None:
    def descriptors() -> set[str]:
        found = set()
        for path in Path("/proc/self/fd").iterdir():
            with suppress(OSError):
                found.add(f"{path.name} {path.readlink()}")
        return {one for one in found if "socket" in one}

    # The far end's side of a connection is closed once it has seen ours closed.
    before = descriptors()
    for _ in range(3):
        line = Line(case.kind, case.settings(end))
        line.link.start()
        await line.reach(LinkState.READY)
        await hear(line, end, case)
        assert descriptors() > before
        await line.link.stop()
    await until(lambda: descriptors() == before)
    assert our_threads() == []


def more(found: Sized, than: int) -> bool:
    return len(found) > than


@streams
async def test_a_gateway_that_is_not_there(case: Case, end: End) -> None:
    await end.close()
    begun = time.monotonic()
    with pytest.raises(AdapterError) as caught:
        await asyncio.to_thread(check_adapter, case.kind, case.settings(end))
    assert caught.value.key == "gateway_unreachable"
    assert str(end.port) in caught.value.words["adapter"]
    assert time.monotonic() - begun < 2.5


@streams
async def test_a_gateway_that_takes_no_more_holds_nothing_up(case: Case, end: End) -> None:
    assert isinstance(end, FarEnd)
    port = await asyncio.to_thread(open_adapter, case.kind, case.settings(end))
    await until(lambda: end.transports)
    for transport in end.transports:
        transport.pause_reading()
    left: list[BaseException | None] = []
    port.start(ignore, ignore)
    narrow(port)
    frame: Frame = (SENT[0] | EXTENDED, SENT[1])
    begun = time.monotonic()
    while not left or left[-1] is None:
        assert time.monotonic() - begun < 5.0, "it takes everything"
        sent = len(left)
        port.send(frame, left.append)
        await until(partial(more, left, sent), 1.0)
    assert isinstance(left[-1], TimeoutError)
    port.stop()
    await asyncio.wait_for(asyncio.to_thread(port.close), 1.0)


@streams
async def test_a_link_whose_gateway_takes_no_more_says_so(
    case: Case, end: End, open_line: Shop
) -> None:
    assert isinstance(end, FarEnd)
    line = open_line(case.kind, case.settings(end))
    await line.reach(LinkState.READY)
    for transport in end.transports:
        transport.pause_reading()
    assert line.link._port
    ours = narrow(line.link._port)
    begun = time.monotonic()
    while not line.outcomes or line.outcomes[-1] is None:
        assert time.monotonic() - begun < 5.0, "it takes everything"
        with suppress(BlockingIOError):
            while True:
                os.write(ours, bytes(4096))
        sent = len(line.outcomes)
        line.send()
        await until(partial(more, line.outcomes, sent), 2.0)
    assert line.outcomes[-1].key == "not_taken"
    begun = time.monotonic()
    await line.link.stop()
    assert time.monotonic() - begun < 1.0


@datagrams
async def test_two_networks_cannot_share_a_local_port(case: Case, end: End) -> None:
    settings = case.settings(end)
    port = open_adapter(case.kind, settings)
    with pytest.raises(AdapterError) as caught:
        check_adapter(case.kind, settings | {"udp_port": 9})
    assert caught.value.key == "local_port_taken"
    assert caught.value.words == {"port": str(settings["local_port"])}
    port.close()
    check_adapter(case.kind, settings)


@datagrams
async def test_a_stranger_is_not_heard(case: Case, end: End, open_line: Shop) -> None:
    line = open_line(case.kind, case.settings(end), transmit=False)
    await line.reach(LinkState.UP)
    assert isinstance(end, DatagramFarEnd)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        with suppress(ConnectionRefusedError):
            stranger.sendto(case.dialect.write(SENT), ("127.0.0.1", end.local_port))
        await hear(line, end, case)
    assert SENT not in line.heard


async def test_datagrams_of_cannelloni_that_did_not_come_are_told(
    socket_enabled: None, open_line: Shop
) -> None:
    case, end = UDP["cannelloni"], DatagramFarEnd()
    await end.open()
    line = open_line(case.kind, case.settings(end), transmit=False)
    await line.reach(LinkState.UP)
    end.say(*(cannelloni(number, LIGHT) for number in (0, 1, 5)))
    await until(lambda: line.link.dropped == 3)
    assert len(line.heard) == 3
    await end.close()


@pytest.mark.parametrize(
    ("hello", "answers", "said"),
    [
        (b"< hello >", {}, "< hello >"),
        (b"220 ready\r\n" * 20, {}, "220 ready"),
        (b"< hi >", {b"< open can0 >": b"< error could not open bus >"}, "could not open bus"),
        (b"< hi >", {b"< open can0 >": b"< ok >", b"< rawmode >": b"< error >"}, "< error >"),
    ],
)
async def test_what_socketcand_refuses_is_told(
    socket_enabled: None, hello: bytes, answers: dict[bytes, bytes], said: str
) -> None:
    end = FarEnd(hello, answers)
    await end.open()
    with pytest.raises(AdapterError) as caught:
        await asyncio.to_thread(check_adapter, "socketcand", TCP["socketcand"].settings(end))
    assert caught.value.key == "gateway_refused"
    assert caught.value.words["adapter"] == f"127.0.0.1:{end.port}"
    assert said in caught.value.words["said"]
    await end.close()


@pytest.mark.parametrize("hello", [b"", b"< hi >", b"< h"])
async def test_a_black_hole_in_place_of_socketcand_is_given_up_after_2_s(
    socket_enabled: None, hello: bytes
) -> None:
    end = FarEnd(hello)
    await end.open()
    begun = time.monotonic()
    with pytest.raises(AdapterError) as caught:
        await asyncio.to_thread(check_adapter, "socketcand", TCP["socketcand"].settings(end))
    assert caught.value.key == "gateway_unreachable"
    assert 1.0 < time.monotonic() - begun < 3.0
    await end.close()


async def test_frames_that_follow_the_last_answer_at_once_are_heard(
    socket_enabled: None, open_line: Shop
) -> None:
    case = TCP["socketcand"]
    frame = case.dialect.write(LIGHT)
    end = FarEnd(b"< hi >", {b"< open can0 >": b"< ok >", b"< rawmode >": b"< ok >" + frame})
    await end.open()
    line = open_line(case.kind, case.settings(end), transmit=False)
    await until(lambda: line.heard == [LIGHT])
    await end.close()


async def test_a_gateway_with_an_address_of_ipv6(socket_enabled: None, open_line: Shop) -> None:
    socket_allow_hosts(["127.0.0.1", "::1"])
    case, end = TCP["yacht_devices"], FarEnd()
    await end.open("::1")
    for host in ("::1", "[::1]"):
        line = open_line(case.kind, {"host": host, "tcp_port": end.port}, transmit=False)
        await line.reach(LinkState.UP)
        await hear(line, end, case)
    await end.close()


@pytest.mark.parametrize(
    "host", ["", "a b", "http://10.0.0.5", "10.0.0.5:1457", "[::1", "a/b", "a..b"]
)
@pytest.mark.parametrize("kind", ["yacht_devices", "cannelloni"])
def test_what_is_no_host_is_told(kind: str, host: str) -> None:
    settings: Settings = {"host": host, "tcp_port": 1, "udp_port": 1, "local_port": 1}
    with pytest.raises(AdapterError) as caught:
        check_adapter(kind, settings)
    assert (caught.value.key, caught.value.words) == ("bad_host", {"host": host})
    assert place_of(kind, settings)


@pytest.mark.parametrize("port", [0, 65_536, -1, "x", "", "1457.0", "²"])
@pytest.mark.parametrize("field", ["tcp_port", "udp_port", "local_port", "multicast", "url"])
def test_what_is_no_port_is_told(field: str, port: str | int) -> None:
    kind, settings = {
        "tcp_port": ("yacht_devices", {"host": "127.0.0.1", "tcp_port": port}),
        "udp_port": ("cannelloni", {"host": "127.0.0.1", "udp_port": port, "local_port": 1}),
        "local_port": ("cannelloni", {"host": "127.0.0.1", "udp_port": 1, "local_port": port}),
        "multicast": ("udp_multicast", {"group": "239.74.163.2", "udp_port": port}),
        "url": ("slcan", {"port": f"socket://127.0.0.1:{port}", "bitrate": 250_000}),
    }[field]
    with pytest.raises(AdapterError) as caught:
        check_adapter(kind, settings)
    assert caught.value.key in {"bad_port", "bad_address"}
    assert place_of(kind, settings)


def test_a_name_that_nobody_knows_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    # Asking for a real one would need a network.
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    for kind in ("yacht_devices", "cannelloni"):
        with pytest.raises(AdapterError) as caught:
            check_adapter(
                kind, {"host": "ydn.local", "tcp_port": 1457, "udp_port": 1457, "local_port": 1}
            )
        assert caught.value.key == "host_unknown"
        assert caught.value.words == {"adapter": "ydn.local:1457"}


def test_one_gateway_is_one_place_however_it_is_spelled() -> None:
    def place(kind: str, host: str, port: str | int) -> str:
        return place_of(kind, {"host": host, "tcp_port": port})

    spelled = (("YDEN.local", 1457), ("yden.local.", "1457"), (" yden.local", " 01457"))
    assert len({place("yacht_devices", host, port) for host, port in spelled}) == 1
    assert place("yacht_devices", "10.0.0.5", 1) == place("can_ethernet_tcp", "10.0.0.5", 1)
    assert place("yacht_devices", "10.0.0.5", 1) != place("yacht_devices", "10.0.0.5", 2)
    slcan = place_of("slcan", {"port": "socket://[FE80::5]:1", "bitrate": 1})
    assert slcan == place("yacht_devices", "fe80::5", 1)
    daemon: Settings = {"host": "10.0.0.5", "tcp_port": 29536}
    first = place_of("socketcand", daemon | {"channel": "can0"})
    assert first != place_of("socketcand", daemon | {"channel": "can1"})
    tunnel: Settings = {"host": "10.0.0.5", "udp_port": 1, "local_port": 1}
    assert place_of("cannelloni", tunnel) == place_of("can_ethernet_udp", tunnel)
    assert place_of("cannelloni", tunnel) != place("yacht_devices", "10.0.0.5", 1)


@pytest.mark.parametrize("channel", ["", "can0 >", "a" * 16, "can0\n"])
def test_what_is_no_interface_is_told(channel: str) -> None:
    settings: Settings = {"host": "127.0.0.1", "tcp_port": 1, "channel": channel}
    with pytest.raises(AdapterError) as caught:
        check_adapter("socketcand", settings)
    assert (caught.value.key, caught.value.words) == ("bad_interface", {"interface": channel})


def test_only_what_can_be_silent_says_so() -> None:
    silent = {kind.key for kind in KINDS.values() if kind.can_be_silent}
    assert {"slcan", "usb_can_a"} <= silent
    assert not silent & {"yacht_devices", "can_ethernet_tcp", "can_ethernet_udp", "cannelloni",
                         "socketcand", "pcan", "gs_usb", "udp_multicast", "other"}  # fmt: skip
