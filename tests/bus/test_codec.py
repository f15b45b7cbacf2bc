"""Codecs of gateways and sticks: what all of them keep to, whatever is read."""

from itertools import pairwise

from hypothesis import given, strategies as st
import pytest

from custom_components.coachiq.bus.codec import seeed, slcan
from custom_components.coachiq.bus.codec.cannelloni import CannelloniCodec
from custom_components.coachiq.bus.codec.seeed import SeeedCodec
from custom_components.coachiq.bus.codec.slcan import SlcanCodec
from custom_components.coachiq.bus.codec.socketcand import SocketcandCodec
from custom_components.coachiq.bus.codec.thirteen import ThirteenCodec, ThirteenDatagramCodec
from custom_components.coachiq.bus.codec.yacht import YachtCodec
from custom_components.coachiq.bus.port import ERROR, EXTENDED, IDENTIFIER, REMOTE, Codec, Frame
from tests.bus.dialect import DATAGRAMS, STREAMS, Dialect, Plain, cannelloni

LIGHT = (0x19FEDA8A, bytes.fromhex("307EC8FCFF0104FF"))
HEARD = (LIGHT[0] | EXTENDED, LIGHT[1])
# Longer than what any codec may keep of a stream.
MOST_KEPT = 130

ALL = [*STREAMS.values(), *DATAGRAMS.values()]
NAMES = [*STREAMS, *(f"{name}, datagram" for name in DATAGRAMS)]
dialects = pytest.mark.parametrize("dialect", ALL, ids=NAMES)
streams = pytest.mark.parametrize("dialect", STREAMS.values(), ids=STREAMS)

frames = st.tuples(st.integers(0, IDENTIFIER), st.binary(max_size=8))


def heard(frame: Plain) -> Frame:
    return frame[0] | EXTENDED, frame[1]


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    """Return the data cut at places."""
    at = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[start:end] for start, end in pairwise(at)]


def kept(codec: Codec) -> int:
    return len(getattr(codec, "_rest", b""))


@dialects
@given(frame=frames)
def test_what_the_far_end_writes_is_heard(dialect: Dialect, frame: Plain) -> None:
    codec = dialect.codec()
    assert codec.decode(dialect.write(frame)) == [heard(frame)]
    assert codec.garbled == codec.missed == 0


@dialects
@given(frame=frames)
def test_what_we_write_is_understood(dialect: Dialect, frame: Plain) -> None:
    assert dialect.read(dialect.codec().encode(heard(frame))) == [frame]


@streams
@given(said=st.lists(frames, max_size=12), cuts=st.lists(st.integers(0, 500), max_size=12))
def test_a_stream_says_the_same_however_it_is_cut(
    dialect: Dialect, said: list[Plain], cuts: list[int]
) -> None:
    codec = dialect.codec()
    data = b"".join(map(dialect.write, said))
    got = [frame for piece in pieces(data, cuts) for frame in codec.decode(piece)]
    assert got == list(map(heard, said))
    assert codec.garbled == 0
    assert kept(codec) == 0


@dialects
@given(read=st.lists(st.binary(max_size=300), max_size=8))
def test_nothing_that_is_read_raises_or_is_kept_for_long(
    dialect: Dialect, read: list[bytes]
) -> None:
    codec = dialect.codec()
    for piece in read:
        for can_id, data in codec.decode(piece):
            assert 0 <= can_id < 1 << 32
            assert len(data) <= 8
        assert kept(codec) <= MOST_KEPT


@streams
@given(
    read=st.lists(
        st.one_of(st.sampled_from([b"\r", b"\n", b"<", b">", b"T", b"R ", b"\xaa", b"\x55", b"\xe8",
                                   b"\x88", b"< frame ", b" R ", b"T19FEDA8A8", bytes(13)]),
                  st.binary(max_size=3)),
        max_size=120,
    )
)  # fmt: skip
def test_nor_does_what_looks_like_a_frame(dialect: Dialect, read: list[bytes]) -> None:
    codec = dialect.codec()
    for piece in read:
        assert all(len(data) <= 8 for _, data in codec.decode(piece))
        assert kept(codec) <= MOST_KEPT


