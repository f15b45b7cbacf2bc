"""Which thing a switch belongs to: what changes while somebody presses it."""

from collections.abc import Iterable

from ..rvc import Value
from .commands import COMMANDS
from .thing import Thing, ThingId

# What tells that a thing was operated; everything else about it is measured.
OPERATED = frozenset(("on", "level", "speed"))
# From the most telling to the least.
SWITCHED, SET, APPEARED, MEASURED = range(4)


class Walk:
    """Notes what changes from now on."""

    def __init__(self, things: Iterable[Thing]) -> None:
        """Take the things as they are now."""
        self._before: dict[ThingId, dict[str, Value]] = {
            thing.id: dict(thing.values) for thing in things
        }
        self._ranks: dict[Thing, int] = {}

    def note(self, thing: Thing, names: set[str]) -> bool:
        """Note that values of a thing may have changed; True when that tells of a switch."""
        if thing.family.fields:
            return False
        before = self._before.get(thing.id, {})
        changed = {
            name
            for name in names
            if (value := thing.values.get(name)) is not None and value != before.get(name)
        }
        if not changed:
            return False
        rank = self._rank(thing, changed, before.get("on"))
        self._ranks[thing] = min(rank, self._ranks.get(thing, rank))
        return rank <= SET

    def found(self) -> list[Thing]:
        """Return what has changed, the most telling first."""
        return sorted(self._ranks, key=lambda thing: self._ranks[thing])

    def _rank(self, thing: Thing, changed: set[str], was_on: Value) -> int:
        """Tell how much a change tells: of things that can be switched more than of others."""
        if (thing.id.family, "turn_on") in COMMANDS and changed & OPERATED:
            return SWITCHED if "on" in changed and was_on is not None else SET
        return MEASURED if thing.id in self._before else APPEARED
