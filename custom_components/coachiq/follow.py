"""Frames handed on to clients as they come: filtered here, in batches that are acknowledged.

However slow a client is, it costs no more than it takes: what it does not acknowledge is dropped
and counted, and the others get theirs.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol

from .bus.port import EXTENDED, FLAGS, IDENTIFIER, Frame
from .clock import LoopClock
from .rvc import Code, Row, Spec, split

INTERVAL: Final = 0.1
MOST_UNACKNOWLEDGED: Final = 3
# What fits into an interval of a bus of 500 kbit/s, and more than any RV-C bus carries in it.
MOST_FRAMES: Final = 500
# So many payloads are remembered to tell what has changed.
MOST_REMEMBERED: Final = 20_000

# Sends a batch: its number, the frames, and how many frames were dropped so far.
type Send = Callable[[int, list[Line], int], None]
type Line = list[object]


class Tapped(Protocol):
    """What frames come from: a bus."""

    key: str

    def tap(self, tap: Callable[[list[Frame], float, bool], None]) -> Callable[[], None]:
        """Let `tap` hear all frames, when, and whether they are ours; returns the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which frames a client wants to follow; an empty filter lets all pass.

    `changed` leaves out payloads that are the last one again, `unknown` DGNs that the tables have.
    `decoded` adds what a frame says.
    """

    dgns: frozenset[int] = frozenset()
    sources: frozenset[int] = frozenset()
    instances: frozenset[int] = frozenset()
    changed: bool = False
    unknown: bool = False
    decoded: bool = False


@dataclass(slots=True, eq=False)
class Follower:
    """One client: every frame received for it was either sent or dropped."""

    send: Send
    ended: Callable[[], None]
    received: int = 0
    sent: int = 0
    dropped: int = 0
    batch: int = 0
    acknowledged: int = 0

    def take(self, lines: list[Line], more: int) -> None:
        """Send frames, unless too much is unacknowledged; `more` were too many to keep."""
        self.received += len(lines) + more
        if self.batch - self.acknowledged >= MOST_UNACKNOWLEDGED:
            self.dropped += len(lines) + more
            return
        self.batch += 1
        self.sent += len(lines)
        self.dropped += more
        self.send(self.batch, lines, self.dropped)

    def acknowledge(self, batch: int) -> None:
        """Note that a batch, and all before it, has arrived."""
        self.acknowledged = max(self.acknowledged, min(batch, self.batch))


@dataclass(slots=True, eq=False)
class Feed:
    """What all clients follow that want the same frames of the same buses: gathered once."""

    buses: Iterable[Tapped]
    spec: Callable[[str], Spec]
    wanted: Wanted
    clock: LoopClock
    followers: list[Follower] = field(default_factory=list)
    _lines: list[Line] = field(default_factory=list)
    _more: int = 0
    _last: dict[tuple[str, int, bytes], bytes] = field(default_factory=dict)
    _timer: asyncio.TimerHandle | None = None
    _taps: list[Callable[[], None]] = field(default_factory=list)

    def add(self, follower: Follower) -> None:
        """Let a client follow."""
        if not self.followers:
            self._taps = [bus.tap(self._hears(bus.key)) for bus in self.buses]
        self.followers.append(follower)

    def remove(self, follower: Follower) -> None:
        """Let a client go; without any nothing is gathered."""
        if follower in self.followers:
            self.followers.remove(follower)
        if not self.followers:
            self.end()

    def end(self) -> None:
        """Gather no more; tells the clients that are left."""
        for follower in self.followers:
            follower.ended()
        for untap in self._taps:
            untap()
        self._taps = []
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _hears(self, bus: str) -> Callable[[list[Frame], float, bool], None]:
        """Return what takes in the frames of a bus."""
        spec = self.spec(bus)

        def hear(frames: list[Frame], now: float, ours: bool) -> None:  # noqa: FBT001  a tap
            moment = round(self.clock.utc(now).timestamp(), 3)
            for can_id, data in frames:
                if can_id & FLAGS == EXTENDED:
                    self._take(bus, spec, moment, can_id & IDENTIFIER, data, ours=ours)

        return hear

    def _take(
        self, bus: str, spec: Spec, moment: float, can_id: int, data: bytes, *, ours: bool
    ) -> None:
        """Keep a frame that is wanted until the next batch leaves."""
        identifier, wanted = split(can_id), self.wanted
        row = spec.get(identifier.dgn)
        if (
            (wanted.unknown and row is not None)
            or (wanted.dgns and identifier.dgn not in wanted.dgns)
            or (wanted.sources and identifier.source not in wanted.sources)
            or (wanted.instances and _instance(row, data) not in wanted.instances)
            or (wanted.changed and not self._is_news(bus, row, can_id, data))
        ):
            return
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(INTERVAL, self._flush)
        if len(self._lines) >= MOST_FRAMES:
            self._more += 1
            return
        line: Line = [moment, bus, f"{can_id:08X}", data.hex().upper(), ours]
        if wanted.decoded:
            line.append(decoded(row, data))
        self._lines.append(line)

    def _is_news(self, bus: str, row: Row | None, can_id: int, data: bytes) -> bool:
        """Tell whether a payload is another one than the last of the same thing."""
        key = bus, can_id, data[row.key_slice] if row else b""
        before, self._last[key] = self._last.pop(key, None), data
        if len(self._last) > MOST_REMEMBERED:
            del self._last[next(iter(self._last))]
        return before != data

    def _flush(self) -> None:
        """Hand what was gathered to everybody."""
        self._timer = None
        lines, self._lines = self._lines, []
        more, self._more = self._more, 0
        for follower in tuple(self.followers):
            follower.take(lines, more)


def decoded(row: Row | None, data: bytes) -> dict[str, object] | None:
    """Return the DGN's name and what its fields say, without "no data"; None where unknown."""
    if row is None:
        return None
    fields: dict[str, object] = {}
    for said, value in zip(row.fields, row.decode(data), strict=True):
        if value is not None:
            fields[said.name] = value.label if isinstance(value, Code) else value
    return {"name": row.name, "fields": fields}


def _instance(row: Row | None, data: bytes) -> int | None:
    """Return the instance that a payload is about, None where there is none."""
    key = row.key_of(data) if row and row.key else None
    return key[0] if key else None
