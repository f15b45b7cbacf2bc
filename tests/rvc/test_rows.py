"""Every row of rvc.json, both ways."""

import time

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.coachiq.rvc import Code, EncodeError, Field, Row, Value, load_spec
from custom_components.coachiq.rvc.codec import payload_size

SPEC = load_spec()
ROWS = tuple(SPEC.rows.values())
payloads = st.binary(max_size=24)


def size_of(row: Row) -> int:
    return max(8, payload_size(row.fields))


def reference(row: Row, field: Field, data: bytes) -> Value:
    """Decode one field the plain way."""
    if field.kind in ("text", "bytes"):
        part = data[field.bit // 8 :] if field.open else data[field.bit // 8 :][: field.bits // 8]
        if field.kind == "text":
            return part.rstrip(b"\xff\x00").decode("latin-1") or None
        return part.hex().upper() if len(part) == field.bits // 8 else None
    if field.bit + field.bits > len(data) * 8:
        return None
    payload = int.from_bytes(data, "little")
    if field.when is not None:
        assert row.mux is not None
        mux = row.fields[row.index[row.mux]]
        if payload >> mux.bit & (1 << mux.bits) - 1 not in field.when:
            return None
    return field.value(payload >> field.bit & (1 << field.bits) - 1)


def test_the_table_is_whole() -> None:
    assert len(ROWS) == 350
    for row in ROWS:
        row.check()
        assert SPEC.get(row.dgn) is row
        assert SPEC.named(row.name) is row
        assert repr(row) == f"<Row {row.dgn:X} {row.name}>"
        assert set(row.key) <= row.index.keys()
        assert list(row.index.values()) == list(range(len(row.fields)))


def test_loading_is_quick() -> None:
    taken = []
    for _ in range(5):
        start = time.process_time()  # what else the machine does is of no account
        load_spec()
        taken.append(time.process_time() - start)
    assert min(taken) < 0.030


def test_the_global_form_of_a_transport_dgn_is_found() -> None:
    assert SPEC.get(0xEC00) is SPEC.get(0xECFF) is SPEC.named("INITIAL_PACKET")
    assert SPEC.get(0xEB00) is SPEC.named("DATA_PACKET")
    assert SPEC.get(0x12345) is None
    with pytest.raises(KeyError):
        SPEC.named("NOTHING")


@settings(max_examples=4, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_decode_is_what_the_fields_say(row: Row, data: st.DataObject) -> None:
    for payload in (data.draw(payloads), data.draw(st.binary(min_size=8, max_size=8))):
        expected = tuple(reference(row, field, payload) for field in row.fields)
        values = row.decode(payload)
        assert values == expected
        assert [type(value) for value in values] == [type(value) for value in expected]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_no_length_raises(row: Row) -> None:
    for size in (*range(9), 12, 19, 64, 1785):
        for payload in (bytes(size), b"\xff" * size, bytes(range(256))[:size].ljust(size, b"\x5a")):
            values, raws, key = row.decode(payload), row.raw(payload), row.key_of(payload)
            assert len(values) == len(raws) == len(row.fields)
            for field, value, raw in zip(row.fields, values, raws, strict=True):
                if field.bit + field.bits > size * 8:
                    assert raw is None
                    assert value is None or field.open
                elif raw is None and not field.open:
                    assert field.when is not None
            if key is None:
                assert row.key_slice.stop > size
            elif row.key:
                assert list(key) == [raws[row.index[name]] for name in row.key]
                assert row.key_of(payload[: row.key_slice.stop]) == key
            else:
                assert (key, row.key_slice) == ((0,), slice(0, 0))


@settings(max_examples=4, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_encode_is_the_reverse_of_decode(row: Row, data: st.DataObject) -> None:
    """What decode says, encode writes; what it could not say, and unused bits, come as filled."""
    size = size_of(row)
    payload = data.draw(st.binary(min_size=size, max_size=size))
    values = dict(zip(row.index, row.decode(payload), strict=True))
    known = {name: value for name, value in values.items() if value is not None}
    again = row.encode(**known)
    assert {name: row.decode(again)[row.index[name]] for name in known} == known
    expected = int.from_bytes(row.encode(), "little")
    sent = int.from_bytes(payload, "little")
    for name in known:
        field = row.fields[row.index[name]]
        if field.open:
            return
        mask = (1 << field.bits) - 1 << field.bit
        expected = expected & ~mask | sent & mask
    if not any(field.kind == "text" for field in row.fields):
        assert again == expected.to_bytes(size, "little")
    assert row.encode(**values) == again


def allowed(row: Row, field: Field) -> st.SearchStrategy[Value]:
    """Draw what a field may be given: a number that is data, or a code by itself or its words."""
    if field.kind == "text":
        letters = st.characters(min_codepoint=32, max_codepoint=126)
        return st.text(letters, min_size=1, max_size=field.bits // 8)
    if field.kind == "bytes":
        return st.binary(min_size=field.bits // 8, max_size=field.bits // 8).map(bytes.hex)
    codes: list[Value] = [*field.codes.values(), *field.labels.values()]
    if field.kind == "enum":
        return st.sampled_from(codes)
    numbers = (
        st.integers(field.low, field.high)
        .filter(lambda raw: raw not in field.labels)
        .map(field.physical)
    )
    free = field.high - field.low + 1 > sum(field.low <= raw <= field.high for raw in field.labels)
    strategies = [numbers] if free else []
    return st.one_of(*strategies, *([st.sampled_from(codes)] if codes else []))


@settings(max_examples=4, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_decode_is_the_reverse_of_encode(row: Row, data: st.DataObject) -> None:
    """What was encoded is decoded; the fields that were not given are unknown, their bits ones."""
    selector = row.fields[row.index[row.mux]] if row.mux else None
    chosen = data.draw(st.sampled_from([*selector.codes.values()])) if selector else None
    fields = [
        field
        for field in row.fields
        if field is not selector and (field.when is None or (chosen and chosen.raw in field.when))
    ]
    given = data.draw(st.lists(st.sampled_from(fields), unique_by=lambda field: field.name))
    values = {field.name: data.draw(allowed(row, field)) for field in given}
    if selector and chosen:
        values[selector.name] = chosen
    payload = row.encode(**values)
    decoded = dict(zip(row.index, row.decode(payload), strict=True))
    for field in given:
        expected, found = values[field.name], decoded[field.name]
        if field.kind == "bytes":
            assert str(found).lower() == expected
        elif isinstance(expected, str) and isinstance(found, Code):
            assert found.label == expected
        else:
            assert found == expected
    nothing = row.decode(row.encode())
    for field in row.fields:
        if field.name not in values and field.when is None and not field.open:
            assert decoded[field.name] == nothing[row.index[field.name]]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_a_field_cannot_carry_is_refused_with_its_limits(row: Row) -> None:
    for field in row.fields:
        if field.kind in ("text", "bytes"):
            continue
        mux = {row.mux: min(field.when)} if row.mux and field.when else {}
        step = field.physical(1) - field.physical(0)
        ends = (field.physical(field.low) - step, field.physical(field.high) + step)
        for value in ends if field.kind == "number" else (1 << field.bits,):
            if value in field.labels:
                continue
            with pytest.raises(EncodeError) as caught:
                row.encode(**mux, **{field.name: value})
            assert str(caught.value) == f"{field.name}: {value!r} is not one of {field.takes()}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_ones_are_no_data(row: Row) -> None:
    """All ones say nothing, but for codes that the specification gives to all ones."""
    for field, value in zip(row.fields, row.decode(b"\xff" * size_of(row)), strict=True):
        ones = (1 << field.bits) - 1
        if ones in field.labels:
            assert value == Code(ones, field.labels[ones]) or field.when is not None
        elif field.kind == "number" and ones > field.high:
            assert value is None
        else:
            # One bit, raw bytes, and the parts of a NAME or a packet have no code for "no data".
            assert field.bits == 1 or field.kind != "number" or row.dgn in (0xEE00, 0xECFF, 0xEBFF)


def test_codes_are_one_object_each() -> None:
    row = SPEC.named("DC_DIMMER_STATUS_3")
    first, second = (row.decode(bytes.fromhex("01FFFB0000050000"))[2] for _ in range(2))
    assert first is second
    assert first == Code(251, "ramping")


def test_key_packed_into_parts_of_a_byte() -> None:
    row = SPEC.named("ATS_AC_STATUS_1")
    assert row.key == ("instance", "input_output", "source", "leg")
    assert row.key_of(bytes.fromhex("9A")) == (2, 1, 1, 1)
    assert row.key_slice == slice(0, 1)
    assert row.key_of(b"") is None


def test_key_that_is_not_in_the_first_byte() -> None:
    row = SPEC.named("LEVELING_SENSOR_STATUS")
    assert row.key_slice == slice(7, 8)
    assert row.key_of(bytes(7)) is None
    assert row.key_of(b"\0\0\0\0\0\0\0\x03") == (3,)


def test_an_alias_has_the_layout_of_its_row() -> None:
    assert SPEC.named("BATTERY_STATUS_1").fields
    alias = next(row for row in ROWS if row._like is not None)
    assert alias._like is not None
    assert alias.fields is alias._like.fields
    assert alias.key == alias._like.key


def test_multiplexed_fields_are_there_for_their_code_only() -> None:
    row = SPEC.named("AGS_CRITERION_STATUS")
    values = dict(zip(row.index, row.decode(bytes.fromhex("01050001F000FFFF")), strict=True))
    assert values["dc_voltage_threshold"] == 12.0
    assert values["state_of_charge_start_threshold"] is None
    raws = dict(zip(row.index, row.raw(bytes.fromhex("01050001F000FFFF")), strict=True))
    assert (raws["dc_voltage_threshold"], raws["state_of_charge_start_threshold"]) == (240, None)
    values = dict(zip(row.index, row.decode(bytes.fromhex("01050101C864FFFF")), strict=True))
    assert (
        values["state_of_charge_start_threshold"],
        values["state_of_charge_stop_threshold"],
    ) == (100.0, 50.0)
    assert values["dc_voltage_threshold"] is None


def test_text_runs_to_the_end() -> None:
    row = SPEC.named("PRODUCT_IDENTIFICATION")
    text = "Mäker*Model 3*12345678*Unit*"
    assert row.decode(row.encode(text=text)) == (text,)
    assert row.encode(text="***") == b"***" + b"\xff" * 5
    assert row.encode(text=None) == row.encode() == b"\xff" * 8
    assert row.decode(b"***" + b"\xff" * 5) == ("***",)
    assert row.decode(b"") == (None,)


def test_a_message_of_several_packets() -> None:
    row = SPEC.named("INVERTER_STATISTICS_STATUS")
    payload = row.encode(instance=1, highest_ac_output_voltage=123.45)
    assert len(payload) == 19
    assert row.decode(payload)[-1] == 123.45
    assert row.decode(payload[:18])[-1] is None


def test_gap_priority_and_kind() -> None:
    assert SPEC.named("DC_SOURCE_STATUS_1").max_gap == 0.5
    assert SPEC.named("TANK_STATUS").max_gap == 5
    assert SPEC.named("DC_DIMMER_STATUS_3").max_gap is None
    assert SPEC.named("DC_DIMMER_COMMAND_2").kind == "command"
    assert {row.priority for row in ROWS} <= set(range(8))
