"""Commands, to the byte, and what becomes of them."""

import pytest

from custom_components.coachiq.coach import FAMILY, Profile, ThingId, label
from custom_components.coachiq.coach.commands import COMMANDS
from custom_components.coachiq.coach.light_group import GROUP, Group
from custom_components.coachiq.error import BusError, CommandError
from custom_components.coachiq.rvc import EncodeError, Value
from tests.coach.stage import Stage

ON = "19FEDA8A#307EC8FCFF0004FF"
HALF = "19FEDA8A#307E64FCFF0004FF"
OFF = "19FEDA8A#307E00FCFF0300FF"
RAMPING = "19FEDA8A#307EFBFCFF0004FF"
VOLTS = "19FEFE80#01F40001F00014FF"
CHARGE = "19FEFE80#01F001013CA014FF"
SET_HALF = "19FEDB9E#30FF6400FF00FFFF"
SET_OFF = "19FEDB9E#30FF0003FF00FFFF"


@pytest.fixture
def stage() -> Stage:
    """Light 48 is off, and nobody has asked it anything yet."""
    stage = Stage()
    stage.ready()
    stage.believe(OFF)
    stage.changes.clear()
    return stage


def level(stage: Stage) -> Value:
    return stage.shown("dimmer", 48, "level")


def half(stage: Stage) -> None:
    stage.command("dimmer", 48, "set_level", level=50.0)


def answering(stage: Stage) -> None:
    """Let the light answer one command, so that it is known to answer."""
    half(stage)
    stage.hear(HALF)
    stage.hear(OFF)
    assert stage.thing("dimmer", 48).answers is True
    stage.clock.advance(1.0)
    stage.outcomes.clear()
    stage.wire.sent.clear()


