"""Everything on the coach, put together: the things, and what they obey."""

from collections.abc import Callable
from math import pi, sin
from random import Random

from . import (
    climate,
    dimmer,
    dimming,
    fitting,
    heating,
    keypad,
    leveling,
    load,
    mover,
    power,
    scene,
    water,
)
from .code import selected

TICK = 0.5
"""Seconds between two steps of the slow physics."""

_TANK_STEPS = 0.01  # per second of running pump
_LAMP_AMPS = 1.2
_SHORE_AMPS = 60.0
_FLOAT_AMPS = -0.5


class Equipment:
    """The things of the coach; tests read them, only the bus changes them."""

    def __init__(self, rng: Random) -> None:
        """Build the scene."""
        self._rng = rng
        self.shore = True
        self.door_locked = False
        self.outside = scene.OUTSIDE
        self.dimmers = {
            row.instance: dimmer.Dimmer(
                row.instance,
                group=row.group,
                node_group=row.node_group,
                level=row.level,
                pulse=row.pulse,
            )
            for row in scene.DIMMERS
        }
        for code, levels in scene.SCENES.items():
            for instance, level in levels.items():
                self.dimmers[instance].scenes[code] = level
        self.ac_loads = {
            each: load.Load(each, load.AC, on=on) for each, on in scene.AC_LOADS.items()
        }
        self.dc_loads = {
            each: load.Load(each, load.DC, on=on) for each, on in scene.DC_LOADS.items()
        }
        self.channels = {
            each: climate.Channel(each, warm, leak=leak)
            for each, (warm, leak) in scene.CHANNELS.items()
        }
        self.zones = {
            row.instance: climate.Zone(
                row.instance, self.channels[row.channel], mode=row.mode, cools=row.cools
            )
            for row in scene.ZONES
        }
        self.air_conditioners = {
            each: heating.AirConditioner(
                each, self.zones[zone], self.ac_loads[motor] if motor is not None else None
            )
            for each, (_, zone, motor) in scene.AIR_CONDITIONERS.items()
        }
        self.furnaces = {
            each: heating.Furnace(each, self.zones[own], [self.zones[roof] for roof in roofs])
            for each, (own, roofs) in scene.FURNACES.items()
        }
        self.water_heater = heating.WaterHeater(
            1, burner=self.ac_loads[scene.BURNER], element=self.ac_loads[scene.ELECTRIC]
        )
        self.tanks = {
            each: water.Tank(each, frame, level) for each, (frame, level) in scene.TANKS.items()
        }
        self.pump = water.Pump(enabled=True)
        self.generator = power.Generator()
        self.lamps = {each: keypad.Lamp(each) for each in scene.KEYS}
        self.keys = [
            keypad.Key(each, self.lamps[each], first) for each, first in scene.KEYS.items()
        ]
        self.fittings = fitting.fittings()
        self.movers = mover.movers()
        self.leveling = leveling.Leveling()
        self.house = power.Battery(1, 120, capacity=400, charge=74.0, volts=12.9)
        self.chassis = power.Battery(2, 40, capacity=100, charge=92.0, volts=12.2)
        self.tick(0.0, 0.0)
        self._obey = self._commands()

    def obey(self, dgn: int, data: bytes, now: float) -> None:
        """Obey a command of 8 bytes; other DGNs mean nothing to the coach."""
        action = self._obey.get(dgn)
        if action is not None:
            action(data, now)
            self._notice_door()
            self._share_power()
        for one in self.fittings:
            if one.command == dgn:
                one.obey(data)
        for each in self.movers:
            if each.kind.command == dgn:
                each.obey(data, now)

    def tick(self, now: float, span: float) -> None:
        """Let `span` seconds pass over air, water and charge."""
        self.outside = scene.OUTSIDE + 2 * sin(2 * pi * now / 7200)
        zones, channels = list(self.zones.values()), list(self.channels.values())
        climate.settle(zones, channels, outside=self.outside, span=span)
        self.water_heater.warm(span)
        self.pump.tick(now, self._rng)
        if self.pump.running:
            self.tanks[scene.FRESH].flow(-_TANK_STEPS * span)
            self.tanks[scene.GRAY].flow(0.8 * _TANK_STEPS * span)
        self.generator.run(span)
        self._carry(span)
        for unit in self.air_conditioners.values():
            unit.advance(now)
        for furnace in self.furnaces.values():
            furnace.advance(now)
        self.water_heater.advance(now)
        self._share_power()

    def _carry(self, span: float) -> None:
        lamps = sum(each.level for each in self.dimmers.values()) / 200 * _LAMP_AMPS
        used = 9.0 + lamps + (6.0 if self.pump.running else 0.0)
        fed = self.shore or self.generator.running
        # Full charge up to 90 percent, then less and less.
        given = _SHORE_AMPS * min(1.0, (100.5 - self.house.charge) / 10)
        net = min(used - given, _FLOAT_AMPS) if fed else used
        self.house.carry(net, span, self._rng)
        self.chassis.carry(0.4, span, self._rng)

    def _notice_door(self) -> None:
        for instance, locked in ((scene.LOCK, True), (scene.UNLOCK, False)):
            if self.dimmers[instance].level:
                self.door_locked = locked

    def _share_power(self) -> None:
        # Two compressors at once leave nothing for the electric element.
        motors = [self.ac_loads[motor] for _, _, motor in scene.AIR_CONDITIONERS.values() if motor]
        self.ac_loads[scene.ELECTRIC].set_shed(shed=all(each.powered for each in motors))

    def _dim(self, data: bytes, now: float) -> None:
        for each in selected(data[0], data[1], self.dimmers):
            dimming.obey(each, data, now)

    def _switch_ac(self, data: bytes, now: float) -> None:
        for each in selected(data[0], data[1], self.ac_loads, zero_is_all=True):
            each.obey(data, now)

    def _switch_dc(self, data: bytes, now: float) -> None:
        for each in selected(data[0], data[1], self.dc_loads, zero_is_all=True):
            each.obey(data, now)

    def _light_keys(self, data: bytes, now: float) -> None:
        for each in selected(data[0], data[1], self.lamps, zero_is_all=True):
            each.obey(data, now)

    def _set_zone(self, data: bytes, _now: float) -> None:
        if data[0] in self.zones:
            self.zones[data[0]].obey(data)

    def _run_unit(self, data: bytes, now: float) -> None:
        for each in self.air_conditioners.values():
            if data[0] in {0, each.instance}:
                each.obey(data, now)

    def _run_furnace(self, data: bytes, now: float) -> None:
        for each in self.furnaces.values():
            if data[0] in {0, each.instance}:
                each.obey(data, now)

    def _heat_water(self, data: bytes, now: float) -> None:
        if data[0] in {0, self.water_heater.instance}:
            self.water_heater.obey(data, now)

    def _set_pump(self, data: bytes, _now: float) -> None:
        self.pump.obey(data)

    def _commands(self) -> dict[int, Callable[[bytes, float], None]]:
        return {
            dimming.COMMAND: self._dim,
            load.AC.command: self._switch_ac,
            load.DC.command: self._switch_dc,
            keypad.INDICATOR_COMMAND: self._light_keys,
            climate.ZONE_COMMAND: self._set_zone,
            heating.AC_COMMAND: self._run_unit,
            heating.FURNACE_COMMAND: self._run_furnace,
            heating.WATER_HEATER_COMMAND: self._heat_water,
            water.PUMP_COMMAND: self._set_pump,
            power.GENERATOR_COMMAND: self.generator.obey,
            leveling.COMMAND: self.leveling.obey,
        }
