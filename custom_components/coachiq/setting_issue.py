"""Repairs for what cannot be used of the settings, and where the settings of a coach are from."""

from collections.abc import Callable, Mapping

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .bus.codec.slcan import BITRATES
from .bus_form import async_selector_words
from .configuration import Configuration
from .const import DOMAIN
from .setting import REDACTED, SETTINGS, Found, Problem


async def async_tell_problems(
    hass: HomeAssistant, entry: ConfigEntry, configuration: Configuration
) -> Callable[[], None]:
    """Raise a repair for each value that cannot be used; returns what takes them back."""
    sources = await async_selector_words(hass, "setting_source")
    allowed = await async_selector_words(hass, "setting_allowed")
    raised = []
    for number, problem in enumerate(configuration.problems):
        issue = f"setting_{entry.entry_id}_{number}"
        raised.append(issue)
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=problem.key,
            translation_placeholders={
                "coach": entry.title,
                "name": problem.name,
                "source": sources[problem.source],
                "allowed": allowed.get(problem.allowed, "").format(
                    bitrates=", ".join(map(str, BITRATES))
                ),
                "used": _used(problem, configuration.found, sources),
                **problem.words,
            },
        )

    def end() -> None:
        for issue in raised:
            ir.async_delete_issue(hass, DOMAIN, issue)

    return end


def _used(problem: Problem, found: Mapping[str, Found], sources: Mapping[str, str]) -> str:
    """Return what is used instead, and where that is from."""
    used = found.get(problem.setting)
    if used is None or used.value is None:
        return sources["unset"]
    shown = REDACTED if SETTINGS[problem.setting].secret else str(used.value)
    return f"{shown} ({sources[used.source]})"
