"""Lights with colors whose white is warm or cold, and which fade by themselves."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant, State
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .conftest import Peer

LIGHT = "light.color_light_7"
# On at 40 %, red; a white of 3500 K that is not in use, between 2700 and 6500 K; no fade.
COLORS = "19FFBB80#0750C80000FFFFFF"
WHITE = "19FDC280#0700FFFFAC0DFFFF"
WHITES = "19FDC080#078C0A6419FFFFFF"
# A white of 3000 K.
WARM = "19FDC280#0740FFFFB80BFFFF"


async def act(
    hass: HomeAssistant, peer: Peer, data: dict[str, Any], *steps: tuple[str, str]
) -> State:
    """Turn the light on; each frame that leaves is answered. Returns the state after that."""
    peer.take()
    call = asyncio.create_task(
        hass.services.async_call("light", "turn_on", {"entity_id": LIGHT, **data}, blocking=True)
    )
    for leaves, answer in steps:
        assert await peer.wait_for(leaves[:7]) == leaves
        # The next command waits for this answer: nothing is settled before.
        await peer.send(answer, settle=False)
    await call
    await hass.async_block_till_done()
    # What is asked of all nodes goes on meanwhile.
    assert [frame for frame in peer.take() if not frame.startswith("18EAFF")] == []
    state = hass.states.get(LIGHT)
    assert state is not None
    return state


async def test_a_white_of_a_temperature(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    """It is told to the controller; a color after it ends the white."""
    await peer.appear(COLORS, WHITE, WHITES)
    state = hass.states.get(LIGHT)
    assert set(state.attributes["supported_color_modes"]) == {"color_temp", "rgb"}
    assert state.attributes["color_mode"] == "rgb"
    assert state.attributes["min_color_temp_kelvin"] == 2700
    assert state.attributes["max_color_temp_kelvin"] == 6500

    command = "19FDBC9D#077FFFFFB80BFFFF"
    state = await act(hass, peer, {"color_temp_kelvin": 3000}, (command, WARM))
    assert state.attributes["color_mode"] == "color_temp"
    assert state.attributes["color_temp_kelvin"] == 3000
    assert state.attributes["brightness"] == 102

    state = await act(
        hass,
        peer,
        {"rgb_color": [0, 255, 0], "brightness_pct": 40},
        ("19FDBC9D#073FFFFFFFFFFFFF", "19FDC280#0700FFFFB80BFFFF"),
        ("19FFB99D#075000C800FFFFFF", "19FFBB80#075000C800FFFFFF"),
    )
    assert state.attributes["color_mode"] == "rgb"
    assert state.attributes["rgb_color"] == (0, 255, 0)


async def test_white_and_brightness_at_once(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    """What is off is also turned on."""
    await peer.appear("19FFBB80#0700C80000FFFFFF", WHITE)
    state = await act(
        hass,
        peer,
        {"color_temp_kelvin": 3000, "brightness_pct": 50},
        ("19FDBC9D#077FFFFFB80BFFFF", WARM),
        ("19FFB99D#0764FFFFFFFFFFFF", "19FFBB80#0764C80000FFFFFF"),
    )
    assert (state.state, state.attributes["brightness"]) == ("on", 128)


async def test_fading(hass: HomeAssistant, entry: MockConfigEntry, peer: Peer) -> None:
    """What the controller does by itself is an effect."""
    await peer.appear(COLORS, WHITE)
    assert hass.states.get(LIGHT).attributes["effect"] == "off"
    for effect, code in (("four_colors", 4), ("off", 0)):
        state = await act(
            hass,
            peer,
            {"effect": effect},
            (f"19FDBC9D#07F{code}FFFFFFFFFFFF", f"19FDC280#070{code}FFFFAC0DFFFF"),
        )
        assert state.attributes["effect"] == effect


@pytest.mark.parametrize(
    ("frames", "modes"),
    [
        ((COLORS,), {"rgb"}),
        (("19FFBB80#0750FFFFFFFFFFFF", WHITE), {"color_temp"}),
        (("19FFBB80#0750C80000FF10FF", WHITE), {"rgbw", "color_temp"}),
    ],
)
async def test_modes(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer, frames: tuple[str], modes: set[str]
) -> None:
    """Only what the bus tells of is offered."""
    await peer.appear(*frames)
    assert set(hass.states.get(LIGHT).attributes["supported_color_modes"]) == modes
