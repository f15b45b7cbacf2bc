"""What was heard of each sender and thing: the last frames, and who speaks."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from ..rvc import Row, Value
from .families import Family, Reading, label
from .thing import Thing

VOICE_SILENCE = 5.0
PROMPT_UNITS = (None, "%")


class Step(NamedTuple):
    """Where a reading stands in the decoded frame, and how many bytes it takes to be whole."""

    position: int
    length: int
    reading: Reading


@dataclass(slots=True, eq=False)
class Cell:
    """The last frame of one key from one sender; until `due` its measurements need no reading.

    `gap` is about the longest time between two frames lately, where the family is timed.
    """

    key: tuple[int, ...]
    data: bytes
    heard: float
    due: float = 0.0
    gap: float = 0.0
    thing: Thing | None = None
    priority: int = -1


@dataclass(slots=True, eq=False)
class Channel:
    """All frames with one identifier: one DGN from one sender.

    `quiet` finds a cell by its whole last payload: a frame that is found says nothing new. Of the
    payload as a number, `prompt` are the bits that are read whenever they change. A channel of
    which nobody shows anything is read no further before `rest_until`; `known` counts its frames
    since one told of something new. `last` is its last frame where it has no cells.
    """

    source: int
    destination: int | None
    heard: float
    row: Row | None = None
    family: Family | None = None
    steps: tuple[Step, ...] = ()
    priority: int | None = None
    prompt: int = 0
    cells: dict[tuple[int, ...], Cell] = field(default_factory=dict)
    quiet: dict[bytes, Cell] = field(default_factory=dict)
    known: int = 0
    last: bytes = b""
    rest_until: float = 0.0


@dataclass(slots=True, eq=False)
class Node:
    """A sender: when it was heard last, and the longest it has been silent and come back."""

    heard: float
    longest: float = 0.0


@dataclass(slots=True, eq=False)
class Voices:
    """Who speaks for a thing: its cells, and the sender chosen where several compete."""

    cells: list[tuple[Channel, Cell]] = field(default_factory=list)
    chosen: tuple[int, int] | None = None
    longest: float = 0.0


def step_of(row: Row, reading: Reading) -> Step:
    """Return where a reading stands in the frames of a row."""
    position = row.index[reading.field]
    place = row.fields[position]
    return Step(position, (place.bit + place.bits + 7) // 8, reading)


def prompt_bits(row: Row, steps: Iterable[Step], priority: int | None) -> int:
    """Return the bits of a row's payload whose change is to be read at once.

    Those are codes, texts, shares and counts; what is measured in a unit never stands still.
    """
    bits = 0
    positions = [step.position for step in steps]
    for position in positions if priority is None else [*positions, priority]:
        place = row.fields[position]
        if place.kind != "number" or place.unit in PROMPT_UNITS:
            bits |= (1 << place.bits) - 1 << place.bit
    return bits


def take_over(thing: Thing, channel: Channel, said: dict[str, Value]) -> set[str]:
    """Give a thing the values that a frame says, and return the names of those that changed."""
    changed = set()
    for _, _, reading in channel.steps:
        name = reading.name
        if name not in said:
            continue
        value = said[name]
        if reading.hold and label(value) in reading.hold:
            continue
        if thing.values.get(name) != value:
            thing.values[name] = value
            changed.add(name)
    for derived in thing.family.derived:
        name = derived.name
        if not changed.isdisjoint(derived.inputs):
            value = derived.work_out(thing.values)
            if thing.values.get(name) != value:
                thing.values[name] = value
                changed.add(name)
        if name not in said and all(one in said for one in derived.inputs):
            said[name] = thing.values.get(name)
    return changed


def is_heard(voices: Voices, source: int | None, now: float) -> bool:
    """Tell whether a sender has spoken of the thing a short while ago."""
    return any(
        channel.source == source and now - cell.heard <= VOICE_SILENCE
        for channel, cell in voices.cells
    )
