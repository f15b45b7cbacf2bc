"""Which thing a switch belongs to: what changes while somebody presses it."""

from collections.abc import Iterable

from ..rvc import Value
from .coach import Coach
from .kind import KINDS_OF
from .thing import Thing, ThingId

# What a switch in the coach works on, and the values that tell it; all else is measured.
SWITCHABLE = frozenset((*KINDS_OF, "roof_fan", "water_pump"))
OPERATED = frozenset(("on", "level", "speed"))
# From the most telling to the least.
SWITCHED, SET, APPEARED, MEASURED = range(4)


class Walk:
    """Notes what changes from now on."""

    def __init__(self, coach: Coach) -> None:
        """Take the coach as it is now."""
        self._coach = coach
        self._before: dict[ThingId, dict[str, Value]] = {
            thing.id: dict(thing.values) for thing in coach.things.values()
        }
        self._ranks: dict[Thing, int] = {}

    def note(self, thing: Thing, names: Iterable[str]) -> bool:
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
        if all(before.get(name) is None for name in changed) and self._coach.may_answer(thing):
            # It says what it is because we asked, not because it was switched.
            self._before[thing.id] = dict(thing.values)
            return False
        rank = self._rank(thing, changed, before.get("on"))
        self._ranks[thing] = min(rank, self._ranks.get(thing, rank))
        return rank <= SET

    def found(self) -> list[Thing]:
        """Return the one thing that was operated, else all that changed, the most telling first."""
        operated = [thing for thing, rank in self._ranks.items() if rank <= SET]
        if len(operated) == 1:
            return operated
        return sorted(self._ranks, key=lambda thing: self._ranks[thing])

    def _rank(self, thing: Thing, changed: set[str], was_on: Value) -> int:
        """Tell how much a change tells: of things that are switched more than of others."""
        if is_operated(thing, changed):
            return SWITCHED if "on" in changed and was_on is not None else SET
        return MEASURED if thing.id in self._before else APPEARED


def is_operated(thing: Thing, changed: set[str]) -> bool:
    """Tell whether a change is that of something that is switched, and not only measured."""
    return thing.id.family in SWITCHABLE and bool(changed & OPERATED)
