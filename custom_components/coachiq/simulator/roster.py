"""Who reports what, and how often: the statuses of the coach."""

from collections.abc import Iterator
from functools import partial

from . import climate, dimmer, heating, keypad, leveling, power, scene, water
from .equipment import Equipment
from .report import Pace, Report, Status, Thing, every


def reports(coach: Equipment) -> list[Report]:
    """Return every status that the coach's things send."""
    return [*_switched(coach), *_climate(coach), *_water(coach), *_power(coach), *_fitted(coach)]


def _living(dgn: int, source: int, thing: Thing, pace: Pace | None = None) -> Report:
    """Return a report that is also sent when its thing changes."""
    return Report(
        dgn=dgn,
        source=source,
        instance=thing.instance,
        status=thing.status,
        pace=pace,
        thing=thing,
    )


def _steady(dgn: int, source: int, instance: int, status: Status, pace: Pace) -> Report:
    """Return a report that only time sends."""
    return Report(dgn=dgn, source=source, instance=instance, status=status, pace=pace)


def _switched(coach: Equipment) -> Iterator[Report]:
    for row in scene.DIMMERS:
        yield _living(dimmer.STATUS, row.source, coach.dimmers[row.instance])
    for load in coach.ac_loads.values():
        yield _living(load.kind.status, scene.G6, load)
    for load in coach.dc_loads.values():
        yield _living(load.kind.status, scene.LOADS, load)
    for key in coach.keys:
        yield _living(keypad.INPUT_STATUS, scene.KEYPAD, key)
    for lamp in coach.lamps.values():
        yield _living(keypad.INDICATOR_STATUS, scene.KEYPAD, lamp)


def _climate(coach: Equipment) -> Iterator[Report]:
    for zone in coach.zones.values():
        yield _living(climate.ZONE_STATUS, scene.G6, zone, every(2.0))
    for air in coach.channels.values():
        yield _steady(climate.AMBIENT_STATUS, scene.G6, air.instance, air.status, every(5.0))
    for unit in coach.air_conditioners.values():
        source = scene.AIR_CONDITIONERS[unit.instance][0]
        yield _living(heating.AC_STATUS, source, unit, every(5.0))
    for furnace in coach.furnaces.values():
        yield _living(heating.FURNACE_STATUS, scene.AQUA_HOT, furnace, every(5.0))


def _water(coach: Equipment) -> Iterator[Report]:
    yield _living(heating.WATER_HEATER_STATUS, scene.AQUA_HOT, coach.water_heater, every(2.0))
    yield _living(water.PUMP_STATUS, scene.G6, coach.pump, every(5.0))
    for tank in coach.tanks.values():
        yield _steady(water.TANK_STATUS, scene.G6, tank.instance, tank.status, every(5.0))


def _power(coach: Equipment) -> Iterator[Report]:
    generator = coach.generator
    yield _living(power.GENERATOR_STATUS, scene.GENERATOR, generator, generator.pace)
    pace = every(0.5)
    for source, bank in (
        (scene.HOUSE_MONITOR, coach.house),
        (scene.CHASSIS_MONITOR, coach.chassis),
    ):
        yield _steady(power.SOURCE_STATUS_1, source, bank.instance, bank.status_1, pace)
        yield _steady(power.SOURCE_STATUS_2, source, bank.instance, bank.status_2, pace)
        yield _steady(power.SOURCE_STATUS_3, source, bank.instance, bank.status_3, pace)
    meter = partial(power.voltmeter, coach.house)
    yield _steady(power.SOURCE_STATUS_1, scene.G6, coach.house.instance, meter, pace)


def _fitted(coach: Equipment) -> Iterator[Report]:
    for fitting in coach.fittings:
        yield _living(fitting.dgn, fitting.source, fitting, every(fitting.seconds))
    system = coach.leveling
    yield _living(leveling.STATUS, system.source, system, every(5.0))
    yield Report(
        dgn=leveling.JACK_STATUS,
        source=system.source,
        instance=None,
        status=system.jack_status,
        pace=every(1.0),
        thing=system,
    )
    for mover in coach.movers:
        yield _living(mover.kind.status, mover.source, mover, every(5.0))
