"""The coach's clock: shown once the owner enables it."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .conftest import Peer, until

# 2026-11-24 14:05:30, five hours west of Greenwich.
NOW = "19FFFF80#1A0B18030E051E05"


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
