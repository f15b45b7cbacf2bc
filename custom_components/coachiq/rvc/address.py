"""The address of our node: asked for, claimed, defended, lost (RV-C section 3.3, 2023-11)."""

from collections.abc import Callable
from functools import partial

from .clock import Clock, Timer
from .frame import GLOBAL, Identifier, Transmit, ignore, join
from .request import REQUEST, request, requested

ADDRESS_CLAIM = 0xEE00
MAKER_CLAIM_REQUEST = 0x1FED6
NO_ADDRESS = 254
# The range of control panels (Table 7.2), from the top; 159 is left to the coach's own.
FIRST_ADDRESS = 158
LAST_ADDRESS = 144
WAIT = 0.250
RETRY = 60.0
UNREGISTERED_MAKER = 0x7FF
_SERIAL = 0x1FFFFF
_MAKER_BIT = 21
_DYNAMIC = 1 << 63


def make_name(serial: int) -> bytes:
    """Return our 64-bit NAME: a 21-bit serial number, no registered maker, a movable address."""
    name = _DYNAMIC | UNREGISTERED_MAKER << _MAKER_BIT | serial & _SERIAL
    return name.to_bytes(8, "little")


def asked_maker(data: bytes) -> int | None:
    """Return the maker whose nodes MFG_SPECIFIC_CLAIM_REQUEST asks to claim; None if cut off."""
    return data[0] & 7 | data[1] << 3 if len(data) >= 2 else None


class Claim:
    """Claims one address and keeps it; the lower NAME wins, the loser takes the next address.

    One that finds no address says so from 254 ("cannot claim"), and tries again each minute.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        name: bytes,
        transmit: Transmit,
        changed: Callable[[int | None], None],
        address: int | None = None,
    ) -> None:
        """Take the NAME, a sender, and who hears of the address.

        With `address` given nothing is asked for: it is claimed as ours at once, and kept.
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
        """Begin to claim."""
        self.stop()
        if self._fixed is None:
            self._ask(FIRST_ADDRESS)
        else:
            self._send_claim(self._fixed)
            self._set(self._fixed)

    def stop(self) -> None:
        """Forget the address; nothing is sent any more."""
        self._cancel()
        self._asked = False
        self._set(None)

    def hear(self, frame: Identifier, data: bytes) -> None:
        """Take in an address claim, in RV-C's form or J1939's, or a request for ours."""
        held = self._held()
        if frame.dgn == ADDRESS_CLAIM:
            # Some gateways hand us our own frames back.
            if len(data) >= len(self._name) and data[:8] != self._name:
                self._meet(frame.source, data, held)
        elif held is not None and self._is_asked(frame, data, held):
            self._send_claim(held)

    def _held(self) -> int | None:
        """Return the address that we speak from in claims, None while we only ask."""
        if self.address is None and self._timer and not self._asked:
            return self._candidate
        return self.address

    def _is_asked(self, frame: Identifier, data: bytes, held: int) -> bool:
        """Tell whether a frame asks for our claim."""
        if frame.dgn == REQUEST:
            return requested(data) == ADDRESS_CLAIM and frame.destination in (GLOBAL, held)
        maker = int.from_bytes(self._name, "little") >> _MAKER_BIT & UNREGISTERED_MAKER
        return frame.dgn == MAKER_CLAIM_REQUEST and asked_maker(data) == maker

    def _meet(self, source: int, data: bytes, held: int | None) -> None:
        """Defend an address against a claim of it, or leave it to the stronger."""
        if source == NO_ADDRESS:
            return
        if source == held:
            wins = data[:8][::-1] < self._name[::-1]
            if not wins or self._fixed is not None:
                self._send_claim(held)
            else:
                self._set(None)
                self._ask(held - 1)
        elif self._asked and source == self._candidate:
            self._ask(self._candidate - 1)

    def _ask(self, candidate: int) -> None:
        """Ask whether anybody holds the address; after 250 ms of silence it is claimed."""
        self._cancel()
        self._candidate, self._asked = candidate, True
        if candidate < LAST_ADDRESS:
            self._candidate = NO_ADDRESS
            # All who fail say so under the same identifier: each waits a little of its own.
            serial = int.from_bytes(self._name[:3], "little") & _SERIAL
            self._timer = self._clock.call_later(serial % 154 / 1000, self._give_up)
            return
        self._transmit(
            join(REQUEST, NO_ADDRESS, destination=candidate), request(ADDRESS_CLAIM), ignore
        )
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

    def _give_up(self) -> None:
        """Say that all addresses are taken, and try again later: somebody may leave."""
        self._asked = False
        self._send_claim(NO_ADDRESS)
        self._timer = self._clock.call_later(RETRY, partial(self._ask, FIRST_ADDRESS))

    def _send_claim(self, address: int) -> None:
        """Broadcast the claim in RV-C's form, EE00."""
        self._transmit(join(ADDRESS_CLAIM, address, destination=0), self._name, ignore)

    def _cancel(self) -> None:
        """Let go of what is due."""
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _set(self, address: int | None) -> None:
        """Change the address and say so."""
        if self.address != address:
            self.address = address
            self._changed(address)
