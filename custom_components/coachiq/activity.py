"""What CoachIQ did, did not do, or was made to do, for the logbook: with its user."""

from typing import Final

from homeassistant.core import Context, callback

from .coach import Thing
from .coordinator import CoachCoordinator
from .device import device_id_of, name_of

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
    coordinator.hass.bus.async_fire(
        EVENT_ACTIVITY,
        {
            "device_id": device_id_of(coordinator, thing),
            "thing": str(thing.id),
            "name": name_of(coordinator, thing),
            "happening": happening,
            "reason": reason,
        },
        context=context,
    )
