"""How a bus and its nodes are, as an owner sees it and as diagnostics tell it."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta

from homeassistant.core import Event, EventStateChangedData, HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)

from custom_components.coachiq import async_remove_config_entry_device, node_sensor
from custom_components.coachiq.const import DOMAIN
from custom_components.coachiq.diagnostics import async_get_config_entry_diagnostics
from tests.gateway import Gateway

from .conftest import Peer, coach_entry, set_up, until
from .test_availability import bus_behind

DIMMER = "19FEDA8E#247CC8FCFFFF00FF"
TANK = "19FFB780#0001040000000000"
UNKNOWN = "19FED142#6432FFFFFFFFFFFF"
UNKNOWN = "19FDE642#0011223344556677"
STATE, LOAD, RATE = (f"sensor.house_network_{name}" for name in ("state", "load", "frame_rate"))
COUNTS = (
    *("error_frames", "garbled", "dropped", "reconnects", "last_frame"),
    *("decode_misses", "unknown_dgns", "command_latency"),
)


async def let_interval_pass(hass: HomeAssistant) -> None:
    """Let Home Assistant's timers believe that ten seconds have passed."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=10.5))
    await hass.async_block_till_done()


async def enable(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Enable all entities, as an owner does, and set the coach up with them."""
    registry = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        if entity.disabled_by:
            registry.async_update_entity(entity.entity_id, disabled_by=None)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await until(lambda: all(map(entry.runtime_data.is_up, entry.runtime_data.links)))


def said(hass: HomeAssistant, unique_id: str) -> str:
    """Return the state of an entity by its unique id."""
    entity_id = er.async_get(hass).async_get_entity_id("sensor", DOMAIN, unique_id)
    state = hass.states.get(str(entity_id))
    assert state, unique_id
    return state.state


def test_sensors_of_a_bus_by_default(hass: HomeAssistant, listener: MockConfigEntry) -> None:
    """Three are shown at once, the others are there to be enabled; all are diagnostic."""
    assert hass.states.get(STATE).state == "listening"
    assert hass.states.get(LOAD).state == "unknown"
    assert hass.states.get(LOAD).attributes["unit_of_measurement"] == "%"
    assert hass.states.get(RATE).attributes["unit_of_measurement"] == "frames/s"
    registry = er.async_get(hass)
    bus = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, "bus-house"), listener.entry_id
    )
    (subentry,) = listener.subentries
    for name in ("state", "load", "frame_rate", *COUNTS):
        entity = registry.async_get(
            str(registry.async_get_entity_id("sensor", DOMAIN, f"bus-house-{name}"))
        )
        assert entity.entity_category == "diagnostic"
        assert entity.device_id == bus.id
        assert entity.config_subentry_id == subentry
        assert bool(entity.disabled_by) is (name in COUNTS)


async def test_health_is_measured_at_intervals(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """No frame writes a state; the interval does, and only what is different."""
    changes: list[Event[EventStateChangedData]] = async_capture_events(hass, "state_changed")

    def changed() -> set[str]:
        return {event.data["entity_id"] for event in changes}

    await peer.send(*[UNKNOWN] * 300)
    assert not changed()
    await let_interval_pass(hass)
    assert changed() == {LOAD, RATE}
    assert float(hass.states.get(LOAD).state) > 1
    assert float(hass.states.get(RATE).state) > 10
    await let_interval_pass(hass)
    assert hass.states.get(LOAD).state == "0.0"
    changes.clear()
    await let_interval_pass(hass)
    assert not changed()


async def test_a_bus_that_may_send_becomes_ready(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """With an address it is more than listened to."""
    await until(lambda: hass.states.get(STATE).state == "ready")


@pytest.fixture
async def gateway(socket_enabled: None) -> AsyncGenerator[Gateway]:
    """Return a gateway that is on."""
    gateway = Gateway()
    await gateway.open()
    yield gateway
    await gateway.close()


async def test_a_bus_that_goes_down_says_so_at_once(hass: HomeAssistant, gateway: Gateway) -> None:
    """Its sensors stay available: they are what tells of it; what went wrong is counted."""
    entry = coach_entry(bus_behind(gateway), transmit=False)
    await set_up(hass, entry)
    await enable(hass, entry)
    assert said(hass, "bus-house-last_frame") == "unknown"
    await gateway.say("T19FFFF4280011223344556677")
    await gateway.say("this is no frame")
    link = entry.runtime_data.links["house"]
    await until(lambda: link.count.received == 1 and link.garbled > 0)
    await let_interval_pass(hass)
    heard = dt_util.parse_datetime(said(hass, "bus-house-last_frame"), raise_on_error=True)
    assert abs(dt_util.utcnow() - heard) < timedelta(seconds=5)
    assert float(said(hass, "bus-house-load")) > 0
    assert int(said(hass, "bus-house-garbled")) > 0
    assert said(hass, "bus-house-reconnects") == "0"
    await gateway.close()
    await until(lambda: hass.states.get(STATE).state == "down")
    assert hass.states.get(LOAD).state == hass.states.get(RATE).state == "unknown"
    assert said(hass, "bus-house-garbled") != "unavailable"
    await gateway.open()
    await until(lambda: hass.states.get(STATE).state == "listening")
    await let_interval_pass(hass)
    assert said(hass, "bus-house-reconnects") == "1"
    await hass.config_entries.async_unload(entry.entry_id)
    assert hass.states.get(STATE).state == "unavailable"


async def hear_twice(hass: HomeAssistant, entry: MockConfigEntry, peer: Peer, frame: str) -> None:
    """Let a node speak until it is known that it came back."""
    source = int(frame[6:8], 16)
    intake = entry.runtime_data.coach.lines["house"].intake

    async with asyncio.timeout(5):
        while not ((node := intake.nodes.get(source)) and node.longest):
            await peer.send(frame, settle=False)
            await asyncio.sleep(0.1)
    await let_interval_pass(hass)


async def test_nodes_are_seen(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each node has a device that says when it was heard, with a thing or without one."""
    await peer.appear(DIMMER)
    await hear_twice(hass, listener, peer, UNKNOWN)
    registry = er.async_get(hass)
    for source in ("8e", "42"):
        entity = registry.async_get(
            str(registry.async_get_entity_id("sensor", DOMAIN, f"house-node-sa-{source}-last_seen"))
        )
        assert entity.disabled_by
        device = dr.async_get(hass).async_get(entity.device_id)
        assert device.identifiers == {(DOMAIN, f"house-node-sa-{source}")}
        assert device.name == f"Node {source.upper()}"
    await enable(hass, listener)
    assert said(hass, "house-node-sa-42-last_seen") == "unknown", "not heard since the start"
    await hear_twice(hass, listener, peer, UNKNOWN)
    first = said(hass, "house-node-sa-42-last_seen")
    assert abs(dt_util.utcnow() - dt_util.parse_datetime(first, raise_on_error=True)) < timedelta(
        seconds=5
    )
    assert said(hass, "house-node-sa-8e-last_seen") == "unknown"
    intake = listener.runtime_data.coach.lines["house"].intake
    before = intake.nodes[0x42].heard
    await asyncio.sleep(1.0)
    await peer.send(UNKNOWN)
    await until(lambda: intake.nodes[0x42].heard > before)
    await let_interval_pass(hass)
    assert said(hass, "house-node-sa-42-last_seen") == first, "once a minute is enough"
    monkeypatch.setattr(node_sensor, "WRITING_INTERVAL", 0.0)
    await let_interval_pass(hass)
    assert said(hass, "house-node-sa-42-last_seen") > first


async def test_one_frame_makes_no_node(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """Nor does who has no address, however often it speaks."""
    await peer.send(UNKNOWN)
    await hear_twice(hass, listener, peer, "18EEFFFE#0500E0FF00000080")
    intake = listener.runtime_data.coach.lines["house"].intake
    assert {0x42, 0xFE} <= intake.nodes.keys()
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), listener.entry_id)
    assert not [device for device in devices if device.name.startswith("Node")]


