"""What heats, cools and moves air."""

from ...rvc import Value
from .row import AIR, DEVICE, Derived, Family, Reading, Values, flag, label, same


def _is_cooling(values: Values) -> Value:
    """Return whether a refrigerator is on."""
    mode = label(values["mode"])
    return None if mode is None else mode != "off"


CLIMATE: tuple[Family, ...] = (
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
            ),
            "THERMOSTAT_STATUS_2": (
                Reading(name="schedule_chosen", field="schedule_instance"),
                Reading(name="noise", field="reduced_noise_mode"),
            ),
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
        stays=True,
    ),
    Family(
        key="air_conditioner",
        feeds={
            "AIR_CONDITIONER_STATUS": (
                Reading(name="mode", field="operating_mode"),
                Reading(name="fan_speed", field="fan_speed"),
                Reading(name="output", field="output_level"),
            ),
            "AIR_CONDITIONER_STATUS_2": (
                *same("compressor", "reduced_noise_mode", "coil_freeze_detected", "defrost_cycle"),
                *same("exterior_temperature", "coil_temperature", span=DEVICE),
            ),
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
        key="heat_pump",
        feeds={
            "HEAT_PUMP_STATUS": (
                Reading(name="mode", field="operating_mode"),
                Reading(name="fan_speed", field="fan_speed"),
                Reading(name="output", field="output_level"),
            )
        },
    ),
    Family(
        key="floor_heat",
        feeds={
            "FLOOR_HEAT_STATUS": (
                Reading(name="mode", field="operating_mode"),
                Reading(name="status", field="operating_status"),
                Reading(name="element", field="heat_element"),
                Reading(name="temperature", field="measured_temperature", span=AIR),
                Reading(name="set_point", field="set_point", span=AIR),
            )
        },
        derived=(Derived(name="on", inputs=("status",), work_out=flag("status", "on")),),
    ),
    Family(
        key="roof_fan",
        feeds={
            "ROOF_FAN_STATUS_1": (
                Reading(name="status", field="system_status"),
                Reading(name="fan_mode", field="fan_mode"),
                Reading(name="speed_mode", field="speed_mode"),
                Reading(name="speed", field="fan_speed_setting"),
                Reading(name="direction", field="air_direction"),
                Reading(name="light", field="light"),
                Reading(name="temperature", field="ambient_temperature", span=AIR),
                Reading(name="set_point", field="set_point", span=AIR),
            ),
            "ROOF_FAN_STATUS_2": (
                *same("dome_motion", "dome_position"),
                Reading(name="rain", field="rain_sensor"),
            ),
        },
        derived=(Derived(name="on", inputs=("status",), work_out=flag("status", "on")),),
    ),
    Family(
        key="refrigerator",
        feeds={
            "REFRIGERATOR_STATUS": (
                *same("temperature", "set_point", span=AIR),
                *same("light", "fuel_source", "mode", "compressor_speed"),
                Reading(name="door", field="door_switch"),
            )
        },
        derived=(Derived(name="on", inputs=("mode",), work_out=_is_cooling),),
        lowest=0,
        names={(0,): "fridge", (1,): "freezer"},
    ),
)
