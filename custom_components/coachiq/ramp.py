"""How bright a light is to be, and how long it may take to get there."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.components.light.const import ATTR_TRANSITION

from .coach import Thing

FULL: Final = 100.0
LEAST: Final = 0.5
LONGEST: Final = 25.0


def level_of(brightness: int | None, thing: Thing) -> float:
    """Return a level in the steps of half a percent that the bus knows: without one, the last."""
    if brightness is None:
        return min(thing.last_level or FULL, FULL)
    return max(LEAST, round(brightness * 2 * FULL / 255) / 2)


def ramp_of(asked: Mapping[str, Any]) -> dict[str, float]:
    """Return the time that a change is to take, as long as the bus can say."""
    seconds = asked.get(ATTR_TRANSITION)
    return {} if seconds is None else {"ramp_time": round(min(seconds, LONGEST), 1)}
