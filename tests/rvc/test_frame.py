"""Identifiers, both ways."""

from hypothesis import given, strategies as st
import pytest

from custom_components.coachiq.rvc import GLOBAL, Identifier, join, split


@pytest.mark.parametrize(
    ("can_id", "expected"),
    [
        (0x19FEDA98, Identifier(6, 0x1FEDA, 0x98, None)),
        (0x18EAFF44, Identifier(6, 0xEA00, 0x44, GLOBAL)),
        (0x18EA8044, Identifier(6, 0xEA00, 0x44, 0x80)),
        (0x18E84480, Identifier(6, 0xE800, 0x80, 0x44)),
        (0x18EFC044, Identifier(6, 0xEF00, 0x44, 0xC0)),
        (0x18EE0044, Identifier(6, 0xEE00, 0x44, 0)),
        (0x18EEFF44, Identifier(6, 0xEE00, 0x44, GLOBAL)),
        (0x1DECFF44, Identifier(7, 0x1ECFF, 0x44, None)),
        (0x1CECFF44, Identifier(7, 0xEC00, 0x44, GLOBAL)),
        (0x1CEBFF44, Identifier(7, 0xEB00, 0x44, GLOBAL)),
        (0x197F8044, Identifier(6, 0x17F00, 0x44, 0x80)),
        (0x19EF8044, Identifier(6, 0x1EF00, 0x44, 0x80)),
        # The drivers' low byte is a type of device (DSA), not an address.
        (0x196F4544, Identifier(6, 0x16F00, 0x44, None)),
        (0x18FEEB44, Identifier(6, 0xFEEB, 0x44, None)),
        (0x18FEF344, Identifier(6, 0xFEF3, 0x44, None)),
        (0x0DFECA40, Identifier(3, 0x1FECA, 0x40, None)),
        # Bit 25 is reserved and is looked past.
        (0x1BFEDA98, Identifier(6, 0x1FEDA, 0x98, None)),
    ],
)
def test_split(can_id: int, expected: Identifier) -> None:
    assert split(can_id) == expected


@given(st.integers(0, 0x1FFFFFFF).filter(lambda can_id: not can_id & 1 << 25))
def test_join_is_the_reverse_of_split(can_id: int) -> None:
    priority, dgn, source, destination = split(can_id)
    again = join(dgn, source, priority=priority, destination=destination)
    if can_id >> 8 & 0x1FFFF in range(0x16000, 0x17000):
        assert again == can_id & ~0xFF00
    else:
        assert again == can_id
    assert split(again) == split(can_id)


def test_join_sends_the_low_byte_as_it_is_without_a_destination() -> None:
    assert join(0xECFF, 0x44) == 0x18ECFF44
    assert join(0x16045, 0x44) == 0x19604544


@pytest.mark.parametrize(
    ("dgn", "source", "priority", "destination"),
    [
        (0x20000, 0, 6, None),
        (-1, 0, 6, None),
        (0x1FEDA, 256, 6, None),
        (0x1FEDA, 0, 8, None),
        (0x1FEDA, 0, 6, 0x80),
        (0xEA00, 0, 6, 256),
    ],
)
def test_join_refuses(dgn: int, source: int, priority: int, destination: int | None) -> None:
    with pytest.raises(ValueError, match=r"identifier|cannot be sent"):
        join(dgn, source, priority=priority, destination=destination)