# The dimmer's commands at instance 25 were captured on the 2021 Aspire (carpenike/coachiq).
@pytest.mark.parametrize(
    ("family", "intent", "instance", "arguments", "frame"),
    [
        ("dimmer", "set_level", 25, {"level": 100.0}, "19FEDB9E#19FFC800FF00FFFF"),
        ("dimmer", "set_level", 25, {"level": 25.0}, "19FEDB9E#19FF3200FF00FFFF"),
        ("dimmer", "set_level", 25, {"level": 0.0}, "19FEDB9E#19FF0000FF00FFFF"),
        ("dimmer", "set_level", 1, {"level": 0.5}, "19FEDB9E#01FF0100FF00FFFF"),
        ("dimmer", "set_level", 250, {"level": 50}, "19FEDB9E#FAFF6400FF00FFFF"),
        ("dimmer", "set_level", 25, {"level": 50, "ramp_time": 2.5}, "19FEDB9E#19FF6400FF0019FF"),
        ("dimmer", "turn_off", 25, {"ramp_time": 25.0}, "19FEDB9E#19FF0003FF00FAFF"),
        ("dimmer", "turn_on", 25, {}, "19FEDB9E#19FFC800FF00FFFF"),
        ("dimmer", "turn_on", 1, {}, "19FEDB9E#01FFC800FF00FFFF"),
        ("dimmer", "turn_on", 250, {}, "19FEDB9E#FAFFC800FF00FFFF"),
        ("dimmer", "turn_off", 25, {}, "19FEDB9E#19FF0003FF00FFFF"),
        ("dimmer", "turn_off", 250, {}, "19FEDB9E#FAFF0003FF00FFFF"),
        ("dc_load", "set_level", 1, {"level": 50.0}, "19FFBC9E#01FF64F300FFFFFF"),
        ("dc_load", "set_level", 250, {"level": 100.0}, "19FFBC9E#FAFFC8F300FFFFFF"),
        ("dc_load", "turn_on", 1, {}, "19FFBC9E#01FFC8F301FFFFFF"),
        ("dc_load", "turn_on", 34, {}, "19FFBC9E#22FFC8F301FFFFFF"),
        ("dc_load", "turn_off", 1, {}, "19FFBC9E#01FF00F303FFFFFF"),
        ("dc_load", "turn_off", 34, {}, "19FFBC9E#22FF00F303FFFFFF"),
        ("ac_load", "turn_on", 212, {}, "19FFBE9E#D4FFC8F300FFFFFF"),
        ("ac_load", "turn_on", 1, {}, "19FFBE9E#01FFC8F300FFFFFF"),
        ("ac_load", "turn_off", 212, {}, "19FFBE9E#D4FF00F300FFFFFF"),
        ("ac_load", "turn_off", 1, {}, "19FFBE9E#01FF00F300FFFFFF"),
        ("water_pump", "turn_on", 0, {}, "19FFB29E#FDFFFFFFFFFFFFFF"),
        ("water_pump", "turn_off", 0, {}, "19FFB29E#FCFFFFFFFFFFFFFF"),
        # No capture of these is published: by the layouts of RV-C, 2023-11.
        (
            "air_conditioner",
            "set",
            1,
            {"mode": "manual", "output": 100.0, "fan_speed": 50.0},
            "19FFE09E#0101FFFF64C8FFFF",
        ),
        ("furnace", "set", 1, {"mode": "manual", "output": 0.0}, "19FFE39E#01FDFF00FFFFFFFF"),
        ("heat_pump", "set", 1, {"mode": "automatic"}, "19FF9A9E#0100FFFFFFFFFFFF"),
        ("transfer_switch", "automatic", 1, {}, "19FFA99E#01FFFCFFFFFFFFFF"),
        ("transfer_switch", "primary", 1, {}, "19FFA99E#0100FDFFFFFFFFFF"),
        ("transfer_switch", "secondary", 2, {}, "19FFA99E#0201FDFFFFFFFFFF"),
        ("generator_demand", "override", 0, {}, "19FEFF9E#7FFFFFFFFFFFFFFF"),
        ("generator_demand", "end_override", 0, {}, "19FEFF9E#3FFFFFFFFFFFFFFF"),
        ("generator_demand", "lock", 0, {}, "19FEFF9E#FFFDFFFFFFFFFFFF"),
        ("generator_demand", "unlock", 0, {}, "19FEFF9E#FFFCFFFFFFFFFFFF"),
        (
            "generator_demand",
            "set",
            0,
            {"minimum_cycle_time": 30.0},
            "19FEFF9E#FFFFFFFFFFFF1EFF",
        ),
        ("indicator", "set_level", 11, {"level": 50.0}, "19FED99E#0BFF64FFFFFF04FF"),
        ("indicator", "turn_off", 250, {}, "19FED99E#FAFFFFFFFFFF01FF"),
        ("indicator", "both_off", 1, {}, "19FED99E#01FFFFFFFFFF01FF"),
        ("indicator", "only_led_1_on", 1, {}, "19FED99E#01FFFFFFFFFF02FF"),
        ("indicator", "only_led_2_on", 1, {}, "19FED99E#01FFFFFFFFFF03FF"),
        ("indicator", "both_on", 1, {}, "19FED99E#01FFFFFFFFFF04FF"),
        ("indicator", "flash_alternately", 1, {}, "19FED99E#01FFFFFFFFFF33FF"),
        ("floor_heat", "turn_on", 1, {}, "19FEFB9E#01F7FFFFFFFFFFFF"),
        ("floor_heat", "turn_off", 250, {}, "19FEFB9E#FAF3FFFFFFFFFFFF"),
        ("floor_heat", "set", 1, {"set_point": 25.0}, "19FEFB9E#01FF4025FFFFFFFF"),
        ("floor_heat", "set", 1, {"set_point": 25.0, "status": "on"}, "19FEFB9E#01F74025FFFFFFFF"),
        ("roof_fan", "turn_on", 1, {}, "19FEA69E#01FDFFFFFFFFFFFF"),
        ("roof_fan", "turn_off", 1, {}, "19FEA69E#01FCFFFFFFFFFFFF"),
        (
            "roof_fan",
            "set",
            1,
            {"status": "on", "speed_mode": "manual", "speed": 40.0},
            "19FEA69E#01DD50FFFFFFFFFF",
        ),
        ("roof_fan", "set", 2, {"direction": "air_in"}, "19FEA69E#02FFFFFDFFFFFFFF"),
        (
            "roof_fan",
            "set",
            2,
            {"status": "on", "speed_mode": "automatic"},
            "19FEA69E#02CDFFFFFFFFFFFF",
        ),
        ("autofill", "turn_on", 0, {}, "19FFB09E#FDFFFFFFFFFFFFFF"),
        ("autofill", "turn_off", 0, {}, "19FFB09E#FCFFFFFFFFFFFFFF"),
        ("inverter", "turn_on", 1, {}, "19FFD39E#01FDFFFFFFFFFFFF"),
        ("inverter", "turn_off", 1, {}, "19FFD39E#01FCFFFFFFFFFFFF"),
        ("charger", "turn_on", 1, {}, "19FFC59E#0101FFFFFFFFFFFF"),
        ("charger", "turn_off", 1, {}, "19FFC59E#0100FFFFFFFFFFFF"),
        ("solar", "turn_on", 1, {}, "19FEB19E#0101FFFFFFFFFFFF"),
        ("solar", "turn_off", 1, {}, "19FEB19E#0100FFFFFFFFFFFF"),
        ("dc_disconnect", "turn_on", 1, {}, "19FECF9E#01FDFFFFFFFFFFFF"),
        ("dc_disconnect", "turn_off", 1, {}, "19FECF9E#01FCFFFFFFFFFFFF"),
        ("refrigerator", "turn_on", (1, 0), {}, "19FDD29E#01FFFFFFFFFF1FFF"),
        ("refrigerator", "turn_off", (1, 1), {}, "19FDD29E#41FFFFFFFFFF0FFF"),
        (
            "color_light",
            "set_level",
            7,
            {"level": 50.0, "red": 100.0, "green": 25.0, "blue": 0.0, "ramp_time": 1.0},
            "19FFB99E#0764C83200FFFF0A",
        ),
        (
            "color_light",
            "set_white",
            7,
            {"color_temperature": 3000},
            "19FDBC9E#077FFFFFB80BFFFF",
        ),
        ("color_light", "end_white", 7, {}, "19FDBC9E#073FFFFFFFFFFFFF"),
        ("color_light", "set_fade", 7, {"fade": "four_colors"}, "19FDBC9E#07F4FFFFFFFFFFFF"),
        ("color_light", "turn_off", 7, {}, "19FFB99E#0700FFFFFFFFFFFF"),
        ("valve", "open", 1, {}, "19FDE49E#01C8FFFFFFFFFFFF"),
        ("valve", "close", 2, {}, "19FDE49E#0200FFFFFFFFFFFF"),
        ("waste_dump", "open_black", 0, {}, "19FFAE9E#01FFFFFFFFFFFFFF"),
        ("waste_dump", "close_black", 0, {}, "19FFAE9E#00FFFFFFFFFFFFFF"),
        ("waste_dump", "open_gray", 0, {}, "19FFAE9E#FF01FFFFFFFFFFFF"),
        ("waste_dump", "close_gray", 0, {}, "19FFAE9E#FF00FFFFFFFFFFFF"),
        ("inverter", "enable_load_sense", 1, {}, "19FFD39E#01F7FFFFFFFFFFFF"),
        ("inverter", "disable_load_sense", 1, {}, "19FFD39E#01F3FFFFFFFFFFFF"),
        ("inverter", "enable_pass_through", 1, {}, "19FFD39E#01DFFFFFFFFFFFFF"),
        ("inverter", "disable_pass_through", 1, {}, "19FFD39E#01CFFFFFFFFFFFFF"),
        ("inverter", "enable_generator_support", 1, {}, "19FFD39E#017FFFFFFFFFFFFF"),
        ("inverter", "disable_generator_support", 1, {}, "19FFD39E#013FFFFFFFFFFFFF"),
        ("charger", "set", 1, {"share_limit": 40.0}, "19FF959E#0150FFFFFFFFFFFF"),
        ("charger", "set", 1, {"shore_limit": 30.0}, "19FF959E#01FFFF1EFFFFFFFF"),
        ("refrigerator", "set", (1, 0), {"set_point": 4.0}, "19FDD29E#01FFFFFFA022FFFF"),
        ("refrigerator", "set", (1, 0), {"fuel_source": "ac"}, "19FDD29E#01FFFFFFFFFFF2FF"),
        ("refrigerator", "light_on", (1, 0), {}, "19FDD29E#01FDFFFFFFFFFFFF"),
        ("refrigerator", "light_off", (1, 0), {}, "19FDD29E#01FCFFFFFFFFFFFF"),
        (
            "thermostat",
            "select_schedule",
            3,
            {"schedule_chosen": "away"},
            "19FEF89E#0302FFFFFFFFFFFF",
        ),
        ("thermostat", "reduce_noise", 3, {}, "19FEF89E#03FFFDFFFFFFFFFF"),
        ("thermostat", "allow_noise", 3, {}, "19FEF89E#03FFFCFFFFFFFFFF"),
        ("water_heater", "start_preheat", 1, {}, "19FE989E#01F1FFFFFFFFFFFF"),
        ("water_heater", "end_preheat", 1, {}, "19FE989E#01F0FFFFFFFFFFFF"),
        ("water_heater", "set_mode", 1, {"mode": "combustion"}, "19FFF69E#0101FFFFFFFFFFFF"),
        ("water_heater", "set_point", 1, {"set_point": 60.0}, "19FFF69E#01FFA029FFFFFFFF"),
        ("door", "lock", 1, {}, "19FEE49E#01FDFFFFFFFFFFFF"),
        ("door", "unlock", 1, {}, "19FEE49E#01FCFFFFFFFFFFFF"),
        ("alarm", "acknowledge", (1, 70), {}, "19FE9E9E#0146DFFFFFFFFFFF"),
        # The time of a frame that another project tests with (tests/rvc/real_frames.json).
        (
            *("clock", "set", 0),
            {
                "year": 2024,
                "month": 6,
                "day": 8,
                "day_of_week": 1,
                "hour": 5,
                "minute": 48,
                "second": 30,
                "zone": 0,
            },
            "19FFFE9E#1806080105301E00",
        ),
        ("generator", "turn_on", 0, {}, "19FFDA9E#01FFFFFFFFFFFFFF"),
        ("generator", "turn_off", 0, {}, "19FFDA9E#00FFFFFFFFFFFFFF"),
        ("generator_demand", "turn_on", 0, {}, "19FEFF9E#FDFFFFFFFFFFFFFF"),
        ("generator_demand", "turn_off", 0, {}, "19FEFF9E#FCFFFFFFFFFFFFFF"),
        ("generator_demand", "override_quiet_time", 0, {}, "19FEFF9E#F7FFFFFFFFFFFFFF"),
        ("generator_demand", "keep_quiet_time", 0, {}, "19FEFF9E#F3FFFFFFFFFFFFFF"),
        # A zone that has said nothing yet: only what is asked for.
        ("thermostat", "set_zone", 0, {"mode": "cool"}, "19FEF99E#00F1FFFFFFFFFFFF"),
        ("awning", "turn_light_on", 1, {}, "19FEF29E#01DFFFFFFFFFFFFF"),
        ("awning", "turn_light_off", 1, {}, "19FEF29E#01CFFFFFFFFFFFFF"),
        ("awning", "set_light_level", 1, {"level": 50}, "19FEF29E#01DFFFFFFFFF64FF"),
        ("awning", "turn_secondary_light_on", 1, {}, "19FEF29E#017FFFFFFFFFFFFF"),
        ("awning", "turn_secondary_light_off", 1, {}, "19FEF29E#013FFFFFFFFFFFFF"),
        ("awning", "set_secondary_light_level", 1, {"level": 50}, "19FEF29E#017FFFFFFFFFFF64"),
        ("light_group", "set_level", 1, {"level": 25, "ramp_time": 2}, "19FEDB9E#FF7E3200FF0014FF"),
        ("light_group", "turn_off", 1, {}, "19FEDB9E#FF7E0003FF00FFFF"),
        ("thermostat", "set_zone", 6, {"fan_mode": "on"}, "19FEF99E#06DFFFFFFFFFFFFF"),
        ("thermostat", "set_zone", 250, {"heat": 22.22}, "19FEF99E#FAFFFFE724FFFFFF"),
        (
            "thermostat",
            "set_zone",
            2,
            {
                "mode": "aux_heat",
                "fan_mode": "auto",
                "schedule": "disabled",
                "fan_speed": 50.0,
                "heat": 15.53,
                "cool": 15.53,
            },
            # As a Keystone's panel sends it (spbrogan/rvc2mqtt hvac.py), but for its end.
            "19FEF99E#02056411241124FF",
        ),
    ],
)
def test_a_command_is_these_bytes(
    family: str,
    intent: str,
    instance: int | tuple[int, ...],
    arguments: dict[str, Value],
    frame: str,
) -> None:
    stage = Stage(Profile(groups={1: Group(name="All")}))
    key = (instance,) if isinstance(instance, int) else instance
    identity = ThingId("house", family, key)
    # With a light comes its group.
    for one in (identity, ThingId("house", "dimmer", (25,))):
        stage.coach.restore(one, answers=None, last_level=None)
    stage.coach.command(stage.coach.things[identity], intent, stage.outcomes.append, **arguments)
    assert stage.wire.frames == [frame]
    assert stage.wires["chassis"].frames == []


