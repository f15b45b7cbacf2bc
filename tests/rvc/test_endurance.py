"""A part of the long proofs of scripts/endurance."""

from pathlib import Path
import subprocess
import sys

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts/lib/endurance.py"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "count", "said"),
    [
        ("fuzz", 100_000, "no exception"),
        ("memory", 50_000, "bytes after 50,000 frames"),
    ],
)
def test_a_part_of_a_long_proof(name: str, count: int, said: str) -> None:
    done = subprocess.run(  # noqa: S603  our own script and nothing else
        [sys.executable, SCRIPT, name, str(count)], check=False, capture_output=True, text=True
    )
    assert (done.returncode, said in done.stdout) == (0, True), done.stderr


def test_what_there_is_is_listed() -> None:
    done = subprocess.run(  # noqa: S603  our own script and nothing else
        [sys.executable, SCRIPT, "everything"], check=False, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "scripts/endurance fuzz [10000000 frames]" in done.stdout
