"""What the things say: real frames to values, and what is not believed of them."""

from collections.abc import Mapping

import pytest

from custom_components.coachiq.coach import Profile, ProfileRow, ThingId, label, number
from custom_components.coachiq.coach.decision import Decision
from custom_components.coachiq.rvc import Code, Value
from tests.coach.stage import Stage


def plain(values: Mapping[str, Value]) -> dict[str, Value]:
    """Return values with the words of codes in place of codes."""
    return {name: label(v) if isinstance(v, Code) else v for name, v in values.items()}


@pytest.mark.parametrize(
    ("family", "key", "frame", "expected"),
    [
        (  # carpenike/rvc2hass README (2021 Aspire): 0xC6 is 99 %
            "dimmer",
            30,
            "19FEDA8E#1E7CC6FCFF0404FF",
            {
                "level": 99.0,
                "load": "nonzero_or_flashing",
                "lock": "unlocked",
                "overcurrent": None,
                "undercurrent": "inactive",
                "on": True,
            },
        ),
        (  # rlust/RVC-HA fixes/home_assistant_mqtt_light_status_fix.md (2022 Aspire)
            "dimmer",
            46,
            "19FEDA8E#2E7C00FCFF0300FF",
            {
                "level": 0.0,
                "load": "level_zero",
                "lock": "unlocked",
                "overcurrent": None,
                "undercurrent": "inactive",
                "on": False,
            },
        ),
        (  # Backroads4Me/librecoach-node-red flows.json: locked at 0 %
            "dimmer",
            48,
            "19FEDA8A#307E00FDFF2100FF",
            {
                "level": 0.0,
                "load": "level_zero",
                "lock": "locked",
                "overcurrent": None,
                "undercurrent": "inactive",
                "on": False,
            },
        ),
        (  # spbrogan/rvc2mqtt tank_warmer.py (Keystone): all zeros behind the level
            "dc_load",
            34,
            "19FFBD80#2200C80000000000",
            {"level": 100.0, "current": None, "on": True},
        ),
        ("dc_load", 34, "19FFBD80#2200000000000000", {"level": 0.0, "current": None, "on": False}),
        (  # linuxkidd/rvc-proxy README (Tiffin)
            "ac_load",
            219,
            "19FFBF93#DBFF0060000BFFFF",
            {"level": 0.0, "current": None, "on": False},
        ),
        (  # rlust/RVC-HA mqtt_custom_component_solution.md: 5 of 28
            "tank",
            0,
            "19FFB780#00051CFFFFFFFFFF",
            {
                "relative_level": 5,
                "resolution": 28,
                "volume": None,
                "size": None,
                "level": 5 / 28 * 100,
            },
        ),
        (  # spbrogan/rvc2mqtt issue 28: 3 of 3
            "tank",
            20,
            "19FFB780#140303FFFFFFFFFF",
            {
                "relative_level": 3,
                "resolution": 3,
                "volume": None,
                "size": None,
                "level": 100.0,
            },
        ),
        (  # spbrogan/rvc2mqtt test/rvc_test.py:44
            "thermostat",
            2,
            "19FFE259#0215C84724472400",
            {
                "mode": "aux_heat",
                "fan_mode": "on",
                "schedule": "disabled",
                "fan_speed": 100.0,
                "heat": 17.21875,
                "cool": 17.21875,
            },
        ),
        (  # spbrogan/rvc2mqtt temperature.py
            "ambient",
            2,
            "19FF9C59#02F522FFFFFFFFFF",
            {"temperature": 6.65625},
        ),
        (  # rlust/roc-mqtt-custom RVC_PROJECT_NOTES.md:192
            "air_conditioner",
            1,
            "19FFE159#0101FFFFC8C8FFFC",
            {"mode": "manual", "fan_speed": 100.0, "output": 100.0},
        ),
        (  # composed after RV-C 6.17
            "furnace",
            2,
            "19FFE459#02003200FFFFFFFF",
            {"mode": "automatic", "source": "combustion", "fan_speed": 25.0, "output": 0.0},
        ),
        (  # rlust/RVC-HA rvcstates.md:18
            "water_heater",
            1,
            "19FFF793#0102FFFF342CF00C",
            {
                "mode": "electric",
                "set_point": None,
                "temperature": 80.625,
                "burner": "off",
                "element": None,
                "ignition": "no_failure",
                "limit": None,
            },
        ),
        (  # spbrogan/rvc2mqtt water_heater.py:161: unmeasured temperatures as zeros
            "water_heater",
            1,
            "19FFF780#0100000000000000",
            {
                "mode": "off",
                "set_point": None,
                "temperature": None,
                "burner": "off",
                "element": "inactive",
                "ignition": "no_failure",
                "limit": "not_tripped",
            },
        ),
        (  # spbrogan/rvc2mqtt water_pump.py:35
            "water_pump",
            0,
            "19FFB380#0000000000000000",
            {
                "operation": "disabled",
                "pump": "not_running",
                "hookup": "no",
                "pressure": 0,
                "on": False,
            },
        ),
        (  # the same, enabled and running, pressure not measured
            "water_pump",
            0,
            "19FFB380#C5FFFFFFFFFFFFFF",
            {
                "operation": "enabled",
                "pump": "running",
                "hookup": "no",
                "pressure": None,
                "on": True,
            },
        ),
        (  # rlust/RVC-HA test_rvc_mqtt_sensors.sh:23
            "generator",
            0,
            "19FFDC93#00383B0000FFFFFF",
            {"status": "stopped", "on": False, "run_time": 15160, "load": None},
        ),
        (  # linuxkidd/rvc-proxy README
            "generator",
            0,
            "19FFDC93#005E010000FFFFFF",
            {"status": "stopped", "on": False, "run_time": 350, "load": None},
        ),
    ],
)
def test_a_frame_becomes_values(
    stage: Stage, family: str, key: int, frame: str, expected: dict[str, Value]
) -> None:
    stage.believe(frame)
    values = plain(stage.thing(family, key).values)
    # What its other DGNs tell of is not known.
    assert values == dict.fromkeys(values) | expected


