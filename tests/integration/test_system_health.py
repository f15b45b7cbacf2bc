"""What Home Assistant's system information tells of the coaches."""

from collections.abc import AsyncGenerator
from typing import Any

from homeassistant.components.system_health import get_info
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.coachiq.const import DOMAIN
from tests.gateway import Gateway

from .conftest import Peer, coach_entry, until, virtual_bus
from .test_availability import bus_behind
from .test_bus_health import let_interval_pass
from .test_texts import EN

DIMMER = "19FEDA8E#197CC8FCFFFF00FF"
RED_LAMP = "19FECA42#4565002000FFFFFF"


async def info(hass: HomeAssistant) -> dict[str, Any]:
    """Return what is told of us."""
    told: dict[str, Any] = {**await get_info(hass)}[DOMAIN]
    return told


@pytest.fixture
async def gateway(socket_enabled: None) -> AsyncGenerator[Gateway]:
    """Return a gateway that is on."""
    gateway = Gateway()
    await gateway.open()
    yield gateway
    await gateway.close()


async def test_a_coach_is_told_of_in_a_few_lines(
    hass: HomeAssistant, peer: Peer, gateway: Gateway
) -> None:
    """One network is heard, the other is down; a node has its red lamp on."""
    assert await async_setup_component(hass, "system_health", {})
    second = bus_behind(gateway) | {"title": "Chassis", "unique_id": "chassis"}
    await gateway.close()
    entry = coach_entry(virtual_bus(peer.channel), second, name="Aspire", transmit=False)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    links = entry.runtime_data.links
    await until(lambda: links["house"].state == "up" and links["chassis"].count.problem is not None)
    told = await info(hass)
    assert told.keys() == EN["system_health"]["info"].keys()
    assert (told["frames_per_second"], told["bus_load"]) == ("House -, Chassis -",) * 2
    await let_interval_pass(hass)
    await peer.appear(DIMMER, RED_LAMP)
    await until(lambda: len(entry.runtime_data.coach.lines["house"].intake.nodes) == 2)
    await let_interval_pass(hass)
    told = await info(hass)
    assert told["coaches"] == "Aspire"
    assert told["networks_up"] == "1 of 2"
    assert told["frames_per_second"].endswith(", Chassis -")
    assert float(told["frames_per_second"].split()[1].strip(",")) > 0
    assert told["nodes"] == 2
    assert (told["things"], told["silent_things"]) == (len(entry.runtime_data.coach.things), 0)
    fault, down = sorted(told["problems"].split("; "), reverse=True)
    assert fault == "Node 42 on House reports a serious fault"
    assert down.startswith("Chassis is down: ")
    assert "does not answer" in down
    await hass.config_entries.async_unload(entry.entry_id)
    told = await info(hass)
    assert (told["networks_up"], told["things"], told["problems"]) == ("0 of 0", 0, "none")
