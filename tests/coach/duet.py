"""Our coach and the simulated one on one wire, both by one clock."""

from collections.abc import Callable

from custom_components.coachiq.coach.decision import Decision
from custom_components.coachiq.error import CoachError
from custom_components.coachiq.simulator import SimulatedCoach
from tests.coach.stage import Stage

STEP = 0.01
# From the address of a panel.
WALL = 0xFD


class Duet:
    """Two coaches: `look` is called every 10 ms, `ended` is why motions ended.

    While ours is not alive, since its process was killed, it neither hears nor speaks.
    """

    def __init__(self, decisions: dict[str, Decision]) -> None:
        self.stage = Stage(decisions=decisions)
        self.sim = SimulatedCoach(start=self.stage.clock.now())
        self.ended: list[CoachError | None] = []
        self.is_alive = True
        self.wall: Callable[[float], bytes | None] = lambda _: None
        self._heard = 0
        self.stage.coach.bus_ready("house")
        # Everything is asked for within ten seconds.
        self.pass_time(14.0)
        self.stage.wire.sent.clear()
        self._heard = 0

    @property
    def now(self) -> float:
        return self.stage.clock.now()

    def look(self) -> None:
        """Note what is to be noted."""

    def pass_time(self, seconds: float) -> None:
        """Let both live; `wall` is what somebody says to the dimmers at a moment."""
        for _ in range(round(seconds / STEP)):
            self.stage.clock.advance(STEP)
            sent, self._heard = self.stage.wire.sent[self._heard :], len(self.stage.wire.sent)
            for _, frame in sent if self.is_alive else ():
                can_id, _, data = frame.partition("#")
                self.sim.receive(int(can_id, 16), bytes.fromhex(data), self.now)
            if pressed := self.wall(self.now):
                self.sim.receive(0x19FEDB00 | WALL, pressed, self.now)
            frames = self.sim.step(self.now)
            if self.is_alive:
                self.stage.coach.receive("house", frames, self.now)
            self.look()

    def said(self, frame: str) -> list[float]:
        """Return when we have said a frame."""
        return [at for at, sent in self.stage.wire.sent if sent == frame]


def key_of(error: CoachError | None) -> str | None:
    """Return what went wrong, as its key."""
    return error and error.key
