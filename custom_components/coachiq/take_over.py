"""Entity ids of another integration's retired entities, taken over by ours, with their history."""

import asyncio
from collections import Counter
from collections.abc import Mapping
import contextlib
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import (
    Event,
    EventStateChangedData,
    HomeAssistant,
    ServiceCall,
    callback,
    split_entity_id,
)
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from .const import DOMAIN
from .coordinator import CoachCoordinator
from .error import CommandError
from .translated_error import in_words

ATTR_ENTITIES: Final = "entities"
ATTR_REMOVE_OLD: Final = "remove_old"
TAKE_OVER_FIELDS = {
    vol.Required(ATTR_ENTITIES): vol.All({cv.entity_id: cv.entity_id}, vol.Length(min=1)),
    vol.Optional(ATTR_REMOVE_OLD, default=False): cv.boolean,
}
# A removed entity's state is gone by then, in seconds.
GONE_WITHIN = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One id that one of our entities is to have."""

    old: str
    new: str


async def async_take_over(coordinator: CoachCoordinator, call: ServiceCall) -> JsonObjectType:
    """Give our entities the ids of retired ones; each row answers for itself."""
    rows = [Row(old=old, new=new) for old, new in call.data[ATTR_ENTITIES].items()]
    counts = Counter(row.new for row in rows)
    if twice := [new for new, count in counts.items() if count > 1]:
        raise in_words(CommandError("take_over_twice", new=", ".join(twice)))
    answers: list[JsonObjectType] = []
    for row in rows:
        answer: JsonObjectType = {"old": row.old, "new": row.new, "taken_over": False}
        try:
            await _async_take_over(coordinator, row, remove=call.data[ATTR_REMOVE_OLD])
        except CommandError as error:
            answers.append({**answer, "error": error.key, "message": str(in_words(error))})
        else:
            answers.append({**answer, "taken_over": True})
    return {"entities": list(answers)}


async def _async_take_over(coordinator: CoachCoordinator, row: Row, *, remove: bool) -> None:
    """Take one id over; raises CommandError when it cannot be had."""
    hass = coordinator.hass
    registry = er.async_get(hass)
    ours, old = registry.async_get(row.new), registry.async_get(row.old)
    if (
        ours is None
        or ours.platform != DOMAIN
        or ours.config_entry_id != coordinator.entry.entry_id
    ):
        coach = coordinator.entry.title
        raise CommandError("take_over_not_ours", new=row.new, coach=coach)
    if old and old.platform == DOMAIN:
        raise CommandError("take_over_ours", old=row.old)
    if split_entity_id(row.old)[0] != ours.domain:
        raise CommandError("take_over_other_kind", old=row.old, new=row.new)
    state = hass.states.get(row.old)
    if state and (state.state != STATE_UNAVAILABLE or old is None):
        # Who has no place in the registry makes its state again whenever it likes.
        raise CommandError("take_over_alive", old=row.old, state=state.state)
    if old and not remove:
        raise CommandError("take_over_registered", old=row.old, platform=old.platform)
    words = _owners_words(old, ours) if old else {}
    if old:
        registry.async_remove(row.old)
        await _async_wait_until_gone(hass, row.old)
    try:
        registry.async_update_entity(row.new, new_entity_id=row.old, **words)
    except ValueError as error:
        raise CommandError("take_over_taken", old=row.old, problem=str(error)) from error


def _owners_words(old: er.RegistryEntry, ours: er.RegistryEntry) -> Mapping[str, Any]:
    """Return what the owner called the old entity and where he put it, where ours has nothing."""
    words = {"name": old.name, "icon": old.icon, "area_id": old.area_id, "labels": old.labels}
    return {name: word for name, word in words.items() if word and not getattr(ours, name)}


async def _async_wait_until_gone(hass: HomeAssistant, entity_id: str) -> None:
    """Wait until a removed entity has no state any more."""
    gone = asyncio.Event()

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        if event.data["new_state"] is None:
            gone.set()

    end = async_track_state_change_event(hass, entity_id, changed)
    with contextlib.suppress(TimeoutError):
        if hass.states.get(entity_id):
            await asyncio.wait_for(gone.wait(), GONE_WITHIN)
    end()
