"""Lights: dimmers, and the loads that are taken for lights."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.light import LightEntity, LightEntityDescription
from homeassistant.components.light.const import (
    ATTR_BRIGHTNESS,
    ColorMode,
    LightEntityFeature,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .awning_light import AwningLight, AwningLightDescription
from .coach import Thing, number
from .color_light import ColorLight, ColorLightDescription
from .coordinator import CoachConfigEntry, CoachCoordinator
from .entity import SwitchedEntity, ThingDescription, matching
from .ramp import FULL, level_of, ramp_of

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class CoachLightDescription(ThingDescription, LightEntityDescription):
    """A light of a family, whether it dims, and whether it takes a time for that."""

    mode: ColorMode
    ramps: bool = False


LIGHTS = (
    CoachLightDescription(
        key="light",
        name=None,
        family="dimmer",
        kinds=frozenset(("light",)),
        mode=ColorMode.BRIGHTNESS,
        ramps=True,
    ),
    CoachLightDescription(key="light", name=None, family="indicator", mode=ColorMode.BRIGHTNESS),
    CoachLightDescription(
        key="light",
        name=None,
        family="light_group",
        mode=ColorMode.BRIGHTNESS,
        ramps=True,
    ),
    *(
        CoachLightDescription(
            key="light", name=None, family=family, kinds=frozenset(("light",)), mode=ColorMode.ONOFF
        )
        for family in ("dc_load", "ac_load")
    ),
)
COLOR_LIGHTS = (
    ColorLightDescription(
        key="light", name=None, translation_key="color_light", family="color_light"
    ),
)

AWNING_LIGHTS = tuple(
    AwningLightDescription(key=key, translation_key=key, family="awning", light=light)
    for key, light in (("awning_light", "light"), ("secondary_awning_light", "secondary_light"))
)


async def async_setup_entry(
    _: HomeAssistant, entry: CoachConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Make a light of each thing that is one."""
    entry.runtime_data.add_platform(async_add_entities, _make)


def _make(
    coordinator: CoachCoordinator, thing: Thing
) -> list[CoachLight | ColorLight | AwningLight]:
    """Make the lights of a thing."""
    return [
        *(CoachLight(coordinator, thing, row) for row in matching(coordinator, thing, LIGHTS)),
        *(
            ColorLight(coordinator, thing, row)
            for row in matching(coordinator, thing, COLOR_LIGHTS)
        ),
        *(
            AwningLight(coordinator, thing, row)
            for row in matching(coordinator, thing, AWNING_LIGHTS)
        ),
    ]


class CoachLight(SwitchedEntity, LightEntity):
    """A light of the coach."""

    entity_description: CoachLightDescription

    def __init__(
        self, coordinator: CoachCoordinator, thing: Thing, description: CoachLightDescription
    ) -> None:
        """Take the thing that is the light."""
        super().__init__(coordinator, thing, description, ("level", "on"))
        self._attr_color_mode = description.mode
        self._attr_supported_color_modes = {description.mode}
        if description.ramps:
            self._attr_supported_features = LightEntityFeature.TRANSITION

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
        level = level_of(kwargs.get(ATTR_BRIGHTNESS), self.thing)
        await self.async_command("set_level", level=level, **ramp_of(kwargs))

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn off."""
        await self.async_command("turn_off", **ramp_of(kwargs))
