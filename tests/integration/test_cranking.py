"""The generator of a Tiffin, which loads start and stop, in a real Home Assistant."""

import asyncio

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.coachiq.const import DOMAIN

from .conftest import Peer, allow, coach_entry, set_up, virtual_bus

# linuxkidd/rvc-proxy README.md: a Phaeton's generator, stopped.
STOPPED, RUNNING = "19FFDC93#005E010000FFFFFF", "19FFDC93#035E010000FFFFFF"
SWITCH, STOP = "switch.generator", "button.generator_stop"


async def test_it_is_primed_only_where_the_owner_allows_it_and_let_go_by_stop_all(
    hass: HomeAssistant, peer: Peer, fixed_address: int
) -> None:
    entry = coach_entry(virtual_bus(peer.channel), profile="tiffin_phaeton_40_ih_2018")
    await set_up(hass, entry)
    await peer.appear(STOPPED)
    assert hass.states.get(SWITCH) is None
    assert hass.states.get(STOP) is not None
    await allow(hass, entry, "house-generator-0")
    await peer.appear(STOPPED)
    peer.take()
    call = asyncio.create_task(
        hass.services.async_call("switch", "turn_on", {"entity_id": SWITCH}, blocking=True)
    )
    assert await peer.wait_for("19FEDB") == "19FEDB9D#54FFC8010500FFFF"
    assert hass.states.get(SWITCH).state == "off"
    await hass.services.async_call(DOMAIN, "stop_all", {}, blocking=True)
    assert await peer.wait_for("19FEDB") == "19FEDB9D#54FFC804FF00FFFF"
    await call
    await peer.send(RUNNING)
    call = asyncio.create_task(
        hass.services.async_call("button", "press", {"entity_id": STOP}, blocking=True)
    )
    assert await peer.wait_for("19FEDB9D#54FFC801") == "19FEDB9D#54FFC8011E00FFFF"
    await peer.send(STOPPED)
    await call
    assert await peer.wait_for("19FEDB") == "19FEDB9D#54FFC804FF00FFFF"
    await hass.config_entries.async_unload(entry.entry_id)


async def test_one_that_does_not_tell_how_it_is_is_not_started(
    hass: HomeAssistant, peer: Peer, fixed_address: int
) -> None:
    entry = coach_entry(virtual_bus(peer.channel), profile="tiffin_phaeton_40_ih_2018")
    await set_up(hass, entry)
    await peer.appear(STOPPED)
    await allow(hass, entry, "house-generator-0")
    peer.take()
    with pytest.raises(HomeAssistantError, match="has not told for three seconds"):
        await hass.services.async_call("switch", "turn_on", {"entity_id": SWITCH}, blocking=True)
    assert not [frame for frame in peer.take() if frame.startswith("19FEDB")]
    await hass.config_entries.async_unload(entry.entry_id)
