"""A bus that dies and comes back: its things do the same, with no reload."""

import asyncio
from collections.abc import AsyncGenerator

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.gateway import Gateway

from .conftest import coach_entry, set_up, until

ON = "T19FEDA8E8247CC8FCFF0504FF"


def bus_behind(gateway: Gateway) -> ConfigSubentryData:
    """Return a bus that is reached through the gateway, as it is stored."""
    return ConfigSubentryData(
        subentry_type="bus",
        title="House",
        unique_id="house",
        data={"kind": "slcan", "settings": {"port": gateway.url, "bitrate": 250000}},
    )


@pytest.fixture
async def gateway(socket_enabled: None) -> AsyncGenerator[Gateway]:
    """Return a gateway that is on."""
    gateway = Gateway()
    await gateway.open()
    yield gateway
    await gateway.close()


@pytest.fixture
async def entry(hass: HomeAssistant, gateway: Gateway) -> AsyncGenerator[MockConfigEntry]:
    """Return a coach behind the gateway."""
    entry = coach_entry(bus_behind(gateway), transmit=False)
    await set_up(hass, entry)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_bus_dies_and_comes_back(
    hass: HomeAssistant, entry: MockConfigEntry, gateway: Gateway
) -> None:
    """Unavailable at once; unknown when the bus is back, and a state when the thing speaks."""

    def state() -> str | None:
        light = hass.states.get("light.dimmer_36")
        return light and light.state

    coordinator = entry.runtime_data
    await gateway.say(ON)
    await asyncio.sleep(0.15)
    await gateway.say(ON)
    await until(lambda: state() == "on")
    connection = "binary_sensor.house_network_connectivity"
    assert hass.states.get(connection).state == "on"
    await gateway.close()
    await until(lambda: state() == "unavailable", 1)
    assert hass.states.get(connection).state == "off"
    assert coordinator.links["house"].count.problem.key == "bus_lost"
    await asyncio.sleep(1.2)
    await gateway.open()
    await until(lambda: state() == "unknown", 5)
    await gateway.say(ON)
    await until(lambda: state() == "on")
    assert entry.runtime_data is coordinator, "nothing was reloaded"
    assert coordinator.links["house"].count.openings == 2


async def test_set_up_does_not_wait_for_the_adapter(hass: HomeAssistant, gateway: Gateway) -> None:
    """An adapter that is not there yet delays nothing, and is opened when it comes."""
    await gateway.close()
    entry = coach_entry(bus_behind(gateway), transmit=False)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    link = entry.runtime_data.links["house"]
    await until(lambda: link.count.problem is not None)
    assert link.count.problem.key == "gateway_unreachable"
    await gateway.open()
    await until(lambda: entry.runtime_data.is_up("house"), 5)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_what_is_unknown_and_what_is_pressed_goes_with_the_bus(
    hass: HomeAssistant, fixed_address: int, gateway: Gateway
) -> None:
    """A sensor without a value and the buttons are unavailable too, and come back."""
    entry = coach_entry(bus_behind(gateway))
    await set_up(hass, entry)
    for _ in range(2):
        # A light, and a generator that says nothing of its oil.
        await gateway.say(ON)
        await gateway.say("T19FFDC938005E010000FFFFFF")
        await asyncio.sleep(0.15)
    oil = "sensor.generator_oil_pressure"
    ids = (oil, "button.dimmer_36_identify", "button.generator_stop")

    def states() -> set[str]:
        return {state.state for entity in ids if (state := hass.states.get(entity))}

    await until(lambda: all(map(hass.states.get, ids)))
    assert states() == {"unknown"}
    await gateway.close()
    await until(lambda: states() == {"unavailable"}, 1)
    await gateway.open()
    await until(lambda: states() == {"unknown"}, 5)
    await hass.config_entries.async_unload(entry.entry_id)