@pytest.mark.parametrize("code", ["FB", "FC"])
def test_a_dimmer_that_is_ramping_or_flashing_keeps_its_last_number(
    stage: Stage, code: str
) -> None:
    stage.believe("19FEDA8A#307E64FCFF0104FF")
    stage.hear(f"19FEDA8A#307E{code}FCFF1104FF")
    assert stage.value("dimmer", 48, "level") == 50.0
    assert stage.value("dimmer", 48, "on") is True


def test_while_ramping_on_and_off_come_from_the_load_status(stage: Stage) -> None:
    stage.believe("19FEDA8A#307E00FCFF0300FF")
    stage.hear("19FEDA8A#307EFBFCFF1304FF")
    assert stage.value("dimmer", 48, "level") == 0.0
    assert stage.value("dimmer", 48, "on") is True
    stage.hear("19FEDA8A#307EFBFCFF1400FF")
    assert stage.value("dimmer", 48, "on") is False


def test_a_dimmer_first_heard_ramping_has_no_level_yet(stage: Stage) -> None:
    stage.believe("19FEDA8A#307EFBFCFF1304FF")
    assert stage.value("dimmer", 48, "level") is None
    assert stage.value("dimmer", 48, "on") is True
    assert stage.thing("dimmer", 48).last_level is None


@pytest.mark.parametrize(("level", "on"), [("00", False), ("01", True), ("FF", None)])
def test_without_a_load_status_the_level_tells_whether_it_is_on(
    stage: Stage, level: str, on: bool | None
) -> None:
    stage.believe(f"19FEDA8A#307E{level}FCFFFFFFFF")
    assert stage.value("dimmer", 48, "on") is on


@pytest.mark.parametrize("raw", ["FD", "FE", "FF"])
def test_no_special_code_becomes_a_level(stage: Stage, raw: str) -> None:
    stage.believe("19FEDA8A#307E64FCFF0104FF")
    stage.hear(f"19FEDA8A#307E{raw}FCFF0104FF")
    assert stage.value("dimmer", 48, "level") is None
    assert stage.value("dimmer", 48, "on") is True


