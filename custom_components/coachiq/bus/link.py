"""One bus: opened, read in batches, written at a civil pace, opened again when it dies."""

import asyncio
from collections import Counter
from collections.abc import Callable
import contextlib
from dataclasses import dataclass
from enum import StrEnum
import logging
import threading

import can

from ..error import AdapterError, BusError
from ..rvc import HEARD, Clock, Node, join, make_name, split
from .adapters import (
    Companion,
    GarbledFrameError,
    Settings,
    close_adapter,
    open_adapter,
    read_frame,
)
from .outbox import Left, Outbox, Parcel

_LOGGER = logging.getLogger(__name__)

BATCH = 64
READ_WAIT = 0.1
SEND_WAIT = 0.1
BACK_OFF = (0.5, 1.0, 2.0, 4.0, 5.0)
SETTLED = 10.0
# RV-C nodes speak at least every 5 s. A bus that did and has not for this long may be a dead line.
LONGEST_SILENCE = 60.0
MOST_GARBLED = 100
# Frames of our node, of one DGN, that may wait to be sent besides the commands.
MOST_CHATTER = 20

type Frames = list[tuple[int, bytes]]


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
    openings: int = 0
    problem: AdapterError | None = None


class Link:
    """Keeps one bus open and carries frames both ways.

    `frames(batch, now)` gets at most 64 frames a call, `changed(state)` every change of state,
    both on the event loop. A bus that cannot be opened is tried again for ever, at most 5 s apart.
    """

    def __init__(
        self,
        *,
        key: str,
        kind: str,
        settings: Settings,
        clock: Clock,
        transmit: bool,
        serial: int,
        product: str,
        frames: Callable[[Frames, float], None],
        changed: Callable[[LinkState], None],
        address: int | None = None,
    ) -> None:
        """Take the adapter and who listens; nothing is opened yet.

        `serial` is the 21-bit number in our NAME, `product` what we say we are
        ("make*model*serial number*unit number*"); `address` skips the claim.
        """
        self.key = key
        self.kind = kind
        self.count = Count()
        self.state = LinkState.DOWN
        self._settings = settings
        self._clock = clock
        self._frames = frames
        self._changed = changed
        self._bus: can.BusABC | None = None
        self._companion: Companion | None = None
        self._lost = asyncio.Event()
        self._heard_at: float | None = None
        self._task: asyncio.Task[None] | None = None
        self._outbox = Outbox(clock, self._write)
        self._chatter: Counter[int] = Counter()
        self._may_transmit = transmit
        self._node = Node(
            clock=clock,
            name=make_name(serial),
            product=product,
            transmit=self._speak if transmit else None,
            changed=self._address_changed,
            address=address,
        )

    @property
    def address(self) -> int | None:
        """Return our source address, None while we may not transmit."""
        return self._node.address

    def start(self) -> None:
        """Begin to open the bus, in the background."""
        self._task = asyncio.create_task(self._run(), name=f"coachiq bus {self.key}")

    async def stop(self) -> None:
        """Close the bus; returns when its thread has ended."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
            if not self._task.cancelled() and (error := self._task.exception()):
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
            opening = loop.run_in_executor(None, open_adapter, self.kind, self._settings)
            try:
                bus, self._companion = await asyncio.shield(opening)
            except asyncio.CancelledError:
                with contextlib.suppress(AdapterError):
                    await loop.run_in_executor(None, close_adapter, *await opening)
                raise
            except AdapterError as error:
                self._note(error)
                await asyncio.sleep(BACK_OFF[min(failures, len(BACK_OFF) - 1)])
                failures += 1
                continue
            opened = self._clock.now()
            self._bus = bus
            await self._live(loop, bus)
            failures = 0 if self._clock.now() - opened > SETTLED else failures + 1
            await asyncio.sleep(BACK_OFF[min(failures, len(BACK_OFF) - 1)])

    async def _live(self, loop: asyncio.AbstractEventLoop, bus: can.BusABC) -> None:
        """Run one opening of the bus until it is lost, or until this task is cancelled."""
        self._lost.clear()
        stop = threading.Event()
        reader = threading.Thread(
            target=self._read, args=(loop, bus, stop), name=f"coachiq {self.key}", daemon=True
        )
        self.count.openings += 1
        self.count.problem = None
        self._heard_at = None
        reader.start()
        _LOGGER.info("Bus %s is up", self.key)
        try:
            self._set(LinkState.UP)
            self._node.start()
            await self._wait_for_loss()
        finally:
            self._bus = None
            stop.set()
            closing = loop.run_in_executor(None, self._close, bus, reader)
            try:
                self._set(LinkState.DOWN)
                self._node.stop()
                self._outbox.fail_all(BusError("bus_down", bus=self.key))
            finally:
                await _finish(closing)

    async def _wait_for_loss(self) -> None:
        """Return when the bus is lost, or has fallen silent: a dead line need not say so."""
        while not self._lost.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._lost.wait(), LONGEST_SILENCE / 4)
            silent_since = self._heard_at
            if silent_since is not None and self._clock.now() - silent_since > LONGEST_SILENCE:
                self._lose(TimeoutError(f"no frame for {LONGEST_SILENCE:.0f} s"))

    def _close(self, bus: can.BusABC, reader: threading.Thread) -> None:
        """Join the reader, then close the adapter; in a thread."""
        reader.join()
        close_adapter(bus, self._companion)
        self._companion = None

    def _read(
        self, loop: asyncio.AbstractEventLoop, bus: can.BusABC, stop: threading.Event
    ) -> None:
        """Read the bus until told to stop or until it fails; in the link's own thread."""
        garbled = 0
        try:
            while not stop.is_set():
                batch: list[can.Message] = []
                try:
                    message = read_frame(bus, READ_WAIT)
                    while message is not None:
                        batch.append(message)
                        message = read_frame(bus, 0) if len(batch) < BATCH else None
                    garbled = 0 if batch else garbled
                except GarbledFrameError:
                    garbled += 1
                    self.count.ignored += 1
                    if garbled > MOST_GARBLED:
                        raise
                if batch:
                    loop.call_soon_threadsafe(self._deliver, bus, batch)
        except Exception as error:  # noqa: BLE001  # drivers raise anything; every kind means: lost
            with contextlib.suppress(RuntimeError):
                # The loop may be closing; then nobody is left to tell.
                loop.call_soon_threadsafe(self._lose, error)

    def _deliver(self, bus: can.BusABC, messages: list[can.Message]) -> None:
        """Hand a batch on; error, remote and 11-bit frames are counted only.

        What was read from an opening that is over says nothing of the present.
        """
        if bus is not self._bus:
            return
        self._heard_at = self._clock.now()
        batch: Frames = [
            (message.arbitration_id, bytes(message.data))
            for message in messages
            if message.is_extended_id and not (message.is_error_frame or message.is_remote_frame)
        ]
        self.count.received += len(batch)
        self.count.ignored += len(messages) - len(batch)
        for can_id, data in [frame for frame in batch if frame[0] >> 8 & 0x1FFFF in HEARD]:
            if message := self._node.hear(split(can_id), data):
                batch.append((message.can_id, message.data))
        self._frames(batch, self._clock.now())

    def _write(self, can_id: int, data: bytes, left: Left) -> None:
        """Put one frame on the wire in a thread, and report on the loop."""
        bus = self._bus
        if bus is None:
            left(BusError("bus_down", bus=self.key))
            return
        message = can.Message(arbitration_id=can_id, data=data, is_extended_id=True)
        sending = asyncio.get_running_loop().run_in_executor(None, bus.send, message, SEND_WAIT)

        def done(sending: asyncio.Future[None]) -> None:
            error = sending.exception()
            if error is None:
                self.count.sent += 1
                left(None)
            else:
                left(BusError("not_sent", bus=self.key, problem=str(error)))
                self._lose(error)

        sending.add_done_callback(done)

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
        if self._bus is not None:
            if address is None:
                self._outbox.fail_all(BusError("no_address", bus=self.key))
            self._set(LinkState.UP if address is None else LinkState.READY)

    def _lose(self, error: BaseException) -> None:
        """Give this opening of the bus up."""
        if not self._lost.is_set():
            self._note(AdapterError("bus_lost", adapter=self.key, problem=str(error)))
            self._lost.set()

    def _note(self, error: AdapterError) -> None:
        """Keep the latest problem; log it once."""
        if self.count.problem is None or self.count.problem.key != error.key:
            _LOGGER.info("Bus %s is down: %s", self.key, error)
        self.count.problem = error

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
