"""An owner makes a coach usable that nobody has seen before, in a real Home Assistant."""

from pathlib import Path
import re

from demo import DOMAIN
from ha_process import HomeAssistant, wait_for
from playwright.sync_api import Locator, expect
import pytest
import yaml

from tests.rig.page import ROOT, HomePage

# What the owner was given: which instance is what. It is the map of a coach that CoachIQ knows,
# but the model is not chosen, so that nothing of it is used.
MAP = ROOT / "custom_components/coachiq/coach/profiles/entegra_aspire_44r_2021.yaml"
LEAST_NAMED = 20
MOST_CLICKS = 25
UNKNOWN_COACH = {
    "user": {"adapter": "simulator"},
    "coach": {"name": "Coach", "profile": "none", "transmit": True},
}


class Clicks:
    """Counts what the owner presses on the page: the browser tells of each, typing is none."""

    def __init__(self, home: HomePage) -> None:
        self.count = 0
        home.page.expose_function("tellClick", self._add)
        home.page.add_init_script(
            "addEventListener('pointerdown', event => event.isTrusted && tellClick(), true)"
        )

    def _add(self) -> None:
        self.count += 1


def known_lights() -> dict[str, str]:
    """Return the owner's map as lines to type, by what the form calls the things."""
    rows = yaml.safe_load(Path(MAP).read_text(encoding="utf-8"))["things"]["dimmer"]
    lines = {
        f"Dimmer {instance}": f"{row['name']}, {row['area']}"
        for instance, row in rows.items()
        if "kind" not in row
    }
    return {**lines, "Dimmer 33": "Vent, Mid bathroom, Fan"}


def devices(ha: HomeAssistant) -> dict[str, tuple[str | None, str | None]]:
    """Return the name that the owner gave and the area of each device, by its own name."""
    with ha.websocket() as ws:
        rows = ws.call("config/device_registry/list")
    return {row["name"]: (row["name_by_user"], row["area_id"]) for row in rows}


def open_options(home: HomePage, what: str) -> Locator:
    """Open the options of the coach, choose what to change, and return the dialog."""
    home.page.get_by_role("button", name="Configure", exact=True).first.click()
    flow = home.page.locator("dialog-data-entry-flow")
    expect(flow.get_by_text("What CoachIQ may do")).to_be_visible()
    home.shot("20-options")
    flow.get_by_text(what, exact=True).click()
    return flow


def field(flow: Locator, label: str) -> Locator:
    """Return the box of text of that label."""
    row = flow.locator("ha-selector", has_text=re.compile(rf"^\s*{re.escape(label)}\b"))
    return row.locator("input")


def pick(home: HomePage, flow: Locator, label: str) -> None:
    """Search the list of things for one, and choose it."""
    flow.locator("ha-selector").first.click()
    search = flow.get_by_placeholder(re.compile("search", re.IGNORECASE)).last
    expect(search).to_be_visible()
    home.page.wait_for_timeout(500)
    home.shot("41-list")
    search.fill(label)
    # The list is drawn anew while one types: what is clicked too soon is another line of it.
    lines = flow.locator("ha-combo-box-item")  # the first shows what is chosen
    expect(lines.nth(1)).to_contain_text(label)
    home.page.wait_for_timeout(500)
    lines.nth(1).click()
    expect(lines.first).to_contain_text(label)


@pytest.fixture
def unknown(ha: HomeAssistant) -> str:
    """A coach of a model that CoachIQ does not know; returns its entry's id."""
    entry: str = ha.add_integration(DOMAIN, UNKNOWN_COACH)
    ha.wait_state("light.dimmer_25", "off", seconds=15)
    return entry


