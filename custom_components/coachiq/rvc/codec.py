"""Code for one row, written when the row is first used: what a payload says, and its key."""

from collections.abc import Callable, Mapping, Sequence
import struct
from typing import cast

from .field import EncodeError, Field, Value

type Decode = Callable[[bytes], tuple[Value, ...]]
type Raw = Callable[[bytes], tuple[int | None, ...]]
type KeyOf = Callable[[bytes], tuple[int, ...] | None]

_STRUCT_LETTERS = {1: "B", 2: "H", 4: "I"}
# What bytes say of fields that lie in one, by all that decides it: few say something of their own.
BYTES: dict[tuple[object, ...], tuple[Value, ...]] = {}


def text(data: bytes) -> str | None:
    """Return ISO-8859-1 text without its filling; None when nothing is left."""
    return data.rstrip(b"\xff\x00").decode("latin-1") or None


def payload_size(fields: Sequence[Field]) -> int:
    """Return the bytes that the fields need: 8, or more for a message of several packets."""
    if fields[-1].open:
        return fields[-1].bit // 8
    return max(8, *((field.bit + field.bits + 7) // 8 for field in fields))


class _Payload:
    """Reads of one payload, planned: which bytes are taken as whole numbers, under which name."""

    def __init__(self, fields: Sequence[Field], size: int) -> None:
        self.size = size
        self.wide: dict[int, int] = {}
        taken: dict[int, int] = {}
        for item in fields:
            first, width = item.bit // 8, item.bits // 8
            aligned = (
                item.bit % 8 == 0 and item.bits in (16, 32) and item.kind in ("number", "enum")
            )
            span = range(first, first + width)
            free = aligned and all(taken.get(byte, first) == first for byte in span)
            if free and self.wide.setdefault(first, width) == width:
                taken.update(dict.fromkeys(span, first))
        self.used: set[int] = set()

    def number(self, field: Field) -> str:
        """Return the expression for the raw number of a field."""
        first, last = field.bit // 8, (field.bit + field.bits - 1) // 8
        shift, mask = field.bit % 8, (1 << field.bits) - 1
        if self.wide.get(first) == last - first + 1 and not shift and not field.bits % 8:
            self.used.add(first)
            return f"b{first}"
        parts = [self.byte(first)]
        parts += [f"{self.byte(first + n)} << {8 * n}" for n in range(1, last - first + 1)]
        joined = " | ".join(parts)
        if shift:
            joined = f"({joined}) >> {shift}"
        return f"({joined})" if mask + 1 == 1 << 8 * (last - first + 1) else f"({joined} & {mask})"

    def byte(self, index: int) -> str:
        """Return the expression for one byte."""
        for first, width in self.wide.items():
            if first <= index < first + width:
                self.used.add(first)
                return f"(b{first} >> {8 * (index - first)} & 255)"
        self.used.add(index)
        return f"b{index}"

    def unpacking(self) -> tuple[str, str]:
        """Return the layout for struct and the names that it fills."""
        letters, names, index = ["<"], [], 0
        while index < self.size:
            width = self.wide.get(index, 1)
            if index in self.used:
                letters.append(_STRUCT_LETTERS[width])
                names.append(f"b{index},")
            else:
                letters.append(f"{width}x")
            index += width
        return "".join(letters), " ".join(names)


def decoder(fields: Sequence[Field], mux: Field | None) -> Decode:
    """Return the function from a payload of any length to one value for each field."""
    return cast("Decode", _function(fields, mux, _value))


def raw_reader(fields: Sequence[Field], mux: Field | None) -> Raw:
    """Return the function from a payload to raw numbers, None where not whole or not there."""
    return cast("Raw", _function(fields, mux, _raw))


def key_reader(fields: Sequence[Field]) -> KeyOf:
    """Return the function from a payload to its key: (0,) without key fields, None if not whole."""
    if not fields:
        return lambda _: (0,)
    read = _function(fields, None, _raw)

    def key_of(data: bytes) -> tuple[int, ...] | None:
        key = read(data)
        return None if None in key else cast("tuple[int, ...]", key)

    return key_of


def encode(
    fields: Mapping[str, Field],
    fill: Sequence[tuple[int, int, int]],
    mux: str | None,
    values: Mapping[str, Value],
) -> bytes:
    """Return the payload for values by name; bits without a value are ones, but for `fill`."""
    layout = tuple(fields.values())
    size = max(8, payload_size(layout))
    payload = (1 << size * 8) - 1
    for bit, bits, raw in fill:
        payload = payload & ~((1 << bits) - 1 << bit) | raw << bit
    tail = b""
    for name, value in values.items():
        if (field := fields.get(name)) is None:
            raise EncodeError(f"{name}: no such field, only {', '.join(fields)}")
        if value is None:
            continue
        if field.when is not None and mux:
            selector = values.get(mux)
            if selector is None or fields[mux].raw(selector) not in field.when:
                raise EncodeError(f"{name}: goes with {mux} {sorted(field.when)}, not {selector!r}")
        if field.open:
            tail, size = _open(field, value), field.bit // 8
            continue
        raw = _bytes(field, value) if field.kind in ("text", "bytes") else field.raw(value)
        payload = payload & ~((1 << field.bits) - 1 << field.bit) | raw << field.bit
    return (payload.to_bytes(max(8, size) + 8, "little")[:size] + tail).ljust(8, b"\xff")


def _open(field: Field, value: Value) -> bytes:
    try:
        if isinstance(value, str):
            return bytes.fromhex(value) if field.kind == "bytes" else value.encode("latin-1")
    except ValueError:
        pass
    what = "hexadecimal bytes" if field.kind == "bytes" else "ISO-8859-1 text"
    raise EncodeError(f"{field.name}: {value!r} is not {what}")


def _bytes(field: Field, value: Value) -> int:
    size = field.bits // 8
    try:
        if isinstance(value, str):
            data = bytes.fromhex(value) if field.kind == "bytes" else value.encode("latin-1")
            if len(data) == size or (field.kind == "text" and len(data) < size):
                return int.from_bytes(data.ljust(size, b"\xff"), "little")
    except ValueError:
        pass
    what = "hexadecimal bytes" if field.kind == "bytes" else "characters of ISO-8859-1"
    raise EncodeError(f"{field.name}: {value!r} is not {size} {what}")


def _function(
    fields: Sequence[Field],
    mux: Field | None,
    expression: Callable[[Field, _Payload, dict[str, object]], str],
) -> Callable[[bytes], tuple[object, ...]]:
    """Write and compile a function of the payload that gives one thing for each field."""
    size, is_open = payload_size(fields), fields[-1].open
    ends = tuple(0 if field.open else field.bit + field.bits for field in fields)

    def other_length(data: bytes) -> tuple[object, ...]:
        whole = len(data) * 8
        things = run(bytes(data[:size]).ljust(size, b"\xff"))
        return tuple(
            thing if end <= whole else None for thing, end in zip(things, ends, strict=True)
        )

    payload = _Payload(fields, size)
    names: dict[str, object] = {"error": struct.error, "other_length": other_length}
    results = []
    for number, field in enumerate(fields):
        result = expression(field, payload, names)
        if mux and field.when is not None:
            names[f"W{number}"] = field.when
            result = f"({result} if {payload.number(mux)} in W{number} else None)"
        results.append(result)
    layout, targets = payload.unpacking()
    names["unpack"] = struct.Struct(layout).unpack
    unpack = f"unpack(d[:{size}])" if is_open else "unpack(d)"
    source = f"""
def run(d):
    try:
        {targets and targets + " = "}{unpack}
    except error:
        return other_length(d)
    return ({", ".join(results)},)
"""
    exec(source, names)  # noqa: S102  the text is made of checked numbers only
    run: Callable[[bytes], tuple[object, ...]] = names["run"]  # type: ignore[assignment]  # by exec
    return run


def _physical(field: Field, raw: str) -> str:
    """Return the expression for a number in the unit of the field."""
    number = raw if field.factor == 1 else f"{raw} * {field.factor}"
    if field.addend:
        number = f"({number} {'+' if field.addend > 0 else '-'} {abs(field.addend)})"
    # The divisor is a float because 3.14 divides whole numbers by floats on a fast path.
    return number if field.divisor == 1 else f"{number} / {field.divisor}.0"


def _value(field: Field, payload: _Payload, names: dict[str, object]) -> str:
    """Return the expression for the value of a field."""
    first = field.bit // 8
    if field.kind in ("text", "bytes"):
        names[f"{field.kind}_of"] = text if field.kind == "text" else _hexadecimal
        stop = "" if field.open else (field.bit + field.bits) // 8
        return f"{field.kind}_of(d[{first}:{stop}])"
    table = f"T{len(names)}"
    if field.bit % 8 + field.bits <= 8:
        names[table] = _by_byte(field)
        return f"{table}[{payload.byte(first)}]"
    raw = payload.number(field)
    seen = raw if raw.isidentifier() else "r"
    raw = raw if raw == seen else f"(r := {raw})"
    if field.kind == "enum":
        names[table] = dict(field.codes).get
        return f"{table}({raw})"
    low = f"{field.low} <= " if field.low else ""
    number = _physical(field, seen)
    if not field.codes:
        return f"({number} if {low}{raw} <= {field.high} else None)"
    names[table] = dict(field.codes)
    number = f"({number} if {low}{seen} <= {field.high} else None)"
    return f"({table}[{seen}] if {raw} in {table} else {number})"


def _by_byte(field: Field) -> tuple[Value, ...]:
    """Return what each number of its byte says of a field; those that are alike share it."""
    scale = field.factor, field.addend, field.divisor
    alike = field.bit % 8, field.bits, field.kind, field.low, field.high, *scale
    key = (*alike, frozenset(field.codes.values()))
    if (table := BYTES.get(key)) is None:
        values = [field.value(raw) for raw in range(1 << field.bits)]
        shift, mask = field.bit % 8, (1 << field.bits) - 1
        table = BYTES[key] = tuple(values[byte >> shift & mask] for byte in range(256))
    return table


def _raw(field: Field, payload: _Payload, names: dict[str, object]) -> str:
    """Return the expression for the raw number of a field."""
    if field.kind in ("text", "bytes"):
        first, last = field.bit // 8, (field.bit + field.bits) // 8
        names["number_of"] = _first_number
        return f"number_of(d[{first}:{last}], {last - first})"
    return payload.number(field)


def _hexadecimal(data: bytes) -> str | None:
    return data.hex().upper() or None


def _first_number(data: bytes, size: int) -> int | None:
    return int.from_bytes(data, "little") if len(data) == size else None
