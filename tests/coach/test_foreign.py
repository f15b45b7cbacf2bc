"""Profiles of other forms: what is taken, what is not and why, and that nothing is overrated."""

import json
from pathlib import Path

import pytest

from custom_components.coachiq.coach import Profile, ProfileRow, load_profile
from custom_components.coachiq.coach.foreign import Import, import_profile
from custom_components.coachiq.coach.profile import write_profile
from custom_components.coachiq.error import ProfileError

from .stage import spec

MAP = {
    "coach": {"make": "Thor", "model": "Hurricane 35M", "year": 2020, "controller": "Firefly"},
    "source": "an owner",
    "count": 13,
    "items": [
        {"dgn": "1FEDA", "instance": 17, "name": "Living Room", "type": "dimmer", "area": "Salon"},
        {"dgn": "1FFBD", "instance": 1, "name": "porch", "type": "light", "area": None},
        {"dgn": "1FEDA", "instance": 29, "name": "Furnace", "type": "switch"},
        {"dgn": "1FEDA", "instance": 34, "name": "Start Generator", "type": "switch"},
        {"dgn": "1FEDA", "instance": 35, "name": "Water pump", "type": "switch"},
        {"dgn": "1FEDA", "instance": 24, "name": "Awning out", "type": "cover_extend"},
        {"dgn": "1FEDA", "instance": 24, "name": "Awning locked", "type": "binary_sensor"},
        {"dgn": "1FEDA", "instance": 25, "name": "Bath fan", "type": "fan"},
        {"dgn": "1FEDA", "instance": 26, "name": "What", "type": "warp_drive"},
        {"dgn": "1FFB7", "instance": 0, "name": "Fresh water", "type": "tank"},
        {"dgn": "1FFB3", "instance": None, "name": "Pump", "type": "pump"},
        {"dgn": "1FEDB", "instance": 3, "name": "A command", "type": "light"},
        {"dgn": "1FEDA", "instance": None, "name": "Nowhere", "type": "light"},
        {"dgn": "1FEDA", "instance": 251, "name": "Too high", "type": "light"},
        {"dgn": "lights", "instance": 1, "name": "Words", "type": "light"},
        "not an item",
    ],
}
OLD = """
coach_info: {make: Entegra, model: Aspire, trim: 44R, year: "2021"}
dgn_pairs: {1FEDB: 1FEDA}
templates:
  dimmable: &dimmable {device_type: light, capabilities: [on_off, brightness]}
1FEDA:
  25:
    - entity_id: bedroom_ceiling_light
      friendly_name: Bedroom Ceiling Light
      suggested_area: interior.bedroom
      interface: house
      <<: *dimmable
  14:
    - {entity_id: entrance_door_lock, friendly_name: Entrance Door, device_type: lock}
  "26": {entity_id: second, <<: *dimmable}
  default: [{entity_id: any_light, <<: *dimmable}]
1FFB7:
  0: [{friendly_name: Fresh Tank, device_type: tank, suggested_area: exterior.wet_bay}]
1FEF9:
  0: [{friendly_name: A thermostat's command, device_type: climate}]
"""


def take(text: str) -> Import:
    return import_profile(text, "theirs", spec())


