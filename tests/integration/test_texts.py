"""Every text that the code asks for is there, and every text that is there is asked for."""

import ast
from functools import cache
import json
from pathlib import Path
import re

from homeassistant.components.sensor import SensorEntityDescription
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coachiq import (
    binary_sensor,
    bus_issue,
    bus_sensor,
    bus_trouble,
    button,
    climate,
    coach_control,
    cover,
    event,
    fan,
    identify,
    light,
    lock,
    node_event,
    node_sensor,
    number,
    select,
    sensor_table,
    switch,
    valve,
    water_heater,
)
from custom_components.coachiq.bus import KINDS
from custom_components.coachiq.bus.problem import PROBLEMS
from custom_components.coachiq.coach import FAMILIES, ThingId
from custom_components.coachiq.coach.interlock import INPUTS, STALE, UNKNOWN, UNSAFE
from custom_components.coachiq.coach.kind import kinds_of
from custom_components.coachiq.entity import ThingDescription
from custom_components.coachiq.thing_form import AS_PROFILE, DECISION_ROWS

from .conftest import Peer

FOLDER = Path(sensor_table.__file__).parent
EN = json.loads((FOLDER / "translations" / "en.json").read_text(encoding="utf-8"))
SENSORS: tuple[SensorEntityDescription, ...] = (
    *sensor_table.SENSORS,
    *bus_sensor.BUS_SENSORS,
    node_sensor.LAST_SEEN,
)
ROWS = {
    "binary_sensor": binary_sensor.BINARY_SENSORS,
    "cover": cover.COVERS,
    "button": (*button.BUTTONS, *button.MOVER_BUTTONS, identify.IDENTIFY, coach_control.STOP_ALL),
    "climate": (*climate.ZONES, *climate.FLOORS, *climate.UNITS),
    "event": (*event.EVENTS, node_event.FAULT),
    "fan": fan.FANS,
    "light": (*light.LIGHTS, *light.COLOR_LIGHTS, *light.AWNING_LIGHTS),
    "sensor": SENSORS,
    "lock": lock.LOCKS,
    "number": number.NUMBERS,
    "select": select.SELECTS,
    "switch": (*switch.SWITCHES, coach_control.STORAGE),
    "valve": valve.VALVES,
    "water_heater": water_heater.WATER_HEATERS,
}


def errors_of(*classes: str) -> set[str]:
    """Return the keys with which the code makes errors of these classes."""
    return {
        str(call.args[0].value)
        for path in FOLDER.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in classes
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


@cache
def translated() -> dict[str, set[str]]:
    """Return the words that each key of a Home Assistant error in the code brings."""
    found: dict[str, set[str]] = {}
    for path in FOLDER.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call):
                given = {keyword.arg: keyword.value for keyword in call.keywords}
                key, words = given.get("translation_key"), given.get("translation_placeholders")
                if "translation_domain" in given and isinstance(key, ast.Constant):
                    keys = words.keys if isinstance(words, ast.Dict) else ()
                    found[str(key.value)] = {ast.literal_eval(word) for word in keys if word}
    return found


def issues() -> dict[str, bool]:
    """Return whether an issue can be repaired, by the keys that the code raises them with."""
    # What is wrong with a bus or a recording names its issue.
    found = dict.fromkeys(errors_of("RecordingError"), False) | bus_issue.UNSET
    found |= dict.fromkeys([row.key for row in bus_trouble.BUS_TROUBLES], False)
    found[bus_trouble.INPUT_MISSING] = False
    for path in FOLDER.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and call.func.attr == "async_create_issue"
            ):
                given = {keyword.arg: keyword.value for keyword in call.keywords}
                fixable = given["is_fixable"]
                for key in ast.walk(given["translation_key"]):
                    if isinstance(key, ast.Constant):
                        always = isinstance(fixable, ast.Constant) and bool(fixable.value)
                        found[str(key.value)] = always
    # What is wrong with a setting names its issue, too.
    return found | dict.fromkeys(problems(), False)


def problems() -> set[str]:
    """Return the keys of what can be wrong with a setting."""
    return {
        str(key.value)
        for path in FOLDER.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        for key in (
            *(one.value for one in call.keywords if (call.func.id, one.arg) == ("Problem", "key")),
            *(call.args[1:2] if call.func.id == "_about" else ()),
        )
        if isinstance(key, ast.Constant)
    }


def test_entities_and_devices_have_their_texts() -> None:
    """Each translation key of a row, each option of an enumeration and each family is named."""
    for platform, rows in ROWS.items():
        used = {row.translation_key for row in rows if row.translation_key}
        assert used == EN["entity"].get(platform, {}).keys(), platform
    for row in SENSORS:
        if row.options:
            assert EN["entity"]["sensor"][row.translation_key]["state"].keys() == set(row.options)
    names = {family.key for family in FAMILIES}
    names |= {name for family in FAMILIES for name in family.names.values()}
    assert EN["device"].keys() == names | {"bus", "node"}


