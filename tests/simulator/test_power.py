"""Batteries, generator, tanks, water pump."""

import pytest

from tests.simulator.stage import Stage

GENERATOR_COMMAND, GENERATOR_STATUS = 0x1FFDA, 0x1FFDC
PUMP_COMMAND, PUMP_STATUS = 0x1FFB2, 0x1FFB3


def test_house_battery_charges_and_wobbles(stage: Stage) -> None:
    stage.run(10)
    house = [data for _, source, data in stage.sent(0x1FFFD) if source == 0x45]
    amps = [int.from_bytes(data[4:8], "little") - 2_000_000_000 for data in house]
    assert all(data[:2] == b"\x01\x78" for data in house)
    assert all(-60_000 < each < -20_000 for each in amps)  # mA, negative: into the battery
    assert len(set(amps)) > 15
    assert all(265 <= int.from_bytes(data[2:4], "little") <= 275 for data in house)


def test_two_senders_of_the_house_battery_differ(stage: Stage) -> None:
    stage.run(1)
    frames = {source: data for _, source, data in stage.sent(0x1FFFD) if data[0] == 1}
    assert frames[0x9C][1] == 20
    assert frames[0x45][1] == 120
    assert frames[0x9C][2] < frames[0x45][2]
    assert frames[0x9C][4:] == bytes(4)  # as captured: no ammeter, and zeros for it


def test_lamps_draw_current_and_lost_shore_discharges(stage: Stage) -> None:
    stage.run(2)
    charging = stage.coach.house.amps
    stage.send(0x1FEDB, "FF00C800FF00FFFF")
    stage.run(2)
    assert stage.coach.house.amps > charging + 20
    stage.coach.shore = False
    stage.run(2)
    assert stage.coach.house.amps > 30
    house = [data for _, source, data in stage.sent(0x1FFFC) if source == 0x45]
    assert house[0][7] == 0xFD  # time to full
    assert house[-1][7] == 0xFC  # time to empty


def test_full_battery_is_not_discharged_by_the_loads_on_shore(stage: Stage) -> None:
    stage.coach.house.charge = 99.9
    stage.run(5)
    assert stage.coach.house.amps < 0


def test_chassis_battery(stage: Stage) -> None:
    stage.run(1)
    assert {(source, data[:2]) for _, source, data in stage.sent(0x1FFFB) if data[0] == 2} == {
        (0x47, b"\x02\x28")
    }


def test_generator_starts_in_stages_and_counts_minutes(stage: Stage) -> None:
    stage.send(GENERATOR_COMMAND, "01FFFFFFFFFFFFFF")
    answers = stage.answers(GENERATOR_STATUS, seconds=6)
    stages = list(dict.fromkeys(payload[:2] for _, payload in answers))
    assert stages == ["01", "02", "03"]
    assert 0.02 <= answers[0][0] <= 0.06
    running = stage.answers(GENERATOR_STATUS, seconds=60)
    assert 55 <= len(running) <= 65
    assert running[-1][1] == "035F010000401601"
    stage.send(GENERATOR_COMMAND, "00FFFFFFFFFFFFFF")
    assert stage.last(GENERATOR_STATUS) == "005F010000FFFFFF"


@pytest.mark.parametrize(("command", "stages"), [("02", ["04", "00"]), ("03", ["01", "00"])])
def test_prime_and_preheat_end_stopped(stage: Stage, command: str, stages: list[str]) -> None:
    stage.send(GENERATOR_COMMAND, command + "FFFFFFFFFFFFFF")
    answers = stage.answers(GENERATOR_STATUS, seconds=4)
    assert list(dict.fromkeys(payload[:2] for _, payload in answers)) == stages


def test_generator_command_of_no_data_does_nothing(stage: Stage) -> None:
    stage.send(GENERATOR_COMMAND, "FFFFFFFFFFFFFFFF")
    stage.run(3)
    assert stage.coach.generator.stage == 0


def test_generator_charges_without_shore(stage: Stage) -> None:
    stage.coach.shore = False
    stage.send(GENERATOR_COMMAND, "01FFFFFFFFFFFFFF")
    stage.run(2)
    assert stage.coach.house.amps > 0
    stage.run(6)
    assert stage.coach.house.amps < 0


def test_pump_disable_and_enable(stage: Stage) -> None:
    stage.send(PUMP_COMMAND, "FCFFFFFFFFFFFFFF")
    ((delay, payload),) = stage.answers(PUMP_STATUS)
    assert payload[:2] == "00"
    assert 0.02 <= delay <= 0.06
    stage.send(PUMP_COMMAND, "01B80BAC0DFFFFFF")
    assert stage.last(PUMP_STATUS)[:2] == "01"
    assert (stage.coach.pump.setting, stage.coach.pump.regulator) == (3000, 3500)
    stage.send(PUMP_COMMAND, "FFFFFFFFFFFFFFFF")
    assert stage.last(PUMP_STATUS)[:2] == "01"
    stage.run(200)
    assert {data[0] for _, _, data in stage.sent(PUMP_STATUS)} == {0x00, 0x01, 0x05}


def test_disabled_pump_never_runs(stage: Stage) -> None:
    stage.send(PUMP_COMMAND, "00FFFFFFFFFFFFFF")
    stage.run(300)
    assert not stage.coach.pump.running
    assert {data[0] for _, _, data in stage.sent(PUMP_STATUS)} <= {0x00, 0x01}


def test_tanks_and_their_slow_flow(stage: Stage) -> None:
    stage.run(5)
    tanks = {data[0]: data.hex().upper() for _, _, data in stage.sent(0x1FFB7)}
    assert tanks == {
        0: "00051CFFFFFFFFFF",
        1: "01081CFFFFFFFFFF",
        2: "020B1CFFFFFFFFFF",
        3: "030203FFFFFFFFFF",
    }
    fresh, gray = stage.coach.tanks[0].level, stage.coach.tanks[2].level
    stage.run(150)
    assert stage.coach.tanks[0].level < fresh
    assert stage.coach.tanks[2].level > gray


def test_empty_tank_is_filled_and_full_one_dumped(stage: Stage) -> None:
    fresh, gray = stage.coach.tanks[0], stage.coach.tanks[2]
    fresh.level, gray.level = 1.0, 28.0
    fresh.flow(-0.1)
    gray.flow(0.1)
    assert (fresh.steps, gray.steps) == (25, 2)


def test_start_command_while_it_runs_changes_nothing(stage: Stage) -> None:
    for _ in range(2):
        stage.send(GENERATOR_COMMAND, "01FFFFFFFFFFFFFF")
        stage.run(6)
    assert stage.coach.generator.running
