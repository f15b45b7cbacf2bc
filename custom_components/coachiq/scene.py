"""Scenes: levels that the coach's lights remember themselves."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.scene import Scene
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coach import Thing
from .coordinator import CoachConfigEntry, CoachCoordinator
from .entity import ThingDescription, ThingEntity, matching

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class CoachSceneDescription(ThingDescription):
    """A scene of a family."""


SCENES = (CoachSceneDescription(key="scene", name=None, family="light_scene"),)


async def async_setup_entry(
    _: HomeAssistant, entry: CoachConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Make a scene of each that the profile tells of."""
    entry.runtime_data.add_platform(async_add_entities, _make)


def _make(coordinator: CoachCoordinator, thing: Thing) -> list[CoachScene]:
    """Make the scenes of a thing."""
    return [CoachScene(coordinator, thing, row, ()) for row in matching(coordinator, thing, SCENES)]


class CoachScene(ThingEntity, Scene):
    """A scene that lights remember."""

    @override
    async def async_activate(self, **kwargs: Any) -> None:
        """Recall it."""
        await self.async_noted(self.coordinator.async_recall(self.thing), "recall")
