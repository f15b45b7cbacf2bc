"""What the flows find out by themselves: what speaks on a network, sticks, and who has them."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
import threading

from homeassistant.components import usb
from homeassistant.components.usb import USBDevice
from homeassistant.config_entries import SOURCE_IGNORE, SOURCE_USB, ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.usb import UsbServiceInfo
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import serial

from custom_components.coachiq import bus_flow
from custom_components.coachiq.const import DOMAIN
from tests.bus.wiring import SerialPort
from tests.gateway import Gateway

from .conftest import coach_entry, until, virtual_bus
from .flow import (
    COACH,
    Answers,
    Form,
    accept,
    answer,
    by_hand,
    go_on,
    offered,
    sentence,
    start,
    start_bus,
    suggested,
)

# Frames of one kind of network each, as slcan writes them: an inverter, tanks and a dimmer; an
# engine; three digits of a vehicle's maker.
RV_C = ("T19FFB7808FF00C8FFFFFFFFFF", "T19FEDA8E8247C00FCFF0500FF", "T19FFFD45801FF00FFFFFFFFFF")
ENGINE = ("T0CF004008FF7D7D0000FFFFFF", "T18FEEE0084B5AFFFFFFFFFFFF", "T18FEF10085AFFFFFFFFFFFFFF")
FOREIGN = ("t1238FFFFFFFFFFFFFFFF",)

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
async def gateway() -> AsyncGenerator[Gateway]:
    """Return a slcan gateway on this machine."""
    gateway = Gateway()
    await gateway.open()
    yield gateway
    await gateway.close()


@pytest.fixture
def stick() -> Iterator[SerialPort]:
    """Return a slcan stick at a serial port."""
    stick = SerialPort()
    yield stick
    stick.close()


@pytest.fixture
async def usb_scan(hass: HomeAssistant) -> AsyncGenerator[None]:
    """Run Home Assistant's own USB discovery."""
    assert await async_setup_component(hass, "usb", {})
    yield
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()


async def speak(gateway: Gateway, lines: tuple[str, ...]) -> None:
    """Say the same things over and over, as a coach does."""
    while lines:
        for line in lines:
            await gateway.say(line)
        await asyncio.sleep(0.01)


async def heard(hass: HomeAssistant, form: Form, gateway: Gateway, lines: tuple[str, ...]) -> Form:
    """Describe a gateway by hand and return what is shown after listening to it."""
    talk = asyncio.create_task(speak(gateway, lines))
    settings = {"port": gateway.url, "bitrate": "250000"}
    result = await by_hand(hass, form, "slcan", settings)
    talk.cancel()
    return result


@pytest.mark.usefixtures("quick_listening")
@pytest.mark.parametrize(
    ("lines", "words", "network"),
    [
        (RV_C, "This is an RV-C network", {"name": "House", "protocol": "rv_c"}),
        (ENGINE, "This is the chassis network", {"name": "Chassis", "protocol": "j1939"}),
        (FOREIGN, "not enough is known of them", {"name": "House", "protocol": "rv_c"}),
        ((), "Nothing was heard", {"name": "House", "protocol": "rv_c"}),
    ],
    ids=["rv_c", "j1939", "foreign", "silent"],
)
async def test_what_is_heard_is_told_before_the_owner_commits(
    hass: HomeAssistant, gateway: Gateway, lines: tuple[str, ...], words: str, network: Answers
) -> None:
    """The verdict in words, the figures behind it, and the protocol that goes with it."""
    result = await heard(hass, await start(hass, "another"), gateway, lines)
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "heard")
    told = result["description_placeholders"]
    assert words in told["verdict"]
    assert (int(told["frames"]) > 0) is bool(lines)
    assert gateway.frames == [], "nothing is sent"
    result = await go_on(hass, result, {"next_step_id": "network"})
    # What is neither RV-C nor silent is not disturbed.
    assert suggested(result) == {**network, "listen_only": lines is FOREIGN}
    assert "electrically silent" in result["description_placeholders"]["silence"]
    hass.config_entries.flow.async_abort(result["flow_id"])


