"""The interlock: nothing moves that should not, for every mover and every state of each input."""

from dataclasses import replace
import itertools

import pytest

from custom_components.coachiq.coach import ThingId
from custom_components.coachiq.coach.decision import Decision
from custom_components.coachiq.coach.interlock import INPUTS, SAFE, STALE, UNKNOWN, UNSAFE
from custom_components.coachiq.coach.mover import MOVERS, OPEN, PAIRS, Mover
from custom_components.coachiq.error import CommandError
from custom_components.coachiq.rvc import COMMANDS, join
from tests.coach.stage import Stage, spec

ALLOWED = Decision(allowed=True)
# Status frames that make one thing of each family that moves.
APPEAR = {
    "awning": "19FEF380#010000FF00FFFFFF",
    "slide": "19FFE880#010000FF00FFFFFF",
    "shade": "19FEDE80#01FFC800FF04FFFF",
    "motor": "19FEE080#01FFC800FF04FFFF",
    "step": "19FE8980#01000100F0FFFFFF",
    "tv_lift": "19FDC480#010000FF00FFFFFF",
    "door": "19FEE580#01FC0000FFFFFFFF",
    "window": "19FEE380#010000FCFFFFFFFF",
    "roof_fan": "19FDE380#010000FCFFFFFFFF",
}
# Of two outputs that are one mover the first opens it.
OUTPUTS = {
    "dimmer": ("19FEDA8E#017C00FCFF0500FF", "19FEDA8E#027C00FCFF0500FF"),
    "dc_load": ("19FFBD80#0100000000000000", "19FFBD80#0200000000000000"),
}
# Movers by themselves and pairs, by what they are called here.
SUBJECTS: dict[str, Mover] = {
    **MOVERS,
    **{f"{kind} of {family}": mover for (family, kind), mover in PAIRS.items()},
}
# What the chassis says: brake set, standing, ignition off, in neutral; FF is no data.
BITS = {"park_brake": (4, 0xFC, {SAFE: 1, UNSAFE: 0, UNKNOWN: 3}),
        "ignition": (5, 0xFC, {SAFE: 0, UNSAFE: 1, UNKNOWN: 3})}  # fmt: skip


def chassis(found: dict[str, str]) -> str:
    """Return the frame by which the inputs are as they are wanted."""
    data = bytearray(b"\xff\xff\x00\x00\xfd\xfc\x7d\xff")
    for name, (at, mask, codes) in BITS.items():
        data[at] = data[at] & mask | codes[found.get(name, SAFE)]
    speed = {SAFE: 0, UNSAFE: 5 * 256, UNKNOWN: 0xFFFF}[found.get("speed", SAFE)]
    data[2:4] = speed.to_bytes(2, "little")
    data[6] = {SAFE: 0x7D, UNSAFE: 0x7E, UNKNOWN: 0xFF}[found.get("gear", SAFE)]
    return f"0DFFF4A0#{data.hex()}"


def leveling(found: str) -> str:
    """Return what the leveling system says."""
    return f"19FFED81#{ {SAFE: '00', UNSAFE: '08', UNKNOWN: 'FF'}[found] }FFC3FFFFFFFFFF".replace(
        " ", ""
    )


def stage_of(subject: str, decision: Decision) -> Stage:
    """Return a coach with one mover of which the owner has decided."""
    kind, _, family = subject.rpartition(" of ")
    if kind:
        decision = replace(decision, kind=kind, pair=2)
    stage = Stage(decisions={f"house-{family}-1": decision})
    stage.coach.bus_ready("house")
    stage.believe(*appear(subject))
    return stage


def appear(subject: str) -> tuple[str, ...]:
    """Return the frames that make a mover."""
    family = family_of(subject)
    return OUTPUTS.get(family) or (APPEAR[family],)


def family_of(subject: str) -> str:
    """Return the family of a mover, or of the outputs that are one."""
    return subject.rpartition(" of ")[2]


def try_to_move(stage: Stage, subject: str) -> str | None:
    """Try to open the mover; return why it was refused, None when a frame has left."""
    mover = SUBJECTS[subject]
    sent = len(stage.wire.frames)
    try:
        stage.coach.motions.start(stage.thing(family_of(subject), 1), OPEN, lambda _: None)
    except CommandError as error:
        assert len(stage.wire.frames) == sent, "a refusal sends nothing"
        return error.key
    # The outputs of a pair are off for a moment first.
    stage.clock.advance(0.12)
    assert moved(stage, subject, sent)
    assert mover.run_time <= 30
    return None


def moved(stage: Stage, subject: str, since: int) -> bool:
    """Tell whether a frame that moves has left."""
    intent = COMMANDS[SUBJECTS[subject].ways[OPEN]]
    data = intent.encode(spec(), instance=1)[1].hex().upper()
    can_id = join(spec().named(intent.dgn).dgn, 0x9E)
    return f"{can_id:08X}#{data}" in stage.wire.frames[since:]


