"""Leveling on the simulated coach: by itself, watched meanwhile, and by hand a side at a time."""

import itertools

import pytest

from custom_components.coachiq.coach import Thing, label
from custom_components.coachiq.coach.decision import Decision
from custom_components.coachiq.coach.interlock import SAFE, UNKNOWN, UNSAFE
from custom_components.coachiq.coach.mover import LEVELING, SYSTEMS
from custom_components.coachiq.error import CoachError, CommandError
from custom_components.coachiq.simulator.leveling import (
    LEFT_FRONT,
    LEFT_REAR,
    RIGHT_FRONT,
    RIGHT_REAR,
)
from tests.coach.duet import STEP, Duet, key_of
from tests.coach.stage import Stage
from tests.coach.test_interlock import chassis

ALLOWED = Decision(allowed=True)
LEVEL, AIR, STORE, STOP = (f"19FFEE9E#{mode:02X}FFFFFFFFFFFFFF" for mode in (8, 5, 3, 0))
# By hand, four points: two bits each to retract and to extend LR and RF, then RR and LF.
BY_HAND = {
    "open_front_jacks": "19FFEE9E#474040FFFFFFFFFF",
    "close_front_jacks": "19FFEE9E#471010FFFFFFFFFF",
    "open_rear_jacks": "19FFEE9E#470404FFFFFFFFFF",
    "close_rear_jacks": "19FFEE9E#470101FFFFFFFFFF",
    "open_left_jacks": "19FFEE9E#470440FFFFFFFFFF",
    "close_left_jacks": "19FFEE9E#470110FFFFFFFFFF",
    "open_right_jacks": "19FFEE9E#474004FFFFFFFFFF",
    "close_right_jacks": "19FFEE9E#471001FFFFFFFFFF",
}
REST = "0DFFED9C#00FCC000000FFF00"
FOUR = "0DFFEC9C#4000FF00FFFFFFFF"


class Bench(Duet):
    """Our coach and the simulated one, whose jacks may move."""

    def __init__(self) -> None:
        super().__init__({"house-leveling-0": ALLOWED})

    @property
    def system(self) -> Thing:
        return self.stage.thing("leveling", 0)

    @property
    def jacks(self) -> dict[tuple[int, int], float]:
        return dict(self.sim.leveling.positions)

    def move(self, way: str, *, hold: bool = False) -> None:
        self.stage.coach.motions.start(self.system, way, self.ended.append, hold=hold)

    def stop(self) -> None:
        self.stage.coach.motions.stop(self.system)

    def rests(self) -> bool:
        """Tell whether no jack moves, by looking at them for a moment."""
        before = self.jacks
        self.pass_time(0.3)
        return self.jacks == before


def quiet_stage(*frames: str, decision: Decision = ALLOWED) -> Stage:
    """Return a coach that stands and has heard these frames of its leveling system."""
    stage = Stage(decisions={"house-leveling-0": decision})
    stage.ready()
    stage.believe(chassis({}), *frames)
    return stage


def start(stage: Stage, way: str) -> str | None:
    """Begin a way; return why it was refused, None when a frame has left."""
    sent = len(stage.wire.frames)
    try:
        stage.coach.motions.start(stage.thing("leveling", 0), way, lambda _: None)
    except CommandError as error:
        assert len(stage.wire.frames) == sent, "a refusal sends nothing"
        return error.key
    stage.clock.advance(0.01)
    assert len(stage.wire.frames) == sent + 1
    return None


def test_it_levels_and_stores_by_itself_and_is_told_once() -> None:
    bench = Bench()
    bench.move("level_jacks")
    bench.pass_time(1.0)
    assert label(bench.system.values["extending_left_front"]) == "on"
    bench.pass_time(9.0)
    assert set(bench.jacks.values()) == {0.5}
    assert bench.ended == [None]
    assert len(bench.said(LEVEL)) == 1
    assert bench.stage.coach.motions.moving() == []
    bench.move("store")
    bench.pass_time(9.0)
    assert set(bench.jacks.values()) == {0.0}
    assert (bench.ended, len(bench.said(STORE))) == ([None, None], 1)


