"""What was learnt, kept over restarts: which things there are, and how they behave.

It may be deleted without loss of anything that the owner decided.
"""

import asyncio
from collections.abc import Container
import logging
from pathlib import Path

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, UnsupportedStorageVersionError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.storage import Store

from .coach import Coach, Thing, ThingId
from .coach.families import FAMILY
from .const import DOMAIN
from .stored import VERSION, Saved, Stored, StoredThing, mend

_LOGGER = logging.getLogger(__name__)

# Memory cards wear out: what comes together is written together, and not more often than this.
SAVE_DELAY = 15.0
SAVE_PAUSE = 300.0
DAMAGED = "store_damaged"
REFUSED = "store_refused"


class CoachStore:
    """The file of one entry."""

    def __init__(self, hass: HomeAssistant, entry_id: str, *, remembers: bool = True) -> None:
        """Name the file; nothing is read yet, and nothing ever unless it `remembers`."""
        self._hass = hass
        self._entry_id = entry_id
        # A file is either the old one or the new one, whenever the power goes.
        self._store: Store[Stored] = Store(
            hass, VERSION, f"{DOMAIN}.{entry_id}", atomic_writes=True
        )
        self._remembers = self._readable = remembers
        # The things of buses that make none now, as one that follows another may cease to, and
        # those of families that only a newer version knows.
        self._resting: list[StoredThing] = []
        self._written: Stored | None = None
        self._due: asyncio.TimerHandle | None = None
        self._next_write = 0.0

    async def async_restore(self, coach: Coach, title: str) -> None:
        """Make the things that were known.

        A file that is damaged is put aside after all was taken from it that can be read; one that
        is of a newer version, or cannot be read at all, is left alone. Of each the owner is told,
        by the coach's `title`. Where nothing is to be remembered the file is deleted.
        """
        ir.async_delete_issue(self._hass, DOMAIN, self._issue(REFUSED))
        if not self._remembers:
            await self._store.async_remove()
            return
        try:
            saved = await self._hass.async_add_executor_job(mend, Path(self._store.path))
            stored = saved.content if saved else await self._store.async_load()
        except (HomeAssistantError, OSError) as error:
            self._refuse(title, error)
            return
        if saved:
            self._tell_of_damage(title, saved)
        else:
            self._written = stored
        for bus, names in stored.get("nodes", {}).items() if stored else ():
            if line := coach.lines.get(bus):
                line.citizens.names = {int(source): name for source, name in names.items()}
        for thing in stored["things"] if stored else ():
            if line := coach.lines.get(thing["bus"]):
                if not line.intake.families or thing["family"] not in FAMILY:
                    self._resting.append(thing)
                    continue
                coach.restore(
                    _identity(thing),
                    answers=thing["answers"],
                    last_level=thing["last_level"],
                )
        if saved:
            await self.async_save(coach)

    def _refuse(self, title: str, error: HomeAssistantError | OSError) -> None:
        """Write nothing over a file that cannot be read, and tell the owner."""
        _LOGGER.warning("What was learnt of the coach cannot be read and is kept: %s", error)
        self._readable = False
        is_newer = isinstance(error, UnsupportedStorageVersionError)
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._issue(REFUSED),
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key="store_newer" if is_newer else "store_unreadable",
            translation_placeholders={
                "coach": title,
                "file": self._store.path,
                "problem": str(error),
            },
        )

    def _tell_of_damage(self, title: str, saved: Saved) -> None:
        """Tell the owner that a file was damaged, until he has read it."""
        _LOGGER.warning(
            "What was learnt of the coach was damaged; %d things could be read, and the file is %s",
            len(saved.content["things"]),
            saved.aside,
        )
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._issue(DAMAGED),
            is_fixable=True,
            is_persistent=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key="store_damaged",
            translation_placeholders={
                "coach": title,
                "file": str(saved.aside),
                "things": str(len(saved.content["things"])),
            },
        )

    def forget(self, names: Container[str]) -> None:
        """Let what is kept of a bus that makes no things go, by the things' names."""
        self._resting = [one for one in self._resting if str(_identity(one)) not in names]

    @callback
    def save_soon(self, coach: Coach) -> None:
        """Write the file in a while, with all that is learnt until then."""
        if self._readable and self._due is None:
            loop = self._hass.loop
            when = max(loop.time() + SAVE_DELAY, self._next_write)
            self._due = loop.call_at(when, self._write, coach)

    @callback
    def _write(self, coach: Coach) -> None:
        """Write the file, since it is time."""
        self._hass.async_create_task(self.async_save(coach), f"{DOMAIN} store", eager_start=True)

    async def async_save(self, coach: Coach) -> None:
        """Write the file now, if anything in it is another."""
        if self._due:
            self._due.cancel()
            self._due = None
        content = self.content(coach)
        if self._readable and content != self._written:
            self._next_write = self._hass.loop.time() + SAVE_PAUSE
            await self._store.async_save(content)
            self._written = content

    async def async_put(self, content: Stored) -> None:
        """Write what is to be known of a coach that is not set up yet."""
        await self._store.async_save(content)

    async def async_remove(self) -> None:
        """Delete the file, those that were put aside, and what is said of them."""
        for key in (DAMAGED, REFUSED):
            ir.async_delete_issue(self._hass, DOMAIN, self._issue(key))
        await self._store.async_remove()
        await self._hass.async_add_executor_job(_remove_all, Path(self._store.path))

    def _issue(self, key: str) -> str:
        """Return what an issue of this file is called."""
        return f"{key}_{self._entry_id}"

    def content(self, coach: Coach) -> Stored:
        """Return what is to be written."""
        made = [
            _written(thing)
            for thing in coach.things.values()
            # What a DGN without a family says is nothing that an owner waits for.
            if not thing.family.fields
        ]
        content: Stored = {"things": made + self._resting}
        if nodes := {
            bus: {str(source): name for source, name in line.citizens.names.items()}
            for bus, line in coach.lines.items()
            if line.citizens.names
        }:
            content["nodes"] = nodes
        return content


def _remove_all(path: Path) -> None:
    """Delete the files of a store that were put aside; blocking."""
    for aside in path.parent.glob(f"{path.name}.*"):
        aside.unlink(missing_ok=True)


def _identity(thing: StoredThing) -> ThingId:
    """Return the identity of a thing as it was written."""
    return ThingId(thing["bus"], thing["family"], tuple(thing["key"]), thing.get("node", ""))


def _written(thing: Thing) -> StoredThing:
    """Return a thing as it is written."""
    row: StoredThing = {
        "bus": thing.id.bus,
        "family": thing.id.family,
        "key": list(thing.id.key),
        "answers": thing.answers,
        "last_level": thing.last_level,
    }
    if node := thing.id.node:
        row["node"] = node
    return row
