"""The serial protocol of USB-CAN-A (Waveshare, SeeedStudio): `AA`, kind, identifier, data, `55`.

Facts: SeeedStudio's protocol as python-can 4.6.1 speaks it, with frames of variable length.
"""

from ..port import EXTENDED, IDENTIFIER, REMOTE, Frame

BITRATES = {
    1_000_000: 1, 800_000: 2, 500_000: 3, 400_000: 4, 250_000: 5, 200_000: 6,
    125_000: 7, 100_000: 8, 50_000: 9, 20_000: 10, 10_000: 11, 5_000: 12,
}  # fmt: skip
BAUDRATE = 2_000_000
BEGIN = 0xAA
END = 0x55
# Kind of a frame: two bits that are always set, two flags, the length.
KIND = 0xC0
KIND_EXTENDED = 0x20
KIND_REMOTE = 0x10
KIND_LENGTH = 0x0F
# Set-up and status: `AA 55`, 17 bytes, and their sum.
STATUS = 0x55
STATUS_SIZE = 20
SET_UP = 0x12
EXTENDED_FRAMES = 2
NORMAL, SILENT = 0, 2
STANDARD_IDENTIFIER = 0x7FF


class Incomplete(Exception):  # noqa: N818  # nothing is wrong, there is only more to come
    """The rest of a frame has not come yet."""


def setup(bitrate: int, *, silent: bool) -> bytes:
    """Return what sets an adapter up to one of the `BITRATES`; silent, it acknowledges nothing."""
    mode = SILENT if silent else NORMAL
    body = bytes([SET_UP, BITRATES[bitrate], EXTENDED_FRAMES, *bytes(8), mode, 1, *bytes(4)])
    return bytes([BEGIN, STATUS]) + body + bytes([sum(body) & 0xFF])


class SeeedCodec:
    """Cuts frames out of a stream."""

    missed = 0

    def __init__(self) -> None:
        """Begin with nothing read."""
        self.garbled = 0
        self._rest = b""

    def decode(self, data: bytes) -> list[Frame]:
        """Return the frames that this piece completes."""
        data = self._rest + data
        frames: list[Frame] = []
        at = 0
        while at < len(data):
            try:
                frame, end = _next(data, at)
            except Incomplete:
                break
            except ValueError:
                self.garbled += 1
                end = data.find(BEGIN, at + 1)
                at = end if end >= 0 else len(data)
                continue
            if frame is not None:
                frames.append(frame)
            at = end
        self._rest = data[at:]
        return frames

    def encode(self, frame: Frame) -> bytes:
        """Return the bytes of a data frame."""
        can_id, data = frame
        extended = bool(can_id & EXTENDED)
        kind = KIND | (KIND_EXTENDED if extended else 0) | len(data)
        identifier = (can_id & IDENTIFIER).to_bytes(4 if extended else 2, "little")
        return bytes([BEGIN, kind]) + identifier + data + bytes([END])


def _next(data: bytes, at: int) -> tuple[Frame | None, int]:
    """Return the frame that begins there, None for a status, and where it ends.

    Raises ValueError where none can begin, Incomplete where one may go on.
    """
    if data[at] != BEGIN:
        raise ValueError
    kind = _byte(data, at + 1)
    if kind == STATUS:
        return _status(data, at)
    length = kind & KIND_LENGTH
    if kind & KIND != KIND or length > 8:
        raise ValueError
    extended = kind & KIND_EXTENDED
    start = at + (6 if extended else 4)
    end = start + length
    # The adapter's makers do not say whether a remote frame carries bytes.
    if kind & KIND_REMOTE and _byte(data, start) == END:
        end = start
    if _byte(data, end) != END:
        raise ValueError
    can_id = int.from_bytes(data[at + 2 : start], "little")
    if can_id > (IDENTIFIER if extended else STANDARD_IDENTIFIER):
        raise ValueError
    if extended:
        can_id |= EXTENDED
    if kind & KIND_REMOTE:
        return (can_id | REMOTE, b""), end + 1
    return (can_id, data[start:end]), end + 1


def _status(data: bytes, at: int) -> tuple[None, int]:
    """Return where a status ends; raises ValueError when its sum is wrong."""
    end = at + STATUS_SIZE
    if _byte(data, end - 1) != sum(data[at + 2 : end - 1]) & 0xFF:
        raise ValueError
    return None, end


def _byte(data: bytes, at: int) -> int:
    """Return a byte; raises Incomplete when it has not come yet."""
    if at >= len(data):
        raise Incomplete
    return data[at]
