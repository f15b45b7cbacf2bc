"""What scripts/pictures does: a picture of one entity's dialog for each platform."""

import json
from pathlib import Path
import sys
import tempfile
import time

from alone import ROOT
from demo import DOMAIN, settled_lights, write_model
from ha_process import HomeAssistant, wait_for
from PIL import Image

sys.path.insert(0, str(ROOT))

from tests.rig.page import HomePage, find_browser, open_page

FOLDER = ROOT / "docs" / "pictures"
# Of each platform the entity that shows most; of others the first one that knows its state.
SHOWN = {
    "light": "light.bedroom_ceiling_light",
    "climate": "climate.living_room_front_thermostat",
    "switch": "switch.water_pump",
    "sensor": "sensor.fresh_water_tank_level",
    "binary_sensor": "binary_sensor.generator_running",
    "cover": "cover.patio_awning",
    "fan": "fan.roof_fan_1",
    "button": "button.bedroom_ceiling_light_identify",
}
OPEN = """id => document.querySelector("home-assistant").dispatchEvent(
    new CustomEvent("hass-more-info", {detail: {entityId: id}, bubbles: true, composed: true}))"""
# What the owner lets CoachIQ operate, so that it has controls.
ALLOWED = ("awning-1", "door-1", "refrigerator-1.0", "waste_dump-0", "valve-1")
# Of these platforms a state that is not known is a state.
RESTING = ("button", "event", "scene")
SIZE = (480, 760)
COLORS = 64
# So long a dialog takes to come to rest, and a graph in it to be drawn.
REST = 3.0
# So long the coach takes to answer all questions.
ANSWERS = 12.0


def main() -> int:
    """Draw the pictures; return 1 when there is no browser."""
    browser = find_browser()
    if browser is None:
        print("no Chromium: scripts/setup says how to get one", file=sys.stderr)
        return 1
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, HomeAssistant(Path(folder) / "config") as ha:
        ha.add_integration(DOMAIN, write_model(ha.config_dir))
        wait_for(lambda: settled_lights(ha), "the coach's lights", 60)
        allow(ha)
        ha.start()
        wait_for(lambda: settled_lights(ha), "the coach's lights", 60)
        ha.act("light.turn_on", SHOWN["light"], brightness_pct=61)
        ha.act("fan.set_percentage", SHOWN["fan"], percentage=40)
        time.sleep(ANSWERS)
        with open_page(ha.url, ha.token, browser, size=SIZE) as page:
            page.goto("/")
            for platform, entity in entities(ha).items():
                draw(page, platform, entity)
    return 0


def allow(ha: HomeAssistant) -> None:
    """Stop Home Assistant and let some things be operated, as their owner may."""
    ha.stop()
    path = ha.config_dir / ".storage" / "core.config_entries"
    stored = json.loads(path.read_text("utf-8"))
    (entry,) = (entry for entry in stored["data"]["entries"] if entry["domain"] == DOMAIN)
    entry["options"]["things"] = {f"house-{thing}": {"allowed": True} for thing in ALLOWED}
    path.write_text(json.dumps(stored), "utf-8")


def entities(ha: HomeAssistant) -> dict[str, str]:
    """Return which entity to show of each platform."""
    with ha.websocket() as ws:
        rows = ws.call("config/entity_registry/list")
    ours = {row["entity_id"] for row in rows if row["platform"] == DOMAIN}
    found: dict[str, str] = {}
    for entity, state in sorted(ha.states().items()):
        platform = entity.partition(".")[0]
        if entity in ours and (state["state"] != "unknown" or platform in RESTING):
            found.setdefault(platform, entity)
    return found | {platform: one for platform, one in SHOWN.items() if one in ours}


def draw(page: HomePage, platform: str, entity: str) -> None:
    """Save the dialog of an entity, with few colors."""
    page.page.evaluate(OPEN, entity)
    page.page.wait_for_timeout(REST * 1000)
    path = FOLDER / f"{platform}.png"
    page.page.screenshot(path=path)
    Image.open(path).convert("RGB").quantize(COLORS).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {entity}, {path.stat().st_size / 1000:.0f} kB")
    page.page.keyboard.press("Escape")
    page.page.wait_for_timeout(REST * 300)


if __name__ == "__main__":
    sys.exit(main())
