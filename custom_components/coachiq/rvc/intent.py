"""What a coach can be asked: every intent, by device, as a row on top of the DGNs."""

from collections.abc import Iterator, Mapping
from itertools import chain
import re
from types import MappingProxyType
from typing import NamedTuple

from .command import Argument, Command
from .field import Value

# "level", "level=desired_level" (its field), "level?" (may be left out), "level:1-9" (raw numbers)
_ARGUMENT = re.compile(r"(\w+)(?:=(\w+))?(?::(\d+)-(\d+))?(\?)?")


class _Ask(NamedTuple):
    """One intent of a device: fields that are always set, then what it takes."""

    fixed: Mapping[str, Value]
    takes: str = ""
    repeat: float | None = None
    lapse: float | None = None
    stop: str | None = None
    urgent: bool = False


def _device(
    name: str, dgn: str, takes: str, fixed: Mapping[str, Value] | None = None, /, **asks: _Ask
) -> Iterator[Command]:
    """Yield what a device can be asked through one DGN; all take `takes` and set `fixed`."""
    for verb, ask in asks.items():
        yield Command(
            intent=f"{name}.{verb}",
            dgn=dgn,
            takes={
                argument: Argument(
                    field or argument, bool(may), (int(low), int(high)) if low else None
                )
                for argument, field, low, high, may in _ARGUMENT.findall(f"{takes} {ask.takes}")
            },
            fixed={**(fixed or {}), **ask.fixed},
            repeat=ask.repeat,
            lapse=ask.lapse,
            stop=ask.stop and f"{name}.{ask.stop}",
            urgent=ask.urgent,
        )


def _switched(level: str, more: str) -> dict[str, _Ask]:
    """Return what lights and loads have in common; `level` is the field of it."""
    takes = f"duration=delay_or_duration? {more}"
    later = f"delay=delay_or_duration? {more}"
    flash = f"duty={level} period=delay_or_duration"
    return {
        "set_level": _Ask({"command": "set level"}, f"level={level} {later}"),
        "on": _Ask({"command": "on duration", level: 100}, takes),
        "on_delayed": _Ask({"command": "on delay", level: 100}, later),
        "off": _Ask({"command": "off delay", level: 0}, later),
        "stop": _Ask({"command": "stop"}, urgent=True),
        "toggle": _Ask({"command": "toggle"}, f"level={level}? {takes}"),
        "save_and_off": _Ask({"command": "memory off", level: "master memory"}),
        "lock": _Ask({"command": "lock"}),
        "unlock": _Ask({"command": "unlock"}),
        "flash": _Ask({"command": "flash"}, flash, stop="stop"),
        "hold_flash": _Ask({"command": "flash momentary"}, flash, repeat=1, lapse=2, stop="stop"),
    }


def _held(level: str) -> dict[str, _Ask]:
    """Return what a load takes that drives a motor one way: it is on for 2 s, unless told again.

    A "stop" lets some controllers pulse the motor once more, "off" does not. Half of the time
    leaves room for a frame that is lost, and for a controller that counts in whole seconds.
    """
    return {
        "hold": _Ask(
            {"command": "on duration", level: 100, "delay_or_duration": 2},
            repeat=1,
            lapse=2,
            stop="release",
        ),
        "release": _Ask({"command": "off delay", level: 0}, urgent=True),
    }


def _ramped(level: str, more: str) -> dict[str, _Ask]:
    """Return what those have in common that can be dimmed."""
    takes = f"duration=delay_or_duration? {more}"
    return {
        "ramp": _Ask({"command": "ramp brightness"}, f"level={level} {takes}", stop="stop"),
        "ramp_up": _Ask({"command": "ramp up"}, f"level={level}? {takes}", stop="stop"),
        "ramp_down": _Ask({"command": "ramp down"}, f"level={level}? {takes}", stop="stop"),
        "ramp_both": _Ask({"command": "ramp up and down"}, f"level={level}? {takes}", stop="stop"),
        "toggle_ramp": _Ask({"command": "toggle ramp"}, f"level={level}? {takes}", stop="stop"),
    }


def _moved(forward: str, back: str, momentary: str, repeat: float, lapse: float) -> dict[str, _Ask]:
    """Return what motors and shades have in common, by what they call the two ways."""
    duty, timed = "duty=motor_duty?", "duration duty=motor_duty?"
    asks = {"stop": _Ask({"command": "stop"}, urgent=True)}
    for verb, way in (forward, "forward"), (back, "reverse"):
        asks |= {
            verb: _Ask({"command": way}, timed, stop="stop"),
            f"hold_{verb}": _Ask(
                {"command": way, "duration": momentary}, duty, repeat, lapse, stop="stop"
            ),
            f"toggle_{verb}": _Ask({"command": f"toggle {way}"}, timed, stop="stop"),
        }
    return asks | {
        "tilt": _Ask({"command": "tilt"}, timed, stop="stop"),
        "lock": _Ask({"command": "lock"}),
        "unlock": _Ask({"command": "unlock"}),
    }


def _pick(asks: Mapping[str, _Ask], verbs: str) -> dict[str, _Ask]:
    """Return the rows of some verbs."""
    return {verb: asks[verb] for verb in verbs.split()}


