"""scripts/decode with files, filters, words, messages and a live bus."""

from collections.abc import Iterator
import json
import os
from pathlib import Path
import signal
import subprocess

import decoding
from log import Frame
import pytest
from report import hear
import table

from tests.bus.wiring import SerialPort
from tests.scripts.script import SCRIPTS, run

LOG = """\
(1646985260.000000) can0 19FEDA98#18FFC8FC000501FF
(1646985260.500000) can0 19FEDA98#19FFC8FC000501FF
(1646985261.000000) can0 19FEDA98#18FFC8FC000501FF
(1646985261.500000) can0 19FFB79C#0102080A00FFFFFF
this is no frame
(1646985262.000000) can0 19FEDA9D#18FF00FC000501FF
(1646985262.500000) can0 18EA4498#CAFE01
(1646985263.000000) can0 19F12344#0102
(1646985263.500000) can0 19FEDA98#18FF00FC000501FF
(1646985264.000000) can0 0CF00400#FFFFFF401FFFFFFF
"""


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    path = tmp_path / "evening.log"
    path.write_text(LOG)
    return path


def times(lines: list[str]) -> list[float]:
    """Return the seconds of each line of JSON, after the first second of the log."""
    return [json.loads(line)["time"] - 1646985260 for line in lines]


def test_of_a_file_the_known_frames_are_printed_with_time_channel_and_destination(
    log_file: Path,
) -> None:
    code, lines, errors = run("decode", log_file)
    assert (code, errors) == (0, "")
    assert times(lines) == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.5]
    shown = json.loads(lines[5])
    fields = shown.pop("fields")
    assert shown == {
        "time": 1646985262.5, "channel": "can0", "dgn": "EA00", "name": "REQUEST_FOR_DGN",
        "priority": 6, "source": 0x98, "instance": None, "destination": 0x44,
    }  # fmt: skip
    assert fields["desired_dgn"]["value"] == 0x1FECA


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--dgn", "DC_DIMMER_STATUS_3"], [0.0, 0.5, 1.0, 2.0, 3.5]),
        (["--dgn", "1ffb7", "--dgn", "tank_status"], [1.5]),
        (["--dgn", "0x1FFB7", "--dgn", "EA00"], [1.5, 2.5]),
        (["--source", "0x9D", "--source", "156"], [1.5, 2.0]),
        (["--instance", "24"], [0.0, 1.0, 2.0, 3.5]),
        (["--instance", "25", "--instance", "1"], [0.5, 1.5]),
        (["--changed"], [0.0, 0.5, 1.5, 2.0, 2.5, 3.5]),
        (["--changed", "--dgn", "1FEDA", "--source", "0x98", "--instance", "24"], [0.0, 3.5]),
        (["--unknown"], [3.0, 4.0]),
        (["--unknown", "--chassis"], [3.0]),
        (["--chassis", "--dgn", "EEC1"], [4.0]),
        (["--dgn", "1F123"], []),
    ],
)
def test_filters(options: list[str], expected: list[float], log_file: Path) -> None:
    code, lines, _ = run("decode", *options, log_file)
    assert (code, times(lines)) == (0, expected)
    assert run("decode", *options, text=LOG)[1] == lines


def test_a_dgn_alone_has_no_source_to_be_chosen_by() -> None:
    assert len(run("decode", "--instance", "1", text="1FFB7#0102\n")[1]) == 1
    assert run("decode", "--source", "0", text="1FFB7#0102\n")[1] == []


