"""Listening to a bus for some seconds, to tell what speaks there; nothing is ever sent."""

import asyncio
import contextlib
from dataclasses import dataclass
import time

from ..error import AdapterError
from .adapters import KINDS, LISTENING, Settings, open_adapter
from .fingerprint import Tally, judge
from .link import Link
from .meter import bits_of
from .port import BITRATE, ERROR, EXTENDED, IDENTIFIER, Frame, GarbageError, Port
from .problem import explain

SECONDS = 4.0
MOST_FREQUENT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was heard on a bus.

    `load` is the share of the bitrate that frames took, `nodes` counts source addresses,
    `garbled` the pieces of what the adapter said that were no frame. `verdict` leads, `also` are
    other protocols heard. `identifiers` are the most frequent, hexadecimal, with their counts.
    `instances` are the numbers of all messages, each with the first bytes of its data.
    """

    seconds: float
    frames: int
    frames_per_second: float
    load: float
    nodes: int
    errors: int
    garbled: int
    verdict: str
    also: tuple[str, ...]
    identifiers: tuple[tuple[str, int], ...]
    instances: frozenset[tuple[int, int]]


class _Ear:
    """Listens from now on, until it reports."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._tally = Tally()
        self._bits = 0.0

    def hear(self, frames: list[Frame]) -> None:
        """Take frames in."""
        self._tally.add(frames)
        self._bits += bits_of([frame for frame in frames if not frame[0] & ERROR])

    def report(self, bitrate: int, garbled: int) -> Report:
        """Return what was heard until now."""
        seconds = max(time.monotonic() - self._began, 0.001)
        tally = self._tally
        verdict, *also = judge(tally, garbled)
        return Report(
            seconds=seconds,
            frames=tally.frames,
            frames_per_second=tally.frames / seconds,
            load=self._bits / seconds / bitrate,
            nodes=tally.nodes,
            errors=tally.errors,
            garbled=garbled,
            verdict=verdict,
            also=tuple(also),
            identifiers=tuple(
                (_text(can_id), count) for can_id, count in tally.counts.most_common(MOST_FREQUENT)
            ),
            instances=tally.instances,
        )


async def probe(kind: str, settings: Settings, seconds: float = SECONDS) -> Report:
    """Open an adapter so that it is silent, listen, and close it.

    Raises AdapterError when it cannot be opened, or is lost meanwhile.
    """
    opening = asyncio.get_running_loop().run_in_executor(
        None, open_adapter, kind, settings, LISTENING
    )
    try:
        await asyncio.wait([opening])
        port = opening.result()
        return await _listen(port, kind, settings, seconds)
    finally:
        # Even who is cancelled leaves nothing open, if need be a moment later.
        await asyncio.shield(_close(opening))


async def watch(link: Link, seconds: float = SECONDS, bitrate: int = BITRATE) -> Report:
    """Listen to a bus that is open already; our own frames do not count."""
    ear = _Ear()
    before = link.garbled
    stop = link.tap(lambda frames, _, ours: None if ours else ear.hear(frames))
    try:
        await asyncio.sleep(seconds)
    finally:
        stop()
    return ear.report(bitrate, link.garbled - before)


async def _listen(port: Port, kind: str, settings: Settings, seconds: float) -> Report:
    """Listen to an open adapter; raises AdapterError when it is lost."""
    lost: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()

    def lose(error: BaseException) -> None:
        if not lost.done():
            lost.set_result(error)

    ear = _Ear()
    port.start(ear.hear, lose)
    try:
        await asyncio.wait([lost], timeout=seconds)
    finally:
        port.stop()
    # An adapter that says nothing but garbage ends the listening early, and is told as such.
    if lost.done() and not isinstance(error := lost.result(), GarbageError):
        raise explain(error, KINDS[kind].name(settings)) from error
    return ear.report(int(settings.get("bitrate", BITRATE)), port.garbled)


async def _close(opening: asyncio.Future[Port]) -> None:
    """Close what was opened, once it is open."""
    with contextlib.suppress(AdapterError):
        port = await opening
        await asyncio.get_running_loop().run_in_executor(None, port.close)


def _text(can_id: int) -> str:
    """Return an identifier as it is usually written: 8 digits, or 3 of the standard form."""
    return f"{can_id & IDENTIFIER:08X}" if can_id & EXTENDED else f"{can_id & IDENTIFIER:03X}"
