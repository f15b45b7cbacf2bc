"""The simulated coach, added through the config flow: what an owner sees and does at first."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import Any

import can
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest

from custom_components.coachiq.coach import number
from custom_components.coachiq.const import DOMAIN
from custom_components.coachiq.coordinator import CoachConfigEntry
from custom_components.coachiq.simulator import Runner

from .conftest import ADDRESS, until

DIMMERS = (
    *(*range(25, 36), 37, 38, 39, 41, 42, 43, 45, 46, 47),
    *(51, 52, 53, 54, 57, 58, 59, 60),
)
ASKING_TIME = 12


@pytest.fixture
async def coach(hass: HomeAssistant, fixed_address: int) -> AsyncGenerator[CoachConfigEntry]:
    """Add the simulated coach through the flow, as an American owner does."""
    hass.config.units = US_CUSTOMARY_SYSTEM
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"adapter": "simulator"}
    )
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"],
        {
            "name": "Aspire",
            "profile": "entegra_aspire_44r_2021",
            "transmit": True,
        },
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    yield result["result"]
    await hass.config_entries.async_unload(result["result"].entry_id)


@pytest.fixture
async def lights(hass: HomeAssistant, coach: CoachConfigEntry) -> dict[int, str]:
    """Wait for the lights; return the entity ids of the dimmers by their instance."""
    # And one with colors, the lamps of two keys, and the light of the awning.
    await until(lambda: len(hass.states.async_entity_ids("light")) == len(DIMMERS) + 4, 10)
    registry = hass.data["entity_registry"]
    ids = {
        entity_id: registry.async_get(entity_id).unique_id.split("-")
        for entity_id in hass.states.async_entity_ids("light")
    }
    return {
        int(key): entity_id for entity_id, (_, family, key, _) in ids.items() if family == "dimmer"
    }


@pytest.fixture
def wire(lights: dict[int, str]) -> Iterator[can.BusABC]:
    """Listen to the simulated coach's bus."""
    with can.Bus(interface="virtual", channel="simulator-house") as bus:
        yield bus


def runner(coach: CoachConfigEntry) -> Runner:
    """Return the simulated coach itself: the truth."""
    found = coach.runtime_data.links["house"]._port.companion
    assert isinstance(found, Runner)
    return found


def commands(wire: can.BusABC, dgn: int) -> dict[int, list[str]]:
    """Return the payloads of a command DGN from our address, by instance."""
    found: dict[int, list[str]] = {}
    while (message := wire.recv(0)) is not None:
        if message.arbitration_id == 0x18000000 | dgn << 8 | ADDRESS | 0x1000000 & dgn << 8:
            found.setdefault(message.data[0], []).append(bytes(message.data).hex().upper())
    return found


async def test_everything_appears_by_itself(
    hass: HomeAssistant, coach: CoachConfigEntry, lights: dict[int, str]
) -> None:
    """Every thing of the scene is there with a state and in its area, and nothing else is."""
    assert tuple(sorted(lights)) == DIMMERS
    assert lights[25] == "light.bedroom_ceiling_light"
    await asyncio.sleep(ASKING_TIME)
    await hass.async_block_till_done()

    truth = runner(coach).coach
    for instance, entity_id in lights.items():
        assert (hass.states.get(entity_id).state == "on") == (truth.dimmers[instance].level > 0)
    # Seven zones, and a floor.
    assert len(hass.states.async_entity_ids("climate")) == 8
    assert not [state for state in hass.states.async_all() if state.state == "unavailable"]
    # Not the sensor that is disconnected, nor the pulses that lock and unlock the door.
    assert {key for key, reason in rejected(coach)} == {("ambient", (3,))}
    registry = er.async_get(hass)
    for instance in (14, 17):
        assert not registry.async_get_entity_id("light", DOMAIN, f"house-dimmer-{instance}-light")

    fresh = hass.states.get("sensor.fresh_water_tank_level")
    assert round(float(fresh.state), 1) == 17.9
    assert float(hass.states.get("sensor.house_battery_current").state) > 0, "it is charging"
    assert float(hass.states.get("sensor.house_battery_voltage").state) == pytest.approx(
        13.5, abs=1
    )
    assert hass.states.get("sensor.generator_status").state == "stopped"
    assert hass.states.get("switch.water_pump").state == "on"
    assert hass.states.get("switch.dc_load_2").state == "on"

    devices = dr.async_get(hass)
    areas = ar.async_get(hass)
    device = devices.async_get_device_by_identifier((DOMAIN, "house-dimmer-25"), coach.entry_id)
    assert areas.async_get_area(device.area_id).name == "Bedroom"
    node = devices.async_get(device.via_device_id)
    assert node.identifiers == {(DOMAIN, "house-node-sa-8e")}
    bus = devices.async_get(node.via_device_id)
    assert bus.identifiers == {(DOMAIN, "bus-house")}
    assert devices.async_get(bus.via_device_id).identifiers == {(DOMAIN, "coach-aspire")}


