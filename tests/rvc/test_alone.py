"""What the pages show to others: the folder rvc/ by itself, and an owner's own table."""

from pathlib import Path
import re
import shutil
import subprocess
import sys

from custom_components.coachiq.rvc import Code, load_spec

ROOT = Path(__file__).parents[2]


def test_the_example_of_the_page_works_with_the_folder_alone(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "custom_components/coachiq/rvc", tmp_path / "rvc")
    page = (ROOT / "docs/decoder.md").read_text("utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    expected = re.findall(r"  # (.+)", example)
    done = subprocess.run(  # noqa: S603  our own page and nothing else
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, '.')\n{example}"],
        check=True, capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.stdout.splitlines() == expected
    assert len(expected) == 2


def test_the_example_of_an_owners_table_is_read(tmp_path: Path) -> None:
    page = (ROOT / "docs/form.md").read_text("utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    file = tmp_path / "rvc.json"
    file.write_text(example, "utf-8")
    row = load_spec(file).named("MY_PUMP_STATUS")
    assert row.decode(bytes.fromhex("02F22C016025F1FF")) == (
        2, Code(2, "priming"), 30000, 26.0, Code(241, "5 min"),
    )  # fmt: skip
