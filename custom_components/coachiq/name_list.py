"""Many things in one form: a line of text each, "name, area, kind"."""

from collections.abc import Mapping
from dataclasses import dataclass

from homeassistant.core import HomeAssistant

from .coach import ThingId
from .coach.kind import plain_kinds_of
from .coordinator import CoachCoordinator
from .error import AnswerError
from .thing_name import Place, area_name, area_named, place_of_thing

PARTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What was written of a thing; None for what was left out."""

    name: str | None = None
    area: str | None = None
    kind: str | None = None


def written(hass: HomeAssistant, coordinator: CoachCoordinator, thing: ThingId) -> str:
    """Return the line of a thing as it is now, without its kind; empty while it has no name."""
    place = place_of_thing(coordinator, thing)
    parts = (place.name or "", area_name(hass, place.area))
    return ", ".join(parts) if parts[1] else parts[0]


def read_line(text: str, thing: ThingId, kinds: Mapping[str, str]) -> Line:
    """Return what a line says; `kinds` are the words for kinds. Raises AnswerError."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > PARTS:
        raise AnswerError("line_wrong", line=text)
    name, area, word = [*parts, "", ""][:PARTS]
    kind = None
    if word:
        known = {kinds[key].casefold(): key for key in plain_kinds_of(thing.family)}
        kind = known.get(word.casefold())
        if kind is None:
            choice = ", ".join(kinds[key] for key in plain_kinds_of(thing.family))
            raise AnswerError("kind_unknown", word=word, kinds=choice)
    return Line(name=name or None, area=area or None, kind=kind)


def place_of_line(hass: HomeAssistant, line: Line) -> Place:
    """Return the name and the area that a line gives; an area that is new is made."""
    return Place(name=line.name, area=area_named(hass, line.area or ""))
