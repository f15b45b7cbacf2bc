"""The figures of scripts/bench load, from what was seen."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from load_commands import percentile
from load_figure import Figure

if TYPE_CHECKING:
    from load_coach import Fed, Reader
    from load_commands import Commander
    from load_watch import Span

# The feeder may lag behind so much: it shares the machine.
LEAST_FED = 0.98
MOST_CPU = 30.0
MOST_LAG_MS = 10.0
MOST_CALLBACK_MS = 5.0
MOST_COMMAND_MS = 2.5
MOST_ALL_OFF_MS = 250.0
MOST_STOP_MS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen in a part of the run: while idle, while the coach appeared, under load."""

    idle: Span
    appearing: Span
    load: Span
    fed: Fed
    readers: list[Reader]
    openings: int
    dropped: int
    entities: int
    recorded: int | None


def delivery(seen: Seen, rate: float) -> list[Figure]:
    """Return what was fed at `rate` frames/s in all, and that nothing of it is missing."""
    fed, heard = sum(seen.fed.fed), sum(reader.heard for reader in seen.readers)
    marks = sum(reader.marks for reader in seen.readers)
    return [
        Figure(
            name="fed", value=seen.fed.rate, unit="frames/s", least=LEAST_FED * rate,
            beside=f"{fed:,} in all; the feeder was held up for {seen.fed.held_up:.2f} s",
        ),
        Figure(
            name="lost", value=fed - heard, unit="frames", most=0,
            beside=f"by bus {[reader.heard for reader in seen.readers]} heard,"
            f" {seen.fed.refused} not taken by the socket, {seen.dropped} dropped by the kernel",
        ),
        Figure(
            name="missing or too many before a mark", unit="frames", most=0,
            value=max(reader.wrong for reader in seen.readers), beside=f"{marks:,} marks",
        ),
        Figure(
            name="openings", value=seen.openings, unit="", most=len(seen.readers),
            beside=f"of {len(seen.readers)} buses",
        ),
    ]  # fmt: skip


def cost(seen: Seen) -> list[Figure]:
    """Return what it cost; the limits are those of a coach with a recorder."""
    load, idle, limited = seen.load, seen.idle, seen.recorded is not None
    figures = [
        Figure(
            name="process CPU", value=load.load * 100, unit="% of core",
            most=MOST_CPU if limited else None,
            beside=f"idle {idle.load:.1%}; feeder {seen.fed.cpu:.0%}",
        ),
        Figure(
            name="loop lag, p99", value=load.lag * 1e3, unit="ms",
            most=MOST_LAG_MS if limited else None,
            beside=f"idle {idle.lag * 1e3:.2f}; most {max(load.lags) * 1e3:.1f},"
            f" idle {max(idle.lags) * 1e3:.1f}",
        ),
        _longest("longest callback of ours", load, MOST_CALLBACK_MS if limited else None),
        Figure(
            name="longest garbage collection", value=max(load.collections) * 1e3, unit="ms",
            beside=f"of {len(load.collections)}, in all {sum(load.collections):.2f} s;"
            f" idle {max(idle.collections, default=0.0) * 1e3:.1f}",
        ),
        _longest("the same while things appear", seen.appearing, None),
    ]  # fmt: skip
    if seen.recorded is not None:
        figures.append(
            Figure(
                name="states recorded", value=seen.recorded / load.wall, unit="/s", least=1,
                beside=f"{seen.entities:,} entities",
            )
        )  # fmt: skip
    return figures


def commands(commander: Commander, fed: Fed) -> list[Figure]:
    """Return how long commands took until the feeder heard them."""
    heard = fed.heard[0]
    single = [seconds * 1e3 for seconds in commander.singles(heard)]
    return [
        Figure(
            name="action to wire, p95", value=percentile(single, 95), unit="ms",
            most=MOST_COMMAND_MS, beside=f"p50 {percentile(single, 50):.2f},"
            f" most {max(single):.1f}, {len(single)} commands",
        ),
        Figure(
            name="28 lights off, last on the wire", value=commander.last_of_all(heard) * 1e3,
            unit="ms", most=MOST_ALL_OFF_MS,
        ),
        Figure(
            name="a stop meanwhile", value=commander.stops(heard) * 1e3, unit="ms",
            most=MOST_STOP_MS,
        ),
    ]  # fmt: skip


def _longest(name: str, span: Span, most: float | None) -> Figure:
    """Return the longest callback of ours in a span of time."""
    over = sum(took * 1e3 > MOST_CALLBACK_MS for took, _ in span.ours)
    took, what = max(span.ours, default=(0.0, ""))
    return Figure(
        name=name, value=took * 1e3, unit="ms CPU", most=most,
        beside=f"{what} {over} over {MOST_CALLBACK_MS:g} ms; of others"
        f" {max(span.others, default=(0.0, ''))[0] * 1e3:.1f}",
    )  # fmt: skip
