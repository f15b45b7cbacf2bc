"""Several buses of one coach: each has its protocol, its faults and its silence to itself."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigSubentry, ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.coachiq import async_remove_config_entry_device, bridge_repair
from custom_components.coachiq.bus.bridge import ENOUGH, Sample, Tally
from custom_components.coachiq.coach import Thing, ThingId
from custom_components.coachiq.const import DOMAIN
from custom_components.coachiq.diagnostics import async_get_config_entry_diagnostics
from tests.gateway import Gateway

from .conftest import ADDRESS, Peer, coach_entry, set_up, until, virtual_bus
from .flow import chosen, start_options

OFF = "19FEDA8E#247C00FCFF0500FF"
ON = "19FEDA8E#247CC8FCFF0504FF"
COMMAND = f"19FEDB{ADDRESS:02X}#24FF"
ENGINE_SPEED = "0CF00400#FFFFFF6813FFFFFF"
# What a node answers: who is there, what are you, how are you; and the beginnings of long messages.
PROVOCATIONS = (
    "18EAFF42#00EE00",
    f"18EA{ADDRESS:02X}42#EBFE00",
    f"18EA{ADDRESS:02X}42#CAFE01",
    f"18EA{ADDRESS:02X}42#DAFE01",
    f"18EC{ADDRESS:02X}42#102300FFFFEBFE00",
    f"18EEFF{ADDRESS:02X}#0000000000000000",
)


def made(entry: MockConfigEntry) -> list[Thing]:
    """Return the things that a family was made for."""
    things = entry.runtime_data.coach.things.values()
    return [thing for thing in things if not thing.family.fields]


@pytest.fixture
async def second(hass: HomeAssistant, channel: str) -> AsyncGenerator[Peer]:
    """Return the coach's end of a second bus."""
    peer = Peer(hass, f"{channel}-second")
    yield peer
    peer.bus.shutdown()


@pytest.fixture
async def gateways(socket_enabled: None) -> AsyncGenerator[list[Gateway]]:
    """Return two gateways that are on."""
    made = [Gateway(), Gateway()]
    for gateway in made:
        await gateway.open()
    yield made
    for gateway in made:
        await gateway.close()


def with_data(bus: ConfigSubentryData, **data: object) -> ConfigSubentryData:
    """Return a bus with more data."""
    return ConfigSubentryData(**{**bus, "data": {**bus["data"], **data}})


def slcan_bus(port: str, key: str) -> ConfigSubentryData:
    """Return a bus behind a slcan adapter."""
    return ConfigSubentryData(
        subentry_type="bus",
        title=key.capitalize(),
        unique_id=key,
        data={"kind": "slcan", "settings": {"port": port, "bitrate": 250000}},
    )


async def command_and_confirm(hass: HomeAssistant, peer: Peer) -> None:
    """Switch the light off and on, with the coach answering each time."""
    for service, status in (("turn_off", OFF), ("turn_on", ON)):
        call = asyncio.create_task(
            hass.services.async_call(
                "light", service, {"entity_id": "light.dimmer_36"}, blocking=True
            )
        )
        await peer.wait_for(COMMAND)
        await peer.send(status)
        await call
        assert hass.states.get("light.dimmer_36").state == service.removeprefix("turn_")


