"""Long messages from their packets, whoever sends them to whom."""

from collections.abc import Iterable
import gc
import random
import tracemalloc

from hypothesis import given, strategies as st
import pytest

from custom_components.coachiq.rvc.frame import Identifier, split
from custom_components.coachiq.rvc.reassembly import Message, Reassembly

PRODUCT = b"ACME*LEVELER*0042*7*"
ANNOUNCED = "18ECFF44#20140003FFEBFE00"
FIRST = "18EBFF44#0141434D452A4C45"
SECOND = "18EBFF44#0256454C45522A30"
THIRD = "18EBFF44#033034322A372AFF"
IDENTIFICATION = Message(0xFEEB, 0x44, None, PRODUCT)


def hear(reassembly: Reassembly, text: str, now: float = 0.0) -> Message | None:
    can_id, _, data = text.partition("#")
    return reassembly.hear(split(int(can_id, 16)), bytes.fromhex(data), now)


def hear_all(reassembly: Reassembly, texts: Iterable[str]) -> list[Message]:
    heard = [hear(reassembly, text) for text in texts]
    return [message for message in heard if message is not None]


def announce(length: int, *, source: int, destination: int = 255, code: int = 0x20) -> str:
    packets = -(-length // 7)
    head = bytes((code, length & 255, length >> 8, packets, 255, 0xEB, 0xFE, 0))
    return f"18EC{destination:02X}{source:02X}#{head.hex()}"


def test_a_broadcast_is_put_together() -> None:
    reassembly = Reassembly()
    assert [hear(reassembly, text) for text in (ANNOUNCED, FIRST, SECOND)] == [None] * 3
    assert hear(reassembly, THIRD) == IDENTIFICATION
    assert not reassembly.dropped
    # Nothing is left of it.
    assert hear(reassembly, THIRD) is None


@pytest.mark.parametrize(
    ("head", "dgn"),
    [
        ("20080002FFCAFE01", 0x1FECA),
        ("20080002FFFFFF01", 0x1FFFF),
        ("20080002FF007D01", 0x17D00),
        # The low byte of these is no part of the DGN.
        ("20080002FF447D01", 0x17D00),
        ("20080002FF456001", 0x16000),
    ],
)
def test_the_dgn_is_as_in_an_identifier(head: str, dgn: int) -> None:
    texts = [f"18ECFF44#{head}", "18EBFF44#0101020304050607", "18EBFF44#0208FFFFFFFFFFFF"]
    assert hear_all(Reassembly(), texts) == [Message(dgn, 0x44, None, bytes(range(1, 9)))]


@pytest.mark.parametrize(
    ("message", "can_id"),
    [
        (IDENTIFICATION, 0x18FEEB44),
        (Message(0x1FECA, 0x44, 0x66, PRODUCT), 0x19FECA44),
        (Message(0x17D00, 0x44, 0x66, PRODUCT), 0x197D6644),
        (Message(0x17D00, 0x44, None, PRODUCT), 0x197DFF44),
    ],
)
def test_a_message_has_the_identifier_of_a_frame(message: Message, can_id: int) -> None:
    assert message.can_id == can_id
    assert split(can_id)[1:3] == message[:2]


@pytest.mark.parametrize(
    "texts",
    [
        [ANNOUNCED, THIRD, FIRST, SECOND],
        [ANNOUNCED, FIRST, FIRST, SECOND, FIRST, THIRD],
        [ANNOUNCED, FIRST, ANNOUNCED, SECOND, THIRD, FIRST],
        # The last packet need not be filled up, and what fills it up means nothing.
        [ANNOUNCED, FIRST, SECOND, "18EBFF44#033034322A372A"],
        [ANNOUNCED, "18EBFF44#033034322A372A00", THIRD, FIRST, SECOND],
        # A short packet does not count, its repetition does.
        [ANNOUNCED, FIRST, "18EBFF44#0256454C45522A", THIRD, SECOND],
        [ANNOUNCED, FIRST, SECOND, "18EBFF44#033034322A37", "18EBFF44#", THIRD],
        # Others send at the same time, one of them the same packets.
        [ANNOUNCED, FIRST, "18ECFF45#20140003FFEBFE00", "18EBFF45#0141434D452A4C46", SECOND, THIRD],
        [ANNOUNCED, FIRST, "18EC6644#10090002FFCAFE00", "18EB6644#0200000000000000", SECOND, THIRD],
        # What is no announcement, or none that is whole, does not disturb.
        [ANNOUNCED, FIRST, "18ECFF44#20140003FFEBFE", SECOND, "18ECFF44#", THIRD],
        [ANNOUNCED, FIRST, "18ECFF44#12140003FFEBFE00", SECOND, "18FEEB44#00", THIRD],
        [ANNOUNCED, FIRST, "18ECFF44#FF02FFFFFFECFE00", SECOND, "19EBFF44#00", THIRD],
    ],
)
def test_it_comes_through(texts: list[str]) -> None:
    assert hear_all(Reassembly(), texts) == [IDENTIFICATION]


def test_a_short_packet_is_counted() -> None:
    reassembly = Reassembly()
    hear_all(reassembly, [ANNOUNCED, "18EBFF44#0141434D452A4C", "18EBFF44#01"])
    assert reassembly.dropped == {"short packet": 2}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("18EBFF44#0056454C45522A30", "wrong number"),
        ("18EBFF44#0456454C45522A30", "wrong number"),
        ("18EBFF44#0141434D452A4C46", "contradiction"),
        ("18ECFF44#FF02FFFFFFEBFE00", "aborted"),
        ("18ECFF44#20090002FFCAFE00", "replaced"),
        # Also by what cannot be: its packets would be taken for those of the one before.
        ("18ECFF44#20140004FFEBFE00", "replaced"),
    ],
)
def test_it_ends_early(text: str, reason: str) -> None:
    reassembly = Reassembly()
    assert not hear_all(reassembly, [ANNOUNCED, FIRST, text, SECOND, THIRD])
    assert reassembly.dropped[reason] == 1


