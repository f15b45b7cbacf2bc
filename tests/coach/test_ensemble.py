"""Groups of lights and scenes: what the bus is told, and how a group is as its lights are."""

import pytest

from custom_components.coachiq.coach import Profile, Thing, ThingId
from custom_components.coachiq.coach.decision import Decision
from custom_components.coachiq.coach.light_group import Group, Scene
from custom_components.coachiq.error import BusError, CommandError
from custom_components.coachiq.rvc import Value
from tests.coach.stage import Stage

# rlust, 2022 Aspire: dimmers 36 and 46 off, their group byte 7C: they are in groups 1 and 2.
OFF_36, OFF_46 = "19FEDA8E#247C00FCFF0500FF", "19FEDA8E#2E7C00FCFF0300FF"
ON_36, ON_46 = "19FEDA8E#247CC8FCFF0504FF", "19FEDA8E#2E7C40FCFF0504FF"
RAMPING_46 = "19FEDA8E#2E7CFBFCFF0504FF"
PROFILE = Profile(
    groups={
        0: Group(name="All lights"),
        1: Group(name="Inside", members=(36, 46)),
        134: Group(name="Node group 6", members=(36,)),
    },
    scenes={1: Scene(name="Evening", group=1), 20: Scene(name="Reading", members=(46, 36))},
)
ON, OFF, NOT_SAID = (
    {"level": 100.0, "on": True},
    {"level": 0.0, "on": False},
    {"level": None, "on": None},
)


@pytest.fixture
def stage() -> Stage:
    stage = Stage(PROFILE)
    stage.ready()
    return stage


def group_of(stage: Stage) -> Thing:
    return stage.thing("light_group", 1)


def test_a_group_and_a_scene_are_there_when_one_of_their_lights_is(stage: Stage) -> None:
    assert not stage.added
    stage.believe(OFF_36)
    assert [str(one) for one in stage.added] == [
        "house-dimmer-36",
        *(f"house-light_group-{number}" for number in (0, 1, 134)),
        *(f"house-light_scene-{number}" for number in (1, 20)),
    ]
    assert stage.coach.row(ThingId("house", "light_group", (1,))).name == "Inside"
    stage.believe(OFF_46)
    assert [str(one) for one in stage.added[6:]] == ["house-dimmer-46"]


def test_a_hidden_group_is_not_made() -> None:
    stage = Stage(PROFILE, decisions={"house-light_group-1": Decision(kind="hidden")})
    stage.believe(OFF_36, OFF_46)
    assert ThingId("house", "light_group", (1,)) not in stage.coach.things
    assert ThingId("house", "light_group", (134,)) in stage.coach.things


@pytest.mark.parametrize(
    ("frames", "values"),
    [
        ([OFF_36], NOT_SAID),
        ([ON_36], {"level": None, "on": True}),
        ([OFF_36, OFF_46], OFF),
        ([ON_36, OFF_46], ON),
        ([ON_36, ON_46], {"level": 66.0, "on": True}),
    ],
)
def test_a_group_is_as_its_lights_are(
    stage: Stage, frames: list[str], values: dict[str, Value]
) -> None:
    stage.believe(*frames)
    assert group_of(stage).values == values
    # Of a group without lights the bus says nothing.
    assert stage.thing("light_group", 0).values == NOT_SAID
    stage.coach.bus_down("house")
    assert group_of(stage).values == NOT_SAID


def test_a_light_that_is_hidden_is_no_member() -> None:
    stage = Stage(PROFILE, decisions={"house-dimmer-46": Decision(kind="hidden")})
    stage.believe(ON_36, OFF_46)
    assert group_of(stage).values == ON


def test_a_light_that_has_fallen_silent_is_not_known(stage: Stage) -> None:
    stage.believe(ON_36, OFF_46)
    stage.hear(ON_36)
    stage.thing("dimmer", 46).silent = True
    stage.coach.changed(stage.thing("dimmer", 46), {"level"})
    assert group_of(stage).values == {"level": None, "on": True}


