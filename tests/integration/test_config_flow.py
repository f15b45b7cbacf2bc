"""Adding a coach and its buses, changing them, and every mistake on the way."""

from collections.abc import Iterator
import os
from pathlib import Path
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import translation
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import serial

from custom_components.coachiq.const import DOMAIN

from .conftest import coach_entry, virtual_bus

# What a flow shows: one of Home Assistant's typed dictionaries, whose keys depend on the step.
type Form = Any

COACH = {"name": "Our Coach", "bus_name": "House", "profile": "none", "transmit": False}


def other(channel: str, **settings: str) -> dict[str, str]:
    """Return what is entered for a virtual bus."""
    return {"interface": "virtual", "channel": channel, "bitrate": "250000", **settings}


@pytest.fixture
def port() -> Iterator[tuple[int, str]]:
    """Return a serial port that nobody answers on: its far end and its path."""
    far, near = os.openpty()
    yield far, os.ttyname(near)
    os.close(far)
    os.close(near)


async def start(hass: HomeAssistant, adapter: str) -> Form:
    """Begin a flow and choose the adapter."""
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "user")
    return await hass.config_entries.flow.async_configure(result["flow_id"], {"adapter": adapter})


async def go_on(hass: HomeAssistant, result: Form, answers: dict[str, Any]) -> Form:
    """Answer the form that is shown."""
    return await hass.config_entries.flow.async_configure(result["flow_id"], answers)


async def sentence(hass: HomeAssistant, result: Form, flow: str = "config") -> str:
    """Return the error that the owner reads."""
    texts = await translation.async_get_translations(hass, "en", flow, [DOMAIN])
    prefix = f"component.{DOMAIN}.{flow}." + ("bus." if flow == "config_subentries" else "")
    text = texts[f"{prefix}error.{result['errors']['base']}"]
    return text.format(**result["description_placeholders"])


async def remove(hass: HomeAssistant) -> None:
    """Unload every coach."""
    for entry in hass.config_entries.async_entries(DOMAIN):
        await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()


async def test_describe_a_bus_by_hand(hass: HomeAssistant, channel: str) -> None:
    """The entry holds the coach, its first bus as a subentry, and the flags as options."""
    result = await start(hass, "other")
    assert result["step_id"] == "other"
    result = await go_on(hass, result, other(channel))
    assert result["step_id"] == "coach"
    result = await go_on(hass, result, COACH)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    assert (entry.title, entry.unique_id) == ("Our Coach", "our_coach")
    assert entry.data == {"coach": "our_coach", "profile": None}
    assert entry.options == {"transmit": False, "discover": True}
    (bus,) = entry.subentries.values()
    assert (bus.title, bus.unique_id, bus.subentry_type) == ("House", "house", "bus")
    assert bus.data["settings"]["bitrate"] == 250000
    assert entry.state is ConfigEntryState.LOADED
    await remove(hass)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (other("x", interface="nonsense"), "python-can does not know"),
        (other("can77", interface="socketcan"), "can77"),
        (other("x", extras="receive"), "“receive” is not of the form name=value"),
        (other("0", interface="gs_usb"), "needs the Python package"),
        (other("/dev/ttyNOPE", interface="slcan"), "/dev/ttyNOPE is not there"),
        (other("not-an-address", interface="udp_multicast"), "not-an-address cannot be opened"),
    ],
)
async def test_a_wrong_adapter_is_explained_and_can_be_mended(
    hass: HomeAssistant, channel: str, socket_enabled: None, answers: dict[str, Any], words: str
) -> None:
    """The form stays, says what is wrong with what, keeps what was entered, and goes on."""
    result = await go_on(hass, await start(hass, "other"), answers)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "other")
    assert words in await sentence(hass, result)
    result = await go_on(hass, result, other(channel))
    assert result["step_id"] == "coach"
    await go_on(hass, result, COACH)
    await remove(hass)


