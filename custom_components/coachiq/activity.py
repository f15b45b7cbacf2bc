"""What CoachIQ did, did not do, or was made to do, for the logbook: with its user."""

from collections.abc import Awaitable, Callable
from functools import partial

from homeassistant.core import Context, callback

from .coach import Thing
from .const import EVENT_ACTIVITY
from .coordinator import CoachCoordinator
from .device import name_of, registered_thing


async def async_start(coordinator: CoachCoordinator) -> Callable[[], Awaitable[None]]:
    """Begin to put on record what happens; returns what ends that."""
    before, coordinator.note = coordinator.note, partial(_note, coordinator)

    async def end() -> None:
        coordinator.note = before

    return end


@callback
def _note(
    coordinator: CoachCoordinator,
    thing: Thing,
    happening: str,
    context: Context | None,
    *,
    reason: str,
) -> None:
    """Put a happening on record."""
    device = registered_thing(coordinator, thing.id)
    coordinator.hass.bus.async_fire(
        EVENT_ACTIVITY,
        {
            "device_id": device.id if device else None,
            "thing": str(thing.id),
            "name": name_of(coordinator, thing),
            "happening": happening,
            "reason": reason,
        },
        context=context,
    )