@pytest.mark.parametrize(
    "text",
    [
        "18ECFF44#20000000FFEBFE00",
        "18ECFF44#20FA06FFFFEBFE00",
        "18ECFF44#20FFFFFFFFEBFE00",
        "18ECFF44#20140002FFEBFE00",
        "18ECFF44#20140004FFEBFE00",
        "18ECFF44#201400FFFFEBFE00",
        "18ECFF44#20140003FF000002",
        "18ECFF44#20140003FFFFFFFF",
        # A request to all, and a broadcast to one.
        "18ECFF44#10140003FFEBFE00",
        "18EC6644#20140003FFEBFE00",
    ],
)
def test_what_cannot_be_is_not_begun(text: str) -> None:
    reassembly = Reassembly()
    assert not hear_all(reassembly, [text, FIRST, SECOND, THIRD])
    assert reassembly.dropped == {"impossible": 1}


def test_255_packets_are_the_longest_message() -> None:
    reassembly = Reassembly()
    data = random.Random(3).randbytes(1785)
    assert hear(reassembly, "18ECFF44#20F906FFFFEBFE00") is None
    for number in range(1, 256):
        assert reassembly.hole((0x44, 255)) == range(number, 256)
        packet = bytes((number,)) + data[number * 7 - 7 : number * 7]
        message = hear(reassembly, f"18EBFF44#{packet.hex()}")
    assert message == Message(0xFEEB, 0x44, None, data)
    assert reassembly.hole((0x44, 255)) is None


def test_a_hole_is_the_first_run_of_missing_packets() -> None:
    reassembly = Reassembly()
    assert reassembly.hole((0x44, 255)) is None
    hear(reassembly, announce(35, source=0x44))
    for number, hole in ((1, range(2, 6)), (4, range(2, 4)), (2, range(3, 4)), (3, range(5, 6))):
        hear(reassembly, f"18EBFF44#{number:02X}FFFFFFFFFFFFFF")
        assert reassembly.hole((0x44, 255)) == hole


