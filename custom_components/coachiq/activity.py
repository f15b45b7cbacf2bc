"""What CoachIQ did, did not do, or was made to do, for the logbook: with its user."""

from typing import Final

from homeassistant.core import Context, callback

from .coach import Thing
from .coordinator import CoachCoordinator
from .device import name_of, registered_thing

EVENT_ACTIVITY: Final = "coachiq_activity"


@callback
def async_note(
    coordinator: CoachCoordinator,
    thing: Thing,
    happening: str,
    context: Context | None,
    *,
    reason: str,
) -> None:
    """Put a happening on record: `refused`, `stopped` or `override`, and why."""
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
