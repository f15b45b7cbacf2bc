"""What all entities share that tell of a node itself."""

from typing import override

from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import BaseCoordinatorEntity

from .coach.citizen import Citizens
from .coordinator import CoachCoordinator
from .device import node_info
from .news import NewsEntity
from .node_place import NodePlace


class NodeEntity(NewsEntity, BaseCoordinatorEntity[CoachCoordinator]):
    """An entity of a node, wherever its address is."""

    _attr_has_entity_name = True

    def __init__(
        self, coordinator: CoachCoordinator, place: NodePlace, description: EntityDescription
    ) -> None:
        """Take the node, and what the entity tells."""
        super().__init__(coordinator)
        self.entity_description = description
        self._place = place
        self._attr_device_info = node_info(coordinator, place.bus, place.source)

    @property
    @override
    def unique_id(self) -> str:
        """Return the id by the name of the node, which may become a better one."""
        return f"{self._place.identifier}-{self.entity_description.key}"

    @property
    @override
    def available(self) -> bool:
        """Tell whether the bus is up."""
        return self.coordinator.is_up(self._place.bus)

    @override
    async def async_update(self) -> None:
        """Do nothing: the node speaks for itself."""

    @property
    def citizens(self) -> Citizens:
        """What the nodes of the bus say."""
        return self.coordinator.coach.lines[self._place.bus].citizens
