"""What the faults are tried on: a real Home Assistant."""

import pytest


@pytest.fixture(autouse=True)
def _our_integration(enable_custom_integrations: None, socket_enabled: None) -> None:
    """Let Home Assistant load the repository's integration, and let it reach this machine."""
