"""docs/faults.md: what each kind of adapter does in each fault, as it was seen."""

from dataclasses import dataclass
import json
import os
from pathlib import Path
import re
import subprocess
import sys

from alone import ROOT

sys.path.insert(0, str(ROOT))

from tests.faults.faults import FAULTS
from tests.faults.kinds import KINDS, UNTRIED, Kind

PAGE = ROOT / "docs" / "faults.md"
TESTS = (sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "tests/faults")
_HEAD = """\
# Faults

This page is written by `scripts/endurance faults`: each kind of adapter, with a coach and a light
that is on behind it, meets each fault, in a real Home Assistant. SocketCAN is the kernel's own,
with its driver for serial sticks behind a pseudo-terminal; serial adapters are pseudo-terminals,
gateways are small servers on this machine.

- *the light shows*: its states from before the fault until all is well; the network's connectivity
  is "off" while the light is unavailable. Where it stays on, nothing was to be seen.
- *back after*: seconds from when the adapter was in order again until the light was shown, the most
  of {rounds}. The adapter speaks every 50 ms.
- *lost*: of 200 numbered frames after that.

A bus that falls silent is opened anew after a minute, here after 2 s. One line in the log tells
that it is down, and one that it is up again; none where the light stays on. In the end a stop must
leave, and when the coach is closed no thread of it may be left.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen of one kind and one fault: `light` its states, `took` in seconds."""

    kind: str
    fault: str
    light: list[str]
    took: float
    lost: int
    swept_away: int
    refused: str


def run() -> list[Seen]:
    """Let each kind meet each fault once; raises AssertionError when any does not recover."""
    environment = os.environ | {"COACHIQ_FAULTS": "all"}
    found: list[Seen] = []
    for command in (TESTS, ("scripts/socketcan-vm", "env", "COACHIQ_FAULTS=all", *TESTS)):
        done = subprocess.run(
            command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True
        )
        if done.returncode:
            raise AssertionError(done.stdout[-3000:] + done.stderr[-1000:])
        # pytest's own dots stand before them.
        found += [Seen(**json.loads(line)) for line in re.findall(r'\{"kind": .*\}', done.stdout)]
    return found


def page(seen: list[Seen], rounds: int) -> str:
    """Return the page; raises KeyError when a kind did not meet a fault that it can have."""
    times = "one run" if rounds == 1 else f"{rounds} runs"
    parts = [_HEAD.format(rounds=times)]
    for kind in KINDS.values():
        parts += [f"\n## {kind.name}\n\n", "| fault | the light shows | back after | lost | |\n"]
        parts += ["|---|---|---|---|---|\n", *(_line(kind, fault, seen) for fault in FAULTS)]
    parts.append("\n## Not tried\n\n")
    parts += [f"- `{row}` {reason}.\n" for row, reason in UNTRIED.items()]
    return "".join(parts)


def _line(kind: Kind, fault: str, seen: list[Seen]) -> str:
    """Return the line of one kind and one fault, the worst of all runs."""
    if reason := kind.end(Path()).cannot.get(fault):
        return f"| {fault} | | | | {reason} |\n"
    runs = [one for one in seen if (one.kind, one.fault) == (kind.name, fault)]
    if not runs:
        raise KeyError(f"{kind.name} did not meet: {fault}")
    worst = max(runs, key=lambda one: one.took)
    stayed = len(worst.light) == 1
    note = ""
    if worst.refused:
        note = "a command was refused in words: not taken within half a second"
    elif swept := max(one.swept_away for one in runs):
        note = f"{swept:,} of 5,000 frames were swept away in the flood"
    light = " → ".join(worst.light)
    took = "at once" if stayed else f"{worst.took:.1f} s"
    return f"| {fault} | {light} | {took} | {max(one.lost for one in runs)} | {note} |\n"


def write(rounds: int) -> str:
    """Run so many rounds, write the page, and say what came of it."""
    seen = [one for _ in range(rounds) for one in run()]
    PAGE.write_text(page(seen, rounds), "utf-8")
    slowest = max(seen, key=lambda one: one.took)
    return (
        f"{len(seen)} faults in {rounds} rounds, all came back; slowest {slowest.took:.1f} s"
        f" ({slowest.kind}, {slowest.fault}), {sum(one.lost for one in seen)} frames lost after"
    )
