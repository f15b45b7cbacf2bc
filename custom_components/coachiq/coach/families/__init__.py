"""Which DGNs make a light, a tank, a zone: the families of things, as rows."""

from collections.abc import Mapping

from .bare import TELLING, bare_family
from .climate import CLIMATE
from .load import LOADS
from .power import POWER
from .row import MOVING, Derived, Family, Reading, Span, Values, flag, label, number
from .vehicle import VEHICLE
from .water import WATER_SYSTEM

__all__ = [
    "FAMILIES",
    "FAMILY",
    "FAMILY_OF",
    "MOVING",
    "TELLING",
    "Derived",
    "Family",
    "Reading",
    "Span",
    "Values",
    "bare_family",
    "flag",
    "label",
    "number",
]

FAMILIES: tuple[Family, ...] = (*LOADS, *CLIMATE, *WATER_SYSTEM, *POWER, *VEHICLE)
FAMILY: Mapping[str, Family] = {family.key: family for family in FAMILIES}
FAMILY_OF: Mapping[str, Family] = {dgn: family for family in FAMILIES for dgn in family.feeds}