# Ones in these bits would let the device wait for the same command from a second panel.
_ALONE: Mapping[str, Value] = {"interlock": "none"}
_ALONE_BITS: Mapping[str, Value] = {"interlock": 0}
_LIGHT = _switched("desired_brightness", "ramp_time?") | _ramped("desired_brightness", "ramp_time?")
_SET_LOAD = "level=desired_level delay=delay_or_duration? mode=desired_operating_mode?"
_DC_LOAD = _switched("desired_level", "") | {"set_level": _Ask({"command": "set level"}, _SET_LOAD)}
_AC_LOAD = (
    _switched("desired_level", "")
    | _ramped("desired_level", "")
    | {"set_level": _Ask({"command": "set level"}, f"{_SET_LOAD} priority?")}
)
_MOTOR = _moved("forward", "reverse", "momentary for 250 ms", 0.1, 0.25)
# Only "within 2 s" is printed; half of it leaves room for a frame that is lost.
_SHADE = _moved("open", "close", "momentary for 2 s", 1, 2)
_SCENE = _Ask({"command": "set level"}, "scene=desired_brightness:230-249 ramp_time?")
_SWITCHING = "set_level on off stop toggle save_and_off"
_LOCKS = {
    "lock": _Ask({"user_lock": "set"}),
    "unlock": _Ask({"user_lock": "release"}),
    "latch": _Ask({"mechanical_lock": "engage"}),
    "unlatch": _Ask({"mechanical_lock": "disengage"}),
}
_RETRACTION = _Ask(
    {},
    "on_park_brake_release=automatic_retraction_on_park_brake_release?"
    " on_ignition=automatic_retraction_on_ignition?",
)
_CHARGER = {
    "enable": _Ask({"command": "enable"}),
    "disable": _Ask({"command": "disable"}),
    "equalize": _Ask({"command": "start equalization"}),
    "force_bulk": _Ask({"force_charge": "force bulk"}),
    "force_float": _Ask({"force_charge": "force float"}),
    "end_force": _Ask({"force_charge": "not forced"}),
}
_CORNERS = " ".join(
    f"{way}_{side}_{place}?"
    for way in ("retract_or_dump", "extend_or_fill")
    for side in ("left", "right")
    for place in ("front", "rear", "middle")
)
_SET_POINTS = "heat=heat_set_point? cool=cool_set_point?"
_DEAD_BANDS = "dead_band? second_stage_dead_band?"
_CRITERION: dict[str, Value] = {"command": "add or edit"}
_MINUTES = "activation? minutes=time_under_threshold?"

