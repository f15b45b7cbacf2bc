"""Who is silent, who is away, and what is known while a bus is down."""

import pytest

from custom_components.coachiq.coach import ThingId
from tests.coach.stage import Stage

TANK = "19FFB780#00051CFFFFFFFFFF"
LIGHT = "19FEDA8A#307EC8FCFF0104FF"
# Another DGN of the same node: no fault (DM_RV of a lighting node, composed after RV-C 3.2.5.2).
LIFE = "19FECA8A#0541FFFFFFFFFFFF"
LIGHT_ID = ThingId("house", "dimmer", (48,))


def test_a_periodic_thing_may_be_silent_for_three_gaps(stage: Stage) -> None:
    stage.believe(TANK)
    tank = stage.thing("tank", 0)
    stage.clock.advance(13.5)
    stage.changes.clear()
    assert not stage.thing("tank", 0).silent
    stage.clock.advance(2.0)
    assert stage.thing("tank", 0).silent
    assert stage.changed_names("tank", 0) == set(tank.values)
    stage.clock.advance(60.0)
    assert stage.changes == []


def test_fifteen_seconds_are_granted_however_short_the_gap(stage: Stage) -> None:
    stage.believe("19FFFD42#0164020100943577")
    stage.clock.advance(13.5)
    assert not stage.thing("dc_source", 1).silent
    stage.clock.advance(2.0)
    assert stage.thing("dc_source", 1).silent


def test_it_is_back_with_its_next_frame_even_if_that_says_the_same(stage: Stage) -> None:
    stage.believe(TANK)
    stage.clock.advance(30.0)
    tank = stage.thing("tank", 0)
    assert stage.thing("tank", 0).silent
    stage.changes.clear()
    stage.hear(TANK)
    assert not stage.thing("tank", 0).silent
    assert stage.changed_names("tank", 0) == set(tank.values)
    assert stage.value("tank", 0, "relative_level") == 5


def test_repeating_the_same_frame_is_no_silence(stage: Stage) -> None:
    stage.believe(TANK)
    stage.repeat(120.0, 5.0, TANK)
    assert not stage.thing("tank", 0).silent


def test_a_slower_cadence_is_learnt(stage: Stage) -> None:
    stage.believe(TANK)
    stage.clock.advance(19.0)
    assert stage.thing("tank", 0).silent
    stage.hear(TANK)
    stage.clock.advance(59.0)
    assert not stage.thing("tank", 0).silent
    stage.clock.advance(3.0)
    assert stage.thing("tank", 0).silent


def test_nothing_is_alive_after_ten_minutes_of_silence(stage: Stage) -> None:
    stage.believe(TANK)
    stage.clock.advance(1000.0)
    stage.hear(TANK)
    stage.clock.advance(598.0)
    assert not stage.thing("tank", 0).silent
    stage.clock.advance(4.0)
    assert stage.thing("tank", 0).silent


def test_a_thing_that_speaks_on_change_lives_as_long_as_its_node_is_heard(stage: Stage) -> None:
    stage.believe(LIGHT)
    light = stage.thing("dimmer", 48)
    stage.repeat(300.0, 5.0, LIFE)
    assert not stage.thing("dimmer", 48).silent
    assert light.values["level"] == 100.0
    stage.clock.advance(59.0)
    assert not stage.thing("dimmer", 48).silent
    stage.clock.advance(3.0)
    assert stage.thing("dimmer", 48).silent


def test_other_nodes_do_not_keep_it_alive(stage: Stage) -> None:
    stage.believe(LIGHT)
    stage.repeat(70.0, 5.0, "19FECA8B#0541FFFFFFFFFFFF", TANK)
    assert stage.thing("dimmer", 48).silent


def test_the_cadence_of_a_node_is_learnt(stage: Stage) -> None:
    stage.believe(LIGHT)
    stage.clock.advance(50.0)
    stage.hear(LIFE)
    stage.clock.advance(140.0)
    assert not stage.thing("dimmer", 48).silent
    stage.clock.advance(15.0)
    assert stage.thing("dimmer", 48).silent


def test_when_a_node_is_back_its_things_are_unknown_and_asked_for(stage: Stage) -> None:
    stage.ready()
    stage.believe(LIGHT)
    stage.clock.advance(70.0)
    light = stage.thing("dimmer", 48)
    assert stage.thing("dimmer", 48).silent
    assert stage.wire.frames == []
    stage.changes.clear()
    stage.hear(LIFE)
    stage.clock.advance(1.0)
    assert not stage.thing("dimmer", 48).silent
    assert set(light.values.values()) == {None}
    assert stage.changed_names("dimmer", 48) == set(light.values)
    assert stage.wire.frames == ["18EAFF9E#DAFE01FFFFFFFFFF"]
    stage.hear(LIGHT)
    assert light.values["level"] == 100.0


def test_a_node_that_is_back_with_news_of_the_thing_is_not_asked(stage: Stage) -> None:
    stage.ready()
    stage.believe(LIGHT)
    stage.clock.advance(70.0)
    stage.hear("19FEDA8A#307E00FCFF0300FF")
    stage.clock.advance(2.0)
    light = stage.thing("dimmer", 48)
    assert not stage.thing("dimmer", 48).silent
    assert light.values["level"] == 0.0
    assert stage.wire.frames == []


def test_what_was_never_heard_is_unknown_but_not_silent(stage: Stage) -> None:
    stage.coach.restore(LIGHT_ID, answers=None, last_level=None)
    stage.clock.advance(1000.0)
    assert not stage.thing("dimmer", 48).silent


def test_nothing_is_known_while_the_bus_is_down(stage: Stage) -> None:
    stage.believe(LIGHT, TANK)
    stage.believe(LIGHT, bus="chassis")
    stage.changes.clear()
    stage.coach.bus_down("house")
    light = stage.thing("dimmer", 48)
    assert not stage.coach.is_up("house")
    assert stage.coach.is_up("chassis")
    assert set(light.values.values()) == {None}
    assert (light.heard, light.silent) == (None, False)
    assert {identity.bus for identity, _ in stage.changes} == {"house"}
    assert stage.changed_names("dimmer", 48) == set(light.values)
    assert stage.thing("dimmer", 48, bus="chassis").values["level"] == 100.0
    stage.clock.advance(1000.0)
    assert not stage.thing("dimmer", 48).silent


def test_after_the_bus_is_up_again_the_same_frame_is_news(stage: Stage) -> None:
    stage.believe(LIGHT)
    stage.coach.bus_down("house")
    stage.clock.advance(3.0)
    stage.coach.bus_up("house")
    light = stage.thing("dimmer", 48)
    assert set(light.values.values()) == {None}
    stage.hear(LIGHT)
    assert light.values["level"] == 100.0
    assert stage.added == [LIGHT_ID]


def test_each_change_of_the_bus_is_told_once(stage: Stage) -> None:
    stage.believe(LIGHT)
    stage.changes.clear()
    stage.coach.bus_up("house")
    assert stage.changes == []
    stage.coach.bus_down("house")
    stage.changes.clear()
    stage.coach.bus_up("house")
    assert [identity for identity, _ in stage.changes] == [LIGHT_ID]


@pytest.mark.parametrize("seconds", [0.0, 2.0])
def test_a_thing_that_fell_silent_before_the_bus_went_is_not_silent_after(
    stage: Stage, seconds: float
) -> None:
    stage.believe(TANK)
    stage.clock.advance(30.0)
    stage.coach.bus_down("house")
    stage.clock.advance(seconds)
    stage.coach.bus_up("house")
    stage.clock.advance(seconds)
    assert not stage.thing("tank", 0).silent
