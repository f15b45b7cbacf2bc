"""Messages of up to 1785 bytes, both ways (RV-C 3.2.7, 2023-11; RTS/CTS as in J1939-21)."""

from collections import Counter, deque
from collections.abc import Callable

from .clock import Clock
from .delivery import Delivery
from .frame import GLOBAL, Identifier, Left, Transmit, is_addressed, join
from .packet import CONTROL, DATA, LONGEST, TransportError
from .reassembly import Message
from .reception import Reception

__all__ = ["CONTROL", "DATA", "Message", "Transport", "TransportError"]

_MOST_WAITING = 16


class Transport:
    """Hears and sends messages; one goes out at a time to each destination, and one to all."""

    def __init__(
        self, *, clock: Clock, transmit: Transmit, address: Callable[[], int | None]
    ) -> None:
        """Take the clock, what sends a frame, and our address; without one nothing is sent."""
        self._clock = clock
        self._transmit = transmit
        self._address = address
        self._reception = Reception(clock=clock, transmit=transmit, address=address)
        # The first of each queue is on its way.
        self._queues: dict[int | None, deque[Delivery]] = {}

    @property
    def dropped(self) -> Counter[str]:
        """How many messages that were heard came to nothing, by the reason."""
        return self._reception.reassembly.dropped

    def hear(self, frame: Identifier, data: bytes) -> Message | None:
        """Take in a frame; return the long message that it completes."""
        if frame.dgn == CONTROL and len(data) >= 8 and frame.destination == self._address():
            queue = self._queues.get(frame.source)
            if queue:
                queue[0].hear(data)
        return self._reception.hear(frame, data)

    def send(
        self,
        dgn: int,
        data: bytes,
        *,
        destination: int | None = None,
        priority: int = 6,
        left: Left,
    ) -> None:
        """Send a message to one node, or to all; `left` hears when it is out, or the error.

        Up to eight bytes are a frame, filled up with FF. More is broadcast in packets, or, with a
        destination, sent as fast as that node takes it; it is out when that node has said so.
        Raises ValueError when it is empty, longer than 1785 bytes, or has no such identifier.
        """
        to = GLOBAL if destination is None else destination
        if not 1 <= len(data) <= LONGEST or not 0 <= to <= GLOBAL:
            raise ValueError(f"{len(data)} bytes cannot be sent to {to}, only 1 to {LONGEST}")
        addressed, source = is_addressed(dgn), self._address()
        can_id = join(dgn, source or 0, priority=priority, destination=to if addressed else None)
        if source is None:
            left(TransportError("this node has no address"))
        elif len(data) <= 8:
            self._transmit(can_id, data.ljust(8, b"\xff"), left)
        else:
            delivery = Delivery(
                clock=self._clock,
                transmit=self._transmit,
                address=self._address,
                dgn=(dgn & 0x1FF00 if addressed else dgn).to_bytes(3, "little"),
                data=data,
                destination=None if to == GLOBAL else to,
                priority=priority,
                left=left,
                done=self._go_on,
            )
            self._queue(delivery)

    def stop(self) -> None:
        """Break off everything without a word on the bus; whoever waits hears an error."""
        self._reception.stop()
        queues, self._queues = self._queues, {}
        for delivery in [delivery for queue in queues.values() for delivery in queue]:
            delivery.stop()
            delivery.left(TransportError("stopped"))

    def _queue(self, delivery: Delivery) -> None:
        """Begin with a message, or let it wait for its turn."""
        queue = self._queues.setdefault(delivery.destination, deque())
        if len(queue) > _MOST_WAITING:
            delivery.left(TransportError("too many messages wait to be sent"))
            return
        queue.append(delivery)
        if len(queue) == 1:
            delivery.start()

    def _go_on(self, delivery: Delivery, error: Exception | None) -> None:
        """Begin with the next message to the same destination, and report on this one."""
        queue = self._queues[delivery.destination]
        queue.popleft()
        if queue:
            queue[0].start()
        else:
            del self._queues[delivery.destination]
        delivery.left(error)
