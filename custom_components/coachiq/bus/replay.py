"""A recording as a bus: played once, in its own time or another, then silent."""

import asyncio
from collections.abc import Iterator
import contextlib
import errno
import gzip
import itertools
import math
from pathlib import Path
import re
import threading
import zlib

import can

from ..error import AdapterError
from .port import BATCH, ERROR, EXTENDED, IDENTIFIER, REMOTE, Frame, Heard, Lost, Sent, ignore
from .python_can import to_frame

# (1646985260.001000) can0 19FEA644#01150040FFFF5125, as candump -L writes it; also #R, 11 bits,
# and what python-can adds, R or T.
_LINE = re.compile(
    rb"\(([0-9]{1,12}(?:\.[0-9]{1,9})?)\)\s+\S+\s+([0-9A-Fa-f]{3}|[0-9A-Fa-f]{8})"
    rb"#(?:R[0-8]?|((?:[0-9A-Fa-f]{2}){0,8}))(?:\s+[RT])?"
)
# All other endings are taken for lines of text.
PYTHON_CAN = frozenset({".asc", ".blf", ".csv", ".trc"})
# So much is read at once.
PIECE = 2000
# Lines that may come before the first frame.
MOST_PREAMBLE = 1000
LONGEST_LINE = 1000
MOST_DATA = 8
# A coach that slept, or a clock that was set, need not be waited for.
LONGEST_PAUSE = 60.0

type Stamped = tuple[float, Frame]


def read_line(text: bytes) -> Stamped | None:
    """Return the frame in a line of candump -L and its seconds; None if it is no such line."""
    found = _LINE.fullmatch(text.strip())
    if not found:
        return None
    seconds, number, digits = float(found[1]), int(found[2], 16), found[3]
    if len(found[2]) == 3:
        if number > 0x7FF:
            return None
    elif number & ~IDENTIFIER == 0:
        number |= EXTENDED
    elif number & ~IDENTIFIER != ERROR:
        return None
    if digits is None:
        return seconds, (number | REMOTE, b"")
    return seconds, (number, bytes.fromhex(digits.decode("ascii")))


class Log:
    """An open recording. It blocks, and may be read in one thread and closed in another."""

    def __init__(self, path: Path) -> None:
        """Open a file and find its first frame; raises OSError, AdapterError for no recording."""
        self.garbled = 0
        self._lock = threading.Lock()
        self._closing = contextlib.ExitStack()
        if path.exists() and not path.is_file():
            raise _unreadable(path, "it is no file")
        kind = path.with_suffix("") if path.suffix.lower() == ".gz" else path
        try:
            if kind.suffix.lower() in PYTHON_CAN:
                self._frames = self._logged(path)
            else:
                self._frames = self._written(path)
            first = next(self._frames, None)
        except OSError as error:
            self._closing.close()
            if error.errno is not None:
                raise
            raise _unreadable(path, str(error)) from error
        except Exception as error:
            # python-can's readers raise whatever a bad file leads them to.
            self._closing.close()
            raise _unreadable(path, str(error) or type(error).__name__) from error
        if first is None:
            self._closing.close()
            raise _unreadable(path, "there is no frame in it")
        self._frames = itertools.chain([first], self._frames)

    def read(self) -> list[Stamped]:
        """Return the next frames, none at the end. What breaks off in the middle ends there."""
        found: list[Stamped] = []
        with self._lock:
            try:
                for stamped in itertools.islice(self._frames, PIECE):
                    found.append(stamped)  # noqa: PERF402  # what came before an error is kept
            except Exception:  # noqa: BLE001  # as above; `found` keeps what came before
                self.garbled += 1
                self._frames = iter(())
        return found

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._frames = iter(())
            self._closing.close()

    def _written(self, path: Path) -> Iterator[Stamped]:
        """Yield the frames of a file of text."""
        opened = gzip.open if path.suffix.lower() == ".gz" else open
        lines = self._closing.enter_context(opened(path, "rb"))
        seen = False
        for number in itertools.count():
            try:
                text = lines.readline(LONGEST_LINE)
            except EOFError, zlib.error, gzip.BadGzipFile:
                # Cut off: a power cut, or a copy of what is still being written.
                if not seen:
                    raise
                self.garbled += 1
                return
            if not text:
                return
            stamped = read_line(text)
            # Of a line without its end there may have been more.
            if stamped and (text.endswith(b"\n") or len(stamped[1][1]) == MOST_DATA):
                seen = True
                yield stamped
            elif text.strip():
                self.garbled += 1
                if not seen and number > MOST_PREAMBLE:
                    return

    def _logged(self, path: Path) -> Iterator[Stamped]:
        """Yield the frames of a file in a format of python-can."""
        for message in self._closing.enter_context(can.LogReader(path)):
            yield message.timestamp, to_frame(message)


def _unreadable(path: Path, problem: str) -> AdapterError:
    """Return the owner's words for a file that is no recording."""
    return AdapterError("log_unreadable", adapter=str(path), problem=problem)


class ReplayPort:
    """A recording that is played on the loop. It takes no frames."""

    def __init__(self, log: Log, speed: float) -> None:
        """Take an open recording; speed 1 is as recorded, 0 as fast as it goes."""
        self._log = log
        self._speed = speed
        self._heard: Heard = ignore
        self._lost: Lost = ignore
        self._task: asyncio.Task[None] | None = None

    @property
    def garbled(self) -> int:
        """Return how many lines were no frame."""
        return self._log.garbled

    def start(self, heard: Heard, lost: Lost) -> None:
        """Begin to play."""
        self._heard, self._lost = heard, lost
        self._task = asyncio.get_running_loop().create_task(self._run(), name="coachiq replay")

    def stop(self) -> None:
        """Play nothing more."""
        if self._task:
            self._task.cancel()
            self._task = None

    def close(self) -> None:
        """Close the file; blocking."""
        self._log.close()

    def check(self) -> int:
        """Return 0: nothing is lost, and at the end there is only silence."""
        return 0

    def greet(self) -> None:
        """Do nothing."""

    def send(self, _: Frame, left: Sent) -> None:
        """Refuse: nobody would hear it."""
        left(OSError(errno.EROFS, "a replay takes no frames"))

    async def _run(self) -> None:
        """Play; whatever goes wrong ends this opening of the bus."""
        try:
            await self._play()
        except Exception as error:  # noqa: BLE001  # as a reader's error does with other adapters
            self._lost(error)

    async def _play(self) -> None:
        """Hand the frames on when they are due, at most 64 in a turn."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        position, last = 0.0, math.inf
        turn: list[Frame] = []
        while piece := await loop.run_in_executor(None, self._log.read):
            for seconds, frame in piece:
                position += min(max(seconds - last, 0.0), LONGEST_PAUSE)
                last = seconds
                wait = began + position / self._speed - loop.time() if self._speed else 0.0
                if len(turn) >= BATCH or (turn and wait > 0):
                    self._heard(turn)
                    turn = []
                    await asyncio.sleep(max(wait, 0))
                elif wait > 0:
                    await asyncio.sleep(wait)
                turn.append(frame)
            self._heard(turn)
            turn = []


def open_replay(path: str, speed: str) -> ReplayPort:
    """Open a recording; blocking. Raises AdapterError, or OSError when there is no such file."""
    try:
        factor = float(speed)
    except ValueError:
        factor = math.nan
    if not (math.isfinite(factor) and factor >= 0):
        raise AdapterError("bad_speed", speed=speed)
    if not Path(path).is_absolute():
        raise AdapterError("bad_path", path=path)
    return ReplayPort(Log(Path(path)), factor)
