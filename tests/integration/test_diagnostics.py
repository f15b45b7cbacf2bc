"""What a report tells, what it does not, and that a coach can be made of it again."""

import asyncio
from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any

from encoding import frames
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.json import ExtendedJSONEncoder
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import replaying

from custom_components.coachiq.coach import Thing
from custom_components.coachiq.const import DOMAIN
from custom_components.coachiq.coordinator import CoachCoordinator
from custom_components.coachiq.diagnostics import (
    async_get_config_entry_diagnostics,
    async_get_device_diagnostics,
)
from custom_components.coachiq.redaction import REDACTED

from .conftest import Peer, coach_entry, set_up, until, virtual_bus
from .test_simulated_coach import runner

VIN = "1FDXE45S04HA12345"
SERIAL = "SN-88-4711"
CLAIM = 1234567
CODE = "802701"
NORTH, EAST = 47.1234567, 8.7654321
DIMMER = "19FEDA8E#197CC8FCFFFF00FF"
TANK = "19FFB780#0001040000000000"
STRANGER = "19FD0142#0011223344556677"
AGAIN = ("north", "east", "latitude", "longitude", "altitude")


def position(degrees: float) -> bytes:
    """Return a coordinate as it is on the wire."""
    return round((degrees + 210) * 1e7).to_bytes(4, "little")


def packets(dgn: int, source: int, text: str) -> Iterator[str]:
    """Return a long text as the packets of a broadcast."""
    return frames(dgn, text.encode(), source=source, destination=None, priority=6)