@pytest.mark.parametrize(
    ("told", "intent", "arguments", "frame"),
    [
        (VOLTS, "turn_on", {}, "19FEFD9E#01F400FFFFFFFFFF"),
        (VOLTS, "turn_off", {}, "19FEFD9E#01F000FFFFFFFFFF"),
        (VOLTS, "set_voltage", {"dc_voltage_threshold": 11.5}, "19FEFD9E#01F40001E60014FF"),
        (
            CHARGE,
            "set_charge",
            {"state_of_charge_start_threshold": 40.0},
            "19FEFD9E#01F0010150A014FF",
        ),
    ],
)
def test_a_criterion_is_sent_whole_and_asked_for(
    stage: Stage, told: str, intent: str, arguments: dict[str, Value], frame: str
) -> None:
    """Its command is answered by another DGN (6.35.6): what became of it is to be asked for."""
    stage.believe(told)
    stage.command("ags_criterion", 1, intent, **arguments)
    stage.clock.advance(0.1)
    assert stage.wire.frames == [frame, "18EAFF9E#FEFE01FFFFFFFFFF"]


def test_a_criterion_of_no_known_type_is_not_changed(stage: Stage) -> None:
    identity = ThingId("house", "ags_criterion", (1,))
    stage.coach.restore(identity, answers=None, last_level=None)
    with pytest.raises(EncodeError):
        stage.command("ags_criterion", 1, "turn_on")


