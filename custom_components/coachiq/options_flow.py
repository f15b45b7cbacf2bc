"""The options of a coach: what it may do, and its things."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.const import UnitOfTime
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
from .const import CONF_BRIDGES, CONF_CODE, CONF_DISCOVER, CONF_PACE, CONF_RECORD, CONF_TRANSMIT
from .walk_flow import WalkSteps

SETTINGS_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_TRANSMIT): BooleanSelector(),
        vol.Required(CONF_DISCOVER): BooleanSelector(),
        vol.Required(CONF_RECORD, default=False): BooleanSelector(),
        vol.Required(CONF_PACE, default=READING_INTERVAL): NumberSelector(
            NumberSelectorConfig(
                min=READING_INTERVAL, max=30, step=1, unit_of_measurement=UnitOfTime.SECONDS
            )
        ),
        vol.Optional(CONF_CODE): TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD)),
    }
)


class CoachOptionsFlow(WalkSteps):
    """Changes what a coach may do, and what its things are."""

    async def async_step_init(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose what to change; the things of a coach that is not set up are not known."""
        if self.config_entry.state is not ConfigEntryState.LOADED:
            return await self.async_step_settings()
        return self.async_show_menu(
            step_id="init", menu_options=["settings", "names", "things", "walk"]
        )

    async def async_step_settings(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Allow or refuse to transmit, to make new things, and to record.

        What was decided of networks that carry the same frames can be taken back here.
        """
        options = self.config_entry.options
        if user_input is not None:
            if CONF_BRIDGES in user_input:
                ticked = user_input[CONF_BRIDGES]
                kept = [one for one in options[CONF_BRIDGES] if decision_id(one) in ticked]
                user_input = {**user_input, CONF_BRIDGES: kept}
            # An emptied code is not among the answers.
            others = {key: value for key, value in options.items() if key != CONF_CODE}
            return self.async_create_entry(data={**others, **user_input})
        schema = SETTINGS_SCHEMA
        if decisions := await async_decisions(self.hass, self.config_entry):
            choice = SelectSelectorConfig(
                options=decisions, mode=SelectSelectorMode.LIST, multiple=True
            )
            every = [decision["value"] for decision in decisions]
            field = vol.Required(CONF_BRIDGES, default=every)
            schema = schema.extend({field: SelectSelector(choice)})
        suggested = {key: value for key, value in options.items() if key != CONF_BRIDGES}
        return self.async_show_form(
            step_id="settings", data_schema=self.add_suggested_values_to_schema(schema, suggested)
        )
