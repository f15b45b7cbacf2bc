"""When each node of a bus was heard last."""

from collections.abc import Callable
from datetime import datetime
from typing import override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorEntityDescription
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import BaseCoordinatorEntity

from .const import CONF_DISCOVER, DOMAIN
from .coordinator import NODES, CoachCoordinator
from .device import node_identifier, node_info
from .news import NewsEntity

# The recorder need not know it to the second.
WRITING_INTERVAL = 60.0
# 254 is who has no address, 255 is everybody.
HIGHEST_ADDRESS = 253

LAST_SEEN = SensorEntityDescription(
    key="last_seen",
    translation_key="last_seen",
    device_class=SensorDeviceClass.TIMESTAMP,
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
)


def add_nodes(
    coordinator: CoachCoordinator, bus: str, add: AddConfigEntryEntitiesCallback
) -> Callable[[], None]:
    """Make the sensors of the nodes that have a device, and of those that appear.

    Returns what ends it.
    """
    subentry = coordinator.buses[bus].subentry_id

    def make(sources: set[int]) -> None:
        if sources:
            entities = [NodeLastSeen(coordinator, bus, source) for source in sorted(sources)]
            add(entities, config_subentry_id=subentry)

    @callback
    def look() -> None:
        registry = er.async_get(coordinator.hass)
        make(
            {
                source
                for source in _heard(coordinator, bus)
                if registry.async_get_entity_id(Platform.SENSOR, DOMAIN, _unique_id(bus, source))
                is None
            }
        )

    make(_known(coordinator, bus))
    return coordinator.async_listen(bus, frozenset((NODES,)), look)


def _known(coordinator: CoachCoordinator, bus: str) -> set[int]:
    """Return the nodes that have a device."""
    devices = dr.async_entries_for_config_entry(
        dr.async_get(coordinator.hass), coordinator.entry.entry_id
    )
    names = {name for device in devices for domain, name in device.identifiers if domain == DOMAIN}
    return {
        source for source in range(HIGHEST_ADDRESS + 1) if node_identifier(bus, source) in names
    }


def _heard(coordinator: CoachCoordinator, bus: str) -> set[int]:
    """Return the nodes that speak for a thing, or of which more than one frame was heard."""
    things = coordinator.coach.things.values()
    found = {thing.source for thing in things if thing.id.bus == bus and thing.source is not None}
    if coordinator.entry.options[CONF_DISCOVER]:
        nodes = coordinator.coach.lines[bus].intake.nodes
        found |= {source for source, node in nodes.items() if node.longest}
    return {source for source in found if source <= HIGHEST_ADDRESS}


def _unique_id(bus: str, source: int) -> str:
    """Return the unique id of a node's sensor."""
    return f"{node_identifier(bus, source)}-{LAST_SEEN.key}"


class NodeLastSeen(NewsEntity, BaseCoordinatorEntity[CoachCoordinator], SensorEntity):
    """When a node was heard last, written at most once a minute."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: CoachCoordinator, bus: str, source: int) -> None:
        """Take the key of the bus and the node's address."""
        super().__init__(coordinator)
        self.entity_description = LAST_SEEN
        self._bus = bus
        self._source = source
        self._heard: float | None = None
        self._written = float("-inf")
        self._attr_unique_id = _unique_id(bus, source)
        self._attr_device_info = node_info(coordinator, bus, source)

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the node."""
        self.async_on_remove(
            self.coordinator.async_listen(self._bus, frozenset((NODES,)), self._look)
        )

    @override
    async def async_update(self) -> None:
        """Do nothing: the node is looked at with its bus."""

    @property
    @override
    def native_value(self) -> datetime | None:
        """Return when the node was heard last, None while it was not."""
        return None if self._heard is None else self.coordinator.clock.utc(self._heard)

    @callback
    def _look(self) -> None:
        """Write when the node was heard, if it was and it is time to."""
        node = self.coordinator.coach.lines[self._bus].intake.nodes.get(self._source)
        now = self.coordinator.clock.now()
        if node and node.heard != self._heard and now - self._written >= WRITING_INTERVAL:
            self._heard, self._written = node.heard, now
            self.write_news()