@pytest.mark.parametrize("way", ["level_jacks", "store", "open_left_jacks"])
def test_a_stop_ends_it_at_once(way: str) -> None:
    bench = Bench()
    bench.move("level_jacks")
    bench.pass_time(3.0)
    bench.move(way)
    bench.pass_time(1.5)
    at = bench.now
    bench.stop()
    bench.pass_time(2 * STEP)
    assert bench.said(STOP)[-1] - at <= STEP
    assert bench.rests()
    assert bench.stage.coach.motions.moving() == []


def test_what_turns_unsafe_stops_what_it_does_by_itself() -> None:
    bench = Bench()
    bench.move("level_jacks")
    bench.pass_time(2.0)
    at = bench.now
    bench.stage.hear(chassis({"park_brake": UNSAFE}))
    bench.pass_time(0.15)
    assert bench.said(STOP)[0] - at <= 0.1 + STEP
    assert bench.rests()
    assert [key_of(one) for one in bench.ended] == ["interlock_park_brake_unsafe"]


def test_what_the_system_does_not_begin_is_told_after_five_seconds() -> None:
    """The simulated coach has no air bags."""
    bench = Bench()
    bench.move("level_air")
    bench.pass_time(5.5)
    assert len(bench.said(AIR)) == 1
    assert [key_of(one) for one in bench.ended] == ["not_answered"]
    assert bench.said(STOP)


def test_what_takes_too_long_is_stopped() -> None:
    stage, ended = quiet_stage(REST, FOUR), list[CoachError | None]()
    stage.coach.motions.start(stage.thing("leveling", 0), "level_jacks", ended.append)
    begin = stage.clock.now()
    stage.repeat(320.0, 0.5, chassis({}), "0DFFED9C#08FCC000000FFF00")
    assert ended == [None]
    stops = [at for at, frame in stage.wire.sent if frame == STOP]
    assert stops[0] - begin == pytest.approx(300.0, abs=0.1)


def test_what_it_does_by_itself_outlives_a_killed_process() -> None:
    """RV-C has no leveling that lapses but by hand; the system itself ends it."""
    bench = Bench()
    bench.move("level_jacks")
    bench.pass_time(1.0)
    bench.is_alive = False
    bench.pass_time(9.0)
    assert set(bench.jacks.values()) == {0.5}
    assert bench.rests()


@pytest.mark.parametrize("way", BY_HAND)
def test_a_side_moves_by_hand_for_three_seconds(way: str) -> None:
    bench = Bench()
    bench.move("level_jacks")
    bench.pass_time(9.0)
    bench.stage.wire.sent.clear()
    bench._heard = 0
    bench.ended.clear()
    bench.pass_time(0.5)
    begin = bench.now
    bench.move(way)
    bench.pass_time(4.0)
    said = bench.said(BY_HAND[way])
    assert said[-1] - begin == pytest.approx(3.0, abs=0.12)
    gaps = [after - before for before, after in itertools.pairwise(said)]
    assert max(gaps) <= 0.1 + STEP
    assert bench.ended == [None]
    assert bench.rests()
    moved = {jack for jack, position in bench.jacks.items() if position != 0.5}
    assert (
        moved
        == {
            "front": {LEFT_FRONT, RIGHT_FRONT},
            "rear": {LEFT_REAR, RIGHT_REAR},
            "left": {LEFT_FRONT, LEFT_REAR},
            "right": {RIGHT_FRONT, RIGHT_REAR},
        }[way.split("_")[1]]
    )
    goes_down = way.startswith("open")
    assert all((bench.jacks[jack] > 0.5) is goes_down for jack in moved)
    assert bench.jacks[next(iter(moved))] == pytest.approx(0.75 if goes_down else 0.25, abs=0.03)


def test_a_hold_that_freezes_and_a_killed_process_leave_nothing_moving() -> None:
    bench = Bench()
    bench.move("open_front_jacks", hold=True)
    for _ in range(10):
        bench.pass_time(0.3)
        assert bench.stage.coach.motions.renew(bench.system)
    bench.pass_time(0.65)
    assert bench.rests()
    assert [key_of(one) for one in bench.ended] == ["hold_lapsed"]
    bench.move("open_front_jacks")
    bench.pass_time(1.0)
    bench.is_alive = False
    bench.pass_time(0.4)
    assert bench.rests()


