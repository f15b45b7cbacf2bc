"""One row of a specification: a DGN, its fields, and the code that reads and writes its frames."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from . import codec, form, layout, reading
from .codec import Decode, KeyOf, Raw
from .field import Field, Value
from .form import About, Shared
from .reading import Entry, Place


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
    _shared: Shared
    _like: Row | None

    def __repr__(self) -> str:
        return f"<Row {self.dgn:X} {self.name}>"

    @cached_property
    def about(self) -> About:
        """What is said of the DGN besides its layout."""
        return form.about(self._entry, self._place)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The fields, in the order of `decode`."""
        if self._like is not None:
            return self._like.fields
        listed = reading.items(self._entry.get("fields", []), self._place)
        if "format" in self._entry:
            name = reading.text(self._entry, "format", self._place)
            if name not in self._shared.formats:
                raise self._place.error(f"unknown format {name!r}")
            listed = [*listed, *self._shared.formats[name]]
        if not listed:
            raise self._place.error("no fields")
        read = [form.field(item, self._shared, self._place) for item in listed]
        layout.check_layout(read, self._place)
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
        if len(listed) > 1:
            raise self._place.error("'mux' names more than one field")
        return listed[0] if listed else None

    @cached_property
    def fill(self) -> tuple[tuple[int, int, int], ...]:
        """Unused bits that real devices want to be something else than ones: bit, bits, raw."""
        return tuple(form.fill(self._entry, self._place))

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

    def encode(self, /, **values: Value) -> bytes:
        """Values by field name to a payload, all other bits ones; raises EncodeError."""
        return codec.encode(self._by_name, self.fill, self.mux, values)

    def check(self) -> None:
        """Read everything of the row that is read late; raises SpecError."""
        _ = self.key, self.mux, self.fill, self.about
        layout.check_selectors(self.fields, self.mux, self.key, self._place)
        layout.check_fill(self.fill, self.fields, codec.payload_size(self.fields), self._place)

    def require(self, names: Iterable[str]) -> None:
        """Refuse a row without fields that somebody reads or writes; raises SpecError."""
        for name in names:
            if name not in self.index:
                raise self._place.error(f"has no field {name!r}, which CoachIQ needs of this DGN")

    @cached_property
    def _by_name(self) -> Mapping[str, Field]:
        return {item.name: item for item in self.fields}

    @cached_property
    def _key_fields(self) -> tuple[Field, ...]:
        return tuple(self._by_name[name] for name in self.key)

    @cached_property
    def _mux_field(self) -> Field | None:
        return self._by_name[self.mux] if self.mux else None
