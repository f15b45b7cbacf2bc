"""What happens is kept, told by `coachiq.get_activity`, and shown in the logbook with its user."""

import asyncio
from functools import partial
from typing import Any

from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
import voluptuous as vol

from custom_components.coachiq import activity
from custom_components.coachiq.backup import async_pre_backup
from custom_components.coachiq.const import DOMAIN
from custom_components.coachiq.happening import MOST, SEVERITIES, SEVERITY, Happening, Happenings

from .conftest import Peer, coach_entry, set_up, until, virtual_bus

LIGHT = "light.dimmer_36"
OFF = "19FEDA8E#247C00FCFFFF00FF"
ON = "19FEDA8E#247CC8FCFFFF04FF"
COMMAND = "19FEDB9D#24"
# A water heater that reports that its igniter does not work, and then that all is well.
TROUBLED = "19FECA80#4565002000FFFFFF"
WELL = "19FECA80#0565FFFFFFFFFFFF"
TANK = "19FFB79C#00051CFFFFFFFFFF"


async def recent(hass: HomeAssistant, user: User | None = None, **wanted: object) -> dict[str, Any]:
    """Return what happened lately, as a user is told."""
    answer = await hass.services.async_call(
        DOMAIN, "get_activity", wanted, blocking=True, return_response=True,
        context=Context(user_id=user.id if user else None),
    )  # fmt: skip
    assert isinstance(answer, dict)
    return answer


