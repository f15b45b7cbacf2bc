"""RV-C: identifiers, the table of DGNs, and payloads to typed values and back."""

from .field import Code, EncodeError, Field, Value
from .frame import GLOBAL, Identifier, join, split
from .reading import SpecError
from .spec import Row, Spec, load_spec

__all__ = [
    "GLOBAL",
    "Code",
    "EncodeError",
    "Field",
    "Identifier",
    "Row",
    "Spec",
    "SpecError",
    "Value",
    "join",
    "load_spec",
    "split",
]
