"""Each example of docs/api.md does what it says, against a real Home Assistant."""

from collections.abc import Mapping
import json
import os
from pathlib import Path
import re
import subprocess
import sys
from typing import Any, NamedTuple

from ha_process import ROOT, HomeAssistant
import pytest

type Json = Any

PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"^```(?P<language>bash|python)\n(?P<code>.*?)^```\n"
    r"(?:```(?P<form>json|text)\n(?P<answer>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)
MODULE = "# coach.py\n"


class Example(NamedTuple):
    """An example, where it is on the page, and the answer that it shows, if it does."""

    line: int
    language: str
    code: str
    form: str | None
    answer: str | None


EXAMPLES = [
    Example(PAGE.count("\n", 0, found.start()) + 1, *found.groups())
    for found in BLOCK.finditer(PAGE)
]


def check_shape(shown: Json, told: Json, where: str = "answer") -> None:
    """Raise unless what is told has all that is shown, of the same kinds; a list by its first."""
    if isinstance(shown, Mapping):
        assert isinstance(told, Mapping), where
        assert shown.keys() <= told.keys(), f"{where}: {sorted(shown.keys() - told.keys())}"
        for key, value in shown.items():
            check_shape(value, told[key], f"{where}.{key}")
    elif isinstance(shown, list):
        assert isinstance(told, list), where
        assert len(told) >= len(shown), where
        for number, value in enumerate(shown):
            check_shape(value, told[number], f"{where}[{number}]")
    elif where.endswith((".state", ".success", ".error", ".brightness", ".failed", ".message")):
        assert told == shown, where
    else:
        assert type(told) is type(shown), f"{where}: {told!r}"


def test_the_page_has_examples_of_both_languages() -> None:
    languages = [example.language for example in EXAMPLES]
    assert (languages.count("bash"), languages.count("python")) == (6, 5)


def test_all_examples_do_what_they_say(coach: HomeAssistant, tmp_path: Path) -> None:
    """In the order of the page, as a reader would try them."""
    environment = os.environ | {"HA_URL": coach.url, "HA_TOKEN": coach.token}
    for example in EXAMPLES:
        if example.code.startswith(MODULE):
            (tmp_path / "coach.py").write_text(example.code, encoding="utf-8")
            continue
        command = ["bash", "-e"] if example.language == "bash" else [sys.executable]
        done = subprocess.run(  # noqa: S603  # our own examples
            [*command, "-c", example.code], cwd=tmp_path, env=environment,
            check=False, capture_output=True, text=True, timeout=30,
        )  # fmt: skip
        where = f"docs/api.md:{example.line}"
        assert done.returncode == 0, f"{where}: {done.stderr}"
        assert done.stdout, where
        if example.form == "text":
            assert done.stdout == example.answer, where
        if example.form == "json":
            check_shape(json.loads(example.answer or ""), json.loads(done.stdout), where)
    assert "'held': True" in done.stdout, "the last one holds the awning"
    assert "'held': False" not in done.stdout
    assert coach.problems() == []


@pytest.mark.parametrize(
    ("shown", "told"), [({"a": 1}, {"b": 1}), ([1], []), ({"a": 1}, {"a": "1"})]
)
def test_another_shape_is_seen(shown: Json, told: Json) -> None:
    with pytest.raises(AssertionError):
        check_shape(shown, told)
