"""One bus: opened, read in batches, written at a civil pace, opened again when it dies."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection
import contextlib
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
import logging
import random

from ..error import AdapterError, BusError
from ..rvc import HEARD, Clock, Node, join, make_name, split
from .adapters import KINDS, Settings, Use, open_adapter
from .meter import bits_of, error_kind
from .outbox import Left, Outbox, Parcel
from .port import ERROR, EXTENDED, FLAGS, IDENTIFIER, Frame, GarbageError, Port

_LOGGER = logging.getLogger(__name__)

# An adapter that is back is open within 5 s: the longest pause, a fifth longer by chance, and the
# 2 s that opening may take.
BACK_OFF = (0.25, 0.5, 1.0, 2.0)
SETTLED = 10.0
WATCH = 1.0
# A bus that is lost again sooner, having heard nothing, is not up before it has heard or lasted.
PROVEN = 2.0
# So long after the last frame the adapter is set up again, which disturbs nobody.
GREET_AFTER = 3.0
# So long after it the bus is opened anew, and after twice as long each time that it stays silent.
LONGEST_SILENCE = 60.0
PATIENCE = 480.0
# Frames of our node, of one DGN, that may wait to be sent besides the commands.
MOST_CHATTER = 20

type Frames = list[tuple[int, bytes]]
# Hears frames as the adapter gave them, when, and whether they are ours.
type Tap = Callable[[list[Frame], float, bool], None]


class LinkState(StrEnum):
    """Whether a bus can be read, and whether this node may speak on it."""

    DOWN = "down"
    UP = "up"
    READY = "ready"


@dataclass(slots=True)
class Count:
    """What a link has done since it started."""

    received: int = 0
    sent: int = 0
    ignored: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    bits: float = 0.0
    openings: int = 0
    problem: AdapterError | None = None


class Link:
    """Keeps one bus open and carries frames both ways.

    `frames(batch, now)` gets at most 64 frames a call, `changed(state)` every change of state,
    both on the event loop. A bus that cannot be opened is tried again for ever.
    """

    def __init__(
        self,
        *,
        key: str,
        kind: str,
        settings: Settings,
        clock: Clock,
        transmit: bool,
        is_citizen: bool = True,
        serial: int,
        product: str,
        frames: Callable[[Frames, float], None],
        changed: Callable[[LinkState], None],
        known: Collection[int] = (),
        address: int | None = None,
    ) -> None:
        """Take the adapter and who listens; nothing is opened yet.

        `known` are the DGNs that can be read, for an adapter that is to hand on no others.
        One that `is_citizen` answers for itself and gives signs of life.
        `serial` is the 21-bit number in our NAME, `product` what we say we are ("make*model*serial
        number*unit number*"); `address` skips the claim.
        """
        row = KINDS[kind]
        transmit = transmit and not row.is_replay
        self.key = key
        self.kind = kind
        self._may_fall_silent = row.is_replay
        self.count = Count()
        self.state = LinkState.DOWN
        self._settings = settings
        self._clock = clock
        self._frames = frames
        self._changed = changed
        self.heard_at: float | None = None
        self.down_since: float | None = clock.now()
        self._use = Use(silent=not transmit, dgns=known)
        self._port: Port | None = None
        self._lost = asyncio.Event()
        self._silent_since = 0.0
        self._silent_for = 0.0
        self._opened_at = 0.0
        self._heard_here = False
        self._doubted = False
        self._garbled_here = 0
        self._told_up: bool | None = None
        self._dropped = self._dropped_here = self._garbled = 0
        self._taps: list[Tap] = []
        self._task: asyncio.Task[None] | None = None
        self._outbox = Outbox(clock, self._write)
        self._chatter: Counter[int] = Counter()
        self._may_transmit = transmit
        self._node = Node(
            clock=clock,
            name=make_name(serial),
            product=product,
            transmit=self._speak if transmit else None,
            is_citizen=is_citizen,
            changed=self._address_changed,
            address=address,
        )

    @property
    def address(self) -> int | None:
        """Return our source address, None while we may not transmit."""
        return self._node.address

    @property
    def may_transmit(self) -> bool:
        """Tell whether we may send on it."""
        return self._may_transmit

    @property
    def dropped(self) -> int:
        """Return how many frames were lost before we could read them, as far as that is told."""
        return self._dropped + self._dropped_here

    @property
    def garbled(self) -> int:
        """Return how many pieces of what the adapter said were no frame."""
        return self._garbled + (self._port.garbled if self._port else 0)

    def tap(self, tap: Tap) -> Callable[[], None]:
        """Let `tap` hear all frames, errors and our own too, until the returned call is made."""
        self._taps.append(tap)
        return lambda: self._taps.remove(tap)

    def start(self) -> None:
        """Begin to open the bus, in the background."""
        self._task = asyncio.create_task(self._run(), name=f"coachiq bus {self.key}")

    async def stop(self) -> None:
        """Close the bus; returns when nothing of it is left."""
        if task := self._task:
            task.cancel()
            await asyncio.wait([task])
            # Home Assistant may stop while the coach is set up again: both end it.
            if self._task is task and not task.cancelled() and (error := task.exception()):
                _LOGGER.error("Bus %s had stopped by itself", self.key, exc_info=error)
            self._task = None

    def send(
        self,
        dgn: int,
        data: bytes,
        left: Left,
        *,
        destination: int | None = None,
        urgent: bool = False,
    ) -> Parcel | None:
        """Queue a frame from our address; `left` hears when it left or why it cannot.

        Returns what can be taken back, None when the frame was refused at once.
        """
        if self.state is LinkState.READY and self.address is not None:
            can_id = join(dgn, self.address, destination=destination)
            return self._outbox.put(can_id, data, left, urgent=urgent)
        if self.state is LinkState.DOWN:
            left(BusError("bus_down", bus=self.key))
        elif not self._may_transmit:
            left(BusError("transmit_off", bus=self.key))
        else:
            left(BusError("no_address", bus=self.key))
        return None

    async def _run(self) -> None:
        """Open the bus, wait until it is lost, and again."""
        loop = asyncio.get_running_loop()
        failures = 0
        while True:
            opening = loop.run_in_executor(None, open_adapter, self.kind, self._settings, self._use)
            try:
                await asyncio.wait([opening])
                port = opening.result()
            except asyncio.CancelledError:
                with contextlib.suppress(AdapterError):
                    await loop.run_in_executor(None, (await opening).close)
                raise
            except AdapterError as error:
                self._note(error)
            else:
                opened = self._clock.now()
                await self._live(loop, port)
                if self._clock.now() - opened > SETTLED:
                    failures = 0
            pause = BACK_OFF[min(failures, len(BACK_OFF) - 1)]
            # So that the buses of a coach that lost its power do not all try at the same moments.
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311
            failures += 1

    async def _live(self, loop: asyncio.AbstractEventLoop, port: Port) -> None:
        """Run one opening of the bus until it is lost, or until this task is cancelled."""
        self._lost.clear()
        self.count.openings += 1
        self._garbled_here = 0
        self._silent_since = self._opened_at = self._clock.now()
        self._heard_here = False
        self._port = port
        port.start(partial(self._deliver, port), partial(self._lose, port))
        try:
            if not self._doubted:
                self._trust()
            self._node.start()
            while not self._lost.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._lost.wait(), WATCH)
                self._watch(port)
        finally:
            self._port = None
            port.stop()
            self._garbled += port.garbled
            self._dropped += self._dropped_here
            self._dropped_here = 0
            closing = loop.run_in_executor(None, port.close)
            try:
                self._set(LinkState.DOWN)
                self._node.stop()
                self._outbox.fail_all(BusError("bus_down", bus=self.key))
            finally:
                await _finish(closing)

    def _watch(self, port: Port) -> None:
        """Look whether the adapter is still there, and whether it has fallen silent."""
        try:
            self._dropped_here = port.check()
        except OSError as error:
            self._lose(port, error)
            return
        silence = self._clock.now() - self._silent_since
        if self._doubted and port.garbled == self._garbled_here and silence >= PROVEN:
            self._trust()
        self._garbled_here = port.garbled
        if silence > GREET_AFTER:
            port.greet()
        # RV-C nodes speak at least every 5 s: a bus that did and is silent may be a dead line.
        patience = max(LONGEST_SILENCE, min(2 * self._silent_for, PATIENCE))
        spoke = self.heard_at is not None and not self._may_fall_silent
        if spoke and silence > patience:
            self._silent_for = silence
            self._lose(port, TimeoutError(f"no frame for {silence:.0f} s"))

    def _deliver(self, port: Port, frames: list[Frame]) -> None:
        """Hand a batch on; error, remote and 11-bit frames are counted only.

        What was read from an opening that is over says nothing of the present.
        """
        if port is not self._port:
            return
        now = self._clock.now()
        batch: Frames = [
            (can_id & IDENTIFIER, data) for can_id, data in frames if can_id & FLAGS == EXTENDED
        ]
        if len(batch) != len(frames):
            self._count_others(frames)
        if batch:
            self.heard_at = self._silent_since = now
            self._heard_here = True
            if self._silent_for or self._doubted:
                self._silent_for = 0.0
                self._trust()
        self.count.received += len(batch)
        self.count.bits += bits_of(frames)
        for tap in tuple(self._taps):
            tap(frames, now, False)
        for can_id, data in [frame for frame in batch if frame[0] >> 8 & 0x1FFFF in HEARD]:
            if message := self._node.hear(split(can_id), data):
                batch.append((message.can_id, message.data))
        self._frames(batch, now)

    def _count_others(self, frames: list[Frame]) -> None:
        """Count what is no frame of this network: errors by their kind, all else together."""
        for can_id, _ in frames:
            if can_id & ERROR:
                self.count.errors[error_kind(can_id)] += 1
            elif can_id & FLAGS != EXTENDED:
                self.count.ignored += 1

    def _write(self, can_id: int, data: bytes, left: Left) -> None:
        """Put one frame on the wire, and report."""
        port = self._port
        if port is None or not self._may_transmit:
            left(BusError("bus_down", bus=self.key))
            return
        frame = (can_id | EXTENDED, data)

        def done(error: BaseException | None) -> None:
            if error is None:
                self.count.sent += 1
                self.count.bits += bits_of([frame])
                for tap in tuple(self._taps):
                    tap([frame], self._clock.now(), True)
                left(None)
            elif isinstance(error, TimeoutError):
                left(BusError("not_taken", bus=self.key))
            else:
                left(BusError("not_sent", bus=self.key, problem=str(error)))

        port.send(frame, done)

    def _speak(self, can_id: int, data: bytes, left: Left) -> None:
        """Queue a frame of our node; whoever floods it with questions must not delay commands."""
        dgn = split(can_id).dgn
        if self._chatter[dgn] >= MOST_CHATTER:
            left(BusError("queue_full"))
            return

        def gone(error: BusError | None) -> None:
            self._chatter[dgn] -= 1
            left(error)

        self._chatter[dgn] += 1
        self._outbox.put(can_id, data, gone)

    def _address_changed(self, address: int | None) -> None:
        """Become ready with an address, and no longer without one."""
        if self._port is not None:
            if address is None:
                self._outbox.fail_all(BusError("no_address", bus=self.key))
            self._show()

    def _trust(self) -> None:
        """Take this opening of the bus for good."""
        self._doubted = False
        self.count.problem = None
        self.down_since = None
        if not self._silent_for:
            self._say_up()
        self._show()

    def _show(self) -> None:
        """Show how an open bus is."""
        if not self._doubted:
            self._set(LinkState.UP if self.address is None else LinkState.READY)

    def _lose(self, port: Port, error: BaseException) -> None:
        """Give this opening of the bus up."""
        if port is self._port and not self._lost.is_set():
            lasted = self._heard_here or self._clock.now() - self._opened_at > PROVEN
            self._doubted = self._doubted or not lasted or isinstance(error, GarbageError)
            self._note(AdapterError("bus_lost", adapter=self.key, problem=str(error)))
            self._lost.set()

    def _note(self, error: AdapterError) -> None:
        """Keep the latest problem; log that the bus is down once, however often it is tried."""
        if self._told_up is not False:
            _LOGGER.info("Bus %s is down: %s", self.key, error)
            self._told_up = False
        if self.down_since is None:
            self.down_since = self._clock.now()
        self.count.problem = error

    def _say_up(self) -> None:
        """Log that the bus is up, once."""
        if not self._told_up:
            _LOGGER.info("Bus %s is up", self.key)
            self._told_up = True

    def _set(self, state: LinkState) -> None:
        """Change the state and say so."""
        if self.state is not state:
            self.state = state
            self._changed(state)


async def _finish(work: asyncio.Future[None]) -> None:
    """Wait until work in a thread is done, even when cancelled meanwhile."""
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        await work
        raise
