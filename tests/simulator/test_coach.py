"""The schedule, the clock, the seed, and whatever comes over the wire."""

from datetime import datetime, timedelta, timezone
from itertools import pairwise

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.coachiq.simulator import SimulatedCoach
from tests.simulator.stage import Stage


@pytest.mark.parametrize(
    ("dgn", "seconds"),
    [
        (0x1FFFD, 0.5),
        (0x1FFFC, 0.5),
        (0x1FFFB, 0.5),
        (0x1FFFF, 1.0),
        (0x1FFE2, 2.0),
        (0x1FFF7, 2.0),
        (0x1FF9C, 5.0),
        (0x1FFB7, 5.0),
        (0x1FFE4, 5.0),
        (0x1FFDC, 5.0),
        (0x1FFE1, 5.0),
    ],
)
def test_pace(dgn: int, seconds: float) -> None:
    stage = Stage(7)
    stage.run(21)
    moments: dict[tuple[int, int | None], list[float]] = {}
    for at, source, data in stage.sent(dgn):
        moments.setdefault((source, None if dgn == 0x1FFFF else data[0]), []).append(at)
    for each in moments.values():
        gaps = [late - soon for soon, late in pairwise(each)]
        assert gaps
        assert all(seconds - 0.02 <= gap <= seconds + 0.02 for gap in gaps)


def test_on_change_statuses_stay_away_while_nothing_changes(stage: Stage) -> None:
    stage.run(20)
    assert [data[0] for _, _, data in stage.sent(0x1FFBF)] == [213]  # its start delay ends
    for dgn in (0x1FEDA, 0x1FFBD):
        assert list(stage.sent(dgn)) == []


def test_bus_stays_far_from_full(stage: Stage) -> None:
    stage.run(10)
    assert len(stage.heard) / stage.now < 80  # frames a second; 250 kbit/s carries some 1,800


def test_clock() -> None:
    zone = timezone(timedelta(hours=-5))
    coach = SimulatedCoach(start=1000.0, clock=datetime(2026, 6, 20, 23, 59, 58, tzinfo=zone))
    frames = [
        data
        for tick in range(60)
        for can_id, data in coach.step(1000 + tick / 10)
        if can_id == 0x19FFFF9C
    ]
    assert frames[-1].hex().upper()[:12] == "1A0615010000"  # Sunday the 21st, midnight
    assert frames[-1][7] == 5  # hours west


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("1A0B18030E05291F", "1A0B18030E052905"),  # a zone that is none is no zone
        ("1A0B18030E052917", "1A0B18030E052917"),
        ("FFFFFFFFFFFFFF16", "1A060A0410000016"),
        ("1AFF1F03FFFFFFFF", "1A060A0410000005"),
    ],
)
def test_clock_is_set(said: str, shown: str) -> None:
    zone = timezone(timedelta(hours=-5))
    stage = SimulatedCoach(start=1000.0, clock=datetime(2026, 6, 10, 16, 0, 0, tzinfo=zone))
    stage.step(1000.0)
    stage.receive(0x15FFFE9D, bytes.fromhex(said), 1000.1)
    frames = [data for can_id, data in stage.step(1001.5) if can_id == 0x19FFFF9C]
    assert frames[-1].hex().upper() == shown


def test_same_seed_same_bytes() -> None:
    def play(seed: int) -> list[tuple[float, int, bytes]]:
        stage = Stage(seed)
        stage.run(3)
        stage.send(0x1FEDB, "FF7EC811FF0014FF")
        stage.send(0x1FFDA, "01FFFFFFFFFFFFFF")
        stage.run(10)
        return stage.heard

    assert play(3) == play(3)
    assert play(3) != play(4)


def test_long_pause_is_slept_through() -> None:
    coach = SimulatedCoach()
    coach.step(1.0)
    frames = coach.step(86_400.0)
    assert 1000 < len(frames) < 5000
    coach.receive(0x19FEDBF9, bytes.fromhex("19FFC800FF00FFFF"), 86_400.0)
    assert (0x19FEDA8E, bytes.fromhex("197CC8FCFF0004FF")) in coach.step(86_400.1)


def test_time_that_steps_back_sends_nothing() -> None:
    coach = SimulatedCoach()
    coach.step(10.0)
    assert coach.step(5.0) == []


_DGNS = [
    0xEAFF, 0xEA8E, 0xEE00, 0xEEFF, 0xE8F9, 0xECFF, 0xEBFF, 0x1FEDB, 0x1FFBC, 0x1FFBE, 0x1FEF9,
    0x1FFE0, 0x1FFF6, 0x1FFB2, 0x1FFDA, 0x1FEDA,
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.one_of(
                st.sampled_from(_DGNS).map(lambda dgn: 6 << 26 | dgn << 8 | 0xF9),
                st.integers(-1, 1 << 32),
            ),
            st.one_of(st.binary(max_size=8), st.binary(min_size=8, max_size=8), st.binary()),
        ),
        max_size=30,
    )
)
def test_any_bytes_are_survived(frames: list[tuple[int, bytes]]) -> None:
    coach = SimulatedCoach()
    now = 1.0
    coach.step(now)
    for can_id, data in frames:
        now += 0.003
        coach.receive(can_id, data, now)
        for sent_id, sent in coach.step(now):
            assert 0 <= sent_id < 1 << 29
            assert len(sent) == 8
    for tick in range(40):
        for _, sent in coach.step(now + tick / 10):
            assert len(sent) == 8
    assert all(0 <= lamp.level <= 200 for lamp in coach.dimmers.values())
