"""The actions: always there, clear when they cannot be done, and what each of them does."""

import asyncio
from collections.abc import AsyncGenerator
import json
from pathlib import Path
import time
from typing import Any

from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol
import yaml

from custom_components.coachiq import services, transfer
from custom_components.coachiq.bus.fingerprint import VERDICTS
from custom_components.coachiq.const import DOMAIN

from .conftest import Peer, coach_entry, set_up, until, virtual_bus

FOLDER = Path(services.__file__).parent
DIMMER = "19FEDA8E#247CC8FCFFFF00FF"
TANK = "19FFB780#0001040000000000"
LOAD = "19FFBD80#0100C80000000000"


async def call(hass: HomeAssistant, name: str, **data: object) -> dict[str, Any]:
    """Call an action and return its answer."""
    answer = await hass.services.async_call(DOMAIN, name, data, blocking=True, return_response=True)
    assert isinstance(answer, dict)
    return answer


@pytest.fixture
async def chassis(hass: HomeAssistant, channel: str) -> AsyncGenerator[Peer]:
    """Return the coach's end of a second bus."""
    peer = Peer(hass, f"{channel}-chassis")
    yield peer
    peer.bus.shutdown()


@pytest.fixture
async def two_buses(
    hass: HomeAssistant, peer: Peer, chassis: Peer
) -> AsyncGenerator[MockConfigEntry]:
    """Return a coach with two buses, which may transmit."""
    entry = coach_entry(
        virtual_bus(peer.channel), virtual_bus(chassis.channel, "chassis", "The chassis")
    )
    await set_up(hass, entry)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


def test_every_action_has_its_fields_texts_and_icon() -> None:
    """What is registered, described, translated and drawn is the same."""
    described = yaml.safe_load((FOLDER / "services.yaml").read_text(encoding="utf-8"))
    texts = json.loads((FOLDER / "translations" / "en.json").read_text(encoding="utf-8"))
    icons = json.loads((FOLDER / "icons.json").read_text(encoding="utf-8"))["services"]
    names = {action.name for action in (*services.ACTIONS, *services.TARGET_ACTIONS)}
    names.add("import_config")
    assert described.keys() == texts["services"].keys() == icons.keys() == names
    for action in services.ACTIONS:
        fields = {*map(str, action.fields), *([] if action.everywhere else ["config_entry_id"])}
        assert (described[action.name] or {"fields": {}})["fields"].keys() == fields
        assert texts["services"][action.name].get("fields", {}).keys() == fields
    fields = set(map(str, transfer.IMPORT_FIELDS))
    assert described["import_config"]["fields"].keys() == fields
    assert texts["services"]["import_config"]["fields"].keys() == fields
    for target in services.TARGET_ACTIONS:
        fields = set(map(str, target.fields))
        assert described[target.name]["target"]
        assert described[target.name]["fields"].keys() == fields
        assert texts["services"][target.name]["fields"].keys() == fields


def test_every_verdict_is_told_in_words() -> None:
    """The flow and whoever reads the action's answer find a sentence for each."""
    texts = json.loads((FOLDER / "translations" / "en.json").read_text(encoding="utf-8"))
    assert texts["selector"]["verdict"]["options"].keys() == set(VERDICTS)


async def test_actions_are_there_without_a_coach(hass: HomeAssistant) -> None:
    """They are registered once, and say that there is no coach."""
    assert await async_setup_component(hass, DOMAIN, {})
    for action in services.ACTIONS:
        assert hass.services.supports_response(DOMAIN, action.name) is action.response
    assert hass.services.supports_response(DOMAIN, "probe_bus") is SupportsResponse.ONLY
    with pytest.raises(ServiceValidationError, match="coachiq"):
        await call(hass, "probe_bus")
    with pytest.raises(ServiceValidationError) as raised:
        await call(hass, "probe_bus", config_entry_id="nobody")
    assert raised.value.translation_key == "service_config_entry_not_found"


