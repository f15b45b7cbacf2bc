"""Batteries and the generator (RV-C 2023-11, 6.5 and 6.18)."""

from enum import IntEnum
from random import Random

from .frame import NO_DATA_16, kelvin_raw, patched

SOURCE_STATUS_1 = 0x1FFFD
SOURCE_STATUS_2 = 0x1FFFC
SOURCE_STATUS_3 = 0x1FFFB
GENERATOR_STATUS = 0x1FFDC
GENERATOR_COMMAND = 0x1FFDA

_SOURCE_1 = bytes.fromhex("01780D01AB913577")  # thomasonw, from 80: 13.45 V, 0.6 A into the battery
_SOURCE_2 = bytes.fromhex("0178FF7FFFFFFFFF")  # the same sender; it leaves out byte 7
_SOURCE_3 = bytes.fromhex("0178FFFFFFFFFFFF")  # by hand from 6.5.4; nothing was captured
# Keystone, from 80: a voltmeter of priority 20 that fills the current with zeros (-2,000,000 A).
_VOLTMETER = bytes.fromhex("0114060100000000")
_GENERATOR = bytes.fromhex("005E010000FFFFFF")  # Tiffin, from 93, 2018-03-21: stopped, 350 min
_TIME_TO_FULL = 0xFD
_TIME_TO_EMPTY = 0xFC
_ZERO_AMPS = 2_000_000_000


class Battery:
    """A bank; amps are positive when it discharges, as on the wire."""

    def __init__(
        self, instance: int, priority: int, *, capacity: float, charge: float, volts: float
    ) -> None:
        """Make a bank of `capacity` Ah, charged to `charge` percent, `volts` at rest when empty."""
        self.instance = instance
        self.priority = priority
        self.capacity = capacity
        self.charge = charge
        self.temperature = 24.0
        self.amps = 0.0
        self.volts = volts
        self._empty_volts = volts

    def carry(self, amps: float, span: float, rng: Random) -> None:
        """Let `amps` flow out (in, when negative) for `span` seconds."""
        self.amps = amps + rng.gauss(0, 0.02 * abs(amps) + 0.05)
        spent = self.amps * span / 3600 / self.capacity * 100
        self.charge = min(max(self.charge - spent, 5.0), 100.0)
        rest = self._empty_volts + 0.006 * self.charge
        self.volts = rest - 0.004 * self.amps + rng.gauss(0, 0.02)

    def status_1(self, _now: float) -> bytes:
        """Return DC_SOURCE_STATUS_1: volts and amps."""
        return self._headed(
            _SOURCE_1, (2, 2, round(self.volts * 20)), (4, 4, _ZERO_AMPS + round(self.amps * 1000))
        )

    def status_2(self, _now: float) -> bytes:
        """Return DC_SOURCE_STATUS_2: temperature, state of charge, time left."""
        filling = self.amps < 0
        hours = (100 - self.charge if filling else self.charge) / 100 * self.capacity
        minutes = hours / abs(self.amps) * 60 if self.amps else NO_DATA_16
        return self._headed(
            _SOURCE_2,
            (2, 2, kelvin_raw(self.temperature)),
            (4, 1, round(self.charge * 2)),
            (5, 2, min(round(minutes), 65530)),
            (7, 1, _TIME_TO_FULL if filling else _TIME_TO_EMPTY),
        )

    def status_3(self, _now: float) -> bytes:
        """Return DC_SOURCE_STATUS_3: health, Ah left, relative capacity."""
        return self._headed(
            _SOURCE_3,
            (2, 1, 196),
            (3, 2, round(self.capacity * self.charge / 100 * 0.98)),
            (5, 1, round(self.charge * 2 * 0.98)),
        )

    def _headed(self, template: bytes, *parts: tuple[int, int, int]) -> bytes:
        return patched(template, (0, 1, self.instance), (1, 1, self.priority), *parts)


def voltmeter(battery: Battery, _now: float) -> bytes:
    """Return DC_SOURCE_STATUS_1 of the controller's own meter, 0.4 V low: long wires."""
    volts = round((battery.volts - 0.4) * 20)
    return patched(_VOLTMETER, (0, 1, battery.instance), (2, 2, volts))


class Stage(IntEnum):
    """States of a generator."""

    STOPPED = 0
    PREHEAT = 1
    CRANKING = 2
    RUNNING = 3
    PRIMING = 4


_STOP, _START, _PRIME, _PREHEAT = range(4)
_FIRST = {_START: Stage.PREHEAT, _PRIME: Stage.PRIMING, _PREHEAT: Stage.PREHEAT}
_LASTS = {Stage.PREHEAT: 3.0, Stage.CRANKING: 2.0, Stage.PRIMING: 3.0}


class Generator:
    """The generator; `minutes` run in all."""

    instance = None

    def __init__(self) -> None:
        """Make a stopped one."""
        self.stage = Stage.STOPPED
        self.minutes = float(int.from_bytes(_GENERATOR[1:5], "little"))
        self.revision = 0
        self.wake: float | None = None
        self._starting = False

    @property
    def running(self) -> bool:
        """True while it makes power."""
        return self.stage is Stage.RUNNING

    def pace(self) -> float:
        """Return the seconds between two statuses (6.18): 1 running, else 5."""
        return 1.0 if self.running else 5.0

    def status(self, _now: float) -> bytes:
        """Return GENERATOR_STATUS_1."""
        changed: list[tuple[int, int, int]] = [(0, 1, self.stage), (1, 4, int(self.minutes))]
        if self.running:
            changed += [(5, 1, 64), (6, 2, 278)]
        return patched(_GENERATOR, *changed)

    def advance(self, now: float) -> None:
        """Go on to the next stage."""
        if self.wake is None or now < self.wake:
            return
        if self.stage is Stage.CRANKING:
            self._enter(Stage.RUNNING, now)
        elif self.stage is Stage.PREHEAT and self._starting:
            self._enter(Stage.CRANKING, now)
        else:
            self._enter(Stage.STOPPED, now)

    def run(self, span: float) -> None:
        """Count `span` seconds."""
        if self.running:
            self.minutes += span / 60

    def obey(self, data: bytes, now: float) -> None:
        """Obey 8 bytes of GENERATOR_COMMAND (6.18.25)."""
        command = data[0]
        self.revision += 1
        if command == _STOP:
            self._enter(Stage.STOPPED, now)
        elif command in _FIRST and self.stage is Stage.STOPPED:
            self._starting = command == _START
            self._enter(_FIRST[command], now)

    def _enter(self, stage: Stage, now: float) -> None:
        self.stage = stage
        self.revision += 1
        lasts = _LASTS.get(stage)
        self.wake = None if lasts is None else now + lasts
