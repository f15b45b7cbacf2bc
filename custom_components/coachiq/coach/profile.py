"""What the make, model and year of a coach tell: names, areas, kinds, and who measures where."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeIs

import yaml

from ..error import ProfileError
from .families import FAMILY

FOLDER = Path(__file__).parent / "profiles"
VERSION = 1
HIDDEN = "hidden"
KINDS = frozenset(("light", "switch", "lock", "burner", "indicator", HIDDEN))
MODES = frozenset(("off", "cool", "heat", "auto", "fan_only", "aux_heat", "defrost_dehumidify"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRow:
    """What a profile says of one thing; None where it says nothing."""

    name: str | None = None
    area: str | None = None
    kind: str | None = None
    ambient: int | None = None
    modes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A model of coach: its title and its rows by family and instance."""

    key: str | None = None
    title: str = ""
    rows: Mapping[tuple[str, int], ProfileRow] = field(default_factory=dict)

    def row(self, family: str, key: tuple[int, ...]) -> ProfileRow:
        """Return the row of a thing, an empty one when the profile does not know it."""
        return self.rows.get((family, key[0]), UNKNOWN)


UNKNOWN = ProfileRow()


def profile_titles() -> dict[str, str]:
    """Return the shipped profiles, key to title; blocking."""
    return {path.stem: load_profile(path.stem).title for path in sorted(FOLDER.glob("*.yaml"))}


def load_profile(key: str | None) -> Profile:
    """Read a shipped profile, or an empty one for None; blocking. Raises ProfileError."""
    if key is None:
        return Profile()
    path = FOLDER / f"{key}.yaml"
    if path.parent != FOLDER or not path.is_file():
        raise ProfileError("profile_missing", profile=key)
    return read_profile(path)


def read_profile(path: Path) -> Profile:
    """Read a profile file; blocking. Raises ProfileError naming file, row and field."""
    document = _document(path)
    title, things = document.get("title"), document.get("things")
    if not isinstance(title, str):
        raise _wrong(path, "title", "no text")
    if not isinstance(things, dict):
        raise _wrong(path, "things", "no mapping")
    rows: dict[tuple[str, int], ProfileRow] = {}
    for family, instances in things.items():
        if family not in FAMILY:
            raise _wrong(path, f"things.{family}", f"not one of {', '.join(FAMILY)}")
        if not isinstance(instances, dict):
            raise _wrong(path, f"things.{family}", "no mapping")
        for instance, row in instances.items():
            place = f"things.{family}.{instance}"
            if not _is_whole(instance) or not isinstance(row, dict):
                raise _wrong(path, place, "an instance number with a mapping is needed")
            rows[family, instance] = _row(path, place, row)
    return Profile(key=path.stem, title=title, rows=rows)


def _document(path: Path) -> dict[object, object]:
    """Read the file as a mapping of a version that is known."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise _wrong(path, "file", str(error)) from error
    if not isinstance(document, dict):
        raise _wrong(path, "file", "no mapping")
    version = document.get("version")
    if not _is_whole(version) or version != VERSION:
        raise _wrong(path, "version", f"{version!r} is not {VERSION}")
    return document


def _row(path: Path, place: str, row: dict[object, object]) -> ProfileRow:
    """Check one row field by field."""
    texts: dict[str, str | None] = {}
    for name in ("name", "area", "kind"):
        text = row.get(name)
        if text is not None and not isinstance(text, str):
            raise _wrong(path, f"{place}.{name}", "no text")
        texts[name] = text
    if texts["kind"] is not None and texts["kind"] not in KINDS:
        raise _wrong(path, f"{place}.kind", f"not one of {', '.join(sorted(KINDS))}")
    ambient, modes = row.get("ambient"), row.get("modes")
    if ambient is not None and not _is_whole(ambient):
        raise _wrong(path, f"{place}.ambient", "no instance number")
    if modes is not None and not (
        isinstance(modes, list) and all(isinstance(mode, str) and mode in MODES for mode in modes)
    ):
        raise _wrong(path, f"{place}.modes", f"not a list of {', '.join(sorted(MODES))}")
    if unknown := row.keys() - {"name", "area", "kind", "ambient", "modes"}:
        raise _wrong(path, f"{place}.{min(map(str, unknown))}", "unknown field")
    return ProfileRow(
        name=texts["name"],
        area=texts["area"],
        kind=texts["kind"],
        ambient=ambient,
        modes=None if modes is None else frozenset(map(str, modes)),
    )


def _is_whole(value: object) -> TypeIs[int]:
    """Tell whether YAML gave a whole number: to Python its `yes` is one, too."""
    return isinstance(value, int) and not isinstance(value, bool)


def _wrong(path: Path, place: str, problem: str) -> ProfileError:
    """Return the error that names file, place and problem."""
    return ProfileError("profile_wrong", file=path.name, place=place, problem=problem)
