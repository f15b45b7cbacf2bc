"""Lights with colors: a level for all, and one for each color."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.light import LightEntity, LightEntityDescription
from homeassistant.components.light.const import (
    ATTR_BRIGHTNESS,
    ATTR_RGB_COLOR,
    ATTR_RGBW_COLOR,
    ColorMode,
    LightEntityFeature,
)

from .coach import Thing, number
from .coordinator import CoachCoordinator
from .entity import SwitchedEntity, ThingDescription
from .ramp import FULL, level_of, ramp_of

COLORS = ("red", "green", "blue")
WHITE = "white"


@dataclass(frozen=True, kw_only=True)
class ColorLightDescription(ThingDescription, LightEntityDescription):
    """A light of a family with colors."""


class ColorLight(SwitchedEntity, LightEntity):
    """A light of those colors that the bus tells of.

    Without any it may be a plain dimmer that is a light of its own: it waits to be enabled.
    """

    entity_description: ColorLightDescription
    _attr_supported_features = LightEntityFeature.TRANSITION

    def __init__(
        self, coordinator: CoachCoordinator, thing: Thing, description: ColorLightDescription
    ) -> None:
        """Take the thing that is the light."""
        super().__init__(coordinator, thing, description, ("level", "on", *COLORS, WHITE))
        self._attr_entity_registry_enabled_default = self.color_mode is not ColorMode.BRIGHTNESS

    @property
    @override
    def color_mode(self) -> ColorMode:
        """Return which colors the bus tells of."""
        if None in self._channels(COLORS):
            return ColorMode.BRIGHTNESS
        return ColorMode.RGB if None in self._channels((WHITE,)) else ColorMode.RGBW

    @property
    @override
    def supported_color_modes(self) -> set[ColorMode]:
        """Return the one mode that there is."""
        return {self.color_mode}

    @property
    @override
    def brightness(self) -> int | None:
        """Return the brightness of all colors together, None while off or unknown."""
        level = number(self.thing.shown("level"))
        return max(1, min(255, round(level * 255 / FULL))) if level else None

    @property
    @override
    def rgb_color(self) -> tuple[int, int, int] | None:
        """Return red, green and blue, None while one is unknown."""
        red, green, blue = self._channels(COLORS)
        return None if red is None or green is None or blue is None else (red, green, blue)

    @property
    @override
    def rgbw_color(self) -> tuple[int, int, int, int] | None:
        """Return red, green, blue and white, None while one is unknown."""
        colors, (white,) = self.rgb_color, self._channels((WHITE,))
        return None if colors is None or white is None else (*colors, white)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn on, at the given brightness or the last one, in the given color or the same."""
        level = level_of(kwargs.get(ATTR_BRIGHTNESS), self.thing)
        wanted = kwargs.get(ATTR_RGBW_COLOR) or kwargs.get(ATTR_RGB_COLOR) or ()
        colors = {
            name: round(share * 2 * FULL / 255) / 2
            for name, share in zip((*COLORS, WHITE), wanted, strict=False)
        }
        await self.async_command("set_level", level=level, **colors, **ramp_of(kwargs))

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn off."""
        await self.async_command("turn_off", **ramp_of(kwargs))

    def _channels(self, names: tuple[str, ...]) -> list[int | None]:
        """Return the shares of some colors, 0 to 255."""
        levels = [number(self.thing.shown(name)) for name in names]
        return [None if level is None else min(255, round(level * 255 / FULL)) for level in levels]
