"""An owner names and corrects things in the options, and what becomes of that on the bus."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coachiq.climate import UNITS
from custom_components.coachiq.coach.kind import GUARDED
from custom_components.coachiq.coach.mover import MOVERS, PAIRED
from custom_components.coachiq.const import DOMAIN
from custom_components.coachiq.lock import LOCKS
from custom_components.coachiq.number import NUMBERS
from custom_components.coachiq.select import SELECTS
from custom_components.coachiq.switch import SWITCHES
from custom_components.coachiq.valve import VALVES
from tests.coach.test_interlock import APPEAR

from .conftest import Peer, until
from .flow import Answers, Form, start_options, suggested

DIMMER = "house-dimmer-36"
OFF = "19FEDA8E#247C00FCFF0500FF"
HALF = "19FEDA8E#247C64FCFF0504FF"
OTHER = "19FEDA8E#257C00FCFF0500FF"
LOAD = "19FFBD80#2200C80000000000"
# What can hurt people, by family.
GUARDED_FRAMES = {
    "ags_criterion": "19FEFE80#01F40001F00014FF",
    "furnace": "19FFE480#01010000FFFFFFFF",
    "heat_pump": "19FF9B80#0100FF96FFFF64FF",
    "transfer_switch": "19FFAA80#0100FCFFFFFFFFFF",
    "generator": "19FFDC93#005E010000FFFFFF",
    "generator_demand": "19FF8080#C000FFFFFFFFFFFF",
    "refrigerator": "19FDD380#01F0A022802210FF",
    "valve": "19FDE580#010000FFFFFFFFFF",
    "waste_dump": "19FFAF80#D0FF00FFFFFFFFFF",
    "water_heater": "19FFF759#0100602A002AFCFF",
}
AC_LOAD = "19FFBF80#22FFC8FFFFFFFFFF"
# Fresh water: 50 of 100 steps.
TANK = "19FFB79C#00326400FFFFFFFF"


def device_of(
    hass: HomeAssistant, entry: MockConfigEntry, thing: str = DIMMER
) -> dr.DeviceEntry | None:
    """Return the device of a thing."""
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, thing), entry.entry_id)
    return device if isinstance(device, dr.DeviceEntry) else None


def ids_of(hass: HomeAssistant, thing: str) -> dict[str, str]:
    """Return the entities that a thing has in the registry: entity id by unique id."""
    return {
        entity.unique_id: entity.entity_id
        for entity in er.async_get(hass).entities.values()
        if entity.platform == DOMAIN and entity.unique_id.startswith(f"{thing}-")
    }


async def answer(hass: HomeAssistant, form: Form, answers: Answers) -> Form:
    """Answer a form of the options, and wait until the coach is set up again if it is."""
    result: Form = await hass.config_entries.options.async_configure(form["flow_id"], answers)
    await hass.async_block_till_done()
    return result


async def thing_form(hass: HomeAssistant, entry: MockConfigEntry, thing: str) -> Form:
    """Open the form of one thing."""
    form = await start_options(hass, entry, "things")
    return await answer(hass, form, {"thing": thing})


async def decide(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    peer: Peer,
    thing: str,
    **answers: Any,  # noqa: ANN401  # answers
) -> None:
    """Answer the form of one thing, and wait until its bus is open again."""
    form = await thing_form(hass, entry, thing)
    result = await answer(hass, form, suggested(form) | answers)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await until(lambda: entry.runtime_data.is_up("house"))


def offered_kinds(form: Form) -> list[str]:
    """Return what the form of a thing offers to take it for."""
    kinds: list[str] = form["data_schema"].schema["kind"].config["options"]
    return kinds


async def test_name_and_area_go_to_the_registries(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """Nothing of them is in the options, no reload is needed, and both can be taken back."""
    await peer.appear(OFF)
    area = ar.async_get(hass).async_create("Bedroom")
    before = listener.runtime_data
    form = await thing_form(hass, listener, DIMMER)
    assert form["description_placeholders"]["thing"] == "Dimmer 36"
    assert suggested(form) == {"kind": "profile"}
    await answer(hass, form, {"name": " Reading light ", "area": area.id, "kind": "profile"})
    device = device_of(hass, listener)
    assert device
    assert (device.name_by_user, device.area_id) == ("Reading light", area.id)
    assert listener.runtime_data is before
    assert "things" not in listener.options

    form = await start_options(hass, listener, "things")
    labels = form["data_schema"].schema["thing"].config["options"]
    assert labels == ["Reading light · Bedroom · Dimmer 36"]
    form = await answer(hass, form, {"thing": labels[0]})
    assert suggested(form) == {"name": "Reading light", "area": area.id, "kind": "profile"}
    await answer(hass, form, {"kind": "profile"})
    device = device_of(hass, listener)
    assert device
    assert (device.name_by_user, device.name, device.area_id) == (None, "Dimmer 36", None)


@pytest.mark.parametrize(
    "case",
    [
        (HALF, DIMMER, "light", "switch", "switch.dimmer_36"),
        (HALF, DIMMER, "light", "fan", "fan.dimmer_36"),
        (HALF, DIMMER, "light", "indicator", "binary_sensor.dimmer_36"),
        (LOAD, "house-dc_load-34", "switch", "light", "light.dc_load_34"),
        (LOAD, "house-dc_load-34", "switch", "fan", "fan.dc_load_34"),
        (LOAD, "house-dc_load-34", "switch", "indicator", "binary_sensor.dc_load_34"),
        (AC_LOAD, "house-ac_load-34", "switch", "light", "light.ac_load_34"),
    ],
)
async def test_a_thing_is_taken_for_something_else_and_back(
    hass: HomeAssistant,
    listener: MockConfigEntry,
    peer: Peer,
    case: tuple[str, str, str, str, str],
) -> None:
    """The old entity leaves the registry, the new one shows the state; then the same is back."""
    frame, thing, usual, kind, entity_id = case
    await peer.appear(frame)
    before = ids_of(hass, thing)
    usual_id = before[f"{thing}-{usual}"]
    await decide(hass, listener, peer, thing, kind=kind)
    assert listener.options["things"] == {thing: {"kind": kind}}
    assert f"{thing}-{usual}" not in ids_of(hass, thing)
    assert hass.states.get(usual_id) is None
    await peer.appear(frame)
    assert hass.states.get(entity_id).state == "on"

    await decide(hass, listener, peer, thing, kind="profile")
    assert listener.options["things"] == {}
    assert ids_of(hass, thing) == before
    await peer.appear(frame)
    assert hass.states.get(usual_id).state == "on"
    assert hass.states.get(entity_id) is None


async def test_a_dimmer_that_is_a_fan_is_commanded_as_one(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    """Its speed is the dimmer's level."""
    await peer.appear(HALF)
    await decide(hass, entry, peer, DIMMER, kind="fan")
    await peer.appear(HALF)
    assert hass.states.get("fan.dimmer_36").attributes["percentage"] == 50
    for action, data, frame, said in (
        ("set_percentage", {"percentage": 25}, "#24FF3200FF00FFFF", "#247C32FCFF0504FF"),
        ("turn_off", {}, "#24FF00", "#247C00FCFF0500FF"),
        ("turn_on", {}, "#24FFC800FF00FFFF", "#247CC8FCFF0504FF"),
        ("turn_on", {"percentage": 100}, "#24FFC800FF00FFFF", "#247CC8FCFF0504FF"),
        ("set_percentage", {"percentage": 0}, "#24FF00", "#247C00FCFF0500FF"),
    ):
        call = hass.async_create_task(
            hass.services.async_call(
                "fan", action, {"entity_id": "fan.dimmer_36", **data}, blocking=True
            )
        )
        await peer.wait_for(f"19FEDB9D{frame}")
        await peer.send(f"19FEDA8E{said}", settle=False)
        await call
    assert hass.states.get("fan.dimmer_36").attributes["percentage"] == 0


