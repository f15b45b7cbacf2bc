"""scripts/encode: fields to frames, from the command line and from JSON, and back again."""

import json

import encoding
from hypothesis import given, settings, strategies as st
from log import Frame
import pytest
from report import hear, show
import table

from tests.scripts.script import run

SPEC = table.load()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ["DC_DIMMER_COMMAND_2", "instance=25", "desired_brightness=100", "command=set level"],
            "19FEDB9E#19FFC800FF03FFFF",
        ),
        (["1FEDB", "instance=0x19", "command=toggle"], "19FEDB9E#19FFFF05FF03FFFF"),
        (["1fedb", "desired_brightness=scene_2"], "19FEDB9E#FFFFE7FFFF03FFFF"),
        (["1FEDB", "desired_brightness=49.5"], "19FEDB9E#FFFF63FFFF03FFFF"),
        (
            ["1FEDB", "--source", "0xF9", "instance=1", "--priority", "3"],
            "0DFEDBF9#01FFFFFFFF03FFFF",
        ),
        (["REQUEST_FOR_DGN", "desired_dgn=0x1FECA"], "18EAFF9E#CAFE01FFFFFFFFFF"),
        (["EA00", "desired_dgn=0x1FECA", "--destination", "68"], "18EA449E#CAFE01FFFFFFFFFF"),
        (
            ["DOWNLOAD", "payload=0102030405060708", "--destination", "68"],
            "1D7D449E#0102030405060708",
        ),
        (["PRODUCT_IDENTIFICATION", "text=0x1"], "18FEEB9E#307831FFFFFFFFFF"),
        # The low byte is the type of the device.
        (["16023", "instance=1"], "1960239E#01FFFFFFFFFFFFFF"),
    ],
)
def test_a_command_line_is_a_frame(arguments: list[str], expected: str) -> None:
    assert run("encode", *arguments) == (0, [expected], "")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["light.set_level", "instance=25", "level=40"], "19FEDB9E#19FF5000FF00FFFF"),
        (["light.recall_scene", "instance=1", "scene=scene_2"], "19FEDB9E#01FFE700FF00FFFF"),
        (["valve.move_to", "instance=2", "position=100"], "0DFDE49E#02C8FFFFFFFFFFFF"),
    ],
)
def test_an_intent_is_a_frame(arguments: list[str], expected: str) -> None:
    assert run("encode", *arguments) == (0, [expected], "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["light.setlevel"], "light.setlevel is no intent, but light.set_level or"),
        (["light.x"], "light.x is no intent"),
        (["light.set_level", "level=40"], "light.set_level: needs instance"),
        (["light.set_level", "instance=251", "level=1"], "instance: 251 is not one of 1 to 250"),
        (["light.on", "instance=1", "color=red"], "light.on: no argument color, only instance"),
    ],
)
def test_an_intent_that_cannot_be_is_refused(arguments: list[str], said: str) -> None:
    code, lines, error = run("encode", *arguments)
    assert (code, lines) == (2, [])
    assert said in error
    assert error.count("\n") == 1


def test_an_intent_in_json_has_typed_arguments() -> None:
    with pytest.raises(ValueError, match="level: True is neither a number nor words"):
        list(encoding.ask(SPEC, "light.set_level", {"instance": 1, "level": True}))
    row, data = encoding.ask(SPEC, "light.set_level", {"instance": 1, "level": 50.0})
    assert (row.name, data.hex()) == ("DC_DIMMER_COMMAND_2", "01ff6400ff00ffff")


