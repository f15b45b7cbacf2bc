"""Faults of a node that appear and clear, as events with the fault in words."""

from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import callback
from homeassistant.helpers.update_coordinator import BaseCoordinatorEntity

from .coach.citizen import sentence
from .coordinator import CONNECTED, SPOKEN, CoachCoordinator
from .device import node_identifier, node_info
from .news import NewsEntity

APPEARED: Final = "appeared"
CLEARED: Final = "cleared"
FAULT = EventEntityDescription(
    key="fault",
    translation_key="fault",
    event_types=[APPEARED, CLEARED],
    entity_category=EntityCategory.DIAGNOSTIC,
)


class NodeFault(NewsEntity, BaseCoordinatorEntity[CoachCoordinator], EventEntity):
    """What a node reports to be wrong, and to be well again.

    When the bus is down nothing is known to be cleared: what is reported after that appears anew.
    """

    _attr_has_entity_name = True
    entity_description: EventEntityDescription

    def __init__(self, coordinator: CoachCoordinator, bus: str, source: int) -> None:
        """Take the key of the bus and the node's address."""
        super().__init__(coordinator)
        self.entity_description = FAULT
        self._bus = bus
        self._source = source
        self._faults: list[str] = []
        self._attr_unique_id = f"{node_identifier(bus, source)}-{FAULT.key}"
        self._attr_device_info = node_info(coordinator, bus, source)

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the node; it has said something already."""
        self.async_on_remove(
            self.coordinator.async_listen(self._bus, frozenset((SPOKEN, CONNECTED)), self._look)
        )
        self.hass.loop.call_soon(self._look)

    @override
    async def async_update(self) -> None:
        """Do nothing: the node speaks for itself."""

    @property
    @override
    def available(self) -> bool:
        """Tell whether the bus is up."""
        return self.coordinator.is_up(self._bus)

    @callback
    def _look(self) -> None:
        """Tell of each fault that has come or gone."""
        citizens = self.coordinator.coach.lines[self._bus].citizens
        before = self._faults
        self._faults = [sentence(fault) for fault in citizens.faults(self._source)]
        if not self.available:
            self.write_news()
            return
        for fault in self._faults:
            if fault not in before:
                self._tell(APPEARED, fault)
        for fault in before:
            if fault not in self._faults:
                self._tell(CLEARED, fault)
        self.write_news()

    def _tell(self, happening: str, fault: str) -> None:
        """Write one event."""
        self._trigger_event(happening, {"fault": fault})
        self.async_write_ha_state()
