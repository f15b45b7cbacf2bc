"""What Home Assistant asks before and after it makes a backup."""

import logging

from homeassistant.core import HomeAssistant

from .const import DOMAIN
from .coordinator import CoachConfigEntry

_LOGGER = logging.getLogger(__name__)


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Write what was learnt, and what happened.

    It never raises, since that would cost the owner the whole backup.
    """
    entries: list[CoachConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    for entry in entries:
        try:
            await entry.runtime_data.store.async_save(entry.runtime_data.coach)
            await entry.runtime_data.happenings.async_save()
        except Exception:
            _LOGGER.exception("What was learnt of %s is not in the backup", entry.title)


async def async_post_backup(_: HomeAssistant) -> None:
    """Do nothing: a backup leaves nothing behind."""