def rejected(coach: CoachConfigEntry) -> list[tuple[tuple[str, tuple[int, ...]], str]]:
    """Return what was heard but not believed."""
    intake = coach.runtime_data.coach.lines["house"].intake
    return [
        ((thing.family, thing.key), why)
        for thing, why in intake.rejected.items()
        if thing.family != "dimmer"
    ]


async def test_each_dimmer_on_off_dimmed_and_toggled(
    hass: HomeAssistant, coach: CoachConfigEntry, lights: dict[int, str], wire: can.BusABC
) -> None:
    """Each of the 28 puts the right frame on the bus, and shows what the coach answered."""
    truth = runner(coach).coach.dimmers
    steps: tuple[tuple[str, dict[str, Any], Callable[[int], str], int], ...] = (
        ("turn_off", {}, lambda i: f"{i:02X}FF0003FF00FFFF", 0),
        ("turn_on", {"brightness_pct": 100}, lambda i: f"{i:02X}FFC800FF00FFFF", 200),
        ("turn_on", {"brightness_pct": 25}, lambda i: f"{i:02X}FF3200FF00FFFF", 50),
        ("toggle", {}, lambda i: f"{i:02X}FF0003FF00FFFF", 0),
        ("toggle", {}, lambda i: f"{i:02X}FF3200FF00FFFF", 50),
    )
    commands(wire, 0x1FEDB)
    for service, data, payload, level in steps:
        target = {"entity_id": list(lights.values())}
        await hass.services.async_call("light", service, data, target=target, blocking=True)
        await hass.async_block_till_done()
        assert commands(wire, 0x1FEDB) == {i: [payload(i)] for i in lights}
        for instance, entity_id in lights.items():
            state = hass.states.get(entity_id)
            assert truth[instance].level == level
            assert state.state == ("on" if level else "off")
            assert state.attributes.get("brightness") == (round(level * 255 / 200) or None)


async def test_zone_from_72_to_75_and_back(
    hass: HomeAssistant, coach: CoachConfigEntry, lights: dict[int, str], wire: can.BusABC
) -> None:
    """A zone is set in whole degrees Fahrenheit, exactly, both ways."""
    zone = "climate.living_room_front_thermostat"
    await until(lambda: hass.states.get(zone) is not None, 12)
    assert hass.states.get(zone).attributes["temperature"] == 72
    for degrees, raw in ((75, "1C251C25"), (72, "E724E724")):
        commands(wire, 0x1FEF9)
        await hass.services.async_call(
            "climate", "set_temperature", {"entity_id": zone, "temperature": degrees}, blocking=True
        )
        await hass.async_block_till_done()
        assert commands(wire, 0x1FEF9) == {0: [f"000100{raw}FF"]}
        assert hass.states.get(zone).attributes["temperature"] == degrees


async def test_zones_show_their_own_air(
    hass: HomeAssistant, coach: CoachConfigEntry, lights: dict[int, str]
) -> None:
    """Mid follows channel 5 and Rear channel 1: the channels are not the zones of that number."""
    await until(
        lambda: all(
            (state := hass.states.get(zone)) and state.attributes["current_temperature"] is not None
            for zone in ("climate.living_room_mid_thermostat", "climate.bedroom_rear_thermostat")
        ),
        12,
    )
    things = {
        thing.id.key[0]: thing
        for thing in coach.runtime_data.coach.things.values()
        if thing.id.family == "ambient"
    }
    await hass.async_block_till_done()
    for zone, channel in (
        ("climate.living_room_mid_thermostat", 5),
        ("climate.bedroom_rear_thermostat", 1),
        ("climate.living_room_front_thermostat", 0),
    ):
        celsius = number(things[channel].values["temperature"])
        assert celsius is not None
        fahrenheit = celsius * 1.8 + 32
        shown = hass.states.get(zone).attributes["current_temperature"]
        assert shown == pytest.approx(fahrenheit, abs=0.6)
    assert things[5].values["temperature"] != things[1].values["temperature"]


async def test_loads_and_pump_obey(
    hass: HomeAssistant, coach: CoachConfigEntry, lights: dict[int, str], wire: can.BusABC
) -> None:
    """DC load, AC load and pump switch by their own commands."""
    rows = (
        ("switch.dc_load_1", 0x1FFBC, "01FFC8F301FFFFFF", "01FF00F303FFFFFF"),
        ("switch.basement_aqua_hot_electric", 0x1FFBE, "D4FFC8C000000000", "D4FF00C000000000"),
        ("switch.water_pump", 0x1FFB2, "FDFFFFFFFFFFFFFF", "FCFFFFFFFFFFFFFF"),
    )
    await until(lambda: all(hass.states.get(row[0]) for row in rows), 12)
    for entity_id, dgn, on, off in rows:
        for service, payload in (("turn_off", off), ("turn_on", on)):
            commands(wire, dgn)
            await hass.services.async_call(
                "switch", service, {"entity_id": entity_id}, blocking=True
            )
            await hass.async_block_till_done()
            assert [frame for seen in commands(wire, dgn).values() for frame in seen] == [payload]
            assert hass.states.get(entity_id).state == service.removeprefix("turn_")
