"""What was learnt, kept over restarts: which things there are, and how they behave.

It may be deleted without loss of anything that the owner decided.
"""

from collections.abc import Iterable
import logging
from typing import TypedDict

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store

from .coach import Coach, Thing, ThingId
from .const import DOMAIN

_LOGGER = logging.getLogger(__name__)

VERSION = 1
SAVE_DELAY = 15.0


class StoredThing(TypedDict):
    """One thing as it is written."""

    bus: str
    family: str
    key: list[int]
    answers: bool | None
    last_level: float | None


class Stored(TypedDict):
    """The whole file."""

    things: list[StoredThing]


class CoachStore:
    """The file of one entry."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the file; nothing is read yet."""
        self._store: Store[Stored] = Store(hass, VERSION, f"{DOMAIN}.{entry_id}")
        self._readable = True

    async def async_restore(self, coach: Coach) -> None:
        """Make the things that were known; a file of a newer version is left alone."""
        try:
            stored = await self._store.async_load()
        except HomeAssistantError as error:
            _LOGGER.warning("What was learnt of the coach cannot be read and is kept: %s", error)
            self._readable = False
            return
        for thing in stored["things"] if stored else ():
            if thing["bus"] in coach.lines:
                coach.restore(
                    ThingId(thing["bus"], thing["family"], tuple(thing["key"])),
                    answers=thing["answers"],
                    last_level=thing["last_level"],
                )

    def save_soon(self, coach: Coach) -> None:
        """Write the file in a while."""
        if self._readable:
            self._store.async_delay_save(lambda: _content(coach.things.values()), SAVE_DELAY)

    async def async_save(self, coach: Coach) -> None:
        """Write the file now."""
        if self._readable:
            await self._store.async_save(_content(coach.things.values()))

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()


def _content(things: Iterable[Thing]) -> Stored:
    """Return what is written of these things."""
    return {
        "things": [
            {
                "bus": thing.id.bus,
                "family": thing.id.family,
                "key": list(thing.id.key),
                "answers": thing.answers,
                "last_level": thing.last_level,
            }
            for thing in things
        ]
    }
