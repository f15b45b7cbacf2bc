"""Movers from the dashboard: what may move moves for its time, and stops whatever happens."""

import asyncio
from collections.abc import AsyncGenerator, Callable
import contextlib
from typing import Any

from homeassistant.components.cover import CoverEntityFeature
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Context, Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.coachiq.coach.motion import DEAD_TIME
from custom_components.coachiq.coach.mover import MOVERS
from custom_components.coachiq.logbook import async_describe_events
from tests.coach.test_interlock import APPEAR, chassis

from .conftest import Peer, coach_entry, set_up, until, virtual_bus

SLIDE = APPEAR["slide"]
EXTEND, RETRACT, STOP = (f"19FFE79D#01FF0{way}FFFFFFFFFF" for way in (1, 2, 0))
COVER = "cover.slide_1"


def options(**slide: object) -> dict[str, Any]:
    """Return the options of a coach that lets its movers move, and what else is said of a slide."""
    things: dict[str, Any] = {f"house-{family}-1": {"allowed": True} for family in MOVERS}
    things["house-slide-1"] |= slide
    return {"features": {"transmit": True}, "things": things}


@pytest.fixture
async def mover(
    hass: HomeAssistant, peer: Peer, fixed_address: int
) -> AsyncGenerator[MockConfigEntry]:
    """Return a coach whose movers may move, and that stands with its brake set."""
    entry = coach_entry(virtual_bus(peer.channel))
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options=options())
    await set_up_again(hass, entry)
    await peer.appear(SLIDE, chassis({}))
    yield entry
    # It may be set up again just now.
    await hass.async_block_till_done()
    await hass.config_entries.async_unload(entry.entry_id)


