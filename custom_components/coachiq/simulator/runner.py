"""The coach on a virtual CAN bus, in a thread of its own."""

from contextlib import suppress
from datetime import UTC, datetime
from threading import Event, Thread
import time

import can

from .coach import SimulatedCoach

_PATIENCE = 0.01
_BATCH = 64


class Runner:
    """Plays a coach on python-can's virtual bus `channel`."""

    def __init__(self, channel: str, *, seed: int = 0) -> None:
        """Prepare; nothing is opened yet."""
        self._channel = channel
        self._seed = seed
        self._halt = Event()
        self._thread: Thread | None = None
        self.coach: SimulatedCoach | None = None

    def start(self) -> None:
        """Open the bus and play."""
        if self._thread is not None:
            return
        self.coach = SimulatedCoach(
            self._seed, time.monotonic(), clock=datetime.now(UTC).astimezone()
        )
        bus = can.Bus(interface="virtual", channel=self._channel, receive_own_messages=False)
        self._halt.clear()
        self._thread = Thread(
            target=self._run,
            args=(bus, self.coach),
            name=f"coachiq simulator {self._channel}",
            daemon=True,
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop within 0.2 s; the bus is closed and no thread is left."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._halt.set()
            thread.join()

    def _run(self, bus: can.BusABC, coach: SimulatedCoach) -> None:
        with bus:
            while not self._halt.is_set():
                self._hear(bus, coach)
                for can_id, data in coach.step(time.monotonic()):
                    # A full or closing neighbour is not our trouble: the next frame may pass.
                    with suppress(can.CanError):
                        bus.send(can.Message(arbitration_id=can_id, data=data))

    def _hear(self, bus: can.BusABC, coach: SimulatedCoach) -> None:
        patience = _PATIENCE
        for _ in range(_BATCH):
            try:
                message = bus.recv(patience)
            except can.CanError:
                self._halt.wait(_PATIENCE)
                return
            if message is None:
                return
            patience = 0.0
            if (
                message.is_extended_id
                and not message.is_error_frame
                and not message.is_remote_frame
            ):
                coach.receive(message.arbitration_id, bytes(message.data), time.monotonic())
