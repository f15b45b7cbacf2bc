"""The two lights that an awning may have."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.light import LightEntity, LightEntityDescription
from homeassistant.components.light.const import ATTR_BRIGHTNESS, ColorMode

from .coach import Thing, number
from .coordinator import CoachCoordinator
from .entity import CommandedEntity, ThingDescription
from .ramp import FULL, level_of


@dataclass(frozen=True, kw_only=True)
class AwningLightDescription(ThingDescription, LightEntityDescription):
    """One of an awning's lights; `light` begins the names of its values and intents."""

    light: str


class AwningLight(CommandedEntity, LightEntity):
    """A light of an awning; one that the awning says nothing of waits to be enabled."""

    entity_description: AwningLightDescription

    def __init__(
        self, coordinator: CoachCoordinator, thing: Thing, description: AwningLightDescription
    ) -> None:
        """Take the awning, and which of its lights it is."""
        self._light = description.light
        names = (f"{self._light}_on", f"{self._light}_level")
        super().__init__(coordinator, thing, description, names)
        # One that was known before, to us and not to Home Assistant, has not told of a light yet.
        self._attr_entity_registry_enabled_default = thing.heard is None or self.is_on is not None

    @property
    @override
    def is_on(self) -> bool | None:
        """Tell whether it is on, None while the bus has not said."""
        on = self.thing.shown(f"{self._light}_on")
        return on if isinstance(on, bool) else None

    @property
    @override
    def color_mode(self) -> ColorMode:
        """Return whether it dims: only one that tells its level does."""
        level = self.thing.shown(f"{self._light}_level")
        return ColorMode.ONOFF if level is None else ColorMode.BRIGHTNESS

    @property
    @override
    def supported_color_modes(self) -> set[ColorMode]:
        """Return the one mode that there is."""
        return {self.color_mode}

    @property
    @override
    def brightness(self) -> int | None:
        """Return the brightness, 1 to 255; None while off or unknown."""
        level = number(self.thing.shown(f"{self._light}_level"))
        return max(1, min(255, round(level * 255 / FULL))) if level and self.is_on else None

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn on, at the given brightness or as it was."""
        if (brightness := kwargs.get(ATTR_BRIGHTNESS)) is None:
            await self.async_command(f"turn_{self._light}_on")
        else:
            level = level_of(brightness, self.thing)
            await self.async_command(f"set_{self._light}_level", level=level)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn off."""
        await self.async_command(f"turn_{self._light}_off")
