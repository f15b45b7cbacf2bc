"""Profiles in a real Home Assistant: what they name, export and import, and the proposal."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import yaml

from custom_components.coachiq.coach import Profile, ThingId, read_shelf
from custom_components.coachiq.coach.profile import HIDDEN, read_profile
from custom_components.coachiq.const import DOMAIN
from tests.coach.synthetic import said_of

from .conftest import Peer, coach_entry, set_up, virtual_bus
from .flow import COACH, Form, accept, answer, by_hand, go_on, other, start, suggested

SHELF = read_shelf(Path("no-such-folder")).profiles
MAKES = (
    "entegra_aspire_44r_2021",
    "keystone_travel_trailer",
    "thor_hurricane_35m_2020",
    "tiffin_phaeton_40_qbh_2018",
    "vanleigh_vilano_2017",
)
# A dimmer that is one of these may have no entity, and so no device.
SHY = {"fan", "cover", "lock", "generator", "burner", "indicator"}
ASPIRE = "entegra_aspire_44r_2021"


@pytest.fixture(autouse=True)
def _own_folder(hass: HomeAssistant, tmp_path: Path) -> None:
    """Give Home Assistant a folder of its own."""
    hass.config.config_dir = str(tmp_path)


@pytest.fixture
async def aspire(hass: HomeAssistant, peer: Peer) -> AsyncGenerator[MockConfigEntry]:
    """Return an Aspire of which some things are heard."""
    entry = coach_entry(virtual_bus(peer.channel), profile=ASPIRE, transmit=False)
    await set_up(hass, entry)
    await peer.appear(*said_of(SHELF[ASPIRE])[:6], "19FEDA8E#507CC8FCFFFF00FF")
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


async def call(hass: HomeAssistant, name: str, **data: object) -> dict[str, Any]:
    """Call an action and return its answer."""
    answered = await hass.services.async_call(
        DOMAIN, name, data, blocking=True, return_response=True
    )
    assert isinstance(answered, dict)
    return answered


def find_device(hass: HomeAssistant, identity: str) -> dr.DeviceEntry | None:
    """Return the device of a thing if it has one."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    found = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, identity), entry.entry_id)
    return found if isinstance(found, dr.DeviceEntry) else None


def dimmer(hass: HomeAssistant, instance: int) -> dr.DeviceEntry:
    """Return the device of a dimmer."""
    found = find_device(hass, f"house-dimmer-{instance}")
    assert found
    return found


@pytest.mark.parametrize("key", MAKES)
async def test_a_coach_has_the_names_areas_and_controls_of_its_profile(
    hass: HomeAssistant, peer: Peer, key: str
) -> None:
    """Each row is a device of its name in its area; what is no light and no switch is neither."""
    profile = SHELF[key]
    entry = coach_entry(virtual_bus(peer.channel), profile=key, transmit=False)
    await set_up(hass, entry)
    await peer.appear(*said_of(profile))
    await hass.async_block_till_done()
    registry, areas = er.async_get(hass), ar.async_get(hass)
    controls = {"dimmer": "light", "dc_load": "switch", "ac_load": "switch"}
    for (family, instance), row in profile.rows.items():
        if row.kind == HIDDEN:
            continue
        things = entry.runtime_data.coach.things
        (identity,) = [one for one in things if one.family == family and one.key[0] == instance]
        device = find_device(hass, str(identity))
        if device is None:
            assert row.kind in SHY, row
            continue
        if row.name:
            assert device.name == row.name
        area = areas.async_get_area(device.area_id or "")
        assert (area.name if area else None) == row.area
        if family in controls:
            domains = {one.domain for one in er.async_entries_for_device(registry, device.id)}
            kind = row.kind or controls[family]
            assert domains & {"light", "switch"} == ({kind} & {"light", "switch"}), row
    await hass.config_entries.async_unload(entry.entry_id)


async def test_the_export_is_the_coach_as_it_is(
    hass: HomeAssistant, aspire: MockConfigEntry, tmp_path: Path
) -> None:
    """It has the owner's names, areas and decisions, keeps the profile's rest, writes nothing."""
    devices = dr.async_get(hass)
    cockpit = ar.async_get(hass).async_get_or_create("Cockpit").id
    devices.async_update_device(dimmer(hass, 80).id, name_by_user="Map light", area_id=cockpit)
    devices.async_update_device(dimmer(hass, 25).id, name_by_user="Ceiling")
    hass.config_entries.async_update_entry(
        aspire,
        options={
            **aspire.options,
            "things": {
                "house-dimmer-26": {"kind": "fan"},
                "house-dimmer-99": {"kind": "hidden"},
                "house-ambient-3": {"kind": "shown"},
                "gone-boat-1": {"kind": "hidden"},
            },
        },
    )
    await hass.async_block_till_done()
    answered = await call(hass, "export_profile")
    assert (answered["left_out"], "file" in answered) == ([], False)
    assert not (tmp_path / "coachiq" / "profiles").exists()
    document = yaml.safe_load(answered["profile"])
    assert (document["title"], document["make"], "tested_by" in document) == (
        "Coach",
        "Entegra",
        False,
    )
    assert document["quirks"] == ["firefly_g6"]
    dimmers = document["things"]["dimmer"]
    assert dimmers[80] == {"name": "Map light", "area": "Cockpit"}
    assert dimmers[25] == {"name": "Ceiling", "area": "Bedroom"}
    assert dimmers[26] == {"name": "Ceiling light B", "area": "Bedroom", "kind": "fan"}
    assert dimmers[99] == {"kind": "hidden"}
    assert document["things"]["ambient"][3] == {"name": "Disconnected sensor"}
    assert dimmers[60] == {"name": "Porch light", "area": "Outside"}
    assert document["things"]["thermostat"][0]["ambient"] == 0
    assert answered["things"] == sum(map(len, document["things"].values()))
    assert answered["things"] == len(SHELF[ASPIRE].rows) + 2