def test_a_conversation_between_two_others_is_followed() -> None:
    """An engine sends its faults to a dash, which asks for two packets at a time and one again."""
    reassembly = Reassembly()
    heard = hear_all(
        reassembly,
        [
            "1CEC2100#10160004FFCAFE00",
            "1CEC0021#110201FFFFCAFE00",
            "1CEB2100#0141FF6E00030101",
            "1CEB2100#02AA000301BC000A",
            "1CEC0021#110102FFFFCAFE00",
            "1CEB2100#02AA000301BC000A",
            "1CEC0021#110203FFFFCAFE00",
            "1CEB2100#0302000000000000",
            "1CEB2100#0407FFFFFFFFFFFF",
            "1CEC0021#13160004FFCAFE00",
        ],
    )
    data = "41FF6E00030101AA000301BC000A0200000000000007"
    assert heard == [Message(0xFECA, 0x00, 0x21, bytes.fromhex(data))]
    assert not reassembly.dropped


@pytest.mark.parametrize(
    ("text", "dropped"),
    [
        ("1CEC2100#FF03FFFFFFCAFE00", {"aborted": 1}),
        ("1CEC0021#FF02FFFFFFCAFE00", {"aborted": 1}),
        ("1CEC0021#130E0002FFCAFE00", {"missed packets": 1}),
        # Of another message, or from another node.
        ("1CEC0021#FF02FFFFFFCBFE00", {}),
        ("1CEC0021#130E0002FFCBFE00", {}),
        ("1CEC0022#FF02FFFFFFCAFE00", {}),
        ("1CEC2100#130E0002FFCAFE00", {}),
        ("1CEC0021#110000FFFFCBFE00", {}),
    ],
)
def test_either_side_ends_a_conversation(text: str, dropped: dict[str, int]) -> None:
    reassembly = Reassembly()
    begun = ["1CEC2100#100E0002FFCAFE00", "1CEB2100#0141FF6E00030101"]
    heard = hear_all(reassembly, [*begun, text, "1CEB2100#02AA000301BC000A"])
    assert bool(heard) == (not dropped)
    assert reassembly.dropped == dropped


@pytest.mark.parametrize(("gap", "expected"), [(0.75, [IDENTIFICATION]), (0.76, [])])
def test_a_broadcast_may_pause_for_750_ms(gap: float, expected: list[Message]) -> None:
    reassembly = Reassembly()
    texts = enumerate((ANNOUNCED, FIRST, SECOND, THIRD))
    heard = [hear(reassembly, text, gap * number) for number, text in texts]
    assert [message for message in heard if message] == expected
    assert reassembly.dropped == ({} if expected else {"time-out": 1})


def test_a_conversation_may_pause_for_1250_ms_or_while_the_receiver_holds_it() -> None:
    reassembly = Reassembly()
    hear(reassembly, "1CEC2100#100E0002FFCAFE00", 0)
    hear(reassembly, "1CEB2100#0141FF6E00030101", 1.25)
    hear(reassembly, "1CEC0021#110000FFFFCAFE00", 2.5)
    assert hear(reassembly, "1CEB2100#02AA000301BC000A", 3.75)
    hear(reassembly, "1CEC2100#100E0002FFCAFE00", 10)
    hear(reassembly, "1CEB2100#0141FF6E00030101", 11)
    hear(reassembly, "1CEC0021#110000FFFFCAFE00", 12.26)
    assert hear(reassembly, "1CEB2100#02AA000301BC000A", 12.27) is None
    assert reassembly.dropped == {"time-out": 1}


def fill(reassembly: Reassembly, *, packets: Iterable[int]) -> None:
    """Begin 64 transfers, one each millisecond, and give those of some senders a packet."""
    for source in range(64):
        hear(reassembly, announce(14, source=source), source / 1000)
    for source in packets:
        hear(reassembly, f"18EBFF{source:02X}#01FFFFFFFFFFFFFF", 0.5)


def gone(reassembly: Reassembly) -> list[int]:
    return [source for source in range(64) if reassembly.hole((source, 255)) is None]


def test_a_full_house_drops_what_has_timed_out() -> None:
    reassembly = Reassembly()
    fill(reassembly, packets=[0])
    for source in (100, 101):
        hear(reassembly, announce(14, source=source), 0.7525)
    assert reassembly.dropped == {"time-out": 2}
    assert gone(reassembly) == [1, 2]


def test_a_full_house_drops_what_has_not_begun() -> None:
    reassembly = Reassembly()
    fill(reassembly, packets=[0, 2])
    for source in (100, 101):
        hear(reassembly, announce(14, source=source), 0.6)
    assert reassembly.dropped == {"full": 2}
    assert gone(reassembly) == [1, 3]


