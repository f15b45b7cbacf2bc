"""Frames that wait to be sent, and the pace at which they may leave."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ..error import BusError
from ..rvc import Clock, Timer, split

# RV-C section 3.2.3, 2023-11: broadcasts are at least 50 ms apart, 5 ms at the very least.
GAP_ANY = 0.005
GAP_SAME = 0.050
LONGEST_QUEUE = 500

type Left = Callable[[BusError | None], None]
type Write = Callable[[int, bytes, Left], None]


@dataclass(slots=True, eq=False)
class Parcel:
    """One frame on its way out; `cancel` takes it back while it still waits.

    `handed_at` is when it was handed to the adapter: an answer may be read from then on, even
    before the adapter reports that the frame has left.
    """

    can_id: int
    data: bytes
    urgent: bool
    left: Left
    stream: tuple[int, int] = field(init=False)
    cancelled: bool = False
    handed_at: float | None = None

    def __post_init__(self) -> None:
        """Note which frames count as of the same DGN and instance."""
        self.stream = (split(self.can_id).dgn, self.data[0] if self.data else -1)

    def cancel(self) -> None:
        """Do not send it, and do not report on it."""
        self.cancelled = True


class Outbox:
    """A paced queue in front of one bus.

    Two frames of one DGN and instance leave at least 50 ms apart, any two 5 ms apart, the first
    at once; an urgent frame (a stop) overtakes all others, keeping only the 5 ms.
    """

    def __init__(self, clock: Clock, write: Write) -> None:
        """Take the clock and what puts one frame on the wire and then reports."""
        self._clock = clock
        self._write = write
        self._waiting: list[Parcel] = []
        self._last_any = float("-inf")
        self._last_same: dict[tuple[int, int], float] = {}
        self._timer: Timer | None = None
        self._writing = False

    def put(self, can_id: int, data: bytes, left: Left, *, urgent: bool = False) -> Parcel:
        """Queue a frame; `left(None)` is called when it has left, `left(error)` when it cannot."""
        parcel = Parcel(can_id, data, urgent, left)
        if len(self._waiting) >= LONGEST_QUEUE and not urgent:
            left(BusError("queue_full"))
            return parcel
        self._waiting.append(parcel)
        self._pump()
        return parcel

    def fail_all(self, error: BusError) -> None:
        """Give every waiting frame back with the error."""
        waiting, self._waiting = self._waiting, []
        if self._timer:
            self._timer.cancel()
            self._timer = None
        for parcel in waiting:
            if not parcel.cancelled:
                parcel.left(error)

    def _pump(self) -> None:
        """Send what is due, or come back when something is."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._waiting = [parcel for parcel in self._waiting if not parcel.cancelled]
        if self._writing or not self._waiting:
            return
        now = self._clock.now()
        parcel = min(self._waiting, key=self._due)
        wait = self._due(parcel)[1] - now
        if wait > 0:
            self._timer = self._clock.call_later(wait, self._pump)
            return
        self._waiting.remove(parcel)
        self._writing = True
        parcel.handed_at = now

        def done(error: BusError | None) -> None:
            self._writing = False
            self._last_any = self._last_same[parcel.stream] = self._clock.now()
            if len(self._last_same) > LONGEST_QUEUE:
                self._forget_old_streams()
            if not parcel.cancelled:
                parcel.left(error)
            self._pump()

        self._write(parcel.can_id, parcel.data, done)

    def _due(self, parcel: Parcel) -> tuple[bool, float]:
        """Return the order in which parcels leave: urgent first, then by time due."""
        due = self._last_any + GAP_ANY
        if not parcel.urgent:
            due = max(due, self._last_same.get(parcel.stream, float("-inf")) + GAP_SAME)
        return not parcel.urgent, due

    def _forget_old_streams(self) -> None:
        """Keep only the streams whose gap still matters."""
        limit = self._clock.now() - GAP_SAME
        self._last_same = {key: at for key, at in self._last_same.items() if at > limit}
