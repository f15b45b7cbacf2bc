"""One field of a row: where it lies in the payload, and what its raw numbers mean."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
import math
from types import MappingProxyType

_TOO_LARGE = 1e300


@dataclass(frozen=True, slots=True)
class Code:
    """A raw number that stands for words; one object for each in a row, so `is` compares."""

    raw: int
    label: str


_code = cache(Code)

type Value = float | int | str | Code | None


class EncodeError(ValueError):
    """A value that a row cannot carry; says the field, what it takes and what it was given."""


def _largest(bits: int) -> int:
    """Return RV-C's last raw number that is data; reserved, error, no data follow (Table 5.3)."""
    ones = (1 << bits) - 1
    if bits == 1:
        return ones
    if bits in (2, 4):
        return ones - 2
    return ones - 3 if bits in (8, 16, 32) else ones - 1


def _largest_of_j1939(bits: int) -> int:
    """Return J1939's: whole bytes end at FA in the highest, bits before error and no data."""
    if bits == 1:
        return 1
    if bits >= 8 and not bits % 8:
        return (0xFB << bits - 8) - 1
    return (1 << bits) - 3


# By the rule of which protocol the raw numbers end that are data: its largest for a width in bits.
LIMITS: Mapping[str, Callable[[int], int]] = {"rv-c": _largest, "j1939": _largest_of_j1939}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field: lowest bit (byte * 8 + bit), bits, and physical = raw * scale + offset in `unit`.

    `kind` is "number" (labels are special codes among numbers), "enum" (only labelled codes are
    data), "text" or "bytes". `low` to `high` are the raw numbers that are data. `when` holds the
    codes of the row's multiplexor for which the field is there. An `open` field runs to the end
    of the payload. `spn` and `sources` (who published the layout) are J1939's; `doubt` says what
    rests on a choice of ours, where the specification is silent or contradicts itself.
    """

    name: str
    bit: int
    bits: int
    kind: str
    unit: str | None
    scale: float
    offset: float
    low: int
    high: int
    labels: Mapping[int, str]
    flags: Mapping[int, str]
    when: frozenset[int] | None
    open: bool
    note: str | None
    doubt: str | None
    spn: int | None
    sources: tuple[str, ...]
    codes: Mapping[int, Code] = field(init=False)
    # physical = (raw * factor + addend) / divisor, in whole numbers: the division rounds correctly.
    factor: int = field(init=False)
    addend: int = field(init=False)
    divisor: int = field(init=False)

    def __post_init__(self) -> None:
        """Derive the codes and the whole-number form of scale and offset."""
        scale, offset = Fraction(str(self.scale)), Fraction(str(self.offset))
        divisor = math.lcm(scale.denominator, offset.denominator)
        codes = {raw: _code(raw, label) for raw, label in self.labels.items()}
        object.__setattr__(self, "codes", MappingProxyType(codes))
        object.__setattr__(self, "factor", int(scale * divisor))
        object.__setattr__(self, "addend", int(offset * divisor))
        object.__setattr__(self, "divisor", divisor)

    def value(self, raw: int) -> Value:
        """Return what a raw number means; None for no data, error, out of range and reserved."""
        if (code := self.codes.get(raw)) is not None:
            return code
        if self.kind == "enum" or not self.low <= raw <= self.high:
            return None
        return self.physical(raw)

    def physical(self, raw: int) -> float | int:
        """Return the number in the unit of the field; whole where the scale is whole."""
        number = raw * self.factor + self.addend
        return number if self.divisor == 1 else number / self.divisor

    def raw(self, value: float | str | Code) -> int:
        """Return the raw number for a value; raises EncodeError."""
        if isinstance(value, Code):
            if self.labels.get(value.raw) == value.label:
                return value.raw
        elif isinstance(value, str):
            words = value.replace("_", " ")
            for raw, label in self.labels.items():
                if label == words:
                    return raw
        elif abs(value) < _TOO_LARGE and (number := self._raw_number(value)) is not None:
            return number
        raise EncodeError(f"{self.name}: {value!r} is not one of {self.takes()}")

    def _raw_number(self, value: float) -> int | None:
        raw = round((Fraction(value) * self.divisor - self.addend) / self.factor)
        if raw in self.labels:
            # A physical number must not turn into a code: 125 % of a dimmer is "dimmed memory". The
            # ends of a scale may have words all the same: 100 % of a valve is "open".
            same = self.physical(raw) == value and (raw == value or self._is_end(value))
            return raw if same else None
        return raw if self.kind != "enum" and self.low <= raw <= self.high else None

    def _is_end(self, value: float) -> bool:
        """Tell whether a number is nothing or all of what it is a part of."""
        return self.unit == "%" and value in (0, 100)

    def takes(self) -> str:
        """Say in words which values the field takes."""
        listed = ", ".join(f"{raw} ({label})" for raw, label in sorted(self.labels.items()))
        if self.kind == "enum":
            return listed
        limits = f"{self.physical(self.low)} to {self.physical(self.high)} {self.unit or ''}"
        return f"{limits.strip()}, {listed}" if listed else limits.strip()
