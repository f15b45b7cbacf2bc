"""The chassis PGNs of j1939.json, against what its sources publish.

facts/j1939.jsonl has a line for each signal: where it lies, and raw numbers with what they mean:
a number, [code], text, or null for error, no data, reserved and out of range.
"""

import json
from pathlib import Path
import re
from typing import NamedTuple

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.coachiq.rvc import (
    Code,
    Field,
    Row,
    Value,
    load_chassis_spec,
    load_spec,
    split,
)

CHASSIS = load_chassis_spec()
RV_C = load_spec()
ROWS = tuple(CHASSIS.rows.values())
ONES = (1 << 64) - 1

type Meaning = float | str | list[int] | None


class Signal(NamedTuple):
    """A signal as published: at `bit`, or the text before the star of that number."""

    pgn: str
    spn: int
    cases: list[tuple[int | str, Meaning]]
    bit: int = -1
    bits: int = -1
    star: int = -1


LINES = (Path(__file__).parent / "facts" / "j1939.jsonl").read_text("utf-8").splitlines()
SIGNALS = tuple(Signal(**json.loads(line)) for line in LINES)


def field_of(row: str, name: str) -> Field:
    of = CHASSIS.named(row)
    return of.fields[of.index[name]]


def meaning(value: Value) -> Meaning:
    return [value.raw] if isinstance(value, Code) else value


def known(row: Row, data: str) -> dict[str, Value]:
    """Return the values of a payload that are not None."""
    values = zip(row.index, row.decode(bytes.fromhex(data)), strict=True)
    return {name: value for name, value in values if value is not None}


def numbers(row: Row, data: str) -> dict[tuple[int, int], int | None]:
    """Return the raw numbers of a payload by lowest bit and bits."""
    raws = zip(row.fields, row.raw(bytes.fromhex(data)), strict=True)
    return {(field.bit, field.bits): raw for field, raw in raws}


def test_the_table_is_whole() -> None:
    assert len(ROWS) == 70
    assert sum(len(row.fields) for row in ROWS) == 511
    assert len({(signal.pgn, signal.spn) for signal in SIGNALS}) == 511
    assert sum(len(signal.cases) for signal in SIGNALS) == 4165
    for row in ROWS:
        row.check()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_signals_mean_what_is_published(row: Row) -> None:
    signals = [signal for signal in SIGNALS if int(signal.pgn, 16) == row.dgn and signal.star < 0]
    places = {(field.bit, field.bits): number for number, field in enumerate(row.fields)}
    for signal in signals:
        number = places[signal.bit, signal.bits]
        assert row.fields[number].spn == signal.spn
        mask = (1 << signal.bits) - 1 << signal.bit
        for raw, expected in signal.cases:
            bits = raw if isinstance(raw, int) else int.from_bytes(bytes.fromhex(raw), "little")
            for rest in (0, ONES & ~mask):
                payload = (rest | bits << signal.bit).to_bytes(8, "little")
                assert meaning(row.decode(payload)[number]) == expected, (signal, raw)
    # What is left over are texts between stars and the codes of DM1 and DM2.
    left = places.keys() - {(signal.bit, signal.bits) for signal in signals}
    assert all(row.fields[places[place]].open for place in left)


@pytest.mark.parametrize(
    "signal", [signal for signal in SIGNALS if signal.star >= 0], ids=lambda signal: signal.spn
)
def test_texts_stand_between_stars(signal: Signal) -> None:
    row = CHASSIS.get(int(signal.pgn, 16))
    for data, expected in signal.cases:
        text = known(row, str(data))["text"]
        assert str(text).split("*")[signal.star] == expected


@pytest.mark.parametrize(
    ("frame", "name", "expected"),
    [
        # A truck with its engine off: an error in the high byte counts, whatever the low byte is.
        (
            "0CFEF100#FBFFFEAAAA001FFF",
            "CCVS1",
            {"cruise_set_speed": 0, "cruise_state": Code(0, "off")},
        ),
        # Its temperature sensors have failed, and the frame is short.
        ("18FEEE00#FEFEFFFE", "ET1", {}),
        (
            "18FECA00#03FF00000000FFFF",
            "DM1",
            {
                "amber_lamp": Code(0, "off"),
                "red_lamp": Code(0, "off"),
                "malfunction_lamp": Code(0, "off"),
                "protect_lamp_flash": Code(3, "steady"),
                "amber_lamp_flash": Code(3, "steady"),
                "red_lamp_flash": Code(3, "steady"),
                "malfunction_lamp_flash": Code(3, "steady"),
                "codes": "00000000FFFF",
            },
        ),
    ],
)
def test_a_frame_of_a_real_chassis(frame: str, name: str, expected: dict[str, Value]) -> None:
    identifier, _, data = frame.partition("#")
    row = CHASSIS.get(split(int(identifier, 16)).dgn)
    assert row is CHASSIS.named(name)
    assert known(row, data) == expected


@pytest.mark.parametrize(
    ("frame", "destination", "asked"),
    [("18EA4A17#E6FE00", 0x4A, "TD"), ("18EA0090#E9FE00", 0x00, "LFC1")],
)
def test_a_real_request_names_a_row(frame: str, destination: int, asked: str) -> None:
    """The three bytes of a request of J1939 are whole in the longer one of RV-C."""
    identifier, _, data = frame.partition("#")
    parts = split(int(identifier, 16))
    assert (parts.dgn, parts.destination) == (0xEA00, destination)
    assert CHASSIS.get(numbers(RV_C.get(parts.dgn), data)[0, 24]) is CHASSIS.named(asked)


