"""Fixtures of the tests that run a whole system; scripts/test loads them as a plugin."""

from collections.abc import Iterator
import os
from pathlib import Path

from ha_process import HomeAssistant
import pytest

from tests.rig.page import HomePage, find_browser, open_page


@pytest.fixture
def ha(tmp_path: Path) -> Iterator[HomeAssistant]:
    """A running Home Assistant without any entry of ours."""
    with HomeAssistant(tmp_path / "config") as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> str:
    """The Chromium to use; where CI has none that is a failure."""
    found = find_browser()
    if found is None:
        reason = "no Chromium: scripts/setup says how to get one"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture
def home(ha: HomeAssistant, browser: str) -> Iterator[HomePage]:
    """A page signed in to that Home Assistant."""
    with open_page(ha.url, ha.token, browser) as page:
        yield page
