"""A link on buses that are real enough to die: virtual ones, a gateway and a serial port."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
import socket
import threading
import time

import can
import pytest
import serial

from custom_components.coachiq.bus import Link, LinkState
from custom_components.coachiq.bus.codec.slcan import SlcanCodec
from custom_components.coachiq.bus.link import Frames
from custom_components.coachiq.bus.port import DescriptorPort, Frame
from custom_components.coachiq.bus.socket_device import SocketDevice
from custom_components.coachiq.clock import LoopClock
from custom_components.coachiq.error import BusError
from tests.bus.wiring import SerialPort, channel, our_threads, until
from tests.gateway import Gateway

LIGHT = (0x19FEDA8A, bytes.fromhex("307EC8FCFF0104FF"))
LIGHT_LINE = "T19FEDA8A8307EC8FCFF0104FF"
COMMAND = (0x1FEDB, bytes.fromhex("30FFC800FF00FFFF"))
# The name of serial number 5, and two that are stronger and weaker (see test_claim.py).
NAME = bytes.fromhex("0500E0FF00000080")
PRODUCT = "CoachIQ*Test*0000005**"
STATIC = bytes.fromhex("FFFFFFFFFFFFFF7F")

type Settings = dict[str, str | int]


class Line:
    """A link and what it says of itself."""

    def __init__(
        self,
        kind: str,
        settings: Settings,
        *,
        transmit: bool = True,
        address: int | None = 249,
        serial_number: int = 5,
    ) -> None:
        self.batches: list[Frames] = []
        self.states: list[LinkState] = []
        self.outcomes: list[BusError | None] = []
        self.arrived = 0.0
        self.loop_thread = threading.get_ident()
        self.link = Link(
            key=channel(),
            kind=kind,
            settings=settings,
            clock=LoopClock(asyncio.get_running_loop()),
            transmit=transmit,
            serial=serial_number,
            product=PRODUCT,
            frames=self._hear,
            changed=self._change,
            address=address,
        )

    def _hear(self, batch: Frames, now: float) -> None:
        assert threading.get_ident() == self.loop_thread
        assert abs(now - asyncio.get_running_loop().time()) < 1.0
        self.arrived = time.monotonic()
        self.batches.append(batch)

    def _change(self, state: LinkState) -> None:
        assert threading.get_ident() == self.loop_thread
        self.states.append(state)

    @property
    def state(self) -> LinkState:
        return self.link.state

    @property
    def heard(self) -> list[tuple[int, bytes]]:
        return [frame for batch in self.batches for frame in batch]

    def problem(self) -> str | None:
        return self.link.count.problem and self.link.count.problem.key

    def send(self, frame: tuple[int, bytes] = COMMAND) -> object:
        return self.link.send(*frame, self.outcomes.append)

    async def reach(self, state: LinkState, seconds: float = 5.0) -> None:
        await until(lambda: self.link.state is state, seconds)


class Shop:
    """Makes lines, starts them, and stops them all in the end."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def __call__(
        self,
        kind: str,
        settings: Settings,
        *,
        transmit: bool = True,
        address: int | None = 249,
        serial_number: int = 5,
    ) -> Line:
        line = Line(kind, settings, transmit=transmit, address=address, serial_number=serial_number)
        self.lines.append(line)
        line.link.start()
        return line


@pytest.fixture
async def open_line() -> AsyncIterator[Shop]:
    shop = Shop()
    yield shop
    for line in shop.lines:
        await line.link.stop()
    assert our_threads() == []


@pytest.fixture
def wire() -> str:
    return channel()


def virtual(name: str) -> Settings:
    return {"interface": "virtual", "channel": name, "bitrate": 250_000}


def slcan(port: str) -> Settings:
    return {"port": port, "bitrate": 250_000}


@pytest.fixture
def peer(wire: str) -> Iterator[can.BusABC]:
    """Another node on the wire."""
    with can.Bus(interface="virtual", channel=wire) as bus:
        yield bus


def extended(frame: tuple[int, bytes] = LIGHT) -> can.Message:
    return can.Message(arbitration_id=frame[0], data=frame[1])


async def next_frame(peer: can.BusABC, seconds: float = 2.0) -> str:
    message = await asyncio.to_thread(peer.recv, seconds)
    assert message, "nothing was sent"
    return f"{message.arbitration_id:08X}#{message.data.hex().upper()}"


