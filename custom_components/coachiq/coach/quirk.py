"""What some coaches do otherwise, as rows: each for the profiles that name it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ..rvc import Code, Value
from .commands import COMMANDS, ZONE, Arguments, Command
from .cranking import Loads
from .families import number
from .mover import CLOSE, MOVERS, OPEN, Mover
from .pending import TOLERANCE
from .thing import Thing, ThingId


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirk:
    """A habit of some coaches: where it was `seen`, what is then `done` otherwise, who says so.

    `commands` takes the place of what is usually sent; DGNs in `never` are not sent at all. The
    zones in `furnaces`, by those that share their set point, are told of a new one, too. A
    `generator` is started and stopped by loads, families in `movers` move otherwise. What one maker
    does is never guessed of another's.
    """

    seen: str
    done: str
    source: str
    commands: Mapping[tuple[str, str], Command] = field(default_factory=dict)
    never: frozenset[str] = frozenset()
    furnaces: Mapping[int, int] = field(default_factory=dict)
    generator: Loads | None = None
    movers: Mapping[str, Mover] = field(default_factory=dict)


FAN_LOW = 50.0
SET_POINTS = ("heat", "cool")
# A panel that counts in whole degrees Fahrenheit keeps what is up to half of one away, in degC.
HALF_DEGREE = 0.3


def _in_parts(thing: Thing, arguments: Arguments) -> Arguments:
    """Ask a zone for no more than what changes, as its panels and CoachProxy do.

    A mode comes with a fan that runs by itself, and "fan only" with one that runs. The panel cuts
    what is behind the point off a set point in degF: it shows the right one for half a degree more.
    """
    asked = dict(arguments)
    for name in SET_POINTS:
        if (celsius := number(asked.get(name))) is not None:
            asked[name] = (round(celsius * 1.8 + 32) + 0.5 - 32) / 1.8
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


def _formed(family: str, **forms: str) -> dict[tuple[str, str], Command]:
    """Return intents of a family as a maker's panel says them."""
    return {
        (family, intent): replace(COMMANDS[family, intent], form=form)
        for intent, form in forms.items()
    }


def _by_loads(loads: Loads, years: str) -> Quirk:
    """Return how the generator of some years of Tiffin's coaches starts."""
    return Quirk(
        seen=f"Tiffin's coaches of {years}",
        done="The generator starts and stops by dimmer outputs, where the owner allows it:"
        f" {loads.stop} primes for 5 s, {loads.start} cranks until it runs, for 30 s at most;"
        f" {loads.stop} stops it.",
        source="linuxkidd/coachproxy-os rv-c/generator.pl",
        generator=loads,
    )


def _by_toggles(years: str, up: str, down: str) -> Quirk:
    """Return how the shades of some years of Tiffin's coaches move, by what is up for RV-C."""
    words = {"open": ("forward", "85"), "close": ("reverse", "45")}
    (opening, up_code), (closing, down_code) = words[up], words[down]
    return Quirk(
        seen=f"Tiffin's coaches of {years}",
        done="Window shades are run for 30 s by toggles, after a stop:"
        f" `01FFC8{up_code}1E00FFFF` is up, `01FFC8{down_code}1E00FFFF` down.",
        source="linuxkidd/coachproxy-os rv-c/window_shade.pl",
        movers={
            "shade": replace(
                MOVERS["shade"],
                ways={OPEN: f"shade.toggle_{up}", CLOSE: f"shade.toggle_{down}"},
                takes=lambda _, __: {"duration": 30, "duty": 100},
                toggles=True,
                opening=opening,
                closing=closing,
            )
        },
    )


