"""What Home Assistant calls the units of the protocol's fields."""

from collections.abc import Mapping
from typing import NamedTuple

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import (
    DEGREE,
    REVOLUTIONS_PER_MINUTE,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfFrequency,
    UnitOfLength,
    UnitOfPower,
    UnitOfPressure,
    UnitOfRatio,
    UnitOfReactivePower,
    UnitOfSpeed,
    UnitOfTemperature,
    UnitOfTime,
    UnitOfVolume,
    UnitOfVolumeFlowRate,
)

# What changes with every frame is written at most once in so many seconds: what follows a switch
# at once, and what takes its time.
QUICK, SLOW = 1.0, 10.0


class Unit(NamedTuple):
    """A unit: its name, the class of what is measured in it, the decimals to show, the pace."""

    name: str
    device_class: SensorDeviceClass | None
    precision: int
    interval: float = SLOW


UNITS: Mapping[str, Unit] = {
    "V": Unit(UnitOfElectricPotential.VOLT, SensorDeviceClass.VOLTAGE, 2, QUICK),
    "mV": Unit(UnitOfElectricPotential.MILLIVOLT, SensorDeviceClass.VOLTAGE, 0, QUICK),
    "A": Unit(UnitOfElectricCurrent.AMPERE, SensorDeviceClass.CURRENT, 1, QUICK),
    "W": Unit(UnitOfPower.WATT, SensorDeviceClass.POWER, 0, QUICK),
    "var": Unit(
        UnitOfReactivePower.VOLT_AMPERE_REACTIVE, SensorDeviceClass.REACTIVE_POWER, 0, QUICK
    ),
    "kWh": Unit(UnitOfEnergy.KILO_WATT_HOUR, SensorDeviceClass.ENERGY, 1),
    "Ah": Unit("Ah", None, 0),
    "Hz": Unit(UnitOfFrequency.HERTZ, SensorDeviceClass.FREQUENCY, 1),
    "°C": Unit(UnitOfTemperature.CELSIUS, SensorDeviceClass.TEMPERATURE, 1),
    "%": Unit(UnitOfRatio.PERCENTAGE, None, 0),
    "ms": Unit(UnitOfTime.MILLISECONDS, SensorDeviceClass.DURATION, 0),
    "s": Unit(UnitOfTime.SECONDS, SensorDeviceClass.DURATION, 0),
    "min": Unit(UnitOfTime.MINUTES, SensorDeviceClass.DURATION, 0),
    "h": Unit(UnitOfTime.HOURS, SensorDeviceClass.DURATION, 0),
    "d": Unit(UnitOfTime.DAYS, SensorDeviceClass.DURATION, 0),
    "Pa": Unit(UnitOfPressure.PA, SensorDeviceClass.PRESSURE, 0),
    "kPa": Unit(UnitOfPressure.KPA, SensorDeviceClass.PRESSURE, 0),
    "mbar": Unit(UnitOfPressure.MBAR, SensorDeviceClass.ATMOSPHERIC_PRESSURE, 0),
    "psi": Unit(UnitOfPressure.PSI, SensorDeviceClass.PRESSURE, 0),
    "L": Unit(UnitOfVolume.LITERS, SensorDeviceClass.VOLUME_STORAGE, 0),
    "L/h": Unit(UnitOfVolumeFlowRate.LITERS_PER_HOUR, SensorDeviceClass.VOLUME_FLOW_RATE, 1),
    "m": Unit(UnitOfLength.METERS, SensorDeviceClass.DISTANCE, 0),
    "km/h": Unit(UnitOfSpeed.KILOMETERS_PER_HOUR, SensorDeviceClass.SPEED, 0, QUICK),
    "deg": Unit(DEGREE, None, 1),
    "ppm": Unit("ppm", None, 0),
    "rpm": Unit(REVOLUTIONS_PER_MINUTE, None, 0, QUICK),
}