def test_every_mover_is_tried() -> None:
    assert APPEAR.keys() == MOVERS.keys()


@pytest.mark.parametrize("without", [False, True])
@pytest.mark.parametrize("subject", SUBJECTS)
def test_all_combinations_of_inputs(subject: str, without: bool) -> None:
    """Safe, unsafe, unknown or stale: all combinations of the inputs of each mover."""
    needs = SUBJECTS[subject].needs
    stage = stage_of(subject, Decision(allowed=True, without=without))
    for states in itertools.product((SAFE, UNSAFE, UNKNOWN, STALE), repeat=len(needs)):
        found = dict(zip(needs, states, strict=True))
        on_chassis = {name: state for name, state in found.items() if name != "jacks"}
        # One DGN tells all of the chassis: they are stale together.
        is_stale = STALE in on_chassis.values()
        if is_stale and set(on_chassis.values()) != {STALE}:
            continue
        stage.coach.motions.stop(stage.thing(family_of(subject), 1))
        stage.clock.advance(60.0)
        stage.coach.remove(ThingId("house", "leveling", (0,)))
        told = [] if is_stale else [chassis(on_chassis)]
        if found.get("jacks") in (UNSAFE, UNKNOWN, SAFE):
            told.append(leveling(found["jacks"]))
        elif "jacks" in found:
            stage.believe(leveling(SAFE))
            stage.clock.advance(60.0)
        if is_stale:
            stage.believe(chassis({}))
            stage.clock.advance(60.0)
        stage.believe(*appear(subject), *told)
        if found.get("jacks") == UNKNOWN:
            # One that has never said anything is none.
            stage.believe(leveling(SAFE))
            stage.hear(leveling(UNKNOWN))
        refused = try_to_move(stage, subject)
        allowed = {SAFE, UNKNOWN} if without else {SAFE}
        if set(states) <= allowed:
            assert refused is None, found
        else:
            first = next(name for name in needs if found[name] not in allowed)
            assert refused == f"interlock_{first}_{found[first]}", found


@pytest.mark.parametrize("subject", SUBJECTS)
def test_nothing_moves_that_the_owner_has_not_allowed(subject: str) -> None:
    stage = stage_of(subject, Decision())
    stage.believe(chassis({}))
    assert try_to_move(stage, subject) == "not_allowed"


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_coach_that_tells_nothing_of_its_chassis_keeps_them_blocked(subject: str) -> None:
    first = SUBJECTS[subject].needs[0]
    assert try_to_move(stage_of(subject, ALLOWED), subject) == f"interlock_{first}_unknown"
    without = stage_of(subject, Decision(allowed=True, without=True))
    assert try_to_move(without, subject) is None


@pytest.mark.parametrize("subject", SUBJECTS)
def test_an_entity_takes_the_place_of_an_input(subject: str) -> None:
    picked = {name: f"sensor.{name}" for name in INPUTS}
    stage = stage_of(subject, Decision(allowed=True, inputs=picked))
    safe = {"park_brake": "on", "speed": "0", "ignition": "off", "gear": "park", "jacks": "off"}
    unsafe = {"park_brake": "off", "speed": "3", "ignition": "on", "gear": "d", "jacks": "on"}
    states: dict[str, str] = {}
    stage.coach.state_of = lambda entity: states.get(entity.removeprefix("sensor."))
    for name in SUBJECTS[subject].needs:
        states |= safe
        assert try_to_move(stage, subject) is None
        stage.coach.motions.stop(stage.thing(family_of(subject), 1))
        states[name] = unsafe[name]
        assert try_to_move(stage, subject) == f"interlock_{name}_unsafe"
        del states[name]
        assert try_to_move(stage, subject) == f"interlock_{name}_stale"


def test_chassis_mobility_may_be_12_5_s_old_unless_the_coach_sends_faster() -> None:
    stage = stage_of("slide", ALLOWED)
    stage.repeat(30.0, 5.0, chassis({}))
    stage.clock.advance(5.9)
    assert try_to_move(stage, "slide") is None
    stage.coach.motions.stop(stage.thing("slide", 1))
    stage.repeat(30.0, 0.5, chassis({}))
    stage.clock.advance(3.1)
    assert try_to_move(stage, "slide") == "interlock_park_brake_stale"


def test_a_mover_that_says_it_is_locked_out_is_not_commanded() -> None:
    stage = stage_of("slide", ALLOWED)
    stage.believe(chassis({}), "19FFE880#010000FF01FFFFFF")
    assert try_to_move(stage, "slide") == "mover_locked_out"