def test_the_last_level_above_zero_is_remembered(stage: Stage) -> None:
    stage.believe("19FEDA8A#307E64FCFF0104FF")
    stage.hear("19FEDA8A#307E00FCFF0300FF")
    assert stage.value("dimmer", 48, "level") == 0.0
    assert stage.thing("dimmer", 48).last_level == 50.0


def test_a_load_whose_delay_is_active_keeps_its_last_number(stage: Stage) -> None:
    stage.believe("19FFBD80#0100640000000000")
    stage.hear("19FFBD80#0100FC0000000000")
    assert (stage.value("dc_load", 1, "level"), stage.value("dc_load", 1, "on")) == (50.0, True)


@pytest.mark.parametrize(
    ("raw", "amps"), [("0000", None), ("007D", 0.0), ("147D", 1.0), ("FFFF", None), ("80BB", 800.0)]
)
def test_current_of_a_load(stage: Stage, raw: str, amps: float | None) -> None:
    stage.believe(f"19FFBD80#0100C8000000{raw}")
    assert stage.value("dc_load", 1, "current") == amps


def test_five_steps_of_28(stage: Stage) -> None:
    stage.believe("19FFB780#00051CFFFFFFFFFF")
    assert stage.value("tank", 0, "level") == pytest.approx(17.857142857)


@pytest.mark.parametrize("frame", ["001D1C", "000500", "0005FF", "00FF1C"])
def test_a_tank_that_contradicts_itself_is_not_believed(stage: Stage, frame: str) -> None:
    stage.believe(f"19FFB780#{frame}FFFFFFFFFF")
    assert stage.value("tank", 0, "level") is None


def test_volumes_of_a_tank(stage: Stage) -> None:
    stage.believe("19FFB780#01020464009001FF")
    assert plain(stage.thing("tank", 1).values) == {
        "relative_level": 2,
        "resolution": 4,
        "volume": 100,
        "size": 400,
        "level": 50.0,
    }


@pytest.mark.parametrize(
    ("frame", "volts", "amps"),
    [
        # thomasonw/NMEA2000_socketCAN README: a regulator of priority 120.
        ("19FFFD80#01780D01AB913577", 13.45, 0.597),
        ("19FFFD80#01780E015D933577", 13.5, 0.163),
        # linuxkidd/rvc-proxy README: nothing flows.
        ("19FFFD42#0164020100943577", 12.9, 0.0),
        # spbrogan/rvc2mqtt dc_system.py:95: a voltmeter that fills the current with zeros.
        ("19FFFD80#0114060100000000", 13.1, None),
        ("19FFFD80#01140601FFFFFFFF", 13.1, None),
    ],
)
def test_voltage_and_current_of_a_battery(
    stage: Stage, frame: str, volts: float, amps: float | None
) -> None:
    stage.believe(frame)
    assert stage.value("dc_source", 1, "voltage") == pytest.approx(volts)
    assert stage.value("dc_source", 1, "current") == (amps and pytest.approx(amps))


def test_no_current_is_not_minus_zero(stage: Stage) -> None:
    stage.believe("19FFFD42#0164020100943577")
    assert str(stage.value("dc_source", 1, "current")) == "0.0"


@pytest.mark.parametrize(
    ("raw", "amps"),
    [
        (2_000_000_000 - 10_000_000, 10_000.0),
        (2_000_000_000 - 10_000_001, None),
        (2_000_000_000 + 10_000_000, -10_000.0),
        (2_000_000_000 + 10_000_001, None),
    ],
)
def test_no_battery_gives_more_than_10_000_amperes(
    stage: Stage, raw: int, amps: float | None
) -> None:
    stage.believe(f"19FFFD42#01640201{raw.to_bytes(4, 'little').hex()}")
    assert stage.value("dc_source", 1, "current") == amps


