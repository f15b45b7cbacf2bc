"""What the coach asks for by itself, when, and that it ends."""

from itertools import pairwise

from tests.coach.stage import Stage

LIGHT = "19FEDA8A#307EC8FCFF0104FF"
# A request to all (EAFF) for each status DGN of a family, little-endian.
REQUESTS = [
    "18EAFF9E#DAFE01FFFFFFFFFF",  # DC_DIMMER_STATUS_3
    "18EAFF9E#BDFF01FFFFFFFFFF",  # DC_LOAD_STATUS
    "18EAFF9E#BFFF01FFFFFFFFFF",  # AC_LOAD_STATUS
    "18EAFF9E#B7FF01FFFFFFFFFF",  # TANK_STATUS
    "18EAFF9E#FDFF01FFFFFFFFFF",  # DC_SOURCE_STATUS_1
    "18EAFF9E#FCFF01FFFFFFFFFF",  # DC_SOURCE_STATUS_2
    "18EAFF9E#FBFF01FFFFFFFFFF",  # DC_SOURCE_STATUS_3
    "18EAFF9E#E2FF01FFFFFFFFFF",  # THERMOSTAT_STATUS_1
    "18EAFF9E#9CFF01FFFFFFFFFF",  # THERMOSTAT_AMBIENT_STATUS
    "18EAFF9E#E1FF01FFFFFFFFFF",  # AIR_CONDITIONER_STATUS
    "18EAFF9E#E4FF01FFFFFFFFFF",  # FURNACE_STATUS
    "18EAFF9E#F7FF01FFFFFFFFFF",  # WATERHEATER_STATUS
    "18EAFF9E#B3FF01FFFFFFFFFF",  # WATER_PUMP_STATUS
    "18EAFF9E#DCFF01FFFFFFFFFF",  # GENERATOR_STATUS_1
]


def test_every_status_is_asked_for_once_over_ten_seconds(stage: Stage) -> None:
    began = stage.clock.now()
    stage.coach.bus_ready("house")
    stage.clock.advance(60.0)
    assert stage.wire.frames == REQUESTS
    moments = [at - began for at, _ in stage.wire.sent]
    gaps = [late - early for early, late in pairwise(moments)]
    assert moments[0] == 0.0
    assert 8.0 < moments[-1] <= 10.0
    assert min(gaps) > 0.5
    assert max(gaps) < 1.0
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
    stage.clock.advance(60.0)
    assert stage.wire.frames == REQUESTS[:2]
    stage.coach.bus_ready("house")
    stage.clock.advance(60.0)
    assert stage.wire.frames[2:] == REQUESTS
    assert stage.coach.is_up("house")


def test_a_bus_that_becomes_ready_twice_is_asked_anew_not_doubly(stage: Stage) -> None:
    stage.coach.bus_ready("house")
    stage.clock.advance(1.0)
    stage.coach.bus_ready("house")
    stage.clock.advance(60.0)
    assert stage.wire.frames == [*REQUESTS[:2], *REQUESTS]


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
