"""Long messages on their way out, to the byte and to the millisecond."""

import pytest

from tests.rvc.station import PRODUCT, Station

ANNOUNCED = "18ECFF44#20140003FFEBFE00"
FIRST = "18EBFF44#0141434D452A4C45"
SECOND = "18EBFF44#0256454C45522A30"
THIRD = "18EBFF44#033034322A372AFF"
# The same to node 66, which asks for it.
ASKED = "18EC6644#1014000310EBFE00"
CLEAR = "1CEC4466#110301FFFFEBFE00"
PACKETS = [frame.replace("EBFF", "EB66") for frame in (FIRST, SECOND, THIRD)]
THANKS = "1CEC4466#13140003FFEBFE00"
HOLD = "1CEC4466#1100FFFFFFEBFE00"


@pytest.mark.parametrize(
    ("dgn", "data", "destination", "frame"),
    [
        (0xFEEB, "2A2A2A", None, "18FEEB44#2A2A2AFFFFFFFFFF"),
        (0xFEEB, "0102030405060708", None, "18FEEB44#0102030405060708"),
        # This DGN has no destination: whoever asked hears it with the others.
        (0xFEEB, "2A2A2A", 0x66, "18FEEB44#2A2A2AFFFFFFFFFF"),
        (0xEF00, "01", 0x66, "18EF6644#01FFFFFFFFFFFFFF"),
        (0xEF00, "01", 0x00, "18EF0044#01FFFFFFFFFFFFFF"),
        (0xEF00, "01", None, "18EFFF44#01FFFFFFFFFFFFFF"),
        (0x16045, "01", None, "19604544#01FFFFFFFFFFFFFF"),
    ],
)
def test_up_to_eight_bytes_are_a_frame(
    dgn: int, data: str, destination: int | None, frame: str
) -> None:
    station = Station()
    results: list[Exception | None] = []
    station.transport.send(dgn, bytes.fromhex(data), destination=destination, left=results.append)
    assert station.take() == [frame]
    assert results == [None]


@pytest.mark.parametrize(
    ("dgn", "length", "destination", "priority"),
    [
        (0xFEEB, 0, None, 6),
        (0xFEEB, 1786, None, 6),
        (0xFEEB, 20, 256, 6),
        (0xFEEB, 8, -1, 6),
        (0xFEEB, 20, None, 8),
        (0x20000, 20, None, 6),
        (-1, 20, None, 6),
    ],
)
def test_what_cannot_be_sent_raises(
    dgn: int, length: int, destination: int | None, priority: int
) -> None:
    for address in (0x44, None):
        station = Station(address)
        with pytest.raises(ValueError, match=r"cannot be sent|no such identifier"):
            station.transport.send(
                dgn,
                bytes(length),
                destination=destination,
                priority=priority,
                left=lambda _: pytest.fail("it was raised"),
            )
        assert not station.sent


def test_without_an_address_nothing_is_sent() -> None:
    station = Station(None)
    for data in (b"***", PRODUCT):
        for destination in (None, 0x66):
            station.send(data, destination)
    assert station.results == ["this node has no address"] * 4
    station.hear("18ECFF66#1014000310EBFE00", "18EC0066#1014000310EBFE00")
    station.clock.advance(10)
    assert not station.sent


def test_a_broadcast_leaves_with_50_ms_after_each_frame() -> None:
    station = Station(prompt=False)
    station.send()
    for frame in (ANNOUNCED, FIRST, SECOND):
        assert station.take() == [frame]
        # Not since it was handed over: since it has left.
        station.clock.advance(1)
        assert not station.sent
        station.leave()
        station.clock.advance(0.049)
        assert not station.sent
        station.clock.advance(0.002)
    assert station.take() == [THIRD]
    assert not station.results
    station.leave()
    assert station.results == ["sent"]
    assert not station.clock.timers


