"""One CAN bus each: open it, read it in batches, send at a civil pace, come back by itself."""

from .adapters import KINDS, Adapter, AdapterKind, Setting, available_adapters, check_adapter
from .link import Link, LinkState

__all__ = [
    "KINDS",
    "Adapter",
    "AdapterKind",
    "Link",
    "LinkState",
    "Setting",
    "available_adapters",
    "check_adapter",
]
