"""Rows of work for scripts/bench: frames through the coach, and on to a real entity's state."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import itertools
from pathlib import Path
import tempfile
from typing import TYPE_CHECKING

from homeassistant import bootstrap, loader
from homeassistant.config_entries import SOURCE_USER, ConfigEntries
from homeassistant.core import HomeAssistant

from custom_components.coachiq.clock import LoopClock
from custom_components.coachiq.coach import Coach, Profile
from custom_components.coachiq.const import DOMAIN
from custom_components.coachiq.rvc import load_diagnostics

if TYPE_CHECKING:
    from collections.abc import Callable

    from homeassistant.helpers.entity import Entity

    from custom_components.coachiq.coach import Thing
    from custom_components.coachiq.rvc import Spec

type Frames = list[tuple[int, bytes]]

BUS = "house"
OFF, ON = ((0x19FEDA8E, bytes.fromhex(data)) for data in ("247C00FCFF0500FF", "247CC8FCFF0504FF"))


def ignore(*_: object) -> None:
    """Do nothing."""


def quiet_coach(spec: Spec) -> Coach:
    """Return a coach of which nobody listens; its time stands still."""
    loop = asyncio.new_event_loop()
    coach = Coach(
        spec=spec,
        clock=LoopClock(loop),
        profile=Profile(),
        decisions={},
        discover=True,
        added=ignore,
        changed=ignore,
        learnt=ignore,
        spoken=ignore,
        diagnostics=load_diagnostics(),
        chassis={},
    )
    loop.close()
    coach.add_bus(BUS, None)  # type: ignore[arg-type]  # nothing is sent
    return coach


def known(coach: Coach, spec: Spec, frames: Frames) -> Frames:
    """Make all things of the frames known; return the frames that then say nothing new."""
    last: dict[tuple[int, bytes], tuple[int, bytes]] = {}
    for can_id, data in frames:
        row = spec.get(can_id >> 8 & 0x1FFFF)
        last[can_id, data[row.key_slice] if row else b""] = (can_id, data)
    for now in (0.0, 1.0, 2.0):
        coach.receive(BUS, frames, now)
    for now in (3.0, 4.0):
        coach.receive(BUS, list(last.values()), now)
    return list(last.values())


def unchanged_work(spec: Spec, frames: Frames) -> tuple[int, Callable[[], None]]:
    """Return work on frames that only renew when their things were heard."""
    coach = quiet_coach(spec)
    repeats = known(coach, spec, frames) * 20
    return len(repeats), lambda: coach.receive(BUS, repeats, 5.0)


def changed_work(spec: Spec, frames: Frames) -> tuple[int, Callable[[], None]]:
    """Return work on frames that change values of things."""
    coach = quiet_coach(spec)
    known(coach, spec, frames)
    return len(frames), lambda: coach.receive(BUS, frames, 3.0)


@asynccontextmanager
async def home_assistant() -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant with this integration, without debug and without other parts."""
    with tempfile.TemporaryDirectory() as folder:
        hass = HomeAssistant(folder)
        (Path(folder) / "custom_components").mkdir()
        hass.config_entries = ConfigEntries(hass, {})
        loader.async_setup(hass)
        await bootstrap.async_load_base_functionality(hass)
        await hass.async_start()
        try:
            yield hass
        finally:
            await hass.async_stop(force=True)


async def light_work(hass: HomeAssistant) -> tuple[Callable[[], None], Callable[[], None]]:
    """Return the work of one frame to one written state, and of the write alone."""
    flow = hass.config_entries.flow
    form = await flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    for answers in (
        {"adapter": "another"},
        {"kind": "other"},
        {"interface": "virtual", "channel": "bench", "bitrate": "250000"},
        None,  # what was heard: nothing
        {"next_step_id": "network"},
        {"name": BUS, "protocol": "rv_c", "listen_only": False},
        {"name": "Bench", "profile": "none", "transmit": False},
    ):
        form = await flow.async_configure(form["flow_id"], answers)
        await hass.async_block_till_done()
    coordinator = form["result"].runtime_data
    while not coordinator.is_up(BUS):  # noqa: ASYNC110  nobody tells, and it takes milliseconds
        await asyncio.sleep(0.01)
    coach: Coach = coordinator.coach
    for now in (0.0, 1.0):
        coach.receive(BUS, [OFF], now)
    await hass.async_block_till_done()
    (thing,) = coach.things.values()
    (entity_id,) = hass.states.async_entity_ids("light")
    light: Entity = hass.data["light"].get_entity(entity_id)
    flip = itertools.cycle(([ON], [OFF]))

    def frame_to_state() -> None:
        coach.receive(BUS, next(flip), 2.0)

    def state_alone() -> None:
        _flip(thing)
        light.async_write_ha_state()

    written = hass.states.get(entity_id)
    frame_to_state()
    if hass.states.get(entity_id) is written:
        raise RuntimeError("a changed frame wrote no state: there is nothing to measure")
    return frame_to_state, state_alone


def _flip(thing: Thing) -> None:
    """Change what the light shows, without a frame."""
    on = not thing.values["on"]
    thing.values.update(on=on, level=100.0 if on else 0.0)
