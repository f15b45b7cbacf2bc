"""What scripts/endurance does: proofs longer than tests may take; a part of each is a test."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
import gc
import itertools
import os
import subprocess
import sys
import time
import tracemalloc
from typing import TYPE_CHECKING

from alone import ROOT
import fuzzing

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 20261
CHUNK = 250_000
RECORD = 50_000
# What is under way when a run ends is never quite the same.
MOST_GROWTH = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A long proof: what it shows, how much of what is all of it, and how to run so much."""

    shows: str
    count: int
    unit: str
    run: Callable[[int], str]


def fuzz(count: int) -> str:
    """Give so many frames of any kind to everything that takes in frames; raises what it finds."""
    chunks = [min(CHUNK, count - done) for done in range(0, count, CHUNK)]
    with ProcessPoolExecutor() as pool:
        seeds = range(SEED, SEED + len(chunks))
        found = list(pool.map(_fuzz_chunk, chunks, seeds))
    taken, messages, sent = (sum(part) for part in zip(*found, strict=True))
    return f"{taken:,} frames, {messages:,} long messages, {sent:,} frames sent, no exception"


def _fuzz_chunk(count: int, seed: int) -> tuple[int, int, int]:
    target = fuzzing.run(count, seed)
    return target.frames, target.messages, target.sent


def memory(count: int) -> str:
    """Give the same frames over and over; raises when memory grows with their number."""
    target = fuzzing.Target()
    record = list(itertools.islice(fuzzing.frames(target, SEED), min(RECORD, count)))
    endless = itertools.cycle(record)

    def take(frames: int) -> None:
        for can_id, data, pause in itertools.islice(endless, frames):
            target.take(can_id, data, pause)

    # From the start, so that what takes the place of something else counts as no growth.
    tracemalloc.start()
    take(3 * len(record))
    before = _kept()
    take(count)
    growth = _kept() - before
    tracemalloc.stop()
    if growth > MOST_GROWTH:
        raise AssertionError(f"{growth:,} bytes more after {count:,} frames")
    return f"{growth:+,} bytes after {count:,} frames (at most {MOST_GROWTH:,})"


def _kept() -> int:
    """Return the bytes in use, cycles that are garbage collected first."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def guided(seconds: int) -> str:
    """Let atheris look for frames that reach new code; raises when it finds a fault."""
    command = [sys.executable, str(ROOT / "scripts/lib/guided.py"), f"-max_total_time={seconds}"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(done.stderr[-3000:])
    return f"{done.stderr.splitlines()[-1]}, no exception"


def reloads(count: int) -> str:
    """Reload a coach on four buses amid traffic; raises when anything is left behind."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-s", "tests/integration/test_reloads.py"],
        cwd=ROOT, env=os.environ | {"COACHIQ_RELOADS": str(count)},
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise AssertionError(done.stdout[-3000:])
    return next(line for line in done.stdout.splitlines() if " reloads, " in line).lstrip(".")


def faults(count: int) -> str:
    """Let each kind of adapter meet each fault so many times, and write docs/faults.md."""
    # It needs all of Home Assistant, which the others do without.
    import fault_table  # noqa: PLC0415

    return fault_table.write(count)


def clients(count: int) -> str:
    """Let clients follow all frames of a full bus so long; raises when one gets too few."""
    import clients as following  # noqa: PLC0415  # it needs all of Home Assistant, too

    outcome = following.run(count)
    outcome.check()
    return str(outcome)


def kill(count: int) -> str:
    """Kill so many processes that write, and a Home Assistant for each 20 of them."""
    # It needs all of Home Assistant, which the others do without.
    import killing  # noqa: PLC0415

    return killing.kill(count)


PROOFS = {
    "fuzz": Proof(
        shows="nothing raises, whatever comes from the bus",
        count=10_000_000,
        unit="frames",
        run=fuzz,
    ),
    "guided": Proof(
        shows="the same, with inputs that a coverage-guided fuzzer makes",
        count=600,
        unit="seconds",
        run=guided,
    ),
    "memory": Proof(
        shows="no memory is kept per frame", count=1_000_000, unit="frames", run=memory
    ),
    "faults": Proof(
        shows="every kind of adapter overcomes every fault; writes docs/faults.md",
        count=3,
        unit="rounds",
        run=faults,
    ),
    "clients": Proof(
        shows="clients that follow a full bus, and never acknowledge, hold nobody up",
        count=120,
        unit="seconds",
        run=clients,
    ),
    "kill": Proof(
        shows="what is killed while it writes leaves a coach that is whole",
        count=200,
        unit="kills",
        run=kill,
    ),
    "reloads": Proof(
        shows="no thread, socket or memory is left by a coach that is closed",
        count=1000,
        unit="reloads",
        run=reloads,
    ),
}


def main(arguments: list[str]) -> int:
    """Run one proof, in full or as much of it as is asked for; without a name list them."""
    name, *rest = arguments or [""]
    proof = PROOFS.get(name)
    if proof is None or (rest and not (rest[0].isdecimal() and int(rest[0]))):
        for known, listed in PROOFS.items():
            print(f"scripts/endurance {known} [{listed.count} {listed.unit}]: {listed.shows}")
        return 2
    count = int(rest[0]) if rest else proof.count
    start = time.monotonic()
    print(f"{name}: {proof.run(count)}, {time.monotonic() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