def test_more_than_eight_bytes_are_the_packets_of_a_broadcast() -> None:
    assert run("encode", "FEEB", "text=CoachIQ*1*2*3") == (
        0,
        ["18ECFF9E#200D0002FFEBFE00", "18EBFF9E#01436F6163684951", "18EBFF9E#022A312A322A33FF"],
        "",
    )
    text = "x" * 1785
    _, lines, _ = run("encode", "FEEB", f"text={text}", "--source", "3", "--priority", "7")
    assert len(lines) == 1 + 255
    _, shown, _ = run("decode", "--messages", "--dgn", "FEEB", text="\n".join(lines))
    assert json.loads(shown[0])["fields"]["text"]["value"] == text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["1FEDB", "ramp_time=26"],
            "DC_DIMMER_COMMAND_2: ramp_time: 26 is not one of 0.0 to 25.0 s",
        ),
        (
            ["1FEDB", "ramp_time=nan"],
            "DC_DIMMER_COMMAND_2: ramp_time: nan is not one of 0.0 to 25.0",
        ),
        (["1FEDB", "interlock=c"], "DC_DIMMER_COMMAND_2: interlock: 'c' is not one of 0 ("),
        (["1FEDB", "level=1"], "DC_DIMMER_COMMAND_2: level: no such field, only instance, group,"),
        (["1FEDB", "instance"], "instance is not FIELD=VALUE"),
        (["1FEDB", "instance=1", "instance=2"], "instance is there twice"),
        (["DC_DIMER_COMMAND_2"], "DC_DIMER_COMMAND_2 is no DGN, but DC_DIMMER_COMMAND_2"),
        (["1F123"], "1F123 is a DGN that the table does not have"),
        (["1FEDB", "--destination", "68"], "DGN 1FEDB cannot be sent to 68"),
        (["1FEDB", "--source", "256"], "argument --source: 256 is no number from 0 to 255"),
        (["FEEB", f"text={'x' * 1786}"], "1786 bytes are more than the 1785 of a message"),
        (["TERMINAL", "text=longer than 8", "--destination", "3"], "13 bytes go to all only; 3"),
        (["PROPRIETARY", "payload=01"], "PROPRIETARY: payload: '01' is not 8 hexadecimal bytes"),
        (["--list", "nonsense"], "nonsense is no DGN"),
    ],
)
def test_a_mistake_is_one_line_and_code_2(arguments: list[str], words: str) -> None:
    code, lines, errors = run("encode", *arguments)
    assert (code, lines) == (2, [])
    assert errors.startswith(f"scripts/encode: {words}")
    assert errors.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"name": "TANK_STATUS", "fields": {"instance": 1}}', "19FFB79E#01FFFFFFFFFFFFFF"),
        ('{"dgn": "1FFB7"}', "19FFB79E#FFFFFFFFFFFFFFFF"),
        ('{"name": "TANK_STATUS", "source": 3, "priority": 2}', "09FFB703#FFFFFFFFFFFFFFFF"),
        ('{"name": "DC_DIMMER_COMMAND_2", "fields": {"command": "toggle", "instance": null}}',
         "19FEDB9E#FFFFFF05FF03FFFF"),
        ('{"name": "REQUEST_FOR_DGN", "destination": 68}', "18EA449E#FFFFFFFFFFFFFFFF"),
        # What scripts/decode prints: a raw number without a meaning, and a value that was changed.
        ('{"name": "TANK_STATUS", "fields": {"relative_level": {"value": null, "raw": 254}}}',
         "19FFB79E#FFFEFFFFFFFFFFFF"),
        ('{"name": "TANK_STATUS", "fields": {"relative_level": {"value": 5, "raw": 254}}}',
         "19FFB79E#FF05FFFFFFFFFFFF"),
        ('{"name": "TANK_STATUS", "fields": {"relative_level": {"value": 5, "raw": 4}}}',
         "19FFB79E#FF05FFFFFFFFFFFF"),
        ('{"name": "TANK_STATUS", "fields": {"relative_level": {"value": null, "raw": 999}}}',
         "19FFB79E#FFFFFFFFFFFFFFFF"),
        ('{"name": "TANK_STATUS", "fields": {"relative_level": {"value": null, "raw": 4}}}',
         "19FFB79E#FFFFFFFFFFFFFFFF"),
    ],
    ids=range(10),
)  # fmt: skip
def test_a_line_of_json_is_a_frame(line: str, expected: str) -> None:
    assert run("encode", text=line) == (0, [expected], "")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nonsense", "Expecting value"),
        ("[" * 100_000, ""),
        ("[1]", "is no object"),
        ("{}", "needs the 'name' of a DGN"),
        ('{"name": 1}', "needs the 'name' of a DGN"),
        ('{"name": "TANK_STATUS", "fields": []}', "needs the 'name' of a DGN"),
        (
            '{"name": "TANK_STATUS", "fields": {"instance": true}}',
            "TANK_STATUS: instance: True is n",
        ),
        (
            '{"name": "TANK_STATUS", "fields": {"instance": [1]}}',
            "TANK_STATUS: instance: [1] is nei",
        ),
        (
            '{"name": "TANK_STATUS", "fields": {"x": {"value": 1, "raw": 1}}}',
            "TANK_STATUS: x: no s",
        ),
        ('{"name": "TANK_STATUS", "source": "me"}', "source 'me' is no number"),
        ('{"name": "TANK_STATUS", "source": 256}', "no such identifier"),
        ('{"name": "TANKS"}', "TANKS is no DGN"),
    ],
    ids=range(12),
)
def test_a_mistake_in_json_names_its_line(line: str, words: str) -> None:
    code, lines, errors = run("encode", text=f'{{"dgn": "1FFB7"}}\nnull\n{line}\n')
    assert (code, lines) == (2, ["19FFB79E#FFFFFFFFFFFFFFFF"])
    assert errors.startswith(f"scripts/encode: line 3: {words}")
    assert errors.count("\n") == 1


