"""Runs one of our scripts as a user does."""

from pathlib import Path
import subprocess

SCRIPTS = Path(__file__).parents[2] / "scripts"


def run(name: str, *arguments: object, text: str = "") -> tuple[int, list[str], str]:
    """Return exit code, lines of standard output, and standard error; the clock is in UTC."""
    done = subprocess.run(  # noqa: S603  our own script and nothing else
        [SCRIPTS / name, *map(str, arguments)],
        input=text.encode(), capture_output=True, timeout=60, check=False,
        env={"PATH": "/usr/bin:/bin", "TZ": "UTC"},
    )  # fmt: skip
    return done.returncode, done.stdout.decode().splitlines(), done.stderr.decode()
