"""The settings: which source stands above which, what is wrong with one, and that none is saved."""

from pathlib import Path
import shutil
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir, translation
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.coachiq.coach.profile import read_profile, write_profile
from custom_components.coachiq.const import DOMAIN
from custom_components.coachiq.environment import read_file, said_by, variable_of
from custom_components.coachiq.error import ProfileError
from custom_components.coachiq.setting import SETTINGS

from .conftest import Peer, coach_entry, set_up, until, virtual_bus
from .flow import chosen, start_options
from .test_services import call

PROFILE = """
version: 1
title: Ours
features: {energy: false, movers: false, transmit: true, warp: true}
things: {}
"""


@pytest.fixture(autouse=True)
def folder(hass: HomeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return our folder in a configuration folder that is this test's alone."""
    monkeypatch.setattr(hass.config, "config_dir", str(tmp_path))
    folder = tmp_path / DOMAIN
    (folder / "profiles").mkdir(parents=True)
    return folder


def problems(hass: HomeAssistant) -> dict[str, dict[str, str]]:
    """Return the repairs of settings: their words, by key and name."""
    return {
        f"{issue.translation_key} {(issue.translation_placeholders or {})['name']}": dict(
            issue.translation_placeholders or {}
        )
        for (domain, name), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and name.startswith("setting_")
    }


async def configuration(hass: HomeAssistant, **data: str) -> dict[str, Any]:
    """Return what the action tells of all settings."""
    return await call(hass, "get_configuration", **data)


async def reload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set a coach up again."""
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


# The environment by itself.


def test_a_file_is_read_as_people_write_them(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    assert read_file(file) == ({}, [])
    file.write_text(
        "\ufeff# our coach\n"
        "COACHIQ_CAN__BITRATE=500000   # the newer one\n"
        "\n"
        "export COACHIQ_CAN__INTERFACES = 'can0, can1' \n"
        'COACHIQ_COACH__CODE="12#34"  # quoted\n'
        "COACHIQ_EMPTY__ONE=\n"
        "COACHIQ_EMPTY__TWO= # nothing\n"
        "no setting at all\n"
        "1X=2\r\n",
        encoding="utf-8",
    )
    assert read_file(file) == (
        {
            "COACHIQ_CAN__BITRATE": "500000",
            "COACHIQ_CAN__INTERFACES": "can0, can1",
            "COACHIQ_COACH__CODE": "12#34",
            "COACHIQ_EMPTY__ONE": "",
            "COACHIQ_EMPTY__TWO": "",
        },
        [8, 9],
    )


def test_a_coach_may_be_called_as_a_section_is() -> None:
    variables = {
        "COACHIQ_CAN__BITRATE": "1",
        "COACHIQ_CAN__CAN__BITRATE": "2",
        "COACHIQ_OTHER__CAN__BITRATE": "3",
        "COACHIQ_NOBODY__CAN__BITRATE": "4",
        "COACHIQ_CAN__SPEED": "5",
        "COACHIQ_SHOTS": "of a test",
        "PATH": "",
    }
    said, unknown = said_by(variables, SETTINGS, "can", ["can", "other"])
    assert said == {"can.bitrate": ("2", "COACHIQ_CAN__CAN__BITRATE")}
    assert unknown == ["COACHIQ_NOBODY__CAN__BITRATE", "COACHIQ_CAN__SPEED"]
    said, _ = said_by(variables, SETTINGS, "third", ["can", "other", "third"])
    assert said == {"can.bitrate": ("1", "COACHIQ_CAN__BITRATE")}


def test_each_setting_has_its_variable() -> None:
    assert variable_of("features.enable_transmit") == "COACHIQ_FEATURES__ENABLE_TRANSMIT"
    assert variable_of("can.interfaces") == "COACHIQ_CAN__INTERFACES"


# The order of the sources.


async def test_each_source_stands_above_the_one_before(
    hass: HomeAssistant, peer: Peer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Default, model, entry, file, process; in either of these the coach's own above all others."""
    (folder / "profiles" / "ours.yaml").write_text(PROFILE, encoding="utf-8")
    entry = coach_entry(virtual_bus(peer.channel), profile="own:ours", transmit=False)
    await set_up(hass, entry)

    async def energy() -> tuple[bool, str, str | None]:
        await reload(hass, entry)
        told = (await configuration(hass))["settings"]["features.enable_energy"]
        on = told["value"]
        assert entry.runtime_data.features.is_on("energy") is on
        return on, told["source"], told.get("variable")

    name, own = "COACHIQ_FEATURES__ENABLE_ENERGY", "COACHIQ_COACH__FEATURES__ENABLE_ENERGY"
    assert await energy() == (False, "profile", None)
    hass.config_entries.async_update_entry(
        entry, options={"features": {**entry.options["features"], "energy": True}}
    )
    await hass.async_block_till_done()
    assert await energy() == (True, "entry", None)
    env = folder / ".env"
    env.write_text(f"{name}=off\n", encoding="utf-8")
    assert await energy() == (False, "env_file", name)
    env.write_text(f"{name}=off\n{own}=yes\n", encoding="utf-8")
    assert await energy() == (True, "env_file", own)
    monkeypatch.setenv(name, "0")
    assert await energy() == (False, "environment", name)
    monkeypatch.setenv(own, "True")
    assert await energy() == (True, "environment", own)
    # What is gone is used no more: nothing of it was saved.
    monkeypatch.delenv(name)
    monkeypatch.delenv(own)
    env.unlink()
    assert await energy() == (True, "entry", None)
    assert entry.options["features"] == {"transmit": False, "discovery": True, "energy": True}
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_model_says_only_what_it_may(hass: HomeAssistant, peer: Peer, folder: Path) -> None:
    """It lets nobody transmit, and what it says of nothing is told."""
    (folder / "profiles" / "ours.yaml").write_text(PROFILE, encoding="utf-8")
    entry = coach_entry(virtual_bus(peer.channel), profile="own:ours", transmit=False)
    await set_up(hass, entry)
    assert not entry.runtime_data.features.is_on("movers")
    assert not entry.runtime_data.features.is_on("transmit")
    told = problems(hass)
    assert told.keys() == {"setting_unknown features.transmit", "setting_unknown features.warp"}
    assert told["setting_unknown features.warp"]["source"] == "the model of the coach"
    await hass.config_entries.async_unload(entry.entry_id)
    assert not problems(hass)


def test_what_a_model_says_of_features_is_checked_and_written(tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(PROFILE, encoding="utf-8")
    profile = read_profile(file)
    written = write_profile(profile)
    file.write_text(written, encoding="utf-8")
    assert read_profile(file) == profile
    for features, problem in (("[energy]", "no mapping"), ("{energy: 1}", "features.energy")):
        file.write_text(f"version: 1\ntitle: X\nfeatures: {features}\nthings: {{}}\n")
        with pytest.raises(ProfileError, match=problem):
            read_profile(file)


async def test_the_import_refuses_what_a_model_may_not_say(
    hass: HomeAssistant, listener: MockConfigEntry
) -> None:
    with pytest.raises(ServiceValidationError, match=r"features\.transmit"):
        await call(hass, "import_profile", text=PROFILE)
    good = PROFILE.replace(", transmit: true, warp: true", "")
    file = (await call(hass, "import_profile", text=good))["file"]
    kept = read_profile(Path(hass.config.path(file)))
    assert kept.features == {"energy": False, "movers": False}


# Buses.


def two_buses(peer: Peer, other: Peer) -> MockConfigEntry:
    """Return a coach whose buses are at channels where nobody is."""
    return coach_entry(
        virtual_bus(f"{peer.channel}-wrong"),
        virtual_bus(f"{other.channel}-wrong", "second", "Second"),
        transmit=False,
    )


async def test_channels_are_given_to_the_buses_in_order(
    hass: HomeAssistant, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The frames of the channel are heard; the stored channel stays, a surplus is told."""
    other = Peer(hass, f"{peer.channel}-b")
    monkeypatch.setenv("COACHIQ_CAN__INTERFACES", f"{peer.channel}, {other.channel},can7")
    monkeypatch.setenv("COACHIQ_CAN__BITRATE", "500000")
    entry = two_buses(peer, other)
    await set_up(hass, entry)
    await peer.appear("19FEDA8E#247CC8FCFF0504FF")
    await other.appear("19FEDA8E#257CC8FCFF0504FF")
    assert sorted(hass.states.async_entity_ids("light")) == ["light.dimmer_36", "light.dimmer_37"]
    stored = [bus.data["settings"] for bus in entry.subentries.values()]
    assert [bus["channel"] for bus in stored] == [f"{peer.channel}-wrong", f"{other.channel}-wrong"]
    assert {bus["bitrate"] for bus in stored} == {250000}
    told = await configuration(hass)
    settings = told["settings"]
    assert settings["buses.second.channel"] == {
        "value": other.channel,
        "source": "environment",
        "variable": "COACHIQ_CAN__INTERFACES",
    }
    assert settings["buses.house.bitrate"]["value"] == 500000
    assert settings["buses.house.interface"] == {"value": "virtual", "source": "entry"}
    issue = problems(hass)["interfaces_surplus COACHIQ_CAN__INTERFACES"]
    assert issue["value"] == "can7"
    assert told["problems"] == [
        {
            "problem": "interfaces_surplus",
            "name": "COACHIQ_CAN__INTERFACES",
            "source": "environment",
            "value": "can7",
        }
    ]
    await hass.config_entries.async_unload(entry.entry_id)
    other.bus.shutdown()


async def test_two_buses_are_never_put_at_one_channel(
    hass: HomeAssistant, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second keeps its own, which the first would have: neither is changed."""
    entry = coach_entry(
        virtual_bus(peer.channel), virtual_bus(f"{peer.channel}-2", "second"), transmit=False
    )
    monkeypatch.setenv("COACHIQ_CAN__INTERFACES", f"{peer.channel}-2")
    await set_up(hass, entry)
    assert [bus["channel"] for bus in entry.runtime_data.configuration.buses.values()] == [
        peer.channel,
        f"{peer.channel}-2",
    ]
    issue = problems(hass)["interfaces_twice COACHIQ_CAN__INTERFACES"]
    assert issue["value"] == f"{peer.channel}-2"
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_coach_takes_what_is_said_of_it(
    hass: HomeAssistant, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two coaches each has its own channel."""
    other = Peer(hass, f"{peer.channel}-b")
    monkeypatch.setenv("COACHIQ_FIRST__CAN__INTERFACES", peer.channel)
    monkeypatch.setenv("COACHIQ_SECOND__CAN__INTERFACES", other.channel)
    first = coach_entry(virtual_bus("nowhere-1"), name="First", transmit=False)
    second = coach_entry(virtual_bus("nowhere-2", "toad"), name="Second", transmit=False)
    second.add_to_hass(hass)
    await set_up(hass, first)
    await until(lambda: second.state is ConfigEntryState.LOADED)
    for entry, channel in ((first, peer.channel), (second, other.channel)):
        (settings,) = entry.runtime_data.configuration.buses.values()
        assert settings["channel"] == channel
    assert not problems(hass)
    for entry in (first, second):
        await hass.config_entries.async_unload(entry.entry_id)
    other.bus.shutdown()


# What is wrong.


async def test_a_wrong_value_names_itself_and_the_one_below_is_used(
    hass: HomeAssistant, peer: Peer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COACHIQ_CAN__BITRATE", "9600")
    monkeypatch.setenv("COACHIQ_FEATURES__ENABLE_ENERGY", "maybe")
    monkeypatch.setenv("COACHIQ_COACH__PROFILE", "no_such_model")
    monkeypatch.setenv("COACHIQ_CAN__INTERFACES", "can0,,can1")
    monkeypatch.setenv("COACHIQ_FEATURES__ENABLE_ENERGIE", "true")
    (folder / ".env").write_text(
        "COACHIQ_FEATURES__ENABLE_ENERGY=false\nCOACHIQ_CAN__BITRATE=fast\nwhat?\n"
    )
    entry = coach_entry(
        virtual_bus(peer.channel), profile="entegra_aspire_44r_2021", transmit=False
    )
    await set_up(hass, entry)
    told = problems(hass)
    assert told.keys() == {
        "setting_wrong COACHIQ_CAN__BITRATE",
        "setting_wrong COACHIQ_FEATURES__ENABLE_ENERGY",
        "setting_wrong COACHIQ_COACH__PROFILE",
        "setting_wrong COACHIQ_CAN__INTERFACES",
        "setting_unknown COACHIQ_FEATURES__ENABLE_ENERGIE",
        f"env_line {folder / '.env'}",
    }
    words = told["setting_wrong COACHIQ_FEATURES__ENABLE_ENERGY"]
    assert (words["value"], words["allowed"]) == ("maybe", "true or false")
    assert words["source"] == "the environment of Home Assistant"
    assert words["used"] == "False (the file coachiq/.env)"
    assert "250000" in told["setting_wrong COACHIQ_CAN__BITRATE"]["allowed"]
    assert told["setting_wrong COACHIQ_CAN__BITRATE"]["used"].startswith("what the networks")
    assert told["setting_wrong COACHIQ_COACH__PROFILE"]["used"].startswith("entegra_aspire_44r")
    assert told[f"env_line {folder / '.env'}"]["line"] == "3"
    assert not entry.runtime_data.features.is_on("energy")
    assert entry.runtime_data.coach.profile.key == "entegra_aspire_44r_2021"
    assert entry.runtime_data.configuration.buses["house"]["bitrate"] == 250000
    texts = await translation.async_get_translations(hass, "en", "issues", [DOMAIN])
    for key, words in told.items():
        for part in ("title", "description"):
            text = texts[f"component.{DOMAIN}.issues.{key.partition(' ')[0]}.{part}"]
            assert text.format(**words)
    for name in ("CAN__BITRATE", "COACH__PROFILE", "CAN__INTERFACES", "FEATURES__ENABLE_ENERGIE"):
        monkeypatch.delenv(f"COACHIQ_{name}")
    monkeypatch.setenv("COACHIQ_FEATURES__ENABLE_ENERGY", "on")
    (folder / ".env").unlink()
    await reload(hass, entry)
    assert not problems(hass)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_file_that_cannot_be_read_is_told(
    hass: HomeAssistant, peer: Peer, folder: Path
) -> None:
    """A folder of that name, and a text that is none; the coach goes on."""
    entry = coach_entry(virtual_bus(peer.channel), transmit=False)
    (folder / ".env").mkdir()
    await set_up(hass, entry)
    assert problems(hass).keys() == {f"env_unreadable {folder / '.env'}"}
    shutil.rmtree(folder / ".env")
    (folder / ".env").write_bytes(b"COACHIQ_CAN__BITRATE=\xff\xfe")
    await reload(hass, entry)
    assert problems(hass).keys() == {f"env_unreadable {folder / '.env'}"}
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"data": {"coach": "coach", "profile": ["a", "list"]}}, "coach.profile"),
        ({"options": {"features": {}, "code": ["1", "2"]}}, "coach.code"),
    ],
)
async def test_an_entry_that_can_never_work_says_so(
    hass: HomeAssistant,
    peer: Peer,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, Any],
    problem: str,
) -> None:
    """What protects people is not passed over: without it things would be open, or lamps."""
    entry = coach_entry(virtual_bus(peer.channel), transmit=False)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, **change)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.reason
    assert problem in entry.reason
    assert not problems(hass)
    # Until the environment says a right one: then it works, and tells what it found.
    monkeypatch.setenv(variable_of(problem), "none")
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert problems(hass).keys() == {f"setting_wrong {problem}"}
    await hass.config_entries.async_unload(entry.entry_id)


# What is shown.


async def test_secrets_are_shown_nowhere(
    hass: HomeAssistant,
    peer: Peer,
    monkeypatch: pytest.MonkeyPatch,
    hass_client: ClientSessionGenerator,
    socket_enabled: None,
) -> None:
    monkeypatch.setenv("COACHIQ_COACH__CODE", "hunter2")
    entry = coach_entry(virtual_bus(peer.channel))
    await set_up(hass, entry)
    told = await configuration(hass)
    assert told["settings"]["coach.code"] == {
        "value": "**REDACTED**",
        "source": "environment",
        "variable": "COACHIQ_COACH__CODE",
    }
    report = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    place = told["settings"].pop("buses.house.channel")
    assert place == {"value": peer.channel, "source": "entry"}
    told["settings"]["buses.house.channel"] = {**place, "value": "**REDACTED**"}
    for name in ("interface", "extras"):
        told["settings"][f"buses.house.{name}"]["value"] = "**REDACTED**"
    assert report["configuration"] == {key: told[key] for key in ("settings", "problems")}
    assert peer.channel not in str(report)
    assert report["features"]["energy"] == {"state": "on", "wanted": True, "needs": []}
    form = await start_options(hass, entry)
    assert "hunter2" not in str(report) + str(told) + str(form)
    with pytest.raises(ServiceValidationError, match="wrong"):
        await hass.services.async_call(DOMAIN, "unlock", {"code": "1111"}, blocking=True)
    await hass.services.async_call(DOMAIN, "unlock", {"code": "hunter2"}, blocking=True)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_the_form_shows_what_is_overridden_and_does_not_save_it(
    hass: HomeAssistant, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the environment turns on turns on what it needs; neither can be changed in the form."""
    monkeypatch.setenv("COACHIQ_FEATURES__ENABLE_GENERATOR_CONTROL", "on")
    monkeypatch.setenv("COACHIQ_FEATURES__ENABLE_FAULTS", "off")
    monkeypatch.setenv("COACHIQ_CAN__BITRATE", "250000")
    entry = coach_entry(virtual_bus(peer.channel), transmit=False)
    await set_up(hass, entry)
    assert entry.runtime_data.features.is_on("transmit")
    form = await start_options(hass, entry)
    said = form["description_placeholders"]["overridden"]
    name = "COACHIQ_FEATURES__ENABLE_GENERATOR_CONTROL"
    assert f"- Control the coach: on (`{name}`, the environment of Home Assistant)" in said
    assert "- Faults of devices: off (`COACHIQ_FEATURES__ENABLE_FAULTS`" in said
    assert "- can.bitrate: 250000 (`COACHIQ_CAN__BITRATE`" in said
    locked = {
        str(key): (key.default(), selector.config["read_only"])
        for part in ("network", "coach", "records")
        for key, selector in form["data_schema"].schema[part].schema.schema.items()
    }
    assert locked["transmit"] == locked["generator_control"] == (True, True)
    assert locked["faults"] == (False, True)
    assert locked["energy"] == (True, False)
    result = await hass.config_entries.options.async_configure(
        form["flow_id"], chosen(transmit=True, faults=False, energy=False)
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert entry.options["features"] == {"transmit": False, "discovery": True, "energy": False}
    await hass.config_entries.async_unload(entry.entry_id)
