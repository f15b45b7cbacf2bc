"""Thermostats, sensor channels, air conditioners, furnaces, water heater."""

import pytest

from tests.simulator.stage import Stage

ZONE_COMMAND, ZONE_STATUS = 0x1FEF9, 0x1FFE2
AMBIENT = 0x1FF9C
AC_COMMAND, AC_STATUS = 0x1FFE0, 0x1FFE1
FURNACE = 0x1FFE4
BOILER_COMMAND, BOILER_STATUS = 0x1FFF6, 0x1FFF7


def test_scene(stage: Stage) -> None:
    stage.run(6)
    zones = {data[0]: data.hex().upper() for _, _, data in stage.sent(ZONE_STATUS)}
    assert zones == {
        0: "000100E724E72400",
        1: "010000E724E72400",
        2: "020300E724E72400",
        3: "030000E724E72400",
        4: "040000E724E72400",
        5: "050200E724E72400",
        6: "060000E724E72400",
    }
    assert {data[0] for _, _, data in stage.sent(AMBIENT)} == set(range(6))
    assert {data[1:3] for _, _, data in stage.sent(AMBIENT) if data[0] == 3} == {b"\x20\x17"}


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("000100E724E724FF", "000100E724E72400"),  # worked example of the 2021 Aspire
        ("00C2FFFFFFFFFFFF", "000200E724E72400"),  # heat, schedule untouched (Tiffin panel)
        ("00DFC8FFFFFFFFFF", "0011C8E724E72400"),  # fan high
        ("00DF64FFFFFFFFFF", "001164E724E72400"),  # fan low
        ("00CFFFFFFFFFFFFF", "000100E724E72400"),  # fan auto
        ("00D464FFFFFFFFFF", "001464E724E72400"),  # fan only, low
        ("01FFFFFFFFFAFFFF", "010000F924F92400"),  # +1 degF: 73
        ("01FFFFFFFFF9FFFF", "010000D524D52400"),  # -1 degF: 71
        ("0201645125512500", "0201645125512500"),  # as a Keystone panel sends it
        ("0200FFAE19AE19FF", "020000E724E72400"),  # -67 degC is no set point
        ("037FFFFFFFFFFFFF", "034000E724E72400"),  # schedule on, mode 15 is none
    ],
)
def test_thermostat_command(stage: Stage, command: str, status: str) -> None:
    stage.send(ZONE_COMMAND, command)
    delays = [delay for delay, payload in stage.answers(ZONE_STATUS) if payload[:2] == command[:2]]
    assert any(0.02 <= delay <= 0.06 for delay in delays)
    found = [d.hex().upper() for _, _, d in stage.sent(ZONE_STATUS) if d[0] == int(command[:2], 16)]
    assert found[-1] == status


def test_fan_auto_clears_a_manual_speed(stage: Stage) -> None:
    stage.send(ZONE_COMMAND, "00DF64FFFFFFFFFF")
    stage.send(ZONE_COMMAND, "00CFFFFFFFFFFFFF")
    stage.run(0.1)
    assert stage.coach.zones[0].fan_speed == 0


def test_unknown_zone_is_silent(stage: Stage) -> None:
    before = stage.coach.zones[1].heat
    stage.send(ZONE_COMMAND, "A1C0008A24AE19FF")
    stage.send(ZONE_COMMAND, "01FFFF")
    stage.run(0.1)
    assert {data[0] for _, _, data in stage.sent(ZONE_STATUS)} <= set(range(7))
    assert stage.coach.zones[1].heat == before


def test_cooled_zone_nears_its_set_point_by_its_own_channel_in_small_steps(stage: Stage) -> None:
    began = {each: one.temperature for each, one in stage.coach.channels.items()}
    stage.run(50)
    front = [int.from_bytes(d[1:3], "little") for _, _, d in stage.sent(AMBIENT) if d[0] == 0]
    assert front == sorted(front, reverse=True)
    assert front[0] - front[-1] > 5
    assert stage.coach.channels[1].temperature < began[1]  # zone 2, Rear, cools as well
    assert stage.coach.channels[5].temperature > began[5]  # zone 1, Mid, is off: 31 degC outside
    assert stage.coach.channels[3].temperature == -88


