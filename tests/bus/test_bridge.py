"""Two buses that carry the same frames at the same time are one; others are not."""

import asyncio
from collections.abc import AsyncIterator

import can
import pytest

from custom_components.coachiq.bus.bridge import (
    ENOUGH,
    WITHIN,
    Decision,
    Sample,
    Tally,
    followers,
)
from custom_components.coachiq.bus.link import Link
from custom_components.coachiq.bus.port import ERROR, EXTENDED, Frame
from custom_components.coachiq.clock import LoopClock
from tests.bus.wiring import channel, until

FRAMES: list[Frame] = [
    (EXTENDED | 0x19FEDA00 | number % 7, number.to_bytes(8)) for number in range(240)
]
OTHERS: list[Frame] = [(can_id, bytes(reversed(data))) for can_id, data in FRAMES]


def sample(frames: list[Frame], *, late: float = 0.0, every: float = 0.010) -> Sample:
    """Return what is heard of a bus that says these frames one after the other."""
    heard = Sample()
    for turn, frame in enumerate(frames):
        heard.hear([frame], 100.0 + turn * every + late, False)
    return heard


def is_bridge(one: Sample, other: Sample) -> bool | None:
    """Judge by one sample of each, up to shortly before the last frame of all."""
    tally = Tally()
    last = max((heard.batches[-1][0] for heard in (one, other) if heard.batches), default=0.0)
    tally.add(one, other, last - WITHIN)
    return tally.judge()


def mixed(share: float) -> list[Frame]:
    """Return frames of which so many of a hundred are the same as the others'."""
    return [
        frame if turn % 100 < share * 100 else other
        for turn, (frame, other) in enumerate(zip(FRAMES, OTHERS, strict=True))
    ]


@pytest.mark.parametrize("late", [0.0, 0.005, -0.015, 0.019])
def test_the_same_frames_within_20_ms_are_a_bridge(late: float) -> None:
    assert is_bridge(sample(FRAMES), sample(FRAMES, late=late))
    assert is_bridge(sample(FRAMES, late=late), sample(FRAMES))


@pytest.mark.parametrize("late", [0.025, -0.025, 0.5])
def test_the_same_frames_later_are_none(late: float) -> None:
    assert not is_bridge(sample(FRAMES), sample(FRAMES, late=late))


@pytest.mark.parametrize(("share", "expected"), [(0.97, True), (0.9, False), (0.0, False)])
def test_nearly_all_frames_must_be_the_same(share: float, expected: bool) -> None:
    frames = mixed(share)
    assert is_bridge(sample(FRAMES), sample(frames)) is expected
    assert is_bridge(sample(frames), sample(FRAMES)) is expected


def test_batches_of_two_buses_that_are_read_in_turns() -> None:
    """What one reading brings has one moment; the other bus is read a little later."""
    one, other = Sample(), Sample()
    for start in range(0, 240, 40):
        one.hear(FRAMES[start : start + 40], 100.0 + start / 100, False)
        other.hear(FRAMES[start : start + 25], 100.004 + start / 100, False)
        other.hear(FRAMES[start + 25 : start + 40], 100.008 + start / 100, False)
    one.hear(OTHERS[:1], 103.0, False)
    assert is_bridge(one, other)


def test_a_bridge_may_pass_only_some_frames_on() -> None:
    """All of the quiet bus is on the busy one, which carries much more."""
    busy = Sample()
    for turn, (frame, other) in enumerate(zip(FRAMES, OTHERS, strict=True)):
        busy.hear([other, frame, other], 100.0 + turn * 0.010, False)
    assert is_bridge(sample(FRAMES), busy)
    assert is_bridge(busy, sample(FRAMES))


def test_a_frame_is_matched_once() -> None:
    """One frame does not stand for two that say the same."""
    twice = sample([frame for frame in FRAMES[:120] for _ in range(2)], every=0.005)
    once = Sample()
    for turn, (frame, other) in enumerate(zip(FRAMES[:120], OTHERS[:120], strict=True)):
        once.hear([frame, other], 100.0 + turn * 0.010, False)
    assert not is_bridge(twice, once)


