"""Which DGNs make a light, a tank, a zone: the families of things, as rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ..rvc import Code, Value

type Values = Mapping[str, Value]


class Span(NamedTuple):
    """The numbers that a sensor can measure, in the field's unit."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One field of a status DGN that a thing has as a value.

    Numbers outside `span` are no measurement: sensors that are not there send them. While the
    field says one of `hold`, the thing keeps its last number.
    """

    name: str
    field: str
    sign: int = 1
    span: Span | None = None
    hold: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A value worked out of others of the same thing, None where one of them is unknown."""

    name: str
    inputs: tuple[str, ...]
    work_out: Callable[[Values], Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A kind of thing: the status DGNs that tell of it, and what they tell.

    `lowest` and `highest` bound the instance; `names` gives fixed instances a name of their own;
    `priority` is the field by which one of several senders is chosen.
    """

    key: str
    feeds: Mapping[str, tuple[Reading, ...]]
    derived: tuple[Derived, ...] = ()
    lowest: int = 1
    highest: int = 250
    names: Mapping[int, str] = field(default_factory=dict)
    priority: str | None = None


def number(value: Value) -> float | None:
    """Return the value if it is a number."""
    return value if isinstance(value, int | float) else None


def label(value: Value) -> str | None:
    """Return the words of a code as one key, such as `aux_heat`."""
    return value.label.replace(" ", "_") if isinstance(value, Code) else None


def flag(name: str, yes: str) -> Callable[[Values], bool | None]:
    """Return a test of whether a coded value says `yes`; None while it says nothing."""

    def test(values: Values) -> bool | None:
        words = label(values.get(name))
        return None if words is None else words == yes

    return test


def _percent(values: Values) -> Value:
    """Return how full a tank is; a sender that contradicts itself is not believed."""
    level, steps = number(values["relative_level"]), number(values["resolution"])
    if level is None or not steps or level > steps:
        return None
    return level / steps * 100


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


def _remaining(direction: str) -> Callable[[Values], Value]:
    """Return the minutes that remain in one direction."""

    def work_out(values: Values) -> Value:
        matches = label(values["time_direction"]) == direction
        return values["time_remaining"] if matches else None

    return work_out


MOVING = frozenset(("ramping", "flashing", "delay_active"))
# RV-C's numbers reach from -2 000 000 A; an unmeasured current is often sent as all zeros.
SOURCE_AMPS = Span(-10_000.0, 10_000.0)
LOAD_AMPS = Span(-1_000.0, 1_000.0)
AIR = Span(-60.0, 90.0)
WATER = Span(-40.0, 150.0)

LOAD_READINGS = (
    Reading(name="level", field="level", hold=MOVING),
    Reading(name="current", field="present_current", span=LOAD_AMPS),
)
LOAD_DERIVED = (Derived(name="on", inputs=("level",), work_out=_loaded),)

FAMILIES: tuple[Family, ...] = (
    Family(
        key="dimmer",
        feeds={
            "DC_DIMMER_STATUS_3": (
                Reading(name="level", field="brightness", hold=MOVING),
                Reading(name="load", field="load"),
                Reading(name="lock", field="lock"),
                Reading(name="overcurrent", field="overcurrent"),
            )
        },
        derived=(Derived(name="on", inputs=("level", "load"), work_out=_lit),),
    ),
    Family(key="dc_load", feeds={"DC_LOAD_STATUS": LOAD_READINGS}, derived=LOAD_DERIVED),
    Family(key="ac_load", feeds={"AC_LOAD_STATUS": LOAD_READINGS}, derived=LOAD_DERIVED),
    Family(
        key="tank",
        feeds={
            "TANK_STATUS": (
                Reading(name="relative_level", field="relative_level"),
                Reading(name="resolution", field="resolution"),
                Reading(name="volume", field="absolute_level"),
                Reading(name="size", field="tank_size"),
            )
        },
        derived=(
            Derived(name="level", inputs=("relative_level", "resolution"), work_out=_percent),
        ),
        lowest=0,
        names={
            0: "fresh_water",
            1: "black_water",
            2: "gray_water",
            3: "lpg",
            16: "fresh_water_2",
            17: "black_water_2",
            18: "gray_water_2",
            19: "lpg_2",
        },
    ),
    Family(
        key="dc_source",
        feeds={
            "DC_SOURCE_STATUS_1": (
                Reading(name="voltage", field="dc_voltage"),
                Reading(name="current", field="dc_current", sign=-1, span=SOURCE_AMPS),
            ),
            "DC_SOURCE_STATUS_2": (
                Reading(name="temperature", field="source_temperature", span=AIR),
                Reading(name="state_of_charge", field="state_of_charge"),
                Reading(name="time_remaining", field="time_remaining"),
                Reading(name="time_direction", field="time_remaining_interpretation"),
            ),
            "DC_SOURCE_STATUS_3": (
                Reading(name="state_of_health", field="state_of_health"),
                Reading(name="capacity_remaining", field="capacity_remaining"),
                Reading(name="ripple", field="ac_rms_ripple"),
            ),
        },
        derived=(
            Derived(
                name="time_to_empty",
                inputs=("time_remaining", "time_direction"),
                work_out=_remaining("time_to_empty"),
            ),
            Derived(
                name="time_to_full",
                inputs=("time_remaining", "time_direction"),
                work_out=_remaining("time_to_full"),
            ),
        ),
        names={1: "house_battery", 2: "chassis_battery", 3: "house_battery_2", 4: "starter"},
        priority="device_priority",
    ),
    Family(
        key="thermostat",
        feeds={
            "THERMOSTAT_STATUS_1": (
                Reading(name="mode", field="operating_mode"),
                Reading(name="fan_mode", field="fan_mode"),
                Reading(name="schedule", field="schedule_mode"),
                Reading(name="fan_speed", field="fan_speed"),
                Reading(name="heat", field="heat_set_point", span=AIR),
                Reading(name="cool", field="cool_set_point", span=AIR),
            )
        },
        lowest=0,
    ),
    Family(
        key="ambient",
        feeds={
            "THERMOSTAT_AMBIENT_STATUS": (
                Reading(name="temperature", field="ambient_temperature", span=AIR),
            )
        },
        lowest=0,
    ),
    Family(
        key="air_conditioner",
        feeds={
            "AIR_CONDITIONER_STATUS": (
                Reading(name="mode", field="operating_mode"),
                Reading(name="fan_speed", field="fan_speed"),
                Reading(name="output", field="output_level"),
            )
        },
    ),
    Family(
        key="furnace",
        feeds={
            "FURNACE_STATUS": (
                Reading(name="mode", field="operating_mode"),
                Reading(name="source", field="heat_source"),
                Reading(name="fan_speed", field="circulation_fan_speed"),
                Reading(name="output", field="output_level"),
            )
        },
        lowest=0,
    ),
    Family(
        key="water_heater",
        feeds={
            "WATERHEATER_STATUS": (
                Reading(name="mode", field="operating_mode"),
                Reading(name="set_point", field="set_point", span=WATER),
                Reading(name="temperature", field="water_temperature", span=WATER),
                Reading(name="burner", field="burner"),
                Reading(name="element", field="ac_element"),
                Reading(name="ignition", field="ignition_failure"),
                Reading(name="limit", field="high_temperature_limit_switch"),
            )
        },
    ),
    Family(
        key="water_pump",
        feeds={
            "WATER_PUMP_STATUS": (
                Reading(name="operation", field="operating_status"),
                Reading(name="pump", field="pump"),
                Reading(name="hookup", field="water_hookup_detected"),
                Reading(name="pressure", field="system_pressure"),
            )
        },
        derived=(Derived(name="on", inputs=("operation",), work_out=flag("operation", "enabled")),),
        lowest=0,
    ),
    Family(
        key="generator",
        feeds={
            "GENERATOR_STATUS_1": (
                Reading(name="status", field="status"),
                Reading(name="run_time", field="engine_run_time"),
                Reading(name="load", field="engine_load"),
                Reading(name="start_battery", field="start_battery_voltage"),
            )
        },
        lowest=0,
    ),
)

FAMILY: Mapping[str, Family] = {family.key: family for family in FAMILIES}
FAMILY_OF: Mapping[str, Family] = {dgn: family for family in FAMILIES for dgn in family.feeds}
