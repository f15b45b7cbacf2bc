"""docs/supported.md: every DGN and chassis message that is known, and what is made of it."""

from collections import defaultdict
from typing import TYPE_CHECKING

from alone import without_home_assistant

without_home_assistant()

from custom_components.coachiq.coach import FAMILIES  # noqa: E402  after the line above
from custom_components.coachiq.rvc import (  # noqa: E402
    COMMANDS,
    load_chassis_spec,
    load_diagnostics,
    load_spec,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from custom_components.coachiq.rvc import Row

_HEAD = """\
# What is supported

This page is made from the tables by `scripts/docs`.

All {rows} DGNs of RV-C's 2023-11 revision are decoded and encoded, with {fields} fields; {doubts}
of these rows and fields are marked as doubtful: there the specification contradicts itself, or
leaves something out. In Home Assistant the DGNs with something in the column "shown as"
appear by themselves. Of another status or configuration each field becomes a sensor of the node
that tells it, disabled until you enable it. What can be commanded is listed in
[commands](commands.md). To add a DGN: [the form of the table](form.md).

Faults: DM_RV and DM1 are read, with words for {spns} SPNs of {devices} types of device (what types
share counts once), the {fmis} FMIs, and {alarms} alarms.

"Sent" is the time between two frames in normal operation and what else sends it; "must come within"
is the longest gap that is allowed, from which silence is judged.

## RV-C

| DGN | name | fields | key | sent | must come within | shown as, or commands |
|---|---|---|---|---|---|---|
"""
_CHASSIS = """
## Chassis (J1939)

{rows} parameter groups with {fields} signals, read only. "One source" counts the signals whose
layout only one published table has: take these with care.

| PGN | name | what | signals | one source | sent |
|---|---|---|---|---|---|
"""


def _sent(row: Row) -> str:
    """Return when a DGN is sent, in words."""
    paces = [
        f"{_seconds(pace)}{f' when {when}' if when not in ('', 'otherwise') else ''}"
        if when != "otherwise"
        else f"else {_seconds(pace)}"
        for when, pace in row.about.every.items()
    ]
    triggers = {"change": "on change", "request": "on request", "need": "as needed"}
    words = [words for trigger, words in triggers.items() if trigger in row.about.triggers]
    return ", ".join([*paces, *words])


def _seconds(seconds: float) -> str:
    return f"{seconds:g} s" if seconds >= 1 else f"{seconds * 1000:g} ms"


def _count_doubts(rows: Iterable[Row]) -> int:
    """Return how many doubts there are; fields that several rows share count once."""
    fields = {id(field): field for row in rows for field in row.fields if field.doubt}
    return len(fields) + sum(row.about.doubt is not None for row in rows)


def _count(tables: Iterable[Mapping[int, object]]) -> int:
    """Return how many entries tables have; one that several devices share counts once."""
    return sum(map(len, {id(table): table for table in tables}.values()))


def table() -> str:
    """Return the page."""
    spec, chassis, diagnostics = load_spec(), load_chassis_spec(), load_diagnostics()
    shown = defaultdict[str, list[str]](list)
    for family in FAMILIES:
        for dgn in family.feeds:
            shown[dgn].append(family.key.replace("_", " "))
    for name, command in COMMANDS.items():
        shown[command.dgn].append(f"`{name}`")
    rows = sorted(spec.rows.values(), key=lambda row: -row.dgn)
    lines = [
        _HEAD.format(
            rows=len(rows),
            fields=sum(len(row.fields) for row in rows),
            doubts=_count_doubts(rows),
            spns=_count(device.spns for device in diagnostics.devices),
            devices=len(diagnostics.devices),
            fmis=len(diagnostics.fmis["rvc"]),
            alarms=_count(device.alarms for device in diagnostics.devices),
        )
    ]
    lines += [
        f"| {row.dgn:X} | {row.name} | {len(row.fields)} | {', '.join(row.key)} | {_sent(row)}"
        f" | {_seconds(row.max_gap) if row.max_gap else ''} | {', '.join(shown[row.name])} |\n"
        for row in rows
    ]
    groups = sorted(chassis.rows.values(), key=lambda row: row.dgn)
    lines.append(_CHASSIS.format(rows=len(groups), fields=sum(len(row.fields) for row in groups)))
    lines += [
        f"| {row.dgn:X} | {row.name} | {row.about.title or ''} | {len(row.fields)}"
        f" | {sum(len(field.sources) == 1 for field in row.fields)} | {_sent(row)} |\n"
        for row in groups
    ]
    return "".join(lines)
