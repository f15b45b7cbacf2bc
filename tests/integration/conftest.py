"""A Home Assistant with one coach on a virtual bus, and the coach's own end of that bus."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator
from dataclasses import dataclass, field
import itertools

import can
from homeassistant.config_entries import ConfigEntryState, ConfigSubentryData
from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import (
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coachiq import bus_flow
from custom_components.coachiq.const import DOMAIN, FIXED_ADDRESS

ADDRESS = 0x9D
CHANNELS = itertools.count()


@pytest.fixture(autouse=True)
def _our_integration(enable_custom_integrations: None) -> None:
    """Let Home Assistant load the repository's integration."""


@pytest.fixture
def quick_listening(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the flows listen to an adapter for a moment only."""
    monkeypatch.setattr(bus_flow, "SECONDS", 0.3)


@dataclass
class Peer:
    """The coach's end of a virtual bus: sends real frames, and sees what is sent to it."""

    hass: HomeAssistant
    channel: str
    bus: can.BusABC = field(init=False)
    seen: list[tuple[int, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open the bus."""
        self.bus = can.Bus(interface="virtual", channel=self.channel)

    async def send(self, *frames: str, settle: bool = True) -> None:
        """Send frames written as `ID#DATA`, and wait until they are taken in."""
        for frame in frames:
            can_id, data = frame.split("#")
            self.bus.send(
                can.Message(
                    arbitration_id=int(can_id, 16), data=bytes.fromhex(data), is_extended_id=True
                )
            )
        if settle:
            await asyncio.sleep(0.05)
            await self.hass.async_block_till_done()

    async def appear(self, *frames: str) -> None:
        """Send frames twice, far enough apart to be believed."""
        await self.send(*frames)
        await asyncio.sleep(0.12)
        await self.send(*frames)

    def take(self) -> list[str]:
        """Return the frames seen since the last call, as `ID#DATA`."""
        while (message := self.bus.recv(0)) is not None:
            self.seen.append((message.arbitration_id, bytes(message.data)))
        frames = [f"{can_id:08X}#{data.hex().upper()}" for can_id, data in self.seen]
        self.seen.clear()
        return frames

    async def wait_for(self, prefix: str, timeout: float = 3.0) -> str:
        """Return the next frame that begins with these characters, and forget all others."""
        async with asyncio.timeout(timeout):
            while True:
                for frame in self.take():
                    if frame.startswith(prefix):
                        return frame
                await asyncio.sleep(0.005)


@pytest.fixture
def channel() -> str:
    """Return a virtual channel that no other test uses."""
    return f"test-{next(CHANNELS)}"


@pytest.fixture
async def peer(hass: HomeAssistant, channel: str) -> AsyncGenerator[Peer]:
    """Return the coach's end of the bus."""
    peer = Peer(hass, channel)
    yield peer
    peer.bus.shutdown()


def virtual_bus(channel: str, key: str = "house", title: str = "House") -> ConfigSubentryData:
    """Return a bus on a virtual channel, as it is stored."""
    return ConfigSubentryData(
        subentry_type="bus",
        title=title,
        unique_id=key,
        data={
            "kind": "other",
            "settings": {
                "interface": "virtual",
                "channel": channel,
                "bitrate": 250000,
                "extras": "",
            },
        },
    )


def coach_entry(
    *buses: ConfigSubentryData,
    name: str = "Coach",
    profile: str | None = None,
    transmit: bool = True,
    discover: bool = True,
) -> MockConfigEntry:
    """Return an entry of a coach with these buses."""
    return MockConfigEntry(
        domain=DOMAIN,
        title=name,
        unique_id=name.lower(),
        data={"coach": name.lower(), "profile": profile},
        minor_version=2,
        options={"features": {"transmit": transmit, "discovery": discover}},
        subentries_data=buses,
    )


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set an entry up and wait until its buses are open."""
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await until(lambda: all(map(entry.runtime_data.is_up, entry.runtime_data.links)))


async def allow(hass: HomeAssistant, entry: MockConfigEntry, *things: str) -> None:
    """Let the owner allow things to be operated that can hurt people; the coach is reloaded."""
    before = entry.runtime_data
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, "things": {thing: {"allowed": True} for thing in things}}
    )
    await until(lambda: entry.state is ConfigEntryState.LOADED and entry.runtime_data is not before)
    await until(lambda: all(map(entry.runtime_data.is_up, entry.runtime_data.links)))


async def until(condition: Callable[[], bool], timeout: float = 5.0) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(timeout):
        while not condition():
            await asyncio.sleep(0.005)


@pytest.fixture
def fixed_address(hass: HomeAssistant) -> int:
    """Give Home Assistant a source address that it need not claim."""
    hass.data[FIXED_ADDRESS] = ADDRESS
    return ADDRESS


@pytest.fixture
async def entry(
    hass: HomeAssistant, peer: Peer, fixed_address: int
) -> AsyncGenerator[MockConfigEntry]:
    """Return a coach on the peer's bus, set up and allowed to transmit."""
    entry = coach_entry(virtual_bus(peer.channel))
    await set_up(hass, entry)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture
async def listener(hass: HomeAssistant, peer: Peer) -> AsyncGenerator[MockConfigEntry]:
    """Return a coach on the peer's bus that may only listen."""
    entry = coach_entry(virtual_bus(peer.channel), transmit=False)
    await set_up(hass, entry)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


@dataclass(frozen=True, slots=True)
class Writes:
    """How often the state of each of our entities was written, by whether it was another one."""

    changed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)


@pytest.fixture
def writes(hass: HomeAssistant) -> Iterator[Writes]:
    """Count the states of our entities that are written."""
    counts = Writes()
    registry = er.async_get(hass)

    @callback
    def any_of(_: EventStateReportedData) -> bool:
        return True

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        counts.changed.update(ours(event.data["entity_id"]))

    @callback
    def reported(event: Event[EventStateReportedData]) -> None:
        counts.unchanged.update(ours(event.data["entity_id"]))

    def ours(entity_id: str) -> list[str]:
        entity = registry.async_get(entity_id)
        return [entity_id] if entity and entity.platform == DOMAIN else []

    stops = (
        hass.bus.async_listen(EVENT_STATE_REPORTED, reported, event_filter=any_of),
        hass.bus.async_listen(EVENT_STATE_CHANGED, changed),
    )
    yield counts
    for stop in stops:
        stop()
