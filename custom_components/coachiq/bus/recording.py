"""A bus recorded: its frames are collected on the event loop and written by the executor."""

import asyncio
from collections.abc import Callable
import contextlib
from pathlib import Path

from ..error import RecordingError
from .log_file import CANDUMP, LIMITS, Batch, Limits, LogFiles
from .port import Frame

EVERY = 1.0
ENOUGH = 1000
# What waits while a disk is slow: seven seconds of four buses at their full load.
MOST_WAITING = 50_000

type Tap = Callable[[list[Frame], float, bool], None]


class Recording:
    """One bus written to files until it is stopped, its time is over, or the disk refuses.

    `ended(recording)` is called once, on the loop; `error` is then why, None for no error.
    """

    def __init__(
        self,
        *,
        folder: Path,
        bus: str,
        now: Callable[[], float],
        ended: Callable[[Recording], None],
        ending: str = CANDUMP,
        limits: Limits = LIMITS,
    ) -> None:
        """Take where to write, the key of the bus, the clock of its link, and one of FORMATS."""
        self.bus = bus
        self.frames = 0
        self.dropped = 0
        self.error: RecordingError | None = None
        self._files = LogFiles(folder, bus, ending, limits, now)
        self._ended = ended
        self._batches: list[Batch] = []
        self._collected = 0
        self._waiting = 0
        self._enough = asyncio.Event()
        self._stopping = False
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def files(self) -> list[str]:
        """Return the paths of its files, the oldest first."""
        return [str(path) for path in self._files.paths]

    async def start(
        self, tap: Callable[[Tap], Callable[[], None]], seconds: float | None = None
    ) -> None:
        """Record what `tap` lets hear, for so many seconds; raises RecordingError."""
        loop = asyncio.get_running_loop()
        opening = loop.run_in_executor(None, self._files.open)
        try:
            await asyncio.shield(opening)
        except asyncio.CancelledError:
            with contextlib.suppress(OSError, RecordingError):
                await opening
                await loop.run_in_executor(None, self._files.close)
            raise
        except (OSError, RecordingError) as error:
            raise self._explain(error) from error
        if seconds is not None:
            self._timer = loop.call_later(seconds, self._halt)
        self._task = loop.create_task(self._run(tap), name=f"coachiq recording {self.bus}")

    async def stop(self) -> None:
        """Write what waits and finish the file; returns when nothing is left open."""
        self._halt()
        if self._task:
            await asyncio.wait([self._task])

    def _halt(self) -> None:
        """Hear no more."""
        self._stopping = True
        self._enough.set()

    def _hear(self, frames: list[Frame], now: float, ours: bool) -> None:  # noqa: FBT001  # a tap
        """Keep a batch until it is written; what is too much is dropped and counted."""
        if self._waiting + len(frames) > MOST_WAITING:
            self.dropped += len(frames)
            return
        self._batches.append((now, frames, ours))
        self._waiting += len(frames)
        self._collected += len(frames)
        if self._collected >= ENOUGH:
            self._enough.set()

    async def _run(self, tap: Callable[[Tap], Callable[[], None]]) -> None:
        """Write what comes, as often as needed, until stopped."""
        loop = asyncio.get_running_loop()
        untap = tap(self._hear)
        try:
            while not self._stopping:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._enough.wait(), EVERY)
                self._enough.clear()
                await self._write(loop)
            await self._write(loop)
            await loop.run_in_executor(None, self._files.close)
        except Exception as error:  # noqa: BLE001  # python-can's writers raise whatever they like
            self.error = self._explain(error)
        finally:
            untap()
            if self._timer:
                self._timer.cancel()
            self._batches.clear()
            await loop.run_in_executor(None, self._files.abandon)
            self._ended(self)

    async def _write(self, loop: asyncio.AbstractEventLoop) -> None:
        """Write all that waits."""
        batches, self._batches = self._batches, []
        count, self._collected = self._collected, 0
        # Also with nothing to write, so that a full disk ends a recording of a silent bus.
        await loop.run_in_executor(None, self._files.write, batches)
        self._waiting -= count
        self.frames += count

    def _explain(self, error: Exception) -> RecordingError:
        """Return the owner's words for what the disk said."""
        if isinstance(error, RecordingError):
            return error
        problem = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return RecordingError("recording_failed", bus=self.bus, problem=problem)
