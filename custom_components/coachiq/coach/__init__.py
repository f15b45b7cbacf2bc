"""What is on the coach: things, their values and health, and what can be asked of them."""

from .coach import Coach
from .families import FAMILIES, FAMILY, Family, label, number
from .profile import Profile, ProfileRow
from .shelf import load_profile, read_shelf
from .thing import Thing, ThingId

__all__ = [
    "FAMILIES",
    "FAMILY",
    "Coach",
    "Family",
    "Profile",
    "ProfileRow",
    "Thing",
    "ThingId",
    "label",
    "load_profile",
    "number",
    "read_shelf",
]
