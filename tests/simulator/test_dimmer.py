"""DC_DIMMER_COMMAND_2 in, DC_DIMMER_STATUS_3 out."""

import pytest

from tests.simulator.stage import Stage

COMMAND, STATUS = 0x1FEDB, 0x1FEDA


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("19FFC800FF00FFFF", "197CC8FCFF0004FF"),  # captured on the 2021 Aspire: level 100 %
        ("19FF3200FF00FFFF", "197C32FCFF0004FF"),  # captured: 25 %
        ("19FF0000FF00FFFF", "197C00FCFF0000FF"),  # captured: off
        ("19FFC802FF00FFFF", "197CC8FCFF0204FF"),  # on, delay none (captured on channel 46)
        ("19FF6401FF00FFFF", "197CC8FCFF0104FF"),  # on for good: always to 100 %
        ("1BFFC803FF00FFFF", "1B7C00FCFF0300FF"),  # off
        ("19FFFA05FF00FFFF", "197CC8FCFF0504FF"),  # toggle (captured on channel 36)
        ("1BFFFA05FF00FFFF", "1B7C00FCFF0500FF"),  # and back
        ("1BFFFB06FF00FFFF", "1B7C00FCFF0600FF"),  # to memory, then off
        ("19FFFF00FF00FFFF", "197C00FCFF0000FF"),  # no level: nothing but an answer
        ("19FFD200FF00FFFF", "197C00FCFF0000FF"),  # 210 is no level
    ],
)
def test_command_is_answered_by_the_status_in_60_ms(
    stage: Stage, command: str, status: str
) -> None:
    stage.send(COMMAND, command)
    ((delay, payload),) = stage.answers(STATUS, seconds=1)
    assert payload == status
    assert 0.02 <= delay <= 0.06


def test_unknown_code_unknown_instance_and_instance_zero_are_silent(stage: Stage) -> None:
    for command in ("19FFC863FF00FFFF", "C8FFC800FF00FFFF", "0000C800FF00FFFF", "19"):
        stage.send(COMMAND, command)
    assert stage.answers(STATUS, seconds=1) == []


def test_module_of_each_channel(stage: Stage) -> None:
    for command in ("26FF6400FF00FFFF", "27FF6400FF00FFFF"):
        stage.send(COMMAND, command)
    stage.run(0.1)
    assert {(source, data[0]) for _, source, data in stage.sent(STATUS)} == {(0x8E, 38), (0x8F, 39)}


def test_ramp_says_ramping_once_then_the_level(stage: Stage) -> None:
    stage.send(COMMAND, "19FF6411FF0014FF")
    assert stage.answers(STATUS, seconds=1.9)[0][1] == "197CFBFCFF1104FF"
    assert stage.answers(STATUS, seconds=0.3)[-1][1] == "197C64FCFF1104FF"
    assert len(list(stage.sent(STATUS))) == 2


def test_ramp_time_serves_the_plain_codes_too(stage: Stage) -> None:
    stage.send(COMMAND, "19FF6400FF000AFF")
    assert stage.last(STATUS) == "197CFBFCFF0004FF"
    assert stage.last(STATUS, seconds=1.2) == "197C64FCFF0004FF"


def test_load_is_off_while_it_ramps_to_zero(stage: Stage) -> None:
    stage.send(COMMAND, "1BFF0014FF00FFFF")
    assert stage.last(STATUS) == "1B7CFBFCFF1400FF"
    assert stage.last(STATUS, seconds=3) == "1B7C00FCFF1400FF"


def test_stop_holds_the_level_where_the_ramp_is(stage: Stage) -> None:
    stage.send(COMMAND, "1EFFC813FF0014FF")
    stage.run(1.0)
    stage.send(COMMAND, "1EFFFF04FF00FFFF")
    payload = stage.last(STATUS)
    assert payload == f"1E7C{stage.coach.dimmers[30].level:02X}FCFF0404FF"
    assert 95 <= stage.coach.dimmers[30].level <= 105


@pytest.mark.parametrize(
    ("code", "level"), [("12", 0), ("13", 200), ("14", 0), ("16", 0), ("11", 40)]
)
def test_ramp_codes_end_where_they_should(stage: Stage, code: str, level: int) -> None:
    wanted = "28" if code == "11" else "FF"
    stage.send(COMMAND, f"1BFF{wanted}{code}FF00FFFF")
    stage.run(3)
    assert stage.coach.dimmers[27].level == level


def test_ramp_toggle_returns_to_the_last_level(stage: Stage) -> None:
    for _ in range(2):
        stage.send(COMMAND, "1BFFFF12FF0005FF")
        stage.run(1)
    assert stage.coach.dimmers[27].level == 100


def test_ramp_up_stops_at_a_level_above(stage: Stage) -> None:
    stage.send(COMMAND, "1BFF9613FF0005FF")
    stage.run(1)
    stage.send(COMMAND, "1CFF9614FF0005FF")
    stage.run(1)
    assert stage.coach.dimmers[27].level == 150
    assert stage.coach.dimmers[28].level == 0


def test_up_and_down_until_stop(stage: Stage) -> None:
    stage.send(COMMAND, "19FF0015FF0014FF")
    assert stage.answers(STATUS, seconds=7)[-1][1] == "197CFBFCFF1504FF"
    stage.send(COMMAND, "19FF0004FF00FFFF")
    stage.run(0.1)
    assert stage.coach.dimmers[25].ramp is None


