"""Recordings played as a bus."""

import asyncio
from collections.abc import AsyncIterator
import gzip
import itertools
from pathlib import Path
import time

import can
import pytest

from custom_components.coachiq.bus import LinkState
from custom_components.coachiq.bus.adapters import open_adapter
from custom_components.coachiq.bus.port import BATCH, ERROR, EXTENDED, REMOTE, Frame
from custom_components.coachiq.bus.replay import Log, read_line
from custom_components.coachiq.error import AdapterError, BusError
from tests.bus.test_link import Line
from tests.bus.wiring import until

LIGHT = bytes.fromhex("307EC8FCFF0104FF")


def recorded(path: Path, *moments: float, noise: str = "") -> Path:
    """Write a recording with a frame at each of these seconds."""
    text = "".join(
        f"({1_730_000_000 + moment:.6f}) can0 19FEDA8A#{number:016X}\n{noise}"
        for number, moment in enumerate(moments)
    )
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


class Listener:
    """Plays a recording, and keeps what is heard and when."""

    def __init__(self, path: Path, speed: str = "0") -> None:
        self.port = open_adapter("replay", {"path": str(path), "speed": speed})
        self.batches: list[list[Frame]] = []
        self.times: list[float] = []
        self.lost: list[BaseException] = []

    def start(self) -> None:
        self.port.start(self._hear, self.lost.append)

    def _hear(self, frames: list[Frame]) -> None:
        self.batches.append(frames)
        self.times += [time.monotonic()] * len(frames)

    @property
    def numbers(self) -> list[int]:
        return [int.from_bytes(data) for batch in self.batches for _, data in batch]

    def close(self) -> None:
        self.port.stop()
        self.port.close()


async def heard(path: Path, count: int) -> Listener:
    """Return what is heard of a recording as fast as it goes."""
    listener = Listener(path)
    listener.start()
    await until(lambda: len(listener.numbers) >= count)
    await asyncio.sleep(0.05)
    listener.close()
    assert listener.lost == []
    return listener


@pytest.mark.parametrize(
    ("line", "frame"),
    [
        (b"(1.5) can0 19FEDA8A#30", (0x19FEDA8A | EXTENDED, b"\x30")),
        (b" (1.500000) house 19FEDA8A#30 T\r\n", (0x19FEDA8A | EXTENDED, b"\x30")),
        (b"(1.5) can0 123#", (0x123, b"")),
        (b"(1.5) can0 00000123#", (0x123 | EXTENDED, b"")),
        (b"(1.5) can0 123#R", (0x123 | REMOTE, b"")),
        (b"(1.5) can0 123#R8", (0x123 | REMOTE, b"")),
        (b"(1.5) can0 20000080#00FF", (0x80 | ERROR, b"\x00\xff")),
        (b"(1.5) can0 800#00", None),
        (b"(1.5) can0 40000080#00", None),
        (b"(1.5) can0 19FEDA8A#3", None),
        (b"(1.5) can0 19FEDA8A#001122334455667788", None),
        (b"(1.5) can0 19FEDA8A##100", None),
        (b"(nan) can0 123#00", None),
        (b"can0 123#00", None),
        (b"(1.5) can0 19FEDA", None),
        (b"", None),
    ],
)
def test_a_line_of_candump_is_a_frame(line: bytes, frame: Frame | None) -> None:
    assert read_line(line) == (frame and (1.5, frame))


@pytest.mark.parametrize("ending", ["log", "log.gz", "txt", "candump"])
async def test_a_recording_is_heard_once_and_in_order(tmp_path: Path, ending: str) -> None:
    path = recorded(tmp_path / f"house.{ending}", *range(5000))
    listener = await heard(path, 5000)
    assert listener.numbers == list(range(5000))
    assert max(map(len, listener.batches)) <= BATCH
    assert listener.port.garbled == 0


