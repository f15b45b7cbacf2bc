"""A bus that dies and comes back: its things do the same, with no reload."""

import asyncio
from collections.abc import AsyncGenerator

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .conftest import coach_entry, set_up, until

ON = b"T19FEDA8E8247CC8FCFF0504FF\r"


class Gateway:
    """A slcan adapter behind TCP that can be switched off and on."""

    def __init__(self) -> None:
        """Begin switched off."""
        self.port = 0
        self._server: asyncio.Server | None = None
        self._clients: list[asyncio.StreamWriter] = []

    async def switch_on(self) -> None:
        """Listen, on the same port as before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def switch_off(self) -> None:
        """Cut every connection."""
        self._server.close()
        for client in self._clients:
            client.transport.abort()
        self._clients.clear()
        await asyncio.sleep(0)

    def send(self, line: bytes) -> None:
        """Send a line to whoever is connected."""
        for client in self._clients:
            client.write(line)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Keep a connection."""
        self._clients.append(writer)
        while await reader.read(100):
            pass


@pytest.fixture
async def gateway(socket_enabled: None) -> AsyncGenerator[Gateway]:
    """Return a gateway that is on."""
    gateway = Gateway()
    await gateway.switch_on()
    yield gateway
    await gateway.switch_off()


@pytest.fixture
async def entry(hass: HomeAssistant, gateway: Gateway) -> AsyncGenerator[MockConfigEntry]:
    """Return a coach behind the gateway."""
    settings = {"port": f"socket://127.0.0.1:{gateway.port}", "bitrate": 250000}
    bus = ConfigSubentryData(
        subentry_type="bus",
        title="House",
        unique_id="house",
        data={"kind": "slcan", "settings": settings},
    )
    entry = coach_entry(bus, transmit=False)
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
    gateway.send(ON)
    await asyncio.sleep(0.15)
    gateway.send(ON)
    await until(lambda: state() == "on")
    connection = "binary_sensor.house_network_connectivity"
    assert hass.states.get(connection).state == "on"
    await gateway.switch_off()
    await until(lambda: state() == "unavailable", 1)
    assert hass.states.get(connection).state == "off"
    assert coordinator.links["house"].count.problem.key == "bus_lost"
    await asyncio.sleep(1.2)
    await gateway.switch_on()
    await until(lambda: state() == "unknown", 5)
    gateway.send(ON)
    await until(lambda: state() == "on")
    assert entry.runtime_data is coordinator, "nothing was reloaded"
    assert coordinator.links["house"].count.openings == 2


async def test_set_up_does_not_wait_for_the_adapter(hass: HomeAssistant, gateway: Gateway) -> None:
    """An adapter that is not there yet delays nothing, and is opened when it comes."""
    await gateway.switch_off()
    settings = {"port": f"socket://127.0.0.1:{gateway.port}", "bitrate": 250000}
    bus = ConfigSubentryData(
        subentry_type="bus",
        title="House",
        unique_id="house",
        data={"kind": "slcan", "settings": settings},
    )
    entry = coach_entry(bus, transmit=False)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    link = entry.runtime_data.links["house"]
    await until(lambda: link.count.problem is not None)
    assert link.count.problem.key == "gateway_unreachable"
    await gateway.switch_on()
    await until(lambda: entry.runtime_data.is_up("house"), 5)
    await hass.config_entries.async_unload(entry.entry_id)
