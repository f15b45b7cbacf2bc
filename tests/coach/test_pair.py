"""Two outputs as one mover, on the simulated coach: its two channels are looked at all the time."""

import itertools

import pytest

from custom_components.coachiq.coach import Profile, Thing, ThingId
from custom_components.coachiq.coach.decision import Decision
from custom_components.coachiq.coach.mover import CLOSE, OPEN, PAIRS
from custom_components.coachiq.coach.pair import Pairs
from custom_components.coachiq.coach.profile import ProfileRow
from custom_components.coachiq.error import CoachError, CommandError
from custom_components.coachiq.simulator.scene import EXTEND, RETRACT
from tests.coach.duet import STEP, Duet, key_of
from tests.coach.stage import Stage
from tests.coach.test_interlock import OUTPUTS, chassis

AWNING = Decision(kind="awning", pair=RETRACT, allowed=True)
# Command 1 for 2 s and command 3, to channels 49 and 50.
ON = {EXTEND: "19FEDB9E#31FFC8010200FFFF", RETRACT: "19FEDB9E#32FFC8010200FFFF"}
OFF = {EXTEND: "19FEDB9E#31FF0003FF00FFFF", RETRACT: "19FEDB9E#32FF0003FF00FFFF"}
# What a switch on the wall says, from the panel's address.
WALL = 0x19FEDBFD


class Bench(Duet):
    """Our coach and the simulated one, and what its two channels did, every 10 ms."""

    def __init__(self, decision: Decision = AWNING) -> None:
        self.outputs: list[tuple[float, bool, bool]] = []
        super().__init__({f"house-dimmer-{EXTEND}": decision})
        self.outputs.clear()

    @property
    def awning(self) -> Thing:
        return self.stage.thing("dimmer", EXTEND)

    def move(self, direction: str = OPEN, *, hold: bool = False) -> None:
        self.stage.coach.motions.start(self.awning, direction, self.ended.append, hold=hold)

    def look(self) -> None:
        extends, retracts = (self.sim.dimmers[each].level > 0 for each in (EXTEND, RETRACT))
        self.outputs.append((self.now, extends, retracts))

    def press(self, output: int, code: int) -> None:
        """Press a switch on the wall."""
        level = 0 if code == 3 else 200
        self.sim.receive(WALL, bytes((output, 0xFF, level, code, 0xFF, 0, 0xFF, 0xFF)), self.now)

    def times(self, output: int) -> list[float]:
        """Return the moments at which a channel was on."""
        column = 1 if output == EXTEND else 2
        return [row[0] for row in self.outputs if row[column]]

    @property
    def both(self) -> list[float]:
        """Return the moments at which both channels were on."""
        return [at for at, one, other in self.outputs if one and other]


def test_it_is_kept_on_for_its_run_time_and_then_off() -> None:
    bench = Bench()
    begin = bench.now
    bench.move()
    bench.pass_time(33.0)
    on = bench.times(EXTEND)
    assert 0.1 <= on[0] - begin <= 0.13, "first both are off for a moment"
    assert on[-1] - begin == pytest.approx(30.1, abs=0.03)
    assert len(on) == pytest.approx((on[-1] - on[0]) / STEP, abs=2), "without a gap"
    gaps = [after - before for before, after in itertools.pairwise(bench.said(ON[EXTEND]))]
    assert max(gaps) <= 1.0
    assert bench.said(ON[RETRACT]) == bench.times(RETRACT) == []
    assert bench.ended == [None]
    assert {frame for _, frame in bench.stage.wire.sent if "19FEDB" in frame} == {
        ON[EXTEND], *OFF.values()
    }  # fmt: skip


@pytest.mark.parametrize("direction", [OPEN, CLOSE])
def test_a_stop_turns_both_off_at_once(direction: str) -> None:
    bench = Bench()
    bench.move(direction)
    bench.pass_time(2.0)
    at, sent = bench.now, len(bench.stage.wire.sent)
    bench.stage.coach.motions.stop(bench.awning)
    bench.pass_time(2.0)
    assert [frame for _, frame in bench.stage.wire.sent[sent:]] == [*OFF.values()] * 2
    assert bench.times(EXTEND if direction == OPEN else RETRACT)[-1] <= at + STEP
    assert bench.ended == [None]


