"""The form of one thing: its name and area, and the rows of what can be decided about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
import re
from typing import Any

from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    AreaSelector,
    BooleanSelector,
    EntitySelector,
    SelectOptionDict,
    Selector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
import voluptuous as vol

from .coach import ThingId
from .coach.calibration import is_scale
from .coach.kind import GUARDED, KINDS_OF, kinds_of
from .coach.mover import PAIRED, mover_of
from .const import (
    CONF_ALLOWED,
    CONF_CALIBRATION,
    CONF_INPUTS,
    CONF_KIND,
    CONF_PAIR,
    CONF_WITHOUT,
)
from .coordinator import CoachCoordinator
from .error import AnswerError
from .thing_name import Place

CONF_AREA = "area"
# What is chosen to leave the decision to the profile, or else to the family.
AS_PROFILE = "profile"
POINT = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*%?\s*=\s*(\d+(?:[.,]\d+)?)\s*%?\s*")

type Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A thing that a form is about, what it is taken for there, and what others are called."""

    thing: ThingId
    kind: str
    labels: Mapping[ThingId, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """One thing that an owner can decide about a thing, under its key in the options.

    `asked` tells whether a thing that is taken for a kind has it; `read` turns the answer into
    what is stored, None for nothing, and raises AnswerError; `show` turns it back.
    """

    key: str
    asked: Callable[[ThingId, str], bool]
    selector: Callable[[Asked], object]
    read: Callable[[Any], object]
    show: Callable[[Any], object]
    is_needed: bool = False


def _kind_selector(asked: Asked) -> Selector[Any]:
    """Return the choice of what a thing of a family can be taken for."""
    return SelectSelector(
        SelectSelectorConfig(
            options=[AS_PROFILE, *kinds_of(asked.thing.family)],
            mode=SelectSelectorMode.DROPDOWN,
            translation_key="thing_kind",
        )
    )


def _pair_selector(asked: Asked) -> Selector[Any]:
    """Return the choice of the output that closes what this one opens: those of its family."""
    of_family = (asked.thing.bus, asked.thing.family)
    return SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=str(thing.key[0]), label=label)
                for thing, label in asked.labels.items()
                if (thing.bus, thing.family) == of_family and thing != asked.thing
            ],
            mode=SelectSelectorMode.DROPDOWN,
        )
    )


def _moves(thing: ThingId, kind: str) -> bool:
    """Tell whether a thing that is taken for a kind moves."""
    return mover_of(thing.family, kind) is not None


def _input_section(asked: Asked) -> section:
    """Return the choice of an entity for each input that a mover needs."""
    mover = mover_of(asked.thing.family, asked.kind)
    needs = mover.needs if mover else ()
    return section(
        vol.Schema({vol.Optional(name): EntitySelector() for name in needs}), {"collapsed": True}
    )


def _read_points(answer: list[str]) -> list[list[float]] | None:
    """Return the points of a tank's scale by what it says; raises AnswerError."""
    points: list[list[float]] = []
    for line in answer:
        if not (found := POINT.fullmatch(line)):
            raise AnswerError("point_wrong", point=line)
        points.append([float(percent.replace(",", ".")) for percent in found.groups()])
    points.sort()
    if points and not is_scale(tuple((said, real) for said, real in points)):
        raise AnswerError("scale_wrong")
    return points or None


DECISION_ROWS = (
    DecisionRow(
        key=CONF_KIND,
        asked=lambda _, __: True,
        selector=_kind_selector,
        read=lambda answer: None if answer == AS_PROFILE else answer,
        show=lambda stored: stored or AS_PROFILE,
        is_needed=True,
    ),
    DecisionRow(
        key=CONF_PAIR,
        asked=lambda _, kind: kind in PAIRED,
        selector=_pair_selector,
        read=lambda answer: int(answer) if answer else None,
        show=lambda stored: str(stored) if stored else None,
    ),
    DecisionRow(
        key=CONF_CALIBRATION,
        asked=lambda thing, _: thing.family == "tank",
        selector=lambda _: TextSelector(TextSelectorConfig(multiple=True)),
        read=lambda answer: _read_points(answer or []),
        show=lambda stored: [f"{said:g} = {real:g}" for said, real in stored or ()],
    ),
    DecisionRow(
        key=CONF_ALLOWED,
        asked=lambda thing, kind: thing.family in GUARDED or _moves(thing, kind),
        selector=lambda _: BooleanSelector(),
        read=lambda answer: answer or None,
        show=bool,
    ),
    # What a mover's interlock does not hear from the coach.
    DecisionRow(
        key=CONF_INPUTS,
        asked=_moves,
        selector=_input_section,
        read=lambda answer: (
            {name: entity for name, entity in (answer or {}).items() if entity} or None
        ),
        show=lambda stored: stored or {},
        is_needed=True,
    ),
    DecisionRow(
        key=CONF_WITHOUT,
        asked=_moves,
        selector=lambda _: BooleanSelector(),
        read=lambda answer: answer or None,
        show=bool,
    ),
)


def taken_for(coordinator: CoachCoordinator, thing: ThingId, chosen: str | None) -> str:
    """Return what a thing is taken for when this is chosen for it."""
    if chosen and chosen != AS_PROFILE:
        return chosen
    usual = next(iter(KINDS_OF.get(thing.family, ("",))))
    return coordinator.coach.row(thing).kind or usual


def thing_schema(asked: Asked, rows: list[DecisionRow], *, named: bool) -> vol.Schema:
    """Return the form of a thing; a hidden one has neither name nor area to be given."""
    fields: dict[vol.Marker, object] = {}
    if named:
        fields = {
            vol.Optional(CONF_NAME): TextSelector(),
            vol.Optional(CONF_AREA): AreaSelector(),
        }
    for row in rows:
        marker = vol.Required(row.key) if row.is_needed else vol.Optional(row.key)
        fields[marker] = row.selector(asked)
    return vol.Schema(fields)


def rows_of(thing: ThingId, kind: str) -> list[DecisionRow]:
    """Return what is asked about a thing that is taken for a kind."""
    return [row for row in DECISION_ROWS if row.asked(thing, kind)]


def shown(place: Place, rows: list[DecisionRow], stored: Answers) -> dict[str, object]:
    """Return what the form of a thing is filled with."""
    filled: dict[str, object] = {CONF_NAME: place.name, CONF_AREA: place.area}
    filled |= {row.key: row.show(stored.get(row.key)) for row in rows}
    return {key: value for key, value in filled.items() if value is not None}


def decided(rows: list[DecisionRow], stored: Answers, answers: Answers) -> dict[str, object]:
    """Return what is to be stored of a thing; raises AnswerError. What is not asked stays."""
    kept = {**stored, **{row.key: row.read(answers.get(row.key)) for row in rows}}
    return {key: value for key, value in kept.items() if value is not None}


def placed(answers: Answers) -> Place:
    """Return the name and the area that were entered."""
    return Place(name=(answers.get(CONF_NAME) or "").strip() or None, area=answers.get(CONF_AREA))
