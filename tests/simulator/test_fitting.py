"""What else is on the coach: it tells of itself, and obeys."""

import pytest

from tests.simulator.stage import Stage


@pytest.mark.parametrize(
    ("command", "payload", "status", "instance", "answer"),
    [
        (0x1FFD3, "01FCFFFFFFFFFFFF", 0x1FFD4, 1, "01004FFFFFFFFFFF"),  # no inverting
        (0x1FFD3, "01FFFFFFFFFFFFFF", 0x1FFD4, 1, "01015FFFFFFFFFFF"),  # nothing asked
        (0x1FFC5, "0100FFFFFFFFFFFF", 0x1FFC7, 1, "012001007D6400FF"),  # no charging
        (0x1FEB1, "0101FFFFFFFFFFFF", 0x1FEB3, 1, "010E010080FF02FF"),  # bulk
        (0x1FFD3, "01DFFFFFFFFFFFFF", 0x1FFD4, 1, "01015FFFFFFFFFFF"),  # shore power through
        (0x1FFD3, "017FFFFFFFFFFFFF", 0x1FFD4, 1, "01015FFDFFFFFFFF"),  # help from the generator
        (0x1FF95, "01FFFF1EFFFFFFFF", 0x1FF96, 1, "01C8C81EFFFFFFFF"),  # a breaker of 30 A
        (0x1FFAE, "01FFFFFFFFFFFFFF", 0x1FFAF, None, "D1FF00FFFFFFFFFF"),  # let black water out
        (0x1FFAE, "FF01FFFFFFFFFFFF", 0x1FFAF, None, "D4FF00FFFFFFFFFF"),  # or gray
        (0x1FDE4, "01C8FFFFFFFFFFFF", 0x1FDE5, 1, "0100C8FFFFFFFFFF"),  # open a valve
        (0x1FDD2, "01FDFFFF7022F2FF", 0x1FDD3, 1, "01F1A022702212FF"),  # light, 2.5 degC, AC
        (0x1FFB9, "0764FFFFC8FFFFFF", 0x1FFBB, 7, "0764C832C8FF00FF"),  # darker, bluer
        (0x1FDBC, "077FFFFFB80BFFFF", 0x1FDC2, 7, "0740FFFFB80BFFFF"),  # white of 3000 K
        (0x1FDBC, "07F4FFFFFFFFFFFF", 0x1FDC2, 7, "0704FFFFAC0DFFFF"),  # fade in four colors
        (0x1FFB0, "FDFFFFFFFFFFFFFF", 0x1FFB1, None, "F5FFFFFFFFFFFFFF"),  # fill
        (0x1FFB0, "FCFFFFFFFFFFFFFF", 0x1FFB1, None, "F0FFFFFFFFFFFFFF"),  # or do not
        (0x1FEFB, "01F7FFFFFFFFFFFF", 0x1FEFC, 1, "01D7C0244025FFFF"),  # heat the floor
        (0x1FEFB, "01FFE025FFFFFFFF", 0x1FEFC, 1, "01C3C024E025FFFF"),  # to 30 degC
        (0x1FE9E, "0146DFFFFFFFFFFF", 0x1FE9F, 1, "0146D4FFFFFFFFFF"),  # seen
        (0x1FEE4, "01FCFFFFFFFFFFFF", 0x1FEE5, 1, "01FCFF00FFFFFFFF"),  # unlock the door
        (0x1FEFF, "FDFFFFFFFFFFFFFF", 0x1FF80, None, "D1C016000700FFFF"),  # want power
        (0x1FEFF, "F7FFFFFFFFFFFFFF", 0x1FF80, None, "C0D016000700FFFF"),  # in the night, too
        (0x1FEFF, "7FFFFFFFFFFFFFFF", 0x1FF80, None, "C0C116000700FFFF"),  # by hand
        (0x1FEFF, "FFFCFFFFFFFF1EFF", 0x1FF80, None, "C000160007001EFF"),  # unlocked, half an hour
        (0x1FFA9, "0101FDFFFFFFFFFF", 0x1FFAA, 1, "0101FDFFFFFFFFFF"),  # the second source
        (0x1FFA9, "01FFFCFFFFFFFFFF", 0x1FFAA, 1, "0100FCFFFFFFFFFF"),  # by itself
        (0x1FEFD, "01F000FFFFFFFFFF", 0x1FEFE, 1, "01F00001F00014FF"),  # not to count
        (0x1FEFD, "02F4010150A014FF", 0x1FEFE, 2, "02F4010150A014FF"),  # at 40 %
        (0x1FECF, "01FCFFFFFFFFFFFF", 0x1FED0, 1, "01C00001FFFFFFFF"),  # disconnect
        (0x1FF9A, "0101FFC8FFFF64FF", 0x1FF9B, 1, "0101C8C8141464FF"),  # heat by the pump
        (0x1FEF8, "0002FDFFFFFFFFFF", 0x1FEFA, 0, "000205FDFFFFFFFF"),  # away, and quiet
        (0x1FE98, "01F1FFFFFFFFFFFF", 0x1FE99, 1, "01FFC1FFFFFFFFFF"),  # preheat the engine
        (0x1FFE3, "03FDFFC8FFFFFFFF", 0x1FFE4, 3, "030064C8FFFF00FF"),  # heat
        (0x1FEA6, "01DD96FFFFFFFFFF", 0x1FEA7, 1, "01DD96FCFFFFFFFF"),  # fan at 75 %
        (0x1FDD2, "01FFFFFFFFFF0FFF", 0x1FDD3, 1, "01F3A022802200FF"),  # no cooling
        (0x1FDD2, "41FFFFFFFFFF0FFF", 0x1FDD3, 0x41, "41F3A01F601F00FF"),  # nor freezing
    ],
)
def test_it_obeys_and_says_so_at_once(
    command: int, payload: str, status: int, instance: int | None, answer: str
) -> None:
    stage = Stage()
    stage.run(0.2)
    stage.send(command, payload)
    delay, said = stage.answers(status, instance)[0]
    assert said == answer
    assert delay <= 0.05


def test_a_command_for_another_instance_changes_nothing() -> None:
    stage = Stage()
    stage.run(0.2)
    stage.send(0x1FFD3, "02FCFFFFFFFFFFFF")
    assert stage.answers(0x1FFD4, 1) == []


def test_an_awning_has_a_light(stage: Stage) -> None:
    """A command to its light does not move it, nor the other way round."""
    stage.run(0.3)
    assert stage.last(0x1FEF3, seconds=5.2) == "01000000005CC8FF"
    stage.send(0x1FEF2, "01DFFFFFFFFF64FF")
    assert stage.last(0x1FEF3) == "01000000005D64FF"
    stage.send(0x1FEF2, "01CFFFFFFFFFFFFF")
    assert stage.last(0x1FEF3) == "01000000005C64FF"