@pytest.mark.parametrize(
    ("frame", "code", "about"),
    [("18E8174A#0100FFFFFFE8FE00", 1, "VDS"), ("18E8FF00#03FFFFFFFFDAFE00", 3, "SOFT")],
)
def test_a_real_acknowledgment_names_a_row(frame: str, code: int, about: str) -> None:
    identifier, _, data = frame.partition("#")
    raws = numbers(RV_C.get(split(int(identifier, 16)).dgn), data)
    assert raws[0, 8] == code
    assert CHASSIS.get(raws[40, 24]) is CHASSIS.named(about)


def test_an_address_claim_has_the_parts_of_a_name() -> None:
    raws = numbers(RV_C.get(split(0x18EEFF00).dgn), "4523410111030895")
    assert raws[0, 21] == 0x12345  # identity
    assert raws[21, 11] == 10  # manufacturer
    assert (raws[32, 3], raws[35, 5]) == (1, 2)  # instances of the node and of its function
    assert (raws[40, 8], raws[49, 7], raws[56, 4], raws[60, 3]) == (3, 4, 5, 1)
    assert raws[63, 1] == 1  # takes another address


def test_fault_codes_of_the_chassis_are_no_faults_of_rv_c() -> None:
    assert CHASSIS.get(0xFECA) is CHASSIS.named("DM1")
    assert RV_C.get(0x1FECA) is RV_C.named("DM_RV")
    assert CHASSIS.get(0x1FECA) is None
    assert RV_C.get(0xFECA) is None


def test_a_message_of_many_fault_codes_is_kept_whole() -> None:
    codes = "6E000401BE001F02"
    assert known(CHASSIS.named("DM1"), f"04FF{codes}")["codes"] == codes
    assert CHASSIS.named("DM2").fields is CHASSIS.named("DM1").fields


def test_tires_are_told_apart_by_axle_and_place() -> None:
    assert CHASSIS.named("TIRE1").key_of(bytes.fromhex("13")) == (1, 3)


def test_every_field_says_who_published_it() -> None:
    path = Path(__file__).parents[2] / "custom_components" / "coachiq" / "rvc" / "j1939.json"
    legend = json.loads(path.read_text("utf-8"))["sources"]
    fields = [field for row in ROWS for field in row.fields]
    assert all(field.sources and legend.keys() >= set(field.sources) for field in fields)
    told = " ".join(str(field.note) for field in fields)
    cited = {source for field in fields for source in field.sources}
    assert {source for source in legend if source not in cited and source not in told} == set()
    # The location of a tire and what stands between the stars of CI are of two sources at least.
    assert sum(len(field.sources) == 1 for field in fields) == 239


def test_names_can_be_those_of_a_dbc() -> None:
    for row in ROWS:
        assert re.fullmatch(r"[A-Z][A-Z0-9_]{0,31}", row.name)
        assert row.about.title
        for field in row.fields:
            assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", field.name)


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("AS", "alternator_1_charging"),
        ("ETC2", "current_gear"),
        ("OEL", "turn_signal_switch"),
        ("IC1", "boost_pressure"),
        ("AMB", "ambient_temperature"),
        ("EOI", "engine_state"),
        ("AT1T1I1", "def_low_indicator"),
        ("CCVS1", "parking_brake"),
        ("DM1", "codes"),
    ],
)
def test_what_sources_contradict_or_leave_open_is_marked(row: str, name: str) -> None:
    assert field_of(row, name).doubt


@pytest.mark.parametrize(
    ("name", "every", "gap", "triggers"),
    [
        ("EEC1", {"quickest": 0.01, "slowest": 0.05}, 0.05, frozenset()),
        ("ETC1", {"": 0.01}, 0.01, frozenset()),
        ("CCVS1", {"": 0.1}, 0.1, frozenset()),
        ("VP1", {"": 1}, 5, frozenset()),
        ("DPFC1", {"": 1}, 1, frozenset({"change"})),
        ("VDS", {"": 1}, 1, frozenset({"request"})),
        ("HOURS", {}, None, frozenset({"request"})),
        ("DM1", {"while a code is active": 1}, None, frozenset({"change"})),
    ],
)
def test_cadence(
    name: str, every: dict[str, float], gap: float | None, triggers: frozenset[str]
) -> None:
    row = CHASSIS.named(name)
    assert (row.about.every, row.max_gap, row.about.triggers) == (every, gap, triggers)


def test_every_row_is_sent_by_itself_or_on_something() -> None:
    assert all(row.about.every or row.about.triggers for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_ones_are_no_data(row: Row) -> None:
    """All ones say nothing, but for lamps that do not flash and the bytes of fault codes."""
    for field, value in zip(row.fields, row.decode(b"\xff" * 8), strict=True):
        if field.name.endswith("_lamp_flash"):
            assert value == Code(3, "steady")
        else:
            assert value == ("FFFFFFFFFFFF" if field.kind == "bytes" else None)


@settings(max_examples=4, deadline=None)
@given(data=st.binary(max_size=24))
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_is_decoded_can_be_sent_again(row: Row, data: bytes) -> None:
    values = zip(row.index, row.decode(data), strict=True)
    said = {name: value for name, value in values if value is not None}
    if len(data) < 8:
        said.pop("codes", None)  # runs to the end of a frame, which is filled up
    again = row.decode(row.encode(**said))
    assert {name: again[row.index[name]] for name in said} == said
