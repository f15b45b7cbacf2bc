"""Sensors of buses, nodes and things; what no family was made for is shown field by field."""

from datetime import UTC, datetime
from typing import override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity
from homeassistant.components.sensor.const import SensorStateClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .bus_sensor import bus_sensors
from .coach import Thing, label, number
from .coordinator import CoachConfigEntry, CoachCoordinator
from .entity import ThingEntity, matching
from .node_sensor import add_nodes
from .rvc import Code, Field
from .sensor_table import SENSORS, CoachSensorDescription
from .unit import SLOW, UNITS

PARALLEL_UPDATES = 0


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
    if thing.family.fields:
        return [FieldSensor(coordinator, thing, field) for field in thing.family.fields]
    return [
        CoachSensor(coordinator, thing, row, (row.key,))
        for row in matching(coordinator, thing, SENSORS)
    ]


class CoachSensor(ThingEntity, SensorEntity):
    """A sensor of the coach."""

    entity_description: CoachSensorDescription

    @property
    @override
    def native_value(self) -> float | str | datetime | None:
        """Return the number, moment, or words of a code; None while the bus has not said."""
        value = self.thing.shown(self.entity_description.key)
        if self.device_class is SensorDeviceClass.TIMESTAMP:
            seconds = number(value)
            return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
        if self.entity_description.options is None:
            return number(value)
        words = label(value)
        return words if words in self.entity_description.options else None

    @override
    def look(self) -> object:
        """Return all that is shown and may change; in the owner's unit it may be rounded."""
        if self.unit_of_measurement == self.entity_description.native_unit_of_measurement:
            return self.native_value
        return self.state


def _field_row(thing: Thing, field: Field) -> CoachSensorDescription:
    """Return the row of a field that no family was made for: named and put as the table does."""
    unit = UNITS.get(field.unit or "")
    key = () if thing.id.key == (0,) else thing.id.key
    words_of = (thing.family.key.replace("_", " ").capitalize(), *map(str, key))
    words = list(dict.fromkeys(field.labels.values())) if field.kind == "enum" else None
    return CoachSensorDescription(
        key=field.name,
        family=thing.family.key,
        name=f"{' '.join(words_of)}: {field.name.replace('_', ' ')}",
        device_class=SensorDeviceClass.ENUM if words else unit and unit.device_class,
        options=words,
        native_unit_of_measurement=unit.name if unit else field.unit,
        suggested_display_precision=unit and unit.precision,
        state_class=SensorStateClass.MEASUREMENT if field.kind == "number" else None,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        interval=unit.interval if unit else SLOW,
    )


class FieldSensor(CoachSensor):
    """A field of a DGN that no family was made for, in the protocol's own words."""

    def __init__(self, coordinator: CoachCoordinator, thing: Thing, field: Field) -> None:
        """Take the field."""
        super().__init__(coordinator, thing, _field_row(thing, field), (field.name,))
        self._field = field

    @property
    @override
    def native_value(self) -> float | str | None:
        """Return the number or the words; None while the bus has not said."""
        value = self.thing.shown(self._field.name)
        if not isinstance(value, Code):
            return value
        if self._field.kind == "enum":
            return value.label
        # A number that has a word of its own, such as 0 % for "retracted".
        is_number = self._field.low <= value.raw <= self._field.high
        return self._field.physical(value.raw) if is_number else None
