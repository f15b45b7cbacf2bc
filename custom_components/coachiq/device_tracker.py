"""Where the coach is, by its own GPS."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.device_tracker.entity import TrackerEntity, TrackerEntityDescription
from homeassistant.components.zone import async_in_zones
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coach import Thing, number
from .coordinator import CoachConfigEntry, CoachCoordinator
from .entity import ThingDescription, ThingEntity, matching
from .unit import SLOW

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class CoachTrackerDescription(ThingDescription, TrackerEntityDescription):
    """A tracker of a family."""


TRACKERS = (
    CoachTrackerDescription(
        key="place", icon="mdi:rv-truck", name=None, family="gps", interval=SLOW
    ),
)


async def async_setup_entry(
    _: HomeAssistant, entry: CoachConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Make a tracker of each thing that knows where it is."""
    entry.runtime_data.add_platform(async_add_entities, _make)


def _make(coordinator: CoachCoordinator, thing: Thing) -> list[CoachTracker]:
    """Make the trackers of a thing."""
    return [
        CoachTracker(coordinator, thing, row, ("latitude", "longitude"))
        for row in matching(coordinator, thing, TRACKERS)
    ]


class CoachTracker(ThingEntity, TrackerEntity):
    """Where the coach is."""

    entity_description: CoachTrackerDescription

    @property
    @override
    def force_update(self) -> bool:
        """Write no state that shows nothing new."""
        return False

    @override
    def look(self) -> object:
        """Return where it is, and in which zones: they may move while it stands."""
        if self.latitude is None or self.longitude is None:
            return None, None
        zones = async_in_zones(self.hass, self.latitude, self.longitude, self.location_accuracy)
        return self.latitude, self.longitude, *zones[1]

    @property
    @override
    def latitude(self) -> float | None:
        """Return the latitude, None without a fix."""
        return number(self.thing.shown("latitude"))

    @property
    @override
    def longitude(self) -> float | None:
        """Return the longitude, None without a fix."""
        return number(self.thing.shown("longitude"))
