"""An owner turns parts of CoachIQ off and on, in a real Home Assistant."""

from pathlib import Path
import re

from demo import DOMAIN
from ha_process import HomeAssistant, wait_for
from playwright.sync_api import Locator, expect

from tests.rig.page import HomePage

from .test_things import UNKNOWN_COACH, open_options

LIGHT = "light.dimmer_25"
TRANSMIT, LIFE, GENERATOR = "Control the coach", "Signs of life", "Start the generator"
CLOCK = "Set the coach's clock"
OVERRIDE = "COACHIQ_FEATURES__ENABLE_ENERGY"


def switch(flow: Locator, label: str) -> Locator:
    """Return the switch of a feature."""
    row = flow.locator("ha-selector-boolean", has_text=re.compile(rf"^\s*{re.escape(label)}"))
    return row.locator("ha-switch").first


def save(flow: Locator) -> None:
    """End the form."""
    flow.get_by_role("button", name="Submit").click()
    flow.get_by_role("button", name="finish").click()


def test_features_are_turned_off_and_on(ha: HomeAssistant, home: HomePage, tmp_path: Path) -> None:
    """The form names what needs what is turned off, and shows what the environment overrides."""
    folder = tmp_path / "config" / DOMAIN
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".env").write_text(f"{OVERRIDE}=off\n", encoding="utf-8")
    ha.add_integration(DOMAIN, UNKNOWN_COACH)
    ha.wait_state(LIGHT, "off", seconds=15)
    before = wait_for(lambda: ha.states("button.").keys(), "the buttons", 20)
    home.goto("/config/integrations/integration/coachiq")
    flow = open_options(home, "What CoachIQ may do")
    expect(flow.get_by_text(OVERRIDE)).to_be_visible()
    expect(switch(flow, "Energy dashboard")).to_have_attribute("disabled", "")
    switch(flow, TRANSMIT).click()
    home.shot("50-features")
    flow.get_by_role("button", name="Submit").click()
    wrong = f"“{TRANSMIT}” is needed by: {LIFE}, {GENERATOR}, {CLOCK}."
    expect(flow.get_by_text(wrong)).to_be_visible()
    home.shot("51-features-needed")
    for label in (LIFE, GENERATOR, CLOCK):
        switch(flow, label).click()
    save(flow)
    wait_for(lambda: not ha.states("button.") or None, "the buttons to go", 20)

    flow = open_options(home, "What CoachIQ may do")
    for label in (GENERATOR, CLOCK):
        switch(flow, label).click()
    save(flow)
    wait_for(lambda: ha.states("button.").keys() >= before or None, "the buttons to come back", 30)
    ha.wait_state(LIGHT, "off", seconds=15)
    assert ha.problems() == []