@pytest.mark.parametrize("destination", [None, 255])
def test_a_broadcast_has_the_priority_and_the_dgn_of_its_message(destination: int | None) -> None:
    station = Station()
    station.transport.send(
        0x17D45, bytes(9), destination=destination, priority=3, left=lambda _: None
    )
    station.clock.advance(1)
    assert station.take() == [
        "0CECFF44#20090002FF007D01",
        "0CEBFF44#0100000000000000",
        "0CEBFF44#020000FFFFFFFFFF",
    ]


def test_the_longest_broadcast_has_255_packets() -> None:
    station = Station()
    station.send(bytes(1785))
    station.clock.advance(255 * 0.050 + 0.001)
    assert station.results == ["sent"]
    sent = station.take()
    assert sent[0] == "18ECFF44#20F906FFFFEBFE00"
    assert [int(frame[9:11], 16) for frame in sent[1:]] == list(range(1, 256))


def test_one_broadcast_at_a_time_and_sixteen_wait() -> None:
    station = Station()
    for number in range(18):
        station.send(bytes((number,)) * 9, name=f"{number} ")
    assert station.results == ["17 too many messages wait to be sent"]
    assert station.take() == ["18ECFF44#20090002FFEBFE00"]
    station.clock.advance(0.101)
    assert station.results[1:] == ["0 sent"]
    assert station.take()[:3] == [
        "18EBFF44#0100000000000000",
        "18EBFF44#020000FFFFFFFFFF",
        "18ECFF44#20090002FFEBFE00",
    ]
    station.clock.advance(2)
    assert station.results[1:] == [f"{number} sent" for number in range(17)]
    station.send()
    station.clock.advance(1)
    assert station.take()[-1] == THIRD


def test_a_frame_that_cannot_leave_ends_the_message_and_the_next_begins() -> None:
    station = Station(prompt=False)
    station.send(name="first ")
    station.send(b"123456789", name="second ")
    station.leave()
    station.clock.advance(0.051)
    station.leave(OSError("unplugged"))
    assert station.results == ["first unplugged"]
    assert station.take() == [ANNOUNCED, FIRST, "18ECFF44#20090002FFEBFE00"]


@pytest.mark.parametrize("address", [None, 0x45])
def test_a_message_ends_with_the_address_that_it_began_with(address: int | None) -> None:
    station = Station()
    station.send()
    station.send(destination=0x66)
    station.address = address
    station.clock.advance(2)
    assert station.take() == [ANNOUNCED, ASKED]
    assert station.results == ["this node has no address"] * 2
    assert not station.clock.timers


def test_a_receiver_asks_for_a_message_and_thanks_for_it() -> None:
    station = Station()
    station.send(destination=0x66)
    assert station.take() == [ASKED]
    station.hear(CLEAR)
    assert station.take() == PACKETS
    assert not station.results
    station.hear(THANKS)
    assert station.results == ["sent"]
    assert not station.sent
    assert not station.clock.timers


def test_a_receiver_takes_a_message_in_pieces_and_asks_for_a_lost_packet() -> None:
    station = Station()
    station.send(destination=0x66)
    station.hear("1CEC4466#110101FFFFEBFE00")
    assert station.take() == [ASKED, PACKETS[0]]
    # More than there are.
    station.hear("1CEC4466#11FF02FFFFEBFE00")
    assert station.take() == PACKETS[1:]
    station.hear("1CEC4466#110102FFFFEBFE00")
    assert station.take() == [PACKETS[1]]
    station.hear(THANKS)
    assert station.results == ["sent"]


def test_no_more_than_sixteen_packets_go_in_one_go() -> None:
    station = Station()
    station.send(bytes(1785), destination=0x66)
    station.hear("1CEC4466#11FF01FFFFEBFE00")
    assert [frame[9:11] for frame in station.take()[1:]] == [f"{n:02X}" for n in range(1, 17)]
    station.hear("1CEC4466#11FFF1FFFFEBFE00")
    assert [frame[9:11] for frame in station.take()] == [f"{n:02X}" for n in range(0xF1, 0x100)]


