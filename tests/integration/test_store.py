"""What was learnt is kept; what cannot be read is left alone; diagnostics tell of both."""

from typing import Any

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.coachiq import store

from .conftest import Peer, coach_entry, set_up, until, virtual_bus

ON = "19FEDA8E#247CC8FCFF0504FF"


async def test_written_as_home_assistant_stops(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer, hass_storage: dict[str, Any]
) -> None:
    """The form of version 1, which every later release reads."""
    await peer.appear(ON, "19FFB79C#00051CFFFFFFFFFF", "18EE008E#6712E00D00000080")
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    assert hass.states.get("light.dimmer_36").state == "on", "its last state is not overwritten"
    stored = hass_storage[f"coachiq.{listener.entry_id}"]
    assert (stored["version"], stored["data"]) == (
        1,
        {
            "things": [
                {
                    "bus": "house",
                    "family": "dimmer",
                    "key": [36],
                    "answers": None,
                    "last_level": 100.0,
                },
                {
                    "bus": "house",
                    "family": "tank",
                    "key": [0],
                    "answers": None,
                    "last_level": None,
                },
            ],
            "nodes": {"house": {"142": "n111.4711"}},
        },
    )


async def test_a_newer_file_is_left_alone(
    hass: HomeAssistant, peer: Peer, hass_storage: dict[str, Any]
) -> None:
    """After a downgrade the coach works without what was learnt, and does not destroy it."""
    entry = coach_entry(virtual_bus(peer.channel), transmit=False)
    newer = {"version": 2, "minor_version": 1, "key": "x", "data": {"things": {"new": "form"}}}
    hass_storage[f"coachiq.{entry.entry_id}"] = dict(newer)
    await set_up(hass, entry)
    await peer.appear(ON)
    assert hass.states.get("light.dimmer_36").state == "on"
    await hass.config_entries.async_unload(entry.entry_id)
    assert hass_storage[f"coachiq.{entry.entry_id}"] == newer


async def test_things_of_a_removed_bus_or_family_are_not_made(
    hass: HomeAssistant, peer: Peer, hass_storage: dict[str, Any]
) -> None:
    """The file may be older than the entry."""
    entry = coach_entry(virtual_bus(peer.channel), transmit=False)
    rows = [("gone", "dimmer"), ("house", "teleporter"), ("house", "dimmer")]
    hass_storage[f"coachiq.{entry.entry_id}"] = {
        "version": 1,
        "minor_version": 1,
        "key": "x",
        "data": {
            "things": [
                {"bus": bus, "family": family, "key": [7], "answers": True, "last_level": 50}
                for bus, family in rows
            ]
        },
    }
    await set_up(hass, entry)
    assert hass.states.async_entity_ids("light") == ["light.dimmer_7"]
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert f"coachiq.{entry.entry_id}" not in hass_storage


async def test_diagnostics(
    hass: HomeAssistant,
    listener: MockConfigEntry,
    peer: Peer,
    hass_client: ClientSessionGenerator,
    socket_enabled: None,
) -> None:
    """They tell what was heard, what was made of it, and what was not."""
    await peer.appear(ON, "19FFB79C#02FFFFFFFFFFFFFF", "1ABCDE12#00", "19FEDA8E#24")
    listener.runtime_data.coach.lines["house"].intake.tick(hass.loop.time())
    report = await get_diagnostics_for_config_entry(hass, hass_client, listener)
    bus = report["buses"]["house"]
    assert (bus["state"], bus["address"], bus["received"]) == ("up", None, 8)
    assert list(bus["nodes"]) == ["12", "8E", "9C"]
    assert bus["unknown_dgns"] == {"0BC00": 1}
    assert bus["rejected"] == {"house-tank-2": "no data"}
    thing = report["things"]["house-dimmer-36"]
    assert (thing["node"], thing["reports"]) == ("8E", "not asked")
    assert thing["values"]["level"] == "100.0"


async def test_written_soon_after_something_was_learnt(
    hass: HomeAssistant,
    listener: MockConfigEntry,
    peer: Peer,
    hass_storage: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A coach loses its power without a warning: the last level must be kept before that."""
    monkeypatch.setattr(store, "SAVE_DELAY", 0.05)
    monkeypatch.setattr(store, "SAVE_PAUSE", 0.05)
    await peer.appear(ON)

    def saved() -> float | None:
        content = hass_storage.get(f"coachiq.{listener.entry_id}")
        return content and content["data"]["things"][0]["last_level"]

    await until(lambda: saved() == 100.0)
    await peer.send("19FEDA8E#247C50FCFF0504FF")
    await until(lambda: saved() == 40.0)


async def test_the_name_on_the_bus_is_nobody_elses(
    hass: HomeAssistant, peer: Peer, hass_storage: dict[str, Any]
) -> None:
    """Two installations with a coach of the same name contest an address as two nodes."""
    claims = set()
    for installation in ("a" * 32, "b" * 32):
        hass.data.pop("core.uuid", None)
        hass_storage["core.uuid"] = {
            "version": 1,
            "minor_version": 1,
            "key": "core.uuid",
            "data": {"uuid": installation},
        }
        entry = coach_entry(virtual_bus(peer.channel))
        await set_up(hass, entry)
        claims.add((await peer.wait_for("18EE00")).split("#")[1])
        await hass.config_entries.async_remove(entry.entry_id)
    assert len(claims) == 2
