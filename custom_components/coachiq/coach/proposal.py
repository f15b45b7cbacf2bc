"""Which model of coach the traffic on a bus is that of, if that is clear."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
import math

from ..rvc import Spec
from .families import FAMILY_OF, Family
from .profile import Profile

# Fewer things prove nothing.
LEAST_HEARD = 8
# Nor do the first of a family, which most coaches have: so many must have higher numbers.
FIRST = range(7)
LEAST_TELLING = 4
# Of what was heard of the families that the profile tells of, so much must be in it.
LEAST_AGREEMENT = 0.9
# How probable a thing is that the profile of the right model does not know.
STRANGER = 0.03
# The share of a coach's things that speak while a bus is probed is not known, but never quite 1.
MOST_SPEAKING = 0.97
# Twenty to one: the best one must be so much more probable than the next.
CLEAR = 3.0

# A thing as profiles know it: its family and instance.
type Pair = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """How well a profile fits: of its `things` so many were `heard`, beside `strangers`."""

    key: str
    title: str
    heard: int
    things: int
    strangers: int

    @property
    def weight(self) -> float:
        """Return the logarithm of how probable what was heard is on a coach of this model."""
        unheard = self.things - self.heard
        speaking = min(self.heard / self.things, MOST_SPEAKING)
        return (
            self.heard * math.log(speaking)
            + unheard * math.log(1 - speaking)
            + self.strangers * math.log(STRANGER)
        )


def numbered_families(spec: Spec) -> dict[int, Family]:
    """Return the families by the numbers of the DGNs that feed them."""
    return {spec.named(name).dgn: family for name, family in FAMILY_OF.items()}


def heard_pairs(instances: Iterable[tuple[int, int]], spec: Spec) -> frozenset[Pair]:
    """Return the things that spoke, from messages and their first bytes."""
    families = numbered_families(spec)
    pairs: set[Pair] = set()
    for dgn, first in instances:
        family, row = families.get(dgn), spec.get(dgn)
        if family and row:
            # Without an instance the key does not depend on the data.
            key = row.key_of(bytes((first, 0, 0, 0, 0, 0, 0, 0)))
            if key and family.lowest <= key[0] <= family.highest:
                pairs.add((family.key, key[0]))
    return frozenset(pairs)


def rank(heard: frozenset[Pair], profiles: Mapping[str, Profile]) -> list[Proposal]:
    """Return the profiles that fit what was heard, the best one first."""
    fitting = []
    for key, profile in profiles.items():
        families = {family for family, _ in profile.rows}
        known = heard & profile.rows.keys()
        asked = [pair for pair in heard if pair[0] in families]
        telling = [pair for pair in known if pair[1] not in FIRST]
        if (
            len(known) >= LEAST_HEARD
            and len(telling) >= LEAST_TELLING
            and len(known) >= LEAST_AGREEMENT * len(asked)
        ):
            fitting.append(
                Proposal(
                    key=key,
                    title=profile.title,
                    heard=len(known),
                    things=len(profile.rows),
                    strangers=len(asked) - len(known),
                )
            )
    return sorted(fitting, key=lambda proposal: -proposal.weight)


def leading(ranked: list[Proposal]) -> list[Proposal]:
    """Return the first of a ranking, with those that are not clearly less probable."""
    return [proposal for proposal in ranked if ranked[0].weight - proposal.weight < CLEAR]
