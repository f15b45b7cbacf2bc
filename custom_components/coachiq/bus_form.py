"""What the flows ask about a bus: which adapter, which settings, and whether they will do."""

from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentryData
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
from homeassistant.helpers.service_info.usb import UsbServiceInfo
from homeassistant.helpers.translation import async_get_translations
from homeassistant.loader import async_get_integration
from homeassistant.util import slugify
import voluptuous as vol

from .bus import KINDS, Adapter, Setting, available_adapters
from .bus.adapters import Settings, place_of
from .bus.codec.slcan import BITRATES
from .bus.port import BITRATE
from .bus.probe import Report
from .bus.python_can import interface_names
from .const import (
    BUS,
    CONF_KIND,
    CONF_LISTEN_ONLY,
    CONF_PROTOCOL,
    CONF_SETTINGS,
    DOMAIN,
    J1939,
    RV_C,
)
from .error import AdapterError

CONF_ADAPTER = "adapter"
# The simulated coach, which is always there, and adapters that are described by hand.
SIMULATOR = "simulator"
ANOTHER = "another"
BY_HAND = tuple(kind.key for kind in KINDS.values() if kind.by_hand)


def adapter_schema(adapters: Mapping[str, Adapter]) -> vol.Schema:
    """Return the form that offers the adapters present, and those described by hand."""
    present = [
        SelectOptionDict(value=place, label=adapter.label) for place, adapter in adapters.items()
    ]
    return _choice(CONF_ADAPTER, [*present, *_named(SIMULATOR, ANOTHER)])


def kind_schema() -> vol.Schema:
    """Return the form that offers the kinds of adapters that are described by hand."""
    return _choice(CONF_KIND, _named(*BY_HAND))


def _choice(field: str, options: list[SelectOptionDict]) -> vol.Schema:
    """Return the form of one choice."""
    config = SelectSelectorConfig(
        options=options, mode=SelectSelectorMode.LIST, translation_key=CONF_ADAPTER
    )
    return vol.Schema({vol.Required(field): SelectSelector(config)})


def _named(*keys: str) -> list[SelectOptionDict]:
    """Return options that the translations name."""
    return [SelectOptionDict(value=key, label=key) for key in keys]


def network_schema(kind: str) -> vol.Schema:
    """Return the form of what a bus is called and used for; of the simulated coach, its name."""
    name = {vol.Required(CONF_NAME): TextSelector()}
    if kind == SIMULATOR:
        return vol.Schema(name)
    protocols = SelectSelectorConfig(
        options=[RV_C, J1939], mode=SelectSelectorMode.LIST, translation_key=CONF_PROTOCOL
    )
    return vol.Schema(
        {
            **name,
            vol.Required(CONF_PROTOCOL): SelectSelector(protocols),
            vol.Required(CONF_LISTEN_ONLY): BooleanSelector(),
        }
    )


def settings_schema(kind: str, ports: list[str]) -> vol.Schema:
    """Return the form of a kind's settings, made from its rows."""
    return vol.Schema(
        {_marker(setting): _selector(setting, ports) for setting in KINDS[kind].settings}
    )


def _marker(setting: Setting) -> vol.Marker:
    """Return the key of a setting: required unless it may stay empty."""
    if setting.default == "":
        return vol.Optional(setting.name, default="")
    if setting.default is None:
        return vol.Required(setting.name)
    if setting.kind == "flag":
        return vol.Required(setting.name, default=bool(setting.default))
    default = setting.default
    return vol.Required(setting.name, default=default if setting.kind == "number" else str(default))


def _selector(
    setting: Setting, ports: list[str]
) -> TextSelector | NumberSelector | BooleanSelector | SelectSelector:
    """Return what a setting is entered with."""
    choices = {
        "port": ports,
        "interface": interface_names(),
        "bitrate": [str(bitrate) for bitrate in BITRATES],
    }
    # A list without an entry would only be in the way of typing.
    if setting.kind == "text" or (setting.kind == "port" and not ports):
        return TextSelector()
    if setting.kind == "number":
        return NumberSelector(
            NumberSelectorConfig(
                min=setting.least, max=setting.most, step=1, mode=NumberSelectorMode.BOX
            )
        )
    if setting.kind == "flag":
        return BooleanSelector()
    return SelectSelector(
        SelectSelectorConfig(
            options=choices[setting.kind],
            mode=SelectSelectorMode.DROPDOWN,
            custom_value=setting.kind != "bitrate",
        )
    )


def setting_check(setting: Setting) -> Callable[[object], str | int]:
    """Return what turns a value of a setting, as a text or not, into it, or raises vol.Invalid."""
    if setting.kind == "flag":
        return cv.boolean
    if setting.kind == "number":
        whole: Callable[[object], int] = vol.All(
            vol.Coerce(int), vol.Range(min=setting.least, max=setting.most)
        )
        return whole
    if setting.kind == "bitrate":
        bitrate: Callable[[object], int] = vol.All(vol.Coerce(int), vol.In(BITRATES))
        return bitrate
    least = 0 if setting.default == "" else 1
    text: Callable[[object], str] = vol.All(cv.string, str.strip, vol.Length(min=least))
    return text


def entered_settings(kind: str, answers: Mapping[str, Any]) -> Settings:
    """Return the settings that a form was filled with; raises AdapterError for blanks."""
    try:
        return {
            setting.name: _entered(setting, answers.get(setting.name, ""))
            for setting in KINDS[kind].settings
        }
    except vol.Invalid as error:
        # The form itself refuses all that is wrong otherwise.
        raise AdapterError("setting_missing") from error


