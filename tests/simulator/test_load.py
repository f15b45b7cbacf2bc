"""Load commands in, load statuses out."""

import pytest

from tests.simulator.stage import Stage

AC_COMMAND, AC_STATUS = 0x1FFBE, 0x1FFBF
DC_COMMAND, DC_STATUS = 0x1FFBC, 0x1FFBD


def test_keystone_light_on_and_off(stage: Stage) -> None:
    stage.send(DC_COMMAND, "0100FA0001FF0000", source=0x44)
    ((delay, payload),) = stage.answers(DC_STATUS)
    assert payload == "0100C80000000000"
    assert 0.02 <= delay <= 0.06
    stage.send(DC_COMMAND, "0100FA0003FF0000", source=0x44)
    assert stage.last(DC_STATUS) == "0100000000000000"


def test_any_level_is_on(stage: Stage) -> None:
    stage.send(DC_COMMAND, "22FF01FF0000FFFF")
    assert stage.last(DC_STATUS) == "2200C80000000000"
    stage.send(DC_COMMAND, "22FF00FF0000FFFF")
    assert stage.last(DC_STATUS) == "2200000000000000"


@pytest.mark.parametrize(
    ("command", "level"),
    [
        ("01FFFAFF00FFFFFF", "C8"),  # level "toggle"
        ("01FFFBFF00FFFFFF", "C8"),  # level "memory"
        ("01FFFFFF05FFFFFF", "C8"),
        ("02FFFFFF06FFFFFF", "00"),
        ("02FFFFFF04FFFFFF", "00"),
        ("02FFFFFF00FFFFFF", "C8"),  # no level: stays
    ],
)
def test_dc_codes(stage: Stage, command: str, level: str) -> None:
    stage.send(DC_COMMAND, command)
    assert stage.last(DC_STATUS)[4:6] == level


def test_dc_load_does_not_ramp(stage: Stage) -> None:
    stage.send(DC_COMMAND, "01FFC8FF11FFFFFF")
    assert stage.answers(DC_STATUS) == []


def test_duration_momentary_and_delay(stage: Stage) -> None:
    stage.send(DC_COMMAND, "01FFC8FF0100FFFF")
    answers = stage.answers(DC_STATUS, seconds=2.5)
    assert [payload[4:6] for _, payload in answers] == ["C8", "00"]
    assert answers[1][0] > 2
    stage.send(DC_COMMAND, "01FFC8FF0202FFFF")
    assert stage.last(DC_STATUS) == "0100FC0002000000"
    assert stage.last(DC_STATUS, seconds=2.5) == "0100C80000000000"


def test_lock(stage: Stage) -> None:
    for command, level in (
        ("01FFC8FF21FFFFFF", "00"),
        ("01FFC8FF00FFFFFF", "00"),
        ("01FFC8FF22FFFFFF", "00"),
        ("01FFC8FF00FFFFFF", "C8"),
    ):
        stage.send(DC_COMMAND, command)
        assert stage.last(DC_STATUS)[4:6] == level


@pytest.mark.parametrize("command", ["0000C8FF00FFFFFF", "FF00C8FF00FFFFFF", "FF7EC8FF00FFFFFF"])
def test_all_dc_loads(stage: Stage, command: str) -> None:
    stage.send(DC_COMMAND, command)
    assert {payload for _, payload in stage.answers(DC_STATUS)} == {
        "0100C80000000000",
        "0200C80000000000",
        "2200C80000000000",
    }


def test_aqua_hot_as_captured(stage: Stage) -> None:
    stage.send(AC_COMMAND, "D2FFC8C000000000")
    ((delay, payload),) = stage.answers(AC_STATUS)
    assert payload == "D2FFC8C0000BFFFF"
    assert 0.02 <= delay <= 0.06
    stage.send(AC_COMMAND, "D4FF00C000000000")
    assert stage.last(AC_STATUS) == "D4FF00C0000BFFFF"
    assert not stage.coach.ac_loads[212].on


@pytest.mark.parametrize(("code", "on"), [("13", True), ("14", False), ("16", True), ("17", False)])
def test_ac_load_cannot_dim_but_knows_the_codes(stage: Stage, code: str, on: object) -> None:
    stage.send(AC_COMMAND, f"D2FFFFFF{code}FFFFFF")
    stage.run(0.1)
    assert stage.coach.ac_loads[210].on is on


def test_compressor_waits_and_two_of_them_shed_the_electric_element(stage: Stage) -> None:
    stage.run(12)
    assert stage.coach.ac_loads[213].powered
    assert stage.coach.ac_loads[212].powered
    stage.send(0x1FEF9, "0101FFFFFFFFFFFF")
    assert stage.last(AC_STATUS, 208, seconds=2)[:10] == "D0FFFC600A"
    assert stage.last(AC_STATUS, 208, seconds=12)[:10] == "D0FFC86000"
    assert stage.coach.ac_loads[212].level == 253
    stage.send(0x1FEF9, "0100FFFFFFFFFFFF")
    answers = stage.answers(AC_STATUS, seconds=2)
    assert {payload[:6] for _, payload in answers} == {"D0FF00", "D4FFC8"}
