"""docs/peers.md: where other decoders read the same frames differently, and who is right."""

import json
from typing import TYPE_CHECKING, NotRequired, TypedDict

from alone import ROOT, without_home_assistant

without_home_assistant()

from custom_components.coachiq.rvc import Code, load_spec  # noqa: E402  after the line above

if TYPE_CHECKING:
    from custom_components.coachiq.rvc import Field, Row

_FILE = ROOT / "tests" / "rvc" / "peers.json"
_RIGHT = {"we": "We are right.", "they": "They are right.", "open": "Open."}
_HEAD = """\
# Other decoders and ours

Frames that owners and developers have published, 99 of 125 of them from real coaches, as four open
decoders read them (rvc2mqtt, a fork of it, rvc-monitor-py and rvc2hass), as their publishers said
that they read ("published"), and as we do. The specification, RV-C of 2023-11, decides who is
right. Not counted: rounding, bits shown as binary text, other words for the same meaning, degrees
Fahrenheit beside Celsius.

The number after a decoder is that of the frames in which the difference shows; the frame is one of
them. This page is made from `tests/rvc/peers.json`; a test compares our side of it with what we
decode.

## Differences
"""
_LACKS = """
## What they lack

A DGN, field or word that the specification has, that the frames show, and that the decoder leaves
out.

| decoder | DGN | frames | lacks |
|---|---|---|---|
"""


class Difference(TypedDict):
    """A field (lowest bit, bits) of which they say something else, or a DGN taken for another."""

    dgn: str
    frame: str
    theirs: str
    peers: dict[str, int]
    at: NotRequired[list[int]]
    ours: NotRequired[float | str | list[int] | None]
    is_not: NotRequired[str]


class Reason(TypedDict):
    """Differences with one reason; `right` is we, they or open."""

    right: str
    why: str
    rows: list[Difference]


class Lack(TypedDict):
    """What a decoder leaves out: fields and words by lowest bit and bits; all, if neither."""

    peer: str
    dgn: str
    frames: int
    fields: NotRequired[list[list[int]]]
    labels: NotRequired[list[list[int]]]


class Peers(TypedDict):
    """The whole of peers.json."""

    differences: list[Reason]
    lacks: list[Lack]


def peers() -> Peers:
    """Read tests/rvc/peers.json."""
    read: Peers = json.loads(_FILE.read_text("utf-8"))
    return read


def field_at(row: Row, at: list[int]) -> Field | None:
    """Return the field of a row at (lowest bit, bits)."""
    return next((field for field in row.fields if [field.bit, field.bits] == at), None)


def table() -> str:
    """Return docs/peers.md."""
    spec = load_spec()
    read = peers()
    lines = [_HEAD]
    for reason in read["differences"]:
        lines += [
            f"{_RIGHT[reason['right']]} {reason['why']}\n",
            "| DGN | field | frame | we | they | who |",
            "|---|---|---|---|---|---|",
        ]
        for item in reason["rows"]:
            who = "; ".join(f"{peer} {frames}" for peer, frames in item["peers"].items())
            if "is_not" in item:
                other = spec.rows[int(item["is_not"], 16)].name
                shown = f"{item['dgn']} | | `{item['frame']}` | not {other}"
            else:
                row = spec.rows[int(item["dgn"], 16)]
                field = field_at(row, item["at"])
                name = f"`{field.name}`" if field else ""
                ours = _ours(row, field, item["frame"]) if field else "no field"
                shown = f"{row.name} | {name} | `{item['frame']}` | {ours}"
            lines.append(f"| {shown} | {item['theirs']} | {who} |")
        lines.append("")
    return (
        "\n".join(lines)
        + _LACKS
        + "".join(
            f"| {lack['peer']} | {row.name} | {lack['frames']} | {_lacking(row, lack)} |\n"
            for lack in read["lacks"]
            for row in [spec.rows[int(lack["dgn"], 16)]]
        )
    )


def _ours(row: Row, field: Field, frame: str) -> str:
    value = row.decode(bytes.fromhex(frame))[row.index[field.name]]
    if value is None:
        return "no data"
    if isinstance(value, Code):
        return f"{value.raw} ({value.label})"
    return f"{value:g} {field.unit or ''}".strip() if isinstance(value, int | float) else value


def _lacking(row: Row, lack: Lack) -> str:
    fields = ", ".join(_name(row, at) for at in lack.get("fields", []))
    words = ", ".join(_name(row, at) for at in lack.get("labels", []))
    return "; ".join(filter(None, (fields, words and f"words for {words}"))) or "the DGN"


def _name(row: Row, at: list[int]) -> str:
    return next(f"`{field.name}`" for field in row.fields if [field.bit, field.bits] == at)
