"""Identifiers and payloads, made from bytes that were seen on a real bus.

Nothing here knows the project's own tables: an error in them must show against this coach.
"""

type Frame = tuple[int, bytes]

REQUEST = 0xEA00
ACKNOWLEDGMENT = 0xE800
ADDRESS_CLAIM = 0xEE00
PRODUCT_IDENTIFICATION = 0xFEEB
INITIAL_PACKET = 0xECFF
DATA_PACKET = 0xEBFF

NO_DATA_8 = 0xFF
NO_DATA_16 = 0xFFFF


def identifier(dgn: int, source: int, *, priority: int = 6) -> int:
    """Return the 29-bit identifier; a destination is already in the low byte of `dgn`."""
    return priority << 26 | dgn << 8 | source


def patched(template: bytes, *parts: tuple[int, int, int]) -> bytes:
    """Return `template` with each (byte, width in bytes, value) written little-endian."""
    payload = bytearray(template)
    for start, width, value in parts:
        payload[start : start + width] = value.to_bytes(width, "little")
    return bytes(payload)


def word(data: bytes, start: int) -> int:
    """Return the 16 bits at byte `start`."""
    return int.from_bytes(data[start : start + 2], "little")


def padded(data: bytes) -> bytes:
    """Return exactly 8 bytes: what a short frame leaves out is "no data"."""
    return data[:8].ljust(8, b"\xff")


def kelvin_raw(celsius: float) -> int:
    """Return degrees Celsius as a 16-bit temperature, 1/32 degree from -273."""
    return round((celsius + 273) * 32)