def test_errors_and_our_own_frames_prove_nothing() -> None:
    """Both are alike on buses that have nothing to do with each other."""
    errors = [(ERROR | can_id & 0xFF, data) for can_id, data in FRAMES]
    assert not is_bridge(sample(errors), sample(errors))
    one, other = Sample(), Sample()
    for turn, frame in enumerate(FRAMES):
        for heard in (one, other):
            heard.hear([frame], 100.0 + turn * 0.010, True)
    assert not is_bridge(one, other)
    assert one.count == other.count == 0


def test_few_frames_prove_nothing() -> None:
    few = sample(FRAMES[: ENOUGH - 1])
    assert is_bridge(few, sample(FRAMES)) is None
    assert is_bridge(few, few) is None
    assert is_bridge(Sample(), Sample()) is None


@pytest.mark.parametrize("late", [0.0, 0.1])
def test_quiet_buses_are_judged_after_many_samples(late: float) -> None:
    """Three frames in each: no verdict before 200, and then none of the frames is used again."""
    tally, verdicts = Tally(), []
    for start in range(0, 402, 3):
        frames = (FRAMES + OTHERS)[start : start + 3]
        tally.add(sample(frames, every=5.0), sample(frames, late=late, every=5.0), 120.0)
        verdicts.append(tally.judge())
    bridged = late == 0.0
    assert verdicts == [None] * 66 + [bridged] + [None] * 66 + [bridged]


def test_samples_without_a_frame_of_one_bus_prove_nothing() -> None:
    tally = Tally()
    tally.add(sample(FRAMES), Sample(), 200.0)
    assert tally.judge() is None
    assert tally.compared == 0


def test_a_frame_whose_twin_may_not_have_been_read_is_not_compared() -> None:
    tally = Tally()
    tally.add(sample(FRAMES[:3], every=1.0), sample(FRAMES[:2], every=1.0), 101.5)
    tally.add(sample(FRAMES[:2], every=1.0), sample(FRAMES[:3], every=1.0), 100.5)
    assert (tally.compared, tally.same) == (3, 3)


def test_a_sample_ends() -> None:
    """However long a slow bus takes, of a fast one no more is kept than can be judged quickly."""
    heard = Sample()
    while not heard.is_full:
        heard.hear(FRAMES[:64], 100.0, False)
    assert heard.count < 4_064


def test_who_follows_whom() -> None:
    def lead(leader: str | None, *buses: str) -> Decision:
        return Decision(buses=list(buses), leads=leader)

    keys = {"a", "b", "c"}
    assert followers([], keys) == set()
    assert followers([lead(None, "a", "b")], keys) == set()
    assert followers([lead("a", "a", "b"), lead("a", "a", "c")], keys) == {"b", "c"}
    assert followers([lead("gone", "gone", "b")], keys) == set(), "who is not there leads nobody"
    ring = [lead("a", "a", "b"), lead("b", "b", "c"), lead("c", "c", "a")]
    assert followers(ring, keys) != keys, "one leads in the end"


@pytest.fixture
async def pair() -> AsyncIterator[list[Link]]:
    """Return two buses that are open."""
    links = [
        Link(
            key=key,
            kind="other",
            settings={"interface": "virtual", "channel": channel(), "bitrate": 250_000},
            clock=LoopClock(asyncio.get_running_loop()),
            transmit=False,
            serial=1,
            product="",
            frames=lambda _, __: None,
            changed=lambda _: None,
        )
        for key in ("house", "chassis")
    ]
    for link in links:
        link.start()
    await until(lambda: all(link.state == "up" for link in links))
    yield links
    for link in links:
        await link.stop()


@pytest.mark.parametrize("late", [0.0, 0.05])
async def test_real_buses(pair: list[Link], late: float) -> None:
    """Links hear two wires on which a gateway repeats all frames, at once or too late."""
    samples = [Sample(), Sample()]
    for link, heard in zip(pair, samples, strict=True):
        link.tap(heard.hear)
    ends = [can.Bus(interface="virtual", channel=str(link._settings["channel"])) for link in pair]

    async def say(end: can.BusABC, wait: float) -> None:
        await asyncio.sleep(wait)
        for can_id, data in FRAMES:
            end.send(can.Message(arbitration_id=can_id & 0x1FFFFFFF, data=data))
            await asyncio.sleep(0.002)

    try:
        await asyncio.gather(say(ends[0], 0.0), say(ends[1], late))
        await until(lambda: all(heard.count == len(FRAMES) for heard in samples))
    finally:
        for end in ends:
            end.shutdown()
    assert is_bridge(*samples) is (late == 0.0)