async def test_what_is_exported_can_be_imported_and_chosen(
    hass: HomeAssistant, aspire: MockConfigEntry, tmp_path: Path, channel: str
) -> None:
    """The file comes out as it went in, stands in the list, and names a new coach."""
    answered = await call(hass, "export_profile", file="Our coach.yaml")
    assert answered["file"] == "coachiq/profiles/our_coach.yaml"
    path = tmp_path / answered["file"]
    assert path.read_text("utf-8") == answered["profile"]
    again = await call(hass, "import_profile", path=answered["file"], file="again")
    assert (again["title"], again["file"]) == ("Coach", "coachiq/profiles/again.yaml")
    assert (len(again["taken"]), again["ignored"]) == (answered["things"], [])
    assert read_profile(tmp_path / again["file"], "x") == read_profile(path, "x")
    text = answered["profile"].replace("title: Coach", "title: Third time")
    third = await call(hass, "import_profile", text=text)
    assert third["file"] == "coachiq/profiles/third_time.yaml"

    result = await by_hand(hass, await start(hass, "another"), "other", other(f"{channel}-2"))
    result = await accept(hass, result, name="Second")
    result = await go_on(hass, result, {**COACH, "profile": "own:third_time"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    coach = result["result"].runtime_data.coach
    assert (coach.profile.title, coach.profile.quirks) == ("Third time", ("firefly_g6",))
    assert coach.row(ThingId("second", "dimmer", (60,))).name == "Porch light"
    await hass.config_entries.async_remove(result["result"].entry_id)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Give either the text"),
        ({"text": "a: 1", "path": "x"}, "Give either the text"),
        ({"path": "../elsewhere.yaml"}, "is not below the folder"),
        ({"path": "/etc/passwd"}, "is not below the folder"),
        ({"path": "none.yaml"}, "none.yaml cannot be used: file: "),
        ({"text": "a: 1"}, "text cannot be used: file: neither a profile"),
        ({"text": "version: 1\ntitle: x\nthings: {boat: {}}"}, "things.boat: not one of dimmer"),
        ({"text": "title: x\nthings: {}", "file": "taken"}, "There is a profile taken.yaml"),
        ({"text": "title: '!'\nthings: {}", "file": ""}, "“!” cannot be the name"),
    ],
)
async def test_what_cannot_be_imported_is_told_in_words(
    hass: HomeAssistant,
    listener: MockConfigEntry,
    tmp_path: Path,
    data: dict[str, str],
    words: str,
) -> None:
    """The sentence names the file, the place and the problem, and nothing is written."""
    folder = tmp_path / "coachiq" / "profiles"
    folder.mkdir(parents=True)
    folder.joinpath("taken.yaml").touch()
    with pytest.raises(ServiceValidationError, match=words):
        await call(hass, "import_profile", **data)
    assert [path.name for path in folder.iterdir()] == ["taken.yaml"]


async def probed(hass: HomeAssistant, peer: Peer, profile: Profile) -> Form:
    """Return the form of the coach after a probe in which a coach of this profile spoke."""
    frames = said_of(profile)

    async def speak() -> None:
        while True:
            await peer.send(*frames, settle=False)
            await asyncio.sleep(0.05)

    speaking = asyncio.create_task(speak())
    result = await by_hand(hass, await start(hass, "another"), "other", other(peer.channel))
    speaking.cancel()
    return await accept(hass, result)


@pytest.mark.usefixtures("quick_listening")
async def test_the_model_that_was_heard_is_proposed(hass: HomeAssistant, peer: Peer) -> None:
    """It is chosen before, stands first, and the form says why."""
    profile = SHELF["thor_hurricane_35m_2020"]
    result = await probed(hass, peer, profile)
    assert result["step_id"] == "coach"
    assert suggested(result)["profile"] == "thor_hurricane_35m_2020"
    things = len(profile.rows)
    words = f"{things} of the {things} things of the Thor Hurricane 35M (2020) were heard"
    assert words in result["description_placeholders"]["fit"]
    options = result["data_schema"].schema["profile"].config["options"]
    assert [one["value"] for one in options[:2]] == ["none", "thor_hurricane_35m_2020"]
    assert len(options) == len(SHELF) + 1
    hass.config_entries.flow.async_abort(result["flow_id"])


