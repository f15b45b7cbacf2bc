"""Export, wipe, import: the same coach, with the same entities, names, areas and options."""

from collections.abc import AsyncGenerator
import copy
import json
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    label_registry as lr,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.coachiq.const import DOMAIN

from .conftest import Peer, coach_entry, set_up, until, virtual_bus

type Config = Any

FRAMES = (
    "19FEDA8E#247CC8FCFF0504FF",
    "19FEDA8E#257CC8FCFF0504FF",
    "19FEDA8E#267CC8FCFF0504FF",
    "19FFB79C#00051CFFFFFFFFFF",
    "18EE008E#6712E00D00000080",
)
PROFILE = """\
version: 1
title: Our coach
things:
  dimmer:
    36: {name: Ceiling light, area: Bedroom}
    37: {name: Reading light, area: Bedroom}
"""


@pytest.fixture(autouse=True)
def _own_folder(hass: HomeAssistant, tmp_path: Path) -> None:
    """Let files be written."""
    hass.config.config_dir = str(tmp_path)
    folder = tmp_path / DOMAIN / "profiles"
    folder.mkdir(parents=True)
    folder.joinpath("ours.yaml").write_text(PROFILE)


@pytest.fixture
async def coach(hass: HomeAssistant, peer: Peer) -> AsyncGenerator[MockConfigEntry]:
    """Return a coach to whose things its owner has done all that he can."""
    entry = coach_entry(virtual_bus(peer.channel), profile="own:ours", transmit=False)

    await set_up(hass, entry)
    await peer.appear(*FRAMES)
    hass.config_entries.async_update_entry(
        entry,
        options={
            **entry.options,
            "code": "a-secret",
            "things": {"house-dimmer-38": {"kind": "switch"}, "house-slide-1": {"allowed": True}},
        },
    )
    await hass.async_block_till_done()
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    await peer.appear(*FRAMES)
    devices, entities = dr.async_get(hass), er.async_get(hass)
    garage = ar.async_get(hass).async_create("Garage", icon="mdi:garage")
    night = lr.async_get(hass).async_create("Night", color="red", icon="mdi:moon-full")
    tank = next(
        device
        for device in dr.async_entries_for_config_entry(devices, entry.entry_id)
        if (DOMAIN, "house-tank-0") in device.identifiers
    )
    devices.async_update_device(
        tank.id, name_by_user="Drinking water", area_id=garage.id, labels={night.label_id}
    )
    entities.async_update_entity(
        "light.bedroom_ceiling_light",
        new_entity_id="light.above_the_bed",
        name="Above the bed",
        icon="mdi:bed",
        aliases=["bed lamp", er.COMPUTED_NAME],
        labels={night.label_id},
    )
    entities.async_update_entity_options(
        "light.above_the_bed", "conversation", {"should_expose": False}
    )
    entities.async_update_entity(
        "light.bedroom_reading_light", hidden_by=er.RegistryEntryHider.USER
    )
    entities.async_update_entity("switch.dimmer_38", disabled_by=er.RegistryEntryDisabler.USER)
    entities.async_update_entity("binary_sensor.dimmer_38_overcurrent", area_id=garage.id)
    await hass.async_block_till_done()
    yield entry
    for other in hass.config_entries.async_entries(DOMAIN):
        await hass.config_entries.async_remove(other.entry_id)


async def export(hass: HomeAssistant, **fields: object) -> Config:
    """Return what is exported."""
    answer: Config = await hass.services.async_call(
        DOMAIN, "export_config", fields, blocking=True, return_response=True
    )
    return answer


async def put(hass: HomeAssistant, **fields: object) -> Config:
    """Import a coach."""
    answer: Config = await hass.services.async_call(
        DOMAIN, "import_config", fields, blocking=True, return_response=True
    )
    await hass.async_block_till_done()
    return answer


async def wipe(hass: HomeAssistant, coach: MockConfigEntry, tmp_path: Path) -> None:
    """Leave nothing, not even what Home Assistant remembers of what was deleted."""
    await hass.config_entries.async_remove(coach.entry_id)
    await hass.async_block_till_done()
    dr.async_get(hass)._deleted_devices.clear()
    er.async_get(hass).deleted_entities.clear()
    for area in list(ar.async_get(hass).areas):
        ar.async_get(hass).async_delete(area)
    for label in list(lr.async_get(hass).labels):
        lr.async_get(hass).async_delete(label)
    (tmp_path / DOMAIN / "profiles" / "ours.yaml").unlink()


def there(hass: HomeAssistant) -> tuple[int, ...]:
    """Return how much there is of all that an import makes."""
    return (
        len(hass.config_entries.async_entries(DOMAIN)),
        len(dr.async_get(hass).devices),
        len(er.async_get(hass).entities),
        len(ar.async_get(hass).areas),
        len(lr.async_get(hass).labels),
        len(list(Path(hass.config.path(DOMAIN)).rglob("*.yaml"))),
    )


