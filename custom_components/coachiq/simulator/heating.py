"""What makes air and water warm or cold: A/C, furnace, water heater (RV-C 2023-11, 6.9-6.17)."""

from collections.abc import Sequence

from .climate import Mode, Zone
from .frame import kelvin_raw, patched, word
from .load import Load

AC_STATUS = 0x1FFE1
AC_COMMAND = 0x1FFE0
FURNACE_STATUS = 0x1FFE4
FURNACE_COMMAND = 0x1FFE3
WATER_HEATER_STATUS = 0x1FFF7
WATER_HEATER_COMMAND = 0x1FFF6

# 2022 Aspire (rlust): A/C 1 at work, A/C 2 idle; water heater 1 on electric, at 81 degC.
_AC_ACTIVE = bytes.fromhex("0101FFFFC8C8FFFC")
_AC_IDLE = bytes.fromhex("0200FFFF0000FF00")
_WATER_HEATER = bytes.fromhex("0102FFFF342CF00C")
# By hand from 6.15.2: automatic, combustion, no dead bands, no faults; nothing was captured.
_FURNACE = bytes.fromhex("03000000FFFF00FF")

_OVERRIDE = 1.0
_COMPRESSOR_DELAY = 10.0
_HALF, _FULL = 100, 200
_WATER_SET_POINTS = range(kelvin_raw(10), kelvin_raw(90) + 1)


class AirConditioner:
    """One roof unit; levels are 0 to 200."""

    wake = None

    def __init__(self, instance: int, zone: Zone, load: Load | None) -> None:
        """Make the unit of `zone`, whose compressor is `load` when the bus shows it."""
        self.instance = instance
        self.zone = zone
        self.load = load
        self.fan = 0
        self.output = 0
        self.max_fan = 0xFF
        self.max_output = 0xFF
        self.revision = 0
        self._overridden_until = 0.0

    def status(self, _now: float) -> bytes:
        """Return AIR_CONDITIONER_STATUS."""
        return patched(
            _AC_ACTIVE if self.fan or self.output else _AC_IDLE,
            (0, 1, self.instance),
            (2, 1, self.max_fan),
            (3, 1, self.max_output),
            (4, 1, self.fan),
            (5, 1, self.output),
        )

    def advance(self, now: float) -> None:
        """Follow the zone, unless a command to the unit itself is still fresh."""
        if now < self._overridden_until:
            return
        zone = self.zone
        output = _FULL if zone.demand < 0 or (zone.demand > 0 and zone.mode != Mode.AUX_HEAT) else 0
        busy = output or zone.mode == Mode.FAN or (zone.fan_mode and zone.mode != Mode.OFF)
        self._run(self._fan_for(output) if busy else 0, output)
        self._drive_compressor(now)

    def obey(self, data: bytes, now: float) -> None:
        """Obey 8 bytes of AIR_CONDITIONER_COMMAND; the controller takes over again in a second."""
        self.revision += 1
        self.max_fan = data[2] if data[2] <= _FULL else self.max_fan
        self.max_output = data[3] if data[3] <= _FULL else self.max_output
        fan = data[4] if data[4] <= _FULL else self.fan
        output = data[5] if data[5] <= _FULL else self.output
        self._overridden_until = now + _OVERRIDE
        self._run(fan, output)

    def _fan_for(self, output: int) -> int:
        if self.zone.fan_speed:
            return self.zone.fan_speed
        return _FULL if output else _HALF

    def _run(self, fan: int, output: int) -> None:
        wanted = (min(fan, self.max_fan), min(output, self.max_output))
        if wanted != (self.fan, self.output):
            self.fan, self.output = wanted
            self.revision += 1

    def _drive_compressor(self, now: float) -> None:
        if self.load is None:
            return
        # The load on the wire is what the controller grants; it follows only when the wish turns.
        wished = self.load.on or self.load.wake is not None
        if self.output and not wished:
            self.load.switch(on=True, now=now, delay=_COMPRESSOR_DELAY)
        elif not self.output and wished:
            self.load.switch(on=False, now=now)


class Furnace:
    """One Aqua-Hot heat exchanger; levels are 0 to 200."""

    wake = None

    def __init__(self, instance: int, own: Zone, roof: Sequence[Zone]) -> None:
        """Make the heat of zone `own`, and of the `roof` zones when they ask for auxiliary heat."""
        self.instance = instance
        self.own = own
        self.roof = roof
        self.output = 0
        self.revision = 0
        self._overridden_until = 0.0

    def status(self, _now: float) -> bytes:
        """Return FURNACE_STATUS."""
        fan = _HALF if self.output else 0
        return patched(_FURNACE, (0, 1, self.instance), (2, 1, fan), (3, 1, self.output))

    def advance(self, now: float) -> None:
        """Heat when a zone asks for it, unless a command to the furnace itself is still fresh."""
        if now < self._overridden_until:
            return
        asked = self.own.demand > 0 or any(
            zone.demand > 0 and zone.mode == Mode.AUX_HEAT for zone in self.roof
        )
        output = _FULL if asked else 0
        if output != self.output:
            self.output = output
            self.revision += 1

    def obey(self, data: bytes, now: float) -> None:
        """Obey 8 bytes of FURNACE_COMMAND; the zones take over again in a second."""
        self.output = data[3] if data[3] <= _FULL else self.output
        self._overridden_until = now + _OVERRIDE
        self.revision += 1


class WaterHeater:
    """The boiler: its mode is which of its two loads are on; temperatures in degC."""

    wake = None

    def __init__(self, instance: int, *, burner: Load, element: Load) -> None:
        """Make the heater that burns in `burner` and heats with `element`."""
        self.instance = instance
        self.burner = burner
        self.element = element
        self.set_point = 80.0
        self.temperature = 72.0
        self.heating = False
        self.revision = 0
        self._shown = (False, 0)

    @property
    def mode(self) -> int:
        """0 off, 1 combustion, 2 electric, 3 both."""
        return self.burner.on | self.element.on << 1

    def status(self, _now: float) -> bytes:
        """Return WATERHEATER_STATUS."""
        flags = (
            _WATER_HEATER[6] & 0xC0
            | self.heating
            | (self.heating and self.burner.powered) << 2
            | (self.heating and self.element.powered) << 4
        )
        return patched(
            _WATER_HEATER,
            (0, 1, self.instance),
            (1, 1, self.mode),
            (2, 2, kelvin_raw(self.set_point)),
            (4, 2, kelvin_raw(self.temperature)),
            (6, 1, flags),
        )

    def advance(self, _now: float) -> None:
        """Notice when the thermostat or the mode turns."""
        self.heating = self.temperature < self.set_point - (0.0 if self.heating else 5.0)
        shown = (self.heating, self.mode)
        if shown != self._shown:
            self._shown = shown
            self.revision += 1

    def warm(self, span: float) -> None:
        """Let `span` seconds pass over the water."""
        power = 2 * self.burner.powered + self.element.powered
        gain = 0.02 * power if self.heating else 0.0
        self.temperature += (gain - (self.temperature - 25) / 9000) * span

    def obey(self, data: bytes, now: float) -> None:
        """Obey 8 bytes of WATERHEATER_COMMAND; 4 (automatic) heats with both (6.9.3)."""
        self.revision += 1
        if data[1] <= 4:
            wish = min(data[1], 3)
            for load, on in ((self.burner, bool(wish & 1)), (self.element, bool(wish & 2))):
                if load.on != on:
                    load.switch(on=on, now=now)
        if word(data, 2) in _WATER_SET_POINTS:
            self.set_point = word(data, 2) / 32 - 273
