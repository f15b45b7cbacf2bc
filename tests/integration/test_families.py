"""Each family, begun with a real frame where one is published: bytes in, states out."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .conftest import ADDRESS, Peer
from .layouts import LAYOUTS

UNKNOWN = "unknown"

# Frame, its source, and what must be shown. The specification decides, not its publisher.
FRAMES: dict[str, tuple[str, dict[str, Any]]] = {
    "dimmer off (rlust-017)": ("19FEDA8E#247C00FCFF0500FF", {"light.dimmer_36": "off"}),
    "dimmer on (rlust-016)": ("19FEDA8E#247CC8FCFF0504FF", {"light.dimmer_36": "on"}),
    # carpenike-001: C6 is 99 %.
    "dimmer at 99 % (carpenike-001)": ("19FEDA8E#1E7CC6FCFF0404FF", {"light.dimmer_30": "on"}),
    # spbrogan-002, 003; the publisher reads the current's zeros as -1600 A, we as no measurement.
    "DC load off (spbrogan-002)": ("19FFBD80#2200000000000000", {"switch.dc_load_34": "off"}),
    "DC load on (spbrogan-003)": ("19FFBD80#2200C80000000000", {"switch.dc_load_34": "on"}),
    "AC load off (linuxkidd-006)": ("19FFBF93#DBFF0060000BFFFF", {"switch.ac_load_219": "off"}),
    # rlust-004: 5 of 28.
    "fresh water (rlust-004)": (
        "19FFB79C#00051CFFFFFFFFFF",
        {"sensor.fresh_water_tank_level": "17.8571428571429"},
    ),
    "black water empty (spbrogan-028)": (
        "19FFB780#010003FFFFFFFFFF",
        {"sensor.black_water_tank_level": "0.0"},
    ),
    "a tank of no fixed meaning (spbrogan-031)": (
        "19FFB780#140303FFFFFFFFFF",
        {"sensor.tank_20_level": "100.0"},
    ),
    # linuxkidd-008: 12.9 V and 0 A.
    "house battery (linuxkidd-008)": (
        "19FFFD42#0164020100943577",
        {"sensor.house_battery_voltage": "12.9", "sensor.house_battery_current": "0.0"},
    ),
    # thomasonw-001: 0x773591AB is -0.597 A on the wire, charging; 0x010D x 50 mV.
    "battery that charges (thomasonw-001)": (
        "19FFFD80#01780D01AB913577",
        {"sensor.house_battery_voltage": "13.45", "sensor.house_battery_current": "0.597"},
    ),
    # spbrogan-007: a voltmeter sends zeros for the current; its publisher shows -2000000 A.
    "voltmeter (spbrogan-007)": (
        "19FFFD80#0114060100000000",
        {"sensor.house_battery_voltage": "13.1", "sensor.house_battery_current": UNKNOWN},
    ),
    # thomasonw-002: seven bytes; 0x7FFF is 750.97 degC, which no battery has.
    "battery without sensor (thomasonw-002)": (
        "19FFFC80#0178FF7FFFFFFF",
        {},
    ),
    "zone heats with auxiliary heat (spbrogan-001)": (
        "19FFE259#0215C84724472400",
        {"climate.thermostat_2": "heat"},
    ),
    "zone off (spbrogan-008)": ("19FFE259#02000060246024FF", {"climate.thermostat_2": "off"}),
    "zone cools (rlust-020)": ("19FFE29C#0001005A255A2500", {"climate.thermostat_0": "cool"}),
    # rlust-019: 26.65625 degC.
    "ambient (rlust-019)": ("19FF9C9C#0075250000000000", {"sensor.air_temperature_0": "26.65625"}),
    "air conditioner runs (rlust-009)": (
        "19FFE198#0101C8C8C8C8FFFF",
        {
            "binary_sensor.air_conditioner_1": "on",
            "sensor.air_conditioner_1_control": "manual",
            "sensor.air_conditioner_1_fan_speed": "100.0",
        },
    ),
    "air conditioner rests (rlust-010)": (
        "19FFE197#0200FFFF0000FF00",
        {"binary_sensor.air_conditioner_2": "off", "sensor.air_conditioner_2_output": "0.0"},
    ),
    # No capture is published: by the layout of section 6.16.2, 2023-11.
    "furnace burns": (
        "19FFE49E#0100C8640AFFFFFF",
        {
            "binary_sensor.furnace_1": "on",
            "sensor.furnace_1_heat_source": "combustion",
            "sensor.furnace_1_output": "50.0",
        },
    ),
    # spbrogan-005; the temperatures' zeros are -273 degC, which is no measurement.
    "water heater off (spbrogan-005)": (
        "19FFF780#0100000000000000",
        {
            "water_heater.water_heater_1": "off",
            "sensor.water_heater_1_mode": "off",
            "sensor.water_heater_1_temperature": UNKNOWN,
            "binary_sensor.water_heater_1_burner": "off",
        },
    ),
    # rlust-008: electric, 80.625 degC.
    "water heater electric (rlust-008)": (
        "19FFF79E#0102FFFF342CF00C",
        {
            "water_heater.water_heater_1": "electric",
            "sensor.water_heater_1_mode": "electric",
            "sensor.water_heater_1_temperature": "80.625",
            "sensor.water_heater_1_set_point": UNKNOWN,
            "binary_sensor.water_heater_1_electric_element": UNKNOWN,
        },
    ),
    "water pump off (spbrogan-006)": (
        "19FFB380#0000000000000000",
        {"switch.water_pump": "off", "binary_sensor.water_pump_running": "off"},
    ),
    # linuxkidd-004's neighbour, linuxkidd-002; its publisher reads run time 7, the frame says 350.
    "generator stopped (linuxkidd-002)": (
        "19FFDC93#005E010000FFFFFF",
        {
            "sensor.generator_status": "stopped",
            "binary_sensor.generator_running": "off",
            "sensor.generator_load": UNKNOWN,
        },
    ),
}


DIMMER = ("light", "overcurrent", "undercurrent", "output_lock")


def things_shown(hass: HomeAssistant) -> list[str]:
    """Return the entities of things: all but those of the coach and the bus, and home."""
    entities = hass.states.async_entity_ids()
    others = {"zone.home", "switch.coach_storage", "button.coach_stop_all_that_moves"}
    return [entity for entity in entities if "network" not in entity and entity not in others]


@pytest.mark.parametrize("case", FRAMES | LAYOUTS)
async def test_real_frame_becomes_the_right_states(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer, case: str
) -> None:
    """A recorded frame, heard twice, shows what it says and nothing that it does not."""
    frame, states = (FRAMES | LAYOUTS)[case]
    await peer.appear(frame)
    assert {entity_id: hass.states.get(entity_id).state for entity_id in states} == states
    if not states:
        assert things_shown(hass) == []


async def test_a_key_that_says_nothing_is_no_thing(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """Frames whose fields are all "no data" make nothing, however often they come."""
    for _ in range(3):
        await peer.appear("19FFB79C#02FFFFFFFFFFFFFF", "19FEDA8E#FFFFC8FCFF0504FF")
    assert things_shown(hass) == []
    rejected = listener.runtime_data.coach.lines["house"].intake.rejected
    assert {thing.family: why for thing, why in rejected.items()} == {
        "tank": "no data",
        "dimmer": "key out of range",
    }


async def test_ambient_of_the_same_instance_without_a_profile(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """A zone's air is measured by the sensor of its number, and is unknown when that is silent."""
    await peer.appear("19FFE259#02000060246024FF")
    assert hass.states.get("climate.thermostat_2").attributes["current_temperature"] is None
    # spbrogan-022: 6.65625 degC.
    await peer.appear("19FF9C59#02F522FFFFFFFFFF")
    assert hass.states.get("climate.thermostat_2").attributes["current_temperature"] == 6.7


