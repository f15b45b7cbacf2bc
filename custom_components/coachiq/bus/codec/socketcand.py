"""Messages of socketcand: `< frame 19FEDA8A 23.424242 307EC8FCFF0104FF >`."""

from ..port import ERROR, EXTENDED, IDENTIFIER, Frame
from . import cut

# Longer than any message: 13 characters more than a frame with spaces between its bytes.
LONGEST_MESSAGE = 128
# Answers that say nothing of the bus.
ANSWERS = frozenset({b"ok", b"hi", b"echo"})
STANDARD_DIGITS = 3
EXTENDED_DIGITS = 8
LARGEST = {STANDARD_DIGITS: 0x7FF, EXTENDED_DIGITS: IDENTIFIER}


class SocketcandCodec:
    """Puts messages together from the pieces of a stream."""

    missed = 0

    def __init__(self) -> None:
        """Begin with nothing read."""
        self.garbled = 0
        self._rest = b""

    def decode(self, data: bytes) -> list[Frame]:
        """Return the frames of the messages that this piece completes."""
        messages, self._rest, lost = cut(self._rest + data, b">", LONGEST_MESSAGE)
        self.garbled += lost
        frames = []
        for message in messages:
            before, begin, text = message.rpartition(b"<")
            if before.strip() or not begin:
                self.garbled += 1
            try:
                frame = _frame(text) if begin else None
            except ValueError:
                self.garbled += 1
            else:
                if frame is not None:
                    frames.append(frame)
        return frames

    def encode(self, frame: Frame) -> bytes:
        """Return the message that makes the daemon send a data frame."""
        can_id, data = frame
        digits = EXTENDED_DIGITS if can_id & EXTENDED else STANDARD_DIGITS
        words = [f"{can_id & IDENTIFIER:0{digits}X}", str(len(data)), *(f"{one:X}" for one in data)]
        return message(f"send {' '.join(words)}")


def message(text: str) -> bytes:
    """Return a message to the daemon."""
    return f"< {text} >".encode()


def _frame(text: bytes) -> Frame | None:
    """Return the frame of a message, None for an answer; raises ValueError for another."""
    kind, *words = text.split()[:3] or [b""]
    if kind in ANSWERS:
        return None
    if kind not in (b"frame", b"error") or len(words) != 2:
        raise ValueError
    # The bytes come with spaces between them or without.
    _, _, _, *rest = text.split(maxsplit=3)
    data = bytes.fromhex(rest[0].decode()) if rest else b""
    can_id = int(words[0], 16)
    float(words[1])
    if kind == b"error":
        if not 0 <= can_id <= IDENTIFIER:
            raise ValueError
        return ERROR | can_id, data[:8].ljust(8, b"\0")
    if not 0 <= can_id <= LARGEST.get(len(words[0]), -1) or len(data) > 8:
        raise ValueError
    return can_id | (EXTENDED if len(words[0]) == EXTENDED_DIGITS else 0), data
