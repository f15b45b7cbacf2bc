"""Recordings that are made of a diagnostics file."""

import json
from pathlib import Path

from .script import run

TEXT = "Firefly*G12*serial1*serial2*"


def report(path: Path, **more: object) -> Path:
    """Write a file as Home Assistant downloads it."""
    frames = ["19FEDA8E#197CC8FCFFFF00FF 12.3", f"18FEEB8E#{TEXT.encode().hex().upper()} 0.1"]
    buses = {"house": {"frames": frames}, "chassis": {"frames": []}}
    data = {"version": 1, "buses": buses, **more}
    path.write_text(json.dumps({"home_assistant": {}, "data": data}), encoding="utf-8")
    return path


def test_each_bus_with_frames_gets_a_recording(tmp_path: Path) -> None:
    """It says again and again what was heard, long messages as packets."""
    code, lines, _ = run("replay-diagnostics", report(tmp_path / "coach.json"), "--minutes", "0.1")
    assert (code, lines) == (0, [str(tmp_path / "coach-house.log")])
    said = Path(lines[0]).read_text(encoding="ascii").splitlines()
    assert said[:2] == [
        "(0.000000) house 19FEDA8E#197CC8FCFFFF00FF",
        "(0.001000) house 18ECFF8E#201C0004FFEBFE00",
    ]
    turns = [float(line[1:9]) for line in said if "19FEDA8E" in line]
    assert turns == [0.0, 0.2, 2.2, 4.2]
    _, heard, _ = run("decode", "--messages", "--text", lines[0])
    assert any(TEXT in line for line in heard)


def test_what_is_no_such_file_is_refused(tmp_path: Path) -> None:
    """In words that name the file, and also what a newer version has written."""
    for name, content, words in (
        ("no.json", "[]", "is no diagnostics file of CoachIQ"),
        ("text.json", "nothing", "Expecting value"),
    ):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        code, _, error = run("replay-diagnostics", path)
        assert code == 2
        assert f"{path}: " in error
        assert words in error
    code, _, error = run("replay-diagnostics", report(tmp_path / "new.json", version=2))
    assert (code, "has version 2, and only 1 can be read" in error) == (2, True)
    code, _, error = run("replay-diagnostics", report(tmp_path / "mute.json", buses={"a": {}}))
    assert (code, "there is no frame in it" in error) == (2, True)
