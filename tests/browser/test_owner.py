"""What an owner does with a browser, in a real Home Assistant."""

from dashboard import save_dashboard
from demo import DOMAIN, SIMULATED_COACH
from ha_process import HomeAssistant
from playwright.sync_api import expect

from tests.rig.page import HomePage

LIGHT = "light.bedroom_ceiling_light"


def test_an_owner_adds_the_simulated_coach_and_switches_a_light(
    ha: HomeAssistant, home: HomePage
) -> None:
    flow = home.add_integration("CoachIQ")
    flow.get_by_text("Simulated coach", exact=True).click()
    home.shot("1-adapter")
    submit = flow.get_by_role("button", name="Submit")
    submit.click()
    expect(flow.get_by_role("textbox").first).to_be_visible()
    home.shot("2-coach")
    submit.click()
    finish = flow.get_by_role("button", name="finish")
    expect(finish).to_be_visible()
    home.shot("3-added")
    finish.click()
    ha.wait_state(LIGHT, "off", seconds=15)

    with ha.websocket() as ws:
        rows = ws.call("config/entity_registry/list")
    device = next(row["device_id"] for row in rows if row["entity_id"] == LIGHT)
    home.goto(f"/config/devices/device/{device}")
    home.page.locator("hui-toggle-entity-row ha-switch, ha-entity-toggle ha-switch").first.click()
    ha.wait_state(LIGHT, "on")
    home.shot("4-device")
    assert home.errors == []


def test_an_owner_toggles_a_light_on_the_dashboard(ha: HomeAssistant, home: HomePage) -> None:
    ha.add_integration(DOMAIN, SIMULATED_COACH)
    ha.wait_state(LIGHT, "off", seconds=15)
    save_dashboard(ha)
    home.goto("/")
    section = home.page.locator("hui-grid-section", has_text="Bedroom")
    tile = section.locator("hui-tile-card", has_text="Ceiling light").first
    expect(tile).to_contain_text("Off")
    home.shot("5-dashboard")

    tile.locator("ha-tile-icon").click()
    expect(tile).to_contain_text("100%")
    ha.wait_state(LIGHT, "on")
    tile.locator("ha-tile-icon").click()
    expect(tile).to_contain_text("Off")
    ha.wait_state(LIGHT, "off")

    ha.act("light.turn_on", LIGHT, brightness_pct=61)
    expect(tile).to_contain_text("61%")
    tile.scroll_into_view_if_needed()
    home.shot("6-lit")
    assert home.errors == []