def test_every_row_of_commands_names_a_family_and_has_a_test_above() -> None:
    tested = {
        mark.args[1][row][:2]
        for mark in test_a_command_is_these_bytes.pytestmark  # type: ignore[attr-defined]  # pytest
        for row in range(len(mark.args[1]))
    } | {
        ("ags_criterion", row[1])
        for mark in test_a_criterion_is_sent_whole_and_asked_for.pytestmark  # type: ignore[attr-defined]  # pytest
        for row in mark.args[1]
    }
    assert tested == set(COMMANDS)
    assert {family for family, _ in COMMANDS} <= {*FAMILY, GROUP.key}


def test_a_zone_is_sent_whole_with_72_degrees_fahrenheit(stage: Stage) -> None:
    # rlust/roc-mqtt-custom RVC_PROJECT_NOTES.md:226: zone 0 cools, fan automatic, 25.8 degC.
    stage.believe("19FFE259#0001005A255A2500")
    stage.command("thermostat", 0, "set_zone", heat=(72 - 32) / 1.8, cool=(72 - 32) / 1.8)
    assert stage.wire.frames == ["19FEF99E#000100E724E724FF"]
    assert stage.shown("thermostat", 0, "cool") == 22.21875
    stage.hear("19FFE259#0001005A255A2500")
    assert stage.outcomes == []
    stage.hear("19FFE259#000100E724E72400")
    assert stage.outcomes == [None]


def test_a_zone_keeps_what_is_not_asked_for(stage: Stage) -> None:
    stage.believe("19FFE259#0215C84724472400")
    stage.command("thermostat", 2, "set_zone", mode="off")
    assert stage.wire.frames == ["19FEF99E#0210C847244724FF"]
    assert label(stage.shown("thermostat", 2, "mode")) == "off"
    assert label(stage.value("thermostat", 2, "mode")) == "aux_heat"
    stage.hear("19FFE259#0210C84724472400")
    assert stage.outcomes == [None]
    assert label(stage.value("thermostat", 2, "mode")) == "off"


