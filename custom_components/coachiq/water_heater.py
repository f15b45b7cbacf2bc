"""Water heaters: what heats, and to which temperature."""

from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.water_heater import WaterHeaterEntity, WaterHeaterEntityDescription
from homeassistant.components.water_heater.const import STATE_GAS, WaterHeaterEntityFeature
from homeassistant.const import ATTR_TEMPERATURE, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coach import Thing, label, number
from .coordinator import CoachConfigEntry, CoachCoordinator
from .entity import CommandedEntity, ThingDescription, matching

PARALLEL_UPDATES = 0

# Words of the bus that Home Assistant has others for; the rest are the same.
WORDS: Final = {"combustion": STATE_GAS}
FLAMELESS: Final[tuple[str, ...]] = ("off", "electric")
BURNING: Final = ("combustion", "gas_and_electric")


@dataclass(frozen=True, kw_only=True)
class CoachWaterHeaterDescription(ThingDescription, WaterHeaterEntityDescription):
    """A water heater of a family."""


WATER_HEATERS = (
    CoachWaterHeaterDescription(
        key="heater", name=None, translation_key="water_heater", family="water_heater"
    ),
)


async def async_setup_entry(
    _: HomeAssistant, entry: CoachConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Make a water heater of each thing that is one."""
    entry.runtime_data.add_platform(async_add_entities, _make)


def _make(coordinator: CoachCoordinator, thing: Thing) -> list[CoachWaterHeater]:
    """Make the water heaters of a thing."""
    return [
        CoachWaterHeater(coordinator, thing, row)
        for row in matching(coordinator, thing, WATER_HEATERS)
    ]


class CoachWaterHeater(CommandedEntity, WaterHeaterEntity):
    """A water heater; it is told to burn gas only where the owner has allowed that."""

    entity_description: CoachWaterHeaterDescription
    _attr_temperature_unit = UnitOfTemperature.CELSIUS

    def __init__(
        self,
        coordinator: CoachCoordinator,
        thing: Thing,
        description: CoachWaterHeaterDescription,
    ) -> None:
        """Take the heater; the owner's decision limits its modes."""
        super().__init__(coordinator, thing, description, ("mode", "set_point", "temperature"))
        modes = FLAMELESS
        if coordinator.coach.decision(thing.id).allowed:
            modes += BURNING
        self._modes = {WORDS.get(mode, mode): mode for mode in modes}
        self._attr_operation_list = list(self._modes)

    @property
    @override
    def supported_features(self) -> WaterHeaterEntityFeature:
        """Return what can be set: the temperature only where the heater reports one."""
        features = WaterHeaterEntityFeature.OPERATION_MODE
        if self.target_temperature is not None:
            features |= WaterHeaterEntityFeature.TARGET_TEMPERATURE
        return features

    @property
    @override
    def current_operation(self) -> str | None:
        """Return what heats, None while the bus has not said."""
        mode = label(self.thing.shown("mode"))
        return None if mode is None else WORDS.get(mode, mode)

    @property
    @override
    def current_temperature(self) -> float | None:
        """Return the temperature of the water in degC."""
        return number(self.thing.shown("temperature"))

    @property
    @override
    def target_temperature(self) -> float | None:
        """Return the set point in degC."""
        return number(self.thing.shown("set_point"))

    @override
    async def async_set_operation_mode(self, operation_mode: str) -> None:
        """Heat with something else, or do not heat."""
        if self._modes[operation_mode] in BURNING:
            self.check_code()
        await self.async_command("set_mode", mode=self._modes[operation_mode])

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        """Change the set point in degC."""
        await self.async_command("set_point", set_point=kwargs[ATTR_TEMPERATURE])
