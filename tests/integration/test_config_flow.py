"""Adding a coach and its buses, changing them, and every mistake on the way."""

from collections.abc import Iterator
import json
import os
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import serial

from custom_components.coachiq import bus_flow
from custom_components.coachiq.bus.fingerprint import VERDICTS
from custom_components.coachiq.bus_flow import BusSteps
from custom_components.coachiq.bus_form import ANOTHER, BY_HAND, SIMULATOR
from custom_components.coachiq.const import DOMAIN

from .conftest import coach_entry, virtual_bus
from .flow import (
    COACH,
    HOUSE,
    NEED_TRANSMIT,
    Form,
    accept,
    by_hand,
    chosen,
    go_on,
    offered,
    other,
    sentence,
    start,
    start_bus,
    start_options,
    suggested,
)

EN = json.loads(
    Path(bus_flow.__file__).with_name("translations").joinpath("en.json").read_text("utf-8")
)

pytestmark = pytest.mark.usefixtures("quick_listening")


@pytest.fixture
def port() -> Iterator[tuple[int, str]]:
    """Return a serial port that nobody answers on: its far end and its path."""
    far, near = os.openpty()
    yield far, os.ttyname(near)
    os.close(far)
    os.close(near)


async def remove(hass: HomeAssistant) -> None:
    """Unload every coach."""
    for entry in hass.config_entries.async_entries(DOMAIN):
        await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()


async def test_a_blank_is_an_error_of_the_form(hass: HomeAssistant, channel: str) -> None:
    """The form is shown again, with what was entered; filled in it goes on."""
    result = await by_hand(hass, await start(hass, "another"), "other", other("   "))
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "other")
    assert await sentence(hass, result) == "A field is empty that must not be. Fill it in."
    assert suggested(result)["interface"] == "virtual"
    result = await go_on(hass, result, other(channel))
    assert result["step_id"] == "heard"


async def test_describe_a_bus_by_hand(hass: HomeAssistant, channel: str) -> None:
    """The entry holds the coach, its first bus as a subentry, and the flags as options."""
    result = await by_hand(hass, await start(hass, "another"), "other", other(channel))
    result = await accept(hass, result)
    assert result["step_id"] == "coach"
    result = await go_on(hass, result, COACH)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    assert (entry.title, entry.unique_id) == ("Our Coach", "our_coach")
    assert entry.data == {"coach": "our_coach", "profile": None}
    assert entry.options == {"features": {"transmit": False}}
    (bus,) = entry.subentries.values()
    assert (bus.title, bus.unique_id, bus.subentry_type) == ("House", "house", "bus")
    assert bus.data == {
        "kind": "other",
        "settings": {
            "interface": "virtual",
            "channel": channel,
            "bitrate": 250000,
            "extras": "",
        },
        "protocol": "rv_c",
        "listen_only": False,
    }
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
    result = await by_hand(hass, await start(hass, "another"), "other", answers)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "other")
    assert words in await sentence(hass, result)
    assert suggested(result)["channel"] == answers["channel"]
    result = await accept(hass, await go_on(hass, result, other(channel)))
    await go_on(hass, result, COACH)
    await remove(hass)


async def test_serial_port_missing_taken_and_free(
    hass: HomeAssistant, port: tuple[int, str], channel: str
) -> None:
    """A serial port is opened for us alone; one that another program holds is refused."""
    result = await by_hand(
        hass, await start(hass, "another"), "slcan", {"port": "/dev/ttyNOPE", "bitrate": "250000"}
    )
    assert await sentence(hass, result) == (
        "/dev/ttyNOPE is not there. Plug the adapter in, or bring the interface up, then try again."
    )
    with serial.Serial(port[1], exclusive=True):
        result = await go_on(hass, result, {"port": port[1], "bitrate": "250000"})
    assert await sentence(hass, result) == (
        f"{port[1]} is held by another program. Close that program, or choose another adapter."
    )
    result = await go_on(hass, result, {"port": port[1], "bitrate": "250000"})
    assert result["step_id"] == "heard"
    hass.config_entries.flow.async_abort(result["flow_id"])


