"""Faults of a node that appear and clear, as events with the fault in words."""

from functools import partial
from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import callback

from .coach.citizen import sentence
from .coordinator import CONNECTED, SPOKEN, CoachCoordinator
from .node_entity import NodeEntity
from .node_place import NodePlace
from .node_problem import add_reporters

APPEARED: Final = "appeared"
CLEARED: Final = "cleared"
FAULT = EventEntityDescription(
    key="fault",
    translation_key="fault",
    event_types=[APPEARED, CLEARED],
    entity_category=EntityCategory.DIAGNOSTIC,
)


class NodeFault(NodeEntity, EventEntity):
    """What a node reports to be wrong, and to be well again.

    When the bus is down nothing is known to be cleared: what is reported after that appears anew.
    """

    entity_description: EventEntityDescription

    def __init__(self, coordinator: CoachCoordinator, place: NodePlace) -> None:
        """Take the node."""
        super().__init__(coordinator, place, FAULT)
        self._faults: list[str] = []

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the node; it has said something already."""
        self.async_on_remove(
            self.coordinator.async_listen(
                self._place.bus, frozenset((SPOKEN, CONNECTED)), self._look
            )
        )
        self.hass.loop.call_soon(self._look)

    @callback
    def _look(self) -> None:
        """Tell of each fault that has come or gone."""
        before = self._faults
        self._faults = [sentence(fault) for fault in self.citizens.faults(self._place.source)]
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


ENTITIES = {Platform.EVENT: partial(add_reporters, NodeFault)}
