"""Buttons: what is asked of a thing and leaves no state of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .coach import Thing
from .coach.mover import LEVELING
from .coach_control import STOP_ALL, StopAll
from .coordinator import CoachConfigEntry, CoachCoordinator
from .entity import CommandedEntity, MoverEntity, ThingDescription, matching
from .identify import identify_buttons
from .move import async_move, async_stop

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class CoachButtonDescription(ThingDescription, ButtonEntityDescription):
    """A button of a family.

    It asks for `intent`, with what `arguments` are when it is pressed. One that `stops` can be
    pressed while nothing is known of the thing.
    """

    intent: str
    arguments: Callable[[], Mapping[str, float]] = dict
    stops: bool = False


def local_time() -> dict[str, float]:
    """Return the time where Home Assistant is, to the nearest second, as a coach's clock takes it.

    The zone is in whole hours west of Greenwich, from 0 to 23 (RV-C section 6.4.3, 2023-11); one
    that this cannot say, or that could be taken for the other side of the date line, is left out.
    """
    now = dt_util.now() + timedelta(seconds=0.5)
    east = (now.utcoffset() or timedelta()) / timedelta(hours=1)
    zone = {"zone": -east % 24} if east.is_integer() and east < 12 else {}
    return {
        "year": now.year,
        "month": now.month,
        "day": now.day,
        "hour": now.hour,
        "minute": now.minute,
        "second": now.second,
        # Sunday is 1.
        "day_of_week": now.isoweekday() % 7 + 1,
        **zone,
    }


BUTTONS = (
    # To stop is always allowed.
    CoachButtonDescription(
        key="stop", translation_key="stop", family="generator", intent="turn_off", stops=True
    ),
    CoachButtonDescription(
        key="acknowledge", translation_key="acknowledge", family="alarm", intent="acknowledge"
    ),
    CoachButtonDescription(
        key="set",
        translation_key="set_clock",
        family="clock",
        intent="set",
        arguments=local_time,
        entity_category=EntityCategory.CONFIG,
    ),
)


@dataclass(frozen=True, kw_only=True)
class MoverButtonDescription(ThingDescription, ButtonEntityDescription):
    """A button of what moves: `way` is what it begins, None for to stop."""

    way: str | None


MOVER_BUTTONS = (
    MoverButtonDescription(key="stop", translation_key="stop", family="leveling", way=None),
    *(
        MoverButtonDescription(
            key=way, translation_key=way, family="leveling", way=way, guarded=True
        )
        for way in LEVELING
    ),
)


async def async_setup_entry(
    _: HomeAssistant, entry: CoachConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Make the coach's own button, those of each thing, and those that let a light blink."""
    async_add_entities([StopAll(entry.runtime_data, STOP_ALL)])
    entry.runtime_data.add_platform(async_add_entities, _make)
    entry.runtime_data.add_platform(async_add_entities, _make_movers)
    entry.runtime_data.add_platform(async_add_entities, identify_buttons)


def _make(coordinator: CoachCoordinator, thing: Thing) -> list[CoachButton]:
    """Make the buttons of a thing."""
    return [
        CoachButton(coordinator, thing, row, thing.values)
        for row in matching(coordinator, thing, BUTTONS)
    ]


def _make_movers(coordinator: CoachCoordinator, thing: Thing) -> list[MoverButton]:
    """Make the buttons of what moves."""
    return [
        MoverButton(coordinator, thing, row, ())
        for row in matching(coordinator, thing, MOVER_BUTTONS)
    ]


class CoachButton(CommandedEntity, ButtonEntity):
    """A button of the coach."""

    entity_description: CoachButtonDescription

    @property
    @override
    def available(self) -> bool:
        """Tell whether the bus is up; what stops a thing needs to know nothing of it."""
        return self._line.up if self.entity_description.stops else super().available

    @override
    def look(self) -> str | None:
        """Return when it was pressed: the rest is shown by others."""
        return self.state

    @override
    async def async_press(self) -> None:
        """Ask for it."""
        row = self.entity_description
        await self.async_command(row.intent, **row.arguments())


class MoverButton(MoverEntity, ButtonEntity):
    """Begins what a system of the coach then does by itself, or stops it."""

    entity_description: MoverButtonDescription

    @override
    async def async_press(self) -> None:
        """Begin, or stop; raises a translated error."""
        way = self.entity_description.way
        if way is None:
            await async_stop(self.coordinator, self.thing, self._context)
        else:
            await async_move(self.coordinator, self.thing, way, self._context)
