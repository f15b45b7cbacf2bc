"""A coach that has been on for a second."""

import pytest

from tests.simulator.stage import Stage


@pytest.fixture
def stage() -> Stage:
    one = Stage()
    one.run(1.0)
    return one