@streams
@given(
    said=st.lists(st.tuples(st.integers(0x1000_0000, IDENTIFIER), st.just(b"\xff" * 8)),
                  min_size=3, max_size=6),
    times=st.integers(1, 30),
    after=st.integers(0, 1),
)  # fmt: skip
def test_garbage_between_frames_costs_no_frame(
    dialect: Dialect, said: list[Plain], times: int, after: int
) -> None:
    codec = dialect.codec()
    # Where a frame has no end of its own, two in a row show that the stream is in step again.
    data = [*map(dialect.write, said)]
    data.insert(after, dialect.noise * times)
    assert codec.decode(b"".join(data)) == list(map(heard, said))
    assert 0 < codec.garbled <= 40 * times


@streams
@given(cut=st.integers(1, 10), said=st.integers(3, 20))
def test_a_frame_that_lost_bytes_takes_few_with_it(dialect: Dialect, cut: int, said: int) -> None:
    codec = dialect.codec()
    whole = dialect.write(LIGHT)
    got = codec.decode(whole + whole[:-cut] + whole * said)
    assert got.count(HEARD) >= said - 1
    assert set(got[-1:]) == {HEARD}


@dialects
def test_endless_garbage_is_counted_and_not_kept(dialect: Dialect) -> None:
    codec = dialect.codec()
    for _ in range(200):
        assert codec.decode(dialect.noise * 20) == []
        assert kept(codec) <= MOST_KEPT
    assert codec.garbled > 100


@pytest.mark.parametrize(
    ("line", "frame"),
    [
        (b"T19FEDA8A8307EC8FCFF0104FF\r", HEARD),
        (b"t1232ABCD\r", (0x123, b"\xab\xcd")),
        (b"R19FEDA8A8\r", (0x19FEDA8A | EXTENDED | REMOTE, b"")),
        (b"r1238\r", (0x123 | REMOTE, b"")),
        (b"T19FEDA8A0\r", (0x19FEDA8A | EXTENDED, b"")),
        # With the time that some adapters add, and after a refusal, which ends in a bell.
        (b"T19FEDA8A8307EC8FCFF0104FF1A2B\r", HEARD),
        (b"\aT19FEDA8A8307EC8FCFF0104FF\r", HEARD),
        (b"e1000\r", (ERROR, bytes(8))),
    ],
)
def test_lines_of_slcan(line: bytes, frame: Frame) -> None:
    codec = SlcanCodec()
    assert codec.decode(line) == [frame]
    assert codec.garbled == 0


@pytest.mark.parametrize("line", [b"", b"\a", b"z", b"Z", b"V1013", b"NA123", b"F00", b"s012"])
def test_answers_of_slcan_are_no_frames_and_no_garbage(line: bytes) -> None:
    codec = SlcanCodec()
    assert codec.decode(line + b"\r") == []
    assert codec.garbled == 0


@pytest.mark.parametrize(
    "line",
    [
        b"T19FEDA8A9307EC8FCFF0104FF00", b"T19FEDA8A8307EC8FCFF0104", b"T19FEDA8A2ABCDEF",
        b"TFFFFFFFF0", b"T19FEDA8", b"t8002ABCD", b"t1239", b"t123", b"t12-0", b"r1239",
        b"R19FEDA8AX", b"x", b"T19FEDA8A8307EC8FCFF0104FF1", b"t1239AABBCCDDEEFF001122",
    ],
)  # fmt: skip
def test_broken_lines_of_slcan_are_garbage(line: bytes) -> None:
    codec = SlcanCodec()
    assert codec.decode(line + b"\r" + b"T19FEDA8A8307EC8FCFF0104FF\r") == [HEARD]
    assert codec.garbled == 1


def test_slcan_is_set_up_at_a_bitrate() -> None:
    assert slcan.setup(250_000, silent=False) == b"\rC\rS5\rM0\rO\r"
    assert slcan.setup(500_000, silent=True) == b"\rC\rS6\rM1\rL\rO\r"


