"""What some coaches do otherwise, as rows: each for the profiles that name it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..rvc import Code, Value
from .commands import COMMANDS, ZONE, Arguments, Command
from .thing import Thing


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirk:
    """A habit of some coaches: where it was `seen`, what is then `done` otherwise, who says so.

    `commands` takes the place of what is usually sent; DGNs in `never` are not sent at all. What
    one maker does is never guessed of another's.
    """

    seen: str
    done: str
    source: str
    commands: Mapping[tuple[str, str], Command] = field(default_factory=dict)
    never: frozenset[str] = frozenset()


FAN_LOW = 50.0


def _in_parts(thing: Thing, arguments: Arguments) -> Arguments:
    """Ask a zone for no more than what changes, as its panels and CoachProxy do.

    A mode comes with a fan that runs by itself, and "fan only" with one that runs.
    """
    asked = dict(arguments)
    if isinstance(asked.get("fan_speed"), str):
        del asked["fan_speed"]
    if asked.get("mode") == "fan_only":
        speed = thing.shown("fan_speed")
        usual = speed if isinstance(speed, int | float) and speed else FAN_LOW
        asked = {"fan_mode": "on", "fan_speed": usual, **asked}
    elif "mode" in asked:
        asked = {"fan_mode": "auto", **asked}
    return asked


def _said(arguments: Arguments, encoded: Mapping[str, Value]) -> dict[str, Value]:
    """Expect what was asked for, as far as the frame says it."""
    said = {name: encoded[ZONE[name]] for name in arguments}
    return {
        name: value
        for name, value in said.items()
        if value is not None and not (name == "fan_speed" and isinstance(value, Code))
    }


QUIRKS: Mapping[str, Quirk] = {
    "firefly_g6": Quirk(
        seen="Firefly G6 controllers: Entegra Aspire 2021 and 2022",
        done="The controller says AIR_CONDITIONER_COMMAND itself, once a second, over anybody"
        " else's, and does not heed WATERHEATER_COMMAND: neither is sent, and who asks is told.",
        source="rlust/RVC-HA accontrol.md, can.txt; carpenike/coachiq docs/can-re-findings.md",
        never=frozenset(("AIR_CONDITIONER_COMMAND", "WATERHEATER_COMMAND")),
    ),
    "spyder": Quirk(
        seen="Spyder controllers: Tiffin and VanLeigh, 2014 to 2021",
        done="A thermostat is told only what changes, not its whole state as elsewhere.",
        source="linuxkidd/coachproxy-os rv-c/thermostats.pl",
        commands={
            ("thermostat", "set_zone"): Command(
                says="thermostat.set", takes=_in_parts, expects=_said
            )
        },
    ),
}


def command_of(quirks: Iterable[str], family: str, intent: str) -> Command | None:
    """Return how a thing is told something on a coach with quirks; None where it never is."""
    command = COMMANDS[family, intent]
    for quirk in (QUIRKS[name] for name in quirks):
        command = quirk.commands.get((family, intent), command)
        if command.dgn in quirk.never:
            return None
    return command