def test_duration_ends_by_itself(stage: Stage) -> None:
    stage.send(COMMAND, "19FFC8010300FFFF")
    assert stage.last(STATUS) == "197CC8FC030104FF"
    assert stage.last(STATUS, seconds=3.2) == "197C00FCFF0100FF"


def test_duration_zero_is_momentary(stage: Stage) -> None:
    stage.send(COMMAND, "19FFC8010000FFFF")
    assert [payload[4:6] for _, payload in stage.answers(STATUS, seconds=1)] == ["C8", "00"]


def test_delay_shows_the_time_left_and_then_acts(stage: Stage) -> None:
    stage.send(COMMAND, "19FFC8020200FFFF")
    assert stage.last(STATUS) == "197C00FC020200FF"
    assert stage.last(STATUS, seconds=2.2) == "197CC8FCFF0204FF"
    stage.send(COMMAND, "19FF0003F100FFFF")
    assert stage.last(STATUS) == "197CC8FCF00304FF"


def test_stop_forgets_a_delay_and_ends_a_duration(stage: Stage) -> None:
    stage.send(COMMAND, "19FFC8020200FFFF")
    stage.run(0.5)
    stage.send(COMMAND, "19FFC804FF00FFFF")
    stage.run(4)
    assert stage.coach.dimmers[25].level == 0
    stage.send(COMMAND, "19FFC8012D00FFFF")
    stage.run(0.5)
    stage.send(COMMAND, "19FFC804FF00FFFF")
    assert stage.last(STATUS) == "197C00FCFF0400FF"


def test_memories_and_scenes(stage: Stage) -> None:
    lamp = stage.coach.dimmers[27]
    stage.send(COMMAND, "1BFFF007FF00FFFF")  # scene 11 is 50 %
    stage.send(COMMAND, "1BFFFF06FF00FFFF")  # master memory is 50 %, off
    stage.send(COMMAND, "1BFF2800FF00FFFF")
    stage.run(0.1)
    for level, expected in (("FB", 100), ("00", 0), ("FA", 100), ("F0", 100), ("F1", 100)):
        stage.send(COMMAND, f"1BFF{level}00FF00FFFF")
        stage.run(0.1)
        assert lamp.level == expected


def test_flash_and_its_end(stage: Stage) -> None:
    stage.send(COMMAND, "19FFC831FF00FFFF")
    assert stage.last(STATUS) == "197CFCFCFF3104FF"
    stage.send(COMMAND, "19FFC804FF00FFFF")
    assert stage.last(STATUS) == "197C00FCFF0400FF"
    stage.send(COMMAND, "19FFC832FF00FFFF")
    assert stage.last(STATUS, seconds=2.2) == "197C00FCFF3200FF"


def test_locked_channel_ignores_levels(stage: Stage) -> None:
    stage.send(COMMAND, "19FFC821FF00FFFF")
    assert stage.last(STATUS) == "197C00FDFF2100FF"
    stage.send(COMMAND, "19FFC800FF00FFFF")
    assert stage.last(STATUS) == "197C00FDFF2100FF"
    stage.send(COMMAND, "19FFC822FF00FFFF")
    assert stage.last(STATUS) == "197C00FCFF2200FF"
    stage.send(COMMAND, "19FFC800FF00FFFF")
    assert stage.last(STATUS) == "197CC8FCFF0004FF"


def test_door_outputs_pulse(stage: Stage) -> None:
    for command, locked in (("0EFFC802FF00FFFF", True), ("11FFC801FF00FFFF", False)):
        stage.send(COMMAND, command)
        answers = stage.answers(STATUS, seconds=1)
        assert [payload[2:8] for _, payload in answers] == ["FFC8FC", "FF00FC"]
        assert stage.coach.door_locked is locked


@pytest.mark.parametrize(
    ("command", "count"),
    [
        ("FF7EC800FF00FFFF", 20),  # group 1: inside
        ("FF7DC800FF00FFFF", 28),  # group 2: all
        ("FF00C800FF00FFFF", 28),  # all groups
        ("FF86C801FF00FFFF", 20),  # node group 6, as a Firefly panel sends "all lights on"
        ("FF87C801FF00FFFF", 8),
        ("FFBFC801FF00FFFF", 0),
        ("FF7FC801FF00FFFF", 0),
        ("FFFFC801FF00FFFF", 0),
        ("FFC0C801FF00FFFF", 0),
    ],
)
def test_group_commands_reach_the_members(stage: Stage, command: str, count: int) -> None:
    stage.send(COMMAND, command)
    answers = stage.answers(STATUS)
    assert len(answers) == count
    assert {payload[4:6] for _, payload in answers} <= {"C8"}


def test_a_group_goes_to_what_its_lights_remember_of_a_scene(stage: Stage) -> None:
    """Scene 1 of group 1: the lights inside; the one outside knows no scenes."""
    stage.send(COMMAND, "FF7EE600FF00FFFF")
    stage.run(0.2)
    levels = {one: each.level for one, each in stage.coach.dimmers.items() if each.level}
    assert levels == {27: 40, 37: 60, 39: 120, 45: 100, 60: 200}
