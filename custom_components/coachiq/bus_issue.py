"""Repairs for a bus that stays down, raised and cleared by what its link says."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.translation import async_get_translations

from .bus import Link
from .bus_trouble import Troubles
from .const import DOMAIN
from .error import AdapterError

if TYPE_CHECKING:
    from .coordinator import CoachConfigEntry

LOOK = timedelta(seconds=10)
# A bus may be away for a while: an engine is started, a plug is moved.
DOWN_FOR = 180.0
# What stays so until somebody acts is told earlier.
UNSET_FOR = 8.0
UNSET = {
    "interface_down": False,
    "interface_bus_off": False,
    "interface_bitrate": True,
    "interface_mute": True,
}


def watch_buses(hass: HomeAssistant, entry: CoachConfigEntry) -> Callable[[], None]:
    """Look at the links of a coach from time to time, until the returned call is made.

    A bus has one issue at most, named by its entry and key.
    """
    troubles = Troubles(hass, entry)

    async def look(_: datetime) -> None:
        troubles.look()
        for key, link in entry.runtime_data.links.items():
            await _async_tell(hass, entry, key, link)

    stop = async_track_time_interval(hass, look, LOOK, cancel_on_shutdown=True)

    def end() -> None:
        stop()
        troubles.forget()
        for key in entry.runtime_data.links:
            ir.async_delete_issue(hass, DOMAIN, issue_id(entry, key))

    return end


def issue_id(entry: CoachConfigEntry, key: str) -> str:
    """Return what the issue of a bus is called."""
    return f"bus_{entry.entry_id}_{key}"


async def _async_tell(hass: HomeAssistant, entry: CoachConfigEntry, key: str, link: Link) -> None:
    """Raise, change or clear the issue of one bus."""
    problem, since = link.count.problem, link.down_since
    down_for = hass.loop.time() - since if since is not None else 0.0
    if problem is None or down_for < (UNSET_FOR if problem.key in UNSET else DOWN_FOR):
        if since is None:
            ir.async_delete_issue(hass, DOMAIN, issue_id(entry, key))
        return
    reason = await async_explain(hass, problem)
    # It may have come up, or its entry have gone, while the sentence was looked up.
    if link.down_since is None or not entry.state.recoverable:
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id(entry, key),
        data={
            "entry": entry.entry_id,
            "bus": key,
            "title": entry.runtime_data.buses[key].title,
            "problem": problem.key,
            **problem.words,
        },
        is_fixable=UNSET.get(problem.key, False),
        severity=ir.IssueSeverity.ERROR,
        translation_key=problem.key if problem.key in UNSET else "bus_down",
        translation_placeholders={
            "bus": entry.runtime_data.buses[key].title,
            "reason": reason,
            **problem.words,
        },
    )


async def async_explain(hass: HomeAssistant, problem: AdapterError) -> str:
    """Return what the flow would say of a problem, in the language of this Home Assistant."""
    texts = await async_get_translations(hass, hass.config.language, "config", {DOMAIN})
    sentence = texts.get(f"component.{DOMAIN}.config.error.{problem.key}", "{problem}")
    return sentence.format_map({"problem": str(problem), **problem.words})
