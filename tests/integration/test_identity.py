"""Who is who stays so: names, areas and ids outlive buses, adapters and entries."""

import asyncio
from collections.abc import AsyncGenerator, Callable

from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coachiq.const import DOMAIN

from .conftest import Peer, coach_entry, set_up, until, virtual_bus

FRAME = "19FEDA8E#247CC8FCFF0504FF"
OFF = "19FEDA8E#247C00FCFF0500FF"

type MakePeer = Callable[[str], Peer]


@pytest.fixture
async def peers(hass: HomeAssistant, channel: str) -> AsyncGenerator[MakePeer]:
    """Return what makes further ends of further buses."""
    made: list[Peer] = []

    def make(name: str) -> Peer:
        made.append(Peer(hass, f"{channel}-{name}"))
        return made[-1]

    yield make
    for peer in made:
        peer.bus.shutdown()


def decide(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    """Name the light and place it, as an owner does; return its entity id."""
    registry = er.async_get(hass)
    (light,) = [
        entity
        for entity in er.async_entries_for_config_entry(registry, entry.entry_id)
        if entity.domain == "light"
    ]
    area = ar.async_get(hass).async_get_or_create("Galley")
    dr.async_get(hass).async_update_device(
        light.device_id, name_by_user="Our lamp", area_id=area.id
    )
    registry.async_update_entity(light.entity_id, new_entity_id="light.our_lamp")
    return "light.our_lamp"


def check(hass: HomeAssistant, state: str = "on") -> er.RegistryEntry:
    """Check that the owner's decisions hold."""
    light = er.async_get(hass).async_get("light.our_lamp")
    assert light.unique_id == "house-dimmer-36-light"
    device = dr.async_get(hass).async_get(light.device_id)
    assert device.name_by_user == "Our lamp"
    assert ar.async_get(hass).async_get_area(device.area_id).name == "Galley"
    assert hass.states.get("light.our_lamp").state == state
    return light


async def test_rename_and_move_the_bus(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer, peers: MakePeer
) -> None:
    """Another title and another adapter change nobody's identity."""
    await peer.appear(FRAME)
    decide(hass, listener)
    before = check(hass)
    (bus,) = listener.subentries.values()
    moved = peers("moved")
    hass.config_entries.async_update_subentry(
        listener, bus, title="Everything", data=virtual_bus(moved.channel)["data"]
    )
    await hass.async_block_till_done()
    await until(lambda: listener.state is ConfigEntryState.LOADED)
    await until(lambda: listener.runtime_data.is_up("house"))
    check(hass, "unknown")
    await moved.send(FRAME)
    assert check(hass).id == before.id
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, "bus-house"), listener.entry_id
    )
    assert device.name == "Everything network"


async def test_remove_and_add_again(hass: HomeAssistant, peer: Peer, fixed_address: int) -> None:
    """Home Assistant remembers what was removed, since the ids are the same."""
    entry = coach_entry(virtual_bus(peer.channel), transmit=False)
    await set_up(hass, entry)
    await peer.appear(FRAME)
    decide(hass, entry)
    await hass.config_entries.async_remove(entry.entry_id)
    assert er.async_get(hass).async_get("light.our_lamp") is None
    again = coach_entry(virtual_bus(peer.channel), transmit=False)
    await set_up(hass, again)
    await peer.appear(FRAME)
    check(hass)
    await hass.config_entries.async_unload(again.entry_id)


async def test_two_coaches_at_once(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer, peers: MakePeer
) -> None:
    """The same dimmer of two coaches is two lights; neither hears the other's bus."""
    other = peers("other")
    second = coach_entry(virtual_bus(other.channel, key="house_2"), name="Guest", transmit=False)
    await set_up(hass, second)
    await peer.appear(FRAME)
    decide(hass, listener)
    await other.appear(OFF)
    check(hass)
    assert hass.states.get("light.dimmer_36").state == "off"
    assert await hass.config_entries.async_unload(second.entry_id)
    assert hass.states.get("light.dimmer_36").state == "unavailable"
    check(hass)


