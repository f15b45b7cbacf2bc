"""What scripts/decode does: frames of candump, of logs and of a live bus to lines of JSON."""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
import json
from pathlib import Path
import sys
import time
from typing import TYPE_CHECKING, BinaryIO

from arguments import Parser, number, run
import log
from report import Heard, Shown, hear, show, show_fully, write
import table

from custom_components.coachiq.rvc import SpecError, split
from custom_components.coachiq.rvc.frame import canonical
from custom_components.coachiq.rvc.reassembly import Reassembly

if TYPE_CHECKING:
    from custom_components.coachiq.rvc import Spec

EXAMPLES = """\
Without a file, an interface, a filter, --text or --messages each line of standard input is
answered by one line, null for what is no frame or no known DGN. Otherwise what matches is
printed, with time and channel where the log has them.

examples:
  candump can0 | scripts/decode
  scripts/decode --text --changed --dgn DC_DIMMER_STATUS_3 --instance 24 evening.log
  scripts/decode --messages --chassis drive.blf drive.asc.gz
  scripts/decode --unknown --interface socketcan --channel can0

files: .asc, .blf, .csv, .db, .mf4 and .trc as python-can reads them; any other is text, lines of
candump, of candump -L, or DGN#DATA. All may be packed (.gz)."""

# So many payloads are remembered to tell what has changed.
MOST_REMEMBERED = 1 << 16


class Options(argparse.Namespace):
    """What was asked for on the command line."""

    files: list[Path]
    interface: str | None
    channel: str | None
    bitrate: int | None
    dgn: list[str]
    source: list[int]
    instance: list[int]
    changed: bool
    unknown: bool
    text: bool
    messages: bool
    chassis: bool
    table: Path | None

    @property
    def line_for_line(self) -> bool:
        """Whether each line of standard input is answered by one."""
        filters = self.dgn or self.source or self.instance or self.changed or self.unknown
        return not (self.files or self.interface or filters or self.text or self.messages)


def parser() -> Parser:
    """Return what reads the command line."""
    made = Parser("scripts/decode", "Decodes RV-C: one line of JSON for each frame.", EXAMPLES)
    add = made.add_argument
    add("files", nargs="*", type=Path, metavar="FILE", help="logs, instead of standard input")
    add("--text", action="store_true", help="lines for people, without what is not reported")
    add("--messages", action="store_true", help="also put messages of several packets together")
    add("--chassis", action="store_true", help="also know the chassis's J1939 messages")
    add("--table", metavar="FILE", type=Path, help="your own rvc.json over the built-in one")
    only = made.add_argument_group("filters; the first three may be repeated").add_argument
    only("--dgn", action="append", default=[], metavar="DGN", help="a name, or a number as 1FEDA")
    only("--source", action="append", default=[], metavar="N", type=number(0xFF), help="or 0x9E")
    only("--instance", action="append", default=[], metavar="N", type=number(0xFFFF))
    only("--changed", action="store_true", help="only payloads that are not the last one again")
    only("--unknown", action="store_true", help="only DGNs in no table; counts them at the end")
    live = made.add_argument_group("a live bus, until Ctrl-C").add_argument
    live("--interface", metavar="NAME", help="an interface of python-can, such as socketcan")
    live("--channel", metavar="NAME", help="its channel, such as can0")
    live("--bitrate", metavar="N", type=number(1_000_000), help="where the interface sets it")
    return made


def decode(spec: Spec, line: bytes) -> Shown | None:
    """Return what a line says; None for what is no frame or no known DGN."""
    if (frame := log.read_line(line)) is None:
        return None
    heard = hear(spec, frame)
    return show(heard) if heard.row else None


def join_messages(frames: Iterable[log.Frame]) -> Iterator[log.Frame]:
    """Yield the frames, and each message as one more after its last packet."""
    transfers: defaultdict[str | None, Reassembly] = defaultdict(Reassembly)
    for frame in frames:
        yield frame
        if not frame.is_id:
            continue
        now = time.monotonic() if frame.time is None else frame.time
        identifier = split(frame.number)
        if message := transfers[frame.channel].hear(identifier, frame.data, now):
            can_id = message.can_id & (1 << 26) - 1 | identifier.priority << 26
            yield frame._replace(number=can_id, data=message.data)


def choose(all_heard: Iterable[Heard], options: Options, dgns: set[int]) -> Iterator[Heard]:
    """Yield what passes the filters."""
    last: dict[tuple[str | None, bool, int, bytes], bytes] = {}
    for heard in all_heard:
        frame, identifier, row = heard
        if (
            (row is None) != options.unknown
            or (dgns and identifier.dgn not in dgns)
            or (options.source and not (frame.is_id and identifier.source in options.source))
            or (options.instance and heard.instance not in options.instance)
        ):
            continue
        if options.changed:
            part = frame.data[row.key_slice] if row else b""
            key = frame.channel, frame.is_id, frame.number, part
            before, last[key] = last.pop(key, None), frame.data
            if before == frame.data:
                continue
            if len(last) > MOST_REMEMBERED:
                del last[next(iter(last))]
        yield heard


def frames(options: Options, sink: BinaryIO) -> Iterator[log.Frame]:
    """Yield the frames that were asked for; flush the sink before waiting for more."""
    if options.interface and options.channel:
        with log.connect(options.interface, options.channel, options.bitrate) as bus:
            for frame in log.listen(bus):
                yield frame
                sink.flush()
    elif options.files:
        yield from chain.from_iterable(map(log.read_file, options.files))
    else:
        for lines in log.read_lines(sys.stdin.buffer):
            yield from filter(None, map(log.read_line, lines))
            sink.flush()


def print_chosen(spec: Spec, options: Options, dgns: set[int], sink: BinaryIO) -> None:
    """Write a line for each frame that was asked for; counts of unknown DGNs go to stderr."""
    counts: Counter[int] = Counter()
    source = frames(options, sink)
    if options.messages:
        source = join_messages(source)
    try:
        for heard in choose((hear(spec, frame) for frame in source), options, dgns):
            counts[heard.identifier.dgn] += 1
            line = write(heard) if options.text else json.dumps(show_fully(heard))
            sink.write(line.encode() + b"\n")
    finally:
        sink.flush()
        if options.unknown:
            for dgn, count in counts.most_common():
                print(f"{dgn:5X} {count}", file=sys.stderr)


def answer_lines(spec: Spec, sink: BinaryIO) -> None:
    """Write one line for each line read, as soon as it has come."""
    for lines in log.read_lines(sys.stdin.buffer):
        out = "".join(json.dumps(decode(spec, line)) + "\n" for line in lines)
        sink.write(out.encode("ascii"))
        sink.flush()


def main() -> None:
    """Do what the command line asks for."""
    read = parser()
    options = read.parse_args(namespace=Options())
    if (options.interface is None) != (options.channel is None):
        read.error("--interface and --channel go together")
    if options.interface and options.files:
        read.error("either files or --interface")
    if options.bitrate is not None and not options.interface:
        read.error("--bitrate is for --interface")
    try:
        spec = table.load(chassis=options.chassis, own=options.table)
        dgns = {canonical(table.find(spec, word)) for word in options.dgn}
    except (SpecError, LookupError) as problem:
        read.error(str(problem))
    if options.line_for_line:
        answer_lines(spec, sys.stdout.buffer)
        return
    try:
        print_chosen(spec, options, dgns, sys.stdout.buffer)
    except log.LogError as problem:
        read.error(str(problem))


if __name__ == "__main__":
    run(main)