COMMANDS: Mapping[str, Command] = MappingProxyType(
    {
        command.intent: command
        for command in chain(
            # Lights and loads.
            _device(
                "light",
                "DC_DIMMER_COMMAND_2",
                "instance:1-250",
                _ALONE,
                **_LIGHT,
                **_held("desired_brightness"),
                recall_scene=_SCENE,
                save_scene=_Ask({"command": "save scene"}, "scene=desired_brightness:230-249"),
            ),
            _device(
                "light_group",
                "DC_DIMMER_COMMAND_2",
                "group:0-254",
                _ALONE,
                **_pick(_LIGHT, _SWITCHING),
                recall_scene=_SCENE,
            ),
            _device(
                "color_light",
                "DC_DIMMER_COMMAND",
                "instance:1-250",
                set=_Ask(
                    {},
                    "level=master_brightness? red=red_brightness? green=green_brightness?"
                    " blue=blue_brightness? white=white_brightness?"
                    " on_duration? off_duration? ramp_time?",
                ),
                off=_Ask({"master_brightness": 0}, "ramp_time?"),
            ),
            _device(
                "lighting",
                "DC_LIGHTING_CONTROLLER_COMMAND_1",
                "instance:1-255",
                set_fade=_Ask({}, "mode=color_fade_mode? speed=fade_speed? type=fade_type?"),
                start_chasing=_Ask({"chasing_color_mode": "enabled"}),
                end_chasing=_Ask({"chasing_color_mode": "disabled"}),
                set_white=_Ask({"color_temperature_mode": "enabled"}, "color_temperature"),
                end_white=_Ask({"color_temperature_mode": "disabled"}),
            ),
            _device(
                "lighting",
                "DC_LIGHTING_CONTROLLER_COMMAND_2",
                "instance:1-255",
                set_chasing=_Ask(
                    {},
                    "pattern=chasing_pattern? speed=chasing_speed? direction=chasing_direction?"
                    " width=chasing_color_width?",
                ),
            ),
            _device(
                "lighting",
                "DC_LIGHTING_CONTROLLER_COMMAND_3",
                "instance:1-255",
                set_white_range=_Ask(
                    {},
                    "lowest=minimum_color_temperature highest=maximum_color_temperature"
                    " polarity=color_temperature_polarity?",
                ),
            ),
            _device(
                "lighting",
                "DC_LIGHTING_CONTROLLER_COMMAND_4",
                "instance:1-255",
                set_timer=_Ask({"timer": "running"}, "action=timer_action seconds=timer_value"),
                end_timer=_Ask({"timer": "deactivated"}),
            ),
            _device(
                "lighting",
                "DC_LIGHTING_CONTROLLER_COMMAND_5",
                "instance:1-255",
                save=_Ask({"save_settings": "yes"}),
                reset=_Ask({"set_to_defaults": "yes"}),
            ),
            _device(
                "lighting",
                "DC_LIGHTING_CONTROLLER_COMMAND_6",
                "instance:1-255 cell:1-252",
                set_fade_color=_Ask({"enable": "enabled"}, "red green blue"),
                drop_fade_color=_Ask({"enable": "disabled"}),
            ),
            _device(
                "dc_load",
                "DC_LOAD_COMMAND",
                "instance:0-250",
                _ALONE,
                **_DC_LOAD,
                **_held("desired_level"),
            ),
            _device(
                "dc_load_group",
                "DC_LOAD_COMMAND",
                "group:0-254",
                _ALONE,
                **_pick(_DC_LOAD, _SWITCHING),
            ),
            _device("ac_load", "AC_LOAD_COMMAND", "instance:0-250", _ALONE, **_AC_LOAD),
            _device(
                "ac_load_group",
                "AC_LOAD_COMMAND",
                "group:0-254",
                _ALONE,
                **_pick(_AC_LOAD, _SWITCHING),
            ),
            _device(
                "indicator",
                "GENERIC_INDICATOR_COMMAND",
                "instance:0-250 bank?",
                set_brightness=_Ask({"command": "set brightness"}, "brightness duration?"),
                off=_Ask({"command": "both off"}),
                only_1_on=_Ask({"command": "only led 1 on"}, "brightness? duration?"),
                only_2_on=_Ask({"command": "only led 2 on"}, "brightness? duration?"),
                on=_Ask({"command": "both on"}, "brightness? duration?"),
                ramp=_Ask({"command": "ramp brightness"}, "brightness duration?"),
                flash=_Ask({"command": "flash alternately"}, "brightness? duration?"),
            ),
            _device(
                "indicator_group",
                "GENERIC_INDICATOR_COMMAND",
                "group:0-254",
                set_brightness=_Ask({"command": "set brightness"}, "brightness duration?"),
                off=_Ask({"command": "both off"}),
                on=_Ask({"command": "both on"}, "brightness? duration?"),
            ),
            # What moves.
            _device("motor", "DC_MOTOR_CONTROL_COMMAND", "instance", _ALONE_BITS, **_MOTOR),
            _device(
                "motor_group",
                "DC_MOTOR_CONTROL_COMMAND",
                "group:0-254",
                _ALONE_BITS,
                **_pick(_MOTOR, "forward reverse stop"),
            ),
            _device("shade", "WINDOW_SHADE_CONTROL_COMMAND", "instance", _ALONE_BITS, **_SHADE),
            _device(
                "shade_group",
                "WINDOW_SHADE_CONTROL_COMMAND",
                "group:0-254",
                _ALONE_BITS,
                **_pick(_SHADE, "open close stop"),
            ),
            # 1 extends and 2 retracts by the table of 6.38.3; the compliance test of 6.38.8 sends
            # one more than the table for each. An awning has to be tried before it is trusted.
            _device(
                "awning",
                "AWNING_COMMAND",
                "instance",
                stop=_Ask({"direction": "stop"}, urgent=True),
                retract=_Ask({"direction": "retract"}, repeat=0.1, stop="stop"),
                **_LOCKS,
                set_light=_Ask({}, "light=awning_light? level=awning_light_level?"),
                set_secondary_light=_Ask({}, "light=secondary_light? level=secondary_light_level?"),
                set_retraction=_RETRACTION,
            ),
            # An instance of 0 is all awnings, but to retract or lock only.
            _device(
                "awning",
                "AWNING_COMMAND",
                "instance:1-250",
                extend=_Ask({"direction": "extend"}, repeat=0.1, stop="stop"),
                move_to=_Ask({}, "position=move_to_position", stop="stop"),
            ),
            _device(
                "awning",
                "AWNING_COMMAND_2",
                "instance",
                set_sensitivity=_Ask({}, "sensitivity=motion_sensitivity"),
                calibrate=_Ask({"calibration": "start calibration"}),
            ),
            _device(
                "slide",
                "SLIDE_COMMAND",
                "instance",
                extend=_Ask({"direction": "extend"}, repeat=0.1, lapse=0.25, stop="stop"),
                retract=_Ask({"direction": "retract"}, repeat=0.1, lapse=0.25, stop="stop"),
                stop=_Ask({"direction": "stop"}, urgent=True),
                **_LOCKS,
                deflate_seal=_Ask({"deflate_air_seal": "yes"}),
                evacuate_seal=_Ask({"evacuate_air_seal": "yes"}),
            ),
            # It stops after 100 ms without a frame, so that 100 ms between two are too long.
            _device(
                "step",
                "STEP_COMMAND",
                "instance",
                extend=_Ask({"direction": "extend"}, repeat=0.05, lapse=0.1, stop="stop"),
                retract=_Ask({"direction": "retract"}, repeat=0.05, lapse=0.1, stop="stop"),
                stop=_Ask({"direction": "stop"}, urgent=True),
                set_mode=_Ask({}, "mode=operating_mode"),
            ),
            _device(
                "tv_lift",
                "TV_LIFT_COMMAND",
                "instance",
                stop=_Ask({"direction": "stop"}, urgent=True),
                store=_Ask({"direction": "store"}, repeat=0.1, stop="stop"),
                **_LOCKS,
                set_retraction=_RETRACTION,
            ),
            # An instance of 0 is all lifts, but to store or lock only.
            _device(
                "tv_lift",
                "TV_LIFT_COMMAND",
                "instance:1-250",
                deploy=_Ask({"direction": "deploy"}, repeat=0.1, stop="stop"),
                move_to=_Ask({}, "position=move_to_position", stop="stop"),
            ),
            _device(
                "door",
                "DOOR_COMMAND",
                "instance",
                open=_Ask({"command": "open"}, stop="stop"),
                close=_Ask({"command": "close"}, repeat=0.1, lapse=0.25, stop="stop"),
                stop=_Ask({"command": "stop"}, urgent=True),
            ),
            _device(
                "lock",
                "DOOR_COMMAND",
                "instance",
                lock=_Ask({"lock": "lock"}),
                unlock=_Ask({"lock": "unlock"}),
            ),
            _device(
                "window",
                "WINDOW_COMMAND",
                "instance",
                open=_Ask({"manual_operation": "open"}, repeat=0.1, lapse=0.25, stop="stop"),
                close=_Ask({"manual_operation": "close"}, repeat=0.1, lapse=0.25, stop="stop"),
                stop=_Ask({"manual_operation": "stop"}, urgent=True),
                move_to=_Ask({}, "position=move_to_position", stop="stop"),
                lock=_Ask({"lock": "lock"}),
                unlock=_Ask({"lock": "unlock"}),
            ),
            _device(
                "valve",
                "VALVE_COMMAND",
                "instance",
                open=_Ask({"move_to_position": "open"}),
                close=_Ask({"move_to_position": "closed"}),
                move_to=_Ask({}, "position=move_to_position"),
            ),
            _device(
                "seat",
                "VEHICLE_SEAT_COMMAND",
                "instance",
                move=_Ask(
                    {},
                    "position? back? head_rest? leg_rest? back_adjustment?",
                    repeat=0.1,
                    stop="stop",
                ),
                stop=_Ask(
                    dict.fromkeys(
                        ("position", "back", "head_rest", "leg_rest", "back_adjustment"), "stop"
                    ),
                    urgent=True,
                ),
                set_comfort=_Ask(
                    {},
                    "heat=heat_level? fan=fan_level? massage=massage_level? massage_mode?"
                    " auxiliary_1=auxiliary_switch_1? auxiliary_2=auxiliary_switch_2?",
                ),
            ),
            _device(
                "seat_light",
                "VEHICLE_SEAT_LIGHTING_COMMAND",
                "instance",
                set=_Ask(
                    {},
                    "level=master_brightness? red=red_brightness? green=green_brightness?"
                    " blue=blue_brightness? white=white_brightness? on_duration? off_duration?",
                ),
                off=_Ask({"master_brightness": 0}),
            ),
            _device(
                "leveling",
                "LEVELING_CONTROL_COMMAND",
                "",
                stop=_Ask({"operating_mode": "inactive"}, urgent=True),
                abort=_Ask({"operating_mode": "abort"}, urgent=True),
                raise_suspension=_Ask({"operating_mode": "suspension raise"}, stop="stop"),
                dump_suspension=_Ask({"operating_mode": "suspension dump"}, stop="stop"),
                store=_Ask({"operating_mode": "store"}, stop="stop"),
                level_air=_Ask({"operating_mode": "automatic air"}, stop="stop"),
                level_air_as=_Ask({}, "mode=operating_mode:51-54", stop="stop"),
                level_jacks=_Ask(
                    {"operating_mode": "automatic hydraulic or electric"}, stop="stop"
                ),
                level_jacks_as=_Ask({}, "mode=operating_mode:81-84", stop="stop"),
                deploy_kick_down=_Ask({"operating_mode": "deploy kick-down"}, stop="stop"),
                kneel=_Ask({"operating_mode": "kneel"}, stop="stop"),
                reach_hitch=_Ask({"operating_mode": "automatic hitch height"}, stop="stop"),
                careen_left=_Ask({"operating_mode": "careen left"}, stop="stop"),
                careen_right=_Ask({"operating_mode": "careen right"}, stop="stop"),
                squat=_Ask({"operating_mode": "squat"}, stop="stop"),
                calibrate_jacks=_Ask({"operating_mode": "jack calibration"}, stop="stop"),
                clear_error=_Ask({"operating_mode": "clear jack error"}),
                move_air=_Ask(
                    {},
                    f"mode=operating_mode:41-44 {_CORNERS}",
                    repeat=0.1,
                    lapse=0.25,
                    stop="stop",
                ),
                move_jacks=_Ask(
                    {},
                    f"mode=operating_mode:71-74 {_CORNERS} retract_tongue? extend_tongue?",
                    repeat=0.1,
                    lapse=0.25,
                    stop="stop",
                ),
            ),
            _device(
                "level_sensor",
                "LEVELING_SENSOR_ROLL_CONFIG_COMMAND",
                "instance",
                zero_roll=_Ask({"set_zero_point": "yes"}),
                set_roll=_Ask({}, "within=within_level_roll out_of=out_of_level_roll"),
            ),
            _device(
                "level_sensor",
                "LEVELING_SENSOR_PITCH_CONFIG_COMMAND",
                "instance",
                zero_pitch=_Ask({"set_zero_point": "yes"}),
                set_pitch=_Ask({}, "within=within_level_pitch out_of=out_of_level_pitch"),
            ),
            _device(
                "air_suspension",
                "AAS_COMMAND",
                "",
                on=_Ask({"operating_status": "on"}),
                off=_Ask({"operating_status": "off"}),
                set_mode=_Ask({}, "mode"),
                set_corners=_Ask(
                    {},
                    "left_front=left_front_sensor_mode? right_front=right_front_sensor_mode?"
                    " left_rear=left_rear_sensor_mode? right_rear=right_rear_sensor_mode?",
                ),
                raise_tag_axle=_Ask({"tag_axle_position": "up"}),
                lower_tag_axle=_Ask({"tag_axle_position": "down"}),
            ),
            # Climate.
            _device(
                "thermostat",
                "THERMOSTAT_COMMAND_1",
                "instance",
                set=_Ask(
                    {},
                    "mode=operating_mode? fan_mode? schedule=schedule_mode? fan_speed?"
                    f" {_SET_POINTS}",
                ),
                set_mode=_Ask({}, "mode=operating_mode"),
                set_point=_Ask({}, _SET_POINTS),
                set_fan=_Ask({}, "mode=fan_mode? speed=fan_speed?"),
            ),
            _device(
                "thermostat",
                "THERMOSTAT_COMMAND_2",
                "instance",
                select_schedule=_Ask({}, "schedule=schedule_instance"),
                resume_schedule=_Ask({"schedule_instance": "reset to current"}),
                reduce_noise=_Ask({"reduced_noise_mode": "enabled"}),
                allow_noise=_Ask({"reduced_noise_mode": "disabled"}),
            ),
            _device(
                "thermostat",
                "THERMOSTAT_SCHEDULE_COMMAND_1",
                "instance schedule=schedule_instance",
                set_schedule=_Ask({}, f"hour=start_hour? minute=start_minute? {_SET_POINTS}"),
            ),
            _device(
                "thermostat",
                "THERMOSTAT_SCHEDULE_COMMAND_2",
                "instance schedule=schedule_instance",
                set_days=_Ask(
                    {}, "sunday? monday? tuesday? wednesday? thursday? friday? saturday?"
                ),
            ),
            _device(
                "furnace",
                "FURNACE_COMMAND",
                "instance",
                set=_Ask(
                    {},
                    "mode=operating_mode? source=heat_source? fan_speed=circulation_fan_speed?"
                    f" output=output_level? {_DEAD_BANDS}",
                ),
            ),
            _device(
                "air_conditioner",
                "AIR_CONDITIONER_COMMAND",
                "instance",
                set=_Ask(
                    {},
                    "mode=operating_mode? fan_speed? output=output_level?"
                    f" maximum_fan_speed? maximum_output=maximum_output_level? {_DEAD_BANDS}",
                ),
            ),
            _device(
                "heat_pump",
                "HEAT_PUMP_COMMAND",
                "instance",
                set=_Ask(
                    {},
                    "mode=operating_mode? fan_speed? output=output_level?"
                    f" maximum_output=maximum_output_level? {_DEAD_BANDS}",
                ),
            ),
            _device(
                "floor_heat",
                "FLOOR_HEAT_COMMAND",
                "instance",
                on=_Ask({"desired_operating_status": "on"}),
                off=_Ask({"desired_operating_status": "off"}),
                set=_Ask(
                    {},
                    "mode=desired_operating_mode? status=desired_operating_status?"
                    " element=heat_element? schedule=schedule_mode? set_point? dead_band?",
                ),
            ),
            # A fan mode of 0 is automatic by the table of 6.46.4, "off" by compliance test 142A.
            _device(
                "roof_fan",
                "ROOF_FAN_COMMAND_1",
                "instance",
                on=_Ask({"system_status": "on"}),
                off=_Ask({"system_status": "off"}),
                set=_Ask(
                    {},
                    "status=system_status? mode=fan_mode? speed_mode? speed=fan_speed_setting?"
                    " direction=air_direction? light? ambient_temperature? set_point?",
                ),
            ),
            _device(
                "roof_fan",
                "ROOF_FAN_COMMAND_2",
                "instance",
                open_dome=_Ask({"dome_direction": "open"}, stop="stop_dome"),
                close_dome=_Ask({"dome_direction": "close"}, stop="stop_dome"),
                # Only "every second" is printed for what lasts one second; half of it is safe.
                hold_open_dome=_Ask(
                    {"dome_direction": "open", "dome_position": "momentary for 1 s"},
                    repeat=0.5,
                    lapse=1,
                    stop="stop_dome",
                ),
                hold_close_dome=_Ask(
                    {"dome_direction": "close", "dome_position": "momentary for 1 s"},
                    repeat=0.5,
                    lapse=1,
                    stop="stop_dome",
                ),
                stop_dome=_Ask({"dome_direction": "stop"}, urgent=True),
                move_dome_to=_Ask({}, "position=dome_position:0-200", stop="stop_dome"),
                set_dome=_Ask(
                    {},
                    "rain_sensor_override? by_set_point=set_point_controlled_dome?"
                    " close_on_fan_off=close_dome_on_fan_off?"
                    " fan_off_on_close=fan_off_on_dome_close?",
                ),
                speed_up=_Ask(
                    {"fan_speed_step_direction": "increment"}, "steps=fan_speed_step:0-50"
                ),
                slow_down=_Ask(
                    {"fan_speed_step_direction": "decrement"}, "steps=fan_speed_step:0-50"
                ),
            ),
            _device(
                "refrigerator",
                "REFRIGERATOR_COMMAND",
                "instance cavity",
                on=_Ask({"mode": "on"}),
                off=_Ask({"mode": "off"}),
                set=_Ask({}, "set_point? fuel=fuel_source? light?"),
            ),
            # Water.
            _device(
                "water_heater",
                "WATERHEATER_COMMAND",
                "instance",
                set_mode=_Ask({}, "mode=operating_mode:0-4"),
                set_point=_Ask({}, "set_point"),
                set_element_level=_Ask({}, "level=electric_element_level"),
            ),
            _device(
                "water_heater",
                "WATERHEATER_COMMAND_2",
                "instance",
                start_preheat=_Ask({"engine_preheat": "on"}),
                end_preheat=_Ask({"engine_preheat": "off"}),
                enable_electric_low=_Ask({"command": "enable electric low"}),
                disable_electric_low=_Ask({"command": "disable electric low"}),
                toggle_electric_low=_Ask({"command": "toggle electric low"}),
                enable_electric_high=_Ask({"command": "enable electric high"}),
                disable_electric_high=_Ask({"command": "disable electric high"}),
                toggle_electric_high=_Ask({"command": "toggle electric high"}),
                enable_burner=_Ask({"command": "enable burner"}),
                disable_burner=_Ask({"command": "disable burner"}),
                toggle_burner=_Ask({"command": "toggle burner"}),
                cycle_electric_up=_Ask({"command": "cycle electric up"}),
                cycle_electric_down=_Ask({"command": "cycle electric down"}),
            ),
            # Nothing but a test is defined for it.
            _device(
                "circulation_pump",
                "CIRCULATION_PUMP_COMMAND",
                "instance",
                start_test=_Ask({"output": "forced on for test"}),
                end_test=_Ask({"output": "off or end of test"}),
            ),
            _device(
                "pump",
                "WATER_PUMP_COMMAND",
                "",
                enable=_Ask({"command": "enable"}),
                disable=_Ask({"command": "disable"}),
                set_pressure=_Ask(
                    {}, "pump=pump_pressure_setting? regulator=regulator_pressure_setting?"
                ),
            ),
            _device(
                "autofill",
                "AUTOFILL_COMMAND",
                "",
                start=_Ask({"command": "start"}, stop="stop"),
                stop=_Ask({"command": "stop"}, urgent=True),
                open_valve=_Ask({"valve": "open"}),
                close_valve=_Ask({"valve": "close"}),
            ),
            _device(
                "waste_dump",
                "WASTEDUMP_COMMAND",
                "",
                **{
                    f"{verb}_{tank}": _Ask({f"{tank}_command": words})
                    for tank in ("black", "gray")
                    for verb, words in {
                        "open": "open dump valve",
                        "close": "close dump valve",
                        "flush": "start tank flush",
                        "end_flush": "stop tank flush",
                        "dispense_additive": "dispense additive",
                        "dump": "start automatic dump cycle",
                    }.items()
                },
                set_black=_Ask(
                    {}, "automatic=black_automatic_dump? level=black_automatic_dump_level?"
                ),
                set_gray=_Ask(
                    {}, "automatic=gray_automatic_dump? level=gray_automatic_dump_level?"
                ),
                extend_hose=_Ask({"sewer_hose_command": "extend"}, stop="stop_hose"),
                retract_hose=_Ask({"sewer_hose_command": "retract"}, stop="stop_hose"),
                stop_hose=_Ask({"sewer_hose_command": "stop"}, urgent=True),
            ),
            _device(
                "tank",
                "TANK_CALIBRATION_COMMAND",
                "instance",
                calibrate=_Ask(
                    {},
                    "level=relative_level resolution volume=absolute_level? size=tank_size?",
                ),
            ),
            # Power.
            _device(
                "generator",
                "GENERATOR_COMMAND",
                "",
                start=_Ask({"command": "start"}, stop="stop"),
                stop=_Ask({"command": "stop"}, urgent=True),
                prime=_Ask({"command": "manual prime"}, stop="stop"),
                preheat=_Ask({"command": "manual preheat"}, stop="stop"),
            ),
            _device(
                "generator_demand",
                "GENERATOR_DEMAND_COMMAND",
                "",
                make=_Ask({"generator_demand": "yes"}),
                withdraw=_Ask({"generator_demand": "no"}),
                override_quiet_time=_Ask({"quiet_time_override": "active"}),
                keep_quiet_time=_Ask({"quiet_time_override": "inactive"}),
                override=_Ask({"manual_override": "active"}),
                end_override=_Ask({"manual_override": "inactive"}),
                lock=_Ask({"generator_lock": "locked"}),
                unlock=_Ask({"generator_lock": "unlocked"}),
                set_external_activity=_Ask({"set_external_activity_flag": "yes"}),
                clear_external_activity=_Ask({"clear_external_activity_flag": "yes"}),
                set_cycle=_Ask({}, "minutes=minimum_cycle_time"),
            ),
            _device(
                "ags",
                "AGS_CRITERION_COMMAND",
                "instance",
                activate=_Ask(_CRITERION | {"activation": "activate"}, "type=criterion_type:0-7"),
                deactivate=_Ask(
                    _CRITERION | {"activation": "deactivate"}, "type=criterion_type:0-7"
                ),
                delete=_Ask({"command": "delete"}, "type=criterion_type:0-7"),
                set_voltage=_Ask(
                    _CRITERION | {"criterion_type": "dc voltage"},
                    f"source=dc_source_instance start=dc_voltage_threshold {_MINUTES}",
                ),
                set_charge=_Ask(
                    _CRITERION | {"criterion_type": "dc state of charge"},
                    "source=dc_source_instance start=state_of_charge_start_threshold"
                    f" stop=state_of_charge_stop_threshold {_MINUTES}",
                ),
                set_current=_Ask(
                    _CRITERION | {"criterion_type": "dc current"},
                    f"source=dc_source_instance start=dc_current_threshold {_MINUTES}",
                ),
                set_temperature=_Ask(
                    _CRITERION | {"criterion_type": "ambient temperature"},
                    "thermostat=thermostat_ambient_instance start=ambient_temperature_threshold"
                    f" {_MINUTES}",
                ),
                set_ac_voltage=_Ask(
                    _CRITERION | {"criterion_type": "transfer switch voltage"},
                    f"transfer_switch=ats_instance start=rms_voltage_threshold {_MINUTES}",
                ),
                set_quiet_time=_Ask(
                    _CRITERION | {"criterion_type": "quiet time"},
                    "activation? begin_hour=quiet_time_begin_hour:0-23"
                    " begin_minute=quiet_time_begin_minute:0-59"
                    " end_hour=quiet_time_end_hour:0-23 end_minute=quiet_time_end_minute:0-59",
                ),
                set_timed_start=_Ask(
                    _CRITERION | {"criterion_type": "timed start"},
                    "activation? hour=timed_start_hour:0-23 minute=timed_start_minute:0-59"
                    " minutes=run_time",
                ),
                set_air_conditioner=_Ask(
                    _CRITERION | {"criterion_type": "air conditioning"},
                    "activation? air_conditioner=air_conditioner_instance",
                ),
            ),
            _device(
                "inverter",
                "INVERTER_COMMAND",
                "instance",
                **{
                    f"{verb}{name}": _Ask({field: state})
                    for verb, state in (("enable", "enabled"), ("disable", "disabled"))
                    for name, field in {
                        "": "inverter",
                        "_load_sense": "load_sense",
                        "_pass_through": "pass_through",
                        "_generator_support": "generator_support",
                    }.items()
                },
                set_startup=_Ask(
                    {},
                    "inverter=inverter_on_startup? load_sense=load_sense_on_startup?"
                    " pass_through=pass_through_on_startup?"
                    " generator_support=generator_support_on_startup?",
                ),
            ),
            _device(
                "charger",
                "CHARGER_COMMAND",
                "instance",
                **_CHARGER,
                set_output=_Ask({}, "voltage=control_voltage? current=control_current?"),
                set_startup=_Ask({}, "charger=power_up_state? recharge=automatic_recharge?"),
            ),
            _device(
                "charger",
                "CHARGER_CONFIGURATION_COMMAND_2",
                "instance:1-250",
                set_limits=_Ask(
                    {}, "current=relative_maximum_charge_current? shore=shore_breaker_size?"
                ),
            ),
            _device(
                "generator_charger",
                "GENERATOR_DC_COMMAND",
                "instance",
                **_CHARGER,
                set_startup=_Ask({}, "charger=power_up_state"),
            ),
            _device(
                "solar",
                "SOLAR_CONTROLLER_COMMAND",
                "instance",
                **_CHARGER,
                top_up=_Ask({"command": "top up"}),
                clear_history=_Ask({"clear_history": "yes"}),
                set_startup=_Ask({}, "charger=power_up_state"),
            ),
            _device(
                "transfer_switch",
                "ATS_COMMAND",
                "instance",
                use=_Ask({"mode": "manual"}, "source=source_to_use:0-6"),
                choose=_Ask({"mode": "automatic"}),
            ),
            _device(
                "dc_disconnect",
                "DC_DISCONNECT_COMMAND",
                "instance:1-250",
                connect=_Ask({"command": "connect"}),
                disconnect=_Ask({"command": "disconnect"}),
            ),
            _device(
                "dc_source",
                "DC_SOURCE_COMMAND",
                "instance",
                connect_load=_Ask({"desired_power_connection": "connect"}),
                disconnect_load=_Ask({"desired_power_connection": "disconnect"}),
                connect_charge=_Ask({"desired_charge_connection": "connect"}),
                disconnect_charge=_Ask({"desired_charge_connection": "disconnect"}),
            ),
            _device(
                "dc_source",
                "DC_SOURCE_CONFIGURATION_COMMAND_2",
                "instance",
                set_full=_Ask({"set_capacity_to_full": "yes"}),
                clear_history=_Ask({"clear_history": "yes"}),
            ),
            _device(
                "battery",
                "BATTERY_COMMAND",
                "instance",
                connect_load=_Ask({"desired_load_connection": "connect"}),
                disconnect_load=_Ask({"desired_load_connection": "disconnect"}),
                connect_charge=_Ask({"desired_charge_connection": "connect"}),
                disconnect_charge=_Ask({"desired_charge_connection": "disconnect"}),
                clear_history=_Ask({"clear_history": "yes"}),
            ),
            # The coach and its surroundings.
            _device(
                "chassis",
                "CHASSIS_MOBILITY_COMMAND",
                "",
                **{
                    f"{verb}_{part}": _Ask({field: verb}, f"user_override={field}_user_override?")
                    for verb in ("lock", "release")
                    for part, field in {
                        "park_brake": "park_brake",
                        "transmission": "transmission_lock",
                        "engine": "engine_lock",
                    }.items()
                },
            ),
            _device(
                "environment",
                "VEHICLE_ENVIRONMENT_COMMAND",
                "",
                set=_Ask(
                    {},
                    "ventilation? heating? shore_power=shore_power_available? space?"
                    " water_hookup? sewer_hookup? internet=internet_available? trailer_hitched?"
                    " in_tow=tow_car_or_trailer_in_tow? stabilized=vehicle_stabilized?"
                    " light=ambient_light_level?",
                ),
            ),
            _device(
                "date_time",
                "SET_DATE_TIME_COMMAND",
                "",
                set=_Ask(
                    {},
                    "year month day=day_of_month:1-31 hour minute second"
                    " day_of_week? zone=time_zone?",
                ),
                set_zone=_Ask({}, "zone=time_zone"),
            ),
            _device(
                "weather",
                "WEATHER_CALIBRATE_COMMAND",
                "",
                calibrate=_Ask(
                    {},
                    "outside=exterior_air_temperature? alternative=alternative_air_temperature?"
                    " pressure=absolute_air_pressure? humidity=relative_humidity?",
                ),
            ),
            _device(
                "weather",
                "WEATHER_ALARM_COMMAND",
                "",
                set_alarms=_Ask(
                    {},
                    "high_temperature=high_air_temperature? low_temperature=low_air_temperature?"
                    " humidity=relative_humidity? wind_speed? rain_intensity?",
                ),
            ),
            _device(
                "altimeter",
                "ALTIMETER_COMMAND",
                "",
                set_to_sea_level=_Ask({"command": "set to sea level"}),
                set_compensated_pressure=_Ask(
                    {"command": "set compensated pressure"}, "pressure=value"
                ),
                set_basis_pressure=_Ask({"command": "set basis pressure"}, "pressure=value"),
                increment_basis_pressure=_Ask(
                    {"command": "increment basis pressure"}, "pressure=value"
                ),
                decrement_basis_pressure=_Ask(
                    {"command": "decrement basis pressure"}, "pressure=value"
                ),
            ),
            _device(
                "compass",
                "COMPASS_CALIBRATE_COMMAND",
                "",
                calibrate=_Ask({"command": "enter self calibration"}),
                set_offset=_Ask({"command": "set offset"}, "offset=offset_increment"),
                increment_offset=_Ask({"command": "increment offset"}, "offset=offset_increment"),
                decrement_offset=_Ask({"command": "decrement offset"}, "offset=offset_increment"),
            ),
            _device(
                "tire",
                "TIRE_PRESSURE_CONFIGURATION_COMMAND",
                "axle",
                set_low_pressures=_Ask(
                    {},
                    "low=low_tire_pressure? extremely_low=extremely_low_tire_pressure?"
                    " slow_leak=slow_leak_threshold?",
                ),
            ),
            _device(
                "tire",
                "TIRE_HIGH_PRESSURE_CONFIGURATION_COMMAND",
                "axle",
                set_high_pressures=_Ask(
                    {},
                    "high=high_tire_pressure? extremely_high=extremely_high_tire_pressure?",
                ),
            ),
            _device(
                "tire",
                "TIRE_TEMPERATURE_CONFIGURATION_COMMAND",
                "axle",
                set_high_temperatures=_Ask(
                    {},
                    "high=high_tire_temperature? extremely_high=extremely_high_tire_temperature?"
                    " low_battery=low_battery_voltage?",
                ),
            ),
            _device(
                "tire",
                "TIRE_ID_COMMAND",
                "position axle",
                assign_sensor=_Ask({}, "sensor=sensor_identifier"),
            ),
            # Nodes, their alarms and outputs; whoever sends the last two DGNs names the node.
            _device(
                "alarm",
                "GENERIC_ALARM_COMMAND",
                "instance dsa device_instance?",
                acknowledge=_Ask({"acknowledge_alarm": "yes"}),
                start=_Ask({"ready_alarm": "start monitoring"}),
                end=_Ask({"ready_alarm": "stop monitoring"}),
                set_reset=_Ask({}, "automatic=automatic_reset"),
            ),
            _device(
                "driver",
                "DC_COMPONENT_DRIVER_COMMAND",
                "instance driver",
                reset=_Ask({"command": "reset driver"}),
                reset_overcurrent=_Ask({"command": "reset overcurrent"}),
                reset_overtemperature=_Ask({"command": "reset overtemperature"}),
                reset_voltage_fault=_Ask({"command": "reset voltage fault"}),
            ),
            _device(
                "node",
                "GENERAL_RESET",
                "",
                reboot=_Ask({"reboot": "yes"}),
                clear_faults=_Ask({"clear_faults": "yes"}),
                reset_settings=_Ask({"reset_to_default_settings": "yes"}),
                reset_oem_settings=_Ask({"reset_to_oem_settings": "yes"}),
                reset_statistics=_Ask({"reset_statistics": "yes"}),
                start_test=_Ask({"test": "start"}),
                end_test=_Ask({"test": "stop"}),
            ),
        )
    }
)

