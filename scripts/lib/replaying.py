"""What scripts/replay-diagnostics does: the frames of a diagnostics file to recordings of buses."""

import argparse
from collections.abc import Iterable, Iterator, Mapping
import json
from pathlib import Path
import re
from typing import Any

from arguments import Parser, run
from encoding import frames

from custom_components.coachiq.rvc import split

EXAMPLES = """\
Writes a recording for each network in the file, with the last frame of each sender, DGN and key,
repeated as nodes do. Add it with "Recording" as the adapter, or give it to canplayer: the things
of the coach appear as they were, but for what the file does not tell (serial numbers, the VIN and
where the coach was).

scripts/demo --diagnostics FILE does all of it: it shows the coach in a Home Assistant.

examples:
  scripts/replay-diagnostics config_entry-coachiq-01ABC.json
  scripts/replay-diagnostics coach.json --folder /tmp --minutes 60"""

VERSION = 1
# A thing is believed by its second frame, at least 100 ms after the first.
SOON = 0.2
# Well within the 5 s after which the next one of several senders speaks for a battery.
AGAIN = 2.0
# Seconds from one frame to the next: about what a full bus takes.
GAP = 0.001
_FRAME = re.compile(r"([0-9A-F]{8})#((?:[0-9A-F]{2})*) [0-9.]+")


class Options(argparse.Namespace):
    """What was asked for on the command line."""

    file: Path
    folder: Path | None
    minutes: float


def read(path: Path) -> dict[str, Any]:
    """Return what a diagnostics file tells of a coach; raises ValueError for anything else."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise ValueError(f"{path}: {problem}") from problem
    # Home Assistant puts what we tell below "data".
    told = content.get("data", content) if isinstance(content, dict) else None
    if isinstance(told, dict) and isinstance(told.get("buses"), dict):
        version = told.get("version")
        if version == VERSION:
            return told
        raise ValueError(f"{path}: has version {version}, and only {VERSION} can be read")
    raise ValueError(f"{path}: is no diagnostics file of CoachIQ")


def heard(bus: Mapping[str, Any]) -> list[str]:
    """Return the frames of a bus as `ID#DATA`, long messages as their packets."""
    found: list[str] = []
    for said in bus.get("frames", []):
        if parts := _FRAME.fullmatch(str(said)):
            can_id, data = split(int(parts[1], 16)), bytes.fromhex(parts[2])
            to = can_id.destination if len(data) <= 8 else None
            found += frames(
                can_id.dgn if can_id.destination is not None else int(parts[1], 16) >> 8 & 0x1FFFF,
                data,
                source=can_id.source,
                destination=to,
                priority=can_id.priority,
            )
    return found


def recording(bus: str, said: Iterable[str], seconds: float) -> Iterator[str]:
    """Yield the lines of a recording in which frames are said again and again."""
    turn = list(said)
    began, pause = 0.0, max(SOON, GAP * len(turn))
    while began < seconds:
        for count, frame in enumerate(turn):
            yield f"({began + count * GAP:.6f}) {bus[:15]} {frame}"
        began += pause
        pause = max(AGAIN, GAP * len(turn))


def write(told: Mapping[str, Any], stem: str, folder: Path, minutes: float) -> dict[str, Path]:
    """Write a recording for each bus of which something was heard; return where, by bus."""
    written = {}
    for bus, state in told["buses"].items():
        if said := heard(state):
            path = folder / f"{stem}-{re.sub(r'[^0-9A-Za-z_]', '_', bus)}.log"
            lines = recording(bus, said, 60 * minutes)
            path.write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
            written[bus] = path
    if not written:
        raise ValueError(f"{stem}: there is no frame in it")
    return written


def entries(told: Mapping[str, Any], played: Mapping[str, Path]) -> dict[str, Any]:
    """Return what Home Assistant stores of a coach whose buses play these recordings."""
    profile = told.get("profile")
    # The owner's own profile is a file of his.
    profile = None if str(profile).startswith("own:") else profile
    buses = [
        {
            "subentry_id": f"{number:026}",
            "subentry_type": "bus",
            "title": bus.capitalize(),
            "unique_id": bus,
            "data": {
                "kind": "replay",
                "protocol": told["buses"][bus].get("protocol", "rv_c"),
                "listen_only": True,
                "settings": {"path": str(path.resolve()), "speed": "1"},
            },
        }
        for number, (bus, path) in enumerate(played.items(), 1)
    ]
    entry = {
        "domain": "coachiq",
        "entry_id": f"{0:026}",
        "version": 1,
        "minor_version": told.get("minor_version", 1),
        "title": "Report",
        "unique_id": "report",
        "source": "user",
        "data": {"coach": "report", "profile": profile},
        "options": {**told.get("options", {}), "code": ""},
        "subentries": buses,
        "disabled_by": None,
        "discovery_keys": {},
        "pref_disable_new_entities": False,
        "pref_disable_polling": False,
        "created_at": "2026-01-01T00:00:00+00:00",
        "modified_at": "2026-01-01T00:00:00+00:00",
    }
    return {"entries": [entry]}


def main() -> None:
    """Do what the command line asks for."""
    parser = Parser("scripts/replay-diagnostics", __doc__ or "", EXAMPLES)
    parser.add_argument("file", type=Path, help="as Home Assistant downloads it")
    parser.add_argument("--folder", type=Path, help="where to write; default: beside the file")
    parser.add_argument("--minutes", type=float, default=10, help="default: %(default)s")
    options = parser.parse_args(namespace=Options())
    try:
        written = write(
            read(options.file),
            options.file.stem,
            options.folder or options.file.parent,
            options.minutes,
        )
    except (OSError, ValueError) as problem:
        parser.error(str(problem))
    for path in written.values():
        print(path.resolve())


if __name__ == "__main__":
    run(main)
