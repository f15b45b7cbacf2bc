"""On/off loads, AC and DC: commands in, status out (RV-C 2023-11, 6.22 and 6.23)."""

from dataclasses import dataclass

from .code import FULL, TOGGLE_LEVEL, Code, remaining, seconds
from .frame import patched

_DELAYED = 252
_SHED = 253
_MEMORY_LEVEL = 251
_LOWEST_PRIORITY = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What sets AC and DC loads apart; `momentary` in seconds."""

    status: int
    command: int
    template: bytes
    momentary: float
    codes: frozenset[int]
    command_sets_priority: bool


_ON_OFF = frozenset(
    {
        Code.SET_LEVEL,
        Code.ON_DURATION,
        Code.ON_DELAY,
        Code.OFF_DELAY,
        Code.STOP,
        Code.TOGGLE,
        Code.MEMORY_OFF,
        Code.LOCK,
        Code.UNLOCK,
    }
)
_INCREMENT = 0x16
_DECREMENT = 0x17
_RAMPS = frozenset(range(Code.RAMP_LEVEL, _DECREMENT + 1))

AC = Kind(
    status=0x1FFBF,
    command=0x1FFBE,
    template=bytes.fromhex("DBFF0060000BFFFF"),  # Tiffin, from 93, 2018-03-21: load 219 off
    momentary=0.1,
    codes=_ON_OFF | _RAMPS,
    command_sets_priority=True,
)
DC = Kind(
    status=0x1FFBD,
    command=0x1FFBC,
    template=bytes.fromhex("2200C80000000000"),  # Keystone, from 80: load 34 on
    momentary=2.0,
    codes=_ON_OFF,
    command_sets_priority=False,
)


class Load:
    """One load; `on` is what was asked, `powered` what it does."""

    def __init__(
        self,
        instance: int,
        kind: Kind,
        *,
        on: bool = False,
        amps: int | None = None,
        node_group: int | None = None,
    ) -> None:
        """Make a load that demands `amps` (None: as in the captured frame)."""
        self.instance = instance
        self.kind = kind
        self.group = kind.template[1]
        self.node_group = node_group
        self.on = on
        self.amps = kind.template[5] if amps is None else amps
        self.shed = False
        self.locked = False
        self.revision = 0
        self._control = kind.template[3]
        self._later: tuple[float, bool] | None = None

    @property
    def wake(self) -> float | None:
        """The moment of its next own change."""
        return self._later[0] if self._later else None

    @property
    def level(self) -> int:
        """The level byte: 200 on, 0 off, 252 while a delay runs before on, 253 shed."""
        if self._later and self._later[1]:
            return _DELAYED
        if self.on and self.shed:
            return _SHED
        return FULL if self.on else 0

    @property
    def powered(self) -> bool:
        """True when current flows."""
        return self.level == FULL

    def status(self, now: float) -> bytes:
        """Return AC_LOAD_STATUS or DC_LOAD_STATUS."""
        return patched(
            self.kind.template,
            (0, 1, self.instance),
            (2, 1, self.level),
            (3, 1, self._control),
            (4, 1, remaining(self._later[0], now) if self._later else 0),
            (5, 1, self.amps),
        )

    def advance(self, now: float) -> None:
        """Let a delay or duration end."""
        if self._later and self._later[0] <= now:
            self.on = self._later[1]
            self._later = None
            self.revision += 1

    def switch(self, *, on: bool, now: float, delay: float = 0.0) -> None:
        """Turn on or off after `delay` seconds."""
        self.revision += 1
        self._later = None
        if delay:
            self._later = (now + delay, on)
        else:
            self.on = on

    def set_shed(self, *, shed: bool) -> None:
        """Take the power away from the load, or give it back."""
        if shed != self.shed:
            self.shed = shed
            self.revision += 1

    def obey(self, data: bytes, now: float) -> None:
        """Obey 8 bytes of a load command; a code it does not know is met with silence."""
        code = data[4]
        if code not in self.kind.codes:
            return
        self.revision += 1
        if code in {Code.LOCK, Code.UNLOCK}:
            self.locked = code == Code.LOCK
            return
        if self.locked:
            return
        self._remember(data[3])
        on = self._wanted(code, data[2])
        if on is None:
            return
        wait = seconds(data[5])
        if code == Code.ON_DURATION:
            self.switch(on=True, now=now)
            if wait is not None:
                self._later = (now + (wait or self.kind.momentary), False)
        else:
            delayed = code in {Code.SET_LEVEL, Code.ON_DELAY, Code.OFF_DELAY}
            self.switch(on=on, now=now, delay=wait or 0.0 if delayed else 0.0)

    def _remember(self, control: int) -> None:
        # What the command leaves at all-ones stays: mode in bits 0-1, AC shed priority in 4-7.
        if control & 0x03 != 0x03:
            self._control = self._control & 0xFC | control & 0x03
        if self.kind.command_sets_priority and control >> 4 <= _LOWEST_PRIORITY:
            self._control = self._control & 0x0F | control & 0xF0

    def _wanted(self, code: int, level: int) -> bool | None:
        if code in {Code.ON_DURATION, Code.ON_DELAY}:
            return True
        if code in {Code.OFF_DELAY, Code.STOP, Code.MEMORY_OFF, Code.RAMP_DOWN, _DECREMENT}:
            return False
        if code in {Code.TOGGLE, Code.RAMP_TOGGLE} or level == TOGGLE_LEVEL:
            return not self.on
        if code in {Code.RAMP_UP, Code.RAMP_UP_DOWN, _INCREMENT} or level == _MEMORY_LEVEL:
            return True
        return level > 0 if level <= FULL else None