async def test_each_fails_on_its_own(
    hass: HomeAssistant, peer: Peer, fixed_address: int, gateways: list[Gateway]
) -> None:
    """One adapter is missing, one dies, one talks nonsense: the fourth bus notices nothing."""
    dying, nonsense = gateways
    entry = coach_entry(
        slcan_bus("/dev/coachiq-that-is-not-there", "missing"),
        slcan_bus(dying.url, "dying"),
        slcan_bus(nonsense.url, "nonsense"),
        virtual_bus(peer.channel),
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    coordinator = entry.runtime_data
    await until(lambda: all(map(coordinator.is_up, ("dying", "nonsense", "house"))))

    def states(*buses: str) -> list[str]:
        return [hass.states.get(f"sensor.{bus}_network_state").state for bus in buses]

    await peer.appear(ON)
    for _ in range(2):
        await dying.say("T19FEDA8E8257CC8FCFF0504FF")
        await asyncio.sleep(0.15)
    await until(lambda: hass.states.get("light.dimmer_37") is not None)
    await until(lambda: states("missing", "dying", "house") == ["down", "ready", "ready"])
    await command_and_confirm(hass, peer)
    await nonsense.say("\x00\xff this is no slcan " * 200)
    await dying.close()
    await until(lambda: states("dying") == ["down"])
    await until(lambda: coordinator.links["nonsense"].garbled > 0)
    assert hass.states.get("light.dimmer_37").state == "unavailable"
    assert hass.states.get("light.dimmer_36").state == "on"
    await command_and_confirm(hass, peer)
    await dying.open()
    await until(lambda: hass.states.get("light.dimmer_37").state == "unknown")
    await command_and_confirm(hass, peer)
    assert states("missing", "house") == ["down", "ready"]
    assert entry.runtime_data is coordinator, "nothing was set up again"
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize(
    ("data", "options"),
    [
        ({"listen_only": True}, {}),
        ({"protocol": "j1939"}, {}),
        ({}, {"features": {"transmit": False}}),
        ({}, {"bridges": [{"buses": ["house", "second"], "leads": "house"}]}),
    ],
    ids=["listen_only", "j1939", "transmit_off", "follower"],
)
async def test_not_one_frame_leaves(  # noqa: PLR0917  fixtures and cases
    hass: HomeAssistant,
    peer: Peer,
    second: Peer,
    fixed_address: int,
    data: dict[str, Any],
    options: dict[str, Any],
) -> None:
    """On the wire of a bus that is listened to nothing of ours is seen, whatever is asked of us.

    The same is asked on a bus where we may speak, unless we may nowhere.
    """
    entry = coach_entry(
        virtual_bus(peer.channel),
        with_data(virtual_bus(second.channel, "second", "Second"), **data),
    )
    entry = MockConfigEntry(
        domain=DOMAIN,
        title=entry.title,
        unique_id=entry.unique_id,
        data=dict(entry.data),
        minor_version=2,
        options={**entry.options, **options},
        subentries_data=[subentry.as_dict() for subentry in entry.subentries.values()],
    )
    await set_up(hass, entry)
    for end in (peer, second):
        await end.appear("19FEDA8E#257C00FCFF0500FF" if end is second else ON)
        await end.send(*PROVOCATIONS)
    for later in (1, 6, 12, 60):
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=later))
        await asyncio.sleep(0.1)
    if hass.states.get("light.dimmer_37"):
        with pytest.raises(HomeAssistantError, match="only listens on network Second"):
            await hass.services.async_call(
                "light", "turn_on", {"entity_id": "light.dimmer_37"}, blocking=True
            )
        assert hass.states.get("light.dimmer_37").state == "off"
    else:
        assert data.get("protocol") == "j1939" or "bridges" in options
    assert second.take() == []
    assert entry.runtime_data.links["second"].count.sent == 0
    assert entry.runtime_data.links["second"].count.received > 0
    spoken = {frame[2:6] for frame in peer.take()}
    if "features" not in options:
        assert {"EAFF", "EC42"} <= spoken, "questions, and the reception of a long message"
        assert len(spoken) > 4
    else:
        assert not spoken
    await hass.config_entries.async_unload(entry.entry_id)
    assert second.take() == []


