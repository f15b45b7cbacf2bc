"""A keypad: each key says that it is pressed, and shows a lamp (RV-C 2023-11, 6.25, 6.26).

No captures of one are published: the payloads are put together by hand from the chapters.
"""

from .frame import NO_DATA_8, patched

INPUT_STATUS = 0x1FFB8
INDICATOR_STATUS, INDICATOR_COMMAND = 0x1FED7, 0x1FED9

_PRESSED, _RELEASED = bytes.fromhex("0001FD02FFFFFFFF"), bytes.fromhex("0000FD02FFFFFFFF")
_LAMP = bytes.fromhex("00FFC8FFFFFCFFFF")
# Somebody passes by so often, holds a key that long each other time, and a key that is held says
# so this often; in seconds.
PAUSE = 30.0
_TAP, _HOLD, _REPEAT = 0.3, 1.8, 0.2
_BRIGHTNESS, _OFF, _FIRST, _SECOND, _BOTH = range(5)


class Key:
    """A key that is pressed from time to time, first at `first` seconds; it lights its `lamp`."""

    def __init__(self, instance: int, lamp: Lamp, first: float) -> None:
        """Make a key that nobody has pressed yet."""
        self.instance = instance
        self.revision = 0
        self.wake: float | None = first
        self.pressed = False
        self._lamp = lamp
        self._until = 0.0
        self._presses = 0
        self._next = first

    def status(self, _now: float) -> bytes:
        """Return DIGITAL_INPUT_STATUS of a switch that springs back."""
        return patched(_PRESSED if self.pressed else _RELEASED, (0, 1, self.instance))

    def advance(self, now: float) -> None:
        """Be pressed, go on being held, or be let go."""
        if self.wake is None or now < self.wake:
            return
        self.revision += 1
        if not self.pressed:
            self.pressed = True
            self._presses += 1
            self._until = now + (_TAP if self._presses % 2 else _HOLD)
            self._lamp.light(_OFF if self._lamp.lit else _FIRST)
        elif now >= self._until:
            self.pressed = False
            self._next += PAUSE
            self.wake = self._next
            return
        self.wake = min(now + _REPEAT, self._until)


class Lamp:
    """The lamp of a key."""

    wake: float | None = None
    group = 0xFF
    node_group: int | None = None

    def __init__(self, instance: int) -> None:
        """Make a lamp that is off."""
        self.instance = instance
        self.revision = 0
        self._payload = patched(_LAMP, (0, 1, instance))

    @property
    def lit(self) -> bool:
        """Whether it is on."""
        return bool(self._payload[5] & 1)

    def status(self, _now: float) -> bytes:
        """Return GENERIC_INDICATOR_STATUS of an indicator without a second lamp."""
        return self._payload

    def advance(self, _now: float) -> None:
        """Nothing changes by itself."""

    def light(self, command: int, brightness: int = NO_DATA_8) -> None:
        """Be on or off, as bright as asked for; the second lamp is not there."""
        if command in {_OFF, _FIRST, _SECOND, _BOTH}:
            lit = command in {_FIRST, _BOTH}
            self._payload = patched(self._payload, (5, 1, 0xFC | lit), (6, 1, command))
        elif command != _BRIGHTNESS:
            return
        if brightness != NO_DATA_8:
            self._payload = patched(self._payload, (2, 1, brightness))
        self.revision += 1

    def obey(self, data: bytes, _now: float) -> None:
        """Obey 8 bytes of GENERIC_INDICATOR_COMMAND."""
        self.light(data[6], data[2])
