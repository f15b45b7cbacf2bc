"""A coach is set up and closed over and over, amid traffic, and nothing of it is left behind."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AsyncExitStack
import gc
import logging
import os
from pathlib import Path
import threading
import time
import tracemalloc
from typing import Any

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
import pytest

from tests.bus.dialect import STREAMS, cannelloni
from tests.bus.wiring import SerialPort
from tests.gateway import DatagramFarEnd, FarEnd

from .conftest import Peer, coach_entry, set_up, until, virtual_bus

# scripts/endurance reloads asks for more.
RELOADS = int(os.environ.get("COACHIQ_RELOADS", "50"))
COUNTED_FROM = RELOADS // 3
LONGEST = 5.0
MOST_GROWTH_EACH = 1024
# Coverage keeps each piece of code that rvc/codec.py writes, so that one is left out.
OURS = [
    tracemalloc.Filter(inclusive=True, filename_pattern="*/coachiq/*"),
    tracemalloc.Filter(inclusive=False, filename_pattern="*/rvc/codec.py"),
]
LIGHT = (0x19FEDA8E, bytes.fromhex("247CC8FCFF0504FF"))


@pytest.fixture
def stick() -> Iterator[SerialPort]:
    """Return a serial adapter."""
    stick = SerialPort()
    yield stick
    stick.close()


@pytest.fixture
async def gateways(socket_enabled: None) -> AsyncGenerator[tuple[FarEnd, DatagramFarEnd]]:
    """Return a gateway over TCP and one over UDP."""
    async with AsyncExitStack() as stack:
        ends = (FarEnd(), DatagramFarEnd())
        for end in ends:
            await end.open()
            stack.push_async_callback(end.close)
        yield ends


def bus(key: str, kind: str, **settings: str | int) -> ConfigSubentryData:
    """Return a bus as it is stored."""
    return ConfigSubentryData(
        subentry_type="bus",
        title=key.title(),
        unique_id=key,
        data={"kind": kind, "settings": settings},
    )


def left_open() -> dict[str, int]:
    """Return how many there are of what must not become more."""
    loop = asyncio.get_running_loop()
    return {
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "threads": sum("coachiq" in thread.name for thread in threading.enumerate()),
        "tasks": sum("coachiq" in task.get_name() for task in asyncio.all_tasks(loop)),
    }


def in_use(peer: Peer, stick: SerialPort, *ends: FarEnd | DatagramFarEnd) -> int:
    """Return the bytes that our code holds, without what the far ends have read.

    The test plugin takes the place of the disk, and remembers each call of it with its content.
    """
    disk: Any = Store
    disk._async_load.reset_mock()
    disk._async_write_data.reset_mock()
    peer.take()
    stick.forget()
    for end in ends:
        end.read = b""
    gc.collect()
    ours = tracemalloc.take_snapshot().filter_traces(OURS)
    return sum(trace.size for trace in ours.traces)


@pytest.mark.slow
@pytest.mark.timeout(60 + 3 * RELOADS)
async def test_reloads_leave_nothing_behind(
    hass: HomeAssistant,
    peer: Peer,
    stick: SerialPort,
    gateways: tuple[FarEnd, DatagramFarEnd],
) -> None:
    stream, datagrams = gateways
    entry = coach_entry(
        virtual_bus(peer.channel),
        bus("yacht", "yacht_devices", host="127.0.0.1", tcp_port=stream.port),
        bus(
            "tunnel", "cannelloni", host="127.0.0.1",
            udp_port=datagrams.port, local_port=datagrams.local_port,
        ),
        bus("stick", "slcan", port=stick.path, bitrate=250_000),
    )  # fmt: skip
    say: list[Callable[[], None]] = [
        lambda: stream.say(STREAMS["yacht"].write(LIGHT)),
        lambda: datagrams.say(cannelloni(0, LIGHT)),
        lambda: stick.write(STREAMS["slcan"].write(LIGHT)),
    ]
    await set_up(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    await until(lambda: not left_open()["threads"])
    before = left_open()
    slowest, kept = 0.0, 0
    # What pytest keeps of the log is not ours.
    logging.disable(logging.CRITICAL)
    tracemalloc.start()
    for number in range(RELOADS):
        if number == COUNTED_FROM:
            kept = in_use(peer, stick, stream, datagrams)
        assert await hass.config_entries.async_setup(entry.entry_id)
        if number % 3:
            links = entry.runtime_data.links
            await until(lambda: all(map(entry.runtime_data.is_up, links)))  # noqa: B023  # awaited
            for speak in say * 30:
                speak()
            await peer.send(f"{LIGHT[0]:08X}#{LIGHT[1].hex()}", settle=False)
            await until(lambda: sum(link.count.received for link in links.values()) > 3)  # noqa: B023
        began = time.monotonic()
        assert await hass.config_entries.async_unload(entry.entry_id)
        slowest = max(slowest, time.monotonic() - began)
    growth = (in_use(peer, stick, stream, datagrams) - kept) // (RELOADS - COUNTED_FROM)
    tracemalloc.stop()
    logging.disable(logging.NOTSET)
    await until(lambda: left_open() == before)
    print(f"{RELOADS} reloads, slowest unload {slowest:.2f} s, {growth:,} bytes each")  # noqa: T201
    assert slowest < LONGEST
    assert growth < MOST_GROWTH_EACH