def test_unknown_dgns_come_with_their_payload_and_are_counted(log_file: Path) -> None:
    code, lines, errors = run("decode", "--unknown", log_file, log_file)
    assert (code, len(lines), errors) == (0, 4, "1F123 2\n F004 2\n")
    assert json.loads(lines[0]) == {
        "time": 1646985263.0, "channel": "can0", "dgn": "1F123", "name": None, "priority": 6,
        "source": 0x44, "instance": None, "fields": {}, "destination": None, "data": "0102",
    }  # fmt: skip
    _, lines, _ = run("decode", "--unknown", "--text", log_file)
    assert lines[0] == "2022-03-11 07:54:23.000 can0 44 1F123: 01 02"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "(1646985260.250000) can0 19FFFD9C#01780201FFFFFFFF",
            (
                "2022-03-11 07:54:20.250 can0 9C DC_SOURCE_STATUS_1 1:"
                " device_priority battery soc or bms, dc_voltage 12.9 V"
            ),
        ),
        ("(3.25) can0 19FFB79C#01FF", "3.250 can0 9C TANK_STATUS 1:"),
        ("1FFB7#FFFFFFFFFFFFFFFF", "TANK_STATUS 255:"),
        ("FEEB#41091B9B42E9", r"PRODUCT_IDENTIFICATION: text 'A\t\x1b\x9bBé'"),
        ("1FEDB#", "DC_DIMMER_COMMAND_2:"),
    ],
)
def test_words_for_people(line: str, expected: str) -> None:
    assert run("decode", "--text", text=line) == (0, [expected], "")


def test_bits_of_a_set_are_named() -> None:
    row = table.load().named("DC_MOTOR_CONTROL_COMMAND")
    data = row.encode(**{field.name: 3 for field in row.fields if field.flags})
    (line,) = run("decode", "--text", text=f"{row.dgn:X}#{data.hex()}")[1]
    assert "interlock 3 (interlock a, interlock b)" in line


def test_messages_are_put_together_on_each_channel_for_itself() -> None:
    announce = "1CECFF9C#200A0002FFCAFE01"
    packets = ["1CEBFF9C#01050102030405AA", "1CEBFF9C#02BBCCDDFFFFFFFF"]

    def printed(*lines: str) -> list[str]:
        _, out, errors = run("decode", "--messages", "--dgn", "1FECA", text="\n".join(lines))
        assert errors == ""
        return out

    (line,) = printed(*(f"(1.{n}) can0 {line}" for n, line in enumerate((announce, *packets))))
    shown = json.loads(line)
    assert (shown["time"], shown["source"], shown["priority"]) == (1.2, 0x9C, 7)
    assert len(printed(announce, *packets)) == 1
    # A broadcast that falls silent for a second is over.
    assert printed(*(f"({n}.0) can0 {line}" for n, line in enumerate((announce, *packets)))) == []
    assert printed(f"can0 {announce}", f"can1 {packets[0]}", f"can0 {packets[1]}") == []


def test_messages_come_after_their_packets() -> None:
    text = "\n".join(run("encode", "PRODUCT_IDENTIFICATION", "text=CoachIQ*1*2*3")[1])
    _, lines, _ = run("decode", "--messages", text=text)
    names = [json.loads(line)["name"] for line in lines]
    assert names == ["INITIAL_PACKET", "DATA_PACKET", "DATA_PACKET", "PRODUCT_IDENTIFICATION"]
    assert json.loads(lines[3])["fields"]["text"]["value"] == "CoachIQ*1*2*3"
    _, lines, _ = run("decode", "--messages", "--unknown", text=text.replace("EBFE", "23F1"))
    assert [json.loads(line)["dgn"] for line in lines] == ["F123"]


