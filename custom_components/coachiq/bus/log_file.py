"""Files of one bus, one after the other: each bounded, packed when full, the oldest deleted.

All of it blocks.
"""

from collections.abc import Callable
import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
import gzip
import os
from pathlib import Path
import re
import shutil
import time
from typing import Protocol

import can
from can.io.generic import FileIOMessageWriter

from ..error import RecordingError
from .port import ERROR, EXTENDED, IDENTIFIER, REMOTE, Frame

# candump's lines, and what python-can writes; blf is packed as it is.
CANDUMP = "log"
PACKED = "blf"
FORMATS = (CANDUMP, "asc", PACKED, "csv", "trc")
# The kernel's names of interfaces are no longer, and canplayer takes no longer one (if.h).
LONGEST_INTERFACE = 15
LONGEST_NAME = 64
# What was written reaches the disk after so many seconds: a power cut loses no more.
SYNC_EVERY = 5.0

# Frames, when they were heard, and whether they are ours.
type Batch = tuple[float, list[Frame], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bytes: of one file, of all files of a bus, and what is left free on the disk."""

    file: int = 10_000_000
    total: int = 100_000_000
    free: int = 100_000_000


LIMITS = Limits()


class _Writer(Protocol):
    """An open file."""

    def write(self, seconds: float, frames: list[Frame], *, ours: bool) -> None:
        """Write frames heard at this time, in seconds since 1970."""

    def size(self) -> int:
        """Return how many bytes were written."""

    def sync(self) -> None:
        """Let what was written reach the disk."""

    def flush(self) -> None:
        """Hand what was written to the operating system."""

    def close(self) -> None:
        """Finish the file."""


class _Candump:
    """A file as `candump -L` writes it."""

    def __init__(self, path: Path, bus: str) -> None:
        """Make the file."""
        self._file = path.open("xb")
        self._size = 0
        self._interface = bus[:LONGEST_INTERFACE]

    def write(self, seconds: float, frames: list[Frame], *, ours: bool) -> None:
        """Write frames; ours are marked as `candump -x` does, which every reader passes over."""
        form = f"({seconds:.6f}) {self._interface} {{}}{' T' if ours else ''}\n".format
        text = "".join(map(form, map(line, frames)))
        self._size += self._file.write(text.encode("ascii"))

    def size(self) -> int:
        """Return how many bytes were written."""
        return self._size

    def flush(self) -> None:
        """Hand what was written to the operating system."""
        self._file.flush()

    def sync(self) -> None:
        """Let what was written reach the disk."""
        os.fdatasync(self._file.fileno())

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class _PythonCan:
    """A file in one of python-can's formats."""

    def __init__(self, path: Path, bus: str) -> None:
        """Make the file."""
        self._bus = bus[:LONGEST_INTERFACE]
        writer = can.Logger(path)
        if not isinstance(writer, FileIOMessageWriter):
            raise TypeError(f"python-can does not write {path.suffix} into a file")
        self._writer = writer
        # python-can warns of each of these in a trc file.
        self._left_out = REMOTE | ERROR if path.suffix == ".trc" else 0

    def write(self, seconds: float, frames: list[Frame], *, ours: bool) -> None:
        """Write frames."""
        for can_id, data in frames:
            if can_id & self._left_out:
                continue
            self._writer(
                can.Message(
                    timestamp=seconds,
                    arbitration_id=can_id & IDENTIFIER,
                    is_extended_id=bool(can_id & EXTENDED),
                    is_remote_frame=bool(can_id & REMOTE),
                    is_error_frame=bool(can_id & ERROR),
                    is_rx=not ours,
                    data=None if can_id & REMOTE else data,
                    channel=self._bus,
                )
            )

    def size(self) -> int:
        """Return how many bytes were written."""
        return int(self._writer.file_size())

    def flush(self) -> None:
        """Hand what was written to the operating system."""
        self._writer.file.flush()

    def sync(self) -> None:
        """Let what was written reach the disk."""
        os.fdatasync(self._writer.file.fileno())

    def close(self) -> None:
        """Finish the file."""
        self._writer.stop()


def line(frame: Frame) -> str:
    """Return a frame as candump -L writes it."""
    can_id, data = frame
    if can_id & ERROR:
        return f"{can_id & (ERROR | IDENTIFIER):08X}#{data.hex().upper()}"
    number = f"{can_id & IDENTIFIER:08X}" if can_id & EXTENDED else f"{can_id & 0x7FF:03X}"
    return f"{number}#R" if can_id & REMOTE else f"{number}#{data.hex().upper()}"


class LogFiles:
    """The files of one recording of a bus, the last of them open.

    Any call but close raises OSError, or RecordingError when the disk is full.
    """

    def __init__(
        self, folder: Path, bus: str, ending: str, limits: Limits, now: Callable[[], float]
    ) -> None:
        """Take where to write, for which bus, one of FORMATS, and the clock of the batches."""
        self.paths: list[Path] = []
        self._folder = folder
        self._bus = re.sub(r"[^0-9A-Za-z_]", "_", bus)[:LONGEST_NAME]
        self._ending = ending
        self._limits = limits
        self._now = now
        self._writer: _Writer | None = None
        # A file has one time: a clock that is set meanwhile would tear it.
        self._offset = 0.0
        self._synced_at = 0.0

    def open(self) -> None:
        """Begin the first file."""
        self._writer = self._begin()

    def _begin(self) -> _Writer:
        """Begin a file."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._check_space()
        self._make_room()
        self._offset = time.time() - self._now()
        self._synced_at = self._now()
        path = self._new_path()
        writer = (_Candump if self._ending == CANDUMP else _PythonCan)(path, self._bus)
        self.paths.append(path)
        return writer

    def write(self, batches: list[Batch]) -> None:
        """Write batches in order, in as many files as it takes."""
        self._check_space()
        for heard, frames, ours in batches:
            if self._writer is None or self._writer.size() >= self._limits.file:
                self.close()
                self._writer = self._begin()
            self._writer.write(heard + self._offset, frames, ours=ours)
        if self._writer:
            self._writer.flush()
            if self._now() - self._synced_at > SYNC_EVERY:
                self._synced_at = self._now()
                self._writer.sync()

    def close(self) -> None:
        """Finish the open file, and pack it."""
        writer, self._writer = self._writer, None
        if writer:
            writer.close()
            if self._ending != PACKED:
                self.paths[-1] = _packed(self.paths[-1])

    def abandon(self) -> None:
        """Let go of the open file as it is; never raises."""
        writer, self._writer = self._writer, None
        if writer:
            with contextlib.suppress(OSError, ValueError):
                writer.close()

    def _check_space(self) -> None:
        """Raise RecordingError when the disk is nearly full: Home Assistant needs it more."""
        if shutil.disk_usage(self._folder).free < self._limits.free:
            raise RecordingError(
                "recording_no_space", bus=self._bus, megabytes=self._limits.free // 10**6
            )

    def _make_room(self) -> None:
        """Delete the bus's oldest files until one more fits the total."""
        mine = re.compile(
            rf"{self._bus}-[0-9]{{8}}-[0-9]{{6}}(-[0-9]+)?\.({'|'.join(FORMATS)})(\.gz(\.part)?)?"
        )
        files = sorted(path for path in self._folder.iterdir() if mine.fullmatch(path.name))
        sizes = {path: path.stat().st_size for path in files}
        while files and sum(sizes[path] for path in files) + self._limits.file > self._limits.total:
            files.pop(0).unlink(missing_ok=True)

    def _new_path(self) -> Path:
        """Return a path that no file has, packed or not."""
        stem = f"{self._bus}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
        number = 1
        while True:
            name = f"{stem}.{self._ending}" if number == 1 else f"{stem}-{number}.{self._ending}"
            path = self._folder / name
            if not path.exists() and not path.with_name(f"{name}.gz").exists():
                return path
            number += 1


def _packed(path: Path) -> Path:
    """Pack a file; the packed one is there only when it is whole."""
    packed = path.with_name(f"{path.name}.gz")
    part = path.with_name(f"{packed.name}.part")
    try:
        with path.open("rb") as plain, gzip.open(part, "wb", compresslevel=6) as target:
            shutil.copyfileobj(plain, target, 2**20)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(packed)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    path.unlink()
    return packed
