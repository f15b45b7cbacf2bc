"""What some coaches do otherwise, as rows: each for the profiles where it was seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..rvc import Code, Value
from .commands import COMMANDS, ZONE, Arguments, Command
from .thing import Thing


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirk:
    """A habit of the coaches whose profile's key begins with one of `profiles`.

    `commands` takes the place of what is usually sent; DGNs in `never` are not sent at all. What
    one maker does is never guessed of another's.
    """

    profiles: tuple[str, ...]
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


QUIRKS = (
    # Firefly's G6 in Entegra's coaches: it says AIR_CONDITIONER_COMMAND itself, once a second, over
    # anybody else's, and does not heed WATERHEATER_COMMAND (rlust/RVC-HA accontrol.md, can.txt).
    Quirk(
        profiles=("entegra_aspire_",),
        never=frozenset(("AIR_CONDITIONER_COMMAND", "WATERHEATER_COMMAND")),
    ),
    # Spyder's controllers in Tiffin's coaches (linuxkidd/coachproxy-os, rv-c/thermostats.pl).
    Quirk(
        profiles=("tiffin_",),
        commands={
            ("thermostat", "set_zone"): Command(
                says="thermostat.set", takes=_in_parts, expects=_said
            )
        },
    ),
)


def command_of(profile: str | None, family: str, intent: str) -> Command | None:
    """Return how a thing of a family is told something on a coach; None where it never is."""
    command = COMMANDS[family, intent]
    for quirk in QUIRKS:
        if (profile or "").startswith(quirk.profiles):
            command = quirk.commands.get((family, intent), command)
            if command.dgn in quirk.never:
                return None
    return command
