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
from custom_components.coachiq.simulator.scene import EXTEND, RETRACT

AWNING = "cover.patio_awning"
PAIR = "cover.outside_door_awning"
# How long each moves at most without a word, in seconds.
LAPSE = {AWNING: 0.4, PAIR: 2.0}
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

    def moves(self, cover: str) -> bool:
        """Tell whether something moves: an awning of its own, or one on two channels."""
        if cover == AWNING:
            return self.awning.direction != 0
        return any(self.coach.dimmers[each].level for each in (EXTEND, RETRACT))

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


@pytest.mark.parametrize("cover", [AWNING, PAIR])
def test_a_killed_process_leaves_nothing_moving(
    ha: HomeAssistant, wired: Wired, cover: str
) -> None:
    ha.add_integration(DOMAIN, SIMULATED_COACH)
    ha.stop()
    connect(ha, wired.port)
    ha.start()
    ha.wait_state(cover, "closed" if cover == AWNING else "unknown", seconds=30)
    ha.wait_state("binary_sensor.chassis_park_brake", "on", seconds=30)
    ha.act("cover.open_cover", cover)
    wait_for(lambda: wired.moves(cover), "the awning to move", 15)
    time.sleep(1.5)
    assert wired.moves(cover)
    process, ha.process = ha.process, None
    assert process
    process.send_signal(signal.SIGKILL)
    process.wait()
    killed = time.monotonic()
    wait_for(lambda: not wired.moves(cover), "the awning to stop")
    assert time.monotonic() - killed < LAPSE[cover] + 0.1
    until = time.monotonic() + 1.0
    while time.monotonic() < until:
        assert not wired.moves(cover)
        time.sleep(0.01)


def connect(ha: HomeAssistant, port: int) -> None:
    """Put the coach behind the gateway, and let its awnings move."""
    path = ha.config_dir / ".storage" / "core.config_entries"
    content = json.loads(path.read_text())
    (entry,) = (one for one in content["data"]["entries"] if one["domain"] == DOMAIN)
    (bus,) = entry["subentries"]
    bus["data"] = {
        "kind": "slcan",
        "settings": {"port": f"socket://127.0.0.1:{port}", "bitrate": 250_000},
    }
    entry["options"]["things"] = {
        f"{bus['unique_id']}-{thing}": {"allowed": True}
        for thing in ("awning-1", f"dimmer-{EXTEND}")
    }
    path.write_text(json.dumps(content))