@pytest.mark.parametrize(
    ("direction", "empty", "full"), [("FC", 120, None), ("FD", None, 120), ("FF", None, None)]
)
def test_remaining_time_has_a_direction(
    stage: Stage, direction: str, empty: int | None, full: int | None
) -> None:
    stage.believe(f"19FFFC42#01644025967800{direction}")
    assert stage.value("dc_source", 1, "time_to_empty") == empty
    assert stage.value("dc_source", 1, "time_to_full") == full
    assert stage.value("dc_source", 1, "temperature") == 25.0
    assert stage.value("dc_source", 1, "state_of_charge") == 75.0


def test_three_dgns_make_one_battery(stage: Stage) -> None:
    stage.believe("19FFFD42#0164020100943577", "19FFFC42#01644025967800FC")
    stage.hear("19FFFB42#0164C26400FFFFFF")
    assert len(stage.added) == 1
    assert stage.value("dc_source", 1, "voltage") == pytest.approx(12.9)
    assert stage.value("dc_source", 1, "state_of_charge") == 75.0
    assert stage.value("dc_source", 1, "state_of_health") == 97.0
    assert stage.value("dc_source", 1, "capacity_remaining") == 100


@pytest.mark.parametrize(
    ("raw", "celsius"),
    [
        ("0000", None),  # -273 degC: all zeros
        ("2017", None),  # -88 degC: the disconnected channel 3 of the 2021 Aspire
        ("9F1A", None),  # just below -60 degC
        ("A01A", -60.0),
        ("602D", 90.0),
        ("612D", None),
        ("FFFF", None),
        ("FEFF", None),
        ("FDFF", None),
    ],
)
def test_no_air_is_colder_than_minus_60_or_hotter_than_90(
    stage: Stage, raw: str, celsius: float | None
) -> None:
    stage.believe("19FF9C59#02F522FFFFFFFFFF")
    stage.hear(f"19FF9C59#02{raw}FFFFFFFFFF")
    assert stage.value("ambient", 2, "temperature") == celsius


def test_a_short_frame_says_nothing_of_the_fields_that_it_leaves_out(stage: Stage) -> None:
    stage.believe("19FEDA8A#307EC8FCFF0104FF")
    stage.hear("19FEDA8A#307E64")
    assert plain(stage.thing("dimmer", 48).values) == {
        "level": 50.0,
        "load": "nonzero_or_flashing",
        "lock": "unlocked",
        "overcurrent": None,
        "undercurrent": "inactive",
        "on": True,
    }


def test_a_number_cut_in_half_is_left_out(stage: Stage) -> None:
    stage.believe("19FF9C59#02F522FFFFFFFFFF")
    stage.hear("19FF9C59#02F5")
    assert stage.value("ambient", 2, "temperature") == 6.65625


def test_a_longer_frame_tells_the_same(stage: Stage) -> None:
    stage.believe("19FEDA8A#307EC8FCFF0104FF")
    stage.changes.clear()
    stage.hear("19FEDA8A#307EC8FCFF0104FF0011223344")
    assert stage.changes == []
    assert stage.value("dimmer", 48, "level") == 100.0


def test_codes_have_words_and_numbers_have_none(stage: Stage) -> None:
    stage.believe("19FFE259#0215C84724472400")
    mode = stage.value("thermostat", 2, "mode")
    assert (label(mode), number(mode)) == ("aux_heat", None)
    assert (label(17.5), number(17.5)) == (None, 17.5)


def test_the_owner_decides_above_the_profile() -> None:
    profile = Profile(rows={("dimmer", 48): ProfileRow(kind="switch")})
    lamp = ThingId("house", "dimmer", (48,))
    assert Stage(profile).coach.kind(lamp) == "switch"
    decided = Stage(profile, decisions={"house-dimmer-48": Decision(kind="hidden")})
    decided.believe("19FEDA8A#307EC8FCFF0104FF")
    decided.coach.restore(lamp, answers=True, last_level=None)
    assert decided.coach.kind(lamp) == "hidden"
    assert lamp not in decided.coach.things
