"""A dimmer, from recorded bytes to a light and back to literal bytes."""

import asyncio

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .conftest import Peer

# rlust, 2022 Entegra Aspire (corpus rlust-017, rlust-016): dimmer 36 off, then on by a toggle.
OFF = "19FEDA8E#247C00FCFF0500FF"
ON = "19FEDA8E#247CC8FCFF0504FF"
LIGHT = "light.dimmer_36"


async def test_recorded_dimmer_becomes_a_light(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """Two frames make the light; what it says is what it shows."""
    await peer.send(OFF)
    assert hass.states.get(LIGHT) is None, "a single frame is no proof"
    await asyncio.sleep(0.12)
    await peer.send(OFF)
    assert hass.states.get(LIGHT).state == "off"
    await peer.send(ON)
    assert hass.states.get(LIGHT).state == "on"
    assert hass.states.get(LIGHT).attributes["brightness"] == 255


async def test_turn_on_sends_literal_bytes_and_waits_for_the_answer(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    """The command leaves once, the answer confirms it."""
    await peer.appear(OFF)
    peer.take()
    call = asyncio.create_task(
        hass.services.async_call(
            "light", "turn_on", {"entity_id": LIGHT, "brightness": 128}, blocking=True
        )
    )
    assert await peer.wait_for("19FEDB") == "19FEDB9D#24FF6400FF00FFFF"
    assert hass.states.get(LIGHT).state == "on"
    assert not call.done()
    await peer.send("19FEDA8E#247C64FCFF0004FF")
    await call
    assert hass.states.get(LIGHT).attributes["brightness"] == 128
    assert not [frame for frame in peer.take() if frame.startswith("19FEDB")]