def test_two_commands_to_a_zone_before_it_answers_add_up(stage: Stage) -> None:
    stage.believe("19FFE259#0215C84724472400")
    stage.command("thermostat", 2, "set_zone", mode="off")
    stage.command("thermostat", 2, "set_zone", heat=22.22, cool=22.22)
    stage.clock.advance(0.1)
    assert stage.wire.frames[-1] == "19FEF99E#0210C8E724E724FF"


@pytest.mark.parametrize("answer", [HALF, RAMPING, "19FEDA8A#307EFCFCFF3104FF"])
def test_a_frame_that_agrees_or_is_on_its_way_there_confirms(stage: Stage, answer: str) -> None:
    half(stage)
    stage.clock.advance(0.04)
    stage.hear(answer)
    assert stage.outcomes == [None]
    assert stage.thing("dimmer", 48).answers is True
    stage.clock.advance(10.0)
    assert stage.wire.frames == [SET_HALF]


TIME = {"year": 2026, "month": 11, "day": 24, "hour": 23, "minute": 59, "second": 58}


@pytest.mark.parametrize(
    ("zone", "said", "agrees"),
    [
        ({"zone": 5}, "1A0B1803173B3A05", True),
        # The same time elsewhere, and two seconds later, the next day.
        ({"zone": 5}, "1A0B1904043B3B00", True),
        ({"zone": 5}, "1A0B190400000005", True),
        ({"zone": 5}, "1A0B190400000105", False),
        ({"zone": 5}, "1A0B1803173B3AFF", False),
        ({}, "1A0B1803173B3AFF", True),
        ({}, "1A0B1803173B3A09", True),
        ({}, "1A0B180316003A05", False),
    ],
)
def test_a_clock_may_be_two_seconds_off_and_has_a_second_to_tell(
    stage: Stage, zone: dict[str, int], said: str, agrees: bool
) -> None:
    stage.believe("19FFFF80#1A0B18030E051E05")
    stage.command("clock", 0, "set", **TIME, **zone)
    stage.clock.advance(1.2)
    assert len(stage.wire.frames) == 1
    stage.hear(f"19FFFF80#{said}")
    assert (stage.outcomes == [None]) is agrees


@pytest.mark.parametrize(("raw", "agrees"), [("60", True), ("68", True), ("5F", False)])
def test_a_level_may_be_two_percent_off(stage: Stage, raw: str, agrees: bool) -> None:
    half(stage)
    stage.hear(f"19FEDA8A#307E{raw}FCFF0004FF")
    assert (stage.outcomes == [None]) is agrees


def test_a_ramp_has_its_time(stage: Stage) -> None:
    """Levels on the way are no refusal, and nothing old is shown meanwhile."""
    answering(stage)
    stage.command("dimmer", 48, "set_level", level=50.0, ramp_time=10.0)
    for level in range(10, 100, 10):
        stage.clock.advance(1.0)
        stage.hear(f"19FEDA8A#307E{level:02X}FCFF0004FF")
        assert stage.outcomes == []
        assert level == 10 or stage.shown("dimmer", 48, "on") is True
    stage.clock.advance(1.0)
    stage.hear(HALF)
    assert stage.outcomes == [None]
    assert len(stage.wire.frames) == 1


def test_a_frame_that_says_the_same_as_before_confirms(stage: Stage) -> None:
    stage.command("dimmer", 48, "turn_off")
    stage.changes.clear()
    stage.hear(OFF)
    assert stage.outcomes == [None]


def test_a_frame_heard_while_the_command_waits_does_not_confirm(stage: Stage) -> None:
    stage.wire.blocked = True
    stage.coach.wanted("house", 0x1FEDA)
    half(stage)
    stage.hear(HALF)
    stage.hear(nak(1))
    assert stage.outcomes == []
    stage.wire.let_go()
    stage.clock.advance(0.3)
    stage.hear(HALF)
    assert stage.outcomes == [None]


def test_an_answer_read_before_the_report_that_it_left_confirms(stage: Stage) -> None:
    stage.wire.blocked = True
    half(stage)
    stage.clock.advance(0.01)
    stage.hear(HALF)
    assert stage.outcomes == [None]
    stage.wire.let_go()
    stage.clock.advance(5.0)
    assert stage.wire.frames == [SET_HALF]


def test_ramping_confirms_and_shows_what_was_commanded_until_there_is_a_number(
    stage: Stage,
) -> None:
    ramping, arrived = HALF.replace("64FC", "FBFC"), HALF
    half(stage)
    stage.hear(ramping)
    assert stage.outcomes == [None]
    assert stage.shown("dimmer", 48, "level") == 50.0
    stage.clock.advance(2.0)
    assert stage.shown("dimmer", 48, "level") == 0.0
    half(stage)
    stage.hear(ramping)
    stage.hear(arrived.replace("64FC", "32FC"))
    assert stage.shown("dimmer", 48, "level") == 25.0