@pytest.mark.parametrize(
    ("text", "frames_heard", "garbled"),
    [
        (b"17:33:21.107 R 19F51323 01 2F 30 70 00 2F 30 70\r\n",
         [(0x99F51323, bytes.fromhex("012F3070002F3070"))], 0),
        (b"17:33:21.108 T 19F51323 01 2F 30 70 00 2F 30 70\r\n", [], 0),
        (b"17:33:21.107 R 19FEDA8A\r\n\r\n", [(0x99FEDA8A, b"")], 0),
        (b"17:33:21.107 R FFFFFFFF 01\r\n", [], 1),
        (b"17:33:21.107 R 19FEDA8A 01 02 03 04 05 06 07 08 09\r\n", [], 1),
        (b"17:33:21.117:33:21.107 R 19FEDA8A 01\r\n", [(0x99FEDA8A, b"\x01")], 0),
        (b"$GPGGA\r\n", [], 1),
    ],
)  # fmt: skip
def test_lines_of_yacht_devices(text: bytes, frames_heard: list[Frame], garbled: int) -> None:
    codec = YachtCodec()
    assert codec.decode(text) == frames_heard
    assert codec.garbled == garbled


def test_yacht_devices_are_told_what_to_send() -> None:
    assert YachtCodec().encode((0x99FEDA8A, b"\x01\x02")) == b"19FEDA8A 01 02\r\n"


THIRTEEN = {
    "8819FEDA8A307EC8FCFF0104FF": HEARD,
    "0200000123ABCD000000000000": (0x123, b"\xab\xcd"),
    "C819FEDA8A0000000000000000": (0x19FEDA8A | EXTENDED | REMOTE, b""),
    "8219FEDA8A01020304FFFFFFFF": (0x99FEDA8A, b"\x01\x02"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "frame"), THIRTEEN.items())
@pytest.mark.parametrize("codec", [ThirteenCodec, ThirteenDatagramCodec])
def test_frames_of_13_bytes(codec: type[Codec], text: str, frame: Frame) -> None:
    assert codec().decode(bytes.fromhex(text)) == [frame]


@pytest.mark.parametrize(
    "text",
    ["8919FEDA8A307EC8FCFF0104FF", "9819FEDA8A307EC8FCFF0104FF", "A8" + "00" * 12,
     "883FFFFFFF" + "00" * 8, "0800000800" + "00" * 8],
)  # fmt: skip
def test_13_bytes_that_are_no_frame(text: str) -> None:
    codec = ThirteenDatagramCodec()
    data = bytes.fromhex(text)
    light = bytes.fromhex("8819FEDA8A307EC8FCFF0104FF")
    assert codec.decode(data + light) == [HEARD]
    assert codec.garbled == 1
    assert codec.decode(light + b"\x88") == [HEARD]
    assert codec.decode(b"") == []
    assert codec.garbled == 3


def test_cannelloni_takes_many_frames_of_all_kinds() -> None:
    codec = CannelloniCodec()
    fd = (0x9234_5678).to_bytes(4, "big") + b"\x8c\x00" + bytes(12)
    remote = (0xD9FE_DA8A).to_bytes(4, "big") + b"\x08"
    error = (0x2000_0004).to_bytes(4, "big") + b"\x08" + bytes(8)
    light = (0x99FE_DA8A).to_bytes(4, "big") + b"\x08" + LIGHT[1]
    datagram = b"\x02\x00\x05\x00\x04" + fd + remote + error + light
    assert codec.decode(datagram) == [
        (0x19FEDA8A | EXTENDED | REMOTE, b""),
        (ERROR | 4, bytes(8)),
        HEARD,
    ]
    assert codec.garbled == 1
    assert codec.decode(datagram[:-1])[-1] == (ERROR | 4, bytes(8))
    assert codec.garbled == 3
    # Acknowledgements are for its stream.
    assert codec.decode(b"\x02\x01\x00\x00\x00") == []
    assert codec.garbled == 3
    assert codec.decode(b"\x01" + datagram[1:]) == []
    assert codec.garbled == 4


def test_cannelloni_counts_datagrams_that_did_not_come() -> None:
    codec = CannelloniCodec()
    for sequence, missed in ((254, 0), (255, 0), (0, 0), (3, 2), (2, 2), (4, 2)):
        assert codec.decode(cannelloni(sequence, LIGHT)) == [HEARD]
        assert codec.missed == missed, sequence