async def test_two_buses_of_one_coach(
    hass: HomeAssistant, peer: Peer, peers: MakePeer, fixed_address: int, socket_enabled: None
) -> None:
    """Things of each bus belong to its subentry; a missing bus takes no other down."""
    chassis = peers("chassis")
    missing = virtual_bus("x", key="spare", title="Spare")
    missing["data"]["settings"]["interface"] = "socketcan"
    missing["data"]["settings"]["channel"] = "can77"
    entry = coach_entry(
        virtual_bus(peer.channel), virtual_bus(chassis.channel, "chassis", "Chassis"), missing
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: entry.runtime_data.is_up("house") and entry.runtime_data.is_up("chassis"))
    await until(lambda: entry.runtime_data.links["spare"].count.problem is not None)
    assert not entry.runtime_data.is_up("spare")
    await peer.appear(FRAME)
    await chassis.appear(OFF)
    subentries: dict[str, ConfigSubentry] = {
        bus.unique_id: bus for bus in entry.subentries.values()
    }
    for entity_id, key, state in (
        ("light.dimmer_36", "house", "on"),
        ("light.dimmer_36_2", "chassis", "off"),
    ):
        assert hass.states.get(entity_id).state == state
        entity = er.async_get(hass).async_get(entity_id)
        assert entity.unique_id == f"{key}-dimmer-36-light"
        assert entity.config_subentry_id == subentries[key].subentry_id
    # Removing a bus removes its things, and only its own.
    hass.config_entries.async_remove_subentry(entry, subentries["chassis"].subentry_id)
    await hass.async_block_till_done()
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    assert er.async_get(hass).async_get("light.dimmer_36_2") is None
    assert er.async_get(hass).async_get("light.dimmer_36") is not None
    await hass.config_entries.async_unload(entry.entry_id)


async def test_known_things_return_unknown(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """After a restart the things are there at once, and say nothing before the bus does."""
    await peer.appear(FRAME, "19FFB79C#00051CFFFFFFFFFF")
    assert await hass.config_entries.async_reload(listener.entry_id)
    await until(lambda: listener.runtime_data.is_up("house"))
    await hass.async_block_till_done()
    assert hass.states.get("light.dimmer_36").state == "unknown"
    assert hass.states.get("sensor.fresh_water_tank_level").state == "unknown"
    await peer.send(FRAME)
    assert hass.states.get("light.dimmer_36").state == "on"


async def test_delete_what_is_silent(
    hass: HomeAssistant,
    listener: MockConfigEntry,
    peer: Peer,
) -> None:
    """A thing that speaks cannot be deleted; one that does not can, and may come back."""
    from custom_components.coachiq import async_remove_config_entry_device  # noqa: PLC0415

    await peer.appear(FRAME)
    devices = dr.async_get(hass)

    def device(name: str) -> dr.DeviceEntry:
        return devices.async_get_device_by_identifier((DOMAIN, name), listener.entry_id)

    await peer.appear("19FFB700#00051CFFFFFFFFFF")
    for name in (
        *("coach-coach", "bus-house", "house-node-sa-8e", "house-dimmer-36"),
        *("house-node-sa-00", "house-tank-0"),
    ):
        assert not await async_remove_config_entry_device(hass, listener, device(name)), name
    await hass.config_entries.async_reload(listener.entry_id)
    await until(lambda: listener.runtime_data.is_up("house"))
    assert await async_remove_config_entry_device(hass, listener, device("house-dimmer-36"))
    devices.async_remove_device(device("house-dimmer-36").id)
    await hass.async_block_till_done()
    assert hass.states.get("light.dimmer_36") is None
    await peer.appear(FRAME)
    assert hass.states.get("light.dimmer_36").state == "on"


async def test_a_bus_called_bus(hass: HomeAssistant, peer: Peer, fixed_address: int) -> None:
    """Its things are not taken for the bus, and can be deleted."""
    from custom_components.coachiq import async_remove_config_entry_device  # noqa: PLC0415

    entry = coach_entry(virtual_bus(peer.channel, key="bus", title="Bus"), transmit=False)
    await set_up(hass, entry)
    await peer.appear(FRAME)
    await hass.config_entries.async_reload(entry.entry_id)
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, "bus-dimmer-36"), entry.entry_id
    )
    assert await async_remove_config_entry_device(hass, entry, device)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_thing_that_appears_while_the_entry_unloads(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """It is remembered, and made when the entry is set up again, not before."""
    await peer.send(FRAME)
    await asyncio.sleep(0.12)
    coordinator = listener.runtime_data
    coordinator.stop_adding()
    await peer.send(FRAME)
    assert not hass.states.async_entity_ids("light")
    await hass.config_entries.async_reload(listener.entry_id)
    await until(lambda: listener.runtime_data.is_up("house"))
    assert hass.states.get("light.dimmer_36").state == "unknown"
