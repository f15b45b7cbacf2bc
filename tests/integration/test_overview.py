"""`coachiq.get_summary`: what it counts, of what each user may see."""

from typing import Any

from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.coachiq.coach import ThingId
from custom_components.coachiq.const import DOMAIN
from custom_components.coachiq.device import registered_thing

from .conftest import Peer, until

LIGHT = "light.dimmer_36"
ON = "19FEDA8E#247CC8FCFFFF04FF"
OTHER_OFF = "19FEDA8E#257C00FCFFFF00FF"
RED = "19FECA80#4565002000FFFFFF"


async def summary(hass: HomeAssistant, user: User | None = None) -> dict[str, Any]:
    """Return the summary that a user is given."""
    answer = await hass.services.async_call(
        DOMAIN, "get_summary", {}, blocking=True, return_response=True,
        context=Context(user_id=user.id if user else None),
    )  # fmt: skip
    assert isinstance(answer, dict)
    return answer


async def test_a_coach_is_summed_up(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """The whole shape is pinned once."""
    await peer.appear(ON, OTHER_OFF)
    await until(lambda: bool(listener.runtime_data.coach.lines["house"].intake.nodes))
    bedroom = ar.async_get(hass).async_create("Bedroom")
    devices = dr.async_get(hass)
    device = registered_thing(listener.runtime_data, ThingId("house", "dimmer", (36,)))
    assert device
    devices.async_update_device(device.id, area_id=bedroom.id)
    answer = await summary(hass)
    assert answer.keys() == {"coach", "entities", "kinds", "areas", "health", "buses"}
    assert answer["coach"] == "Coach"
    assert answer["kinds"]["light"] == {"total": 2, "online": 2, "active": 1}
    whole = {
        name: sum(part[name] for part in answer["kinds"].values())
        for name in ("total", "online", "active")
    }
    assert answer["entities"] == whole
    named, unnamed = answer["areas"]
    assert (named["area_id"], named["name"], named["active"]) == (bedroom.id, "Bedroom", 1)
    assert (unnamed["area_id"], unnamed["name"], unnamed["active"]) == (None, None, 0)
    assert named["total"] + unnamed["total"] == whole["total"]
    assert answer["health"] == {
        "state": "good",
        "buses_up": 1,
        "nodes": 1,
        "nodes_troubled": 0,
        "faults": 0,
        "things": 2,
        "things_silent": 0,
        "repairs": 0,
    }
    assert [(bus["bus"], bus["state"]) for bus in answer["buses"]] == [("house", "listening")]


async def test_what_is_wrong_with_it_is_counted(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """A red lamp is a repair, too; without a bus nothing is online that was."""
    await peer.appear(ON)
    await peer.appear(RED)
    health = (await summary(hass))["health"]
    assert (health["state"], health["faults"], health["repairs"]) == ("troubled", 1, 1)
    before = (await summary(hass))["entities"]
    coordinator = listener.runtime_data
    await coordinator.links["house"].stop()
    coordinator._link_changed("house", coordinator.links["house"].state)
    answer = await summary(hass)
    assert (answer["health"]["state"], answer["health"]["buses_up"]) == ("down", 0)
    assert answer["kinds"]["light"] == {"total": 1, "online": 0, "active": 0}
    assert answer["entities"]["total"] == before["total"]


async def test_only_what_a_user_may_see_is_counted(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    await peer.appear(ON, OTHER_OFF)
    guest = MockUser(name="Guest").add_to_hass(hass)
    guest.mock_policy({"entities": {"entity_ids": {LIGHT: {"read": True}}}})
    answer = await summary(hass, guest)
    assert answer["entities"] == {"total": 1, "online": 1, "active": 1}
    assert answer["kinds"].keys() == {"light"}
