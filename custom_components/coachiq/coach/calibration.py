"""A tank's own scale: what it says, in percent, and what is really in it."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from ..rvc import Value
from .families import Family, Values, number

type Points = tuple[tuple[float, float], ...]

LEVEL = "level"
EMPTY, FULL = 0.0, 100.0


def is_scale(points: Points) -> bool:
    """Tell whether points make a scale: two at least, sorted, each said once, in one direction."""
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
    within = all(EMPTY <= percent <= FULL for point in points for percent in point)
    rising, falling = (all(sign * real >= 0 for _, real in steps) for sign in (1, -1))
    return within and bool(steps) and all(said > 0 for said, _ in steps) and (rising or falling)


def correct(points: Points, said: float) -> float:
    """Return the real percent: straight between the points and on beyond them, 0 to 100."""
    after = bisect_right(points, said, key=lambda point: point[0])
    low = min(max(after - 1, 0), len(points) - 2)
    (said_low, real_low), (said_high, real_high) = points[low : low + 2]
    real = real_low + (said - said_low) * (real_high - real_low) / (said_high - said_low)
    return min(max(real, EMPTY), FULL)


def calibrated(family: Family, points: Points) -> Family:
    """Return the family of one thing whose level is corrected; the same without points."""
    if not points:
        return family

    def corrected(work_out: Callable[[Values], Value]) -> Callable[[Values], Value]:
        def level(values: Values) -> Value:
            said = number(work_out(values))
            return None if said is None else correct(points, said)

        return level

    derived = tuple(
        replace(one, work_out=corrected(one.work_out)) if one.name == LEVEL else one
        for one in family.derived
    )
    return replace(family, derived=derived)
