"""By what the nodes of a bus are told apart, whatever address they have today.

A name is part of unique ids: it has no hyphen, and how it is made never changes.
"""

import re

# The NAME of 3.3.2 (RV-C, 2023-11) begins with 21 bits of identity and 11 of the maker.
NAME_BYTES = 8
_IDENTITY_BITS = 21
_MAKER = 0x7FF
_CLAIMED, _PRODUCT, _ADDRESS = "n", "p", "sa"


def claimed_name(data: bytes) -> str | None:
    """Return the maker and the serial number in an address claim; None without a serial number."""
    identity = int.from_bytes(data[:4], "little") & (1 << _IDENTITY_BITS) - 1
    if len(data) < NAME_BYTES or not identity:
        return None
    return f"{_CLAIMED}{maker_of_claim(data)}.{identity}"


def maker_of_claim(data: bytes) -> int | None:
    """Return the number of the maker in an address claim; None for a short one."""
    if len(data) < NAME_BYTES:
        return None
    return int.from_bytes(data[:4], "little") >> _IDENTITY_BITS & _MAKER


def product_name(make: str | None, model: str | None, serial: str | None) -> str | None:
    """Return what a product identification says a node is; None without a serial number."""
    if not serial:
        return None
    words = [re.sub(r"[^a-z0-9]+", "_", (part or "").lower()) for part in (make, model, serial)]
    return _PRODUCT + ".".join(words)


def provisional_name(source: int) -> str:
    """Return what a node is called that has not said who it is: its address."""
    return f"{_ADDRESS}{source:02x}"


def best_name(old: str | None, new: str) -> str:
    """Return which of two names of the node at an address to use: of two alike the newer one."""
    return old if old and rank(old) > rank(new) else new


def rank(name: str) -> int:
    """Return how much a name is worth: an address least, what was claimed most."""
    kinds = (_ADDRESS, _PRODUCT, _CLAIMED)
    return next(worth for worth, kind in enumerate(kinds) if name.startswith(kind))
