"""A node that sends and receives long messages, on a bus that is a list."""

from collections import deque
from functools import partial

from custom_components.coachiq.rvc.frame import Left, split
from custom_components.coachiq.rvc.transport import Message, Transport, TransportError
from tests.fake_clock import FakeClock

PRODUCT = b"ACME*LEVELER*0042*7*"


class Station:
    """A transport of node 44, on a bus that is a list."""

    def __init__(self, address: int | None = 0x44, *, prompt: bool = True) -> None:
        """Begin; frames leave at once if `prompt`, else when `leave` is called."""
        self.clock = FakeClock(0.0)
        self.address = address
        self.prompt = prompt
        self.sent: list[str] = []
        self.leaving: deque[Left] = deque()
        self.results: list[str] = []
        self.transport = Transport(
            clock=self.clock, transmit=self._transmit, address=lambda: self.address
        )

    def _transmit(self, can_id: int, data: bytes, left: Left) -> None:
        self.sent.append(f"{can_id:08X}#{data.hex().upper()}")
        self.leaving.append(left)
        if self.prompt:
            self.leave()

    def leave(self, error: Exception | None = None) -> None:
        self.leaving.popleft()(error)

    def hear(self, *frames: str) -> Message | None:
        message = None
        for frame in frames:
            can_id, _, data = frame.partition("#")
            message = self.transport.hear(split(int(can_id, 16)), bytes.fromhex(data))
        return message

    def send(self, data: bytes = PRODUCT, destination: int | None = None, name: str = "") -> None:
        """Send a PRODUCT_IDENTIFICATION."""
        left = partial(self._left, name)
        self.transport.send(0xFEEB, data, destination=destination, left=left)

    def _left(self, name: str, error: Exception | None) -> None:
        assert error is None or isinstance(error, TransportError | OSError)
        self.results.append(f"{name}{error or 'sent'}")

    def take(self) -> list[str]:
        """Return what was sent since the last time."""
        sent, self.sent = self.sent, []
        return sent
