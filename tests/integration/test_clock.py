"""The coach's clock: shown once the owner enables it, and set on request."""

import asyncio

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coachiq.button import local_time

from .conftest import Peer, coach_entry, set_up, until, virtual_bus

# 2026-11-24 14:05:30, five hours west of Greenwich.
NOW = "19FFFF80#1A0B18030E051E05"
BUTTON = "button.coach_clock_set_the_time"


async def test_the_clock_is_shown_once_it_is_enabled(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    await peer.appear(NOW)
    registry = er.async_get(hass)
    entity_id = registry.async_get_entity_id("sensor", "coachiq", "house-clock-0-time")
    assert entity_id
    assert registry.async_get(entity_id).disabled
    registry.async_update_entity(entity_id, disabled_by=None)
    await hass.config_entries.async_reload(listener.entry_id)
    await until(lambda: listener.runtime_data.is_up("house"))
    await peer.appear(NOW)
    assert hass.states.get(entity_id).state == "2026-11-24T19:05:30+00:00"


@pytest.mark.parametrize(
    ("zone", "day", "time", "west"),
    [
        ("America/New_York", 24, (14, 5), 5),
        ("Europe/Berlin", 24, (20, 5), 23),
        # What no whole hours west say, or what could be the day before, is left out.
        ("America/St_Johns", 24, (15, 35), None),
        ("Pacific/Auckland", 25, (8, 5), None),
    ],
)
async def test_the_time_is_that_of_home_assistant(
    freezer: FrozenDateTimeFactory, zone: str, day: int, time: tuple[int, int], west: int | None
) -> None:
    """To the nearest second; the 24th is a Tuesday."""
    freezer.move_to("2026-11-24 19:05:40.7+00:00")
    before = dt_util.get_default_time_zone()
    dt_util.set_default_time_zone(await dt_util.async_get_time_zone(zone))
    said = local_time()
    dt_util.set_default_time_zone(before)
    assert said.pop("zone", None) == west
    assert [*said.values()] == [2026, 11, day, *time, 41, day - 21]


async def test_the_clock_is_set_and_says_so(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    await hass.config.async_set_time_zone("America/Chicago")
    await peer.appear(NOW)
    press = asyncio.create_task(
        hass.services.async_call("button", "press", {"entity_id": BUTTON}, blocking=True)
    )
    said = (await peer.wait_for("19FFFE9D")).partition("#")[2]
    now = dt_util.now()
    assert said[:10] == bytes((now.year - 2000, now.month, now.day)).hex().upper() + (
        f"{now.isoweekday() % 7 + 1:02X}{now.hour:02X}"
    )
    await peer.send(NOW, settle=False)
    await asyncio.sleep(0.05)
    assert not press.done()
    await peer.send(f"19FFFF80#{said}")
    await press
    assert not [frame for frame in peer.take() if frame.startswith("19FFFE")]


async def test_a_network_that_is_only_listened_to_says_why_its_clock_is_not_set(
    hass: HomeAssistant, peer: Peer
) -> None:
    bus = virtual_bus(peer.channel)
    bus["data"] = {**bus["data"], "listen_only": True}
    entry = coach_entry(bus)
    await set_up(hass, entry)
    await peer.appear(NOW)
    with pytest.raises(HomeAssistantError, match="only listens on network House"):
        await hass.services.async_call("button", "press", {"entity_id": BUTTON}, blocking=True)
    await hass.config_entries.async_unload(entry.entry_id)
