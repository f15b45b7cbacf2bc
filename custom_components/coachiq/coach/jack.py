"""Jacks: which of them are a side of the coach, and what is said to move a side by hand."""

from collections.abc import Mapping

from ..error import CommandError
from ..rvc import Value
from .families import label, number

# By the number of jacks, those of each side: a side is lifted as a whole, so that the frame is not
# twisted. The front one of three has the place of the left front one (RV-C section 6.13.3,
# 2023-11). How those of systems with other points work together is not told.
JACKS: Mapping[int, Mapping[str, tuple[str, ...]]] = {
    4: {
        "front_jacks": ("left_front", "right_front"),
        "rear_jacks": ("left_rear", "right_rear"),
        "left_jacks": ("left_front", "left_rear"),
        "right_jacks": ("right_front", "right_rear"),
    },
    3: {
        "front_jacks": ("left_front",),
        "rear_jacks": ("left_rear", "right_rear"),
        "left_jacks": ("left_rear",),
        "right_jacks": ("right_rear",),
    },
}
SIDES = tuple(JACKS[4])
_MODES = {4: "manual hydraulic four-point", 3: "manual hydraulic three-point"}
_VERBS = {"open": "extend_or_fill", "close": "retract_or_dump"}


def jacks_of(side: str, values: Mapping[str, Value]) -> tuple[str, ...]:
    """Return the jacks of a side, none while the system does not tell how many it has."""
    count = number(values.get("jack_count"))
    return JACKS.get(int(count or 0), {}).get(side, ())


def side_moves(side: str, verb: str, values: Mapping[str, Value]) -> bool | None:
    """Tell whether a jack of a side is "extending" or "retracting"; None while that is unknown."""
    said = {label(values.get(f"{verb}_{jack}")) for jack in jacks_of(side, values)}
    return True if "on" in said else None if None in said or not said else False


def side_is_up(side: str, values: Mapping[str, Value]) -> bool | None:
    """Tell whether all jacks of a side are retracted; None while that is not known."""
    said = {label(values.get(f"extension_{jack}")) for jack in jacks_of(side, values)}
    return False if "detected" in said else None if None in said or not said else True


def jack_arguments(way: str, values: Mapping[str, Value]) -> dict[str, Value]:
    """Return what "open_front_jacks" and the like say besides; nothing for other ways.

    Raises CommandError where the system does not tell how many jacks it has, or of others.
    """
    verb, _, side = way.partition("_")
    if side not in SIDES:
        return {}
    moved = jacks_of(side, values)
    if not moved:
        raise CommandError("jacks_unknown")
    count = int(number(values["jack_count"]) or 0)
    arguments: dict[str, Value] = {"mode": _MODES[count]}
    for jack in {jack for jacks in JACKS[count].values() for jack in jacks}:
        for each in _VERBS.values():
            is_on = jack in moved and each == _VERBS[verb]
            arguments[f"{each}_{jack}"] = "on" if is_on else "off"
    return arguments
