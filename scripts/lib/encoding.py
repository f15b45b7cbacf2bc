"""What scripts/encode does: fields of a DGN to lines that cansend and scripts/decode take."""

import argparse
from collections.abc import Iterator, Mapping
import contextlib
from difflib import get_close_matches
import json
import sys
from typing import TYPE_CHECKING

from arguments import Parser, number, run
import table

from custom_components.coachiq.rvc import COMMANDS, GLOBAL, Code, EncodeError, join
from custom_components.coachiq.rvc.address import FIRST_ADDRESS
from custom_components.coachiq.rvc.frame import canonical, is_addressed
from custom_components.coachiq.rvc.packet import BROADCAST, CONTROL, DATA, LONGEST, PACKET_BYTES

if TYPE_CHECKING:
    from custom_components.coachiq.rvc import Field, Row, Spec, Value

EXAMPLES = """\
A value is a number in the field's unit, or the word for a code; fields without one are sent as
"no data". In place of a DGN and its fields, an intent and its arguments will do (docs/commands.md).
Without a name, lines of JSON are read from standard input, with the name of a DGN and
its fields: {"name": "TANK_STATUS", "fields": {"instance": 1}}, or what scripts/decode prints.
More than 8 bytes become the packets of a broadcast, to be sent 50 ms apart.

examples:
  scripts/encode DC_DIMMER_COMMAND_2 instance=25 desired_brightness=100 command="set level"
  scripts/encode REQUEST_FOR_DGN desired_dgn=0x1FECA --destination 0x44
  scripts/encode light.set_level instance=25 level=40
  cansend can0 "$(scripts/encode 1FEDB instance=25 command=toggle)"
  scripts/encode --list DC_DIMMER_COMMAND_2"""


class Options(argparse.Namespace):
    """What was asked for on the command line."""

    name: str | None
    fields: list[str]
    source: int | None
    destination: int | None
    priority: int | None
    listed: str | None


def parser() -> Parser:
    """Return what reads the command line."""
    made = Parser("scripts/encode", "Encodes RV-C: fields to an identifier and its data.", EXAMPLES)
    add = made.add_argument
    add("name", nargs="?", metavar="DGN", help="a name, a number as 1FEDB, or an intent")
    add("fields", nargs="*", metavar="FIELD=VALUE")
    add("--source", metavar="N", type=number(0xFF), help=f"who sends; {FIRST_ADDRESS} if left out")
    add("--destination", metavar="N", type=number(0xFF), help="for whom; all if left out")
    add("--priority", metavar="N", type=number(7), help="the DGN's own if left out")
    lists = "list all DGNs, or the fields of one"
    add("--list", dest="listed", nargs="?", const="", metavar="DGN", help=lists)
    return made


def read_assignments(assignments: list[str]) -> dict[str, object]:
    """Return words by field name out of `name=value`; raises ValueError."""
    values: dict[str, object] = {}
    for assignment in assignments:
        name, equals, word = assignment.partition("=")
        if not equals:
            raise ValueError(f"{assignment} is not FIELD=VALUE")
        if name in values:
            raise ValueError(f"{name} is there twice")
        values[name] = word
    return values


def payload(row: Row, given: Mapping[str, object]) -> bytes:
    """Return the payload for values by field name, or for fields as scripts/decode prints them.

    A raw number in which scripts/decode saw no value is sent as it was. Raises EncodeError.
    """
    values: dict[str, Value] = {}
    raws: list[tuple[Field, int]] = []
    for name, item in given.items():
        shown = item if isinstance(item, dict) else {"value": item}
        value, raw = shown.get("value"), shown.get("raw")
        if isinstance(value, bool) or not isinstance(value, int | float | str | None):
            raise EncodeError(f"{name}: {value!r} is neither a number nor words")
        values[name] = value
        if name not in row.index:
            continue  # encode says so
        field = row.fields[row.index[name]]
        if isinstance(value, str):
            values[name] = _read(field, value)
        elif isinstance(raw, int) and 0 <= raw < 1 << field.bits:
            meaning = field.value(raw)
            if isinstance(meaning, Code) and meaning.raw == value:
                values[name] = meaning
            elif value is None and meaning is None and not field.open:
                raws.append((field, raw))
    data = row.encode(**values)
    whole = int.from_bytes(data, "little")
    for field, raw in raws:
        whole = whole & ~((1 << field.bits) - 1 << field.bit) | raw << field.bit
    return whole.to_bytes(len(data), "little")


def _read(field: Field, word: str) -> float | str:
    """Return the number that a word is, where it is not one of the field's own words."""
    if field.kind in {"text", "bytes"} or word.replace("_", " ") in field.labels.values():
        return word
    for read in (lambda: int(word, 0), lambda: float(word)):
        with contextlib.suppress(ValueError):
            return read()
    return word


