"""Events: what is pressed, and what alarms; only what happens while it is listened to."""

import asyncio

from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers.event import async_track_state_change_event
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .conftest import Peer, until

CASES = {
    "a switch that stays": (
        ("19FFB880#0300FCFFFFFFFFFF", "19FFB880#0301FCFFFFFFFFFF", "19FFB880#0300FCFFFFFFFFFF"),
        "event.digital_input_3_switch",
        ["on", "off"],
    ),
    # It says again and again that it is held, and once that it was let go.
    "a switch that springs back": (
        (
            "19FFB880#0300FDFFFFFFFFFF",
            *["19FFB880#0301FDFFFFFFFFFF"] * 3,
            "19FFB880#0300FDFFFFFFFFFF",
        ),
        "event.digital_input_3_switch",
        ["pressed", "released"],
    ),
    "a switch of many positions": (
        ("19FFB880#0301FC05FFFFFFFF", "19FFB880#0304FC05FFFFFFFF"),
        "event.digital_input_3_switch",
        ["turned 4"],
    ),
    "what a key shows": (
        ("19FED784#0BFFC8FFFFF001FF", "19FED784#0BFFC8FFFFF102FF", "19FED784#0BFFC8FFFFF433FF"),
        "event.indicator_11_lamps",
        ["only_led_1_on", "flash_alternately"],
    ),
    "an alarm": (
        ("19FE9F80#0146C4FFFFFFFFFF", "19FE9F80#0146C5FFFFFFFFFF", "19FE9F80#0146C4FFFFFFFFFF"),
        "event.alarm_1_70_event",
        ["triggered", "cleared"],
    ),
}


@pytest.mark.parametrize("name", CASES)
async def test_what_happens_is_told_once(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer, name: str
) -> None:
    (first, *later), entity, events = CASES[name]
    await peer.appear(first)
    assert hass.states.get(entity).state == "unknown"
    told: list[str] = []

    @callback
    def hear(event: Event[EventStateChangedData]) -> None:
        state, before = event.data["new_state"], event.data["old_state"]
        assert isinstance(state, State)
        if before is None or state.state != before.state:
            position = state.attributes.get("position")
            words = state.attributes["event_type"]
            told.append(words if position is None else f"{words} {position:g}")

    stop = async_track_state_change_event(hass, [entity], hear)
    await peer.send(*later)
    await until(lambda: len(told) >= len(events))
    stop()
    assert told == events


async def test_what_was_not_seen_to_change_did_not_happen(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """An alarm that is there already when the network comes back came at no known moment."""
    await peer.appear("19FE9F80#0146C4FFFFFFFFFF")
    listener.runtime_data.coach.bus_down("house")
    listener.runtime_data.coach.bus_up("house")
    await peer.appear("19FE9F80#0146C5FFFFFFFFFF")
    assert hass.states.get("binary_sensor.alarm_1_70").state == "on"
    assert hass.states.get("event.alarm_1_70_event").state == "unknown"


@pytest.mark.parametrize(("repeats", "last"), [(True, "held"), (False, "pressed")])
async def test_a_switch_is_held_as_long_as_it_says_so(
    hass: HomeAssistant,
    listener: MockConfigEntry,
    peer: Peer,
    repeats: bool,
    last: str,
) -> None:
    """One that was pressed and says nothing more is not known to be held."""
    pressed = "19FFB880#0301FDFFFFFFFFFF"
    await peer.appear("19FFB880#0300FDFFFFFFFFFF")
    await peer.send(pressed)
    for _ in range(6):
        await asyncio.sleep(0.2)
        await peer.send(*[pressed] * repeats)
    state = hass.states.get("event.digital_input_3_switch")
    assert state.attributes["event_type"] == last
    await peer.send("19FFB880#0300FDFFFFFFFFFF")
    state = hass.states.get("event.digital_input_3_switch")
    assert state.attributes["event_type"] == "released"


async def test_a_short_press_is_no_hold(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """What was let go is not told as held later."""
    await peer.appear("19FFB880#0300FDFFFFFFFFFF")
    await peer.send("19FFB880#0301FDFFFFFFFFFF", "19FFB880#0300FDFFFFFFFFFF")
    for _ in range(6):
        await asyncio.sleep(0.2)
        await peer.send("19FFB880#0300FDFFFFFFFFFF")
    state = hass.states.get("event.digital_input_3_switch")
    assert state.attributes["event_type"] == "released"
