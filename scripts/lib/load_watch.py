"""What is watched while a coach is under load: CPU, how late the loop is, the longest callbacks."""

import asyncio
from asyncio import events
import contextlib
from dataclasses import dataclass, field
from functools import partial
import gc
import statistics
import time
from types import TracebackType
from typing import Self

PROBE = 1 / 500
OURS = "custom_components.coachiq."
# A callback that takes longer is looked at, in seconds of CPU.
LONG = 0.001


@dataclass(slots=True)
class Span:
    """What was seen in one span of time; lags in seconds, long callbacks in seconds of CPU.

    `collections` are the seconds that each garbage collection took, while all threads waited.
    """

    wall: float = 0.0
    cpu: float = 0.0
    lags: list[float] = field(default_factory=list)
    ours: list[tuple[float, str]] = field(default_factory=list)
    others: list[tuple[float, str]] = field(default_factory=list)
    collections: list[float] = field(default_factory=list)
    callbacks: int = 0

    @property
    def load(self) -> float:
        """Return the CPU of the whole process, as a part of one core."""
        return self.cpu / self.wall

    @property
    def lag(self) -> float:
        """Return the 99th percentile of how late the loop was."""
        return statistics.quantiles(self.lags, n=100)[98]


class Watch:
    """Watches the running loop and its process; only within `async with`."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self.span = Span()
        self._run = events.Handle._run  # noqa: SLF001  asyncio tells nobody what it calls
        self._probe: asyncio.Task[None] | None = None
        self._since = (0.0, 0.0)
        self._collecting_since = 0.0

    async def __aenter__(self) -> Self:
        """Begin to watch."""
        run = self._run
        watch = self

        def timed(handle: asyncio.Handle) -> None:
            before = time.thread_time()
            run(handle)
            took = time.thread_time() - before
            watch.span.callbacks += 1
            if took > LONG:
                watch.note(handle, took)

        events.Handle._run = timed  # type: ignore[assignment,method-assign]  # noqa: SLF001
        gc.callbacks.append(self._see_collection)
        self.next()
        self._probe = asyncio.create_task(self._look())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Watch no more."""
        gc.callbacks.remove(self._see_collection)
        events.Handle._run = self._run  # type: ignore[method-assign]  # noqa: SLF001
        if self._probe:
            self._probe.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._probe

    def next(self) -> Span:
        """End a span of time, begin another, and return what was seen."""
        wall, cpu = time.monotonic(), time.process_time()
        span = self.span
        span.wall, span.cpu = wall - self._since[0], cpu - self._since[1]
        self.span = Span()
        self._since = wall, cpu
        return span

    def elapsed(self) -> float:
        """Return how long this span of time has lasted."""
        return time.monotonic() - self._since[0]

    def note(self, handle: asyncio.Handle, took: float) -> None:
        """Keep a long callback."""
        name = _called(handle)
        (self.span.ours if OURS in name else self.span.others).append((took, name))

    def _see_collection(self, phase: str, _: dict[str, int]) -> None:
        """Note when a garbage collection begins, and how long it took."""
        if phase == "start":
            self._collecting_since = time.perf_counter()
        else:
            self.span.collections.append(time.perf_counter() - self._collecting_since)

    async def _look(self) -> None:
        """Look again and again how late the loop is."""
        while True:
            due = time.monotonic() + PROBE
            await asyncio.sleep(PROBE)
            self.span.lags.append(time.monotonic() - due)


def _called(handle: asyncio.Handle) -> str:
    """Return the module and the name of what a handle calls: a function, a method or a task."""
    call: object = handle._callback  # type: ignore[attr-defined]  # noqa: SLF001
    while isinstance(call, partial):
        call = call.func
    owner = getattr(call, "__self__", None)
    if isinstance(owner, asyncio.Task):
        call = owner.get_coro()
        code = getattr(call, "cr_code", None)
        module = "" if code is None else code.co_filename.replace("/", ".")
    else:
        module = str(getattr(call, "__module__", None) or type(owner).__module__)
    return f"{module}.{getattr(call, '__qualname__', call)}"
