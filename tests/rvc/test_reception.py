"""Long messages on their way in, to the byte and to the millisecond."""

import pytest

from custom_components.coachiq.rvc.transport import Message
from tests.rvc.station import PRODUCT, Station

RTS = "18EC4466#10140003FFEBFE00"
INCOMING = [
    "18EB4466#0141434D452A4C45",
    "18EB4466#0256454C45522A30",
    "18EB4466#033034322A372AFF",
]
RECEIVED = Message(0xFEEB, 0x66, 0x44, PRODUCT)


def reply(data: str) -> str:
    return f"1CEC6644#{data}"


CTS = reply("110301FFFFEBFE00")


def test_a_broadcast_is_heard_and_needs_no_address() -> None:
    station = Station(None)
    to_all = [frame.replace("4466", "FF66") for frame in INCOMING]
    assert station.hear("18ECFF66#20140003FFEBFE00", *to_all) == RECEIVED._replace(destination=None)
    assert not station.sent


def test_a_message_to_us_is_asked_for_and_thanked_for() -> None:
    station = Station()
    assert station.hear(RTS) is None
    assert station.take() == [CTS]
    assert station.hear(*INCOMING[:2]) is None
    assert station.hear(INCOMING[2]) == RECEIVED
    assert station.take() == [reply("13140003FFEBFE00")]
    assert not station.clock.timers


@pytest.mark.parametrize(
    "frame",
    [
        "18EC4566#10140003FFEBFE00",
        "18ECFF66#10140003FFEBFE00",
        "18EC4466#10140003FFEBFE",
        "18EC4466#20140003FFEBFE00",
        # Nobody to answer.
        "18EC44FE#10140003FFEBFE00",
        "18EC44FF#10140003FFEBFE00",
        "18EF4466#10140003FFEBFE00",
        *INCOMING,
        "1CEC4466#110301FFFFEBFE00",
    ],
)
def test_nothing_is_answered_but_a_request_to_us(frame: str) -> None:
    station = Station()
    assert station.hear(frame) is None
    assert not station.sent
    assert not station.clock.timers


@pytest.mark.parametrize(("most", "asked"), [(1, 1), (2, 2), (0, 16), (16, 16), (255, 16)])
def test_so_many_packets_are_asked_for_as_both_can_take(most: int, asked: int) -> None:
    station = Station()
    station.hear(f"18EC4466#108C0014{most:02X}EBFE00")
    assert station.take() == [reply(f"11{asked:02X}01FFFFEBFE00")]
    for number in range(1, asked + 1):
        assert not station.sent
        station.hear(f"18EB4466#{number:02X}00000000000000")
    rest = min(asked, 20 - asked)
    assert station.take() == [reply(f"11{rest:02X}{asked + 1:02X}FFFFEBFE00")]


def test_every_hole_is_asked_for_once() -> None:
    station = Station()
    station.hear("18EC4466#103F0009FFEBFE00")
    packets = [f"18EB4466#{number:02X}00000000000000" for number in range(10)]
    # 2, 3 and 6 are lost on the way.
    station.hear(*[packets[number] for number in (1, 4, 5, 7, 8, 9)])
    assert station.take() == [reply("110901FFFFEBFE00"), reply("110202FFFFEBFE00")]
    station.hear(*packets[2:4])
    assert station.take() == [reply("110106FFFFEBFE00")]
    assert station.hear(packets[6]) == Message(0xFEEB, 0x66, 0x44, bytes(63))
    assert station.take() == [reply("133F0009FFEBFE00")]


def test_the_last_packets_are_asked_for_when_they_do_not_come() -> None:
    station = Station()
    station.hear(RTS, INCOMING[0])
    station.take()
    station.clock.advance(0.749)
    assert not station.sent
    station.clock.advance(0.002)
    assert station.take() == [reply("110202FFFFEBFE00")]
    # A sender has that long to begin anew, and after each packet less.
    station.clock.advance(1.24)
    assert station.hear(*INCOMING[1:]) == RECEIVED


def test_a_sender_that_never_begins_is_given_up() -> None:
    station = Station()
    station.hear(RTS)
    station.clock.advance(1.249)
    assert station.take() == [CTS]
    station.clock.advance(0.002)
    assert station.take() == [reply("FF03FFFFFFEBFE00")]
    assert not station.clock.timers
    assert station.hear(*INCOMING) is None
    assert station.transport.dropped == {"aborted": 1}


