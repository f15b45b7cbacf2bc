"""A clock that stands still until a test moves it."""

from collections.abc import Callable
import heapq


class FakeTimer:
    """A call that is due at some moment of a fake clock."""

    def __init__(self, due: float, call: Callable[[], None]) -> None:
        self.due = due
        self.call = call
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class FakeClock:
    """Monotonic seconds and timers, moved by hand."""

    def __init__(self, start: float = 1000.0) -> None:
        self._now = start
        self._order = 0
        self._queue: list[tuple[float, int, FakeTimer]] = []

    @property
    def timers(self) -> int:
        """How many calls are still due."""
        return sum(not timer.cancelled for _, _, timer in self._queue)

    def now(self) -> float:
        return self._now

    def call_later(self, delay: float, call: Callable[[], None]) -> FakeTimer:
        timer = FakeTimer(self._now + delay, call)
        self._order += 1
        heapq.heappush(self._queue, (timer.due, self._order, timer))
        return timer

    def advance(self, seconds: float) -> None:
        """Let time pass, and make the calls that fall due in their order, each at its moment."""
        end = self._now + seconds
        while self._queue and self._queue[0][0] <= end:
            due, _, timer = heapq.heappop(self._queue)
            self._now = max(self._now, due)
            if not timer.cancelled:
                timer.call()
        self._now = end
