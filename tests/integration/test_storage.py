"""The switch of storage: what stays, what rests, how little is written, and that it lasts."""

import asyncio

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coachiq.coach import FAMILY

from .conftest import Peer, Writes, coach_entry, set_up, until, virtual_bus
from .test_cover import COVER, SLIDE, STOP, act, mover  # noqa: F401  a fixture
from .test_events import CASES

SWITCH = "switch.coach_storage"
REQUEST = "18EAFF9D"
LIGHT = "19FEDA8E#247CC8FCFF0504FF"
TANK = "19FFB78E#004B64FFFFFFFFFF"
LIGHTS = 28
SECONDS = 12.0


async def store_away(hass: HomeAssistant, *, stored: bool) -> None:
    """Turn the switch."""
    action = "turn_on" if stored else "turn_off"
    await hass.services.async_call("switch", action, {"entity_id": SWITCH}, blocking=True)


def seen(hass: HomeAssistant) -> dict[str, bool]:
    """Return whether each of our enabled entities of a thing is available, by its unique id."""
    return {
        entity.unique_id: hass.states.get(entity.entity_id).state != STATE_UNAVAILABLE
        for entity in er.async_get(hass).entities.values()
        if entity.platform == "coachiq" and not entity.disabled and "-" in entity.unique_id
    }


async def test_little_is_written_and_only_of_what_stays(
    hass: HomeAssistant, fixed_address: int, writes: Writes
) -> None:
    house = virtual_bus("") | {"data": {"kind": "simulator", "settings": {"bus": "house"}}}
    entry = coach_entry(house, profile="entegra_aspire_44r_2021")
    await set_up(hass, entry)
    await until(lambda: len(hass.states.async_entity_ids("light")) >= LIGHTS, 30)
    await asyncio.sleep(SECONDS)
    writes.changed.clear()
    await asyncio.sleep(SECONDS)
    before = writes.changed.total()
    await store_away(hass, stored=True)
    await hass.async_block_till_done()
    writes.changed.clear()
    await asyncio.sleep(SECONDS)
    stored = writes.changed.total()
    families = {
        unique_id.split("-")[1]: is_there
        for unique_id, is_there in seen(hass).items()
        if unique_id.startswith("house-") and unique_id.split("-")[1] in FAMILY
    }
    # What moves can be stopped, in storage too.
    covers = {"awning", "slide", "shade", "motor", "step", "tv_lift", "roof_fan", "leveling"}
    for family, is_there in families.items():
        assert is_there or not FAMILY[family].stays, family
        assert not is_there or FAMILY[family].stays or family in {*covers, "generator"}, family
    assert {"tank", "dc_source", "ambient", "dimmer", "thermostat"} <= families.keys()
    # Of what stays, each is written once a minute at most.
    assert set(writes.changed.values()) <= {1}
    assert 5 * stored < before
    registry = er.async_get(hass)
    told = {registry.async_get(entity).unique_id.split("-")[1] for entity in writes.changed}
    assert all(FAMILY[family].stays for family in told), told
    await store_away(hass, stored=False)
    await until(lambda: all(there for key, there in seen(hass).items() if "-dimmer-" in key))
    await hass.config_entries.async_unload(entry.entry_id)


async def test_it_is_turned_without_a_reload_and_lasts(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    await peer.appear(LIGHT, TANK)
    coordinator = entry.runtime_data
    await store_away(hass, stored=True)
    assert hass.states.get(SWITCH).state == "on"
    assert hass.states.get("light.dimmer_36").state == STATE_UNAVAILABLE
    assert hass.states.get("sensor.fresh_water_tank_level").state == "75.0"
    await hass.async_block_till_done()
    assert entry.runtime_data is coordinator
    peer.take()
    assert await hass.config_entries.async_reload(entry.entry_id)
    await until(lambda: entry.runtime_data.can_send("house"))
    await peer.appear(LIGHT, TANK)
    assert hass.states.get(SWITCH).state == "on"
    assert hass.states.get("light.dimmer_36").state == STATE_UNAVAILABLE
    assert hass.states.get("sensor.fresh_water_tank_level").state == "75.0"
    assert not [frame for frame in peer.take() if frame.startswith(REQUEST)]
    await store_away(hass, stored=False)
    # What the bus has said meanwhile is known at once, and asked for all the same.
    assert hass.states.get("light.dimmer_36").state == "on"
    await peer.wait_for(REQUEST)
    # Other options still set the coach up anew.
    coordinator = entry.runtime_data
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, "features": {"discovery": False}}
    )
    await hass.async_block_till_done()
    assert entry.runtime_data is not coordinator


async def test_what_moves_is_refused_in_words_and_stops(
    hass: HomeAssistant,
    mover: MockConfigEntry,  # noqa: F811
    peer: Peer,
) -> None:
    await store_away(hass, stored=True)
    peer.take()
    with pytest.raises(HomeAssistantError, match="Storage") as refused:
        await act(hass, "open_cover")
    assert refused.value.translation_key == "in_storage"
    assert not peer.take()
    await act(hass, "stop_cover")
    await peer.wait_for(STOP)
    # Whoever moves it meanwhile is seen to.
    for state, said in (("opening", "1"), ("closing", "2"), ("opening", "1")):
        await peer.send(f"{SLIDE[:11]}0{said}{SLIDE[13:]}")
        assert hass.states.get(COVER).state == state


async def test_what_happens_in_storage_is_told_neither_then_nor_later(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    (first, second, third), event, _ = CASES["a switch that stays"]
    await peer.appear(first)
    await store_away(hass, stored=True)
    await peer.send(second)
    await store_away(hass, stored=False)
    assert hass.states.get(event).state == "unknown"
    await peer.send(third)
    assert hass.states.get(event).attributes["event_type"] == "off"
