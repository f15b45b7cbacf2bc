"""What nodes say of themselves: what they are, and what is wrong with them."""

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coachiq.const import DOMAIN
from custom_components.coachiq.coordinator import CONNECTED

from .conftest import Peer

# A water heater (DSA 101, 65) of node 80: red lamp, burner (SPN 256) above normal; then all well.
LIGHT = "19FEDA80#247CC8FCFF0504FF"
RED = "19FECA80#4565002000FFFFFF"
WELL = "19FECA80#0565FFFFFFFFFFFF"
# "Acme*Boiler*42*": opened by a broadcast of 15 bytes in three packets.
PRODUCT = (
    "1CECFF80#200F0003FFEBFE00",
    "1CEBFF80#0141636D652A426F",
    "1CEBFF80#02696C65722A3432",
    "1CEBFF80#032AFFFFFFFFFFFF",
)
PROBLEM = "binary_sensor.node_80_problem"
FAULT = "event.node_80_fault"


def issues(hass: HomeAssistant) -> list[ir.IssueEntry]:
    """Return the repairs for red lamps."""
    return [
        issue
        for (domain, name), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and name.startswith("node_red_lamp")
    ]


async def test_a_fault_is_told_in_words_until_it_is_gone(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    await peer.send(RED)
    state = hass.states.get(PROBLEM)
    assert state.state == "on"
    (fault,) = state.attributes["faults"]
    assert fault.startswith("water heater")
    (issue,) = issues(hass)
    assert issue.translation_placeholders == {
        "faults": f"- {fault}",
        "node": "Node 80",
        "bus": "House",
    }
    await peer.send(WELL)
    assert hass.states.get(PROBLEM).state == "off"
    assert hass.states.get(PROBLEM).attributes["faults"] == []
    assert issues(hass) == []


async def test_a_fault_that_appears_and_clears_is_an_event(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    told: list[tuple[str, str]] = []

    @callback
    def hear(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if event.data["entity_id"] == FAULT and state and state.attributes.get("event_type"):
            told.append((state.attributes["event_type"], state.attributes["fault"]))

    hass.bus.async_listen(EVENT_STATE_CHANGED, hear)
    for _ in range(3):
        await peer.send(RED)
    await peer.send(WELL)
    await peer.send(WELL)
    (fault,) = {fault for _, fault in told}
    assert fault.startswith("water heater")
    assert [happening for happening, _ in told] == ["appeared", "cleared"]
    assert hass.states.get(FAULT).attributes["event_type"] == "cleared"
    # What the outage hides is not cleared by it, and is told anew after it.
    await peer.send(RED)
    first = hass.states.get(FAULT).state
    told.clear()
    listener.runtime_data.coach.bus_down("house")
    listener.runtime_data._tell("house", {CONNECTED})
    assert hass.states.get(FAULT).state == "unavailable"
    listener.runtime_data.coach.bus_up("house")
    listener.runtime_data._tell("house", {CONNECTED})
    await peer.send(RED)
    assert {happening for happening, _ in told} == {"appeared"}
    assert hass.states.get(FAULT).state > first


async def test_nothing_of_a_fault_is_left_when_the_coach_is_closed(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    await peer.send(RED)
    assert issues(hass)
    await hass.config_entries.async_unload(listener.entry_id)
    assert issues(hass) == []


async def test_the_device_of_a_node_shows_what_it_is(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    await peer.appear(LIGHT)

    def node() -> dr.DeviceEntry:
        found = dr.async_get(hass).async_get_device_by_identifier(
            (DOMAIN, "house-node-sa-80"), listener.entry_id
        )
        assert isinstance(found, dr.DeviceEntry)
        return found

    assert (node().manufacturer, node().model) == (None, None)
    for packet in PRODUCT:
        await peer.send(packet)
    assert (node().manufacturer, node().model, node().serial_number) == ("Acme", "Boiler", "42")
    assert node().name == "Node 80"


async def test_nodes_are_asked_what_they_are(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    assert await peer.wait_for("18EAFF9D#EBFE00", timeout=12)
