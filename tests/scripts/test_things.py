"""docs/things.md: no family is without a test that shows what it says."""

import re

from tests.scripts.script import SCRIPTS

ROW = re.compile(r"\| \[([a-z ]+)\]\(#[a-z-]+\) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|")


def test_each_family_shows_something_and_is_told_of_in_a_test() -> None:
    page = (SCRIPTS.parent / "docs" / "things.md").read_text("utf-8")
    rows = [(family, *map(int, counts)) for family, *counts in ROW.findall(page)]
    assert len(rows) == page.count("\n## ")
    untold = [family for family, _, entities, _, _, told in rows if not (entities and told)]
    assert untold == []
