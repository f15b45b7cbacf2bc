"""What some coaches do otherwise, each by the frames that were published of it."""

from pathlib import Path

import pytest

from custom_components.coachiq.coach import Profile, ThingId, label, read_shelf
from custom_components.coachiq.coach.commands import COMMANDS, Command
from custom_components.coachiq.coach.mover import CLOSE, OPEN
from custom_components.coachiq.error import CommandError
from custom_components.coachiq.rvc import Code, Value
from tests.coach.stage import Stage
from tests.coach.test_interlock import ALLOWED, APPEAR, chassis

SHELF = read_shelf(Path("no-such-folder")).profiles

# Zone 0 is off, its fan by itself at 100 %, at 20 degC.
ZONE = "19FFE298#0000C860246024FF"


@pytest.mark.parametrize(
    ("arguments", "payload"),
    [
        ({"mode": "off"}, "00C0FFFFFFFFFFFF"),
        ({"mode": "cool"}, "00C1FFFFFFFFFFFF"),
        ({"mode": "heat"}, "00C2FFFFFFFFFFFF"),
        ({"fan_mode": "on", "fan_speed": 50.0}, "00DF64FFFFFFFFFF"),
        ({"fan_mode": "on", "fan_speed": 100.0}, "00DFC8FFFFFFFFFF"),
        ({"fan_mode": "auto", "fan_speed": "automatic"}, "00CFFFFFFFFFFFFF"),
        ({"mode": "fan_only", "fan_speed": 50.0}, "00D464FFFFFFFFFF"),
    ],
)
def test_tiffin_zones_are_told_only_what_changes(arguments: dict[str, Value], payload: str) -> None:
    """The frames of CoachProxy (linuxkidd/coachproxy-os, rv-c/thermostats.pl)."""
    stage = Stage(SHELF["tiffin_phaeton_40_ih_2018"])
    stage.ready()
    stage.believe(ZONE)
    stage.command("thermostat", 0, "set_zone", **arguments)
    assert stage.wire.frames == [f"19FEF99E#{payload}"]


def test_a_tiffin_zone_that_answers_confirms() -> None:
    stage = Stage(SHELF["tiffin_phaeton_40_ih_2018"])
    stage.ready()
    stage.believe(ZONE)
    stage.command("thermostat", 0, "set_zone", fan_mode="auto", fan_speed="automatic")
    stage.hear("19FFE298#0000C860246024FE")
    assert stage.outcomes == [None]
    stage.clock.advance(0.1)
    stage.command("thermostat", 0, "set_zone", mode="fan_only")
    assert stage.wire.frames[-1] == "19FEF99E#00D4C8FFFFFFFFFF"
    stage.hear("19FFE298#0014C860246024FF")
    assert stage.outcomes == [None, None]
    assert stage.thing("thermostat", 0).answers is True


