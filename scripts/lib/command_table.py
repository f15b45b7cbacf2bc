"""docs/commands.md: every intent with its arguments and timing, and frames of real coaches."""

from itertools import groupby
import json
from typing import TYPE_CHECKING, TypedDict

from alone import ROOT, without_home_assistant

without_home_assistant()

from custom_components.coachiq.rvc import load_spec  # noqa: E402  after the line above
from custom_components.coachiq.rvc.intent import COMMANDS, LEFT_OUT  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from custom_components.coachiq.rvc import Field, Spec
    from custom_components.coachiq.rvc.command import Command

_FILE = ROOT / "tests" / "rvc" / "real_commands.json"
_MOST_WORDS = 9
_HEAD = """\
# Commands

This page is made from the tables by `scripts/docs`.

{intents} intents for {dgns} of the {commands} command DGNs of RV-C's 2023-11 revision. An intent
takes arguments, in the unit that stands here or as one of the words; those in brackets may be left
out. A value out of range is refused, never clamped. What is not asked for is sent as ones.

What is held is sent again every so many seconds. When that ends, the device stops by itself: after
the time that it lapses, where the specification gives one. What stops a device overtakes everything
else that waits to be sent. The least time between two frames is that of the DGN.
"""
_LEFT_OUT = """
## Without an intent

"""
_REAL = """
## Beside frames that real coaches obey

Of {frames} command frames that are known to work on coaches, {same} are what we send for the same
intent, to the byte. The others differ:

"""

# Of one frame: DGN, data, what it is for, our intent for the same, its arguments, why it differs.
type Sent = tuple[str, str, str, str | None, dict[str, float | str], list[str]]


class Group(TypedDict):
    """Frames from one source."""

    coach: str
    source: str
    sent: list[Sent]


class Real(TypedDict):
    """The whole of real_commands.json."""

    reasons: dict[str, str]
    frames: list[Group]


def real_commands() -> Real:
    """Read tests/rvc/real_commands.json."""
    read: Real = json.loads(_FILE.read_text("utf-8"))
    return read


def table() -> str:
    """Return docs/commands.md."""
    spec = load_spec()
    lines = [
        _HEAD.format(
            intents=len(COMMANDS),
            dgns=len({command.dgn for command in COMMANDS.values()}),
            commands=sum(row.kind == "command" for row in spec.rows.values()),
        )
    ]
    for device, commands in groupby(
        COMMANDS.values(), lambda command: command.intent.partition(".")[0]
    ):
        lines.append(f"\n## {device.replace('_', ' ')}\n\n| intent | DGN | takes | timing |\n")
        lines.append("|---|---|---|---|\n")
        lines += [
            f"| `{command.intent}` | {command.dgn} | {'; '.join(_takes(spec, command))}"
            f" | {_timing(command)} |\n"
            for command in commands
        ]
    lines.append(_LEFT_OUT)
    lines += [
        f"- {reason} {', '.join(names)}\n"
        for reason, names in groupby(LEFT_OUT, lambda name: LEFT_OUT[name])
    ]
    return "".join([*lines, *_real(spec)])


def _takes(spec: Spec, command: Command) -> Iterator[str]:
    row = spec.named(command.dgn)
    for name, argument in command.takes.items():
        shown = f"`{name}` {_limits(command.field(row, name))}"
        yield f"[{shown}]" if argument.optional else shown


def _limits(field: Field) -> str:
    """Return what a field takes, long lists of words by their ends."""
    words = list(dict.fromkeys(field.labels[raw] for raw in sorted(field.labels)))
    if len(words) > _MOST_WORDS:
        words = [f"{words[0]} … {words[-1]}"]
    if field.kind != "enum":
        low, high = field.physical(field.low), field.physical(field.high)
        words.insert(0, f"{low:.10g} to {high:.10g} {field.unit or ''}".strip())
    return ", ".join(words)


def _timing(command: Command) -> str:
    words = []
    if command.repeat is not None:
        words.append(f"held: every {command.repeat:g} s")
    if command.lapse is not None:
        words.append(f"lapses after {command.lapse:g} s")
    if command.stop is not None:
        words.append(f"`{command.stop}` stops it")
    if command.urgent:
        words.append("overtakes")
    return ", ".join(words)


def _real(spec: Spec) -> Iterator[str]:
    """Yield the lines on frames of real coaches, one for each intent that differs for a reason."""
    real = real_commands()
    sent = [frame for group in real["frames"] for frame in group["sent"]]
    yield _REAL.format(frames=len(sent), same=sum(not frame[5] for frame in sent))
    differing: dict[tuple[str, ...], dict[str, list[Sent]]] = {}
    for frame in sent:
        if frame[5]:
            differing.setdefault(tuple(frame[5]), {}).setdefault(frame[3] or "", []).append(frame)
    yield "| DGN | intent | frames | theirs, for instance | for | ours | why |\n"
    yield "|---|---|---|---|---|---|---|\n"
    for reasons, intents in differing.items():
        for intent, frames in intents.items():
            dgn, data, purpose, _, arguments, _ = frames[0]
            ours = ""
            if intent:
                ours = f"`{COMMANDS[intent].encode(spec, **arguments)[1].hex().upper()}`"
            yield (
                f"| {dgn} | {f'`{intent}`' if intent else 'none'} | {len(frames)} | `{data}`"
                f" | {purpose} | {ours} | {', '.join(reasons)} |\n"
            )
    yield "".join(f"\n- {reason}: {text}" for reason, text in real["reasons"].items()) + "\n"
