"""Tanks and the water pump (RV-C 2023-11, 6.28 and 6.29)."""

from random import Random

from .frame import patched, word

TANK_STATUS = 0x1FFB7
PUMP_STATUS = 0x1FFB3
PUMP_COMMAND = 0x1FFB2

_PUMP = bytes.fromhex("0000000000000000")  # Keystone, from 80: pump disabled
_PRESSURES = range(500, 7001)


class Tank:
    """A tank; `level` in its own steps, fractions count on."""

    def __init__(self, instance: int, template: bytes, level: float) -> None:
        """Make a tank that speaks in the steps of the captured `template`."""
        self.instance = instance
        self.resolution = template[2]
        self.level = level
        self._template = template

    @property
    def steps(self) -> int:
        """The whole steps, as sent."""
        return int(self.level)

    def status(self, _now: float) -> bytes:
        """Return TANK_STATUS."""
        return patched(self._template, (0, 1, self.instance), (1, 1, self.steps))

    def flow(self, steps: float) -> None:
        """Add or take a part of a step; the owner dumps a full tank and fills an empty one."""
        self.level += steps
        if self.level < 1 and steps < 0:
            self.level = self.resolution - 3
        elif self.level > self.resolution:
            self.level = 2


class Pump:
    """The water pump; pressures in 100 Pa. It runs now and then while enabled."""

    instance = None
    wake = None

    def __init__(self, *, enabled: bool) -> None:
        """Make a pump."""
        self.enabled = enabled
        self.running = False
        self.pressure = 2400
        self.setting = 3100
        self.regulator = 3450
        self.revision = 0
        self._turn = 0.0

    def status(self, _now: float) -> bytes:
        """Return WATER_PUMP_STATUS."""
        return patched(
            _PUMP,
            (0, 1, self.enabled | self.running << 2),
            (1, 2, self.pressure),
            (3, 2, self.setting),
            (5, 2, self.regulator),
            (7, 1, 6 if self.running else 0),
        )

    def advance(self, _now: float) -> None:
        """Nothing changes between two ticks: see `tick`."""

    def tick(self, now: float, rng: Random) -> None:
        """Open or close a tap when it is time; let the pressure follow."""
        if not self._turn:
            self._turn = now + rng.uniform(20, 60)
        if now >= self._turn:
            self._turn = now + (rng.uniform(60, 180) if self.running else rng.uniform(8, 20))
            self._run(running=not self.running and self.enabled)
        if self.running:
            self.pressure = round(0.7 * self.pressure + 0.3 * (self.setting - 700))
            self.pressure += rng.randint(-40, 40)
        elif self.enabled:
            self.pressure = round(0.8 * self.pressure + 0.2 * self.setting)

    def obey(self, data: bytes) -> None:
        """Obey 8 bytes of WATER_PUMP_COMMAND."""
        self.revision += 1
        if data[0] & 3 < 2:
            self.enabled = bool(data[0] & 1)
            self._run(running=self.running and self.enabled)
        if word(data, 1) in _PRESSURES:
            self.setting = word(data, 1)
        if word(data, 3) in _PRESSURES:
            self.regulator = word(data, 3)

    def _run(self, *, running: bool) -> None:
        if running != self.running:
            self.running = running
            self.revision += 1
