"""An owner walks through the coach and presses switches."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import area_registry as ar
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coachiq import walk_flow

from .conftest import Peer, until
from .flow import Form, start_options, suggested
from .test_thing_flow import AC_LOAD, DIMMER, HALF, LOAD, OFF, OTHER, TANK, answer, device_of

# The load still on, and now with a current.
DRAWS = "19FFBD80#2200C80000000A7D"
FULLER = "19FFB79C#00376400FFFFFFFF"


@pytest.fixture(autouse=True)
def _short_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for less."""
    monkeypatch.setattr(walk_flow, "PATIENCE", 1.5)
    monkeypatch.setattr(walk_flow, "SETTLING", 0.4)


async def walk(hass: HomeAssistant, form: Form, peer: Peer, *frames: str) -> Form:
    """Press a switch while the walk waits; return what is shown then."""
    assert (form["type"], form["progress_action"]) == (FlowResultType.SHOW_PROGRESS, "walk")
    await peer.send(*frames, settle=False)
    return await result_of(hass, form)


async def result_of(hass: HomeAssistant, form: Form) -> Form:
    """Wait for the end of a progress step."""
    flow = form["flow_id"]
    manager = hass.config_entries.options

    def is_over() -> bool:
        return manager.async_get(flow)["step_id"] != "walk"

    await until(is_over)
    result: Form = await manager.async_configure(flow)
    return result


async def test_switches_are_named_one_after_the_other(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """Each press leads to its thing; names are there at once, kinds with one reload at the end."""
    await peer.appear(OFF, OTHER)
    area = ar.async_get(hass).async_create("Bedroom")
    before = listener.runtime_data
    form = await start_options(hass, listener, "walk")
    form = await walk(hass, form, peer, HALF)
    assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "walked")
    assert form["description_placeholders"]["thing"] == "Dimmer 36"
    form = await answer(hass, form, {"name": "Vent", "area": area.id, "kind": "fan", "next": True})
    device = device_of(hass, listener)
    assert device
    assert (device.name_by_user, device.area_id) == ("Vent", area.id)
    assert "things" not in listener.options

    form = await walk(hass, form, peer, "19FEDA8E#257CC8FCFF0504FF")
    assert form["description_placeholders"]["thing"] == "Dimmer 37"
    assert suggested(form) == {"area": area.id, "kind": "profile"}, "the same room is suggested"
    assert listener.runtime_data is before
    result = await answer(
        hass, form, {"name": "Lamp", "area": area.id, "kind": "profile", "next": False}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert listener.options["things"] == {DIMMER: {"kind": "fan"}}
    assert listener.runtime_data is not before
    await until(lambda: listener.runtime_data.is_up("house"))


async def test_the_most_telling_change_comes_first(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """What was switched stands above what was set, what appeared and what was measured."""
    await peer.appear(OFF, HALF.replace("#24", "#26"), LOAD, TANK)
    await asyncio.sleep(1.1)  # what is measured is read once a second
    form = await start_options(hass, listener, "walk")
    await peer.send(DRAWS, FULLER, settle=False)
    await asyncio.sleep(0.2)
    assert hass.config_entries.options.async_get(form["flow_id"])["step_id"] == "walk"
    form = await walk(hass, form, peer, "19FEDA8E#267CC8FCFF0504FF", HALF)
    assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "found")
    options: list[dict[str, Any]] = form["data_schema"].schema["thing"].config["options"]
    assert [option["value"] for option in options] == [
        DIMMER,
        "house-dimmer-38",
        "house-dc_load-34",
        "house-tank-0",
    ]
    form = await answer(hass, form, {"thing": "house-tank-0"})
    assert "calibration" in form["data_schema"].schema
    await answer(hass, form, {"name": "Water", "kind": "profile", "next": False})
    device = device_of(hass, listener, "house-tank-0")
    assert device
    assert device.name_by_user == "Water"


async def test_what_was_never_heard_counts_when_it_appears(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """A coach of which nothing is known yet is walked as any other."""
    assert not listener.runtime_data.coach.things
    form = await start_options(hass, listener, "walk")
    await peer.send(AC_LOAD, settle=False)
    await asyncio.sleep(0.12)
    form = await walk(hass, form, peer, AC_LOAD)
    assert form["description_placeholders"]["thing"] == "AC load 34"
    await answer(hass, form, {"name": "Water heater", "kind": "profile", "next": False})
    device = device_of(hass, listener, "house-ac_load-34")
    assert device
    assert device.name_by_user == "Water heater"


async def test_an_answer_to_our_question_is_no_switch(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    """A walk that begins while the coach is still asked waits for a switch all the same."""
    form = await start_options(hass, entry, "walk")
    await peer.wait_for("18EAFF9D#DAFE01", timeout=12)
    await peer.send(OFF, OTHER)
    assert entry.runtime_data.coach.things
    assert hass.config_entries.options.async_get(form["flow_id"])["step_id"] == "walk"
    form = await walk(hass, form, peer, HALF)
    assert form["step_id"] == "walked"
    assert form["description_placeholders"]["thing"] == "Dimmer 36"
    hass.config_entries.options.async_abort(form["flow_id"])


async def test_nothing_changed(hass: HomeAssistant, listener: MockConfigEntry, peer: Peer) -> None:
    """Measurements and repetitions are no switch; the owner tries again, and ends."""
    await peer.appear(OFF, LOAD)
    await asyncio.sleep(1.1)  # what is measured is read once a second
    form = await start_options(hass, listener, "walk")
    form = await walk(hass, form, peer, OFF, DRAWS)
    assert (form["type"], form["step_id"]) == (FlowResultType.MENU, "nothing")
    form = await answer_now(hass, form, {"next_step_id": "walk"})
    form = await walk(hass, form, peer, HALF)
    assert form["step_id"] == "walked"
    form = await answer_now(hass, form, {"kind": "profile", "next": True})
    form = await result_of(hass, form)
    assert form["step_id"] == "nothing"
    before = listener.runtime_data
    result = await answer(hass, form, {"next_step_id": "finish"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert listener.runtime_data is before


async def answer_now(hass: HomeAssistant, form: Form, answers: dict[str, Any]) -> Form:
    """Answer without waiting for what is under way."""
    result: Form = await hass.config_entries.options.async_configure(form["flow_id"], answers)
    return result


async def test_a_dialog_that_is_closed_ends_the_walk_and_keeps_what_was_decided(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """Nobody listens any more, and the kind that was chosen before is stored."""
    await peer.appear(OFF)
    form = await start_options(hass, listener, "walk")
    form = await walk(hass, form, peer, HALF)
    form = await answer_now(hass, form, {"kind": "switch", "next": True})
    tasks = [task for task in asyncio.all_tasks() if task.get_name() == "coachiq walk"]
    assert len(tasks) == 1
    hass.config_entries.options.async_abort(form["flow_id"])
    await until(tasks[0].done)
    assert listener.options["things"] == {DIMMER: {"kind": "switch"}}
    await hass.async_block_till_done()
    await until(lambda: listener.runtime_data.is_up("house"))
