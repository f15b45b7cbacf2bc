"""The exported DBC file: cantools loads it, and reads and writes payloads as we do."""

from collections.abc import Iterator
import math
from pathlib import Path
import random
import subprocess

import cantools
from cantools.database.can import Message
from cantools.database.namedsignalvalue import NamedSignalValue
from dbc import dbc
import pytest
import table

from custom_components.coachiq.rvc import Code, Field, Row, Value
from tests.scripts.script import SCRIPTS

SPEC = table.load(chassis=True)
ROWS = {row.name: row for row in SPEC.rows.values()}


def printed(*options: str) -> bytes:
    return subprocess.check_output([SCRIPTS / "export-dbc", *options])  # noqa: S603  our own script


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dbc") / "coach.dbc"
    path.write_bytes(printed("--chassis"))
    return path


@pytest.fixture(scope="module")
def messages(exported: Path) -> dict[str, Message]:
    database = cantools.database.load_file(exported, strict=True)
    assert isinstance(database, cantools.database.can.Database)
    return {message.name: message for message in database.messages}


def test_every_row_is_a_message_with_its_fields(messages: dict[str, Message]) -> None:
    assert messages.keys() == ROWS.keys()
    for name, message in messages.items():
        fields = {field.name: field for field in ROWS[name].fields if not field.open}
        assert {signal.name for signal in message.signals} == fields.keys()
        for signal in message.signals:
            field = fields[signal.name]
            assert (signal.start, signal.length) == (field.bit, field.bits)
            assert (signal.scale, signal.offset) == (field.scale, field.offset)
            assert (signal.unit, signal.spn or None) == (field.unit, field.spn)
            if field.kind == "number":
                assert signal.minimum == field.physical(field.low)
                assert signal.maximum == field.physical(field.high)


def test_names_are_identifiers_that_every_tool_takes(messages: dict[str, Message]) -> None:
    names = {signal.name for message in messages.values() for signal in message.signals}
    for name in names | messages.keys():
        assert name.isidentifier()
        assert name.isascii()
        assert len(name) <= 128


@pytest.mark.parametrize(
    ("name", "can_id", "size", "cycle"),
    [
        ("DC_DIMMER_STATUS_3", 0x19FEDAFE, 8, None),
        ("REQUEST_FOR_DGN", 0x18EAFFFE, 8, None),
        ("INITIAL_PACKET", 0x18ECFFFE, 8, None),
        ("PRODUCT_IDENTIFICATION", 0x18FEEBFE, 8, None),
        ("INVERTER_STATISTICS_STATUS", 0x19FFCEFE, 19, None),
        ("TANK_STATUS", 0x19FFB7FE, 8, 5000),
        ("EEC1", 0x18F004FE, 8, 50),
    ],
)
def test_a_message_is_of_j1939_from_any_source(
    name: str, can_id: int, size: int, cycle: int | None, messages: dict[str, Message]
) -> None:
    message = messages[name]
    assert (message.frame_id, message.is_extended_frame) == (can_id, True)
    assert (message.protocol, message.length, message.cycle_time) == ("j1939", size, cycle)


def test_comments_tell_section_note_and_doubt(messages: dict[str, Message]) -> None:
    about = ROWS["GPS_POSITION"].about
    comment = messages["GPS_POSITION"].comment
    assert comment
    assert about.section
    assert about.doubt
    assert comment.startswith(f"Section {about.section}.")
    assert about.doubt in comment
    field = next(field for field in ROWS["AWNING_STATUS_2"].fields if field.flags)
    said = messages["AWNING_STATUS_2"].get_signal_by_name(field.name).comment
    assert said
    assert said.startswith("bit 1: park brake, bit 2: ")


def number_and_words(field: Field, value: Value) -> tuple[object, str | None]:
    """Return a value of ours as cantools has it."""
    if isinstance(value, Code):
        twice = [*field.labels.values()].count(value.label) > 1
        return value.raw, f"{value.label} ({value.raw})" if twice else value.label
    return value, None


def payloads(row: Row, size: int) -> Iterator[bytes]:
    """Yield random payloads: any bits at all, and such that every field has a value in some."""
    chance = random.Random(row.dgn)
    branches = sorted({code for field in row.fields for code in field.when or ()}) or [0]
    for number in range(60):
        branch = branches[number % len(branches)]
        data = chance.getrandbits(size * 8)
        for field in row.fields:
            raw = chance.choice([*field.labels, field.low, field.high])
            if field.kind == "number" and not field.labels:
                raw = chance.randint(field.low, field.high)
            if field.kind == "enum":
                raw = chance.choice([*field.labels])
            if field.name == row.mux:
                raw = branch
            elif field.open or number > 40 or (field.when and branch not in field.when):
                continue
            data = data & ~((1 << field.bits) - 1 << field.bit) | raw << field.bit
        yield data.to_bytes(size, "little")


@pytest.mark.parametrize("name", ROWS)
def test_cantools_reads_and_writes_a_row_as_we_do(name: str, messages: dict[str, Message]) -> None:
    row, message = ROWS[name], messages[name]
    if not message.signals:
        assert all(field.open for field in row.fields)
        return
    compared = set()
    for data in payloads(row, message.length):
        theirs = message.decode_simple(data)
        for field, value, raw in zip(row.fields, row.decode(data), row.raw(data), strict=True):
            if value is None or field.open:
                continue
            compared.add(field.name)
            read = theirs[field.name]
            if field.kind in {"text", "bytes"}:
                assert read == raw
            elif isinstance(read, NamedSignalValue):
                assert (read.value, read.name) == number_and_words(field, value)
            else:
                assert isinstance(value, int | float)
                assert isinstance(read, int | float)
                assert math.isclose(read, value, rel_tol=1e-12, abs_tol=1e-9)
        written = message.encode({**theirs}, strict=False)
        mask = sum(
            (1 << field.bits) - 1 << field.bit
            for field, raw in zip(row.fields, row.raw(data), strict=True)
            if raw is not None and not field.open
        )
        difference = int.from_bytes(written, "little") ^ int.from_bytes(data, "little")
        assert difference & mask == 0
    assert compared == {signal.name for signal in message.signals}


def test_the_dbc_of_a_few_rows_is_whole() -> None:
    database = cantools.database.can.Database(strict=True)
    database.add_dbc_string(dbc([SPEC.named("DC_DIMMER_STATUS_3"), SPEC.named("TANK_STATUS")]))
    assert [message.name for message in database.messages] == ["DC_DIMMER_STATUS_3", "TANK_STATUS"]
    message = database.get_message_by_name("DC_DIMMER_STATUS_3")
    shown = message.decode_simple(bytes.fromhex("18FFC8FC000501FF"))
    assert (shown["brightness"], shown["last_command"]) == (100.0, "toggle")


def test_without_the_chassis_it_is_rv_c_alone() -> None:
    text = printed().decode("cp1252")
    assert text == dbc(table.load().rows.values())
    assert " EEC1: 8" not in text
