"""A DGN that no family was made for: reachable field by field, and in nobody's way."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coachiq.const import DOMAIN

from .conftest import Peer, until

# AWNING_STATUS_2 of two awnings, and SUSPENSION_AIR_PRESSURE_STATUS, which has no instance.
PATIO = "19FDCD80#0164FDFFFFFFFFFF"
SUSPENSION = "19FED180#6432FFFFFFFFFFFF"
DOOR = "19FDCD80#0200FFFFFFFFFFFF"


def ours(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, er.RegistryEntry]:
    """Return the entities that show fields, by their unique ids."""
    registry = er.async_get(hass)
    return {
        entity.unique_id: entity
        for entity in er.async_entries_for_config_entry(registry, entry.entry_id)
        if "suspension" in entity.unique_id or "awning" in entity.unique_id
    }


async def test_fields_are_there_but_disabled_and_on_the_node_that_tells_them(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    await peer.appear(PATIO, SUSPENSION, DOOR)
    found = ours(hass, listener)
    position = found["house-awning_status_2-1-motion_sensitivity"]
    assert position.disabled
    assert position.original_name == "Awning status 2 1: motion sensitivity"
    assert found["house-suspension_air_pressure_status-0-supply_pressure"].original_name == (
        "Suspension air pressure status: supply pressure"
    )
    node = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, "house-node-sa-80"), listener.entry_id
    )
    assert node
    assert {entity.device_id for entity in found.values()} == {node.id}


async def test_an_enabled_field_shows_its_number_or_its_words(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    await peer.appear(PATIO, SUSPENSION, DOOR)
    registry = er.async_get(hass)
    wanted = {
        "house-awning_status_2-1-calibration": "calibrated",
        "house-awning_status_2-1-motion_sensitivity": "50.0",
        # 100 psi.
        "house-suspension_air_pressure_status-0-supply_pressure": "689.4757",
        # A number that has words, too.
        "house-awning_status_2-2-motion_sensitivity": "0.0",
    }
    for unique_id in wanted:
        registry.async_update_entity(ours(hass, listener)[unique_id].entity_id, disabled_by=None)
    await hass.config_entries.async_reload(listener.entry_id)
    await until(lambda: listener.runtime_data.is_up("house"))
    assert not [one for one in hass.states.async_entity_ids("sensor") if "awning" in one]
    await peer.appear(PATIO, SUSPENSION, DOOR)
    for unique_id, state in wanted.items():
        entity_id = ours(hass, listener)[unique_id].entity_id
        assert hass.states.get(entity_id).state == state
    await peer.send("19FED180#3232FFFFFFFFFFFF")
    pressure = ours(hass, listener)["house-suspension_air_pressure_status-0-supply_pressure"]
    await until(lambda: hass.states.get(pressure.entity_id).state == "344.73785")
    stored = listener.runtime_data.store.content(listener.runtime_data.coach)["things"]
    assert stored == [], "it appears when it is heard"
