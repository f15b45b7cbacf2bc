"""Yacht Devices' RAW: `17:33:21.107 R 19F51323 01 2F 30 70 00 2F 30 70`, a line a frame."""

from ..port import EXTENDED, IDENTIFIER, Frame
from . import cut

# Longer than any line: 12 characters of time, a letter, 8 of the identifier, 8 bytes of data.
LONGEST_LINE = 96
RECEIVED = b" R "
# What we sent is told to us once it is on the network.
SENT = b" T "


class YachtCodec:
    """Puts lines together from the pieces of a stream."""

    missed = 0

    def __init__(self) -> None:
        """Begin with nothing read."""
        self.garbled = 0
        self._rest = b""

    def decode(self, data: bytes) -> list[Frame]:
        """Return the frames of the lines that this piece completes."""
        lines, self._rest, lost = cut(self._rest + data, b"\n", LONGEST_LINE)
        self.garbled += lost
        frames = []
        for line in lines:
            # From the right: the end of a broken line may stand before a good one.
            _, received, text = line.rpartition(RECEIVED)
            try:
                if received:
                    frames.append(_frame(text))
                elif line.strip() and SENT not in line:
                    self.garbled += 1
            except ValueError:
                self.garbled += 1
        return frames

    def encode(self, frame: Frame) -> bytes:
        """Return the line that makes the gateway send an extended data frame."""
        can_id, data = frame
        return b"%08X %s\r\n" % (can_id & IDENTIFIER, data.hex(" ").upper().encode())


def _frame(text: bytes) -> Frame:
    """Return the frame of an identifier and its bytes; raises ValueError."""
    raw = bytes.fromhex(text.decode())
    can_id = int.from_bytes(raw[:4])
    if not 4 <= len(raw) <= 12 or can_id > IDENTIFIER:
        raise ValueError
    return can_id | EXTENDED, raw[4:]
