"""Whether something is wrong with a node, by what it reports (DM_RV, and DM1 of the chassis)."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, override

from homeassistant.components.binary_sensor import BinarySensorEntity, BinarySensorEntityDescription
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coach.citizen import sentence
from .const import DOMAIN
from .coordinator import CONNECTED, SPOKEN, CoachCoordinator
from .device import node_device, node_name
from .features import DISCOVERY
from .node_entity import NodeEntity
from .node_place import NodePlace

PROBLEM = BinarySensorEntityDescription(
    key="problem",
    device_class=BinarySensorDeviceClass.PROBLEM,
    entity_category=EntityCategory.DIAGNOSTIC,
)
RED_LAMP = "node_red_lamp"


def add_reporters(
    make: Callable[[CoachCoordinator, NodePlace], Entity],
    coordinator: CoachCoordinator,
    add: AddConfigEntryEntitiesCallback,
) -> None:
    """Make an entity of each node as soon as it reports."""
    made: set[NodePlace] = set()

    @callback
    def look(bus: str) -> None:
        lamps = coordinator.coach.lines[bus].citizens.lamps
        places = [coordinator.nodes.at(bus, source) for source in sorted(lamps)]
        if new := [place for place in places if place not in made]:
            made.update(new)
            entities = [make(coordinator, place) for place in new]
            add(entities, config_subentry_id=coordinator.buses[bus].subentry_id)

    for bus in coordinator.buses if coordinator.features.is_on(DISCOVERY) else ():
        coordinator.entry.async_on_unload(
            coordinator.async_listen(bus, frozenset((SPOKEN,)), partial(look, bus))
        )


class NodeProblem(NodeEntity, BinarySensorEntity):
    """Whether a node has a lamp on or reports a fault; which ones, in words, is an attribute."""

    _unrecorded_attributes = frozenset(("faults",))

    def __init__(self, coordinator: CoachCoordinator, place: NodePlace) -> None:
        """Take the node."""
        super().__init__(coordinator, place, PROBLEM)

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the node."""
        self.async_on_remove(
            self.coordinator.async_listen(
                self._place.bus, frozenset((SPOKEN, CONNECTED)), self.write_news
            )
        )

    @property
    @override
    def is_on(self) -> bool | None:
        """Tell whether something is wrong, None while the node has not said."""
        return self.citizens.is_troubled(self._place.source)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Return the faults in words."""
        return {"faults": self._faults()}

    def _faults(self) -> list[str]:
        """Return the faults in words."""
        return [sentence(fault) for fault in self.citizens.faults(self._place.source)]


ENTITIES = {Platform.BINARY_SENSOR: partial(add_reporters, NodeProblem)}


async def async_start(coordinator: CoachCoordinator) -> Callable[[], Awaitable[None]]:
    """Raise a repair for each node whose red lamp is on; returns what ends that."""
    hass, entry = coordinator.hass, coordinator.entry
    raised: set[str] = set()

    @callback
    def look(bus: str) -> None:
        for source, lamps in coordinator.coach.lines[bus].citizens.lamps.items():
            issue = f"{RED_LAMP}_{entry.entry_id}_{bus}_{source:02x}"
            if not lamps.red:
                raised.discard(issue)
                ir.async_delete_issue(hass, DOMAIN, issue)
                continue
            faults = coordinator.coach.lines[bus].citizens.faults(source)
            raised.add(issue)
            if coordinator.features.is_on(DISCOVERY):
                # It is to have its name; its entities are made after this.
                node_device(coordinator, bus, source)
            ir.async_create_issue(
                hass,
                DOMAIN,
                issue,
                is_fixable=False,
                severity=ir.IssueSeverity.WARNING,
                translation_key="node_red_lamp",
                translation_placeholders={
                    "node": node_name(coordinator, bus, source),
                    "bus": coordinator.buses[bus].title,
                    "faults": "\n".join(f"- {sentence(fault)}" for fault in faults) or "-",
                },
            )

    stops = [
        coordinator.async_listen(bus, frozenset((SPOKEN,)), partial(look, bus))
        for bus in coordinator.buses
    ]

    async def end() -> None:
        for stop in stops:
            stop()
        for issue in raised:
            ir.async_delete_issue(hass, DOMAIN, issue)

    return end
