"""Rows as a DBC file: the table for tools that decode by one.

A DBC file knows neither "no data", which comes out as a number beyond the maximum, nor fields that
run to the end of a message, which are left out.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from custom_components.coachiq.rvc import GLOBAL, join
from custom_components.coachiq.rvc.codec import payload_size
from custom_components.coachiq.rvc.frame import is_addressed

if TYPE_CHECKING:
    from custom_components.coachiq.rvc import Field, Row

# In a DBC file for J1939 this source stands for any.
_ANY_SOURCE = 0xFE
_EXTENDED = 1 << 31
_HEAD = """\
VERSION ""

NS_ :

BS_:

BU_:
"""
_ATTRIBUTES = """\
BA_DEF_ "ProtocolType" STRING ;
BA_DEF_ BO_ "VFrameFormat" ENUM "StandardCAN","ExtendedCAN","reserved","J1939PG";
BA_DEF_ BO_ "GenMsgCycleTime" INT 0 3600000;
BA_DEF_ SG_ "SPN" INT 0 524287;
BA_DEF_DEF_ "ProtocolType" "J1939";
BA_DEF_DEF_ "VFrameFormat" "J1939PG";
BA_DEF_DEF_ "GenMsgCycleTime" 0;
BA_DEF_DEF_ "SPN" 0;
BA_ "ProtocolType" "J1939";"""


def dbc(rows: Iterable[Row]) -> str:
    """Return the rows as a DBC file: the same bits, scales, limits, words and names."""
    numbered = [(_number(row), row) for row in rows]
    lines = [_HEAD]
    for number, row in numbered:
        lines += [f"BO_ {number} {row.name}: {max(8, payload_size(row.fields))} Vector__XXX"]
        lines += [f" SG_ {_signal(row, field)} Vector__XXX" for field in _signals(row)]
        lines += [""]
    for number, row in numbered:
        lines += _comments(number, row)
    lines += [_ATTRIBUTES]
    for number, row in numbered:
        if row.max_gap is not None:
            lines += [f'BA_ "GenMsgCycleTime" BO_ {number} {round(row.max_gap * 1000)};']
        spns = [(field.name, field.spn) for field in _signals(row) if field.spn is not None]
        lines += [f'BA_ "SPN" SG_ {number} {name} {spn};' for name, spn in spns]
    for number, row in numbered:
        lines += _words(number, row)
    for number, row in numbered:
        lines += _selectors(number, row)
    return "\n".join([*lines, ""])


def _number(row: Row) -> int:
    """Return the identifier as a DBC file has it."""
    destination = GLOBAL if is_addressed(row.dgn) else None
    can_id = join(row.dgn, _ANY_SOURCE, priority=row.priority, destination=destination)
    return can_id | _EXTENDED


def _signals(row: Row) -> Iterator[Field]:
    return (field for field in row.fields if not field.open)


def _signal(row: Row, field: Field) -> str:
    low, high = field.physical(field.low), field.physical(field.high)
    if field.kind == "enum":
        low, high = min(field.labels), max(field.labels)
    elif field.kind in {"text", "bytes"}:
        low, high = 0, (1 << field.bits) - 1
    branch = ""
    if field.name == row.mux:
        branch = " M"
    elif field.when is not None:
        branch = f" m{min(field.when)}"
    place = f"{field.bit}|{field.bits}@1+ ({field.scale},{field.offset})"
    return f'{field.name}{branch} : {place} [{low}|{high}] "{field.unit or ""}"'


def _comments(number: int, row: Row) -> Iterator[str]:
    about = row.about
    section = about.section and f"Section {about.section}."
    if words := _quoted(about.title, section, about.note, about.doubt):
        yield f"CM_ BO_ {number} {words};"
    for field in _signals(row):
        flags = ", ".join(f"bit {bit}: {word}" for bit, word in field.flags.items())
        if words := _quoted(flags, field.note, field.doubt):
            yield f"CM_ SG_ {number} {field.name} {words};"


def _quoted(*parts: str | None) -> str:
    joined = "\n".join(filter(None, parts))
    return joined and '"' + joined.replace("\\", "/").replace('"', "'") + '"'


def _words(number: int, row: Row) -> Iterator[str]:
    for field in _signals(row):
        if field.labels:
            counts = Counter(field.labels.values())
            listed = " ".join(
                f"{raw} {_quoted(label if counts[label] == 1 else f'{label} ({raw})')}"
                for raw, label in sorted(field.labels.items())
            )
            yield f"VAL_ {number} {field.name} {listed} ;"


def _selectors(number: int, row: Row) -> Iterator[str]:
    for field in _signals(row):
        if field.when is not None:
            codes = ", ".join(f"{code}-{code}" for code in sorted(field.when))
            yield f"SG_MUL_VAL_ {number} {field.name} {row.mux} {codes};"
