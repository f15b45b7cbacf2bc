"""What can be asked of a thing, as rows: an intent becomes the fields of one command DGN."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..rvc import Code, Value
from .families import number
from .thing import Thing

type Arguments = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One intent of one family.

    `fields` gives the command's fields besides the instance; `expects` the thing's values that
    must follow, from the arguments and from the command as it was encoded. `enough` names the
    values by which a thing that answered otherwise still did what was asked.
    """

    family: str
    intent: str
    dgn: str
    fields: Callable[[Thing, Arguments], dict[str, Value]]
    expects: Callable[[Arguments, Mapping[str, Value]], dict[str, Value]]
    enough: tuple[str, ...] = ()
    instanced: bool = True


def _level(arguments: Arguments, _: Mapping[str, Value]) -> dict[str, Value]:
    """Expect the commanded level."""
    level = number(arguments["level"])
    return {"level": level, "on": bool(level)}


def _off(_: Arguments, __: Mapping[str, Value]) -> dict[str, Value]:
    """Expect darkness."""
    return {"level": 0.0, "on": False}


def _state(*, on: bool) -> Callable[[Arguments, Mapping[str, Value]], dict[str, Value]]:
    """Expect on or off."""
    return lambda _, __: {"on": on}


def _load_fields(
    command: str, level: float | None
) -> Callable[[Thing, Arguments], dict[str, Value]]:
    """Return the fields that switch a load, or set it to the asked level."""
    return lambda _, arguments: {
        "desired_level": arguments["level"] if level is None else level,
        "interlock": "none",
        "command": command,
    }


# What a zone is asked for, by the name of its value and of the command's field. The whole state
# is sent, as the makers' panels do: Firefly's G6 takes "do not change" for a value.
ZONE: Mapping[str, str] = {
    "mode": "operating_mode",
    "fan_mode": "fan_mode",
    "schedule": "schedule_mode",
    "fan_speed": "fan_speed",
    "heat": "heat_set_point",
    "cool": "cool_set_point",
}


def _zone_fields(thing: Thing, arguments: Arguments) -> dict[str, Value]:
    """Return the zone's whole state as it will be."""
    wanted = {field: arguments.get(name, thing.shown(name)) for name, field in ZONE.items()}
    return {field: value for field, value in wanted.items() if value is not None}


def _zone_expects(arguments: Arguments, encoded: Mapping[str, Value]) -> dict[str, Value]:
    """Expect what was asked for, as exactly as the frame could say it.

    A fan speed of "automatic" lets the device choose: which one is not to be expected.
    """
    expected = {name: encoded[ZONE[name]] for name in arguments}
    if isinstance(expected.get("fan_speed"), Code):
        del expected["fan_speed"]
    return expected


COMMANDS: Mapping[tuple[str, str], Command] = {
    (command.family, command.intent): command
    for command in (
        Command(
            family="dimmer",
            intent="set_level",
            dgn="DC_DIMMER_COMMAND_2",
            fields=lambda _, arguments: {
                "desired_brightness": arguments["level"],
                "command": "set_level",
                "interlock": "none",
            },
            expects=_level,
            enough=("on",),
        ),
        Command(
            family="dimmer",
            intent="turn_on",
            dgn="DC_DIMMER_COMMAND_2",
            fields=lambda _, __: {
                "desired_brightness": 100,
                "command": "set_level",
                "interlock": "none",
            },
            expects=_state(on=True),
        ),
        Command(
            family="dimmer",
            intent="turn_off",
            dgn="DC_DIMMER_COMMAND_2",
            fields=lambda _, __: {
                "desired_brightness": 0,
                "command": "off_delay",
                "interlock": "none",
            },
            expects=_off,
        ),
        Command(
            family="dc_load",
            intent="set_level",
            dgn="DC_LOAD_COMMAND",
            fields=_load_fields("set_level", None),
            expects=_level,
            enough=("on",),
        ),
        Command(
            family="dc_load",
            intent="turn_on",
            dgn="DC_LOAD_COMMAND",
            fields=_load_fields("on_duration", 100),
            expects=_state(on=True),
        ),
        Command(
            family="dc_load",
            intent="turn_off",
            dgn="DC_LOAD_COMMAND",
            fields=_load_fields("off_delay", 0),
            expects=_state(on=False),
        ),
        Command(
            family="ac_load",
            intent="turn_on",
            dgn="AC_LOAD_COMMAND",
            fields=_load_fields("set_level", 100),
            expects=_state(on=True),
        ),
        Command(
            family="ac_load",
            intent="turn_off",
            dgn="AC_LOAD_COMMAND",
            fields=_load_fields("set_level", 0),
            expects=_state(on=False),
        ),
        Command(
            family="water_pump",
            intent="turn_on",
            dgn="WATER_PUMP_COMMAND",
            fields=lambda _, __: {"command": "enable"},
            expects=_state(on=True),
            instanced=False,
        ),
        Command(
            family="water_pump",
            intent="turn_off",
            dgn="WATER_PUMP_COMMAND",
            fields=lambda _, __: {"command": "disable"},
            expects=_state(on=False),
            instanced=False,
        ),
        Command(
            family="thermostat",
            intent="set_zone",
            dgn="THERMOSTAT_COMMAND_1",
            fields=_zone_fields,
            expects=_zone_expects,
        ),
    )
}
