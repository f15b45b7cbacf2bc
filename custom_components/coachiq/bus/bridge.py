"""Whether two buses are one: the same frames on both, at the same time."""

from collections.abc import Container, Iterable, Iterator
from typing import TypedDict

from .port import ERROR, Frame

# 95 % of 200 frames within 20 ms, however long it takes to hear so many.
ENOUGH = 200
WITHIN = 0.020
SHARE = 0.95
# What is kept of one bus in a sample while the others are slower.
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
        """Keep a batch, of others' frames only: ours, and errors, are alike on all buses."""
        if ours:
            return
        if kept := [frame for frame in frames if not frame[0] & ERROR]:
            self.batches.append((now, kept))
            self.count += len(kept)


class Tally:
    """How many frames of two buses were compared, and how many of them were on both in time.

    It is added up over as many samples as quiet buses need.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.compared = 0
        self.same = 0

    def add(self, one: Sample, other: Sample, until: float) -> None:
        """Look for the frames of the bus with fewer on the other one.

        The two were heard over the same stretch of time. Frames after `until` do not count, as
        their twins may not have been read.
        """
        few, many = sorted((one, other), key=lambda sample: sample.count)
        heard = [(now, frame) for now, frame in _frames(few) if now <= until][-ENOUGH:]
        wanted: dict[Frame, tuple[list[float], list[float]]] = {}
        for now, frame in heard:
            wanted.setdefault(frame, ([], []))[0].append(now)
        for now, frame in _frames(many):
            if found := wanted.get(frame):
                found[1].append(now)
        self.compared += len(heard)
        self.same += sum(_pairs(*times) for times in wanted.values())

    def judge(self) -> bool | None:
        """Tell whether nearly all were on both, and begin anew; None while they are too few."""
        if self.compared < ENOUGH:
            return None
        bridged = self.same >= SHARE * self.compared
        self.compared = self.same = 0
        return bridged


def _frames(sample: Sample) -> Iterator[tuple[float, Frame]]:
    """Return the frames with their moments."""
    return ((now, frame) for now, frames in sample.batches for frame in frames)


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
