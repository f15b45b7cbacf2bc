"""Where the coach is, and what its clock shows."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

from ...rvc import Code, Value
from .row import Derived, Family, Reading, Span, Values, label, number, same

_TIME = ("year", "month", "day_of_month", "hour", "minute", "second")
# A clock that was never set counts from the beginning.
_EARLIEST = 2020


def _fixed(name: str) -> Callable[[Values], Value]:
    """Return a coordinate, None while there is no fix; without one, some senders send zeros."""

    def work_out(values: Values) -> Value:
        nowhere = not values["north"] and not values["east"]
        return None if nowhere or label(values["fix"]) == "no_fix" else values[name]

    return work_out


def clock_seconds(values: Values) -> float | None:
    """Return what the clock shows as seconds since 1970, None where a part or its zone is unknown.

    The zone is in hours west of Greenwich, from 0 to 23.
    """
    parts = [number(values[name]) for name in _TIME]
    zone = values["time_zone"]
    west = zone.raw if isinstance(zone, Code) else number(zone)
    known = [int(part) for part in parts if part is not None]
    if west is None or west > 23 or len(known) < len(_TIME) or known[0] < _EARLIEST:
        return None
    offset = timedelta(hours=24 - west if west > 12 else -west)
    year, month, day, hour, minute, second = known
    try:
        shown = datetime(year, month, day, hour, minute, second, tzinfo=timezone(offset))
    except ValueError:
        return None
    return (shown - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()


PLACE: tuple[Family, ...] = (
    Family(
        key="gps",
        feeds={
            "GPS_POSITION": (
                Reading(name="north", field="latitude", span=Span(-90, 90)),
                Reading(name="east", field="longitude", span=Span(-180, 180)),
            ),
            "GPS_STATUS": (
                *same("heading", "speed", "altitude"),
                Reading(name="satellites", field="satellites_in_view"),
                Reading(name="fix", field="fix_type"),
            ),
        },
        derived=tuple(
            Derived(name=name, inputs=("north", "east", "fix"), work_out=_fixed(source))
            for name, source in (("latitude", "north"), ("longitude", "east"))
        ),
        lowest=0,
    ),
    Family(
        key="clock",
        feeds={"DATE_TIME_STATUS": same(*_TIME, "time_zone")},
        derived=(Derived(name="time", inputs=(*_TIME, "time_zone"), work_out=clock_seconds),),
        lowest=0,
    ),
)
