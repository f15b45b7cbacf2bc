"""A tenth of `scripts/endurance kill`."""

import re

from killing import kill_home_assistant, kill_stores


def test_what_is_killed_amid_a_write_leaves_the_old_or_the_new() -> None:
    said = kill_stores(20)
    assert re.fullmatch(r"20 processes killed, \d+ amid one of [\d,]+ writes, all consistent", said)
    assert int(said.split()[3]) > 0, "some were killed while they wrote"


def test_a_killed_home_assistant_finds_its_coach_again() -> None:
    assert kill_home_assistant(1).startswith("1 Home Assistants killed")
