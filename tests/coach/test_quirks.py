"""What some coaches do otherwise, each by the frames that were published of it."""

from pathlib import Path

import pytest

from custom_components.coachiq.coach import Profile, read_shelf
from custom_components.coachiq.coach.commands import COMMANDS, Command
from custom_components.coachiq.error import CommandError
from custom_components.coachiq.rvc import Value
from tests.coach.stage import Stage

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
