"""Locks: those of doors, once the owner has allowed them to be operated."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.lock import LockEntity, LockEntityDescription
from homeassistant.const import ATTR_CODE
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coach import Thing
from .coordinator import CoachConfigEntry, CoachCoordinator
from .entity import CommandedEntity, ThingDescription, matching

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class CoachLockDescription(ThingDescription, LockEntityDescription):
    """A lock of a family."""


LOCKS = (CoachLockDescription(key="lock_control", name=None, family="door", guarded=True),)


async def async_setup_entry(
    _: HomeAssistant, entry: CoachConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Make a lock of each thing that has one."""
    entry.runtime_data.add_platform(async_add_entities, _make)


def _make(coordinator: CoachCoordinator, thing: Thing) -> list[CoachLock]:
    """Make the locks of a thing."""
    return [
        CoachLock(coordinator, thing, row, ("locked",))
        for row in matching(coordinator, thing, LOCKS)
    ]


class CoachLock(CommandedEntity, LockEntity):
    """A lock of the coach."""

    entity_description: CoachLockDescription

    @property
    @override
    def code_format(self) -> str | None:
        """Return that a code is needed, unless the owner has set none, or has just given it."""
        return ".+" if self.coordinator.guard.is_closed else None

    @property
    @override
    def is_locked(self) -> bool | None:
        """Tell whether it is locked, None while the bus has not said."""
        locked = self.thing.shown("locked")
        return locked if isinstance(locked, bool) else None

    @override
    async def async_lock(self, **kwargs: Any) -> None:
        """Lock."""
        await self._async_turn("lock", kwargs)

    @override
    async def async_unlock(self, **kwargs: Any) -> None:
        """Unlock."""
        await self._async_turn("unlock", kwargs)

    async def _async_turn(self, intent: str, asked: Mapping[str, Any]) -> None:
        """Command the lock with the code that came along."""
        self.check_code(asked.get(ATTR_CODE))
        await self.async_noted(self.coordinator.async_command(self.thing, intent), intent)
