"""The sensors of things, one row each."""

from collections.abc import Iterable
from dataclasses import dataclass

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfPressure, UnitOfTime
from homeassistant.helpers.typing import UNDEFINED

from .entity import ThingDescription
from .unit import SLOW, UNITS

DIAGNOSTIC = EntityCategory.DIAGNOSTIC
MEASUREMENT = SensorStateClass.MEASUREMENT
TOTAL = SensorStateClass.TOTAL_INCREASING
HOURS = UnitOfTime.HOURS
# A clock counts by itself: nobody needs to see every second of it.
MINUTE = 60.0


@dataclass(frozen=True, kw_only=True)
class CoachSensorDescription(ThingDescription, SensorEntityDescription):
    """A sensor that shows the value of the same name as its key."""


def _measured(
    family: str,
    key: str,
    unit: str,
    *,
    named: bool = True,
    main: bool = False,
    shown: bool = True,
    diagnostic: bool = False,
    steady: bool = False,
    precision: int | None = None,
    state_class: SensorStateClass | None = MEASUREMENT,
    device_class: SensorDeviceClass | None = None,
    suggested: str | None = None,
    text: str | None = None,
) -> CoachSensorDescription:
    """Return a number in a unit of the protocol.

    It has a name of its own (`text`, or its key) where it is `named`, its class's otherwise; a
    `main` one has its device's. One that is not `shown` waits until the owner enables it. A
    `steady` one is written as often as it changes.
    """
    name, usual, decimals, interval = UNITS[unit]
    return CoachSensorDescription(
        key=key,
        family=family,
        name=None if main else UNDEFINED,
        translation_key=text or (key if named and not main else None),
        device_class=device_class or usual,
        native_unit_of_measurement=name,
        suggested_unit_of_measurement=suggested,
        state_class=state_class,
        suggested_display_precision=decimals if precision is None else precision,
        entity_category=DIAGNOSTIC if diagnostic else None,
        entity_registry_enabled_default=shown,
        interval=0.0 if steady else interval,
    )


def _words(
    family: str,
    key: str,
    translation_key: str,
    options: Iterable[str],
    *,
    main: bool = False,
    diagnostic: bool = False,
    shown: bool = True,
) -> CoachSensorDescription:
    """Return a coded value, in words."""
    return CoachSensorDescription(
        key=key,
        family=family,
        name=None if main else UNDEFINED,
        translation_key=translation_key,
        device_class=SensorDeviceClass.ENUM,
        options=list(options),
        entity_category=DIAGNOSTIC if diagnostic else None,
        entity_registry_enabled_default=shown,
    )


def _ac_point(family: str) -> tuple[CoachSensorDescription, ...]:
    """Return what is measured at a point of alternating current."""
    return (
        _measured(family, "voltage", "V", named=False, precision=1),
        _measured(family, "current", "A", named=False),
        _measured(family, "power", "W", named=False),
        _measured(family, "frequency", "Hz", named=False, diagnostic=True),
    )


def _powered(family: str) -> tuple[CoachSensorDescription, ...]:
    """Return direct current: volts, amps and their product."""
    return (
        _measured(family, "voltage", "V", named=False),
        _measured(family, "current", "A", named=False),
        _measured(family, "power", "W", named=False),
    )


CHARGING_STATES = (
    "disabled",
    "not_charging",
    "bulk",
    "absorption",
    "overcharge",
    "equalize",
    "float",
    "constant_voltage_or_current",
)
LEVELS = ("ok", "extremely_low", "low", "high", "extremely_high")