async def test_a_coach_that_is_not_loaded_is_refused_in_words(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Named or not."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    for named in ({}, {"config_entry_id": entry.entry_id}):
        with pytest.raises(ServiceValidationError, match=r"Coach .* is not loaded"):
            await call(hass, "probe_bus", **named)


async def test_with_two_coaches_one_must_be_named(
    hass: HomeAssistant, entry: MockConfigEntry, channel: str
) -> None:
    """The other one is not listened to by chance."""
    other = coach_entry(virtual_bus(f"{channel}-other", "other"), name="Other", transmit=False)
    await set_up(hass, other)
    with pytest.raises(ServiceValidationError) as raised:
        await call(hass, "probe_bus", seconds=1)
    assert raised.value.translation_key == "service_found_multiple_config_entry_for_domain"
    answer = await call(hass, "probe_bus", seconds=1, config_entry_id=other.entry_id)
    assert answer["buses"].keys() == {"other"}
    assert await hass.config_entries.async_unload(other.entry_id)


async def test_all_buses_are_listened_to_at_once(
    hass: HomeAssistant, two_buses: MockConfigEntry, peer: Peer, chassis: Peer
) -> None:
    """Each has its own report, within the time of one; our own frames do not count."""
    await until(lambda: two_buses.runtime_data.links["house"].address is not None)
    began = time.monotonic()
    listening = asyncio.create_task(call(hass, "probe_bus", seconds=1.5))
    await asyncio.sleep(0.2)
    for _ in range(3):
        await peer.send(DIMMER, TANK, LOAD)
    await chassis.send("0CF00400#FF7D7D0000FFFFFF", "18FEEE00#6E6EFFFFFFFFFFFF")
    buses = (await listening)["buses"]
    assert time.monotonic() - began < 2.8, "one after the other would take 3 s"
    house, engine = buses["house"], buses["chassis"]
    assert (house["verdict"], house["also"], house["frames"], house["nodes"]) == ("rv_c", [], 9, 2)
    assert {row["identifier"]: row["frames"] for row in house["identifiers"]} == {
        "19FEDA8E": 3,
        "19FFB780": 3,
        "19FFBD80": 3,
    }
    assert house["seconds"] == pytest.approx(1.5, abs=0.3)
    assert house["frames_per_second"] == pytest.approx(9 / house["seconds"], rel=0.1)
    assert 0 < house["load"] < 0.01
    assert (engine["verdict"], engine["frames"], engine["nodes"]) == ("j1939", 2, 1)
    assert json.loads(json.dumps(buses)) == buses


@pytest.mark.parametrize("name", ["chassis", "The chassis"])
async def test_a_bus_is_named_by_its_key_or_its_name(
    hass: HomeAssistant, two_buses: MockConfigEntry, name: str
) -> None:
    """Only that one is listened to."""
    answer = await call(hass, "probe_bus", bus=name, seconds=1)
    assert answer["buses"].keys() == {"chassis"}
    assert answer["buses"]["chassis"]["verdict"] == "no_traffic"


async def test_a_bus_that_is_not_there_is_an_error_that_names_those_that_are(
    hass: HomeAssistant, two_buses: MockConfigEntry
) -> None:
    """It says what can be named instead."""
    with pytest.raises(ServiceValidationError) as raised:
        await call(hass, "probe_bus", bus="basement", seconds=1)
    assert str(raised.value) == "Coach has no network “basement”. It has: house, chassis"


async def test_a_bus_that_is_down_is_told_with_its_reason(hass: HomeAssistant, peer: Peer) -> None:
    """Alone it is an error; beside others its reason stands where its report would be."""
    gone = virtual_bus("", "chassis", "The chassis")
    port = "/dev/serial/by-id/no-such-stick"
    data = {"kind": "slcan", "settings": {"port": port, "bitrate": 250000}}
    entry = coach_entry(virtual_bus(peer.channel), {**gone, "data": data}, transmit=False)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    coordinator = entry.runtime_data
    await until(lambda: coordinator.is_up("house") and coordinator.links["chassis"].count.problem)
    reason = f"{port} is not there. Plug the adapter in, or bring the interface up, then try again."
    with pytest.raises(HomeAssistantError) as raised:
        await call(hass, "probe_bus", bus="chassis", seconds=1)
    assert not isinstance(raised.value, ServiceValidationError)
    assert str(raised.value) == f"The network The chassis cannot be listened to: {reason}"
    buses = (await call(hass, "probe_bus", seconds=1))["buses"]
    assert buses["chassis"] == {"problem": reason}
    assert buses["house"]["verdict"] == "no_traffic"
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_listening_sends_nothing_and_leaves_nothing_behind(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """Not a frame is seen on the bus, and nobody listens afterwards."""
    listening = asyncio.create_task(call(hass, "probe_bus", seconds=1))
    await asyncio.sleep(0.1)
    await peer.send(DIMMER)
    assert (await listening)["buses"]["house"]["frames"] == 1
    assert peer.take() == []
    assert listener.runtime_data.links["house"]._taps == []


@pytest.mark.parametrize("seconds", [0.5, 31, "long"])
async def test_the_time_has_its_bounds(
    hass: HomeAssistant, entry: MockConfigEntry, seconds: float | str
) -> None:
    """Neither too short to hear anything, nor longer than anyone waits."""
    with pytest.raises(vol.Invalid):
        await call(hass, "probe_bus", seconds=seconds)
