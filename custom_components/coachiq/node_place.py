"""Which device a node is: known by a name that lasts, at whatever address it is today.

Until a node has said who it is, its address is its name. Then its device, with all that is below
it, goes on under the better name. Two nodes that tell the same name are not told by it.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
import re
from typing import TYPE_CHECKING, Final

from homeassistant.helpers import device_registry as dr, entity_registry as er

from .coach.intake import NODE_SILENCE
from .coach.node_name import provisional_name, rank
from .const import DOMAIN

if TYPE_CHECKING:
    from .coordinator import CoachCoordinator

# All nodes have answered by then whose address a name is.
SETTLING: Final = 10.0
_IDENTIFIER = re.compile(r"(?P<bus>[^-]+)-node-(?:sa-(?P<address>[0-9a-f]{2})|(?P<name>.+))")


@dataclass(slots=True, eq=False)
class NodePlace:
    """A node's device: its name, and the address at which the node is."""

    bus: str
    source: int
    name: str

    @property
    def identifier(self) -> str:
        """Return the name by which the device is registered."""
        name = f"sa-{self.source:02x}" if not rank(self.name) else self.name
        return f"{self.bus}-node-{name}"


class NodePlaces:
    """The nodes of a coach by bus and address."""

    def __init__(self, coordinator: CoachCoordinator) -> None:
        """Take whose nodes they are."""
        self._coordinator = coordinator
        self._places: dict[tuple[str, int], NodePlace] = {}

    def at(self, bus: str, source: int) -> NodePlace:
        """Return the node at an address: the one that was there before, if it is known by name."""
        place = self._places.get((bus, source))
        if place is None:
            names = self._names(bus)
            place = NodePlace(bus, source, names.get(source, ""))
            is_one = list(names.values()).count(place.name) == 1
            if not is_one or self._device(place.identifier) is None:
                place.name = provisional_name(source)
            self._places[bus, source] = place
        return place

    def registered(self, bus: str) -> Iterator[NodePlace]:
        """Yield the nodes of a bus that have a device, as far as their addresses are known."""
        addresses = {name: source for source, name in self._names(bus).items()}
        devices = dr.async_entries_for_config_entry(
            dr.async_get(self._coordinator.hass), self._coordinator.entry.entry_id
        )
        for device in devices:
            for domain, identifier in device.identifiers:
                found = _IDENTIFIER.fullmatch(identifier)
                if domain != DOMAIN or found is None or found["bus"] != bus:
                    continue
                address = found["address"]
                source = int(address, 16) if address else addresses.get(found["name"])
                if source is not None:
                    yield self.at(bus, source)

    def forget(self, names: Container[str]) -> None:
        """Forget nodes whose devices are removed."""
        self._places = {
            key: place for key, place in self._places.items() if place.identifier not in names
        }

    def settle(self, bus: str) -> list[int]:
        """Let the nodes of a bus be known by the names that they have told.

        Call it now and then; returns the addresses of those that are known by another name now.
        """
        settled: list[int] = []
        citizens, now = self._coordinator.coach.lines[bus].citizens, self._coordinator.clock.now()
        for place in [one for (of, _), one in self._places.items() if of == bus]:
            name = citizens.names.get(place.source)
            if name is None or name == place.name or rank(name) < rank(place.name):
                continue
            is_fresh = now - citizens.told.get(place.source, 0.0) < SETTLING
            if not is_fresh and not self._rivals(place, name):
                self._call(place, name)
                settled.append(place.source)
        return settled

    def _rivals(self, place: NodePlace, name: str) -> bool:
        """Tell whether another node, which is still there, tells the same name."""
        line, now = self._coordinator.coach.lines[place.bus], self._coordinator.clock.now()
        for source, told in line.citizens.names.items():
            if told == name and source != place.source:
                node = line.intake.nodes.get(source)
                if now - (node.heard if node else line.up_since) < NODE_SILENCE:
                    return True
        return False

    def _call(self, place: NodePlace, name: str) -> None:
        """Let a node go on under its name: its device, or the one it has had under this name."""
        named = NodePlace(place.bus, place.source, name)
        device = self._device(named.identifier)
        if device is None and not rank(place.name):
            self._rename(place, named.identifier)
            place.name = name
            return
        # It is at another address than before, or has the address of one that is gone.
        before = next((one for one in self._places.values() if self._is(one, named)), named)
        self._places = {key: one for key, one in self._places.items() if one is not before}
        before.source = place.source
        self._places[place.bus, place.source] = before
        if device and not rank(place.name):
            self._merge(place, device)

    @staticmethod
    def _is(place: NodePlace, named: NodePlace) -> bool:
        return (place.bus, place.name) == (named.bus, named.name)

    def _rename(self, place: NodePlace, identifier: str) -> None:
        """Let a device and its entities go on under another name."""
        if (device := self._device(place.identifier)) is None:
            return
        dr.async_get(self._coordinator.hass).async_update_device(
            device.id, new_identifiers={(DOMAIN, identifier)}
        )
        entities = er.async_get(self._coordinator.hass)
        for entity in self._own(place, device):
            key = entity.unique_id.removeprefix(place.identifier)
            entities.async_update_entity(entity.entity_id, new_unique_id=identifier + key)

    def _merge(self, place: NodePlace, into: dr.DeviceEntry) -> None:
        """Give what an address without a name had to the device that its node has had before."""
        if (device := self._device(place.identifier)) is None:
            return
        devices = dr.async_get(self._coordinator.hass)
        entities = er.async_get(self._coordinator.hass)
        own = {entity.entity_id for entity in self._own(place, device)}
        for entity in er.async_entries_for_device(
            entities, device.id, include_disabled_entities=True
        ):
            if entity.entity_id not in own:
                entities.async_update_entity(entity.entity_id, device_id=into.id)
        devices.async_remove_device(device.id)

    def _own(self, place: NodePlace, device: dr.DeviceEntry) -> list[er.RegistryEntry]:
        """Return the entities that tell of a node itself."""
        return [
            entity
            for entity in er.async_entries_for_device(
                er.async_get(self._coordinator.hass), device.id, include_disabled_entities=True
            )
            if entity.unique_id.startswith(f"{place.identifier}-")
        ]

    def _names(self, bus: str) -> dict[int, str]:
        """Return what the nodes of a bus have told that they are, by their addresses."""
        return self._coordinator.coach.lines[bus].citizens.names

    def _device(self, identifier: str) -> dr.DeviceEntry | None:
        """Return the device of a name, if there is one."""
        found = dr.async_get(self._coordinator.hass).async_get_device_by_identifier(
            (DOMAIN, identifier), self._coordinator.entry.entry_id
        )
        return found if isinstance(found, dr.DeviceEntry) else None