async def test_a_chassis_speaks_another_language(
    hass: HomeAssistant, peer: Peer, second: Peer, fixed_address: int
) -> None:
    """What would be a light on the house's bus is none on J1939; the engine is read."""
    entry = coach_entry(
        virtual_bus(peer.channel),
        with_data(virtual_bus(second.channel, "chassis", "Chassis"), protocol="j1939"),
    )
    await set_up(hass, entry)
    await second.appear(ON, ENGINE_SPEED, "18E8FF00#00FFFFFFFF00F000", "18FFFF03#0102030405060708")
    await peer.appear(ON)
    things = {str(thing) for thing in entry.runtime_data.coach.things}
    assert things == {"house-dimmer-36", "chassis-engine-0"}
    speed = hass.states.get("sensor.engine_and_chassis_engine_speed")
    assert speed
    assert float(speed.state) > 0
    await until(lambda: bool(entry.runtime_data.coach.lines["chassis"].intake.nodes))
    told = (await async_get_config_entry_diagnostics(hass, entry))["buses"]["chassis"]
    assert told["protocol"] == "j1939"
    assert told["state"] == "up"
    assert list(told["nodes"]) == ["00", "03", "8E"]
    assert "0F004" not in told["unknown_dgns"], "it is in the chassis's table"
    assert {"0FFFF", "1FEDA"} <= told["unknown_dgns"].keys()
    assert told["rejected"] == {}
    await command_and_confirm(hass, peer)
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let buses be compared at once and all the time."""
    monkeypatch.setattr(bridge_repair, "FIRST_LOOK", 0.0)
    monkeypatch.setattr(bridge_repair, "NEXT_LOOK", 0.0)


@pytest.fixture
def short_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no look last."""
    monkeypatch.setattr(bridge_repair, "LONGEST_SAMPLE", 0.2)


@pytest.fixture
async def bridged(
    hass: HomeAssistant, peer: Peer, second: Peer, quick_looks: None
) -> AsyncGenerator[MockConfigEntry]:
    """Return a coach with two buses."""
    await async_setup_component(hass, "repairs", {})
    entry = coach_entry(
        virtual_bus(peer.channel), virtual_bus(second.channel, "second", "Second"), transmit=False
    )
    await set_up(hass, entry)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


def question(hass: HomeAssistant, entry: MockConfigEntry) -> ir.IssueEntry | None:
    """Return what the owner is asked."""
    issue = f"bridged-{entry.entry_id}-house-second"
    return ir.async_get(hass).async_get_issue(DOMAIN, issue)


async def talk(*ends: Peer, done: Callable[[], object] = lambda: False, rounds: int = 150) -> None:
    """Say the same on all of these buses, always something else, until it is done."""
    for turn in range(rounds):
        for number in range(4):
            for end in ends:
                await end.send(f"19FED18E#{turn * 4 + number:016X}", settle=False)
                await end.send(f"19FDE68E#{turn * 4 + number:016X}", settle=False)
        await asyncio.sleep(0.005)
        if done():
            return


async def answer(hass: HomeAssistant, entry: MockConfigEntry, leader: str) -> None:
    """Repair as an owner does, and wait until the coach is set up again."""
    flows = hass.data["repairs"]["flow_manager"]
    issue = question(hass, entry)
    assert issue is not None
    form = await flows.async_init(DOMAIN, context={"issue_id": issue.issue_id})
    assert form["type"] is FlowResultType.FORM
    assert form["description_placeholders"] == {"one": "House", "other": "Second"}
    before = entry.runtime_data
    done = await flows.async_configure(form["flow_id"], {"leader": leader})
    assert done["type"] is FlowResultType.CREATE_ENTRY
    await until(lambda: entry.state is ConfigEntryState.LOADED and entry.runtime_data is not before)
    await until(lambda: all(map(entry.runtime_data.is_up, ("house", "second"))))


async def test_a_bridge_is_asked_about_and_one_leads(
    hass: HomeAssistant, bridged: MockConfigEntry, peer: Peer, second: Peer
) -> None:
    """Until then both have their things; then only the leader, and the follower is counted."""
    await peer.appear(ON)
    await second.appear(ON)
    assert len(hass.states.async_all("light")) == 2
    await talk(peer, second, done=lambda: question(hass, bridged), rounds=1500)
    issue = question(hass, bridged)
    assert issue is not None
    assert issue.translation_placeholders == {"one": "House", "other": "Second"}
    assert len(made(bridged)) == 2, "nothing is merged by itself"
    await answer(hass, bridged, "second")
    assert bridged.options["bridges"] == [{"buses": ["house", "second"], "leads": "second"}]
    assert question(hass, bridged) is None
    coordinator = bridged.runtime_data
    assert [str(thing) for thing in coordinator.coach.things] == ["second-dimmer-36"]
    await peer.appear(OFF)
    await second.appear(ON)
    assert [str(thing) for thing in coordinator.coach.things] == ["second-dimmer-36"]
    assert coordinator.links["house"].count.received == 2
    registry = er.async_get(hass)
    lights = {
        entity.unique_id: entity
        for entity in er.async_entries_for_config_entry(registry, bridged.entry_id)
        if entity.domain == "light"
    }
    assert hass.states.get(lights["second-dimmer-36-light"].entity_id).state == "on"
    assert hass.states.get(lights["house-dimmer-36-light"].entity_id).state == "unavailable"
    await talk(peer, second)
    assert question(hass, bridged) is None, "it is decided"
    told = (await async_get_config_entry_diagnostics(hass, bridged))["buses"]
    assert (told["house"]["follows"], told["second"]["follows"]) == (True, False)
    device = hass.data["device_registry"].async_get(lights["house-dimmer-36-light"].device_id)
    assert await async_remove_config_entry_device(hass, bridged, device)