@pytest.mark.usefixtures("quick_listening")
async def test_models_that_fit_alike_are_named_and_none_is_chosen(
    hass: HomeAssistant, peer: Peer
) -> None:
    """The owner chooses among them."""
    result = await probed(hass, peer, SHELF["tiffin_zephyr_2018"])
    assert suggested(result)["profile"] == "none"
    fit = result["description_placeholders"]["fit"]
    assert "several models alike" in fit
    assert "Tiffin Zephyr (2018)" in fit
    options = result["data_schema"].schema["profile"].config["options"]
    assert {one["value"] for one in options[1:3]} == {
        "tiffin_zephyr_2018",
        "tiffin_allegro_bus_45_mp_and_others_2018",
    }
    hass.config_entries.flow.async_abort(result["flow_id"])


@pytest.mark.usefixtures("quick_listening")
async def test_nothing_is_proposed_to_a_stranger_and_a_broken_file_is_named(
    hass: HomeAssistant, channel: str, tmp_path: Path
) -> None:
    """On a silent bus the form is as ever; it says which of the owner's files is left out."""
    folder = tmp_path / "coachiq" / "profiles"
    folder.mkdir(parents=True)
    folder.joinpath("bad.yaml").write_text("version: 1\ntitle: x\nthings: {boat: {}}", "utf-8")
    folder.joinpath("good.yaml").write_text("version: 1\ntitle: Mine\nthings: {}", "utf-8")
    result = await by_hand(hass, await start(hass, "another"), "other", other(channel))
    result = await accept(hass, result)
    assert suggested(result)["profile"] == "none"
    placeholders = result["description_placeholders"]
    assert placeholders["fit"] == ""
    assert placeholders["problems"].startswith(
        "Your profile bad.yaml is not offered: things.boat: not one of dimmer"
    )
    options = result["data_schema"].schema["profile"].config["options"]
    assert ("own:good", "Mine") in [(one["value"], one["label"]) for one in options]
    assert "own:bad" not in [one["value"] for one in options]
    hass.config_entries.flow.async_abort(result["flow_id"])


async def test_the_simulated_coach_keeps_its_model(hass: HomeAssistant) -> None:
    """It is not probed."""
    result = await answer(hass, await start(hass), {"adapter": "simulator"})
    assert suggested(result)["profile"] == ASPIRE
    assert result["description_placeholders"]["fit"] == ""
    hass.config_entries.flow.async_abort(result["flow_id"])


async def test_the_model_can_be_chosen_later(hass: HomeAssistant, peer: Peer) -> None:
    """What is known proposes it; names come, areas where there is none, the owner's stay."""
    entry = coach_entry(virtual_bus(peer.channel), transmit=False)
    await set_up(hass, entry)
    await peer.appear(*said_of(SHELF["tiffin_wayfarer_2018"]))
    loft = ar.async_get(hass).async_get_or_create("Loft")
    dr.async_get(hass).async_update_device(dimmer(hass, 2).id, name_by_user="Lamp", area_id=loft.id)
    context: Any = {"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    result: Form = await hass.config_entries.flow.async_init(DOMAIN, context=context)
    assert result["step_id"] == "reconfigure"
    assert suggested(result) == {"profile": "tiffin_wayfarer_2018"}
    assert "17 of the 17 things" in result["description_placeholders"]["fit"]
    result = await answer(hass, result, {"profile": "tiffin_wayfarer_2018"})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    await hass.async_block_till_done()
    assert entry.data["profile"] == "tiffin_wayfarer_2018"
    areas = ar.async_get(hass)
    hall, lamp = dimmer(hass, 16), dimmer(hass, 2)
    main = areas.async_get_area_by_name("Main")
    assert main
    assert (hall.name, hall.area_id) == ("Hall light", main.id)
    assert (lamp.name, lamp.name_by_user, lamp.area_id) == ("Ceiling light", "Lamp", loft.id)

    result = await hass.config_entries.flow.async_init(DOMAIN, context=context)
    assert suggested(result) == {"profile": "tiffin_wayfarer_2018"}
    result = await answer(hass, result, {"profile": "none"})
    await hass.async_block_till_done()
    assert entry.data["profile"] is None
    assert dimmer(hass, 16).area_id == main.id
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_coach_whose_profile_is_gone_can_be_given_another(
    hass: HomeAssistant, peer: Peer
) -> None:
    """Without its file it is not set up, and says what to do; another model mends it."""
    entry = coach_entry(virtual_bus(peer.channel), profile="own:gone", transmit=False)
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.error_reason_translation_key == "profile_missing"
    context: Any = {"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    result: Form = await hass.config_entries.flow.async_init(DOMAIN, context=context)
    assert suggested(result) == {"profile": "none"}
    await answer(hass, result, {"profile": ASPIRE})
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data.coach.profile.key == ASPIRE
    await hass.config_entries.async_unload(entry.entry_id)
