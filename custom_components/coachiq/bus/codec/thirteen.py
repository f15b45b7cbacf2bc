"""The 13 bytes of CAN-to-Ethernet converters: flags and length, identifier, data.

Waveshare's and EBYTE's frames follow each other in a stream, or in a datagram.
"""

import struct

from ..port import EXTENDED, IDENTIFIER, REMOTE, Frame

LAYOUT = struct.Struct(">BI8s")
SIZE = LAYOUT.size
HEAD_EXTENDED = 0x80
HEAD_REMOTE = 0x40
HEAD_RESERVED = 0x30
HEAD_LENGTH = 0x0F
STANDARD_IDENTIFIER = 0x7FF


class ThirteenCodec:
    """Cuts a stream into frames; one that came out of step has two in a row to prove itself."""

    missed = 0

    def __init__(self) -> None:
        """Begin with nothing read, in step: a gateway begins with a whole frame."""
        self.garbled = 0
        self._rest = b""
        self._in_step = True

    def decode(self, data: bytes) -> list[Frame]:
        """Return the frames that this piece completes."""
        data = self._rest + data
        frames: list[Frame] = []
        at = 0
        while at + SIZE <= len(data):
            frame = _frame(data, at)
            if not self._in_step and frame is not None:
                if at + 2 * SIZE > len(data):
                    break
                self._in_step = _frame(data, at + SIZE) is not None
            if frame is not None and self._in_step:
                frames.append(frame)
                at += SIZE
                continue
            if self._in_step:
                self.garbled += 1
                self._in_step = False
            elif frame is None and not at % SIZE:
                # So that a flood of garbage is counted as more than its beginning.
                self.garbled += 1
            at += 1
        self._rest = data[at:]
        return frames

    def encode(self, frame: Frame) -> bytes:
        """Return the 13 bytes of a data frame."""
        return _encode(frame)


class ThirteenDatagramCodec:
    """Takes datagrams of whole frames apart."""

    missed = 0

    def __init__(self) -> None:
        """Begin with nothing read."""
        self.garbled = 0

    def decode(self, data: bytes) -> list[Frame]:
        """Return the frames of a datagram."""
        found = [_frame(data, at) for at in range(0, len(data) - SIZE + 1, SIZE)]
        frames = [frame for frame in found if frame is not None]
        self.garbled += len(found) - len(frames) + (len(data) % SIZE != 0 or not data)
        return frames

    def encode(self, frame: Frame) -> bytes:
        """Return the datagram of a data frame."""
        return _encode(frame)


def _frame(data: bytes, at: int) -> Frame | None:
    """Return the frame that begins there, None where none can begin."""
    head, can_id, payload = LAYOUT.unpack_from(data, at)
    length = head & HEAD_LENGTH
    if head & HEAD_RESERVED or length > 8:
        return None
    if can_id > (IDENTIFIER if head & HEAD_EXTENDED else STANDARD_IDENTIFIER):
        return None
    if head & HEAD_EXTENDED:
        can_id |= EXTENDED
    if head & HEAD_REMOTE:
        return can_id | REMOTE, b""
    return can_id, payload if length == 8 else payload[:length]


def _encode(frame: Frame) -> bytes:
    """Return the 13 bytes of a data frame."""
    can_id, data = frame
    head = len(data) | (HEAD_EXTENDED if can_id & EXTENDED else 0)
    return LAYOUT.pack(head, can_id & IDENTIFIER, data)
