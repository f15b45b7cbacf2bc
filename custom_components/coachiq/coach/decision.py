"""What the owner has decided about a thing; it stands above what the coach's model tells."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .calibration import Points, is_scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The owner's word on one thing.

    `kind` is what it is taken for, None for what the profile or the family says; of an output that
    opens something, `pair` is the instance of the one that closes it. `allowed` lets
    CoachIQ operate what can hurt people: movers, burners, generators and locks. A mover's `inputs`
    are entities of Home Assistant by the names of the interlock's inputs that they take the place
    of; `without` lets it run without those that the coach does not tell.
    `calibration` is a tank's scale, empty for what it says itself. `apart` makes a thing of each
    node that reports it.
    """

    kind: str | None = None
    pair: int | None = None
    allowed: bool = False
    calibration: Points = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    without: bool = False
    apart: bool = False


UNDECIDED = Decision()


def read_decisions(options: Mapping[str, Mapping[str, object]]) -> dict[str, Decision]:
    """Return the decisions in an entry's options, by the ids of the things."""
    return {
        thing: Decision(
            kind=kind if isinstance(kind := row.get("kind"), str) else None,
            pair=pair if isinstance(pair := row.get("pair"), int) else None,
            allowed=row.get("allowed") is True,
            calibration=_scale(row.get("calibration")),
            inputs=_texts(row.get("inputs")),
            without=row.get("without") is True,
            apart=row.get("apart") is True,
        )
        for thing, row in options.items()
    }


def _scale(stored: object) -> Points:
    """Return the points of a scale as they were stored, none where they make no scale."""
    rows = stored if isinstance(stored, list | tuple) else ()
    points = tuple((float(said), float(real)) for said, real in rows)
    return points if is_scale(points) else ()


def _texts(value: object) -> dict[str, str]:
    """Return a mapping of texts."""
    pairs = value.items() if isinstance(value, Mapping) else ()
    return {str(name): text for name, text in pairs if isinstance(text, str) and text}
