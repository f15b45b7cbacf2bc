"""What the logbook says of CoachIQ's happenings."""

from collections.abc import Callable

from homeassistant.components.logbook.const import LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.core import Event, HomeAssistant, callback

from .const import DOMAIN, EVENT_ACTIVITY

# What happened, with the key of the reason in words.
SENTENCES = {
    "refused": "was not moved: {reason}",
    "stopped": "was stopped: {reason}",
    "override": "was moved without knowing: {reason}",
}


@callback
def async_describe_events(
    _: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], dict[str, str]]], None],
) -> None:
    """Describe our happenings."""

    @callback
    def describe(event: Event) -> dict[str, str]:
        reason = event.data["reason"].removeprefix("interlock_").replace("_", " ")
        return {
            LOGBOOK_ENTRY_NAME: event.data["name"],
            LOGBOOK_ENTRY_MESSAGE: SENTENCES[event.data["happening"]].format(reason=reason),
        }

    async_describe_event(DOMAIN, EVENT_ACTIVITY, describe)