async def test_a_node_can_be_deleted_when_it_is_gone(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it speaks it would come back at once, and cannot."""
    await hear_twice(hass, listener, peer, UNKNOWN)
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, "house-node-sa-42"), listener.entry_id
    )
    assert not await async_remove_config_entry_device(hass, listener, device)
    monkeypatch.setattr("custom_components.coachiq.NODE_SILENCE", 0.5)
    await asyncio.sleep(0.6)
    assert await async_remove_config_entry_device(hass, listener, device)


async def test_diagnostics_tell_of_health(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """What a maintainer asks first is there."""
    await peer.send(*[UNKNOWN] * 50)
    listener.runtime_data.links["house"].count.errors["bus_off"] += 1
    await let_interval_pass(hass)
    bus = (await async_get_config_entry_diagnostics(hass, listener))["buses"]["house"]
    assert bus["protocol"] == "rv_c"
    assert bus["listen_only"] is False
    assert bus["errors"] == {"bus_off": 1}
    assert (bus["garbled"], bus["dropped"], bus["follows"]) == (0, 0, False)
    assert bus["load"] > 0
    assert 0 <= bus["heard_seconds_ago"] < 5


async def test_what_is_not_understood_and_how_long_commands_take(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    """Unknown DGNs and frames without their key are counted, over a reconnection too."""
    await enable(hass, entry)
    await peer.appear("19FEDA8E#247C00FCFF0500FF")
    await let_interval_pass(hass)
    assert said(hass, "bus-house-command_latency") == "unknown"
    assert (said(hass, "bus-house-unknown_dgns"), said(hass, "bus-house-decode_misses")) == (
        "0",
        "0",
    )
    await peer.send(*["19FD0142#0011223344556677"] * 2, "19FD0242#00", "19FEDA8E#")
    light = er.async_get(hass).async_get_entity_id("light", DOMAIN, "house-dimmer-36-light")
    turn_on = hass.async_create_task(
        hass.services.async_call("light", "turn_on", {"entity_id": light}, blocking=True)
    )
    await peer.wait_for("19FEDB")
    await asyncio.sleep(0.1)
    await peer.send("19FEDA8E#247CC8FCFF0504FF")
    await turn_on
    await let_interval_pass(hass)
    assert 90 < float(said(hass, "bus-house-command_latency")) < 800
    assert (said(hass, "bus-house-unknown_dgns"), said(hass, "bus-house-decode_misses")) == (
        "2",
        "4",
    )
    entry.runtime_data.coach.lines["house"].intake.forget()
    await let_interval_pass(hass)
    assert said(hass, "bus-house-decode_misses") == "4"