def frames(
    dgn: int, data: bytes, *, source: int, destination: int | None, priority: int
) -> Iterator[str]:
    """Yield the frame, or the packets of a broadcast; raises ValueError for what cannot be sent."""
    if is_addressed(dgn) and destination is None:
        destination = GLOBAL
    can_id = join(dgn, source, priority=priority, destination=destination)
    if len(data) <= 8:
        yield f"{can_id:08X}#{data.hex().upper()}"
        return
    if destination not in {None, GLOBAL}:
        raise ValueError(f"{len(data)} bytes go to all only; {destination} would have to answer")
    if len(data) > LONGEST:
        raise ValueError(f"{len(data)} bytes are more than the {LONGEST} of a message")
    packets = [data[n : n + PACKET_BYTES] for n in range(0, len(data), PACKET_BYTES)]
    head = bytes((BROADCAST, *len(data).to_bytes(2, "little"), len(packets), 0xFF))
    can_id = join(CONTROL, source, priority=priority, destination=GLOBAL)
    yield f"{can_id:08X}#{(head + canonical(dgn).to_bytes(3, 'little')).hex().upper()}"
    can_id = join(DATA, source, priority=priority, destination=GLOBAL)
    for count, packet in enumerate(packets, 1):
        yield f"{can_id:08X}#{count:02X}{packet.hex().upper():F<{2 * PACKET_BYTES}}"


def encode(spec: Spec, shown: object, options: Options) -> Iterator[str]:
    """Yield the lines for an object with name and fields; raises LookupError and ValueError."""
    if not isinstance(shown, dict):
        raise EncodeError("is no object with a name and fields")
    name, fields = shown.get("name") or shown.get("dgn"), shown.get("fields", {})
    if not isinstance(name, str) or not isinstance(fields, dict):
        raise EncodeError("needs the 'name' of a DGN, and 'fields' as an object")
    if "." in name:
        row, data = ask(spec, name, fields)
        dgn = row.dgn
    else:
        dgn, row = find_row(spec, name)
        try:
            data = payload(row, fields)
        except EncodeError as problem:
            raise ValueError(f"{row.name}: {problem}") from problem
    source = _given(options.source, shown, "source")
    priority = _given(options.priority, shown, "priority")
    return frames(
        dgn,
        data,
        source=FIRST_ADDRESS if source is None else source,
        destination=_given(options.destination, shown, "destination"),
        priority=row.priority if priority is None else priority,
    )


def ask(spec: Spec, intent: str, given: Mapping[str, object]) -> tuple[Row, bytes]:
    """Return the row and the payload that say an intent; raises LookupError and EncodeError."""
    if (command := COMMANDS.get(intent)) is None:
        close = " or ".join(get_close_matches(intent, COMMANDS, n=2))
        raise LookupError(f"{intent} is no intent{close and ', but ' + close + ' is'}")
    row = spec.named(command.dgn)
    arguments: dict[str, Value] = {}
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int | float | str | None):
            raise EncodeError(f"{name}: {value!r} is neither a number nor words")
        words = isinstance(value, str) and name in command.takes
        arguments[name] = _read(command.field(row, name), str(value)) if words else value
    return command.encode(spec, **arguments)


def _given(option: int | None, shown: Mapping[str, object], key: str) -> int | None:
    value = shown.get(key) if option is None else option
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise ValueError(f"{key} {value!r} is no number")


def find_row(spec: Spec, word: str) -> tuple[int, Row]:
    """Return the DGN that a word means, and its row; raises LookupError."""
    dgn = table.find(spec, word)
    if (row := spec.get(canonical(dgn))) is None:
        raise LookupError(f"{word} is a DGN that the table does not have")
    return dgn, row


def listed(spec: Spec, word: str) -> Iterator[str]:
    """Yield a line for each DGN, or for each field of the one that is named: name, place, limits.

    Raises LookupError.
    """
    if not word:
        for row in spec.rows.values():
            yield f"{row.dgn:05X} {row.name} ({row.kind})"
        return
    _, row = find_row(spec, word)
    yield f"{row.dgn:05X} {row.name} ({row.kind}), priority {row.priority}"
    for field in row.fields:
        takes = field.kind if field.kind in {"text", "bytes"} else field.takes()
        only = "" if field.when is None else f", with {row.mux} {sorted(field.when)}"
        yield f"  {field.name} ({_place(field)}{only}): {takes}"


def _place(field: Field) -> str:
    first, low = divmod(field.bit, 8)
    last, high = divmod(field.bit + field.bits - 1, 8)
    if field.open:
        return f"from byte {first} on"
    if low or high < 7:
        return f"bits {first}.{low} to {last}.{high}"
    return f"byte {first}" if first == last else f"bytes {first} to {last}"


def answer_lines(spec: Spec, options: Options) -> Iterator[str]:
    """Yield the lines for each line of JSON on standard input; raises ValueError."""
    for count, line in enumerate(sys.stdin, 1):
        try:
            shown = json.loads(line)
            if shown is not None:  # as scripts/decode answers what it does not know
                yield from encode(spec, shown, options)
        except (ValueError, LookupError, RecursionError) as problem:
            raise ValueError(f"line {count}: {problem}") from problem


def answer(options: Options) -> Iterator[str]:
    """Yield the lines that the command line asks for; raises LookupError and ValueError."""
    spec = table.load()
    if options.listed is not None:
        return listed(spec, options.listed)
    if options.name is None:
        return answer_lines(spec, options)
    shown = {"name": options.name, "fields": read_assignments(options.fields)}
    return encode(spec, shown, options)


def main() -> None:
    """Do what the command line asks for."""
    read = parser()
    options = read.parse_intermixed_args(namespace=Options())
    try:
        for line in answer(options):
            print(line, flush=True)
    except (LookupError, ValueError) as problem:
        read.error(str(problem))


if __name__ == "__main__":
    run(main)