@pytest.mark.usefixtures("short_looks")
async def test_quiet_buses_are_asked_about_after_several_looks(
    hass: HomeAssistant,
    bridged: MockConfigEntry,
    peer: Peer,
    second: Peer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No look hears the frames that are needed; all of them together do."""
    looks: list[int] = []
    look = Tally.add

    def add(tally: Tally, one: Sample, other: Sample, until: float) -> None:
        looks.append(max(one.count, other.count))
        look(tally, one, other, until)

    monkeypatch.setattr(Tally, "add", add)
    for turn in range(1000):
        for end in (peer, second):
            await end.send(f"19FED18E#{turn:016X}", settle=False)
            await end.send(f"19FDE68E#{turn:016X}", settle=False)
        await asyncio.sleep(0.01)
        if question(hass, bridged):
            break
    assert question(hass, bridged)
    assert len(looks) > 2
    assert max(looks) < ENOUGH


async def options_form(hass: HomeAssistant, entry: MockConfigEntry) -> tuple[str, dict[Any, Any]]:
    """Open the options; return the flow and the fields of its form."""
    form = await start_options(hass, entry)
    return form["flow_id"], form["data_schema"].schema


async def test_a_decision_is_taken_back_in_the_options(
    hass: HomeAssistant, bridged: MockConfigEntry, peer: Peer, second: Peer
) -> None:
    """The follower makes its things again, with what was learnt of them, and is asked about."""
    _, fields = await options_form(hass, bridged)
    assert "bridges" not in fields, "nothing was decided"
    await peer.appear(ON)
    learnt = bridged.runtime_data.coach.things[ThingId("house", "dimmer", (36,))]
    learnt.answers = True
    await talk(peer, second, done=lambda: question(hass, bridged), rounds=1500)
    await answer(hass, bridged, "second")
    assert list(bridged.runtime_data.coach.things) == []
    said = bridged.options["bridges"]
    features = {"transmit": False, "discovery": False}
    for ticked, left in ((None, said), (["house-second"], said), ([], [])):
        flow, fields = await options_form(hass, bridged)
        choice = fields["bridges"].config["options"]
        assert choice == [{"value": "house-second", "label": "Second leads, House is only watched"}]
        answers = chosen(**features)
        if ticked is not None:
            answers["bridges"] = ticked
        before = bridged.runtime_data
        done = await hass.config_entries.options.async_configure(flow, answers)
        assert done["type"] is FlowResultType.CREATE_ENTRY
        assert bridged.options == {"features": features, "pace": 1, "bridges": left}
        await hass.async_block_till_done()
    assert bridged.runtime_data is not before
    (thing,) = bridged.runtime_data.coach.things.values()
    assert (str(thing.id), thing.answers, thing.last_level) == ("house-dimmer-36", True, 100.0)
    _, fields = await options_form(hass, bridged)
    assert "bridges" not in fields
    await until(lambda: all(map(bridged.runtime_data.is_up, ("house", "second"))))
    await talk(peer, second, done=lambda: question(hass, bridged), rounds=1500)
    assert question(hass, bridged)


async def test_what_the_owner_deletes_of_a_follower_is_forgotten(
    hass: HomeAssistant, bridged: MockConfigEntry, peer: Peer, hass_storage: dict[str, Any]
) -> None:
    """Of two things of a bus that follows, the one that is left is kept."""
    await peer.appear(ON, "19FEDA8E#257C00FCFF0500FF")
    said = [{"buses": ["house", "second"], "leads": "second"}]
    hass.config_entries.async_update_entry(bridged, options={**bridged.options, "bridges": said})
    await hass.async_block_till_done()
    assert list(bridged.runtime_data.coach.things) == []
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, "house-dimmer-36"), bridged.entry_id
    )
    assert device
    assert await async_remove_config_entry_device(hass, bridged, device)
    await hass.config_entries.async_unload(bridged.entry_id)
    kept = hass_storage[f"coachiq.{bridged.entry_id}"]["data"]["things"]
    assert [(thing["bus"], thing["key"]) for thing in kept] == [("house", [37])]
    assert await hass.config_entries.async_setup(bridged.entry_id)


async def test_buses_that_are_said_to_be_separate_are_left_alone(
    hass: HomeAssistant, bridged: MockConfigEntry, peer: Peer, second: Peer
) -> None:
    """Both go on as they were, and the question is not asked again."""
    await talk(peer, second, done=lambda: question(hass, bridged), rounds=1500)
    await answer(hass, bridged, "separate")
    assert bridged.options["bridges"] == [{"buses": ["house", "second"], "leads": None}]
    await talk(peer, second)
    assert question(hass, bridged) is None
    await peer.appear(ON)
    await second.appear(ON)
    assert len(made(bridged)) == 2


async def test_the_question_goes_when_it_is_no_bridge_any_more(
    hass: HomeAssistant, bridged: MockConfigEntry, peer: Peer, second: Peer
) -> None:
    """The owner has pulled the cable; the next look takes the question back."""
    await talk(peer, second, done=lambda: question(hass, bridged), rounds=1500)
    assert question(hass, bridged)

    async def differ() -> None:
        for turn in range(6000):
            await peer.send(f"19FED18E#{turn:016X}", settle=False)
            await second.send(f"19FED18E#FF{turn:014X}", settle=False)
            await peer.send(f"19FDE68E#{turn:016X}", settle=False)
            await second.send(f"19FDE68E#FF{turn:014X}", settle=False)
            await asyncio.sleep(0.001)
            if question(hass, bridged) is None:
                return

    await differ()
    assert question(hass, bridged) is None


async def test_the_question_goes_with_its_bus(
    hass: HomeAssistant, bridged: MockConfigEntry, peer: Peer, second: Peer
) -> None:
    """A bus that was removed is part of no bridge."""
    await talk(peer, second, done=lambda: question(hass, bridged), rounds=1500)
    subentry = bridged.runtime_data.buses["second"].subentry_id
    before = bridged.runtime_data
    hass.config_entries.async_remove_subentry(bridged, subentry)
    await until(lambda: getattr(bridged, "runtime_data", before) is not before)
    await until(lambda: question(hass, bridged) is None)


async def test_a_decision_about_a_bus_that_is_gone_does_not_bind_one_of_its_name(
    hass: HomeAssistant, peer: Peer, second: Peer
) -> None:
    said = {"buses": ["house", "second"], "leads": "house"}
    alone = coach_entry(virtual_bus(peer.channel))
    alone.add_to_hass(hass)
    hass.config_entries.async_update_entry(alone, options={**alone.options, "bridges": [said]})
    assert await hass.config_entries.async_setup(alone.entry_id)
    assert alone.options["bridges"] == []
    bus = virtual_bus(second.channel, "second", "Second")
    hass.config_entries.async_add_subentry(
        alone,
        ConfigSubentry(
            data=MappingProxyType(dict(bus["data"])),
            subentry_type=bus["subentry_type"],
            title=bus["title"],
            unique_id=bus["unique_id"],
        ),
    )
    await hass.async_block_till_done()
    await until(lambda: alone.runtime_data.is_up("second"))
    await second.appear(ON)
    assert [str(thing) for thing in alone.runtime_data.coach.things] == ["second-dimmer-36"]
    await hass.config_entries.async_unload(alone.entry_id)
