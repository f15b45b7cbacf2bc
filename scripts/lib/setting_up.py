"""What scripts/bench setup does: a coach that is known, beside the same entities without one."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
import gc
import itertools
import socket
import statistics
import sys
import time
import tracemalloc
from types import MappingProxyType
from typing import TYPE_CHECKING

from alone import ROOT

sys.path.insert(0, str(ROOT))

from feeder import RECORD
from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigSubentryData
from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import async_get_platforms
from homeassistant.helpers.storage import Store
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
from load_figure import Figure
import pipeline
from plain import plain_entry
import traffic

from custom_components.coachiq.bus import adapters
from custom_components.coachiq.bus.port import DescriptorPort
from custom_components.coachiq.bus.socket_device import SocketDevice
from custom_components.coachiq.bus.socketcan import RecordCodec
from custom_components.coachiq.coach import FAMILIES, FAMILY, Family, ThingId
from custom_components.coachiq.coach.families import FAMILY_OF
from custom_components.coachiq.const import (
    BUS,
    CONF_COACH,
    CONF_FEATURES,
    CONF_KIND,
    CONF_PROFILE,
    CONF_SETTINGS,
    DOMAIN,
)
from custom_components.coachiq.entity import ThingEntity
from custom_components.coachiq.rvc import load_spec
from custom_components.coachiq.rvc.codec import BYTES
from custom_components.coachiq.stored import VERSION, Stored, StoredThing

if TYPE_CHECKING:
    from homeassistant.core import (
        Event,
        EventStateChangedData,
        EventStateReportedData,
        HomeAssistant,
    )
    from homeassistant.helpers.entity import Entity

    from custom_components.coachiq.bus.adapters import Settings, Use
    from custom_components.coachiq.bus.port import Port

# The limits are for so many entities of so many things; more have as much in proportion.
ENTITIES = 500
THINGS = 100
MILLISECONDS = 150.0
MEBIBYTES = 5.0
SIZES = (1, 4)
ROUNDS = 5
# So many frames, in batches that are so far apart for the coach; Home Assistant has less time.
FRAMES = 60_000
BATCH = 200
BATCH_SECONDS = 1.0
PAUSE = 0.01


def _instances(family: Family) -> Iterator[ThingId]:
    """Yield the things that a family may have, the first one first."""
    fields = load_spec().named(next(iter(family.feeds))).key
    first = max(family.lowest, 1)
    for instance in range(first, family.highest + 1 if fields else first + 1):
        key = (instance, *(1 for _ in fields[1:])) if fields else (0,)
        yield ThingId(pipeline.BUS, family.key, key)


async def entities_of_families() -> dict[str, int]:
    """Return how many entities a thing of each family has that are not disabled at first."""
    families = [family for family in FAMILIES if FAMILY_OF.keys() & family.feeds.keys()]
    counts = dict.fromkeys((family.key for family in families), 0)
    one_each = [next(_instances(family)) for family in families]
    async with pipeline.home_assistant() as hass, coach_entry(hass, one_each) as ours:
        await hass.config_entries.async_add(ours)
        await hass.async_block_till_done()
        for entity in _entities(hass, ours):
            if isinstance(entity, ThingEntity):
                counts[entity.thing.id.family] += 1
    return counts


def things(size: int, counts: dict[str, int]) -> list[ThingId]:
    """Return `size` times 100 things, which have `size` times 500 entities or some more.

    All families take turns: those with many entities while there are too few, else the others.
    """
    each = ENTITIES / THINGS
    turns = [
        [
            _instances(FAMILY[key])
            for key, count in counts.items()
            if count and (count > each) is rich
        ]
        for rich in (False, True)
    ]
    found: list[ThingId] = []
    entities = 0
    while len(found) < size * THINGS:
        turn = turns[entities < each * len(found) + 1]
        one = next(turn[0], None)
        turn.append(turn.pop(0))
        if one is not None:
            found.append(one)
            entities += counts[one.family]
    return found


@asynccontextmanager
async def coach_entry(hass: HomeAssistant, known: Iterable[ThingId]) -> AsyncIterator[ConfigEntry]:
    """Give an entry of a coach with one silent bus whose things are known."""
    ends: list[socket.socket] = []

    def open_port(_: Settings, __: Use) -> Port:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ends.append(theirs)
        return DescriptorPort(SocketDevice(ours, RECORD.size), RecordCodec())

    adapters.KINDS["bench"] = adapters.AdapterKind(
        key="bench", settings=(), open=open_port, place=str, name=str
    )
    entry = ConfigEntry(
        domain=DOMAIN, title="Bench", source=SOURCE_USER, unique_id="bench", version=1,
        minor_version=2, discovery_keys=MappingProxyType({}),
        data={CONF_COACH: "bench", CONF_PROFILE: None},
        options={CONF_FEATURES: {"transmit": False}},
        subentries_data=[
            ConfigSubentryData(
                subentry_type=BUS, title="House", unique_id=pipeline.BUS,
                data={CONF_KIND: "bench", CONF_SETTINGS: {}},
            )
        ],
    )  # fmt: skip
    stored: list[StoredThing] = [
        {"bus": thing.bus, "family": thing.family, "key": list(thing.key), "answers": True,
         "last_level": None}
        for thing in known
    ]  # fmt: skip
    await Store[Stored](hass, VERSION, f"{DOMAIN}.{entry.entry_id}").async_save({"things": stored})
    try:
        yield entry
    finally:
        for end in ends:
            end.close()
        del adapters.KINDS["bench"]


def _entities(hass: HomeAssistant, entry: ConfigEntry) -> list[Entity]:
    """Return the entities of an entry that Home Assistant has added."""
    platforms = async_get_platforms(hass, entry.domain)
    return [entity for platform in platforms for entity in platform.entities.values()]


async def _set_up(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Set an entry up and wait until all is done."""
    if not await hass.config_entries.async_setup(entry.entry_id):
        raise RuntimeError(f"{entry.domain} cannot be set up")
    await hass.async_block_till_done()


