"""The form in which what was learnt is written: read row by row, also out of a damaged file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
import json
from pathlib import Path
import re
from typing import NotRequired, TypedDict, TypeGuard

# Each release reads all versions up to its own; tests/integration/stored has a file of each.
VERSION = 1

# Neither a thing nor the names of a bus's nodes have anything in braces in them.
_FLAT = re.compile(r'(?:"(?P<name>[^"\\]*)"\s*:\s*)?(?P<row>\{[^{}]*\})')


class StoredThing(TypedDict):
    """One thing as it is written."""

    bus: str
    family: str
    key: list[int]
    answers: bool | None
    last_level: float | None
    # The name of the node by which it is told apart, if it is.
    node: NotRequired[str]


class Stored(TypedDict):
    """The whole content; `nodes` has the names that nodes gave themselves, by bus and address."""

    things: list[StoredThing]
    nodes: NotRequired[dict[str, dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Saved:
    """What could be read of a damaged file, and where that is now."""

    content: Stored
    aside: Path


def read(content: object) -> tuple[Stored, bool]:
    """Return what can be read of a content, and whether that is all of it."""
    if not isinstance(content, dict):
        return {"things": []}, False
    stored: Stored = {"things": []}
    things = content.get("things")
    whole = isinstance(things, list)
    for row in things if isinstance(things, list) else ():
        thing = _thing(row)
        whole = whole and thing == row
        if thing:
            stored["things"].append(thing)
    nodes = content.get("nodes", {})
    named = {bus: _names(names) for bus, names in nodes.items()} if isinstance(nodes, dict) else {}
    if kept := {bus: names for bus, names in named.items() if names}:
        stored["nodes"] = kept
    return stored, whole and nodes == kept


def salvage(text: str) -> Stored:
    """Return what can be read of a text that is no JSON, such as one that was cut short."""
    things: list[object] = []
    nodes: dict[str, object] = {}
    for found in _FLAT.finditer(text):
        try:
            row = json.loads(found["row"])
        except ValueError:
            continue
        if found["name"] and _names(row):
            nodes[found["name"]] = row
        else:
            things.append(row)
    return read({"things": things, "nodes": nodes})[0]


def mend(path: Path) -> Saved | None:
    """Put a damaged file aside and return what can be read of it, None for one that is whole.

    Blocking. One that is not there, cannot be read or is of a newer version is left alone.
    """
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    text = raw.decode(errors="replace")
    try:
        envelope = json.loads(text)
    except ValueError, RecursionError:
        content = salvage(text)
    else:
        if _is_envelope(envelope):
            if envelope["version"] > VERSION:
                return None
            content, whole = read(envelope["data"])
            if whole:
                return None
        else:
            content = salvage(text)
    aside = path.with_name(f"{path.name}.damaged.{datetime.now(UTC):%Y%m%d-%H%M%S-%f}")
    path.rename(aside)
    return Saved(content, aside)


def _is_envelope(content: object) -> TypeGuard[dict[str, int]]:
    """Tell whether a file has the form that Home Assistant gives to all its stores."""
    return (
        isinstance(content, dict)
        and isinstance(content.get("version"), int)
        and content["version"] >= 1
        and "data" in content
    )


def _thing(row: object) -> StoredThing | None:
    """Return a thing as far as it can be read, None for a row that does not tell which it is."""
    if not isinstance(row, dict):
        return None
    bus, family, key, node = (row.get(name) for name in ("bus", "family", "key", "node"))
    if not (isinstance(bus, str) and isinstance(family, str) and isinstance(key, list) and key):
        return None
    if not all(type(part) is int and part >= 0 for part in key):
        return None
    answers, level = row.get("answers"), row.get("last_level")
    thing = StoredThing(
        bus=bus,
        family=family,
        key=key,
        answers=answers if isinstance(answers, bool) else None,
        last_level=level if type(level) in (int, float) else None,
    )
    if node is not None:
        if not isinstance(node, str):
            return None
        thing["node"] = node
    return thing


def _names(names: object) -> dict[str, str]:
    """Return the names of nodes by address, those that are such."""
    if not isinstance(names, Mapping):
        return {}
    return {
        source: name
        for source, name in names.items()
        if isinstance(source, str) and source.isdecimal() and isinstance(name, str)
    }
