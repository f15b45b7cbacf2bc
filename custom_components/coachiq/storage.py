"""The switch that puts a coach in storage: nothing is asked for, and most things rest."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.update_coordinator import BaseCoordinatorEntity

from .const import DOMAIN
from .coordinator import CoachCoordinator
from .device import coach_identifier

STORAGE = SwitchEntityDescription(
    key="storage", translation_key="storage", entity_category=EntityCategory.CONFIG
)


class StorageSwitch(BaseCoordinatorEntity[CoachCoordinator], SwitchEntity):
    """Whether the coach is in storage, also after a restart."""

    _attr_has_entity_name = True
    entity_description = STORAGE

    def __init__(self, coordinator: CoachCoordinator) -> None:
        """Take the coach."""
        super().__init__(coordinator)
        coach = coach_identifier(coordinator.entry)
        self._attr_unique_id = f"{coach}-{STORAGE.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, coach)})

    @override
    async def async_added_to_hass(self) -> None:
        """Follow nothing: only this switch changes it."""

    @override
    async def async_update(self) -> None:
        """Do nothing: it is as it was put."""

    @property
    @override
    def is_on(self) -> bool:
        """Tell whether the coach is in storage."""
        return self.coordinator.coach.in_storage

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Put the coach in storage."""
        self._store_away(stored=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Take the coach out of storage."""
        self._store_away(stored=False)

    def _store_away(self, *, stored: bool) -> None:
        """Put the coach in storage or take it out, and show it."""
        self.coordinator.async_store_away(stored=stored)
        self.async_write_ha_state()
