"""Units that no thermostat rules can be told what to do; those of a thermostat are its own."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .conftest import Peer, allow, coach_entry, set_up, virtual_bus

type Case = tuple[str, dict[str, Any], str, str, dict[str, Any]]

REST = "19FFE180#0101C8C80000FFFF"
AC = "climate.air_conditioner_1"
FURNACE = "19FFE480#01010000FFFFFFFF"
ZONE = "19FFE29C#0001005A255A2500"


@pytest.mark.parametrize(
    "case",
    [
        (
            "set_hvac_mode",
            {"hvac_mode": "cool"},
            "19FFE09D#0101FFFFC8C8FFFF",
            "19FFE180#0101C8C8C8C8FFFF",
            {"state": "cool", "hvac_action": "cooling", "fan_mode": "high"},
        ),
        # It blows at once; the compressor waits.
        (
            "set_hvac_mode",
            {"hvac_mode": "cool"},
            "19FFE09D#0101FFFFC8C8FFFF",
            "19FFE180#0101C8C8C800FFFF",
            {"state": "fan_only", "hvac_action": "fan", "fan_mode": "high"},
        ),
        (
            "turn_on",
            {},
            "19FFE09D#0100FFFFFFFFFFFF",
            "19FFE180#0100C8C80000FFFF",
            {"state": "auto", "hvac_action": "idle", "fan_mode": None},
        ),
        (
            "set_hvac_mode",
            {"hvac_mode": "fan_only"},
            "19FFE09D#0101FFFFC800FFFF",
            "19FFE180#0101C8C8C800FFFF",
            {"state": "fan_only", "hvac_action": "fan", "fan_mode": "high"},
        ),
        (
            "set_fan_mode",
            {"fan_mode": "low"},
            "19FFE09D#01FFFFFF64FFFFFF",
            "19FFE180#0101C8C86400FFFF",
            {"state": "fan_only", "hvac_action": "fan", "fan_mode": "low"},
        ),
    ],
)
async def test_it_is_told_what_to_do(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer, case: Case
) -> None:
    """From the action to the bytes, and from the answer to the state."""
    action, data, leaves, answer, shown = case
    await peer.appear(REST)
    assert hass.states.get(AC).state == "off"
    peer.take()
    call = asyncio.create_task(
        hass.services.async_call("climate", action, {"entity_id": AC, **data}, blocking=True)
    )
    assert await peer.wait_for(leaves[:7]) == leaves
    await peer.send(answer)
    await call
    state = hass.states.get(AC)
    assert {"state": state.state, **state.attributes} | shown == {
        "state": state.state,
        **state.attributes,
    }


@pytest.mark.parametrize("order", [(REST, ZONE), (ZONE, REST)])
async def test_a_thermostat_rules_it(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer, order: tuple[str, str]
) -> None:
    """Whichever is heard first; which zone a unit belongs to the bus does not say."""
    for frame in order:
        await peer.appear(frame)
    assert hass.states.async_entity_ids("climate") == ["climate.thermostat_0"]
    assert hass.states.get("binary_sensor.air_conditioner_1").state == "off"


async def test_a_furnace_burns_only_with_leave(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    await peer.appear(FURNACE)
    assert not hass.states.async_entity_ids("climate")
    await allow(hass, entry, "house-furnace-1")
    await peer.appear(FURNACE)
    peer.take()
    call = asyncio.create_task(
        hass.services.async_call(
            "climate",
            "set_hvac_mode",
            {"entity_id": "climate.furnace_1", "hvac_mode": "heat"},
            blocking=True,
        )
    )
    assert await peer.wait_for("19FFE3") == "19FFE39D#01FDC8C8FFFFFFFF"
    await peer.send("19FFE480#0101C8C8FFFFFFFF")
    await call
    assert hass.states.get("climate.furnace_1").state == "heat"


async def test_a_coach_that_must_not_hear_of_it(
    hass: HomeAssistant, peer: Peer, fixed_address: int
) -> None:
    """Firefly's G6 rules the units itself."""
    entry = coach_entry(virtual_bus(peer.channel), profile="entegra_aspire_44r_2021")
    await set_up(hass, entry)
    await peer.appear(REST)
    assert not hass.states.async_entity_ids("climate")
    await hass.config_entries.async_unload(entry.entry_id)
