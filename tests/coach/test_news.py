"""What goes on of what is heard: changes only, and from one sender where several compete."""

from collections.abc import Callable

import pytest

from custom_components.coachiq.coach import Profile, ProfileRow, ThingId, label
from custom_components.coachiq.rvc import Row, Spec, Value, load_spec
from tests.coach.stage import Stage

LIGHT = "19FEDA8A#307EC8FCFF0104FF"


def count_decoding(table: Spec, name: str) -> list[bytes]:
    """Return the list of payloads of a row that are decoded from now on."""
    decoded: list[bytes] = []
    row: Row = table.named(name)
    decode: Callable[[bytes], tuple[Value, ...]] = row.decode

    def counting(data: bytes) -> tuple[Value, ...]:
        decoded.append(data)
        return decode(data)

    row.__dict__["decode"] = counting
    return decoded


def test_an_unchanged_frame_is_not_decoded_again() -> None:
    table = load_spec()
    stage = Stage(table=table)
    decoded = count_decoding(table, "DC_DIMMER_STATUS_3")
    stage.believe(LIGHT, "19FEDA8A#317E00FCFF0300FF")
    assert len(decoded) == 4
    stage.changes.clear()
    for _ in range(5):
        stage.hear(LIGHT)
        stage.hear("19FEDA8A#317E00FCFF0300FF")
    assert len(decoded) == 4
    assert stage.changes == []
    stage.hear("19FEDA8A#317E64FCFF0304FF")
    assert len(decoded) == 5


def test_an_unchanged_frame_still_renews_the_moment_of_hearing(stage: Stage) -> None:
    stage.believe(LIGHT)
    thing = stage.thing("dimmer", 48)
    stage.clock.advance(7.0)
    stage.hear(LIGHT)
    heard = stage.clock.now()
    stage.clock.advance(1.0)
    assert thing.heard == heard


def test_a_payload_that_comes_back_is_news_again(stage: Stage) -> None:
    stage.believe(LIGHT)
    stage.hear("19FEDA8A#307E64FCFF0104FF")
    stage.hear(LIGHT)
    assert stage.value("dimmer", 48, "level") == 100.0


@pytest.mark.parametrize("pace", [1.0, 10.0])
def test_what_is_measured_is_read_as_seldom_as_the_owner_wants(pace: float) -> None:
    """And what is switched at once, whoever waits."""
    stage = Stage(pace=pace)
    stage.believe(LIGHT)
    for volts in range(100):
        stage.hear(f"19FFFD80#0178{volts:02X}01FFFFFFFF")
        stage.clock.advance(0.4)
    told = [1 for thing, names in stage.changes if "voltage" in names]
    assert len(told) == pytest.approx(40 / pace, abs=2)
    stage.hear("19FEDA8A#307E00FCFF0300FF")
    assert stage.value("dimmer", 48, "level") == 0


def test_only_what_changed_is_told(stage: Stage) -> None:
    stage.believe("19FFE259#0215C84724472400")
    stage.changes.clear()
    stage.hear("19FFE259#0215C8E724472400")
    assert stage.changed_names("thermostat", 2) == {"heat"}
    stage.hear("19FFE259#0215C8E7244724FF")
    assert stage.changes == []


def test_a_derived_value_changes_with_its_inputs(stage: Stage) -> None:
    stage.believe("19FFB780#00051CFFFFFFFFFF")
    stage.changes.clear()
    stage.hear("19FFB780#000E1CFFFFFFFFFF")
    assert stage.changed_names("tank", 0) == {"relative_level", "level"}
    stage.hear("19FFB780#000102FFFFFFFFFF")
    assert stage.changed_names("tank", 0) == {"relative_level", "resolution"}


def test_a_thing_belongs_to_another_node_when_its_own_is_quiet(stage: Stage) -> None:
    stage.believe(LIGHT)
    assert stage.thing("dimmer", 48).source == 0x8A
    other = "19FEDA8B#307E64FCFF0104FF"
    stage.believe(other)
    assert stage.thing("dimmer", 48).source == 0x8A, "two that both speak do not take turns"
    assert stage.value("dimmer", 48, "level") == 50.0
    stage.repeat(6.0, 1.0, other.replace("64FC", "62FC"))
    stage.hear(other)
    assert stage.thing("dimmer", 48).source == 0x8B


