"""What the owner has decided about a thing; it stands above what the coach's model tells."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The owner's word on one thing.

    `kind` is what it is taken for, None for what the profile or the family says. `allowed` lets
    CoachIQ operate what can hurt people: movers, burners, generators and locks.
    """

    kind: str | None = None
    allowed: bool = False


UNDECIDED = Decision()


def read_decisions(options: Mapping[str, Mapping[str, object]]) -> dict[str, Decision]:
    """Return the decisions in an entry's options, by the ids of the things."""
    return {
        thing: Decision(
            kind=kind if isinstance(kind := row.get("kind"), str) else None,
            allowed=row.get("allowed") is True,
        )
        for thing, row in options.items()
    }
