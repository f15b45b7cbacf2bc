"""What scripts/bench load does: a coach at full load, with an idle Home Assistant beside it."""

import asyncio
from dataclasses import dataclass
import subprocess
import sys
from typing import TYPE_CHECKING

from alone import ROOT

sys.path.insert(0, str(ROOT))

from feeder import FULL
from load_coach import BUSES, Feed, Reader, coach_of, corpus, home_assistant, recorded
from load_commands import Commander
from load_figure import Figure
from load_figures import Seen, commands, cost, delivery
from load_watch import Span, Watch

from custom_components.coachiq.rvc import load_spec

if TYPE_CHECKING:
    from custom_components.coachiq.coordinator import CoachCoordinator

FAST = 5000.0
SECONDS = 600.0
FAST_PART = 0.1
# In a shorter run these are printed and not judged: a third of their limit, or less, is left, and
# so much does the speed of a shared machine vary from one half minute to the next.
JUDGED_FROM = 60.0
LONG_ONLY = frozenset(("process CPU", "longest callback of ours", "action to wire, p95"))
STARTED = 2.0
IDLE = 10.0
# The coach appears, at a tenth of the rate; then the load begins.
APPEAR = 15.0
SETTLE = 3.0
DRAIN = 0.5
# So many times all lights are turned off in one call.
ALL_OFF = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the run; `rate` is of each bus, in frames/s."""

    wire: str
    rate: float
    seconds: float
    recorder: bool

    def __str__(self) -> str:
        """Return its heading."""
        recorder = "with" if self.recorder else "without"
        return (
            f"{BUSES} buses over {self.wire}, {self.rate:,.0f} frames/s each,"
            f" {self.seconds:g} s, {recorder} recorder"
        )


async def run(part: Part, records: bytes) -> list[Figure]:
    """Run one part and return its figures."""
    async with home_assistant(recording=part.recorder) as hass, Watch() as watch:
        await asyncio.sleep(STARTED)
        watch.next()
        await asyncio.sleep(IDLE)
        idle = watch.next()
        feed = Feed(hass, records, wire=part.wire, rate=part.rate)
        try:
            async with coach_of(hass, feed) as coordinator:
                return await _under_load(part, coordinator, feed, watch, idle)
        finally:
            feed.close()


async def _under_load(
    part: Part, coordinator: CoachCoordinator, feed: Feed, watch: Watch, idle: Span
) -> list[Figure]:
    """Feed the coach and return the figures."""
    hass = coordinator.hass
    links = list(coordinator.links.values())
    readers = [Reader() for _ in links]
    for link, reader in zip(links, readers, strict=True):
        link.tap(reader.hear)
    watch.next()
    await hass.async_add_executor_job(feed.start, APPEAR)
    await asyncio.sleep(APPEAR + SETTLE)
    commander = Commander(hass, coordinator)
    appearing = watch.next()
    before = await hass.async_add_executor_job(recorded, hass) if part.recorder else 0
    watch.next()
    if part.recorder:
        for _ in range(ALL_OFF):
            await commander.all_off()
        await commander.single(part.seconds - watch.elapsed())
    else:
        await asyncio.sleep(part.seconds)
    load = watch.next()
    written = await hass.async_add_executor_job(recorded, hass) if part.recorder else None
    fed = await hass.async_add_executor_job(feed.finish)
    await asyncio.sleep(DRAIN)
    seen = Seen(
        idle=idle, appearing=appearing, load=load, fed=fed, readers=readers,
        openings=sum(link.count.openings for link in links),
        dropped=sum(link.dropped for link in links),
        entities=len(hass.states.async_entity_ids()),
        recorded=None if written is None else written - before,
    )  # fmt: skip
    figures = [*delivery(seen, part.rate * BUSES), *cost(seen)]
    return [*figures, *commands(commander, fed)] if part.recorder else figures


def parts(seconds: float) -> dict[str, Part]:
    """Return the parts of a run of so many seconds, by name."""
    return {
        "socketcan": Part(wire="socketcan", rate=FULL, seconds=seconds, recorder=True),
        "cannelloni": Part(wire="cannelloni", rate=FULL, seconds=seconds, recorder=True),
        "fast": Part(wire="socketcan", rate=FAST, seconds=seconds * FAST_PART, recorder=False),
    }


def main(seconds: float = SECONDS, *names: str) -> int:
    """Print the tables; return 1 when a figure passes its limit.

    Each part has a process of its own, so that none inherits what another left in memory.
    """
    if len(names) != 1:
        command = (sys.executable, __file__, str(seconds))
        done = [
            subprocess.run([*command, name], check=False).returncode
            for name in names or parts(seconds)
        ]
        return max(done)
    part = parts(seconds)[names[0]]
    print(part, flush=True)
    figures = asyncio.run(run(part, corpus(load_spec())))
    for figure in figures:
        print(f"  {figure}", flush=True)
    excused = LONG_ONLY if part.seconds < JUDGED_FROM else frozenset()
    return int(not all(figure.is_within or figure.name in excused for figure in figures))


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS, *sys.argv[2:]))
