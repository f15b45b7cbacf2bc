"""Buttons: what is asked of a thing and leaves no state of its own."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coach import Thing
from .coordinator import CoachConfigEntry, CoachCoordinator
from .entity import CommandedEntity, ThingDescription, matching
from .identify import identify_buttons

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class CoachButtonDescription(ThingDescription, ButtonEntityDescription):
    """A button of a family.

    It asks for `intent`. One that `stops` can be pressed while nothing is known of the thing.
    """

    intent: str
    stops: bool = False


BUTTONS = (
    # To stop is always allowed.
    CoachButtonDescription(
        key="stop", translation_key="stop", family="generator", intent="turn_off", stops=True
    ),
    CoachButtonDescription(
        key="acknowledge", translation_key="acknowledge", family="alarm", intent="acknowledge"
    ),
)


async def async_setup_entry(
    _: HomeAssistant, entry: CoachConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Make the buttons of each thing, and those that let a light blink."""
    entry.runtime_data.add_platform(async_add_entities, _make)
    entry.runtime_data.add_platform(async_add_entities, identify_buttons)


def _make(coordinator: CoachCoordinator, thing: Thing) -> list[CoachButton]:
    """Make the buttons of a thing."""
    return [
        CoachButton(coordinator, thing, row, thing.values)
        for row in matching(coordinator, thing, BUTTONS)
    ]


class CoachButton(CommandedEntity, ButtonEntity):
    """A button of the coach."""

    entity_description: CoachButtonDescription

    @property
    @override
    def available(self) -> bool:
        """Tell whether the bus is up; what stops a thing needs to know nothing of it."""
        return self._line.up if self.entity_description.stops else super().available

    @override
    def look(self) -> str | None:
        """Return when it was pressed: the rest is shown by others."""
        return self.state

    @override
    async def async_press(self) -> None:
        """Ask for it."""
        await self.async_command(self.entity_description.intent)
