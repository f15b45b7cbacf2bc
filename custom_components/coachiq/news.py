"""Entities that write their state only when what they show has changed.

An unchanged state that is written costs Home Assistant as much as a changed one.
"""

from typing import Final, override

from homeassistant.core import Event, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity

# What is shown before the first write, and by what is unavailable: unknown is something else.
_NEVER: Final = object()
# What Home Assistant notes in its registry of each state that is written.
_NOTED: Final = frozenset(("capabilities", "supported_features"))
_UNAVAILABLE: Final = object()


class NewsEntity(Entity):
    """An entity that knows what it showed last."""

    _shown: object = _NEVER

    def look(self) -> object:
        """Return what is shown when available; two alike need not both be written."""
        return (
            self.state,
            self.state_attributes,
            self.extra_state_attributes,
            self.capability_attributes,
            self.supported_features,
            self.assumed_state,
        )

    @property
    def was_available(self) -> bool:
        """Tell whether it was available when its state was written last."""
        return self._shown is not _NEVER and self._shown is not _UNAVAILABLE

    @callback
    def write_news(self) -> None:
        """Write the state if it is not what was written last."""
        if self._shown != self._now():
            self.async_write_ha_state()

    @callback
    @override
    def _async_write_ha_state(self) -> None:
        """Write the state, as Home Assistant also does by itself, and remember it."""
        self._shown = self._now()
        super()._async_write_ha_state()

    def _now(self) -> object:
        """Return what is to be shown now."""
        return self.look() if self.available else _UNAVAILABLE

    @callback
    @override
    def _async_registry_updated(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        """Follow the registry, but write no state for what was noted of the last one."""
        if event.data["action"] == "update" and event.data["changes"].keys() <= _NOTED:
            self.registry_entry = er.async_get(self.hass).async_get(event.data["entity_id"])
            return
        super()._async_registry_updated(event)
