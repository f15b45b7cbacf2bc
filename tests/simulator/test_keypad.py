"""A keypad that is pressed now and then, and whose lamps obey."""

from tests.simulator.stage import Stage

INPUT, LAMP, COMMAND = 0x1FFB8, 0x1FED7, 0x1FED9


def test_a_tap_and_then_a_hold() -> None:
    """Said again and again while it is held, and once when it is let go."""
    stage = Stage()
    stage.run(19.0)
    tap = stage.answers(INPUT, 11, seconds=10.0)
    assert {data for _, data in tap} == {"0B01FD02FFFFFFFF", "0B00FD02FFFFFFFF"}
    assert [data[2:4] for _, data in tap].count("00") == 1
    assert 0.2 < tap[-1][0] - tap[0][0] < 0.5
    stage.run(20.0)
    hold = stage.answers(INPUT, 11, seconds=10.0)
    assert hold[-1][1] == "0B00FD02FFFFFFFF"
    assert len(hold) > 6
    assert 1.7 < hold[-1][0] - hold[0][0] < 2.0


def test_a_press_lights_the_lamp() -> None:
    stage = Stage()
    stage.run(19.0)
    assert stage.last(LAMP, 11, seconds=10.0) == "0BFFC8FFFFFD02FF"


def test_lamps_obey() -> None:
    stage = Stage()
    stage.run(0.5)
    for command, answer in (
        ("0BFF64FFFFFF04FF", "0BFF64FFFFFD04FF"),
        ("0BFFFFFFFFFF03FF", "0BFF64FFFFFC03FF"),
        ("0BFFC8FFFFFF00FF", "0BFFC8FFFFFC03FF"),
    ):
        stage.send(COMMAND, command)
        assert stage.last(LAMP, 11) == answer
    stage.send(COMMAND, "0BFFFFFFFFFF77FF")
    assert stage.answers(LAMP, 11) == []
