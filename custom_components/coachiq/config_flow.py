"""Adding a coach with its first bus, and taking in a discovered adapter."""

from types import MappingProxyType
from typing import override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowContext,
    ConfigFlowResult,
    ConfigSubentry,
    ConfigSubentryFlow,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
from homeassistant.helpers.service_info.usb import UsbServiceInfo
from homeassistant.util import slugify
import voluptuous as vol

from .bus.adapters import Settings, place_of
from .bus.port import BITRATE
from .bus_flow import Answers, BusFlow, BusSteps
from .bus_form import SIMULATOR, are_names, check_unused, new_bus_key
from .const import (
    BUS,
    CONF_COACH,
    CONF_FEATURES,
    CONF_PROFILE,
    DOMAIN,
)
from .error import AdapterError
from .features import TRANSMIT
from .migration import MINOR_VERSION, VERSION
from .model_form import (
    NO_PROFILE,
    async_give_areas,
    async_models,
    chosen_model,
    known_pairs,
    model_selector,
)
from .options_flow import CoachOptionsFlow

NEW_COACH = "new"
SIMULATED_MODEL = "entegra_aspire_44r_2021"


class CoachConfigFlow(
    BusSteps[ConfigFlowContext, ConfigFlowResult, str], ConfigFlow, domain=DOMAIN
):
    """Adds a coach with its first bus, or a discovered adapter to a coach."""

    VERSION = VERSION
    MINOR_VERSION = MINOR_VERSION

    def __init__(self) -> None:
        """Begin with nothing chosen."""
        super().__init__()
        self._bus: Answers = {CONF_NAME: "House"}
        self._found: Settings = {}
        self._coach = NEW_COACH

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> CoachOptionsFlow:
        """Return the flow for the options."""
        return CoachOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the flow for buses."""
        return {BUS: BusFlow}

    @override
    async def async_step_usb(self, discovery_info: UsbServiceInfo) -> ConfigFlowResult:
        """Offer a stick that was plugged in, once, unless a bus has it already."""
        # That component has found it.
        from homeassistant.components.usb import get_serial_by_id  # noqa: PLC0415

        await self.async_set_unique_id(
            f"usb-{discovery_info.serial_number or discovery_info.device}"
        )
        self._abort_if_unique_id_configured()
        port = await self.hass.async_add_executor_job(get_serial_by_id, discovery_info.device)
        self._found = {"port": port, "bitrate": BITRATE}
        try:
            check_unused(self.hass, place_of("slcan", self._found))
        except AdapterError:
            return self.async_abort(reason="already_configured")
        name = discovery_info.description or discovery_info.device
        self.context["title_placeholders"] = {"name": name}
        return await self.async_step_usb_confirm()

    async def async_step_usb_confirm(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Take the stick for a new coach, or for another bus of one that there is."""
        if user_input is not None:
            self._coach = user_input.get(CONF_COACH, NEW_COACH)
            return await self._async_take("usb_confirm", "slcan", self._found, user_input)
        coaches = self.hass.config_entries.async_entries(DOMAIN, include_ignore=False)
        options = [
            *(SelectOptionDict(value=coach.entry_id, label=coach.title) for coach in coaches),
            SelectOptionDict(value=NEW_COACH, label=NEW_COACH),
        ]
        selector = SelectSelector(
            SelectSelectorConfig(
                options=options, mode=SelectSelectorMode.LIST, translation_key=CONF_COACH
            )
        )
        return self._ask(
            "usb_confirm",
            vol.Schema({vol.Required(CONF_COACH): selector} if coaches else {}),
            self._before("usb_confirm", {CONF_COACH: options[0]["value"]}),
            port=str(self._found["port"]),
            **self.context["title_placeholders"],
        )

    @override
    async def _async_simulated(self) -> ConfigFlowResult:
        """Go on with the simulated coach, whose only network needs no questions."""
        return await self.async_step_coach()

    @override
    async def _async_finish(self, answers: Answers) -> ConfigFlowResult:
        """Go on with a bus: it is the first of a new coach, or another one of a coach."""
        self._bus = answers
        coach = self.hass.config_entries.async_get_entry(self._coach)
        if coach is None:
            return await self.async_step_coach()
        try:
            bus = self._claim(new_bus_key(self.hass, answers[CONF_NAME]), answers)
        except AdapterError as taken:
            return self.async_abort(reason=taken.key, description_placeholders=taken.words)
        self.hass.config_entries.async_add_subentry(
            coach, ConfigSubentry(**bus | {"data": MappingProxyType(bus["data"])})
        )
        return self.async_abort(
            reason="network_added",
            description_placeholders={"bus": bus["title"], "coach": coach.title},
        )

    async def async_step_coach(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Name the coach, choose its model, allow or refuse to transmit."""
        if user_input is not None:
            if are_names(user_input, CONF_NAME):
                return await self._async_create(user_input)
            self._error = AdapterError("name_missing")
        heard = self._report.instances if self._report else frozenset()
        choice = await async_models(self.hass, instances=heard)
        schema = vol.Schema(
            {
                vol.Required(CONF_NAME): TextSelector(),
                vol.Required(CONF_PROFILE): model_selector(choice),
                vol.Required(TRANSMIT): BooleanSelector(),
            }
        )
        simulated = self._kind == SIMULATOR
        suggested = {
            CONF_NAME: choice.titles[SIMULATED_MODEL] if simulated else "Coach",
            CONF_PROFILE: SIMULATED_MODEL if simulated else choice.proposed or NO_PROFILE,
            # A real coach's owner says so.
            TRANSMIT: simulated,
        }
        return self._ask(
            "coach", schema, user_input or suggested, fit=choice.fit, problems=choice.problems
        )

    async def async_step_reconfigure(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Choose another model for the coach."""
        entry = self._get_reconfigure_entry()
        if user_input is not None:
            profile = chosen_model(user_input[CONF_PROFILE])
            await async_give_areas(self.hass, entry, profile)
            done = self.async_update_and_abort(entry, data_updates={CONF_PROFILE: profile})
            if entry.state is not ConfigEntryState.LOADED:
                # Nobody listens for the change yet.
                self.hass.config_entries.async_schedule_reload(entry.entry_id)
            return done
        choice = await async_models(self.hass, pairs=known_pairs(entry))
        present = entry.data[CONF_PROFILE]
        suggested = present if present in choice.titles else choice.proposed
        return self._ask(
            "reconfigure",
            vol.Schema({vol.Required(CONF_PROFILE): model_selector(choice)}),
            {CONF_PROFILE: suggested or NO_PROFILE},
            coach=entry.title,
            fit=choice.fit,
            problems=choice.problems,
        )

    async def _async_create(self, answers: Answers) -> ConfigFlowResult:
        """Create the entry of a coach with its first bus."""
        name = answers[CONF_NAME].strip()
        await self.async_set_unique_id(slugify(name))
        self._abort_if_unique_id_configured()
        try:
            bus = self._claim(new_bus_key(self.hass, self._bus[CONF_NAME]), self._bus)
        except AdapterError as taken:
            return self.async_abort(reason=taken.key, description_placeholders=taken.words)
        return self.async_create_entry(
            title=name,
            data={
                CONF_COACH: slugify(name),
                CONF_PROFILE: chosen_model(answers[CONF_PROFILE]),
            },
            options={CONF_FEATURES: {TRANSMIT: answers[TRANSMIT]}},
            subentries=[bus],
        )
