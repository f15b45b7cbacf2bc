"""Binary sensors: one row each."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import UNDEFINED
from homeassistant.helpers.update_coordinator import BaseCoordinatorEntity

from .coach import Thing, label
from .coach.families.movement import CORNERS
from .coach.mover import MOVERS, SYSTEMS
from .const import DOMAIN
from .coordinator import CONNECTED, CoachConfigEntry, CoachCoordinator
from .entity import ThingDescription, ThingEntity, matching
from .news import NewsEntity
from .rvc import Value

PARALLEL_UPDATES = 0

PROBLEM = BinarySensorDeviceClass.PROBLEM
RUNNING = BinarySensorDeviceClass.RUNNING
BATTERY = BinarySensorDeviceClass.BATTERY
DOOR = BinarySensorDeviceClass.DOOR
HEAT = BinarySensorDeviceClass.HEAT
LIGHT = BinarySensorDeviceClass.LIGHT
LOCK = BinarySensorDeviceClass.LOCK
MOISTURE = BinarySensorDeviceClass.MOISTURE
OPENING = BinarySensorDeviceClass.OPENING
PLUG = BinarySensorDeviceClass.PLUG
POWER = BinarySensorDeviceClass.POWER
SAFETY = BinarySensorDeviceClass.SAFETY
WINDOW = BinarySensorDeviceClass.WINDOW
DIAGNOSTIC = EntityCategory.DIAGNOSTIC
# Families of points at which alternating current is measured.
AC_POINTS = ("inverter_ac", "charger_ac", "transfer_switch_ac", "generator_ac", "ac_point")


@dataclass(frozen=True, kw_only=True)
class CoachBinarySensorDescription(ThingDescription, BinarySensorEntityDescription):
    """A binary sensor: on while the named value says one of the words, or is above nothing."""

    value: str
    words: frozenset[str] = frozenset()


def _is_on(value: Value, words: frozenset[str]) -> bool | None:
    """Return what a value means: a truth, one of the words, or more than nothing."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return value > 0
    return label(value) in words


def _said(
    family: str,
    key: str,
    *words: str,
    value: str | None = None,
    device_class: BinarySensorDeviceClass | None = None,
    named: bool = True,
    main: bool = False,
    diagnostic: bool = False,
    shown: bool = True,
    kinds: Iterable[str] = (),
) -> CoachBinarySensorDescription:
    """Return a row that is on while the value (its key's, unless named) says one of the words."""
    return CoachBinarySensorDescription(
        key=key,
        family=family,
        kinds=frozenset(kinds),
        name=None if main else UNDEFINED,
        translation_key=key if named and not main else None,
        value=value or key,
        words=frozenset(words),
        device_class=device_class,
        entity_category=DIAGNOSTIC if diagnostic else None,
        entity_registry_enabled_default=shown,
    )