def test_opposite_directions_never_overlap() -> None:
    bench = Bench()
    for direction, seconds in ((OPEN, 1.0), (CLOSE, 1.3), (OPEN, 0.05), (CLOSE, 0.6), (OPEN, 1.0)):
        bench.move(direction)
        bench.pass_time(seconds)
    bench.stage.coach.motions.stop(bench.awning)
    bench.pass_time(3.0)
    assert bench.both == []
    runs = [(at, one) for at, one, other in bench.outputs if one or other]
    turns = [(a[0], b[0]) for a, b in itertools.pairwise(runs) if a[1] != b[1]]
    assert len(turns) == 2, "open, close, close again, open: the short one did not begin"
    assert all(begun - ended >= 0.5 - STEP for ended, begun in turns)


@pytest.mark.parametrize("between", [[OPEN], ["stop"], ["stop", OPEN, "stop"], [CLOSE, "stop"]])
def test_an_impatient_finger_does_not_shorten_the_pause(between: list[str]) -> None:
    bench = Bench()
    bench.move(CLOSE)
    bench.pass_time(1.0)
    for press in (OPEN, *between, OPEN):
        if press == "stop":
            bench.stage.coach.motions.stop(bench.awning)
        else:
            bench.move(press)
        bench.pass_time(0.1)
    bench.pass_time(2.0)
    assert bench.both == []
    assert bench.times(EXTEND)[0] - bench.times(RETRACT)[-1] >= 0.5 - STEP


def test_a_hold_that_freezes_is_off_within_600_ms() -> None:
    bench = Bench()
    bench.move(hold=True)
    for _ in range(10):
        bench.pass_time(0.3)
        assert bench.stage.coach.motions.renew(bench.awning)
    assert bench.times(EXTEND)[-1] == bench.now
    frozen = bench.now
    bench.pass_time(3.0)
    assert 0.45 <= bench.times(EXTEND)[-1] - frozen <= 0.6
    assert [key_of(one) for one in bench.ended] == ["hold_lapsed"]


@pytest.mark.parametrize("hold", [False, True])
@pytest.mark.parametrize("after", [0.5, 0.95, 1.7])
def test_a_killed_process_leaves_it_on_for_two_seconds_at_most(after: float, hold: bool) -> None:
    bench = Bench()
    bench.move(hold=hold)
    for _ in range(round(after / 0.05)):
        bench.pass_time(0.05)
        bench.stage.coach.motions.renew(bench.awning)
    killed, bench.is_alive = bench.now, False
    bench.pass_time(4.0)
    assert 0 < bench.times(EXTEND)[-1] - killed <= 2.0


def test_a_lost_bus_ends_it_and_the_outputs_lapse() -> None:
    bench = Bench()
    bench.move()
    bench.pass_time(1.0)
    bench.stage.coach.bus_down("house")
    at, bench.is_alive = bench.now, False
    bench.pass_time(4.0)
    assert bench.times(EXTEND)[-1] - at <= 2.0
    assert [key_of(one) for one in bench.ended] == ["bus_down"]


def test_a_switch_that_turns_the_other_one_on_ends_it() -> None:
    bench = Bench()
    bench.move()
    bench.pass_time(1.0)
    at = bench.now
    bench.press(RETRACT, 1)
    bench.pass_time(3.0)
    # The wall has made them overlap; we end it when the module has told, 22 to 45 ms later.
    assert bench.both
    assert bench.both[-1] - at <= 0.08
    assert bench.times(EXTEND)[-1] == bench.times(RETRACT)[-1]
    assert [key_of(one) for one in bench.ended] == ["mover_other_way"]


def test_an_output_that_somebody_has_on_is_turned_off_first() -> None:
    bench = Bench()
    bench.press(RETRACT, 1)
    bench.pass_time(1.0)
    assert bench.times(RETRACT)
    bench.move(OPEN)
    bench.pass_time(2.0)
    assert bench.both == []
    assert bench.times(EXTEND)[0] - bench.times(RETRACT)[-1] >= 0.5 - STEP


