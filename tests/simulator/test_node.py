"""Requests, claims, heartbeats, product names."""

from itertools import pairwise

import pytest

from tests.simulator.stage import Stage

SOURCES = {0x40, 0x42, 0x45, 0x47, 0x80, 0x84, 0x8D, 0x8E, 0x8F, 0x96, 0x97, 0x98, 0x9C, 0x9E}
CLAIM, ACK, BEAT = 0xEE00, 0xE800, 0x1FECA


def test_each_node_claims_first() -> None:
    stage = Stage()
    frames = stage.run(0.2)
    assert {can_id for _, can_id, _ in frames} == {0x18EE0000 | each for each in SOURCES}
    assert len({data for _, _, data in frames}) == len(SOURCES)
    assert all(len(data) == 8 and data[7] & 0x80 == 0 for _, _, data in frames)


def test_global_request_for_claims(stage: Stage) -> None:
    stage.send(0xEAFF, "00EE00")
    assert {can_id & 0xFF for _, can_id, _ in stage.run(0.05) if can_id >> 8 == 0x18EE00} == SOURCES


@pytest.mark.parametrize("source", sorted(SOURCES))
def test_addressed_request_for_the_claim(stage: Stage, source: int) -> None:
    stage.send(0xEA00 | source, "00EE00FFFFFFFFFF", source=254)
    frames = [frame for frame in stage.run(0.02) if frame[1] >> 8 == 0x18EE00]
    assert [can_id & 0xFF for _, can_id, _ in frames] == [source]


def test_free_address_stays_silent(stage: Stage) -> None:
    for address in (0x90, 0xF9, 0xFE):
        stage.send(0xEA00 | address, "00EE00FFFFFFFFFF", source=254)
        stage.send(0xEA00 | address, "DAFE01FFFFFFFFFF")
    assert stage.answers(CLAIM) == []
    assert stage.answers(0x1FEDA) == []


def test_address_is_defended(stage: Stage) -> None:
    stage.send(CLAIM, "0000000000000080", source=0x8E)
    assert stage.answers(CLAIM) == [(0.005, "838E202000000000")]
    stage.send(CLAIM, "0000000000000080", source=0x90)
    assert stage.answers(CLAIM) == []


def test_global_request_for_all_dimmers_comes_in_50_ms_steps_from_both_modules(
    stage: Stage,
) -> None:
    stage.send(0xEAFF, "DAFE01FFFFFFFFFF")
    began = stage.now
    stage.run(1.0)
    for source, count in ((0x8E, 15), (0x8F, 17)):
        moments = [at - began for at, sender, _ in stage.sent(0x1FEDA) if sender == source]
        assert len(moments) == count
        assert moments[0] <= 0.01
        assert all(0.044 <= late - soon <= 0.056 for soon, late in pairwise(moments))


def test_request_for_one_instance(stage: Stage) -> None:
    stage.send(0xEAFF, "DAFE011BFFFFFFFF")
    assert stage.answers(0x1FEDA, seconds=1) == [(0.005, "1B7C64FCFF0504FF")]
    stage.send(0xEAFF, "DAFE01C8FFFFFFFF")
    assert stage.answers(0x1FEDA, seconds=1) == []


def test_repeated_requests_do_not_pile_up(stage: Stage) -> None:
    for _ in range(100):
        stage.send(0xEAFF, "BDFF01FFFFFFFFFF")
    assert len(stage.answers(0x1FFBD, seconds=10)) == 3


def test_every_status_can_be_asked_for(stage: Stage) -> None:
    stage.run(6)
    for dgn in sorted({can_id >> 8 & 0x1FFFF for _, can_id, _ in stage.heard} - {CLAIM}):
        stage.send(0xEAFF, dgn.to_bytes(3, "little").hex() + "FFFFFFFFFF")
        assert stage.answers(dgn, seconds=0.02)
        stage.run(1)


def test_unknown_global_request_is_silent(stage: Stage) -> None:
    stage.send(0xEAFF, "CCFE01FFFFFFFFFF")
    stage.send(0xEAFF, "DAFE")
    assert stage.answers(ACK | 0xF9) == []


@pytest.mark.parametrize(
    ("request_payload", "refusal"),
    [
        ("CCFE01FFFFFFFFFF", "01FFFFFFF9CCFE01"),
        ("B7FF0103FFFFFFFF", "0103FFFFF9B7FF01"),  # the G6 has tanks, 8E has none
        ("DAFE01C8FFFFFFFF", "01C8FFFFF9DAFE01"),  # no such channel
    ],
)
def test_unsupported_addressed_request_is_refused(
    stage: Stage, request_payload: str, refusal: str
) -> None:
    stage.send(0xEA8E, request_payload)
    assert stage.answers(ACK | 0xF9) == [(0.005, refusal)]


def test_addressed_request_is_answered_by_that_node_only(stage: Stage) -> None:
    stage.send(0xEA8F, "DAFE01")
    stage.run(1)
    assert {source for _, source, _ in stage.sent(0x1FEDA)} == {0x8F}


def test_heartbeat_of_each_node(stage: Stage) -> None:
    stage.run(20)
    beats = list(stage.sent(BEAT))
    assert {source for _, source, _ in beats} == SOURCES
    assert {data.hex().upper() for _, source, data in beats if source == 0x8E} == {
        "0583FFFFFFFFFFFF"
    }
    moments = [at for at, source, _ in beats if source == 0x40]
    assert all(4.98 <= late - soon <= 5.02 for soon, late in pairwise(moments))


def test_product_identification_comes_in_packets(stage: Stage) -> None:
    for _ in range(3):
        stage.send(0xEA9C, "EBFE00FFFFFFFFFF")
    frames = [
        (at, can_id >> 8 & 0x1FFFF, data)
        for at, can_id, data in stage.run(1)
        if can_id >> 8 & 0x1FFFF in {0xECFF, 0xEBFF}
    ]
    opening = frames[0][2]
    text = b"".join(data[1:] for _, dgn, data in frames if dgn == 0xEBFF)
    assert opening[0] == 0x20
    assert opening[4:] == bytes.fromhex("FFEBFE00")
    assert opening[3] == len(frames) - 1
    assert text[: opening[1]] == b"Firefly*G6 (simulated)*0009C*"
    assert set(text[opening[1] :]) <= {0xFF}
    assert [data[0] for _, _, data in frames[1:]] == list(range(1, len(frames)))
    assert all(late[0] - soon[0] >= 0.044 for soon, late in pairwise(frames))