async def report(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    """Return the diagnostics as they are after they were downloaded."""
    told = await async_get_config_entry_diagnostics(hass, entry)
    downloaded: dict[str, Any] = json.loads(json.dumps(told, cls=ExtendedJSONEncoder))
    return downloaded


async def tell_all(peer: Peer, entry: MockConfigEntry) -> None:
    """Let the bus tell what nobody else is to know."""
    claim = (CLAIM | 755 << 21).to_bytes(4, "little") + bytes.fromhex("00000080")
    await peer.appear(
        DIMMER,
        TANK,
        STRANGER,
        f"18EEFF8E#{claim.hex()}",
        f"18FEF380#{(position(NORTH) + position(EAST)).hex()}",
        "1DEF4480#00313233343536FF",
        *packets(0xFEEB, 0x8E, f"Firefly*G12*{SERIAL}*{VIN}*"),
        *packets(0xFEEC, 0x80, f"{VIN}*"),
    )
    coach = entry.runtime_data.coach
    await until(lambda: 0x8E in coach.lines["house"].citizens.products)
    await until(lambda: {"dimmer", "tank", "gps"} <= {one.family for one in coach.things})


async def test_a_report_tells_no_secret(hass: HomeAssistant, peer: Peer) -> None:
    """Neither in a frame nor in a value, a name, an option, nor under another spelling."""
    entry = coach_entry(virtual_bus(peer.channel), transmit=False)
    entry.add_to_hass(hass)
    thing = f"house-dimmer-25@n755.{CLAIM}"
    hass.config_entries.async_update_entry(
        entry,
        options={
            **entry.options,
            "code": CODE,
            "things": {
                thing: {"kind": "light"},
                "house-dimmer-25": {"apart": True},
                f"house-tank-1@pfirefly.g12.{SERIAL.lower().replace('-', '_')}": {"kind": "tank"},
            },
            "notes": f"{VIN} {SERIAL} {CODE} /dev/serial/by-id/usb-CANable_3800-if00",
        },
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: entry.runtime_data.is_up("house"))
    await tell_all(peer, entry)
    assert thing in map(str, entry.runtime_data.coach.things)

    told = await report(hass, entry)
    text = json.dumps(told).lower()
    secrets = [VIN, SERIAL, SERIAL.replace("-", "_"), str(CLAIM), CODE, "canable", "123456f"]
    secrets += [part.encode().hex() for part in (VIN, VIN[:7], SERIAL, "123456")]
    secrets += [position(NORTH).hex(), position(EAST).hex(), str(NORTH)[:5], str(EAST)[:5]]
    secrets += [(CLAIM | 755 << 21).to_bytes(4, "little").hex()[:4]]
    assert not [secret for secret in secrets if secret.lower() in text]

    # What is left is enough to tell two nodes apart, and the same everywhere.
    house = told["buses"]["house"]
    name = house["nodes"]["8E"]["name"]
    assert name.startswith("n755.")
    assert f"house-dimmer-25@{name}" in told["things"]
    assert f"house-dimmer-25@{name}" in told["options"]["things"]
    assert told["options"]["code"] == REDACTED
    gps = told["things"]["house-gps-0"]["values"]
    assert (gps["north"], gps["latitude"], gps["heading"]) == (REDACTED, REDACTED, "None")
    frames = [frame.split()[0] for frame in house["frames"]]
    assert {DIMMER, TANK, STRANGER, "1DEF4480#00FFFFFFFFFFFFFF"} <= set(frames)
    assert (house["nodes"]["8E"]["maker"], house["nodes"]["8E"]["model"]) == ("Firefly", "G12")
    entry_id = entry.entry_id
    assert await hass.config_entries.async_unload(entry_id)


async def test_the_device_of_each_part_tells_of_it(
    hass: HomeAssistant, peer: Peer, listener: MockConfigEntry
) -> None:
    """The coach tells of all, a bus, a node or a thing of what is its own."""
    await tell_all(peer, listener)
    registry = dr.async_get(hass)

    async def told_by(name: str) -> dict[str, Any]:
        device = registry.async_get_device_by_identifier((DOMAIN, name), listener.entry_id)
        assert device, name
        return await async_get_device_diagnostics(hass, listener, device)

    whole = await told_by("coach-coach")
    bus = await told_by("bus-house")
    assert whole.keys() == bus.keys()
    assert whole["things"].keys() == bus["things"].keys()
    node = await told_by("house-node-sa-8e")
    assert list(node["things"]) == ["house-dimmer-25"]
    assert node["node"]["model"] == "G12"
    senders = {frame[6:8] for frame in node["buses"]["house"]["frames"]}
    assert senders == {"8E"}
    thing = await told_by("house-tank-0")
    (frame,) = thing["buses"]["house"]["frames"]
    assert frame.startswith(TANK)
    assert len(thing["things"]) == 1
    assert SERIAL not in json.dumps([whole, node], cls=ExtendedJSONEncoder)


@pytest.fixture
def simulated() -> ConfigSubentryData:
    """Return the bus of the simulated coach, as it is stored."""
    return ConfigSubentryData(
        subentry_type="bus",
        title="House",
        unique_id="house",
        data={"kind": "simulator", "settings": {"bus": "house"}},
    )


def values(coordinator: CoachCoordinator) -> dict[str, dict[str, object]]:
    """Return what is known of each thing, but for where the coach is and what time it is."""

    def known(thing: Thing) -> dict[str, object]:
        said = thing.values.items()
        return {name: value for name, value in said if name not in AGAIN}

    return {str(thing.id): known(thing) for thing in coordinator.coach.things.values()}


async def settled(coordinator: CoachCoordinator) -> None:
    """Wait until no thing has appeared for two seconds."""
    async with asyncio.timeout(40):
        before = -1
        while before != len(coordinator.coach.things):
            before = len(coordinator.coach.things)
            await asyncio.sleep(2)


async def test_a_report_makes_the_same_coach_again(
    hass: HomeAssistant, simulated: ConfigSubentryData, tmp_path: Path
) -> None:
    """Played as recordings, its frames make the same things with the same values."""
    profile = "entegra_aspire_44r_2021"
    entry = coach_entry(simulated, profile=profile)
    await set_up(hass, entry)
    await asyncio.sleep(12)
    await settled(entry.runtime_data)
    coordinator = entry.runtime_data
    # The coach is silent for a moment, so that what is shown is what was heard last.
    runner(entry).stop()
    await asyncio.sleep(2)
    told, before = await report(hass, entry), values(coordinator)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.config_entries.async_remove(entry.entry_id)

    file = tmp_path / "report.json"
    file.write_text(json.dumps({"home_assistant": {}, "data": told}), encoding="utf-8")
    read = replaying.read(file)
    (stored,) = replaying.entries(read, replaying.write(read, file.stem, tmp_path, 1))["entries"]
    (bus,) = stored["subentries"]
    again = MockConfigEntry(
        **{name: stored[name] for name in ("domain", "version", "minor_version", "data")},
        options=stored["options"],
        subentries_data=[bus],
    )
    await set_up(hass, again)
    await settled(again.runtime_data)
    after = values(again.runtime_data)
    assert len(before) > 80
    assert after.keys() == before.keys()
    differs = {
        thing: (said, after[thing]) for thing, said in before.items() if said != after[thing]
    }
    assert not differs
    place = again.runtime_data.coach.things
    assert all(one.values.get("latitude") is None for one in place.values())
    await hass.config_entries.async_unload(again.entry_id)
