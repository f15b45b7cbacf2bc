"""Entity ids of retired entities, taken over by ours."""

from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import area_registry as ar, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.coachiq.const import DOMAIN

from .conftest import Peer

DIMMER = "19FEDA8E#197CC8FCFFFF00FF"
TANK = "19FFB780#0001040000000000"
LIGHT = "light.dimmer_25"


async def take_over(
    hass: HomeAssistant, entities: dict[str, str], context: Context | None = None, **more: bool
) -> list[dict[str, Any]]:
    """Call the action and return its answer for each row."""
    answer = await hass.services.async_call(
        DOMAIN,
        "take_over_entities",
        {"entities": entities, **more},
        blocking=True,
        return_response=True,
        context=context,
    )
    assert answer
    rows: Any = answer["entities"]
    return list(rows)


def retire(hass: HomeAssistant, entity_id: str, state: str = "unavailable") -> er.RegistryEntry:
    """Leave an entity of an MQTT integration behind, as it is after a restart without it."""
    domain, name = entity_id.split(".")
    entity = er.async_get(hass).async_get_or_create(
        domain, "mqtt", name, suggested_object_id=name, original_name="Old"
    )
    assert entity.entity_id == entity_id
    hass.states.async_set(entity_id, state, {"restored": True})
    return entity


async def test_an_id_is_taken_over(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """The old entity goes only with leave; what the owner called it stays."""
    await peer.appear(DIMMER)
    registry = er.async_get(hass)
    unique_id, shown = registry.async_get(LIGHT).unique_id, hass.states.get(LIGHT).state
    area = ar.async_get(hass).async_create("Galley")
    retire(hass, "light.switch_12")
    registry.async_update_entity(
        "light.switch_12", name="Ceiling", area_id=area.id, labels={"night"}
    )
    (row,) = await take_over(hass, {"light.switch_12": LIGHT})
    assert (row["taken_over"], row["error"]) == (False, "take_over_registered")
    assert "light.switch_12 of mqtt is unavailable, but still registered" in row["message"]
    assert registry.async_get("light.switch_12").platform == "mqtt"

    (row,) = await take_over(hass, {"light.switch_12": LIGHT}, remove_old=True)
    assert row == {"old": "light.switch_12", "new": LIGHT, "taken_over": True}
    await hass.async_block_till_done()
    entity = registry.async_get("light.switch_12")
    assert (entity.platform, entity.unique_id) == (DOMAIN, unique_id)
    assert (entity.name, entity.area_id, entity.labels) == ("Ceiling", area.id, {"night"})
    assert registry.async_get(LIGHT) is None
    assert hass.states.get("light.switch_12").state == shown
    assert hass.states.get(LIGHT) is None


async def test_each_row_says_why_it_cannot(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """One that is alive, of another kind, or not ours; the others are taken over all the same."""
    await peer.appear(DIMMER, TANK)
    tank = next(one for one in hass.states.async_entity_ids("sensor") if "tank" in one)
    other = next(
        one.entity_id
        for one in er.async_get(hass).entities.values()
        if one.platform == DOMAIN and one.domain == "sensor" and one.entity_id != tank
    )
    retire(hass, "sensor.alive", "42")
    hass.states.async_set("sensor.yaml", "unavailable")
    rows = await take_over(
        hass,
        {
            "sensor.alive": tank,
            "switch.dimmer": LIGHT,
            "light.gone": "light.nobody",
            other: other,
        },
        remove_old=True,
    )
    assert {row["old"]: row["error"] for row in rows} == {
        "sensor.alive": "take_over_alive",
        "switch.dimmer": "take_over_other_kind",
        "light.gone": "take_over_not_ours",
        other: "take_over_ours",
    }
    assert "is still there and says 42" in rows[0]["message"]
    rows = await take_over(hass, {"sensor.yaml": tank, "light.gone": LIGHT}, remove_old=True)
    assert [row["taken_over"] for row in rows] == [False, True]
    assert rows[0]["error"] == "take_over_alive"
    with pytest.raises(ServiceValidationError, match="was given for several old ids"):
        await take_over(hass, {"light.a": LIGHT, "light.b": LIGHT})


async def test_only_an_administrator_may(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer, hass_read_only_user: MockUser
) -> None:
    """Others are refused, and nothing has changed."""
    await peer.appear(DIMMER)
    with pytest.raises(Unauthorized):
        await take_over(hass, {"light.switch_12": LIGHT}, Context(user_id=hass_read_only_user.id))
    assert er.async_get(hass).async_get(LIGHT)
