"""Leveling from the dashboard: what the owner allows, and a stop in any case."""

import asyncio
from collections.abc import AsyncGenerator

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.coach.test_interlock import chassis

from .conftest import Peer, coach_entry, until, virtual_bus
from .test_cover import act, driving, set_up_again, unload
from .test_thing_flow import answer, ids_of, thing_form

SYSTEM = "house-leveling-0"
REST, FOUR = "0DFFED9C#00FCC000000FFF00", "0DFFEC9C#4000FF00FFFFFFFF"
LEVEL, STORE, STOP = (f"19FFEE9D#{mode:02X}FFFFFFFFFFFFFF" for mode in (8, 3, 0))
FRONT_DOWN = "19FFEE9D#474040FFFFFFFFFF"
OPERATED = {
    f"{SYSTEM}-{key}"
    for key in (
        *("level_jacks", "level_air", "store"),
        *(f"{side}_jacks" for side in ("front", "rear", "left", "right")),
    )
}


@pytest.fixture
async def leveling(
    hass: HomeAssistant, peer: Peer, fixed_address: int
) -> AsyncGenerator[MockConfigEntry]:
    """Return a coach that stands, and whose leveling may be operated."""
    entry = coach_entry(virtual_bus(peer.channel))
    entry.add_to_hass(hass)
    options = {"features": {"transmit": True}, "things": {SYSTEM: {"allowed": True}}}
    hass.config_entries.async_update_entry(entry, options=options)
    await set_up_again(hass, entry)
    await peer.appear(REST, FOUR, chassis({}))
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


async def press(hass: HomeAssistant, button: str) -> None:
    """Press a button of the leveling system."""
    await hass.services.async_call(
        "button", "press", {"entity_id": f"button.leveling_{button}"}, blocking=True
    )


async def test_until_it_is_allowed_there_is_only_a_stop(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    """The form that allows it asks for what must hold; taken back, the buttons are gone."""
    await peer.appear(REST, FOUR)
    assert ids_of(hass, SYSTEM).keys() & OPERATED == set()
    peer.take()
    await press(hass, "stop")
    await peer.wait_for(STOP)
    form = await thing_form(hass, entry, SYSTEM)
    inputs = form["data_schema"].schema["inputs"].schema.schema
    assert [str(key) for key in inputs] == ["park_brake", "speed", "gear"]
    await answer(hass, form, {"kind": "profile", "allowed": True, "inputs": {}})
    await until(lambda: entry.runtime_data.is_up("house"))
    await until(lambda: ids_of(hass, SYSTEM).keys() >= OPERATED)
    form = await thing_form(hass, entry, SYSTEM)
    await answer(hass, form, {"kind": "profile", "allowed": False, "inputs": {}})
    await until(lambda: entry.runtime_data.is_up("house"))
    assert ids_of(hass, SYSTEM).keys() & OPERATED == set()
    assert f"{SYSTEM}-stop" in ids_of(hass, SYSTEM)


async def test_it_levels_once_and_is_stopped(
    hass: HomeAssistant, leveling: MockConfigEntry, peer: Peer
) -> None:
    peer.take()
    await press(hass, "level_with_jacks")
    await peer.wait_for(LEVEL)
    async with driving(peer, "0DFFED9C#08FCC044440FFF00"):
        await asyncio.sleep(0.3)
        assert LEVEL not in peer.take(), "it is told once"
        await press(hass, "stop")
        await peer.wait_for(STOP)
    await peer.send(REST, chassis({"gear": "unsafe"}))
    with pytest.raises(HomeAssistantError, match="a gear is engaged"):
        await press(hass, "store")
    await peer.send(chassis({}))
    await press(hass, "store")
    await peer.wait_for(STORE)
    await peer.send(chassis({"speed": "unsafe"}), settle=False)
    await peer.wait_for(STOP, timeout=0.3)


async def test_a_side_is_a_cover_that_the_bus_tells_of(
    hass: HomeAssistant, leveling: MockConfigEntry, peer: Peer
) -> None:
    cover = "cover.leveling_front_jacks"
    for frames, state in (
        ((REST, FOUR), "closed"),
        (("0DFFED9C#47FCC040400FFF00",), "opening"),
        (("0DFFED9C#47FCC010100FFF00",), "closing"),
        ((REST, "0DFFEC9C#4004FF00FFFFFFFF"), "open"),  # the right front one is down
        (("0DFFEC9C#40FFFF00FFFFFFFF",), "unknown"),
    ):
        await peer.send(*frames)
        shown = hass.states.get(cover)
        assert shown
        assert shown.state == state, frames
    await peer.send(FOUR)
    assert hass.states.get("cover.leveling_rear_jacks").state == "closed"
    peer.take()
    await act(hass, "open_cover", cover)
    await peer.wait_for(FRONT_DOWN)
    await act(hass, "stop_cover", cover)
    await peer.wait_for(STOP)


async def test_a_side_is_held_over_the_websocket(
    hass: HomeAssistant, leveling: MockConfigEntry, peer: Peer, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client(hass)
    entity = "cover.leveling_front_jacks"
    await client.send_json_auto_id(
        {"type": "coachiq/hold", "entity_id": entity, "direction": "open"}
    )
    begun = await client.receive_json()
    assert begun["success"]
    renew = {"type": "coachiq/hold_renew", "hold": begun["id"]}
    async with driving(peer, chassis({})):
        for _ in range(5):
            await asyncio.sleep(0.2)
            await client.send_json_auto_id(renew)
            assert (await client.receive_json())["result"] == {"held": True}
        assert FRONT_DOWN in peer.take()
        frozen = hass.loop.time()
        await peer.wait_for(STOP, timeout=1.0)
    assert 0.4 <= hass.loop.time() - frozen <= 0.65
    # A button is nothing to hold.
    await client.receive_json()
    button = "button.leveling_store"
    await client.send_json_auto_id(
        {"type": "coachiq/hold", "entity_id": button, "direction": "open"}
    )
    assert (await client.receive_json())["error"]["translation_key"] == "no_mover"


async def test_stop_all_an_unload_and_a_code_hold_for_it_too(
    hass: HomeAssistant, leveling: MockConfigEntry, peer: Peer
) -> None:
    peer.take()
    await press(hass, "level_with_jacks")
    await peer.wait_for(LEVEL)
    await hass.services.async_call("coachiq", "stop_all", {}, blocking=True)
    await peer.wait_for(STOP)
    await press(hass, "level_with_jacks")
    await peer.wait_for(LEVEL)
    await unload(hass, leveling)
    await peer.wait_for(STOP, timeout=0.5)
    await asyncio.sleep(0.2)
    hass.config_entries.async_update_entry(leveling, options={**leveling.options, "code": "4711"})
    await set_up_again(hass, leveling)
    await peer.appear(REST, FOUR, chassis({}))
    with pytest.raises(HomeAssistantError, match="protected by a code"):
        await press(hass, "store")


async def test_a_stop_can_be_pressed_again_as_soon_as_the_bus_can_send(
    hass: HomeAssistant, leveling: MockConfigEntry, peer: Peer
) -> None:
    """Nothing new is heard after a restart."""
    await unload(hass, leveling)
    await set_up_again(hass, leveling)
    await hass.async_block_till_done()
    for button in ("stop", "store"):
        shown = hass.states.get(f"button.leveling_{button}")
        assert shown
        assert shown.state != "unavailable"
    assert hass.states.get("cover.leveling_front_jacks").state == "unknown"
