"""The form of a row and its fields in a specification file (docs/form.md)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
import math
import re

from .field import LIMITS, Field
from .reading import Entry, Place, entry, items, known, number, text, whole

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
        "doubt",
        "spn",
        "sources",
    }
)
_TYPES = ("number", "instance", "text", "bytes")
# An instance of 0 is all, or none; 251 to 255 are no instances (RV-C 3.2.4.1, 2023-11).
_LAST_INSTANCE = 250
# "3", "4-7", "0-" (to the end), "5.0-1" (bits of a byte), "2.5-3.7" (bits over bytes)
_AT = re.compile(r"(\d{1,4})(?:\.([0-7]))?(?:(-)(?:(\d{1,4})\.)?(\d{1,4})?)?", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
# No measure needs more, and a product of more with any raw number is no number any longer.
_LARGEST = 1e15
_SPAN = re.compile(r"(.*)\{(\d{1,10})\.\.(\d{1,10})\}(.*)")
_TRIGGERS = frozenset({"change", "request", "need"})
_ACKS = ("always", "failure")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What the rows of a file share by name, and by which rule raw numbers end."""

    scales: Mapping[tuple[str, int], Entry]
    values: Mapping[str, Entry]
    formats: Mapping[str, list[object]]
    limits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is said of a DGN besides its layout; times in seconds.

    `every` is the usual time between two frames, by condition ("" for always), `apart` the least.
    `triggers` are what else sends it: "change", "request", "need". `ack` is None where a command
    is not acknowledged, else "always" or "failure"; `answers` names the DGNs that follow it.
    """

    title: str | None
    section: str | None
    note: str | None
    doubt: str | None
    deprecated: bool
    every: Mapping[str, float]
    apart: float
    triggers: frozenset[str]
    ack: str | None
    answers: tuple[str, ...]


def about(of: Entry, place: Place) -> About:
    """Return what a row says of its DGN besides the layout."""
    every = of.get("every", {})
    if isinstance(every, dict):
        paces = {when: seconds(every, when, place) for when in every}
    else:
        paces = {"": seconds(of, "every", place)}
    triggers = words(of, "on", place)
    if unknown := sorted(set(triggers) - _TRIGGERS):
        raise place.error(f"'on' knows no {', '.join(map(repr, unknown))}")
    ack = optional(of, "ack", place)
    if ack not in (None, *_ACKS):
        raise place.error(f"'ack' {ack!r} is none of {', '.join(_ACKS)}")
    deprecated = of.get("deprecated", False)
    if not isinstance(deprecated, bool):
        raise place.error("'deprecated' is not true or false")
    return About(
        title=optional(of, "title", place),
        section=optional(of, "section", place),
        note=optional(of, "note", place),
        doubt=optional(of, "doubt", place),
        deprecated=deprecated,
        every=paces,
        apart=seconds(of, "apart", place, 0.05),
        triggers=frozenset(triggers),
        ack=ack,
        answers=tuple(words(of, "answer", place)),
    )


def optional(of: Entry, key: str, place: Place) -> str | None:
    """Return the words under a key that may be missing."""
    return text(of, key, place) if of.get(key) is not None else None


def words(of: Entry, key: str, place: Place) -> list[str]:
    """Return the list of words under a key that may be missing."""
    listed = items(of.get(key, []), place)
    found = [word for word in listed if isinstance(word, str)]
    if len(found) != len(listed):
        raise place.error(f"{key!r} is not a list of words")
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
        is_code = (first + last).isdecimal() and first and (first + last).isascii()
        short = len(first) <= 10 >= len(last)
        if not (is_code and short and isinstance(words, str) and words):
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


def field(value: object, shared: Shared, place: Place) -> Field:
    """Return the field that a JSON object describes."""
    item = entry(value, place)
    name = text(item, "name", place)
    place = place.at(field=name)
    if not _NAME.fullmatch(name):
        raise place.error("'name' is not in lower case, with _ between words")
    known(item, _FIELD_KEYS, place)
    bit, bits, is_open = position(text(item, "at", place), place)
    unit = optional(item, "unit", place)
    scale, offset, low, high = _scale(item, unit, bits, shared, place)
    codes = _codes(item, bits, shared.values, place)
    kind = _kind(item, bit, bits, codes, place)
    if kind == "number" and item.get("type") == "instance":
        high = min(high, _LAST_INSTANCE)
    if kind in ("number", "enum") and (is_open or bits > 32):
        raise place.error("a number has 32 bits at most")
    flags = labels(entry(item.get("flags", {}), place), 8, place)
    if beyond := [bit for bit in flags if bit >= bits]:
        raise place.error(f"'flags' has a bit {beyond[0]}, but the field {bits} bits")
    when = None
    if "when" in item:
        selectors = items(item["when"], place)
        when = frozenset(raw for raw in selectors if type(raw) is int)
        if not when or len(when) != len(selectors):
            raise place.error("'when' is not a list of codes")
    return Field(
        name=name, bit=bit, bits=bits, kind=kind, unit=unit, scale=scale, offset=offset,
        low=low, high=high,
        labels=codes, flags=flags, when=when, open=is_open,
        note=optional(item, "note", place), doubt=optional(item, "doubt", place),
        spn=whole(item, "spn", place) if "spn" in item else None,
        sources=tuple(words(item, "sources", place)),
    )  # fmt: skip


def _kind(item: Entry, bit: int, bits: int, codes: Mapping[int, str], place: Place) -> str:
    """Return what a field is: "number", "enum", "text" or "bytes"."""
    kind = item.get("type", "number")
    if kind not in _TYPES or not isinstance(kind, str):
        raise place.error(f"unknown type {kind!r}, not one of {', '.join(_TYPES)}")
    if kind in ("text", "bytes"):
        if bit % 8 or bits % 8:
            raise place.error(f"{kind} needs whole bytes")
        if codes or "values" in item:
            raise place.error(f"{kind} has no codes")
        return kind
    if "values" not in item:
        return "number"
    if kind == "instance" or not codes:
        raise place.error("'values' has no codes, or the field is an instance")
    return "enum"


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
    item: Entry, unit: str | None, bits: int, shared: Shared, place: Place
) -> tuple[float, float, int, int]:
    """Return scale, offset, and the lowest and highest raw number that is data."""
    own = {"scale", "offset"} & item.keys()
    usual = shared.scales.get((unit, bits), {}) if unit and not own else {}
    scale, offset = (
        number(item | usual, "scale", place, 1),
        number(item | usual, "offset", place, 0),
    )
    check_scale(scale, offset, place)
    low, high = 0, whole(usual, "high", place, LIMITS[shared.limits](bits))
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


def check_scale(scale: float, offset: float, place: Place) -> None:
    """Refuse a scale or an offset by which no raw number is a measure."""
    if not 1 / _LARGEST <= scale <= _LARGEST:
        raise place.error("'scale' is not above 0, or out of all measure")
    if abs(offset) > _LARGEST:
        raise place.error("'offset' is out of all measure")


def _near(value: float) -> float:
    """Take off the error of a division, so that 25.0 / 0.1 is 250."""
    return round(value, 6)


def fill(of: Entry, place: Place) -> Iterator[tuple[int, int, int]]:
    """Yield bit, bits and raw number of the unused bits that are not sent as ones."""
    for at, raw in entry(of.get("fill", {}), place).items():
        bit, bits, is_open = position(at, place)
        if is_open or type(raw) is not int or not 0 <= raw < 1 << bits:
            raise place.error(f"'fill' of {at} is no number of {bits} bits")
        yield bit, bits, raw


def seconds(of: Entry, key: str, place: Place, default: float | None = None) -> float:
    """Return the time under a key."""
    value = number(of, key, place, default)
    if value <= 0:
        raise place.error(f"{key!r} is not above 0")
    return value
