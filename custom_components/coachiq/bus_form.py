"""What the flows ask about a bus: which adapter, which settings, and whether they will do."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
from homeassistant.util import slugify
import voluptuous as vol

from .bus import KINDS, Adapter, Setting, available_adapters, check_adapter
from .bus.adapters import Settings, place_of
from .bus.codec.slcan import BITRATES
from .bus.port import BITRATE
from .bus.python_can import interface_names
from .const import BUS, CONF_KIND, CONF_SETTINGS, DOMAIN
from .error import AdapterError

CONF_ADAPTER = "adapter"
# Adapters that are described by hand, and the simulated coach, which is always there.
BY_HAND = ("slcan", "other")
SIMULATOR = "simulator"


def adapter_schema(adapters: Mapping[str, Adapter]) -> vol.Schema:
    """Return the form that offers the adapters present, and those described by hand."""
    options = [
        *(
            SelectOptionDict(value=place, label=adapter.label)
            for place, adapter in adapters.items()
        ),
        *(SelectOptionDict(value=kind, label=kind) for kind in (SIMULATOR, *BY_HAND)),
    ]
    return vol.Schema(
        {
            vol.Required(CONF_ADAPTER): SelectSelector(
                SelectSelectorConfig(
                    options=options, mode=SelectSelectorMode.LIST, translation_key=CONF_ADAPTER
                )
            )
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
    default = setting.default
    return vol.Required(setting.name, default=str(default))


def _selector(setting: Setting, ports: list[str]) -> TextSelector | SelectSelector:
    """Return what a setting is entered with."""
    choices = {
        "port": ports,
        "interface": interface_names(),
        "bitrate": [str(bitrate) for bitrate in BITRATES],
    }
    if setting.kind == "text":
        return TextSelector()
    return SelectSelector(
        SelectSelectorConfig(
            options=choices[setting.kind],
            mode=SelectSelectorMode.DROPDOWN,
            custom_value=setting.kind != "bitrate",
        )
    )


def entered_settings(kind: str, answers: Mapping[str, Any]) -> Settings:
    """Return the settings that a form was filled with."""
    settings: dict[str, str | int] = {
        setting.name: str(answers.get(setting.name, "")).strip() for setting in KINDS[kind].settings
    }
    if "bitrate" in settings:
        settings["bitrate"] = int(settings["bitrate"] or BITRATE)
    return settings


async def async_adapters(hass: HomeAssistant) -> dict[str, Adapter]:
    """Return the adapters that are present, by the place that names them."""
    found = await hass.async_add_executor_job(available_adapters)
    return {place_of(adapter.kind, adapter.settings): adapter for adapter in found}


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


async def async_check(
    hass: HomeAssistant, kind: str, settings: Settings, own_key: str | None = None
) -> None:
    """Open and close the adapter; raises AdapterError when that fails or a bus has it already."""
    place = place_of(kind, settings)
    check_unused(hass, place, own_key)
    running = next((taken for _, key, taken in all_buses(hass) if key == own_key), None)
    if running != place:
        await hass.async_add_executor_job(check_adapter, kind, settings)


def serial_ports(adapters: Mapping[str, Adapter]) -> list[str]:
    """Return the serial ports among the adapters present."""
    return [
        str(adapter.settings["port"]) for adapter in adapters.values() if adapter.kind == "slcan"
    ]


def bus_data(key: str, name: str, kind: str, settings: Settings) -> ConfigSubentryData:
    """Return a bus as it is stored; the simulated coach is told the bus it is on."""
    stored = {"bus": key} if kind == SIMULATOR else dict(settings)
    return ConfigSubentryData(
        subentry_type=BUS,
        title=name,
        unique_id=key,
        data={CONF_KIND: kind, CONF_SETTINGS: stored},
    )