def test_an_output_that_somebody_keeps_on_keeps_the_other_off() -> None:
    bench = Bench()
    pressed = bytes((RETRACT, 0xFF, 200, 1, 0xFF, 0, 0xFF, 0xFF))
    bench.wall = lambda now: pressed if round(now / STEP) % 10 == 0 else None
    bench.pass_time(1.0)
    bench.move(OPEN)
    bench.pass_time(3.0)
    assert bench.said(ON[EXTEND]) == bench.times(EXTEND) == []
    assert [key_of(one) for one in bench.ended] == ["mover_other_way"]


def test_who_turns_it_off_at_the_wall_has_stopped_it() -> None:
    bench = Bench()
    bench.move()
    bench.pass_time(2.0)
    at = bench.now
    bench.press(EXTEND, 3)
    bench.pass_time(3.0)
    assert bench.times(EXTEND)[-1] <= at + STEP
    assert bench.said(ON[EXTEND])[-1] <= at
    assert [key_of(one) for one in bench.ended] == ["mover_stopped_elsewhere"]


def test_a_locked_output_is_not_moved() -> None:
    bench = Bench()
    bench.press(RETRACT, 0x21)
    bench.pass_time(0.5)
    with pytest.raises(CommandError, match="mover_locked_out"):
        bench.move()


def test_neither_half_is_anything_else_or_turned_on_otherwise() -> None:
    bench = Bench()
    coach = bench.stage.coach
    assert [coach.kind(one) for one in coach.halves(bench.awning.id)] == ["awning", "cover"]
    assert coach.mover(ThingId("house", "dimmer", (RETRACT,))) is None
    for output in (EXTEND, RETRACT):
        bench.stage.command("dimmer", output, "set_level", level=100)
        bench.stage.command("dimmer", output, "turn_on")
    bench.pass_time(1.0)
    assert [key_of(one) for one in bench.stage.outcomes] == ["half_of_mover"] * 4
    assert bench.stage.wire.frames == []


def test_removing_either_half_stops_it() -> None:
    for output in (EXTEND, RETRACT):
        bench = Bench()
        bench.move()
        bench.pass_time(1.0)
        at = bench.now
        bench.stage.coach.remove(ThingId("house", "dimmer", (output,)))
        bench.pass_time(3.0)
        assert bench.times(EXTEND)[-1] <= at + STEP


def quiet_stage(*frames: str) -> Stage:
    """Return a coach whose outputs 1 and 2 are a vent, heard as these frames say."""
    decision = Decision(kind="vent", pair=2, allowed=True, without=True)
    stage = Stage(decisions={"house-dimmer-1": decision})
    stage.ready()
    stage.believe(*frames)
    return stage


def test_an_output_that_never_says_off_is_unknown_once_told_to_be() -> None:
    """Some modules speak of what is on only."""
    stage = quiet_stage("19FEDA8E#017C00FCFF0500FF", "19FEDA8E#027CC8FCFF0104FF")
    vent, ended = stage.thing("dimmer", 1), list[CoachError | None]()
    assert stage.coach.heading(vent) == CLOSE
    stage.coach.motions.start(vent, OPEN, ended.append)
    stage.clock.advance(0.45)
    assert stage.coach.heading(vent) is None
    stage.clock.advance(0.1)
    assert stage.wire.frames[-1] == "19FEDB9E#01FFC8010200FFFF"
    assert ended == []


def test_an_output_that_goes_on_saying_on_is_believed() -> None:
    on = "19FEDA8E#027CC8FCFF0104FF"
    stage = quiet_stage("19FEDA8E#017C00FCFF0500FF", on)
    ended = list[CoachError | None]()
    stage.coach.motions.start(stage.thing("dimmer", 1), OPEN, ended.append)
    stage.repeat(1.0, 0.2, on)
    assert [key_of(one) for one in ended] == ["mover_other_way"]
    assert not any("01FFC801" in frame for frame in stage.wire.frames)


