"""RV-C: the tables of DGNs, payloads to typed values and back, and a node of the network."""

from .active import ActiveFault, ActiveFaults, Changes
from .address import ADDRESS_CLAIM, make_name
from .clock import Clock, Timer
from .command import Argument, Command
from .diagnostics import Diagnostics, Words, load_diagnostics
from .fault import Fault, Report, chassis_words, read_dm1, read_dm_rv, words
from .field import Code, EncodeError, Field, Value
from .frame import GLOBAL, Identifier, Left, Transmit, join, split
from .intent import COMMANDS
from .node import HEARD, Node
from .reading import SpecError
from .reassembly import Message, Reassembly
from .request import ACKNOWLEDGMENT, REQUEST, request
from .row import Row
from .spec import Spec, load_chassis_spec, load_spec
from .transport import Transport, TransportError

__all__ = [
    "ACKNOWLEDGMENT",
    "ADDRESS_CLAIM",
    "COMMANDS",
    "GLOBAL",
    "HEARD",
    "REQUEST",
    "ActiveFault",
    "ActiveFaults",
    "Argument",
    "Changes",
    "Clock",
    "Code",
    "Command",
    "Diagnostics",
    "EncodeError",
    "Fault",
    "Field",
    "Identifier",
    "Left",
    "Message",
    "Node",
    "Reassembly",
    "Report",
    "Row",
    "Spec",
    "SpecError",
    "Timer",
    "Transmit",
    "Transport",
    "TransportError",
    "Value",
    "Words",
    "chassis_words",
    "join",
    "load_chassis_spec",
    "load_diagnostics",
    "load_spec",
    "make_name",
    "read_dm1",
    "read_dm_rv",
    "request",
    "split",
    "words",
]
