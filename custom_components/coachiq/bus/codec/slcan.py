"""Lines of slcan (Lawicel's protocol): `T19FEDA8A8307EC8FCFF0104FF` and a carriage return."""

from ..port import ERROR, EXTENDED, IDENTIFIER, REMOTE, Frame
from . import cut

BITRATES = {
    10_000: 0, 20_000: 1, 50_000: 2, 100_000: 3, 125_000: 4,
    250_000: 5, 500_000: 6, 750_000: 7, 1_000_000: 8,
}  # fmt: skip
CLOSE = b"C\r"
# Longer than any line: 26 characters of a frame, and the time that some adapters add.
LONGEST_LINE = 64
# Some adapters add four digits of time.
STAMPS = (0, 4)
# Of a line of an extended frame without its data.
LENGTHS = tuple(10 + stamp for stamp in STAMPS)
# By its letter: how many digits the identifier has, and its flags.
KINDS = {b"t": (3, 0), b"R": (8, EXTENDED | REMOTE), b"r": (3, REMOTE)}
LARGEST = {3: 0x7FF, 8: IDENTIFIER}
# Answers to what we write, and states, which say nothing of the bus.
ANSWERS = (b"", b"z", b"Z", b"V", b"v", b"N", b"F", b"s")


def setup(bitrate: int, *, silent: bool) -> bytes:
    """Return what sets an adapter up to one of the `BITRATES`; silent, it acknowledges nothing."""
    # The firmware of CANable knows silence as a mode, others as another way to open; each leaves
    # what it does not know unanswered, or refuses to open twice.
    way = b"M1\rL\rO" if silent else b"M0\rO"
    return b"\rC\rS%d\r%s\r" % (BITRATES[bitrate], way)


class SlcanCodec:
    """Puts lines together from the pieces of a stream."""

    missed = 0

    def __init__(self) -> None:
        """Begin with nothing read."""
        self.garbled = 0
        self._rest = b""

    def decode(self, data: bytes) -> list[Frame]:
        """Return the frames of the lines that this piece completes."""
        lines, self._rest, lost = cut(self._rest + data, b"\r", LONGEST_LINE)
        self.garbled += lost
        frames = []
        for line in lines:
            try:
                frame = _extended(line) if line[:1] == b"T" else _other(line)
            except ValueError, IndexError:
                self.garbled += 1
            else:
                if frame is not None:
                    frames.append(frame)
        return frames

    def encode(self, frame: Frame) -> bytes:
        """Return the line of an extended data frame."""
        can_id, data = frame
        return b"T%08X%d%s\r" % (can_id & IDENTIFIER, len(data), data.hex().upper().encode())


def _extended(line: bytes) -> Frame:
    """Return the frame of a T line, as nearly all are; raises ValueError or IndexError."""
    length = line[9] - 48
    raw = bytes.fromhex((line[1:9] + line[10 : 10 + 2 * length]).decode())
    can_id = int.from_bytes(raw[:4])
    if len(raw) != 4 + length or length > 8 or can_id > IDENTIFIER:
        raise ValueError
    if len(line) - 2 * length not in LENGTHS:
        raise ValueError
    return can_id | EXTENDED, raw[4:]


def _other(line: bytes) -> Frame | None:
    """Return a rarer frame, None for an answer; raises ValueError for what is neither."""
    # A refusal (a bell) has no carriage return of its own.
    line = line.lstrip(b"\a\n")
    kind = line[:1]
    if kind == b"T":
        return _extended(line)
    if kind == b"e":  # how the kernel's driver writes errors
        return ERROR, bytes(8)
    if kind in ANSWERS:
        return None
    if kind not in KINDS:
        raise ValueError
    digits, flags = KINDS[kind]
    can_id = int(line[1 : digits + 1], 16)
    length = line[digits + 1] - 48
    data = b"" if flags & REMOTE else bytes.fromhex(line[digits + 2 :][: 2 * length].decode())
    stamp = len(line) - digits - 2 - 2 * len(data)
    if not 0 <= length <= 8 or not 0 <= can_id <= LARGEST[digits] or stamp not in STAMPS:
        raise ValueError
    if not flags & REMOTE and len(data) != length:
        raise ValueError
    return can_id | flags, data
