"""Whether two buses are one: the same frames on both, at the same time."""

from collections.abc import Container, Iterable, Sequence
from itertools import chain
from typing import TypedDict

from .port import ERROR, Frame

# 95 % of 200 frames within 20 ms.
ENOUGH = 200
WITHIN = 0.020
SHARE = 0.95
# What is kept of one bus while the others are slower.
MOST = 4_000

# When a batch was heard, and its frames.
type Batch = tuple[float, list[Frame]]


class Decision(TypedDict):
    """What the owner said of two buses: which one leads, None when they are separate."""

    buses: list[str]
    leads: str | None


def followers(decisions: Iterable[Decision], keys: Container[str]) -> set[str]:
    """Return the buses that another one, which is there, leads; a follower leads none."""
    found: set[str] = set()
    for decision in decisions:
        leader = decision["leads"]
        if leader in keys and leader not in found:
            found.update(key for key in decision["buses"] if key != leader)
    return found


class Sample:
    """What was heard on one bus for a while; `hear` is a tap of its link."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.batches: list[Batch] = []
        self.count = 0

    @property
    def is_enough(self) -> bool:
        """Tell whether it can be judged."""
        return self.count >= ENOUGH

    @property
    def is_full(self) -> bool:
        """Tell whether no more should be kept."""
        return self.count >= MOST

    def hear(self, frames: list[Frame], now: float, ours: bool) -> None:  # noqa: FBT001  a tap
        """Keep a batch, of others' frames only: ours leave on all buses alike."""
        if not ours:
            self.batches.append((now, frames))
            self.count += len(frames)


def is_bridge(one: Sample, other: Sample) -> bool:
    """Tell whether nearly all frames of the bus with fewer are on the other as well, in time.

    The two were heard over the same stretch of time. Frames at its very end do not count, as
    their twins may not have been read.
    """
    few, many = sorted((one, other), key=lambda sample: sample.count)
    if not few.batches or not many.batches:
        return False
    end = max(few.batches[-1][0], many.batches[-1][0]) - WITHIN
    heard = [(now, frame) for now, frame in _data_frames(few.batches) if now <= end][-ENOUGH:]
    if len(heard) < ENOUGH:
        return False
    wanted: dict[Frame, tuple[list[float], list[float]]] = {}
    for now, frame in heard:
        wanted.setdefault(frame, ([], []))[0].append(now)
    for now, frame in _data_frames(many.batches):
        if found := wanted.get(frame):
            found[1].append(now)
    return sum(_pairs(*times) for times in wanted.values()) >= SHARE * ENOUGH


def _data_frames(batches: Sequence[Batch]) -> chain[tuple[float, Frame]]:
    """Return the frames with their moments, without those that report errors."""
    return chain.from_iterable(
        ((now, frame) for frame in frames if not frame[0] & ERROR) for now, frames in batches
    )


def _pairs(one: list[float], other: list[float]) -> int:
    """Return how many moments of one have one of the other close to them, each used once."""
    count = position = 0
    for moment in one:
        while position < len(other) and other[position] < moment - WITHIN:
            position += 1
        if position < len(other) and other[position] <= moment + WITHIN:
            count += 1
            position += 1
    return count
