"""Recordings of a coach's buses, by action or always, in Home Assistant's configuration folder."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util.json import JsonObjectType

from .bus import Link
from .bus.log_file import CANDUMP
from .bus.recording import Recording
from .const import DOMAIN
from .error import RecordingError

if TYPE_CHECKING:
    from .coordinator import CoachCoordinator

_LOGGER = logging.getLogger(__name__)

# Home Assistant leaves out of its backups what ends in .log at the top of its configuration, a
# folder too, and not what is further down (EXCLUDE_FROM_BACKUP of its backup integration).
FOLDER = "coachiq_recordings.log"


class Recordings:
    """The recordings of one coach that are under way, at most one for each bus."""

    def __init__(
        self, hass: HomeAssistant, buses: Mapping[str, ConfigSubentry], links: Mapping[str, Link]
    ) -> None:
        """Take the coach's buses and their links by their keys."""
        self._hass = hass
        self._buses = buses
        self._links = links
        self._folder = Path(hass.config.path(FOLDER))
        self._running: dict[str, Recording] = {}

    async def async_start(self, keys: Iterable[str], ending: str, seconds: float) -> JsonObjectType:
        """Record buses for a while, all or none; return the files. Raises a translated error."""
        keys = list(keys)
        if running := [key for key in keys if key in self._running]:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="already_recording",
                translation_placeholders={"buses": self._titles(running)},
            )
        begun: list[Recording] = []
        for key in keys:
            try:
                begun.append(await self._async_begin(key, ending, seconds))
            except RecordingError as error:
                for recording in begun:
                    await recording.stop()
                raise HomeAssistantError(
                    translation_domain=DOMAIN,
                    translation_key=error.key,
                    translation_placeholders=self._words(key, error),
                ) from error
        return {"files": [file for recording in begun for file in recording.files]}

    async def async_stop(self, keys: Iterable[str]) -> JsonObjectType:
        """End the recordings of buses; return what they hold. Raises when there is none."""
        keys = list(keys)
        ending = [self._running[key] for key in keys if key in self._running]
        if not ending:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="not_recording",
                translation_placeholders={"buses": self._titles(keys)},
            )
        for recording in ending:
            await recording.stop()
        return {
            "files": [file for recording in ending for file in recording.files],
            "frames": sum(recording.frames for recording in ending),
            "dropped": sum(recording.dropped for recording in ending),
        }

    async def async_record_always(self) -> None:
        """Record all buses until the end; what cannot be recorded becomes an issue."""
        for key in self._links:
            try:
                await self._async_begin(key, CANDUMP, None)
            except RecordingError as error:
                self._complain(key, error)

    async def async_end(self) -> None:
        """End all recordings, and what is said of those that failed."""
        for recording in list(self._running.values()):
            await recording.stop()
        for key in self._links:
            ir.async_delete_issue(self._hass, DOMAIN, _issue(key))

    async def _async_begin(self, key: str, ending: str, seconds: float | None) -> Recording:
        """Begin to record a bus; raises RecordingError."""
        recording = Recording(
            folder=self._folder,
            bus=key,
            now=self._hass.loop.time,
            ended=self._ended,
            ending=ending,
        )
        self._running[key] = recording
        try:
            await recording.start(self._links[key].tap, seconds)
        except BaseException:
            del self._running[key]
            raise
        ir.async_delete_issue(self._hass, DOMAIN, _issue(key))
        return recording

    @callback
    def _ended(self, recording: Recording) -> None:
        """Take note of a recording's end."""
        del self._running[recording.bus]
        if recording.error:
            self._complain(recording.bus, recording.error)
        else:
            _LOGGER.info(
                "Bus %s was recorded: %d frames, and %d that the disk was too slow for, in %s",
                recording.bus,
                recording.frames,
                recording.dropped,
                ", ".join(recording.files),
            )

    @callback
    def _complain(self, key: str, error: RecordingError) -> None:
        """Tell the owner that a bus is not recorded any more."""
        _LOGGER.warning("Bus %s is not recorded: %s", key, error)
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            _issue(key),
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=error.key,
            translation_placeholders=self._words(key, error),
        )

    def _words(self, key: str, error: RecordingError) -> dict[str, str]:
        """Return the words of an error, with the bus as its owner calls it."""
        return error.words | {"bus": self._buses[key].title}

    def _titles(self, keys: Iterable[str]) -> str:
        """Return what the owner calls these buses."""
        return ", ".join(self._buses[key].title for key in keys)


async def async_start(coordinator: CoachCoordinator) -> Callable[[], Awaitable[None]]:
    """Begin to record all buses always; returns what ends that."""
    await coordinator.recordings.async_record_always()
    return coordinator.recordings.async_end


def _issue(key: str) -> str:
    """Return the id of the issue that a bus cannot be recorded."""
    return f"recording_{key}"
