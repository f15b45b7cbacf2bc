"""An adapter that goes away is shown at once, and used again by itself when it is back."""

from collections.abc import Iterator
import contextlib
import select
import socket
import threading
import time

from demo import DOMAIN, SIMULATED_COACH
from ha_process import HOST, HomeAssistant, free_port
import pytest

from tests.system.test_mover_killed import Wired, connect

CONNECTION = "binary_sensor.house_network_connectivity"
LIGHT = "light.bedroom_ceiling_light"
AWAY, BACK_WITHIN = 8.0, 5.0


class Plug(threading.Thread):
    """A plug between Home Assistant and the gateway: in, or out."""

    def __init__(self, gateway: int) -> None:
        super().__init__(daemon=True)
        self.gateway, self.port = gateway, free_port()
        self.plugged, self.ended = threading.Event(), threading.Event()
        self.plugged.set()

    def run(self) -> None:
        """Serve while it is in; nobody listens while it is out."""
        while not self.ended.is_set():
            if not self.plugged.wait(0.05):
                continue
            with socket.create_server((HOST, self.port)) as server, contextlib.suppress(OSError):
                server.settimeout(0.05)
                while self.plugged.is_set() and not self.ended.is_set():
                    with contextlib.suppress(TimeoutError):
                        client, _ = server.accept()
                        with client, socket.create_connection((HOST, self.gateway)) as far:
                            self.pass_on(client, far)

    def pass_on(self, one: socket.socket, other: socket.socket) -> None:
        """Pass on what comes, both ways, until one end closes, or the plug is pulled."""
        while self.plugged.is_set() and not self.ended.is_set():
            readable, _, _ = select.select([one, other], [], [], 0.05)
            for end in readable:
                if not (data := end.recv(4096)):
                    return
                (other if end is one else one).sendall(data)


@pytest.fixture
def plug() -> Iterator[Plug]:
    wired = Wired()
    plug = Plug(wired.port)
    for thread in (wired, plug):
        thread.start()
    yield plug
    for thread in (plug, wired):
        thread.ended.set()
        thread.join()


def test_an_adapter_that_is_back_is_used_within_5_seconds(ha: HomeAssistant, plug: Plug) -> None:
    """Unavailable while it is away, and nothing is restarted."""
    ha.add_integration(DOMAIN, SIMULATED_COACH)
    ha.stop()
    connect(ha, plug.port)
    ha.start()
    ha.wait_state(LIGHT, "off", seconds=30)
    plug.plugged.clear()
    ha.wait_state(CONNECTION, "off", seconds=2)
    ha.wait_state(LIGHT, "unavailable", seconds=2)
    time.sleep(AWAY)
    plug.plugged.set()
    began = time.monotonic()
    ha.wait_state(CONNECTION, "on", seconds=BACK_WITHIN)
    assert time.monotonic() - began < BACK_WITHIN
    ha.wait_state(LIGHT, "off", seconds=15)
    ha.act("light.turn_on", LIGHT)
    ha.wait_state(LIGHT, "on")
    (bus,) = [bus for bus in _buses(ha) if bus["bus"] == "house"]
    assert bus["reconnections"] == 1


def _buses(ha: HomeAssistant) -> list[dict[str, object]]:
    with ha.websocket() as ws:
        buses: list[dict[str, object]] = ws.call("coachiq/buses")["buses"]
    return buses
