"""Coaches that a newer version has set up: Home Assistant refuses them, and here it is said why."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .config_flow import CoachConfigFlow
from .const import DOMAIN


@callback
def tell_of_newer_coaches(hass: HomeAssistant) -> None:
    """Tell the owner of each coach that this version cannot read."""
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.version > CoachConfigFlow.VERSION:
            ir.async_create_issue(
                hass,
                DOMAIN,
                _issue(entry.entry_id),
                is_fixable=False,
                severity=ir.IssueSeverity.ERROR,
                translation_key="entry_newer",
                translation_placeholders={"coach": entry.title},
            )


@callback
def forget_newer_coach(hass: HomeAssistant, entry_id: str) -> None:
    """Take back what was said of a coach."""
    ir.async_delete_issue(hass, DOMAIN, _issue(entry_id))


def _issue(entry_id: str) -> str:
    """Return what the issue of an entry is called."""
    return f"entry_newer_{entry_id}"
