"""Fans: those in the roof, and the dimmers and loads that are taken for fans."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, override

from homeassistant.components.fan import FanEntity, FanEntityDescription
from homeassistant.components.fan.const import (
    DIRECTION_FORWARD,
    DIRECTION_REVERSE,
    FanEntityFeature,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coach import Thing, label, number
from .coordinator import CoachConfigEntry, CoachCoordinator
from .entity import SwitchedEntity, ThingDescription, matching

PARALLEL_UPDATES = 0

AUTOMATIC = "automatic"
# Air that is blown out is the way that a roof fan is built for.
DIRECTIONS = {"air_out": DIRECTION_FORWARD, "air_in": DIRECTION_REVERSE}
FEATURES = (
    FanEntityFeature.TURN_ON
    | FanEntityFeature.TURN_OFF
    | FanEntityFeature.SET_SPEED
    | FanEntityFeature.DIRECTION
    | FanEntityFeature.PRESET_MODE
)


@dataclass(frozen=True, kw_only=True)
class CoachFanDescription(ThingDescription, FanEntityDescription):
    """A fan of a family."""


FANS = (
    CoachFanDescription(key="fan", name=None, translation_key="roof_fan", family="roof_fan"),
    *(
        CoachFanDescription(key="fan", name=None, family=family, kinds=frozenset(("fan",)))
        for family in ("dimmer", "dc_load")
    ),
)


async def async_setup_entry(
    _: HomeAssistant, entry: CoachConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Make a fan of each thing that is one."""
    entry.runtime_data.add_platform(async_add_entities, _make)


def _make(coordinator: CoachCoordinator, thing: Thing) -> list[FanEntity]:
    """Make the fans of a thing."""
    make = CoachFan if thing.id.family == "roof_fan" else LoadFan
    return [make(coordinator, thing, row) for row in matching(coordinator, thing, FANS)]


class SpeedFan(SwitchedEntity, FanEntity):
    """A fan whose speed in percent is the value `speed`."""

    entity_description: CoachFanDescription
    speed: ClassVar[str]

    @property
    @override
    def percentage(self) -> int | None:
        """Return the speed in percent, 0 while off; None while the bus has not said."""
        if self.is_on is False:
            return 0
        speed = number(self.thing.shown(self.speed))
        return None if speed is None else min(round(speed), 100)

    @override
    async def async_turn_on(
        self, percentage: int | None = None, preset_mode: str | None = None, **kwargs: Any
    ) -> None:
        """Turn on, at a speed or by itself where that is asked for."""
        if preset_mode is not None:
            await self.async_set_preset_mode(preset_mode)
        elif percentage is not None:
            await self.async_set_percentage(percentage)
        else:
            await self.async_command("turn_on")

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn off."""
        await self.async_command("turn_off")

    @override
    async def async_set_percentage(self, percentage: int) -> None:
        """Run at a speed in percent; 0 is off."""
        if percentage:
            await self.async_run(float(percentage))
        else:
            await self.async_command("turn_off")

    @abstractmethod
    async def async_run(self, speed: float) -> None:
        """Run at a speed in percent."""


class CoachFan(SpeedFan):
    """A fan in the roof of the coach."""

    speed = "speed"
    _attr_supported_features = FEATURES

    def __init__(
        self, coordinator: CoachCoordinator, thing: Thing, description: CoachFanDescription
    ) -> None:
        """Take the thing that is the fan."""
        super().__init__(
            coordinator, thing, description, ("on", "speed", "direction", "speed_mode")
        )
        self._attr_preset_modes = [AUTOMATIC]

    @property
    @override
    def preset_mode(self) -> str | None:
        """Return whether the fan chooses its speed by itself."""
        return AUTOMATIC if label(self.thing.shown("speed_mode")) == AUTOMATIC else None

    @property
    @override
    def current_direction(self) -> str | None:
        """Return which way the air goes: forward is out."""
        return DIRECTIONS.get(label(self.thing.shown("direction")) or "")

    @override
    async def async_run(self, speed: float) -> None:
        """Run at a speed in percent."""
        await self.async_command("set", status="on", speed_mode="manual", speed=speed)

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        """Let the fan choose its speed."""
        await self.async_command("set", status="on", speed_mode=preset_mode)

    @override
    async def async_set_direction(self, direction: str) -> None:
        """Blow the air out or in."""
        word = next(word for word, way in DIRECTIONS.items() if way == direction)
        await self.async_command("set", direction=word)


class LoadFan(SpeedFan):
    """A fan that is wired to a dimmer, which sets its speed, or to a load."""

    speed = "level"

    def __init__(
        self, coordinator: CoachCoordinator, thing: Thing, description: CoachFanDescription
    ) -> None:
        """Take the thing that feeds the fan."""
        super().__init__(coordinator, thing, description, ("on", "level"))
        self._attr_supported_features = FanEntityFeature.TURN_ON | FanEntityFeature.TURN_OFF
        if thing.id.family == "dimmer":
            self._attr_supported_features |= FanEntityFeature.SET_SPEED

    @override
    async def async_run(self, speed: float) -> None:
        """Run at a speed in percent."""
        await self.async_command("set_level", level=speed)
