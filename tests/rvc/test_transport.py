"""Long messages between two nodes on one bus."""

from collections import deque
from collections.abc import Callable
import random

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.coachiq.rvc.frame import Identifier, Left, split
from custom_components.coachiq.rvc.transport import Message, Transport
from tests.fake_clock import FakeClock
from tests.rvc.station import PRODUCT, Station


class Wire:
    """A bus of transports that carries a frame a millisecond, less those that it loses."""

    def __init__(self) -> None:
        self.clock = FakeClock(0.0)
        self.nodes: dict[int, Transport] = {}
        self.messages: dict[int, list[Message]] = {}
        self.loses: Callable[[int, bytes], bool] = lambda _can_id, _data: False
        self._frames: deque[tuple[int, bytes, Left]] = deque()

    def add(self, address: int) -> Transport:
        node = Transport(clock=self.clock, transmit=self._transmit, address=lambda: address)
        self.nodes[address] = node
        self.messages[address] = []
        return node

    def _transmit(self, can_id: int, data: bytes, left: Left) -> None:
        self._frames.append((can_id, data, left))

    def run(self, seconds: float) -> None:
        end = self.clock.now() + seconds
        while self.clock.now() < end and (self._frames or self.clock.timers):
            self.clock.advance(0.001)
            if self._frames:
                self._carry(*self._frames.popleft())

    def _carry(self, can_id: int, data: bytes, left: Left) -> None:
        frame = split(can_id)
        lost = self.loses(can_id, data)
        for address, node in self.nodes.items():
            if address != frame.source and not lost:
                message = node.hear(frame, data)
                if message is not None:
                    self.messages[address].append(message)
        left(None)


LONG = random.Random(7).randbytes(1785)


def test_two_nodes_send_to_each_other_and_a_third_hears_both() -> None:
    wire = Wire()
    results: list[Exception | None] = []
    for source, other in ((0x44, 0x66), (0x66, 0x44)):
        node = wire.add(source)
        node.send(0xFEEB, LONG, destination=other, left=results.append)
        node.send(0x1FECA, PRODUCT, left=results.append)
    wire.add(0x01)
    wire.run(3)
    assert results == [None] * 4
    there, back = Message(0xFEEB, 0x44, 0x66, LONG), Message(0xFEEB, 0x66, 0x44, LONG)
    to_all = [Message(0x1FECA, source, None, PRODUCT) for source in (0x44, 0x66)]
    assert wire.messages[0x44] == [to_all[1], back]
    assert wire.messages[0x66] == [to_all[0], there]
    assert wire.messages[0x01] == [*to_all, there, back]
    assert not wire.clock.timers


@pytest.mark.parametrize("once", range(1, 256, 23))
def test_a_packet_may_be_lost_once(once: int) -> None:
    wire = Wire()
    node, _ = wire.add(0x44), wire.add(0x66)
    lost: list[int] = []

    def loses(can_id: int, data: bytes) -> bool:
        if can_id == 0x18EB6644 and data[0] in {once, 255} and data[0] not in lost:
            lost.append(data[0])
            return True
        return False

    wire.loses = loses
    results: list[Exception | None] = []
    node.send(0xFEEB, LONG, destination=0x66, left=results.append)
    wire.run(4)
    assert results == [None]
    assert wire.messages[0x66] == [Message(0xFEEB, 0x44, 0x66, LONG)]
    assert sorted(lost) == sorted({once, 255})
    assert not wire.clock.timers


@pytest.mark.parametrize("code", [0x10, 0x11, 0x13])
def test_when_a_word_is_lost_both_give_up(code: int) -> None:
    wire = Wire()
    node, _ = wire.add(0x44), wire.add(0x66)
    wire.loses = lambda can_id, data: can_id >> 16 & 0xFF == 0xEC and data[0] == code
    results: list[str] = []
    node.send(0xFEEB, LONG, destination=0x66, left=lambda error: results.append(str(error)))
    wire.run(5)
    assert results == ["node 66 did not answer in time"]
    assert not wire.clock.timers


