"""A coach that goes leaves nothing of ours; one of a newer version is refused in words."""

from pathlib import Path

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coachiq.const import DOMAIN

from .conftest import Peer, coach_entry, set_up, virtual_bus


@pytest.fixture
def hass_storage() -> None:
    """Let real files be written and read, instead of what elsewhere stands for them."""


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    """Return a folder for them."""
    return str(tmp_path)


def ours(hass: HomeAssistant) -> list[str]:
    """Return what is said of our coaches."""
    issues = ir.async_get(hass).issues.items()
    return [issue.translation_key or "" for (domain, _), issue in issues if domain == DOMAIN]


def damaged_file(hass: HomeAssistant, entry: MockConfigEntry) -> Path:
    """Return the file of what was learnt, which was cut short."""
    path = Path(hass.config.path(".storage", f"{DOMAIN}.{entry.entry_id}"))
    path.parent.mkdir(exist_ok=True)
    path.write_text("{")
    return path


async def test_a_removed_coach_leaves_only_what_its_owner_made(
    hass: HomeAssistant, peer: Peer, tmp_path: Path
) -> None:
    """Its file, damaged ones, devices, entities and repairs go; profiles and recordings stay."""
    entry = coach_entry(virtual_bus(peer.channel), transmit=False)
    path = damaged_file(hass, entry)
    profile = tmp_path / DOMAIN / "profiles" / "ours.yaml"
    profile.parent.mkdir(parents=True)
    profile.write_text("version: 1\ntitle: Ours\nthings: {}\n")
    await set_up(hass, entry)
    await peer.appear("19FEDA8E#247CC8FCFF0504FF")
    recorded = await hass.services.async_call(
        DOMAIN, "start_recording", {}, blocking=True, return_response=True
    )
    assert ours(hass) == ["store_damaged"]
    assert await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert ours(hass) == []
    assert [one.name for one in path.parent.iterdir() if one.name.startswith(DOMAIN)] == []
    assert dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id) == []
    assert er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id) == []
    assert profile.exists()
    assert recorded
    kept = list((tmp_path / "coachiq_recordings.log").iterdir())
    assert [one.name.startswith("house-") for one in kept] == [True]


async def test_a_coach_of_a_newer_version_is_refused_in_words(
    hass: HomeAssistant, peer: Peer, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing of it is changed, another coach works, and the words go with the coach."""
    newer = coach_entry(virtual_bus("other", key="other"), name="Newer")
    newer.add_to_hass(hass)
    hass.config_entries.async_update_entry(newer, version=2)
    before = newer.as_dict()
    older = coach_entry(virtual_bus(peer.channel), transmit=False)
    older.add_to_hass(hass)
    assert await async_setup_component(hass, DOMAIN, {})
    await hass.async_block_till_done()
    assert newer.state is ConfigEntryState.MIGRATION_ERROR
    assert newer.as_dict() == before
    assert older.state is ConfigEntryState.LOADED
    assert "Traceback" not in caplog.text
    (issue,) = (one for (domain, _), one in ir.async_get(hass).issues.items() if domain == DOMAIN)
    assert (issue.translation_key, issue.translation_placeholders) == (
        "entry_newer",
        {"coach": "Newer"},
    )
    await hass.config_entries.async_remove(newer.entry_id)
    assert ours(hass) == []
    await hass.config_entries.async_unload(older.entry_id)