async def set_up_again(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set up an entry that Home Assistant knows."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await until(lambda: all(map(entry.runtime_data.can_send, entry.runtime_data.links)))


def happenings(told: list[Event[Any]]) -> list[tuple[str, str]]:
    """Return what was put on record, and why, or what was asked for."""
    return [(event.data["event_type"], event.data["metadata"]["reason"]) for event in told]


async def act(hass: HomeAssistant, action: str, entity: str = COVER) -> None:
    """Act on a cover."""
    await hass.services.async_call(
        "cover", action, {"entity_id": entity}, blocking=True, context=Context(id="me")
    )


@contextlib.asynccontextmanager
async def driving(peer: Peer, frame: str) -> AsyncGenerator[None]:
    """Let the chassis say something ten times a second."""

    async def speak() -> None:
        while True:
            await peer.send(frame, settle=False)
            await asyncio.sleep(0.1)

    task = asyncio.create_task(speak())
    try:
        yield
    finally:
        task.cancel()


@pytest.mark.parametrize("family", MOVERS)
async def test_each_opens_and_closes_and_stops(
    hass: HomeAssistant, mover: MockConfigEntry, peer: Peer, family: str
) -> None:
    await peer.appear(APPEAR[family])
    entities = [one for one in hass.states.async_all("cover") if one.entity_id != COVER]
    entity = COVER if family == "slide" else entities[0].entity_id
    peer.take()
    for action in ("open_cover", "close_cover"):
        await act(hass, action, entity)
        await asyncio.sleep(0.06)
        await act(hass, "stop_cover", entity)
        await asyncio.sleep(DEAD_TIME + 0.05)
    frames = [frame for frame in peer.take() if not frame.startswith("18EA")]
    kinds = list(dict.fromkeys(frames))
    assert len(kinds) == 3, "open, stop and close"
    assert frames[-1] == kinds[1], "the last word is a stop"


async def test_a_slide_runs_for_three_seconds_at_most(
    hass: HomeAssistant, mover: MockConfigEntry, peer: Peer
) -> None:
    peer.take()
    begin = hass.loop.time()
    await act(hass, "open_cover")
    async with driving(peer, chassis({})):
        await peer.wait_for(STOP, timeout=5.0)
    assert 2.9 <= hass.loop.time() - begin <= 3.2
    await asyncio.sleep(0.3)
    assert EXTEND not in peer.take()


async def test_the_cover_shows_what_the_bus_says(
    hass: HomeAssistant, mover: MockConfigEntry, peer: Peer
) -> None:
    for frame, state, position in (
        (SLIDE, "closed", 0),
        ("19FFE880#010100FF00FFFFFF", "opening", 0),
        ("19FFE880#0100C8FF00FFFFFF", "open", 100),
        ("19FFE880#010264FF00FFFFFF", "closing", None),
        ("19FFE880#010064FF00FFFFFF", "unknown", None),  # 100 is "somewhere in between"
    ):
        await peer.send(frame)
        shown = hass.states.get(COVER)
        assert shown
        assert (shown.state, shown.attributes.get("current_position")) == (state, position)


async def test_rolling_stops_it_and_is_told(
    hass: HomeAssistant, mover: MockConfigEntry, peer: Peer
) -> None:
    told = async_capture_events(hass, "coachiq_activity")
    peer.take()
    await act(hass, "open_cover")
    await peer.wait_for(EXTEND)
    await peer.send(chassis({"speed": "unsafe"}), settle=False)
    await peer.wait_for(STOP, timeout=0.3)
    await asyncio.sleep(0.3)
    assert EXTEND not in peer.take()
    assert happenings(told) == [("command", "open"), ("stopped", "interlock_speed_unsafe")]
    with pytest.raises(HomeAssistantError, match="the coach is rolling"):
        await act(hass, "open_cover")
    assert told[-1].context.id == "me"
    described: list[Callable[[Event[Any]], dict[str, str]]] = []
    async_describe_events(hass, lambda _, __, describe: described.append(describe))
    assert [described[0](event) for event in told] == [
        {"name": "Slide 1", "message": message, "entity_id": COVER, "icon": None}
        for message in (
            "was told: open",
            "was stopped: speed unsafe",
            "refused: speed unsafe",
        )
    ]


async def test_without_the_owner_s_word_it_only_stops(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    await peer.appear(SLIDE, chassis({}), APPEAR["door"])
    shown = hass.states.get(COVER)
    assert shown
    assert shown.attributes["supported_features"] == CoverEntityFeature.STOP
    assert [one.entity_id for one in hass.states.async_all("cover")] == [COVER], "no motor known"
    peer.take()
    await act(hass, "stop_cover")
    assert STOP in peer.take()


async def test_what_was_overridden_is_told_with_its_user(
    hass: HomeAssistant, peer: Peer, fixed_address: int
) -> None:
    entry = coach_entry(virtual_bus(peer.channel))
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options=options(without=True))
    await set_up_again(hass, entry)
    await peer.appear(SLIDE)
    told = async_capture_events(hass, "coachiq_activity")
    await act(hass, "open_cover")
    await act(hass, "stop_cover")
    assert happenings(told) == [
        ("command", "open"),
        ("override", "park_brake, speed, gear"),
        ("command", "stop"),
    ]
    assert {event.context.id for event in told} == {"me"}
    await hass.config_entries.async_unload(entry.entry_id)


async def test_an_entity_can_be_picked_for_an_input(
    hass: HomeAssistant, peer: Peer, fixed_address: int
) -> None:
    entry = coach_entry(virtual_bus(peer.channel))
    entry.add_to_hass(hass)
    picked = {"park_brake": "binary_sensor.brake"}
    hass.config_entries.async_update_entry(entry, options=options(inputs=picked, without=True))
    await set_up_again(hass, entry)
    await peer.appear(SLIDE)
    for state, words in (("off", "not set"), ("unavailable", "not heard of lately")):
        hass.states.async_set("binary_sensor.brake", state)
        with pytest.raises(HomeAssistantError, match=words):
            await act(hass, "open_cover")
    hass.states.async_set("binary_sensor.brake", "on")
    await act(hass, "open_cover")
    await peer.wait_for(EXTEND)
    hass.states.async_set("binary_sensor.brake", "off")
    await peer.wait_for(STOP, timeout=0.3)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_chassis_on_a_j1939_network_is_an_input(
    hass: HomeAssistant, peer: Peer, fixed_address: int
) -> None:
    engine = Peer(hass, f"{peer.channel}-engine")
    chassis_bus = virtual_bus(engine.channel, "engine", "Engine")
    chassis_bus["data"] = {**chassis_bus["data"], "protocol": "j1939"}
    entry = coach_entry(virtual_bus(peer.channel), chassis_bus)
    entry.add_to_hass(hass)
    step = {"house-step-1": {"allowed": True}}
    hass.config_entries.async_update_entry(
        entry, options={"features": {"transmit": True}, "things": step}
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await until(lambda: entry.runtime_data.can_send("house"))
    await peer.appear(APPEAR["step"])
    # CCVS1: park brake set and standing, then rolling at 10 km/h.
    await engine.appear("18FEF100#F7000000FFFFFFFF")
    await act(hass, "open_cover", "cover.step_1")
    await engine.send("18FEF100#F7000A00FFFFFFFF", settle=False)
    await peer.wait_for("19FE889D#01FF01", timeout=0.3)
    with pytest.raises(HomeAssistantError, match="rolling"):
        await act(hass, "open_cover", "cover.step_1")
    await engine.send("18FEF100#F3000000FFFFFFFF")
    with pytest.raises(HomeAssistantError, match="park brake is not set"):
        await act(hass, "open_cover", "cover.step_1")
    await hass.config_entries.async_unload(entry.entry_id)
    engine.bus.shutdown()


async def unload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await hass.config_entries.async_unload(entry.entry_id)


async def turn_off(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    hass.config_entries.async_update_entry(entry, options={**entry.options, "things": {}})


async def shut_down(hass: HomeAssistant, _: MockConfigEntry) -> None:
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)


@pytest.mark.parametrize("end", [unload, turn_off, shut_down])
async def test_a_stop_reaches_the_wire_when_all_ends(
    hass: HomeAssistant, mover: MockConfigEntry, peer: Peer, end: Callable[..., Any]
) -> None:
    peer.take()
    await act(hass, "open_cover")
    await peer.wait_for(EXTEND)
    await end(hass, mover)
    await peer.wait_for(STOP, timeout=0.5)
    await asyncio.sleep(0.4)
    assert EXTEND not in peer.take()


async def test_stop_all_reaches_every_coach_and_bus(
    hass: HomeAssistant, mover: MockConfigEntry, peer: Peer
) -> None:
    other = Peer(hass, f"{peer.channel}-2")
    second = coach_entry(virtual_bus(other.channel, "toad", "Toad"), name="Second")
    await set_up(hass, second)
    await until(lambda: second.runtime_data.can_send("toad"))
    await other.appear(SLIDE, APPEAR["awning"])
    await act(hass, "open_cover")
    for each in (peer, other):
        each.take()
    await hass.services.async_call("coachiq", "stop_all", {}, blocking=True)
    assert STOP in peer.take()
    assert {STOP, "19FEF29D#01FF00FFFFFFFFFF"} <= set(other.take())
    await hass.config_entries.async_unload(second.entry_id)
    other.bus.shutdown()


async def test_a_button_of_the_coach_stops_all_that_moves(
    hass: HomeAssistant, mover: MockConfigEntry, peer: Peer
) -> None:
    """While a stop can reach a network, in storage too."""
    button = "button.coach_stop_all_that_moves"
    mover.runtime_data.async_store_away(stored=True)
    assert hass.states.get(button).state == "unknown"
    peer.take()
    await hass.services.async_call("button", "press", {"entity_id": button}, blocking=True)
    assert STOP in peer.take()
    await mover.runtime_data.links["house"].stop()
    await hass.async_block_till_done()
    assert hass.states.get(button).state == "unavailable"


async def test_a_code_protects_what_moves(
    hass: HomeAssistant, mover: MockConfigEntry, peer: Peer
) -> None:
    hass.config_entries.async_update_entry(mover, options={**mover.options, "code": "4711"})
    await hass.async_block_till_done()
    await until(lambda: mover.runtime_data.can_send("house"))
    await peer.appear(SLIDE, chassis({}))
    with pytest.raises(HomeAssistantError, match="protected by a code"):
        await act(hass, "open_cover")

    async def unlock(code: str) -> None:
        await hass.services.async_call("coachiq", "unlock", {"code": code}, blocking=True)

    await unlock("4711")
    await act(hass, "open_cover")
    await act(hass, "stop_cover")
    for _ in range(3):
        with pytest.raises(HomeAssistantError, match="the code is wrong"):
            await unlock("1234")
    with pytest.raises(HomeAssistantError, match="too many wrong codes"):
        await unlock("4711")


async def test_hold_to_run_over_the_websocket(
    hass: HomeAssistant, mover: MockConfigEntry, peer: Peer, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client(hass)
    hold = {"type": "coachiq/hold", "entity_id": COVER, "direction": "open"}
    peer.take()

    # While it is renewed it goes on; a client that freezes stops it.
    await client.send_json_auto_id(hold)
    begun = await client.receive_json()
    assert begun["success"]
    renew = {"type": "coachiq/hold_renew", "hold": begun["id"]}
    async with driving(peer, chassis({})):
        for _ in range(5):
            await asyncio.sleep(0.2)
            await client.send_json_auto_id(renew)
            assert (await client.receive_json())["result"] == {"held": True}
        frames = peer.take()
        assert EXTEND in frames
        assert STOP not in frames
        frozen = hass.loop.time()
        await peer.wait_for(STOP, timeout=1.0)
    assert 0.4 <= hass.loop.time() - frozen <= 0.65
    told = await client.receive_json()
    assert told["event"]["ended"] == "hold_lapsed"
    await client.send_json_auto_id(renew)
    assert (await client.receive_json())["result"] == {"held": False}

    # Letting go stops it at once.
    await client.send_json_auto_id(hold)
    subscription = (await client.receive_json())["id"]
    await peer.wait_for(EXTEND)
    await client.send_json_auto_id({"type": "unsubscribe_events", "subscription": subscription})
    await peer.wait_for(STOP, timeout=0.1)

    # So does a connection that is gone.
    await asyncio.sleep(0.2)
    await client.send_json_auto_id(hold)
    await peer.wait_for(EXTEND)
    await client.close()
    await peer.wait_for(STOP, timeout=0.1)


async def test_a_hold_that_is_refused_says_why(
    hass: HomeAssistant, mover: MockConfigEntry, peer: Peer, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client(hass)
    await peer.send(chassis({"gear": "unsafe"}))
    hold = {"type": "coachiq/hold", "entity_id": COVER, "direction": "open"}
    await client.send_json_auto_id(hold)
    answer = await client.receive_json()
    assert not answer["success"]
    assert answer["error"]["translation_key"] == "interlock_gear_unsafe"
    await client.send_json_auto_id(hold | {"entity_id": "cover.none"})
    assert (await client.receive_json())["error"]["translation_key"] == "no_mover"


async def test_nobody_renews_the_hold_of_somebody_else(
    hass: HomeAssistant, mover: MockConfigEntry, peer: Peer, hass_ws_client: WebSocketGenerator
) -> None:
    first, second = await hass_ws_client(hass), await hass_ws_client(hass)
    hold = {"type": "coachiq/hold", "entity_id": COVER}
    await first.send_json_auto_id(hold | {"direction": "open"})
    begun = (await first.receive_json())["id"]
    await second.send_json_auto_id(hold | {"direction": "close"})
    assert (await second.receive_json())["success"]
    frozen = hass.loop.time()
    peer.take()
    # The first still presses its button; the second has frozen.
    async with driving(peer, chassis({})):
        while hass.loop.time() - frozen < 0.8:
            await first.send_json_auto_id({"type": "coachiq/hold_renew", "hold": begun})
            answer = await first.receive_json()
            if answer["type"] == "result":
                assert answer["result"] == {"held": False}
            await asyncio.sleep(0.1)
        peer.take()
        await asyncio.sleep(0.3)
        assert RETRACT not in peer.take()