@pytest.mark.parametrize("identifier", ["19FEDA8B", "0DFEDA8A"])
def test_what_is_said_again_counts_after_another_has_spoken(stage: Stage, identifier: str) -> None:
    stage.believe(LIGHT)
    before = stage.value("dimmer", 48, "level")
    stage.believe(f"{identifier}#307E64FCFF0104FF")
    assert stage.value("dimmer", 48, "level") == 50.0 != before
    stage.hear(LIGHT)
    assert stage.value("dimmer", 48, "level") == before


# Captured: an inverter of priority 100 (linuxkidd/rvc-proxy), a regulator of priority 120
# (thomasonw/NMEA2000_socketCAN); the others are composed after them.
INVERTER = "19FFFD42#0164020100943577"
INVERTER_SOC = "19FFFC42#0164FFFFC8FFFFFF"
BMS = "19FFFD80#01780D01AB913577"
VOLTMETER = "19FFFD90#01140601FFFFFFFF"


def volts(stage: Stage) -> Value:
    return stage.value("dc_source", 1, "voltage")


@pytest.mark.parametrize("frames", [(VOLTMETER, BMS), (BMS, VOLTMETER)])
def test_the_higher_priority_speaks(stage: Stage, frames: tuple[str, str]) -> None:
    stage.believe(*frames)
    stage.hear("19FFFD90#01140701FFFFFFFF")
    assert volts(stage) == 13.45
    assert stage.value("dc_source", 1, "current") == pytest.approx(0.597)
    assert stage.thing("dc_source", 1).source == 0x80


def test_of_equal_priorities_the_higher_address_speaks(stage: Stage) -> None:
    stage.believe(INVERTER, "19FFFD46#0164120100943577")
    stage.hear(INVERTER)
    assert volts(stage) == 13.7
    assert stage.thing("dc_source", 1).source == 0x46


def test_an_unlisted_priority_counts_by_its_number(stage: Stage) -> None:
    stage.believe(INVERTER, "19FFFD30#01771D0100943577")  # 119
    assert volts(stage) == 14.25
    stage.believe(BMS)
    assert volts(stage) == 13.45
    stage.hear("19FFFD30#01771C0100943577")
    assert volts(stage) == 13.45


@pytest.mark.parametrize("priority", ["FF", "FE", "FD"])
def test_a_sender_without_a_priority_gives_way_to_all(stage: Stage, priority: str) -> None:
    stage.believe(f"19FFFDF0#01{priority}1D0100943577", VOLTMETER)
    assert volts(stage) == 13.1


def test_values_of_the_weaker_sender_go_when_the_stronger_begins(stage: Stage) -> None:
    stage.believe(INVERTER, INVERTER_SOC)
    assert stage.value("dc_source", 1, "state_of_charge") == 100.0
    stage.hear(BMS)
    assert stage.value("dc_source", 1, "state_of_charge") is None
    assert volts(stage) == 13.45
    stage.hear("19FFFC42#0164FFFF96FFFFFF")
    assert stage.value("dc_source", 1, "state_of_charge") is None


def test_all_dgns_of_the_chosen_sender_are_heard(stage: Stage) -> None:
    stage.believe(INVERTER, BMS)
    stage.hear("19FFFC80#0178FFFF96FFFFFF")
    assert stage.value("dc_source", 1, "state_of_charge") == 75.0
    assert volts(stage) == 13.45


def test_when_the_chosen_falls_silent_the_other_speaks(stage: Stage) -> None:
    stage.believe(BMS, "19FFFC80#0178FFFF96FFFFFF", INVERTER)
    stage.repeat(4.0, 0.5, INVERTER)
    assert volts(stage) == 13.45
    stage.repeat(3.0, 0.5, INVERTER)
    assert volts(stage) == 12.9
    assert stage.value("dc_source", 1, "state_of_charge") is None
    assert stage.thing("dc_source", 1).source == 0x42
    assert not stage.thing("dc_source", 1).silent
    stage.hear(BMS)
    assert volts(stage) == 13.45


def test_when_the_chosen_is_back_all_that_it_says_is_news(stage: Stage) -> None:
    state_of_charge = "19FFFC80#0178FFFF96FFFFFF"
    stage.believe(BMS, state_of_charge, INVERTER)
    stage.repeat(7.0, 0.5, INVERTER)
    stage.hear(BMS)
    stage.hear(state_of_charge)
    assert volts(stage) == 13.45
    assert stage.value("dc_source", 1, "state_of_charge") == 75.0


def test_of_several_that_remain_the_strongest_speaks(stage: Stage) -> None:
    stage.believe(BMS, VOLTMETER, INVERTER)
    stage.repeat(7.0, 0.5, VOLTMETER, INVERTER)
    assert volts(stage) == 12.9


