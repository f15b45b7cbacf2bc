"""Tanks, water heaters, pumps and valves."""

from ...rvc import Code, Value
from .row import WATER, Derived, Family, Reading, Values, flag, label, number, same


def _percent(values: Values) -> Value:
    """Return how full a tank is; a sender that contradicts itself is not believed."""
    level, steps = number(values["relative_level"]), number(values["resolution"])
    if level is None or not steps or level > steps:
        return None
    return level / steps * 100


def _opening(values: Values) -> Value:
    """Return how far a valve is open, in percent."""
    position = values["position"]
    if isinstance(position, Code):
        return {"closed": 0, "open": 100}.get(position.label)
    return position


def _toward(values: Values) -> Value:
    """Return whether a valve opens or is open, False for the other way, None in between."""
    ways = {"opening": True, "closing": False}
    ends: dict[Value, bool] = {100: True, 0: False}
    return ways.get(label(values["motion"]) or "", ends.get(values["opening"]))


WATER_SYSTEM: tuple[Family, ...] = (
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
        stays=True,
        names={
            (0,): "fresh_water",
            (1,): "black_water",
            (2,): "gray_water",
            (3,): "lpg",
            (16,): "fresh_water_2",
            (17,): "black_water_2",
            (18,): "gray_water_2",
            (19,): "lpg_2",
        },
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
            ),
            "WATERHEATER_STATUS_2": (
                Reading(name="preheat", field="engine_preheat"),
                Reading(name="coolant", field="coolant_level_warning"),
            ),
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
        key="circulation_pump",
        feeds={
            "CIRCULATION_PUMP_STATUS": (
                Reading(name="output", field="output"),
                Reading(name="overcurrent", field="pump_overcurrent"),
                Reading(name="undercurrent", field="pump_undercurrent"),
                Reading(name="hot", field="pump_temperature_warning"),
            )
        },
    ),
    Family(
        key="autofill",
        feeds={
            "AUTOFILL_STATUS": (
                Reading(name="operation", field="operating_status"),
                *same("valve", "last_operation"),
            )
        },
        derived=(Derived(name="on", inputs=("operation",), work_out=flag("operation", "on")),),
        lowest=0,
    ),
    Family(
        key="waste_dump",
        feeds={
            "WASTEDUMP_STATUS": same(
                "black_valve",
                "gray_valve",
                "safety_lock",
                "sewer_hose_motion",
                "black_flush",
                "gray_flush",
                "additive_reservoir_level",
            )
        },
        derived=tuple(
            Derived(
                name=f"{tank}_open",
                inputs=(f"{tank}_valve",),
                work_out=flag(f"{tank}_valve", "open"),
            )
            for tank in ("black", "gray")
        ),
        lowest=0,
    ),
    Family(
        key="valve",
        feeds={"VALVE_STATUS": same("motion", "position", "pressure")},
        derived=(
            Derived(name="opening", inputs=("position",), work_out=_opening),
            Derived(name="toward", inputs=("motion", "opening"), work_out=_toward),
        ),
    ),
)