# Command DGNs that have no intent, by the reason.
_LEFT_OUT: Mapping[str, str] = {
    "Set once by who installs the batteries and what charges them; a wrong value ruins them.": """
        CHARGER_CONFIGURATION_COMMAND CHARGER_CONFIGURATION_COMMAND_3
        CHARGER_CONFIGURATION_COMMAND_4 CHARGER_EQUALIZATION_CONFIGURATION_COMMAND
        GENERATOR_DC_CONFIGURATION_COMMAND GENERATOR_DC_CONFIGURATION_COMMAND_2
        GENERATOR_DC_CONFIGURATION_COMMAND_3 GENERATOR_DC_CONFIGURATION_COMMAND_4
        GENERATOR_DC_EQUALIZATION_CONFIGURATION_COMMAND SOLAR_CONTROLLER_CONFIGURATION_COMMAND
        SOLAR_CONTROLLER_CONFIGURATION_COMMAND_2 SOLAR_CONTROLLER_CONFIGURATION_COMMAND_3
        SOLAR_CONTROLLER_CONFIGURATION_COMMAND_4 SOLAR_CONTROLLER_CONFIGURATION_COMMAND_5
        SOLAR_EQUALIZATION_CONFIGURATION_COMMAND DC_SOURCE_CONFIGURATION_COMMAND_1
        DC_SOURCE_CONFIGURATION_COMMAND_3""",
    "Set once by who installs the equipment.": """
        GENERATOR_START_CONFIG_COMMAND AGS_DEMAND_CONFIGURATION_COMMAND TANK_GEOMETRY_COMMAND
        INVERTER_CONFIGURATION_COMMAND_1 INVERTER_CONFIGURATION_COMMAND_2
        INVERTER_CONFIGURATION_COMMAND_3 INVERTER_CONFIGURATION_COMMAND_4""",
    "Limits that protect wires and appliances; not for a controller to change.": """
        GENERATOR_ACFAULT_CONFIGURATION_COMMAND_1 GENERATOR_ACFAULT_CONFIGURATION_COMMAND_2
        INVERTER_ACFAULT_CONFIGURATION_COMMAND_1 INVERTER_ACFAULT_CONFIGURATION_COMMAND_2
        CHARGER_ACFAULT_CONFIGURATION_COMMAND_1 CHARGER_ACFAULT_CONFIGURATION_COMMAND_2
        ATS_ACFAULT_CONFIGURATION_COMMAND_1 ATS_ACFAULT_CONFIGURATION_COMMAND_2
        GENERIC_ACFAULT_CONFIGURATION_COMMAND_1 GENERIC_ACFAULT_CONFIGURATION_COMMAND_2
        DC_COMPONENT_DRIVER_SETTINGS_COMMAND_1 DC_COMPONENT_DRIVER_SETTINGS_COMMAND_2""",
    "Deprecated; AGS_DEMAND_CONFIGURATION_COMMAND took its place.": """
        GENERATOR_DEMAND_CONFIGURATION_COMMAND""",
    "Sent by what runs the equipment (slides and jacks, thermostats), not by a panel.": """
        HYDRAULIC_PUMP_COMMAND AIR_CONDITIONER_COMPONENT_COMMAND""",
    "Between two gateways that pair with each other.": """
        BROKER_INITIATOR_COMMAND BROKER_RESPONDER_COMMAND BROKER_CONNECTION_COMMAND
        BROKER_CONNECTION_TEXT_COMMAND""",
}
LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {name: reason for reason, names in _LEFT_OUT.items() for name in names.split()}
)
