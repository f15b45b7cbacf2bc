"""RV-C: identifiers, the table of DGNs, and payloads to typed values and back."""

from .clock import Clock, Timer
from .field import Code, EncodeError, Field, Value
from .frame import GLOBAL, Identifier, Left, Transmit, join, split
from .reading import SpecError
from .row import Row
from .spec import Spec, load_chassis_spec, load_spec

__all__ = [
    "GLOBAL",
    "Clock",
    "Code",
    "EncodeError",
    "Field",
    "Identifier",
    "Left",
    "Row",
    "Spec",
    "SpecError",
    "Timer",
    "Transmit",
    "Value",
    "join",
    "load_chassis_spec",
    "load_spec",
    "split",
]
