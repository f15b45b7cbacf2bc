"""Movers in motion: they are kept moving, and stop whatever happens."""

import itertools

import pytest

from custom_components.coachiq.bus.outbox import GAP_ANY
from custom_components.coachiq.coach.decision import Decision
from custom_components.coachiq.coach.mover import CLOSE, MOVERS, OPEN
from custom_components.coachiq.error import CoachError
from custom_components.coachiq.rvc import COMMANDS, join
from tests.coach.stage import Stage, spec
from tests.coach.test_interlock import ALLOWED, APPEAR, chassis, stage_of


def frame(intent: str) -> str:
    """Return the frame that says an intent to instance 1."""
    row = COMMANDS[intent]
    data = row.encode(spec(), instance=1)[1].hex().upper()
    return f"{join(spec().named(row.dgn).dgn, 0x9E):08X}#{data}"


class Bench:
    """A mover that may move, and what was sent to it and reported of it."""

    def __init__(self, family: str, decision: Decision = ALLOWED) -> None:
        self.stage = stage_of(family, decision)
        self.stage.believe(chassis({}))
        self.thing = self.stage.thing(family, 1)
        self.mover = MOVERS[family]
        self.ended: list[CoachError | None] = []
        self.stage.wire.sent.clear()

    def move(self, direction: str = OPEN, *, hold: bool = False) -> None:
        self.stage.coach.motions.start(self.thing, direction, self.ended.append, hold=hold)

    def pass_time(self, seconds: float) -> None:
        """Let time pass while the chassis says ten times a second that all is well."""
        self.stage.repeat(seconds, 0.1, chassis({}))

    def times(self, intent: str) -> list[float]:
        """Return when an intent left."""
        wanted = frame(intent)
        return [at for at, sent in self.stage.wire.sent if sent == wanted]

    def said(self, direction: str) -> list[float]:
        return self.times(self.mover.ways[direction])

    @property
    def stops(self) -> list[float]:
        return self.times(self.mover.stop)


@pytest.mark.parametrize("family", MOVERS)
def test_it_is_kept_moving_for_its_run_time_and_then_stopped(family: str) -> None:
    bench = Bench(family)
    begin = bench.stage.clock.now()
    bench.move()
    bench.pass_time(bench.mover.run_time + 1)
    said, row = bench.said(OPEN), COMMANDS[bench.mover.ways[OPEN]]
    assert said[0] == begin
    assert bench.stops[0] == pytest.approx(begin + bench.mover.run_time, abs=0.02)
    assert said[-1] < bench.stops[0], "nothing moves it after the stop"
    gaps = [after - before for before, after in itertools.pairwise(said)]
    if row.repeat:
        assert max(gaps) <= row.repeat + 0.005 + 1e-6
        assert min(gaps) >= 0.05 - 1e-6
    else:
        assert len(said) == 1
    assert bench.ended == [None]
    assert len(bench.stops) == 2, "a stop is said twice"


@pytest.mark.parametrize("family", MOVERS)
def test_an_input_that_turns_unsafe_stops_it_within_100_ms(family: str) -> None:
    bench = Bench(family)
    bench.move()
    bench.pass_time(1.0)
    at = bench.stage.clock.now()
    bench.stage.hear(chassis({"speed": "unsafe", "park_brake": "unsafe"}))
    bench.stage.clock.advance(0.5)
    assert 0 <= bench.stops[0] - at <= 0.1 + 1e-6
    assert bench.said(OPEN)[-1] <= bench.stops[0]
    assert [error and error.key for error in bench.ended] in (
        ["interlock_park_brake_unsafe"],
        ["interlock_speed_unsafe"],
    )


@pytest.mark.parametrize("family", MOVERS)
def test_an_input_older_than_1_2_of_its_cadence_stops_it(family: str) -> None:
    bench = Bench(family)
    bench.pass_time(12.0)
    bench.move()
    bench.pass_time(0.5)
    last = bench.stage.clock.now()
    bench.stage.clock.advance(2.0)
    assert bench.stops[0] - last <= 1.2 * 0.1 + 0.11
    assert bench.ended[0]
    assert bench.ended[0].key.endswith("_stale")


@pytest.mark.parametrize("family", MOVERS)
def test_opposite_directions_never_overlap(family: str) -> None:
    bench = Bench(family)
    bench.move(OPEN)
    bench.pass_time(1.0)
    bench.move(CLOSE)
    bench.pass_time(2.0)
    opened, stopped, closed = bench.said(OPEN)[-1], bench.stops[0], bench.said(CLOSE)[0]
    # It counts from when the stop is handed over; another frame of ours may be leaving then.
    assert opened <= stopped <= closed - 0.5 + GAP_ANY
    assert bench.ended == [None]