@pytest.mark.parametrize(
    ("profile", "heeds"),
    [
        (SHELF["entegra_aspire_2022"], False),
        (SHELF["entegra_aspire_44r_2021"], False),
        (SHELF["thor_hurricane_35m_2020"], True),
        (Profile(), True),
        # A profile of the owner's.
        (Profile(key="own:mine", quirks=("firefly_g6",)), False),
        (Profile(key="entegra_aspire_2030"), True),
    ],
)
def test_what_the_g6_does_not_heed_is_not_sent(
    profile: Profile, heeds: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keystone's water heater obeys this frame (spbrogan/rvc2mqtt); the G6 ignores it."""
    told = Command(says="water_heater.set_mode", expects=lambda _, __: {})
    rows = {**COMMANDS, ("water_heater", "set_mode"): told}
    monkeypatch.setattr("custom_components.coachiq.coach.quirk.COMMANDS", rows)
    stage = Stage(profile)
    stage.ready()
    stage.believe("19FFF780#0100000000000000")
    stage.command("water_heater", 1, "set_mode", mode="combustion")
    assert [frame[:13] for frame in stage.wire.frames] == (["19FFF69E#0101"] if heeds else [])
    (error,) = stage.outcomes or [None]
    assert isinstance(error, CommandError) is not heeds


# Coaches of other makers are told the whole zone (carpenike/coachiq: G6 takes "do not change" for
# a value; captured from Keystone's own panel).
@pytest.mark.parametrize(
    "profile",
    [Profile(), SHELF["entegra_aspire_44r_2021"], SHELF["keystone_travel_trailer"]],
)
def test_other_makers_are_not_taken_for_tiffin(profile: Profile) -> None:
    stage = Stage(profile)
    stage.ready()
    stage.believe(ZONE)
    stage.command("thermostat", 0, "set_zone", mode="cool")
    assert stage.wire.frames == ["19FEF99E#0001C860246024FF"]


# What is sent to a thing of a coach with these quirks, as its source has published it. Of the bytes
# that mean nothing to RV-C those are sent that were seen to work.
@pytest.mark.parametrize(
    ("quirk", "thing", "intent", "arguments", "frame"),
    [
        # carpenike/coachiq docs/can-re-findings.md: honoured by the G6, and latches.
        ("firefly_g6", ("ac_load", 212), "turn_on", {}, "19FFBE9E#D4FFC8C000000000"),
        ("firefly_g6", ("ac_load", 212), "turn_off", {}, "19FFBE9E#D4FF00C000000000"),
        ("firefly_g6", ("ac_load", 210), "turn_on", {}, "19FFBE9E#D2FFC8C000000000"),
        ("firefly_g6", ("ac_load", 210), "turn_off", {}, "19FFBE9E#D2FF00C000000000"),
        # The same: module 8E then reported the same level.
        ("firefly_g6", ("dimmer", 25), "set_level", {"level": 100}, "19FEDB9E#19FFC800FF00FFFF"),
        ("firefly_g6", ("dimmer", 27), "set_level", {"level": 50}, "19FEDB9E#1BFF6400FF00FFFF"),
        ("firefly_g6", ("dimmer", 25), "set_level", {"level": 0}, "19FEDB9E#19FF0000FF00FFFF"),
        # linuxkidd/coachproxy-os rv-c/ac_load.pl, rv-c/locks.pl.
        ("spyder", ("ac_load", 1), "turn_on", {}, "19FFBE9E#01FFC88000000000"),
        ("spyder", ("ac_load", 1), "turn_off", {}, "19FFBE9E#01FF008000000000"),
        ("spyder", ("door", 1), "lock", {}, "19FEE49E#01FDFFFFFFFFFFFF"),
        ("spyder", ("door", 1), "unlock", {}, "19FEE49E#01FCFFFFFFFFFFFF"),
        # spbrogan/rvc2mqtt light.py and entity/tank_warmer.py: captured from the panel.
        ("keystone", ("dc_load", 1), "turn_on", {}, "19FFBC9E#0100FA0001FF0000"),
        ("keystone", ("dc_load", 1), "turn_off", {}, "19FFBC9E#0100FA0003FF0000"),
        ("keystone", ("dc_load", 34), "turn_on", {}, "19FFBC9E#2200FA0001FF0000"),
    ],
)
def test_a_coach_is_told_what_was_seen_to_work(
    quirk: str, thing: tuple[str, int], intent: str, arguments: dict[str, Value], frame: str
) -> None:
    family, instance = thing
    stage = Stage(Profile(quirks=(quirk,)))
    stage.coach.restore(ThingId("house", family, (instance,)), answers=None, last_level=None)
    stage.command(family, instance, intent, **arguments)
    assert stage.wire.frames == [frame]


def test_a_tiffin_set_point_is_half_a_degree_more_and_the_panel_s_echo_confirms() -> None:
    """The panel would show 70 degF for 71.0 (linuxkidd/coachproxy-os rv-c/thermostats.pl)."""
    stage = Stage(Profile(quirks=("spyder",)))
    stage.ready()
    stage.believe(ZONE)
    celsius = (71 - 32) / 1.8
    for _ in range(2):
        stage.command("thermostat", 0, "set_zone", heat=celsius, cool=celsius)
        assert stage.wire.frames[-1] == "19FEF99E#00FFFFDE24DE24FF"
        # 71 degF as the panel itself has it.
        stage.hear("19FFE298#0000C8D524D524FF")
        stage.clock.advance(0.1)
    assert stage.outcomes == [None, None]
    shown = stage.shown("thermostat", 0, "cool")
    assert isinstance(shown, float)
    assert round(shown * 1.8 + 32) == 71


@pytest.mark.parametrize(
    ("profile", "roof", "furnace", "arguments", "told"),
    [
        ("tiffin_allegro_red_2015", 0, 3, {"heat": 20.0}, ["00FFFFA924FFFFFF", "03FFFFA924FFFFFF"]),
        (
            "tiffin_phaeton_40_ih_2018",
            2,
            5,
            {"mode": "heat", "heat": 20.0},
            ["02C2FFA924FFFFFF", "05FFFFA924FFFFFF"],
        ),
        ("tiffin_allegro_red_2015", 0, 3, {"mode": "cool"}, ["00C1FFFFFFFFFFFF"]),
        ("tiffin_allegro_red_2015", 2, 5, {"heat": 20.0}, ["02FFFFA924FFFFFF"]),
        ("tiffin_phaeton_40_ih_2018", 0, 3, {"heat": 20.0}, ["00FFFFA924FFFFFF"]),
        ("vanleigh_vilano_2017", 0, 3, {"heat": 20.0}, ["00FFFFA924FFFFFF"]),
    ],
)
def test_a_set_point_of_a_roof_zone_goes_to_its_furnace_too(
    profile: str, roof: int, furnace: int, arguments: dict[str, Value], told: list[str]
) -> None:
    stage = Stage(SHELF[profile])
    stage.ready()
    stage.believe(*(f"19FFE298#{zone:02X}00C860246024FF" for zone in (roof, furnace)))
    stage.command("thermostat", roof, "set_zone", **arguments)
    stage.clock.advance(0.1)
    assert stage.wire.frames == [f"19FEF99E#{payload}" for payload in told]


def test_a_furnace_that_is_not_there_is_told_nothing() -> None:
    stage = Stage(SHELF["tiffin_allegro_red_2015"])
    stage.ready()
    stage.believe(ZONE)
    stage.command("thermostat", 0, "set_zone", heat=20.0)
    stage.clock.advance(0.1)
    assert stage.wire.frames == ["19FEF99E#00FFFFA924FFFFFF"]


# linuxkidd/coachproxy-os rv-c/window_shade.pl: shade 1 by day, up and down.
@pytest.mark.parametrize(
    ("profile", "up", "down"),
    [
        ("tiffin_allegro_bus_37_ap_2015", "01FFC8451E00FFFF", "01FFC8851E00FFFF"),
        ("tiffin_allegro_bus_37_ap_2018", "01FFC8851E00FFFF", "01FFC8451E00FFFF"),
    ],
)
def test_a_tiffin_shade_is_stopped_and_run_by_a_toggle(profile: str, up: str, down: str) -> None:
    stage = Stage(SHELF[profile], decisions={"house-shade-1": ALLOWED})
    stage.ready()
    stage.believe(APPEAR["shade"], chassis({}))
    shade = stage.thing("shade", 1)
    stop = "01FFFF04FF00FFFF"
    for direction, payload in ((OPEN, up), (OPEN, up), (CLOSE, down)):
        stage.wire.sent.clear()
        stage.coach.motions.start(shade, direction, lambda _: None)
        stage.repeat(2.0, 0.1, chassis({}))
        told = [frame.removeprefix("19FEDF9E#") for frame in stage.wire.frames]
        # A toggle would stop what moves already, and is never said twice.
        assert told[-1] == payload
        assert told.count(payload) == 1
        assert set(told[:-1]) == {stop}
    stage.wire.sent.clear()
    stage.repeat(29.0, 0.1, chassis({}))
    assert set(stage.wire.frames) == {f"19FEDF9E#{stop}"}
    # It tells which way it moves: 40 is in reverse, 10 forward.
    assert stage.coach.heading(shade) == ""
    stage.hear(f"19FEDE80#01FFC8{'40' if '45' in up else '10'}FF04FFFF")
    assert stage.coach.heading(shade) == OPEN


# What the frames of these makers are shown as without any quirk: (family, instance): values.
@pytest.mark.parametrize(
    ("frames", "shown"),
    [
        pytest.param(
            # spbrogan/rvc2mqtt: the heater has no sensors, and says so with zeros.
            ["19FFF780#0100000000000000"],
            {("water_heater", 1): {"mode": "off", "set_point": None, "temperature": None}},
            id="keystone's water heater",
        ),
        pytest.param(
            ["19FFB380#0000000000000000"],
            {("water_pump", 0): {"on": False, "pump": "not_running", "hookup": "no"}},
            id="keystone's pump",
        ),
        pytest.param(
            ["19FFBD80#2200C80000000000"],
            {("dc_load", 34): {"on": True, "level": 100.0, "current": None}},
            id="keystone's tank heater",
        ),
        pytest.param(
            ["19FFFD80#0114060100000000"],
            {("dc_source", 1): {"voltage": 13.1, "current": None}},
            id="keystone's voltmeter",
        ),
        pytest.param(
            ["19FFE259#0215C84724472400"],
            {("thermostat", 2): {"mode": "aux_heat", "fan_mode": "on", "heat": 17.21875}},
            id="keystone's zone",
        ),
        pytest.param(
            # carpenike/coachiq facts: C8 is on, 00 off, FD shed, FC waits: FD and FC are no level.
            ["19FFBF9C#D4FFC8C00000FFFF"],
            {("ac_load", 212): {"on": True, "level": 100.0}},
            id="aqua-hot's element",
        ),
        pytest.param(
            ["19FFBF9C#D4FFC8C00000FFFF", "19FFBF9C#D4FFFDC00000FFFF"],
            {("ac_load", 212): {"on": None, "level": None}},
            id="aqua-hot's element that is shed",
        ),
        pytest.param(
            # rlust, librecoach: a light and a door's lock.
            ["19FEDA8E#247CC8FCFF0504FF", "19FEDA8A#307E00FDFF2100FF"],
            {("dimmer", 36): {"on": True, "level": 100.0}, ("dimmer", 48): {"lock": "locked"}},
            id="firefly's dimmers",
        ),
        pytest.param(
            # linuxkidd/rvc-proxy: a Phaeton's generator and AC load.
            ["19FFDC93#005E010000FFFFFF", "19FFBF93#DBFF0060000BFFFF"],
            {("generator", 0): {"status": "stopped"}, ("ac_load", 219): {"on": False}},
            id="spyder's generator and load",
        ),
        pytest.param(
            # The same coach: 41 is line 1 into inverter 1.
            ["19FFD742#413809FFFF0D1EFF", "19FFFD42#0164020100943577"],
            {("dc_source", 1): {"voltage": 12.9, "current": 0.0}},
            id="xantrex",
        ),
        pytest.param(
            # thomasonw: a BMS of priority 120 (also Lithionics, Renogy REGO), then a charger of 80.
            ["19FFFD80#01780D01AB913577", "19FFFD8D#0150200100943577"],
            {("dc_source", 1): {"voltage": 13.45, "current": 0.597}},
            id="bms above charger",
        ),
        pytest.param(
            # Garnet SeeLevel: steps of 32 or 28.
            ["19FFB748#000820FFFFFFFFFF", "19FFB748#01071CFFFFFFFFFF"],
            {("tank", 0): {"level": 25.0}, ("tank", 1): {"level": 25.0}},
            id="seelevel",
        ),
    ],
)
def test_what_needs_no_quirk(
    frames: list[str], shown: dict[tuple[str, int], dict[str, Value]]
) -> None:
    stage = Stage()
    stage.believe(*frames)
    for (family, instance), values in shown.items():
        said = stage.thing(family, instance).values
        assert {
            name: label(said[name]) if isinstance(said[name], Code) else said[name]
            for name in values
        } == values
