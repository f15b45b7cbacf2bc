"""A coach and a hand on its clock: bytes in, bytes out."""

from collections.abc import Iterator

from custom_components.coachiq.simulator import SimulatedCoach

US = 0xF9


class Stage:
    """Drives a coach in steps of 5 ms and keeps what it sends, with the moment."""

    def __init__(self, seed: int = 0) -> None:
        self.coach = SimulatedCoach(seed)
        self.now = 0.0
        self.heard: list[tuple[float, int, bytes]] = []

    def run(self, seconds: float) -> list[tuple[float, int, bytes]]:
        """Let time pass; returns what was sent meanwhile."""
        first = len(self.heard)
        end = self.now + seconds
        while self.now < end - 1e-9:
            self.now = min(round(self.now + 0.005, 6), end)
            self.heard += [(self.now, *frame) for frame in self.coach.step(self.now)]
        return self.heard[first:]

    def send(self, dgn: int, payload: str, source: int = US) -> None:
        """Put a frame on the bus."""
        self.coach.receive(6 << 26 | dgn << 8 | source, bytes.fromhex(payload), self.now)

    def answers(
        self, dgn: int, instance: int | None = None, seconds: float = 0.1
    ) -> list[tuple[float, str]]:
        """Let time pass; returns delay and payload of each frame of `dgn` (and instance)."""
        began = self.now
        return [
            (round(at - began, 6), data.hex().upper())
            for at, can_id, data in self.run(seconds)
            if can_id >> 8 & 0x1FFFF == dgn and (instance is None or data[0] == instance)
        ]

    def last(self, dgn: int, instance: int | None = None, seconds: float = 0.1) -> str:
        """Let time pass; returns the newest payload of `dgn` (and instance)."""
        return self.answers(dgn, instance, seconds)[-1][1]

    def sent(self, dgn: int) -> Iterator[tuple[float, int, bytes]]:
        """Return moment, source address and payload of all frames of `dgn` so far."""
        for at, can_id, data in self.heard:
            if can_id >> 8 & 0x1FFFF == dgn:
                yield at, can_id & 0xFF, data
