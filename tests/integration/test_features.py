"""The features: what needs what, what each switches, and that one that fails harms no other."""

import ast
from collections.abc import Awaitable, Callable, Mapping
import copy
from graphlib import CycleError
import json
from pathlib import Path
import sys
from types import ModuleType
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
    translation,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coachiq import features as table, running
from custom_components.coachiq.const import DOMAIN, EVENT_ACTIVITY, PLATFORMS
from custom_components.coachiq.entity import ThingDescription
from custom_components.coachiq.features import (
    FEATURES,
    ORDER,
    Feature,
    NeededError,
    choose,
    defaults,
    effective,
    ordered,
)
from custom_components.coachiq.migration import MINOR_VERSION, VERSION
from tests.coach.test_interlock import APPEAR

from .conftest import Peer, allow, coach_entry, set_up, until, virtual_bus
from .flow import NEED_TRANSMIT, chosen, start_options
from .test_texts import ROWS

FOLDER = Path(table.__file__).parent
EN = json.loads((FOLDER / "translations" / "en.json").read_text(encoding="utf-8"))
LIGHT = "19FEDA8E#247CC8FCFF0504FF"
RED = "19FECA80#4565002000FFFFFF"
ALL_ON = dict.fromkeys(FEATURES, True)
ALL_OFF = dict.fromkeys(FEATURES, False)


# The table.


def test_each_feature_comes_after_what_it_needs() -> None:
    for place, key in enumerate(ORDER):
        assert set(FEATURES[key].needs) <= set(ORDER[:place])
    assert set(ORDER) == FEATURES.keys()


def test_a_cycle_or_an_unknown_need_is_refused() -> None:
    def of(**needs: tuple[str, ...]) -> Mapping[str, Feature]:
        return {
            key: Feature(key=key, section="coach", needs=needed) for key, needed in needs.items()
        }

    assert ordered(of(a=("b",), b=())) == ["b", "a"]
    with pytest.raises(CycleError):
        ordered(of(a=("b",), b=("c",), c=("a",)))
    with pytest.raises(KeyError, match="nowhere"):
        ordered(of(a=("nowhere",)))


def test_what_a_feature_owns_is_there() -> None:
    """Each entity of a thing is in one table, each platform is ours, each module is a file."""
    every = [row for rows in ROWS.values() for row in rows]
    keys = [(row.family, row.key) for row in every if isinstance(row, ThingDescription)]
    for feature in FEATURES.values():
        for entity in feature.entities:
            assert keys.count(entity) == 1, entity
        assert set(feature.platforms) <= set(PLATFORMS)
        for module in feature.modules:
            assert (FOLDER / f"{module}.py").is_file()


def test_each_feature_is_named_and_explained() -> None:
    told = EN["options"]["step"]["settings"]["sections"]
    assert told.keys() == table.sections().keys()
    for section, keys in table.sections().items():
        assert told[section].keys() == {"name", "description", "data", "data_description"}
        assert list(told[section]["data"]) == list(told[section]["data_description"]) == keys


def test_nothing_needs_at_first_what_is_off_at_first_but_to_transmit() -> None:
    """Only the owner lets CoachIQ transmit; all else works as it comes."""
    on = {key for key, feature in FEATURES.items() if feature.default}
    for key in on:
        assert set(FEATURES[key].needs) <= on | {"transmit"}


# The choice.


def test_what_is_turned_on_turns_on_what_it_needs() -> None:
    assert choose(ALL_OFF, {**ALL_OFF, "generator_control": True}) == {
        "generator_control": True,
        "transmit": True,
    }
    assert choose(ALL_OFF, {**ALL_OFF, "energy": True}) == {"energy": True}
    assert choose(ALL_ON, ALL_ON) == {}


