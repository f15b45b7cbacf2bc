"""The coach in storage: nothing is asked for, what does not stay rests, and stops leave."""

import pytest

from custom_components.coachiq.coach.families import FAMILIES
from custom_components.coachiq.coach.mover import OPEN
from custom_components.coachiq.error import CommandError
from tests.coach.stage import Stage
from tests.coach.test_asking import LIGHT, REQUESTS
from tests.coach.test_interlock import ALLOWED, chassis
from tests.coach.test_motion import Bench

TANK = "19FFB783#004B64FFFFFFFFFF"
GENERATOR = "19FFDC93#005E010000FFFFFF"


def outcome(stage: Stage) -> str | None:
    """Return the key of the error with which the last command ended."""
    error = stage.outcomes[-1]
    return error.key if error else None


def test_what_stays_is_of_tanks_batteries_and_temperatures() -> None:
    assert {family.key for family in FAMILIES if family.stays} == {
        *("tank", "dc_source", "ambient", "weather")
    }


def test_nothing_is_asked_for_until_the_coach_is_taken_out(stage: Stage) -> None:
    stage.coach.bus_ready("house")
    stage.clock.advance(1.0)
    asked = len(stage.wire.frames)
    stage.coach.in_storage = True
    # Nor when the bus comes up anew, or a node comes back that was away.
    stage.believe(LIGHT)
    stage.clock.advance(120.0)
    stage.hear(LIGHT)
    stage.clock.advance(5.0)
    stage.coach.bus_down("house")
    stage.coach.bus_ready("house")
    stage.clock.advance(60.0)
    assert stage.wire.frames == REQUESTS[:asked]
    stage.coach.in_storage = False
    stage.clock.advance(60.0)
    assert stage.wire.frames == [*REQUESTS[:asked], *REQUESTS]
    assert not stage.wires["chassis"].frames


def test_who_shows_things_is_told_when_they_rest_and_when_no_more(stage: Stage) -> None:
    stage.believe(LIGHT, TANK)
    light, tank = stage.thing("dimmer", 0x30), stage.thing("tank", 0)
    for stored in (True, False):
        stage.changes.clear()
        stage.coach.in_storage = stored
        assert {thing for thing, _ in stage.changes} == {light.id, tank.id}
        assert stage.coach.is_resting(light) is stored
        assert not stage.coach.is_resting(tank)


def test_a_command_is_refused_but_not_the_stop_of_the_generator(stage: Stage) -> None:
    stage.believe(LIGHT, GENERATOR)
    stage.coach.in_storage = True
    stage.command("dimmer", 0x30, "turn_off")
    assert outcome(stage) == "in_storage"
    stage.command("generator", 0, "turn_on")
    assert outcome(stage) == "in_storage"
    assert not stage.wire.frames
    stage.command("generator", 0, "turn_off")
    assert len(stage.wire.frames) == 1
    stage.coach.in_storage = False
    stage.command("dimmer", 0x30, "turn_off")
    stage.clock.advance(0.1)
    assert stage.wire.frames[-1].startswith("19FEDB9E#30")


def test_what_moves_is_stopped_and_does_not_move_again() -> None:
    bench = Bench("slide", ALLOWED)
    bench.move()
    bench.pass_time(1.0)
    assert not bench.stops
    bench.stage.coach.in_storage = True
    bench.pass_time(0.3)
    assert bench.stops
    assert [error.key for error in bench.ended if isinstance(error, CommandError)] == ["in_storage"]
    said = len(bench.said(OPEN))
    with pytest.raises(CommandError, match="in_storage"):
        bench.move()
    bench.pass_time(1.0)
    assert len(bench.said(OPEN)) == said
    stops = len(bench.stops)
    bench.stage.coach.motions.stop(bench.thing)
    assert len(bench.stops) == stops + 1
    bench.stage.coach.in_storage = False
    bench.stage.hear(chassis({}))
    bench.move()
    bench.pass_time(1.0)
    assert len(bench.said(OPEN)) > said
