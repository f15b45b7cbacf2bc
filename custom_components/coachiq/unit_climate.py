"""What heats or cools without a thermostat: an air conditioner, furnace or heat pump by itself."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.climate import ClimateEntity
from homeassistant.components.climate.const import (
    FAN_HIGH,
    FAN_LOW,
    ClimateEntityFeature,
    HVACAction,
    HVACMode,
)
from homeassistant.const import Platform, UnitOfTemperature
from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er

from .coach import Thing, label, number
from .coach.quirk import command_of
from .const import DOMAIN
from .coordinator import CoachCoordinator
from .entity import CommandedEntity
from .floor_heat import CoachClimateDescription

UNIT = "unit"
FULL = 100.0
FAN_SPEEDS = {FAN_LOW: 50.0, FAN_HIGH: FULL}
ACTIONS = {HVACMode.COOL: HVACAction.COOLING, HVACMode.HEAT: HVACAction.HEATING}


@dataclass(frozen=True, kw_only=True)
class UnitClimateDescription(CoachClimateDescription):
    """A unit of a family, and what it does: heat or cool."""

    mode: HVACMode


def is_alone(coordinator: CoachCoordinator, thing: Thing) -> bool:
    """Tell whether a unit may be told what to do: no thermostat is there to do it.

    Which zone a unit belongs to the bus does not say: one thermostat on it speaks for all.
    """
    quirks = coordinator.coach.profile.quirks
    return command_of(quirks, thing.id.family, "set") is not None and not any(
        zone.id.bus == thing.id.bus for zone in coordinator.coach.of_family("thermostat")
    )


@callback
def async_give_way(coordinator: CoachCoordinator, zone: Thing) -> None:
    """Leave the units of a bus to the thermostat that was heard on it."""
    registry = er.async_get(coordinator.hass)
    for thing in coordinator.coach.things.values():
        if thing.id.bus == zone.id.bus:
            unit = registry.async_get_entity_id(Platform.CLIMATE, DOMAIN, f"{thing.id}-{UNIT}")
            if unit:
                registry.async_remove(unit)


class UnitClimate(CommandedEntity, ClimateEntity):
    """A unit that runs by itself, or as it is told; it has no set point."""

    entity_description: UnitClimateDescription
    _attr_temperature_unit = UnitOfTemperature.CELSIUS
    _attr_supported_features = (
        ClimateEntityFeature.FAN_MODE | ClimateEntityFeature.TURN_ON | ClimateEntityFeature.TURN_OFF
    )

    def __init__(
        self, coordinator: CoachCoordinator, thing: Thing, description: UnitClimateDescription
    ) -> None:
        """Take the unit."""
        super().__init__(coordinator, thing, description, ("mode", "output", "fan_speed"))
        self._attr_hvac_modes = [
            HVACMode.OFF,
            HVACMode.AUTO,
            description.mode,
            HVACMode.FAN_ONLY,
        ]
        self._attr_fan_modes = list(FAN_SPEEDS)

    @property
    @override
    def hvac_mode(self) -> HVACMode | None:
        """Return what it was told, None while the bus has not said."""
        mode = label(self.thing.shown("mode"))
        if mode != "manual":
            return {"automatic": HVACMode.AUTO}.get(mode or "")
        output, fan = number(self.thing.shown("output")), number(self.thing.shown("fan_speed"))
        if output:
            return self.entity_description.mode
        if output is None:
            return None
        return HVACMode.FAN_ONLY if fan else HVACMode.OFF

    @property
    @override
    def hvac_action(self) -> HVACAction | None:
        """Return what it does now."""
        output, fan = number(self.thing.values["output"]), number(self.thing.values["fan_speed"])
        if output is None:
            return None
        if output:
            return ACTIONS[self.entity_description.mode]
        return HVACAction.FAN if fan else HVACAction.IDLE

    @property
    @override
    def fan_mode(self) -> str | None:
        """Return how fast the fan runs, None while it does not or the bus has not said."""
        speed = number(self.thing.shown("fan_speed"))
        if not speed:
            return None
        return FAN_LOW if speed <= FAN_SPEEDS[FAN_LOW] else FAN_HIGH

    @override
    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        """Run by itself, or heat or cool with all it has, or blow, or rest."""
        if hvac_mode is HVACMode.AUTO:
            await self.async_command("set", mode="automatic")
            return
        speed = number(self.thing.shown("fan_speed")) or FULL
        await self.async_command(
            "set",
            mode="manual",
            output=FULL if hvac_mode is self.entity_description.mode else 0.0,
            fan_speed=0.0 if hvac_mode is HVACMode.OFF else speed,
        )

    @override
    async def async_turn_on(self) -> None:
        """Run by itself."""
        await self.async_set_hvac_mode(HVACMode.AUTO)

    @override
    async def async_turn_off(self) -> None:
        """Rest."""
        await self.async_set_hvac_mode(HVACMode.OFF)

    @override
    async def async_set_fan_mode(self, fan_mode: str) -> None:
        """Let the fan run slowly or fast."""
        await self.async_command("set", fan_speed=FAN_SPEEDS[fan_mode])
