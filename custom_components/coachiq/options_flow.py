"""The options of a coach: what it may do, and its things."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.const import UnitOfTime
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .bridge_repair import async_decisions, decision_id
from .coach.intake import READING_INTERVAL
from .const import CONF_BRIDGES, CONF_CODE, CONF_FEATURES, CONF_PACE
from .error import AnswerError
from .features import NeededError, choose, defaults, sections
from .running import async_feature_names
from .walk_flow import WalkSteps

type Answers = dict[str, Any]

PACE = NumberSelector(
    NumberSelectorConfig(
        min=READING_INTERVAL, max=30, step=1, unit_of_measurement=UnitOfTime.SECONDS
    )
)
CODE = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))


def _features_schema(shown: Mapping[str, bool]) -> dict[vol.Marker, object]:
    """Return a section for each kind of features, with a switch for each that is set as shown."""
    return {
        vol.Required(name): section(
            vol.Schema({vol.Required(key, default=shown[key]): BooleanSelector() for key in keys})
        )
        for name, keys in sections().items()
    }


class CoachOptionsFlow(WalkSteps):
    """Changes what a coach may do, and what its things are."""

    async def async_step_init(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose what to change; the things of a coach that is not set up are not known."""
        if self.config_entry.state is not ConfigEntryState.LOADED:
            return await self.async_step_settings()
        return self.async_show_menu(
            step_id="init", menu_options=["settings", "names", "things", "walk"]
        )

    async def async_step_settings(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Turn features on and off, and set the code.

        What was decided of networks that carry the same frames can be taken back here.
        """
        options = self.config_entry.options
        if user_input is None:
            features = defaults(options.get(CONF_FEATURES, {}))
            return await self._async_show_settings(features, options.get(CONF_CODE), None)
        try:
            return self.async_create_entry(data=_taken(options, user_input))
        except NeededError as error:
            names = await async_feature_names(self.hass)
            wrong = AnswerError(
                "feature_needed",
                feature=names[error.feature],
                others=", ".join(names[other] for other in error.by),
            )
            code = user_input.get(CONF_CODE)
            return await self._async_show_settings(_answered(user_input), code, wrong)

    async def _async_show_settings(
        self, features: Mapping[str, bool], code: str | None, wrong: AnswerError | None
    ) -> ConfigFlowResult:
        """Show the form with the features and the code as they are, or as they were entered."""
        pace = self.config_entry.options.get(CONF_PACE, READING_INTERVAL)
        coded = vol.Optional(CONF_CODE, description={"suggested_value": code})
        schema = vol.Schema(
            {
                **_features_schema(features),
                vol.Required(CONF_PACE, default=pace): PACE,
                coded: CODE,
            }
        )
        if decisions := await async_decisions(self.hass, self.config_entry):
            choice = SelectSelectorConfig(
                options=decisions, mode=SelectSelectorMode.LIST, multiple=True
            )
            every = [decision["value"] for decision in decisions]
            field = vol.Required(CONF_BRIDGES, default=every)
            schema = schema.extend({field: SelectSelector(choice)})
        return self.async_show_form(
            step_id="settings",
            data_schema=schema,
            errors={"base": wrong.key} if wrong else {},
            description_placeholders=wrong.words if wrong else {},
        )


def _answered(answers: Answers) -> dict[str, bool]:
    """Return the features as they were answered."""
    return {key: on for name in sections() for key, on in answers[name].items()}


def _taken(options: Mapping[str, Any], answers: Answers) -> dict[str, Any]:
    """Return the options with what was answered; raises NeededError.

    Of the features only those that the owner changed are stored; the others keep their defaults.
    """
    stored = options.get(CONF_FEATURES, {})
    before = defaults(stored)
    # An emptied code is not among the answers.
    taken = {key: value for key, value in options.items() if key != CONF_CODE}
    taken[CONF_FEATURES] = {**stored, **choose(before, _answered(answers))}
    taken[CONF_PACE] = answers[CONF_PACE]
    if code := answers.get(CONF_CODE):
        taken[CONF_CODE] = code
    if CONF_BRIDGES in answers:
        ticked = answers[CONF_BRIDGES]
        taken[CONF_BRIDGES] = [one for one in options[CONF_BRIDGES] if decision_id(one) in ticked]
    return taken
