"""Groups of lights and scenes in a real Home Assistant: states, frames, and what is kept."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import yaml

from custom_components.coachiq.const import DOMAIN

from .conftest import Peer, coach_entry, set_up, virtual_bus

# rlust, 2022 Aspire: lights 36 and 46.
OFF_36, OFF_46 = "19FEDA8E#247C00FCFF0500FF", "19FEDA8E#2E7C00FCFF0300FF"
ON_36, ON_46 = "19FEDA8E#247CC8FCFF0504FF", "19FEDA8E#2E7C40FCFF0504FF"
PROFILE = """\
version: 1
title: Ours
things:
  dimmer:
    36: {name: Ceiling light, area: Bedroom}
groups:
  1: {name: Inside lights, area: Bedroom, members: [36, 46]}
scenes:
  2: {name: Evening, group: 1}
"""
GROUP, SCENE = "light.bedroom_inside_lights", "scene.evening"


@pytest.fixture
async def coach(
    hass: HomeAssistant, peer: Peer, fixed_address: int, tmp_path: Path
) -> AsyncGenerator[MockConfigEntry]:
    """Return a coach with a profile of the owner's that has a group and a scene."""
    hass.config.config_dir = str(tmp_path)
    folder = tmp_path / DOMAIN / "profiles"
    folder.mkdir(parents=True)
    folder.joinpath("ours.yaml").write_text(PROFILE, encoding="utf-8")
    entry = coach_entry(virtual_bus(peer.channel), profile="own:ours")
    await set_up(hass, entry)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_group_is_a_light_that_is_as_its_lights_are(
    hass: HomeAssistant, coach: MockConfigEntry, peer: Peer
) -> None:
    await peer.appear(OFF_36)
    assert hass.states.get(GROUP).state == STATE_UNKNOWN
    await peer.appear(OFF_46)
    assert hass.states.get(GROUP).state == "off"
    await peer.send(ON_36)
    assert hass.states.get(GROUP).state == "on"
    assert hass.states.get(GROUP).attributes["brightness"] == 255
    await peer.send(ON_46)
    assert hass.states.get(GROUP).attributes["brightness"] == 168
    registry = er.async_get(hass)
    assert registry.async_get(GROUP).unique_id == "house-light_group-1-light"
    assert registry.async_get(SCENE).unique_id == "house-light_scene-2-scene"
    device = dr.async_get(hass).async_get(registry.async_get(GROUP).device_id)
    assert ar.async_get(hass).async_get_area(device.area_id).name == "Bedroom"


async def test_a_group_and_a_scene_are_one_frame_each(
    hass: HomeAssistant, coach: MockConfigEntry, peer: Peer
) -> None:
    await peer.appear(OFF_36, OFF_46)
    peer.take()
    call = asyncio.create_task(
        hass.services.async_call("light", "turn_on", {"entity_id": GROUP}, blocking=True)
    )
    assert await peer.wait_for("19FEDB") == "19FEDB9D#FF7EC800FF00FFFF"
    assert hass.states.get(GROUP).state == "on"
    assert not call.done()
    await peer.send(ON_36, "19FEDA8E#2E7CC8FCFF0004FF")
    await call
    call = asyncio.create_task(
        hass.services.async_call("light", "turn_off", {"entity_id": GROUP}, blocking=True)
    )
    assert await peer.wait_for("19FEDB") == "19FEDB9D#FF7E0003FF00FFFF"
    await peer.send(OFF_36, OFF_46)
    await call
    assert hass.states.get(GROUP).state == "off"
    assert hass.states.get(SCENE).state == STATE_UNKNOWN
    await hass.services.async_call("scene", "turn_on", {"entity_id": SCENE}, blocking=True)
    assert await peer.wait_for("19FEDB") == "19FEDB9D#FF7EE700FF00FFFF"
    assert hass.states.get(SCENE).state != STATE_UNKNOWN


async def test_a_coach_that_may_not_be_told_anything_says_so(
    hass: HomeAssistant, coach: MockConfigEntry, peer: Peer
) -> None:
    await peer.appear(OFF_36)
    hass.config_entries.async_update_entry(
        coach, options={**coach.options, "features": {"transmit": False}}
    )
    await hass.async_block_till_done()
    await peer.appear(OFF_36)
    with pytest.raises(HomeAssistantError):
        await hass.services.async_call("scene", "turn_on", {"entity_id": SCENE}, blocking=True)


async def test_groups_and_scenes_are_exported_as_the_owner_calls_them(
    hass: HomeAssistant, coach: MockConfigEntry, peer: Peer
) -> None:
    await peer.appear(OFF_36)
    registry = er.async_get(hass)
    devices = dr.async_get(hass)
    devices.async_update_device(registry.async_get(SCENE).device_id, name_by_user="Night")
    answered = await hass.services.async_call(
        DOMAIN, "export_profile", {}, blocking=True, return_response=True
    )
    assert answered
    document = yaml.safe_load(str(answered["profile"]))
    assert document["groups"] == yaml.safe_load(PROFILE)["groups"]
    assert document["scenes"] == {2: {"name": "Night", "group": 1}}
    assert answered["left_out"] == []
