"""The form of rvc.json, j1939.json and an owner's file: the schema, and the words in our own."""

from collections import Counter
from collections.abc import Iterator
import contextlib
from dataclasses import replace
import json
from pathlib import Path
import re

from hypothesis import given, strategies as st
from jsonschema import Draft202012Validator
import pytest

from custom_components.coachiq import rvc
from custom_components.coachiq.rvc import Row, SpecError, form, load_spec, reading, spec

type Entry = dict[str, object]
type Tree = dict[str, Tree]

FOLDER = Path(rvc.__file__).parent
SCHEMA: Tree = json.loads((FOLDER / "schema.json").read_text("utf-8"))
CHECK = Draft202012Validator(SCHEMA)
TABLE: dict[str, Entry] = json.loads((FOLDER / "rvc.json").read_text("utf-8"))
ROWS = tuple(load_spec().rows.values())
OWN: Entry = {
    "version": 1,
    "scales": [{"unit": "%", "bits": 8, "scale": 0.4, "offset": 0, "high": 250}],
    "values": {"mood": {"0": "off", "1": "on", "2..5": "step {1..4}"}},
    "formats": {
        "MINE": [
            {"name": "level", "at": "2-3", "unit": "%", "range": [0, 100]},
            {"name": "text", "at": "4-", "type": "text", "note": "Latin-1"},
        ]
    },
    "rows": {
        "1F0A1": {
            "name": "MINE_STATUS",
            "kind": "status",
            "priority": 3,
            "every": {"running": 0.5, "otherwise": 5},
            "gap": 5,
            "apart": 0.1,
            "on": ["change", "request"],
            "doubt": "Nobody knows.",
            "key": ["instance", "side"],
            "mux": "side",
            "format": "MINE",
            "fields": [
                {"name": "instance", "at": "0", "special": {"0": "all"}},
                {"name": "side", "at": "1.0-3", "values": "mood"},
                {"name": "flags", "at": "1.4-7", "flags": {"0": "open"}, "when": [1, 2]},
            ],
        },
        "1f0a2": {
            "name": "MINE_COMMAND",
            "kind": "command",
            "ack": "failure",
            "answer": ["MINE_STATUS"],
            "deprecated": True,
            "fill": {"1.4-7": 0},
            "like": "1F0A1",
        },
    },
}


def written_fields() -> Iterator[Entry]:
    """Yield every field of the table as it is written, one of a shared list once."""
    for fields in TABLE["formats"].values():
        assert isinstance(fields, list)
        yield from fields
    for row in TABLE["rows"].values():
        assert isinstance(row, dict)
        yield from row.get("fields", [])


def codes(field: Entry) -> Iterator[Entry | str]:
    """Yield the enumerations of a field: their names, or their own codes."""
    for key in ("values", "special"):
        item = field.get(key)
        if isinstance(item, str | dict):
            yield item


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("file", ["rvc.json", "j1939.json"])
def test_our_file_is_of_the_form(file: str) -> None:
    document = json.loads((FOLDER / file).read_text("utf-8"))
    assert [(error.json_path, error.message) for error in CHECK.iter_errors(document)] == []


