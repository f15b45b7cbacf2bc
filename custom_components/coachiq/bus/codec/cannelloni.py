"""Cannelloni's datagrams: a head with a sequence number, then frames as SocketCAN flags them."""

import struct

from ..port import REMOTE, Frame

HEAD = struct.Struct(">BBBH")
FRAME = struct.Struct(">IB")
VERSION = 2
DATA = 0
# Of the length: a CAN FD frame, with one byte of flags more.
FD = 0x80
# A gap of half the numbers or more is an old datagram that was overtaken.
OVERTAKEN = 128


class CannelloniCodec:
    """Takes datagrams apart, and counts those that did not come."""

    def __init__(self) -> None:
        """Begin with nothing read or written."""
        self.garbled = 0
        self.missed = 0
        self._expected: int | None = None
        self._sequence = 0

    def decode(self, data: bytes) -> list[Frame]:
        """Return the frames of a datagram; CAN FD frames count as garbled."""
        if len(data) < HEAD.size or data[0] != VERSION:
            self.garbled += 1
            return []
        _, operation, sequence, count = HEAD.unpack_from(data)
        if operation != DATA:
            return []
        self._count(sequence)
        frames: list[Frame] = []
        at = HEAD.size
        try:
            for _ in range(count):
                can_id, length = FRAME.unpack_from(data, at)
                at += FRAME.size
                if length & FD:
                    self.garbled += 1
                    at += 1 + (length & ~FD)
                    continue
                if can_id & REMOTE:
                    frames.append((can_id, b""))
                    continue
                payload = data[at : at + length]
                if length > 8 or len(payload) != length:
                    self.garbled += 1
                    break
                frames.append((can_id, payload))
                at += length
        except struct.error:
            self.garbled += 1
        return frames

    def encode(self, frame: Frame) -> bytes:
        """Return a datagram with a data frame."""
        can_id, data = frame
        head = HEAD.pack(VERSION, DATA, self._sequence, 1)
        self._sequence = (self._sequence + 1) & 0xFF
        return head + FRAME.pack(can_id, len(data)) + data

    def _count(self, sequence: int) -> None:
        """Count the datagrams between this one and the last."""
        gap = 0 if self._expected is None else (sequence - self._expected) & 0xFF
        if gap < OVERTAKEN:
            self.missed += gap
            self._expected = (sequence + 1) & 0xFF
