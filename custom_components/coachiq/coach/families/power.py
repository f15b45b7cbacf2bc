"""Batteries, inverters, chargers, and all else that makes or carries power."""

from collections.abc import Callable, Mapping

from ...rvc import Value
from .row import (
    AIR,
    COUNTED,
    DEVICE,
    SOURCE_AMPS,
    Derived,
    Family,
    Reading,
    Values,
    flag,
    label,
    number,
    product,
    same,
)


def _remaining(direction: str) -> Callable[[Values], Value]:
    """Return the minutes that remain in one direction."""

    def work_out(values: Values) -> Value:
        matches = label(values["time_direction"]) == direction
        return values["time_remaining"] if matches else None

    return work_out


def _share(sign: int) -> Callable[[Values], Value]:
    """Return the power in one direction, 0 while it goes the other way."""

    def work_out(values: Values) -> Value:
        power = number(values["power"])
        return None if power is None else max(power * sign, 0.0)

    return work_out


# What measures alternating current says so in several DGNs of one layout.
AC_FAULTS = (
    "open_ground_fault",
    "open_neutral_fault",
    "reverse_polarity_fault",
    "ground_current_fault",
)
_CHARGING = (
    Reading(name="state", field="operating_state"),
    Reading(name="voltage", field="charge_voltage"),
    Reading(name="current", field="charge_current", span=SOURCE_AMPS),
)
_WATTS = Derived(
    name="power", inputs=("voltage", "current"), work_out=product("voltage", "current")
)


def _is_enabled(values: Values) -> Value:
    """Return whether a charger may charge."""
    state = label(values["state"])
    return None if state is None else state != "disabled"


# The states of a generator whose engine runs, or is about to.
_ON = frozenset(
    (
        *("preheat", "cranking", "running", "engine_run_only"),
        *("test", "voltage_adjust", "fault_bypass"),
    )
)


def _is_on(values: Values) -> Value:
    """Return whether a generator runs or starts."""
    status = label(values["status"])
    return None if status is None else status in _ON


def _any_fault(values: Values) -> Value:
    """Return whether any fault is told of, None while none is and not all are known."""
    said = [label(values.get(name)) for name in AC_FAULTS]
    if "fault" in said:
        return True
    return None if None in said else False


def _ac_point(
    key: str, prefix: str, names: Mapping[tuple[int, ...], str], lowest: int = 1
) -> Family:
    """Return the family of the points of one kind of device at which AC is measured."""
    return Family(
        key=key,
        feeds={
            f"{prefix}_1": (
                Reading(name="voltage", field="rms_voltage"),
                Reading(name="current", field="rms_current"),
                *same("frequency", *AC_FAULTS),
            ),
            f"{prefix}_3": (Reading(name="power", field="real_power"),),
        },
        derived=(Derived(name="fault", inputs=AC_FAULTS, work_out=_any_fault),),
        lowest=lowest,
        names=names,
    )


def _source(values: Values) -> Value:
    """Return which source a transfer switch uses, as a word."""
    said = values["source_in_use"]
    if isinstance(said, int):
        return "secondary" if said == 1 else f"source_{said + 1}"
    return label(said)


def _choice(values: Values) -> Value:
    """Return how a transfer switch chooses: by itself, or which source it was told to use."""
    mode = label(values["mode"])
    return values["source"] if mode == "manual" else mode


def _both_ways(key: str) -> Mapping[tuple[int, ...], str]:
    """Return the names of a device's inputs and outputs, by line and direction."""
    return {
        (line, way): f"{key}_{words}_{line + 1}"
        for line in range(2)
        for way, words in enumerate(("input", "output"))
    }


