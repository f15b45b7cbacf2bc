"""Home Assistant's home and time zone follow the coach, where its owner wants that."""

import asyncio
from datetime import timedelta

from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)

from custom_components.coachiq import home

from .conftest import Peer, coach_entry, set_up, virtual_bus

HOME = (32.87336, -117.22743)
PHOENIX = (33.4484, -112.0740)
DENVER = (39.7392, -104.9903)


def at(latitude: float, longitude: float) -> str:
    """Return what a GPS at a place says: 1e-7 degrees from -210."""
    raw = (round((degrees + 210) * 1e7) for degrees in (latitude, longitude))
    return "18FEF380#" + b"".join(one.to_bytes(4, "little") for one in raw).hex()


@pytest.fixture
async def follower(hass: HomeAssistant, peer: Peer) -> MockConfigEntry:
    """Return a coach that home follows."""
    entry = coach_entry(virtual_bus(peer.channel), transmit=False)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, options={"features": {"home_follows_coach": True}}
    )
    await set_up(hass, entry)
    return entry


async def later(hass: HomeAssistant, seconds: float) -> None:
    """Let time pass."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await hass.async_block_till_done()


async def say(peer: Peer, frame: str) -> None:
    """Say something after a while: what is measured is read once a second."""
    await asyncio.sleep(1.1)
    await peer.send(frame)


def place(hass: HomeAssistant) -> tuple[float, float]:
    """Return where home is."""
    return hass.config.latitude, hass.config.longitude


async def test_home_moves_to_where_the_coach_stands(
    hass: HomeAssistant, follower: MockConfigEntry, peer: Peer
) -> None:
    updates = async_capture_events(hass, EVENT_CORE_CONFIG_UPDATE)
    await peer.appear(at(*PHOENIX))
    assert place(hass) == HOME, "one moment proves nothing"
    await later(hass, home.PROOF + 1)
    assert place(hass) == pytest.approx(PHOENIX, abs=1e-6)
    assert hass.config.time_zone == "America/Phoenix"
    assert float(hass.states.get("zone.home").attributes["latitude"]) == pytest.approx(33.4484)
    assert hass.states.get("device_tracker.gps").state == "home"
    assert len(updates) == 1
    # It wanders about, as receivers do.
    await say(peer, at(PHOENIX[0] + 0.005, PHOENIX[1]))
    await later(hass, 2 * home.PAUSE)
    assert len(updates) == 1
    await hass.config_entries.async_unload(follower.entry_id)


async def test_home_is_not_moved_more_often_than_it_must(
    hass: HomeAssistant, follower: MockConfigEntry, peer: Peer
) -> None:
    updates = async_capture_events(hass, EVENT_CORE_CONFIG_UPDATE)
    await peer.appear(at(*PHOENIX))
    await later(hass, home.PROOF + 1)
    await say(peer, at(*DENVER))
    await later(hass, home.PAUSE - 60)
    assert len(updates) == 1
    await later(hass, home.PAUSE + 1)
    assert len(updates) == 2
    assert hass.config.time_zone == "America/Denver"
    await hass.config_entries.async_unload(follower.entry_id)


async def test_a_wrong_fix_moves_nothing(
    hass: HomeAssistant, follower: MockConfigEntry, peer: Peer
) -> None:
    await peer.appear(at(*DENVER))
    await say(peer, at(*HOME))
    await later(hass, home.PROOF + 1)
    assert place(hass) == HOME
    assert hass.config.time_zone == "US/Pacific"
    await hass.config_entries.async_unload(follower.entry_id)


async def test_without_the_option_home_stays(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    await peer.appear(at(*PHOENIX))
    await later(hass, home.PROOF + 1)
    assert place(hass) == HOME
