"""Adding a coach, its buses, and changing them."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
    SubentryFlowResult,
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
from homeassistant.util import slugify
import voluptuous as vol

from .bus import Adapter
from .bus.adapters import Settings, place_of
from .bus_form import (
    BY_HAND,
    CONF_ADAPTER,
    SIMULATOR,
    adapter_at,
    adapter_schema,
    are_names,
    async_adapters,
    async_check,
    bus_data,
    check_unused,
    entered_settings,
    new_bus_key,
    serial_ports,
    settings_schema,
)
from .coach import profile_titles
from .const import (
    BUS,
    CONF_COACH,
    CONF_DISCOVER,
    CONF_KIND,
    CONF_PROFILE,
    CONF_SETTINGS,
    CONF_TRANSMIT,
    DOMAIN,
)
from .error import AdapterError

CONF_BUS_NAME = "bus_name"
NO_PROFILE = "none"
SIMULATED_MODEL = "entegra_aspire_44r_2021"

OPTIONS_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_TRANSMIT): BooleanSelector(),
        vol.Required(CONF_DISCOVER): BooleanSelector(),
    }
)


class CoachConfigFlow(ConfigFlow, domain=DOMAIN):
    """Adds a coach with its first bus."""

    VERSION = 1

    def __init__(self) -> None:
        """Begin with nothing chosen."""
        self._adapters: dict[str, Adapter] = {}
        self._kind = ""
        self._chosen: Settings = {}

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
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose the adapter."""
        self._adapters = await async_adapters(self.hass)
        error: AdapterError | None = None
        if user_input is not None:
            choice = user_input[CONF_ADAPTER]
            if choice == SIMULATOR:
                self._kind, self._chosen = SIMULATOR, {}
                return await self.async_step_coach()
            if choice in BY_HAND:
                return await self._async_by_hand(choice, None)
            try:
                adapter = adapter_at(self._adapters, choice)
            except AdapterError as gone:
                error = gone
            else:
                error = await self._async_choose(adapter.kind, adapter.settings)
            if error is None:
                return await self.async_step_coach()
        return self._form("user", adapter_schema(self._adapters), user_input, error)

    async def async_step_slcan(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Describe a serial or network slcan adapter by hand."""
        return await self._async_by_hand("slcan", user_input)

    async def async_step_other(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Describe any python-can interface by hand."""
        return await self._async_by_hand("other", user_input)

    async def async_step_coach(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Name the coach and its first bus, choose its model, allow or refuse to transmit."""
        error: AdapterError | None = None
        if user_input is not None and not are_names(user_input, CONF_NAME, CONF_BUS_NAME):
            error = AdapterError("name_missing")
        elif user_input is not None:
            name = user_input[CONF_NAME].strip()
            await self.async_set_unique_id(slugify(name))
            self._abort_if_unique_id_configured()
            bus_name = user_input[CONF_BUS_NAME].strip()
            try:
                # Another flow may have taken the adapter meanwhile.
                if self._kind != SIMULATOR:
                    check_unused(self.hass, place_of(self._kind, self._chosen))
            except AdapterError as taken:
                return self.async_abort(reason=taken.key, description_placeholders=taken.words)
            key = new_bus_key(self.hass, bus_name)
            profile = user_input[CONF_PROFILE]
            return self.async_create_entry(
                title=name,
                data={
                    CONF_COACH: slugify(name),
                    CONF_PROFILE: None if profile == NO_PROFILE else profile,
                },
                options={CONF_TRANSMIT: user_input[CONF_TRANSMIT], CONF_DISCOVER: True},
                subentries=[bus_data(key, bus_name, self._kind, self._chosen)],
            )
        titles = await self.hass.async_add_executor_job(profile_titles)
        schema = vol.Schema(
            {
                vol.Required(CONF_NAME): TextSelector(),
                vol.Required(CONF_BUS_NAME): TextSelector(),
                vol.Required(CONF_PROFILE): SelectSelector(
                    SelectSelectorConfig(
                        options=[
                            SelectOptionDict(value=NO_PROFILE, label=NO_PROFILE),
                            *(
                                SelectOptionDict(value=key, label=title)
                                for key, title in titles.items()
                            ),
                        ],
                        mode=SelectSelectorMode.DROPDOWN,
                        translation_key=CONF_PROFILE,
                    )
                ),
                vol.Required(CONF_TRANSMIT): BooleanSelector(),
            }
        )
        simulated = self._kind == SIMULATOR
        suggested = {
            CONF_NAME: titles[SIMULATED_MODEL] if simulated else "Coach",
            CONF_BUS_NAME: "House",
            CONF_PROFILE: SIMULATED_MODEL if simulated else NO_PROFILE,
            # A real coach's owner says so.
            CONF_TRANSMIT: simulated,
        }
        return self._form("coach", schema, user_input or suggested, error)

    async def _async_by_hand(
        self, kind: str, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Ask for a kind's settings until they work."""
        error: AdapterError | None = None
        if user_input is not None:
            error = await self._async_choose(kind, entered_settings(kind, user_input))
            if error is None:
                return await self.async_step_coach()
        return self._form(
            kind, settings_schema(kind, serial_ports(self._adapters)), user_input, error
        )

    async def _async_choose(self, kind: str, settings: Settings) -> AdapterError | None:
        """Choose an adapter if it can be opened; return why it cannot."""
        try:
            await async_check(self.hass, kind, settings)
        except AdapterError as error:
            return error
        self._kind, self._chosen = kind, settings
        return None

    def _form(
        self,
        step: str,
        schema: vol.Schema,
        suggested: Mapping[str, Any] | None,
        error: AdapterError | None,
    ) -> ConfigFlowResult:
        """Show a form, with what was entered and what is wrong with it."""
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(schema, suggested),
            errors={"base": error.key} if error else None,
            description_placeholders=error.words if error else None,
        )


class BusFlow(ConfigSubentryFlow):
    """Adds a bus to a coach, or changes its name and adapter; its key stays for ever."""

    def __init__(self) -> None:
        """Begin with nothing chosen."""
        self._adapters: dict[str, Adapter] = {}
        self._name = ""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Name a new bus and choose its adapter."""
        return await self._async_choose("user", user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Rename a bus, or choose another adapter for it."""
        return await self._async_choose("reconfigure", user_input)

    async def async_step_slcan(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Describe a serial or network slcan adapter by hand."""
        return await self._async_by_hand("slcan", user_input)

    async def async_step_other(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Describe any python-can interface by hand."""
        return await self._async_by_hand("other", user_input)

    async def _async_choose(
        self, step: str, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        """Ask for the bus's name and adapter."""
        self._adapters = await async_adapters(self.hass)
        self._adapters |= self._present_adapter()
        error: AdapterError | None = None
        if user_input is not None and not are_names(user_input, CONF_NAME):
            error = AdapterError("name_missing")
        elif user_input is not None:
            self._name = user_input[CONF_NAME].strip()
            choice = user_input[CONF_ADAPTER]
            if choice in BY_HAND:
                return await self._async_by_hand(choice, None)
            if choice == SIMULATOR:
                return await self._async_finish(SIMULATOR, {})
            try:
                adapter = adapter_at(self._adapters, choice)
                return await self._async_finish(adapter.kind, adapter.settings)
            except AdapterError as problem:
                error = problem
        schema = vol.Schema({vol.Required(CONF_NAME): TextSelector()}).extend(
            adapter_schema(self._adapters).schema
        )
        return self._form(step, schema, user_input or self._present(), error)

    async def _async_by_hand(
        self, kind: str, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        """Ask for a kind's settings until they work."""
        error: AdapterError | None = None
        if user_input is not None:
            try:
                return await self._async_finish(kind, entered_settings(kind, user_input))
            except AdapterError as problem:
                error = problem
        present = user_input or self._present_settings(kind)
        return self._form(kind, settings_schema(kind, serial_ports(self._adapters)), present, error)

    async def _async_finish(self, kind: str, settings: Settings) -> SubentryFlowResult:
        """Add or change the bus if its adapter can be opened; raises AdapterError."""
        if self.source == SOURCE_RECONFIGURE:
            bus = self._get_reconfigure_subentry()
            data = bus_data(str(bus.unique_id), self._name, kind, settings)
            if kind != SIMULATOR:
                await async_check(self.hass, kind, settings, own_key=bus.unique_id)
            return self.async_update_and_abort(
                self._get_entry(), bus, title=self._name, data=data["data"]
            )
        key = new_bus_key(self.hass, self._name)
        data = bus_data(key, self._name, kind, settings)
        if kind != SIMULATOR:
            await async_check(self.hass, kind, settings)
        return self.async_create_entry(title=self._name, data=data["data"], unique_id=key)

    def _present(self) -> dict[str, Any]:
        """Return the name and adapter as they are."""
        if self.source != SOURCE_RECONFIGURE:
            return {}
        bus = self._get_reconfigure_subentry()
        adapter = next(iter(self._present_adapter()), SIMULATOR)
        return {CONF_NAME: bus.title, CONF_ADAPTER: adapter}

    def _present_adapter(self) -> dict[str, Adapter]:
        """Return the bus's own adapter with its settings, be it plugged in or not."""
        if self.source != SOURCE_RECONFIGURE:
            return {}
        data = self._get_reconfigure_subentry().data
        if data[CONF_KIND] == SIMULATOR:
            return {}
        place = place_of(data[CONF_KIND], data[CONF_SETTINGS])
        listed = self._adapters.get(place)
        label = listed.label if listed else place.partition(":")[2]
        return {place: Adapter(kind=data[CONF_KIND], settings=data[CONF_SETTINGS], label=label)}

    def _present_settings(self, kind: str) -> dict[str, Any]:
        """Return a bus's settings as they are, if it is of this kind."""
        if self.source != SOURCE_RECONFIGURE:
            return {}
        bus = self._get_reconfigure_subentry()
        if bus.data[CONF_KIND] != kind:
            return {}
        return {name: str(value) for name, value in bus.data[CONF_SETTINGS].items()}

    def _form(
        self,
        step: str,
        schema: vol.Schema,
        suggested: Mapping[str, Any],
        error: AdapterError | None,
    ) -> SubentryFlowResult:
        """Show a form, with what was entered and what is wrong with it."""
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(schema, suggested),
            errors={"base": error.key} if error else None,
            description_placeholders=error.words if error else None,
        )


class CoachOptionsFlow(OptionsFlow):
    """Changes what a coach may do."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Allow or refuse to transmit, and to make new things."""
        if user_input is not None:
            return self.async_create_entry(data={**self.config_entry.options, **user_input})
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                OPTIONS_SCHEMA, self.config_entry.options
            ),
        )
