"""Four jacks and what levels with them (RV-C 2023-11, 6.13).

No captures of these are published: the payloads are put together by hand from the chapter.
"""

from . import scene
from .frame import patched

STATUS, COMMAND, JACK_STATUS = 0x1FFED, 0x1FFEE, 0x1FFEC

# Modes: rest, all jacks up, leveled by itself, each jack by hand.
_INACTIVE, _STORE, _AUTOMATIC, _BY_HAND = 0, 3, 8, 71
# A command by hand holds for so long, in seconds.
_LAPSE = 0.25
# From up to all the way down, in seconds; level is where each is half down.
_TRAVEL = 12.0
_LEVEL = 0.5
_LOOK = 0.1
# Where each jack has its bits, two to retract and two to extend: byte from the first, and bit.
LEFT_REAR, RIGHT_FRONT, RIGHT_REAR, LEFT_FRONT = JACKS = ((0, 0), (0, 4), (1, 0), (1, 4))


class Leveling:
    """The leveling system; `positions` of its jacks from 0, up, to 1."""

    instance = None

    def __init__(self) -> None:
        """Make one that is up."""
        self.source = scene.G6
        self.mode = _INACTIVE
        self.positions = dict.fromkeys(JACKS, 0.0)
        self.ways = dict.fromkeys(JACKS, 0)
        self.revision = 0
        self.wake: float | None = None
        self._until = 0.0
        self._at = 0.0

    def status(self, now: float) -> bytes:
        """Return LEVELING_CONTROL_STATUS: nothing is locked out."""
        self._travel(now)
        bits = bytearray(2)
        for (byte, bit), way in self.ways.items():
            bits[byte] |= {1: 0b0100, -1: 0b0001}.get(way, 0) << bit
        base = bytes((self.mode, 0xFC, 0xC0, 0, 0, 0xFF, 0xFF, 0))
        return patched(base, (3, 1, bits[0]), (4, 1, bits[1]))

    def jack_status(self, now: float) -> bytes:
        """Return LEVELING_JACK_STATUS: four straight acting jacks, and which are down."""
        self._travel(now)
        down = sum(
            (self.positions[jack] > 0) << 2 * place
            for place, jack in enumerate((LEFT_REAR, RIGHT_FRONT, RIGHT_REAR, LEFT_FRONT))
        )
        return bytes((0x40, down, 0xFF, down, 0xFF, 0xFF, 0xFF, 0xFF))

    def obey(self, data: bytes, now: float) -> None:
        """Obey 8 bytes of LEVELING_CONTROL_COMMAND, if it is a mode that this system has."""
        if data[0] not in (_INACTIVE, _STORE, _AUTOMATIC, _BY_HAND):
            return
        self._travel(now)
        if data[0] == _BY_HAND:
            self._until = now + _LAPSE
            for byte, bit in JACKS:
                said = data[1 + byte] >> bit & 0b1111
                self.ways[byte, bit] = {0b0100: 1, 0b0001: -1}.get(said, 0)
        self.mode = data[0]
        self._steer()
        self.revision += 1
        self.wake = None if self.mode == _INACTIVE else now + _LOOK

    def advance(self, now: float) -> None:
        """End what has lapsed or is done."""
        self._travel(now)
        if self.mode == _INACTIVE:
            return
        before = dict(self.ways)
        self._steer()
        is_over = now >= self._until if self.mode == _BY_HAND else not any(self.ways.values())
        if is_over:
            self.mode, self.ways = _INACTIVE, dict.fromkeys(JACKS, 0)
        if is_over or self.ways != before:
            self.revision += 1
        self.wake = None if is_over else now + _LOOK

    def _steer(self) -> None:
        """Let each jack go where the mode wants it."""
        if self.mode == _BY_HAND:
            return
        goal = {_STORE: 0.0, _AUTOMATIC: _LEVEL}.get(self.mode)
        for jack, position in self.positions.items():
            off = 0.0 if goal is None else goal - position
            self.ways[jack] = (off > 0) - (off < 0)

    def _travel(self, now: float) -> None:
        """Move the jacks, those of an automatic mode no further than they are wanted."""
        for jack, way in self.ways.items():
            goal = {_STORE: 0.0, _AUTOMATIC: _LEVEL}.get(self.mode)
            there = self.positions[jack] + way * (now - self._at) / _TRAVEL
            if goal is not None:
                there = min(there, goal) if way > 0 else max(there, goal)
            self.positions[jack] = min(1.0, max(0.0, there)) if way else self.positions[jack]
        self._at = now
