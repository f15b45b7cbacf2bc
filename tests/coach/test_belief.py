"""When a frame is believed to come from a thing."""

import pytest

from custom_components.coachiq.coach import Profile, ProfileRow, ThingId
from custom_components.coachiq.error import BusError
from tests.coach.stage import Stage

# Captured on a Firefly coach (Backroads4Me/librecoach-node-red, flows.json): light 48 on at 100 %.
LIGHT = "19FEDA8A#307EC8FCFF0104FF"
LIGHT_ID = ThingId("house", "dimmer", (48,))


def test_a_single_frame_is_no_thing(stage: Stage) -> None:
    stage.hear(LIGHT)
    stage.clock.advance(30.0)
    assert stage.coach.things == {}
    assert stage.added == []


@pytest.mark.parametrize(("gap", "believed"), [(0.050, False), (0.099, False), (0.101, True)])
def test_two_frames_must_be_100_ms_apart(stage: Stage, gap: float, believed: bool) -> None:
    stage.hear(LIGHT)
    stage.clock.advance(gap)
    stage.hear(LIGHT)
    assert (stage.added == [LIGHT_ID]) is believed
    assert (LIGHT_ID in stage.coach.things) is believed


def test_a_burst_counts_from_its_first_frame(stage: Stage) -> None:
    for _ in range(4):
        stage.hear(LIGHT)
        stage.clock.advance(0.040)
    assert LIGHT_ID in stage.coach.things


def test_the_second_frame_may_say_something_else(stage: Stage) -> None:
    stage.hear(LIGHT)
    stage.clock.advance(0.2)
    stage.hear("19FEDA8A#307E64FCFF0104FF")
    assert stage.value("dimmer", 48, "level") == 50.0


def test_two_senders_with_one_frame_each_are_not_two_frames_of_one(stage: Stage) -> None:
    stage.hear(LIGHT)
    stage.clock.advance(0.2)
    stage.hear(LIGHT, source=0x8B)
    assert stage.coach.things == {}


def test_one_frame_that_answers_our_request_is_enough(stage: Stage) -> None:
    stage.coach.bus_ready("house")
    stage.clock.advance(0.0)
    assert stage.wire.frames == ["18EAFF9E#DAFE01FFFFFFFFFF"]
    stage.clock.advance(0.02)
    stage.hear(LIGHT)
    assert stage.added == [LIGHT_ID]


@pytest.mark.parametrize(("delay", "believed"), [(2.9, True), (3.1, False)])
def test_an_answer_comes_within_three_seconds(stage: Stage, delay: float, believed: bool) -> None:
    stage.coach.bus_ready("house")
    stage.clock.advance(delay)
    stage.hear(LIGHT)
    assert (LIGHT_ID in stage.coach.things) is believed


def test_an_answer_counts_though_the_request_has_not_been_reported_as_sent(stage: Stage) -> None:
    stage.wire.blocked = True
    stage.coach.wanted("house", 0x1FEDA)
    stage.clock.advance(0.01)
    stage.hear(LIGHT)
    assert stage.added == [LIGHT_ID]


def test_a_request_that_could_not_be_sent_has_no_answers(stage: Stage) -> None:
    stage.wire.refusal = BusError("no_address", bus="house")
    stage.coach.wanted("house", 0x1FEDA)
    stage.hear(LIGHT)
    assert stage.coach.things == {}


def test_a_request_on_one_bus_is_not_answered_on_another(stage: Stage) -> None:
    stage.coach.bus_ready("house")
    stage.clock.advance(0.1)
    stage.hear(LIGHT, bus="chassis")
    assert stage.coach.things == {}


@pytest.mark.parametrize(
    ("frame", "family", "key", "reason"),
    [
        ("19FEDA8A#007EC8FCFF0104FF", "dimmer", 0, "key out of range"),
        ("19FEDA8A#FB7EC8FCFF0104FF", "dimmer", 251, "key out of range"),
        ("19FEDA8A#FF7EC8FCFF0104FF", "dimmer", 255, "key out of range"),
        ("19FEDA8A#307EFFFFFFFFFFFF", "dimmer", 48, "no data"),
        ("19FEDA8A#30", "dimmer", 48, "no data"),
        ("19FFB780#00FFFFFFFFFFFFFF", "tank", 0, "no data"),
        # -88 degC: the disconnected channel 3 of the 2021 Aspire (carpenike/coachiq, findings).
        ("19FF9C59#032017FFFFFFFFFF", "ambient", 3, "no data"),
    ],
)
def test_what_no_thing_says_is_listed_with_its_reason(
    stage: Stage, frame: str, family: str, key: int, reason: str
) -> None:
    stage.believe(frame)
    assert stage.coach.things == {}
    rejected = stage.coach.lines["house"].intake.rejected
    assert rejected == {ThingId("house", family, (key,)): reason}


