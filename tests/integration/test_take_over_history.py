"""The history of an entity id goes on when one of our entities takes it over."""

from homeassistant.components.recorder.history import state_changes_during_period
from homeassistant.components.recorder.models import StatisticMeanType
from homeassistant.components.recorder.statistics import (
    async_import_statistics,
    statistics_during_period,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from .conftest import Peer, coach_entry, set_up, virtual_bus
from .test_take_over import TANK, retire, take_over


@pytest.fixture(autouse=True)
def _our_integration(recorder_mock: object, enable_custom_integrations: None) -> None:
    """Have a recorder before Home Assistant is set up."""


async def test_history_goes_on(hass: HomeAssistant, peer: Peer) -> None:
    """States and statistics of the old id, and after them those of our entity."""
    entry = coach_entry(virtual_bus(peer.channel), transmit=False)
    await set_up(hass, entry)
    await peer.appear(TANK)
    tank = next(one for one in hass.states.async_entity_ids("sensor") if "tank" in one)
    old, began = "sensor.fresh_water", dt_util.utcnow()
    retire(hass, old, "11")
    hour = began.replace(minute=0, second=0, microsecond=0)
    async_import_statistics(
        hass,
        {
            "statistic_id": old,
            "source": "recorder",
            "name": None,
            "unit_of_measurement": "%",
            "unit_class": "unitless",
            "has_sum": False,
            "mean_type": StatisticMeanType.ARITHMETIC,
        },
        [{"start": hour, "mean": 11.0, "min": 11.0, "max": 11.0}],
    )
    await async_wait_recording_done(hass)
    retire(hass, old)
    (row,) = await take_over(hass, {old: tank}, remove_old=True)
    assert row["taken_over"]
    await peer.send("19FFB780#0002040000000000")
    await hass.async_block_till_done()
    await async_wait_recording_done(hass)
    now = hass.states.get(old).state
    states = await get_instance(hass).async_add_executor_job(
        state_changes_during_period, hass, began, None, old
    )
    said = [state.state for state in states[old]]
    assert said[:2] == ["11", "unavailable"]
    assert said[-1] == now != "11"
    told = await get_instance(hass).async_add_executor_job(
        statistics_during_period, hass, hour, None, {old}, "hour", None, {"mean"}
    )
    assert [one["mean"] for one in told[old]] == [11.0]
    await hass.config_entries.async_unload(entry.entry_id)
