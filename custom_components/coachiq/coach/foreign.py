"""Profiles of other forms: an instance map in JSON, and the YAML mapping of the old CoachIQ."""

from collections.abc import Iterator, Mapping
import contextlib
from dataclasses import dataclass, field, replace
import json
import re

from ..rvc import Spec
from .document import Document, document_of, is_whole, wrong
from .families import Family
from .profile import VERSION, Profile, ProfileRow, profile_of
from .proposal import numbered_families

# What a dimmer or a load is by its type there; of any other type it is shown, not switched.
SWITCHABLE = ("dimmer", "dc_load", "ac_load")
UNKNOWN_KIND = "indicator"
KIND_OF = {
    **dict.fromkeys(("light", "dimmer"), "light"),
    **dict.fromkeys(("switch", "pump", "ac_load", "dc_load"), "switch"),
    **dict.fromkeys(("water_heater", "heater", "furnace"), "burner"),
    **dict.fromkeys(("awning", "cover_extend", "cover_retract", "cover_stop", "lift"), "cover"),
    **dict.fromkeys(("slide", "shade", "vent_lid"), "cover"),
    **{kind: kind for kind in ("fan", "cover", "lock", "generator", "burner")},
    **dict.fromkeys(("sensor", "binary_sensor", "climate"), "indicator"),
}
# What is called a switch there, but by its name may move, burn, open or start something.
CAREFUL = (
    (re.compile(r"\b(slide|awning|step|jack|lift|lid|shade|bunk|extend|retract)"), "cover"),
    (re.compile(r"\b(furnace|burner|gas|propane|fuel|diesel)\b"), "burner"),
    (re.compile(r"\b(generator|gen)\b"), "generator"),
    (re.compile(r"\b(lock|unlock)\b"), "lock"),
)
DGN = re.compile(r"[0-9A-F]{5}", re.IGNORECASE)

NAMES = ("friendly_name", "name", "ha_name", "entity_id")
AREAS = ("suggested_area", "area")
TYPES = ("device_type", "type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A profile that was read, what was taken from where, and what was not and why."""

    profile: Profile
    taken: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def import_profile(text: str, file: str, spec: Spec) -> Import:
    """Read a profile of any form that is known. Raises ProfileError."""
    document = _document(text, file)
    if "items" in document:
        return _collect(_head(document.get("coach"), document), _items(document), spec)
    if any(DGN.fullmatch(str(key)) for key in document):
        known = _head(document.get("coach_info"), document)
        return _collect(known, _mapping(document), spec)
    if "things" not in document and "version" not in document:
        raise wrong(
            file, "file", "neither a profile (things), nor a map (items), nor a mapping of DGNs"
        )
    profile = profile_of({"version": VERSION, **document}, file, None)
    taken = [_told(*place, row) for place, row in profile.rows.items()]
    return Import(profile=profile, taken=taken)


def _document(text: str, file: str) -> Document:
    """Return JSON, which may have tabs that YAML forbids, or YAML as a mapping."""
    with contextlib.suppress(ValueError, RecursionError):
        document = json.loads(text)
        if isinstance(document, dict):
            return document
    return document_of(text, file)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One entry of a foreign form, as it stands there."""

    place: str
    dgn: str
    instance: object
    said: Document


def _items(document: Document) -> Iterator[_Entry]:
    """Yield the entries of an instance map."""
    items = document["items"]
    for number, item in enumerate(items if isinstance(items, list) else ()):
        said = item if isinstance(item, dict) else {}
        yield _Entry(
            place=f"items {number}",
            dgn=str(said.get("dgn")),
            instance=said.get("instance"),
            said=said,
        )


def _mapping(document: Document) -> Iterator[_Entry]:
    """Yield the entries of CoachIQ's mapping: DGN, instance, one entity or several."""
    for dgn, instances in document.items():
        if not DGN.fullmatch(str(dgn)) or not isinstance(instances, dict):
            continue
        for instance, entities in instances.items():
            for entity in entities if isinstance(entities, list) else [entities]:
                yield _Entry(
                    place=f"{dgn} {instance}",
                    dgn=str(dgn),
                    instance=instance,
                    said=entity if isinstance(entity, dict) else {},
                )


def _collect(head: Profile, entries: Iterator[_Entry], spec: Spec) -> Import:
    """Take what can be taken."""
    families = numbered_families(spec)
    rows: dict[tuple[str, int], ProfileRow] = {}
    taken, ignored = [], []
    for entry in entries:
        found = _thing(entry, families, spec)
        if isinstance(found, str):
            ignored.append(f"{entry.place}: {found}")
        elif found in rows:
            ignored.append(f"{entry.place}: {found[0]} {found[1]} is there already")
        else:
            rows[found] = _row(found[0], entry.said)
            taken.append(_told(*found, rows[found]))
    return Import(profile=replace(head, rows=rows), taken=taken, ignored=ignored)


def _thing(entry: _Entry, families: Mapping[int, Family], spec: Spec) -> tuple[str, int] | str:
    """Return the thing that an entry is of, or in words why there is none."""
    if not entry.said:
        return "no mapping"
    if not DGN.fullmatch(entry.dgn):
        return f"{entry.dgn} is no DGN"
    family, row = families.get(int(entry.dgn, 16)), spec.get(int(entry.dgn, 16))
    if family is None or row is None:
        return f"DGN {entry.dgn.upper()} is no status of a thing with a name"
    instance = _whole(entry.instance) if row.key else 0
    if instance is None or not family.lowest <= instance <= family.highest:
        return f"{entry.instance} is no instance of {family.key}"
    return family.key, instance


def _row(family: str, said: Document) -> ProfileRow:
    """Return what an entry says of its thing."""
    name, area, kind = (_text(said, keys) for keys in (NAMES, AREAS, TYPES))
    return ProfileRow(
        name=name,
        area=_area(area) if area else None,
        kind=_kind(kind or "", name or "") if family in SWITCHABLE else None,
    )


def _kind(kind: str, name: str) -> str:
    """Return what a dimmer or a load is, nothing that is switched where that is in doubt."""
    ours = KIND_OF.get(kind.lower(), UNKNOWN_KIND)
    words = name.lower().replace("_", " ")
    for pattern, careful in CAREFUL if ours == "switch" else ():
        if pattern.search(words):
            return careful
    return ours


def _area(area: str) -> str:
    """Return `interior.living_room` as Living room."""
    words = area.rpartition(".")[2].replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _head(coach: object, document: Document) -> Profile:
    """Return what is said of the coach itself."""
    said = coach if isinstance(coach, dict) else {}
    make = _text(said, ("make",))
    model = " ".join(part for key in ("model", "trim") if (part := _text(said, (key,))) is not None)
    year = _whole(said.get("year"))
    title = " ".join(part for part in (make, model) if part) or "Imported coach"
    return Profile(
        title=title if year is None else f"{title} ({year})",
        make=make,
        model=model or None,
        years=() if year is None else (year,),
        source=_text(document, ("source",)),
    )


def _text(said: Document, keys: tuple[str, ...]) -> str | None:
    """Return the first of these fields that is a text, a number as one, too."""
    for key in keys:
        value = said.get(key)
        if is_whole(value) or (isinstance(value, str) and value.strip()):
            return str(value).strip()
    return None


def _whole(value: object) -> int | None:
    """Return a whole number, be it written as a text."""
    if is_whole(value):
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() else None


def _told(family: str, instance: int, row: ProfileRow) -> str:
    """Return a row in words."""
    said = ", ".join(part for part in (row.name, row.area, row.kind) if part)
    return f"{family} {instance}: {said}" if said else f"{family} {instance}"