def test_cannelloni_numbers_what_it_sends() -> None:
    codec = CannelloniCodec()
    sent = [codec.encode(HEARD)[2] for _ in range(257)]
    assert sent == [*range(256), 0]


def test_usb_can_a_is_set_up_at_a_bitrate_for_extended_frames() -> None:
    # AA 55 12, bitrate, extended, filter, mask, mode, once, four bytes, and the sum of 17.
    set_up = bytes.fromhex("AA55120502" + "00" * 8 + "0001" + "00" * 4 + "1A")
    assert seeed.setup(250_000, silent=False) == set_up
    silent = bytes.fromhex("AA55120502" + "00" * 8 + "0201" + "00" * 4 + "1C")
    assert seeed.setup(250_000, silent=True) == silent
    codec = SeeedCodec()
    assert codec.decode(set_up + silent) == []
    assert codec.garbled == 0


@pytest.mark.parametrize(
    ("text", "frames_heard", "garbled"),
    [
        ("AAE88ADAFE19307EC8FCFF0104FF55", [HEARD], 0),
        ("AAC22301ABCD55", [(0x123, b"\xab\xcd")], 0),
        ("AAF88ADAFE1955", [(0x19FEDA8A | EXTENDED | REMOTE, b"")], 0),
        ("AAF28ADAFE19010255", [(0x19FEDA8A | EXTENDED | REMOTE, b"")], 0),
        ("AAE98ADAFE19307EC8FCFF0104FF0055", [], 1),
        ("AAE88ADAFEF9307EC8FCFF0104FF55", [], 1),
        ("AAC22308ABCD55", [], 1),
        ("AA55120502" + "00" * 14 + "FF", [], 1),
    ],
)
def test_frames_of_usb_can_a(text: str, frames_heard: list[Frame], garbled: int) -> None:
    codec = SeeedCodec()
    assert codec.decode(bytes.fromhex(text)) == frames_heard
    assert codec.garbled == garbled


@pytest.mark.parametrize(
    ("text", "frames_heard", "garbled"),
    [
        (b"< frame 19FEDA8A 23.424242 307EC8FCFF0104FF >", [HEARD], 0),
        (b"< frame 19FEDA8A 23.424242 30 7E C8 FC FF 01 04 FF >\n", [HEARD], 0),
        (b"< frame 123 23.424242 11 22 33 44 >", [(0x123, bytes.fromhex("11223344"))], 0),
        (b"< frame 123 23.424242 >", [(0x123, b"")], 0),
        (b"< error 040 23.424242 >", [(ERROR | 0x40, bytes(8))], 0),
        (b"< error 004 1.5 0020 >", [(ERROR | 4, b"\0\x20" + bytes(6))], 0),
        (b"< hi >< ok >< echo >", [], 0),
        (b"< frame 19FEDA8A 1.0 00", [], 0),
        (b"< frame 1234 1.0 00 >", [], 1),
        (b"< frame FFF 1.0 00 >", [], 1),
        (b"< frame FFFFFFFF 1.0 00 >", [], 1),
        (b"< frame 123 x 00 >", [], 1),
        (b"< frame 123 1.0 112233445566778899 >", [], 1),
        (b"< error could not open bus >", [], 1),
        (b"< frame 19FEDA8A 1.< frame 123 1.0 00 >", [(0x123, b"\0")], 1),
        (b">", [], 1),
        (b"<>", [], 1),
    ],
)  # fmt: skip
def test_messages_of_socketcand(text: bytes, frames_heard: list[Frame], garbled: int) -> None:
    codec = SocketcandCodec()
    assert codec.decode(text) == frames_heard
    assert codec.garbled == garbled


def test_socketcand_is_told_what_to_send() -> None:
    assert SocketcandCodec().encode((0x99FEDA8A, b"\x01\xff")) == b"< send 19FEDA8A 2 1 FF >"
    assert SocketcandCodec().encode((0x123, b"")) == b"< send 123 0 >"