def test_a_device_may_choose_the_speed_of_a_fan_that_is_left_to_it(stage: Stage) -> None:
    # Captured from the 2022 Entegra Aspire (rlust/roc-mqtt-custom): cool, fan auto, 50 %.
    stage.believe("19FFE29C#0001647E257E2500")
    stage.command("thermostat", 0, "set_zone", fan_mode="auto", fan_speed="automatic")
    assert stage.wire.frames[-1].endswith("#0001007E257E25FF")
    stage.hear("19FFE29C#0001647E257E2500")
    assert stage.outcomes == [None]


def test_what_is_worth_keeping_is_told(stage: Stage) -> None:
    stage.learnt.clear()
    stage.believe("19FFB780#010103FFFFFFFFFF")
    assert stage.learnt == [], "a tank's level is not set, so it need not be set again"
    half(stage)
    stage.hear(HALF)
    assert len(stage.learnt) == 2, "its level, and that it answers"
    stage.hear(HALF)
    assert len(stage.learnt) == 2


def test_a_frame_read_before_but_handed_on_after_it_left_does_not_confirm(stage: Stage) -> None:
    read = stage.clock.now()
    stage.clock.advance(0.01)
    half(stage)
    can_id, _, data = HALF.partition("#")
    stage.coach.receive("house", [(int(can_id, 16), bytes.fromhex(data))], read)
    assert stage.outcomes == []


def test_the_clock_starts_when_the_frame_has_left(stage: Stage) -> None:
    stage.wire.blocked = True
    half(stage)
    stage.clock.advance(3.0)
    assert stage.wire.frames == [SET_HALF]
    stage.wire.blocked = False
    stage.wire.let_go()
    stage.clock.advance(0.79)
    assert stage.wire.frames == [SET_HALF]
    stage.clock.advance(0.02)
    assert stage.wire.frames == [SET_HALF] * 2


def test_it_is_sent_once_more_after_800_ms_and_never_again(stage: Stage) -> None:
    began = stage.clock.now()
    half(stage)
    stage.clock.advance(60.0)
    assert [round(at - began, 3) for at, _ in stage.wire.sent] == [0.0, 0.8]
    assert stage.wire.frames == [SET_HALF] * 2


def test_the_second_sending_may_be_confirmed_too(stage: Stage) -> None:
    half(stage)
    stage.clock.advance(1.0)
    assert stage.outcomes == []
    stage.hear(HALF)
    assert stage.outcomes == [None]
    assert stage.thing("dimmer", 48).answers is True


def test_silence_of_a_thing_that_has_answered_before_is_an_error(stage: Stage) -> None:
    answering(stage)
    half(stage)
    stage.clock.advance(1.59)
    assert stage.outcomes == []
    stage.clock.advance(0.02)
    (error,) = stage.outcomes
    assert isinstance(error, CommandError)
    assert error.key == "not_answered"
    assert level(stage) == 0.0
    assert stage.thing("dimmer", 48).answers is True


def test_silence_of_a_thing_that_never_answered_is_no_error(stage: Stage) -> None:
    half(stage)
    stage.clock.advance(1.61)
    assert stage.outcomes == [None]
    assert stage.thing("dimmer", 48).answers is False
    assert level(stage) == 0.0


def test_a_thing_that_was_taken_for_mute_may_answer_later(stage: Stage) -> None:
    half(stage)
    stage.clock.advance(2.0)
    half(stage)
    stage.hear(HALF)
    assert stage.outcomes == [None, None]
    assert stage.thing("dimmer", 48).answers is True


def test_a_lamp_that_cannot_be_dimmed_did_enough_by_being_on(stage: Stage) -> None:
    answering(stage)
    half(stage)
    stage.clock.advance(0.05)
    stage.hear(ON)
    assert stage.outcomes == []
    stage.clock.advance(1.6)
    assert stage.outcomes == [None]
    assert level(stage) == 100.0
    assert stage.thing("dimmer", 48).answers is True


def test_a_lamp_that_stays_off_did_not(stage: Stage) -> None:
    answering(stage)
    half(stage)
    stage.clock.advance(0.05)
    stage.hear(OFF)
    stage.clock.advance(1.6)
    assert [error and error.key for error in stage.outcomes] == ["not_answered"]


def test_a_lamp_that_says_nothing_though_it_is_on_did_not(stage: Stage) -> None:
    answering(stage)
    stage.hear(ON)
    half(stage)
    stage.clock.advance(1.7)
    assert [error and error.key for error in stage.outcomes] == ["not_answered"]


def test_the_commanded_value_is_shown_until_the_answer(stage: Stage) -> None:
    half(stage)
    assert level(stage) == 50.0
    assert stage.shown("dimmer", 48, "on") is True
    assert stage.value("dimmer", 48, "level") == 0.0
    assert {"level", "on"} <= stage.changed_names("dimmer", 48)
    stage.hear("19FEDA8A#307E65FCFF0004FF")
    assert level(stage) == 50.5
    assert {"level", "on"} <= stage.changed_names("dimmer", 48)


def test_the_commanded_value_is_shown_for_two_seconds_at_most(stage: Stage) -> None:
    stage.wire.blocked = True
    half(stage)
    stage.clock.advance(1.99)
    assert level(stage) == 50.0
    stage.changes.clear()
    stage.clock.advance(0.02)
    assert level(stage) == 0.0
    assert {"level", "on"} <= stage.changed_names("dimmer", 48)
    assert stage.outcomes == []


