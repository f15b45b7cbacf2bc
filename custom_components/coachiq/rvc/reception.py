"""Long messages on their way in: all that are heard, and those that this node must ask for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from .clock import Clock, Timer
from .frame import Identifier, Transmit, ignore, join, split
from .packet import (
    BUSY,
    CLEAR_TO_SEND,
    CONTROL,
    DATA,
    END_OF_MESSAGE,
    NO_ROOM,
    REQUEST_TO_SEND,
    TIME_OUT,
    TOO_OFTEN,
    WINDOW,
    make_abort,
)
from .reassembly import Message, Pair, Reassembly

_MOST_CONVERSATIONS = 8
# How often the same CLEAR_TO_SEND is said again.
_MOST_REPEATS = 2
# Seconds until the next packet, and until the first after we have asked (J1939-21's T1 and T2).
_NEXT = 0.750
_FIRST = 1.250
_PRIORITY = 7
_NO_ADDRESS = 254


@dataclass(slots=True, kw_only=True)
class _Conversation:
    """What the sender announced, what we asked for, and the timer that awaits its next packet."""

    length: bytes
    dgn: bytes
    most: int
    first: int = 0
    last: int = 0
    repeats: int = 0
    timer: Timer | None = None


class Reception:
    """Puts together whatever is heard, and answers those who send this node a long message.

    At most eight are answered at once, one message of each.
    """

    def __init__(
        self, *, clock: Clock, transmit: Transmit, address: Callable[[], int | None]
    ) -> None:
        """Take the clock, what sends a frame, and our address; without one nothing is sent."""
        self._clock = clock
        self._transmit = transmit
        self._address = address
        self._conversations: dict[Pair, _Conversation] = {}
        self.reassembly = Reassembly()

    def stop(self) -> None:
        """Answer nobody any more who is sending now."""
        for pair in list(self._conversations):
            self._close(pair)

    def hear(self, frame: Identifier, data: bytes) -> Message | None:
        """Take in a frame; return the message that it completes."""
        us, now = self._address(), self._clock.now()
        if us is None or frame.destination != us or frame.source >= _NO_ADDRESS:
            return self.reassembly.hear(frame, data, now)
        pair = frame.source, us
        if frame.dgn == CONTROL and len(data) >= 8 and data[0] == REQUEST_TO_SEND:
            self._begin(pair, frame, data)
            return None
        message = self.reassembly.hear(frame, data, now)
        if pair in self._conversations:
            if frame.dgn == DATA:
                self._follow(pair, data, whole=message is not None)
            elif self.reassembly.hole(pair) is None:
                # The sender has given up.
                self._close(pair)
        return message

    def _begin(self, pair: Pair, frame: Identifier, data: bytes) -> None:
        """Ask for the first packets, or refuse; the same announcement again begins anew."""
        before, dgn = self._conversations.get(pair), data[5:8]
        if before is not None and before.dgn != dgn:
            self._speak(pair, make_abort(BUSY, dgn))
            return
        if before is None and len(self._conversations) >= _MOST_CONVERSATIONS:
            self._speak(pair, make_abort(NO_ROOM, dgn))
            return
        self._close(pair)
        self.reassembly.hear(frame, data, self._clock.now())
        most = min(data[4] or WINDOW, WINDOW)
        self._conversations[pair] = _Conversation(length=data[1:4], dgn=dgn, most=most)
        self._ask(pair)

    def _follow(self, pair: Pair, data: bytes, *, whole: bool) -> None:
        """Thank for the whole message, ask for more at the end of what we asked for, or wait."""
        conversation = self._conversations[pair]
        if whole:
            self._close(pair)
            end = bytes((END_OF_MESSAGE, *conversation.length, 0xFF))
            self._speak(pair, end + conversation.dgn)
        elif self.reassembly.hole(pair) is None or data[:1] == bytes((conversation.last,)):
            self._ask(pair)
        else:
            self._wait(pair, _NEXT, self._ask)

    def _ask(self, pair: Pair) -> None:
        """Ask for the first packets that are missing, unless that was in vain too often."""
        conversation, hole = self._conversations[pair], self.reassembly.hole(pair)
        if hole is None:
            self._refuse(pair, NO_ROOM)
            return
        again = hole.start == conversation.first
        conversation.repeats = conversation.repeats + 1 if again else 0
        if conversation.repeats > _MOST_REPEATS:
            self._refuse(pair, TOO_OFTEN)
            return
        number = min(len(hole), conversation.most)
        conversation.first, conversation.last = hole.start, hole.start + number - 1
        self._wait(pair, _FIRST, partial(self._refuse, reason=TIME_OUT))
        clear = bytes((CLEAR_TO_SEND, number, hole.start, 0xFF, 0xFF))
        self._speak(pair, clear + conversation.dgn)

    def _refuse(self, pair: Pair, reason: int) -> None:
        """End a conversation and tell the sender why."""
        dgn = self._conversations[pair].dgn
        self._close(pair)
        self._speak(pair, make_abort(reason, dgn))

    def _speak(self, pair: Pair, data: bytes) -> None:
        """Answer the sender, if we still have the address that it wrote to."""
        sender, us = pair
        if self._address() == us:
            can_id = join(CONTROL, us, priority=_PRIORITY, destination=sender)
            self.reassembly.hear(split(can_id), data, self._clock.now())
            self._transmit(can_id, data, ignore)

    def _wait(self, pair: Pair, seconds: float, then: Callable[[Pair], None]) -> None:
        """Wait that long for the next packet."""
        conversation = self._conversations[pair]
        if conversation.timer is not None:
            conversation.timer.cancel()
        conversation.timer = self._clock.call_later(seconds, partial(then, pair))

    def _close(self, pair: Pair) -> None:
        """Forget the conversation, if there is one."""
        conversation = self._conversations.pop(pair, None)
        if conversation is not None and conversation.timer is not None:
            conversation.timer.cancel()
