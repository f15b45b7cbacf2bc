"""What scripts/bench does: rows of work timed beside cantools in interleaved rounds of one run."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
import json
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from alone import ROOT
import cantools

sys.path.insert(0, str(ROOT))

from dbc import dbc
import pipeline
import traffic

from custom_components.coachiq.coach.families import FAMILY_OF
from custom_components.coachiq.rvc import Code, load_spec

if TYPE_CHECKING:
    from custom_components.coachiq.rvc import Spec

CANTOOLS = "cantools message.decode"
WRITE = "state written, alone"
WRITES = 500
FRAMES = 220_000
ROUNDS = 7
# What the corpus must have, so that no few DGNs decide.
LEAST_DGNS = 40
LEAST_FRAMES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Some work on `frames` frames; `limit` is the most it may take as a part of `beside`."""

    name: str
    frames: int
    work: Callable[[], None]
    beside: str | None = None
    limit: float | None = None


def decode_cases(spec: Spec, changed: list[traffic.Frame]) -> list[Case]:
    """Return the decode of changed frames, by the call that coach makes and by cantools."""
    rows = {
        frame.can_id: row for frame in changed if (row := spec.get(frame.can_id >> 8 & 0x1FFFF))
    }
    database = cantools.database.can.Database()
    database.add_dbc_string(dbc(dict.fromkeys(rows.values())))
    ours = [(rows[frame.can_id], frame.data) for frame in changed]
    theirs = [(database.get_message_by_name(row.name), data) for row, data in ours]

    def decode() -> None:
        for row, data in ours:
            row.decode(data)

    def decode_by_cantools() -> None:
        for message, data in theirs:
            message.decode(data)

    return [
        Case(name=CANTOOLS, frames=len(theirs), work=decode_by_cantools),
        Case(
            name="decode, changed frame", frames=len(ours), work=decode,
            beside=CANTOOLS, limit=0.40,
        ),
    ]  # fmt: skip


def coach_cases(spec: Spec, changed: list[traffic.Frame]) -> list[Case]:
    """Return the work of the coach on frames that say something new, and on frames that do not."""
    told = {spec.named(name).dgn for name in FAMILY_OF}
    frames = [
        (frame.can_id, frame.data) for frame in changed if frame.can_id >> 8 & 0x1FFFF in told
    ]
    same, unchanged = pipeline.unchanged_work(spec, frames)
    new, change = pipeline.changed_work(spec, frames)
    return [
        Case(
            name="coach, unchanged frame", frames=same, work=unchanged, beside=CANTOOLS, limit=0.12
        ),
        Case(name="coach, changed frame", frames=new, work=change, beside=CANTOOLS),
    ]


def state_cases(frame_to_state: Callable[[], None], alone: Callable[[], None]) -> list[Case]:
    """Return the work from a frame to the written state of a light, and the write alone."""

    def times(work: Callable[[], None]) -> Callable[[], None]:
        def repeat() -> None:
            for _ in range(WRITES):
                work()

        return repeat

    return [
        Case(name=WRITE, frames=WRITES, work=times(alone)),
        Case(
            name="frame to written state", frames=WRITES, work=times(frame_to_state), beside=WRITE
        ),
    ]


def differences(spec: Spec, changed: list[traffic.Frame]) -> int:
    """Return how many frames scripts/decode prints other than `row.decode` returns them."""
    text = "".join(f"(0.0) can0 {frame.can_id:08X}#{frame.data.hex()}\n" for frame in changed)
    printed = subprocess.run(
        [ROOT / "scripts" / "decode"], input=text, capture_output=True, check=True, text=True
    ).stdout.splitlines()
    wrong = abs(len(printed) - len(changed))
    for frame, line in zip(changed, printed, strict=False):
        row = spec.get(frame.can_id >> 8 & 0x1FFFF)
        shown = (json.loads(line) or {}).get("fields", {})
        values = row.decode(frame.data) if row else ()
        mine = [(v.raw, v.label) if isinstance(v, Code) else (v, None) for v in values]
        wrong += mine != [(field["value"], field["label"]) for field in shown.values()]
    return wrong


def measure(cases: list[Case]) -> dict[str, float]:
    """Return seconds of thread time for each frame of each case, the median over the rounds."""
    taken: dict[str, list[float]] = {case.name: [] for case in cases}
    for number in range(ROUNDS + 1):
        for case in cases:
            start = time.thread_time()
            case.work()
            if number:  # the first round warms up
                taken[case.name].append((time.thread_time() - start) / case.frames)
    return {name: statistics.median(times) for name, times in taken.items()}


async def main() -> int:
    """Print the table; return 1 when a case is over its limit or the decoders differ."""
    spec = load_spec()
    changed = list(traffic.changed(traffic.frames(spec, FRAMES), spec))
    wrong = differences(spec, changed)
    async with pipeline.home_assistant() as hass:
        cases = [
            *decode_cases(spec, changed),
            *coach_cases(spec, changed),
            *state_cases(*await pipeline.light_work(hass)),
        ]
        medians = measure(cases)
    of_dgn = Counter(frame.can_id >> 8 & 0x1FFFF for frame in changed)
    fewest = min(of_dgn.values())
    if len(of_dgn) < LEAST_DGNS or fewest < LEAST_FRAMES:
        raise RuntimeError(f"the corpus has {len(of_dgn)} DGNs, {fewest} frames of one of them")
    print(
        f"{len(changed)} changed of {FRAMES} frames, {len(of_dgn)} DGNs with at least {fewest}"
        f" changed frames each, {ROUNDS} rounds"
    )
    print(f"{'case':28}{'us/frame':>10}{'frames/s':>12}{'ratio':>8}{'limit':>8}")
    over = False
    for case in cases:
        each = medians[case.name]
        line = f"{case.name:28}{each * 1e6:10.3f}{1 / each:12,.0f}"
        if case.beside:
            ratio = each / medians[case.beside]
            over |= case.limit is not None and ratio > case.limit
            line += f"{ratio:8.2f}{case.limit or '-':>8}"
        print(line)
    print(f"scripts/decode prints {'the same' if not wrong else f'{wrong} frames differently'}")
    return int(over or bool(wrong))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
