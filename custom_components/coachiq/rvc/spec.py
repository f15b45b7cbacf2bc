"""The tables of all DGNs: RV-C's with an owner's file over it, and the chassis's."""

from collections.abc import Iterable, Mapping
from pathlib import Path
import re
from types import MappingProxyType

from . import form, reading
from .field import LIMITS
from .form import Shared, seconds
from .frame import canonical
from .reading import Entry, Place
from .row import Row

VERSION = 1
_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_DGN = re.compile(r"[01]?[0-9A-Fa-f]{1,4}")
# So many rows may be like each other in a row.
_MOST_LIKE = 8
_FOLDER = Path(__file__).parent
_KINDS = ("status", "command", "config", "request", "info")
_DOCUMENT_KEYS = frozenset(
    {
        "$schema",
        "version",
        "revision",
        "note",
        "limits",
        "sources",
        "scales",
        "values",
        "formats",
        "rows",
    }
)
_ROW_KEYS = frozenset(
    {
        "name",
        "title",
        "kind",
        "priority",
        "every",
        "gap",
        "apart",
        "on",
        "ack",
        "answer",
        "section",
        "note",
        "doubt",
        "deprecated",
        "key",
        "mux",
        "fill",
        "format",
        "like",
        "fields",
    }
)


class Spec:
    """All rows, by DGN and by name."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows: Mapping[int, Row] = MappingProxyType({row.dgn: row for row in rows})
        self._names = {row.name: row for row in self.rows.values()}
        # ECFF and EBFF are listed with the global address in the low byte, which `split` takes off.
        self._rows = {canonical(row.dgn): row for row in self.rows.values()} | dict(self.rows)

    def get(self, dgn: int) -> Row | None:
        """Return the row of a DGN, as listed or as `split` gives it."""
        return self._rows.get(dgn)

    def named(self, name: str) -> Row:
        """Return the row of that name; raises KeyError."""
        return self._names[name]


def load_spec(extra: Path | None = None) -> Spec:
    """Read rvc.json, and the owner's file over it; blocking. Raises SpecError."""
    return _load(_FOLDER / "rvc.json", extra)


def load_chassis_spec() -> Spec:
    """Read j1939.json, what the engine and its kin say; blocking."""
    return _load(_FOLDER / "j1939.json", None)


def _load(path: Path, extra: Path | None) -> Spec:
    document, place = reading.document(path, VERSION)
    reading.known(document, _DOCUMENT_KEYS, place)
    shared = _shared(document, None, place)
    listed = {
        dgn: (entry, place.at(dgn), shared) for dgn, entry in _listed(document, place).items()
    }
    own = frozenset[str]()
    if extra is not None:
        document, place = reading.document(extra, VERSION)
        reading.known(document, _DOCUMENT_KEYS, place)
        over = _shared(document, shared, place)
        added = _listed(document, place)
        for dgn in added.keys() & listed.keys():
            ours = listed[dgn][0]["name"]
            if added[dgn].get("name") != ours:
                raise place.at(dgn).error(f"'name' is not {ours}, as of the row that it replaces")
        own = frozenset(added)
        listed |= {dgn: (entry, place.at(dgn), over) for dgn, entry in added.items()}
    rows: dict[str, Row] = {}
    names: dict[str, str] = {}
    for dgn in listed:
        row = _row(dgn, listed, rows, ())
        if names.setdefault(row.name, dgn) != dgn:
            raise listed[dgn][1].error(f"the name {row.name} is that of {names[row.name]}")
    for dgn in own:
        rows[dgn].check()
    return Spec(rows[dgn] for dgn in listed)


def _shared(document: Entry, below: Shared | None, place: Place) -> Shared:
    scales = {} if below is None else dict(below.scales)
    for item in reading.items(document.get("scales", []), place):
        scale = reading.entry(item, place)
        reading.known(scale, {"unit", "bits", "scale", "offset", "high"}, place)
        unit, bits = reading.text(scale, "unit", place), reading.whole(scale, "bits", place)
        if not 1 <= bits <= 32 or not 0 <= reading.whole(scale, "high", place, 0) < 1 << bits:
            raise place.error(f"'high' of {unit} does not fit into {bits} bits")
        form.check_scale(
            reading.number(scale, "scale", place, 1),
            reading.number(scale, "offset", place, 0),
            place,
        )
        scales[unit, bits] = scale
    values = {} if below is None else dict(below.values)
    for name, item in reading.entry(document.get("values", {}), place).items():
        values[name] = reading.entry(item, place.at(field=name))
        if below is not None:
            form.labels(values[name], 32, place.at(field=name))
    formats = {} if below is None else dict(below.formats)
    for name, item in reading.entry(document.get("formats", {}), place).items():
        formats[name] = reading.items(item, place.at(field=name))
    limits = document.get("limits", "rv-c" if below is None else below.limits)
    if not isinstance(limits, str) or limits not in LIMITS:
        raise place.error(f"'limits' is none of {', '.join(LIMITS)}")
    return Shared(scales=scales, values=values, formats=formats, limits=limits)


def _listed(document: Entry, place: Place) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for dgn, item in reading.entry(document.get("rows", {}), place).items():
        if not _DGN.fullmatch(dgn):
            raise place.at(dgn).error("is no DGN (hexadecimal, 0 to 1FFFF)")
        number = f"{int(dgn, 16):X}"
        if number in found:
            raise place.at(dgn).error("is there twice")
        found[number] = reading.entry(item, place.at(dgn))
    return found


type _Listed = Mapping[str, tuple[Entry, Place, Shared]]


def _row(dgn: str, listed: _Listed, rows: dict[str, Row], asked: tuple[str, ...]) -> Row:
    if dgn in rows:
        return rows[dgn]
    item, place, shared = listed[dgn]
    reading.known(item, _ROW_KEYS, place)
    like = None
    if "like" in item:
        other = reading.text(item, "like", place).upper()
        if other not in listed or other in (*asked, dgn) or len(asked) > _MOST_LIKE:
            raise place.error(f"like {other}, which is no other row")
        if own := sorted({"fields", "format", "mux"} & item.keys()):
            raise place.error(f"like {other}, but with {own[0]!r} of its own")
        like = _row(other, listed, rows, (*asked, dgn))
    kind = reading.text(item, "kind", place)
    if kind not in _KINDS:
        raise place.error(f"kind {kind!r} is none of {', '.join(_KINDS)}")
    priority = reading.whole(item, "priority", place, 6)
    if not 0 <= priority <= 7:
        raise place.error(f"priority {priority} is not 0 to 7")
    gap = item.get("gap")
    name = reading.text(item, "name", place)
    if not _NAME.fullmatch(name):
        raise place.error(f"the name {name!r} is not in capitals, with _ between words")
    rows[dgn] = Row(
        dgn=int(dgn, 16),
        name=name,
        kind=kind,
        priority=priority,
        max_gap=None if gap is None else seconds(item, "gap", place),
        _entry=item,
        _place=place,
        _shared=shared,
        _like=like,
    )
    return rows[dgn]
