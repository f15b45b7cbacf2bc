"""What a frame says, as an object for JSON and as a line for people."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from alone import without_home_assistant

without_home_assistant()

from custom_components.coachiq.rvc import Code, Identifier, split  # noqa: E402  after the line above

if TYPE_CHECKING:
    from log import Frame

    from custom_components.coachiq.rvc import Field, Row, Spec, Value

type Shown = dict[str, object]


class Heard(NamedTuple):
    """A frame, or a message put together, with what its identifier says and its row."""

    frame: Frame
    identifier: Identifier
    row: Row | None

    @property
    def instance(self) -> int | None:
        """The number of the thing that it is about; None where there is none."""
        key = self.row.key_of(self.frame.data) if self.row and self.row.key else None
        return key[0] if key else None


def hear(spec: Spec, frame: Frame) -> Heard:
    """Return what the identifier, or the DGN alone, of a frame says."""
    identifier = split(frame.number if frame.is_id else frame.number << 8)
    return Heard(frame, identifier, spec.get(identifier.dgn))


def show(heard: Heard) -> Shown:
    """Return what a frame says; a DGN that is in no table has no name and no fields."""
    frame, identifier, row = heard
    return {
        "dgn": f"{row.dgn if row else identifier.dgn:X}",
        "name": row.name if row else None,
        "priority": identifier.priority if frame.is_id else None,
        "source": identifier.source if frame.is_id else None,
        "instance": heard.instance,
        "fields": _fields(row, frame.data) if row else {},
    }


def show_fully(heard: Heard) -> Shown:
    """Return also time, channel and destination, and the payload where no table has the DGN."""
    frame, identifier, row = heard
    return {
        "time": frame.time,
        "channel": frame.channel,
        **show(heard),
        "destination": identifier.destination if frame.is_id else None,
        **({} if row else {"data": frame.data.hex().upper()}),
    }


def _fields(row: Row, data: bytes) -> Shown:
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


def write(heard: Heard) -> str:
    """Return time, channel, source, name, instance and fields in words; no-data is left out."""
    frame, identifier, row = heard
    start = (
        "" if frame.time is None else _moment(frame.time),
        frame.channel,
        f"{identifier.source:02X}" if frame.is_id else "",
        row.name if row else f"{identifier.dgn:X}",
        "" if heard.instance is None else str(heard.instance),
    )
    if row is None:
        listed = [frame.data.hex(" ").upper()]
    else:
        listed = [
            f"{field.name} {_words(field, value)}"
            for field, value in zip(row.fields, row.decode(frame.data), strict=True)
            if value is not None and (field.name,) != row.key[:1]
        ]
    return f"{' '.join(filter(None, start))}: {', '.join(listed)}".rstrip()


def _moment(seconds: float) -> str:
    """Return a time as local date and time; seconds that do not count from 1970 as they are."""
    if 1e9 <= seconds < 1e10:
        return f"{datetime.fromtimestamp(seconds, UTC).astimezone():%Y-%m-%d %H:%M:%S.%f}"[:-3]
    return f"{seconds:.3f}"


def _words(field: Field, value: Value) -> str:
    if isinstance(value, Code):
        return value.label
    if isinstance(value, str):
        return repr(value)
    number = f"{value:.10g}" if field.unit is None else f"{value:.10g} {field.unit}"
    if not field.flags or not isinstance(value, int):
        return number
    return f"{number} ({', '.join(word for bit, word in field.flags.items() if value >> bit & 1)})"
