"""Numbers: what an owner sets once in a while."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.number import NumberDeviceClass, NumberEntity, NumberEntityDescription
from homeassistant.const import (
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfTemperature,
    UnitOfTime,
)
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
        key="minimum_cycle_time",
        translation_key="minimum_cycle_time",
        family="generator_demand",
        device_class=NumberDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        native_min_value=1,
        native_max_value=250,
        native_step=1,
        entity_category=EntityCategory.CONFIG,
        value="minimum_cycle_time",
        guarded=True,
    ),
    # The thresholds of a criterion: it has those of its type, the others are unknown.
    CoachNumberDescription(
        key="voltage_threshold",
        translation_key="voltage_threshold",
        family="ags_criterion",
        device_class=NumberDeviceClass.VOLTAGE,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        native_min_value=8,
        native_max_value=60,
        native_step=0.05,
        entity_category=EntityCategory.CONFIG,
        value="dc_voltage_threshold",
        intent="set_voltage",
        guarded=True,
    ),
    *(
        CoachNumberDescription(
            key=f"charge_{way}",
            translation_key=f"charge_{way}",
            family="ags_criterion",
            native_unit_of_measurement=UNITS["%"].name,
            native_min_value=0,
            native_max_value=100,
            native_step=1,
            entity_category=EntityCategory.CONFIG,
            value=f"state_of_charge_{way}_threshold",
            intent="set_charge",
            guarded=True,
        )
        for way in ("start", "stop")
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
