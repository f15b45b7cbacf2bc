"""What grows from frames has a bound, and no frame does harm."""

from hypothesis import given, settings, strategies as st

from custom_components.coachiq.coach import ThingId
from custom_components.coachiq.coach.families import FAMILY_OF
from custom_components.coachiq.coach.intake import MOST_CHANNELS, MOST_THINGS
from tests.coach.stage import Stage, spec

LIGHT = "19FEDA8A#307EC8FCFF0104FF"
# Four families of 250 instances each: status DGN, source, rest of the payload.
MANY = (
    ("19FEDA8A", "7EC8FCFF0104FF"),
    ("19FFBD80", "00C80000000000"),
    ("19FFBF93", "FFC860000BFFFF"),
    ("19FFB780", "051CFFFFFFFFFF"),
)


def fill(stage: Stage) -> None:
    stage.believe(*(f"{head}#{key:02X}{rest}" for head, rest in MANY for key in range(1, 251)))


def test_a_bus_has_no_more_than_a_thousand_things(stage: Stage) -> None:
    fill(stage)
    assert len(stage.coach.things) == MOST_THINGS == 1000
    stage.believe("19FFF780#0100000000000000")
    assert len(stage.coach.things) == MOST_THINGS
    assert stage.coach.lines["house"].intake.rejected == {
        ThingId("house", "water_heater", (1,)): "too many things"
    }
    stage.believe("19FFF780#0100000000000000", bus="chassis")
    assert len(stage.coach.things) == MOST_THINGS + 1


def test_not_even_after_the_bus_was_down(stage: Stage) -> None:
    fill(stage)
    stage.coach.bus_down("house")
    stage.coach.bus_up("house")
    stage.believe("19FFF780#0100000000000000")
    assert len(stage.coach.things) == MOST_THINGS


def test_a_removed_thing_makes_room(stage: Stage) -> None:
    fill(stage)
    stage.coach.remove(ThingId("house", "tank", (7,)))
    stage.believe("19FFF780#0100000000000000")
    assert ThingId("house", "water_heater", (1,)) in stage.coach.things


def test_no_more_than_4000_identifiers_are_told_apart(stage: Stage) -> None:
    stage.believe(LIGHT)
    intake = stage.coach.lines["house"].intake
    for number in range(5000):
        stage.hear(f"{0x18000000 + (number << 8):08X}#00")
    assert len(intake._channels) == MOST_CHANNELS
    assert intake.overlooked == 5000 + 1 - MOST_CHANNELS
    assert len(intake.unknown) <= MOST_CHANNELS
    stage.hear("19FEDA8A#307E64FCFF0104FF")
    assert stage.value("dimmer", 48, "level") == 50.0
    assert intake.frames == 5003


def test_no_more_than_256_nodes(stage: Stage) -> None:
    for source in range(256):
        for dgn in ("19FECA", "19FFFF"):
            stage.hear(f"{dgn}{source:02X}#0541FFFFFFFFFFFF")
    stage.clock.advance(2.0)
    assert len(stage.coach.lines["house"].intake.nodes) == 256


def test_the_list_of_rejected_keys_is_bounded(stage: Stage) -> None:
    for head in ("19FEDA8A", "19FFBD80", "19FFBF93", "19FFF780", "19FFE180", "19FFE480"):
        stage.believe(*(f"{head}#{key:02X}FFFFFFFFFFFFFF" for key in range(256)))
    rejected = stage.coach.lines["house"].intake.rejected
    assert len(rejected) == 1000
    assert stage.coach.things == {}


def test_keys_of_which_nothing_is_said_are_bounded(stage: Stage) -> None:
    stage.believe(LIGHT)
    intake = stage.coach.lines["house"].intake
    for source in range(100):
        frames = [(0x19FEDA00 | source, bytes((key, *b"\xff" * 7))) for key in range(256)]
        stage.coach.receive("house", frames, stage.clock.now())
    assert sum(len(channel.cells) for channel in intake._channels.values()) == 20_000
    assert intake.overlooked == 1 + 100 * 256 - 20_000
    stage.hear("19FEDA8A#307E64FCFF0104FF")
    assert stage.value("dimmer", 48, "level") == 50.0, "what is known is heard all the same"
    # When a bus comes back, everybody may speak anew.
    stage.coach.bus_down("house")
    stage.coach.bus_up("house")
    stage.hear("19FEDA8B#01FFFFFFFFFFFFFF")
    assert sum(len(channel.cells) for channel in intake._channels.values()) == 1


def test_a_key_of_a_thing_that_is_removed_gives_its_room_back(stage: Stage) -> None:
    intake = stage.coach.lines["house"].intake
    for _ in range(3):
        stage.believe(LIGHT)
        (identity,) = stage.coach.things
        assert intake._cells == 1
        stage.coach.remove(identity)
        assert intake._cells == 0


STATUS = [spec().named(name).dgn for name in FAMILY_OF]
PAGES = st.sampled_from([*STATUS, 0xE800 | 0x9E, 0xE8FF, 0xEAFF, 0xEE00, 0xEBFF, 0xECFF])
LIKELY = st.builds(
    lambda dgn, source, priority: priority << 26 | dgn << 8 | source,
    PAGES,
    st.sampled_from([0x80, 0x8A, 0x9E, 0xFE, 0xFF]),
    st.integers(0, 7),
)
FRAMES = st.lists(
    st.tuples(LIKELY | st.integers(0, 0x1FFFFFFF), st.binary(max_size=64)), max_size=60
)


@settings(max_examples=150, deadline=None)
@given(batches=st.lists(st.tuples(FRAMES, st.floats(0.0, 30.0)), max_size=6))
def test_no_frame_raises(batches: list[tuple[list[tuple[int, bytes]], float]]) -> None:
    stage = Stage()
    stage.coach.bus_ready("house")
    stage.believe(LIGHT)
    stage.command("dimmer", 48, "turn_off")
    for frames, pause in batches:
        stage.coach.receive("house", frames, stage.clock.now())
        stage.clock.advance(pause)
    stage.coach.stop()
    assert stage.coach.lines["house"].intake.frames == 2 + sum(len(f) for f, _ in batches)
    assert len(stage.outcomes) == 1