def test_an_answer_may_come_before_the_frame_is_known_to_have_left() -> None:
    station = Station(prompt=False)
    station.send(destination=0x66)
    station.hear("1CEC4466#110201FFFFEBFE00")
    assert station.take() == [ASKED]
    station.leave()
    station.leave()
    assert station.take() == PACKETS[:2]
    station.hear("1CEC4466#110103FFFFEBFE00")
    assert not station.sent
    station.leave()
    assert station.take() == PACKETS[2:]
    station.hear(THANKS)
    assert station.results == ["sent"]
    station.leave()
    station.clock.advance(5)
    assert not station.sent


def test_a_receiver_may_hold_a_message_as_long_as_it_says_so() -> None:
    station = Station(prompt=False)
    station.send(destination=0x66)
    station.leave()
    for _ in range(9):
        station.hear(HOLD)
        station.clock.advance(1.049)
    station.hear(CLEAR)
    assert station.take() == [ASKED, PACKETS[0]]
    station.clock.advance(2)
    assert not station.sent
    # Also in the middle.
    station.hear(HOLD)
    station.leave()
    station.clock.advance(1)
    assert not station.sent
    station.hear("1CEC4466#110202FFFFEBFE00")
    station.leave()
    assert station.take() == PACKETS[1:]


@pytest.mark.parametrize(
    ("before", "seconds"),
    [
        ([], 1.25),
        ([CLEAR], 1.25),
        ([HOLD], 1.05),
        # What is no answer to this message, or none at all.
        (["1CEC4466#110301FFFFECFE00", "1CEC4467#110301FFFFEBFE00"], 1.25),
        (["1CEC4566#110301FFFFEBFE00", "1CEC4466#110301FFFFEBFE"], 1.25),
        (["1CEC4466#110100FFFFEBFE00", "1CEC4466#110104FFFFEBFE00"], 1.25),
        (["1CECFF66#110301FFFFEBFE00", "1CECFFFF#110301FFFFEBFE00", THANKS], 1.25),
        (["1CEC4466#110201FFFFEBFE00", THANKS], 1.25),
        (["1CEC4466#12FFFFFFFFEBFE00", "1CEC4466#201400FFFFEBFE00"], 1.25),
    ],
)
def test_a_silent_receiver_is_given_up(before: list[str], seconds: float) -> None:
    station = Station()
    station.send(destination=0x66)
    station.hear(*before)
    station.take()
    station.clock.advance(seconds - 0.001)
    assert not station.results
    assert not station.sent
    station.clock.advance(0.002)
    assert station.results == ["node 66 did not answer in time"]
    assert station.take() == ["18EC6644#FF03FFFFFFEBFE00"]
    station.clock.advance(10)
    station.hear(CLEAR, THANKS)
    assert len(station.results) == 1
    assert not station.sent


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (1, "it is busy with another message"),
        (2, "it has no room for the message"),
        (3, "it waited too long"),
        (4, "it was asked for packets while it sent some"),
        (5, "it asked for lost packets too often"),
        (250, "reason 250"),
    ],
)
def test_a_receiver_gives_up(reason: int, words: str) -> None:
    station = Station(prompt=False)
    station.send(destination=0x66)
    station.leave()
    station.hear(CLEAR, f"1CEC4466#FF{reason:02X}FFFFFFEBFE00")
    assert station.results == [f"node 66 gave up: {words}"]
    station.leave()
    station.clock.advance(5)
    assert station.take() == [ASKED, PACKETS[0]]


def test_the_next_message_to_a_node_waits_but_not_one_to_another() -> None:
    station = Station()
    station.send(destination=0x66, name="first ")
    station.send(b"123456789", destination=0x66, name="second ")
    station.send(destination=0x67, name="other ")
    assert station.take() == [ASKED, "18EC6744#1014000310EBFE00"]
    station.hear(CLEAR, THANKS)
    assert station.results == ["first sent"]
    assert station.take()[3:] == ["18EC6644#1009000210EBFE00"]
    station.hear("1CEC4466#FF02FFFFFFEBFE00")
    station.clock.advance(2)
    assert station.results[1:] == [
        "second node 66 gave up: it has no room for the message",
        "other node 67 did not answer in time",
    ]
