"""Nothing keeps moving when Home Assistant is killed in the middle of it."""

from collections.abc import Iterator
import contextlib
import json
import re
import signal
import socket
import threading
import time

from demo import DOMAIN, SIMULATED_COACH
from ha_process import HomeAssistant, wait_for
import pytest

from custom_components.coachiq.simulator import SimulatedCoach
from custom_components.coachiq.simulator.mover import Mover

AWNING = "cover.patio_awning"
LINE = re.compile(rb"T([0-9A-F]{8})([0-8])([0-9A-F]*)")


class Wired(threading.Thread):
    """A simulated coach behind an slcan gateway, in another process than Home Assistant."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.coach = SimulatedCoach(start=time.monotonic())
        self.server = socket.create_server(("127.0.0.1", 0))
        self.server.settimeout(0.05)
        self.ended = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server.getsockname()[1])

    @property
    def awning(self) -> Mover:
        return next(one for one in self.coach.movers if one.kind.name == "awning")

    def run(self) -> None:
        """Serve one client after the other; the coach lives on without any."""
        client: socket.socket | None = None
        rest = b""
        while not self.ended.is_set():
            if client is None:
                with contextlib.suppress(TimeoutError):
                    client, _ = self.server.accept()
                    client.settimeout(0.005)
                    rest = b""
            try:
                rest = self.turn(client, rest)
            except OSError:
                client = None
        self.server.close()

    def turn(self, client: socket.socket | None, rest: bytes) -> bytes:
        """Hear what the client sends, and let the coach speak."""
        if client:
            with contextlib.suppress(TimeoutError):
                data = client.recv(4096)
                if not data:
                    raise ConnectionResetError
                *lines, rest = (rest + data).split(b"\r")
                for can_id, _, payload in filter(None, map(_parsed, lines)):
                    self.coach.receive(can_id, payload, time.monotonic())
        said = self.coach.step(time.monotonic())
        if client:
            client.sendall(
                b"".join(
                    b"T%08X%d%s\r" % (can_id, len(data), data.hex().upper().encode())
                    for can_id, data in said
                )
            )
        return rest


def _parsed(line: bytes) -> tuple[int, int, bytes] | None:
    match = LINE.fullmatch(line)
    return match and (int(match[1], 16), int(match[2]), bytes.fromhex(match[3].decode()))


@pytest.fixture
def wired() -> Iterator[Wired]:
    wired = Wired()
    wired.start()
    yield wired
    wired.ended.set()
    wired.join()


def test_a_killed_process_leaves_nothing_moving(ha: HomeAssistant, wired: Wired) -> None:
    ha.add_integration(DOMAIN, SIMULATED_COACH)
    ha.stop()
    connect(ha, wired.port)
    ha.start()
    ha.wait_state(AWNING, "closed", seconds=30)
    ha.wait_state("binary_sensor.chassis_park_brake", "on", seconds=30)
    ha.act("cover.open_cover", AWNING)
    wait_for(lambda: wired.awning.position > 10, "the awning to move", 15)
    process, ha.process = ha.process, None
    assert process
    process.send_signal(signal.SIGKILL)
    process.wait()
    killed = time.monotonic()
    wait_for(lambda: wired.awning.direction == 0, "the awning to stop")
    assert time.monotonic() - killed < 0.5
    position = wired.awning.position
    time.sleep(1.0)
    assert wired.awning.position == position


def connect(ha: HomeAssistant, port: int) -> None:
    """Put the coach behind the gateway, and let its awning move."""
    path = ha.config_dir / ".storage" / "core.config_entries"
    content = json.loads(path.read_text())
    (entry,) = (one for one in content["data"]["entries"] if one["domain"] == DOMAIN)
    (bus,) = entry["subentries"]
    bus["data"] = {
        "kind": "slcan",
        "settings": {"port": f"socket://127.0.0.1:{port}", "bitrate": 250_000},
    }
    entry["options"]["things"] = {f"{bus['unique_id']}-awning-1": {"allowed": True}}
    path.write_text(json.dumps(content))