async def introduce(line: Line, peer: can.BusABC | None = None) -> None:
    """Wait until a node of fixed address has claimed it and said that it lives."""
    await line.reach(LinkState.READY)
    await until(lambda: line.link.count.sent == 2)
    # What is sent next need not wait for its gap.
    await asyncio.sleep(0.02)
    if peer:
        assert await next_frame(peer) == f"18EE00F9#{NAME.hex().upper()}"
        assert await next_frame(peer) == "19FECAF9#0544FFFFFFFFFFFF"


async def test_a_bus_that_we_only_listen_to(open_line: Shop, wire: str, peer: can.BusABC) -> None:
    line = open_line("other", virtual(wire), transmit=False)
    assert line.state is LinkState.DOWN
    await line.reach(LinkState.UP)
    peer.send(extended())
    await until(lambda: line.heard)
    assert line.heard == [LIGHT]
    assert line.states == [LinkState.UP]
    assert line.link.address is None
    assert (line.link.count.received, line.link.count.openings, line.problem()) == (1, 1, None)
    assert line.send() is None
    assert [error and error.key for error in line.outcomes] == ["transmit_off"]
    peer.send(extended((0x18EAFF44, bytes.fromhex("00EE00FFFFFFFFFF"))))
    await until(lambda: len(line.heard) == 2)
    assert await asyncio.to_thread(peer.recv, 0.1) is None


