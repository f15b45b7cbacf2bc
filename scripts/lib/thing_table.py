"""docs/things.md: what each family of things shows and does, in which bytes, and who tests it."""

from collections import defaultdict
from importlib import import_module
import json
import re
from typing import TYPE_CHECKING, NamedTuple

from alone import ROOT, without_home_assistant

without_home_assistant()

from homeassistant.helpers.typing import UNDEFINED  # noqa: E402  after the line above

from custom_components.coachiq.coach import FAMILIES  # noqa: E402
from custom_components.coachiq.coach.commands import COMMANDS  # noqa: E402
from custom_components.coachiq.coach.families import CHASSIS_OF  # noqa: E402
from custom_components.coachiq.coach.mover import MOVERS, PAIRS, SYSTEMS  # noqa: E402
from custom_components.coachiq.coach.thing import Thing, ThingId  # noqa: E402
from custom_components.coachiq.const import PLATFORMS  # noqa: E402
from custom_components.coachiq.entity import ThingDescription  # noqa: E402
from custom_components.coachiq.rvc import (  # noqa: E402
    COMMANDS as INTENTS,
    EncodeError,
    load_chassis_spec,
    load_spec,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from custom_components.coachiq.coach import Family
    from custom_components.coachiq.coach.commands import Command
    from custom_components.coachiq.rvc import Spec, Value

_PACKAGE = "custom_components.coachiq"
_TEXTS = json.loads(
    (ROOT / "custom_components" / "coachiq" / "translations" / "en.json").read_text("utf-8")
)
_PICTURES = ROOT / "docs" / "pictures"
# What to ask for, for example, in some units; in others what is in the middle.
# The system whose examples are given.
FOUR_JACKS = {"jack_count": 4}
USUAL = {"°C": 21.0, "%": 50.0}
_FRAME = re.compile(r"\b([01][0-9A-F]{7})#[0-9A-F]{2,}")
_HEAD = """\
# Things

This page is made from the tables by `scripts/docs`.

{families} families of things, {entities} kinds of entities in {platforms} platforms, {intents}
commands. A DGN that is in none of them is shown field by field, see [supported](supported.md).

"Example" is the payload for the first thing of the family. A ° marks an entity that is disabled
until the owner enables it. "Real" counts captured frames of the family's DGNs, each proven to be
read as it should, and "tests" the different frames that the tests of the coach, of Home Assistant
and of the simulator put on a bus or expect there.
{pictures}
| family | DGNs | entities | commands | real | tests: status | tests: commands |
|---|---|---|---|---|---|---|
"""


class _Shown(NamedTuple):
    """One entity of a family."""

    platform: str
    row: ThingDescription


def _shown() -> dict[str, list[_Shown]]:
    """Return the entities of each family, as the tables of the platforms have them."""
    found: dict[str, list[_Shown]] = defaultdict(list)
    for platform in PLATFORMS:
        seen: set[int] = set()
        for table in vars(import_module(f"{_PACKAGE}.{platform}")).values():
            for row in table if isinstance(table, tuple) else ():
                if isinstance(row, ThingDescription) and id(row) not in seen:
                    seen.add(id(row))
                    found[row.family].append(_Shown(platform, row))
    return found


def _name(shown: _Shown) -> str:
    """Return what an entity is called: by its own words, its class, or as its device."""
    row = shown.row
    texts = _TEXTS["entity"].get(shown.platform, {}).get(row.translation_key or "", {})
    if row.translation_key and "name" in texts:
        name = texts["name"]
    elif row.name is None:
        name = "as the thing"
    elif isinstance(row.name, str):
        name = row.name
    else:
        name = str(row.device_class or row.key).replace("_", " ").capitalize()
    return f"{name}{'' if row.entity_registry_enabled_default else ' °'}"


def _about(row: ThingDescription) -> str:
    """Return what else is to be known of an entity."""
    options = getattr(row, "options", None)
    words = [", ".join(word.replace("_", " ") for word in options)] if options else []
    if row.kinds:
        kinds = " or ".join(sorted(row.kinds))
        words.append(f"for {'an' if kinds[0] in 'aeiou' else 'a'} {kinds}")
    if row.entity_category is not None:
        words.append(str(row.entity_category))
    return "; ".join(words)


def _unit(row: ThingDescription) -> str:
    """Return the unit of an entity."""
    unit = getattr(row, "native_unit_of_measurement", None)
    return "" if unit is None or unit is UNDEFINED else str(unit)


def _first(spec: Spec, family: Family) -> Thing:
    """Return the first thing of a family."""
    fields = spec.named(next(iter(family.feeds))).key
    names = next(iter(family.names), ())
    first = max(family.lowest, 1)
    key = (first, *names) if len(names) + 1 == len(fields) else (first, *(0 for _ in fields[1:]))
    values = [reading.name for feed in family.feeds.values() for reading in feed]
    return Thing(ThingId("house", family.key, key or (0,)), family, dict.fromkeys(values))


def _example(spec: Spec, command: Command) -> dict[str, Value]:
    """Return the least to ask for, each a usual number or the last of the words."""
    intent = INTENTS[command.says]
    row = spec.named(intent.dgn)
    found: dict[str, Value] = {}
    for name, argument in intent.takes.items():
        if argument.field in row.key or (found and argument.optional):
            continue
        field = intent.field(row, name)
        if field.kind == "enum":
            found[name] = field.labels[max(field.labels)].replace(" ", "_")
            continue
        middle = field.physical((field.low + field.high + 1) // 2)
        found[name] = USUAL.get(field.unit or "", middle)
    return found


def _encoded(spec: Spec, command: Command, thing: Thing) -> bytes | None:
    """Return what a command says without arguments, None if it needs some."""
    try:
        return command.encode(spec, thing, {})[1]
    except EncodeError, KeyError:
        return None


def _commands(spec: Spec, family: Family) -> Iterator[tuple[str, str, str, str]]:
    """Yield name, RV-C's intent, DGN and example of each command of a family."""
    thing = _first(spec, family)
    for (key, name), command in COMMANDS.items():
        if key == family.key:
            arguments = {} if name.startswith("turn_") else _example(spec, command)
            try:
                row, data = command.encode(spec, thing, arguments)
            except EncodeError, KeyError:
                yield name, command.says, command.dgn, "as the thing says"
                continue
            told = "".join(f" {word} {value}" for word, value in arguments.items())
            if _encoded(spec, command, thing) == data:
                # What it says is fixed.
                told = ""
            yield f"{name}{told}", command.says, row.name, data.hex().upper()
    # The pairs of a family differ in what must hold only.
    of_pairs = (pair for (key, _), pair in PAIRS.items() if key == family.key)
    if mover := {**MOVERS, **SYSTEMS}.get(family.key) or next(of_pairs, None):
        for name, says in {**mover.ways, "stop": mover.stop}.items():
            dgn = spec.named(INTENTS[says].dgn)
            key_fields = dict(zip(dgn.key, thing.id.key, strict=False))
            row, data = INTENTS[says].encode(spec, **key_fields, **mover.takes(name, FOUR_JACKS))
            words = name.replace("_", " ")
            yield (
                f"{words} (if allowed)" if name != "stop" else name,
                says,
                row.name,
                data.hex().upper(),
            )


def _tested() -> dict[int, set[str]]:
    """Return the different frames of each DGN in the tests of the coach and of Home Assistant."""
    found: dict[int, set[str]] = defaultdict(set)
    for folder in ("coach", "integration", "simulator"):
        for path in sorted((ROOT / "tests" / folder).glob("*.py")):
            for match in _FRAME.finditer(path.read_text("utf-8")):
                found[int(match[1], 16) >> 8 & 0x1FFFF].add(match[0])
    return found


def _count(frames: Mapping[int, set[str]], spec: Spec, names: set[str]) -> int:
    """Return how many different frames of some DGNs there are."""
    return len(set[str]().union(*(frames[spec.named(name).dgn] for name in names)))


def _real() -> dict[str, int]:
    """Return how many captured frames of each DGN are proven."""
    counts: dict[str, int] = defaultdict(int)
    for frame in json.loads((ROOT / "tests" / "rvc" / "real_frames.json").read_text("utf-8")):
        counts[frame["dgn"]] += 1
    return counts


def _section(family: Family, shown: list[_Shown], done: list[tuple[str, str, str, str]]) -> str:
    """Return what one family shows and does."""
    lines = [f"\n## {family.key.replace('_', ' ')}\n\n{', '.join(family.feeds)}\n"]
    if family.stays:
        lines.append("\nIs shown in storage, too.\n")
    if shown:
        lines.append("\n| shows | platform | class | unit | more |\n|---|---|---|---|---|\n")
        lines += [
            f"| {_name(one)} | {one.platform} | {one.row.device_class or ''} | {_unit(one.row)}"
            f" | {_about(one.row)} |\n"
            for one in shown
        ]
    if done:
        lines.append("\n| does | intent | DGN | example |\n|---|---|---|---|\n")
        lines += [
            f"| {name} | `{says}` | {dgn} | `{example}` |\n" for name, says, dgn, example in done
        ]
    return "".join(lines)


def _pictures() -> str:
    """Return links to the pictures of the platforms."""
    paths = sorted(_PICTURES.glob("*.png"))
    if not paths:
        return ""
    links = ", ".join(f"[{path.stem.replace('_', ' ')}](pictures/{path.name})" for path in paths)
    return f"\nHow each kind looks in Home Assistant's own dialog: {links}.\n"


def table() -> str:
    """Return the page."""
    spec, chassis = load_spec(), load_chassis_spec()
    shown, tested, real = _shown(), _tested(), _real()
    done = {
        family.key: [] if CHASSIS_OF.keys() & family.feeds.keys() else [*_commands(spec, family)]
        for family in FAMILIES
    }
    lines = [
        _HEAD.format(
            families=len(FAMILIES),
            entities=sum(map(len, shown.values())),
            platforms=len({one.platform for rows in shown.values() for one in rows}),
            intents=sum(map(len, done.values())),
            pictures=_pictures(),
        )
    ]
    for family in FAMILIES:
        words = family.key.replace("_", " ")
        names = spec if not CHASSIS_OF.keys() & family.feeds.keys() else chassis
        commands = {dgn for _, _, dgn, _ in done[family.key]}
        lines.append(
            f"| [{words}](#{words.replace(' ', '-')}) | {len(family.feeds)}"
            f" | {len(shown[family.key])} | {len(done[family.key])}"
            f" | {sum(real[name] for name in family.feeds)}"
            f" | {_count(tested, names, set(family.feeds))} | {_count(tested, spec, commands)} |\n"
        )
    lines += [_section(family, shown[family.key], done[family.key]) for family in FAMILIES]
    return "".join(lines)