BINARY_SENSORS = (
    # Loads.
    _said(
        "dimmer",
        "overcurrent",
        "overcurrent",
        device_class=PROBLEM,
        diagnostic=True,
        shown=False,
        kinds=("light", "switch", "fan"),
    ),
    _said(
        "dimmer",
        "undercurrent",
        "active",
        device_class=PROBLEM,
        diagnostic=True,
        shown=False,
        kinds=("light", "switch", "fan"),
    ),
    _said(
        "dimmer",
        "output_lock",
        "unlocked",
        value="lock",
        device_class=LOCK,
        diagnostic=True,
        shown=False,
        kinds=("light", "switch", "fan"),
    ),
    *(
        CoachBinarySensorDescription(
            key="running",
            family=family,
            kinds=frozenset(("burner", "indicator")),
            name=None,
            value="on",
            device_class=RUNNING,
        )
        for family in ("dimmer", "dc_load", "ac_load")
    ),
    # What heats, cools and moves air.
    _said("air_conditioner", "running", value="output", device_class=RUNNING, main=True),
    _said("air_conditioner", "coil_freeze_detected", "yes", device_class=PROBLEM),
    _said("air_conditioner", "defrost_cycle", "active", device_class=RUNNING),
    _said("furnace", "running", value="output", device_class=RUNNING, main=True),
    _said("heat_pump", "running", value="output", device_class=RUNNING, main=True),
    _said("valve", "open", value="opening", device_class=OPENING, main=True),
    _said("roof_fan", "rain", "rain", device_class=MOISTURE, named=False),
    _said("refrigerator", "door", "open", device_class=DOOR, named=False),
    _said("refrigerator", "light", "on", device_class=LIGHT, named=False),
    # Water.
    _said("water_heater", "burner", "on", device_class=RUNNING),
    _said("water_heater", "element", "active", device_class=RUNNING),
    _said("water_heater", "ignition", "failure", device_class=PROBLEM),
    _said("water_heater", "limit", "tripped", device_class=PROBLEM),
    _said("water_heater", "coolant", "low", device_class=PROBLEM, shown=False),
    _said("water_pump", "running", "running", value="pump", device_class=RUNNING, named=False),
    _said("water_pump", "hookup", "yes", shown=False),
    _said(
        "circulation_pump",
        "running",
        "on",
        "forced_on_for_test",
        value="output",
        device_class=RUNNING,
        main=True,
    ),
    _said("circulation_pump", "overcurrent", "overcurrent", device_class=PROBLEM),
    _said("circulation_pump", "undercurrent", "undercurrent", device_class=PROBLEM),
    _said("circulation_pump", "hot", "warning", device_class=HEAT, named=False),
    _said("autofill", "valve", "open", device_class=OPENING),
    _said("waste_dump", "black_valve", "open", device_class=OPENING),
    _said("waste_dump", "gray_valve", "open", device_class=OPENING),
    _said("waste_dump", "black_flush", "flushing", device_class=RUNNING),
    _said("waste_dump", "gray_flush", "flushing", device_class=RUNNING),
    _said("waste_dump", "safety_lock", "off", device_class=LOCK),
    # Power.
    _said("charger", "derating", "yes", device_class=PROBLEM, diagnostic=True),
    *(
        _said(family, "fault", device_class=PROBLEM, diagnostic=True, named=False)
        for family in AC_POINTS
    ),
    _said("dc_disconnect", "circuit", "connected", device_class=POWER, main=True),
    _said("dc_disconnect", "bypass", "bypassed", diagnostic=True),
    _said(
        "generator",
        "running",
        "running",
        "engine_run_only",
        "test",
        "fault_bypass",
        value="status",
        device_class=RUNNING,
        named=False,
    ),
    _said("generator", "temperature_shutdown", "shutdown", device_class=PROBLEM),
    _said("generator", "pressure_shutdown", "shutdown", device_class=PROBLEM),
    _said("generator", "oil_level", "low", device_class=PROBLEM),
    _said("generator", "caution", "on", device_class=PROBLEM),
    _said("generator_demand", "generator_demand", "yes", main=True),
    _said("generator_demand", "quiet_time", "yes"),
    _said("generator_demand", "manual_override", "active", diagnostic=True),
    _said("generator_demand", "generator_lock", "unlocked", device_class=LOCK),
    _said("ags_criterion", "demand", "yes", main=True),
    # The vehicle.
    _said("chassis", "ignition", "on", device_class=POWER),
    _said("chassis", "park_brake", "engaged"),
    _said("chassis", "headlights", "on", device_class=LIGHT),
    _said("chassis", "transmission_lock", "unlocked", device_class=LOCK, diagnostic=True),
    _said("chassis", "engine_lock", "unlocked", device_class=LOCK, diagnostic=True),
    _said("engine", "park_brake", "set"),
    _said("engine", "brake_pedal", "pressed", diagnostic=True, shown=False),
    _said("tire", "leak", "alarm", device_class=PROBLEM),
    _said("tire", "temperature_status", "extremely_high", "high", device_class=HEAT, named=False),
    _said("tire", "battery_status", "low", device_class=BATTERY, named=False),
    _said("gas_sensor", "alarm", "alarm", device_class=SAFETY, main=True),
    _said("gas_sensor", "warning", "warning", device_class=SAFETY),
    _said("gas_sensor", "supply_failure", "failure", device_class=PROBLEM, diagnostic=True),
    _said("gas_sensor", "sensor_failure", "failure", device_class=PROBLEM, diagnostic=True),
    _said("alarm", "triggered", "yes", device_class=SAFETY, main=True),
    _said("alarm", "monitored", "monitored", diagnostic=True),
    _said("alarm", "acknowledged", diagnostic=True),
    _said("weather", "rain_alarm", "alarm", device_class=MOISTURE),
    _said("digital_input", "position", "on", main=True),
    _said("environment", "shore_power", "yes", device_class=PLUG),
    _said("environment", "water_hookup", "yes", device_class=PLUG),
    _said("environment", "sewer_hookup", "yes", device_class=PLUG),
    _said("environment", "trailer_hitched", "yes"),
    _said("environment", "vehicle_stabilized", "yes"),
    _said("door", "open", "open", value="position", device_class=DOOR, main=True),
    _said("door", "lock", "unlocked", device_class=LOCK, named=False),
    _said("window", "open", "open", value="position", device_class=WINDOW, main=True),
    # What moves: why it says that it does not.
    *(
        _said(family, name, word, device_class=PROBLEM, diagnostic=True, shown=False)
        for family, mover in {**MOVERS, **SYSTEMS}.items()
        for name, word in mover.lockouts.items()
    ),
    *(_said("leveling", f"extension_{jack}", "detected") for jack in CORNERS),
    _said("leveling", "excessive_slope_initial_warning", "warning", device_class=PROBLEM),
    _said("leveling", "master_warning", "warning", device_class=PROBLEM),
)


async def async_setup_entry(
    _: HomeAssistant, entry: CoachConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Make the binary sensors of each bus and each thing."""
    coordinator = entry.runtime_data
    for key, bus in coordinator.buses.items():
        async_add_entities([BusConnection(coordinator, key)], config_subentry_id=bus.subentry_id)
    coordinator.features.add_entities(Platform.BINARY_SENSOR, coordinator, async_add_entities)
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

    @override
    def look(self) -> bool | None:
        """Return all that is shown and may change."""
        return self.is_on


class BusConnection(NewsEntity, BaseCoordinatorEntity[CoachCoordinator], BinarySensorEntity):
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
            self.coordinator.async_listen(self._key, frozenset((CONNECTED,)), self.write_news)
        )

    @override
    async def async_update(self) -> None:
        """Do nothing: the bus speaks for itself."""

    @property
    @override
    def is_on(self) -> bool:
        """Tell whether the bus is open and can be heard."""
        return self.coordinator.is_up(self._key)