async def test_the_owner_listens_again_or_takes_another_adapter(
    hass: HomeAssistant, gateway: Gateway, quick_listening: None
) -> None:
    """What was heard is told anew; the other way leads back to the list."""
    result = await heard(hass, await start(hass, "another"), gateway, ())
    assert "Nothing was heard" in result["description_placeholders"]["verdict"]
    talk = asyncio.create_task(speak(gateway, RV_C))
    result = await go_on(hass, result, {"next_step_id": "listen"})
    talk.cancel()
    assert "RV-C" in result["description_placeholders"]["verdict"]
    result = await go_on(hass, result, {"next_step_id": "user"})
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "user")
    hass.config_entries.flow.async_abort(result["flow_id"])


async def test_another_bus_is_listened_to_as_the_first_is(
    hass: HomeAssistant, entry: MockConfigEntry, gateway: Gateway, quick_listening: None
) -> None:
    """A chassis network is added to a coach, and is stored as what it is."""
    result = await heard(hass, await start_bus(hass, entry), gateway, ENGINE)
    result = await accept(hass, result, name="Chassis", protocol="j1939")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"] == {
        "kind": "slcan",
        "settings": {"port": gateway.url, "bitrate": 250000},
        "protocol": "j1939",
        "listen_only": False,
    }
    await hass.async_block_till_done()
    await until(lambda: gateway.lines.count("S5") == 2)


