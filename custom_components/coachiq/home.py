"""Home Assistant's home and time zone follow the coach, by its own GPS."""

from collections.abc import Awaitable, Callable
import logging

from homeassistant.core import CALLBACK_TYPE, HassJob, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util
from homeassistant.util.location import distance
import tzfpy

from .coach import ThingId, number
from .coordinator import CoachCoordinator

_LOGGER = logging.getLogger(__name__)

# A coach that is so many metres from home has moved; a receiver's position wanders by less.
APART = 1000.0
# One fix may be wrong: it counts when the coach is near to it after so many seconds, in metres.
PROOF, NEAR = 30.0, 5000.0
# Home is written to the disk each time: while the coach is driven at most once in so many seconds.
PAUSE = 600.0

type Position = tuple[float, float]


async def async_start(coordinator: CoachCoordinator) -> Callable[[], Awaitable[None]]:
    """Begin to follow the coach's GPS; returns what ends that."""
    followers = [Follower(coordinator, ThingId(bus, "gps", (0,))) for bus in coordinator.buses]

    async def end() -> None:
        for follower in followers:
            follower.end()

    return end


class Follower:
    """Moves home to where one GPS says that the coach is."""

    def __init__(self, coordinator: CoachCoordinator, gps: ThingId) -> None:
        """Begin to look at the GPS, which need not be known yet."""
        self._coordinator = coordinator
        self._hass = coordinator.hass
        self._gps = gps
        self._seen: Position | None = None
        self._moved = float("-inf")
        self._later: CALLBACK_TYPE | None = None
        names = frozenset(("latitude", "longitude"))
        self._stop = coordinator.async_listen(gps, names, self._look)

    def end(self) -> None:
        """Look no more."""
        self._stop()
        if self._later:
            self._later()
            self._later = None

    def _away(self) -> Position | None:
        """Return where the coach is, None where that is not known or it is at home."""
        thing = self._coordinator.coach.known(self._gps)
        latitude = number(thing.shown("latitude")) if thing and not thing.silent else None
        longitude = number(thing.shown("longitude")) if thing and not thing.silent else None
        if latitude is None or longitude is None:
            return None
        config = self._hass.config
        here = latitude, longitude
        return here if _apart(here, (config.latitude, config.longitude)) > APART else None

    @callback
    def _look(self) -> None:
        """See whether the coach is away from home, and look again in a while if it is."""
        if self._later is None and (here := self._away()):
            self._seen = here
            wait = max(PROOF, self._moved + PAUSE - self._hass.loop.time())
            job = HassJob(self._async_decide, cancel_on_shutdown=True)
            self._later = async_call_later(self._hass, wait, job)

    async def _async_decide(self, _: object) -> None:
        """Move home if the coach is still near to where it was seen, else look again."""
        self._later = None
        here, seen = self._away(), self._seen
        if here and seen and _apart(here, seen) < NEAR:
            self._moved = self._hass.loop.time()
            await self._async_move(here)
            self._show()
        else:
            self._look()

    def _show(self) -> None:
        """Let the coach's tracker say that it is at home now: it has not moved, home has."""
        if thing := self._coordinator.coach.known(self._gps):
            self._coordinator.coach.changed(thing, {"latitude", "longitude"})

    async def _async_move(self, here: Position) -> None:
        """Move home, and take the time zone that is there."""
        latitude, longitude = here
        zone = await self._hass.async_add_executor_job(tzfpy.get_tz, longitude, latitude)
        changed: dict[str, float | str] = {"latitude": latitude, "longitude": longitude}
        if zone != self._hass.config.time_zone and await dt_util.async_get_time_zone(zone):
            changed["time_zone"] = zone
        _LOGGER.info("Home follows the coach: %s", ", ".join(changed))
        await self._hass.config.async_update(**changed)


def _apart(one: Position, other: Position) -> float:
    """Return the distance of two positions in metres, beyond all if it cannot be told."""
    metres = distance(*one, *other)
    return float("inf") if metres is None else metres
