"""The table of all DGNs, read from rvc.json and an owner's file over it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
import json
from pathlib import Path
from types import MappingProxyType

from . import codec, reading
from .codec import Decode, KeyOf, Raw
from .field import Field, Value
from .frame import canonical
from .reading import Entry, Place

VERSION = 1
_OWN = Path(__file__).parent / "rvc.json"
_KINDS = ("status", "command", "config", "request", "info")
_ROW_KEYS = frozenset(
    {
        "name",
        "kind",
        "priority",
        "gap",
        "section",
        "note",
        "key",
        "mux",
        "fill",
        "format",
        "like",
        "fields",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tables:
    """What rows share by name."""

    scales: Mapping[tuple[str, int], Entry]
    values: Mapping[str, Entry]
    formats: Mapping[str, list[object]]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Row:
    """One DGN. Fields and code are made on first use, so an unused row costs nothing.

    `max_gap` is the most seconds between two frames, None if sent on change or request only.
    """

    dgn: int
    name: str
    kind: str
    priority: int
    max_gap: float | None
    _entry: Entry
    _place: Place
    _tables: _Tables
    _like: Row | None

    def __repr__(self) -> str:
        return f"<Row {self.dgn:X} {self.name}>"

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The fields, in the order of `decode`."""
        if self._like is not None:
            return self._like.fields
        listed = reading.items(self._entry.get("fields", []), self._place)
        if "format" in self._entry:
            name = reading.text(self._entry, "format", self._place)
            if name not in self._tables.formats:
                raise self._place.error(f"unknown format {name!r}")
            listed = [*listed, *self._tables.formats[name]]
        if not listed:
            raise self._place.error("no fields")
        read = [
            reading.field(item, self._tables.scales, self._tables.values, self._place)
            for item in listed
        ]
        reading.check_layout(read, self._place)
        return tuple(read)

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Field name to its position in the tuple of `decode`."""
        return MappingProxyType({item.name: number for number, item in enumerate(self.fields)})

    @cached_property
    def key(self) -> tuple[str, ...]:
        """Names of the fields that say which thing a frame is about; the instance comes first."""
        if self._like is not None and "key" not in self._entry:
            return self._like.key
        return tuple(reading.names(self._entry, "key", self.index, self._place))

    @cached_property
    def mux(self) -> str | None:
        """Name of the field that says which of the other fields are there."""
        if self._like is not None:
            return self._like.mux
        listed = reading.names(self._entry, "mux", self.index, self._place)
        return listed[0] if listed else None

    @cached_property
    def fill(self) -> tuple[tuple[int, int, int], ...]:
        """Unused bits that real devices want to be something else than ones: bit, bits, raw."""
        return tuple(reading.fill(self._entry, self._place))

    @cached_property
    def key_slice(self) -> slice:
        """The bytes of the payload that hold the key; empty when there is none."""
        fields = self._key_fields
        if not fields:
            return slice(0, 0)
        first = min(item.bit for item in fields) // 8
        return slice(first, max(item.bit + item.bits + 7 for item in fields) // 8)

    @cached_property
    def decode(self) -> Decode:
        """Payload of any length to one value for each field; never raises."""
        return codec.decoder(self.fields, self._mux_field)

    @cached_property
    def raw(self) -> Raw:
        """Payload of any length to raw numbers; None where not whole."""
        return codec.raw_reader(self.fields, self._mux_field)

    @cached_property
    def key_of(self) -> KeyOf:
        """Payload to the raw numbers of its key: (0,) without key fields, None if not whole."""
        return codec.key_reader(self._key_fields)

    def encode(self, **values: Value) -> bytes:
        """Values by field name to a payload, all other bits ones; raises EncodeError."""
        return codec.encode(self._by_name, self.fill, self.mux, values)

    def check(self) -> None:
        """Read everything of the row that is read late; raises SpecError."""
        _ = self.key, self.mux, self.fill
        reading.check_selectors(self.fields, self.mux, self._place)

    @cached_property
    def _by_name(self) -> Mapping[str, Field]:
        return {item.name: item for item in self.fields}

    @cached_property
    def _key_fields(self) -> tuple[Field, ...]:
        return tuple(self._by_name[name] for name in self.key)

    @cached_property
    def _mux_field(self) -> Field | None:
        return self._by_name[self.mux] if self.mux else None


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
    document, place = _document(_OWN)
    shared = _tables(document, None, place)
    listed = {
        dgn: (entry, place.at(dgn), shared) for dgn, entry in _listed(document, place).items()
    }
    own = frozenset[str]()
    if extra is not None:
        document, place = _document(extra)
        over = _tables(document, shared, place)
        added = _listed(document, place)
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


def _document(path: Path) -> tuple[Entry, Place]:
    place = Place(file=str(path))
    try:
        document = reading.entry(json.loads(path.read_text("utf-8")), place)
    except (OSError, ValueError, RecursionError) as problem:
        raise place.error(f"cannot be read: {problem}") from problem
    if document.get("version") != VERSION or isinstance(document.get("version"), bool):
        raise place.error(
            f"version {document.get('version')!r}; this release reads version {VERSION}"
        )
    reading.known(
        document, {"version", "revision", "note", "scales", "values", "formats", "rows"}, place
    )
    return document, place


def _tables(document: Entry, below: _Tables | None, place: Place) -> _Tables:
    scales = {} if below is None else dict(below.scales)
    for item in reading.items(document.get("scales", []), place):
        scale = reading.entry(item, place)
        reading.known(scale, {"unit", "bits", "scale", "offset", "high"}, place)
        unit, bits = reading.text(scale, "unit", place), reading.whole(scale, "bits", place)
        scales[unit, bits] = scale
    values = {} if below is None else dict(below.values)
    for name, item in reading.entry(document.get("values", {}), place).items():
        values[name] = reading.entry(item, place.at(field=name))
    formats = {} if below is None else dict(below.formats)
    for name, item in reading.entry(document.get("formats", {}), place).items():
        formats[name] = reading.items(item, place.at(field=name))
    return _Tables(scales=scales, values=values, formats=formats)


def _listed(document: Entry, place: Place) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for dgn, item in reading.entry(document.get("rows", {}), place).items():
        try:
            number = int(dgn, 16)
        except ValueError:
            number = -1
        if not 0 <= number <= 0x1FFFF:
            raise place.at(dgn).error("is no DGN (hexadecimal, 0 to 1FFFF)")
        found[f"{number:X}"] = reading.entry(item, place.at(dgn))
    return found


type _Listed = Mapping[str, tuple[Entry, Place, _Tables]]


def _row(dgn: str, listed: _Listed, rows: dict[str, Row], asked: tuple[str, ...]) -> Row:
    if dgn in rows:
        return rows[dgn]
    item, place, tables = listed[dgn]
    reading.known(item, _ROW_KEYS, place)
    like = None
    if "like" in item:
        other = reading.text(item, "like", place).upper()
        if other not in listed or other in (*asked, dgn):
            raise place.error(f"like {other}, which is no other row")
        like = _row(other, listed, rows, (*asked, dgn))
    kind = reading.text(item, "kind", place)
    if kind not in _KINDS:
        raise place.error(f"kind {kind!r} is none of {', '.join(_KINDS)}")
    priority = reading.whole(item, "priority", place, 6)
    if not 0 <= priority <= 7:
        raise place.error(f"priority {priority} is not 0 to 7")
    gap = item.get("gap")
    rows[dgn] = Row(
        dgn=int(dgn, 16),
        name=reading.text(item, "name", place),
        kind=kind,
        priority=priority,
        max_gap=None if gap is None else reading.number(item, "gap", place),
        _entry=item,
        _place=place,
        _tables=tables,
        _like=like,
    )
    return rows[dgn]