def test_an_instance_map_in_json() -> None:
    found = take(json.dumps(MAP, indent="\t"))
    assert found.profile == Profile(
        title="Thor Hurricane 35M (2020)",
        make="Thor",
        model="Hurricane 35M",
        years=(2020,),
        source="an owner",
        rows={
            ("dimmer", 17): ProfileRow(name="Living Room", area="Salon", kind="light"),
            ("dc_load", 1): ProfileRow(name="porch", kind="light"),
            ("dimmer", 29): ProfileRow(name="Furnace", kind="burner"),
            ("dimmer", 34): ProfileRow(name="Start Generator", kind="generator"),
            ("dimmer", 35): ProfileRow(name="Water pump", kind="switch"),
            ("dimmer", 24): ProfileRow(name="Awning out", kind="cover"),
            ("dimmer", 25): ProfileRow(name="Bath fan", kind="fan"),
            ("dimmer", 26): ProfileRow(name="What", kind="indicator"),
            ("tank", 0): ProfileRow(name="Fresh water"),
            ("water_pump", 0): ProfileRow(name="Pump"),
        },
    )
    assert found.taken[0] == "dimmer 17: Living Room, Salon, light"
    assert len(found.taken) == len(found.profile.rows)
    assert found.ignored == [
        "items 6: dimmer 24 is there already",
        "items 11: DGN 1FEDB is no status of a thing with a name",
        "items 12: None is no instance of dimmer",
        "items 13: 251 is no instance of dimmer",
        "items 14: lights is no DGN",
        "items 15: no mapping",
    ]


def test_the_mapping_of_the_old_coachiq() -> None:
    found = take(OLD)
    assert found.profile == Profile(
        title="Entegra Aspire 44R (2021)",
        make="Entegra",
        model="Aspire 44R",
        years=(2021,),
        rows={
            ("dimmer", 25): ProfileRow(name="Bedroom Ceiling Light", area="Bedroom", kind="light"),
            ("dimmer", 14): ProfileRow(name="Entrance Door", kind="lock"),
            ("dimmer", 26): ProfileRow(name="second", kind="light"),
            ("tank", 0): ProfileRow(name="Fresh Tank", area="Wet bay"),
        },
    )
    assert found.ignored == [
        "1FEDA default: default is no instance of dimmer",
        "1FEF9 0: DGN 1FEF9 is no status of a thing with a name",
    ]


def test_our_own_form_is_taken_whole() -> None:
    profile = load_profile("entegra_aspire_44r_2021", Path("none"))
    found = take(write_profile(profile))
    assert found.profile.rows == profile.rows
    assert (found.profile.title, found.profile.source) == (profile.title, profile.source)
    assert len(found.taken) == len(profile.rows)
    assert found.ignored == []
    assert take(write_profile(found.profile)) == found


@pytest.mark.parametrize(
    ("kind", "name", "ours"),
    [
        ("switch", "Entry step", "cover"),
        ("switch", "D/S Slide In", "cover"),
        ("switch", "gas_water_heater", "burner"),
        ("switch", "Gen Start", "generator"),
        ("switch", "Entry Door Unlock", "lock"),
        ("switch", "Gasoline gauge", "switch"),
        ("light", "Under slide light", "light"),
        ("water_heater", "Elecheat", "burner"),
        ("Light", "Porch", "light"),
        ("", "", "indicator"),
    ],
)
def test_what_may_hurt_people_is_not_taken_for_a_switch(kind: str, name: str, ours: str) -> None:
    item = {"dgn": "1FEDA", "instance": 1, "name": name, "type": kind}
    found = take(json.dumps({"items": [item]}))
    assert found.profile.rows["dimmer", 1].kind == ours
    assert found.profile.title == "Imported coach"


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("{", "file", "expected"),
        ("just words", "file", "no mapping"),
        ("a: 1", "file", "neither a profile"),
        ("version: 2\ntitle: x\nthings: {}", "version", "2 is not 1"),
        ("version: 1\ntitle: x\nthings: {dimmer: {1: {kind: x}}}", "things.dimmer.1.kind", "not"),
    ],
)
def test_what_is_no_profile_is_refused_by_name(text: str, place: str, problem: str) -> None:
    with pytest.raises(ProfileError) as caught:
        take(text)
    assert caught.value.words["file"] == "theirs"
    assert caught.value.words["place"] == place
    assert problem in caught.value.words["problem"]


@pytest.mark.parametrize("items", ["[]", "5", "{}"])
def test_a_map_without_entries_gives_an_empty_profile(items: str) -> None:
    assert take(f'{{"items": {items}}}') == Import(profile=Profile(title="Imported coach"))
