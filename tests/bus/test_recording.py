"""Recordings: what is in the files, how large they get, and what a bad disk does."""

import asyncio
from collections.abc import Callable
import gzip
from pathlib import Path
import re
import shutil
import time
from typing import NamedTuple

import can
import log
import pytest

from custom_components.coachiq.bus import Link, LinkState
from custom_components.coachiq.bus.log_file import FORMATS, LIMITS, Limits
from custom_components.coachiq.bus.port import ERROR, EXTENDED, REMOTE, Frame
from custom_components.coachiq.bus.recording import Recording, Tap
from custom_components.coachiq.clock import LoopClock
from custom_components.coachiq.error import RecordingError
from tests.bus.wiring import channel, our_threads, until

LIGHT = (0x19FEDA8A | EXTENDED, bytes.fromhex("307EC8FCFF0104FF"))
FRAMES = [
    LIGHT,
    (0x123, b"\x01"),
    (0x18EAFF00 | EXTENDED | REMOTE, b""),
    (0x80 | ERROR | EXTENDED, bytes(8)),
    (0x7FF, b""),
]


class Bus:
    """A bus of which only the tap is real: what is heard, when, is up to the test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = 100.0
        self.taps: list[Tap] = []
        self.ended: list[Recording] = []

    def tap(self, tap: Tap) -> Callable[[], None]:
        self.taps.append(tap)
        return lambda: self.taps.remove(tap)

    def say(self, frames: list[Frame], *, ours: bool = False) -> None:
        for tap in self.taps:
            tap(frames, self.now, ours)

    def recording(
        self, ending: str = "log", limits: Limits = LIMITS, bus: str = "house"
    ) -> Recording:
        return Recording(
            folder=self.folder,
            bus=bus,
            now=lambda: self.now,
            ended=self.ended.append,
            ending=ending,
            limits=limits,
        )

    async def record(
        self, frames: list[Frame], ending: str = "log", limits: Limits = LIMITS
    ) -> Recording:
        """Record these frames, one in a batch, and stop."""
        recording = self.recording(ending, limits)
        await recording.start(self.tap)
        await until(lambda: self.taps)
        for frame in frames:
            self.say([frame])
        await recording.stop()
        return recording

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())


class Parts(NamedTuple):
    """A line of a recording."""

    seconds: float
    interface: str
    rest: str


def text_of(path: str) -> str:
    """Return what is in a file, packed or still open."""
    data = Path(path).read_bytes()
    return (gzip.decompress(data) if path.endswith(".gz") else data).decode("ascii")


def lines(path: str) -> list[Parts]:
    found = []
    for text in text_of(path).splitlines():
        stamp, interface, rest = text.split(" ", 2)
        found.append(Parts(float(stamp.strip("()")), interface, rest))
    return found


@pytest.fixture
def bus(tmp_path: Path) -> Bus:
    return Bus(tmp_path / "recordings")


async def test_lines_are_as_candump_writes_them(bus: Bus) -> None:
    recording = bus.recording()
    await recording.start(bus.tap)
    await until(lambda: bus.taps)
    bus.say(FRAMES)
    bus.now += 1.25
    bus.say([LIGHT], ours=True)
    await recording.stop()
    (path,) = recording.files
    found = lines(path)
    assert [line.rest for line in found] == [
        "19FEDA8A#307EC8FCFF0104FF",
        "123#01",
        "18EAFF00#R",
        "20000080#0000000000000000",
        "7FF#",
        "19FEDA8A#307EC8FCFF0104FF T",
    ]
    assert {line.interface for line in found} == {"house"}
    assert found[-1].seconds - found[0].seconds == pytest.approx(1.25, abs=1e-5)
    assert (recording.frames, recording.dropped, recording.error) == (6, 0, None)


async def test_stamps_are_seconds_of_the_wall_clock_with_six_digits(bus: Bus) -> None:
    before = time.time()
    recording = await bus.record([LIGHT])
    (path,) = recording.files
    assert before - 0.001 <= lines(path)[0].seconds <= time.time()
    assert re.match(r"\([0-9]+\.[0-9]{6}\) house 1", text_of(path))


async def test_our_script_and_python_can_read_a_recording(bus: Bus) -> None:
    recording = await bus.record(FRAMES)
    path = Path(recording.files[0])
    assert [(frame.number, frame.data) for frame in log.read_file(path) if frame.is_id] == [
        (0x19FEDA8A, LIGHT[1])
    ]
    read = [
        (message.arbitration_id, message.is_extended_id, bytes(message.data))
        for message in can.LogReader(path)
        if not (message.is_error_frame or message.is_remote_frame)
    ]
    assert read == [(0x19FEDA8A, True, LIGHT[1]), (0x123, False, b"\x01"), (0x7FF, False, b"")]


@pytest.mark.parametrize("ending", [ending for ending in FORMATS if ending != "log"])
async def test_every_format_of_python_can_is_written(bus: Bus, ending: str) -> None:
    recording = await bus.record(FRAMES, ending)
    (path,) = recording.files
    assert path.endswith(".blf" if ending == "blf" else f".{ending}.gz")
    read = [
        (message.arbitration_id, message.is_extended_id, bytes(message.data))
        for message in can.LogReader(path)
        if not (message.is_error_frame or message.is_remote_frame)
    ]
    assert read == [(0x19FEDA8A, True, LIGHT[1]), (0x123, False, b"\x01"), (0x7FF, False, b"")]
    assert recording.error is None


async def test_all_frames_of_a_real_bus_and_our_own_are_recorded(tmp_path: Path) -> None:
    name = channel()
    loop = asyncio.get_running_loop()
    link = Link(
        key="house",
        kind="other",
        settings={"interface": "virtual", "channel": name, "bitrate": 250_000},
        clock=LoopClock(loop),
        transmit=True,
        serial=5,
        product="CoachIQ*Test*0000005**",
        frames=lambda *_: None,
        changed=lambda _: None,
        address=249,
    )
    ended: list[Recording] = []
    recording = Recording(folder=tmp_path, bus="house", now=loop.time, ended=ended.append)
    await recording.start(link.tap)
    link.start()
    await until(lambda: link.state is LinkState.READY)
    with can.Bus(interface="virtual", channel=name) as peer:
        for number in range(3000):
            peer.send(can.Message(arbitration_id=0x19FEDA8A, data=number.to_bytes(8)))
            if number % 64 == 0:
                await asyncio.sleep(0)
        await until(lambda: link.count.received >= 3000)
        await until(lambda: recording.frames >= 1000)
    await link.stop()
    await recording.stop()
    found = [line.rest for line in lines(recording.files[0])]
    heard = [rest for rest in found if rest.startswith("19FEDA8A")]
    assert heard == [f"19FEDA8A#{number:016X}" for number in range(3000)]
    assert len([rest for rest in found if rest.endswith(" T")]) == link.count.sent > 0
    assert recording.frames == len(found)
    assert our_threads(name) == []
    assert ended == [recording]


async def test_files_are_bounded_packed_and_follow_each_other(bus: Bus) -> None:
    limits = Limits(file=2000, total=10**6, free=0)
    sent: list[Frame] = [(0x19FEDA8A | EXTENDED, number.to_bytes(8)) for number in range(200)]
    recording = await bus.record(sent, limits=limits)
    assert len(recording.files) > 4
    assert bus.names() == sorted(Path(path).name for path in recording.files)
    found = [lines(path) for path in recording.files]
    assert [line.rest for part in found for line in part] == [
        f"19FEDA8A#{number:016X}" for number in range(200)
    ]
    assert max(len(text_of(path)) for path in recording.files) < 2000 + 60


async def test_the_oldest_files_of_this_bus_go_and_nothing_else(bus: Bus) -> None:
    bus.folder.mkdir()
    others = [
        "house_2-20200101-000000.log.gz",
        "house-notes.txt",
        "house-20200101-000000.log.gz.mine",
    ]
    mine = [
        f"house-2020010{day}-000000{rest}"
        for day, rest in enumerate((".log", ".log.gz", ".asc.gz.part", "-2.blf"), 1)
    ]
    for name in others + mine:
        (bus.folder / name).write_bytes(bytes(1000))
    recording = await bus.record([LIGHT], limits=Limits(file=2000, total=4000, free=0))
    new = Path(recording.files[0]).name
    assert bus.names() == sorted([*others, *mine[2:], new])


async def test_recordings_of_one_second_have_names_of_their_own(bus: Bus) -> None:
    first, second = await bus.record([LIGHT]), await bus.record([LIGHT])
    assert first.files != second.files
    assert len(bus.names()) == 2


async def test_no_name_of_a_bus_leads_out_of_the_folder(bus: Bus) -> None:
    recording = bus.recording(bus="../../etc/passwd\n" + "x" * 300)
    await recording.start(bus.tap)
    await recording.stop()
    assert Path(recording.files[0]).parent == bus.folder
    assert len(bus.names()) == 1


async def test_a_recording_ends_by_itself_when_its_time_is_over(bus: Bus) -> None:
    recording = bus.recording()
    await recording.start(bus.tap, 0.05)
    await until(lambda: bus.taps)
    bus.say([LIGHT])
    await until(lambda: bus.ended)
    assert bus.taps == []
    assert len(lines(recording.files[0])) == 1
    await recording.stop()
    assert bus.ended == [recording]


async def test_what_is_written_is_in_the_file_within_seconds(bus: Bus) -> None:
    recording = bus.recording()
    await recording.start(bus.tap)
    await until(lambda: bus.taps)
    bus.say([LIGHT])
    await until(lambda: Path(recording.files[0]).stat().st_size, 2.0)
    await recording.stop()


async def test_a_slow_disk_costs_frames_but_no_memory(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.coachiq.bus.recording.MOST_WAITING", 10)
    recording = bus.recording()
    await recording.start(bus.tap)
    await until(lambda: bus.taps)
    for _ in range(5):
        bus.say([LIGHT] * 4)
    await recording.stop()
    assert (recording.frames, recording.dropped) == (8, 12)
    assert len(lines(recording.files[0])) == 8


async def test_a_full_disk_is_left_alone(bus: Bus) -> None:
    recording = bus.recording(limits=Limits(free=10**18))
    with pytest.raises(RecordingError) as caught:
        await recording.start(bus.tap)
    assert caught.value.key == "recording_no_space"
    assert (bus.taps, bus.ended, bus.names()) == ([], [], [])


async def test_a_disk_that_fills_up_ends_the_recording_and_keeps_what_there_is(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = bus.recording()
    await recording.start(bus.tap)
    await until(lambda: bus.taps)
    bus.say([LIGHT] * 1000)
    await until(lambda: recording.frames == 1000)
    usage = shutil.disk_usage(bus.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=LIMITS.free - 1))
    await until(lambda: bus.ended)
    assert recording.error
    assert recording.error.key == "recording_no_space"
    assert bus.taps == []
    assert len(lines(recording.files[0])) == 1000


async def test_a_folder_that_cannot_be_written_is_told(bus: Bus) -> None:
    bus.folder.write_text("a file where the folder should be")
    with pytest.raises(RecordingError) as caught:
        await bus.recording().start(bus.tap)
    assert caught.value.key == "recording_failed"
    assert caught.value.words == {"bus": "house", "problem": "File exists"}


async def test_a_folder_that_is_lost_ends_the_recording_only(bus: Bus) -> None:
    recording = bus.recording()
    await recording.start(bus.tap)
    await until(lambda: bus.taps)
    shutil.rmtree(bus.folder)
    bus.say([LIGHT] * 1000)
    await until(lambda: bus.ended)
    assert recording.error
    assert recording.error.key == "recording_failed"
    assert bus.taps == []
    bus.say([LIGHT])
    await recording.stop()