@pytest.mark.parametrize(
    ("number", "intent", "arguments", "payload"),
    [
        (0, "turn_off", {}, "FF000003FF00FFFF"),
        (1, "set_level", {"level": 100}, "FF7EC800FF00FFFF"),
        (1, "set_level", {"level": 25, "ramp_time": 2.0}, "FF7E3200FF0014FF"),
        (1, "turn_off", {}, "FF7E0003FF00FFFF"),
        # Node group 6 as CUIPCoast's app names it: FF86C801FF00FFFF turns its lights on.
        (134, "set_level", {"level": 100}, "FF86C800FF00FFFF"),
    ],
)
def test_a_group_is_told_by_its_group_byte(
    stage: Stage, number: int, intent: str, arguments: dict[str, Value], payload: str
) -> None:
    stage.believe(OFF_36)
    stage.command("light_group", number, intent, **arguments)
    assert stage.wire.frames == [f"19FEDB9E#{payload}"]


def test_the_lights_confirm_what_their_group_was_told(stage: Stage) -> None:
    stage.believe(OFF_36, OFF_46)
    stage.command("light_group", 1, "set_level", level=100)
    assert stage.shown("light_group", 1, "level") == 100
    stage.hear(ON_36)
    assert stage.outcomes == []
    stage.hear("19FEDA8E#2E7CC8FCFF0004FF")
    assert stage.outcomes == [None]
    assert group_of(stage).values == ON
    assert group_of(stage).answers is True


def test_a_group_whose_lights_are_as_was_asked_needs_no_answer(stage: Stage) -> None:
    stage.believe(OFF_36, OFF_46)
    for _ in range(2):
        stage.command("light_group", 1, "turn_off")
        stage.clock.advance(0.9)
    assert stage.outcomes == [None, None]
    assert len(stage.wire.frames) == 2
    assert group_of(stage).answers is True


def test_a_light_that_ramps_obeys(stage: Stage) -> None:
    stage.believe(OFF_36, OFF_46)
    stage.command("light_group", 1, "set_level", level=32)
    stage.hear(RAMPING_46)
    assert stage.outcomes == [None]
    assert stage.shown("light_group", 1, "level") == 32


def test_a_group_that_does_not_obey_is_an_error_only_if_it_ever_did(stage: Stage) -> None:
    stage.believe(OFF_36, OFF_46)
    stage.command("light_group", 1, "set_level", level=100)
    stage.clock.advance(3.0)
    assert stage.outcomes == [None]
    assert (len(stage.wire.frames), group_of(stage).answers) == (2, False)
    stage.command("light_group", 1, "turn_off")
    stage.clock.advance(1.0)
    stage.command("light_group", 1, "set_level", level=100)
    stage.clock.advance(3.0)
    assert stage.outcomes[:2] == [None, None]
    assert isinstance(stage.outcomes[2], CommandError)


def test_a_scene_is_recalled_by_its_group_or_light_by_light(stage: Stage) -> None:
    """The level codes 230 to 249 are scenes 1 to 20 (RV-C section 6.24.6, 2023-11)."""
    stage.believe(OFF_36)
    for number in (1, 20):
        stage.coach.recall(stage.thing("light_scene", number), stage.outcomes.append)
        stage.clock.advance(1.0)
    assert stage.wire.frames == [
        "19FEDB9E#FF7EE600FF00FFFF",
        "19FEDB9E#2EFFF900FF00FFFF",
        "19FEDB9E#24FFF900FF00FFFF",
    ]
    assert stage.outcomes == [None, None]


def test_a_scene_that_cannot_be_sent_is_one_error(stage: Stage) -> None:
    stage.believe(OFF_36)
    stage.wire.refusal = BusError("bus_down", bus="house")
    stage.coach.recall(stage.thing("light_scene", 20), stage.outcomes.append)
    assert stage.outcomes == [stage.wire.refusal]
