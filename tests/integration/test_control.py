"""`coachiq.control` and `coachiq.bulk_control`: what each answers, and does, on a coach."""

from collections.abc import AsyncGenerator
from typing import Any

from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers import area_registry as ar, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.coachiq.const import DOMAIN

from .conftest import coach_entry, set_up, until, virtual_bus

BEDROOM, ACCENT = "light.bedroom_ceiling_light", "light.bedroom_vanity_light"
PUMP, FAN = "switch.water_pump", "fan.roof_fan_1"
CONNECTION = "binary_sensor.house_network_connectivity"
SENSOR = "binary_sensor.water_pump_running"


@pytest.fixture
async def coach(hass: HomeAssistant, fixed_address: int) -> AsyncGenerator[MockConfigEntry]:
    """Return the simulated coach, its lights, loads and fans known."""
    house = virtual_bus("") | {"data": {"kind": "simulator", "settings": {"bus": "house"}}}
    entry = coach_entry(house, profile="entegra_aspire_44r_2021")
    await set_up(hass, entry)
    ready = {BEDROOM: "off", ACCENT: "off", FAN: None, SENSOR: None}
    await until(
        lambda: all(
            (state := hass.states.get(one)) and (said is None or state.state == said)
            for one, said in ready.items()
        ),
        15,
    )
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


async def bulk(hass: HomeAssistant, **wish: object) -> dict[str, Any]:
    """Control many; return the answer."""
    answer = await hass.services.async_call(
        DOMAIN, "bulk_control", wish, blocking=True, return_response=True
    )
    assert isinstance(answer, dict)
    return answer


async def control(
    hass: HomeAssistant, command: str, target: object = BEDROOM, **wish: object
) -> dict[str, Any]:
    """Control one entity; return its answer."""
    answer = await hass.services.async_call(
        DOMAIN,
        "control",
        {"entity_id": target, "command": command, **wish},
        blocking=True,
        return_response=True,
    )
    assert isinstance(answer, dict)
    return answer


def shown(hass: HomeAssistant, entity_id: str) -> tuple[str, int | None]:
    """Return the state and the brightness, 0 to 255, that an entity shows."""
    state = hass.states.get(entity_id)
    assert state is not None
    return state.state, state.attributes.get("brightness")


async def test_a_light_goes_through_all_commands(
    hass: HomeAssistant, coach: MockConfigEntry
) -> None:
    """Each step from the one before; the whole answer is pinned once."""
    assert await control(hass, "set", brightness=75) == {
        BEDROOM: {
            "success": True,
            "entity_id": BEDROOM,
            "command": "set",
            "state": "on",
            "brightness": 75,
            "message": None,
        }
    }
    assert shown(hass, BEDROOM) == ("on", 191)
    steps: list[tuple[str, dict[str, object], tuple[str, int]]] = [
        ("toggle", {}, ("off", 0)),
        ("toggle", {}, ("on", 75)),
        ("set", {"state": False}, ("off", 0)),
        ("set", {"state": True}, ("on", 75)),
        ("brightness_up", {}, ("on", 85)),
        ("brightness_up", {}, ("on", 95)),
        ("brightness_up", {}, ("on", 100)),
        ("set", {"brightness": 15}, ("on", 15)),
        ("brightness_down", {}, ("on", 5)),
        ("brightness_down", {}, ("off", 0)),
        ("brightness_down", {}, ("off", 0)),
        ("brightness_up", {}, ("on", 10)),
        ("set", {"state": "on", "brightness": 1}, ("on", 1)),
        ("set", {"brightness": 0}, ("off", 0)),
        ("set", {"state": "on"}, ("on", 1)),
    ]
    for command, wish, (state, brightness) in steps:
        answer = (await control(hass, command, **wish))[BEDROOM]
        assert (answer["state"], answer["brightness"]) == (state, brightness), (command, wish)
        assert answer["success"], command


async def test_a_light_that_was_never_on_comes_on_whole(
    hass: HomeAssistant, coach: MockConfigEntry
) -> None:
    """There is no last level."""
    assert (await control(hass, "set", ACCENT, state=True))[ACCENT]["brightness"] == 100


async def test_fans_have_speeds_and_switches_none(
    hass: HomeAssistant, coach: MockConfigEntry
) -> None:
    """A speed is a fan's brightness; a switch refuses one and says so."""
    assert (await control(hass, "set", FAN, brightness=50))[FAN]["brightness"] == 50
    assert hass.states.get(FAN).attributes["percentage"] == 50
    assert (await control(hass, "brightness_down", FAN))[FAN]["brightness"] == 40
    switched = (await control(hass, "set", PUMP, state="on"))[PUMP]
    assert (switched["state"], switched["brightness"]) == ("on", None)
    for command, wish in (("set", {"brightness": 50}), ("brightness_up", {})):
        with pytest.raises(ServiceValidationError, match=f"{PUMP} has no brightness"):
            await control(hass, command, PUMP, **wish)


