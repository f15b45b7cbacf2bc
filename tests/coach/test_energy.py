"""Power by its direction, and counters that never fall to zero and back."""

import pytest

from .stage import Stage

SOLAR = "19FE8280#01FFFFD2040000FF"  # 1234 kWh


@pytest.mark.parametrize(
    ("frame", "shown"),
    [
        # 12.5 V; 80 A come out of the battery, or go into it.
        ("19FFFD45#0178FA0080CC3677", (-1000, 0, 1000)),
        ("19FFFD45#0178FA0080D83477", (600, 600, 0)),
        ("19FFFD45#0178FA00FFFFFFFF", (None, None, None)),
    ],
)
def test_power_has_a_direction(
    stage: Stage, frame: str, shown: tuple[float | None, float | None, float | None]
) -> None:
    stage.believe(frame)
    names = ("power", "charging_power", "discharging_power")
    assert tuple(stage.value("dc_source", 1, name) for name in names) == shown


def test_a_counter_never_shows_zero(stage: Stage) -> None:
    """What fell to zero and came back would be 1,234 kWh of new energy to the statistics."""
    stage.believe(SOLAR)
    assert stage.value("solar", 1, "energy") == 1234
    stage.believe("19FE8280#01FFFF00000000FF")
    assert stage.value("solar", 1, "energy") is None
    stage.believe(SOLAR)
    assert stage.value("solar", 1, "energy") == 1234
