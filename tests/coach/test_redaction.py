"""Whatever is on the bus, a report is made of it, and tells no position and no serial number."""

import random

import pytest

from custom_components.coachiq.redaction import POSITION, SERIAL, WITHHELD, Redaction
from custom_components.coachiq.rvc import Row, Spec, join, load_chassis_spec, load_spec
from custom_components.coachiq.rvc.frame import canonical, is_addressed

SPECS = {"rv_c": load_spec(), "j1939": load_chassis_spec()}


def identifier(dgn: int) -> int:
    """Return an identifier of a DGN."""
    return join(dgn, 0x80, destination=0xFF if is_addressed(dgn) else None)


def payloads(row: Row) -> list[bytes]:
    """Return payloads of all lengths: random ones, ones without data, and texts."""
    chance = random.Random(row.dgn)
    lengths = [*range(9), 17, 40]
    made = [chance.randbytes(length) for length in lengths for _ in range(4)]
    return [*made, b"\xff" * 8, bytes(8), b"a*b*c*d*", b"*" * 30, "ä*ß*ÿ*µ*".encode("latin-1")]


@pytest.mark.parametrize("protocol", SPECS)
def test_every_frame_of_every_dgn(protocol: str) -> None:
    """None raises; what tells where the coach is becomes nowhere, and a serial number another."""
    spec: Spec = SPECS[protocol]
    seen = set()
    for row in spec.rows.values():
        redaction = Redaction()
        for data in payloads(row):
            told = redaction.frame(spec, identifier(row.dgn), data)
            assert (told is None) is (canonical(row.dgn) in WITHHELD), row
            if told is None:
                continue
            before = dict(zip(row.index, row.decode(data), strict=True))
            after = dict(zip(row.index, row.decode(told), strict=True))
            for name in POSITION & before.keys():
                seen.add(name)
                assert after[name] == (None if before[name] is None else 0), row
            for name in SERIAL & before.keys():
                if before[name] and len(data) <= 8:
                    seen.add(name)
                    assert after[name] in range(1, 60), row
            hidden = POSITION | SERIAL | {"text"}
            if not hidden & before.keys() and row.name != "SPECIAL_APPLICATION_PROPRIETARY":
                assert told == data, row
    assert seen >= POSITION


def test_what_no_table_knows() -> None:
    """A frame is told as it is: it is what a report is about. A long message may be anything."""
    spec = SPECS["rv_c"]
    assert spec.get(0x1FD01) is None
    assert Redaction().frame(spec, identifier(0x1FD01), bytes(8)) == bytes(8)
    assert Redaction().frame(spec, identifier(0x1FD01), bytes(9)) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1FDXE45S04HA12345", "**REDACTED**"),
        ("my 1fdxe45s04ha12345!", "my **REDACTED**!"),
        # 17 letters are a word, and 18 characters no VIN.
        ("INTERNATIONALISED", "INTERNATIONALISED"),
        ("1FDXE45S04HA123456", "1FDXE45S04HA123456"),
        ("house-light-1@n755.99887", "house-light-1@n755.1"),
        ("house-node-pfirefly.g12.sn_4711", "house-node-pfirefly.g12.serial1"),
        ("house-light-1@sa8e", "house-light-1@sa8e"),
        ("/dev/serial/by-id/usb-CANable_3800-if00", "/dev/serial/by-id/**REDACTED**"),
        ("Code 4711", "Code **REDACTED**"),
        ("47110.5", "47110.5"),
        ("4711", "4711"),
    ],
)
def test_texts(text: str, told: str) -> None:
    """What looks like a secret, or is known as one, is not told; numbers are left alone."""
    assert Redaction("4711").text(text) == told