def test_errors_have_their_sentences() -> None:
    """What is raised while adapters are chosen is said in both flows, the rest as exceptions."""
    adapters = errors_of("AdapterError") | set(PROBLEMS.values())
    # A bus that was lost while it ran is no answer to a form.
    assert EN["config"]["error"].keys() == adapters - {"bus_lost"}
    assert EN["config_subentries"]["bus"]["error"] == EN["config"]["error"]
    assert EN["options"]["error"].keys() == errors_of("AnswerError")
    raised = errors_of(
        "BusError",
        "CommandError",
        "ConfigError",
        "ProfileError",
        "RecordingError",
        "SettingError",
    )
    raised |= translated().keys() | {"blinking", "not_heard"}
    raised |= {f"interlock_{name}_{how}" for name in INPUTS for how in (UNSAFE, UNKNOWN, STALE)}
    assert EN["exceptions"].keys() == raised


def test_issues_have_their_sentences() -> None:
    """Each says what to do, or, when it can be repaired, asks it in its steps."""
    raised = issues()
    assert EN["issues"].keys() == raised.keys()
    for key, fixable in raised.items():
        text = EN["issues"][key]
        assert text.keys() == {"title", "fix_flow" if fixable else "description"}, key
        for name, step in text["fix_flow"]["step"].items() if fixable else ():
            # What is only to be confirmed has nothing to fill in.
            only = {"title", "description"}
            assert only == step.keys() if name == "confirm" else only < step.keys(), key


def test_forms_name_and_describe_each_field() -> None:
    """Each setting of an adapter that is described by hand has its two texts, in both flows."""
    for flow in (EN["config"], EN["config_subentries"]["bus"]):
        for kind in (row for row in KINDS.values() if row.by_hand):
            fields = {setting.name for setting in kind.settings}
            step = flow["step"][kind.key]
            assert step["data"].keys() == step["data_description"].keys() == fields


def test_forms_of_things_name_and_describe_what_can_be_decided() -> None:
    """Each row has its two texts in both steps, each kind and each input of an interlock too."""
    for step in (EN["options"]["step"]["thing"], EN["options"]["step"]["walked"]):
        rows = {row.key for row in DECISION_ROWS} - {"inputs"}
        assert step["data"].keys() == step["data_description"].keys()
        assert step["data"].keys() - {"next"} == rows | {"name", "area", "apart"}
        inputs = step["sections"]["inputs"]
        assert inputs["data"].keys() == inputs["data_description"].keys() == INPUTS.keys()
    kinds = {kind for family in FAMILIES for kind in kinds_of(family.key)}
    assert EN["selector"]["thing_kind"]["options"].keys() == kinds | {AS_PROFILE}


def test_what_is_guarded_can_be_allowed() -> None:
    """The form of each thing that has a guarded control asks whether it may be operated."""
    guarded = {
        row.family
        for rows in ROWS.values()
        for row in rows
        if isinstance(row, ThingDescription) and row.guarded
    }
    (allowed,) = (row for row in DECISION_ROWS if row.key == "allowed")
    assert {family for family in guarded if not allowed.asked(ThingId("x", family, (1,)), "")} == (
        set()
    )


def test_placeholders_are_filled() -> None:
    """A sentence uses only the words that its error brings."""
    brought: dict[str, set[str]] = {}
    for path in FOLDER.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Name)
                and call.func.id.endswith("Error")
                and call.args
                and isinstance(call.args[0], ast.Constant)
            ):
                words = {keyword.arg or "" for keyword in call.keywords}
                key = str(call.args[0].value)
                brought[key] = brought.get(key, words) & words
    for key, text in EN["config"]["error"].items():
        wanted = set(re.findall(r"\{(\w+)\}", text))
        assert wanted <= brought.get(key, {"adapter"}), key
    for key, sentence in EN["exceptions"].items():
        wanted = set(re.findall(r"\{(\w+)\}", sentence["message"])) - {"thing"}
        assert wanted <= translated().get(key, set()) | brought.get(key, set()), key


async def test_every_published_frame_is_taken_in(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """None raises, and no state shows a number that the frame did not mean."""
    frames = json.loads(
        (Path(__file__).parents[1] / "rvc" / "real_frames.json").read_text(encoding="utf-8")
    )
    lines = [f"{frame['id']}#{frame['data']}" for frame in frames]
    assert len(lines) > 90
    for _ in range(2):
        await peer.appear(*lines)
    absurd = {"255", "127.5", "125.5", "65535", "-273.0", "-1600.0", "2000000.0", "3276.75"}
    states = hass.states.async_all()
    assert len(states) > 50
    assert not [state for state in states if state.state in absurd]
