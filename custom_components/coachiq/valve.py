"""Valves: those in water lines and of waste tanks, once the owner has allowed it."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.valve.const import ValveDeviceClass, ValveEntityFeature
from homeassistant.components.valve.entity import ValveEntity, ValveEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coach import Thing, number
from .coordinator import CoachConfigEntry, CoachCoordinator
from .entity import CommandedEntity, ThingDescription, matching

PARALLEL_UPDATES = 0

OPEN = 100.0


@dataclass(frozen=True, kw_only=True)
class CoachValveDescription(ThingDescription, ValveEntityDescription):
    """A valve of a family: what tells how far it is open, or whether, and its two intents.

    `toward` tells which way it goes, or that it has arrived.
    """

    value: str
    toward: str | None = None
    opens: str = "open"
    closes: str = "close"


# Which valve keeps the sewage in the tank is not known of any: all need the owner's leave.
VALVES = (
    CoachValveDescription(
        key="valve",
        name=None,
        family="valve",
        device_class=ValveDeviceClass.WATER,
        reports_position=True,
        value="opening",
        toward="toward",
        guarded=True,
    ),
    *(
        CoachValveDescription(
            key=f"{tank}_control",
            translation_key=f"{tank}_valve",
            family="waste_dump",
            device_class=ValveDeviceClass.WATER,
            reports_position=False,
            value=f"{tank}_open",
            opens=f"open_{tank}",
            closes=f"close_{tank}",
            guarded=True,
        )
        for tank in ("black", "gray")
    ),
)


async def async_setup_entry(
    _: HomeAssistant, entry: CoachConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Make the valves of each thing."""
    entry.runtime_data.add_platform(async_add_entities, _make)


def _make(coordinator: CoachCoordinator, thing: Thing) -> list[CoachValve]:
    """Make the valves of a thing."""
    return [
        CoachValve(coordinator, thing, row, (row.value, row.toward or row.value))
        for row in matching(coordinator, thing, VALVES)
    ]


class CoachValve(CommandedEntity, ValveEntity):
    """A valve of the coach."""

    entity_description: CoachValveDescription
    _attr_supported_features = ValveEntityFeature.OPEN | ValveEntityFeature.CLOSE

    @property
    @override
    def current_valve_position(self) -> int | None:
        """Return how far it is open, in percent; None while the bus has not said."""
        position = number(self.thing.shown(self.entity_description.value))
        return None if position is None else round(position)

    @property
    @override
    def is_closed(self) -> bool | None:
        """Tell whether it is closed, None while the bus has not said."""
        value = self.thing.shown(self.entity_description.value)
        if isinstance(value, bool):
            return not value
        position = number(value)
        return None if position is None else position == 0

    @property
    @override
    def is_opening(self) -> bool:
        """Tell whether it opens now."""
        return self._goes(to_open=True) and self.current_valve_position != OPEN

    @property
    @override
    def is_closing(self) -> bool:
        """Tell whether it closes now."""
        return self._goes(to_open=False) and self.current_valve_position != 0

    @override
    async def async_open_valve(self) -> None:
        """Open it."""
        await self.async_command(self.entity_description.opens)

    @override
    async def async_close_valve(self) -> None:
        """Close it."""
        await self.async_command(self.entity_description.closes)

    def _goes(self, *, to_open: bool) -> bool:
        """Tell whether it goes one way, or has arrived there."""
        toward = self.entity_description.toward
        return toward is not None and self.thing.shown(toward) is to_open
