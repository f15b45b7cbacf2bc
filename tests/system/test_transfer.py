"""A coach exported, deleted and imported in a real Home Assistant, and one with a damaged file."""

from demo import DOMAIN, SIMULATED_COACH
from ha_process import HomeAssistant, Json, ProcessError, wait_for
import pytest

LIGHT = "light.bedroom_ceiling_light"


def test_export_delete_import(ha: HomeAssistant) -> None:
    entry_id = ha.add_integration(DOMAIN, SIMULATED_COACH)
    ha.wait_state(LIGHT, "off", seconds=20)
    with ha.websocket() as ws:
        ws.call("config/entity_registry/update", entity_id=LIGHT, name="Above the bed")
    before = act(ha, "export_config")["config"]
    with pytest.raises(ProcessError, match="The coach Entegra Aspire is there already"):
        act(ha, "import_config", config=before)

    ha.request("DELETE", f"/api/config/config_entries/entry/{entry_id}")
    wait_for(lambda: not ha.states("light."), "the coach to be gone")
    assert not list((ha.config_dir / ".storage").glob(f"{DOMAIN}.*"))

    assert act(ha, "import_config", config=before)["config_entry_id"] == entry_id
    assert ha.wait_state(LIGHT, "off", seconds=20)["attributes"]["friendly_name"] == "Above the bed"
    after = act(ha, "export_config")["config"]
    # What the coach has said meanwhile is more, and nothing is other than it was.
    for kind, key in (("devices", "id"), ("entities", "unique_id")):
        now = {row[key]: row for row in after[kind]}
        assert [row for row in before[kind] if row != now[row[key]]] == []
    assert after["entry"] == before["entry"]
    assert ha.problems() == []


def test_a_damaged_file_costs_little_and_is_told(ha: HomeAssistant) -> None:
    entry_id = ha.add_integration(DOMAIN, SIMULATED_COACH)
    ha.wait_state(LIGHT, "off", seconds=20)
    ha.stop()
    path = ha.config_dir / ".storage" / f"{DOMAIN}.{entry_id}"
    text = path.read_text(encoding="utf-8")
    rest = text[: len(text) // 2]
    path.write_text(rest, encoding="utf-8")
    ha.start()
    ha.wait_state(LIGHT, "off", seconds=20)
    with ha.websocket() as ws:
        (issue,) = ws.call("repairs/list_issues")["issues"]
    assert issue["translation_key"] == "store_damaged"
    assert issue["translation_placeholders"]["things"] == str(rest.count("}")) != "0"


def act(ha: HomeAssistant, action: str, **fields: object) -> Json:
    """Call an action and return what it answers."""
    answer = ha.post(f"/api/services/{DOMAIN}/{action}?return_response", fields)
    return answer["service_response"]
