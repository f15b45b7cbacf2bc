"""Identify: a light of the coach blinks three times, and is then as it was."""

import asyncio
from dataclasses import dataclass
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.components.button.const import ButtonDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.exceptions import HomeAssistantError

from .coach import Thing, number
from .const import DOMAIN
from .coordinator import CoachCoordinator
from .device import name_of
from .entity import ThingDescription, ThingEntity, matching

BLINKS = 3
# Long enough to be seen on a light that fades.
BLINK_SECONDS = 0.8
FULL = 100.0


@dataclass(frozen=True, kw_only=True)
class IdentifyDescription(ThingDescription, ButtonEntityDescription):
    """A button that lets things of a family blink."""


IDENTIFY = IdentifyDescription(
    key="identify",
    family="dimmer",
    kinds=frozenset(("light",)),
    device_class=ButtonDeviceClass.IDENTIFY,
    entity_category=EntityCategory.DIAGNOSTIC,
)


def identify_buttons(coordinator: CoachCoordinator, thing: Thing) -> list[IdentifyButton]:
    """Return the button of a light, if the coach may be commanded."""
    if not coordinator.links[thing.id.bus].may_transmit:
        return []
    return [
        IdentifyButton(coordinator, thing, row, ("on",))
        for row in matching(coordinator, thing, (IDENTIFY,))
    ]


class IdentifyButton(ThingEntity, ButtonEntity):
    """Lets a light blink, so that it can be told which one it is."""

    entity_description: IdentifyDescription
    _blinking = False

    @override
    async def async_press(self) -> None:
        """Blink and restore what was; raises when it blinks already, or is not known to be on."""
        if self._blinking:
            raise self._refusal("blinking")
        lit, level = self.thing.shown("on"), number(self.thing.shown("level"))
        if not isinstance(lit, bool) or level is None:
            raise self._refusal("not_heard")
        self._blinking = True
        bright = level or self.thing.last_level or FULL
        try:
            await self.async_noted(self._blink(bright, lit=lit), "identify")
        except HomeAssistantError:
            await self._show(bright, lit=lit)
            raise
        finally:
            self._blinking = False

    async def _blink(self, level: float, *, lit: bool) -> None:
        """Turn to the other state and back, three times."""
        for turn in range(2 * BLINKS):
            if turn:
                await asyncio.sleep(BLINK_SECONDS)
            await self._show(level, lit=lit is bool(turn % 2))

    async def _show(self, level: float, *, lit: bool) -> None:
        """Light the light at a level, or darken it."""
        if lit:
            await self.coordinator.async_command(self.thing, "set_level", level=level)
        else:
            await self.coordinator.async_command(self.thing, "turn_off")

    @override
    def look(self) -> str | None:
        """Return when it was pressed: the rest is the light's."""
        return self.state

    def _refusal(self, key: str) -> HomeAssistantError:
        """Return the error that says why the light does not blink."""
        return HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key=key,
            translation_placeholders={"thing": name_of(self.coordinator, self.thing)},
        )