@pytest.mark.parametrize(
    ("command", "wish", "key"),
    [
        ("set", {}, "nothing_to_set"),
        ("toggle", {"state": True}, "only_to_set"),
        ("brightness_up", {"brightness": 20}, "only_to_set"),
        ("set", {"state": False, "brightness": 20}, "off_has_no_brightness"),
        ("set", {"state": True, "device_id": "gone"}, "target_missing"),
        ("set", {"state": True, "area_id": "empty"}, "nothing_meant"),
        ("set", {"state": True, "entity_id": "light.neighbour"}, "not_ours"),
        ("set", {"state": True, "entity_id": CONNECTION}, "not_switched"),
    ],
)
async def test_what_cannot_be_meant_is_an_error_and_nothing_is_done(
    hass: HomeAssistant, listener: MockConfigEntry, command: str, wish: dict[str, Any], key: str
) -> None:
    """In words, whatever the target."""
    ar.async_get(hass).async_create("Empty")
    if key in {"target_missing", "nothing_meant"}:
        wish = {"entity_id": [], **wish}
    with pytest.raises(ServiceValidationError) as raised:
        await control(hass, command, **({"target": wish.pop("entity_id", BEDROOM)} | wish))
    assert raised.value.translation_key == key


@pytest.mark.parametrize(
    "wish",
    [
        {"command": "blink"},
        {"command": "set", "brightness": 101},
        {"command": "set", "state": "dim"},
    ],
)
async def test_a_wrong_shape_is_refused(
    hass: HomeAssistant, listener: MockConfigEntry, wish: dict[str, object]
) -> None:
    """Before anything is looked at."""
    with pytest.raises(vol.Invalid):
        await hass.services.async_call(
            DOMAIN, "control", {"entity_id": BEDROOM, **wish}, blocking=True
        )


async def test_several_targets_answer_each_for_itself(
    hass: HomeAssistant, coach: MockConfigEntry
) -> None:
    """What fails is in the answer, and does not keep the others from it."""
    hass.states.async_set("light.neighbour", "off")
    hass.states.async_set(ACCENT, "unavailable")
    answer = await control(
        hass, "set", [BEDROOM, ACCENT, "light.neighbour", SENSOR, "light.gone"], state=True
    )
    assert {one: row["success"] for one, row in answer.items()} == {
        BEDROOM: True,
        ACCENT: False,
        "light.neighbour": False,
        SENSOR: False,
        "light.gone": False,
    }
    assert answer[ACCENT]["state"] == "unavailable"
    assert "is not available" in answer[ACCENT]["message"]
    assert answer["light.gone"]["state"] is None
    assert hass.states.get("light.neighbour").state == "off"
    with pytest.raises(HomeAssistantError, match="is not available"):
        await control(hass, "set", ACCENT, state=True)


async def test_an_area_means_its_lights_and_a_bulk_counts_them(
    hass: HomeAssistant, coach: MockConfigEntry
) -> None:
    """Its sensors are not asked; the whole answer is pinned."""
    area = ar.async_get(hass).async_get_area_by_name("Bedroom")
    assert area
    lights = {
        one for one in hass.states.async_entity_ids("light") if one.startswith("light.bedroom_")
    }
    answer = await bulk(hass, area_id=area.id, entity_id="light.gone", command="set", brightness=30)
    results = {row["entity_id"]: row for row in answer["results"]}
    assert lights <= results.keys()
    assert answer["total_requested"] == len(results)
    assert answer["failed"] == 1
    assert answer["successful"] == len(results) - 1
    assert results[BEDROOM] == {
        "entity_id": BEDROOM,
        "success": True,
        "message": None,
        "error": None,
    }
    assert results["light.gone"] == {
        "entity_id": "light.gone",
        "success": False,
        "message": "light.gone is nothing of CoachIQ. Name a light, switch or fan of the coach",
        "error": "not_ours",
    }
    assert {shown(hass, one) for one in lights} == {("on", 76)}


async def test_a_bulk_can_end_at_the_first_failure(
    hass: HomeAssistant, coach: MockConfigEntry
) -> None:
    """Those behind it are told as not tried, and are not touched."""
    answer = await bulk(
        hass,
        entity_id=[ACCENT, "light.bedroom_away", BEDROOM],
        command="set",
        state=True,
        stop_on_failure=True,
    )
    assert [(row["entity_id"], row["error"]) for row in answer["results"]] == [
        (ACCENT, None),
        ("light.bedroom_away", "not_ours"),
        (BEDROOM, "not_tried"),
    ]
    assert (answer["total_requested"], answer["successful"], answer["failed"]) == (3, 1, 2)
    assert shown(hass, BEDROOM)[0] == "off"


async def test_a_user_needs_leave_for_each_entity(
    hass: HomeAssistant, coach: MockConfigEntry, hass_read_only_user: User
) -> None:
    """One that may only look is refused: alone by an error, among others in the answer."""
    registry = er.async_get(hass)
    assert registry.async_get(BEDROOM)
    context = Context(user_id=hass_read_only_user.id)

    async def as_guest(*targets: str) -> dict[str, Any]:
        answer = await hass.services.async_call(
            DOMAIN,
            "control",
            {"entity_id": list(targets), "command": "set", "state": True},
            blocking=True,
            return_response=True,
            context=context,
        )
        assert isinstance(answer, dict)
        return answer

    with pytest.raises(Unauthorized):
        await as_guest(BEDROOM)
    answer = await as_guest(BEDROOM, ACCENT)
    assert not any(row["success"] for row in answer.values())
    assert answer[BEDROOM]["state"] is None
    assert answer[BEDROOM]["message"] == f"{BEDROOM} was not controlled: this user may not"
    assert shown(hass, BEDROOM)[0] == "off"
