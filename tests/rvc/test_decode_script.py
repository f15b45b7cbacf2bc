"""scripts/decode: one line of JSON for each line, whatever comes in."""

import json
from pathlib import Path
import subprocess
import sys

import decoding
from hypothesis import given, settings, strategies as st
import pytest

from custom_components.coachiq.rvc import load_spec

SPEC = load_spec()
ROOT = Path(__file__).parents[2]
BRIGHTNESS = {"value": 100.0, "unit": "%", "raw": 200, "label": None, "bit": 16, "bits": 8}


@pytest.mark.parametrize(
    "line",
    [
        b"can0  19FEDA98   [8]  18 FF C8 FC 00 05 01 FF",
        b"  (1646985260.000000)  can0  19FEDA98   [8]  18 FF C8 FC 00 05 01 FF\r",
        b" (1646985260.0)  vcan0  RX - -  19FEDA98   [8]  18 FF C8 FC 00 05 01 FF   '........'",
        b"(1646985260.000000) can0 19FEDA98#18FFC8FC000501FF",
        b"(1646985260.000000) can0 19FEDA98#18FFC8FC000501FF R",
        b"can0 19feda98#18ffc8fc000501ff",
        b"19FEDA98#18FFC8FC000501FF",
    ],
)
def test_forms_of_a_frame(line: bytes) -> None:
    shown = decoding.decode(SPEC, line)
    assert shown is not None
    fields = shown.pop("fields")
    assert shown == {
        "dgn": "1FEDA", "name": "DC_DIMMER_STATUS_3", "priority": 6, "source": 0x98, "instance": 24,
    }  # fmt: skip
    assert isinstance(fields, dict)
    assert fields["brightness"] == BRIGHTNESS
    assert fields["last_command"]["label"] == "toggle"
    assert fields["last_command"]["value"] == fields["last_command"]["raw"] == 5
    assert fields["master_memory_brightness"]["value"] is None


def test_a_dgn_without_an_identifier() -> None:
    shown = decoding.decode(SPEC, b"1FEDA#18FFC8")
    assert shown is not None
    assert (shown["priority"], shown["source"], shown["instance"]) == (None, None, 24)
    fields = shown["fields"]
    assert isinstance(fields, dict)
    assert fields["brightness"] == BRIGHTNESS
    assert fields["last_command"]["raw"] is None
    for line in (b"0EA44#CAFE01", b"EA00#CAFE01", b"18EA4480#CAFE01"):
        shown = decoding.decode(SPEC, line)
        assert shown is not None
        assert (shown["dgn"], shown["instance"]) == ("EA00", None)


@pytest.mark.parametrize(
    "line",
    [
        b"", b"   ", b"\xff\xfe", b"garbage", b"x" * 1_000_000, b"#", b"can0",
        b"can0  123   [2]  00 01", b"123#0001", b"(1.0) can0 123#0001",
        b"can0  19FEDA98   [8]  remote request", b"(1.0) can0 19FEDA98#R", b"19FEDA98#R8",
        b"19FEDA98##018FFC8", b"can0  20000088   [8]  00 00 00 00 00 00 00 00   ERRORFRAME",
        b"(1.0) can0 20000088#0000000000000000", b"can0  19FEDA98   [8]  18 FF C8",
        b"can0  19FEDA98   [8]  18 FF C8 FC 00 05 01 XX", b"19FEDA98#1", b"3FEDA#00", b"12345#00",
        b"can0  19FEDA98   [9999999999]  00",
    ],
    ids=range(22),
)  # fmt: skip
def test_no_frame_or_no_known_dgn(line: bytes) -> None:
    assert decoding.decode(SPEC, line) is None


@settings(max_examples=300)
@given(st.binary(max_size=80) | st.from_regex(rb"[0-9A-F]{5,8}#[0-9A-F]{0,40}"))
def test_no_line_raises(line: bytes) -> None:
    json.dumps(decoding.decode(SPEC, line))


def started(*command: Path | str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  our own script and nothing else
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_one_line_out_for_each_line_in_and_in_order() -> None:
    lines = [
        b"1FEDA#01",
        b"",
        b"\xff\x00\xfe",
        b"x" * 300_000,
        b"1FFB7#0005",
        b"FEEB#" + b"41" * 1785,
    ]
    expected = [decoding.decode(SPEC, line) for line in lines]
    for tail in (b"", b"\n"):
        with started(ROOT / "scripts/decode") as process:
            out, errors = process.communicate(b"\n".join(lines) + tail, timeout=30)
        assert [json.loads(line) for line in out.decode("ascii").splitlines()] == expected
        assert (process.returncode, errors) == (0, b"")


def test_a_line_is_answered_before_the_next_one_comes() -> None:
    with started(ROOT / "scripts/decode") as process:
        assert process.stdin
        assert process.stdout
        for line in (b"1FEDA#01\n", b"nothing\n"):
            process.stdin.write(line)
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            assert answer == decoding.decode(SPEC, line)


def test_a_reader_that_goes_away_is_no_error() -> None:
    with started(ROOT / "scripts/decode") as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        process.stdin.write(b"1FEDA#01\n")
        process.stdin.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 0


def test_it_does_not_import_home_assistant() -> None:
    code = (
        "import sys; sys.path.insert(0, 'scripts/lib'); import decoding; "
        "sys.exit('homeassistant' in sys.modules)"
    )
    with started(sys.executable, "-c", code) as process:
        assert process.wait(30) == 0