async def test_two_senders_of_one_battery(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """The battery monitor speaks, the voltmeter does not (section 6.5.1, 2023-11)."""
    await peer.appear("19FFFD80#0114060100000000")
    assert hass.states.get("sensor.house_battery_voltage").state == "13.1"
    await peer.appear("19FFFD45#01780D01AB913577")
    await asyncio.sleep(1.1)
    await peer.appear("19FFFD80#0114200100000000")
    assert hass.states.get("sensor.house_battery_voltage").state == "13.45"
    assert hass.states.get("sensor.house_battery_current").state == "0.597"


async def obey(
    hass: HomeAssistant, peer: Peer, call: tuple[str, str, dict[str, Any]], answer: str
) -> str:
    """Call an action, answer the frame that it sends, and return that frame."""
    domain, service, data = call
    peer.take()
    action = asyncio.create_task(hass.services.async_call(domain, service, data, blocking=True))
    dgn = f"{int(answer[:8], 16) >> 8 & 0x1FFFF:05X}"
    wanted = {"1FFBD": "1FFBC", "1FFBF": "1FFBE", "1FFB3": "1FFB2", "1FFE2": "1FEF9"}[dgn]
    frame = await peer.wait_for(f"1{'9'}{wanted[1:]}{ADDRESS:02X}")
    await peer.send(answer)
    await action
    return frame.split("#")[1]


async def test_load_and_pump_commands(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    """Loads and the pump are switched by literal bytes, confirmed by recorded ones."""
    await peer.appear(
        "19FFBD80#2200000000000000", "19FFBF93#DBFF0060000BFFFF", "19FFB380#0000000000000000"
    )
    load = {"entity_id": "switch.dc_load_34"}
    sent = await obey(hass, peer, ("switch", "turn_on", load), "19FFBD80#2200C80000000000")
    assert sent == "22FFC8F301FFFFFF"
    sent = await obey(hass, peer, ("switch", "turn_off", load), "19FFBD80#2200000000000000")
    assert sent == "22FF00F303FFFFFF"
    heater = {"entity_id": "switch.ac_load_219"}
    sent = await obey(hass, peer, ("switch", "turn_on", heater), "19FFBF93#DBFFC860000BFFFF")
    assert sent == "DBFFC8F300FFFFFF"
    pump = {"entity_id": "switch.water_pump"}
    sent = await obey(hass, peer, ("switch", "turn_on", pump), "19FFB380#0100000000000000")
    assert sent == "FDFFFFFFFFFFFFFF"
    assert hass.states.get("switch.water_pump").state == "on"


async def test_zone_commands(hass: HomeAssistant, entry: MockConfigEntry, peer: Peer) -> None:
    """Mode, fan, presets and set points, each sent with the zone's whole state."""
    hass.config.units = US_CUSTOMARY_SYSTEM
    await peer.appear("19FFE29C#000100E724E72400")
    zone = {"entity_id": "climate.thermostat_0"}
    state = "000100E724E724"

    async def check(service: str, data: dict[str, Any], sent: str) -> None:
        nonlocal state
        answer = f"19FFE29C#{sent[:14]}00"
        assert await obey(hass, peer, ("climate", service, zone | data), answer) == sent
        state = sent[:14]

    await check("set_hvac_mode", {"hvac_mode": "off"}, "000000E724E724FF")
    await check("set_hvac_mode", {"hvac_mode": "heat"}, "000200E724E724FF")
    await check("set_preset_mode", {"preset_mode": "aux_heat"}, "000500E724E724FF")
    assert hass.states.get("climate.thermostat_0").attributes["preset_mode"] == "aux_heat"
    await check("set_hvac_mode", {"hvac_mode": "heat_cool"}, "000300E724E724FF")
    await check(
        "set_temperature", {"target_temp_low": 68, "target_temp_high": 75}, "000300A0241C25FF"
    )
    attributes = hass.states.get("climate.thermostat_0").attributes
    assert (attributes["target_temp_low"], attributes["target_temp_high"]) == (68, 75)
    # The set points differ now: cooling changes its own only.
    await check("set_temperature", {"hvac_mode": "cool", "temperature": 73}, "000100A024F924FF")
    await check("set_fan_mode", {"fan_mode": "high"}, "0011C8A024F924FF")
    assert hass.states.get("climate.thermostat_0").attributes["fan_mode"] == "high"
    await check("set_fan_mode", {"fan_mode": "low"}, "001164A024F924FF")
    await check("set_fan_mode", {"fan_mode": "auto"}, "000100A024F924FF")
    # rlust-023: the device chose half speed; that is an answer, too.
    answer = "19FFE29C#000164A024F92400"
    fan = ("climate", "set_fan_mode", zone | {"fan_mode": "auto"})
    await obey(hass, peer, fan, answer)
    state = "000164A024F924"
    await check("turn_off", {}, "000064A024F924FF")
    assert "temperature" not in {
        name for name, value in hass.states.get("climate.thermostat_0").attributes.items() if value
    }
    await check("turn_on", {}, "000364A024F924FF")


async def test_unique_ids_are_pinned(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    """The scheme never changes without a migration of the registry."""
    await peer.appear(*(frame for frame, _ in FRAMES.values()))
    ids = {entity.unique_id for entity in er.async_get(hass).entities.values()}
    assert ids == {
        "bus-house-connected",
        "coach-coach-storage",
        "coach-coach-stop_all",
        *(f"bus-house-{key}" for key in ("state", "load", "frame_rate", "error_frames")),
        *(f"bus-house-{key}" for key in ("garbled", "dropped", "reconnects", "last_frame")),
        *(f"bus-house-{key}" for key in ("command_latency", "decode_misses", "unknown_dgns")),
        *(f"house-dimmer-{i}-{key}" for i in (30, 36) for key in (*DIMMER, "identify")),
        *(f"house-dc_load-34-{key}" for key in ("switch", "current")),
        *(f"house-ac_load-219-{key}" for key in ("switch", "current")),
        *(f"house-tank-{i}-{key}" for i in (0, 1, 20) for key in ("level", "volume", "size")),
        *(
            f"house-dc_source-1-{key}"
            for key in (
                *("voltage", "current", "power"),
                *("charging_power", "discharging_power"),
                *("temperature", "state_of_charge", "time_to_empty"),
                *("time_to_full", "state_of_health", "capacity_remaining", "ripple"),
            )
        ),
        *(f"house-thermostat-{i}-{key}" for i in (0, 2) for key in ("zone", "schedule", "noise")),
        "house-ambient-0-temperature",
        *(
            f"house-air_conditioner-{i}-{key}"
            for i in (1, 2)
            for key in (
                *("running", "mode", "fan_speed", "output"),
                *("compressor", "exterior_temperature", "coil_temperature"),
                *("coil_freeze_detected", "defrost_cycle"),
            )
        ),
        *(f"house-furnace-1-{key}" for key in ("running", "source", "fan_speed", "output")),
        *(
            f"house-water_heater-1-{key}"
            for key in (
                "mode",
                "temperature",
                "set_point",
                "burner",
                "element",
                "ignition",
                "limit",
                "heater",
                "coolant",
                "preheat",
            )
        ),
        *(f"house-water_pump-0-{key}" for key in ("switch", "running", "hookup", "pressure")),
        *(
            f"house-generator-0-{key}"
            for key in (
                *("status", "running", "run_time", "load", "start_battery"),
                *("coolant_temperature", "oil_pressure", "engine_speed", "fuel_rate"),
                *("temperature_shutdown", "pressure_shutdown", "oil_level", "caution"),
                "stop",
            )
        ),
    }