def test_one_half_alone_is_stopped_but_not_moved() -> None:
    stage = quiet_stage(OUTPUTS["dimmer"][0])
    vent = stage.thing("dimmer", 1)
    with pytest.raises(CommandError, match="half_unheard"):
        stage.coach.motions.start(vent, OPEN, lambda _: None)
    assert stage.wire.frames == []
    stage.coach.motions.stop(vent)
    stage.clock.advance(0.01)
    assert stage.wire.frames == ["19FEDB9E#01FF0003FF00FFFF", "19FEDB9E#02FF0003FF00FFFF"]


def test_a_module_that_refuses_is_told_to_stop() -> None:
    stage = quiet_stage(*OUTPUTS["dimmer"])
    ended = list[CoachError | None]()
    stage.coach.motions.start(stage.thing("dimmer", 1), CLOSE, ended.append)
    stage.clock.advance(0.2)
    stage.hear("18E89E8E#0102FFFF9EDBFE01")
    assert [key_of(one) for one in ended] == ["command_refused"]


def test_dc_loads_are_pairs_as_well() -> None:
    decision = Decision(kind="slide", pair=2, allowed=True)
    stage = Stage(decisions={"house-dc_load-1": decision})
    stage.ready()
    stage.believe(*OUTPUTS["dc_load"], chassis({}))
    stage.coach.motions.start(stage.thing("dc_load", 1), CLOSE, lambda _: None)
    stage.clock.advance(0.2)
    assert [frame for frame in stage.wire.frames if frame.startswith("19FFBC")] == [
        "19FFBC9E#01FF00F303FFFFFF",
        "19FFBC9E#02FF00F303FFFFFF",
        "19FFBC9E#02FFC8F30102FFFF",
    ]


def dimmer(number: int) -> ThingId:
    return ThingId("house", "dimmer", (number,))


@pytest.mark.parametrize(
    ("rows", "decisions", "found"),
    [
        ({1: ("slide", 2)}, {}, {1: 2}),
        ({}, {1: ("slide", 2)}, {1: 2}),
        # The owner's word stands above the profile, for either half.
        ({1: ("slide", 2)}, {1: ("light", None)}, {}),
        ({1: ("slide", 2)}, {2: ("light", None)}, {}),
        ({1: ("slide", 2)}, {1: ("hidden", None)}, {}),
        ({1: ("slide", 2)}, {2: ("hidden", None)}, {}),
        ({1: ("slide", 2)}, {1: ("slide", 3)}, {1: 3}),
        ({1: ("slide", 2)}, {1: ("awning", None)}, {1: 2}),
        ({1: ("slide", 2)}, {3: ("awning", 2)}, {3: 2}),
        # No thing is in two pairs, closes itself, or is half of what moves by nothing.
        ({}, {1: ("slide", 1)}, {}),
        ({}, {1: ("slide", 2), 2: ("slide", 3)}, {2: 3}),
        ({}, {1: ("slide", 2), 2: ("slide", 1)}, {}),
        ({}, {1: ("slide", 3), 2: ("slide", 3)}, {1: 3}),
        ({}, {1: ("light", 2)}, {}),
        ({}, {1: ("slide", None)}, {}),
    ],
)
def test_which_outputs_are_pairs(
    rows: dict[int, tuple[str, int]],
    decisions: dict[int, tuple[str, int | None]],
    found: dict[int, int],
) -> None:
    profile = Profile(
        rows={
            ("dimmer", one): ProfileRow(kind=kind, pair=pair) for one, (kind, pair) in rows.items()
        }
    )
    pairs = Pairs(
        profile,
        {
            f"house-dimmer-{one}": Decision(kind=kind, pair=pair)
            for one, (kind, pair) in decisions.items()
        },
    )
    made = {one: pairs.closer(dimmer(one)) for one in range(1, 4)}
    assert {one: other.key[0] for one, other in made.items() if other} == found
    closers = {one: pairs.opener(dimmer(one)) for one in range(1, 4)}
    assert {other.key[0]: one for one, other in closers.items() if other} == found


def test_every_kind_runs_for_a_bounded_time_and_needs_the_coach_to_stand() -> None:
    for mover in PAIRS.values():
        assert 0 < mover.run_time <= 30
        assert "speed" in mover.needs