def test_what_others_need_is_not_turned_off() -> None:
    with pytest.raises(NeededError) as raised:
        choose(ALL_ON, {**ALL_ON, "transmit": False})
    assert raised.value.feature == "transmit"
    assert set(raised.value.by) == {
        key for key, feature in FEATURES.items() if "transmit" in feature.needs
    }
    off = {"transmit": False, **dict.fromkeys(raised.value.by, False)}
    assert choose(ALL_ON, {**ALL_ON, **off}) == off
    with pytest.raises(NeededError):
        choose({**ALL_ON, "generator_control": False}, {**ALL_ON, "transmit": False})


def test_what_lacks_what_it_needs_rests() -> None:
    """A coach that may only listen: the defaults of the others wait until it may transmit."""
    wanted = defaults({})
    assert wanted["generator_control"]
    assert not effective(wanted)["generator_control"]
    assert effective({**wanted, "transmit": True})["generator_control"]
    assert not effective(ALL_ON, failed=["transmit"])["generator_control"]
    assert effective(ALL_ON, failed=["transmit"])["energy"]


# The options.


async def options(hass: HomeAssistant, entry: MockConfigEntry, **features: bool) -> Any:  # noqa: ANN401  # a form
    """Choose features in the options, and wait until the coach runs with them."""
    form = await start_options(hass, entry)
    before = entry.runtime_data
    result = await hass.config_entries.options.async_configure(form["flow_id"], chosen(**features))
    if result["type"] is FlowResultType.CREATE_ENTRY and features:
        await until(
            lambda: entry.state is ConfigEntryState.LOADED and entry.runtime_data is not before
        )
        await until(lambda: all(map(entry.runtime_data.is_up, entry.runtime_data.links)))
        await hass.async_block_till_done()
    return result


