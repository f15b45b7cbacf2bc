"""The 29-bit identifier of a frame, to parts and back (RV-C 3.2, 2023-11)."""

from collections.abc import Callable
from typing import NamedTuple

GLOBAL = 0xFF
_LARGEST_ID = 0x1FFFFFFF
_LARGEST_DGN = 0x1FFFF

# The pages of RV-C (data page 1) whose low byte is the address of the receiver.
_ADDRESSED_PAGES = frozenset({0x17B, 0x17C, 0x17D, 0x17E, 0x17F, 0x1EF})
# Component drivers: the low byte is the type of the device, not an address (RV-C 6.48).
_DEVICE_TYPE_PAGES = range(0x160, 0x170)


# Hears that a frame has left (None), or why it could not.
type Left = Callable[[Exception | None], None]
# Sends a frame: 29-bit identifier, payload, and who hears what became of it.
type Transmit = Callable[[int, bytes, Left], object]


def ignore(_: Exception | None) -> None:
    """Let a frame that could not leave be: time-outs and repetitions deal with it."""


class Identifier(NamedTuple):
    """What an identifier says; `dgn` has a low byte of 00 where that byte is no part of the DGN."""

    priority: int
    dgn: int
    source: int
    destination: int | None


def is_addressed(dgn: int) -> bool:
    """Say whether the low byte of this DGN is a destination address."""
    page = dgn >> 8
    return page < 0xF0 or page in _ADDRESSED_PAGES


def canonical(dgn: int) -> int:
    """Return the DGN with the low byte cleared where it is an address or a device type."""
    if is_addressed(dgn) or dgn >> 8 in _DEVICE_TYPE_PAGES:
        return dgn & 0x1FF00
    return dgn


def split(can_id: int) -> Identifier:
    """Take a 29-bit identifier apart; bits above 28 and the reserved bit 25 are ignored."""
    priority, dgn, source = can_id >> 26 & 7, can_id >> 8 & _LARGEST_DGN, can_id & 0xFF
    if is_addressed(dgn):
        return Identifier(priority, dgn & 0x1FF00, source, dgn & 0xFF)
    return Identifier(priority, canonical(dgn), source, None)


def join(dgn: int, source: int, *, priority: int = 6, destination: int | None = None) -> int:
    """Put an identifier together; without `destination` the low byte of `dgn` is sent as it is.

    Raises ValueError for a part that does not fit, and for a destination where there is none.
    """
    if not (0 <= dgn <= _LARGEST_DGN and 0 <= source <= 0xFF and 0 <= priority <= 7):
        raise ValueError(f"no such identifier: {dgn=:#x} {source=:#x} {priority=}")
    if destination is not None:
        if not is_addressed(dgn) or not 0 <= destination <= 0xFF:
            raise ValueError(f"DGN {dgn:X} cannot be sent to {destination}")
        dgn = dgn & 0x1FF00 | destination
    return priority << 26 | dgn << 8 | source
