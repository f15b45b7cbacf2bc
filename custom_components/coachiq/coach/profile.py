"""What the make, model and year of a coach tell: names, areas, kinds, and who measures where."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from .document import Document, document_of, is_whole, texts_of, wrong
from .families import FAMILY
from .light_group import GROUP, SCENE, Group, Scene, read_groups, read_scenes, written
from .mover import PAIRED, PAIRS
from .quirk import QUIRKS

VERSION = 1
HIDDEN = "hidden"
# What moves something, and is not switched by itself.
HALF = "cover"
# A dimmer or load that is a fan, a cover or a generator's button makes no light and no switch.
KINDS = frozenset(
    ("light", "switch", "fan", HALF, "lock", "burner", "generator", "indicator", HIDDEN, *PAIRED)
)
MODES = frozenset(("off", "cool", "heat", "auto", "fan_only", "aux_heat", "defrost_dehumidify"))

_TEXTS = ("make", "model", "source", "tested_by")
_BODY = ("features", "things", "groups", "scenes")
_HEAD = ("version", "title", "make", "model", "years", "source", "tested_by", "quirks", *_BODY)
_ROW_TEXTS = ("name", "area", "kind")
_ROW = (*_ROW_TEXTS, "pair", "ambient", "modes")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRow:
    """What a profile says of one thing; None where it says nothing.

    An output that opens something has in `pair` the instance of the one that closes it.
    """

    name: str | None = None
    area: str | None = None
    kind: str | None = None
    pair: int | None = None
    ambient: int | None = None
    modes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A model of coach: what it is, who says so, and its rows by family and instance.

    Groups and scenes are by their numbers on the bus.

    `tested_by` is who is known to have used these names and numbers on such a coach; `quirks` are
    the names of what such coaches do otherwise; `features` are parts of CoachIQ that are on or off
    for this model unless its owner says otherwise.
    """

    key: str | None = None
    title: str = ""
    make: str | None = None
    model: str | None = None
    years: tuple[int, ...] = ()
    source: str | None = None
    tested_by: str | None = None
    quirks: tuple[str, ...] = ()
    features: Mapping[str, bool] = field(default_factory=dict)
    rows: Mapping[tuple[str, int], ProfileRow] = field(default_factory=dict)
    groups: Mapping[int, Group] = field(default_factory=dict)
    scenes: Mapping[int, Scene] = field(default_factory=dict)

    def row(self, family: str, key: tuple[int, ...]) -> ProfileRow:
        """Return the row of a thing, an empty one when the profile does not know it."""
        ensembles: Mapping[str, Mapping[int, Group | Scene]] = {
            GROUP.key: self.groups,
            SCENE.key: self.scenes,
        }
        if family in ensembles:
            ensemble = ensembles[family].get(key[0])
            return ProfileRow(name=ensemble.name, area=ensemble.area) if ensemble else UNKNOWN
        return self.rows.get((family, key[0]), UNKNOWN)


UNKNOWN = ProfileRow()


def read_profile(path: Path, key: str | None = None) -> Profile:
    """Read a profile file; blocking. Raises ProfileError naming file, row and field."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise wrong(path.name, "file", str(error)) from error
    return profile_of(document_of(text, path.name), path.name, path.stem if key is None else key)


def profile_of(document: Document, file: str, key: str | None) -> Profile:
    """Check a profile's document. Raises ProfileError naming file, row and field."""
    version = document.get("version")
    if not is_whole(version) or version != VERSION:
        raise wrong(file, "version", f"{version!r} is not {VERSION}")
    if unknown := document.keys() - set(_HEAD):
        raise wrong(file, min(map(str, unknown)), "unknown field")
    title = document.get("title")
    if not isinstance(title, str):
        raise wrong(file, "title", "no text")
    texts = texts_of(file, "", document, _TEXTS)
    groups = read_groups(file, document.get("groups", {}))
    return Profile(
        key=key,
        title=title,
        make=texts["make"],
        model=texts["model"],
        years=_years(file, document.get("years", [])),
        source=texts["source"],
        tested_by=texts["tested_by"],
        quirks=_quirks(file, document.get("quirks", [])),
        features=_features(file, document.get("features", {})),
        rows=_rows(file, document.get("things")),
        groups=groups,
        scenes=read_scenes(file, document.get("scenes", {}), groups),
    )


