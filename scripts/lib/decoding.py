"""What scripts/decode does: a line of candump to a line of JSON."""

import json
import os
import re
import sys
from typing import TYPE_CHECKING, BinaryIO

from alone import without_home_assistant

without_home_assistant()

from custom_components.coachiq.rvc import Code, load_spec, split  # noqa: E402  after the line above

if TYPE_CHECKING:
    from custom_components.coachiq.rvc import Row, Spec

type Shown = dict[str, object]

# can0  19FEDA98   [8]  18 FF C8 ...   also with a time before, RX/TX flags after the channel
_COLUMNS = re.compile(
    rb"(?:\([^()]*\)\s+)?[^\s#()]{1,32}\s+(?:[RT]X\s+\S\s+\S\s+)?"
    rb"([0-9A-Fa-f]{8})\s+\[(\d{1,4})\](.*)",
    re.DOTALL,
)
# (1646985260.000000) can0 19FEDA98#18FFC8...   also what follows the channel alone, DGN#DATA
_LOG = re.compile(
    rb"(?:(?:\([^()]*\)\s+)?[^\s#()]{1,32}\s+)?"
    rb"([0-9A-Fa-f]{4,5}|[0-9A-Fa-f]{8})#((?:[0-9A-Fa-f]{2})*)(?:\s+[RT])?"
)
_PAIR = re.compile(rb"[0-9A-Fa-f]{2}")


def frame(line: bytes) -> tuple[int, bool, bytes] | None:
    """Return identifier or DGN, whether it is an identifier, and payload; None if no data frame."""
    line = line.strip()
    if found := _LOG.fullmatch(line):
        number, data = int(found[1], 16), bytes.fromhex(found[2].decode("ascii"))
    elif found := _COLUMNS.fullmatch(line):
        number, size = int(found[1], 16), int(found[2])
        pairs = found[3].split(None, size)[:size]
        if len(pairs) < size or not all(_PAIR.fullmatch(pair) for pair in pairs):
            return None
        data = bytes.fromhex(b"".join(pairs).decode("ascii"))
    else:
        return None
    is_id = len(found[1]) == 8
    return (number, is_id, data) if number <= (0x1FFFFFFF if is_id else 0x1FFFF) else None


def fields(row: Row, data: bytes) -> Shown:
    """Return what each field says: value, unit, raw, label, lowest bit and bits."""
    shown: Shown = {}
    for field, value, raw in zip(row.fields, row.decode(data), row.raw(data), strict=True):
        code = value if isinstance(value, Code) else None
        shown[field.name] = {
            "value": code.raw if code else value,
            "unit": field.unit,
            "raw": raw,
            "label": code.label if code else None,
            "bit": field.bit,
            "bits": field.bits,
        }
    return shown


def decode(spec: Spec, line: bytes) -> Shown | None:
    """Return what a line says; None for what is no frame or no known DGN."""
    if (found := frame(line)) is None:
        return None
    number, is_id, data = found
    identifier = split(number if is_id else number << 8)
    row = spec.get(identifier.dgn)
    if row is None:
        return None
    key = row.key_of(data) if row.key else None
    return {
        "dgn": f"{row.dgn:X}",
        "name": row.name,
        "priority": identifier.priority if is_id else None,
        "source": identifier.source if is_id else None,
        "instance": key[0] if key else None,
        "fields": fields(row, data),
    }


def run(source: BinaryIO, sink: BinaryIO) -> None:
    """Write one line for each line read, as soon as it has come."""
    spec = load_spec()
    pending: list[bytes] = []
    more = True
    while more:
        chunk = os.read(source.fileno(), 1 << 16)
        more = bool(chunk)
        head, newline, rest = chunk.rpartition(b"\n")
        if newline:
            lines = b"".join([*pending, head]).split(b"\n")
            pending = [rest]
        else:
            pending.append(chunk)
            last = b"" if more else b"".join(pending)
            lines = [last] if last else []
        out = "".join(json.dumps(decode(spec, line)) + "\n" for line in lines)
        sink.write(out.encode("ascii"))
        sink.flush()


if __name__ == "__main__":
    try:
        run(sys.stdin.buffer, sys.stdout.buffer)
    except BrokenPipeError, KeyboardInterrupt:
        # The reader has gone: nothing is left to say, not even while Python closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
