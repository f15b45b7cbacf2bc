"""Messages longer than a frame, put together from their packets (RV-C 3.2.7, 2023-11)."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from .frame import GLOBAL, Identifier, canonical, is_addressed, join
from .packet import (
    ABORT,
    BROADCAST,
    CLEAR_TO_SEND,
    CONTROL,
    DATA,
    END_OF_MESSAGE,
    LONGEST,
    PACKET_BYTES,
    REQUEST_TO_SEND,
    count_packets,
)

_MOST_TRANSFERS = 64
_LARGEST_DGN = 0x1FFFF
# Seconds without a packet that end a transfer, J1939-21's T1 and T2; RV-C's limit is 0.5 s.
_SILENCE_BROADCAST = 0.750
_SILENCE_ADDRESSED = 1.250

# The addresses of who sends and of who receives.
type Pair = tuple[int, int]


class Message(NamedTuple):
    """A whole message; `dgn` is as in an Identifier, `destination` is None if it was for all."""

    dgn: int
    source: int
    destination: int | None
    data: bytes

    @property
    def can_id(self) -> int:
        """The identifier that a frame of the same DGN would have."""
        to = GLOBAL if self.destination is None else self.destination
        return join(self.dgn, self.source, destination=to if is_addressed(self.dgn) else None)


@dataclass(slots=True, kw_only=True)
class _Transfer:
    """What was announced, when it was last heard of, and the packets so far by their number."""

    dgn: int
    length: int
    count: int
    silence: float
    heard: float
    packets: dict[int, bytes] = field(default_factory=dict)


class Reassembly:
    """Follows every transfer on the bus, also those between two other nodes, and says nothing.

    At most 64 are followed at once. `dropped` counts what came to nothing, by the reason.
    """

    def __init__(self) -> None:
        """Begin without a transfer."""
        self._transfers: dict[Pair, _Transfer] = {}
        self.dropped: Counter[str] = Counter()

    def hear(self, frame: Identifier, data: bytes, now: float) -> Message | None:
        """Take in a frame at a moment in seconds; return the message that it completes."""
        if frame.destination is None:
            return None
        pair = frame.source, frame.destination
        if frame.dgn == DATA and data:
            return self._take(pair, data, now)
        if frame.dgn == CONTROL and len(data) >= 8:
            self._control(pair, data, now)
        return None

    def hole(self, pair: Pair) -> range | None:
        """Return the first run of packets that a transfer lacks; None when there is no transfer."""
        transfer = self._transfers.get(pair)
        if transfer is None:
            return None
        first = next(n for n in count(1) if n not in transfer.packets)
        end = next(n for n in count(first) if n in transfer.packets or n > transfer.count)
        return range(first, end)

    def _control(self, pair: Pair, data: bytes, now: float) -> None:
        """Begin a transfer, end it, or learn that its receiver still wants it."""
        code, dgn = data[0], int.from_bytes(data[5:8], "little")
        reverse = pair[1], pair[0]
        if code in {BROADCAST, REQUEST_TO_SEND}:
            self._announce(pair, dgn, data, now)
        elif code == CLEAR_TO_SEND:
            transfer = self._current(reverse, dgn, now)
            if transfer is not None:
                transfer.heard = now
        elif code == END_OF_MESSAGE and self._current(reverse, dgn, now):
            self._drop(reverse, "missed packets")
        elif code == ABORT:
            for either in (pair, reverse):
                if self._current(either, dgn, now):
                    self._drop(either, "aborted")

    def _announce(self, pair: Pair, dgn: int, data: bytes, now: float) -> None:
        """Begin a transfer; it takes the place of the one before between the same two."""
        if self._current(pair, None, now):
            self._drop(pair, "replaced")
        length, packets = data[1] | data[2] << 8, data[3]
        for_all = pair[1] == GLOBAL
        if (
            for_all != (data[0] == BROADCAST)
            or not 1 <= length <= LONGEST
            or packets != count_packets(length)
            or dgn > _LARGEST_DGN
        ):
            self.dropped["impossible"] += 1
            return
        if len(self._transfers) >= _MOST_TRANSFERS:
            self._make_room(now)
        self._transfers[pair] = _Transfer(
            dgn=canonical(dgn),
            length=length,
            count=packets,
            silence=_SILENCE_BROADCAST if for_all else _SILENCE_ADDRESSED,
            heard=now,
        )

    def _take(self, pair: Pair, data: bytes, now: float) -> Message | None:
        """Keep a packet; return the message when it was the last that was missing."""
        transfer = self._current(pair, None, now)
        if transfer is None:
            return None
        number = data[0]
        if not 1 <= number <= transfer.count:
            self._drop(pair, "wrong number")
            return None
        size = min(PACKET_BYTES, transfer.length - PACKET_BYTES * (number - 1))
        packet = data[1 : 1 + size]
        if len(packet) < size:
            self.dropped["short packet"] += 1
            return None
        if transfer.packets.setdefault(number, packet) != packet:
            self._drop(pair, "contradiction")
            return None
        transfer.heard = now
        if len(transfer.packets) < transfer.count:
            return None
        del self._transfers[pair]
        source, destination = pair
        whole = b"".join(transfer.packets[n] for n in range(1, transfer.count + 1))
        return Message(transfer.dgn, source, None if destination == GLOBAL else destination, whole)

    def _current(self, pair: Pair, dgn: int | None, now: float) -> _Transfer | None:
        """Return the transfer of the pair, of this DGN if one is given, that is still alive."""
        transfer = self._transfers.get(pair)
        if transfer is None or (dgn is not None and canonical(dgn) != transfer.dgn):
            return None
        if now - transfer.heard > transfer.silence:
            self._drop(pair, "time-out")
            return None
        return transfer

    def _make_room(self, now: float) -> None:
        """Drop one that has timed out, else one without a packet yet, else what waits longest."""

        def worth(pair: Pair) -> tuple[bool, bool, float]:
            transfer = self._transfers[pair]
            alive = now - transfer.heard <= transfer.silence
            return alive, bool(transfer.packets), transfer.heard

        pair = min(self._transfers, key=worth)
        if self._current(pair, None, now):
            self._drop(pair, "full")

    def _drop(self, pair: Pair, reason: str) -> None:
        """Forget a transfer and count why."""
        del self._transfers[pair]
        self.dropped[reason] += 1