QUIRKS: Mapping[str, Quirk] = {
    "firefly_g6": Quirk(
        seen="Firefly G6 controllers: Entegra Aspire 2021 and 2022",
        done="The controller says AIR_CONDITIONER_COMMAND itself, once a second, over anybody"
        " else's, and does not heed WATERHEATER_COMMAND: neither is sent, and who asks is told."
        " AC loads, such as the Aqua-Hot's (212 electric, 210 burner), get AC_LOAD_COMMAND as it"
        " was seen to work: `D4FFC8C000000000`.",
        source="rlust/RVC-HA accontrol.md, can.txt; carpenike/coachiq docs/can-re-findings.md",
        commands=_formed("ac_load", turn_on="......c000000000", turn_off="......c000000000"),
        never=frozenset(("AIR_CONDITIONER_COMMAND", "WATERHEATER_COMMAND")),
    ),
    "spyder": Quirk(
        seen="Spyder controllers: Tiffin and VanLeigh, 2014 to 2021",
        done="A thermostat is told only what changes, not its whole state as elsewhere:"
        " `00C1FFFFFFFFFFFF` cools. A set point is sent half a degree Fahrenheit higher, since the"
        " panel cuts it off. AC loads get AC_LOAD_COMMAND as CoachProxy sends it:"
        " `01FFC88000000000`.",
        source="linuxkidd/coachproxy-os rv-c/thermostats.pl, rv-c/ac_load.pl",
        commands={
            ("thermostat", "set_zone"): Command(
                says="thermostat.set",
                takes=_in_parts,
                expects=_said,
                within={**TOLERANCE, **dict.fromkeys(SET_POINTS, HALF_DEGREE)},
            ),
            **_formed("ac_load", turn_on="......8000000000", turn_off="......8000000000"),
        },
    ),
    "spyder_low_line": Quirk(
        seen="Tiffin's coaches with the low-line panel: all but Phaeton, Allegro Bus and Zephyr",
        done="Of the zones, 0 to 2 are on the roof, 3 and 4 the furnaces of 0 and 1: a set point of"
        " one of these goes to its furnace, too.",
        source="linuxkidd/coachproxy-os rv-c/thermostats.pl",
        furnaces={0: 3, 1: 4},
    ),
    # 6 is the second furnace on some and the bay on others: what is not known is not told.
    "spyder_high_line": Quirk(
        seen="Tiffin's coaches with the high-line panel: Phaeton, Allegro Bus, Zephyr",
        done="Of the zones, 2 to 4 are on the roof, 5 is the furnace of 2: a set point of 2 goes to"
        " 5, too.",
        source="linuxkidd/coachproxy-os rv-c/thermostats.pl",
        furnaces={2: 5},
    ),
    "spyder_generator_2015": _by_loads(Loads(stop=104, start=103), "2015 to 2017"),
    "spyder_generator_2018": _by_loads(Loads(stop=84, start=83), "2018 and later"),
    "spyder_shades_2017": _by_toggles("2017 and before", up="close", down="open"),
    "spyder_shades_2018": _by_toggles("2018 and later", up="open", down="close"),
    "keystone": Quirk(
        seen="A Keystone travel trailer with a controller at 80 and a panel at 44",
        done="Loads are switched by DC_LOAD_COMMAND as its panel was seen to:"
        " `0100FA0001FF0000` on, `0100FA0003FF0000` off.",
        source="spbrogan/rvc2mqtt light.py, entity/light_switch.py, entity/tank_warmer.py",
        commands=_formed("dc_load", turn_on="..00fa0001ff0000", turn_off="..00fa0003ff0000"),
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


def followed_by(
    quirks: Iterable[str], thing: ThingId, intent: str, arguments: Arguments
) -> tuple[ThingId | None, Arguments]:
    """Return what has to be told, too, and of what."""
    asked = {name: value for name, value in arguments.items() if name in SET_POINTS}
    if intent == "set_zone" and asked:
        for name in quirks:
            if (furnace := QUIRKS[name].furnaces.get(thing.key[0])) is not None:
                return ThingId(thing.bus, thing.family, (furnace,)), asked
    return None, {}


def generator_of(quirks: Iterable[str]) -> Loads | None:
    """Return the loads that start and stop the generator, None where it has a command."""
    return next((loads for name in quirks if (loads := QUIRKS[name].generator)), None)


def moved_otherwise(quirks: Iterable[str], family: str) -> Mover | None:
    """Return how a family moves on such a coach, None where it does as everywhere."""
    movers = (QUIRKS[name].movers.get(family) for name in quirks)
    return next((mover for mover in movers if mover), None)
