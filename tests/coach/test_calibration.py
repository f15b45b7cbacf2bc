"""A tank's own scale."""

import pytest

from custom_components.coachiq.coach.calibration import Points, correct, is_scale
from custom_components.coachiq.coach.decision import Decision, read_decisions
from tests.coach.stage import Stage

RISING: Points = ((10.0, 0.0), (50.0, 30.0), (90.0, 100.0))
FALLING: Points = ((0.0, 100.0), (80.0, 20.0))


@pytest.mark.parametrize(
    ("points", "said", "real"),
    [
        (RISING, 10.0, 0.0),
        (RISING, 30.0, 15.0),
        (RISING, 50.0, 30.0),
        (RISING, 70.0, 65.0),
        (RISING, 90.0, 100.0),
        (RISING, 0.0, 0.0),
        (RISING, 100.0, 100.0),
        (FALLING, 40.0, 60.0),
        (FALLING, 100.0, 0.0),
        (((20.0, 10.0), (60.0, 50.0)), 10.0, 0.0),
        (((20.0, 10.0), (60.0, 50.0)), 100.0, 90.0),
    ],
)
def test_straight_between_the_points_and_beyond_within_the_tank(
    points: Points, said: float, real: float
) -> None:
    assert is_scale(points)
    assert correct(points, said) == real


def test_every_percent_stays_within_the_tank_and_in_order() -> None:
    shown = [correct(RISING, said / 2) for said in range(201)]
    assert shown == sorted(shown)
    assert (shown[0], shown[-1]) == (0.0, 100.0)


@pytest.mark.parametrize(
    "points",
    [
        (),
        ((50.0, 50.0),),
        ((10.0, 0.0), (10.0, 20.0)),
        ((10.0, 0.0), (50.0, 60.0), (90.0, 50.0)),
        ((-1.0, 0.0), (90.0, 50.0)),
        ((0.0, 0.0), (90.0, 101.0)),
    ],
)
def test_what_makes_no_scale_corrects_nothing(points: Points) -> None:
    assert not is_scale(points)
    stored = {"house-tank-0": {"calibration": [list(point) for point in points]}}
    assert read_decisions(stored)["house-tank-0"] == Decision()


def test_only_the_level_of_that_tank_is_corrected() -> None:
    stage = Stage(decisions={"house-tank-0": Decision(calibration=RISING)})
    stage.believe("19FFB79C#00326400FFFFFFFF", "19FFB79C#01326400FFFFFFFF")
    assert stage.value("tank", 0, "level") == 30.0
    assert stage.value("tank", 1, "level") == 50.0
    assert stage.value("tank", 0, "relative_level") == 50
    stage.hear("19FFB79C#00FF6400FFFFFFFF")
    assert stage.value("tank", 0, "level") is None
