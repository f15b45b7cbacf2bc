"""Typed reading of a specification file; every error names the file, the DGN and the field."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
import math
import re

from .field import Field, largest_number

type Entry = dict[str, object]

_FIELD_KEYS = frozenset(
    {
        "name",
        "at",
        "type",
        "unit",
        "scale",
        "offset",
        "range",
        "values",
        "special",
        "flags",
        "when",
        "note",
    }
)
_TYPES = ("number", "text", "bytes")
# "3", "4-7", "0-" (to the end), "5.0-1" (bits of a byte), "2.5-3.7" (bits over bytes)
_AT = re.compile(r"(\d{1,4})(?:\.([0-7]))?(?:(-)(?:(\d{1,4})\.)?(\d{1,4})?)?")
_SPAN = re.compile(r"(.*)\{(\d+)\.\.(\d+)\}(.*)")


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
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return value
    raise place.error(f"{key!r} is missing or not a number")


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


def position(at: str, place: Place) -> tuple[int, int, bool]:
    """Return lowest bit, bits and whether the field runs to the end, from "2-3" or "5.0-1"."""
    if (found := _AT.fullmatch(at)) is None:
        raise place.error(f"{at!r} is no position (a byte, bytes 2-3, bits 5.0-1)")
    byte, low, dash, last_byte, last = found.groups()
    first = int(byte) * 8 + int(low or 0)
    if dash and last is None:
        if low is not None or last_byte is not None:
            raise place.error(f"{at!r} is no position")
        return first, 64 - first if first < 64 else 8, True
    if low is None:
        end = (int(last or byte) + 1) * 8
        if last_byte is not None:
            raise place.error(f"{at!r} is no position")
    elif not dash:
        end = first + 1
    else:
        if int(last) > 7:
            raise place.error(f"bit {last} is out of range (0 to 7)")
        end = int(last_byte or byte) * 8 + int(last) + 1
    if not first < end <= 1785 * 8:
        raise place.error(f"{at!r} is no position")
    return first, end - first, False


def labels(of: Entry, bits: int, place: Place) -> dict[int, str]:
    """Return codes to words; "241..250": "{5..14} min" counts along."""
    found: dict[int, str] = {}
    for codes, words in of.items():
        first, _, last = codes.partition("..")
        if not (first.isdecimal() and (last or first).isdecimal() and isinstance(words, str)):
            raise place.error(f"{codes!r}: {words!r} is no code with its words")
        low, high = int(first), int(last or first)
        if not low <= high < 1 << min(bits, 64) or high - low > 0xFF:
            raise place.error(f"code {codes} does not fit into {bits} bits")
        span = _SPAN.fullmatch(words)
        for raw in range(low, high + 1):
            if raw in found:
                raise place.error(f"code {raw} has two meanings")
            found[raw] = words if span is None else f"{span[1]}{int(span[2]) + raw - low}{span[4]}"
    return found


def field(
    value: object,
    scales: Mapping[tuple[str, int], Entry],
    shared: Mapping[str, Entry],
    place: Place,
) -> Field:
    """Return the field that a JSON object describes."""
    item = entry(value, place)
    name = text(item, "name", place)
    place = place.at(field=name)
    known(item, _FIELD_KEYS, place)
    bit, bits, is_open = position(text(item, "at", place), place)
    kind = item.get("type", "number")
    if kind not in _TYPES or not isinstance(kind, str):
        raise place.error(f"unknown type {kind!r}, not one of {', '.join(_TYPES)}")
    if kind == "number" and (is_open or bits > 32):
        raise place.error("a number has 32 bits at most")
    if kind != "number" and (bit % 8 or bits % 8):
        raise place.error(f"{kind} needs whole bytes")
    unit = text(item, "unit", place) if item.get("unit") is not None else None
    scale = _scale(item, unit, bits, scales, place)
    codes = _codes(item, bits, shared, place)
    if "values" in item:
        kind = "enum"
    flags = labels(entry(item.get("flags", {}), place), 8, place)
    when = None
    if "when" in item:
        selectors = items(item["when"], place)
        when = frozenset(raw for raw in selectors if isinstance(raw, int))
        if not when or len(when) != len(selectors):
            raise place.error("'when' is not a list of codes")
    return Field(
        name=name, bit=bit, bits=bits, kind=kind, unit=unit, scale=scale[0], offset=scale[1],
        low=scale[2], high=scale[3], labels=codes, flags=flags, when=when, open=is_open,
    )  # fmt: skip


def _codes(item: Entry, bits: int, shared: Mapping[str, Entry], place: Place) -> dict[int, str]:
    """Return the codes of a field, its own or those that it shares by name."""
    found: dict[int, str] = {}
    for key in ("values", "special"):
        listed = item.get(key)
        if isinstance(listed, str):
            if listed not in shared:
                raise place.error(f"unknown enumeration {listed!r}")
            listed = shared[listed]
        if listed is not None:
            found |= labels(entry(listed, place), bits, place)
    return found


def _scale(
    item: Entry,
    unit: str | None,
    bits: int,
    scales: Mapping[tuple[str, int], Entry],
    place: Place,
) -> tuple[float, float, int, int]:
    """Return scale, offset, and the lowest and highest raw number that is data."""
    usual = scales.get((unit, bits), {}) if unit and not {"scale", "offset"} & item.keys() else {}
    scale, offset = (
        number(item | usual, "scale", place, 1),
        number(item | usual, "offset", place, 0),
    )
    if scale <= 0:
        raise place.error("'scale' is not above 0")
    low, high = 0, whole(usual, "high", place, largest_number(bits))
    if "range" in item:
        limits = items(item["range"], place)
        if len(limits) != 2:
            raise place.error("'range' is not [lowest, highest]")
        ends = [number({"range": end}, "range", place) for end in limits]
        low, high = (
            math.ceil(_near((ends[0] - offset) / scale)),
            math.floor(_near((ends[1] - offset) / scale)),
        )
        if not 0 <= low <= high < 1 << bits:
            raise place.error(f"'range' does not fit into {bits} bits")
    return scale, offset, low, high


def _near(value: float) -> float:
    """Take off the error of a division, so that 25.0 / 0.1 is 250."""
    return round(value, 6)


def fill(of: Entry, place: Place) -> Iterator[tuple[int, int, int]]:
    """Yield bit, bits and raw number of the unused bits that are not sent as ones."""
    for at, raw in entry(of.get("fill", {}), place).items():
        bit, bits, is_open = position(at, place)
        if is_open or not isinstance(raw, int) or not 0 <= raw < 1 << bits:
            raise place.error(f"'fill' of {at} is no number of {bits} bits")
        yield bit, bits, raw


def check_layout(fields: Sequence[Field], place: Place) -> None:
    """Refuse two fields on the same bits, of the same name, or after one that runs to the end."""
    seen: set[str] = set()
    used: list[tuple[int, Field]] = []
    for item in fields:
        if item.name in seen:
            raise place.at(field=item.name).error("is there twice")
        seen.add(item.name)
        mask = (1 << item.bits) - 1 << item.bit
        for other, earlier in used:
            both = item.when is None or earlier.when is None or item.when & earlier.when
            if mask & other and both:
                raise place.at(field=item.name).error(f"overlaps {earlier.name}")
        used.append((mask, item))
    for item in fields[:-1]:
        if item.open:
            raise place.at(field=item.name).error("runs to the end but is not the last field")


def check_selectors(fields: Sequence[Field], mux: str | None, place: Place) -> None:
    """Refuse 'when' in a row without a multiplexor."""
    for item in fields:
        if item.when is not None and (mux is None or item.name == mux):
            raise place.at(field=item.name).error("'when' needs a 'mux' in the row")
