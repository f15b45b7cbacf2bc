"""A recorded bus (candump -L) instead of a simulated one."""

from collections.abc import Iterable, Iterator
import re

from .frame import Frame

# (1646985260.001000) can0 19FEA644#01150040FFFF5125; remote (#R) and 11-bit frames do not fit.
_LINE = re.compile(
    r"\((\d+(?:\.\d+)?)\)\s+\S+\s+([0-9A-Fa-f]{8})#((?:[0-9A-Fa-f]{2}){0,8})(?:\s|$)"
)


def read(lines: Iterable[str]) -> Iterator[tuple[float, Frame]]:
    """Return stamp (seconds) and frame of each line that holds a 29-bit data frame."""
    for line in lines:
        match = _LINE.match(line)
        if match and int(match[2], 16) < 1 << 29:
            yield float(match[1]), (int(match[2], 16), bytes.fromhex(match[3]))


class Replay:
    """The frames of a recording in its own timing, from `start` (seconds) on; it hears nothing."""

    def __init__(self, lines: Iterable[str], start: float) -> None:
        """Read `lines` as they are needed."""
        self._frames = read(lines)
        self._start = start
        self._next = next(self._frames, None)
        self._first = self._next[0] if self._next else 0.0

    def receive(self, can_id: int, data: bytes, now: float) -> None:
        """A recording does not answer."""

    def step(self, now: float) -> list[Frame]:
        """Return the frames due until `now`, in order."""
        due: list[Frame] = []
        while self._next and self._next[0] - self._first <= now - self._start:
            due.append(self._next[1])
            self._next = next(self._frames, None)
        return due
