"""Asking for a DGN, and the answer that there is none (RV-C 3.2.4.3, 3.2.4.4, 2023-11)."""

REQUEST = 0xEA00
ACKNOWLEDGMENT = 0xE800
_NAK = 1


def request(dgn: int) -> bytes:
    """Return the payload that asks for a DGN, of all instances."""
    return dgn.to_bytes(3, "little") + b"\xff" * 5


def requested(data: bytes) -> int | None:
    """Return the DGN that a payload asks for, J1939's of three bytes too; None if cut off."""
    return int.from_bytes(data[:3], "little") if len(data) >= 3 else None


def refusal(data: bytes, requester: int) -> bytes:
    """Return the payload that says no to a request: none of our instances has that DGN."""
    instance = data[3] if len(data) > 3 else 0xFF
    bank = data[4] if len(data) > 4 else 0xFF
    return bytes((_NAK, instance, bank | 0xF0, 0xFF, requester)) + data[:3]