def test_a_frame_without_its_instance_says_nothing(stage: Stage) -> None:
    stage.believe("19FEDA8A#")
    assert stage.coach.things == {}
    assert stage.coach.lines["house"].intake.rejected == {}


# Captured: rlust/RVC-HA (2022 Aspire), spbrogan/rvc2mqtt (Keystone), CUIPCoast/RVCoast.
@pytest.mark.parametrize(
    ("frame", "family"),
    [
        ("19FFB780#00051CFFFFFFFFFF", "tank"),
        ("19FFB380#0000000000000000", "water_pump"),
        ("19FFE298#000064E024E02400", "thermostat"),
    ],
)
def test_zero_is_an_instance_where_the_coaches_use_it(
    stage: Stage, frame: str, family: str
) -> None:
    stage.believe(frame)
    assert stage.added == [ThingId("house", family, (0,))]


def test_a_rejected_key_that_begins_to_speak_is_a_thing(stage: Stage) -> None:
    stage.believe("19FEDA8A#307EFFFFFFFFFFFF")
    stage.believe(LIGHT)
    assert stage.added == [LIGHT_ID]
    assert stage.coach.lines["house"].intake.rejected == {}


def test_the_profile_can_hide_a_thing() -> None:
    rows = {("dimmer", 48): ProfileRow(kind="hidden")}
    stage = Stage(Profile(rows=rows))
    stage.believe(LIGHT, "19FEDA8A#317EC8FCFF0104FF")
    assert stage.added == [ThingId("house", "dimmer", (49,))]
    assert stage.coach.lines["house"].intake.rejected == {LIGHT_ID: "not wanted"}


def test_without_discovery_nothing_new_is_made() -> None:
    stage = Stage(discover=False)
    stage.believe(LIGHT)
    assert stage.coach.things == {}


def test_a_known_thing_speaks_with_its_first_frame() -> None:
    stage = Stage(discover=False)
    stage.coach.restore(LIGHT_ID, answers=True, last_level=35.0)
    thing = stage.thing("dimmer", 48)
    assert stage.added == [LIGHT_ID]
    assert set(thing.values.values()) == {None}
    assert (thing.answers, thing.last_level, thing.heard, thing.silent) == (True, 35.0, None, False)
    stage.hear(LIGHT)
    assert thing.values["level"] == 100.0
    assert (thing.source, thing.last_level) == (0x8A, 100.0)


def test_restoring_twice_or_an_unknown_family_makes_nothing(stage: Stage) -> None:
    stage.coach.restore(LIGHT_ID, answers=True, last_level=35.0)
    stage.coach.restore(LIGHT_ID, answers=None, last_level=None)
    stage.coach.restore(ThingId("house", "submarine", (1,)), answers=None, last_level=None)
    assert stage.added == [LIGHT_ID]
    assert stage.thing("dimmer", 48).answers is True


def test_the_same_instance_on_two_buses_is_two_things(stage: Stage) -> None:
    stage.believe(LIGHT)
    stage.believe(LIGHT, bus="chassis")
    assert set(stage.coach.things) == {LIGHT_ID, ThingId("chassis", "dimmer", (48,))}


def test_a_removed_thing_must_be_believed_anew(stage: Stage) -> None:
    stage.believe(LIGHT)
    stage.coach.remove(LIGHT_ID)
    stage.coach.remove(LIGHT_ID)
    assert stage.coach.things == {}
    stage.clock.advance(5.0)
    stage.hear(LIGHT)
    assert stage.coach.things == {}
    stage.clock.advance(0.2)
    stage.hear(LIGHT)
    assert stage.added == [LIGHT_ID, LIGHT_ID]
    assert stage.value("dimmer", 48, "level") == 100.0


def test_the_identity_is_written_as_bus_family_key() -> None:
    assert str(LIGHT_ID) == "house-dimmer-48"
    assert str(ThingId("house", "ac_point", (1, 0, 2))) == "house-ac_point-1.0.2"


def test_a_key_of_which_nothing_is_said_is_listed_and_may_become_a_thing(stage: Stage) -> None:
    silent, told = "19FF9C9C#03FFFFFFFFFFFFFF", "19FF9C9C#034025FFFFFFFFFF"
    identity = ThingId("house", "ambient", (3,))
    for _ in range(3):
        stage.hear(silent)
        stage.clock.advance(5.0)
    assert stage.coach.lines["house"].intake.rejected == {identity: "no data"}
    stage.hear(told)
    assert stage.added == [identity]
    assert stage.coach.lines["house"].intake.rejected == {}


def test_a_thing_of_which_another_dgn_says_nothing_is_not_listed(stage: Stage) -> None:
    for _ in range(2):
        stage.hear("19FFFD46#01780A01009435770000"[:25])
        stage.clock.advance(0.5)
    assert stage.added == [ThingId("house", "dc_source", (1,))]
    stage.hear("19FFFB46#01FFFFFFFFFFFFFF")
    assert stage.coach.lines["house"].intake.rejected == {}
