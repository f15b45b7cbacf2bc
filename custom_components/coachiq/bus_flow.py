"""The questions about one bus, which adding a coach and adding or changing a bus have in common."""

import asyncio
from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentry,
    ConfigSubentryData,
    ConfigSubentryFlow,
    SubentryFlowContext,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import FlowContext, FlowHandler, FlowResult
import voluptuous as vol

from .bus import KINDS, Adapter
from .bus.adapters import Settings, place_of
from .bus.probe import SECONDS, Report, probe
from .bus_form import (
    ANOTHER,
    BY_HAND,
    CONF_ADAPTER,
    SIMULATOR,
    adapter_at,
    adapter_schema,
    are_names,
    async_adapters,
    async_explain,
    async_sentence,
    bus_data,
    check_unused,
    entered_settings,
    kind_schema,
    network_schema,
    new_bus_key,
    offers,
    report_words,
    serial_ports,
    settings_schema,
)
from .const import CONF_KIND, CONF_LISTEN_ONLY, CONF_PROTOCOL, CONF_SETTINGS, J1939, RV_C
from .error import AdapterError

type Answers = dict[str, Any]

# Verdicts after which a bus need not be listened to only; a chassis always is.
SPEAKABLE = (RV_C, "rv_c_probable", "no_traffic", J1939)


class BusSteps[ContextT: FlowContext, ResultT: FlowResult[Any, Any], HandlerT](
    FlowHandler[ContextT, ResultT, HandlerT]
):
    """Chooses an adapter, listens to it, and asks what it is wanted for.

    A step is generated for each kind that is described by hand: it is called as the kind.
    """

    def __init__(self) -> None:
        """Begin with nothing chosen."""
        self._adapters: dict[str, Adapter] = {}
        self._kind = ""
        self._settings: Settings = {}
        # Where the adapter was chosen, with which answers, and what was wrong with it.
        self._asked = ""
        self._entered: Answers = {}
        self._error: AdapterError | None = None
        self._listening: asyncio.Task[Report] | None = None
        self._report: Report | None = None

    async def async_step_user(self, user_input: Answers | None = None) -> ResultT:
        """Choose the adapter."""
        self._adapters = await async_adapters(self.hass) | self._own_adapter()
        if user_input is not None:
            choice = user_input[CONF_ADAPTER]
            if choice == ANOTHER:
                return await self.async_step_by_hand()
            if choice == SIMULATOR:
                self._kind, self._settings, self._report = SIMULATOR, {}, None
                return await self._async_simulated()
            try:
                adapter = adapter_at(self._adapters, choice)
            except AdapterError as gone:
                self._error = gone
            else:
                return await self._async_take("user", adapter.kind, adapter.settings, user_input)
        return self._ask("user", adapter_schema(self._adapters), self._before("user", self._own()))

    async def async_step_by_hand(self, user_input: Answers | None = None) -> ResultT:
        """Choose the kind of an adapter that is described by hand."""
        if user_input is not None:
            return await self._async_by_hand(user_input[CONF_KIND], None)
        return self._ask("by_hand", kind_schema(), self._own())

    async def _async_by_hand(self, kind: str, user_input: Answers | None) -> ResultT:
        """Ask for the settings of a kind."""
        if user_input is not None:
            try:
                settings = entered_settings(kind, user_input)
            except AdapterError as wrong:
                self._asked, self._entered, self._error = kind, user_input, wrong
            else:
                return await self._async_take(kind, kind, settings, user_input)
        schema = settings_schema(kind, serial_ports(self._adapters))
        return self._ask(kind, schema, self._before(kind, self._own_settings(kind)))

    async def _async_take(
        self, asked: str, kind: str, settings: Settings, entered: Answers
    ) -> ResultT:
        """Go on with an adapter, if no other bus has it; `asked` is where it was chosen."""
        self._asked, self._entered = asked, entered
        self._kind, self._settings, self._report = kind, settings, None
        own = self._own_bus()
        place = place_of(kind, settings)
        try:
            check_unused(self.hass, place, own.unique_id if own else None)
        except AdapterError as taken:
            return await self._async_ask_again(taken)
        if own and place == place_of(own.data[CONF_KIND], own.data[CONF_SETTINGS]):
            # The running bus holds it.
            return await self.async_step_network()
        return await self.async_step_listen()

    async def async_step_listen(self, _: Answers | None = None) -> ResultT:
        """Listen to the adapter for some seconds."""
        if self._listening is None:
            self._listening = self.hass.async_create_task(
                probe(self._kind, self._settings, SECONDS), "coachiq probe", eager_start=False
            )
        if not self._listening.done():
            return self.async_show_progress(
                step_id="listen",
                progress_action="listen",
                description_placeholders={"adapter": KINDS[self._kind].name(self._settings)},
                progress_task=self._listening,
            )
        task, self._listening = self._listening, None
        try:
            self._report = task.result()
        except AdapterError as error:
            self._error = await async_explain(self.hass, error, self._kind, self._settings)
            return self.async_show_progress_done(next_step_id=self._asked)
        return self.async_show_progress_done(next_step_id="heard")

    async def async_step_heard(self, _: Answers | None = None) -> ResultT:
        """Tell what was heard; the owner goes on, listens again, or chooses another adapter."""
        if self._report is None:
            raise RuntimeError("nothing was listened to")
        return self.async_show_menu(
            step_id="heard",
            menu_options=["network", "listen", "user"],
            description_placeholders=report_words(self._report)
            | {"verdict": await async_sentence(self.hass, "verdict", self._report.verdict)},
        )

    async def async_step_network(self, user_input: Answers | None = None) -> ResultT:
        """Name the bus, and say what is spoken on it and whether it is only listened to."""
        if user_input is not None:
            if are_names(user_input, CONF_NAME):
                return await self._async_finish(user_input)
            self._error = AdapterError("name_missing")
        silent = KINDS[self._kind].can_be_silent
        silence = "silent" if silent else "acknowledges"
        return self._ask(
            "network",
            network_schema(self._kind),
            user_input or self._suggested(),
            silence=await async_sentence(self.hass, "silence", silence),
        )

    async def _async_simulated(self) -> ResultT:
        """Go on with the simulated coach."""
        return await self.async_step_network()

    async def _async_finish(self, answers: Answers) -> ResultT:
        """Go on with a bus about which all is known."""
        raise NotImplementedError

    async def _async_ask_again(self, error: AdapterError) -> ResultT:
        """Ask for the adapter again, and say what is wrong with this one."""
        self._error = error
        again: ResultT = await getattr(self, f"async_step_{self._asked}")()
        return again

    def _claim(self, key: str, answers: Answers) -> ConfigSubentryData:
        """Return the bus as it is stored; its adapter is offered no more.

        Raises AdapterError when another flow has taken it meanwhile.
        """
        if self._kind != SIMULATOR:
            place = place_of(self._kind, self._settings)
            check_unused(self.hass, place, key)
            for flow_id in offers(self.hass, place):
                if flow_id != self.flow_id:
                    self.hass.config_entries.flow.async_abort(flow_id)
        return bus_data(key, self._kind, self._settings, answers)

    def _before(self, step: str, otherwise: Answers) -> Answers:
        """Return what was entered in a step before."""
        return self._entered if self._asked == step else otherwise

    def _suggested(self) -> Answers:
        """Return what the owner would probably answer about the bus."""
        if own := self._own_bus():
            return {
                CONF_NAME: own.title,
                CONF_PROTOCOL: own.data.get(CONF_PROTOCOL, RV_C),
                CONF_LISTEN_ONLY: own.data.get(CONF_LISTEN_ONLY, False),
            }
        verdict = self._report.verdict if self._report else RV_C
        chassis = verdict == J1939
        return {
            CONF_NAME: "Chassis" if chassis else "House",
            CONF_PROTOCOL: J1939 if chassis else RV_C,
            # Whoever speaks at a wrong bitrate, or in another language, disturbs all others.
            CONF_LISTEN_ONLY: verdict not in SPEAKABLE,
        }

    def _own_bus(self) -> ConfigSubentry | None:
        """Return the bus that is changed."""
        return None

    def _own(self) -> Answers:
        """Return the adapter and kind as they are."""
        if (own := self._own_bus()) is None:
            return {}
        return {
            CONF_ADAPTER: next(iter(self._own_adapter()), SIMULATOR),
            CONF_KIND: own.data[CONF_KIND],
        }

    def _own_adapter(self) -> dict[str, Adapter]:
        """Return the bus's own adapter with its settings, be it plugged in or not."""
        own = self._own_bus()
        if own is None or own.data[CONF_KIND] == SIMULATOR:
            return {}
        kind, settings = own.data[CONF_KIND], own.data[CONF_SETTINGS]
        place = place_of(kind, settings)
        listed = self._adapters.get(place)
        label = listed.label if listed else place.partition(":")[2]
        return {place: Adapter(kind=kind, settings=settings, label=label)}

    def _own_settings(self, kind: str) -> Answers:
        """Return a bus's settings as they are, if it is of this kind."""
        own = self._own_bus()
        if own is None or own.data[CONF_KIND] != kind:
            return {}
        chosen = {setting.name for setting in KINDS[kind].settings if setting.kind == "bitrate"}
        return {
            name: str(value) if name in chosen else value
            for name, value in own.data[CONF_SETTINGS].items()
        }

    def _ask(
        self, step: str, schema: vol.Schema, suggested: Mapping[str, Any], **words: str
    ) -> ResultT:
        """Show a form, with what was entered and what is wrong with it."""
        error, self._error = self._error, None
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(schema, suggested),
            errors={"base": error.key} if error else None,
            description_placeholders=words | error.words if error else words,
        )