def _entered(setting: Setting, answer: Any) -> str | int:  # noqa: ANN401  # a form gives anything
    """Return the value of a setting."""
    if setting.kind == "bitrate":
        answer = answer or BITRATE
    return setting_check(setting)(answer)


async def async_adapters(hass: HomeAssistant) -> dict[str, Adapter]:
    """Return the adapters that are present and free, by the place that names them.

    A serial port that another integration is set up with is not free; it can be named by hand.
    """
    found = await hass.async_add_executor_job(available_adapters)
    present = {place_of(adapter.kind, adapter.settings): adapter for adapter in found}
    users = await _async_port_users(hass)
    return {place: adapter for place, adapter in present.items() if place not in users}


async def _async_port_users(hass: HomeAssistant) -> dict[str, str]:
    """Return which integration or app uses a serial port, by the port's place."""
    if "usb" not in hass.config.components:
        return {}
    # Without that component its requirements may be missing.
    from homeassistant.components import usb  # noqa: PLC0415

    ports = await usb.async_scan_serial_ports(hass)
    consumers = await usb.async_get_serial_port_consumers(hass, ports)
    users = {}
    for port, those in consumers.items():
        for user in those:
            if user.active:
                name = (await async_get_integration(hass, user.domain)).name if user.domain else ""
                users[place_of("slcan", {"port": port})] = name or user.title
    return users


async def async_explain(
    hass: HomeAssistant, error: AdapterError, kind: str, settings: Settings
) -> AdapterError:
    """Return an error of opening, with the name of who holds the adapter if that is known."""
    if error.key == "adapter_taken":
        users = await _async_port_users(hass)
        if user := users.get(place_of(kind, settings)):
            return AdapterError("adapter_used_by", adapter=error.words["adapter"], integration=user)
    return error


async def async_sentence(hass: HomeAssistant, selector: str, key: str) -> str:
    """Return a sentence of the translations in the language of this Home Assistant."""
    return (await async_selector_words(hass, selector))[key]


async def async_selector_words(hass: HomeAssistant, selector: str) -> dict[str, str]:
    """Return the words of a selector's options in the language of this Home Assistant."""
    texts = await async_get_translations(hass, hass.config.language, "selector", {DOMAIN})
    prefix = f"component.{DOMAIN}.selector.{selector}.options."
    return {key.removeprefix(prefix): text for key, text in texts.items() if key.startswith(prefix)}


def report_words(report: Report) -> dict[str, str]:
    """Return the figures of a report as they are read."""
    return {
        "seconds": f"{report.seconds:.0f}",
        "frames": f"{report.frames}",
        "frames_per_second": f"{report.frames_per_second:.0f}",
        "load": f"{report.load * 100:.0f}",
        "nodes": f"{report.nodes}",
        "errors": f"{report.errors}",
    }


def all_buses(hass: HomeAssistant) -> list[tuple[ConfigEntry, str, str]]:
    """Return every bus of every coach: entry, key and place."""
    return [
        (entry, str(bus.unique_id), place_of(bus.data[CONF_KIND], bus.data[CONF_SETTINGS]))
        for entry in hass.config_entries.async_entries(DOMAIN)
        for bus in entry.get_subentries_of_type(BUS)
    ]


def new_bus_key(hass: HomeAssistant, name: str) -> str:
    """Return a key for a new bus that no bus of any coach has."""
    taken = {key for _, key, _ in all_buses(hass)}
    slug = slugify(name) or BUS
    numbered = (f"{slug}_{number}" for number in range(2, len(taken) + 3))
    return slug if slug not in taken else next(key for key in numbered if key not in taken)


def adapter_at(adapters: Mapping[str, Adapter], place: str) -> Adapter:
    """Return the adapter at a place; raises AdapterError when it was unplugged meanwhile."""
    if place not in adapters:
        raise AdapterError("adapter_missing", adapter=place.partition(":")[2])
    return adapters[place]


def are_names(answers: Mapping[str, Any], *fields: str) -> bool:
    """Tell whether each field holds a name of which a key can be made."""
    return all(slugify(answers[field]) not in ("", "unknown") for field in fields)


def check_unused(hass: HomeAssistant, place: str, own_key: str | None = None) -> None:
    """Raise AdapterError when another bus is at this place."""
    for entry, key, taken in all_buses(hass):
        if taken == place and key != own_key:
            raise AdapterError("adapter_used", adapter=place, coach=entry.title)


def offers(hass: HomeAssistant, place: str) -> list[str]:
    """Return the flows that offer a discovered adapter at this place."""
    return [
        flow["flow_id"]
        for flow in hass.config_entries.flow.async_progress_by_init_data_type(
            UsbServiceInfo, lambda usb: place_of("slcan", {"port": usb.device}) == place
        )
        if flow["handler"] == DOMAIN
    ]


def serial_ports(adapters: Mapping[str, Adapter]) -> list[str]:
    """Return the serial ports among the adapters present."""
    return [
        str(adapter.settings["port"]) for adapter in adapters.values() if adapter.kind == "slcan"
    ]


def bus_data(
    key: str, kind: str, settings: Settings, answers: Mapping[str, Any]
) -> ConfigSubentryData:
    """Return a bus as it is stored; the simulated coach is told the bus it is on."""
    stored = {"bus": key} if kind == SIMULATOR else dict(settings)
    return ConfigSubentryData(
        subentry_type=BUS,
        title=answers[CONF_NAME].strip(),
        unique_id=key,
        data={
            CONF_KIND: kind,
            CONF_SETTINGS: stored,
            CONF_PROTOCOL: answers.get(CONF_PROTOCOL, RV_C),
            CONF_LISTEN_ONLY: answers.get(CONF_LISTEN_ONLY, False),
        },
    )
