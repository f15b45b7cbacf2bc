"""What an owner does with a browser, in a real Home Assistant."""

from collections.abc import Iterator
import socket
import threading

from dashboard import save_dashboard
from demo import DOMAIN, SIMULATED_COACH
from ha_process import HomeAssistant
from playwright.sync_api import Locator, expect
import pytest

from tests.rig.page import HomePage

LIGHT = "light.bedroom_ceiling_light"
# Tanks, a dimmer and an inverter, as a Yacht Devices gateway writes them.
RV_C = b"".join(
    b"00:00:01.000 R %b\r\n" % frame
    for frame in (
        b"19FFB780 FF 00 C8 FF FF FF FF FF",
        b"19FEDA8E 24 7C 00 FC FF 05 00 FF",
        b"19FFFD45 01 FF 00 FF FF FF FF FF",
    )
)
PAUSE = 0.02


class Gateway:
    """A Yacht Devices gateway on this machine, on a network that speaks or is silent."""

    def __init__(self) -> None:
        self.speaks = False
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        self._server.settimeout(PAUSE)
        while not self._ended.is_set():
            try:
                client = self._server.accept()[0]
            except TimeoutError:
                continue
            with client:
                self._speak(client)

    def _speak(self, client: socket.socket) -> None:
        client.settimeout(PAUSE)
        while not self._ended.is_set():
            try:
                if self.speaks:
                    client.sendall(RV_C)
                if not client.recv(4096):
                    return
            except TimeoutError:
                continue
            except OSError:
                return

    def close(self) -> None:
        self._ended.set()
        self._thread.join()
        self._server.close()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    gateway = Gateway()
    yield gateway
    gateway.close()


def submit(flow: Locator) -> None:
    """Send a form, once it is drawn."""
    flow.get_by_role("button", name="Submit").click()


def test_an_owner_adds_the_simulated_coach_and_switches_a_light(
    ha: HomeAssistant, home: HomePage
) -> None:
    flow = home.add_integration("CoachIQ")
    flow.get_by_text("Simulated coach", exact=True).click()
    home.shot("1-adapter")
    submit(flow)
    expect(flow.get_by_role("textbox").first).to_be_visible()
    home.shot("2-coach")
    submit(flow)
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


def test_an_owner_hears_what_a_gateway_is_connected_to(
    ha: HomeAssistant, home: HomePage, gateway: Gateway
) -> None:
    flow = home.add_integration("CoachIQ")
    flow.get_by_text("Another adapter, described by hand").click()
    submit(flow)
    kind = flow.get_by_text("Yacht Devices gateway")
    expect(kind).to_be_visible()
    home.shot("7-kinds")
    kind.click()
    submit(flow)
    flow.get_by_role("textbox").first.fill("127.0.0.1")
    flow.get_by_role("spinbutton").first.fill(str(gateway.port))
    home.shot("8-gateway")
    submit(flow)
    expect(flow.get_by_text("Nothing is sent")).to_be_visible()
    home.shot("9-listening")
    expect(flow.get_by_text("Nothing was heard")).to_be_visible()
    home.shot("10-silent")
    gateway.speaks = True
    flow.get_by_text("Listen again").click()
    expect(flow.get_by_text("This is an RV-C network")).to_be_visible()
    home.shot("11-heard")
    flow.get_by_text("Go on with this adapter").click()
    expect(flow.get_by_text("Only listen", exact=True).first).to_be_visible()
    home.shot("12-network")
    submit(flow)
    expect(flow.get_by_text("Control the coach", exact=True).first).to_be_visible()
    home.shot("13-coach")
    submit(flow)
    flow.get_by_role("button", name="finish").click()
    (entry,) = ha.entries(DOMAIN)
    assert entry["title"] == "Coach"
    assert home.errors == []
