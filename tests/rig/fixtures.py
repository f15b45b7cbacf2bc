"""Fixtures of the tests that run a whole system; scripts/test loads them as a plugin."""

from collections.abc import Iterator
import json
import os
from pathlib import Path

from demo import DOMAIN, SIMULATED_COACH
from ha_process import HomeAssistant
import pytest

from tests.rig.page import HomePage, find_browser, open_page

# What an owner may know of a DGN that the specification does not have.
OWNERS_TABLE = {
    "version": 1,
    "rows": {
        "1F0A1": {"name": "STAIR_LAMP", "kind": "status", "fields": [{"name": "on", "at": "0"}]}
    },
}


@pytest.fixture
def ha(tmp_path: Path) -> Iterator[HomeAssistant]:
    """A running Home Assistant without any entry of ours."""
    with HomeAssistant(tmp_path / "config") as running:
        yield running


@pytest.fixture(scope="module")
def coach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HomeAssistant]:
    """A running Home Assistant with the simulated coach, whose patio awning may be moved.

    Its owner has added a row to the protocol, and turned a feature off by the environment.
    """
    ha = HomeAssistant(tmp_path_factory.mktemp("coach") / "config")
    with ha:
        ha.add_integration(DOMAIN, SIMULATED_COACH)
    path = ha.config_dir / ".storage" / "core.config_entries"
    content = json.loads(path.read_text(encoding="utf-8"))
    (entry,) = (one for one in content["data"]["entries"] if one["domain"] == DOMAIN)
    (bus,) = entry["subentries"]
    entry["options"]["things"] = {f"{bus['unique_id']}-awning-1": {"allowed": True}}
    path.write_text(json.dumps(content), encoding="utf-8")
    folder = ha.config_dir / DOMAIN
    folder.mkdir(exist_ok=True)
    (folder / "rvc.json").write_text(json.dumps(OWNERS_TABLE), encoding="utf-8")
    (folder / ".env").write_text("COACHIQ_FEATURES__ENABLE_ENERGY=false\n", encoding="utf-8")
    with ha:
        ha.wait_state("light.bedroom_ceiling_light", "off", seconds=30)
        ha.wait_state("cover.patio_awning", "closed", seconds=30)
        ha.wait_state("binary_sensor.chassis_park_brake", "on", seconds=30)
        yield ha


@pytest.fixture(scope="session")
def browser() -> str:
    """The Chromium to use; where CI has none that is a failure."""
    found = find_browser()
    if found is None:
        reason = "no Chromium: scripts/setup says how to get one"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture
def home(ha: HomeAssistant, browser: str) -> Iterator[HomePage]:
    """A page signed in to that Home Assistant."""
    with open_page(ha.url, ha.token, browser) as page:
        yield page
