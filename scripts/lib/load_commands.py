"""How long commands take from the call of an action to the wire, as the feeder saw them come."""

import asyncio
from collections.abc import Iterable
import statistics
import time
from typing import TYPE_CHECKING

from feeder import COMMAND, LIGHTS
from homeassistant.helpers import entity_registry as er

from custom_components.coachiq.const import DOMAIN

if TYPE_CHECKING:
    from homeassistant.core import HomeAssistant

    from custom_components.coachiq.coordinator import CoachCoordinator

BUS = "bus0"
PAUSE = 0.05
SETTLE = 2.0
STOP_AFTER = 0.05
# WINDOW_SHADE_CONTROL_COMMAND for an instance that nobody has, which stops: urgent as movers' are.
STOP_DGN = 0x1FEDF
STOP_INSTANCE = 249
STOP = bytes((STOP_INSTANCE, 0xFF, 0xFF, 4, 0xFF, 0xFF, 0xFF, 0xFF))

type Heard = Iterable[tuple[float, int, str]]


class Commander:
    """Gives commands, and finds out from what the feeder heard how long they took."""

    def __init__(self, hass: HomeAssistant, coordinator: CoachCoordinator) -> None:
        """Take the coach whose feeder has the lights."""
        registry = er.async_get(hass)
        names = [
            registry.async_get_entity_id("light", DOMAIN, f"{BUS}-dimmer-{number}-light")
            for number in LIGHTS
        ]
        if None in names:
            raise RuntimeError("the feeder's lights did not appear")
        self._hass = hass
        self._link = coordinator.links[BUS]
        self._lights = dict(zip(LIGHTS, names, strict=True))
        self._single: list[tuple[float, int]] = []
        self._all: list[float] = []
        self._stops: list[float] = []

    async def single(self, seconds: float) -> None:
        """Turn one light after the other on, and off, one at a time."""
        end = time.monotonic() + seconds
        levels: dict[int, bool] = {}
        while time.monotonic() < end:
            for number, entity in self._lights.items():
                levels[number] = not levels.get(number)
                action = "turn_on" if levels[number] else "turn_off"
                self._single.append((time.monotonic(), number))
                await self._call(action, entity)
                await asyncio.sleep(PAUSE)
                if time.monotonic() >= end:
                    break

    async def all_off(self) -> None:
        """Turn all lights off in one call, and stop something meanwhile."""
        everything = list(self._lights.values())
        await self._call("turn_on", everything, blocking=True)
        await asyncio.sleep(SETTLE)
        self._all.append(time.monotonic())
        await self._call("turn_off", everything)
        await asyncio.sleep(STOP_AFTER)
        self._stops.append(time.monotonic())
        self._link.send(STOP_DGN, STOP, lambda _: None, urgent=True)
        await asyncio.sleep(SETTLE)

    def singles(self, heard: Heard) -> list[float]:
        """Return the seconds of each single command until it was heard."""
        arrivals = _arrivals(heard, COMMAND)
        return [_first_after(at, arrivals[number]) for at, number in self._single]

    def last_of_all(self, heard: Heard) -> float:
        """Return the most seconds until the last light's frame was heard."""
        arrivals = _arrivals(heard, COMMAND)
        return max(
            (max(_first_after(at, arrivals[number]) for number in LIGHTS) for at in self._all),
            default=0.0,
        )

    def stops(self, heard: Heard) -> float:
        """Return the most seconds until a stop was heard."""
        arrivals = _arrivals(heard, STOP_DGN).get(STOP_INSTANCE, [])
        return max((_first_after(at, arrivals) for at in self._stops), default=0.0)

    async def _call(self, action: str, entity: object, *, blocking: bool = False) -> None:
        """Call an action of lights."""
        await self._hass.services.async_call(
            "light", action, {"entity_id": entity}, blocking=blocking
        )


def percentile(values: list[float], part: int) -> float:
    """Return a percentile of at least two values."""
    return statistics.quantiles(values, n=100, method="inclusive")[part - 1]


def _arrivals(heard: Heard, dgn: int) -> dict[int, list[float]]:
    """Return when frames of a DGN were heard, by their instance."""
    found: dict[int, list[float]] = {}
    for at, can_id, data in heard:
        if can_id >> 8 & 0x1FFFF == dgn:
            found.setdefault(int(data[:2], 16), []).append(at)
    return found


def _first_after(moment: float, arrivals: list[float]) -> float:
    """Return how long after a moment the next arrival was; infinity for none."""
    return next((at - moment for at in arrivals if at >= moment), float("inf"))
