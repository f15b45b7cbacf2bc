"""The lights of an awning, from bytes to Home Assistant and back (RV-C sections 6.38.2, 6.38.3)."""

import asyncio

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .conftest import Peer

# A light at half its brightness, a second one without a level, both off, and neither there.
LIT, DARK, NONE = (
    "19FEF380#010000FF00F164FF",
    "19FEF380#010000FF00F000FF",
    "19FEF380#020000FF00FFFFFF",
)
LIGHT, SECOND = "light.patio_awning_light", "light.patio_awning_second_light"


async def test_lights_of_an_awning_are_seen_and_switched(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    await peer.appear(LIT)
    state = hass.states.get(LIGHT)
    assert (state.state, state.attributes["brightness"]) == ("on", 128)
    assert hass.states.get(SECOND).attributes["supported_color_modes"] == ["onoff"]
    for service, data, frame, answer, shown in (
        ("turn_off", {}, "01CFFFFFFFFFFFFF", DARK, "off"),
        ("turn_on", {}, "01DFFFFFFFFFFFFF", LIT, "on"),
        ("turn_on", {"brightness": 255}, "01DFFFFFFFFFC8FF", "19FEF380#010000FF00F1C8FF", "on"),
    ):
        peer.take()
        call = asyncio.create_task(
            hass.services.async_call("light", service, {"entity_id": LIGHT, **data}, blocking=True)
        )
        assert await peer.wait_for("19FEF2") == f"19FEF29D#{frame}"
        assert hass.states.get(LIGHT).state == shown
        await peer.send(answer)
        await call
        assert hass.states.get(LIGHT).state == shown
        assert not [sent for sent in peer.take() if sent.startswith("19FEF2")]
    assert hass.states.get(LIGHT).attributes["brightness"] == 255


async def test_an_awning_without_lights_offers_none(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    await peer.appear(NONE)
    registry = er.async_get(hass)
    assert hass.states.async_entity_ids("light") == []
    lights = [one for one in registry.entities.values() if one.domain == "light"]
    assert [one.disabled_by for one in lights] == [er.RegistryEntryDisabler.INTEGRATION] * 2