def test_an_unknown_coach_is_named_in_few_clicks(ha: HomeAssistant, home: HomePage) -> None:
    clicks = Clicks(home)
    page = home.page
    home.goto("/config/integrations/dashboard")
    page.get_by_role("button", name=re.compile("add integration", re.IGNORECASE)).first.click()
    picker = page.locator("dialog-add-integration")
    picker.get_by_role("textbox").or_(picker.get_by_role("searchbox")).first.fill("CoachIQ")
    picker.get_by_text("CoachIQ", exact=True).first.click()
    flow = page.locator("dialog-data-entry-flow")
    flow.get_by_text("Simulated coach", exact=True).click()
    flow.get_by_role("button", name="Submit").click()
    expect(flow.get_by_role("textbox").first).to_be_visible()
    # The simulated coach proposes its model.
    flow.get_by_text("Entegra Aspire 44R (2021)").last.click()
    page.get_by_text("Another model", exact=False).last.click()
    home.shot("21-unknown")
    flow.get_by_role("button", name="Submit").click()
    flow.get_by_role("button", name="finish").click()
    ha.wait_state("light.dimmer_25", "off", seconds=15)

    # Everything is asked for within ten seconds.
    ha.wait_state("light.dimmer_60", "off", "on", seconds=20)
    # Home Assistant shows the integration's page by itself.
    flow = open_options(home, "Names, many at once")
    expect(flow.get_by_role("textbox").first).to_be_visible()
    home.shot("22-names")
    lines = known_lights()
    named: dict[str, str] = {}
    while True:
        for label, line in lines.items():
            if field(flow, label).count():
                field(flow, label).fill(line)
                named[label] = line
        home.shot(f"23-named-{len(named)}")
        if len(named) >= LEAST_NAMED:
            break
        flow.locator("ha-switch").last.click()
        flow.get_by_role("button", name="Submit").click()
        expect(field(flow, next(iter(named)))).to_have_count(0)
    flow.get_by_role("button", name="Submit").click()
    flow.get_by_role("button", name="finish").click()

    found = wait_for(lambda: devices(ha), "the devices", 5)
    for label, line in named.items():
        name, area = line.split(", ")[:2]
        assert found[label] == (name, area.lower().replace(" ", "_"))
    assert len(named) >= LEAST_NAMED
    assert 0 < clicks.count <= MOST_CLICKS, clicks.count
    ha.wait_state("fan.mid_bathroom_vent", "off", seconds=20)
    ha.wait_state("light.dimmer_25", "off", seconds=20)
    ha.act("light.turn_on", "light.dimmer_25")
    assert ha.wait_state("light.dimmer_25", "on")["attributes"]["friendly_name"] == "Ceiling light"
    assert home.errors == []


def test_an_owner_walks_the_coach(ha: HomeAssistant, home: HomePage, unknown: str) -> None:
    home.goto(f"/config/integrations/integration/{DOMAIN}")
    flow = open_options(home, "Walk the coach: press switches and name what they do")
    expect(flow.get_by_text("Now press one switch")).to_be_visible()
    home.shot("30-walk")
    # The simulated coach has no wall switches; on the bus a command looks the same. Its air
    # conditioners switch their loads by themselves, as real ones do: such a thing is left as it is.
    for turn in ("on", "off", "on"):
        ha.act(f"light.turn_{turn}", "light.dimmer_27")
        expect(flow.get_by_role("button", name="Submit")).to_be_visible(timeout=15_000)
        if (choice := flow.get_by_role("radio", name="Dimmer 27")).count():
            home.shot("31-found")
            choice.click()
            flow.get_by_role("button", name="Submit").click()
        expect(field(flow, "Name")).to_be_visible()
        if flow.get_by_text("Dimmer 27").count():
            break
        flow.get_by_role("button", name="Submit").click()
        expect(flow.get_by_text("Now press one switch")).to_be_visible()
    home.shot("32-walked")
    field(flow, "Name").fill("Accent light")
    flow.get_by_role("button", name="Submit").click()
    expect(flow.get_by_text("Now press one switch")).to_be_visible()
    assert devices(ha)["Dimmer 27"][0] == "Accent light"
    assert home.errors == []


def test_an_owner_corrects_things(ha: HomeAssistant, home: HomePage, unknown: str) -> None:
    # The list has what is known when it is opened.
    wanted = {"cover.slide_1", "sensor.fresh_water_tank_level"}
    wait_for(lambda: wanted <= ha.states().keys(), "the slide and the tank", 20)
    home.goto(f"/config/integrations/integration/{DOMAIN}")
    flow = open_options(home, "Things: one at a time")
    expect(flow.get_by_text("Which one?")).to_be_visible()
    home.shot("40-things")
    pick(home, flow, "Fresh water tank")
    flow.get_by_role("button", name="Submit").click()
    expect(flow.get_by_text("Calibration point").first).to_be_visible()
    home.shot("42-tank")
    flow.get_by_role("button", name="Close").click()

    flow = open_options(home, "Things: one at a time")
    pick(home, flow, "Slide 1")
    flow.get_by_role("button", name="Submit").click()
    flow.get_by_text("What must hold before it moves").click()
    expect(flow.get_by_text("Park brake").first).to_be_visible()
    home.page.wait_for_timeout(500)
    home.shot("43-slide")
    assert home.errors == []
