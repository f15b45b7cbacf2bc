"""What things can be taken for, by family: the owner's choices, the usual one first."""

from collections.abc import Mapping

from .mover import PAIRED
from .profile import HIDDEN

# A thing whose family is only one kind, and which a profile hides, is shown again by this.
SHOWN = "shown"
# What can hurt people is operated only if the owner allows it: what moves, and these families.
GUARDED = frozenset(
    (
        *("generator", "generator_demand", "ags_criterion", "transfer_switch"),
        *("valve", "waste_dump", "water_heater", "refrigerator"),
        *("furnace", "heat_pump"),
    )
)

KINDS_OF: Mapping[str, tuple[str, ...]] = {
    "dimmer": ("light", "switch", "fan", "indicator", "lock", "burner", *PAIRED),
    "dc_load": ("switch", "light", "fan", "indicator", "lock", "burner", *PAIRED),
    "ac_load": ("switch", "light", "indicator", "burner"),
}


def kinds_of(family: str) -> tuple[str, ...]:
    """Return what an owner may take a thing of a family for."""
    return (*KINDS_OF.get(family, (SHOWN,)), HIDDEN)


def plain_kinds_of(family: str) -> tuple[str, ...]:
    """Return those of these kinds about which nothing more is to be decided."""
    return tuple(kind for kind in kinds_of(family) if kind not in PAIRED)