def test_what_decode_prints_is_the_same_frame_again() -> None:
    frames = [
        "19FEDA98#18FFC8FC000501FF",
        "19FEDA98#18FEFB0000FEFDFD",
        "19FFB79C#0102080A00FFFFFF",
        "19FFFD9C#01780D01AB913577",
        "18FEEB9C#41424344FFFFFFFF",
        "18EAFF9C#CAFE01FFFFFFFFFF",
    ]
    _, lines, _ = run("decode", text="\n".join(["nonsense", *frames]))
    assert [line == "null" for line in lines] == [True] + [False] * 6
    _, again, errors = run("encode", text="\n".join(lines))
    assert errors == ""
    assert run("decode", text="\n".join(again))[1] == lines[1:]
    assert again[2:] == frames[2:]
    # Unless it answers line for line, it prints the destination is known, too.
    _, lines, _ = run("decode", "--dgn", "EA00", text="18EA449C#CAFE01FFFFFFFFFF")
    assert run("encode", text=lines[0])[1] == ["18EA449C#CAFE01FFFFFFFFFF"]


@settings(max_examples=1000, deadline=None)
@given(st.sampled_from([*SPEC.rows]), st.binary(max_size=24))
def test_encode_of_decode_says_the_same_for_every_row(dgn: int, data: bytes) -> None:
    row = SPEC.rows[dgn]
    shown = json.loads(json.dumps(show(hear(SPEC, Frame(row.dgn, False, data, None, None)))))
    again = encoding.payload(row, shown["fields"])
    said = zip(row.decode(data), row.raw(data), strict=True)
    says = zip(row.decode(again), row.raw(again), strict=True)
    for field, before, after in zip(row.fields, said, says, strict=True):
        if field.open:
            assert before[0] == after[0], field
        else:
            # What a short frame leaves out has become all ones.
            assert before in {after, (None, None)}, field


def test_all_dgns_are_listed() -> None:
    code, lines, errors = run("encode", "--list")
    assert (code, errors) == (0, "")
    assert len(lines) == len(SPEC.rows)
    assert "1FEDB DC_DIMMER_COMMAND_2 (command)" in lines


def test_the_fields_of_a_dgn_are_listed_with_their_limits() -> None:
    _, lines, _ = run("encode", "--list", "1FEDB")
    assert lines[0] == "1FEDB DC_DIMMER_COMMAND_2 (command), priority 6"
    assert "  ramp_time (byte 6): 0.0 to 25.0 s" in lines
    assert any(line.startswith("  interlock (bits 5.0 to 5.1): 0 (") for line in lines)
    assert "  text (from byte 0 on): text" in run("encode", "--list", "FEEB")[1]
    _, lines, _ = run("encode", "--list", "AGS_CRITERION_COMMAND")
    assert any(
        line.startswith("  run_time (bytes 6 to 7, with criterion_type [6]): ") for line in lines
    )