def test_a_packet_that_is_lost_three_times_ends_it() -> None:
    station = Station()
    station.hear(RTS, INCOMING[0], INCOMING[2], INCOMING[0])
    again = reply("110102FFFFEBFE00")
    assert station.take() == [CTS, again]
    for expected in (again, again, reply("FF05FFFFFFEBFE00")):
        station.hear("18EB4466#0256454C45522A")
        assert station.take() == [expected]
    assert not station.clock.timers


def test_a_first_packet_that_is_lost_three_times_ends_it() -> None:
    station = Station()
    station.hear(RTS, INCOMING[1], INCOMING[2])
    again = reply("110101FFFFEBFE00")
    assert station.take() == [CTS, again]
    for expected in (again, reply("FF05FFFFFFEBFE00")):
        station.hear("18EB4466#01")
        assert station.take() == [expected]


def test_another_message_of_the_same_sender_must_wait() -> None:
    station = Station()
    station.hear(RTS, INCOMING[0], "18EC4466#10140003FFCAFE00")
    assert station.take() == [CTS, reply("FF01FFFFFFCAFE00")]
    assert station.hear(*INCOMING[1:]) == RECEIVED


def test_the_same_message_may_begin_anew() -> None:
    station = Station()
    station.hear(RTS, INCOMING[0], RTS)
    assert station.take() == [CTS, CTS]
    assert station.clock.timers == 1
    assert station.hear(*INCOMING) == RECEIVED


def test_eight_senders_are_answered_at_once() -> None:
    station = Station()
    for source in range(9):
        station.hear(f"18EC44{source:02X}#10140003FFEBFE00")
    *taken, refused = station.take()
    assert taken == [f"1CEC{source:02X}44#110301FFFFEBFE00" for source in range(8)]
    assert refused == "1CEC0844#FF02FFFFFFEBFE00"
    # One is through: there is room.
    assert station.hear(*[frame.replace("4466", "4400") for frame in INCOMING])
    station.hear("18EC4408#10140003FFEBFE00")
    assert station.take()[1:] == ["1CEC0844#110301FFFFEBFE00"]
    station.clock.advance(2)
    assert [frame[9:13] for frame in station.take()] == ["FF03"] * 8
    assert not station.clock.timers


@pytest.mark.parametrize(
    "frame",
    ["18EC4466#10140004FFEBFE00", "18EC4466#10FA06FFFFEBFE00", "18EC4466#10000000FFEBFE00"],
)
def test_what_cannot_be_is_refused(frame: str) -> None:
    station = Station()
    station.hear(frame)
    assert station.take() == [reply("FF02FFFFFFEBFE00")]
    assert not station.clock.timers


@pytest.mark.parametrize("frame", ["18EB4466#0000000000000000", "18EB4466#0141434D452A4C46"])
def test_a_sender_that_contradicts_itself_is_refused(frame: str) -> None:
    station = Station()
    station.hear(RTS, INCOMING[0], frame)
    assert station.take() == [CTS, reply("FF02FFFFFFEBFE00")]
    assert station.hear(*INCOMING) is None
    assert not station.clock.timers


def test_a_message_that_a_flood_has_washed_away_is_refused() -> None:
    station = Station()
    station.hear(RTS)
    for source in range(64):
        station.hear(f"18ECFF{source:02X}#20140003FFEBFE00")
    station.hear(INCOMING[0])
    assert station.take() == [CTS, reply("FF02FFFFFFEBFE00")]


def test_a_sender_gives_up() -> None:
    station = Station()
    station.hear(RTS, INCOMING[0])
    # Of another message.
    station.hear("18EC4466#FF03FFFFFFCAFE00")
    assert station.clock.timers == 1
    station.hear("18EC4466#FF03FFFFFFEBFE00")
    assert not station.clock.timers
    assert station.take() == [CTS]


def test_a_conversation_ends_with_the_address_that_it_began_with() -> None:
    station = Station()
    station.hear(RTS)
    station.address = 0x45
    # It is followed as one between two others.
    assert station.hear(*INCOMING) == RECEIVED
    station.clock.advance(5)
    assert station.take() == [CTS]
    assert not station.clock.timers
