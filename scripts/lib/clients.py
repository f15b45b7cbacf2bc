"""What scripts/endurance clients does: many clients follow a full bus, some of them carelessly.

A real Home Assistant reads one bus at full load; a process of its own is all the clients that
follow its frames; and here another connection is pinged meanwhile.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
import json
from pathlib import Path
import socket
import subprocess
import sys
import tempfile
import time
from typing import Any

import aiohttp
from alone import without_home_assistant

without_home_assistant()

from feeder import EXTENDED, FULL, RECORD  # noqa: E402  after the line above
from ha_process import HOST, HomeAssistant, wait_for  # noqa: E402
import traffic  # noqa: E402

from custom_components.coachiq.rvc import load_spec  # noqa: E402

CLIENTS, CARELESS = 20, 5
PING_EVERY = 0.1
SLOWEST_PING = 0.1
# What the bus has is known by then.
APPEAR = 8.0
CORPUS = 20_000
FEEDER = Path(__file__).with_name("feeder.py")
# The last batch leaves a tenth of a second after the last frame.
LAST = 1.0

type Json = Any


def want(is_so: bool, otherwise: str) -> None:  # noqa: FBT001  what is wanted
    """Raise AssertionError in these words unless something is so."""
    if not is_so:
        raise AssertionError(otherwise)


@dataclass(slots=True)
class Client:
    """One client: what it got, what Home Assistant says that it sent, and whether it was cut off.

    A careless one never acknowledges.
    """

    careless: bool
    frames: int = 0
    batches: int = 0
    cut_off: bool = False
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it all; `fed` is what the bus carried, `pings` are in seconds."""

    fed: int
    rate: float
    clients: list[Client]
    pings: list[float]

    @property
    def slow_ping(self) -> float:
        """Return what one ping of twenty is slower than."""
        return sorted(self.pings)[len(self.pings) * 95 // 100]

    def check(self) -> None:
        """Raise AssertionError for whatever is not as it must be."""
        for number, client in enumerate(self.clients):
            counts, who = client.counts, f"client {number}"
            want(not client.cut_off, f"{who} was cut off")
            want(counts["received"] == counts["sent"] + counts["dropped"], f"{who}: {counts}")
            want(counts["sent"] == client.frames, f"{who} got {client.frames} of {counts}")
            want(client.careless == bool(counts["dropped"]), f"{who}: {counts}")
            # All follow the same bus; what went by while they subscribed is not theirs.
            want(counts["received"] <= self.fed, f"{who}: {counts} of {self.fed}")
        want(self.slow_ping <= SLOWEST_PING, f"pings: p95 {self.slow_ping * 1000:.0f} ms")

    def __str__(self) -> str:
        """Return it in a line."""
        got = [client.counts["received"] for client in self.clients]
        lost = [client.counts["dropped"] for client in self.clients if client.careless]
        return (
            f"{len(self.clients)} clients, {min(got):,} to {max(got):,} frames each"
            f" at {self.rate:,.0f}/s, {sum(lost):,} dropped for {len(lost)} careless ones,"
            f" {len(self.pings)} pings: p95 {self.slow_ping * 1000:.1f} ms,"
            f" slowest {max(self.pings) * 1000:.1f} ms"
        )


def run(seconds: float, clients: int = CLIENTS, careless: int = CARELESS) -> Outcome:
    """Let clients follow a full bus for so many seconds."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(type=socket.SOCK_DGRAM) as end:
        ha = HomeAssistant(Path(folder) / "config")
        with ha, _fed(ha, end, Path(folder)) as feeder:
            followers = subprocess.Popen(
                [sys.executable, __file__, ha.url, ha.token, str(clients), str(careless)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            told = followers.stdout
            want(told is not None and told.readline() == "following\n", "nobody could follow")
            pings = asyncio.run(_ping(ha, seconds))
            fed = json.loads(feeder.communicate()[0])
            time.sleep(LAST)
            got = json.loads(followers.communicate()[0])
            want(not (problems := ha.problems()), f"Home Assistant complains: {problems}")
    return Outcome(
        fed=sum(fed["fed"]),
        rate=fed["rate"],
        clients=[Client(**client) for client in got],
        pings=pings,
    )


class _fed:  # noqa: N801  used like a function
    """A coach whose one bus a process feeds at full load, as a cannelloni gateway does."""

    def __init__(self, ha: HomeAssistant, end: socket.socket, folder: Path) -> None:
        """Take where all of it is to be."""
        self._ha, self._end, self._folder = ha, end, folder
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> subprocess.Popen[bytes]:
        """Add the coach and feed it; returns once it carries its full load."""
        with socket.socket(type=socket.SOCK_DGRAM) as probe:
            probe.bind((HOST, 0))
            local = probe.getsockname()[1]
        self._end.bind((HOST, 0))
        self._end.connect((HOST, local))
        corpus = self._folder / "corpus"
        corpus.write_bytes(
            b"".join(
                RECORD.pack(frame.can_id | EXTENDED, len(frame.data), frame.data)
                for frame in traffic.frames(load_spec(), CORPUS)
            )
        )
        wanted = {
            "wire": "cannelloni", "sockets": [self._end.fileno()], "rate": FULL,
            "begin": APPEAR, "corpus": str(corpus),
        }  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, FEEDER, json.dumps(wanted)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[self._end.fileno()],
        )  # fmt: skip
        place = {"host": HOST, "udp_port": self._end.getsockname()[1], "local_port": local}
        self._ha.add_integration(
            "coachiq",
            {
                "user": {"adapter": "another"},
                "by_hand": {"kind": "cannelloni"},
                "cannelloni": place,
                "heard": {"next_step_id": "network"},
                "network": {"name": "House", "protocol": "rv_c", "listen_only": False},
                "coach": {"name": "Coach", "profile": "none", "transmit": False},
            },
        )
        with self._ha.websocket() as ws:
            wait_for(
                lambda: (ws.call("coachiq/buses")["buses"][0]["load"] or 0) > 0.9 or None,
                "the bus to be full",
                30,
            )
        return self._process

    def __exit__(self, *_: object) -> None:
        """End the process."""
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()


@asynccontextmanager
async def _connection(url: str, token: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """Return a connection that is let in."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{url.replace('http', 'ws', 1)}/api/websocket", max_msg_size=0) as ws,
    ):
        await ws.receive_json()
        await ws.send_json({"type": "auth", "access_token": token})
        answer = await ws.receive_json()
        want(answer["type"] == "auth_ok", f"not let in: {answer}")
        yield ws