@pytest.mark.parametrize("ending", ["asc", "blf", "csv", "trc", "asc.gz", "trc.gz", "csv.gz"])
async def test_what_python_can_wrote_is_heard(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"house.{ending}"
    with can.Logger(path) as logger:
        for number in range(100):
            logger(
                can.Message(
                    timestamp=1_730_000_000 + number,
                    arbitration_id=0x19FEDA8A,
                    data=number.to_bytes(8),
                )
            )
        logger(can.Message(timestamp=1_730_000_200, arbitration_id=5, is_extended_id=False))
    listener = await heard(path, 101)
    assert listener.numbers == [*range(100), 0]
    frames = list(itertools.chain(*listener.batches))
    assert (frames[0][0], frames[-1][0]) == (0x19FEDA8A | EXTENDED, 5)


async def test_lines_that_are_no_frames_are_counted(tmp_path: Path) -> None:
    path = recorded(tmp_path / "house.log", 0, 1, 2, noise="nonsense\n\n" + "x" * 2500 + "\n")
    listener = await heard(path, 3)
    assert listener.numbers == [0, 1, 2]
    assert listener.port.garbled >= 6


@pytest.mark.parametrize("ending", ["log", "log.gz"])
async def test_a_recording_that_breaks_off_is_heard_up_to_there(
    tmp_path: Path, ending: str
) -> None:
    path = recorded(tmp_path / f"house.{ending}", *range(3000))
    path.write_bytes(path.read_bytes()[:-13])
    listener = await heard(path, 2900)
    assert listener.numbers == list(range(len(listener.numbers)))
    assert listener.port.garbled == 1


async def test_a_recording_that_turns_into_garbage_is_heard_up_to_there(tmp_path: Path) -> None:
    path = recorded(tmp_path / "house.log.gz", *range(3000))
    data = bytearray(path.read_bytes())
    data[len(data) * 3 // 4 :] = b"\xff" * 1000
    path.write_bytes(data)
    listener = await heard(path, 2000)
    assert listener.numbers[:2000] == list(range(2000))
    assert listener.port.garbled


@pytest.mark.parametrize(("speed", "seconds"), [("1", 0.6), ("10", 0.06), ("0.5", 1.2)])
async def test_a_recording_takes_its_time(tmp_path: Path, speed: str, seconds: float) -> None:
    path = recorded(tmp_path / "house.log", *(number / 10 for number in range(7)))
    listener = Listener(path, speed)
    listener.start()
    await until(lambda: len(listener.times) == 7)
    listener.close()
    assert listener.times[-1] - listener.times[0] == pytest.approx(seconds, abs=0.1)
    if speed != "10":
        gaps = [after - before for before, after in itertools.pairwise(listener.times)]
        assert min(gaps) > 0


async def test_a_clock_that_was_set_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.coachiq.bus.replay.LONGEST_PAUSE", 0.2)
    path = recorded(tmp_path / "house.log", 0, 100_000, 3, 3.1)
    listener = Listener(path, "1")
    listener.start()
    await until(lambda: len(listener.times) == 4)
    listener.close()
    assert listener.times[-1] - listener.times[0] == pytest.approx(0.3, abs=0.1)


async def test_the_loop_is_free_while_a_recording_goes_as_fast_as_it_can(tmp_path: Path) -> None:
    path = recorded(tmp_path / "house.log", *range(20_000))
    listener = Listener(path)
    listener.start()
    most = before = 0
    while before < 20_000:
        await asyncio.sleep(0)
        most, before = max(most, len(listener.times) - before), len(listener.times)
    listener.close()
    # Ours may come before the replay's turn in one round of the loop, and after it in the next.
    assert most <= 2 * BATCH


async def test_stopping_in_the_middle_ends_it(tmp_path: Path) -> None:
    path = recorded(tmp_path / "house.log", *range(50_000))
    listener = Listener(path)
    listener.start()
    await until(lambda: listener.times)
    listener.port.stop()
    await asyncio.get_running_loop().run_in_executor(None, listener.port.close)
    count = len(listener.times)
    await asyncio.sleep(0.05)
    assert len(listener.times) == count < 50_000
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "coachiq replay"]
    assert listener.lost == []


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("notes.txt", b"one\ntwo\n", "there is no frame in it"),
        ("empty.log", b"", "there is no frame in it"),
        ("zeros.log", bytes(10**6), "there is no frame in it"),
        ("house.log.gz", b"no gzip", "Not a gzipped file"),
        ("house.blf", b"no blf", "unpack"),
        ("house.asc", b"no asc\n", "there is no frame in it"),
    ],
)
def test_what_is_no_recording_is_refused_in_words(
    tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(AdapterError) as caught:
        open_adapter("replay", {"path": str(path), "speed": "1"})
    assert caught.value.key == "log_unreadable"
    assert caught.value.words["adapter"] == str(path)
    assert problem in caught.value.words["problem"]


@pytest.mark.parametrize(
    ("path", "speed", "key"),
    [
        ("{folder}/nowhere.log", "1", "adapter_missing"),
        ("{folder}/nowhere.blf", "1", "adapter_missing"),
        ("{folder}/nowhere.log.gz", "1", "adapter_missing"),
        ("{folder}", "1", "log_unreadable"),
        ("house.log", "1", "bad_path"),
        ("{folder}/house.log", "fast", "bad_speed"),
        ("{folder}/house.log", "-1", "bad_speed"),
        ("{folder}/house.log", "nan", "bad_speed"),
        ("{folder}/house.log", "inf", "bad_speed"),
    ],
)
def test_settings_that_cannot_be_right_are_told(
    tmp_path: Path, path: str, speed: str, key: str
) -> None:
    with pytest.raises(AdapterError) as caught:
        open_adapter("replay", {"path": path.format(folder=tmp_path), "speed": speed})
    assert caught.value.key == key


def test_a_closed_recording_has_no_more_frames(tmp_path: Path) -> None:
    recording = Log(recorded(tmp_path / "house.log", 0, 1))
    recording.close()
    assert recording.read() == []


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    path = recorded(tmp_path / "house.log", 0, 0.01, 0.02)
    line = Line("replay", {"path": str(path), "speed": "1"}, transmit=True)
    line.link.start()
    yield line
    await line.link.stop()


async def test_a_played_bus_stays_open_and_silent(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.coachiq.bus.link.LONGEST_SILENCE", 0.1)
    monkeypatch.setattr("custom_components.coachiq.bus.link.WATCH", 0.05)
    await until(lambda: len(line.heard) == 3)
    await asyncio.sleep(0.5)
    assert line.link.count.openings == 1
    assert line.states == [LinkState.UP]
    assert len(line.heard) == 3


async def test_nothing_can_be_sent_on_a_played_bus(line: Line) -> None:
    await line.reach(LinkState.UP)
    line.send()
    assert [error and error.key for error in line.outcomes] == ["transmit_off"]
    left: list[BaseException | BusError | None] = []
    port = line.link._port
    assert port
    port.send((0x19FEDA8A | EXTENDED, LIGHT), left.append)
    assert [str(error) for error in left] == ["[Errno 30] a replay takes no frames"]
