"""A Home Assistant with a coach of four buses, which another process feeds through sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
from pathlib import Path
import socket
import sqlite3
import subprocess
import sys
from types import MappingProxyType
from typing import TYPE_CHECKING

from feeder import MARK, RECORD
from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigSubentryData
from homeassistant.helpers import recorder
from homeassistant.helpers.recorder import get_instance
from homeassistant.setup import async_setup_component
import pipeline
import traffic

from custom_components.coachiq.bus import adapters
from custom_components.coachiq.bus.port import EXTENDED, IDENTIFIER, DescriptorPort, Frame
from custom_components.coachiq.bus.socket_device import SocketDevice
from custom_components.coachiq.bus.socketcan import RecordCodec
from custom_components.coachiq.const import (
    BUS,
    CONF_COACH,
    CONF_FEATURES,
    CONF_KIND,
    CONF_PROFILE,
    CONF_SETTINGS,
    DOMAIN,
)

if TYPE_CHECKING:
    from homeassistant.core import HomeAssistant

    from custom_components.coachiq.bus.adapters import Settings, Use
    from custom_components.coachiq.bus.port import Port
    from custom_components.coachiq.coordinator import CoachCoordinator
    from custom_components.coachiq.rvc import Spec

BUSES = 4
# So many times the equipment of the coach in traffic.py on each bus: about 675 entities.
SIZE = 2
CORPUS = 60_000
FEEDER = Path(__file__).with_name("feeder.py")
STARTING = 30.0
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fed:
    """What the feeder did: `refused` frames found no room; `heard` are (seconds, id, hex).

    `rate` is in frames/s of all buses at full load, `cpu` a part of one core.
    """

    rate: float
    held_up: float
    cpu: float
    fed: list[int]
    refused: list[int]
    heard: list[list[tuple[float, int, str]]]


class Reader:
    """Our end of one bus: what the feeder's marks say must have come, and what has."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self.heard = self.marks = self.wrong = 0

    def hear(self, frames: list[Frame], _: float, ours: bool) -> None:  # noqa: FBT001  a Tap
        """Count frames; each mark tells how many went before it."""
        if ours:
            return
        for number, (can_id, data) in enumerate(frames):
            if can_id & IDENTIFIER == MARK:
                self.marks += 1
                told = int.from_bytes(data[4:], "little")
                self.wrong = max(self.wrong, abs(told - self.heard - number))
        self.heard += len(frames)


def corpus(spec: Spec) -> bytes:
    """Return the records that every bus is fed with."""
    frames = traffic.frames(spec, CORPUS, size=SIZE)
    return b"".join(
        RECORD.pack(frame.can_id | EXTENDED, len(frame.data), frame.data) for frame in frames
    )


@asynccontextmanager
async def home_assistant(*, recording: bool) -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant, with its recorder as it is by default if that is wanted."""
    async with pipeline.home_assistant() as hass:
        if recording:
            recorder.async_initialize_recorder(hass)
            if not await async_setup_component(hass, "recorder", {"recorder": {}}):
                raise RuntimeError("the recorder does not start")
            await get_instance(hass).async_recorder_ready.wait()
        yield hass


def recorded(hass: HomeAssistant) -> int:
    """Return how many states are in the database; blocking."""
    path = hass.config.path("home-assistant_v2.db")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        return int(database.execute("select count(*) from states").fetchone()[0])


def _seqpackets() -> tuple[list[socket.socket], list[socket.socket]]:
    """Return our and the feeder's ends of sockets that carry the kernel's records."""
    pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(BUSES)]
    return [ours for ours, _ in pairs], [theirs for _, theirs in pairs]


def _datagrams() -> tuple[list[socket.socket], list[Settings]]:
    """Return the feeder's ends of gateways over UDP, and the settings that reach them."""
    ends: list[socket.socket] = []
    settings: list[Settings] = []
    for _ in range(BUSES):
        end, local = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        for sock in (end, local):
            sock.bind((HOST, 0))
        port = local.getsockname()[1]
        local.close()
        end.connect((HOST, port))
        ends.append(end)
        settings.append({"host": HOST, "udp_port": end.getsockname()[1], "local_port": port})
    return ends, settings


class Feed:
    """The process that feeds the buses at `rate` frames/s each, over one kind of wire."""

    def __init__(self, hass: HomeAssistant, records: bytes, *, wire: str, rate: float) -> None:
        """Make the sockets; nothing is fed yet."""
        self._ours: list[socket.socket] = []
        self.settings: list[Settings] = [{"bus": number} for number in range(BUSES)]
        self.kind = "bench"
        if wire == "cannelloni":
            self.kind = wire
            self._theirs, self.settings = _datagrams()
        else:
            self._ours, self._theirs = _seqpackets()
        self._path = Path(hass.config.path("corpus"))
        self._path.write_bytes(records)
        self._wire, self._rate = wire, rate
        self._process: subprocess.Popen[bytes] | None = None
        adapters.KINDS["bench"] = adapters.AdapterKind(
            key="bench",
            settings=(),
            open=self._open,
            place=lambda settings: f"bench:{settings['bus']}",
            name=lambda settings: str(settings["bus"]),
        )

    def _open(self, settings: Settings, _: Use) -> Port:
        """Read a socket as the kernel's CAN interfaces are read; only once."""
        return DescriptorPort(
            SocketDevice(self._ours[int(settings["bus"])], RECORD.size), RecordCodec()
        )

    def start(self, begin: float) -> None:
        """Begin to feed, for `begin` seconds at a tenth of the rate; blocking."""
        sockets = [sock.fileno() for sock in self._theirs]
        wanted = {
            "wire": self._wire, "sockets": sockets, "rate": self._rate, "begin": begin,
            "corpus": str(self._path),
        }  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, FEEDER, json.dumps(wanted)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=sockets,
        )  # fmt: skip

    def finish(self) -> Fed:
        """End feeding and return what was done; blocking."""
        if self._process is None:
            raise RuntimeError("nothing was fed")
        output, _ = self._process.communicate()
        if self._process.returncode:
            raise RuntimeError("the feeder failed")
        return Fed(**json.loads(output))

    def close(self) -> None:
        """Let go of process and sockets."""
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for sock in (*self._ours, *self._theirs):
            sock.close()
        del adapters.KINDS["bench"]


@asynccontextmanager
async def coach_of(hass: HomeAssistant, feed: Feed) -> AsyncIterator[CoachCoordinator]:
    """Set up a coach on the buses of a feed, and wait until all of them are open."""
    entry = ConfigEntry(
        domain=DOMAIN, title="Bench", source=SOURCE_USER, unique_id="bench", version=1,
        minor_version=2, discovery_keys=MappingProxyType({}),
        data={CONF_COACH: "bench", CONF_PROFILE: None},
        options={CONF_FEATURES: {"transmit": True}},
        subentries_data=[
            ConfigSubentryData(
                subentry_type=BUS, title=f"Bus {number}", unique_id=f"bus{number}",
                data={CONF_KIND: feed.kind, CONF_SETTINGS: settings},
            )
            for number, settings in enumerate(feed.settings)
        ],
    )  # fmt: skip
    await hass.config_entries.async_add(entry)
    coordinator: CoachCoordinator = entry.runtime_data
    try:
        async with asyncio.timeout(STARTING):
            while not all(link.address is not None for link in coordinator.links.values()):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        yield coordinator
    finally:
        await hass.config_entries.async_unload(entry.entry_id)
