"""A node's device stays the same whatever address the node has, once it has said who it is."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coachiq import node_place
from custom_components.coachiq.const import DOMAIN

from .conftest import Peer, until

LIGHT = "19FEDA8E#247CC8FCFFFF00FF"
# All is well: a water heater's node, the red lamp of which was never on.
WELL = "19FECA8E#0565FFFFFFFFFFFF"
# Firefly (755), serial number 4711; the same maker's 8.
CLAIM = "18EEFF8E#6712605E00000080"
OTHER = "18EEFF8E#0800605E00000080"
NAMED = "house-node-n755.4711"
# Maker 755, function 1 of instance 1, firmware 12, configuration 1.0.
CONFIGURATION = "19FED88E#F30A010C010000FF"
PROBLEM = "binary_sensor.node_8e_problem"


def at(address: int, frame: str) -> str:
    """Return a frame as it comes from another address."""
    return f"{frame[:6]}{address:02X}{frame[8:]}"


def device(hass: HomeAssistant, entry: MockConfigEntry, identifier: str) -> dr.DeviceEntry | None:
    """Return the device of a name."""
    found = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, identifier), entry.entry_id)
    return found if isinstance(found, dr.DeviceEntry) else None


async def settle(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Let the interval pass after which nodes are known by their names."""
    entry.runtime_data._measure(None)
    await hass.async_block_till_done()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait until all nodes have had the time to answer."""
    monkeypatch.setattr(node_place, "SETTLING", 0.0)


@pytest.fixture
async def known(hass: HomeAssistant, listener: MockConfigEntry, peer: Peer) -> MockConfigEntry:
    """Return a coach whose node 8E was heard, without a name."""
    await peer.appear(LIGHT)
    await peer.send(WELL)
    assert hass.states.get(PROBLEM).state == "off"
    return listener


async def test_a_device_goes_on_under_the_name_of_its_node(
    hass: HomeAssistant, known: MockConfigEntry, peer: Peer
) -> None:
    """With the same entities, and with what the owner calls it."""
    before = device(hass, known, "house-node-sa-8e")
    assert before
    dr.async_get(hass).async_update_device(before.id, name_by_user="Front panel")
    await peer.send(CLAIM, CONFIGURATION)
    await settle(hass, known)
    named = device(hass, known, NAMED)
    assert named
    assert (named.id, named.name_by_user) == (before.id, "Front panel")
    assert (named.manufacturer, named.sw_version) == ("Firefly", "12")
    assert device(hass, known, "house-node-sa-8e") is None
    entity = er.async_get(hass).async_get(PROBLEM)
    assert entity
    assert entity.unique_id == f"{NAMED}-problem"
    await peer.send("19FECA8E#4565002000FFFFFF")
    assert hass.states.get(PROBLEM).state == "on"
    # And so it is after a restart, before anything is heard.
    await known.runtime_data.store.async_save(known.runtime_data.coach)
    assert await hass.config_entries.async_reload(known.entry_id)
    await until(lambda: known.runtime_data.is_up("house"))
    await peer.send(WELL)
    assert hass.states.get(PROBLEM).state == "off"
    assert device(hass, known, "house-node-sa-8e") is None


async def test_a_node_that_moves_takes_its_device_with_it(
    hass: HomeAssistant, known: MockConfigEntry, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it had at its new address until it was known goes to its own."""
    await peer.send(CLAIM)
    await settle(hass, known)
    monkeypatch.setattr(node_place, "NODE_SILENCE", 0.0)
    await peer.send(at(0x42, CLAIM))
    await peer.appear(at(0x42, LIGHT))
    await peer.send(at(0x42, "19FECA8E#4565002000FFFFFF"))
    await settle(hass, known)
    named = device(hass, known, NAMED)
    assert named
    assert device(hass, known, "house-node-sa-42") is None
    assert hass.states.get(PROBLEM).state == "on", "it tells what the node says now"
    light = device(hass, known, "house-dimmer-36")
    assert light
    assert light.via_device_id == named.id
    owned = er.async_entries_for_device(er.async_get(hass), named.id)
    assert PROBLEM in {entity.entity_id for entity in owned}
    assert not hass.states.get("binary_sensor.node_42_problem")


async def test_two_that_tell_the_same_name_are_not_known_by_it(
    hass: HomeAssistant, known: MockConfigEntry, peer: Peer
) -> None:
    """Some makers give all that they make one number."""
    await peer.send(CLAIM, at(0x42, CLAIM), at(0x42, WELL))
    await settle(hass, known)
    assert device(hass, known, NAMED) is None
    assert device(hass, known, "house-node-sa-8e")
    assert device(hass, known, "house-node-sa-42")


async def test_another_node_at_the_same_address_is_another_device(
    hass: HomeAssistant, known: MockConfigEntry, peer: Peer
) -> None:
    """The one that was replaced stays until its owner deletes it."""
    await peer.send(CLAIM)
    await settle(hass, known)
    old = device(hass, known, NAMED)
    await peer.send(OTHER, at(0x8E, LIGHT))
    await settle(hass, known)
    await peer.send("19FECA8E#4565002000FFFFFF")
    new = device(hass, known, "house-node-n755.8")
    assert old
    assert new
    assert old.id != new.id
    light = device(hass, known, "house-dimmer-36")
    assert light
    assert light.via_device_id == new.id
    problem = er.async_get(hass).async_get_entity_id(
        "binary_sensor", DOMAIN, "house-node-n755.8-problem"
    )
    assert hass.states.get(str(problem)).state == "on"