LEVELING_MODES = (
    "inactive",
    "suspension_raise",
    "suspension_dump",
    "store",
    "manual_air",
    "automatic_air",
    "deploy_kick_down",
    "manual_hydraulic",
    "automatic_hydraulic_or_electric",
    "kneel",
    "automatic_hitch_height",
    "abort",
    "careen_left",
    "careen_right",
    "squat",
    "jack_calibration",
)
STEP_MODES = ("user_switch", "door_switch", "hold_extended")
SENSORS = (
    # Tanks and water.
    CoachSensorDescription(
        key="level",
        family="tank",
        name=None,
        translation_key="tank_level",
        native_unit_of_measurement=UNITS["%"].name,
        state_class=MEASUREMENT,
        suggested_display_precision=1,
    ),
    CoachSensorDescription(
        key="volume",
        family="tank",
        device_class=SensorDeviceClass.VOLUME_STORAGE,
        native_unit_of_measurement=UNITS["L"].name,
        state_class=MEASUREMENT,
        entity_registry_enabled_default=False,
    ),
    CoachSensorDescription(
        key="size",
        family="tank",
        translation_key="tank_size",
        device_class=SensorDeviceClass.VOLUME_STORAGE,
        native_unit_of_measurement=UNITS["L"].name,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    _words(
        "water_heater",
        "mode",
        "water_heater_mode",
        (
            "off",
            "combustion",
            "electric",
            "gas_and_electric",
            "automatic",
            "test_combustion",
            "test_electric",
        ),
        main=True,
    ),
    _measured("water_heater", "temperature", "°C", named=False),
    _measured("water_heater", "set_point", "°C"),
    _measured("water_pump", "pressure", "Pa", named=False, suggested=UnitOfPressure.KPA),
    _words(
        "autofill",
        "last_operation",
        "last_fill",
        (
            "still_running",
            "successful_fill",
            "fill_timed_out",
            "fill_manually_aborted",
            "fill_aborted_due_to_error",
        ),
    ),
    _words(
        "waste_dump",
        "sewer_hose_motion",
        "sewer_hose",
        ("no_motion", "extending", "retracting"),
    ),
    _measured("waste_dump", "additive_reservoir_level", "%"),
    _measured("valve", "opening", "%"),
    _measured("valve", "pressure", "Pa", named=False, suggested=UnitOfPressure.KPA, shown=False),
    # Batteries and what charges them.
    *_powered("dc_source"),
    _measured("dc_source", "charging_power", "W", shown=False),
    _measured("dc_source", "discharging_power", "W", shown=False),
    _measured("dc_source", "temperature", "°C", named=False),
    _measured(
        "dc_source",
        "state_of_charge",
        "%",
        named=False,
        precision=1,
        device_class=SensorDeviceClass.BATTERY,
    ),
    _measured("dc_source", "time_to_empty", "min", suggested=HOURS, precision=1),
    _measured("dc_source", "time_to_full", "min", suggested=HOURS, precision=1),
    _measured("dc_source", "state_of_health", "%", diagnostic=True, precision=1),
    _measured("dc_source", "capacity_remaining", "Ah"),
    _measured("dc_source", "ripple", "mV", diagnostic=True, shown=False),
    _words("charger", "state", "charging_state", CHARGING_STATES, main=True),
    *_powered("charger"),
    _measured("charger", "share", "%", text="charge_share"),
    _measured("charger", "temperature", "°C", named=False, diagnostic=True),
    _words(
        "charger",
        "derating_reason",
        "derating_reason",
        (
            "not_derating",
            "high_internal_temperature",
            "high_battery_temperature",
            "battery_voltage",
            "ac_input_voltage",
            "ac_input_current",
        ),
        diagnostic=True,
    ),
    _words("solar", "state", "charging_state", CHARGING_STATES, main=True),
    *_powered("solar"),
    _measured("solar", "array_voltage", "V"),
    _measured("solar", "array_current", "A"),
    _measured("solar", "array_power", "W"),
    _measured("solar", "charge_today", "Ah", state_class=TOTAL),
    _measured("solar", "energy", "kWh", named=False, state_class=TOTAL),
    _measured("solar", "temperature", "°C", named=False, diagnostic=True),
    _words(
        "inverter",
        "state",
        "inverter_state",
        (
            "disabled",
            "invert",
            "ac_pass_through",
            "aps_only",
            "load_sense",
            "waiting_to_invert",
            "generator_support",
        ),
        main=True,
    ),
    *_powered("inverter"),
    _measured("inverter", "fet_1_temperature", "°C", diagnostic=True, shown=False),
    _measured("inverter", "fet_2_temperature", "°C", diagnostic=True, shown=False),
    _measured("inverter", "transformer_temperature", "°C", diagnostic=True, shown=False),
    # Alternating current, where it is measured.
    *_ac_point("inverter_ac"),
    *_ac_point("charger_ac"),
    *_ac_point("transfer_switch_ac"),
    *_ac_point("generator_ac"),
    *_ac_point("ac_point"),
    _words(
        "transfer_switch",
        "source",
        "transfer_source",
        (
            "primary",
            "secondary",
            "source_3",
            "source_4",
            "source_5",
            "source_6",
            "source_7",
            "none_active",
        ),
        main=True,
    ),
    _words("transfer_switch", "mode", "control_mode", ("automatic", "manual")),
    _measured("dc_disconnect", "voltage", "V", named=False),
    _measured("dc_disconnect", "current", "A", named=False),
    # The generator.
    _words(
        "ags_criterion",
        "criterion_type",
        "criterion_type",
        (
            *("dc_voltage", "dc_state_of_charge", "dc_current", "ambient_temperature"),
            *("transfer_switch_voltage", "quiet_time", "timed_start", "air_conditioning"),
        ),
        diagnostic=True,
    ),
    _words(
        "generator",
        "status",
        "generator_status",
        (
            "stopped",
            "preheat",
            "cranking",
            "running",
            "priming",
            "fault",
            "engine_run_only",
            "test",
            "voltage_adjust",
            "fault_bypass",
            "configuration",
        ),
        main=True,
    ),
    _measured(
        "generator",
        "run_time",
        "min",
        steady=True,
        state_class=TOTAL,
        suggested=HOURS,
        precision=1,
    ),
    _measured("generator", "load", "%"),
    _measured("generator", "start_battery", "V"),
    _measured("generator", "coolant_temperature", "°C"),
    _measured("generator", "oil_pressure", "kPa"),
    _measured("generator", "engine_speed", "rpm"),
    _measured("generator", "fuel_rate", "L/h"),
    # What heats, cools and moves air.
    _measured("ambient", "temperature", "°C", main=True),
    _words("air_conditioner", "mode", "control_mode", ("automatic", "manual")),
    _measured("air_conditioner", "fan_speed", "%"),
    _measured("air_conditioner", "output", "%"),
    _words(
        "air_conditioner",
        "compressor",
        "compressor",
        ("off", "about_to_start", "starting", "running"),
    ),
    _measured("air_conditioner", "exterior_temperature", "°C", diagnostic=True),
    _measured("air_conditioner", "coil_temperature", "°C", diagnostic=True),
    _words(
        "furnace",
        "source",
        "heat_source",
        ("combustion", "ac_primary", "ac_secondary", "engine_heat"),
    ),
    _measured("furnace", "fan_speed", "%"),
    _measured("furnace", "output", "%"),
    _words("heat_pump", "mode", "control_mode", ("automatic", "manual")),
    _measured("heat_pump", "fan_speed", "%"),
    _measured("heat_pump", "output", "%"),
    _measured("roof_fan", "temperature", "°C", named=False),
    _measured("roof_fan", "dome_position", "%"),
    _measured("refrigerator", "temperature", "°C", main=True),
    _measured("refrigerator", "set_point", "°C"),
    _words("refrigerator", "fuel_source", "fuel_source", ("gas", "dc", "ac")),
    _measured("refrigerator", "compressor_speed", "%", diagnostic=True),
    # The vehicle.
    _measured("chassis", "vehicle_speed", "km/h", named=False),
    _measured("chassis", "engine_speed", "rpm"),
    _words("chassis", "gear", "gear", ("reverse_1", "neutral", "forward_1", "forward_2", "park")),
    _measured("chassis", "fuel_level", "%"),
    _measured("chassis", "odometer", "m", state_class=TOTAL, suggested="km"),
    _measured("engine", "vehicle_speed", "km/h", named=False),
    _measured("engine", "engine_speed", "rpm"),
    _measured("engine", "engine_load", "%", diagnostic=True),
    _measured("engine", "coolant_temperature", "°C"),
    _measured("engine", "coolant_level", "%", diagnostic=True),
    _measured("engine", "oil_pressure", "kPa"),
    _measured("engine", "voltage", "V", named=False),
    _measured("engine", "engine_hours", "h", state_class=TOTAL),
    _measured("engine", "odometer", "m", state_class=TOTAL, suggested="km"),
    _measured("engine", "fuel_level", "%"),
    _measured("engine", "fuel_level_2", "%", shown=False),
    _measured("engine", "fuel_rate", "L/h"),
    _measured("engine", "ambient_temperature", "°C"),
    _measured("engine", "transmission_temperature", "°C"),
    _measured("engine", "def_level", "%"),
    _measured("engine", "brake_air_pressure_1", "kPa", diagnostic=True),
    _measured("engine", "brake_air_pressure_2", "kPa", diagnostic=True),
    _measured("tire", "pressure", "kPa", named=False),
    _measured("tire", "temperature", "°C", named=False),
    _measured("tire", "voltage", "V", text="sensor_voltage", diagnostic=True, shown=False),
    _words("tire", "pressure_status", "pressure_status", LEVELS),
    _measured("level_sensor", "pitch", "deg"),
    _measured("level_sensor", "roll", "deg"),
    _measured("gas_sensor", "concentration", "ppm"),
    _measured("weather", "temperature", "°C", named=False),
    _measured("weather", "air_pressure", "mbar", named=False),
    _measured("weather", "humidity", "%", named=False, device_class=SensorDeviceClass.HUMIDITY),
    _measured(
        "weather", "wind_speed", "km/h", named=False, device_class=SensorDeviceClass.WIND_SPEED
    ),
    _measured(
        "weather",
        "wind_direction",
        "deg",
        named=False,
        device_class=SensorDeviceClass.WIND_DIRECTION,
        state_class=SensorStateClass.MEASUREMENT_ANGLE,
    ),
    _measured("weather", "rain_intensity", "%"),
    _measured("altimeter", "altitude", "m", main=True),
    _measured(
        "compass", "bearing", "deg", main=True, state_class=SensorStateClass.MEASUREMENT_ANGLE
    ),
    # Time and place.
    _measured("gps", "speed", "km/h", named=False),
    _measured("gps", "heading", "deg", state_class=SensorStateClass.MEASUREMENT_ANGLE),
    _measured("gps", "altitude", "m"),
    CoachSensorDescription(
        key="satellites",
        family="gps",
        translation_key="satellites",
        state_class=MEASUREMENT,
        entity_category=DIAGNOSTIC,
        interval=SLOW,
    ),
    _words(
        "gps", "fix", "fix", ("no_fix", "two_dimensional", "three_dimensional"), diagnostic=True
    ),
    CoachSensorDescription(
        key="time",
        family="clock",
        name=None,
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
        interval=MINUTE,
    ),
    # Loads.
    _measured("dc_load", "current", "A", named=False, shown=False),
    _measured("ac_load", "current", "A", named=False, shown=False),
    # What moves.
    _words("leveling", "mode", "leveling_mode", LEVELING_MODES, main=True),
    _words("step", "mode", "step_mode", STEP_MODES, diagnostic=True),
)
