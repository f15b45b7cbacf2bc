"""Zones and the air they heat and cool (RV-C 2023-11, 6.16)."""

from collections.abc import Sequence
from enum import IntEnum

from .frame import NO_DATA_8, NO_DATA_16, kelvin_raw, patched, word

ZONE_STATUS = 0x1FFE2
ZONE_COMMAND = 0x1FEF9
AMBIENT_STATUS = 0x1FF9C

# 2022 Aspire (rlust): zone 0 cool, fan auto; channel 0 at 26.7 degC.
_ZONE = bytes.fromhex("0001005A255A2500")
_AMBIENT = bytes.fromhex("0075250000000000")

SET_POINT = 0x24E7
"""72 degF, as the 2021 Aspire 44R sends it."""

# Panels step the set point with these in the cool field (01FFFFFFFFFAFFFF, 00FFFFFFFFF9FFFF).
_STEPS = {0xFFF9: -1, 0xFFFA: +1}
_SET_POINTS = range(kelvin_raw(0), kelvin_raw(50) + 1)
_BEGIN = 0.5
_END = 0.25


class Mode(IntEnum):
    """Operating modes of a thermostat."""

    OFF = 0
    COOL = 1
    HEAT = 2
    AUTO = 3
    FAN = 4
    AUX_HEAT = 5
    DEHUMIDIFY = 6


_COOLING = {Mode.COOL, Mode.AUTO, Mode.DEHUMIDIFY}
_HEATING = {Mode.HEAT, Mode.AUTO, Mode.AUX_HEAT}


class Channel:
    """A temperature sensor, degC; not the zone of the same number."""

    def __init__(self, instance: int, temperature: float, *, leak: float | None) -> None:
        """Make a channel that follows the outside in `leak` seconds (None: not connected)."""
        self.instance = instance
        self.temperature = temperature
        self.leak = leak

    @property
    def raw(self) -> int:
        """The temperature as sent, 1/32 degC from -273."""
        return kelvin_raw(self.temperature)

    def status(self, _now: float) -> bytes:
        """Return THERMOSTAT_AMBIENT_STATUS."""
        return patched(_AMBIENT, (0, 1, self.instance), (1, 2, self.raw))

    def drift(self, outside: float, push: float, span: float) -> None:
        """Move for `span` seconds towards the outside (degC), plus `push` degC a second."""
        if self.leak is not None:
            self.temperature += ((outside - self.temperature) / self.leak + push) * span


class Zone:
    """A thermostat; set points are raw, `demand` is -1 cooling, 0 content, 1 heating."""

    def __init__(self, instance: int, channel: Channel, *, mode: Mode, cools: bool) -> None:
        """Make a zone that feels `channel`."""
        self.instance = instance
        self.channel = channel
        self.mode = int(mode)
        self.cools = cools
        self.fan_mode = 0
        self.schedule = 0
        self.fan_speed = 0
        self.heat = SET_POINT
        self.cool = SET_POINT
        self.demand = 0
        self.revision = 0

    wake = None

    def status(self, _now: float) -> bytes:
        """Return THERMOSTAT_STATUS_1."""
        return patched(
            _ZONE,
            (0, 1, self.instance),
            (1, 1, self.mode | self.fan_mode << 4 | self.schedule << 6),
            (2, 1, self.fan_speed),
            (3, 2, self.heat),
            (5, 2, self.cool),
        )

    def advance(self, _now: float) -> None:
        """A thermostat changes only with its air: see `feel`."""

    def feel(self) -> None:
        """Decide what the air needs, with half a degree of hysteresis."""
        air = self.channel.temperature
        over = air - (self.cool / 32 - 273)
        under = self.heat / 32 - 273 - air
        if self.cools and self.mode in _COOLING and over > (-_END if self.demand < 0 else _BEGIN):
            self.demand = -1
        elif self.mode in _HEATING and under > (-_END if self.demand > 0 else _BEGIN):
            self.demand = 1
        else:
            self.demand = 0

    def obey(self, data: bytes) -> None:
        """Obey 8 bytes of THERMOSTAT_COMMAND_1; all-ones leave a field as it is (6.16.4)."""
        self.revision += 1
        self._obey_modes(data[1], data[2])
        heat, cool = word(data, 3), word(data, 5)
        if cool in _STEPS:
            self.heat = _stepped(self.heat, _STEPS[cool])
            self.cool = _stepped(self.cool, _STEPS[cool])
            return
        if heat != NO_DATA_16 and heat in _SET_POINTS:
            self.heat = heat
        if cool != NO_DATA_16 and cool in _SET_POINTS:
            self.cool = cool

    def _obey_modes(self, modes: int, fan_speed: int) -> None:
        if modes & 0x0F in set(Mode):
            self.mode = modes & 0x0F
        fan_mode, schedule = modes >> 4 & 3, modes >> 6
        if fan_mode < 2:
            self.fan_mode = fan_mode
            if fan_mode == 0 and fan_speed == NO_DATA_8:
                self.fan_speed = 0
        if schedule < 2:
            self.schedule = schedule
        if fan_speed <= 200:
            self.fan_speed = fan_speed


def _stepped(raw: int, fahrenheit: int) -> int:
    """Return the set point moved by whole degrees Fahrenheit, kept within its range."""
    degrees = round((raw / 32 - 273) * 1.8 + 32) + fahrenheit
    moved = kelvin_raw((degrees - 32) / 1.8)
    return moved if moved in _SET_POINTS else raw


def settle(
    zones: Sequence[Zone], channels: Sequence[Channel], *, outside: float, span: float
) -> None:
    """Let `span` seconds pass over all air; outside in degC."""
    for zone in zones:
        zone.feel()
    for channel in channels:
        push = sum(0.02 * zone.demand for zone in zones if zone.channel is channel)
        channel.drift(outside, push, span)
