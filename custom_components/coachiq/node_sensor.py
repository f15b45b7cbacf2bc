"""When each node of a bus was heard last."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import NODES, CoachCoordinator
from .features import DISCOVERY
from .node_entity import NodeEntity
from .node_place import NodePlace

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

    made: set[NodePlace] = set()

    def make(places: Iterable[NodePlace]) -> None:
        if new := set(places) - made:
            made.update(new)
            entities = [
                NodeLastSeen(coordinator, place)
                for place in sorted(new, key=lambda place: place.source)
            ]
            add(entities, config_subentry_id=subentry)

    @callback
    def look() -> None:
        make(coordinator.nodes.at(bus, source) for source in _heard(coordinator, bus))

    make(coordinator.nodes.registered(bus))
    return coordinator.async_listen(bus, frozenset((NODES,)), look)


def _heard(coordinator: CoachCoordinator, bus: str) -> set[int]:
    """Return the nodes that speak for a thing, or of which more than one frame was heard."""
    things = coordinator.coach.things.values()
    found = {thing.source for thing in things if thing.id.bus == bus and thing.source is not None}
    if coordinator.features.is_on(DISCOVERY):
        nodes = coordinator.coach.lines[bus].intake.nodes
        found |= {source for source, node in nodes.items() if node.longest}
    return {source for source in found if source <= HIGHEST_ADDRESS}


class NodeLastSeen(NodeEntity, SensorEntity):
    """When a node was heard last, written at most once a minute."""

    def __init__(self, coordinator: CoachCoordinator, place: NodePlace) -> None:
        """Take the node."""
        super().__init__(coordinator, place, LAST_SEEN)
        self._heard: float | None = None
        self._written = float("-inf")

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the node."""
        self.async_on_remove(
            self.coordinator.async_listen(self._place.bus, frozenset((NODES,)), self._look)
        )

    @property
    @override
    def available(self) -> bool:
        """Tell whether the coach is not in storage."""
        return not self.coordinator.coach.in_storage

    @property
    @override
    def native_value(self) -> datetime | None:
        """Return when the node was heard last, None while it was not."""
        return None if self._heard is None else self.coordinator.clock.utc(self._heard)

    @callback
    def _look(self) -> None:
        """Write when the node was heard, if it was and it is time to, and whether this rests."""
        node = self.coordinator.coach.lines[self._place.bus].intake.nodes.get(self._place.source)
        now = self.coordinator.clock.now()
        if node and node.heard != self._heard and now - self._written >= WRITING_INTERVAL:
            self._heard, self._written = node.heard, now
            self.write_news()
        elif self.available != self.was_available:
            self.write_news()
