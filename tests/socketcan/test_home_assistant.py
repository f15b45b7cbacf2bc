"""A Home Assistant with a coach on the kernel's interfaces, and what it offers to repair."""

import asyncio
from collections.abc import AsyncIterator, ItemsView
from datetime import timedelta
from pathlib import Path

from homeassistant.config_entries import ConfigEntryState, ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.coachiq import bus_issue
from custom_components.coachiq.bus import netlink
from custom_components.coachiq.const import DOMAIN, FIXED_ADDRESS
from tests.integration.conftest import ADDRESS, coach_entry, until
from tests.socketcan.kernel import Stick, candump, ip, raw, record

LIGHT = (0x19FEDA8A, bytes.fromhex("307EC8FCFF0104FF"))


@pytest.fixture(autouse=True)
def _our_integration(enable_custom_integrations: None) -> None:
    """Let Home Assistant load the repository's integration."""


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Raise issues at once."""
    monkeypatch.setattr(bus_issue, "LOOK", timedelta(seconds=0.2))
    monkeypatch.setattr(bus_issue, "UNSET_FOR", 0.1)
    monkeypatch.setattr(bus_issue, "DOWN_FOR", 1.0)


@pytest.fixture
async def entry(
    hass: HomeAssistant,
    request: pytest.FixtureRequest,
) -> AsyncIterator[MockConfigEntry]:
    """Return a coach on the interface that the test names, set up, be it there or not."""
    channel, transmit = request.param
    bus = ConfigSubentryData(
        subentry_type="bus",
        title="House",
        unique_id="house",
        data={"kind": "socketcan", "settings": {"channel": channel, "bitrate": 250_000}},
    )
    entry = coach_entry(bus, transmit=transmit)
    hass.data[FIXED_ADDRESS] = ADDRESS
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)
    assert not issues(hass)


def on(channel: str, *, transmit: bool = True) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("entry", [(channel, transmit)], indirect=True)


def issues(hass: HomeAssistant) -> dict[str, ir.IssueEntry]:
    """Return our issues by what they say."""
    return {
        str(issue.translation_key): issue
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue.active
    }


def words(hass: HomeAssistant, key: str) -> ItemsView[str, str]:
    """Return the words of one of our issues."""
    return (issues(hass)[key].translation_placeholders or {}).items()


async def up(entry: MockConfigEntry) -> None:
    await until(
        lambda: entry.state is ConfigEntryState.LOADED and entry.runtime_data.is_up("house"), 10
    )


@on("can9")
async def test_a_light_is_seen_and_switched(
    hass: HomeAssistant, wire: str, entry: MockConfigEntry, tmp_path: Path
) -> None:
    await up(entry)
    with raw(wire) as coach, candump(wire, tmp_path / "log") as log:
        # Two frames, 100 ms apart, are believed.
        for _ in range(2):
            coach.send(record(*LIGHT))
            await asyncio.sleep(0.12)
        await until(lambda: hass.states.async_entity_ids("light"))
        (light,) = hass.states.async_entity_ids("light")
        await until(lambda: hass.states.get(light).state == "on")
        call = hass.services.async_call("light", "turn_off", {"entity_id": light}, blocking=True)
        task = hass.async_create_task(call)
        await until(lambda: b"19FEDB9D#30" in log.read_bytes())
        coach.send(record(LIGHT[0], bytes.fromhex("307E00FCFF0300FF")))
        await task
        await until(lambda: hass.states.get(light).state == "off")
        ip(f"link del {wire}")
        await until(lambda: hass.states.get(light).state == "unavailable")
        ip(f"link add {wire} type vcan")
        await up(entry)


@on("can9", transmit=False)
async def test_a_coach_that_is_only_listened_to_hears_nothing_from_us(
    hass: HomeAssistant, wire: str, entry: MockConfigEntry, tmp_path: Path
) -> None:
    await up(entry)
    with raw(wire) as coach, candump(wire, tmp_path / "log") as log:
        for _ in range(2):
            coach.send(record(0x18EAFF44, b"\x00\xee\x00"))
            coach.send(record(*LIGHT))
            await asyncio.sleep(0.12)
        await until(lambda: hass.states.async_entity_ids("light"))
        (light,) = hass.states.async_entity_ids("light")
        with pytest.raises(Exception, match="only listens"):
            await hass.services.async_call("light", "turn_off", {"entity_id": light}, blocking=True)
        await asyncio.sleep(1.0)
    assert {line.split()[-1][:8] for line in log.read_text().splitlines()} == {
        "18EAFF44",
        "19FEDA8A",
    }


@pytest.mark.unprivileged
@pytest.mark.usefixtures("wire")
@on("can9")
async def test_an_interface_that_we_may_not_bring_up_is_told_with_what_to_type(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await up(entry)
    ip("link set can9 down")
    await until(lambda: "interface_down" in issues(hass))
    assert not issues(hass)["interface_down"].is_fixable
    assert {"adapter": "can9", "bitrate": "250000"}.items() <= words(hass, "interface_down")
    ip("link set can9 up")
    await until(lambda: not issues(hass))


@pytest.mark.unprivileged
@pytest.mark.usefixtures("stick_that_is_off")
@on("sl0")
async def test_a_controller_that_we_may_not_restart_is_told_with_what_to_type(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await until(lambda: "interface_bus_off" in issues(hass))
    assert not issues(hass)["interface_bus_off"].is_fixable
    assert {"adapter": "sl0", "bitrate": "250000"}.items() <= words(hass, "interface_bus_off")
    ip("link set sl0 down", "link set sl0 up")
    await until(lambda: not issues(hass))
    await up(entry)


@on("can9")
async def test_a_bus_that_stays_down_is_told_until_it_is_up(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await until(lambda: "bus_down" in issues(hass))
    assert ("bus", "House") in words(hass, "bus_down")
    assert "can9 is not there." in str(words(hass, "bus_down"))
    ip("link add can9 type vcan")
    try:
        await up(entry)
        await until(lambda: not issues(hass))
    finally:
        ip("link del can9")


async def repair(
    hass: HomeAssistant, client: ClientSessionGenerator, choice: str
) -> dict[str, str]:
    """Let the owner choose in the repair of an interface; return how the flow ended."""
    assert await async_setup_component(hass, "repairs", {})
    http = await client()
    issue = issues(hass)["interface_bitrate"].issue_id
    answer = await http.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue})
    flow = await answer.json()
    assert flow["menu_options"] == ["set_anew", "keep"]
    answer = await http.post(
        f"/api/repairs/issues/fix/{flow['flow_id']}", json={"next_step_id": choice}
    )
    ended: dict[str, str] = await answer.json()
    return ended


@pytest.mark.parametrize("repaired", [("set_anew", 250_000), ("keep", 125_000)])
@on("sl0")
async def test_an_interface_at_another_bitrate_is_repaired_as_the_owner_chooses(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    slow_stick: Stick,
    entry: MockConfigEntry,
    repaired: tuple[str, int],
) -> None:
    choice, bitrate = repaired
    await until(lambda: "interface_bitrate" in issues(hass))
    assert not entry.runtime_data.is_up("house")
    ended = await repair(hass, hass_client, choice)
    assert ended["type"] == "create_entry"
    await up(entry)
    assert (await hass.async_add_executor_job(netlink.state, "sl0")).bitrate == bitrate
    await until(lambda: not issues(hass))


@pytest.mark.unprivileged
@pytest.mark.usefixtures("slow_stick")
@on("sl0")
async def test_a_repair_that_is_forbidden_says_so(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: MockConfigEntry
) -> None:
    await until(lambda: "interface_bitrate" in issues(hass))
    ended = await repair(hass, hass_client, "set_anew")
    assert (ended["type"], ended["reason"]) == ("abort", "bring_up_forbidden")


@pytest.fixture
def slow_stick(stick: Stick) -> Stick:
    """Return a stick that another program has brought up at 125 kbit/s."""
    ip("link set sl0 type can bitrate 125000", "link set sl0 up")
    return stick