async def test_a_hidden_thing_goes_and_can_be_had_again(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """Its device and entities are gone while hidden, and come back with name, area and ids."""
    await peer.appear(OFF, OTHER)
    area = ar.async_get(hass).async_create("Bedroom")
    before = ids_of(hass, DIMMER)
    await decide(hass, listener, peer, DIMMER, kind="hidden", name="Ghost", area=area.id)
    await peer.appear(OFF, OTHER)
    assert device_of(hass, listener) is None
    assert ids_of(hass, DIMMER) == {}
    assert ids_of(hass, "house-dimmer-37")

    form = await start_options(hass, listener, "things")
    labels = form["data_schema"].schema["thing"].config["options"]
    assert labels == ["Dimmer 37", "Dimmer 36 · hidden"]
    form = await answer(hass, form, {"thing": labels[1]})
    assert suggested(form) == {"kind": "hidden"}
    assert "name" not in form["data_schema"].schema
    await answer(hass, form, {"kind": "profile"})
    await until(lambda: listener.runtime_data.is_up("house"))
    await peer.appear(OFF)
    assert ids_of(hass, DIMMER) == before
    device = device_of(hass, listener)
    assert device
    assert (device.name_by_user, device.area_id) == ("Ghost", area.id)


@pytest.mark.parametrize(
    ("frame", "offer"),
    [
        (OFF, (DIMMER, {"light", "switch", "fan", "indicator", "lock", "burner", *PAIRED})),
        (
            LOAD,
            (
                "house-dc_load-34",
                {"light", "switch", "fan", "indicator", "lock", "burner", *PAIRED},
            ),
        ),
        (AC_LOAD, ("house-ac_load-34", {"light", "switch", "indicator", "burner"})),
        (TANK, ("house-tank-0", {"shown"})),
    ],
)
async def test_only_what_makes_sense_is_offered(
    hass: HomeAssistant,
    listener: MockConfigEntry,
    peer: Peer,
    frame: str,
    offer: tuple[str, set[str]],
) -> None:
    """The kinds go by the family; a scale is a tank's only; nothing is to be allowed."""
    await peer.appear(frame)
    thing, kinds = offer
    form = await thing_form(hass, listener, thing)
    assert set(offered_kinds(form)) == {"profile", *kinds, "hidden"}
    fields = form["data_schema"].schema
    assert ("calibration" in fields) is (frame == TANK)
    assert "allowed" not in fields


async def test_nothing_is_asked_about_what_nothing_operates(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """An output that is taken for a lock or a burner is no light, and is switched by nobody."""
    await peer.appear(OFF)
    for kind in ("lock", "burner"):
        form = await thing_form(hass, listener, DIMMER)
        result = await answer(hass, form, {"name": "Door", "kind": kind})
        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert listener.options["things"] == {DIMMER: {"kind": kind}}
        await until(lambda: listener.runtime_data.is_up("house"))
        await peer.appear(OFF)
        assert not hass.states.async_entity_ids("light")
        assert not hass.states.async_entity_ids("lock")


async def test_what_another_form_decided_stays(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """A row of the options keeps what this form does not ask."""
    await peer.appear(OFF)
    hass.config_entries.async_update_entry(
        listener, options={**listener.options, "things": {DIMMER: {"later": [1, 2]}}}
    )
    await hass.async_block_till_done()
    await until(lambda: listener.runtime_data.is_up("house"))
    await decide(hass, listener, peer, DIMMER, kind="fan")
    assert listener.options["things"] == {DIMMER: {"later": [1, 2], "kind": "fan"}}


async def test_a_tank_has_a_scale_of_its_own(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """What is shown lies between the points, and beyond them within 0 to 100."""
    await peer.appear(TANK)
    level = "sensor.fresh_water_tank_level"
    assert hass.states.get(level).state == "50.0"
    form = await thing_form(hass, listener, "house-tank-0")
    assert form["description_placeholders"]["said"] == "50"
    await decide(
        hass, listener, peer, "house-tank-0", calibration=["90 % = 100%", "10=0", "50 = 30,5"]
    )
    assert listener.options["things"]["house-tank-0"] == {
        "calibration": [[10.0, 0.0], [50.0, 30.5], [90.0, 100.0]]
    }
    for raw, shown in (("32", 30.5), ("1E", 15.25), ("46", 65.25), ("64", 100.0), ("05", 0.0)):
        await peer.appear(f"19FFB79C#00{raw}6400FFFFFFFF")
        assert hass.states.get(level).state == str(shown)
    await peer.appear("19FFB79C#00FF6400FFFFFFFF")
    await until(lambda: hass.states.get(level).state == "unknown")
    form = await thing_form(hass, listener, "house-tank-0")
    assert suggested(form)["calibration"] == ["10 = 0", "50 = 30.5", "90 = 100"]
    await answer(hass, form, {"kind": "profile"})
    assert listener.options["things"] == {}


@pytest.mark.parametrize(
    ("points", "error"),
    [
        (["ten = 0"], "point_wrong"),
        (["10 0", "90 = 100"], "point_wrong"),
        (["50 = 30"], "scale_wrong"),
        (["10 = 0", "10 = 20"], "scale_wrong"),
        (["10 = 0", "50 = 60", "90 = 50"], "scale_wrong"),
        (["10 = 0", "90 = 101"], "scale_wrong"),
    ],
)
async def test_a_scale_that_is_none_is_refused(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer, points: list[str], error: str
) -> None:
    """The form is shown again as it was filled in, and nothing is kept of it."""
    await peer.appear(TANK)
    form = await thing_form(hass, listener, "house-tank-0")
    form = await answer(hass, form, {"name": "Water", "kind": "profile", "calibration": points})
    assert form["errors"] == {"base": error}
    assert suggested(form)["calibration"] == points
    device = device_of(hass, listener, "house-tank-0")
    assert device
    assert device.name_by_user is None
    assert "things" not in listener.options


async def test_many_things_are_named_in_one_form(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """Each line gives name, area and kind; the coach is set up again once, for the kind."""
    await peer.appear(OFF, OTHER, LOAD)
    ar.async_get(hass).async_create("Bedroom")
    form = await start_options(hass, listener, "names")
    assert [str(key) for key in form["data_schema"].schema] == [
        "Dimmer 36",
        "Dimmer 37",
        "DC load 34",
    ]
    lines = {"Dimmer 36": "Vent, bedroom, Lamp", "DC load 34": "Pump"}
    form = await answer(hass, form, lines)
    assert form["errors"] == {"base": "kind_unknown"}
    assert form["description_placeholders"]["thing"] == "Dimmer 36"
    assert suggested(form) == lines
    result = await answer(hass, form, {**lines, "Dimmer 36": "Vent, bedroom, fan"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await until(lambda: listener.runtime_data.is_up("house"))
    assert listener.options["things"] == {DIMMER: {"kind": "fan"}}
    vent, other, pump = (
        device_of(hass, listener, thing)
        for thing in (DIMMER, "house-dimmer-37", "house-dc_load-34")
    )
    assert vent
    assert other
    assert pump
    assert (vent.name_by_user, vent.area_id) == ("Vent", "bedroom")
    assert (other.name_by_user, other.area_id) == (None, None)
    assert (pump.name_by_user, pump.area_id) == ("Pump", None)
    assert [area.name for area in ar.async_get(hass).async_list_areas()] == ["Bedroom"]

    await peer.appear(HALF, OTHER, LOAD)
    form = await start_options(hass, listener, "names")
    assert suggested(form) == {
        "Dimmer 37": "",
        "Dimmer 36": "Vent, Bedroom",
        "DC load 34": "Pump",
    }
    before = listener.runtime_data
    await answer(hass, form, {"Dimmer 36": "Vent, Bedroom", "Dimmer 37": "Lamp, Kitchen"})
    assert listener.runtime_data is before
    pump = device_of(hass, listener, "house-dc_load-34")
    other = device_of(hass, listener, "house-dimmer-37")
    assert pump
    assert other
    assert pump.name_by_user is None
    assert (other.name_by_user, other.area_id) == ("Lamp", "kitchen")


async def test_what_does_not_fit_on_a_page_is_on_the_next(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """The owner goes on only where that is wanted; a dialog that is closed loses nothing."""
    await peer.appear(*(f"19FEDA8E#{number:02X}7C00FCFF0500FF" for number in range(1, 23)))
    form = await start_options(hass, listener, "names")
    assert len(form["data_schema"].schema) == 21
    assert form["description_placeholders"]["more"] == "2"
    form = await answer(hass, form, {"Dimmer 1": "Vent, Bath, fan", "more": True})
    assert [str(key) for key in form["data_schema"].schema] == ["Dimmer 21", "Dimmer 22"]
    hass.config_entries.options.async_abort(form["flow_id"])
    await hass.async_block_till_done()
    assert listener.options["things"] == {"house-dimmer-1": {"kind": "fan"}}


async def test_a_coach_that_is_not_set_up_has_only_settings(
    hass: HomeAssistant, listener: MockConfigEntry
) -> None:
    """Its things are not known."""
    assert await hass.config_entries.async_unload(listener.entry_id)
    form = await hass.config_entries.options.async_init(listener.entry_id)
    assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "settings")
    assert await hass.config_entries.async_setup(listener.entry_id)


@pytest.mark.parametrize("family", sorted(GUARDED))
async def test_what_can_hurt_people_is_asked_about_whatever_it_is_taken_for(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer, family: str
) -> None:
    """What is allowed appears, and goes again when the owner takes that back."""
    await peer.appear(GUARDED_FRAMES[family])
    (thing,) = map(str, entry.runtime_data.coach.things)
    before = ids_of(hass, thing)
    form = await thing_form(hass, entry, thing)
    assert suggested(form)["allowed"] is False
    await answer(hass, form, {"kind": "profile", "allowed": True})
    assert entry.options["things"] == {thing: {"allowed": True}}
    more = ids_of(hass, thing).keys() - before.keys()
    # A water heater has more modes.
    assert bool(more) is (family != "water_heater")
    form = await thing_form(hass, entry, thing)
    await answer(hass, form, {"kind": "profile", "allowed": False})
    assert ids_of(hass, thing) == before


def test_the_families_that_are_guarded_are_those_of_the_rows() -> None:
    """A water heater's modes are guarded by its entity; doors move, too."""
    rows = (*SWITCHES, *SELECTS, *VALVES, *LOCKS, *NUMBERS, *UNITS)
    guarded = {row.family for row in rows if row.guarded} - MOVERS.keys()
    assert guarded | {"water_heater"} == GUARDED


async def test_what_is_no_thing_is_not_opened(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """The list can be typed into, since it can be searched."""
    await peer.appear(OFF)
    for typed in ("Lamp", "house-dimmer-99"):
        form = await start_options(hass, listener, "things")
        form = await answer(hass, form, {"thing": typed})
        assert (form["step_id"], form["errors"]) == ("things", {"base": "thing_unknown"})
        hass.config_entries.options.async_abort(form["flow_id"])


async def test_a_mover_is_allowed_with_its_interlock(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """The form asks for the inputs that this mover needs, and stores what the interlock reads."""
    await peer.appear(APPEAR["step"])
    hass.states.async_set("binary_sensor.brake", "on")
    form = await thing_form(hass, listener, "house-step-1")
    fields = form["data_schema"].schema
    assert [str(key) for key in fields["inputs"].schema.schema] == ["park_brake", "speed"]
    assert suggested(form)["allowed"] is False
    await answer(
        hass,
        form,
        {
            "kind": "profile",
            "allowed": True,
            "inputs": {"park_brake": "binary_sensor.brake"},
            "without": True,
        },
    )
    assert listener.options["things"]["house-step-1"] == {
        "allowed": True,
        "inputs": {"park_brake": "binary_sensor.brake"},
        "without": True,
    }
    await until(lambda: listener.runtime_data.is_up("house"))
    form = await thing_form(hass, listener, "house-step-1")
    (marker,) = form["data_schema"].schema["inputs"].schema.schema.keys() - {"speed"}
    assert marker.description == {"suggested_value": "binary_sensor.brake"}
    await answer(hass, form, {"kind": "profile", "inputs": {}})
    assert listener.options["things"] == {}


async def test_what_seldom_has_a_motor_is_a_cover_while_that_is_allowed(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """The cover leaves the registry with the permission."""
    await peer.appear(APPEAR["door"])
    form = await thing_form(hass, listener, "house-door-1")
    await answer(hass, form, {"kind": "profile", "allowed": True, "inputs": {}})
    await until(lambda: listener.runtime_data.is_up("house"))
    assert "house-door-1-cover" in ids_of(hass, "house-door-1")
    form = await thing_form(hass, listener, "house-door-1")
    await answer(hass, form, {"kind": "profile", "allowed": False, "inputs": {}})
    await until(lambda: listener.runtime_data.is_up("house"))
    assert ids_of(hass, "house-door-1").keys() & {"house-door-1-cover"} == set()
    assert ids_of(hass, "house-door-1")