async def _unload(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Unload an entry and collect what it leaves."""
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    # As when Home Assistant starts.
    BYTES.clear()
    gc.collect()


async def _seconds(hass: HomeAssistant, entry: ConfigEntry) -> float:
    """Return the CPU, of all threads, that it takes to set an entry up."""
    start = time.process_time()
    await _set_up(hass, entry)
    taken = time.process_time() - start
    await _unload(hass, entry)
    return taken


async def _bytes(hass: HomeAssistant, entry: ConfigEntry) -> int:
    """Return the memory that an entry holds once it is set up."""
    tracemalloc.start()
    await _set_up(hass, entry)
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    await _unload(hass, entry)
    return size


async def measure(size: int, counts: dict[str, int]) -> list[Figure]:
    """Set a coach of so many times 100 things up, again and again, and return the figures."""
    known = things(size, counts)
    async with pipeline.home_assistant() as hass, coach_entry(hass, known) as ours:
        await hass.config_entries.async_add(ours)
        await hass.async_block_till_done()
        made = len(entities := _entities(hass, ours))
        plain = plain_entry(hass, entities)
        await _unload(hass, ours)
        await hass.config_entries.async_add(plain)
        if (copied := len(_entities(hass, plain))) != made:
            raise RuntimeError(f"{copied} of {made} entities could be copied")
        await _unload(hass, plain)
        both = (ours, plain)
        rounds = [[await _seconds(hass, entry) for entry in both] for _ in range(ROUNDS)]
        mine, alone = (1000 * statistics.median(times) for times in zip(*rounds, strict=True))
        held, usual = [await _bytes(hass, entry) / 2**20 for entry in both]
    return [
        Figure(
            name=f"{made} entities of {len(known)} things, more CPU",
            value=mine - alone, unit="ms", most=round(MILLISECONDS * made / ENTITIES, 1),
            beside=f"{mine:.0f} ms; {alone:.0f} ms without a coach",
        ),
        Figure(
            name="more memory",
            value=held - usual, unit="MiB", most=round(MEBIBYTES * made / ENTITIES, 2),
            beside=f"{held:.1f} MiB; {usual:.1f} MiB without a coach",
        ),
    ]  # fmt: skip


@callback
def _any(_: EventStateReportedData) -> bool:
    """Take all events; Home Assistant wants to be told so."""
    return True


async def unchanged() -> Figure:
    """Return how many states are written again though nothing that is shown has changed."""
    spec = load_spec()
    frames = [(frame.can_id, frame.data) for frame in traffic.frames(spec, FRAMES)]
    counts = Counter[str]()
    async with pipeline.home_assistant() as hass, coach_entry(hass, ()) as ours:
        # What is converted is rounded, too.
        hass.config.units = US_CUSTOMARY_SYSTEM
        await hass.config_entries.async_add(ours)
        await hass.async_block_till_done()
        registry = er.async_get(hass)

        @callback
        def count(event: Event[EventStateReportedData] | Event[EventStateChangedData]) -> None:
            entity = registry.async_get(event.data["entity_id"])
            if entity and entity.platform == DOMAIN:
                counts[str(event.event_type)] += 1

        hass.bus.async_listen(EVENT_STATE_REPORTED, count, event_filter=_any)
        hass.bus.async_listen(EVENT_STATE_CHANGED, count)
        for number, batch in enumerate(itertools.batched(frames, BATCH, strict=False)):
            ours.runtime_data.coach.receive(pipeline.BUS, list(batch), number * BATCH_SECONDS)
            await asyncio.sleep(PAUSE)
        await hass.async_block_till_done()
        await _unload(hass, ours)
    return Figure(
        name="states written, unchanged", value=counts[str(EVENT_STATE_REPORTED)], unit="states",
        most=0, beside=f"{counts[str(EVENT_STATE_CHANGED)]:,} changed, of {FRAMES:,} frames",
    )  # fmt: skip


async def main() -> int:
    """Print the figures; return 1 when a limit is passed."""
    counts = await entities_of_families()
    figures = [figure for size in SIZES for figure in await measure(size, counts)]
    figures.append(await unchanged())
    for figure in figures:
        print(figure)
    return int(not all(figure.is_within for figure in figures))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
