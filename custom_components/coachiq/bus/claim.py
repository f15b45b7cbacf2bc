"""The address of this node: asked for, claimed, defended (RV-C section 3.3, 2023-11)."""

from collections.abc import Callable
from functools import partial

from ..rvc import Clock, Identifier, Timer

ADDRESS_CLAIM = 0xEE00
REQUEST = 0xEA00
NO_ADDRESS = 254
EVERYONE = 255
FIRST_ADDRESS = 158
LAST_ADDRESS = 144
WAIT = 0.250
RETRY = 60.0
CLAIM_REQUEST = bytes((0x00, 0xEE, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF))
UNREGISTERED_MANUFACTURER = 0x7FF

type Transmit = Callable[[int, int, bytes, int | None], None]


def make_name(serial: int) -> bytes:
    """Return our 64-bit NAME: a 21-bit serial number, no registered maker, a movable address."""
    dynamic = 1 << 63
    name = dynamic | UNREGISTERED_MANUFACTURER << 21 | serial & 0x1FFFFF
    return name.to_bytes(8, "little")


class Claim:
    """Claims one address and keeps it; the lower NAME wins, the loser takes the next address."""

    def __init__(
        self,
        *,
        clock: Clock,
        name: bytes,
        transmit: Transmit,
        changed: Callable[[int | None], None],
        address: int | None = None,
    ) -> None:
        """Take the NAME, a sender (DGN, source, data, destination) and who hears of the address.

        With `address` given nothing is asked for: it is taken as ours at once.
        """
        self._clock = clock
        self._name = name
        self._transmit = transmit
        self._changed = changed
        self._fixed = address
        self._candidate = FIRST_ADDRESS
        self._asked = False
        self._timer: Timer | None = None
        self.address: int | None = None

    def start(self) -> None:
        """Begin to claim, or take the fixed address."""
        self.stop()
        if self._fixed is not None:
            self._set(self._fixed)
        else:
            self._ask(FIRST_ADDRESS)

    def stop(self) -> None:
        """Forget the address; nothing is sent any more."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._asked = False
        self._set(None)

    def hear(self, frame: Identifier, data: bytes) -> None:
        """Take in an address claim, or a request for ours."""
        claiming = self._candidate if self._timer and not self._asked else None
        held = claiming if self.address is None else self.address
        if frame.dgn == REQUEST:
            wanted = data[:3] == CLAIM_REQUEST[:3]
            if wanted and held is not None and frame.destination in (EVERYONE, held):
                self._send_claim(held)
            return
        if len(data) < len(self._name) or data[:8] == self._name:
            # Some gateways hand us our own frames back.
            return
        rival_wins = data[:8][::-1] < self._name[::-1]
        if held is not None and frame.source == held:
            if not rival_wins:
                self._send_claim(held)
            elif self._fixed is None:
                self._set(None)
                self._ask(held - 1)
        elif self._asked and frame.source == self._candidate != NO_ADDRESS:
            self._ask(self._candidate - 1)

    def _ask(self, candidate: int) -> None:
        """Ask whether anybody holds the address; after 250 ms of silence it is claimed."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if candidate < LAST_ADDRESS:
            # All are taken; somebody may leave.
            self._candidate, self._asked = NO_ADDRESS, True
            self._timer = self._clock.call_later(RETRY, partial(self._ask, FIRST_ADDRESS))
            return
        self._candidate, self._asked = candidate, True
        self._transmit(REQUEST, NO_ADDRESS, CLAIM_REQUEST, candidate)
        self._timer = self._clock.call_later(WAIT, self._claim)

    def _claim(self) -> None:
        """Claim the candidate; after another 250 ms without a stronger claim it is ours."""
        self._asked = False
        self._send_claim(self._candidate)
        self._timer = self._clock.call_later(WAIT, self._win)

    def _win(self) -> None:
        """Take the candidate as our address."""
        self._timer = None
        self._set(self._candidate)

    def _send_claim(self, address: int) -> None:
        """Broadcast the claim in RV-C's form, EE00."""
        self._transmit(ADDRESS_CLAIM, address, self._name, 0)

    def _set(self, address: int | None) -> None:
        """Change the address and say so."""
        if self.address != address:
            self.address = address
            self._changed(address)
