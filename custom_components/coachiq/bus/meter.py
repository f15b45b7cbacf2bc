"""What frames weigh on a bus, and what its error frames say."""

from .port import EXTENDED, Frame

# Start, arbitration, control, CRC, acknowledge, end and interframe space (ISO 11898-1), without
# stuff bits: of an extended and of a standard frame.
EXTENDED_BITS = 67
STANDARD_BITS = 47
# 141.9 bits were measured for RV-C frames of 131, exact stuffing and CRC included.
STUFFING = 1.083
# Classes of error frames (linux/can/error.h), the gravest first.
ERROR_KINDS = (
    (0x040, "bus_off"),
    (0x020, "no_acknowledge"),
    (0x004, "controller"),
    (0x080, "bus_error"),
    (0x008, "protocol"),
    (0x010, "transceiver"),
    (0x001, "send_timeout"),
    (0x002, "arbitration_lost"),
    (0x100, "restarted"),
)


def bits_of(frames: list[Frame]) -> float:
    """Return about how many bits the frames took on the wire."""
    count = 0
    for can_id, data in frames:
        count += (EXTENDED_BITS if can_id & EXTENDED else STANDARD_BITS) + 8 * len(data)
    return count * STUFFING


def error_kind(can_id: int) -> str:
    """Return what an error frame is about, in a word."""
    return next((name for bit, name in ERROR_KINDS if can_id & bit), "other")
