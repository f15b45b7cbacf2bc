"""The options of a coach: what it may do, and its things."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.const import UnitOfTime
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    BooleanSelectorConfig,
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
from .bus_form import async_selector_words
from .coach.intake import READING_INTERVAL
from .configuration import async_configure
from .const import CONF_BRIDGES, CONF_CODE, CONF_FEATURES, CONF_PACE
from .error import AnswerError, ProfileError, SettingError
from .features import NeededError, choose, defaults, sections
from .running import async_feature_names
from .setting import CODE as CODE_SETTING, ENABLE, REDACTED, SETTINGS, SLOWEST, Found
from .walk_flow import WalkSteps

type Answers = dict[str, Any]

PACE = NumberSelector(
    NumberSelectorConfig(
        min=READING_INTERVAL, max=SLOWEST, step=1, unit_of_measurement=UnitOfTime.SECONDS
    )
)
CODE = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))


def _features_schema(
    shown: Mapping[str, bool], overridden: Mapping[str, Found]
) -> dict[vol.Marker, object]:
    """Return a section for each kind of features, with a switch for each that is set as shown.

    What the environment overrides cannot be changed.
    """
    return {
        vol.Optional(name): section(
            vol.Schema(
                {
                    vol.Required(key, default=shown[key]): BooleanSelector(
                        BooleanSelectorConfig(read_only=ENABLE + key in overridden)
                    )
                    for key in keys
                }
            )
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
        features, overridden = await self._async_present()
        if user_input is None:
            code = options.get(CONF_CODE)
            return await self._async_show_settings(features, code, overridden, None)
        answered = dict(features)
        for name in sections():
            answered |= user_input.get(name, {})
        try:
            chosen = choose(features, answered)
        except NeededError as error:
            names = await async_feature_names(self.hass)
            wrong = AnswerError(
                "feature_needed",
                feature=names[error.feature],
                others=", ".join(names[other] for other in error.by),
            )
            code = user_input.get(CONF_CODE)
            return await self._async_show_settings(answered, code, overridden, wrong)
        chosen = {key: on for key, on in chosen.items() if ENABLE + key not in overridden}
        return self.async_create_entry(data=_taken(options, user_input, chosen))

    async def _async_present(self) -> tuple[Mapping[str, bool], Mapping[str, Found]]:
        """Return the features as they are wanted, and what the environment overrides."""
        try:
            configuration = await async_configure(self.hass, self.config_entry)
        except ProfileError, SettingError:
            # Which is why the coach is not set up; its owner may change the options all the same.
            return defaults(self.config_entry.options.get(CONF_FEATURES, {})), {}
        return configuration.features, configuration.overridden

    async def _async_show_settings(
        self,
        features: Mapping[str, bool],
        code: str | None,
        overridden: Mapping[str, Found],
        wrong: AnswerError | None,
    ) -> ConfigFlowResult:
        """Show the form with the features and the code as they are, or as they were entered."""
        pace = self.config_entry.options.get(CONF_PACE, READING_INTERVAL)
        coded = vol.Optional(CONF_CODE, description={"suggested_value": code})
        schema = vol.Schema(
            {
                **_features_schema(features, overridden),
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
            description_placeholders={
                "overridden": await self._async_overridden(overridden),
                **(wrong.words if wrong else {}),
            },
        )

    async def _async_overridden(self, overridden: Mapping[str, Found]) -> str:
        """Return in words what the environment overrides, nothing if it does not."""
        if not overridden:
            return ""
        words = await async_selector_words(self.hass, "overridden")
        sources = await async_selector_words(self.hass, "setting_source")
        names = await async_feature_names(self.hass)
        lines = ["", "", words["head"]]
        for name, found in overridden.items():
            shown = words.get(str(found.value).lower(), str(found.value))
            if name in SETTINGS and SETTINGS[name].secret:
                shown = REDACTED
            label = names.get(name.removeprefix(ENABLE), name)
            lines.append(f"- {label}: {shown} (`{found.variable}`, {sources[found.source]})")
        return "\n".join(lines)


def _taken(
    options: Mapping[str, Any], answers: Answers, chosen: Mapping[str, bool]
) -> dict[str, Any]:
    """Return the options with what was answered; raises vol.Invalid.

    Of the features only those that the owner changed are stored; the others keep their defaults.
    """
    # An emptied code is not among the answers.
    taken = {key: value for key, value in options.items() if key != CONF_CODE}
    taken[CONF_FEATURES] = {**options.get(CONF_FEATURES, {}), **chosen}
    taken[CONF_PACE] = answers[CONF_PACE]
    if code := answers.get(CONF_CODE):
        taken[CONF_CODE] = SETTINGS[CODE_SETTING].check(code)
    if CONF_BRIDGES in answers:
        ticked = answers[CONF_BRIDGES]
        taken[CONF_BRIDGES] = [one for one in options[CONF_BRIDGES] if decision_id(one) in ticked]
    return taken
