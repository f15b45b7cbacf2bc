"""Recording a coach by action and by option, and playing the recording as a bus."""

import asyncio
from collections.abc import Iterator
import gzip
from pathlib import Path
import shutil
from typing import Any

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.coachiq.const import DOMAIN

from .conftest import Peer, coach_entry, set_up, until, virtual_bus
from .flow import chosen, start_options

DIMMER_ON = "19FEDA8A#307EC8FCFF0104FF"
TANK = "19FFB79C#0102080A00FFFFFF"
UNKNOWN = "19FEF098#0102030405060708"


@pytest.fixture(autouse=True)
def folder(hass: HomeAssistant, tmp_path: Path) -> Iterator[Path]:
    """Give Home Assistant a configuration folder of the test's own."""
    before, hass.config.config_dir = hass.config.config_dir, str(tmp_path)
    yield tmp_path / "coachiq_recordings.log"
    hass.config.config_dir = before


async def act(hass: HomeAssistant, action: str, **data: object) -> dict[str, Any]:
    answer = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True
    )
    assert answer is not None
    return dict(answer)


def text_of(path: str | Path) -> str:
    data = Path(path).read_bytes()
    return (gzip.decompress(data) if str(path).endswith(".gz") else data).decode("ascii")


def block(folder: Path) -> None:
    """Put a file where the folder should be."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("no folder")


def unblock(folder: Path) -> None:
    folder.unlink()


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


async def test_a_bus_is_recorded_until_the_owner_stops_it(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer, folder: Path
) -> None:
    begun = await act(hass, "start_recording", config_entry_id=listener.entry_id, bus="House")
    (first,) = begun["files"]
    assert Path(first).parent == folder
    assert first.endswith(".log")
    await peer.send(DIMMER_ON, UNKNOWN)
    ended = await act(hass, "stop_recording")
    assert ended == {"files": [f"{first}.gz"], "frames": 2, "dropped": 0}
    assert [line.split(" ", 1)[1] for line in text_of(f"{first}.gz").splitlines()] == [
        f"house {DIMMER_ON}",
        f"house {UNKNOWN}",
    ]
    await peer.send(DIMMER_ON)
    assert files_in(folder) == [Path(first).name + ".gz"]


async def test_what_cannot_be_done_is_told(
    hass: HomeAssistant,
    listener: MockConfigEntry,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def key_of(action: str, **data: object) -> str | None:
        with pytest.raises(HomeAssistantError) as caught:
            await act(hass, action, **data)
        assert str(caught.value) != caught.value.translation_key
        return caught.value.translation_key

    assert await key_of("stop_recording") == "not_recording"
    assert await key_of("start_recording", bus="garage") == "bus_unknown"
    for wrong in ({"format": "exe"}, {"minutes": 0.5}, {"minutes": 1441}):
        with pytest.raises(vol.Invalid):
            await act(hass, "start_recording", **wrong)
    await act(hass, "start_recording")
    assert await key_of("start_recording", bus="house") == "already_recording"
    await act(hass, "stop_recording")
    usage = shutil.disk_usage(folder)
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
        assert await key_of("start_recording") == "recording_no_space"
    assert await key_of("stop_recording") == "not_recording"
    block(folder)
    assert await key_of("start_recording") == "recording_failed"


async def test_all_buses_are_recorded_or_none(
    hass: HomeAssistant, peer: Peer, folder: Path
) -> None:
    entry = coach_entry(
        virtual_bus(peer.channel), virtual_bus(f"{peer.channel}-2", "chassis", "Chassis")
    )
    await set_up(hass, entry)
    begun = await act(hass, "start_recording", format="asc", minutes=5)
    assert [Path(file).name.partition("-")[0] for file in begun["files"]] == ["house", "chassis"]
    await act(hass, "stop_recording", bus="chassis")
    with pytest.raises(ServiceValidationError):
        await act(hass, "start_recording")
    ended = await act(hass, "stop_recording")
    assert [Path(file).name.partition("-")[0] for file in ended["files"]] == ["house"]
    assert all(name.endswith(".asc.gz") for name in files_in(folder))
    await hass.config_entries.async_unload(entry.entry_id)


async def test_unloading_ends_a_recording(hass: HomeAssistant, peer: Peer, folder: Path) -> None:
    entry = coach_entry(virtual_bus(peer.channel), transmit=False)
    await set_up(hass, entry)
    await act(hass, "start_recording")
    await peer.send(DIMMER_ON)
    assert await hass.config_entries.async_unload(entry.entry_id)
    (name,) = files_in(folder)
    assert text_of(folder / name).count("\n") == 1
    assert not [task for task in asyncio.all_tasks() if "recording" in task.get_name()]


async def test_the_option_records_every_bus_from_its_first_frame(
    hass: HomeAssistant, peer: Peer, folder: Path, fixed_address: int
) -> None:
    entry = coach_entry(virtual_bus(peer.channel))
    await set_up(hass, entry)
    assert files_in(folder) == []
    flow = await start_options(hass, entry)
    await hass.config_entries.options.async_configure(flow["flow_id"], chosen(recording=True))
    await until(lambda: len(files_in(folder)) == 1)
    await until(lambda: entry.runtime_data.is_up("house"))
    await peer.send(DIMMER_ON)
    assert await hass.config_entries.async_unload(entry.entry_id)
    (name,) = files_in(folder)
    said = text_of(folder / name)
    assert DIMMER_ON in said
    assert "19FECA9D#0544FFFFFFFFFFFF T" in said, "what we send first is in it"


async def test_a_disk_that_fails_becomes_an_issue_and_the_coach_goes_on(
    hass: HomeAssistant, peer: Peer, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    entry = coach_entry(virtual_bus(peer.channel), transmit=False)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options={"features": {"recording": True}})
    block(folder)
    assert await hass.config_entries.async_setup(entry.entry_id)
    issues = ir.async_get(hass)
    issue = issues.async_get_issue(DOMAIN, "recording_house")
    assert issue
    assert issue.translation_key == "recording_failed"
    assert issue.translation_placeholders == {"bus": "House", "problem": "File exists"}
    await until(lambda: entry.runtime_data.is_up("house"))
    await peer.appear(DIMMER_ON)
    assert hass.states.get("light.dimmer_48")

    unblock(folder)
    await act(hass, "start_recording")
    assert issues.async_get_issue(DOMAIN, "recording_house") is None
    shutil.rmtree(folder)
    await peer.send(DIMMER_ON)
    await until(lambda: issues.async_get_issue(DOMAIN, "recording_house") is not None)
    assert caplog.text.count("is not recorded") == 2
    await hass.config_entries.async_unload(entry.entry_id)
    assert issues.async_get_issue(DOMAIN, "recording_house") is None


def replay_bus(path: str, speed: str = "0") -> ConfigSubentryData:
    """Return a bus that plays a recording, as it is stored; it has the key of the recorded one."""
    return ConfigSubentryData(
        subentry_type="bus",
        title="House",
        unique_id="house",
        data={"kind": "replay", "settings": {"path": path, "speed": speed}},
    )


def shown(hass: HomeAssistant) -> dict[str, str]:
    """Return the states of things."""
    return {
        state.entity_id: state.state
        for state in hass.states.async_all(("light", "sensor", "climate", "switch"))
        if "tank" in state.entity_id or "dimmer" in state.entity_id
    }


@pytest.mark.parametrize("ending", ["log", "blf", "asc"])
async def test_a_recording_played_as_a_bus_shows_the_same_states(
    hass: HomeAssistant, peer: Peer, ending: str
) -> None:
    entry = coach_entry(virtual_bus(peer.channel), transmit=False)
    await set_up(hass, entry)
    await act(hass, "start_recording", format=ending)
    await peer.appear(DIMMER_ON, TANK)
    (path,) = (await act(hass, "stop_recording"))["files"]
    live = shown(hass)
    assert live["light.dimmer_48"] == "on"
    assert len(live) > 1
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert await hass.config_entries.async_remove(entry.entry_id)

    again = coach_entry(replay_bus(path, "1"), name="Report", transmit=True)
    await set_up(hass, again)
    await until(lambda: shown(hass) == live)
    with pytest.raises(HomeAssistantError, match=r"turned off|sending|not commanded"):
        await hass.services.async_call(
            "light", "turn_off", {"entity_id": "light.dimmer_48"}, blocking=True
        )
    assert hass.states.get("light.dimmer_48").state == "on"
    await hass.config_entries.async_unload(again.entry_id)