async def test_an_adapter_that_is_lost_while_it_is_listened_to(
    hass: HomeAssistant, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form comes back with what was entered, and says so; it goes on once all is well."""
    monkeypatch.setattr(bus_flow, "SECONDS", 5)
    result = await go_on(hass, await start(hass, "another"), {"kind": "slcan"})
    settings = {"port": gateway.url, "bitrate": "250000"}
    result = await answer(hass, result, settings)
    assert (result["type"], result["step_id"]) == (FlowResultType.SHOW_PROGRESS, "listen")
    assert result["description_placeholders"] == {"adapter": gateway.url}
    await gateway.say(RV_C[0])
    await gateway.close()
    await hass.async_block_till_done()
    result = await hass.config_entries.flow.async_configure(result["flow_id"])
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "slcan")
    assert gateway.url in await sentence(hass, result)
    assert suggested(result) == settings
    result = await go_on(hass, result, settings)
    assert "does not answer" in await sentence(hass, result)
    monkeypatch.setattr(bus_flow, "SECONDS", 0.1)
    await gateway.open()
    result = await go_on(hass, result, settings)
    assert result["step_id"] == "heard"
    hass.config_entries.flow.async_abort(result["flow_id"])


@pytest.mark.parametrize("subentry", [False, True], ids=["coach", "bus"])
async def test_who_abandons_a_flow_leaves_no_adapter_open(
    hass: HomeAssistant, entry: MockConfigEntry, stick: SerialPort, subentry: bool
) -> None:
    """The listening ends, and the port is free for others at once."""
    threads = set(threading.enumerate())
    form = await (start_bus(hass, entry) if subentry else start(hass))
    form = await go_on(hass, form, {"adapter": "another"})
    form = await go_on(hass, form, {"kind": "slcan"})
    form = await answer(hass, form, {"port": stick.path, "bitrate": "250000"})
    await until(lambda: b"L\r" in stick.said)
    flows = hass.config_entries.subentries if subentry else hass.config_entries.flow
    flows.async_abort(form["flow_id"])
    await until(lambda: stick.said.endswith(b"C\r"))
    await until(lambda: can_be_opened(stick.path))
    assert b"M0" not in stick.said, "it was told to be silent"
    assert b"T" not in stick.said, "it never spoke"
    left = set(threading.enumerate()) - threads
    assert not [thread for thread in left if not thread.name.startswith("SyncWorker")]


def can_be_opened(path: str) -> bool:
    """Tell whether nobody else holds a serial port."""
    try:
        serial.Serial(path, exclusive=True).close()
    except serial.SerialException:
        return False
    return True


# Sticks that are plugged in


def plugged(path: str, number: str | None = "205A33") -> UsbServiceInfo:
    """Return what is told of a stick."""
    return UsbServiceInfo(
        device=path,
        vid="16D0",
        pid="117E",
        serial_number=number,
        manufacturer="Openlight Labs",
        description="CANable2 b158aa7 github.com/normaldotcom/canable2.git",
    )


async def discover(hass: HomeAssistant, info: UsbServiceInfo) -> Form:
    """Tell of a stick that was plugged in."""
    return await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USB}, data=info
    )


async def test_a_stick_that_is_plugged_in_is_offered(
    hass: HomeAssistant, usb_scan: None, stick: SerialPort, quick_listening: None
) -> None:
    """Home Assistant's own scan finds it by our matchers; a confirmation leads to the rest."""
    device = {"serial_number": "1", "manufacturer": "Openlight Labs"}
    sticks = [
        USBDevice(device=stick.path, vid="16D0", pid="117E", description="CANable2 x", **device),
        USBDevice(device="/dev/ttyMCS", vid="16D0", pid="117E", description="A meter", **device),
    ]
    usb.async_register_serial_port_scanner(hass, lambda _: sticks)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await until(lambda: bool(hass.config_entries.flow.async_progress_by_handler(DOMAIN)))
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["step_id"] == "usb_confirm"
    assert flow["context"]["title_placeholders"] == {"name": "CANable2 x"}
    result = await go_on(hass, flow, {})
    result = await go_on(hass, await accept(hass, result), COACH)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (bus,) = result["result"].subentries.values()
    assert bus.data["settings"] == {"port": stick.path, "bitrate": 250000}
    assert result["result"].unique_id == "our_coach"
    await hass.config_entries.async_remove(result["result"].entry_id)


async def test_a_stick_is_offered_once(hass: HomeAssistant, stick: SerialPort) -> None:
    """Two discoveries are one flow, even at another port; two sticks are two."""
    await discover(hass, plugged(stick.path))
    result = await discover(hass, plugged("/dev/ttyACM9"))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_in_progress")
    for other in (plugged("/dev/ttyACM8", "999"), plugged("/dev/ttyACM7", None)):
        assert (await discover(hass, other))["type"] is FlowResultType.FORM
    for flow in hass.config_entries.flow.async_progress_by_handler(DOMAIN):
        hass.config_entries.flow.async_abort(flow["flow_id"])


async def test_a_stick_that_a_bus_holds_is_not_offered(
    hass: HomeAssistant, stick: SerialPort
) -> None:
    """Whether that bus is of an entry that is set up or not."""
    bus = virtual_bus("x")
    bus["data"] = {"kind": "slcan", "settings": {"port": stick.path, "bitrate": 250000}}
    coach_entry(bus).add_to_hass(hass)
    result = await discover(hass, plugged(stick.path))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_a_stick_that_was_ignored_stays_so(hass: HomeAssistant, stick: SerialPort) -> None:
    """The owner said once that it is not for us; ignored sticks are no coaches to add it to."""
    flow = await discover(hass, plugged(stick.path))
    await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_IGNORE},
        data={"unique_id": "usb-205A33", "title": "CANable2"},
    )
    assert not [
        other
        for other in hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        if other["flow_id"] == flow["flow_id"]
    ]
    result = await discover(hass, plugged(stick.path))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    result = await discover(hass, plugged("/dev/ttyACM8", "999"))
    assert result["data_schema"].schema == {}
    hass.config_entries.flow.async_abort(result["flow_id"])


