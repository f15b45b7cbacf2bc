"""What is wrong with a bus that is up, and names that mean nothing, become repairs and go again."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from homeassistant.components.repairs.const import DOMAIN as REPAIRS
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coachiq import bus_issue, bus_trouble
from custom_components.coachiq.bus import health
from custom_components.coachiq.coach import citizen, coach
from custom_components.coachiq.const import DOMAIN

from .conftest import Peer, coach_entry, set_up, until, virtual_bus

FIRST, SECOND = "0100200000000080", "0200200000000080"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often, and tell at once."""
    monkeypatch.setattr(bus_issue, "LOOK", timedelta(seconds=0.1))
    rows = tuple(replace(row, lasts=min(row.lasts, 0.3)) for row in bus_trouble.BUS_TROUBLES)
    monkeypatch.setattr(bus_trouble, "BUS_TROUBLES", rows)
    monkeypatch.setattr(bus_trouble, "INPUT_MISSING_FOR", 0.3)


def words(hass: HomeAssistant, key: str) -> dict[str, str] | None:
    """Return the words of our issue of that kind, None while there is none."""
    for (domain, _), issue in ir.async_get(hass).issues.items():
        if domain == DOMAIN and issue.active and issue.translation_key == key:
            return issue.translation_placeholders or {}
    return None


async def test_too_many_things(
    hass: HomeAssistant, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says how many were left out, and is gone with the coach."""
    monkeypatch.setattr(coach, "MOST_THINGS", 2)
    entry = coach_entry(virtual_bus(peer.channel), transmit=False)
    await set_up(hass, entry)
    frames = [f"19FFB780#{number:02X}01040000000000" for number in range(4)]
    await peer.appear(*frames[:2])
    await asyncio.sleep(0.3)
    assert words(hass, "too_many_things") is None
    await peer.appear(*frames)
    await until(lambda: words(hass, "too_many_things") is not None)
    assert words(hass, "too_many_things") == {"bus": "House", "most": "1000", "left_out": "2"}
    await hass.config_entries.async_unload(entry.entry_id)
    assert words(hass, "too_many_things") is None


async def test_no_address_is_left(hass: HomeAssistant, peer: Peer) -> None:
    """Somebody claims whatever address we ask for."""
    entry = coach_entry(virtual_bus(peer.channel))
    await set_up(hass, entry)
    async with asyncio.timeout(20):
        while words(hass, "no_address") is None:
            for frame in peer.take():
                if frame[2:4] == "EA" and frame[9:15] == "00EE00":
                    await peer.send(f"18EEFF{frame[4:6]}#0100000000000000", settle=False)
            await asyncio.sleep(0.005)
    assert words(hass, "no_address") == {"bus": "House"}
    await hass.config_entries.async_unload(entry.entry_id)


async def test_two_nodes_of_one_address(
    hass: HomeAssistant, peer: Peer, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time it is asked who has it, both answer; a claim that is settled is no trouble."""
    monkeypatch.setattr(citizen, "CONTEST_TIME", 2.0)

    async def answer(*names: str) -> None:
        await peer.wait_for("18EA46")
        for name in names:
            await peer.send(f"18EEFF46#{name}", settle=False)

    for name in (FIRST, SECOND):
        await peer.send(f"18EEFF46#{name}")
    # The weaker one has moved away.
    for _ in range(4):
        await answer(FIRST)
    assert words(hass, "address_shared") is None
    await asyncio.sleep(2.1)
    for name in (FIRST, SECOND):
        await peer.send(f"18EEFF46#{name}")
    for _ in range(3):
        await answer(FIRST, SECOND)
    await until(lambda: words(hass, "address_shared") is not None)
    assert words(hass, "address_shared") == {"bus": "House", "addresses": "46"}
    await until(lambda: words(hass, "address_shared") is None)


async def test_nothing_but_errors_is_heard(
    hass: HomeAssistant, peer: Peer, listener: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bitrate is told, which may be the wrong one; what nobody acknowledges is no trouble."""
    monkeypatch.setattr(health, "SILENT_AFTER", 0.0)
    link, gauge = listener.runtime_data.links["house"], listener.runtime_data.gauges["house"]

    async def go_wrong(kind: str) -> None:
        for _ in range(12):
            link.count.errors[kind] += 20
            gauge.measure()
            await asyncio.sleep(0.1)

    await go_wrong("no_acknowledge")
    assert words(hass, "bus_unreadable") is None
    await go_wrong("protocol")
    assert words(hass, "bus_unreadable") == {"bus": "House", "bitrate": "250000"}
    await until(lambda: words(hass, "bus_unreadable") is None)


async def test_an_input_that_is_not_there(
    hass: HomeAssistant, peer: Peer, listener: MockConfigEntry
) -> None:
    """The thing, as it is called, and the entity are told, until the entity is back."""
    await peer.appear("19FFB780#0001040000000000")
    inputs = {"inputs": {"park_brake": "binary_sensor.brake"}}
    things = {"house-awning-1": inputs, "house-tank-0": inputs}
    hass.config_entries.async_update_entry(listener, options={**listener.options, "things": things})
    await until(lambda: words(hass, "input_missing") is not None)
    assert words(hass, "input_missing") == {
        "missing": "- house-awning-1: binary_sensor.brake\n- Fresh water tank: binary_sensor.brake"
    }
    hass.states.async_set("binary_sensor.brake", "on")
    await until(lambda: words(hass, "input_missing") is None)


async def test_decisions_about_a_bus_that_is_gone(
    hass: HomeAssistant, peer: Peer, listener: MockConfigEntry
) -> None:
    """They are shown, and forgotten when the owner says so."""
    assert await async_setup_component(hass, REPAIRS, {})
    kept = {"house-dimmer-1": {"kind": "hidden"}}
    gone = {"chassis-tank-1": {"kind": "hidden"}, "chassis-tank-2": {"kind": "hidden"}}
    hass.config_entries.async_update_entry(
        listener, options={**listener.options, "things": {**kept, **gone}}
    )
    await until(lambda: words(hass, "bus_unknown") is not None)
    assert words(hass, "bus_unknown") == {"coach": "Coach"}
    flows = hass.data[REPAIRS]["flow_manager"]
    issue = f"bus_unknown_{listener.entry_id}"
    form = await flows.async_init(DOMAIN, data={"issue_id": issue})
    assert form["type"] is FlowResultType.MENU
    assert form["description_placeholders"]["things"] == "- chassis-tank-1\n- chassis-tank-2"
    done = await flows.async_configure(form["flow_id"], {"next_step_id": "forget"})
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert listener.options["things"] == kept
    await until(lambda: words(hass, "bus_unknown") is None)
    # It is set up again, which may not have begun yet.
    await hass.async_block_till_done()
    await until(lambda: listener.state is ConfigEntryState.LOADED)