@pytest.mark.parametrize("family", MOVERS)
@pytest.mark.parametrize("between", [[OPEN], ["stop"], ["stop", OPEN, "stop"], [CLOSE, "stop"]])
def test_an_impatient_finger_does_not_shorten_the_pause(family: str, between: list[str]) -> None:
    bench = Bench(family)
    bench.move(CLOSE)
    bench.pass_time(1.0)
    for press in (OPEN, *between, OPEN):
        if press == "stop":
            bench.stage.coach.motions.stop(bench.thing)
        else:
            bench.move(press)
        bench.pass_time(0.1)
    bench.pass_time(2.0)
    assert bench.said(CLOSE)[-1] <= bench.said(OPEN)[0] - 0.5 + GAP_ANY


def test_what_somebody_else_moved_rests_after_a_stop() -> None:
    bench = Bench("slide")
    bench.stage.hear("19FFE880#010264FF00FFFFFF")  # retracting
    at = bench.stage.clock.now()
    bench.stage.coach.motions.stop(bench.thing)
    bench.stage.hear("19FFE880#010064FF00FFFFFF")
    bench.move(OPEN)
    bench.pass_time(1.0)
    assert bench.said(OPEN)[0] - at >= 0.5


def test_somebody_else_who_moves_it_the_other_way_is_stopped_first() -> None:
    bench = Bench("slide")
    bench.stage.hear("19FFE880#010264FF00FFFFFF")  # retracting
    bench.move(OPEN)
    bench.pass_time(1.0)
    assert bench.stops[0] <= bench.said(OPEN)[0] - 0.5


def test_the_same_way_again_goes_on_without_a_stop() -> None:
    bench = Bench("slide")
    begin = bench.stage.clock.now()
    bench.move()
    bench.pass_time(2.0)
    bench.move()
    bench.pass_time(4.0)
    assert bench.ended == [None, None]
    assert bench.stops[0] == pytest.approx(begin + 5.0, abs=0.02)


@pytest.mark.parametrize("family", MOVERS)
def test_a_hold_that_is_not_renewed_stops_within_600_ms(family: str) -> None:
    bench = Bench(family)
    bench.move(hold=True)
    for _ in range(10):
        bench.pass_time(0.4)
        assert bench.stage.coach.motions.renew(bench.thing)
    last = bench.stage.clock.now()
    assert bench.stops == []
    bench.pass_time(1.0)
    assert 0.5 <= bench.stops[0] - last <= 0.6
    assert not bench.stage.coach.motions.renew(bench.thing)
    assert [error and error.key for error in bench.ended] == ["hold_lapsed"]


@pytest.mark.parametrize("family", MOVERS)
def test_a_stop_reaches_the_wire_whatever_the_state(family: str) -> None:
    """Not allowed, its status stale, its node gone: a stop is never refused."""
    stage = Stage()
    stage.coach.bus_ready("house")
    stage.believe(APPEAR[family])
    stage.clock.advance(700.0)
    stage.wire.sent.clear()
    stage.coach.motions.stop(stage.thing(family, 1))
    assert stage.wire.frames == [frame(MOVERS[family].stop)]


def test_frames_that_wait_are_taken_back_by_a_stop() -> None:
    bench = Bench("slide")
    bench.stage.wire.blocked = True
    bench.move()
    bench.stage.coach.motions.stop(bench.thing)
    bench.stage.wire.blocked = False
    bench.stage.wire.let_go()
    bench.pass_time(1.0)
    assert bench.said(OPEN)[-1] <= bench.stops[0]


def test_a_bus_that_is_lost_ends_the_motion_with_its_reason() -> None:
    bench = Bench("awning")
    bench.move()
    bench.pass_time(0.5)
    bench.stage.coach.bus_down("house")
    assert [error and error.key for error in bench.ended] == ["bus_down"]
    bench.stage.coach.bus_up("house")
    bench.stage.wire.sent.clear()
    bench.pass_time(5.0)
    assert bench.said(OPEN) == []


def test_a_device_that_refuses_is_told_to_stop() -> None:
    bench = Bench("slide")
    bench.move()
    bench.pass_time(0.5)
    # NAK of 1FFE7 by node 80 to us.
    bench.stage.hear("18E89E80#0101FFFF9EE7FF01")
    assert [error and error.key for error in bench.ended] == ["command_refused"]
    assert len(bench.stops) == 1


def test_a_failure_of_the_interlock_itself_leaves_nothing_moving() -> None:
    bench = Bench("slide", Decision(allowed=True, inputs={"gear": "sensor.gear"}))
    bench.stage.coach.state_of = lambda _: "park"
    bench.move()

    def fail(_: str) -> str:
        raise ZeroDivisionError

    bench.stage.coach.state_of = fail
    with pytest.raises(ZeroDivisionError):
        bench.pass_time(1.0)
    assert len(bench.stops) >= 1
    assert [error and error.key for error in bench.ended] == ["mover_failed"]
