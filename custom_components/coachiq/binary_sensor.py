"""Binary sensors: one row each."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import BaseCoordinatorEntity

from .coach import Thing, label
from .const import DOMAIN
from .coordinator import CONNECTED, CoachConfigEntry, CoachCoordinator
from .entity import ThingDescription, ThingEntity, matching
from .rvc import Value

PARALLEL_UPDATES = 0

PROBLEM = BinarySensorDeviceClass.PROBLEM
RUNNING = BinarySensorDeviceClass.RUNNING
DIAGNOSTIC = EntityCategory.DIAGNOSTIC


@dataclass(frozen=True, kw_only=True)
class CoachBinarySensorDescription(ThingDescription, BinarySensorEntityDescription):
    """A binary sensor: on while the named value says one of the words, or is above nothing."""

    value: str
    words: frozenset[str] = frozenset()


def _is_on(value: Value, words: frozenset[str]) -> bool | None:
    """Return what a value means: a truth, one of the words, or more than nothing."""
    if isinstance(value, bool) or value is None:
        return value
    if words:
        said = label(value)
        return None if said is None else said in words
    return value > 0 if isinstance(value, int | float) else None


BINARY_SENSORS = (
    CoachBinarySensorDescription(
        key="overcurrent",
        family="dimmer",
        kinds=frozenset(("light", "switch")),
        translation_key="overcurrent",
        value="overcurrent",
        words=frozenset(("overcurrent",)),
        device_class=PROBLEM,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    CoachBinarySensorDescription(
        key="running",
        family="ac_load",
        kinds=frozenset(("burner", "indicator")),
        name=None,
        value="on",
        device_class=RUNNING,
    ),
    CoachBinarySensorDescription(
        key="running", family="air_conditioner", name=None, value="output", device_class=RUNNING
    ),
    CoachBinarySensorDescription(
        key="running", family="furnace", name=None, value="output", device_class=RUNNING
    ),
    CoachBinarySensorDescription(
        key="burner",
        family="water_heater",
        translation_key="burner",
        value="burner",
        words=frozenset(("on",)),
        device_class=RUNNING,
    ),
    CoachBinarySensorDescription(
        key="element",
        family="water_heater",
        translation_key="element",
        value="element",
        words=frozenset(("active",)),
        device_class=RUNNING,
    ),
    CoachBinarySensorDescription(
        key="ignition",
        family="water_heater",
        translation_key="ignition",
        value="ignition",
        words=frozenset(("failure",)),
        device_class=PROBLEM,
    ),
    CoachBinarySensorDescription(
        key="limit",
        family="water_heater",
        translation_key="limit",
        value="limit",
        words=frozenset(("tripped",)),
        device_class=PROBLEM,
    ),
    CoachBinarySensorDescription(
        key="running",
        family="water_pump",
        value="pump",
        words=frozenset(("running",)),
        device_class=RUNNING,
    ),
    CoachBinarySensorDescription(
        key="hookup",
        family="water_pump",
        translation_key="hookup",
        value="hookup",
        words=frozenset(("yes",)),
        entity_registry_enabled_default=False,
    ),
    CoachBinarySensorDescription(
        key="running",
        family="generator",
        value="status",
        words=frozenset(("running", "engine_run_only", "test", "fault_bypass")),
        device_class=RUNNING,
    ),
)


async def async_setup_entry(
    _: HomeAssistant, entry: CoachConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Make the binary sensors of each bus and each thing."""
    coordinator = entry.runtime_data
    for key, bus in coordinator.buses.items():
        async_add_entities([BusConnection(coordinator, key)], config_subentry_id=bus.subentry_id)
    coordinator.add_platform(async_add_entities, _make)


def _make(coordinator: CoachCoordinator, thing: Thing) -> list[CoachBinarySensor]:
    """Make the binary sensors of a thing."""
    return [
        CoachBinarySensor(coordinator, thing, row, (row.value,))
        for row in matching(coordinator, thing, BINARY_SENSORS)
    ]


class CoachBinarySensor(ThingEntity, BinarySensorEntity):
    """A binary sensor of the coach."""

    entity_description: CoachBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Tell whether it is on, None while the bus has not said."""
        value = self.thing.shown(self.entity_description.value)
        return _is_on(value, self.entity_description.words)


class BusConnection(BaseCoordinatorEntity[CoachCoordinator], BinarySensorEntity):
    """Whether a bus can be heard."""

    _attr_has_entity_name = True
    _attr_device_class = BinarySensorDeviceClass.CONNECTIVITY
    _attr_entity_category = DIAGNOSTIC

    def __init__(self, coordinator: CoachCoordinator, key: str) -> None:
        """Take the key of the bus."""
        super().__init__(coordinator)
        self._key = key
        self._attr_unique_id = f"bus-{key}-connected"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, f"bus-{key}")})

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the bus."""
        self.async_on_remove(
            self.coordinator.async_listen(
                self._key, frozenset((CONNECTED,)), self.async_write_ha_state
            )
        )

    @override
    async def async_update(self) -> None:
        """Do nothing: the bus speaks for itself."""

    @property
    @override
    def is_on(self) -> bool:
        """Tell whether the bus is open and can be heard."""
        return self.coordinator.is_up(self._key)
