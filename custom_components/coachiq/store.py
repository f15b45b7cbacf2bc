"""What was learnt, kept over restarts: which things there are, and how they behave.

It may be deleted without loss of anything that the owner decided.
"""

from collections.abc import Container
import logging
from typing import NotRequired, TypedDict

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
    # The name of the node by which it is told apart, if it is.
    node: NotRequired[str]


class Stored(TypedDict):
    """The whole file; `nodes` has the names of those that said who they are, by bus and address."""

    things: list[StoredThing]
    nodes: NotRequired[dict[str, dict[str, str]]]


class CoachStore:
    """The file of one entry."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the file; nothing is read yet."""
        self._store: Store[Stored] = Store(hass, VERSION, f"{DOMAIN}.{entry_id}")
        self._readable = True
        # The things of buses that make none now: one that follows another may cease to.
        self._resting: list[StoredThing] = []

    async def async_restore(self, coach: Coach) -> None:
        """Make the things that were known; a file of a newer version is left alone."""
        try:
            stored = await self._store.async_load()
        except HomeAssistantError as error:
            _LOGGER.warning("What was learnt of the coach cannot be read and is kept: %s", error)
            self._readable = False
            return
        for bus, names in stored.get("nodes", {}).items() if stored else ():
            if line := coach.lines.get(bus):
                line.citizens.names = {int(source): name for source, name in names.items()}
        for thing in stored["things"] if stored else ():
            if line := coach.lines.get(thing["bus"]):
                if not line.intake.families:
                    self._resting.append(thing)
                    continue
                coach.restore(
                    _identity(thing),
                    answers=thing["answers"],
                    last_level=thing["last_level"],
                )

    def forget(self, names: Container[str]) -> None:
        """Let what is kept of a bus that makes no things go, by the things' names."""
        self._resting = [one for one in self._resting if str(_identity(one)) not in names]

    def save_soon(self, coach: Coach) -> None:
        """Write the file in a while."""
        if self._readable:
            self._store.async_delay_save(lambda: self._content(coach), SAVE_DELAY)

    async def async_save(self, coach: Coach) -> None:
        """Write the file now."""
        if self._readable:
            await self._store.async_save(self._content(coach))

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()

    def _content(self, coach: Coach) -> Stored:
        """Return what is written."""
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
