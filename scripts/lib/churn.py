"""A process that only loads, changes and saves what was learnt of a coach, until it is killed."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fuzzing import Wire, ignore
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from custom_components.coachiq.coach import Coach, Profile, ThingId
from custom_components.coachiq.rvc import load_diagnostics, load_spec
from custom_components.coachiq.store import CoachStore
from tests.fake_clock import FakeClock

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

ENTRY = "coach"
BUS = "house"
THINGS = 250
# Read once in the process from which all others are made.
SPEC = load_spec()
DIAGNOSTICS = load_diagnostics()


@dataclass(frozen=True, slots=True)
class Found:
    """What was there as the process began: how many things, and all their levels."""

    things: int
    levels: tuple[float | None, ...]


def churn(folder: Path, pipe: Connection) -> None:
    """Tell what there is, then write one level for all things after the other, telling each."""
    asyncio.run(_churn(folder, pipe))


async def _churn(folder: Path, pipe: Connection) -> None:
    hass = HomeAssistant(str(folder))
    await ir.async_load(hass)
    coach = Coach(
        spec=SPEC,
        clock=FakeClock(),
        profile=Profile(),
        decisions={},
        discover=True,
        added=ignore,
        changed=ignore,
        learnt=ignore,
        spoken=ignore,
        diagnostics=DIAGNOSTICS,
        chassis={},
    )
    coach.add_bus(BUS, Wire())
    store = CoachStore(hass, ENTRY)
    await store.async_restore(coach, "Coach")
    levels = {thing.last_level for thing in coach.things.values()}
    pipe.send(Found(len(coach.things), tuple(levels)))
    for number in range(THINGS):
        coach.restore(ThingId(BUS, "dimmer", (number,)), answers=None, last_level=None)
    level = max((level for level in levels if level), default=0.0)
    while True:
        level += 1
        for thing in coach.things.values():
            thing.last_level = level
        await store.async_save(coach)
        pipe.send(level)
