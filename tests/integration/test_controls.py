"""What is done to a thing, from the action to the bytes, and what the answer makes of it."""

import asyncio
from dataclasses import dataclass
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .conftest import Peer, allow, until

FAN = "19FEA780#01CC50FCFFFFFFFF"
FLOOR = "19FEFC80#01D3C0244025FFFF"
DOOR = "19FEE580#01FCFF00FFFFFFFF"
GENERATOR = "19FFDC93#005E010000FFFFFF"
DEMAND = "19FF8080#C000FFFFFFFFFFFF"
WASTE = "19FFAF80#D0FF00FFFFFFFFFF"
FRIDGE = "19FDD380#01F0A022802210FF"
STOP = "button.generator_stop"
VOLTS = "19FEFE80#01F40001F00014FF"
LAMPS = "19FED784#0BFFC8FFFFF001FF"
WATER = "19FFF759#0100602A002AFCFF"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An action on what a frame has told of; the frame that leaves, the answer, what is shown.

    `allowed` is the thing that the owner has allowed to be operated.
    """

    told: str
    entity: str
    action: str
    data: dict[str, Any]
    leaves: str
    answer: str
    shown: dict[str, Any]
    allowed: str | None = None


CASES = {
    "a key's lamps on": Case(
        told=LAMPS,
        entity="light.indicator_11",
        action="light.turn_on",
        data={"brightness_pct": 50},
        leaves="19FED99D#0BFF64FFFFFF04FF",
        answer="19FED784#0BFF64FFFFFD04FF",
        shown={"state": "on", "brightness": 128},
    ),
    "a key's lamps off": Case(
        told="19FED784#0BFFC8FFFFFD02FF",
        entity="light.indicator_11",
        action="light.turn_off",
        data={},
        leaves="19FED99D#0BFFFFFFFFFF01FF",
        answer=LAMPS,
        shown={"state": "off"},
    ),
    "a key's second lamp": Case(
        told=LAMPS,
        entity="select.indicator_11_lamps",
        action="select.select_option",
        data={"option": "only_led_2_on"},
        leaves="19FED99D#0BFFFFFFFFFF03FF",
        answer="19FED784#0BFFC8FFFFF403FF",
        shown={"state": "only_led_2_on"},
    ),
    "fan on": Case(
        told=FAN,
        entity="fan.roof_fan_1",
        action="fan.turn_on",
        data={},
        leaves="19FEA69D#01FDFFFFFFFFFFFF",
        answer="19FEA780#01CD50FCFFFFFFFF",
        shown={"state": "on", "percentage": 40, "direction": "forward"},
    ),
    "fan at a speed": Case(
        told=FAN,
        entity="fan.roof_fan_1",
        action="fan.set_percentage",
        data={"percentage": 75},
        leaves="19FEA69D#01DD96FFFFFFFFFF",
        answer="19FEA780#01DD96FCFFFFFFFF",
        shown={"state": "on", "percentage": 75, "preset_mode": None},
    ),
    "fan by itself": Case(
        told=FAN,
        entity="fan.roof_fan_1",
        action="fan.set_preset_mode",
        data={"preset_mode": "automatic"},
        leaves="19FEA69D#01CDFFFFFFFFFFFF",
        answer="19FEA780#01CD50FCFFFFFFFF",
        shown={"state": "on", "preset_mode": "automatic"},
    ),
    "fan blows in": Case(
        told=FAN,
        entity="fan.roof_fan_1",
        action="fan.set_direction",
        data={"direction": "reverse"},
        leaves="19FEA69D#01FFFFFDFFFFFFFF",
        answer="19FEA780#01CC50FDFFFFFFFF",
        shown={"state": "off", "direction": "reverse"},
    ),
    "fan off by its speed": Case(
        told="19FEA780#01DD50FCFFFFFFFF",
        entity="fan.roof_fan_1",
        action="fan.set_percentage",
        data={"percentage": 0},
        leaves="19FEA69D#01FCFFFFFFFFFFFF",
        answer="19FEA780#01DC50FCFFFFFFFF",
        shown={"state": "off", "percentage": 0},
    ),
    "floor heats": Case(
        told=FLOOR,
        entity="climate.floor_1_heating",
        action="climate.set_hvac_mode",
        data={"hvac_mode": "heat"},
        leaves="19FEFB9D#01F7FFFFFFFFFFFF",
        answer="19FEFC80#01D7C0244025FFFF",
        shown={"state": "heat", "hvac_action": "heating"},
    ),
    "floor's set point": Case(
        told=FLOOR,
        entity="climate.floor_1_heating",
        action="climate.set_temperature",
        data={"temperature": 30},
        leaves="19FEFB9D#01FFE025FFFFFFFF",
        answer="19FEFC80#01D3C024E025FFFF",
        shown={"state": "off", "temperature": 30.0, "current_temperature": 21.0},
    ),
    "inverter off": Case(
        told="19FFD480#01015FFFFFFFFFFF",
        entity="switch.inverter_1_enabled",
        action="switch.turn_off",
        data={},
        leaves="19FFD39D#01FCFFFFFFFFFFFF",
        answer="19FFD480#01004FFFFFFFFFFF",
        shown={"state": "off"},
    ),
    "charger off": Case(
        told="19FFC780#012001E8806402FF",
        entity="switch.charger_1_enabled",
        action="switch.turn_off",
        data={},
        leaves="19FFC59D#0100FFFFFFFFFFFF",
        answer="19FFC780#012001007D0000FF",
        shown={"state": "off"},
    ),
    "water is filled in": Case(
        told="19FFB180#00FFFFFFFFFFFFFF",
        entity="switch.water_autofill",
        action="switch.turn_on",
        data={},
        leaves="19FFB09D#FDFFFFFFFFFFFFFF",
        answer="19FFB180#05FFFFFFFFFFFFFF",
        shown={"state": "on"},
    ),
    "refrigerator off": Case(
        told="19FDD380#01F3A022802210FF",
        entity="switch.refrigerator_1_enabled",
        action="switch.turn_off",
        data={},
        leaves="19FDD29D#01FFFFFFFFFF0FFF",
        answer="19FDD380#01F3A022802200FF",
        shown={"state": "off"},
    ),
    "water is heated with electricity": Case(
        told=WATER,
        entity="water_heater.water_heater_1",
        action="water_heater.set_operation_mode",
        data={"operation_mode": "electric"},
        leaves="19FFF69D#0102FFFFFFFFFFFF",
        answer="19FFF759#0102602A002AFCFF",
        shown={"state": "electric", "operation_list": ["off", "electric"]},
    ),
    "water is heated with gas": Case(
        told=WATER,
        entity="water_heater.water_heater_1",
        action="water_heater.set_operation_mode",
        data={"operation_mode": "gas"},
        leaves="19FFF69D#0101FFFFFFFFFFFF",
        answer="19FFF759#0101602A002AFCFF",
        shown={
            "state": "gas",
            "operation_list": ["off", "electric", "gas", "gas_and_electric"],
        },
        allowed="house-water_heater-1",
    ),
    "alarm is acknowledged": Case(
        told="19FE9F80#0146C5FFFFFFFFFF",
        entity="button.alarm_1_70_acknowledge",
        action="button.press",
        data={},
        leaves="19FE9E9D#0146DFFFFFFFFFFF",
        answer="19FE9F80#0146D5FFFFFFFFFF",
        shown={"device_class": None},
    ),
    "light goes down slowly": Case(
        told="19FEDA8E#1E7CC6FCFF0404FF",
        entity="light.dimmer_30",
        action="light.turn_on",
        data={"brightness_pct": 50, "transition": 3.21},
        leaves="19FEDB9D#1EFF6400FF0020FF",
        answer="19FEDA8E#1E7C64FCFF0004FF",
        shown={"state": "on", "brightness": 128},
    ),
    "light turns red": Case(
        told="19FFBB80#07000000C800C8FF",
        entity="light.color_light_7",
        action="light.turn_on",
        data={"rgbw_color": [255, 0, 0, 64], "brightness_pct": 40},
        leaves="19FFB99D#0750C80000FF32FF",
        answer="19FFBB80#0750C80000FF32FF",
        shown={"state": "on", "brightness": 102, "rgbw_color": (255, 0, 0, 64)},
    ),
    "valve opens": Case(
        told="19FDE580#010000FFFFFFFFFF",
        entity="valve.valve_1",
        action="valve.open_valve",
        data={},
        leaves="19FDE49D#01C8FFFFFFFFFFFF",
        answer="19FDE580#010114FFFFFFFFFF",
        shown={"state": "opening", "current_position": 10},
        allowed="house-valve-1",
    ),
    "gray water is let out": Case(
        told=WASTE,
        entity="valve.waste_tanks_gray_water_valve",
        action="valve.open_valve",
        data={},
        leaves="19FFAE9D#FF01FFFFFFFFFFFF",
        answer="19FFAF80#D4FF00FFFFFFFFFF",
        shown={"state": "open"},
        allowed="house-waste_dump-0",
    ),
    "black water is kept in": Case(
        told="19FFAF80#D1FF00FFFFFFFFFF",
        entity="valve.waste_tanks_black_water_valve",
        action="valve.close_valve",
        data={},
        leaves="19FFAE9D#00FFFFFFFFFFFFFF",
        answer=WASTE,
        shown={"state": "closed"},
        allowed="house-waste_dump-0",
    ),
    "inverter passes shore power through": Case(
        told="19FFD480#01015FFFFFFFFFFF",
        entity="switch.inverter_1_pass_through",
        action="switch.turn_off",
        data={},
        leaves="19FFD39D#01CFFFFFFFFFFFFF",
        answer="19FFD480#01011FFFFFFFFFFF",
        shown={"state": "off"},
    ),
    "charger takes less": Case(
        told="19FF9680#01C8FF32FFFFFFFF",
        entity="number.charger_1_charge_current_limit",
        action="number.set_value",
        data={"value": 40},
        leaves="19FF959D#0150FFFFFFFFFFFF",
        answer="19FF9680#0150FF32FFFFFFFF",
        shown={"state": "40.0"},
    ),
    "shore power is weak": Case(
        told="19FF9680#01C8FF32FFFFFFFF",
        entity="number.charger_1_shore_breaker",
        action="number.set_value",
        data={"value": 15},
        leaves="19FF959D#01FFFF0FFFFFFFFF",
        answer="19FF9680#01C8FF0FFFFFFFFF",
        shown={"state": "15"},
    ),
    "refrigerator is colder": Case(
        told=FRIDGE,
        entity="number.refrigerator_1_set_point",
        action="number.set_value",
        data={"value": 2.5},
        leaves="19FDD29D#01FFFFFF7022FFFF",
        answer="19FDD380#01F0A022702210FF",
        shown={"state": "2.5"},
    ),
    "light in the refrigerator": Case(
        told=FRIDGE,
        entity="switch.refrigerator_1_light",
        action="switch.turn_on",
        data={},
        leaves="19FDD29D#01FDFFFFFFFFFFFF",
        answer="19FDD380#01F1A022802210FF",
        shown={"state": "on"},
    ),
    "refrigerator burns no gas": Case(
        told=FRIDGE,
        entity="select.refrigerator_1_fuel_source",
        action="select.select_option",
        data={"option": "ac"},
        leaves="19FDD29D#01FFFFFFFFFFF2FF",
        answer="19FDD380#01F0A022802212FF",
        shown={"state": "ac"},
        allowed="house-refrigerator-1.0",
    ),
    "door is locked": Case(
        told=DOOR,
        entity="lock.door_1",
        action="lock.lock",
        data={},
        leaves="19FEE49D#01FDFFFFFFFFFFFF",
        answer="19FEE580#01FDFF00FFFFFFFF",
        shown={"state": "locked"},
        allowed="house-door-1",
    ),
    "door is unlocked": Case(
        told="19FEE580#01FDFF00FFFFFFFF",
        entity="lock.door_1",
        action="lock.unlock",
        data={},
        leaves="19FEE49D#01FCFFFFFFFFFFFF",
        answer=DOOR,
        shown={"state": "unlocked"},
        allowed="house-door-1",
    ),
    "generator starts": Case(
        told=GENERATOR,
        entity="switch.generator",
        action="switch.turn_on",
        data={},
        leaves="19FFDA9D#01FFFFFFFFFFFFFF",
        answer="19FFDC93#015E010000FFFFFF",
        shown={"state": "on"},
        allowed="house-generator-0",
    ),
    "generator stops": Case(
        told="19FFDC93#035E010000FFFFFF",
        entity="switch.generator",
        action="switch.turn_off",
        data={},
        leaves="19FFDA9D#00FFFFFFFFFFFFFF",
        answer=GENERATOR,
        shown={"state": "off"},
        allowed="house-generator-0",
    ),
    "generator is wanted": Case(
        told=DEMAND,
        entity="switch.generator_demand_request",
        action="switch.turn_on",
        data={},
        leaves="19FEFF9D#FDFFFFFFFFFFFFFF",
        answer="19FF8080#D102FFFFFFFFFFFF",
        shown={"state": "on"},
        allowed="house-generator_demand-0",
    ),
    "generator may run in quiet time": Case(
        told=DEMAND,
        entity="switch.generator_demand_override_of_quiet_time",
        action="switch.turn_on",
        data={},
        leaves="19FEFF9D#F7FFFFFFFFFFFFFF",
        answer="19FF8080#C012FFFFFFFFFFFF",
        shown={"state": "on"},
        allowed="house-generator_demand-0",
    ),
    "transfer switch to its second source": Case(
        told="19FFAA80#0100FCFFFFFFFFFF",
        entity="select.transfer_switch_1_use",
        action="select.select_option",
        data={"option": "secondary"},
        leaves="19FFA99D#0101FDFFFFFFFFFF",
        answer="19FFAA80#0101FDFFFFFFFFFF",
        shown={"state": "secondary"},
        allowed="house-transfer_switch-1",
    ),
    "transfer switch by itself": Case(
        told="19FFAA80#0101FDFFFFFFFFFF",
        entity="select.transfer_switch_1_use",
        action="select.select_option",
        data={"option": "automatic"},
        leaves="19FFA99D#01FFFCFFFFFFFFFF",
        answer="19FFAA80#0100FCFFFFFFFFFF",
        shown={"state": "automatic"},
        allowed="house-transfer_switch-1",
    ),
    "criterion is not to count": Case(
        told=VOLTS,
        entity="switch.generator_criterion_1_active",
        action="switch.turn_off",
        data={},
        leaves="19FEFD9D#01F000FFFFFFFFFF",
        answer="19FEFE80#01F00001F00014FF",
        shown={"state": "off"},
        allowed="house-ags_criterion-1",
    ),
    "generator starts at a higher voltage": Case(
        told=VOLTS,
        entity="number.generator_criterion_1_starts_below_voltage",
        action="number.set_value",
        data={"value": 12.5},
        leaves="19FEFD9D#01F40001FA0014FF",
        answer="19FEFE80#01F40001FA0014FF",
        shown={"state": "12.5"},
        allowed="house-ags_criterion-1",
    ),
    "generator starts at a higher charge": Case(
        told="19FEFE80#02F001013CA014FF",
        entity="number.generator_criterion_2_starts_below_charge",
        action="number.set_value",
        data={"value": 40},
        leaves="19FEFD9D#02F0010150A014FF",
        answer="19FEFE80#02F0010150A014FF",
        shown={"state": "40.0"},
        allowed="house-ags_criterion-2",
    ),
    "generator by hand": Case(
        told=DEMAND,
        entity="switch.generator_demand_manual_override",
        action="switch.turn_on",
        data={},
        leaves="19FEFF9D#7FFFFFFFFFFFFFFF",
        answer="19FF8080#C001FFFFFFFFFFFF",
        shown={"state": "on"},
        allowed="house-generator_demand-0",
    ),
    "generator is not to start at all": Case(
        told=DEMAND,
        entity="switch.generator_demand_locked",
        action="switch.turn_on",
        data={},
        leaves="19FEFF9D#FFFDFFFFFFFFFFFF",
        answer="19FF8080#C040FFFFFFFFFFFF",
        shown={"state": "on"},
        allowed="house-generator_demand-0",
    ),
    "generator runs for half an hour": Case(
        told=DEMAND,
        entity="number.generator_demand_least_run_time",
        action="number.set_value",
        data={"value": 30},
        leaves="19FEFF9D#FFFFFFFFFFFF1EFF",
        answer="19FF8080#C000FFFFFFFF1EFF",
        shown={"state": "30"},
        allowed="house-generator_demand-0",
    ),
    "water is to be hotter": Case(
        told=WATER,
        entity="water_heater.water_heater_1",
        action="water_heater.set_temperature",
        data={"temperature": 60},
        leaves="19FFF69D#01FFA029FFFFFFFF",
        answer="19FFF759#0100A029002AFCFF",
        shown={"state": "off", "temperature": 60.0, "current_temperature": 63.0},
    ),
}


@pytest.mark.parametrize("name", CASES)
async def test_an_action_becomes_bytes_and_the_answer_a_state(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer, name: str
) -> None:
    case = CASES[name]
    if case.allowed:
        await allow(hass, entry, case.allowed)
    await peer.appear(case.told)
    peer.take()
    domain, action = case.action.split(".")
    call = asyncio.create_task(
        hass.services.async_call(
            domain, action, {"entity_id": case.entity, **case.data}, blocking=True
        )
    )
    assert await peer.wait_for(case.leaves[:7]) == case.leaves
    await peer.send(case.answer)
    await call
    state = hass.states.get(case.entity)
    assert state is not None
    found = {key: state.attributes.get(key) for key in case.shown if key != "state"}
    # When a button was pressed says nothing of the thing.
    if not case.entity.startswith("button."):
        found["state"] = state.state
    assert found == case.shown
    assert not state.attributes.get("assumed_state")


async def test_what_can_hurt_people_has_no_control_until_it_is_allowed(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    await peer.appear(DOOR, GENERATOR, DEMAND, WASTE, "19FDE580#010000FFFFFFFFFF")
    assert hass.states.get("binary_sensor.door_1_lock").state == "on"
    controls = hass.states.async_entity_ids(("lock", "switch", "valve"))
    assert controls == ["switch.coach_storage"]
    # To stop is always allowed, also while nothing is known.
    peer.take()
    press = asyncio.create_task(
        hass.services.async_call("button", "press", {"entity_id": STOP}, blocking=True)
    )
    assert await peer.wait_for("19FFDA") == "19FFDA9D#00FFFFFFFFFFFFFF"
    await peer.send(GENERATOR)
    await press


async def test_the_code_protects_it(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    """Locks take it natively; the rest waits until it was given."""
    hass.config_entries.async_update_entry(entry, options={**entry.options, "code": "4711"})
    await hass.async_block_till_done()
    await allow(hass, entry, "house-door-1", "house-generator-0", "house-water_heater-1")
    await peer.appear(DOOR, GENERATOR, WATER)
    peer.take()
    heater = {"entity_id": "water_heater.water_heater_1", "operation_mode": "gas"}
    door = {"entity_id": "lock.door_1"}
    with pytest.raises(HomeAssistantError, match="protected by a code"):
        await hass.services.async_call(
            "switch", "turn_on", {"entity_id": "switch.generator"}, blocking=True
        )
    with pytest.raises(HomeAssistantError, match="protected by a code"):
        await hass.services.async_call("water_heater", "set_operation_mode", heater, blocking=True)
    with pytest.raises(HomeAssistantError, match="the code is wrong"):
        await hass.services.async_call("lock", "lock", door | {"code": "1"}, blocking=True)
    with pytest.raises(HomeAssistantError):
        await hass.services.async_call("lock", "lock", door, blocking=True)
    assert peer.take() == []
    call = asyncio.create_task(
        hass.services.async_call("lock", "lock", door | {"code": "4711"}, blocking=True)
    )
    assert await peer.wait_for("19FEE4") == "19FEE49D#01FDFFFFFFFFFFFF"
    await peer.send("19FEE580#01FDFF00FFFFFFFF")
    await call
    assert hass.states.get("lock.door_1").state == "locked"


async def test_a_generator_can_be_stopped_as_soon_as_its_bus_is_up_again(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    """Nothing was heard of it yet; a button that cannot be pressed would be no stop."""
    await peer.appear(GENERATOR)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await until(lambda: entry.runtime_data.is_up("house"))
    await hass.async_block_till_done()
    assert hass.states.get(STOP).state != "unavailable"
