"""Sensors: one row each."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfPressure,
    UnitOfRatio,
    UnitOfTemperature,
    UnitOfTime,
    UnitOfVolume,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import UNDEFINED

from .bus_sensor import bus_sensors
from .coach import Thing, label, number
from .coordinator import CoachConfigEntry, CoachCoordinator
from .entity import ThingDescription, ThingEntity, matching
from .node_sensor import add_nodes

PARALLEL_UPDATES = 0

DIAGNOSTIC = EntityCategory.DIAGNOSTIC
MEASUREMENT = SensorStateClass.MEASUREMENT


@dataclass(frozen=True, kw_only=True)
class CoachSensorDescription(ThingDescription, SensorEntityDescription):
    """A sensor that shows the value of the same name as its key."""


def _volts(
    family: str, key: str, *, chatty: bool = False, named: bool = True
) -> CoachSensorDescription:
    """Return a voltage."""
    return CoachSensorDescription(
        key=key,
        family=family,
        translation_key=key if named else None,
        device_class=SensorDeviceClass.VOLTAGE,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        state_class=MEASUREMENT,
        suggested_display_precision=2,
        chatty=chatty,
    )


def _amps(family: str, key: str, *, enabled: bool = True) -> CoachSensorDescription:
    """Return a current."""
    return CoachSensorDescription(
        key=key,
        family=family,
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        state_class=MEASUREMENT,
        suggested_display_precision=1,
        entity_registry_enabled_default=enabled,
        chatty=True,
    )


def _degrees(
    family: str, key: str, *, main: bool = False, named: bool = False
) -> CoachSensorDescription:
    """Return a temperature."""
    return CoachSensorDescription(
        key=key,
        family=family,
        name=None if main else UNDEFINED,
        translation_key=key if named else None,
        device_class=SensorDeviceClass.TEMPERATURE,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        state_class=MEASUREMENT,
        suggested_display_precision=1,
        chatty=True,
    )


def _share(family: str, key: str) -> CoachSensorDescription:
    """Return a percentage with a name of its own."""
    return CoachSensorDescription(
        key=key,
        family=family,
        translation_key=key,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        state_class=MEASUREMENT,
        suggested_display_precision=0,
        chatty=True,
    )


def _minutes(family: str, key: str) -> CoachSensorDescription:
    """Return a time that remains."""
    return CoachSensorDescription(
        key=key,
        family=family,
        translation_key=key,
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_unit_of_measurement=UnitOfTime.HOURS,
        suggested_display_precision=1,
        chatty=True,
    )


def _words(
    family: str, key: str, translation_key: str, options: tuple[str, ...], *, main: bool = False
) -> CoachSensorDescription:
    """Return a coded value, in words."""
    return CoachSensorDescription(
        key=key,
        family=family,
        name=None if main else UNDEFINED,
        translation_key=translation_key,
        device_class=SensorDeviceClass.ENUM,
        options=list(options),
    )


SENSORS = (
    CoachSensorDescription(
        key="level",
        family="tank",
        name=None,
        translation_key="tank_level",
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        state_class=MEASUREMENT,
        suggested_display_precision=1,
    ),
    CoachSensorDescription(
        key="volume",
        family="tank",
        device_class=SensorDeviceClass.VOLUME_STORAGE,
        native_unit_of_measurement=UnitOfVolume.LITERS,
        state_class=MEASUREMENT,
        entity_registry_enabled_default=False,
    ),
    CoachSensorDescription(
        key="size",
        family="tank",
        translation_key="tank_size",
        device_class=SensorDeviceClass.VOLUME_STORAGE,
        native_unit_of_measurement=UnitOfVolume.LITERS,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    _volts("dc_source", "voltage", chatty=True, named=False),
    _amps("dc_source", "current"),
    _degrees("dc_source", "temperature"),
    CoachSensorDescription(
        key="state_of_charge",
        family="dc_source",
        device_class=SensorDeviceClass.BATTERY,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        state_class=MEASUREMENT,
        suggested_display_precision=1,
        chatty=True,
    ),
    _minutes("dc_source", "time_to_empty"),
    _minutes("dc_source", "time_to_full"),
    CoachSensorDescription(
        key="state_of_health",
        family="dc_source",
        translation_key="state_of_health",
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        state_class=MEASUREMENT,
        entity_category=DIAGNOSTIC,
        suggested_display_precision=1,
        chatty=True,
    ),
    CoachSensorDescription(
        key="capacity_remaining",
        family="dc_source",
        translation_key="capacity_remaining",
        native_unit_of_measurement="Ah",
        state_class=MEASUREMENT,
        chatty=True,
    ),
    CoachSensorDescription(
        key="ripple",
        family="dc_source",
        translation_key="ripple",
        device_class=SensorDeviceClass.VOLTAGE,
        native_unit_of_measurement=UnitOfElectricPotential.MILLIVOLT,
        state_class=MEASUREMENT,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
        chatty=True,
    ),
    _degrees("ambient", "temperature", main=True),
    _words(
        "air_conditioner",
        "mode",
        "control_mode",
        ("automatic", "manual"),
    ),
    _share("air_conditioner", "fan_speed"),
    _share("air_conditioner", "output"),
    _words(
        "furnace",
        "source",
        "heat_source",
        ("combustion", "ac_primary", "ac_secondary", "engine_heat"),
    ),
    _share("furnace", "fan_speed"),
    _share("furnace", "output"),
    _words(
        "water_heater",
        "mode",
        "water_heater_mode",
        (
            "off",
            "combustion",
            "electric",
            "gas_and_electric",
            "automatic",
            "test_combustion",
            "test_electric",
        ),
        main=True,
    ),
    _degrees("water_heater", "temperature"),
    _degrees("water_heater", "set_point", named=True),
    CoachSensorDescription(
        key="pressure",
        family="water_pump",
        device_class=SensorDeviceClass.PRESSURE,
        native_unit_of_measurement=UnitOfPressure.PA,
        suggested_unit_of_measurement=UnitOfPressure.KPA,
        state_class=MEASUREMENT,
        chatty=True,
    ),
    _words(
        "generator",
        "status",
        "generator_status",
        (
            "stopped",
            "preheat",
            "cranking",
            "running",
            "priming",
            "fault",
            "engine_run_only",
            "test",
            "voltage_adjust",
            "fault_bypass",
            "configuration",
        ),
        main=True,
    ),
    CoachSensorDescription(
        key="run_time",
        family="generator",
        translation_key="run_time",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_unit_of_measurement=UnitOfTime.HOURS,
        state_class=SensorStateClass.TOTAL_INCREASING,
        suggested_display_precision=1,
    ),
    _share("generator", "load"),
    _volts("generator", "start_battery", chatty=True),
    _amps("dc_load", "current", enabled=False),
    _amps("ac_load", "current", enabled=False),
)


async def async_setup_entry(
    _: HomeAssistant, entry: CoachConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Make the sensors of each bus, node and thing."""
    coordinator = entry.runtime_data
    for key, bus in coordinator.buses.items():
        sensors = bus_sensors(coordinator, key)
        async_add_entities(sensors, config_subentry_id=bus.subentry_id)
        entry.async_on_unload(add_nodes(coordinator, key, async_add_entities))
    coordinator.add_platform(async_add_entities, _make)


def _make(coordinator: CoachCoordinator, thing: Thing) -> list[CoachSensor]:
    """Make the sensors of a thing."""
    return [
        CoachSensor(coordinator, thing, row, (row.key,))
        for row in matching(coordinator, thing, SENSORS)
    ]


class CoachSensor(ThingEntity, SensorEntity):
    """A sensor of the coach."""

    entity_description: CoachSensorDescription

    @property
    @override
    def native_value(self) -> float | str | None:
        """Return the number, or the words of a code; None while the bus has not said."""
        value = self.thing.shown(self.entity_description.key)
        if self.entity_description.options is None:
            return number(value)
        words = label(value)
        return words if words in self.entity_description.options else None
