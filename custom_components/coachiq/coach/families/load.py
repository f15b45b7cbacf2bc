"""Dimmers and switched loads."""

from ...rvc import Value
from .row import LOAD_AMPS, MOVING, Derived, Family, Reading, Values, label, number, same


def _lit(values: Values) -> Value:
    """Return whether a dimmer's load is on: by its load status, else by its level."""
    load = label(values["load"])
    if load is not None:
        return load != "level_zero"
    return _loaded(values)


def _loaded(values: Values) -> Value:
    """Return whether a load is on by its level."""
    level = number(values["level"])
    return None if level is None else level > 0


LOAD_READINGS = (
    Reading(name="level", field="level", hold=MOVING),
    Reading(name="current", field="present_current", span=LOAD_AMPS),
)
LOAD_DERIVED = (Derived(name="on", inputs=("level",), work_out=_loaded),)

LOADS: tuple[Family, ...] = (
    Family(
        key="dimmer",
        feeds={
            "DC_DIMMER_STATUS_3": (
                Reading(name="level", field="brightness", hold=MOVING),
                Reading(name="load", field="load"),
                Reading(name="lock", field="lock"),
                *same("overcurrent", "undercurrent"),
            )
        },
        derived=(Derived(name="on", inputs=("level", "load"), work_out=_lit),),
    ),
    Family(key="dc_load", feeds={"DC_LOAD_STATUS": LOAD_READINGS}, derived=LOAD_DERIVED),
    Family(key="ac_load", feeds={"AC_LOAD_STATUS": LOAD_READINGS}, derived=LOAD_DERIVED),
    # The level is of all colors together; at zero the light is off.
    Family(
        key="color_light",
        feeds={
            "DC_DIMMER_STATUS_1": (
                Reading(name="level", field="master_brightness"),
                *(
                    Reading(name=color, field=f"{color}_brightness")
                    for color in ("red", "green", "blue", "white")
                ),
            )
        },
        derived=LOAD_DERIVED,
    ),
)
