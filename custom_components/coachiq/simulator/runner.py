"""The coach on a virtual CAN bus, in a thread of its own."""

from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
import time
from typing import Protocol

import can

from .coach import SimulatedCoach
from .frame import Frame
from .replay import Replay

_PATIENCE = 0.01
_BATCH = 64


class _Player(Protocol):
    def receive(self, can_id: int, data: bytes, now: float) -> None: ...

    def step(self, now: float) -> list[Frame]: ...


class Runner:
    """Plays a coach, or the recording `replay` once, on python-can's virtual bus `channel`."""

    def __init__(self, channel: str, *, seed: int = 0, replay: Path | None = None) -> None:
        """Prepare; nothing is opened yet."""
        self._channel = channel
        self._seed = seed
        self._replay = replay
        self._halt = Event()
        self._thread: Thread | None = None
        self.coach: SimulatedCoach | None = None

    def start(self) -> None:
        """Open the bus and play; raises OSError when the recording cannot be read."""
        if self._thread is not None:
            return
        with ExitStack() as stack:
            player = self._player(stack)
            bus = can.Bus(interface="virtual", channel=self._channel, receive_own_messages=False)
            stack.callback(bus.shutdown)
            self._halt.clear()
            self._thread = Thread(
                target=self._run,
                args=(bus, player, stack.pop_all()),
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

    def _player(self, stack: ExitStack) -> _Player:
        now = time.monotonic()
        if self._replay is not None:
            lines = stack.enter_context(self._replay.open(encoding="ascii", errors="replace"))
            return Replay(lines, now)
        self.coach = SimulatedCoach(self._seed, now, clock=datetime.now(UTC).astimezone())
        return self.coach

    def _run(self, bus: can.BusABC, player: _Player, stack: ExitStack) -> None:
        with stack:
            while not self._halt.is_set():
                self._hear(bus, player)
                for can_id, data in player.step(time.monotonic()):
                    # A full or closing neighbour is not our trouble: the next frame may pass.
                    with suppress(can.CanError):
                        bus.send(can.Message(arbitration_id=can_id, data=data))

    def _hear(self, bus: can.BusABC, player: _Player) -> None:
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
                player.receive(message.arbitration_id, bytes(message.data), time.monotonic())