def test_what_is_commanded_of_a_zone_is_shown_whole(stage: Stage) -> None:
    stage.believe("19FFE259#0215C84724472400")
    stage.changes.clear()
    stage.command("thermostat", 2, "set_zone", cool=22.22)
    assert "cool" in stage.changed_names("thermostat", 2)


def test_a_newer_command_replaces_an_older_without_an_error(stage: Stage) -> None:
    half(stage)
    stage.command("dimmer", 48, "turn_off")
    assert stage.outcomes == [None]
    assert level(stage) == 0.0
    stage.clock.advance(0.1)
    assert stage.wire.frames == [SET_HALF, SET_OFF]
    stage.hear(OFF)
    assert stage.outcomes == [None, None]
    stage.clock.advance(5.0)
    assert stage.wire.frames == [SET_HALF, SET_OFF]


def test_what_was_replaced_before_it_left_is_never_sent(stage: Stage) -> None:
    half(stage)
    stage.command("dimmer", 48, "set_level", level=10.0)
    stage.command("dimmer", 48, "set_level", level=20.0)
    stage.command("dimmer", 48, "turn_off")
    stage.clock.advance(0.5)
    assert stage.wire.frames == [SET_HALF, SET_OFF]


def test_a_second_sending_that_still_waits_is_taken_back_when_the_answer_comes(
    stage: Stage,
) -> None:
    half(stage)
    stage.clock.advance(0.5)
    stage.wire.blocked = True
    stage.coach.wanted("house", 0x1FFB7)
    stage.clock.advance(0.4)
    stage.hear(HALF)
    assert stage.outcomes == [None]
    stage.wire.blocked = False
    stage.wire.let_go()
    stage.clock.advance(1.0)
    assert stage.wire.frames == [SET_HALF, "18EAFF9E#B7FF01FFFFFFFFFF"]


def test_things_do_not_disturb_each_other(stage: Stage) -> None:
    stage.believe("19FEDA8A#317E00FCFF0300FF")
    half(stage)
    stage.command("dimmer", 49, "set_level", level=50.0)
    stage.clock.advance(0.1)
    stage.hear("19FEDA8A#317E64FCFF0004FF")
    assert stage.outcomes == [None]
    assert stage.shown("dimmer", 49, "level") == 50.0
    stage.clock.advance(2.0)
    assert stage.wire.frames.count(SET_HALF) == 2
    assert stage.wire.frames.count("19FEDB9E#31FF6400FF00FFFF") == 1


def test_a_new_command_may_follow_from_an_outcome(stage: Stage) -> None:
    thing = stage.thing("dimmer", 48)
    stage.coach.command(
        thing,
        "set_level",
        lambda _: stage.coach.command(thing, "turn_off", stage.outcomes.append),
        level=50.0,
    )
    stage.hear(HALF)
    stage.clock.advance(0.1)
    stage.hear(OFF)
    assert stage.wire.frames == [SET_HALF, SET_OFF]
    assert stage.outcomes == [None]


def test_a_bus_that_goes_down_ends_a_command(stage: Stage) -> None:
    half(stage)
    stage.clock.advance(0.1)
    stage.coach.bus_down("house")
    (error,) = stage.outcomes
    assert isinstance(error, BusError)
    assert (error.key, error.words) == ("bus_down", {"bus": "house"})
    assert level(stage) is None
    stage.coach.bus_up("house")
    stage.clock.advance(5.0)
    assert stage.wire.frames == [SET_HALF]
    assert len(stage.outcomes) == 1


def test_another_bus_that_goes_down_does_not(stage: Stage) -> None:
    half(stage)
    stage.coach.bus_down("chassis")
    assert stage.outcomes == []
    stage.hear(HALF)
    assert stage.outcomes == [None]


def test_a_frame_that_cannot_leave_is_an_error_at_once(stage: Stage) -> None:
    stage.wire.refusal = BusError("transmit_off", bus="house")
    half(stage)
    assert stage.outcomes == [stage.wire.refusal]
    assert level(stage) == 0.0
    stage.clock.advance(5.0)
    assert len(stage.outcomes) == 1


def test_a_frame_that_the_wire_gives_back_is_an_error(stage: Stage) -> None:
    stage.wire.blocked = True
    half(stage)
    stage.wire.let_go(BusError("not_sent", bus="house", problem="no buffer space"))
    assert [error and error.key for error in stage.outcomes] == ["not_sent"]
    stage.clock.advance(5.0)
    assert stage.wire.frames == [SET_HALF]


def test_a_report_of_leaving_after_the_end_is_ignored(stage: Stage) -> None:
    stage.wire.blocked = True
    half(stage)
    stage.coach.bus_down("house")
    stage.wire.blocked = False
    stage.wire.let_go()
    stage.clock.advance(5.0)
    assert stage.wire.frames == [SET_HALF]


@pytest.mark.parametrize("wrong", [200.0, -1.0, 125.0, "bright", float("nan")])
def test_an_argument_that_does_not_fit_raises_and_changes_nothing(
    stage: Stage, wrong: float | str
) -> None:
    stage.command("dimmer", 48, "turn_on")
    with pytest.raises(EncodeError):
        stage.command("dimmer", 48, "set_level", level=wrong)
    assert stage.outcomes == []
    stage.hear(ON)
    assert stage.outcomes == [None]


