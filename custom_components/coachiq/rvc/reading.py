"""Typed reading of the JSON files here; every error names the file, the row and the field."""

from collections.abc import Collection
from dataclasses import dataclass
import json
from pathlib import Path

type Entry = dict[str, object]

# A whole number beyond what a float can be is none either; nor is NaN.
_TOO_LARGE = 1e300


class SpecError(Exception):
    """A specification file that cannot be used; says file, DGN, field and problem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in which file something was read."""

    file: str
    dgn: str | None = None
    field: str | None = None

    def at(self, dgn: str | None = None, field: str | None = None) -> Place:
        """Return a place further in."""
        return Place(file=self.file, dgn=dgn or self.dgn, field=field or self.field)

    def error(self, problem: str) -> SpecError:
        """Return the error that names this place."""
        return SpecError(
            ": ".join(part for part in (self.file, self.dgn, self.field, problem) if part)
        )


def document(path: Path, version: int) -> tuple[Entry, Place]:
    """Return a JSON file of this version; blocking."""
    place = Place(file=str(path))
    try:
        whole_file = entry(json.loads(path.read_text("utf-8"), object_pairs_hook=_once), place)
    except (OSError, ValueError, RecursionError) as problem:
        raise place.error(f"cannot be read: {problem}") from problem
    found = whole_file.get("version")
    if found != version or type(found) is not int:
        raise place.error(f"version {found!r}; this release reads version {version}")
    return whole_file, place


def _once(pairs: list[tuple[str, object]]) -> Entry:
    """Return an object; of a key that is there twice, one would be lost without a word."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = [key for key in found if sum(key == other for other, _ in pairs) > 1]
        raise ValueError(f"{', '.join(twice)} is there twice")
    return found


def entry(value: object, place: Place) -> Entry:
    """Return a JSON object."""
    if isinstance(value, dict):
        return value
    raise place.error("is not an object")


def items(value: object, place: Place) -> list[object]:
    """Return a JSON array."""
    if isinstance(value, list):
        return value
    raise place.error("is not a list")


def text(of: Entry, key: str, place: Place) -> str:
    """Return the words under a key."""
    value = of.get(key)
    if isinstance(value, str) and value:
        return value
    raise place.error(f"{key!r} is missing or not text")


def number(of: Entry, key: str, place: Place, default: float | None = None) -> float | int:
    """Return the number under a key."""
    value = of.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _TOO_LARGE:
        raise place.error(f"{key!r} is missing or not a number")
    return value


def whole(of: Entry, key: str, place: Place, default: int | None = None) -> int:
    """Return the whole number under a key."""
    value = number(of, key, place, default)
    if isinstance(value, int):
        return value
    raise place.error(f"{key!r} is not a whole number")


def known(of: Entry, keys: Collection[str], place: Place) -> None:
    """Refuse keys that mean nothing: they are mostly misspelt ones."""
    if unknown := sorted(of.keys() - set(keys)):
        raise place.error(f"unknown {', '.join(map(repr, unknown))}")


def names(of: Entry, key: str, fields: Collection[str], place: Place) -> list[str]:
    """Return the field names under a key: one, a list, or none."""
    value = of.get(key, [])
    listed = [value] if isinstance(value, str) else items(value, place)
    found = [name for name in listed if isinstance(name, str) and name in fields]
    if len(found) != len(listed):
        raise place.error(f"{key!r} names no field of the row: {value}")
    return found