async def _ping(ha: HomeAssistant, seconds: float) -> list[float]:
    """Return how long each of the pings of so many seconds took."""
    took: list[float] = []
    async with _connection(ha.url, ha.token) as ws:
        end = time.monotonic() + seconds
        while (began := time.monotonic()) < end:
            await ws.send_json({"id": len(took) + 1, "type": "ping"})
            answer = await ws.receive_json()
            want(answer["type"] == "pong", f"no pong: {answer}")
            took.append(time.monotonic() - began)
            await asyncio.sleep(max(0.0, began + PING_EVERY - time.monotonic()))
    return took


async def _follow(
    url: str, token: str, client: Client, began: asyncio.Event, ended: asyncio.Event
) -> None:
    """Follow all frames until the end, and then ask what was sent."""
    async with _connection(url, token) as ws:
        await ws.send_json({"id": 1, "type": "coachiq/frames/subscribe"})
        answer = await ws.receive_json()
        want(answer["success"], f"nothing to follow: {answer}")
        began.set()
        reading = asyncio.create_task(_read(ws, client))
        await ended.wait()
        client.cut_off = reading.done() or ws.closed
        if not client.cut_off:
            await ws.send_json(_acknowledgment(1_000_000, 0))
            await reading


async def _read(ws: aiohttp.ClientWebSocketResponse, client: Client) -> None:
    """Take frames, and acknowledge them unless careless, until the last answer has come."""
    async for raw in ws:
        message = raw.json()
        if message["type"] == "event":
            client.batches = message["event"]["batch"]
            client.frames += len(message["event"]["frames"])
            if not client.careless:
                await ws.send_json(_acknowledgment(1 + client.batches, client.batches))
        elif message["type"] == "result":
            want(message["success"], f"refused: {message}")
            client.counts = message["result"]
            if message["id"] == 1_000_000:
                return


def _acknowledgment(number: int, batch: int) -> Json:
    """Return a command that acknowledges a batch of the subscription."""
    return {
        "id": number, "type": "coachiq/frames/acknowledge", "subscription": 1, "batch": batch,
    }  # fmt: skip


async def _follow_all(url: str, token: str, clients: int, careless: int) -> None:
    """Follow with all clients until the input ends; then print what each got."""
    everybody = [Client(number < careless) for number in range(clients)]
    ended = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        begun = [asyncio.Event() for _ in everybody]
        for client, began in zip(everybody, begun, strict=True):
            group.create_task(_follow(url, token, client, began, ended))
        for began in begun:
            await began.wait()
        print("following", flush=True)
        await asyncio.to_thread(sys.stdin.read)
        ended.set()
    print(json.dumps([asdict(client) for client in everybody]))


if __name__ == "__main__":
    where, secret, many, some = sys.argv[1:]
    asyncio.run(_follow_all(where, secret, int(many), int(some)))
