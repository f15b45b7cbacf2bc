"""A command and what becomes of it: answered, refused, unanswered, or impossible."""

import asyncio
import gc
import time

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coachiq.coach.pending import Pending

from .conftest import Peer, Writes, until

OFF = "19FEDA8E#247C00FCFF0500FF"
ON = "19FEDA8E#247CC8FCFF0504FF"
LIGHT = {"entity_id": "light.dimmer_36"}


async def turn_on(hass: HomeAssistant) -> None:
    """Turn the light on and wait for the outcome."""
    await hass.services.async_call("light", "turn_on", LIGHT, blocking=True)


async def test_unanswered_once_the_thing_has_answered_before(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    """Sent twice, 800 ms apart; then an error in words, and the bus's state."""
    await peer.appear(OFF)
    call = asyncio.create_task(turn_on(hass))
    await peer.wait_for("19FEDB")
    await peer.send(ON)
    await call
    await peer.send(OFF)
    peer.take()
    began = time.monotonic()
    call = asyncio.create_task(turn_on(hass))
    await asyncio.sleep(0.1)
    assert hass.states.get("light.dimmer_36").state == "on", "the commanded value, for a moment"
    with pytest.raises(HomeAssistantError, match=r"^Dimmer 36 did not answer the command$"):
        await call
    assert 1.6 <= time.monotonic() - began < 2.0
    assert [frame for frame in peer.take() if frame.startswith("19FEDB")] == [
        "19FEDB9D#24FFC800FF00FFFF"
    ] * 2
    assert hass.states.get("light.dimmer_36").state == "off"


async def test_a_thing_that_never_answers_is_assumed(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    """No error: it was found not to report. When it does answer, it is believed again."""
    await peer.appear(OFF)
    await turn_on(hass)
    state = hass.states.get("light.dimmer_36")
    assert (state.state, state.attributes.get("assumed_state")) == ("off", True)
    peer.take()
    call = asyncio.create_task(turn_on(hass))
    await peer.wait_for("19FEDB")
    await peer.send(ON)
    await call
    state = hass.states.get("light.dimmer_36")
    assert (state.state, state.attributes.get("assumed_state")) == ("on", None)


async def test_refused(hass: HomeAssistant, entry: MockConfigEntry, peer: Peer) -> None:
    """A refusal ends the waiting at once, with its reason."""
    await peer.appear(OFF)
    call = asyncio.create_task(turn_on(hass))
    await peer.wait_for("19FEDB")
    await peer.send("18E89D8E#0324FFFF9DDBFE01")
    with pytest.raises(
        HomeAssistantError, match="Dimmer 36 refused the command: conditions not met"
    ):
        await call
    assert hass.states.get("light.dimmer_36").state == "off"


async def test_transmit_off(hass: HomeAssistant, listener: MockConfigEntry, peer: Peer) -> None:
    """Nothing is ever sent without the owner's permission."""
    await peer.appear(OFF)
    with pytest.raises(HomeAssistantError, match="only listens on network House"):
        await turn_on(hass)
    await asyncio.sleep(0.3)
    assert not peer.take()
    assert hass.states.get("light.dimmer_36").state == "off"


async def test_many_at_once_and_the_last_wins(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    """A dragged slider ends at its last place, 50 ms between frames, without errors."""
    await peer.appear(OFF)
    peer.take()
    calls = [
        asyncio.create_task(
            hass.services.async_call(
                "light", "turn_on", LIGHT | {"brightness_pct": percent}, blocking=True
            )
        )
        for percent in (10, 20, 30, 40, 50)
    ]
    await until(lambda: bool(peer.take()))
    await peer.wait_for("19FEDB9D#24FF64")
    await peer.send("19FEDA8E#247C64FCFF0004FF")
    await asyncio.gather(*calls)
    assert hass.states.get("light.dimmer_36").attributes["brightness"] == 128


async def test_on_restores_the_last_level(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    """On without a brightness goes back to where it was, over a restart too."""
    await peer.appear("19FEDA8E#247C50FCFF0504FF")
    await peer.send(OFF)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await until(lambda: entry.runtime_data.links["house"].address is not None)
    await peer.send(OFF)
    call = asyncio.create_task(turn_on(hass))
    assert await peer.wait_for("19FEDB") == "19FEDB9D#24FF5000FF00FFFF"
    await peer.send("19FEDA8E#247C50FCFF0504FF")
    await call


async def test_ramping_keeps_the_level(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    """Level 251 says "ramping": no brightness of 125 %, and no change until the ramp is done."""
    await peer.appear("19FEDA8E#247C50FCFF0504FF")
    before = hass.states.get("light.dimmer_36").attributes["brightness"]
    await peer.send("19FEDA8E#247CFBFCFF0504FF")
    assert hass.states.get("light.dimmer_36").attributes["brightness"] == before
    call = asyncio.create_task(
        hass.services.async_call("light", "turn_on", LIGHT | {"brightness_pct": 100}, blocking=True)
    )
    await peer.wait_for("19FEDB")
    await peer.send("19FEDA8E#247CFBFCFF0004FF")
    await call
    await peer.send("19FEDA8E#247CC8FCFF0004FF")
    assert hass.states.get("light.dimmer_36").attributes["brightness"] == 255


async def test_a_command_that_is_over_is_no_garbage_to_be_collected(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    await peer.appear(OFF)
    gc.collect()
    gc.disable()
    try:
        call = asyncio.create_task(turn_on(hass))
        await peer.wait_for("19FEDB")
        await peer.send(ON)
        await call
        assert not [one for one in gc.get_objects() if isinstance(one, Pending)]
    finally:
        gc.enable()


async def test_what_cannot_be_sent_is_not_shown(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer, writes: Writes
) -> None:
    """Not even for a moment: the history would have a light on that never was."""
    await peer.appear(OFF)
    writes.changed.clear()
    with pytest.raises(HomeAssistantError, match="only listens on network House"):
        await turn_on(hass)
    assert not writes.changed