def test_an_own_table_lies_over_ours(tmp_path: Path) -> None:
    own = tmp_path / "rvc.json"
    row = {"name": "MINE", "kind": "status", "fields": [{"name": "depth", "at": "0"}]}
    own.write_text(json.dumps({"version": 1, "rows": {"1F123": row}}))
    (line,) = run("decode", "--table", own, text="1F123#05")[1]
    assert json.loads(line)["fields"]["depth"]["value"] == 5
    own.write_text('{"version": 1, "rows": {"1F123": {"name": "MINE"}}}')
    code, lines, errors = run("decode", "--table", own, text="1F123#05")
    assert (code, lines) == (2, [])
    assert errors == f"scripts/decode: {own}: 1F123: 'kind' is missing or not text\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--dgn", "DC_DIMER_STATUS_3"], "DC_DIMER_STATUS_3 is no DGN, but DC_DIMMER_STATUS_3"),
        (["--dgn", "EA44"], "EA44 is no DGN"),
        (["--dgn", "2FEDA"], "2FEDA is no DGN"),
        (["--source", "256"], "argument --source: 256 is no number from 0 to 255"),
        (["--instance", "one"], "argument --instance: one is no number"),
        (["--interface", "virtual"], "--interface and --channel go together"),
        (["--channel", "can0"], "--interface and --channel go together"),
        (["--bitrate", "250000"], "--bitrate is for --interface"),
        (["--interface", "a", "--channel", "b", "some.log"], "either files or --interface"),
        (["--interface", "nonsense", "--channel", "b"], "nonsense b: cannot be opened: "),
        (["--interface", "socketcan", "--channel", "no"], "socketcan no: cannot be opened: "),
        (["some.log"], "some.log: there is no such file"),
        (["--nonsense"], "unrecognized arguments: --nonsense"),
        (["--chan", "can0"], "unrecognized arguments: --chan"),
    ],
)
def test_a_mistake_is_one_line_and_code_2(arguments: list[str], words: str) -> None:
    code, lines, errors = run("decode", *arguments)
    assert (code, lines) == (2, [])
    assert errors.startswith(f"scripts/decode: {words}")
    assert errors.endswith("\n")
    assert errors.count("\n") == 1


def test_the_tables_alone_leave_it_line_for_line() -> None:
    code, lines, errors = run("decode", "--chassis", text="0CF00400#FF\nnothing\n\n19FEDA98#18")
    assert (code, errors) == (0, "")
    assert [json.loads(line) and json.loads(line)["name"] for line in lines] == [
        "EEC1", None, None, "DC_DIMMER_STATUS_3",
    ]  # fmt: skip
    assert "time" not in json.loads(lines[0])
    # Where both tables have a DGN, RV-C's counts.
    (line,) = run("decode", "--chassis", text="FEEB#41")[1]
    assert json.loads(line)["name"] == "PRODUCT_IDENTIFICATION"


def test_what_is_remembered_to_see_changes_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "MOST_REMEMBERED", 2)
    options = decoding.parser().parse_args(["--changed"], decoding.Options())
    spec = table.load()

    def chosen(instances: bytes) -> list[int | None]:
        frames = (Frame(0x1FFB7, False, bytes((number, 2)), None, None) for number in instances)
        heard = (hear(spec, frame) for frame in frames)
        return [one.instance for one in decoding.choose(heard, options, set())]

    assert chosen(bytes((1, 2, 1, 2, 2, 1))) == [1, 2]
    assert chosen(bytes((1, 2, 1, 3, 1, 2, 3))) == [1, 2, 3, 2, 3]


def test_help_has_examples() -> None:
    code, lines, errors = run("decode", "--help")
    assert (code, errors) == (0, "")
    assert "examples:" in lines


@pytest.fixture
def port() -> Iterator[SerialPort]:
    port = SerialPort()
    yield port
    port.close()


@pytest.mark.slow
def test_a_live_bus_is_printed_until_it_is_interrupted(port: SerialPort) -> None:
    with subprocess.Popen(  # noqa: S603  our own script and nothing else
        [SCRIPTS / "decode", "--interface", "slcan", "--channel", port.path, "--unknown", "--text"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stderr
        # What the adapter is told before it is listened to.
        said = b""
        while b"O\r" not in said:
            said += port.read(10)
        port.write(b"T19FEDA98818FFC8FC000501FF\rT19F1234420102\r")
        assert process.stdout.readline().decode().endswith(" 44 1F123: 01 02\n")
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == b"1F123 1\n"
        assert process.wait(10) == 0


def test_neither_home_assistant_nor_python_can_is_imported_for_lines() -> None:
    code, _, errors = run("decode", "--text", text="19FEDA98#18FFC8FC000501FF")
    assert (code, errors) == (0, "")
    with subprocess.Popen(  # noqa: S603  our own modules and nothing else
        [SCRIPTS.parent / ".venv/bin/python", "-c",
         "import decoding, encoding, exporting, sys; print(sorted(sys.modules))"],
        env={**os.environ, "PYTHONPATH": str(SCRIPTS / "lib")}, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout
        modules = process.stdout.read().decode()
    assert "'decoding'" in modules
    assert "'can'" not in modules
    assert "'homeassistant'" not in modules