async def test_serial_port_missing_taken_and_free(
    hass: HomeAssistant, port: tuple[int, str], channel: str
) -> None:
    """A serial port is opened for us alone; one that another program holds is refused."""
    result = await start(hass, "slcan")
    assert result["step_id"] == "slcan"
    result = await go_on(hass, result, {"port": "/dev/ttyNOPE", "bitrate": "250000"})
    assert await sentence(hass, result) == (
        "/dev/ttyNOPE is not there. Plug the adapter in, or bring the interface up, then try again."
    )
    with serial.Serial(port[1], exclusive=True):
        result = await go_on(hass, result, {"port": port[1], "bitrate": "250000"})
    assert await sentence(hass, result) == (
        f"{port[1]} is held by another program. Close that program, or choose another adapter."
    )
    result = await go_on(hass, result, {"port": port[1], "bitrate": "250000"})
    assert result["step_id"] == "coach"
    hass.config_entries.flow.async_abort(result["flow_id"])


async def test_an_adapter_carries_one_bus(
    hass: HomeAssistant, entry: MockConfigEntry, channel: str
) -> None:
    """The adapter of any bus of any coach is refused, in either flow."""
    result: Form = await go_on(hass, await start(hass, "other"), other(channel))
    assert await sentence(hass, result) == (
        f"virtual:{channel} already carries a bus of Coach. Choose another adapter."
    )
    result = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "bus"), context={"source": SOURCE_USER}
    )
    configure = hass.config_entries.subentries.async_configure
    result = await configure(result["flow_id"], {"name": "Chassis", "adapter": "other"})
    result = await configure(result["flow_id"], other(channel))
    assert "already carries a bus" in await sentence(hass, result, "config_subentries")
    result = await configure(result["flow_id"], other(f"{channel}-second"))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert sorted(entry.runtime_data.links) == ["chassis", "house"]


async def test_a_coach_of_the_same_name_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Two coaches need two names: the name's key is who they are."""
    result = await go_on(hass, await start(hass, "simulator"), COACH | {"name": "coach"})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_bus_keys_are_unique_over_all_coaches(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """A second coach's House gets a key of its own, and keeps its title."""
    result = await go_on(hass, await start(hass, "simulator"), COACH)
    (bus,) = result["result"].subentries.values()
    assert (bus.title, bus.unique_id) == ("House", "house_2")
    assert bus.data == {"kind": "simulator", "settings": {"bus": "house_2"}}
    await hass.config_entries.async_remove(result["result"].entry_id)


async def test_reconfigure_keeps_the_key(
    hass: HomeAssistant, entry: MockConfigEntry, channel: str
) -> None:
    """A bus gets another name and adapter; a wrong one changes nothing."""
    (bus,) = entry.subentries.values()
    flow: Form = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "bus"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": bus.subentry_id},
    )
    assert flow["step_id"] == "reconfigure"
    configure = hass.config_entries.subentries.async_configure
    flow = await configure(flow["flow_id"], {"name": "Coach side", "adapter": "other"})
    suggested = {str(key): key.description["suggested_value"] for key in flow["data_schema"].schema}
    assert suggested == other(channel, extras="")
    flow = await configure(flow["flow_id"], other("x", interface="nonsense"))
    assert "python-can does not know" in await sentence(hass, flow, "config_subentries")
    assert entry.subentries[bus.subentry_id] == bus
    flow = await configure(flow["flow_id"], other(f"{channel}-new"))
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    await hass.async_block_till_done()
    (changed,) = entry.subentries.values()
    assert (changed.title, changed.unique_id) == ("Coach side", "house")
    assert changed.data["settings"]["channel"] == f"{channel}-new"
    assert entry.state is ConfigEntryState.LOADED


