"""A bus that stays down is a repair, and none when it is up."""

from collections.abc import AsyncGenerator
from datetime import timedelta

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.coachiq import bus_issue
from custom_components.coachiq.const import DOMAIN
from tests.gateway import Gateway

from .conftest import coach_entry, until
from .test_availability import bus_behind


@pytest.fixture
async def gateway(socket_enabled: None) -> AsyncGenerator[Gateway]:
    """Return a gateway that is on."""
    gateway = Gateway()
    await gateway.open()
    yield gateway
    await gateway.close()


def issues(hass: HomeAssistant) -> list[ir.IssueEntry]:
    """Return our issues."""
    everything = ir.async_get(hass).issues
    return [issue for (domain, _), issue in everything.items() if domain == DOMAIN and issue.active]


async def test_a_bus_that_stays_down_is_told_and_cleared_by_itself(
    hass: HomeAssistant, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named, with the reason in words; it goes when the bus is up, or the coach is gone."""
    monkeypatch.setattr(bus_issue, "LOOK", timedelta(seconds=0.1))
    monkeypatch.setattr(bus_issue, "DOWN_FOR", 1.0)
    await gateway.close()
    entry = coach_entry(bus_behind(gateway), transmit=False)
    entry.add_to_hass(hass)
    began = hass.loop.time()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: issues(hass))
    assert hass.loop.time() - began > 0.9
    (issue,) = issues(hass)
    assert (issue.translation_key, issue.is_fixable) == ("bus_down", False)
    words = issue.translation_placeholders or {}
    assert words["bus"] == "House"
    assert "does not answer" in words["reason"]
    await gateway.open()
    await until(lambda: not issues(hass))
    assert entry.runtime_data.is_up("house")
    await gateway.close()
    await until(lambda: issues(hass))
    await hass.config_entries.async_unload(entry.entry_id)
    assert not issues(hass)
