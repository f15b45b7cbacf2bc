"""A coach on two buses that are up."""

import pytest

from tests.coach.stage import Stage


@pytest.fixture
def stage() -> Stage:
    return Stage()