def test_a_removed_thing_has_no_command(stage: Stage) -> None:
    half(stage)
    stage.coach.remove(ThingId("house", "dimmer", (48,)))
    assert stage.outcomes == [None]
    stage.clock.advance(5.0)
    assert stage.wire.frames == [SET_HALF]


# Acknowledgements to us (18E89E): code, instance, bank, FF, acknowledged address, DGN 1FEDB.
def nak(code: int, instance: int = 48, to: int = 0x9E, whose: int = 0x9E) -> str:
    return f"18E8{to:02X}8A#{code:02X}{instance:02X}FFFF{whose:02X}DBFE01"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (1, "nak"),
        (2, "source not acceptable"),
        (3, "conditions not met"),
        (4, "bad format"),
        (5, "out of range"),
        (6, "password required"),
        (8, "user override"),
        (0x80, "command specific"),
    ],
)
def test_a_refusal_ends_the_command_at_once(stage: Stage, code: int, reason: str) -> None:
    half(stage)
    stage.clock.advance(0.02)
    stage.hear(nak(code))
    (error,) = stage.outcomes
    assert isinstance(error, CommandError)
    assert (error.key, error.words) == ("command_refused", {"reason": reason})
    assert level(stage) == 0.0
    assert stage.thing("dimmer", 48).answers is True
    stage.clock.advance(10.0)
    assert stage.wire.frames == [SET_HALF]


def test_a_plea_for_more_time_is_granted_five_seconds(stage: Stage) -> None:
    began = stage.clock.now()
    half(stage)
    stage.clock.advance(0.5)
    stage.hear(nak(7))
    stage.clock.advance(4.9)
    assert stage.outcomes == []
    assert stage.wire.frames == [SET_HALF]
    stage.clock.advance(0.2)
    assert [round(at - began, 3) for at, _ in stage.wire.sent] == [0.0, 5.5]
    stage.hear(HALF)
    assert stage.outcomes == [None]


def test_an_acknowledgement_alone_does_not_confirm(stage: Stage) -> None:
    half(stage)
    stage.hear(nak(0))
    assert stage.outcomes == []
    stage.clock.advance(0.81)
    assert stage.wire.frames == [SET_HALF] * 2


def test_a_refusal_without_an_instance_counts(stage: Stage) -> None:
    half(stage)
    stage.hear(nak(1, instance=255))
    assert [error and error.key for error in stage.outcomes] == ["command_refused"]


def test_a_refusal_to_all_that_names_us_counts(stage: Stage) -> None:
    half(stage)
    stage.hear(nak(1, to=0xFF))
    assert [error and error.key for error in stage.outcomes] == ["command_refused"]


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (nak(1, to=0x9D), "to another node"),
        (nak(1, to=0xFF, whose=0x9D), "to all, of another node's command"),
        (nak(1, whose=0x9D), "of another node's command"),
        (nak(1, instance=49), "of another instance"),
        ("18E89E8A#0130FFFF9EDAFE01", "of another DGN"),
        ("18E89E8B#0130FFFF9EDBFE01", "from another node"),
        ("18E89E8A#0130", "cut off"),
        ("18E89E8A#", "empty"),
    ],
)
def test_an_acknowledgement_of_something_else_is_ignored(
    stage: Stage, frame: str, why: str
) -> None:
    half(stage)
    stage.hear(frame)
    assert stage.outcomes == [], why
    stage.hear(HALF)
    assert stage.outcomes == [None]


def test_a_refusal_on_another_bus_is_ignored(stage: Stage) -> None:
    stage.ready("chassis")
    half(stage)
    stage.hear(nak(1), bus="chassis")
    assert stage.outcomes == []


@pytest.mark.parametrize("code", [100, 255])
def test_an_acknowledgement_without_a_meaning_is_ignored(stage: Stage, code: int) -> None:
    half(stage)
    stage.clock.advance(0.02)
    stage.hear(nak(code))
    assert stage.outcomes == []


def test_each_repetition_of_an_acknowledgement_counts(stage: Stage) -> None:
    half(stage)
    stage.hear(nak(1))
    half(stage)
    stage.clock.advance(0.1)
    stage.hear(nak(1))
    assert [error and error.key for error in stage.outcomes] == ["command_refused"] * 2


def test_a_pump_is_confirmed_by_being_enabled_not_by_running(stage: Stage) -> None:
    stage.believe("19FFB380#0000000000000000")
    stage.command("water_pump", 0, "turn_on")
    assert stage.shown("water_pump", 0, "on") is True
    stage.hear("19FFB380#0400000000000000")
    assert stage.outcomes == []
    stage.hear("19FFB380#0100000000000000")
    assert stage.outcomes == [None]


def test_a_load_is_confirmed_by_its_status(stage: Stage) -> None:
    # Keystone (spbrogan/rvc2mqtt light.py): 19FFBD80 0100C800.. follows the panel's command.
    stage.believe("19FFBD80#0100000000000000")
    stage.command("dc_load", 1, "turn_on")
    stage.hear("19FFBD80#0100C80000000000")
    assert stage.outcomes == [None]
