"""A long message on its way out: to all, or at the pace of the one who receives it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .clock import Clock, Timer
from .frame import GLOBAL, Left, Transmit, join
from .packet import (
    ABORT,
    ABORT_REASONS,
    BROADCAST,
    CLEAR_TO_SEND,
    CONTROL,
    DATA,
    END_OF_MESSAGE,
    PACKET_BYTES,
    REQUEST_TO_SEND,
    TIME_OUT,
    WINDOW,
    TransportError,
    count_packets,
    make_abort,
)

# Seconds: between two frames of a broadcast (RV-C 3.2.7), and how long the receiver may take to
# answer and to go on after it asked to wait (J1939-21's T3 and T4).
_GAP = 0.050
_ANSWER = 1.250
_HOLD = 1.050


@dataclass(slots=True, kw_only=True, eq=False)
class Delivery:
    """One message to one destination, or to all with None.

    `done` hears that the message is out, or has arrived where it has one receiver, or the error.
    """

    clock: Clock
    transmit: Transmit
    address: Callable[[], int | None]
    dgn: bytes
    data: bytes
    destination: int | None
    priority: int
    left: Left
    done: Callable[[Delivery, Exception | None], None]
    _source: int | None = field(init=False, default=None)
    # The packet that goes next, the last that may go by now, and how many went at least once.
    _next: int = field(init=False, default=1)
    _until: int = field(init=False, default=0)
    _reached: int = field(init=False, default=0)
    # Whether a frame was handed over that has not left yet.
    _leaving: bool = field(init=False, default=False)
    _over: bool = field(init=False, default=False)
    _timer: Timer | None = field(init=False, default=None)

    @property
    def _count(self) -> int:
        return count_packets(len(self.data))

    def start(self) -> None:
        """Announce the message."""
        self._source = self.address()
        code, most = REQUEST_TO_SEND, WINDOW
        if self.destination is None:
            code, most, self._until = BROADCAST, 0xFF, self._count
        length = len(self.data).to_bytes(2, "little")
        self._send(CONTROL, bytes((code, *length, self._count, most)) + self.dgn)

    def stop(self) -> None:
        """Say no more, and hear no more."""
        self._over = True
        self._cancel()

    def hear(self, data: bytes) -> None:
        """Take in a CONTROL frame of at least eight bytes that the receiver has sent to us."""
        if data[5:8] != self.dgn:
            return
        if data[0] == CLEAR_TO_SEND:
            self._go_on(data[1], data[2])
        elif data[0] == END_OF_MESSAGE and self._reached == self._count:
            self._finish(None)
        elif data[0] == ABORT:
            reason = ABORT_REASONS.get(data[1], f"reason {data[1]}")
            self._finish(TransportError(f"node {self.destination:02X} gave up: {reason}"))

    def _go_on(self, number: int, first: int) -> None:
        """Send so many packets from the first on, or wait when it is none."""
        if number == 0:
            self._until = self._next - 1
            self._wait(_HOLD, self._give_up)
        elif 1 <= first <= self._count:
            self._cancel()
            self._next = first
            self._until = min(first + min(number, WINDOW) - 1, self._count)
            if not self._leaving:
                self._send_packet()

    def _send_packet(self) -> None:
        """Send the next packet."""
        number = self._next
        packet = self.data[(number - 1) * PACKET_BYTES : number * PACKET_BYTES]
        self._next += 1
        self._reached = max(self._reached, number)
        self._send(DATA, bytes((number,)) + packet.ljust(PACKET_BYTES, b"\xff"))

    def _send(self, dgn: int, data: bytes) -> None:
        """Send a frame, unless the address we began with is no longer ours."""
        if self._source is None or self.address() != self._source:
            self._finish(TransportError("this node has no address"))
            return
        self._leaving = True
        to = GLOBAL if self.destination is None else self.destination
        can_id = join(dgn, self._source, priority=self.priority, destination=to)
        self.transmit(can_id, data, self._follow_up)

    def _follow_up(self, error: Exception | None) -> None:
        """Do what comes next when a frame has left."""
        self._leaving = False
        if self._over:
            return
        if error is not None:
            self._finish(error)
        elif self._next <= self._until:
            if self.destination is None:
                self._wait(_GAP, self._send_packet)
            else:
                self._send_packet()
        elif self.destination is None:
            self._finish(None)
        else:
            self._wait(_ANSWER, self._give_up)

    def _give_up(self) -> None:
        """End a conversation in which the receiver has fallen silent."""
        self._send(CONTROL, make_abort(TIME_OUT, self.dgn))
        self._finish(TransportError(f"node {self.destination:02X} did not answer in time"))

    def _finish(self, error: Exception | None) -> None:
        """Stop, and say how it went; what comes after is of no account."""
        if not self._over:
            self.stop()
            self.done(self, error)

    def _wait(self, seconds: float, then: Callable[[], None]) -> None:
        """Wait for that long, for nothing else."""
        self._cancel()
        self._timer = self.clock.call_later(seconds, then)

    def _cancel(self) -> None:
        """Wait no longer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
