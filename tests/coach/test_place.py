"""Where the coach is, and when: unknown unless all of it is said, and can be."""

from datetime import UTC, datetime

import pytest

from .stage import Stage

HERE = "18FEF380#C0344A98802E1834"


@pytest.mark.parametrize(
    ("payload", "shown"),
    [
        ("1A0B18030E203805", datetime(2026, 11, 24, 19, 32, 56, tzinfo=UTC)),  # US Eastern
        ("1A0B18030E203816", datetime(2026, 11, 24, 12, 32, 56, tzinfo=UTC)),  # GMT+2
        ("1A0B18030E203800", datetime(2026, 11, 24, 14, 32, 56, tzinfo=UTC)),
        ("1A0B18030E2038FF", None),  # in no zone
        ("1A0B18030E20381A", None),  # in none that there is
        ("000603010E203805", None),  # Tiffin, from 93, 2018-03-21, with a zone: never set
        ("1A021E030E203805", None),  # the 30th of February
        ("1AFF18030E203805", None),  # in no month
    ],
)
def test_the_clock(stage: Stage, payload: str, shown: datetime | None) -> None:
    stage.believe(f"19FFFF80#{payload}")
    assert stage.value("clock", 0, "time") == (shown and shown.timestamp())


def test_no_place_without_a_fix(stage: Stage) -> None:
    stage.believe(HERE, "19FED380#002D0028401F09FB")
    gps = stage.thing("gps", 0)
    assert (gps.values["latitude"], gps.values["longitude"]) == (45.5, -122.6)
    stage.hear("19FED380#002D0028401F00F8")
    assert (gps.values["latitude"], gps.values["longitude"]) == (None, None)


@pytest.mark.parametrize("payload", ["00752B7D00752B7D", "0000000000000000"])
def test_zeros_are_no_place(stage: Stage, payload: str) -> None:
    """Neither the equator off Africa, nor what is on no map."""
    stage.believe("19FED380#002D0028401F09FB", f"18FEF380#{payload}")
    gps = stage.thing("gps", 0)
    assert (gps.values["latitude"], gps.values["longitude"]) == (None, None)