def test_when_all_fall_silent_the_last_speaker_stays(stage: Stage) -> None:
    stage.believe(BMS, INVERTER)
    stage.clock.advance(10.0)
    assert volts(stage) == 13.45


def test_a_chosen_sender_that_lowers_its_priority_gives_way(stage: Stage) -> None:
    stage.believe(BMS, INVERTER)
    demoted = "19FFFD80#01000D01AB913577"
    stage.repeat(10.0, 0.5, demoted, INVERTER)
    assert volts(stage) == 12.9


def test_a_sender_has_the_highest_of_its_priorities(stage: Stage) -> None:
    weak_soc = "19FFFC80#0114FFFF96FFFFFF"  # as its voltage, but of priority 20
    stage.believe(BMS, weak_soc, INVERTER)
    stage.repeat(3.0, 0.5, weak_soc, INVERTER, BMS)
    assert volts(stage) == 13.45
    assert stage.value("dc_source", 1, "state_of_charge") == 75.0


def test_competing_senders_are_compared_within_an_instance_only(stage: Stage) -> None:
    stage.believe(BMS, "19FFFD90#02140601FFFFFFFF")
    assert volts(stage) == 13.45
    assert stage.value("dc_source", 2, "voltage") == 13.1


def test_the_air_of_a_zone_is_measured_by_the_channel_of_the_profile() -> None:
    rows = {("thermostat", 1): ProfileRow(ambient=5), ("thermostat", 3): ProfileRow(name="Heat")}
    coach = Stage(Profile(rows=rows)).coach
    zone = ThingId("house", "thermostat", (1,))
    assert coach.ambient_of(zone) == ThingId("house", "ambient", (5,))
    assert coach.ambient_of(zone._replace(key=(3,))) == ThingId("house", "ambient", (3,))
    assert coach.ambient_of(zone._replace(bus="chassis", key=(0,))) == ThingId(
        "chassis", "ambient", (0,)
    )


def test_channel_zero_of_the_profile_is_a_channel() -> None:
    coach = Stage(Profile(rows={("thermostat", 3): ProfileRow(ambient=0)})).coach
    zone = ThingId("house", "thermostat", (3,))
    assert coach.ambient_of(zone).key == (0,)


def battery(deci_volts: int, priority: int = 100) -> str:
    raw = (deci_volts * 2).to_bytes(2, "little").hex()
    return f"19FFFD42#01{priority:02X}{raw}00943577"


def test_what_is_measured_is_read_once_a_second_and_never_forgotten(stage: Stage) -> None:
    stage.believe(battery(120))
    stage.changes.clear()
    stage.hear(battery(121))
    assert stage.value("dc_source", 1, "voltage") == 12.1, "the first at once"
    for deci_volts in (122, 123, 124):
        stage.clock.advance(0.25)
        stage.hear(battery(deci_volts))
    assert stage.value("dc_source", 1, "voltage") == 12.1
    stage.clock.advance(1.25)
    assert stage.value("dc_source", 1, "voltage") == 12.4, "the last of them, though none follows"
    assert stage.changed_names("dc_source", 1) == {"voltage"}
    assert len(stage.changes) == 0


def test_a_code_beside_what_is_measured_is_read_at_once(stage: Stage) -> None:
    stage.believe("19FFC780#012001E8806402FF")
    stage.hear("19FFC780#012101E8806402FF")
    stage.hear("19FFC780#012101E8806405FF")
    assert label(stage.value("charger", 1, "state")) == "equalize"


def test_what_was_put_off_is_gone_with_its_bus(stage: Stage) -> None:
    stage.believe(battery(120))
    stage.hear(battery(121))
    stage.hear(battery(122))
    stage.coach.bus_down("house")
    stage.coach.bus_up("house")
    stage.clock.advance(3.0)
    assert stage.value("dc_source", 1, "voltage") is None


def test_what_was_put_off_does_not_bring_a_removed_thing_back(stage: Stage) -> None:
    stage.believe(battery(120))
    stage.hear(battery(121))
    stage.hear(battery(122))
    stage.coach.remove(ThingId("house", "dc_source", (1,)))
    stage.clock.advance(3.0)
    assert ThingId("house", "dc_source", (1,)) not in stage.coach.things


def test_whoever_becomes_the_stronger_of_two_is_heard_at_once(stage: Stage) -> None:
    stage.believe(battery(120), battery(130, priority=90).replace("42#", "43#"))
    stage.hear(battery(131, priority=120).replace("42#", "43#"))
    assert stage.value("dc_source", 1, "voltage") == 13.1
