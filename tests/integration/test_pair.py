"""Two dimmers as one cover: made by the owner or by the profile, and from then on nothing else."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any

from homeassistant.components.cover import CoverEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.coach.test_interlock import chassis

from .conftest import Peer, coach_entry, until, virtual_bus
from .flow import suggested
from .test_cover import act, driving, happenings, set_up_again, shut_down, turn_off, unload
from .test_thing_flow import answer, decide, ids_of, thing_form

OPENER, CLOSER = "house-dimmer-49", "house-dimmer-50"
COVER = "cover.dimmer_49"
# DC_DIMMER_STATUS_3 of 49 and 50, off and on.
OFF = "19FEDA8F#31FF00FCFF0300FF", "19FEDA8F#32FF00FCFF0300FF"
OPENS, CLOSES = "19FEDA8F#31FFC8FC020104FF", "19FEDA8F#32FFC8FC020104FF"
EXTEND, RETRACT = "19FEDB9D#31FFC8010200FFFF", "19FEDB9D#32FFC8010200FFFF"
STOPS = ["19FEDB9D#31FF0003FF00FFFF", "19FEDB9D#32FF0003FF00FFFF"]
PAIR: dict[str, Any] = {"kind": "awning", "pair": 50, "allowed": True}


@pytest.fixture
async def awning(
    hass: HomeAssistant, peer: Peer, fixed_address: int
) -> AsyncGenerator[MockConfigEntry]:
    """Return a coach whose dimmers 49 and 50 are an awning that may move."""
    entry = coach_entry(virtual_bus(peer.channel))
    entry.add_to_hass(hass)
    options = {"features": {"transmit": True}, "things": {OPENER: PAIR}}
    hass.config_entries.async_update_entry(entry, options=options)
    await set_up_again(hass, entry)
    await peer.appear(*OFF, chassis({}))
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


def commands(peer: Peer) -> list[str]:
    """Return what was sent to dimmers."""
    return [frame for frame in peer.take() if frame.startswith("19FEDB")]


async def test_an_owner_makes_two_dimmers_one_cover_and_takes_it_back(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    await peer.appear(*OFF)
    before = {thing: ids_of(hass, thing) for thing in (OPENER, CLOSER)}
    form = await thing_form(hass, listener, OPENER)
    form = await answer(hass, form, {"name": "Door awning", "kind": "awning"})
    fields = form["data_schema"].schema
    assert fields["pair"].config["options"] == [{"value": "50", "label": "Dimmer 50"}]
    inputs = fields["inputs"].schema.schema
    assert [str(key) for key in inputs] == ["park_brake", "speed", "ignition"]
    asked = {"name": "Door awning", "kind": "awning", "inputs": {}}
    form = await answer(hass, form, asked)
    assert form["errors"] == {"base": "pair_needed"}
    # Another kind asks for other inputs first.
    form = await answer(hass, form, asked | {"kind": "slide", "pair": "50"})
    assert form["errors"] == {}
    assert "gear" in [str(key) for key in form["data_schema"].schema["inputs"].schema.schema]
    form = await answer(hass, form, asked | {"pair": "50"})
    assert form["errors"] == {}
    result = await answer(hass, form, asked | {"pair": "50", "allowed": True})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert listener.options["things"] == {OPENER: PAIR}
    await until(lambda: listener.runtime_data.is_up("house"))
    await peer.appear(*OFF)

    assert ids_of(hass, OPENER) == {f"{OPENER}-cover": "cover.door_awning"}
    assert ids_of(hass, CLOSER) == {}
    assert hass.states.async_entity_ids("light") == []
    assert hass.states.async_entity_ids("switch") == ["switch.coach_storage"]
    form = await thing_form(hass, listener, OPENER)
    assert suggested(form)["pair"] == "50"
    hass.config_entries.options.async_abort(form["flow_id"])

    # What closes it is nothing else meanwhile.
    form = await thing_form(hass, listener, CLOSER)
    form = await answer(hass, form, {"kind": "light"})
    assert form["errors"] == {"base": "pair_half"}
    assert form["description_placeholders"]["pair"] == "49"
    hass.config_entries.options.async_abort(form["flow_id"])

    form = await thing_form(hass, listener, OPENER)
    result = await answer(hass, form, {"kind": "profile", "inputs": {}})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await until(lambda: listener.runtime_data.is_up("house"))
    await peer.appear(*OFF)
    assert {thing: ids_of(hass, thing).keys() for thing in before} == {
        thing: found.keys() for thing, found in before.items()
    }


async def test_what_is_something_else_closes_nothing(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    await peer.appear(*OFF)
    await decide(hass, listener, peer, CLOSER, kind="fan")
    await peer.appear(*OFF)
    form = await thing_form(hass, listener, OPENER)
    form = await answer(hass, form, {"kind": "slide"})
    form = await answer(hass, form, {"kind": "slide", "pair": "50", "inputs": {}})
    assert form["errors"] == {"base": "pair_taken"}
    assert form["description_placeholders"]["pair"] == "50"
    assert "fan.dimmer_50" in hass.states.async_entity_ids("fan")


async def test_a_profile_makes_a_cover_with_its_name(
    hass: HomeAssistant, peer: Peer, fixed_address: int
) -> None:
    """Until the owner allows it, it only stops; and a light of the same profile is one still."""
    entry = coach_entry(virtual_bus(peer.channel), profile="entegra_aspire_2022")
    entry.add_to_hass(hass)
    options = {"features": {"transmit": True}}
    hass.config_entries.async_update_entry(entry, options=options)
    await set_up_again(hass, entry)
    await peer.appear(*OFF, "19FEDA8F#337C00FCFF0500FF")
    shown = hass.states.get("cover.outside_door_awning")
    assert shown
    assert shown.attributes["device_class"] == "awning"
    assert shown.attributes["supported_features"] == CoverEntityFeature.STOP
    assert hass.states.async_entity_ids("light") == ["light.outside_driver_side_awning_light"]
    assert hass.states.async_entity_ids("switch") == ["switch.coach_storage"]
    peer.take()
    await act(hass, "stop_cover", "cover.outside_door_awning")
    assert commands(peer)[:2] == STOPS
    answer = await hass.services.async_call(
        "coachiq", "export_profile", {}, blocking=True, return_response=True
    )
    assert "49: {name: Door awning, area: Outside, kind: awning, pair: 50}" in str(answer)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_the_cover_shows_what_both_dimmers_say(
    hass: HomeAssistant, awning: MockConfigEntry, peer: Peer
) -> None:
    for frames, state in (
        (OFF, "unknown"),
        ((OPENS,), "opening"),
        (OFF[:1], "unknown"),
        ((CLOSES,), "closing"),
        ((OPENS,), "unknown"),  # both
        (OFF, "unknown"),
    ):
        await peer.send(*frames)
        shown = hass.states.get(COVER)
        assert shown
        assert shown.state == state, frames
        assert shown.attributes.get("current_position") is None


async def test_it_opens_and_closes_and_stops(
    hass: HomeAssistant, awning: MockConfigEntry, peer: Peer
) -> None:
    peer.take()
    await act(hass, "open_cover", COVER)
    await asyncio.sleep(0.2)
    assert commands(peer) == [*STOPS, EXTEND]
    await peer.send(OPENS)
    await act(hass, "stop_cover", COVER)
    assert commands(peer)[:2] == STOPS
    await peer.send(*OFF)
    begin = hass.loop.time()
    await act(hass, "close_cover", COVER)
    await peer.wait_for(RETRACT)
    assert hass.loop.time() - begin >= 0.3, "half a second after the stop"
    # It goes on, and never for longer than 2 s by itself.
    async with driving(peer, chassis({})):
        await peer.send(CLOSES)
        peer.take()
        await asyncio.sleep(1.9)
        assert commands(peer) == [RETRACT, RETRACT]
        await hass.services.async_call("coachiq", "stop_all", {}, blocking=True)
        assert commands(peer)[-2:] == STOPS


async def test_the_other_output_ends_it_and_that_is_told(
    hass: HomeAssistant, awning: MockConfigEntry, peer: Peer
) -> None:
    told = async_capture_events(hass, "coachiq_activity")
    await act(hass, "open_cover", COVER)
    await peer.wait_for(EXTEND)
    await peer.send(OPENS, settle=False)
    peer.take()
    await peer.send(CLOSES, settle=False)
    await peer.wait_for(STOPS[0], timeout=0.3)
    await peer.send(*OFF)
    assert happenings(told) == [("command", "open"), ("stopped", "mover_other_way")]
    await act(hass, "open_cover", COVER)
    await peer.send(chassis({"park_brake": "unsafe"}), settle=False)
    await until(lambda: len(told) == 4)
    assert happenings(told[-1:]) == [("stopped", "interlock_park_brake_unsafe")]
    with pytest.raises(HomeAssistantError, match="Dimmer 49 does not move: the park brake"):
        await act(hass, "open_cover", COVER)


@pytest.mark.parametrize("end", [unload, turn_off, shut_down])
async def test_both_are_off_when_all_ends(
    hass: HomeAssistant, awning: MockConfigEntry, peer: Peer, end: Callable[..., Any]
) -> None:
    await act(hass, "open_cover", COVER)
    await peer.wait_for(EXTEND)
    peer.take()
    await end(hass, awning)
    await peer.wait_for(STOPS[1], timeout=0.5)
    await asyncio.sleep(1.0)
    assert EXTEND not in peer.take()


async def test_a_code_protects_it(hass: HomeAssistant, awning: MockConfigEntry, peer: Peer) -> None:
    hass.config_entries.async_update_entry(awning, options={**awning.options, "code": "4711"})
    await hass.async_block_till_done()
    await until(lambda: awning.runtime_data.can_send("house"))
    await peer.appear(*OFF, chassis({}))
    peer.take()
    with pytest.raises(HomeAssistantError, match="protected by a code"):
        await act(hass, "open_cover", COVER)
    assert commands(peer) == []


async def test_it_is_held_over_the_websocket(
    hass: HomeAssistant, awning: MockConfigEntry, peer: Peer, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client(hass)
    await client.send_json_auto_id(
        {"type": "coachiq/hold", "entity_id": COVER, "direction": "open"}
    )
    begun = await client.receive_json()
    assert begun["success"]
    renew = {"type": "coachiq/hold_renew", "hold": begun["id"]}
    async with driving(peer, chassis({})):
        for _ in range(5):
            await asyncio.sleep(0.2)
            await client.send_json_auto_id(renew)
            assert (await client.receive_json())["result"] == {"held": True}
        assert EXTEND in peer.take()
        frozen = hass.loop.time()
        await peer.wait_for(STOPS[0], timeout=1.0)
    assert 0.4 <= hass.loop.time() - frozen <= 0.65
    assert (await client.receive_json())["event"]["ended"] == "hold_lapsed"
