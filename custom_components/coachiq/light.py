"""Lights: dimmers, and the loads that a profile takes for lights."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.light import LightEntity, LightEntityDescription
from homeassistant.components.light.const import (
    ATTR_BRIGHTNESS,
    ATTR_TRANSITION,
    ColorMode,
    LightEntityFeature,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coach import Thing, number
from .coordinator import CoachConfigEntry, CoachCoordinator
from .entity import CommandedEntity, ThingDescription, matching

PARALLEL_UPDATES = 0

FULL = 100.0
LEAST = 0.5
LONGEST_RAMP = 25.0


@dataclass(frozen=True, kw_only=True)
class CoachLightDescription(ThingDescription, LightEntityDescription):
    """A light of a family, and whether it dims."""

    mode: ColorMode


LIGHTS = (
    CoachLightDescription(
        key="light",
        name=None,
        family="dimmer",
        kinds=frozenset(("light",)),
        mode=ColorMode.BRIGHTNESS,
    ),
    CoachLightDescription(
        key="light", name=None, family="dc_load", kinds=frozenset(("light",)), mode=ColorMode.ONOFF
    ),
)


async def async_setup_entry(
    _: HomeAssistant, entry: CoachConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Make a light of each thing that is one."""
    entry.runtime_data.add_platform(async_add_entities, _make)


def _make(coordinator: CoachCoordinator, thing: Thing) -> list[CoachLight]:
    """Make the lights of a thing."""
    return [CoachLight(coordinator, thing, row) for row in matching(coordinator, thing, LIGHTS)]


class CoachLight(CommandedEntity, LightEntity):
    """A light of the coach."""

    entity_description: CoachLightDescription

    def __init__(
        self, coordinator: CoachCoordinator, thing: Thing, description: CoachLightDescription
    ) -> None:
        """Take the thing that is the light."""
        super().__init__(coordinator, thing, description, ("level", "on"))
        self._attr_color_mode = description.mode
        self._attr_supported_color_modes = {description.mode}
        if description.mode is ColorMode.BRIGHTNESS:
            self._attr_supported_features = LightEntityFeature.TRANSITION

    @property
    @override
    def is_on(self) -> bool | None:
        """Tell whether the light is on, None while the bus has not said."""
        on = self.thing.shown("on")
        return on if isinstance(on, bool) else None

    @property
    @override
    def brightness(self) -> int | None:
        """Return the brightness, 1 to 255; None while off or unknown."""
        level = number(self.thing.shown("level"))
        if not level or self.color_mode is not ColorMode.BRIGHTNESS:
            return None
        return max(1, min(255, round(level * 255 / FULL)))

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn on, at the given brightness or the last one."""
        if self.color_mode is ColorMode.ONOFF:
            await self.async_command("turn_on")
            return
        if ATTR_BRIGHTNESS in kwargs:
            # In the steps of half a percent that the bus knows.
            level = max(LEAST, round(kwargs[ATTR_BRIGHTNESS] * 2 * FULL / 255) / 2)
        else:
            level = min(self.thing.last_level or FULL, FULL)
        await self.async_command("set_level", level=level, **_ramp(kwargs))

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn off."""
        await self.async_command("turn_off", **_ramp(kwargs))


def _ramp(asked: Mapping[str, Any]) -> dict[str, float]:
    """Return the time that a change is to take, as long as the bus can say."""
    seconds = asked.get(ATTR_TRANSITION)
    return {} if seconds is None else {"ramp_time": round(min(seconds, LONGEST_RAMP), 1)}
