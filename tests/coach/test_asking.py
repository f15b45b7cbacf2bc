"""What the coach asks for by itself, when, and that it ends."""

from itertools import pairwise

from custom_components.coachiq.coach.coach import TELLING_OF_NODES
from custom_components.coachiq.coach.families import FAMILY_OF
from tests.coach.stage import Stage, spec

LIGHT = "19FEDA8A#307EC8FCFF0104FF"
STATUS = [*FAMILY_OF]
# A request to all (EAFF) for each status DGN of a family, little-endian.
REQUESTS = [
    f"18EAFF9E#{spec().named(name).dgn.to_bytes(3, 'little').hex().upper()}FFFFFFFFFF"
    for name in (*STATUS, *TELLING_OF_NODES)
]
DIMMERS = "18EAFF9E#DAFE01FFFFFFFFFF"


def test_every_status_is_asked_for_once_over_ten_seconds(stage: Stage) -> None:
    began = stage.clock.now()
    stage.coach.bus_ready("house")
    stage.clock.advance(60.0)
    assert stage.wire.frames == REQUESTS
    assert DIMMERS in REQUESTS
    moments = [at - began for at, _ in stage.wire.sent]
    gaps = [late - early for early, late in pairwise(moments)]
    assert moments[0] == 0.0
    assert 9.0 < moments[-1] <= 10.0
    assert min(gaps) > 0.1
    assert max(gaps) < 0.3
    assert stage.wires["chassis"].frames == []


def test_nothing_is_asked_while_we_may_only_listen(stage: Stage) -> None:
    stage.coach.bus_down("house")
    stage.coach.bus_up("house")
    stage.clock.advance(60.0)
    assert stage.wire.frames == []


def test_the_questions_end_with_the_bus_and_begin_anew_with_it(stage: Stage) -> None:
    stage.coach.bus_ready("house")
    stage.clock.advance(1.0)
    stage.coach.bus_down("house")
    asked = len(stage.wire.frames)
    assert 0 < asked < 10
    stage.clock.advance(60.0)
    assert stage.wire.frames == REQUESTS[:asked]
    stage.coach.bus_ready("house")
    stage.clock.advance(60.0)
    assert stage.wire.frames[asked:] == REQUESTS
    assert stage.coach.is_up("house")


def test_a_bus_that_becomes_ready_twice_is_asked_anew_not_doubly(stage: Stage) -> None:
    stage.coach.bus_ready("house")
    stage.clock.advance(1.0)
    asked = len(stage.wire.frames)
    stage.coach.bus_ready("house")
    stage.clock.advance(60.0)
    assert stage.wire.frames == [*REQUESTS[:asked], *REQUESTS]


def test_stopping_leaves_no_timer(stage: Stage) -> None:
    stage.believe(LIGHT)
    stage.coach.bus_ready("house")
    stage.coach.bus_ready("house")
    stage.command("dimmer", 48, "turn_off")
    stage.clock.advance(0.2)
    assert stage.clock.timers > 10
    stage.coach.stop()
    assert stage.clock.timers == 0
    assert not stage.coach.is_up("house")


def test_stopping_what_never_began_is_harmless() -> None:
    stage = Stage()
    stage.coach.stop()
    stage.coach.stop()
    assert stage.clock.timers == 0
