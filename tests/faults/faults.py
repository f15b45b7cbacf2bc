"""The faults as rows: what happens, until the adapter is in order again."""

import asyncio
from collections.abc import Awaitable, Callable
import contextlib
from dataclasses import dataclass

from custom_components.coachiq.error import BusError
from tests.faults.scene import NUMBERED, Scene
from tests.integration.conftest import until

# How long an adapter is away, or disturbed, in seconds.
AWAY = 1.5
SILENCE = 3.5
FLOOD = 5000
PIECE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault; `befall` returns when the adapter is in order again.

    `at_start` means that the coach is not yet running.
    """

    name: str
    befall: Callable[[Scene], Awaitable[None]]
    at_start: bool = False


async def _missing(scene: Scene) -> None:
    await scene.end.unplug()
    await scene.open()
    await asyncio.sleep(AWAY)
    await scene.end.plug()


async def _taken(scene: Scene) -> None:
    await scene.end.take()
    await scene.open()
    await asyncio.sleep(AWAY)
    await scene.end.release()


async def _unplugged(scene: Scene) -> None:
    await scene.end.unplug()
    await asyncio.sleep(AWAY)
    await scene.end.plug()


async def _re_created(scene: Scene) -> None:
    await scene.end.unplug()
    await scene.end.plug()


async def _down(scene: Scene) -> None:
    await scene.end.down()


async def _silent(_: Scene) -> None:
    await asyncio.sleep(SILENCE)


async def _garbage(scene: Scene) -> None:
    for _ in range(round(AWAY / 0.05)):
        await scene.end.garble()
        await asyncio.sleep(0.05)


async def _flood(scene: Scene) -> None:
    """As fast as the far end can; what the adapter's own buffer cannot hold is gone."""
    before = scene.link.count.received
    for first in range(0, FLOOD, PIECE):
        piece = range(first, first + PIECE)
        await scene.end.say((NUMBERED, number.to_bytes(8)) for number in piece)
        await asyncio.sleep(0)
    with contextlib.suppress(TimeoutError):
        await until(lambda: scene.link.count.received >= before + FLOOD, 1)
    scene.swept_away = before + FLOOD - scene.link.count.received


async def _full(scene: Scene) -> None:
    """Until a command is given up because nothing is taken any more."""
    outcomes: list[BusError | None] = []
    await scene.end.stall(scene.link)
    async with asyncio.timeout(10):
        while not any(outcomes):
            # Never two of the same kind so near to each other that they would have to wait.
            for instance in range(50):
                scene.link.send(0x1FE00, bytes((instance, *bytes(7))), outcomes.append)
            sent = len(outcomes)
            await until(lambda: len(outcomes) >= sent + 50 or any(outcomes), 5)  # noqa: B023
    scene.refused = next(error.key for error in outcomes if error)
    await scene.end.resume()


FAULTS = {
    fault.name: fault
    for fault in (
        Fault(name="missing at start", befall=_missing, at_start=True),
        Fault(name="taken", befall=_taken, at_start=True),
        Fault(name="unplugged", befall=_unplugged),
        Fault(name="deleted and re-created", befall=_re_created),
        Fault(name="down", befall=_down),
        Fault(name="silent", befall=_silent),
        Fault(name="garbage", befall=_garbage),
        Fault(name="flood", befall=_flood),
        Fault(name="full send queue", befall=_full),
    )
}
