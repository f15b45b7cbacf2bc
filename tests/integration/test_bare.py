"""A DGN that no family was made for: reachable field by field, and in nobody's way."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coachiq.const import DOMAIN

from .conftest import Peer, until

# TV_LIFT_STATUS, AWNING_STATUS, and SUSPENSION_AIR_PRESSURE_STATUS, which has no instance.
LIFT = "19FDC480#0102640FFF0FFFFF"
SUSPENSION = "19FED180#6432FFFFFFFFFFFF"
RETRACTED = "19FEF380#010000FFFFFFFFFF"


def ours(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, er.RegistryEntry]:
    """Return the entities that show fields, by their unique ids."""
    registry = er.async_get(hass)
    return {
        entity.unique_id: entity
        for entity in er.async_entries_for_config_entry(registry, entry.entry_id)
        if "tv_lift" in entity.unique_id
        or "suspension" in entity.unique_id
        or "awning" in entity.unique_id
    }


async def test_fields_are_there_but_disabled_and_on_the_node_that_tells_them(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    await peer.appear(LIFT, SUSPENSION, RETRACTED)
    found = ours(hass, listener)
    position = found["house-tv_lift_status-1-position"]
    assert position.disabled
    assert position.original_name == "Tv lift status 1: position"
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
    await peer.appear(LIFT, SUSPENSION, RETRACTED)
    registry = er.async_get(hass)
    wanted = {
        "house-tv_lift_status-1-motion": "storing",
        "house-tv_lift_status-1-position": "50.0",
        # 100 psi.
        "house-suspension_air_pressure_status-0-supply_pressure": "689.4757",
        # A number that has words, too.
        "house-awning_status-1-position": "0.0",
    }
    for unique_id in wanted:
        registry.async_update_entity(ours(hass, listener)[unique_id].entity_id, disabled_by=None)
    await hass.config_entries.async_reload(listener.entry_id)
    await until(lambda: listener.runtime_data.is_up("house"))
    assert not [one for one in hass.states.async_entity_ids("sensor") if "lift" in one]
    await peer.appear(LIFT, SUSPENSION, RETRACTED)
    for unique_id, state in wanted.items():
        entity_id = ours(hass, listener)[unique_id].entity_id
        assert hass.states.get(entity_id).state == state
    await peer.send("19FED180#3232FFFFFFFFFFFF")
    pressure = ours(hass, listener)["house-suspension_air_pressure_status-0-supply_pressure"]
    await until(lambda: hass.states.get(pressure.entity_id).state == "344.73785")
    stored = listener.runtime_data.store._content(listener.runtime_data.coach)["things"]
    assert stored == [], "it appears when it is heard"
