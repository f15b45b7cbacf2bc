"""Two outputs that are one mover: which one closes what the other opens."""

from collections import defaultdict
from collections.abc import Mapping

from .decision import UNDECIDED, Decision
from .mover import PAIRS
from .profile import Profile
from .thing import ThingId


class Pairs:
    """The pairs of a coach, by the owner's word, else by the profile.

    An output is half of one pair at most, and of none while its owner takes it for something else.
    """

    def __init__(self, profile: Profile, decisions: Mapping[str, Decision]) -> None:
        """Take the profile, and the owner's decisions by thing."""
        self._profile = profile
        self._decisions = decisions
        # Who may open, by who closes.
        self._by_owner = defaultdict[str, list[int]](list)
        for name, decision in decisions.items():
            place, _, key = name.rpartition("-")
            if decision.pair and key.isdecimal():
                self._by_owner[f"{place}-{decision.pair}"].append(int(key))
        self._by_profile = defaultdict[tuple[str, int], list[int]](list)
        for (family, instance), row in profile.rows.items():
            if row.pair:
                self._by_profile[family, row.pair].append(instance)

    def closer(self, opener: ThingId) -> ThingId | None:
        """Return what closes the mover that a thing opens, None where it opens none."""
        other = self._named(opener)
        if other is None or self._named(other) or self._decided(other).kind:
            return None
        return other if self._first(other) == opener else None

    def opener(self, closer: ThingId) -> ThingId | None:
        """Return what opens the mover that a thing closes, None where it closes none."""
        other = self._first(closer)
        return other if other and self.closer(other) == closer else None

    def _named(self, opener: ThingId) -> ThingId | None:
        """Return what is said to close what a thing opens."""
        decision, row = self._decided(opener), self._profile.row(opener.family, opener.key)
        if (opener.family, decision.kind or row.kind or "") not in PAIRS:
            return None
        number = decision.pair or row.pair
        return opener._replace(key=(number,)) if number and number != opener.key[0] else None

    def _first(self, closer: ThingId) -> ThingId | None:
        """Return the first of the things that are said to open what this one closes."""
        numbers = (
            *sorted(self._by_owner.get(str(closer), ())),
            *sorted(self._by_profile.get((closer.family, closer.key[0]), ())),
        )
        openers = (closer._replace(key=(number,)) for number in numbers)
        return next((one for one in openers if self._named(one) == closer), None)

    def _decided(self, thing: ThingId) -> Decision:
        """Return what the owner has decided about a thing."""
        return self._decisions.get(str(thing), UNDECIDED)
