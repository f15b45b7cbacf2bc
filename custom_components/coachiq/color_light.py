"""Lights with colors: a level for all, one for each color, and a white that is warm or cold."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.light import LightEntity, LightEntityDescription
from homeassistant.components.light.const import (
    ATTR_BRIGHTNESS,
    ATTR_COLOR_TEMP_KELVIN,
    ATTR_EFFECT,
    ATTR_RGB_COLOR,
    ATTR_RGBW_COLOR,
    DEFAULT_MAX_KELVIN,
    DEFAULT_MIN_KELVIN,
    EFFECT_OFF,
    ColorMode,
    LightEntityFeature,
)

from .coach import Thing, label, number
from .coordinator import CoachCoordinator
from .entity import SwitchedEntity, ThingDescription
from .ramp import FULL, level_of, ramp_of

COLORS = ("red", "green", "blue")
WHITE = "white"
# What a lighting controller does by itself: it fades from color to color. One is no effect.
SOLID = "solid"
SHOWN = ("level", "on", "fade", "white_mode", "color_temperature", "warmest", "coldest")
FADES = ("red", "green", "blue", "four_colors", "seven_colors", "custom")


@dataclass(frozen=True, kw_only=True)
class ColorLightDescription(ThingDescription, LightEntityDescription):
    """A light of a family with colors."""


class ColorLight(SwitchedEntity, LightEntity):
    """A light of those colors that the bus tells of.

    Without any it may be a plain dimmer that is a light of its own: it waits to be enabled.
    """

    entity_description: ColorLightDescription

    def __init__(
        self, coordinator: CoachCoordinator, thing: Thing, description: ColorLightDescription
    ) -> None:
        """Take the thing that is the light."""
        super().__init__(coordinator, thing, description, (*SHOWN, *COLORS, WHITE))
        # One that was known before, to us and not to Home Assistant, has not told of colors yet.
        self._attr_entity_registry_enabled_default = (
            thing.heard is None or self.color_mode is not ColorMode.BRIGHTNESS
        )

    @property
    @override
    def color_mode(self) -> ColorMode:
        """Return which of its modes the light is in: white while the bus says so."""
        is_white = label(self.thing.shown("white_mode")) == "enabled"
        modes = self.supported_color_modes - {ColorMode.COLOR_TEMP}
        if not modes or (is_white and len(self.supported_color_modes) > 1):
            return ColorMode.COLOR_TEMP
        return next(iter(modes))

    @property
    @override
    def supported_color_modes(self) -> set[ColorMode]:
        """Return what the bus tells of: colors, a white of some temperature, or neither."""
        modes: set[ColorMode] = set()
        if None not in self._channels(COLORS):
            modes.add(ColorMode.RGB if None in self._channels((WHITE,)) else ColorMode.RGBW)
        if self.thing.shown("color_temperature") is not None:
            modes.add(ColorMode.COLOR_TEMP)
        return modes or {ColorMode.BRIGHTNESS}

    @property
    @override
    def supported_features(self) -> LightEntityFeature:
        """Return that it changes slowly, and fades where the bus tells of that."""
        fades = self.thing.shown("fade") is not None
        return LightEntityFeature.TRANSITION | (
            LightEntityFeature.EFFECT if fades else LightEntityFeature(0)
        )

    @property
    @override
    def effect_list(self) -> list[str] | None:
        """Return how it can fade."""
        return None if self.thing.shown("fade") is None else [EFFECT_OFF, *FADES]

    @property
    @override
    def effect(self) -> str | None:
        """Return how it fades."""
        fade = label(self.thing.shown("fade"))
        return EFFECT_OFF if fade == SOLID else fade

    @property
    @override
    def color_temp_kelvin(self) -> int | None:
        """Return the white's temperature in K, None while it is unknown."""
        return self._kelvin("color_temperature")

    @property
    @override
    def min_color_temp_kelvin(self) -> int:
        """Return the warmest white in K."""
        return self._kelvin("warmest") or DEFAULT_MIN_KELVIN

    @property
    @override
    def max_color_temp_kelvin(self) -> int:
        """Return the coldest white in K."""
        return self._kelvin("coldest") or DEFAULT_MAX_KELVIN

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
        """Turn on, at the given brightness or the last one, in the given color or the same.

        The white and the fade are told to the lighting controller, and only where they change.
        """
        if (kelvin := kwargs.get(ATTR_COLOR_TEMP_KELVIN)) is not None:
            await self.async_command("set_white", color_temperature=kelvin)
        if (effect := kwargs.get(ATTR_EFFECT)) is not None:
            await self.async_command("set_fade", fade=SOLID if effect == EFFECT_OFF else effect)
        told = kelvin is not None or effect is not None
        if told and self.is_on and ATTR_BRIGHTNESS not in kwargs:
            return
        level = level_of(kwargs.get(ATTR_BRIGHTNESS), self.thing)
        wanted = kwargs.get(ATTR_RGBW_COLOR) or kwargs.get(ATTR_RGB_COLOR) or ()
        colors = {
            name: round(share * 2 * FULL / 255) / 2
            for name, share in zip((*COLORS, WHITE), wanted, strict=False)
        }
        if colors and self.color_mode is ColorMode.COLOR_TEMP:
            await self.async_command("end_white")
        await self.async_command("set_level", level=level, **colors, **ramp_of(kwargs))

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn off."""
        await self.async_command("turn_off", **ramp_of(kwargs))

    def _kelvin(self, name: str) -> int | None:
        """Return a temperature in K."""
        kelvin = number(self.thing.shown(name))
        return None if kelvin is None else round(kelvin)

    def _channels(self, names: tuple[str, ...]) -> list[int | None]:
        """Return the shares of some colors, 0 to 255."""
        levels = [number(self.thing.shown(name)) for name in names]
        return [None if level is None else min(255, round(level * 255 / FULL)) for level in levels]