async def test_a_stick_is_added_to_a_coach_that_there_is(
    hass: HomeAssistant, entry: MockConfigEntry, stick: SerialPort, quick_listening: None
) -> None:
    """It becomes another network of it, running at once."""
    result = await discover(hass, plugged(stick.path))
    assert offered(result) == {entry.entry_id: "Coach", "new": "new"}
    assert suggested(result) == {"coach": entry.entry_id}
    result = await go_on(hass, result, {"coach": entry.entry_id})
    result = await accept(hass, result, name="Chassis", protocol="j1939")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "network_added")
    assert result["description_placeholders"] == {"bus": "Chassis", "coach": "Coach"}
    await hass.async_block_till_done()
    assert sorted(entry.runtime_data.links) == ["chassis", "house"]
    await until(lambda: entry.runtime_data.is_up("chassis"))


async def test_a_stick_that_cannot_be_opened_is_explained(
    hass: HomeAssistant, stick: SerialPort, quick_listening: None
) -> None:
    """The confirmation stays, and says why."""
    result = await discover(hass, plugged(stick.path))
    with serial.Serial(stick.path, exclusive=True):
        result = await go_on(hass, result, {})
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "usb_confirm")
    assert "is held by another program" in await sentence(hass, result)
    result = await go_on(hass, result, {})
    assert result["step_id"] == "heard"
    hass.config_entries.flow.async_abort(result["flow_id"])


async def test_a_stick_that_is_taken_by_hand_is_offered_no_more(
    hass: HomeAssistant, entry: MockConfigEntry, stick: SerialPort, quick_listening: None
) -> None:
    """The offer goes away as the bus is added; one that is confirmed too late is refused."""
    await discover(hass, plugged(stick.path))
    settings = {"port": stick.path, "bitrate": "250000"}
    result = await by_hand(hass, await start_bus(hass, entry), "slcan", settings)
    result = await accept(hass, result, name="Second")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    await hass.async_block_till_done()


async def test_two_ways_to_add_one_stick_to_a_coach(
    hass: HomeAssistant, entry: MockConfigEntry, stick: SerialPort, quick_listening: None
) -> None:
    """The one who comes second is refused, though the stick was free when it was confirmed."""
    result = await discover(hass, plugged(stick.path))
    late = await go_on(hass, result, {"coach": entry.entry_id})
    bus = virtual_bus("x", key="other")
    bus["data"] = {"kind": "slcan", "settings": {"port": stick.path, "bitrate": 250000}}
    coach_entry(bus, name="Other").add_to_hass(hass)
    result = await accept(hass, late)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "adapter_used")


# Ports that others use


@pytest.mark.usefixtures("quick_listening", "usb_scan")
async def test_who_holds_a_serial_port_is_named(
    hass: HomeAssistant, stick: SerialPort, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A port of another integration is not in the list; by hand, it is told whose it is."""
    from serial.tools import list_ports, list_ports_common  # noqa: PLC0415

    device = list_ports_common.ListPortInfo(stick.path)
    device.description, device.vid = "CANable2", 0x16D0
    monkeypatch.setattr(list_ports, "comports", lambda: [device])
    velbus = MockConfigEntry(domain="velbus", title="Bus", data={"port": stick.path})
    velbus.add_to_hass(hass)
    place = f"serial:{stick.path}"
    result = await start(hass)
    assert place in offered(result), "an entry that is not set up uses no port"
    velbus.mock_state(hass, ConfigEntryState.LOADED)
    hass.config_entries.flow.async_abort(result["flow_id"])
    result = await start(hass)
    assert place not in offered(result)
    settings = {"port": stick.path, "bitrate": "250000"}
    with serial.Serial(stick.path, exclusive=True):
        result = await by_hand(hass, result, "slcan", settings)
    assert await sentence(hass, result) == (
        f"{stick.path} is used by Velbus. Choose another adapter, or remove it there."
    )
    hass.config_entries.flow.async_abort(result["flow_id"])
    # Its library is not there to unload it.
    velbus.mock_state(hass, ConfigEntryState.NOT_LOADED)
