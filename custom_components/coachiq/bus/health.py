"""How a bus is: whether it can be heard, how loaded it is, and what went wrong on it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from ..rvc import Clock
from .link import Link, LinkState

SILENT_AFTER = 10.0


class BusState(StrEnum):
    """Whether a bus is heard, and whether this node may speak on it."""

    DOWN = "down"
    SILENT = "silent"
    LISTENING = "listening"
    READY = "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a bus is. What is None is not known.

    `load` in % of the bitrate and `frame_rate` in frames/s are those of the last interval, ours
    included; counts are those since the start; `last_frame` is a moment of the link's clock.
    `unknown_dgns` are those that no table has, `decode_misses` the frames that could not be read,
    `command_latency` the milliseconds after which the last command was obeyed.
    """

    state: BusState = BusState.DOWN
    load: float | None = None
    frame_rate: float | None = None
    error_frames: int = 0
    garbled: int = 0
    dropped: int = 0
    reconnects: int = 0
    last_frame: float | None = None
    unknown_dgns: int = 0
    decode_misses: int = 0
    command_latency: float | None = None


class Reader(Protocol):
    """What reads the frames of a bus, and how far it understands them."""

    @property
    def unknown_dgns(self) -> int:
        """Return how many DGNs were heard that no table has."""

    @property
    def decode_misses(self) -> int:
        """Return how many frames could not be read."""

    @property
    def command_latency(self) -> float | None:
        """Return after how many milliseconds the last command was obeyed."""


class Gauge:
    """Measures a link from one call to the next; nothing is done for a frame."""

    def __init__(self, link: Link, reader: Reader, bitrate: int, clock: Clock) -> None:
        """Take the link, who reads its frames, and its bit/s."""
        self.health = Health()
        self._link = link
        self._reader = reader
        self.bitrate = bitrate
        self._clock = clock
        self._open, self._opened = False, 0.0
        self._since = clock.now()
        self._bits = 0.0
        self._frames = 0

    def measure(self) -> set[str]:
        """End an interval; returns the names of what is different now."""
        load, frame_rate = self._end_interval()
        return self._take(load, frame_rate)

    def turn(self) -> set[str]:
        """Note that the link's state changed; returns the names of what is different now."""
        is_open = self._link.state is not LinkState.DOWN
        if is_open is self._open:
            return self._take(self.health.load, self.health.frame_rate)
        self._open, self._opened = is_open, self._clock.now()
        self._end_interval()
        # What a bus carries is not known until it was open for an interval.
        return self._take(None, None)

    def _end_interval(self) -> tuple[float | None, float | None]:
        """Begin the next interval; returns load and frame rate of the one that ends."""
        now, count = self._clock.now(), self._link.count
        seconds, self._since = now - self._since, now
        frames = count.received + count.ignored + count.sent
        more_bits, self._bits = count.bits - self._bits, count.bits
        more_frames, self._frames = frames - self._frames, frames
        if not self._open or seconds <= 0:
            return None, None
        return (
            round(100 * more_bits / seconds / self.bitrate, 1),
            round(more_frames / seconds, 1),
        )

    def _state(self) -> BusState:
        """Return the state by what the link says and when it was heard."""
        if not self._open:
            return BusState.DOWN
        silence = self._clock.now() - max(self._opened, self._link.heard_at or 0.0)
        if silence > SILENT_AFTER:
            return BusState.SILENT
        return BusState.READY if self._link.state is LinkState.READY else BusState.LISTENING

    def _take(self, load: float | None, frame_rate: float | None) -> set[str]:
        """Take the bus's health down; returns the names of what is different."""
        before, count = self.health, self._link.count
        self.health = Health(
            state=self._state(),
            load=load,
            frame_rate=frame_rate,
            error_frames=count.errors.total(),
            garbled=self._link.garbled,
            dropped=self._link.dropped,
            reconnects=max(0, count.openings - 1),
            last_frame=self._link.heard_at,
            unknown_dgns=self._reader.unknown_dgns,
            decode_misses=self._reader.decode_misses,
            command_latency=self._reader.command_latency,
        )
        return {
            name for name in Health.__slots__ if getattr(before, name) != getattr(self.health, name)
        }
