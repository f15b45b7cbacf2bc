"""Every field of every DGN against frames that were made without our table and our decoder.

The first line of facts/fields.jsonl says where they come from and how they are written.
"""

from collections import Counter
from functools import cached_property
import json
from pathlib import Path
from typing import NamedTuple

import pytest

from custom_components.coachiq.rvc import Code, Field, load_spec

SPEC = load_spec()

# Reserved, error and no data, by width (RV-C Table 5.3, 2023-11); other widths have no data alone.
SENTINELS = {1: 0, 2: 2, 4: 2, 8: 3, 16: 3, 32: 3}


class Listed(NamedTuple):
    """A field as the facts list it."""

    bit: int
    bits: int
    type: str
    when: frozenset[int] | None
    codes: dict[int, str]
    open: list[list[int]]

    def raw(self, data: bytes) -> int:
        return int.from_bytes(data, "little") >> self.bit & (1 << self.bits) - 1

    def sentinels(self) -> set[int]:
        count = SENTINELS.get(self.bits, 1) if self.type == "number" else 0
        return set(range((1 << self.bits) - count, 1 << self.bits))

    def left_open(self) -> set[int]:
        """Return the sentinels that the specification also uses as numbers."""
        return {
            raw for raw in self.sentinels() if any(low <= raw <= high for low, high in self.open)
        }


class Facts:
    """What the facts list for one DGN, beside our row."""

    def __init__(self, dgn: int, entry: dict[str, object]) -> None:
        self.row = SPEC.rows[dgn]
        self.mux = entry.get("mux")
        self.listed: list[Listed] = []
        assert isinstance(entry["fields"], list)
        for bit, bits, *more in entry["fields"]:
            known = more[0] if more else {}
            self.listed.append(
                Listed(
                    bit=bit,
                    bits=bits,
                    type=known.get("type", "number"),
                    when=frozenset(known["when"]) if "when" in known else None,
                    codes={int(raw): words for raw, words in known.get("codes", {}).items()},
                    open=known.get("open", []),
                )
            )
        assert isinstance(entry["frames"], list)
        self.frames = [(bytes.fromhex(data), values) for data, values in entry["frames"]]

    @cached_property
    def fields(self) -> list[Field]:
        """Our fields, found by their place, in the order of the facts."""
        ours = {(field.bit, field.bits, field.when): field for field in self.row.fields}
        assert len(ours) == len(self.listed)
        return [ours[item.bit, item.bits, item.when] for item in self.listed]

    def decode(self, data: bytes) -> list[object]:
        """Decode as we do, in the order and the form of the facts."""
        values = self.row.decode(data)
        found = (values[self.row.index[field.name]] for field in self.fields)
        return [[value.raw] if isinstance(value, Code) else value for value in found]

    def seen(self, number: int) -> dict[int, object]:
        """Return the raw numbers of a field that the frames have, and what they mean."""
        item = self.listed[number]
        return {
            item.raw(data): values[number]
            for data, values in self.frames
            if item.when is None or self.selector(data) in item.when
        }

    def selector(self, data: bytes) -> int:
        assert isinstance(self.mux, int)
        return self.listed[self.mux].raw(data)


def read() -> dict[int, Facts]:
    _, *lines = (Path(__file__).parent / "facts" / "fields.jsonl").read_text("utf-8").splitlines()
    entries = {entry["dgn"]: entry for entry in map(json.loads, lines)}
    return {
        int(dgn, 16): Facts(int(dgn, 16), entries[entry.get("as", dgn)])
        for dgn, entry in entries.items()
    }


FACTS = read()
every_dgn = pytest.mark.parametrize("facts", FACTS.values(), ids=lambda facts: facts.row.name)
every_dgn_of_numbers = pytest.mark.parametrize(
    "facts",
    [facts for facts in FACTS.values() if facts.listed[0].type != "text"],
    ids=lambda facts: facts.row.name,
)


def test_all_dgns_are_there() -> None:
    assert len(FACTS) == 350
    assert FACTS.keys() == SPEC.rows.keys()


@every_dgn
def test_frames_mean_what_the_specification_says(facts: Facts) -> None:
    wrong = {
        (data.hex().upper(), field.name, item.raw(data)): (ours, expected)
        for data, values in facts.frames
        for field, item, ours, expected in zip(
            facts.fields, facts.listed, facts.decode(data), values, strict=True
        )
        if ours != expected
    }
    assert wrong == {}


@every_dgn_of_numbers
def test_a_short_frame_gives_the_fields_that_are_whole(facts: Facts) -> None:
    for data, _ in facts.frames[:8]:
        whole = facts.decode(data)
        for size in range(len(data)):
            assert facts.decode(data[:size]) == [
                value if item.bit + item.bits <= size * 8 else None
                for item, value in zip(facts.listed, whole, strict=True)
            ]


@every_dgn_of_numbers
def test_bytes_after_the_last_field_change_nothing(facts: Facts) -> None:
    for data, _ in facts.frames[:8]:
        assert facts.decode(data + b"\x00\xff") == facts.decode(data)


@every_dgn
def test_every_field_is_tested(facts: Facts) -> None:
    for number, (item, field) in enumerate(zip(facts.listed, facts.fields, strict=True)):
        seen = facts.seen(number)
        codes = {raw for raw, value in seen.items() if isinstance(value, list)}
        assert codes == field.labels.keys() == item.codes.keys()
        assert item.sentinels() - seen.keys() == item.left_open()
        numbers = {raw for raw, value in seen.items() if value is not None} - codes
        only_codes = field.kind == "enum" or len(codes) > field.high - field.low
        assert numbers or only_codes or item.open


@every_dgn
def test_codes_of_two_meanings_have_two_labels(facts: Facts) -> None:
    for item, field in zip(facts.listed, facts.fields, strict=True):
        assert len(set(field.labels.values())) >= len(set(item.codes.values()))


def test_what_is_tested_is_counted() -> None:
    counts = Counter[str]()
    for facts in FACTS.values():
        for number, item in enumerate(facts.listed):
            seen = facts.seen(number)
            codes = sum(isinstance(value, list) for value in seen.values())
            no_data = sum(seen.get(raw, raw) is None for raw in item.sentinels())
            counts += Counter(
                {
                    "fields": 1,
                    "fields with a value": any(value is not None for value in seen.values()),
                    "fields with a sentinel": no_data > 0,
                    "fields with a code": codes > 0,
                    "sentinels": no_data,
                    "codes": codes,
                }
            )
    assert counts == {
        "fields": 2309,
        "fields with a value": 2309,
        "fields with a sentinel": 2258,
        "fields with a code": 1227,
        "sentinels": 5679,
        "codes": 4194,
    }
