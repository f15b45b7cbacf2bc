"""Selects: one of several, of which an owner chooses."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coach import Thing, label
from .coordinator import CoachConfigEntry, CoachCoordinator
from .entity import CommandedEntity, ThingDescription, matching

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class CoachSelectDescription(ThingDescription, SelectEntityDescription):
    """A choice of a family: it shows a coded value, and asks for it by the same name.

    Without an `intent` each option is one.
    """

    value: str
    intent: str | None = "set"


SELECTS = (
    CoachSelectDescription(
        key="fuel",
        translation_key="fuel_source",
        family="refrigerator",
        options=["gas", "dc", "ac"],
        value="fuel_source",
        guarded=True,
    ),
    # It may take the coach off shore power, or have the generator started.
    CoachSelectDescription(
        key="choice",
        translation_key="transfer_choice",
        family="transfer_switch",
        options=["automatic", "primary", "secondary"],
        value="choice",
        intent=None,
        guarded=True,
    ),
    # The two lamps that an indicator may have.
    CoachSelectDescription(
        key="lamps",
        translation_key="lamps",
        family="indicator",
        options=[
            "both_off",
            "only_led_1_on",
            "only_led_2_on",
            "both_on",
            "flash_alternately",
        ],
        value="lamps",
        intent=None,
    ),
    # Most coaches keep no schedules.
    CoachSelectDescription(
        key="schedule",
        translation_key="schedule",
        family="thermostat",
        options=["sleep", "wake", "away", "return", "storage"],
        value="schedule_chosen",
        intent="select_schedule",
        entity_registry_enabled_default=False,
    ),
)


async def async_setup_entry(
    _: HomeAssistant, entry: CoachConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Make the selects of each thing."""
    entry.runtime_data.add_platform(async_add_entities, _make)


def _make(coordinator: CoachCoordinator, thing: Thing) -> list[CoachSelect]:
    """Make the selects of a thing."""
    return [
        CoachSelect(coordinator, thing, row, (row.value,))
        for row in matching(coordinator, thing, SELECTS)
    ]


class CoachSelect(CommandedEntity, SelectEntity):
    """One of several, of which an owner chooses."""

    entity_description: CoachSelectDescription

    @property
    @override
    def current_option(self) -> str | None:
        """Return what is chosen; None while the bus has not said, or says none of these."""
        words = label(self.thing.shown(self.entity_description.value))
        return words if words in self.options else None

    @override
    async def async_select_option(self, option: str) -> None:
        """Choose another."""
        row = self.entity_description
        if row.intent is None:
            await self.async_command(option)
        else:
            await self.async_command(row.intent, **{row.value: option})