def test_a_full_house_drops_what_waits_longest() -> None:
    reassembly = Reassembly()
    fill(reassembly, packets=range(64))
    for source in (0, 1, 3):
        hear(reassembly, f"18EBFF{source:02X}#01FFFFFFFFFFFFFF", 0.6)
    hear(reassembly, announce(14, source=100), 0.7)
    assert reassembly.dropped == {"full": 1}
    assert gone(reassembly) == [2]


@pytest.mark.slow
def test_a_flood_of_announcements_stays_small_and_drowns_nobody() -> None:
    reassembly = Reassembly()
    chance = random.Random(1)
    heads = [bytes.fromhex(head) for head in ("20F906FFFFEBFE00", "10F906FFFFEBFE00")]
    frames = []
    for source in range(256):
        if source != 0x44:
            frames.append((Identifier(7, 0xEC00, source, 255), heads[0]))
            frames += [(Identifier(7, 0xEC00, source, to), heads[1]) for to in range(0, 255, 2)]
    chance.shuffle(frames)
    genuine = iter((ANNOUNCED, FIRST, SECOND, THIRD))
    heard = []
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for number in range(100_000):
            # Ten thousand frames a second, more than a bus can carry.
            if number in {1000, 1050, 6000, 11_000}:
                heard.append(hear(reassembly, next(genuine), number / 10_000))
            reassembly.hear(*frames[number % len(frames)], number / 10_000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert heard == [None, None, None, IDENTIFICATION]
    assert peak - before < 100_000


def test_a_flood_of_packets_stays_small_too() -> None:
    reassembly = Reassembly()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for source in range(200):
            hear(reassembly, f"18ECFF{source:02X}#20F906FFFFEBFE00")
            for number in range(1, 255):
                hear(reassembly, f"18EBFF{source:02X}#{number:02X}{number:014X}")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - before < 2_500_000
    assert reassembly.dropped == {"full": 136}


@given(
    st.binary(min_size=1, max_size=1785),
    st.randoms(use_true_random=False),
    st.sampled_from([255, 0x66]),
)
def test_any_message_survives_any_order(
    data: bytes, chance: random.Random, destination: int
) -> None:
    reassembly = Reassembly()
    code = 0x20 if destination == 255 else 0x10
    head = announce(len(data), source=0x44, destination=destination, code=code)
    packets = [
        f"18EB{destination:02X}44#{number:02X}{data[at : at + 7].ljust(7, b'\xff').hex()}"
        for number, at in enumerate(range(0, len(data), 7), 1)
    ]
    chance.shuffle(packets)
    expected = Message(0xFEEB, 0x44, None if destination == 255 else destination, data)
    assert hear_all(reassembly, [head, *packets]) == [expected]


# Few addresses and DGNs, so that frames meet.
JUNK = st.tuples(
    st.builds(
        Identifier,
        st.just(7),
        st.sampled_from([0xEC00, 0xEB00, 0xFEEB]),
        st.sampled_from([0x44, 0x66, 254, 255]),
        st.sampled_from([0x44, 0x66, 254, 255, None]),
    ),
    st.one_of(
        st.binary(max_size=64),
        st.builds(
            lambda code, start, end: bytes((code, *start, 255, *end)),
            st.sampled_from([16, 17, 18, 19, 32, 255, 0, 1, 2, 3]),
            st.sampled_from([b"\x09\x00\x02", b"\x02\x01\xff", b"\x00\x00\x00", b"\xf9\x06\xff"]),
            st.sampled_from([b"\xeb\xfe\x00", b"\xff\xff\xff"]),
        ),
    ),
)


@given(st.lists(st.tuples(JUNK, st.floats(0, 2)), max_size=60))
def test_junk_raises_nothing(frames: list[tuple[tuple[Identifier, bytes], float]]) -> None:
    reassembly = Reassembly()
    now = 0.0
    for (frame, data), later in frames:
        now += later
        message = reassembly.hear(frame, data, now)
        assert message is None or 1 <= len(message.data) <= 1785
    assert len(reassembly._transfers) <= 64