def test_an_owners_file_is_of_the_form(tmp_path: Path) -> None:
    assert list(CHECK.iter_errors(OWN)) == []
    (tmp_path / "owner.json").write_text(json.dumps(OWN), "utf-8")
    assert load_spec(tmp_path / "owner.json").named("MINE_COMMAND").about.answers == (
        "MINE_STATUS",
    )


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (("version",), 2),
        (("version",), "1"),
        (("lines",), {}),
        (("limits",), "nmea"),
        (("rows",), []),
        (("rows", "2FFFF"), {"name": "A", "kind": "status", "like": "1F0A1"}),
        (("rows", "XYZ"), {"name": "A", "kind": "status", "like": "1F0A1"}),
        (("rows", "1F0A1", "name"), "mine"),
        (("rows", "1F0A1", "kind"), "thing"),
        (("rows", "1F0A1", "priority"), 8),
        (("rows", "1F0A1", "speed"), 1),
        (("rows", "1F0A1", "every"), 0),
        (("rows", "1F0A1", "every"), {}),
        (("rows", "1F0A1", "gap"), "often"),
        (("rows", "1F0A1", "on"), ["whim"]),
        (("rows", "1F0A1", "on"), "change"),
        (("rows", "1F0A2x"), {"name": "A", "kind": "status", "fields": []}),
        (("rows", "1F0A1", "fields"), []),
        (("rows", "1F0A1", "key"), []),
        (("rows", "1F0A3"), {"name": "A", "kind": "status"}),
        (("rows", "1f0a2", "fields"), [{"name": "level", "at": "0"}]),
        (("rows", "1f0a2", "format"), "MINE"),
        (("rows", "1f0a2", "ack"), "sometimes"),
        (("rows", "1f0a2", "answer"), "MINE_STATUS"),
        (("rows", "1f0a2", "deprecated"), "yes"),
        (("rows", "1f0a2", "fill"), {"1.8": 0}),
        (("rows", "1f0a2", "like"), "MINE_STATUS"),
        (("rows", "1F0A1", "fields", 0), "instance"),
        (("rows", "1F0A1", "fields", 0), {"name": "level"}),
        (("rows", "1F0A1", "fields", 0, "name"), "Level"),
        (("rows", "1F0A1", "fields", 0, "name"), "le__vel"),
        (("rows", "1F0A1", "fields", 0, "at"), 1),
        (("rows", "1F0A1", "fields", 0, "at"), "1.8"),
        (("rows", "1F0A1", "fields", 0, "at"), "1.6-9"),
        (("rows", "1F0A1", "fields", 0, "at"), "3.1-"),
        (("rows", "1F0A1", "fields", 0, "at"), "one"),
        (("rows", "1F0A1", "fields", 0, "type"), "float"),
        (("rows", "1F0A1", "fields", 0, "scale"), 0),
        (("rows", "1F0A1", "fields", 0, "range"), [1]),
        (("rows", "1F0A1", "fields", 0, "special"), {}),
        (("rows", "1F0A1", "fields", 0, "special"), {"a": "b"}),
        (("rows", "1F0A1", "fields", 0, "special"), {"1-2": "b"}),
        (("rows", "1F0A1", "fields", 0, "special"), {"1": ""}),
        (("rows", "1F0A1", "fields", 0, "values"), {"1": "both"}),
        (("rows", "1F0A1", "fields", 0, "flags"), {"32": "beyond"}),
        (("rows", "1F0A1", "fields", 0, "when"), []),
        (("rows", "1F0A1", "fields", 0, "spn"), 524288),
        (("rows", "1F0A1", "fields", 0, "sources"), "maker"),
        (("rows", "1F0A1", "fields", 0, "colour"), 1),
        (("scales", 0, "unit"), ""),
        (("scales", 0), {"unit": "%"}),
        (("values", "mood"), {}),
        (("formats", "MINE"), []),
    ],
)
def test_a_wrong_file_is_refused(at: tuple[str | int, ...], value: object) -> None:
    document = json.loads(json.dumps(OWN))
    place = document
    for key in at[:-1]:
        place = place[key]
    place[at[-1]] = value
    assert not CHECK.is_valid(document)


@given(st.text("0123456789.-", max_size=9))
def test_a_position_that_can_be_read_is_of_the_form(at: str) -> None:
    place = reading.Place(file="owner.json")
    with contextlib.suppress(SpecError):
        form.position(at, place)
        assert CHECK.evolve(schema=SCHEMA["$defs"]["position"]).is_valid(at)


def test_the_schema_has_the_keys_that_are_read() -> None:
    of = SCHEMA["$defs"]
    assert SCHEMA["properties"].keys() == spec._DOCUMENT_KEYS
    assert of["row"]["properties"].keys() == spec._ROW_KEYS
    assert of["field"]["properties"].keys() == form._FIELD_KEYS