def test_one_way_is_stopped_before_another() -> None:
    bench = Bench()
    bench.move("open_front_jacks")
    bench.pass_time(1.0)
    bench.move("close_front_jacks")
    bench.pass_time(1.0)
    opened = bench.said(BY_HAND["open_front_jacks"])[-1]
    stopped = bench.said(STOP)[0]
    closed = bench.said(BY_HAND["close_front_jacks"])[0]
    assert opened <= stopped <= closed - 0.49


def test_what_somebody_else_has_begun_is_stopped_first() -> None:
    stage = quiet_stage(REST, FOUR)
    stage.hear("0DFFED9C#08FCC000000FFF00")
    stage.coach.motions.start(stage.thing("leveling", 0), "store", lambda _: None)
    stage.clock.advance(0.6)
    frames = [(at, frame) for at, frame in stage.wire.sent if frame in (STOP, STORE)]
    assert [frame for _, frame in frames] == [STOP, STORE]
    assert frames[1][0] - frames[0][0] >= 0.5


@pytest.mark.parametrize(
    ("jacks", "refused", "frame"),
    [
        ("0DFFEC9C#4000FF00FFFFFFFF", None, "19FFEE9E#470440FFFFFFFFFF"),
        # The front one of three has the place of the left one; of the right one nothing is said.
        ("0DFFEC9C#3000FF00FFFFFFFF", None, "19FFEE9E#49F400FFFFFFFFFF"),
        ("0DFFEC9C#6000FF00FFFFFFFF", "jacks_unknown", ""),
        ("0DFFEC9C#F100FF00FFFFFFFF", "jacks_unknown", ""),
    ],
)
def test_by_hand_only_where_the_jacks_are_known(
    jacks: str, refused: str | None, frame: str
) -> None:
    stage = quiet_stage(REST, jacks)
    assert start(stage, "open_left_jacks") == refused
    assert refused or stage.wire.frames[-1] == frame
    stage = quiet_stage(REST)
    assert start(stage, "open_left_jacks") == "jacks_unknown"
    assert start(stage, "store") is None, "what it does by itself needs no number"


@pytest.mark.parametrize("without", [False, True])
@pytest.mark.parametrize("way", ["level_jacks", "store", "open_front_jacks"])
def test_all_combinations_of_inputs(way: str, without: bool) -> None:
    needs = SYSTEMS["leveling"].needs
    assert needs == ("park_brake", "speed", "gear")
    for states in itertools.product((SAFE, UNSAFE, UNKNOWN), repeat=len(needs)):
        found = dict(zip(needs, states, strict=True))
        stage = quiet_stage(REST, FOUR, decision=Decision(allowed=True, without=without))
        stage.believe(chassis(found))
        good = {SAFE, UNKNOWN} if without else {SAFE}
        bad = next((name for name in needs if found[name] not in good), None)
        assert start(stage, way) == (bad and f"interlock_{bad}_{found[bad]}"), found
    stage = quiet_stage(REST, FOUR, decision=Decision(allowed=True, without=without))
    stage.clock.advance(60.0)
    assert start(stage, way) == "interlock_park_brake_stale"


@pytest.mark.parametrize("way", SYSTEMS["leveling"].ways)
def test_nothing_moves_that_the_owner_has_not_allowed_but_it_stops(way: str) -> None:
    stage = quiet_stage(REST, FOUR, decision=Decision())
    assert start(stage, way) == "not_allowed"
    stage.clock.advance(700.0)
    stage.coach.motions.stop(stage.thing("leveling", 0))
    stage.clock.advance(0.01)
    assert stage.wire.frames[-1] == STOP


def test_a_system_that_is_locked_out_is_not_commanded() -> None:
    stage = quiet_stage("0DFFED9C#00FCC000000FFF01", FOUR)
    assert start(stage, "level_jacks") == "mover_locked_out"


def test_a_system_that_refuses_is_told_to_stop() -> None:
    stage, ended = quiet_stage(REST, FOUR), list[CoachError | None]()
    stage.coach.motions.start(stage.thing("leveling", 0), "level_air", ended.append)
    stage.clock.advance(0.1)
    stage.hear("18E89E9C#01FFFFFF9EEEFF01")
    assert [key_of(one) for one in ended] == ["command_refused"]
    assert stage.wire.frames[-1] == STOP


def test_what_it_does_by_itself_is_bounded() -> None:
    mover = SYSTEMS["leveling"]
    assert mover.run_time == 3.0
    assert mover.run_times == dict.fromkeys(LEVELING, 300.0)
