"""Frames out of lines, out of files of every format, and off a bus."""

from collections.abc import Iterator
from datetime import datetime
import gzip
from pathlib import Path

import can
from hypothesis import given, strategies as st
import log
from log import Frame, LogError
import pytest

LIGHT = (0x19FEDA98, bytes.fromhex("18FFC8FC000501FF"))
TANK = (0x19FFB79C, bytes.fromhex("0102080A00FFFFFF"))


@pytest.mark.parametrize(
    ("line", "time", "channel"),
    [
        (b"19FEDA98#18FFC8FC000501FF", None, None),
        (b"can0 19FEDA98#18FFC8FC000501FF", None, "can0"),
        (b"(1646985260.250000) can0 19FEDA98#18FFC8FC000501FF R", 1646985260.25, "can0"),
        (b"  can1  19FEDA98   [8]  18 FF C8 FC 00 05 01 FF", None, "can1"),
        (b" (000.000125)  can0  19FEDA98   [8]  18 FF C8 FC 00 05 01 FF", 0.000125, "can0"),
        (b"(nonsense) can0 19FEDA98#18FFC8FC000501FF", None, "can0"),
        (b"(nan) can0 19FEDA98#18FFC8FC000501FF", None, "can0"),
    ],
)
def test_a_line_has_time_and_channel_or_not(
    line: bytes, time: float | None, channel: str | None
) -> None:
    assert log.read_line(line) == Frame(LIGHT[0], True, LIGHT[1], time, channel)


def test_a_local_date_is_a_time() -> None:
    local = datetime(2022, 3, 11, 7, 54, 20, 500_000).timestamp()  # noqa: DTZ001  as candump's
    frame = log.read_line(b"(2022-03-11 07:54:20.500000) can0 1FEDA#")
    assert frame == Frame(0x1FEDA, False, b"", local, "can0")


@given(st.binary(max_size=60) | st.from_regex(rb"\([0-9:. -]{0,30}\) can0 1FEDA#00"))
def test_no_line_raises(line: bytes) -> None:
    log.read_line(line)


def messages() -> Iterator[can.Message]:
    """Yield two frames, and between them what is no data frame of 29 bits."""
    for number, (can_id, data) in enumerate((LIGHT, TANK)):
        yield can.Message(timestamp=10.0 + number, arbitration_id=can_id, data=data, channel=1)
        yield can.Message(timestamp=11.0, arbitration_id=0x123, data=b"\0", is_extended_id=False)
        yield can.Message(timestamp=11.0, arbitration_id=LIGHT[0], is_remote_frame=True)


def written(path: Path) -> Path:
    with can.Logger(path) as logger:
        for message in messages():
            logger(message)
    return path


@pytest.mark.parametrize("ending", ["asc", "blf", "csv", "db", "trc", "log", "asc.gz", "log.gz"])
def test_every_format_of_python_can_is_read(ending: str, tmp_path: Path) -> None:
    frames = list(log.read_file(written(tmp_path / f"drive.{ending}")))
    assert [(frame.number, frame.is_id, frame.data) for frame in frames] == [
        (LIGHT[0], True, LIGHT[1]),
        (TANK[0], True, TANK[1]),
    ]
    assert frames[0].time is not None
    assert frames[1].time is not None
    assert frames[1].time - frames[0].time == pytest.approx(1.0, abs=0.01)


def test_a_file_of_another_ending_is_text(tmp_path: Path) -> None:
    plain, packed = tmp_path / "drive.txt", tmp_path / "drive.2026.gz"
    plain.write_bytes(b"# by hand\n1FEDA#18FFC8\n\nnonsense\n")
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    expected = [Frame(0x1FEDA, False, bytes.fromhex("18FFC8"), None, None)]
    assert list(log.read_file(plain)) == list(log.read_file(packed)) == expected


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("drive.txt", b"one\ntwo\n", "no line of it is a frame"),
        ("drive.log.gz", b"no gzip", "Not a gzipped file"),
        ("drive.blf", b"no blf", "cannot be read"),
        ("drive.db", b"no database, which is longer than a header " * 9, "not a database"),
        ("drive.mf4", b"no mf4", "cannot be read"),
        ("drive.db.gz", b"", "No read support"),
        ("drive.csv", b"timestamp,id\n1,2\n", "cannot be read"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused_in_words(
    name: str, content: bytes, words: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(LogError, match=words) as caught:
        list(log.read_file(path))
    assert str(caught.value).startswith(f"{path}: cannot be read: ")


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    for name in ("drive.txt", "drive.db"):
        with pytest.raises(LogError, match="no such file"):
            list(log.read_file(tmp_path / name))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(LogError, match="directory"):
        list(log.read_file(tmp_path))


def test_frames_before_the_place_where_a_file_breaks_are_read(tmp_path: Path) -> None:
    whole = tmp_path / "drive.log.gz"
    whole.write_bytes(gzip.compress(b"1FEDA#18FFC8\n" * 9)[:-8])
    frames = log.read_file(whole)
    assert next(frames).data == bytes.fromhex("18FFC8")
    with pytest.raises(LogError, match="end-of-stream"):
        list(frames)


def test_a_bus_is_listened_to() -> None:
    with (
        log.connect("virtual", "test_log", None) as bus,
        can.Bus(interface="virtual", channel="test_log") as other,
    ):
        for message in messages():
            other.send(message)
        heard = log.listen(bus)
        for can_id, data in (LIGHT, TANK):
            frame = next(heard)
            assert (frame.number, frame.is_id, frame.data) == (can_id, True, data)
            assert frame.time is not None
            assert frame.channel == "test_log"
        bus.shutdown()
        with pytest.raises(LogError, match="lost"):
            next(heard)


def test_a_bus_that_cannot_be_opened_is_refused_in_words() -> None:
    for interface, bitrate in (("nonsense", None), ("slcan", 12345)):
        with pytest.raises(LogError, match=rf"^{interface} nothing: cannot be opened: "):
            log.connect(interface, "nothing", bitrate)