def brief(answer: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return of each happening what it is, of what, and in words."""
    return [(one["event_type"], one["title"], one["description"]) for one in answer["entries"]]


async def turn_on(hass: HomeAssistant, peer: Peer, user: User | None = None) -> None:
    """Turn the light on for a user; it obeys."""
    act = hass.async_create_task(
        hass.services.async_call(
            "light", "turn_on", {"entity_id": LIGHT}, blocking=True,
            context=Context(user_id=user.id if user else None),
        )
    )  # fmt: skip
    await peer.wait_for(COMMAND)
    await peer.send(ON)
    await act


async def test_a_command_is_kept_with_its_user(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer, hass_admin_user: User
) -> None:
    """The whole shape is pinned once."""
    await peer.appear(OFF)
    await turn_on(hass, peer, hass_admin_user)
    answer = await recent(hass, limit=1)
    (told,) = answer.pop("entries")
    assert answer == {"total_count": 2, "has_more": True}
    assert len(told.pop("id")) == 26
    moment = dt_util.parse_datetime(told.pop("timestamp"))
    assert moment
    assert abs((dt_util.utcnow() - moment).total_seconds()) < 5
    assert told == {
        "event_type": "command",
        "entity_id": LIGHT,
        "title": "Dimmer 36",
        "description": "was told: set level (level 100)",
        "severity": "info",
        "metadata": {
            "user_id": hass_admin_user.id,
            "user": hass_admin_user.name,
            "thing": "house-dimmer-36",
            "reason": "set_level",
            "arguments": {"level": 100.0},
            "error": None,
        },
    }


async def test_a_command_that_fails_is_told_with_its_reason(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    await peer.appear(OFF)
    with pytest.raises(HomeAssistantError) as failed:
        await hass.services.async_call("light", "turn_on", {"entity_id": LIGHT}, blocking=True)
    (told,) = (await recent(hass, severity="error"))["entries"]
    assert (told["event_type"], told["metadata"]["error"]) == ("failed", "transmit_off")
    assert told["description"].endswith(f": {failed.value}")


async def test_stopping_all_is_told_of_the_coach(
    hass: HomeAssistant, entry: MockConfigEntry, hass_admin_user: User
) -> None:
    context = Context(user_id=hass_admin_user.id)
    await hass.services.async_call(DOMAIN, "stop_all", {}, blocking=True, context=context)
    told = (await recent(hass))["entries"][0]
    assert (told["title"], told["description"]) == ("Coach", "was told: stop all")
    assert (told["entity_id"], told["metadata"]["user"]) == (None, hass_admin_user.name)


async def test_who_tries_the_code_is_told(
    hass: HomeAssistant, peer: Peer, hass_admin_user: User
) -> None:
    """Right or wrong, and never what he entered."""
    entry = coach_entry(virtual_bus(peer.channel), transmit=False)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options={**entry.options, "code": "4711"})
    assert await hass.config_entries.async_setup(entry.entry_id)
    context = Context(user_id=hass_admin_user.id)
    unlock = partial(hass.services.async_call, DOMAIN, "unlock", blocking=True, context=context)
    with pytest.raises(ServiceValidationError):
        await unlock({"code": "1234"})
    await unlock({"code": "4711"})
    told = await recent(hass, limit=2, event_type=["refused", "command"])
    assert brief(told) == [
        ("command", "Coach", "was told: unlock"),
        ("refused", "Coach", "refused: code wrong"),
    ]
    assert {one["metadata"]["user"] for one in told["entries"]} == {hass_admin_user.name}
    assert not {"1234", "4711"} & set(str(told).split("'"))
    await hass.config_entries.async_unload(entry.entry_id)


async def test_buses_nodes_and_faults_come_and_go(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is heard in the first minute of a network is no news."""
    coordinator = listener.runtime_data
    line = coordinator.coach.lines["house"]
    await peer.send(TROUBLED)
    await peer.appear(TANK)
    await until(lambda: 0x9C in line.intake.nodes)
    coordinator._measure(dt_util.utcnow())
    fault = brief(await recent(hass))[0]
    assert fault[:2] == ("fault_appeared", "Node 80")
    assert fault[2].startswith("reports: water heater")
    before = line.intake.nodes[0x9C].heard
    line.intake.nodes[0x9C].heard -= 61
    coordinator._measure(dt_util.utcnow())
    monkeypatch.setattr(activity, "ARRIVAL", -1.0)
    await peer.send("19FFB79C#00061CFFFFFFFFFF")
    await until(lambda: line.intake.nodes[0x9C].heard > before)
    coordinator._measure(dt_util.utcnow())
    assert brief(await recent(hass, limit=2)) == [
        ("node_up", "Node 9C", "is heard"),
        ("node_down", "Node 9C", "is silent"),
    ]
    await peer.send(WELL)
    await until(lambda: not line.citizens.faults(0x80))
    cleared = brief(await recent(hass))[0]
    assert cleared == ("fault_cleared", "Node 80", fault[2].replace("reports", "reports no more"))
    await coordinator.links["house"].stop()
    coordinator._link_changed("house", coordinator.links["house"].state)
    told = (await recent(hass))["entries"]
    assert brief({"entries": told[:1]}) == [("bus_down", "House", "is not connected")]
    assert told[0]["entity_id"] == "binary_sensor.house_network_connectivity"
    assert brief({"entries": told[-1:]}) == [("bus_up", "House", "is connected")]


async def test_changes_of_settings_are_told_by_name_only(
    hass: HomeAssistant, listener: MockConfigEntry
) -> None:
    """A code is nobody's to read."""
    before = listener.runtime_data.happenings
    hass.config_entries.async_update_entry(
        listener,
        data={**listener.data, "profile": "entegra_aspire_44r_2021"},
        options={**listener.options, "code": "4711", "pace": 5.0},
    )
    await until(
        lambda: (
            listener.state is ConfigEntryState.LOADED
            and listener.runtime_data.happenings is not before
            and listener.runtime_data.is_up("house")
        )
    )
    told = await recent(hass, event_type=["profile", "options"])
    assert brief(told) == [
        ("options", "Coach", "was set up anew: code, pace"),
        ("profile", "Coach", "was given another model: entegra_aspire_44r_2021"),
    ]
    assert "4711" not in str(told)


async def test_each_user_is_told_of_what_he_may_see(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer, hass_admin_user: User
) -> None:
    """What has no entity is for administrators."""
    await peer.appear(OFF)
    await turn_on(hass, peer)
    await hass.services.async_call(DOMAIN, "stop_all", {}, blocking=True)
    guest = MockUser(name="Guest").add_to_hass(hass)
    guest.mock_policy({"entities": {"entity_ids": {LIGHT: {"read": True}}}})
    assert [one["event_type"] for one in (await recent(hass, guest))["entries"]] == ["command"]
    everything = await recent(hass, hass_admin_user)
    assert everything == await recent(hass)
    assert everything["total_count"] == 3


@pytest.mark.parametrize(
    "wanted", [{"limit": 0}, {"limit": 1001}, {"severity": "bad"}, {"event_type": ["x"]}]
)
async def test_what_cannot_be_wanted_is_refused(
    hass: HomeAssistant, listener: MockConfigEntry, wanted: dict[str, object]
) -> None:
    with pytest.raises(vol.Invalid):
        await recent(hass, **wanted)


async def test_a_page_before_nothing_is_an_error(
    hass: HomeAssistant, listener: MockConfigEntry
) -> None:
    with pytest.raises(ServiceValidationError, match="There is no happening gone"):
        await recent(hass, before="gone")


def happening(number: int) -> Happening:
    """Return a happening of a number."""
    return Happening(
        id=str(number), timestamp="2026-11-30T00:00:00+00:00",
        event_type="command" if number % 2 else "bus_down", entity_id=None, title="",
        description="", severity="info" if number % 2 else "error", metadata={},
    )  # fmt: skip


async def test_pages_follow_each_other_whatever_happens_meanwhile(hass: HomeAssistant) -> None:
    """The last thousand are kept; each is told once."""
    ring = Happenings(hass, "x")
    for number in range(MOST + 100):
        ring.add(happening(number))

    def page(before: str | None, severities: tuple[str, ...] = SEVERITIES) -> Any:  # noqa: ANN401
        return ring.page(
            severities=severities, event_types=tuple(SEVERITY), is_seen=lambda _: True,
            limit=300, before=before,
        )  # fmt: skip

    found, total, more = page(None)
    assert (total, more, found[0]["id"]) == (MOST, True, "1099")
    ids = [one["id"] for one in found]
    while more:
        ring.add(happening(int(ids[0]) + len(ids)))
        found, _, more = page(ids[-1])
        ids += [one["id"] for one in found]
    assert ids == [str(number) for number in range(1099, 1099 - len(ids), -1)]
    assert len(ids) == MOST - 3, "three new ones have taken the place of three old ones"
    bad, total, _ = page(None, ("error",))
    assert {one["event_type"] for one in bad} == {"bus_down"}
    assert total + page(None, ("info", "warning"))[1] == MOST


async def test_it_lasts_over_a_restart_and_is_written_seldom(
    hass: HomeAssistant, peer: Peer, hass_storage: dict[str, Any]
) -> None:
    """Nothing is written while things happen; all of it as Home Assistant stops."""
    listener = coach_entry(virtual_bus(peer.channel), transmit=False)
    await set_up(hass, listener)
    key = f"coachiq.{listener.entry_id}.activity"
    await peer.send(TROUBLED)
    await asyncio.sleep(0.1)
    assert key not in hass_storage
    before = (await recent(hass))["entries"]
    assert await hass.config_entries.async_reload(listener.entry_id)
    await until(lambda: listener.runtime_data.is_up("house"))
    assert hass_storage[key]["version"] == 1
    after = (await recent(hass))["entries"]
    assert after[-len(before) :] == before
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    assert len(hass_storage[key]["data"]["happenings"]) == len(after)
    await hass.config_entries.async_remove(listener.entry_id)
    assert key not in hass_storage


async def test_a_newer_file_is_left_alone(
    hass: HomeAssistant, peer: Peer, hass_storage: dict[str, Any]
) -> None:
    entry = coach_entry(virtual_bus(peer.channel), transmit=False)
    key = f"coachiq.{entry.entry_id}.activity"
    newer = {"version": 2, "minor_version": 1, "key": key, "data": {"all": "new"}}
    hass_storage[key] = dict(newer)
    await set_up(hass, entry)
    assert brief(await recent(hass)) == [("bus_up", "House", "is connected")]
    await hass.config_entries.async_unload(entry.entry_id)
    assert hass_storage[key] == newer


async def test_a_backup_has_what_happened_a_moment_before(
    hass: HomeAssistant, listener: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    await async_pre_backup(hass)
    kept = hass_storage[f"coachiq.{listener.entry_id}.activity"]["data"]["happenings"]
    assert [one["event_type"] for one in kept] == ["bus_up"]


@pytest.mark.parametrize(
    "damage", [None, [], {"happenings": None}, {"happenings": [7, {"id": "1"}, None]}]
)
async def test_a_damaged_file_costs_only_what_cannot_be_read(
    hass: HomeAssistant, peer: Peer, hass_storage: dict[str, Any], damage: object
) -> None:
    entry = coach_entry(virtual_bus(peer.channel), transmit=False)
    key = f"coachiq.{entry.entry_id}.activity"
    whole = happening(1) | {"metadata": {"user_id": None}}
    if isinstance(damage, dict) and damage["happenings"]:
        damage = {"happenings": [*damage["happenings"], whole, whole | {"metadata": None}]}
    hass_storage[key] = {"version": 1, "minor_version": 1, "key": key, "data": damage}
    await set_up(hass, entry)
    told = [one["event_type"] for one in (await recent(hass))["entries"]]
    assert told == (["bus_up", "command"] if "command" in str(damage) else ["bus_up"])
    await hass.config_entries.async_unload(entry.entry_id)
