"""What an owner does to the coach as a whole: stop all that moves, and put it in storage."""

from typing import Any, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import BaseCoordinatorEntity

from .const import DOMAIN
from .coordinator import CONNECTED, CoachCoordinator
from .device import coach_identifier
from .move import async_stop_all
from .news import NewsEntity

STORAGE = SwitchEntityDescription(
    key="storage", translation_key="storage", entity_category=EntityCategory.CONFIG
)
STOP_ALL = ButtonEntityDescription(key="stop_all", translation_key="stop_all")


class CoachEntity(NewsEntity, BaseCoordinatorEntity[CoachCoordinator]):
    """An entity of the coach itself."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: CoachCoordinator, description: EntityDescription) -> None:
        """Take the coach, and what this is."""
        super().__init__(coordinator)
        self.entity_description = description
        coach = coach_identifier(coordinator.entry)
        self._attr_unique_id = f"{coach}-{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, coach)})

    @override
    async def async_added_to_hass(self) -> None:
        """Follow whether the networks are connected."""
        for bus in self.coordinator.buses:
            self.async_on_remove(
                self.coordinator.async_listen(bus, frozenset((CONNECTED,)), self.write_news)
            )

    @override
    async def async_update(self) -> None:
        """Do nothing: there is nothing to ask for."""


class StopAll(CoachEntity, ButtonEntity):
    """Stops all that moves, whoever moves it; available while a network can send."""

    @property
    @override
    def available(self) -> bool:
        """Tell whether a stop would reach a network."""
        return any(map(self.coordinator.can_send, self.coordinator.buses))

    @override
    async def async_press(self) -> None:
        """Stop; raises a translated error when a stop did not leave."""
        await async_stop_all(self.coordinator, self._context)


class Storage(CoachEntity, SwitchEntity):
    """Whether the coach is in storage, also after a restart."""

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