def test_content_zone_stops_cooling(stage: Stage) -> None:
    stage.coach.channels[0].temperature = 21.9
    assert stage.last(AC_STATUS, 1, seconds=1)[:12] == "0100FFFF0000"
    assert stage.coach.zones[0].demand == 0


def test_fan_speeds(stage: Stage) -> None:
    stage.coach.channels[0].temperature = 21.9
    stage.run(1)
    for command, fan in (("DF", "32"), ("D4", "64"), ("D0", "C8")):
        stage.send(ZONE_COMMAND, f"00{command}{fan}FFFFFFFFFF")
        stage.run(0.7)
    assert stage.coach.air_conditioners[1].fan == 0  # mode off
    stage.send(ZONE_COMMAND, "00D400FFFFFFFFFF")
    stage.run(0.7)
    assert stage.coach.air_conditioners[1].fan == 100


def test_air_conditioner_command_holds_a_second(stage: Stage) -> None:
    stage.send(AC_COMMAND, "0201FFFF6432FFFF", source=0x96)
    ((_, payload),) = stage.answers(AC_STATUS, 2)
    assert payload == "0201FFFF6432FFFC"
    assert stage.last(AC_STATUS, 2, seconds=2) == "0200FFFF0000FF00"


def test_air_conditioner_keeps_to_a_limit(stage: Stage) -> None:
    stage.send(AC_COMMAND, "0001C896FFFFFFFF")
    stage.run(3)
    unit = stage.coach.air_conditioners[1]
    assert (unit.max_fan, unit.max_output, unit.fan, unit.output) == (200, 150, 200, 150)
    assert stage.last(AC_STATUS, 1, seconds=5.2) == "0101C896C896FFFC"


def test_furnace_heats_its_zone_and_helps_the_roof_zone(stage: Stage) -> None:
    stage.coach.channels[0].temperature = 15.0
    stage.send(ZONE_COMMAND, "0302FFFFFFFFFFFF")
    assert stage.last(FURNACE, 3, seconds=1) == "030064C8FFFF00FF"
    stage.send(ZONE_COMMAND, "0300FFFFFFFFFFFF")
    assert stage.last(FURNACE, 3, seconds=1) == "03000000FFFF00FF"
    stage.send(ZONE_COMMAND, "0005FFFFFFFFFFFF")
    assert stage.last(FURNACE, 3, seconds=1) == "030064C8FFFF00FF"
    assert stage.coach.air_conditioners[1].output == 0
    warm = stage.coach.channels[0].temperature
    stage.run(20)
    assert stage.coach.channels[0].temperature > warm


@pytest.mark.parametrize("mode", range(5))
def test_water_heater_modes(stage: Stage, mode: int) -> None:
    stage.send(BOILER_COMMAND, f"01{mode:02X}000000000000")  # as the Keystone's owner sends it
    stage.run(1)
    assert stage.coach.water_heater.mode == min(mode, 3)
    assert stage.last(BOILER_STATUS, seconds=2.1)[:8] == f"01{min(mode, 3):02X}202C"


def test_water_heater_warms_up_and_rests(stage: Stage) -> None:
    assert stage.last(BOILER_STATUS, seconds=2.1)[12:] == "D10C"
    stage.coach.water_heater.temperature = 80.1
    assert stage.last(BOILER_STATUS, seconds=1)[12:] == "C00C"
    stage.send(BOILER_COMMAND, "00FF802BFFFFFFFF")
    assert stage.last(BOILER_STATUS)[4:8] == "802B"
    assert stage.coach.water_heater.set_point == 75
