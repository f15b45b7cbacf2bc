"""Our node on one network: its address, its answers, its sign of life, its long messages."""

from collections.abc import Callable

from .address import ADDRESS_CLAIM, MAKER_CLAIM_REQUEST, NO_ADDRESS, Claim
from .clock import Clock, Timer
from .frame import GLOBAL, Identifier, Transmit, ignore, join
from .request import ACKNOWLEDGMENT, REQUEST, refusal, requested
from .transport import CONTROL, DATA, Message, Transport

PRODUCT_IDENTIFICATION = 0xFEEB
DM_RV = 0x1FECA
HEARTBEAT_EVERY = 5.0
# On and active, no lamp lit; a control panel (Table 7.2); no fault (RV-C 3.2.5.1, 2023-11).
HEARTBEAT = bytes((0b0000_0101, 68)) + b"\xff" * 6
MOST_ANSWERS = 8
# What a node has to hear, as bits 8-24 of an identifier: the low byte of most is a destination.
HEARD = frozenset(
    page | low for page in (REQUEST, DATA, CONTROL, ADDRESS_CLAIM) for low in range(256)
) | {MAKER_CLAIM_REQUEST}


class Node:
    """Does what the network asks of a node; without a sender it only puts messages together."""

    def __init__(
        self,
        *,
        clock: Clock,
        name: bytes,
        product: str,
        transmit: Transmit | None,
        is_citizen: bool = True,
        changed: Callable[[int | None], None],
        address: int | None = None,
    ) -> None:
        """Take the NAME, the product identification, a sender, and who hears of the address.

        `product` is "make*model*serial number*unit number*"; `address` skips the claim. One that is
        no citizen only claims and defends its address.
        """
        self._clock = clock
        self._changed = changed
        self._send = transmit
        self._is_citizen = is_citizen
        self._timer: Timer | None = None
        self._unsent = 0
        self._answers = {PRODUCT_IDENTIFICATION: product.encode("latin-1"), DM_RV: HEARTBEAT}
        self._transport = Transport(
            clock=clock, transmit=transmit or _nothing, address=lambda: self.address
        )
        self._claim = transmit and Claim(
            clock=clock,
            name=name,
            transmit=transmit,
            changed=self._address_changed,
            address=address,
        )

    @property
    def address(self) -> int | None:
        """Return our source address, None while we have none."""
        return self._claim.address if self._claim else None

    def start(self) -> None:
        """Begin to claim an address, if we may send at all."""
        if self._claim:
            self._claim.start()

    def stop(self) -> None:
        """Forget the address and whatever is under way."""
        if self._claim:
            self._claim.stop()
        self._transport.stop()

    def hear(self, frame: Identifier, data: bytes) -> Message | None:
        """Take in a frame of one of the `HEARD` DGNs; returns the message that it completes."""
        if frame.dgn in (CONTROL, DATA):
            return self._transport.hear(frame, data)
        if self._claim:
            self._claim.hear(frame, data)
        if self._is_citizen and frame.dgn == REQUEST and self.address is not None:
            self._answer(frame, data, self.address)
        return None

    def _answer(self, frame: Identifier, data: bytes, address: int) -> None:
        """Answer a request of ours to answer; beyond a few that still wait to leave, not."""
        dgn = requested(data)
        if dgn is None or dgn == ADDRESS_CLAIM or self._unsent >= MOST_ANSWERS:
            return
        if frame.destination not in (GLOBAL, address):
            return
        if (answer := self._answers.get(dgn)) is not None:
            self._unsent += 1
            self._transport.send(dgn, answer, left=self._left)
        elif frame.destination == address and frame.source < NO_ADDRESS and self._send:
            self._unsent += 1
            can_id = join(ACKNOWLEDGMENT, address, destination=frame.source)
            self._send(can_id, refusal(data, frame.source), self._left)

    def _left(self, _: Exception | None) -> None:
        """Note that an answer left, or could not."""
        self._unsent -= 1

    def _address_changed(self, address: int | None) -> None:
        """Begin to give signs of life, or end all that went out from the address."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if address is None:
            self._transport.stop()
        self._changed(address)
        if address is not None and self._is_citizen:
            self._live()

    def _live(self) -> None:
        """Give a sign of life, now and every five seconds."""
        self._transport.send(DM_RV, HEARTBEAT, left=ignore)
        self._timer = self._clock.call_later(HEARTBEAT_EVERY, self._live)


def _nothing(*_: object) -> None:
    """Send nothing: without an address the transport never does."""
