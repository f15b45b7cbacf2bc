"""How each bus is, as diagnostic sensors: one row each."""

from dataclasses import dataclass
from datetime import datetime
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfRatio, UnitOfTime
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.update_coordinator import BaseCoordinatorEntity

from .bus.health import BusState
from .const import DOMAIN
from .coordinator import CoachCoordinator
from .news import NewsEntity


@dataclass(frozen=True, kw_only=True)
class BusSensorDescription(SensorEntityDescription):
    """A sensor that shows the value of a bus's health that has the same name as its key.

    One that `stays` is also shown while the coach is in storage.
    """

    entity_category: EntityCategory = EntityCategory.DIAGNOSTIC
    stays: bool = False


def _count(key: str) -> BusSensorDescription:
    """Return a count of what went wrong since the start."""
    return BusSensorDescription(
        key=key,
        translation_key=key,
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_registry_enabled_default=False,
    )


BUS_SENSORS = (
    BusSensorDescription(
        key="state",
        translation_key="bus_state",
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in BusState],
        stays=True,
    ),
    BusSensorDescription(
        key="load",
        translation_key="bus_load",
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
    ),
    BusSensorDescription(
        key="frame_rate",
        translation_key="frame_rate",
        native_unit_of_measurement="frames/s",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
    ),
    _count("error_frames"),
    _count("garbled"),
    _count("dropped"),
    _count("reconnects"),
    _count("decode_misses"),
    BusSensorDescription(
        key="unknown_dgns",
        translation_key="unknown_dgns",
        state_class=SensorStateClass.MEASUREMENT,
        entity_registry_enabled_default=False,
    ),
    BusSensorDescription(
        key="command_latency",
        translation_key="command_latency",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
    ),
    BusSensorDescription(
        key="last_frame",
        translation_key="last_frame",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_registry_enabled_default=False,
    ),
)


def bus_sensors(coordinator: CoachCoordinator, bus: str) -> list[BusSensor]:
    """Make the sensors of a bus."""
    return [BusSensor(coordinator, bus, row) for row in BUS_SENSORS]


class BusSensor(NewsEntity, BaseCoordinatorEntity[CoachCoordinator], SensorEntity):
    """One value of a bus's health; it says so, too, when the bus is down."""

    _attr_has_entity_name = True
    entity_description: BusSensorDescription

    def __init__(
        self, coordinator: CoachCoordinator, bus: str, description: BusSensorDescription
    ) -> None:
        """Take the key of the bus, and which value to show."""
        super().__init__(coordinator)
        self.entity_description = description
        self._bus = bus
        self._attr_unique_id = f"bus-{bus}-{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, f"bus-{bus}")})

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the value."""
        names = frozenset((self.entity_description.key,))
        self.async_on_remove(self.coordinator.async_listen(self._bus, names, self.write_news))

    @override
    async def async_update(self) -> None:
        """Do nothing: the bus is measured for all its sensors at once."""

    @property
    @override
    def available(self) -> bool:
        """Tell whether it is shown now: in storage the figures rest."""
        return self.entity_description.stays or not self.coordinator.coach.in_storage

    @property
    @override
    def native_value(self) -> float | str | datetime | None:
        """Return the value as it was measured last, None while it is not known."""
        value: float | str | None = getattr(
            self.coordinator.gauges[self._bus].health, self.entity_description.key
        )
        if self.entity_description.device_class is SensorDeviceClass.TIMESTAMP:
            return None if value is None else self.coordinator.clock.utc(float(value))
        return value
