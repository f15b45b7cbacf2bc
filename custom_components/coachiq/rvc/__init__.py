"""RV-C: identifiers, the table of DGNs, and payloads to typed values and back."""

from .clock import Clock, Timer
from .field import Code, EncodeError, Field, Value
from .frame import GLOBAL, Identifier, Left, Transmit, join, split
from .reading import SpecError
from .spec import Row, Spec, load_spec

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
    "load_spec",
    "split",
]
