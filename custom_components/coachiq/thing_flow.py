"""The steps of the options in which an owner names and corrects the things of a coach."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from .bus_form import async_selector_words
from .coach import FAMILIES, FAMILY, ThingId, number
from .coach.decision import read_decisions
from .coach.kind import plain_kinds_of
from .coach.mover import PAIRED, Mover, mover_of
from .coach.pair import Pairs
from .coach.profile import HIDDEN
from .const import CONF_APART, CONF_KIND, CONF_PAIR, CONF_THINGS
from .coordinator import CoachCoordinator
from .error import AnswerError
from .name_list import Line, place_of_line, read_line, written
from .thing_form import (
    Answers,
    Asked,
    DecisionRow,
    decided,
    placed,
    rows_of,
    shown,
    taken_for,
    thing_schema,
)
from .thing_name import (
    Place,
    area_name,
    async_words,
    bus_words,
    place_of_thing,
    put_thing,
    read_id,
)

CONF_THING = "thing"
CONF_MORE = "more"
PAGE = 20
ORDER = {family.key: place for place, family in enumerate(FAMILIES)}


class ThingSteps(OptionsFlow):
    """Names things, and stores what was decided about them when the flow ends."""

    def __init__(self) -> None:
        """Begin with nothing decided."""
        self._decided: dict[str, dict[str, object]] = {}
        self._thing: ThingId | None = None
        self._rows: list[DecisionRow] = []
        self._mover: Mover | None = None
        self._left: list[ThingId] = []
        self._page: dict[str, ThingId] = {}
        self._kinds: dict[str, str] = {}

    @property
    def _coordinator(self) -> CoachCoordinator:
        """Return the coach as it runs now: it may be set up anew while a form is open."""
        coordinator: CoachCoordinator = self.config_entry.runtime_data
        return coordinator

    @callback
    @override
    def async_remove(self) -> None:
        """Keep what was decided when the owner closes the dialog before the end."""
        if self._decided:
            self.hass.config_entries.async_update_entry(self.config_entry, options=self._options())

    def _options(self) -> dict[str, Any]:
        """Return the options with what was decided."""
        options = self.config_entry.options
        things = {**options.get(CONF_THINGS, {}), **self._decided}
        self._decided = {}
        return {**options, CONF_THINGS: {thing: row for thing, row in things.items() if row}}

    def _stored(self, thing: ThingId) -> Mapping[str, Any]:
        """Return what is decided about a thing."""
        before: Mapping[str, Any] = self.config_entry.options.get(CONF_THINGS, {})
        stored: Mapping[str, Any] = before.get(str(thing), {})
        return self._decided.get(str(thing), stored)

    def _decide(self, thing: ThingId, row: dict[str, object]) -> None:
        """Note what was decided, if it is something new."""
        if row != dict(self._stored(thing)):
            self._decided[str(thing)] = row

    async def async_step_finish(self, _: Answers | None = None) -> ConfigFlowResult:
        """Store what was decided; the coach is set up again if that is anything."""
        return self.async_create_entry(data=self._options() if self._decided else self._same())

    def _same(self) -> dict[str, Any]:
        """Return the options as they are."""
        return dict(self.config_entry.options)

    # Many things at once.

    async def async_step_names(self, _: Answers | None = None) -> ConfigFlowResult:
        """Name many things at once, a page after the other: those without a name first."""
        coordinator = self._coordinator
        things = [
            thing.id for thing in coordinator.coach.things.values() if not thing.family.fields
        ]
        self._left = sorted(things, key=lambda thing: (self._is_named(thing), *_order(thing)))
        return await self._async_next_page()

    async def async_step_page(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Take a page of names, go on to the next one or end."""
        answers = user_input or {}
        lines: dict[ThingId, Line] = {}
        for word, thing in self._page.items():
            text = answers.get(word, "")
            if text == written(self.hass, self._coordinator, thing):
                continue
            try:
                lines[thing] = read_line(text, thing, self._kinds)
            except AnswerError as wrong:
                wrong.words["thing"] = word
                return self._show_page(answers, wrong)
        for thing, line in lines.items():
            put_thing(self._coordinator, thing, place_of_line(self.hass, line))
            if line.kind:
                self._decide(thing, {**self._stored(thing), CONF_KIND: line.kind})
        if answers.get(CONF_MORE):
            return await self._async_next_page()
        return await self.async_step_finish()

    async def _async_next_page(self) -> ConfigFlowResult:
        """Show the next things."""
        page, self._left = self._left[:PAGE], self._left[PAGE:]
        words = bus_words(self._coordinator, await async_words(self.hass), page)
        self._kinds = await async_selector_words(self.hass, "thing_kind")
        self._page = {words[thing]: thing for thing in page}
        lines = {
            word: written(self.hass, self._coordinator, thing) for word, thing in self._page.items()
        }
        return self._show_page(lines, None)

    def _show_page(self, filled: Answers, wrong: AnswerError | None) -> ConfigFlowResult:
        """Show a page of things with a line of text for each."""
        fields: dict[vol.Marker, object] = {
            vol.Optional(word): TextSelector() for word in self._page
        }
        if self._left:
            fields[vol.Required(CONF_MORE, default=False)] = BooleanSelector()
        return self.async_show_form(
            step_id="page",
            data_schema=self.add_suggested_values_to_schema(vol.Schema(fields), filled),
            errors={"base": wrong.key} if wrong else {},
            description_placeholders={
                "more": str(len(self._left)),
                "kinds": ", ".join(self._kinds[kind] for kind in plain_kinds_of("dimmer")),
                **(wrong.words if wrong else {}),
            },
        )

    def _is_named(self, thing: ThingId) -> bool:
        """Tell whether somebody has given a thing a name."""
        return place_of_thing(self._coordinator, thing).name is not None

    # One thing.

    async def async_step_things(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Choose a thing, a hidden one too."""
        labels = await self._async_labels(self._known())
        wrong = None
        if user_input is not None:
            chosen = user_input[CONF_THING]
            found = (one for one, label in labels.items() if chosen in (label, str(one)))
            self._thing = next(found, None)
            if self._thing:
                return await self.async_step_thing()
            wrong = AnswerError("thing_unknown")
        choice = SelectSelectorConfig(
            options=list(labels.values()),
            mode=SelectSelectorMode.DROPDOWN,
            # Only then the list can be searched; it shows values, not labels.
            custom_value=True,
        )
        return self.async_show_form(
            step_id="things",
            data_schema=vol.Schema({vol.Required(CONF_THING): SelectSelector(choice)}),
            errors={"base": wrong.key} if wrong else {},
        )

    async def async_step_thing(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Name and place one thing, and decide what it is."""
        thing = self._thing
        if thing is None:
            raise RuntimeError("no thing was chosen")
        if user_input is not None:
            wrong = self._take(thing, user_input)
            if wrong or not self._is_complete(thing, user_input):
                return await self._async_show_thing("thing", thing, user_input, wrong)
            return await self.async_step_finish()
        return await self._async_show_thing("thing", thing)

    def _take(self, thing: ThingId, answers: Answers) -> AnswerError | None:
        """Take what was entered about a thing; returns what is wrong with it."""
        is_complete = self._is_complete(thing, answers)
        try:
            row = decided(self._rows, self._stored(thing), answers)
            if is_complete:
                self._check_pairs(thing, row)
        except AnswerError as wrong:
            return wrong
        if is_complete:
            put_thing(self._coordinator, thing, placed(answers))
            self._decide(thing, row)
            if CONF_APART in answers:
                others = {
                    key: value
                    for key, value in self._stored(thing.shared).items()
                    if key != CONF_APART
                }
                apart = {CONF_APART: True} if answers[CONF_APART] else {}
                self._decide(thing.shared, {**others, **apart})
        return None

    def _check_pairs(self, thing: ThingId, row: Mapping[str, object]) -> None:
        """Raise AnswerError if a decision makes no pair where one is meant, or breaks another."""
        coach = self._coordinator.coach
        before = {**self.config_entry.options.get(CONF_THINGS, {}), **self._decided}
        pairs = Pairs(coach.profile, read_decisions({**before, str(thing): row}))
        kind = row.get(CONF_KIND) or coach.row(thing).kind
        if kind in PAIRED and not pairs.closer(thing):
            other = row.get(CONF_PAIR) or coach.row(thing).pair
            if not other:
                raise AnswerError("pair_needed")
            raise AnswerError("pair_taken", pair=str(other))
        opener = Pairs(coach.profile, read_decisions(before)).opener(thing)
        if opener and self._stored(opener).get(CONF_PAIR) and pairs.opener(thing) != opener:
            raise AnswerError("pair_half", pair=".".join(map(str, opener.key)))

    def _is_complete(self, thing: ThingId, answers: Answers) -> bool:
        """Tell whether everything was asked that is asked of the kind that was chosen."""
        kind = taken_for(self._coordinator, thing, answers.get(CONF_KIND))
        mover = mover_of(thing.family, kind)
        if mover and mover is not self._mover:
            # It needs other inputs.
            return False
        return all(row in self._rows for row in rows_of(thing, kind))

    async def _async_show_thing(
        self,
        step: str,
        thing: ThingId,
        answers: Answers | None = None,
        wrong: AnswerError | None = None,
        extra: Mapping[vol.Marker, object] | None = None,
    ) -> ConfigFlowResult:
        """Show the form of a thing as it is, or as it was filled in."""
        coordinator, stored = self._coordinator, self._stored(thing)
        chosen = answers.get(CONF_KIND) if answers else stored.get(CONF_KIND)
        kind = taken_for(coordinator, thing, chosen)
        self._rows, self._mover = rows_of(thing, kind), mover_of(thing.family, kind)
        known = coordinator.coach.known(thing)
        asked = Asked(thing=thing, kind=kind, labels=await self._async_labels(self._known()))
        schema = thing_schema(asked, self._rows, named=known is not None)
        apart = coordinator.coach.decision(thing.shared).apart
        nodes = len(coordinator.coach.reporters(thing))
        if apart or nodes > 1:
            schema = schema.extend({vol.Required(CONF_APART): BooleanSelector()})
        schema = schema.extend(extra or {})
        place = self._suggested_place(thing)
        filled = answers or {**shown(place, self._rows, stored), CONF_APART: apart}
        # Beside its own scale a tank is shown what it says itself.
        derived = FAMILY[thing.family].derived
        said = number(derived[0].work_out(known.values)) if known and derived else None
        words = bus_words(coordinator, await async_words(self.hass), [thing])
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(schema, filled),
            errors={"base": wrong.key} if wrong else {},
            description_placeholders={
                "thing": words[thing],
                "said": "?" if said is None else f"{said:.0f}",
                "nodes": str(nodes),
                **(wrong.words if wrong else {}),
            },
        )

    def _suggested_place(self, thing: ThingId) -> Place:
        """Return the name and the area that the form of a thing is filled with."""
        return place_of_thing(self._coordinator, thing)

    def _known(self) -> list[ThingId]:
        """Return all things that can be decided about, those that are hidden last."""
        coach = self._coordinator.coach
        known = [thing.id for thing in coach.things.values() if not thing.family.fields]
        stored = map(read_id, self.config_entry.options.get(CONF_THINGS, {}))
        refused = (thing for line in coach.lines.values() for thing in line.intake.rejected)
        hidden = {
            thing
            for thing in (*stored, *refused)
            if thing and thing.bus in coach.lines and coach.kind(thing) == HIDDEN
        }
        return [*sorted(known, key=_order), *sorted(hidden - set(known), key=_order)]

    async def _async_labels(self, things: list[ThingId]) -> dict[ThingId, str]:
        """Return what a list says of things: name, area, and what they are on the bus."""
        coordinator = self._coordinator
        words = bus_words(coordinator, await async_words(self.hass), things)
        kinds = await async_selector_words(self.hass, "thing_kind")
        labels: dict[ThingId, str] = {}
        for thing in things:
            place = place_of_thing(coordinator, thing)
            parts = [place.name, area_name(self.hass, place.area), words[thing]]
            if coordinator.coach.kind(thing) == HIDDEN:
                parts.append(kinds[HIDDEN].lower())
            labels[thing] = " · ".join(part for part in parts if part)
        return labels


def _order(thing: ThingId) -> tuple[int, str, tuple[int, ...]]:
    """Return where a thing stands in a list: what is switched first."""
    return ORDER[thing.family], thing.bus, thing.key
