"""What the vehicle says of itself: chassis, tyres, level, weather, and alarms."""

from collections.abc import Mapping

from .row import AIR, DEVICE, Derived, Family, Reading, flag, same

# By axle and position (RV-C Table 6.34.2b): the wheels of four axles.
_SIDES = {0: "outside_left", 1: "inside_left", 2: "inside_right", 3: "outside_right"}
_AXLES = {0: "steer", 1: "drive", 2: "tag", 3: "trailer"}
_WHEELS: Mapping[tuple[int, ...], str] = {
    (side, axle): f"tire_{axle_words}_{side_words}"
    for side, side_words in _SIDES.items()
    for axle, axle_words in _AXLES.items()
}

VEHICLE: tuple[Family, ...] = (
    Family(
        key="chassis",
        feeds={
            "CHASSIS_MOBILITY_STATUS": (
                *same("engine_speed", "vehicle_speed", "park_brake"),
                *same("transmission_lock", "engine_lock"),
                Reading(name="ignition", field="ignition_switch"),
                Reading(name="gear", field="current_gear"),
            ),
            "CHASSIS_MOBILITY_STATUS_2": (
                Reading(name="headlights", field="headlight_switch"),
                *same("fuel_level", "odometer"),
            ),
        },
        lowest=0,
        timed=frozenset(("CHASSIS_MOBILITY_STATUS",)),
    ),
    Family(
        key="tire",
        feeds={
            "TIRE_STATUS": (
                Reading(name="pressure", field="tire_pressure"),
                Reading(name="temperature", field="tire_temperature", span=DEVICE),
                Reading(name="voltage", field="battery_voltage"),
                *same("pressure_status", "temperature_status", "battery_status"),
            ),
            "TIRE_SLOW_LEAK_ALARM": (Reading(name="leak", field="alarm"),),
        },
        lowest=0,
        names=_WHEELS,
    ),
    Family(key="level_sensor", feeds={"LEVELING_SENSOR_STATUS": same("pitch", "roll")}),
    Family(
        key="gas_sensor",
        feeds={
            "GAS_SENSOR_STATUS": (
                *same("type", "concentration", "alarm", "warning"),
                Reading(name="supply_failure", field="dc_supply_failure"),
                *same("sensor_failure"),
            )
        },
    ),
    Family(
        key="alarm",
        feeds={
            "GENERIC_ALARM_STATUS": (
                Reading(name="triggered", field="alarm_triggered"),
                Reading(name="monitored", field="alarm_ready"),
                Reading(name="acknowledgement", field="alarm_acknowledged"),
            )
        },
        derived=(
            Derived(
                name="acknowledged",
                inputs=("acknowledgement",),
                work_out=flag("acknowledgement", "yes"),
            ),
        ),
        lowest=0,
    ),
    Family(
        key="weather",
        feeds={
            "WEATHER_STATUS_1": (
                Reading(name="temperature", field="exterior_air_temperature", span=AIR),
                Reading(name="air_pressure", field="absolute_air_pressure"),
                Reading(name="humidity", field="relative_humidity"),
            ),
            "WEATHER_STATUS_2": same(
                "wind_speed", "wind_direction", "rain_intensity", "rain_alarm"
            ),
        },
        lowest=0,
        # The temperature outside.
        stays=True,
    ),
    Family(
        key="altimeter",
        feeds={"ALTIMETER_STATUS": same("altitude")},
        lowest=0,
    ),
    Family(
        key="compass",
        feeds={"COMPASS_BEARING_STATUS": (Reading(name="bearing", field="adjusted_bearing"),)},
        lowest=0,
    ),
    Family(
        key="digital_input",
        feeds={"DIGITAL_INPUT_STATUS": same("position", "switch_type")},
    ),
    Family(
        key="environment",
        feeds={
            "VEHICLE_ENVIRONMENT_STATUS": (
                Reading(name="shore_power", field="shore_power_available"),
                *same("water_hookup", "sewer_hookup", "trailer_hitched", "vehicle_stabilized"),
            )
        },
        lowest=0,
    ),
    Family(
        key="door",
        feeds={"DOOR_STATUS": same("lock", "motion", "position")},
        derived=(Derived(name="locked", inputs=("lock",), work_out=flag("lock", "locked")),),
    ),
    Family(
        key="window",
        feeds={"WINDOW_STATUS": same("motion", "position")},
    ),
)
