"""What moves: awnings, rooms, shades, a step, a lift, a window, a dome (RV-C 2023-11, 6.24 on).

Each runs while it is told to, and until its command has lapsed: never shorter, so that whoever
forgets to stop it is found out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from . import scene
from .frame import patched

# How often one that moves says where it is, in seconds.
_TELLING = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of mover; times in seconds.

    `ways` are the values of byte `at` of the command that extend (1), retract (-1) and stop (0) it;
    `payload` gives its status from instance, direction and position, 0 to 200. One with a `light`
    has that in bits 4-5 and byte 6 of the command, in bits 0-1 of byte 5 and byte 6 of the status.
    """

    name: str
    status: int
    command: int
    at: int
    ways: Mapping[int, int]
    lapse: float
    travel: float
    payload: Callable[[int, int, int], bytes]
    light: bool = False


def _telling(template: str, motion: int, words: tuple[int, int, int]) -> Callable[..., bytes]:
    """Return a status with motion at a byte, in words for rest, out and in, and position after."""
    base = bytes.fromhex(template)

    def payload(instance: int, direction: int, position: int) -> bytes:
        return patched(
            base, (0, 1, instance), (motion, 1, words[direction]), (motion + 1, 1, position)
        )

    return payload


def _motor(instance: int, direction: int, _: int) -> bytes:
    """Return the status of a motor or shade: bits 2-7 of byte 3, and the last command."""
    bits = {0: 0x00, 1: 0x14, -1: 0x44}[direction]
    last = {0: 0x04, 1: 0x81, -1: 0x41}[direction]
    base = bytes.fromhex("00FFC800FF000000")
    return patched(base, (0, 1, instance), (3, 1, bits), (5, 1, last))


_PLAIN = {0: 0, 1: 1, 2: -1}
_REST_OUT_IN = (0, 1, 2)
_TURNS = {0x04: 0, 0x81: 1, 0x41: -1}
KINDS = (
    Kind(
        name="awning", status=0x1FEF3, command=0x1FEF2, at=2, ways=_PLAIN, lapse=0.25, travel=20.0,
        payload=_telling("00FF0000005C00FF", 1, _REST_OUT_IN), light=True,
    ),
    Kind(
        name="slide", status=0x1FFE8, command=0x1FFE7, at=2, ways=_PLAIN, lapse=0.25, travel=25.0,
        payload=_telling("00FF00000000FFFF", 1, _REST_OUT_IN),
    ),
    Kind(
        name="shade", status=0x1FEDE, command=0x1FEDF, at=3, ways=_TURNS, lapse=2.0, travel=15.0,
        payload=_motor,
    ),
    Kind(
        name="motor", status=0x1FEE0, command=0x1FEE1, at=3, ways=_TURNS, lapse=0.25, travel=10.0,
        payload=_motor,
    ),
    Kind(
        name="step", status=0x1FE89, command=0x1FE88, at=2, ways={1: 0, 2: 1, 3: -1}, lapse=0.1,
        travel=3.0, payload=_telling("0000FF0000FFFFFF", 2, (1, 2, 3)),
    ),
    Kind(
        name="tv_lift", status=0x1FDC4, command=0x1FDC3, at=2, ways=_PLAIN, lapse=0.25, travel=8.0,
        payload=_telling("00FF0000000000FF", 1, _REST_OUT_IN),
    ),
    Kind(
        name="window", status=0x1FEE3, command=0x1FEE2, at=2, ways=_PLAIN, lapse=0.25, travel=5.0,
        payload=_telling("00FF00FCFFFFFFFF", 1, _REST_OUT_IN),
    ),
    Kind(
        name="dome", status=0x1FDE3, command=0x1FDE2, at=1, ways=_PLAIN, lapse=1.0, travel=10.0,
        payload=_telling("000000FCFFFFFFFF", 1, _REST_OUT_IN),
    ),
)  # fmt: skip
INSTANCES = {"slide": (1, 2), "shade": (1, 2, 3)}


class Mover:
    """One mover; `position` from 0, retracted, to 200."""

    def __init__(self, kind: Kind, instance: int) -> None:
        """Make one that is in."""
        self.kind = kind
        self.instance = instance
        self.source = scene.G6
        self.position = 0.0
        self.direction = 0
        self.lit = False
        self.level = 200
        self.revision = 0
        self.wake: float | None = None
        self._until = 0.0
        self._at = 0.0

    def status(self, now: float) -> bytes:
        """Return its status."""
        self._travel(now)
        said = self.kind.payload(self.instance, self.direction, round(self.position))
        if not self.kind.light:
            return said
        return patched(said, (5, 1, said[5] | self.lit), (6, 1, self.level))

    def obey(self, data: bytes, now: float) -> None:
        """Obey 8 bytes of its command: move on for the lapse time, or stop."""
        wanted = self.kind.ways.get(data[self.kind.at])
        if data[0] == self.instance and self.kind.light:
            self._light(data)
        if data[0] != self.instance or wanted is None:
            return
        self._travel(now)
        self._until = now + self.kind.lapse
        self._turn(wanted, now)

    def advance(self, now: float) -> None:
        """Stop when the command has lapsed, and say where it is meanwhile."""
        self._travel(now)
        if self.direction and now >= self._until:
            self._turn(0, now)
        elif self.direction:
            self.revision += 1
            self.wake = min(self._until, now + _TELLING)

    def _light(self, data: bytes) -> None:
        asked, level = data[1] >> 4 & 0x03, data[6]
        if asked in {0, 1}:
            self.lit = asked == 1
            self.revision += 1
        if level <= 200:
            self.level = level
            self.revision += 1

    def _turn(self, direction: int, now: float) -> None:
        if direction != self.direction:
            self.direction = direction
            self.revision += 1
        self.wake = min(self._until, now + _TELLING) if direction else None

    def _travel(self, now: float) -> None:
        way = self.direction * 200 * (now - self._at) / self.kind.travel
        self.position = min(200.0, max(0.0, self.position + way))
        self._at = now


def movers() -> list[Mover]:
    """Return all that moves on the coach."""
    return [Mover(kind, each) for kind in KINDS for each in INSTANCES.get(kind.name, (1,))]