async def test_frames_come_in_order_in_batches_of_64_at_most(
    open_line: Shop, wire: str, peer: can.BusABC
) -> None:
    line = open_line("other", virtual(wire), transmit=False)
    await line.reach(LinkState.UP)
    frames = [(0x19FEDA00 + number % 256, bytes((number // 256,))) for number in range(1000)]
    for frame in frames:
        peer.send(extended(frame))
    await until(lambda: len(line.heard) == 1000)
    assert line.heard == frames
    assert max(map(len, line.batches)) <= 64
    assert line.link.count.received == 1000


async def test_error_remote_and_11_bit_frames_are_counted_and_ignored(
    open_line: Shop, wire: str, peer: can.BusABC
) -> None:
    line = open_line("other", virtual(wire), transmit=False)
    await line.reach(LinkState.UP)
    peer.send(can.Message(arbitration_id=0x123, data=b"\x01", is_extended_id=False))
    peer.send(can.Message(arbitration_id=0x19FEDA8A, is_remote_frame=True))
    peer.send(can.Message(arbitration_id=0x19FEDA8A, is_error_frame=True))
    peer.send(extended())
    await until(lambda: line.heard)
    assert line.heard == [LIGHT]
    assert (line.link.count.received, line.link.count.ignored) == (1, 2)
    assert line.link.count.errors.total() == 1


async def test_with_a_fixed_address_we_are_ready_and_send_at_once(
    open_line: Shop, wire: str, peer: can.BusABC
) -> None:
    line = open_line("other", virtual(wire))
    await line.reach(LinkState.READY)
    assert line.states == [LinkState.UP, LinkState.READY]
    await introduce(line, peer)
    assert line.send()
    await until(lambda: line.outcomes)
    assert line.outcomes == [None]
    assert await next_frame(peer) == "19FEDBF9#30FFC800FF00FFFF"
    assert line.link.count.sent == 3
    line.link.send(0xEA00, b"\xda\xfe\x01", line.outcomes.append, destination=0x8A)
    assert await next_frame(peer) == "18EA8AF9#DAFE01"
    peer.send(extended((0x18EAFF44, bytes.fromhex("00EE00FFFFFFFFFF"))))
    assert await next_frame(peer) == f"18EE00F9#{NAME.hex().upper()}"


async def test_our_frames_keep_their_pace_and_stops_overtake(
    open_line: Shop, wire: str, peer: can.BusABC
) -> None:
    line = open_line("other", virtual(wire))
    await introduce(line, peer)
    began = time.monotonic()
    for _ in range(3):
        line.send()
    line.link.send(0x1FEDB, b"\x31\xff", line.outcomes.append, urgent=True)
    frames = [await next_frame(peer) for _ in range(4)]
    assert time.monotonic() - began >= 0.1
    assert [frame[9:11] for frame in frames] == ["30", "31", "30", "30"]


async def test_a_frame_can_be_taken_back_while_it_waits(
    open_line: Shop, wire: str, peer: can.BusABC
) -> None:
    line = open_line("other", virtual(wire))
    await introduce(line, peer)
    line.send()
    parcel = line.link.send(*COMMAND, line.outcomes.append)
    assert parcel
    parcel.cancel()
    line.send((0x1FEDB, b"\x32"))
    assert [(await next_frame(peer))[9:11] for _ in range(2)] == ["30", "32"]
    assert await asyncio.to_thread(peer.recv, 0.1) is None


async def test_an_address_is_claimed_in_half_a_second(
    open_line: Shop, wire: str, peer: can.BusABC
) -> None:
    line = open_line("other", virtual(wire), address=None)
    await line.reach(LinkState.UP)
    began = time.monotonic()
    line.send()
    assert [error and error.key for error in line.outcomes] == ["no_address"]
    assert await next_frame(peer) == "18EA9EFE#00EE00FFFFFFFFFF"
    assert await next_frame(peer) == f"18EE009E#{NAME.hex().upper()}"
    await line.reach(LinkState.READY)
    assert 0.45 < time.monotonic() - began < 0.8
    assert line.link.address == 0x9E
    assert await next_frame(peer) == "19FECA9E#0544FFFFFFFFFFFF"
    line.send()
    assert await next_frame(peer) == "19FEDB9E#30FFC800FF00FFFF"


async def test_a_stronger_node_takes_our_address_and_we_take_the_next(
    open_line: Shop, wire: str, peer: can.BusABC
) -> None:
    line = open_line("other", virtual(wire), address=None)
    await line.reach(LinkState.READY)
    peer.send(extended((0x18EEFF9E, STATIC)))
    await line.reach(LinkState.UP)
    line.send()
    assert [error and error.key for error in line.outcomes] == ["no_address"]
    await line.reach(LinkState.READY)
    assert line.link.address == 0x9D
    assert line.states == [LinkState.UP, LinkState.READY, LinkState.UP, LinkState.READY]


async def test_two_of_us_share_a_wire(open_line: Shop, wire: str) -> None:
    first = open_line("other", virtual(wire), address=None, serial_number=9)
    await first.reach(LinkState.READY)
    second = open_line("other", virtual(wire), address=None, serial_number=3)
    await second.reach(LinkState.READY)
    assert (first.link.address, second.link.address) == (0x9E, 0x9D)
    assert first.state is LinkState.READY


async def test_before_the_bus_is_open_nothing_can_be_sent(open_line: Shop, tmp_path: Path) -> None:
    line = open_line("slcan", slcan(str(tmp_path / "nowhere")))
    assert line.send() is None
    (error,) = line.outcomes
    assert error
    assert (error.key, error.words) == ("bus_down", {"bus": line.link.key})


async def test_stopping_closes_the_bus_and_ends_the_thread(
    open_line: Shop, wire: str, peer: can.BusABC
) -> None:
    line = open_line("other", virtual(wire))
    await introduce(line, peer)
    assert our_threads(wire) == [f"coachiq {wire}"]
    line.send()
    line.send()
    await line.link.stop()
    assert line.state is LinkState.DOWN
    assert our_threads(wire) == []
    await until(lambda: len(line.outcomes) == 2)
    assert [error and error.key for error in line.outcomes] in (
        [None, "bus_down"],
        ["bus_down", None],
    )
    line.send()
    assert line.outcomes[-1]
    assert line.outcomes[-1].key == "bus_down"
    peer.send(extended())
    await asyncio.sleep(0.05)
    assert line.heard == []
    await line.link.stop()


async def test_the_simulated_coach_ends_with_its_link(open_line: Shop) -> None:
    name = channel()
    line = open_line("simulator", {"bus": name}, transmit=False)
    await until(lambda: len(line.heard) > 20)
    assert len(our_threads(f"simulator simulator-{name}")) == 1
    await line.link.stop()
    assert our_threads(name) == []


@pytest.mark.slow
async def test_a_send_that_fails_re_opens_the_bus(open_line: Shop, wire: str) -> None:
    line = open_line("other", virtual(wire))
    await introduce(line)
    with can.Bus(interface="virtual", channel=wire, rx_queue_size=1) as deaf:
        line.send()
        line.send((0x1FEDB, b"\x31"))
        line.send((0x1FEDB, b"\x31"))
        await line.reach(LinkState.DOWN)
        assert line.problem() == "bus_lost"
        await until(lambda: len(line.outcomes) == 3)
        assert [error and error.key for error in line.outcomes] == [None, "not_sent", "bus_down"]
        assert deaf.recv(0)
    await line.reach(LinkState.READY)
    assert line.link.count.openings == 2
    assert line.problem() is None
    line.send()
    await until(lambda: len(line.outcomes) == 4)
    assert line.outcomes[-1] is None


@pytest.mark.slow
async def test_a_gateway_may_die_and_come_back(open_line: Shop, gateway: Gateway) -> None:
    line = open_line("slcan", {"port": gateway.url, "bitrate": 250_000})
    await introduce(line)
    await gateway.say(LIGHT_LINE)
    await until(lambda: line.heard)
    assert line.heard == [LIGHT]
    line.send()
    await until(lambda: len(gateway.frames) == 3)
    assert gateway.frames[-1] == "T19FEDBF9830FFC800FF00FFFF"
    await gateway.close()
    await line.reach(LinkState.DOWN)
    await until(lambda: line.problem() == "gateway_unreachable")
    await gateway.open()
    await line.reach(LinkState.READY, 5.5)
    await gateway.say(LIGHT_LINE)
    await until(lambda: len(line.heard) == 2)
    assert line.states == [
        LinkState.UP,
        LinkState.READY,
        LinkState.DOWN,
        LinkState.UP,
        LinkState.READY,
    ]
    assert line.link.count.openings == 2
    assert line.problem() is None


@pytest.mark.slow
async def test_a_frame_of_a_serial_adapter_is_not_held_back(
    open_line: Shop, gateway: Gateway
) -> None:
    line = open_line("slcan", {"port": gateway.url, "bitrate": 250_000})
    await line.reach(LinkState.READY)
    delays = []
    for number in range(5):
        await asyncio.sleep(0.12)
        sent = time.monotonic()
        await gateway.say(LIGHT_LINE)
        await until(lambda: len(line.heard) > number)  # noqa: B023  # it is awaited in the same turn
        delays.append(line.arrived - sent)
    assert sorted(delays)[2] < 0.040


@pytest.mark.slow
async def test_noise_of_a_serial_adapter_does_no_lasting_harm(
    open_line: Shop, gateway: Gateway
) -> None:
    line = open_line("slcan", {"port": gateway.url, "bitrate": 250_000})
    await line.reach(LinkState.READY)
    for noise in ("TXYZ", "T19FED", "Tzzzzzzzz8", "B", "T19FEDA8A8FF\xfe", "t1230"):
        await gateway.say(noise)
    await gateway.say(LIGHT_LINE)
    await until(lambda: line.heard)
    assert line.heard == [LIGHT]
    assert line.link.garbled == 5
    assert line.link.count.ignored == 1
    assert line.link.count.openings == 1


async def test_nothing_is_handed_on_after_the_bus_was_lost(open_line: Shop) -> None:
    name = channel()
    line = open_line("other", {"interface": "virtual", "channel": name, "bitrate": 250_000})
    await line.reach(LinkState.READY)
    with can.Bus(interface="virtual", channel=name) as peer:
        lost = line.link._port
        line.link._lose(lost, OSError("the adapter is gone"))
        await line.reach(LinkState.DOWN)
        peer.send(can.Message(arbitration_id=0x19FEDA8A, data=bytes(8)))
        line.link._deliver(lost, [(0x99FEDA8A, bytes(8))])
    assert line.heard == []


async def test_a_bus_that_spoke_and_fell_silent_is_opened_anew(
    open_line: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.coachiq.bus.link.LONGEST_SILENCE", 0.2)
    monkeypatch.setattr("custom_components.coachiq.bus.link.WATCH", 0.05)
    name = channel()
    line = open_line("other", {"interface": "virtual", "channel": name, "bitrate": 250_000})
    await line.reach(LinkState.READY)
    await asyncio.sleep(0.5)
    assert line.link.count.openings == 1, "a bus that never spoke may just be asleep"
    with can.Bus(interface="virtual", channel=name) as peer:
        peer.send(can.Message(arbitration_id=0x19FEDA8A, data=bytes(8)))
        await line.reach(LinkState.DOWN)
        await line.reach(LinkState.READY)
    assert line.link.count.openings == 2


async def test_what_waits_when_the_address_is_lost_does_not_leave(open_line: Shop) -> None:
    name = channel()
    line = open_line("other", {"interface": "virtual", "channel": name, "bitrate": 250_000})
    await introduce(line)
    outcomes: list[BusError | None] = []
    with can.Bus(interface="virtual", channel=name) as peer:
        for _ in range(20):
            line.link.send(0x1FEDB, bytes(8), outcomes.append)
        line.link._node._claim._set(None)
        await asyncio.sleep(0.3)
        left = 0
        while peer.recv(0):
            left += 1
    assert left <= 1
    assert [error.key for error in outcomes if error] == ["no_address"] * (20 - left)


async def test_a_listener_that_raises_leaves_nothing_behind() -> None:
    def refuse(state: LinkState) -> None:
        raise RuntimeError(state)

    link = Link(
        key="house",
        kind="other",
        settings={"interface": "virtual", "channel": channel(), "bitrate": 250_000},
        clock=LoopClock(asyncio.get_running_loop()),
        transmit=False,
        serial=1,
        product=PRODUCT,
        frames=lambda *_: None,
        changed=refuse,
    )
    link.start()
    await until(lambda: link.count.openings == 1)
    await link.stop()
    assert our_threads() == []


@pytest.mark.slow
async def test_a_port_that_is_not_there_yet_is_tried_again(
    open_line: Shop, port: SerialPort, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "custom_components.coachiq.bus.link")
    path = tmp_path / "canable"
    line = open_line("slcan", slcan(str(path)))
    await until(lambda: line.problem() == "adapter_missing")
    assert line.states == []
    await asyncio.sleep(0.8)
    path.symlink_to(port.path)
    await line.reach(LinkState.READY)
    assert line.problem() is None
    port.write(b"\r" + LIGHT_LINE.encode() + b"\r")
    await until(lambda: line.heard)
    assert line.heard == [LIGHT]
    assert line.link.count.openings == 1
    mine = [record.getMessage() for record in caplog.records]
    assert len([message for message in mine if "is down" in message]) == 1
    assert mine[-1] == f"Bus {line.link.key} is up"


async def test_a_port_that_another_program_holds_is_ours_when_it_lets_go(
    open_line: Shop, port: SerialPort
) -> None:
    with serial.Serial(port.path, exclusive=True):
        line = open_line("slcan", slcan(port.path))
        await until(lambda: line.problem() == "adapter_taken")
        assert line.state is LinkState.DOWN
    await line.reach(LinkState.READY)


@pytest.mark.slow
async def test_a_serial_port_that_is_pulled_is_given_up(open_line: Shop, tmp_path: Path) -> None:
    port = SerialPort()
    path = tmp_path / "canable"
    path.symlink_to(port.path)
    line = open_line("slcan", slcan(str(path)))
    await line.reach(LinkState.READY)
    path.unlink()
    port.close()
    await line.reach(LinkState.DOWN)
    await until(lambda: line.problem() == "adapter_missing")
    again = SerialPort()
    path.symlink_to(again.path)
    await line.reach(LinkState.READY)
    await line.link.stop()
    again.close()


@pytest.mark.slow
async def test_stopping_while_the_bus_is_being_opened_closes_it(
    open_line: Shop, port: SerialPort
) -> None:
    port.mute = True
    line = open_line("slcan", slcan(port.path))
    await until(lambda: port.said)
    await line.link.stop()
    await until(lambda: port.said.endswith(b"O\rC\r"))
    assert line.states == []
    with serial.Serial(port.path, exclusive=True) as free:
        assert free.is_open


async def test_stopping_while_the_bus_cannot_be_opened_ends_the_attempts(
    open_line: Shop, tmp_path: Path
) -> None:
    line = open_line("slcan", slcan(str(tmp_path / "nowhere")))
    await line.link.stop()
    other = open_line("slcan", slcan(str(tmp_path / "nowhere")))
    await until(lambda: other.problem() == "adapter_missing")
    await other.link.stop()
    for each in (line, other):
        assert each.state is LinkState.DOWN
        assert each.states == []


async def test_stopping_just_as_the_bus_is_lost_waits_for_its_thread(
    open_line: Shop, wire: str
) -> None:
    line = open_line("other", virtual(wire))
    await line.reach(LinkState.READY)
    with can.Bus(interface="virtual", channel=wire, rx_queue_size=1):
        line.send()
        line.send((0x1FEDB, b"\x31"))
        while line.state is not LinkState.DOWN:
            await asyncio.sleep(0)
        await line.link.stop()
    assert our_threads(line.link.key) == []


async def test_a_message_of_several_packets_is_handed_on_as_one_frame(
    open_line: Shop, wire: str, peer: can.BusABC
) -> None:
    line = open_line("other", virtual(wire), transmit=False)
    await line.reach(LinkState.UP)
    packets = (
        (0x18ECFF44, "200F0003FFEBFE00"), (0x18EBFF44, "0141434D452A5831"),
        (0x18EBFF44, "022A30303132332A"), (0x18EBFF44, "032AFFFFFFFFFFFF"),
    )  # fmt: skip
    for can_id, data in packets:
        peer.send(extended((can_id, bytes.fromhex(data))))
    await until(lambda: len(line.heard) == 5)
    assert line.heard[-1] == (0x18FEEB44, b"ACME*X1*00123**")


async def test_what_is_asked_of_us_is_answered(
    open_line: Shop, wire: str, peer: can.BusABC
) -> None:
    line = open_line("other", virtual(wire))
    await introduce(line, peer)
    peer.send(extended((0x18EAF944, bytes.fromhex("EBFE00FFFFFFFFFF"))))
    text, count = bytearray(), -(-len(PRODUCT) // 7)
    assert await next_frame(peer) == f"18ECFFF9#20{len(PRODUCT):02X}00{count:02X}FFEBFE00"
    began = time.monotonic()
    for number in range(1, count + 1):
        head, _, data = (await next_frame(peer)).partition("#")
        assert (head, data[:2]) == ("18EBFFF9", f"{number:02X}")
        text += bytes.fromhex(data[2:])
    assert text.rstrip(b"\xff").decode() == PRODUCT
    assert 0.05 * (count - 1) < time.monotonic() - began < 0.1 * count
    peer.send(extended((0x18EAFF44, bytes.fromhex("CAFE01FFFFFFFFFF"))))
    assert await next_frame(peer) == "19FECAF9#0544FFFFFFFFFFFF"
    peer.send(extended((0x18EAFF44, bytes.fromhex("B7FF01FFFFFFFFFF"))))
    peer.send(extended((0x18EAF944, bytes.fromhex("B7FF01FFFFFFFFFF"))))
    assert await next_frame(peer) == "18E844F9#01FFFFFF44B7FF01", "no tank is ours"


async def test_two_of_us_fight_for_one_address_and_both_end_with_one(
    open_line: Shop, wire: str
) -> None:
    first = open_line("other", virtual(wire), address=None, serial_number=9)
    second = open_line("other", virtual(wire), address=None, serial_number=3)
    await first.reach(LinkState.READY)
    await second.reach(LinkState.READY)
    await asyncio.sleep(0.6)
    assert {first.link.address, second.link.address} == {0x9E, 0x9D}
    assert first.state is second.state is LinkState.READY


async def test_a_flood_of_questions_does_not_delay_a_command(
    open_line: Shop, wire: str, peer: can.BusABC
) -> None:
    line = open_line("other", virtual(wire))
    await introduce(line, peer)
    for number in range(400):
        dgn = (0x1FE00 + number % 256).to_bytes(3, "little")
        peer.send(extended((0x18EAF944, dgn)))
        peer.send(extended((0x18EAFF44, b"\x00\xee\x00")))
        peer.send(extended((0x18ECF900 | number % 250, b"\x10\x14\x00\x03\xff" + dgn)))
    await until(lambda: line.link.count.received == 1200)
    while peer.recv(0):
        pass
    line.send()
    before = 0
    while await next_frame(peer) != "19FEDBF9#30FFC800FF00FFFF":
        before += 1
    assert before < 10, "a command does not stand behind what is waiting"
    assert line.outcomes in ([], [None])


async def test_our_address_is_defended_while_many_want_to_tell_us_something(
    open_line: Shop, wire: str, peer: can.BusABC
) -> None:
    line = open_line("other", virtual(wire))
    await introduce(line, peer)
    for source in range(60):
        peer.send(extended((0x18ECF900 | source, bytes.fromhex("10140003FFEBFE00"))))
    await until(lambda: line.link.count.received == 60)
    peer.send(extended((0x18EE00F9, b"\xff" * 8)))
    claim = f"18EE00F9#{NAME.hex().upper()}"
    frames = [await next_frame(peer) for _ in range(5)]
    assert claim in frames, "and it does not wait for the others"


class LabouredCodec(SlcanCodec):
    """A codec on a slow machine: each piece takes it a millisecond."""

    def decode(self, data: bytes) -> list[Frame]:
        time.sleep(0.001)
        return super().decode(data)


async def test_a_turn_of_reading_ends_after_2_ms() -> None:
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    port = DescriptorPort(SocketDevice(near, 64), LabouredCodec())
    turns: list[int] = []
    for _ in range(8):
        far.send(f"{LIGHT_LINE}\r".encode())
    port.start(lambda frames: turns.append(len(frames)), lambda error: pytest.fail(str(error)))
    try:
        await until(lambda: sum(turns) == 8)
    finally:
        port.stop()
        port.close()
        far.close()
    assert max(turns) <= 2
