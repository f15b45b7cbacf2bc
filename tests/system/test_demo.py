"""The command that shows CoachIQ: it starts, is reached with its token, and leaves nothing."""

from collections.abc import Iterator
from http.client import HTTPConnection
import json
import os
from pathlib import Path
import socket
import subprocess
from typing import Any

from ha_process import ROOT, wait_for
import pytest

DEMO = ROOT / "scripts" / "demo"
SECONDS = 120


@pytest.fixture
def port() -> int:
    """Return a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Return where the demo keeps what it keeps; it is stopped whatever happens."""
    folder = tmp_path / "demo"
    yield folder
    stop(folder)


def environment(folder: Path) -> dict[str, str]:
    """Return the environment in which the demo keeps to a folder."""
    return {**os.environ, "COACHIQ_DEMO": str(folder)}


def stop(folder: Path) -> int:
    """Stop the demo; return how that ended."""
    command = [DEMO, "--stop"]
    return subprocess.run(command, env=environment(folder), check=False, timeout=SECONDS).returncode  # noqa: S603  our own


def test_one_command_shows_a_coach_and_another_ends_it(folder: Path, port: int) -> None:
    command = [DEMO, "--port", str(port)]
    with subprocess.Popen(  # noqa: S603  our own
        command, env=environment(folder), stdout=subprocess.PIPE, text=True
    ) as demo:
        assert demo.stdout
        said = ""
        while "API token" not in said:
            line = demo.stdout.readline()
            assert line, said
            said += line
        token = (folder / "token").read_text(encoding="utf-8").strip()

        def lights() -> list[Any]:
            home = HTTPConnection("127.0.0.1", port, timeout=10)
            home.request("GET", "/api/states", headers={"Authorization": f"Bearer {token}"})
            states = json.load(home.getresponse())
            return [one for one in states if one["entity_id"].startswith("light.")]

        assert len(lights()) > 20
        assert stop(folder) == 0
        assert demo.wait(SECONDS) == 0
    with pytest.raises(OSError, match="refused"):
        lights()
    wait_for(lambda: not (folder / "demo.pid").exists(), "its note to go")