async def test_an_adapter_carries_one_bus(
    hass: HomeAssistant, entry: MockConfigEntry, channel: str
) -> None:
    """The adapter of any bus of any coach is refused, in either flow."""
    result = await by_hand(hass, await start(hass, "another"), "other", other(channel))
    assert await sentence(hass, result) == (
        f"virtual:{channel} already carries a bus of Coach. Choose another adapter."
    )
    result = await by_hand(hass, await start_bus(hass, entry), "other", other(channel))
    assert "already carries a bus" in await sentence(hass, result)
    result = await go_on(hass, result, other(f"{channel}-second"))
    result = await accept(hass, result, name="Chassis", protocol="j1939", listen_only=True)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert (result["data"]["protocol"], result["data"]["listen_only"]) == ("j1939", True)
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
    assert bus.data == {
        "kind": "simulator",
        "settings": {"bus": "house_2"},
        "protocol": "rv_c",
        "listen_only": False,
    }
    await hass.config_entries.async_remove(result["result"].entry_id)


async def test_reconfigure_keeps_the_key(
    hass: HomeAssistant, entry: MockConfigEntry, channel: str
) -> None:
    """A bus gets another name and adapter; a wrong one changes nothing."""
    (bus,) = entry.subentries.values()
    result = await start_bus(hass, entry, bus)
    assert result["step_id"] == "user"
    result = await go_on(hass, result, {"adapter": "another"})
    assert suggested(result) == {"kind": "other"}
    result = await go_on(hass, result, {"kind": "other"})
    assert suggested(result) == other(channel, extras="")
    result = await go_on(hass, result, other("x", interface="nonsense"))
    assert "python-can does not know" in await sentence(hass, result)
    assert entry.subentries[bus.subentry_id] == bus
    result = await go_on(hass, result, other(f"{channel}-new"))
    result = await accept(hass, result, name="Coach side", listen_only=True)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    await hass.async_block_till_done()
    (changed,) = entry.subentries.values()
    assert (changed.title, changed.unique_id) == ("Coach side", "house")
    assert changed.data["settings"]["channel"] == f"{channel}-new"
    assert changed.data["listen_only"] is True
    assert entry.state is ConfigEntryState.LOADED
    assert suggested(await network_form(hass, entry)) == {
        "name": "Coach side",
        "protocol": "rv_c",
        "listen_only": True,
    }


async def network_form(hass: HomeAssistant, entry: MockConfigEntry) -> Form:
    """Return the last form of changing the only bus, whose adapter stays."""
    (bus,) = entry.subentries.values()
    result = await start_bus(hass, entry, bus)
    return await go_on(hass, result, suggested(result))


async def test_the_running_bus_is_not_in_its_own_way(
    hass: HomeAssistant, entry: MockConfigEntry, channel: str
) -> None:
    """It keeps its adapter, which is not listened to again, and gets other settings."""
    form = await network_form(hass, entry)
    assert form["step_id"] == "network"
    result = await go_on(hass, form, HOUSE | {"name": "Renamed", "protocol": "j1939"})
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    (bus,) = entry.subentries.values()
    assert (bus.title, bus.unique_id, bus.data["protocol"]) == ("Renamed", "house", "j1939")
    assert bus.data["settings"]["channel"] == channel


