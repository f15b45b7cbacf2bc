"""Frames out of lines of candump, out of files, and off a live interface."""

from collections.abc import Iterator
from datetime import datetime
import gzip
import math
import os
from pathlib import Path
import re
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    import can

# can0  19FEDA98   [8]  18 FF C8 ...   also with a time before, RX/TX flags after the channel
_COLUMNS = re.compile(
    rb"(?:\((?P<time>[^()]*)\)\s+)?(?P<channel>[^\s#()]{1,32})\s+(?:[RT]X\s+\S\s+\S\s+)?"
    rb"(?P<number>[0-9A-Fa-f]{8})\s+\[(?P<size>\d{1,4})\](?P<data>.*)",
    re.DOTALL,
)
# (1646985260.000000) can0 19FEDA98#18FFC8...   also what follows the channel alone, DGN#DATA
_LOG = re.compile(
    rb"(?:(?:\((?P<time>[^()]*)\)\s+)?(?P<channel>[^\s#()]{1,32})\s+)?"
    rb"(?P<number>[0-9A-Fa-f]{4,5}|[0-9A-Fa-f]{8})#(?P<data>(?:[0-9A-Fa-f]{2})*)(?:\s+[RT])?"
)
_PAIR = re.compile(rb"[0-9A-Fa-f]{2}")
# What python-can reads; every other file is taken for lines of text.
_PYTHON_CAN = frozenset({".asc", ".blf", ".csv", ".db", ".mf4", ".trc"})


class LogError(Exception):
    """A file or an interface that cannot be read, and why."""


class Frame(NamedTuple):
    """A data frame: identifier, or DGN when `is_id` is false, and payload.

    Seconds, since 1970 in most logs, and the channel are None where the log has none.
    """

    number: int
    is_id: bool
    data: bytes
    time: float | None
    channel: str | None


def read_line(line: bytes) -> Frame | None:
    """Return the frame that a line of text is; None if it is no data frame."""
    line = line.strip()
    if found := _LOG.fullmatch(line):
        pairs = found["data"]
    elif found := _COLUMNS.fullmatch(line):
        size = int(found["size"])
        listed = found["data"].split(None, size)[:size]
        if len(listed) < size or not all(_PAIR.fullmatch(pair) for pair in listed):
            return None
        pairs = b"".join(listed)
    else:
        return None
    number, is_id = int(found["number"], 16), len(found["number"]) == 8
    if number > (0x1FFFFFFF if is_id else 0x1FFFF):
        return None
    time, channel = found["time"], found["channel"]
    return Frame(
        number=number,
        is_id=is_id,
        data=bytes.fromhex(pairs.decode("ascii")),
        time=None if time is None else _seconds(time.decode("latin-1")),
        channel=None if channel is None else channel.decode("latin-1"),
    )


def _seconds(text: str) -> float | None:
    """Return the time before a line; candump -t A writes it as a local date."""
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = datetime.fromisoformat(text).timestamp()
        except ValueError, OverflowError, OSError:
            return None
    return seconds if math.isfinite(seconds) else None


def read_lines(source: BinaryIO) -> Iterator[list[bytes]]:
    """Yield lines as soon as they have come, as many as came at once."""
    pending: list[bytes] = []
    while chunk := os.read(source.fileno(), 1 << 16):
        head, newline, rest = chunk.rpartition(b"\n")
        if newline:
            yield b"".join([*pending, head]).split(b"\n")
            pending = [rest]
        else:
            pending.append(chunk)
    if last := b"".join(pending):
        yield [last]


def read_file(path: Path) -> Iterator[Frame]:
    """Yield the frames of a file, text or one of python-can's formats, also packed by gzip.

    Raises LogError.
    """
    if not path.exists():
        raise LogError(f"{path}: there is no such file")
    kind = path.with_suffix("").suffix if path.suffix.lower() == ".gz" else path.suffix
    try:
        yield from _logged(path) if kind.lower() in _PYTHON_CAN else _written(path)
    except Exception as problem:  # python-can's readers raise whatever a bad file leads them to
        words = str(problem) or type(problem).__name__
        raise LogError(f"{path}: cannot be read: {words}") from problem


def _written(path: Path) -> Iterator[Frame]:
    some = False
    with (gzip.open if path.suffix.lower() == ".gz" else open)(path, "rb") as lines:
        for line in lines:
            if frame := read_line(line):
                some = True
                yield frame
    if not some:
        raise ValueError("no line of it is a frame")


def _logged(path: Path) -> Iterator[Frame]:
    import can  # noqa: PLC0415  only who reads its formats waits for it

    with can.LogReader(path) as messages:
        yield from filter(None, map(_frame, messages))


def connect(interface: str, channel: str, bitrate: int | None) -> can.BusABC:
    """Open a bus of python-can; raises LogError."""
    import can  # noqa: PLC0415  only who listens to a bus waits for it

    try:
        if bitrate is None:
            return can.Bus(interface=interface, channel=channel)
        return can.Bus(interface=interface, channel=channel, bitrate=bitrate)
    except Exception as problem:  # each interface raises what its driver raises
        raise LogError(f"{interface} {channel}: cannot be opened: {problem}") from problem


def listen(bus: can.BusABC) -> Iterator[Frame]:
    """Yield the frames of a bus as they come, for ever; raises LogError when it is lost."""
    try:
        yield from filter(None, map(_frame, bus))
    except Exception as problem:
        raise LogError(f"{bus.channel_info}: lost: {problem}") from problem


def _frame(message: can.Message) -> Frame | None:
    """Return a message as a frame; None if it is no data frame of 29 bits."""
    other = message.is_error_frame or message.is_remote_frame or message.is_fd
    if other or not message.is_extended_id:
        return None
    return Frame(
        number=message.arbitration_id,
        is_id=True,
        data=bytes(message.data),
        time=message.timestamp,
        channel=None if message.channel is None else str(message.channel),
    )
