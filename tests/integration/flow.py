"""Going through the flows as an owner does, in the tests."""

from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigSubentry,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import translation

from custom_components.coachiq.const import DOMAIN
from custom_components.coachiq.features import FEATURES, sections

# What a flow shows: one of Home Assistant's typed dictionaries, whose keys depend on the step.
type Form = Any
type Answers = dict[str, Any]

# What cannot be without it.
NEED_TRANSMIT = tuple(key for key, one in FEATURES.items() if "transmit" in one.needs)

HOUSE: Answers = {"name": "House", "protocol": "rv_c", "listen_only": False}
COACH: Answers = {"name": "Our Coach", "profile": "none", "transmit": False}


def other(channel: str, **settings: str) -> dict[str, str]:
    """Return what is entered for a virtual bus."""
    return {"interface": "virtual", "channel": channel, "bitrate": "250000", **settings}


async def start(hass: HomeAssistant, adapter: str = "") -> Form:
    """Begin to add a coach, and choose the adapter if one is named."""
    result: Form = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "user")
    return await go_on(hass, result, {"adapter": adapter}) if adapter else result


async def start_bus(
    hass: HomeAssistant, entry: ConfigEntry, bus: ConfigSubentry | None = None
) -> Form:
    """Begin to add a bus, or to change one."""
    context: Any = {"source": SOURCE_USER}
    if bus:
        context = {"source": SOURCE_RECONFIGURE, "subentry_id": bus.subentry_id}
    return await hass.config_entries.subentries.async_init((entry.entry_id, "bus"), context=context)


async def start_options(hass: HomeAssistant, entry: ConfigEntry, what: str = "settings") -> Form:
    """Open the options, and choose what to change."""
    menu: Form = await hass.config_entries.options.async_init(entry.entry_id)
    assert (menu["type"], menu["step_id"]) == (FlowResultType.MENU, "init")
    return await hass.config_entries.options.async_configure(
        menu["flow_id"], {"next_step_id": what}
    )


def chosen(**features: bool) -> Answers:
    """Return the answers about what CoachIQ may do that choose these features, and no others."""
    known = [feature for keys in sections().values() for feature in keys]
    assert features.keys() <= set(known)
    return {
        name: {feature: features[feature] for feature in keys if feature in features}
        for name, keys in sections().items()
        if features.keys() & set(keys)
    }


async def answer(hass: HomeAssistant, result: Form, answers: Answers) -> Form:
    """Answer what is shown, and return what is shown at once."""
    return await _flows(hass, result).async_configure(result["flow_id"], answers)


async def go_on(hass: HomeAssistant, result: Form, answers: Answers) -> Form:
    """Answer what is shown, and wait while the adapter is listened to."""
    result = await answer(hass, result, answers)
    if result["type"] is FlowResultType.SHOW_PROGRESS:
        assert result["progress_action"] == "listen"
        await hass.async_block_till_done()
        result = await _flows(hass, result).async_configure(result["flow_id"])
    return result


async def by_hand(hass: HomeAssistant, result: Form, kind: str, settings: Answers) -> Form:
    """Describe an adapter by hand."""
    if result["step_id"] == "user":
        result = await go_on(hass, result, {"adapter": "another"})
    assert result["step_id"] == "by_hand"
    result = await go_on(hass, result, {"kind": kind})
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, kind)
    return await go_on(hass, result, settings)


async def accept(hass: HomeAssistant, result: Form, **network: Any) -> Form:  # noqa: ANN401  # answers
    """Go on with what was heard, and answer about the network."""
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "heard")
    result = await go_on(hass, result, {"next_step_id": "network"})
    assert result["step_id"] == "network"
    return await go_on(hass, result, HOUSE | network)


def suggested(result: Form) -> Answers:
    """Return what a form is filled with."""
    return {
        str(key): key.description["suggested_value"]
        for key in result["data_schema"].schema
        if key.description
    }


def offered(result: Form) -> dict[str, str]:
    """Return what a form of one choice offers."""
    (selector,) = result["data_schema"].schema.values()
    return {option["value"]: option["label"] for option in selector.config["options"]}


async def sentence(hass: HomeAssistant, result: Form) -> str:
    """Return the error that the owner reads."""
    bus = isinstance(result["handler"], tuple)
    flow = "config_subentries" if bus else "config"
    texts = await translation.async_get_translations(hass, "en", flow, [DOMAIN])
    prefix = f"component.{DOMAIN}.{flow}." + ("bus." if bus else "")
    text = texts[f"{prefix}error.{result['errors']['base']}"]
    return text.format(**result["description_placeholders"])


def _flows(hass: HomeAssistant, result: Form) -> Any:  # noqa: ANN401  # of two kinds
    """Return the flows of which this is one."""
    bus = isinstance(result["handler"], tuple)
    return hass.config_entries.subentries if bus else hass.config_entries.flow
