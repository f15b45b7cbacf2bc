"""Numbers: what an owner sets once in a while."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.number import NumberDeviceClass, NumberEntity, NumberEntityDescription
from homeassistant.const import EntityCategory, UnitOfElectricCurrent, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coach import Thing, number
from .coordinator import CoachConfigEntry, CoachCoordinator
from .entity import CommandedEntity, ThingDescription, matching
from .unit import UNITS

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class CoachNumberDescription(ThingDescription, NumberEntityDescription):
    """A number of a family: it shows a value, and asks for it by the same name."""

    value: str
    intent: str = "set"


NUMBERS = (
    CoachNumberDescription(
        key="share_limit",
        translation_key="charge_limit",
        family="charger",
        native_unit_of_measurement=UNITS["%"].name,
        native_min_value=0,
        native_max_value=100,
        native_step=1,
        entity_category=EntityCategory.CONFIG,
        value="share_limit",
    ),
    CoachNumberDescription(
        key="shore_limit",
        translation_key="shore_limit",
        family="charger",
        device_class=NumberDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        native_min_value=1,
        native_max_value=100,
        native_step=1,
        entity_category=EntityCategory.CONFIG,
        value="shore_limit",
    ),
    CoachNumberDescription(
        key="set_point",
        translation_key="set_point",
        family="refrigerator",
        device_class=NumberDeviceClass.TEMPERATURE,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        native_min_value=-30,
        native_max_value=15,
        native_step=0.5,
        value="set_point",
    ),
)


async def async_setup_entry(
    _: HomeAssistant, entry: CoachConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Make the numbers of each thing."""
    entry.runtime_data.add_platform(async_add_entities, _make)


def _make(coordinator: CoachCoordinator, thing: Thing) -> list[CoachNumber]:
    """Make the numbers of a thing."""
    return [
        CoachNumber(coordinator, thing, row, (row.value,))
        for row in matching(coordinator, thing, NUMBERS)
    ]


class CoachNumber(CommandedEntity, NumberEntity):
    """A number that can be set."""

    entity_description: CoachNumberDescription

    @property
    @override
    def native_value(self) -> float | None:
        """Return the number, None while the bus has not said."""
        return number(self.thing.shown(self.entity_description.value))

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Ask for the number."""
        row = self.entity_description
        await self.async_command(row.intent, **{row.value: value})