MESSAGES = {"INVERTER_STATISTICS_STATUS", "TANK_GEOMETRY_STATUS", "TANK_GEOMETRY_COMMAND"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_fields_lie_within_the_frame_and_apart(row: Row) -> None:
    """No bit is of two fields that are there at the same time, and each range fits its bits."""
    size = 1785 * 8 if row.name in MESSAGES else 64
    selectors = {code for field in row.fields for code in field.when or ()}
    for selector in selectors or {None}:
        used = Counter(
            bit
            for field in row.fields
            if field.when is None or selector in field.when
            for bit in range(field.bit, field.bit + field.bits)
        )
        assert max(used) < size
        assert set(used.values()) == {1}
    for field in row.fields:
        assert 0 <= field.low <= field.high < 1 << field.bits
        assert all(0 <= raw < 1 << field.bits for raw in field.labels)
        assert all(bit < field.bits for bit in field.flags)


# What is said in full, or by its usual abbreviation, and always by the same word.
SHORT = re.compile(
    r"(^|_)(temp|max|min|num|no|nr|eng|aux|auto|hi|lo|avg|cfg|config|cmd|stat|sw|pos|vol"
    r"|amperage|amp_hours|volts?|percent|pct|hz|rpms?|ppm|watts?|celsius|lsb|msb|isb"
    r"|setpoint|genset|n|na"
    r"|over_(current|voltage|temperature|load)|under_(current|voltage)"
    r"|\d+_?(ms|s|min|h|days?|pct|percent|pt|point|k|kbit|v|a|w|amp))(_|$)"
)
DIGITS_WITH_UNIT = re.compile(r"\d(ms|s|min|h|pct|pt|k|m|d|v|a|w)\b")
# A name ends in "status" only where the rest alone would be a quantity, or nothing.
STATUS = {
    "status", "operating_status", "desired_operating_status", "system_status", "network_status",
    "battery_status", "pressure_status", "temperature_status", "voltage_status",
}  # fmt: skip


def test_names_of_fields_are_whole_words() -> None:
    names = {str(field["name"]) for field in written_fields()}
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) for name in names)
    assert {name for name in names if len(name) > 45} == set()
    assert {name for name in names if SHORT.search(name)} == set()
    assert {name for name in names if name.endswith("status")} <= STATUS


def test_labels_are_plain_words() -> None:
    found = {
        words
        for item in [*TABLE["values"].values(), *(c for f in written_fields() for c in codes(f))]
        if isinstance(item, dict)
        for words in item.values()
    }
    word = r"([a-z0-9]+|\{\d+\.\.\d+\})"
    assert {words for words in found if not re.fullmatch(rf"{word}([ -]{word})*", words)} == set()
    assert {words for words in found if DIGITS_WITH_UNIT.search(words)} == set()


def test_the_instance_of_the_device_is_called_so() -> None:
    """Where another instance is part of the key, it stands beside that of the device."""
    parts = {name for row in ROWS for name in row.key if name.endswith("instance")}
    assert parts == {
        "instance", "cell_instance", "connection_instance", "module_instance", "schedule_instance",
    }  # fmt: skip
    assert {row.key[0] for row in ROWS if len(row.key) > 1} == {"instance", "position"}


def test_what_is_shared_is_used_twice_and_written_once() -> None:
    uses = Counter[str]()
    written = Counter(json.dumps(item, sort_keys=True) for item in TABLE["values"].values())
    for field in written_fields():
        for item in codes(field):
            if isinstance(item, str):
                uses[item] += 1
            else:
                written[json.dumps(item, sort_keys=True)] += 1
    assert uses.keys() == TABLE["values"].keys()
    assert min(uses.values()) >= 2
    assert max(written.values()) == 1
    rows = [row for row in TABLE["rows"].values() if isinstance(row, dict)]
    assert {row["format"] for row in rows if "format" in row} == TABLE["formats"].keys()


def test_no_two_rows_have_the_same_fields() -> None:
    """One field alone may be alike: text and payloads are everywhere."""
    layouts = Counter(
        (row.key, row.mux, str([replace(field, note=None, doubt=None) for field in row.fields]))
        for row in ROWS
        if row._like is None and len(row.fields) > 1
    )
    assert max(layouts.values()) == 1


def test_what_is_said_of_a_row_fits_together() -> None:
    names = {row.name for row in ROWS}
    for row in ROWS:
        about = row.about
        assert names >= set(about.answers)
        paces = [*about.every.values(), *([row.max_gap] if row.max_gap else [])]
        assert all(about.apart <= pace for pace in paces)
        for doubt in (about.doubt, *(field.doubt for field in row.fields)):
            assert doubt is None or re.fullmatch(r"[A-Z0-9].*\.", doubt)