def write_profile(profile: Profile) -> str:
    """Return a profile as the text of its file."""
    head = {
        "version": VERSION,
        "title": profile.title,
        "make": profile.make,
        "model": profile.model,
        "years": list(profile.years),
        "source": profile.source,
        "tested_by": profile.tested_by,
        "quirks": list(profile.quirks),
        "features": dict(profile.features),
    }
    lines = [f"{name}: {_flow(value)}" for name, value in head.items() if value]
    lines.append("things:" if profile.rows else "things: {}")
    last = None
    for (family, instance), row in sorted(profile.rows.items(), key=_place):
        if family != last:
            lines.append(f"  {family}:")
            last = family
        said = {name: getattr(row, name) for name in _ROW if getattr(row, name) is not None}
        if row.modes is not None:
            said["modes"] = sorted(row.modes)
        lines.append(f"    {instance}: {_flow(said)}")
    for name, ensembles in (("groups", profile.groups), ("scenes", profile.scenes)):
        if ensembles:
            lines.append(f"{name}:")
            lines += [f"  {one}: {_flow(written(ensembles[one]))}" for one in sorted(ensembles)]
    return "\n".join(lines) + "\n"


def _place(row: tuple[tuple[str, int], ProfileRow]) -> tuple[int, int]:
    """Return where a row stands: as the families do, then by instance."""
    (family, instance), _ = row
    return list(FAMILY).index(family), instance


def _flow(value: object) -> str:
    """Return a value as YAML on one line."""
    # A text by itself ends with a mark of its own.
    line: str = yaml.safe_dump(
        value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=float("inf")
    )
    return line.removesuffix("\n").removesuffix("\n...")


def _years(file: str, years: object) -> tuple[int, ...]:
    """Check the years of a model."""
    if not isinstance(years, list) or not all(is_whole(year) for year in years):
        raise wrong(file, "years", "not a list of years")
    return tuple(years)


def _quirks(file: str, quirks: object) -> tuple[str, ...]:
    """Check the quirks of a model."""
    if not isinstance(quirks, list) or not all(
        isinstance(quirk, str) and quirk in QUIRKS for quirk in quirks
    ):
        raise wrong(file, "quirks", f"not a list of {', '.join(QUIRKS)}")
    return tuple(map(str, quirks))


def _features(file: str, features: object) -> dict[str, bool]:
    """Check what is said of features: each is on or off."""
    if not isinstance(features, dict):
        raise wrong(file, "features", "no mapping")
    for name, on in features.items():
        if not isinstance(on, bool):
            raise wrong(file, f"features.{name}", "neither true nor false")
    return {str(name): on for name, on in features.items()}


def _rows(file: str, things: object) -> dict[tuple[str, int], ProfileRow]:
    """Check all rows."""
    if not isinstance(things, dict):
        raise wrong(file, "things", "no mapping")
    rows: dict[tuple[str, int], ProfileRow] = {}
    for family, instances in things.items():
        if family not in FAMILY:
            raise wrong(file, f"things.{family}", f"not one of {', '.join(FAMILY)}")
        if not isinstance(instances, dict):
            raise wrong(file, f"things.{family}", "no mapping")
        for instance, row in instances.items():
            place = f"things.{family}.{instance}"
            if not is_whole(instance) or not isinstance(row, dict):
                raise wrong(file, place, "an instance number with a mapping is needed")
            made = rows[family, instance] = _row(file, place, row)
            opens = (family, made.kind or "") in PAIRS and made.pair != instance
            if made.pair is not None and not opens:
                problem = f"not the other output of a {', '.join(PAIRED)}"
                raise wrong(file, f"{place}.pair", problem)
    return rows


def _row(file: str, place: str, row: Document) -> ProfileRow:
    """Check one row field by field."""
    texts = texts_of(file, f"{place}.", row, _ROW_TEXTS)
    if texts["kind"] is not None and texts["kind"] not in KINDS:
        raise wrong(file, f"{place}.kind", f"not one of {', '.join(sorted(KINDS))}")
    ambient, modes, pair = row.get("ambient"), row.get("modes"), row.get("pair")
    if ambient is not None and not is_whole(ambient):
        raise wrong(file, f"{place}.ambient", "no instance number")
    if pair is not None and not is_whole(pair):
        raise wrong(file, f"{place}.pair", "no instance number")
    if modes is not None and not (
        isinstance(modes, list) and all(isinstance(mode, str) and mode in MODES for mode in modes)
    ):
        raise wrong(file, f"{place}.modes", f"not a list of {', '.join(sorted(MODES))}")
    if unknown := row.keys() - set(_ROW):
        raise wrong(file, f"{place}.{min(map(str, unknown))}", "unknown field")
    return ProfileRow(
        name=texts["name"],
        area=texts["area"],
        kind=texts["kind"],
        pair=pair,
        ambient=ambient,
        modes=None if modes is None else frozenset(map(str, modes)),
    )