def test_a_broadcast_that_loses_a_packet_is_lost() -> None:
    wire = Wire()
    node, other = wire.add(0x44), wire.add(0x66)
    wire.loses = lambda _, data: data[0] == 2
    node.send(0xFEEB, PRODUCT, left=lambda _: None)
    wire.run(1)
    wire.clock.advance(1)
    wire.loses = lambda _can_id, _data: False
    node.send(0xFEEB, PRODUCT, left=lambda _: None)
    wire.run(1)
    assert wire.messages[0x66] == [Message(0xFEEB, 0x44, None, PRODUCT)]
    assert other.dropped == {"time-out": 1}


@settings(max_examples=30)
@given(
    st.binary(min_size=9, max_size=1785),
    st.sampled_from([None, 0x66]),
    st.sets(st.integers(1, 127).map(lambda number: 2 * number), max_size=40),
)
def test_any_message_survives_the_way(data: bytes, destination: int | None, lost: set[int]) -> None:
    """In a conversation also when packets are lost, of which no two follow one another."""
    wire = Wire()
    node, _ = wire.add(0x44), wire.add(0x66)
    lost.discard(-(-len(data) // 7))

    def loses(can_id: int, data: bytes) -> bool:
        if can_id == 0x18EB6644 and data[0] in lost:
            lost.remove(data[0])
            return True
        return False

    wire.loses = loses
    results: list[Exception | None] = []
    node.send(0xFEEB, data, destination=destination, left=results.append)
    wire.run(30)
    assert results == [None]
    assert wire.messages[0x66] == [Message(0xFEEB, 0x44, destination, data)]
    assert not wire.clock.timers


# Frames between few nodes, with few DGNs, so that some have a meaning.
JUNK = st.tuples(
    st.builds(
        Identifier,
        st.just(7),
        st.sampled_from([0xEC00, 0xEB00, 0xEF00, 0x1FEDA]),
        st.sampled_from([0x44, 0x66, 0x67, 254, 255]),
        st.sampled_from([0x44, 0x44, 0x66, 255, None]),
    ),
    st.one_of(
        st.binary(max_size=64),
        st.builds(
            lambda code, start, end: bytes((code, *start, 255, *end)),
            st.sampled_from([16, 17, 18, 19, 32, 255, 0, 1, 2, 3]),
            st.sampled_from([b"\x14\x00\x03", b"\x03\x01\xff", b"\x00\x00\x00", b"\xf9\x06\xff"]),
            st.sampled_from([b"\xeb\xfe\x00", b"\xff\xff\xff"]),
        ),
    ),
)


@given(
    st.lists(
        st.one_of(JUNK, st.floats(0, 1), st.sampled_from([None, 0x44, 0x45, 0x66, 0x67])),
        max_size=60,
    ),
    st.booleans(),
)
def test_junk_raises_nothing(
    steps: list[tuple[Identifier, bytes] | float | int | None], prompt: bool
) -> None:
    """Whatever is heard between messages, a lost address and time: all reports, and all ends."""
    station = Station(prompt=prompt)
    begun = 0
    for step in steps:
        if isinstance(step, tuple):
            station.transport.hear(*step)
        elif isinstance(step, float):
            station.clock.advance(step)
        else:
            station.address = None if step is None else 0x44
            station.send(destination=step)
            begun += 1
        while station.leaving:
            station.leave()
    station.address = 0x44
    station.transport.stop()
    assert len(station.results) == begun
    assert not station.clock.timers


def test_stop_ends_all_without_a_word_and_tells_who_waits() -> None:
    station = Station()
    for destination in (None, None, 0x66, 0x66):
        station.send(destination=destination)
    station.hear("18EC4467#1014000310EBFE00", "1CEC4466#110301FFFFEBFE00")
    station.take()
    station.transport.stop()
    assert station.results == ["stopped"] * 4
    assert not station.clock.timers
    station.hear("1CEC4466#110301FFFFEBFE00", "1CEC4466#13140003FFEBFE00")
    station.clock.advance(5)
    assert not station.sent
    assert len(station.results) == 4
    # It may be used again.
    station.send()
    assert station.take() == ["18ECFF44#20140003FFEBFE00"]
