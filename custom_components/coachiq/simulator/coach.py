"""The coach on the bus: what is sent when."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from functools import partial
from heapq import heappop, heappush
from math import inf
from random import Random

from . import scene
from .equipment import TICK, Equipment
from .frame import (
    ADDRESS_CLAIM,
    NO_DATA_8,
    PRODUCT_IDENTIFICATION,
    REQUEST,
    Frame,
    identifier,
    padded,
    patched,
)
from .node import Node
from .report import Report, Thing, every
from .roster import reports

DATE_TIME_STATUS = 0x1FFFF
SET_DATE_TIME_COMMAND = 0x1FFFE

_DATE_TIME = bytes.fromhex("000603010E2038FF")  # Tiffin, from 93, 2018-03-21: 14:32:56, no date set
_EVERYBODY = 0xFF
_REACTION = (0.022, 0.045)  # seconds; leaves room for a caller that steps every 10 ms
_LONGEST_PAUSE = 60.0


class SimulatedCoach(Equipment):
    """A coach that lives as long as `step` is called; it has no thread and no clock of its own."""

    def __init__(self, seed: int = 0, start: float = 0.0, *, clock: datetime = scene.CLOCK) -> None:
        """Power up at `start` (seconds, monotonic), when the coach's clock shows `clock`."""
        super().__init__(Random(seed))  # noqa: S311 - physics, not secrets
        self._reaction = Random(seed)  # noqa: S311 - as above
        self._clock = clock
        self._zero = start
        self._now = 0.0
        self._slept = 0.0
        self._count = 0
        self._due: list[tuple[float, int, Callable[[float], None]]] = []
        self._out: list[Frame] = []
        clock_report = Report(
            dgn=DATE_TIME_STATUS,
            source=scene.G6,
            instance=None,
            status=self._date_time,
            pace=every(1.0),
        )
        rows = [*reports(self), clock_report]
        self.nodes = {row.source: Node(row, rows) for row in scene.NODES}
        self._things = [(each, each.thing) for each in rows if each.thing]
        self._power_up()

    def receive(self, can_id: int, data: bytes, now: float) -> None:
        """Take a 29-bit frame off the bus; any bytes do, what means nothing is ignored."""
        if not 0 <= can_id < 1 << 29 or can_id & 1 << 25:
            return
        moment = max(now - self._zero, self._now)
        self._at(moment, partial(self._hear, can_id >> 8 & 0x1FFFF, can_id & 0xFF, data))

    def step(self, now: float) -> list[Frame]:
        """Return the frames due until `now`, in order; a pause beyond a minute is slept through."""
        moment = now - self._zero
        pause = moment - self._now - _LONGEST_PAUSE
        if pause > 0:
            self._zero += pause
            self._slept += pause
            moment -= pause
        while self._due and self._due[0][0] <= moment:
            at, _, act = heappop(self._due)
            self._now = at
            act(at)
            self._look(at)
        self._now = max(moment, self._now)
        frames, self._out = self._out, []
        return frames

    def _power_up(self) -> None:
        for number, node in enumerate(self.nodes.values()):
            self._at(0.005 * number, partial(self._emit, node.claim()))
            for report in node.reports:
                report.announced = report.thing.revision if report.thing else 0
                if report.pace:
                    first = 0.25 + self._reaction.uniform(0, report.pace())
                    self._at(first, partial(self._repeat, report))
        self._at(TICK, self._tick)

    def _at(self, moment: float, act: Callable[[float], None]) -> None:
        self._count += 1
        heappush(self._due, (moment, self._count, act))

    def _emit(self, frame: Frame, _at: float) -> None:
        self._out.append(frame)

    def _send(self, report: Report, at: float) -> None:
        self._out.append((identifier(report.dgn, report.source), report.status(at)))

    def _repeat(self, report: Report, at: float) -> None:
        self._send(report, at)
        if report.pace:
            self._at(at + report.pace(), partial(self._repeat, report))

    def _tick(self, at: float) -> None:
        self.tick(at, TICK)
        self._at(at + TICK, self._tick)

    def _look(self, at: float) -> None:
        for report, thing in self._things:
            if thing.revision != report.announced and not report.announcing:
                report.announcing = True
                moment = at + self._reaction.uniform(*_REACTION)
                self._at(moment, partial(self._announce, report, thing))
            if thing.wake != report.wake:
                report.wake = thing.wake
                if report.wake is not None and report.wake < inf:
                    self._at(report.wake, thing.advance)

    def _announce(self, report: Report, thing: Thing, at: float) -> None:
        report.announcing = False
        report.announced = thing.revision
        self._send(report, at)

    def _hear(self, dgn: int, source: int, data: bytes, at: float) -> None:
        family, low = dgn & 0x1FF00, dgn & 0xFF
        if family == REQUEST:
            self._answer(low, source, data, at)
        elif dgn == SET_DATE_TIME_COMMAND:
            self._set_clock(padded(data), at)
        elif family != ADDRESS_CLAIM:
            self.obey(dgn, padded(data), at)
        elif source in self.nodes and data != self.nodes[source].name:
            # A static node never moves: it says again that the address is taken (3.3).
            self._emit(self.nodes[source].claim(), at)

    def _answer(self, destination: int, requester: int, data: bytes, at: float) -> None:
        if len(data) < 3:
            return
        dgn = int.from_bytes(data[:3], "little")
        instance = data[3] if len(data) > 3 else NO_DATA_8
        if destination == _EVERYBODY:
            for node in self.nodes.values():
                self._reply(node, dgn, instance, at)
        elif destination in self.nodes:
            node = self.nodes[destination]
            if not self._reply(node, dgn, instance, at):
                self._emit(node.refusal(requester, dgn, instance), at)

    def _reply(self, node: Node, dgn: int, instance: int, at: float) -> bool:
        if dgn == ADDRESS_CLAIM:
            self._emit(node.claim(), at)
            return True
        if dgn == PRODUCT_IDENTIFICATION:
            self._identify(node, at)
            return True
        wanted = node.wanted(dgn, instance)
        for report in wanted:
            if not report.requested:
                report.requested = True
                self._at(node.slot(at), partial(self._answer_with, report))
        return bool(wanted)

    def _answer_with(self, report: Report, at: float) -> None:
        report.requested = False
        self._send(report, at)

    def _identify(self, node: Node, at: float) -> None:
        if at < node.identified_at:
            return
        for frame in node.identification():
            node.identified_at = node.slot(at)
            self._at(node.identified_at, partial(self._emit, frame))

    def _set_clock(self, data: bytes, at: float) -> None:
        """Take the time and its zone, or only that (6.4.3)."""
        passed = timedelta(seconds=at + self._slept)
        shown = self._clock + passed
        year, month, day, _, hour, minute, second, west = data
        if west < 24:
            zone = timezone(timedelta(hours=24 - west if west > 12 else -west))
            shown = shown.replace(tzinfo=zone)
        if NO_DATA_8 not in {year, month, day, hour, minute, second}:
            with suppress(ValueError):
                shown = shown.replace(year + 2000, month, day, hour, minute, second)
        self._clock = shown - passed

    def _date_time(self, now: float) -> bytes:
        shown = self._clock + timedelta(seconds=now + self._slept)
        west = -round((shown.utcoffset() or timedelta()).total_seconds() / 3600) % 24
        return patched(
            _DATE_TIME,
            (0, 1, shown.year - 2000),
            (1, 1, shown.month),
            (2, 1, shown.day),
            (3, 1, shown.isoweekday() % 7 + 1),
            (4, 1, shown.hour),
            (5, 1, shown.minute),
            (6, 1, shown.second),
            (7, 1, west),
        )
