"""No state is written that shows nothing new, whatever the bus says again."""

import asyncio

from homeassistant.core import HomeAssistant
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .conftest import Peer, Writes, coach_entry, set_up, until, virtual_bus
from .flow import chosen, start_options

LIGHTS = 28
FRAMES = 500
# So long the simulated coach repeats what it says, and its questions and answers are over.
SECONDS = 11.0
VOLTS = "sensor.house_battery_voltage"
# A tyre that is hot, and then extremely so: 620 kPa, 35 degC, and the two words for heat.
HEAT = "binary_sensor.tire_rear_left_outside_heat"
COOL, HOT, HOTTER = (f"19FEF0A0#106C02A026FFFF{status}" for status in ("00", "10", "08"))


async def test_a_coach_that_repeats_itself_and_obeys_writes_only_news(
    hass: HomeAssistant, fixed_address: int, writes: Writes
) -> None:
    hass.config.units = US_CUSTOMARY_SYSTEM
    house = virtual_bus("") | {"data": {"kind": "simulator", "settings": {"bus": "house"}}}
    entry = coach_entry(house, profile="entegra_aspire_44r_2021")
    await set_up(hass, entry)
    await until(lambda: len(hass.states.async_entity_ids("light")) >= LIGHTS, 30)
    lights = {"entity_id": hass.states.async_entity_ids("light")}
    for action, data in (("turn_on", {"brightness_pct": 61}), ("turn_off", {}), ("turn_on", {})):
        await hass.services.async_call("light", action, data, target=lights, blocking=True)
    await asyncio.sleep(SECONDS)
    await hass.async_block_till_done()
    zone = {"entity_id": hass.states.async_entity_ids("climate")[0]}
    await hass.services.async_call("climate", "set_temperature", zone | {"temperature": 75})
    await hass.async_block_till_done()
    heard = entry.runtime_data.links["house"].count.received
    await hass.config_entries.async_unload(entry.entry_id)
    assert not writes.unchanged
    # It said much again, and much was new.
    assert heard > FRAMES
    assert sum(writes.changed.values()) > 3 * LIGHTS


async def test_an_entity_that_shows_less_than_it_follows_is_left_alone(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer, writes: Writes
) -> None:
    await peer.appear(COOL)
    writes.changed.clear()
    await peer.send(HOT)
    await peer.send(HOTTER)
    assert writes.changed == {HEAT: 1}
    assert not writes.unchanged


@pytest.mark.parametrize("pace", [1, 5])
async def test_what_is_measured_is_written_as_seldom_as_the_owner_wants(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer, writes: Writes, pace: int
) -> None:
    form = await start_options(hass, listener)
    answers = {**chosen(), "pace": pace}
    await hass.config_entries.options.async_configure(form["flow_id"], answers)
    await hass.async_block_till_done()
    await until(lambda: listener.runtime_data.is_up("house"))
    await peer.appear("19FFFD80#01787B01FFFFFFFF")
    assert hass.states.get(VOLTS).state == "18.95"
    writes.changed.clear()
    for turn in range(50):
        await peer.send(f"19FFFD80#0178{turn:02X}01FFFFFFFF")
        await asyncio.sleep(0.05)
    assert (writes.changed[VOLTS] >= 4) is (pace == 1)
    assert writes.changed[VOLTS] <= 6 / pace + 1
