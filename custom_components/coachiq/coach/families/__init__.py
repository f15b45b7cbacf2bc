"""Which DGNs make a light, a tank, a zone: the families of things, as rows."""

from collections.abc import Mapping

from .bare import TELLING, bare_family
from .climate import CLIMATE
from .engine import CHASSIS
from .load import LOADS
from .movement import MOVEMENT
from .place import PLACE
from .power import POWER
from .row import MOVING, Derived, Family, Reading, Span, Values, flag, label, number
from .vehicle import VEHICLE
from .water import WATER_SYSTEM

__all__ = [
    "CHASSIS_OF",
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

_RV_C: tuple[Family, ...] = (
    *LOADS,
    *CLIMATE,
    *WATER_SYSTEM,
    *POWER,
    *VEHICLE,
    *PLACE,
    *MOVEMENT,
)
FAMILIES: tuple[Family, ...] = (*_RV_C, *CHASSIS)
FAMILY: Mapping[str, Family] = {family.key: family for family in FAMILIES}
# By the names of the DGNs that feed them, on buses of RV-C and of J1939.
FAMILY_OF: Mapping[str, Family] = {dgn: family for family in _RV_C for dgn in family.feeds}
CHASSIS_OF: Mapping[str, Family] = {dgn: family for family in CHASSIS for dgn in family.feeds}
