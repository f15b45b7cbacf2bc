"""What the logbook says of CoachIQ's happenings."""

from collections.abc import Callable

from homeassistant.components.logbook.const import (
    LOGBOOK_ENTRY_ENTITY_ID,
    LOGBOOK_ENTRY_ICON,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.core import Event, HomeAssistant, callback

from .const import DOMAIN, EVENT_ACTIVITY


@callback
def async_describe_events(
    _: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], dict[str, str | None]]], None],
) -> None:
    """Describe our happenings."""

    @callback
    def describe(event: Event) -> dict[str, str | None]:
        return {
            LOGBOOK_ENTRY_NAME: event.data["title"],
            LOGBOOK_ENTRY_MESSAGE: event.data["description"],
            LOGBOOK_ENTRY_ENTITY_ID: event.data["entity_id"],
            # What has an entity has its icon.
            LOGBOOK_ENTRY_ICON: None if event.data["entity_id"] else "mdi:rv-truck",
        }

    async_describe_event(DOMAIN, EVENT_ACTIVITY, describe)
