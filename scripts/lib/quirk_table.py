"""docs/quirks.md: what some coaches do otherwise, who says so, and which models have it."""

from pathlib import Path

from alone import without_home_assistant

without_home_assistant()

from custom_components.coachiq.coach import read_shelf  # noqa: E402  after the line above
from custom_components.coachiq.coach.quirk import QUIRKS  # noqa: E402

_HEAD = """\
# Quirks

This page is made from the tables by `scripts/docs`.

What the coaches of one maker do otherwise than the specification, or than others. A profile names
those of its model (`quirks: [{first}]`, see [models of coach](profiles.md)); without its name
none is ever applied. Each is proven by the frames that its source has published.

| name | seen on | what is done otherwise | source | models |
|---|---|---|---|---|
"""


def table() -> str:
    """Return the page."""
    shipped = read_shelf(Path()).profiles.values()
    rows = (
        f"| `{name}` | {quirk.seen} | {quirk.done} | {quirk.source}"
        f" | {sum(name in profile.quirks for profile in shipped)} |"
        for name, quirk in QUIRKS.items()
    )
    return _HEAD.format(first=next(iter(QUIRKS))) + "\n".join(rows) + "\n"