def _add_step(kind: str) -> None:
    """Give the flows the step of a kind that is described by hand."""

    async def step(flow: BusSteps[Any, Any, Any], user_input: Answers | None = None) -> object:
        return await flow._async_by_hand(kind, user_input)  # noqa: SLF001  # a method of it

    setattr(BusSteps, f"async_step_{kind}", step)


for _kind in BY_HAND:
    _add_step(_kind)


class BusFlow(
    BusSteps[SubentryFlowContext, SubentryFlowResult, tuple[str, str]], ConfigSubentryFlow
):
    """Adds a bus to a coach, or changes what is said of it; its key stays for ever."""

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose the adapter that the bus is to have."""
        return await self.async_step_user(user_input)

    async def _async_finish(self, answers: Answers) -> SubentryFlowResult:
        """Add or change the bus."""
        name = answers[CONF_NAME].strip()
        own = self._own_bus()
        key = str(own.unique_id) if own else new_bus_key(self.hass, name)
        try:
            bus = self._claim(key, answers)
        except AdapterError as taken:
            return self.async_abort(reason=taken.key, description_placeholders=taken.words)
        if own:
            return self.async_update_and_abort(self._get_entry(), own, title=name, data=bus["data"])
        return self.async_create_entry(title=name, data=bus["data"], unique_id=key)

    def _own_bus(self) -> ConfigSubentry | None:
        """Return the bus that is changed."""
        return self._get_reconfigure_subentry() if self.source == SOURCE_RECONFIGURE else None
