"""Floors that are heated: a set point, and what the floor has."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.climate import ClimateEntity, ClimateEntityDescription
from homeassistant.components.climate.const import (
    ATTR_HVAC_MODE,
    ClimateEntityFeature,
    HVACAction,
    HVACMode,
)
from homeassistant.const import ATTR_TEMPERATURE, UnitOfTemperature

from .coach import Thing, label, number
from .coordinator import CoachCoordinator
from .entity import CommandedEntity, ThingDescription

COLDEST = 5.0
HOTTEST = 45.0


@dataclass(frozen=True, kw_only=True)
class CoachClimateDescription(ThingDescription, ClimateEntityDescription):
    """A climate entity of a family."""


class FloorHeat(CommandedEntity, ClimateEntity):
    """A floor that is heated to a set point, or not at all."""

    entity_description: CoachClimateDescription
    _attr_temperature_unit = UnitOfTemperature.CELSIUS
    _attr_min_temp = COLDEST
    _attr_max_temp = HOTTEST
    _attr_target_temperature_step = 1.0
    _attr_supported_features = (
        ClimateEntityFeature.TARGET_TEMPERATURE
        | ClimateEntityFeature.TURN_ON
        | ClimateEntityFeature.TURN_OFF
    )

    def __init__(
        self, coordinator: CoachCoordinator, thing: Thing, description: CoachClimateDescription
    ) -> None:
        """Take the floor."""
        super().__init__(coordinator, thing, description, thing.values)
        self._attr_hvac_modes = [HVACMode.OFF, HVACMode.HEAT]

    @property
    @override
    def hvac_mode(self) -> HVACMode | None:
        """Return whether the floor is to be heated, None while the bus has not said."""
        on = self.thing.shown("on")
        if not isinstance(on, bool):
            return None
        return HVACMode.HEAT if on else HVACMode.OFF

    @property
    @override
    def hvac_action(self) -> HVACAction | None:
        """Return what the floor does now."""
        if self.hvac_mode is HVACMode.OFF:
            return HVACAction.OFF
        element = label(self.thing.shown("element"))
        return {"on": HVACAction.HEATING, "off": HVACAction.IDLE}.get(element or "")

    @property
    @override
    def current_temperature(self) -> float | None:
        """Return the floor's temperature in degC."""
        return number(self.thing.shown("temperature"))

    @property
    @override
    def target_temperature(self) -> float | None:
        """Return the set point in degC."""
        return number(self.thing.shown("set_point"))

    @override
    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        """Heat, or do not."""
        await self.async_command("turn_off" if hvac_mode is HVACMode.OFF else "turn_on")

    @override
    async def async_turn_on(self) -> None:
        """Heat."""
        await self.async_command("turn_on")

    @override
    async def async_turn_off(self) -> None:
        """Do not heat."""
        await self.async_command("turn_off")

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        """Change the set point in degC, and whether to heat where that is asked for."""
        wanted: dict[str, float | str] = {"set_point": kwargs[ATTR_TEMPERATURE]}
        if mode := kwargs.get(ATTR_HVAC_MODE):
            wanted["status"] = "off" if mode is HVACMode.OFF else "on"
        await self.async_command("set", **wanted)
