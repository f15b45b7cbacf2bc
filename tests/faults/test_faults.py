"""Each kind of adapter meets each fault: what is shown is true, and all comes back by itself.

`scripts/endurance faults` tries all of them and writes docs/faults.md; the tests try some.
"""

from collections.abc import Iterator
import json
import os
from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest

from custom_components.coachiq.bus import KINDS as ROWS
from tests.bus.wiring import our_threads
from tests.faults.faults import FAULTS, Fault
from tests.faults.kinds import KINDS, UNTRIED, Kind
from tests.faults.scene import CONNECTION, LIGHT, Scene

IN_VM = "SOCKETCAN_VM" in os.environ
ALL = "COACHIQ_FAULTS" in os.environ
LONGEST_RECOVERY = 5.0
# The fault that the first kind meets in a tenth of all.
FIRST = 3
UNTOUCHED = ["on"]
AWAY_AND_BACK = ["on", "unavailable", "unknown", "on"]
THERE_AT_LAST = ["unavailable", "unknown", "on"]


def cases() -> Iterator[tuple[Kind, Fault]]:
    """Return all that can be tried here, or a tenth: each kind once, and so most faults."""
    faults = list(FAULTS.values())
    for number, kind in enumerate(KINDS.values()):
        if kind.in_vm is not IN_VM:
            continue
        cannot = kind.end(Path()).cannot
        order = faults if ALL else [*faults[(FIRST + number) % len(faults) :], *faults]
        possible = [fault for fault in order if fault.name not in cannot]
        for fault in possible if ALL else possible[:1]:
            yield kind, fault


@pytest.mark.slow
@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case[0].name}-{case[1].name}")
async def test_a_fault_is_shown_and_overcome(
    hass: HomeAssistant,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    case: tuple[Kind, Fault],
) -> None:
    kind, fault = case
    # A minute otherwise.
    monkeypatch.setattr("custom_components.coachiq.bus.link.LONGEST_SILENCE", 2.0)
    scene = Scene(hass=hass, row=kind.row, end=kind.end(tmp_path), caplog=caplog)
    try:
        await scene.meet()
        if fault.at_start:
            await scene.close()
        scene.watch()
        await fault.befall(scene)
        took = await scene.recover()
        lost = await scene.lose()
        assert await scene.stop_leaves()
        await scene.close()
    finally:
        await scene.end.unplug()
    assert our_threads() == []
    *light, closed = scene.shown[LIGHT]
    *connection, _ = scene.shown[CONNECTION]
    assert closed == "unavailable"
    if ALL:
        result = {
            "kind": kind.name, "fault": fault.name, "light": light, "took": took, "lost": lost,
            "swept_away": scene.swept_away, "refused": scene.refused,
        }  # fmt: skip
        print(json.dumps(result))  # noqa: T201  # for the table
    assert lost == 0
    assert took <= LONGEST_RECOVERY
    if light == UNTOUCHED:
        assert connection == UNTOUCHED
        assert (scene.told("down"), scene.told("up")) == (0, 0)
    else:
        assert light == (THERE_AT_LAST if fault.at_start else AWAY_AND_BACK)
        assert connection == ["unavailable" if fault.at_start else "on", "off", "on"]
        assert (scene.told("down"), scene.told("up")) == (1, 1)


def test_no_row_is_forgotten() -> None:
    assert {kind.row for kind in KINDS.values()} | set(UNTRIED) == set(ROWS)


def test_the_page_has_every_kind_and_every_fault() -> None:
    page = (Path(__file__).parents[2] / "docs" / "faults.md").read_text("utf-8")
    parts = dict(part.split("\n", 1) for part in page.split("\n## ")[1:])
    assert set(parts) == {*KINDS, "Not tried"}
    for kind in KINDS:
        told = [line.split(" | ")[0].strip("| ") for line in parts[kind].splitlines()[3:]]
        assert told == list(FAULTS)
