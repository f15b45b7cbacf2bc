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


def _shining(values: Values) -> Value:
    """Return which lamps of an indicator are on, in the words of the command that lights them.

    One with a single lamp says nothing of the second.
    """
    if label(values["command"]) == "flash_alternately":
        return "flash_alternately"
    lamps = [label(values[name]) for name in ("led_1", "led_2")]
    if lamps == [None, None]:
        return None
    return {
        (False, False): "both_off",
        (True, False): "only_led_1_on",
        (False, True): "only_led_2_on",
        (True, True): "both_on",
    }[lamps[0] == "on", lamps[1] == "on"]


def _shines(values: Values) -> Value:
    """Return whether an indicator shows anything."""
    lamps = values["lamps"]
    return None if lamps is None else lamps != "both_off"


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
            ),
            # A lighting controller is a dimmer with colors (both 6.24), under the same instance.
            "DC_LIGHTING_CONTROLLER_STATUS_1": (
                Reading(name="fade", field="color_fade_mode"),
                Reading(name="white_mode", field="color_temperature_mode"),
                *same("color_temperature"),
            ),
            "DC_LIGHTING_CONTROLLER_STATUS_3": (
                Reading(name="warmest", field="minimum_color_temperature"),
                Reading(name="coldest", field="maximum_color_temperature"),
            ),
        },
        derived=LOAD_DERIVED,
    ),
    # The lamps of a keypad or panel (6.26).
    Family(
        key="indicator",
        feeds={
            "GENERIC_INDICATOR_STATUS": (
                Reading(name="level", field="brightness"),
                *same("led_1", "led_2"),
                Reading(name="command", field="last_command"),
            )
        },
        derived=(
            Derived(name="lamps", inputs=("led_1", "led_2", "command"), work_out=_shining),
            Derived(name="on", inputs=("lamps",), work_out=_shines),
        ),
    ),
)