async def test_the_form_turns_on_what_is_needed_and_names_what_needs(
    hass: HomeAssistant, listener: MockConfigEntry
) -> None:
    await options(hass, listener, transmit=False, generator_control=False)
    await options(hass, listener, generator_control=True)
    assert listener.options["features"] == {
        "transmit": True,
        "discovery": True,
        "generator_control": True,
    }
    result = await options(hass, listener, transmit=False, energy=False)
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, {"base": "feature_needed"})
    texts = await translation.async_get_translations(hass, "en", "options", [DOMAIN])
    sentence = texts[f"component.{DOMAIN}.options.error.feature_needed"]
    said = sentence.format(**result["description_placeholders"])
    assert "“Control the coach” is needed by: Signs of life, Start the generator, Set" in said
    network = result["data_schema"].schema["network"].schema
    shown = {str(key): key.default() for key in network.schema}
    assert not shown["transmit"], "what was entered is still there"
    result = await hass.config_entries.options.async_configure(
        result["flow_id"],
        chosen(**dict.fromkeys((*NEED_TRANSMIT, "transmit", "energy"), False)),
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert not listener.options["features"]["energy"]
    await hass.async_block_till_done()


# What each switches.


async def turn(hass: HomeAssistant, entry: MockConfigEntry, **features: bool) -> None:
    """Turn features on or off."""
    result = await options(hass, entry, **features)
    assert result["type"] is FlowResultType.CREATE_ENTRY


def ids(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, str]:
    """Return the entity ids of a coach by their unique ids."""
    registry = er.async_get(hass)
    entities = er.async_entries_for_config_entry(registry, entry.entry_id)
    return {f"{one.domain} {one.unique_id}": one.entity_id for one in entities}


@pytest.mark.parametrize(
    ("feature", "gone"),
    [
        ("faults", {"binary_sensor house-node-sa-80-problem", "event house-node-sa-80-fault"}),
        ("movers", {"cover house-slide-1-cover"}),
        ("generator_control", {"switch house-generator-0-switch"}),
        ("time_setting", {"button house-clock-0-set"}),
        (
            "energy",
            {
                "sensor house-dc_source-1-charging_power",
                "sensor house-dc_source-1-discharging_power",
            },
        ),
    ],
)
async def test_entities_go_and_come_back_with_the_same_ids(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer, feature: str, gone: set[str]
) -> None:
    frames = (
        LIGHT,
        APPEAR["slide"],
        "19FFDC9A#0301FFFFFFFFFFFF",
        "19FFFD80#0178B400B7C40900",
        "19FFFF80#1A0B18030E051E05",
    )
    await peer.appear(*frames, RED)
    await allow(hass, entry, "house-generator-0")
    await peer.appear(*frames, RED)
    registry = er.async_get(hass)
    before = ids(hass, entry)
    assert gone <= before.keys()
    for unique_id in gone:
        domain = before[unique_id].partition(".")[0]
        registry.async_update_entity(
            before[unique_id], new_entity_id=f"{domain}.my_{unique_id.rpartition('-')[2]}"
        )
    before = ids(hass, entry)
    await turn(hass, entry, **{feature: False})
    assert before.keys() - ids(hass, entry).keys() == gone
    await peer.appear(*frames, RED)
    assert not gone & ids(hass, entry).keys(), "what is heard does not bring them back"
    await turn(hass, entry, **{feature: True})
    await peer.appear(*frames, RED)
    assert ids(hass, entry) == before


async def test_without_movers_everything_can_be_stopped(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    await turn(hass, entry, movers=False)
    await peer.appear(APPEAR["slide"])
    assert not hass.states.async_entity_ids("cover")
    peer.take()
    await hass.services.async_call(DOMAIN, "stop_all", {}, blocking=True)
    assert await peer.wait_for("19FFE79D#01FF00")


async def test_without_faults_no_repair_is_raised(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    def repairs() -> list[str]:
        return [name for _, name in ir.async_get(hass).issues if name.startswith("node_red_lamp")]

    await peer.appear(RED)
    assert repairs()
    await turn(hass, entry, faults=False)
    await peer.appear(RED)
    assert not repairs()


async def test_without_discovery_nothing_new_is_made(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    await turn(hass, entry, discovery=False)
    await peer.appear(LIGHT, RED)
    assert not hass.states.async_entity_ids("light")
    assert not hass.states.get("binary_sensor.node_80_problem")


async def test_without_transmitting_there_are_no_buttons(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    await peer.appear(LIGHT)
    assert hass.states.async_entity_ids("button")
    await turn(hass, entry, **dict.fromkeys((*NEED_TRANSMIT, "transmit"), False))
    assert not [one for one in ids(hass, entry) if one.startswith("button")]
    assert hass.states.get("light.dimmer_36")


async def test_without_signs_of_life_it_claims_its_address_and_says_no_more(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    """Asked for its product identification (0FEEB) it answers nothing, for its address it does."""
    await peer.wait_for("19FECA9D")
    await turn(hass, entry, network_citizenship=False)
    peer.take()
    await peer.send("18EA9D80#EBFE00")
    await peer.send("18EA9D80#34F201")
    assert not [frame for frame in peer.take() if frame[2:6] in {"FECA", "ECFF", "EBFF", "E880"}]
    await peer.appear(LIGHT)
    await hass.services.async_call(
        "light", "turn_off", {"entity_id": "light.dimmer_36"}, blocking=False
    )
    assert await peer.wait_for("19FEDB9D"), "it still commands"


async def test_without_the_chassis_its_network_is_not_opened(
    hass: HomeAssistant, peer: Peer
) -> None:
    """Its entities and devices go, and come back with their names."""
    engine = Peer(hass, f"{peer.channel}-engine")
    bus = virtual_bus(engine.channel, "engine", "Engine")
    bus["data"] = {**bus["data"], "protocol": "j1939"}
    entry = coach_entry(virtual_bus(peer.channel), bus, transmit=False)
    await set_up(hass, entry)
    speed = "0CF00400#F07D84401F00F4FF"
    await engine.appear(speed)
    before = ids(hass, entry)
    chassis = {one for one in before if "engine" in one}
    assert len(chassis) > 5
    devices = dr.async_get(hass)
    device = devices.async_get_device_by_identifier((DOMAIN, "bus-engine"), entry.entry_id)
    assert device
    devices.async_update_device(device.id, name_by_user="Diesel")
    await turn(hass, entry, chassis=False)
    assert before.keys() - ids(hass, entry).keys() == chassis
    assert entry.runtime_data.links.keys() == {"house"}
    assert not devices.async_get_device_by_identifier((DOMAIN, "bus-engine"), entry.entry_id)
    await turn(hass, entry, chassis=True)
    await engine.appear(speed)
    assert ids(hass, entry) == before
    device = devices.async_get_device_by_identifier((DOMAIN, "bus-engine"), entry.entry_id)
    assert device
    assert device.name_by_user == "Diesel"
    await hass.config_entries.async_unload(entry.entry_id)
    engine.bus.shutdown()


async def test_without_profiles_the_model_says_nothing_and_its_actions_are_refused(
    hass: HomeAssistant, peer: Peer
) -> None:
    entry = coach_entry(
        virtual_bus(peer.channel), profile="entegra_aspire_44r_2021", transmit=False
    )
    await set_up(hass, entry)
    coach = entry.runtime_data.coach
    assert coach.profile.key == "entegra_aspire_44r_2021"
    await turn(hass, entry, profiles=False)
    assert entry.runtime_data.coach.profile.key is None
    with pytest.raises(ServiceValidationError, match="“Model of the coach” is turned off"):
        await hass.services.async_call(
            DOMAIN, "export_profile", {}, blocking=True, return_response=True
        )
    await turn(hass, entry, profiles=True)
    await hass.services.async_call(
        DOMAIN, "export_profile", {}, blocking=True, return_response=True
    )
    await hass.config_entries.async_unload(entry.entry_id)


async def test_without_activity_nothing_is_put_on_record(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    told: list[str] = []

    @callback
    def hear(event: Event) -> None:
        told.append(event.data["event_type"])

    hass.bus.async_listen(EVENT_ACTIVITY, hear)

    async def refused() -> None:
        await peer.appear(APPEAR["slide"])
        with pytest.raises(HomeAssistantError):
            await hass.services.async_call(
                "cover", "open_cover", {"entity_id": "cover.slide_1"}, blocking=True
            )

    await allow(hass, entry, "house-slide-1")
    await refused()
    assert told.count("refused") == 1
    await turn(hass, entry, activity=False)
    await hass.async_block_till_done()
    told.clear()
    await refused()
    assert told == []


# Isolation.


async def test_a_feature_that_fails_is_off_and_all_others_run(
    hass: HomeAssistant,
    peer: Peer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its file cannot be loaded, as after an update that was broken off."""
    hass.data.pop("import_cache", None)
    monkeypatch.setitem(sys.modules, "custom_components.coachiq.node_problem", None)
    entry = coach_entry(virtual_bus(peer.channel))
    await set_up(hass, entry)
    await peer.appear(LIGHT, RED)
    assert hass.states.get("light.dimmer_36")
    assert not hass.states.get("binary_sensor.node_80_problem")
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"feature_{entry.entry_id}_faults")
    assert issue
    assert issue.translation_placeholders
    assert issue.translation_placeholders["feature"] == "Faults of devices"
    assert "node_problem" in issue.translation_placeholders["problem"]
    assert entry.runtime_data.features.state("faults") == "failed"
    assert caplog.text.count("Feature faults could not be started") == 1
    caplog.clear()
    monkeypatch.undo()
    hass.data.pop("import_failures", None)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await until(lambda: entry.runtime_data.is_up("house"))
    await peer.appear(RED)
    assert hass.states.get("binary_sensor.node_80_problem")
    assert not ir.async_get(hass).async_get_issue(DOMAIN, f"feature_{entry.entry_id}_faults")
    await hass.config_entries.async_unload(entry.entry_id)


async def test_started_in_order_and_ended_in_reverse_without_what_fails(
    hass: HomeAssistant, listener: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of five rows one fails when it starts: what needs it never starts, the others do."""
    rows = {
        row.key: row
        for row in (
            Feature(key="last", section="coach", needs=("middle", "first"), modules=("part_last",)),
            Feature(key="middle", section="coach", needs=("first",), modules=("part_middle",)),
            Feature(key="first", section="coach", modules=("part_first",)),
            Feature(key="broken", section="coach", modules=("part_begun", "part_broken")),
            Feature(key="beside", section="coach", needs=("broken",), modules=("part_beside",)),
        )
    }
    happened: list[str] = []

    def part(name: str) -> ModuleType:
        async def async_start(_: object) -> Callable[[], Awaitable[None]]:
            happened.append(f"start {name}")
            if name == "part_broken":
                raise OSError("no such board")

            async def end() -> None:
                happened.append(f"end {name}")

            return end

        module = ModuleType(name)
        vars(module)["async_start"] = async_start
        return module

    for module in (table, running):
        monkeypatch.setattr(module, "FEATURES", rows)
        monkeypatch.setattr(module, "ORDER", tuple(ordered(rows)))
    for name in (name for row in rows.values() for name in row.modules):
        monkeypatch.setitem(sys.modules, f"custom_components.coachiq.{name}", part(name))
    features = running.Running(hass, listener, dict.fromkeys(rows, True))
    await features.async_load()
    await features.async_start(listener.runtime_data)
    assert {key: features.state(key) for key in rows} == {
        "last": "on",
        "middle": "on",
        "first": "on",
        "broken": "failed",
        "beside": "rests",
    }
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"feature_{listener.entry_id}_broken")
    assert issue
    assert issue.translation_placeholders == {
        "coach": "Coach",
        "feature": "broken",
        "problem": "no such board",
        "others": "beside",
    }
    await features.async_stop()
    starts = [one.removeprefix("start ") for one in happened if one.startswith("start")]
    assert "part_beside" not in starts
    assert starts.index("part_first") < starts.index("part_middle") < starts.index("part_last")
    assert happened.index("end part_begun") == happened.index("start part_broken") + 1
    ends = [one.removeprefix("end ") for one in happened if one.startswith("end")]
    assert ends[1:] == ["part_last", "part_middle", "part_first"]


STORED = {
    file.stem: json.loads(file.read_text(encoding="utf-8"))
    for file in sorted((Path(__file__).parent / "stored").glob("entry_*.json"))
}


@pytest.mark.parametrize("file", STORED)
async def test_an_entry_of_every_older_release_is_read(
    hass: HomeAssistant, file: str, peer: Peer
) -> None:
    """As it was written then, with all its decisions; what were options are features."""
    stored = copy.deepcopy(STORED[file])
    for bus in stored["subentries"]:
        bus["data"]["settings"]["channel"] = peer.channel
    entry = MockConfigEntry(
        domain=stored["domain"],
        version=stored["version"],
        minor_version=stored["minor_version"],
        data=stored["data"],
        options=stored["options"],
        title=stored["title"],
        unique_id=stored["unique_id"],
        subentries_data=stored["subentries"],
    )
    await set_up(hass, entry)
    assert (entry.version, entry.minor_version) == (VERSION, MINOR_VERSION)
    features = {"transmit": False, "discovery": True, "recording": True}
    assert entry.options["features"] == features
    assert entry.options.keys() == {"features", "code", "bridges", "things"}
    assert entry.options["things"] == {"house-slide-1": {"allowed": True}}
    assert entry.runtime_data.features.is_on("recording")
    assert not entry.runtime_data.features.is_on("transmit")
    await hass.config_entries.async_unload(entry.entry_id)


def test_the_present_form_is_among_the_stored_ones() -> None:
    """Whoever changes the form keeps a file of it here before the next one."""
    assert f"entry_{VERSION}_{MINOR_VERSION}" in STORED


def test_features_that_are_off_are_not_loaded() -> None:
    """Nothing else imports the modules and platforms that belong to a feature."""
    parts = {module for feature in FEATURES.values() for module in feature.modules}
    parts |= {str(platform) for feature in FEATURES.values() for platform in feature.platforms}
    # Recordings are also made by an action.
    parts -= {"recording"}
    for path in FOLDER.glob("*.py"):
        if path.stem not in parts:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            imported = {node.module for node in tree.body if isinstance(node, ast.ImportFrom)}
            assert not imported & parts, path.name
