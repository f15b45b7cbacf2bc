"""Which faults of which sender are active: told by reports, and by their absence."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from .fault import Fault, Report

# Seconds: a fault that is not repeated for so long is gone, however slow its sender was.
_SHORTEST, _LONGEST = 15.0, 60.0
_GAPS = 3
_MOST_OF_SENDER, _MOST = 50, 500


class ActiveFault(NamedTuple):
    """A fault of a source address, as last reported, with the seconds of first and last sight."""

    source: int
    fault: Fault
    first: float
    last: float


class Changes(NamedTuple):
    """What a report has changed."""

    appeared: tuple[ActiveFault, ...] = ()
    cleared: tuple[ActiveFault, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Watch:
    """A fault that is active, or was a minute ago: so a slow sender is known when it returns."""

    fault: Fault
    first: float
    last: float
    gap: float = 0.0
    active: bool = True

    def seen(self, fault: Fault, now: float) -> bool:
        """Note a repetition; say whether the fault was not active."""
        appeared = not self.active
        self.first = now if appeared else self.first
        self.gap = max(self.gap, now - self.last)
        self.fault, self.last, self.active = fault, now, True
        return appeared

    def silent(self, now: float) -> bool:
        """Say whether the fault has not been repeated for longer than its sender needs."""
        return now - self.last > min(max(_SHORTEST, _GAPS * self.gap), _LONGEST)


class ActiveFaults:
    """The active faults of one bus: at most 50 of a sender and 500 in all.

    `surplus` counts how often a report named a fault for which there was no room.
    """

    def __init__(self) -> None:
        self.surplus = 0
        self._senders: dict[int, dict[tuple[object, ...], _Watch]] = {}

    @property
    def faults(self) -> tuple[ActiveFault, ...]:
        """All that are active."""
        return tuple(
            _active(source, watch)
            for source, watched in self._senders.items()
            for watch in watched.values()
            if watch.active
        )

    def hear(self, source: int, report: Report, now: float) -> Changes:
        """Take in a report of a source address; a changed count alone is no change."""
        if report.faults is None:
            return Changes()
        watched = self._senders.setdefault(source, {})
        cleared = [
            _active(source, watch)
            for watch in _take_gone(watched, report, report.faults)
            if watch.active
        ]
        appeared = [
            _active(source, watched[fault.key])
            for fault in report.faults
            if self._sees(watched, fault, now)
        ]
        if not watched:
            del self._senders[source]
        return Changes(tuple(appeared), tuple(cleared))

    def tick(self, now: float) -> tuple[ActiveFault, ...]:
        """Return the faults that have not been repeated in time; to be called once a second."""
        cleared: list[ActiveFault] = []
        for source, watched in list(self._senders.items()):
            for key, watch in list(watched.items()):
                if watch.active and watch.silent(now):
                    watch.active = False
                    cleared.append(_active(source, watch))
                if now - watch.last > _LONGEST:
                    del watched[key]
            if not watched:
                del self._senders[source]
        return tuple(cleared)

    def _sees(self, watched: dict[tuple[object, ...], _Watch], fault: Fault, now: float) -> bool:
        """Note a fault that is reported; say whether it has appeared."""
        if (watch := watched.get(fault.key)) is not None:
            return watch.seen(fault, now)
        if len(watched) >= _MOST_OF_SENDER or sum(map(len, self._senders.values())) >= _MOST:
            self.surplus += 1
            return False
        watched[fault.key] = _Watch(fault=fault, first=now, last=now)
        return True


def _active(source: int, watch: _Watch) -> ActiveFault:
    return ActiveFault(source, watch.fault, watch.first, watch.last)


def _take_gone(
    watched: dict[tuple[object, ...], _Watch], report: Report, faults: tuple[Fault, ...]
) -> Iterator[_Watch]:
    """Take out and yield what a report of the sender says to be gone.

    A DM1 lists all codes of its sender. A DM_RV is about one fault: only "no fault" with both
    lamps off ends those of its device (RV-C 3.2.5.1, 2023-11).
    """
    if report.protocol == "j1939":
        listed = {fault.key for fault in faults}
    elif faults or report.dsa is None or report.red is not False or report.yellow is not False:
        return
    else:
        listed = set()
    for key, watch in list(watched.items()):
        of_report = (watch.fault.protocol, watch.fault.dsa) == (report.protocol, report.dsa)
        if of_report and key not in listed:
            yield watched.pop(key)