async def test_reconfigure_to_the_simulated_coach(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """It has no protocol to choose and nothing to listen to."""
    (bus,) = entry.subentries.values()
    result = await go_on(hass, await start_bus(hass, entry, bus), {"adapter": "simulator"})
    assert suggested(result) == {"name": "House"}
    result = await go_on(hass, result, {"name": "Simulated"})
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    (bus,) = entry.subentries.values()
    assert (bus.title, bus.data["kind"]) == ("Simulated", "simulator")
    assert suggested(await start_bus(hass, entry, bus))["adapter"] == "simulator"


async def test_options_take_effect(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """The flags are changed and the coach is set up again with them."""
    assert entry.runtime_data.links["house"].address is not None
    flow = await start_options(hass, entry)
    flow = await hass.config_entries.options.async_configure(
        flow["flow_id"],
        chosen(**dict.fromkeys((*NEED_TRANSMIT, "transmit", "discovery"), False)),
    )
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert not entry.options["features"]["transmit"]
    assert not entry.options["features"]["discovery"]
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
    result = await start(hass)
    place = f"serial:{port[1]}"
    assert offered(result)[place] == f"CANable2 ({port[1]})"
    assert not [label for label in offered(result).values() if "ttyS0" in label], "no USB device"
    with serial.Serial(port[1], exclusive=True):
        result = await go_on(hass, result, {"adapter": place})
    assert "is held by another program" in await sentence(hass, result)
    assert suggested(result) == {"adapter": place}
    result = await go_on(hass, result, {"adapter": place})
    assert result["step_id"] == "heard"
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
        "Choose another model by “Reconfigure” in the menu of the coach"
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
    result = await start(hass)
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
        result = await start_bus(hass, entry, bus)
        result = await go_on(hass, result, suggested(result))
        result = await go_on(hass, result, suggested(result) | {"name": name})
        assert result["reason"] == "reconfigure_successful"
        assert entry.subentries[bus.subentry_id].title == name
        assert entry.subentries[bus.subentry_id].data == {
            **bus_data["data"],
            "protocol": "rv_c",
            "listen_only": False,
        }


async def test_names_of_which_no_key_can_be_made(
    hass: HomeAssistant, entry: MockConfigEntry, channel: str
) -> None:
    """An empty name is refused where it is entered, of a coach and of a bus."""
    result = await go_on(hass, await start(hass, "simulator"), COACH | {"name": "  "})
    assert await sentence(hass, result) == "A name needs at least one letter or digit."
    hass.config_entries.flow.async_abort(result["flow_id"])
    result = await by_hand(hass, await start(hass, "another"), "other", other(f"{channel}-2"))
    result = await accept(hass, result, name="!")
    assert "letter or digit" in await sentence(hass, result)
    assert suggested(result)["name"] == "!"
    hass.config_entries.flow.async_abort(result["flow_id"])
    result = await go_on(hass, await start_bus(hass, entry), {"adapter": "simulator"})
    result = await go_on(hass, result, {"name": ""})
    assert "letter or digit" in await sentence(hass, result)


async def test_two_flows_cannot_take_one_adapter(
    hass: HomeAssistant, entry: MockConfigEntry, channel: str
) -> None:
    """The adapter is looked at again when the entry or the bus is made."""
    wanted = other(f"{channel}-2")
    forms = [
        await accept(hass, await by_hand(hass, await start(hass, "another"), "other", wanted))
        for _ in range(2)
    ]
    late = await by_hand(hass, await start_bus(hass, entry), "other", wanted)
    await go_on(hass, forms[0], COACH)
    result = await go_on(hass, forms[1], COACH | {"name": "Another"})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "adapter_used")
    result = await accept(hass, late)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "adapter_used")
    (added,) = (coach for coach in hass.config_entries.async_entries(DOMAIN) if coach is not entry)
    await hass.config_entries.async_remove(added.entry_id)


async def test_consent_to_transmit_is_asked_for(hass: HomeAssistant, channel: str) -> None:
    """Only the simulated coach may be controlled without the owner's saying so."""
    result = await start(hass, "simulator")
    assert suggested(result)["transmit"] is True
    hass.config_entries.flow.async_abort(result["flow_id"])
    result = await by_hand(hass, await start(hass, "another"), "other", other(channel))
    assert suggested(await accept(hass, result))["transmit"] is False
    hass.config_entries.flow.async_abort(result["flow_id"])


@pytest.mark.parametrize("kind", BY_HAND)
async def test_each_kind_can_be_described_by_hand(
    hass: HomeAssistant, entry: MockConfigEntry, kind: str
) -> None:
    """The step of a kind is there in both flows, with what is usual filled in."""
    for begun in (await start(hass, "another"), await start_bus(hass, entry)):
        result = begun
        if result["step_id"] == "user":
            result = await go_on(hass, result, {"adapter": "another"})
        assert kind in offered(result)
        result = await go_on(hass, result, {"kind": kind})
        assert (result["type"], result["step_id"]) == (FlowResultType.FORM, kind)
        assert result["data_schema"].schema


def test_each_step_and_choice_has_its_texts() -> None:
    """In both flows; and no text is left over of a step or a kind that is gone."""
    shared = {
        name.removeprefix("async_step_")
        for name in vars(BusSteps)
        if name.startswith("async_step_")
    }
    assert EN["config"]["step"].keys() == shared | {"coach", "reconfigure", "usb_confirm"}
    assert EN["config_subentries"]["bus"]["step"].keys() == shared
    chosen = EN["selector"]
    assert chosen["adapter"]["options"].keys() == {SIMULATOR, ANOTHER, *BY_HAND}
    assert chosen["verdict"]["options"].keys() == set(VERDICTS)
