"""docs/systems.md: each system is there, and what is said to show it exists."""

import pytest
from system_table import SYSTEMS, System, shown


def test_all_systems_are_there_in_order() -> None:
    assert [system.number for system in SYSTEMS] == [f"S{number}" for number in range(1, 18)]


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.number)
def test_what_shows_a_system_is_a_test(system: System) -> None:
    for proof in system.proofs:
        assert shown(proof)


def test_what_is_no_test_is_told() -> None:
    with pytest.raises(KeyError):
        shown("tests/system/test_systems.py::test_that_nobody_wrote")
    with pytest.raises(FileNotFoundError):
        shown("tests/system/test_that_nobody_wrote.py")