async def test_reconfigure_to_the_simulated_coach_and_rename_only(
    hass: HomeAssistant, entry: MockConfigEntry, channel: str
) -> None:
    """The running bus's own adapter is not in its own way."""
    (bus,) = entry.subentries.values()
    for name, answers in (("Renamed", other(channel)), ("Simulated", None)):
        flow: Form = await hass.config_entries.subentries.async_init(
            (entry.entry_id, "bus"),
            context={"source": SOURCE_RECONFIGURE, "subentry_id": bus.subentry_id},
        )
        adapter = "other" if answers else "simulator"
        configure = hass.config_entries.subentries.async_configure
        flow = await configure(flow["flow_id"], {"name": name, "adapter": adapter})
        if answers:
            flow = await configure(flow["flow_id"], answers)
        assert flow["reason"] == "reconfigure_successful"
        await hass.async_block_till_done()
        assert entry.subentries[bus.subentry_id].title == name
    assert entry.subentries[bus.subentry_id].data["kind"] == "simulator"


async def test_options_take_effect(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """The flags are changed and the coach is set up again with them."""
    assert entry.runtime_data.links["house"].address is not None
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    flow = await hass.config_entries.options.async_configure(
        flow["flow_id"], {"transmit": False, "discover": False}
    )
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert entry.options == {"transmit": False, "discover": False}
    assert entry.runtime_data.links["house"].address is None


async def test_adapters_present_are_offered(
    hass: HomeAssistant, port: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A CAN interface and a serial port of this machine can be chosen from the list."""
    from serial.tools import list_ports, list_ports_common  # noqa: PLC0415

    device = list_ports_common.ListPortInfo(port[1])
    device.description, device.vid = "CANable2", 0x16D0
    uart = list_ports_common.ListPortInfo("/dev/ttyS0")
    monkeypatch.setattr(list_ports, "comports", lambda: [uart, device])
    result: Form = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    (selector,) = result["data_schema"].schema.values()
    offered = {option["value"]: option["label"] for option in selector.config["options"]}
    place = f"serial:{port[1]}"
    assert offered[place] == f"CANable2 ({port[1]})"
    assert not [label for label in offered.values() if "ttyS0" in label], "no USB device"
    with serial.Serial(port[1], exclusive=True):
        result = await go_on(hass, result, {"adapter": place})
    assert "is held by another program" in await sentence(hass, result)
    result = await go_on(hass, result, {"adapter": place})
    assert result["step_id"] == "coach"
    hass.config_entries.flow.async_abort(result["flow_id"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"version": 1, "dgns": [', "rvc.json: cannot be read"),
        (
            (
                '{"version": 1, "rows": {"1FEDA": {"name": "DC_DIMMER_STATUS_3", "kind": "status", '
                '"key": "instance", "fields": [{"name": "instance", "at": "0"}]}}}'
            ),
            "1FEDA: has no field 'brightness'",
        ),
        (
            (
                '{"version": 1, "rows": {"1FEDB": {"name": "DC_DIMMER_COMMAND_2", '
                '"kind": "command", "key": "instance", '
                '"fields": [{"name": "instance", "at": "0"}]}}}'
            ),
            "1FEDB: has no field",
        ),
    ],
)
async def test_a_malformed_table_of_the_owner_is_explained(
    hass: HomeAssistant, channel: str, tmp_path: Path, content: str, said: str
) -> None:
    """The entry says what is wrong with the file, and is mended by mending it."""
    hass.config.config_dir = str(tmp_path)
    table = tmp_path / "coachiq" / "rvc.json"
    table.parent.mkdir()
    table.write_text(content, encoding="utf-8")
    entry = coach_entry(virtual_bus(channel))
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == "spec_wrong"
    assert said in entry.reason
    table.unlink()
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_an_unknown_profile_is_explained(hass: HomeAssistant, channel: str) -> None:
    """A profile that a later version dropped does not break the start."""
    entry = coach_entry(virtual_bus(channel), profile="no_such_coach")
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.reason == (
        "There is no coach profile no_such_coach. "
        "Remove the coach and add it again with another model"
    )


async def test_an_entry_of_a_newer_version_is_refused(hass: HomeAssistant, channel: str) -> None:
    """A downgrade leaves the entry alone."""
    entry = coach_entry(virtual_bus(channel))
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, version=2)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.MIGRATION_ERROR


async def test_an_adapter_that_is_unplugged_meanwhile(
    hass: HomeAssistant, port: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was offered and is gone when it is chosen is said to be missing."""
    from serial.tools import list_ports, list_ports_common  # noqa: PLC0415

    device = list_ports_common.ListPortInfo(port[1])
    device.description, device.vid = "CANable2", 0x16D0
    monkeypatch.setattr(list_ports, "comports", lambda: [device])
    result: Form = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    monkeypatch.setattr(list_ports, "comports", list)
    result = await go_on(hass, result, {"adapter": f"serial:{port[1]}"})
    assert (await sentence(hass, result)).startswith(f"{port[1]} is not there.")
    hass.config_entries.flow.async_abort(result["flow_id"])


async def test_renaming_keeps_the_settings_be_the_adapter_there_or_not(
    hass: HomeAssistant, port: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bus's own adapter is offered as it is; choosing it again changes nothing of it."""
    from serial.tools import list_ports, list_ports_common  # noqa: PLC0415

    device = list_ports_common.ListPortInfo(port[1])
    device.description, device.vid = "CANable2", 0x16D0
    bus_data = virtual_bus("x")
    bus_data["data"] = {"kind": "slcan", "settings": {"port": port[1], "bitrate": 500000}}
    entry = coach_entry(bus_data)
    entry.add_to_hass(hass)
    (bus,) = entry.subentries.values()
    for name, present in (("Plugged", [device]), ("Unplugged", [])):
        monkeypatch.setattr(list_ports, "comports", lambda present=present: present)
        flow: Form = await hass.config_entries.subentries.async_init(
            (entry.entry_id, "bus"),
            context={"source": SOURCE_RECONFIGURE, "subentry_id": bus.subentry_id},
        )
        suggested = {
            str(key): key.description["suggested_value"] for key in flow["data_schema"].schema
        }
        flow = await hass.config_entries.subentries.async_configure(
            flow["flow_id"], suggested | {"name": name}
        )
        assert flow["reason"] == "reconfigure_successful"
        assert entry.subentries[bus.subentry_id].title == name
        assert entry.subentries[bus.subentry_id].data == bus_data["data"]


async def test_names_of_which_no_key_can_be_made(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """An empty name is refused where it is entered, of a coach and of a bus."""
    for wrong in ({"name": "  "}, {"bus_name": "!"}):
        result = await go_on(hass, await start(hass, "simulator"), COACH | wrong)
        assert await sentence(hass, result) == "A name needs at least one letter or digit."
        hass.config_entries.flow.async_abort(result["flow_id"])
    flow: Form = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "bus"), context={"source": SOURCE_USER}
    )
    flow = await hass.config_entries.subentries.async_configure(
        flow["flow_id"], {"name": "", "adapter": "simulator"}
    )
    assert "letter or digit" in await sentence(hass, flow, "config_subentries")


async def test_two_flows_cannot_take_one_adapter(hass: HomeAssistant, channel: str) -> None:
    """The adapter is looked at again when the entry is made."""
    first = await go_on(hass, await start(hass, "other"), other(channel))
    second = await go_on(hass, await start(hass, "other"), other(channel))
    await go_on(hass, first, COACH)
    result = await go_on(hass, second, COACH | {"name": "Another"})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "adapter_used")
    await remove(hass)


async def test_consent_to_transmit_is_asked_for(hass: HomeAssistant, channel: str) -> None:
    """Only the simulated coach may be controlled without the owner's saying so."""
    for adapter, suggested in (("simulator", True), ("other", False)):
        result = await start(hass, adapter)
        if adapter == "other":
            result = await go_on(hass, result, other(channel))
        fields = {str(key): key.description for key in result["data_schema"].schema}
        assert fields["transmit"]["suggested_value"] is suggested
        hass.config_entries.flow.async_abort(result["flow_id"])