POWER: tuple[Family, ...] = (
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
            _WATTS,
            Derived(name="charging_power", inputs=("power",), work_out=_share(1)),
            Derived(name="discharging_power", inputs=("power",), work_out=_share(-1)),
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
        names={
            (1,): "house_battery",
            (2,): "chassis_battery",
            (3,): "house_battery_2",
            (4,): "starter",
        },
        priority="device_priority",
        stays=True,
    ),
    Family(
        key="generator",
        feeds={
            "GENERATOR_STATUS_1": (
                Reading(name="status", field="status"),
                Reading(name="run_time", field="engine_run_time"),
                Reading(name="load", field="engine_load"),
                Reading(name="start_battery", field="start_battery_voltage"),
            ),
            "GENERATOR_STATUS_2": (
                Reading(name="coolant_temperature", field="engine_coolant_temperature"),
                Reading(name="oil_pressure", field="engine_oil_pressure"),
                Reading(name="engine_speed", field="engine_speed"),
                Reading(name="fuel_rate", field="fuel_rate"),
                Reading(name="temperature_shutdown", field="temperature_shutdown_switch"),
                Reading(name="pressure_shutdown", field="oil_pressure_shutdown_switch"),
                Reading(name="oil_level", field="oil_level_switch"),
                Reading(name="caution", field="caution_light"),
            ),
        },
        derived=(Derived(name="on", inputs=("status",), work_out=_is_on),),
        lowest=0,
    ),
    Family(
        key="generator_demand",
        feeds={
            "GENERATOR_DEMAND_STATUS": same(
                *("generator_demand", "network_generator_demand", "quiet_time"),
                *("quiet_time_override", "manual_override", "generator_lock"),
                "minimum_cycle_time",
            )
        },
        derived=(
            # Whether the network wants it, which is what a command changes.
            Derived(
                name="on",
                inputs=("network_generator_demand",),
                work_out=flag("network_generator_demand", "yes"),
            ),
        ),
        lowest=0,
    ),
    # Why a generator is started by itself: one thing for each criterion that is kept.
    Family(
        key="ags_criterion",
        feeds={
            "AGS_CRITERION_STATUS": same(
                *("demand", "activation", "criterion_type", "dc_source_instance"),
                *("dc_voltage_threshold", "time_under_threshold"),
                *("state_of_charge_start_threshold", "state_of_charge_stop_threshold"),
            )
        },
        derived=(
            Derived(name="on", inputs=("activation",), work_out=flag("activation", "active")),
        ),
    ),
    _ac_point(
        "generator_ac",
        "GENERATOR_AC_STATUS",
        {(line,): f"generator_ac_{line}" for line in (1, 2)},
        lowest=0,
    ),
    Family(
        key="inverter",
        feeds={
            "INVERTER_STATUS": (
                Reading(name="state", field="status"),
                *same("inverter", "load_sense", "pass_through", "generator_support"),
            ),
            "INVERTER_DC_STATUS": (
                Reading(name="voltage", field="dc_voltage"),
                Reading(name="current", field="dc_current", span=SOURCE_AMPS),
            ),
            "INVERTER_TEMPERATURE_STATUS": same(
                "fet_1_temperature", "transformer_temperature", "fet_2_temperature", span=DEVICE
            ),
        },
        derived=(
            Derived(name="on", inputs=("inverter",), work_out=flag("inverter", "enabled")),
            _WATTS,
        ),
    ),
    _ac_point("inverter_ac", "INVERTER_AC_STATUS", _both_ways("inverter_ac")),
    Family(
        key="charger",
        feeds={
            "CHARGER_STATUS": (
                *_CHARGING,
                Reading(name="share", field="relative_charge_current"),
            ),
            "CHARGER_STATUS_2": (Reading(name="temperature", field="temperature", span=DEVICE),),
            "CHARGER_STATUS_3": same("derating", "derating_reason"),
            "CHARGER_CONFIGURATION_STATUS_2": (
                Reading(name="share_limit", field="relative_maximum_charge_current"),
                Reading(name="shore_limit", field="shore_breaker_size"),
            ),
        },
        derived=(
            Derived(name="on", inputs=("state",), work_out=_is_enabled),
            _WATTS,
        ),
    ),
    _ac_point("charger_ac", "CHARGER_AC_STATUS", _both_ways("charger_ac")),
    Family(
        key="solar",
        feeds={
            "SOLAR_CONTROLLER_STATUS": _CHARGING,
            "SOLAR_CONTROLLER_STATUS_4": (
                Reading(name="charge_today", field="charge_to_battery_today"),
            ),
            "SOLAR_CONTROLLER_STATUS_5": (
                Reading(name="energy", field="cumulative_energy", span=COUNTED),
            ),
            "SOLAR_CONTROLLER_STATUS_6": (
                Reading(name="temperature", field="measured_temperature", span=DEVICE),
            ),
            "SOLAR_CONTROLLER_SOLAR_ARRAY_STATUS": (
                Reading(name="array_voltage", field="measured_voltage"),
                Reading(name="array_current", field="measured_current", span=SOURCE_AMPS),
            ),
        },
        derived=(
            Derived(name="on", inputs=("state",), work_out=_is_enabled),
            _WATTS,
            Derived(
                name="array_power",
                inputs=("array_voltage", "array_current"),
                work_out=product("array_voltage", "array_current"),
            ),
        ),
    ),
    Family(
        key="transfer_switch",
        feeds={"ATS_STATUS": same("source_in_use", "mode")},
        derived=(
            Derived(name="source", inputs=("source_in_use",), work_out=_source),
            Derived(name="choice", inputs=("mode", "source"), work_out=_choice),
        ),
    ),
    _ac_point(
        "transfer_switch_ac",
        "ATS_AC_STATUS",
        {
            (way, source, leg): f"transfer_switch_{words}_{leg + 1}"
            for way, source, words in (
                (0, 0, "primary"),
                (0, 1, "secondary"),
                (1, 0, "output"),
                (1, 1, "output"),
            )
            for leg in range(2)
        },
    ),
    _ac_point(
        "ac_point",
        "GENERIC_AC_STATUS",
        {(1, 1): "shore_1", (1, 2): "shore_2", (1,): "ac_point_1", (2,): "ac_point_2"},
    ),
    Family(
        key="dc_disconnect",
        feeds={
            "DC_DISCONNECT_STATUS": (
                *same("circuit", "bypass"),
                Reading(name="voltage", field="switched_voltage"),
                Reading(name="current", field="switched_current", span=SOURCE_AMPS),
            )
        },
        derived=(Derived(name="on", inputs=("circuit",), work_out=flag("circuit", "connected")),),
    ),
)
