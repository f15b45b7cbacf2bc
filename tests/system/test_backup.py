"""A backup that a real Home Assistant makes: what is in it, and what is not."""

import json
from pathlib import Path
import tarfile

from demo import DOMAIN, SIMULATED_COACH
from ha_process import HomeAssistant, wait_for

LIGHT = "light.bedroom_ceiling_light"


def test_a_backup_has_the_coach_and_no_recording(ha: HomeAssistant) -> None:
    """What was learnt a moment before is in it, the entry too; recordings of any format are not."""
    entry_id = ha.add_integration(DOMAIN, SIMULATED_COACH)
    ha.wait_state(LIGHT, "off", seconds=15)
    ha.act("light.turn_on", LIGHT, brightness_pct=40)
    ha.wait_state(LIGHT, "on")
    for format_ in ("log", "blf"):
        ha.post("/api/services/coachiq/start_recording", {"format": format_, "minutes": 5})
        ha.post("/api/services/coachiq/stop_recording")
    ha.post("/api/services/coachiq/start_recording", {"minutes": 5})

    # Home Assistant writes its entries a second later.
    wait_for((ha.config_dir / ".storage/core.config_entries").exists, "the entry to be written")
    with ha.websocket() as ws:
        ws.call("backup/generate", agent_ids=["backup.local"], name="Coach")
        wait_for(lambda: ws.call("backup/info")["state"] == "idle", "the backup to be made", 60)
        (backup,) = ws.call("backup/info")["backups"]
        assert ws.call("backup/info")["last_action_event"]["state"] == "completed"
    assert not backup["failed_agent_ids"]

    recorded = list(ha.config_dir.rglob("*.log.gz")) + list(ha.config_dir.rglob("*.blf"))
    assert len(recorded) >= 2
    content = _content(next((ha.config_dir / "backups").glob("*.tar")))
    stored = json.loads(content[f"data/.storage/{DOMAIN}.{entry_id}"])
    levels = {
        thing["key"][0]: thing["last_level"]
        for thing in stored["data"]["things"]
        if thing["family"] == "dimmer"
    }
    assert 40.0 in levels.values()
    entries = json.loads(content["data/.storage/core.config_entries"])["data"]["entries"]
    assert entry_id in {entry["entry_id"] for entry in entries}
    names = {Path(name).name for name in content}
    assert names.isdisjoint(path.name for path in recorded)
    assert not [name for name in names if name.startswith("simulated")], "none of any recording"
    assert ha.problems() == []


def _content(backup: Path) -> dict[str, bytes]:
    """Return the files of Home Assistant's part of a backup by their names."""
    with tarfile.open(backup) as outer:
        (name,) = (name for name in outer.getnames() if name.endswith("homeassistant.tar.gz"))
        inner = outer.extractfile(name)
        assert inner
        with tarfile.open(fileobj=inner, mode="r:gz") as core:
            return {
                member.name: file.read()
                for member in core
                if member.isfile() and (file := core.extractfile(member))
            }
