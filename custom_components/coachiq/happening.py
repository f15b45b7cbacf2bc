"""The last happenings of a coach: a ring of them, kept over restarts and written seldom."""

from collections import deque
from collections.abc import Callable, Container
import logging
from typing import Any, Final, TypedDict, TypeGuard

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store

from .const import DOMAIN
from .error import CommandError

_LOGGER = logging.getLogger(__name__)

VERSION: Final = 1
MOST: Final = 1000
# An SD card wears out by writes: what happens meanwhile is written together, and at the end.
SAVE_DELAY: Final = 300.0

# What can happen, and how bad it is.
SEVERITY: Final = {
    "command": "info",
    "refused": "warning",
    "failed": "error",
    "stopped": "warning",
    "override": "warning",
    "fault_appeared": "warning",
    "fault_cleared": "info",
    "bus_up": "info",
    "bus_down": "error",
    "node_up": "info",
    "node_down": "warning",
    "profile": "info",
    "options": "info",
}
SEVERITIES: Final = ("info", "warning", "error")


class Happening(TypedDict):
    """One happening as it is kept and told; `timestamp` is UTC, in ISO 8601."""

    id: str
    timestamp: str
    event_type: str
    entity_id: str | None
    title: str
    description: str
    severity: str
    metadata: dict[str, Any]


class Stored(TypedDict):
    """The whole file, the oldest first."""

    happenings: list[Happening]


class Happenings:
    """The last happenings of one coach."""

    def __init__(self, hass: HomeAssistant, entry_id: str, *, remembers: bool = True) -> None:
        """Name the file; nothing is read yet, and nothing ever unless it `remembers`."""
        self._store: Store[Stored] = Store(
            hass, VERSION, f"{DOMAIN}.{entry_id}.activity", atomic_writes=True
        )
        self._ring: deque[Happening] = deque(maxlen=MOST)
        self._remembers = self._readable = remembers
        self._waiting = False

    async def async_restore(self) -> None:
        """Read what was kept, but for damaged rows; a file of a newer version is left alone."""
        if not self._remembers:
            await self._store.async_remove()
            return
        try:
            stored = await self._store.async_load()
        except HomeAssistantError as error:
            _LOGGER.warning("What happened before cannot be read and is kept: %s", error)
            self._readable = False
            return
        self._ring.extendleft(reversed(_read(stored)))

    def add(self, happening: Happening) -> None:
        """Keep a happening, in place of the oldest; it is written within 5 minutes."""
        self._ring.append(happening)
        if self._readable and not self._waiting:
            self._waiting = True
            self._store.async_delay_save(self._content, SAVE_DELAY)

    def page(
        self,
        *,
        severities: Container[str],
        event_types: Container[str],
        is_seen: Callable[[Happening], bool],
        limit: int,
        before: str | None,
    ) -> tuple[list[Happening], int, bool]:
        """Return the newest of those that are meant, how many there are, and whether more follow.

        With the id of one in `before`, what is older than that. Raises CommandError for an id that
        is not, or no longer, there.
        """
        older = before is None
        found: list[Happening] = []
        total = more = 0
        for happening in reversed(self._ring):
            is_meant = (
                happening["severity"] in severities
                and happening["event_type"] in event_types
                and is_seen(happening)
            )
            total += is_meant
            if is_meant and older and len(found) < limit:
                found.append(happening)
            elif is_meant and older:
                more += 1
            older = older or happening["id"] == before
        if not older:
            raise CommandError("no_such_happening", id=str(before))
        return found, total, bool(more)

    async def async_save(self) -> None:
        """Write the file now, if anything happened since it was written."""
        if self._waiting:
            await self._store.async_save(self._content())

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()

    def _content(self) -> Stored:
        """Return what is written."""
        self._waiting = False
        return {"happenings": [*self._ring]}


def _read(stored: object) -> list[Happening]:
    """Return what can be read of a content."""
    rows = stored.get("happenings") if isinstance(stored, dict) else None
    return [row for row in rows if _is_whole(row)] if isinstance(rows, list) else []


def _is_whole(row: object) -> TypeGuard[Happening]:
    """Tell whether a row has the form of a happening."""
    return (
        isinstance(row, dict)
        and row.keys() == Happening.__annotations__.keys()
        and isinstance(row["metadata"], dict)
        and "user_id" in row["metadata"]
        and isinstance(row["entity_id"], str | None)
        and all(isinstance(row[name], str) for name in row.keys() - {"metadata", "entity_id"})
    )
