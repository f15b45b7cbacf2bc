"""What is on the coach: things, their values and health, and what can be asked of them."""

from .coach import Coach
from .families import FAMILIES, FAMILY, Family, label, number
from .profile import Profile, ProfileRow, load_profile, profile_titles
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
    "profile_titles",
]
