"""A generator that loads start and stop, to the byte and to the second."""

import pytest

from custom_components.coachiq.coach import Profile, ThingId
from custom_components.coachiq.error import BusError, CommandError
from tests.coach.stage import Stage

# linuxkidd/rvc-proxy README.md: a Phaeton's generator, stopped; then as it would go on.
STOPPED = "19FFDC93#005E010000FFFFFF"
CRANKING = "19FFDC93#025E010000FFFFFF"
RUNNING = "19FFDC93#035E010000FFFFFF"
# linuxkidd/coachproxy-os rv-c/generator.pl, of 2018 and later; there the loads are on without end.
PRIME, CRANK, STOP = "54FFC8010500FFFF", "53FFC8011E00FFFF", "54FFC8011E00FFFF"
OFF_STOP, OFF_START = "54FFC804FF00FFFF", "53FFC804FF00FFFF"


@pytest.fixture
def stage() -> Stage:
    stage = Stage(Profile(quirks=("spyder", "spyder_generator_2018")))
    stage.ready()
    stage.believe(STOPPED)
    return stage


def told(stage: Stage) -> list[str]:
    """Return what the dimmers were told since the last call, and forget it."""
    frames = [frame.removeprefix("19FEDB9E#") for frame in stage.wire.frames]
    stage.wire.sent.clear()
    return frames


def start(stage: Stage) -> None:
    stage.command("generator", 0, "turn_on")


def test_it_is_primed_and_cranked_until_it_runs(stage: Stage) -> None:
    start(stage)
    assert told(stage) == [PRIME]
    stage.repeat(4.9, 1.0, STOPPED)
    assert told(stage) == []
    stage.repeat(1.0, 1.0, CRANKING)
    assert told(stage) == [OFF_STOP, OFF_STOP, CRANK]
    stage.repeat(8.0, 1.0, CRANKING)
    assert (told(stage), stage.outcomes) == ([], [])
    stage.hear(RUNNING)
    stage.clock.advance(0.2)
    assert (told(stage), stage.outcomes) == ([OFF_START, OFF_START], [None])
    start(stage)
    assert (told(stage), stage.outcomes) == ([], [None, None])


def test_one_that_does_not_start_is_let_go_after_30_seconds(stage: Stage) -> None:
    start(stage)
    stage.repeat(5.2, 1.0, STOPPED)
    told(stage)
    stage.repeat(29.7, 1.0, CRANKING)
    assert (told(stage), stage.outcomes) == ([], [])
    stage.repeat(0.5, 0.1, CRANKING)
    assert told(stage) == [OFF_START, OFF_START]
    (error,) = stage.outcomes
    assert isinstance(error, CommandError)
    assert error.key == "generator_not_there"


@pytest.mark.parametrize(("seconds", "let_go"), [(0.0, OFF_STOP), (6.0, OFF_START)])
def test_one_that_falls_silent_is_let_go(stage: Stage, seconds: float, let_go: str) -> None:
    stage.hear(STOPPED)
    start(stage)
    stage.repeat(seconds, 1.0, STOPPED)
    told(stage)
    stage.clock.advance(2.5)
    assert told(stage) == []
    stage.clock.advance(1.0)
    assert told(stage) == [let_go, let_go]
    assert [error and error.key for error in stage.outcomes] == ["generator_unheard"]


def test_one_that_was_not_heard_is_not_started(stage: Stage) -> None:
    stage.clock.advance(3.1)
    start(stage)
    assert told(stage) == []
    assert [error and error.key for error in stage.outcomes] == ["generator_unheard"]
    unheard = Stage(Profile(quirks=("spyder_generator_2018",)))
    unheard.coach.restore(ThingId("house", "generator", (0,)), answers=None, last_level=None)
    start(unheard)
    assert (told(unheard), len(unheard.outcomes)) == ([], 1)


def test_a_stop_is_never_refused_and_lasts_until_it_rests(stage: Stage) -> None:
    stage.hear(RUNNING)
    stage.clock.advance(20.0)
    stage.command("generator", 0, "turn_off")
    assert told(stage) == [STOP]
    stage.clock.advance(5.0)
    assert (told(stage), stage.outcomes) == ([], [])
    stage.hear(STOPPED)
    stage.clock.advance(0.2)
    assert (told(stage), stage.outcomes) == ([OFF_STOP, OFF_STOP], [None])


def test_a_stop_ends_cranking_first(stage: Stage) -> None:
    start(stage)
    stage.repeat(6.0, 1.0, CRANKING)
    told(stage)
    stage.command("generator", 0, "turn_off")
    assert stage.outcomes == [None]
    stage.clock.advance(0.2)
    assert told(stage) == [OFF_START, OFF_START, STOP]


def test_one_that_cannot_be_told_is_an_error(stage: Stage) -> None:
    stage.wire.refusal = BusError("transmit_off", bus="house")
    start(stage)
    assert stage.outcomes == [stage.wire.refusal]
    stage.clock.advance(40.0)
    assert told(stage) == []


def test_it_ends_with_the_bus_and_with_the_coach(stage: Stage) -> None:
    start(stage)
    stage.repeat(6.0, 1.0, CRANKING)
    told(stage)
    stage.coach.cranking.let_go()
    stage.clock.advance(0.2)
    assert (told(stage), stage.outcomes) == ([OFF_START, OFF_START], [None])
    stage.hear(STOPPED)
    start(stage)
    stage.coach.bus_down("house")
    assert [error and error.key for error in stage.outcomes] == [None, "bus_down"]


def test_other_coaches_have_a_command(stage: Stage) -> None:
    other = Stage(Profile(quirks=("spyder",)))
    other.ready()
    other.believe(STOPPED)
    start(other)
    assert other.wire.frames == ["19FFDA9E#01FFFFFFFFFFFFFF"]


def test_the_loads_of_2015_are_others() -> None:
    stage = Stage(Profile(quirks=("spyder_generator_2015",)))
    stage.ready()
    stage.believe(STOPPED)
    start(stage)
    assert told(stage) == ["68FFC8010500FFFF"]
    stage.repeat(5.2, 1.0, STOPPED)
    assert told(stage)[-1] == "67FFC8011E00FFFF"