@pytest.mark.parametrize("by_file", [False, True])
async def test_export_wipe_import_gives_the_same_coach(
    hass: HomeAssistant, coach: MockConfigEntry, peer: Peer, tmp_path: Path, by_file: bool
) -> None:
    """Also what is not heard any more is there again, and the bus makes nothing else of it."""
    answer = await export(hass, file="Our coach.json")
    config = json.loads(json.dumps(answer["config"], default=list))
    assert answer["file"] == "coachiq/our_coach.json"
    assert json.loads((tmp_path / answer["file"]).read_text()) == config
    assert "a-secret" not in json.dumps(config)
    ids = set(hass.states.async_entity_ids())
    await wipe(hass, coach, tmp_path)
    assert there(hass) == (0, 0, 0, 0, 0, 0)

    source = {"path": answer["file"]} if by_file else {"config": config}
    said = await put(hass, **source, code="1234")
    assert said["config_entry_id"] == coach.entry_id
    assert (said["entities"], said["renamed"]) == (len(config["entities"]), [])
    await peer.appear(*FRAMES)
    again = json.loads(json.dumps((await export(hass))["config"], default=list))
    assert again == config
    assert set(hass.states.async_entity_ids()) == ids
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert entry.options == {**coach.options, "code": "1234"}
    assert entry.data == coach.data
    assert hass.states.get("light.above_the_bed").state == "on"
    assert (tmp_path / DOMAIN / "profiles" / "ours.yaml").read_text() == PROFILE


def without(config: Config, *path: str) -> Config:
    """Return a configuration that lacks something."""
    damaged = copy.deepcopy(config)
    inner = damaged
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return damaged


async def refused(hass: HomeAssistant, key: str, **fields: object) -> dict[str, str]:
    """Return the words of an import that is refused with this key, and leaves nothing."""
    before = there(hass)
    with pytest.raises(ServiceValidationError) as error:
        await put(hass, **fields)
    assert error.value.translation_key == key
    assert there(hass) == before
    return dict(error.value.translation_placeholders or {})


async def test_what_cannot_be_imported_is_refused_in_words(
    hass: HomeAssistant, coach: MockConfigEntry, peer: Peer, tmp_path: Path
) -> None:
    """Each is told what and where, and nothing is changed."""
    config = json.loads(json.dumps((await export(hass))["config"], default=list))
    assert await refused(hass, "config_coach_exists", config=config) == {"coach": "Coach"}
    assert await refused(hass, "config_unsaid") == {}
    await wipe(hass, coach, tmp_path)
    assert await refused(hass, "config_code_missing", config=config) == {"coach": "Coach"}
    newer = {**config, "format": 2}
    assert (await refused(hass, "config_newer", config=newer))["format"] == "2"
    words = await refused(hass, "config_wrong", config=without(config, "entry", "data", "profile"))
    assert words["place"] == "entry.data.profile"
    damaged = copy.deepcopy(config)
    damaged["entities"][3]["entity_id"] = 7
    words = await refused(hass, "config_wrong", config=damaged, code="1")
    assert words["place"] == "entities.3.entity_id"
    damaged = copy.deepcopy(config)
    damaged["learnt"]["things"][0]["key"] = "x"
    assert (await refused(hass, "config_wrong", config=damaged))["place"] == "learnt"
    assert await refused(hass, "config_outside", path="../x.json") == {"file": "../x.json"}
    (tmp_path / "x.json").write_text("{")
    assert (await refused(hass, "config_wrong", path="x.json"))["place"] == "x.json"
    other = coach_entry(virtual_bus(peer.channel, key="attic"), name="Other", transmit=False)
    await set_up(hass, other)
    words = await refused(hass, "config_adapter_used", config=config, code="1")
    assert (words["bus"], words["coach"]) == ("House", "Other")
    await hass.config_entries.async_remove(other.entry_id)
    other = coach_entry(virtual_bus("elsewhere"), name="Other", transmit=False)
    await set_up(hass, other)
    words = await refused(hass, "config_bus_exists", config=config, code="1")
    assert words == {"bus": "house", "coach": "Other"}


async def test_a_coach_that_cannot_be_set_up_leaves_nothing(
    hass: HomeAssistant, coach: MockConfigEntry, tmp_path: Path
) -> None:
    """Entry, devices, areas, labels and the profile are taken back."""
    config = json.loads(json.dumps((await export(hass))["config"], default=list))
    await wipe(hass, coach, tmp_path)
    damaged = copy.deepcopy(config)
    damaged["entry"]["options"]["things"] = {"house-dimmer-36": 7}
    words = await refused(hass, "config_not_set_up", config=damaged, code="1")
    assert words["problem"]
    newer = copy.deepcopy(config)
    newer["entry"]["version"] = 99
    words = await refused(hass, "config_newer", config=newer, code="1")
    assert words == {"format": "99", "known": "1"}
    assert (await put(hass, config=config, code="1"))["title"] == "Coach"


async def test_for_administrators(
    hass: HomeAssistant, coach: MockConfigEntry, hass_read_only_user: MockUser
) -> None:
    """Another user is refused."""
    context = Context(user_id=hass_read_only_user.id)
    calls: dict[str, Config] = {"export_config": {}, "import_config": {"config": {}}}
    for action, fields in calls.items():
        with pytest.raises(Unauthorized):
            await hass.services.async_call(
                DOMAIN, action, fields, blocking=True, return_response=True, context=context
            )
