"""A damaged file of what was learnt: the coach starts, with all that could be read."""

from collections.abc import Callable
import json
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.coachiq import backup, store
from custom_components.coachiq.const import DOMAIN
from custom_components.coachiq.stored import VERSION

from .conftest import Peer, coach_entry, set_up, until, virtual_bus

FORMS = Path(__file__).parent / "stored"
ON = "19FEDA8E#247CC8FCFF0504FF"
WHOLE = (FORMS / "store_1.json").read_text(encoding="utf-8")


@pytest.fixture
def hass_storage() -> None:
    """Let real files be written and read, instead of what elsewhere stands for them."""


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    """Return a folder for them."""
    return str(tmp_path)


@pytest.fixture
def coach(peer: Peer) -> MockConfigEntry:
    """Return a coach that is not set up yet."""
    return coach_entry(virtual_bus(peer.channel), transmit=False)


def file_of(hass: HomeAssistant, entry: MockConfigEntry) -> Path:
    """Return the file of what was learnt."""
    path = Path(hass.config.path(".storage", f"{DOMAIN}.{entry.entry_id}"))
    path.parent.mkdir(exist_ok=True)
    return path


def things(hass: HomeAssistant) -> list[str]:
    """Return the lights there are."""
    return sorted(hass.states.async_entity_ids("light"))


def issue(hass: HomeAssistant, entry: MockConfigEntry, key: str) -> ir.IssueEntry | None:
    """Return what is said of the file."""
    return ir.async_get(hass).async_get_issue(DOMAIN, f"{key}_{entry.entry_id}")


ALL = ["light.dimmer_1", "light.dimmer_2", "light.dimmer_3"]


@pytest.mark.parametrize("version", range(1, VERSION + 1))
async def test_a_file_of_each_version_is_read(
    hass: HomeAssistant, coach: MockConfigEntry, version: int
) -> None:
    """What was learnt by a release is known to each later one."""
    path = file_of(hass, coach)
    path.write_bytes((FORMS / f"store_{version}.json").read_bytes())
    await set_up(hass, coach)
    assert things(hass) == ALL
    (told,) = {thing.last_level for thing in coach.runtime_data.coach.things.values()}
    assert told == 40.0
    assert coach.runtime_data.coach.lines["house"].citizens.names == {142: "n111.4711"}
    await hass.config_entries.async_unload(coach.entry_id)
    assert json.loads(path.read_text())["version"] == VERSION
    assert list(path.parent.glob(f"{path.name}.damaged.*")) == []


def cut(text: str) -> str:
    """Cut a file off in the third thing."""
    return text[: text.rindex('"last_level"')]


def change(**changes: Any) -> Callable[[str], str]:  # noqa: ANN401  # any wrong shape
    """Return what changes the second thing."""

    def damage(text: str) -> str:
        content = json.loads(text)
        content["data"]["things"][1].update(changes)
        return json.dumps(content)

    return damage


def replace(data: object) -> Callable[[str], str]:
    """Return what puts something else in the place of the content."""
    return lambda text: json.dumps({**json.loads(text), "data": data})


@pytest.mark.parametrize(
    ("damage", "left"),
    [
        pytest.param(lambda _: "", [], id="empty"),
        pytest.param(lambda text: "\0" * len(text), [], id="zeros"),
        pytest.param(cut, ALL[:2], id="cut short"),
        pytest.param(lambda text: text.replace('"family"', "\x00\x07", 1), ALL[1:], id="bits"),
        pytest.param(lambda text: text[20:], ALL, id="no head"),
        pytest.param(lambda text: text.replace('"version": 1', '"version": null'), ALL, id="none"),
        pytest.param(lambda _: "[]", [], id="a list"),
        pytest.param(lambda _: "[" * 100_000, [], id="deep"),
        pytest.param(replace(None), [], id="nothing"),
        pytest.param(replace({"things": 7}), [], id="a number"),
        pytest.param(change(key=[]), [ALL[0], ALL[2]], id="no key"),
        pytest.param(change(key=["x"]), [ALL[0], ALL[2]], id="words for a key"),
        pytest.param(change(bus=None), [ALL[0], ALL[2]], id="no bus"),
        pytest.param(change(last_level="much"), ALL, id="a word for a level"),
    ],
)
async def test_a_coach_starts_whatever_became_of_its_file(
    hass: HomeAssistant,
    coach: MockConfigEntry,
    peer: Peer,
    damage: Callable[[str], str],
    left: list[str],
) -> None:
    """What can be read is there, the file is kept, the owner is told, and all goes on."""
    path = file_of(hass, coach)
    path.write_text(damaged := damage(WHOLE))
    await set_up(hass, coach)
    assert things(hass) == left
    (aside,) = path.parent.glob(f"{path.name}.damaged.*")
    assert aside.read_text() == damaged
    told = issue(hass, coach, "store_damaged")
    assert told
    assert told.translation_placeholders == {
        "coach": "Coach",
        "file": str(aside),
        "things": str(len(left)),
    }
    assert len(json.loads(path.read_text())["data"]["things"]) == len(left), "written at once"
    await peer.appear(ON)
    assert hass.states.get("light.dimmer_36").state == "on"
    await hass.config_entries.async_reload(coach.entry_id)
    await hass.async_block_till_done()
    assert things(hass) == sorted([*left, "light.dimmer_36"])
    assert [aside] == list(path.parent.glob(f"{path.name}.damaged.*"))
    assert await hass.config_entries.async_remove(coach.entry_id)
    assert list(path.parent.glob(f"{path.name}*")) == [], "all goes with the entry"
    assert issue(hass, coach, "store_damaged") is None


async def test_the_owner_reads_what_was_damaged(
    hass: HomeAssistant,
    coach: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    socket_enabled: None,
) -> None:
    """The repair is a sentence to confirm, and then it is gone."""
    file_of(hass, coach).write_text("")
    await set_up(hass, coach)
    assert await async_setup_component(hass, "repairs", {})
    client = await hass_client()
    answer = await client.post(
        "/api/repairs/issues/fix",
        json={"handler": DOMAIN, "issue_id": f"store_damaged_{coach.entry_id}"},
    )
    shown = await answer.json()
    assert (shown["step_id"], shown["description_placeholders"]["things"]) == ("confirm", "0")
    answer = await client.post(f"/api/repairs/issues/fix/{shown['flow_id']}", json={})
    assert (await answer.json())["type"] == "create_entry"
    assert issue(hass, coach, "store_damaged") is None


async def test_a_newer_file_is_told_of_and_left_alone(
    hass: HomeAssistant, coach: MockConfigEntry, peer: Peer
) -> None:
    """After a downgrade the coach works; with the file gone, nothing is said any more."""
    path = file_of(hass, coach)
    path.write_text(newer := WHOLE.replace('"version": 1', f'"version": {VERSION + 1}'))
    await set_up(hass, coach)
    told = issue(hass, coach, "store_refused")
    assert told
    assert told.translation_key == "store_newer"
    await peer.appear(ON)
    assert things(hass) == ["light.dimmer_36"]
    await hass.config_entries.async_unload(coach.entry_id)
    assert path.read_text() == newer
    path.unlink()
    assert await hass.config_entries.async_setup(coach.entry_id)
    assert issue(hass, coach, "store_refused") is None


async def test_a_file_that_cannot_be_read_is_told_of(
    hass: HomeAssistant, coach: MockConfigEntry, peer: Peer
) -> None:
    """A folder in its place stands for a file that may not be read; nothing is written there."""
    path = file_of(hass, coach)
    path.mkdir()
    await set_up(hass, coach)
    told = issue(hass, coach, "store_refused")
    assert told
    assert told.translation_key == "store_unreadable"
    await peer.appear(ON)
    assert things(hass) == ["light.dimmer_36"]
    await hass.config_entries.async_unload(coach.entry_id)
    assert path.is_dir()
    path.rmdir()


async def test_what_only_a_newer_version_knows_is_kept(
    hass: HomeAssistant, coach: MockConfigEntry
) -> None:
    """A downgrade does not forget a family that this version has not."""
    path = file_of(hass, coach)
    path.write_text(WHOLE.replace('"dimmer"', '"teleporter"', 1))
    await set_up(hass, coach)
    assert things(hass) == ALL[1:]
    coach.runtime_data.coach.things.popitem()
    await hass.config_entries.async_unload(coach.entry_id)
    families = [thing["family"] for thing in json.loads(path.read_text())["data"]["things"]]
    assert families == ["dimmer", "teleporter"]


async def test_written_seldom(
    hass: HomeAssistant,
    coach: MockConfigEntry,
    peer: Peer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What changes all the time is written at an interval, and what does not is not written."""
    monkeypatch.setattr(store, "SAVE_DELAY", 0.02)
    monkeypatch.setattr(store, "SAVE_PAUSE", 0.4)
    await set_up(hass, coach)
    path = file_of(hass, coach)
    await peer.appear(ON)
    await until(path.exists)
    written = set()
    begin = hass.loop.time()
    level = 1
    while (passed := hass.loop.time() - begin) < 2.0:
        level = level % 200 + 1
        await peer.send(f"19FEDA8E#247C{level:02X}FCFF0504FF", settle=False)
        written.add(path.stat().st_mtime_ns)
        await hass.async_block_till_done()
    assert 3 <= len(written) <= passed / 0.4 + 2
    await hass.config_entries.async_unload(coach.entry_id)
    last = path.stat().st_mtime_ns
    for _ in range(3):
        assert await hass.config_entries.async_setup(coach.entry_id)
        await hass.config_entries.async_unload(coach.entry_id)
    assert path.stat().st_mtime_ns == last


async def test_flushed_before_a_backup(
    hass: HomeAssistant, coach: MockConfigEntry, peer: Peer, caplog: pytest.LogCaptureFixture
) -> None:
    """A backup has what was learnt a moment before, and is made whatever happens to us."""
    await set_up(hass, coach)
    path = file_of(hass, coach)
    await peer.appear(ON)
    assert not path.exists()
    await backup.async_pre_backup(hass)
    assert json.loads(path.read_text())["data"]["things"][0]["last_level"] == 100.0
    await peer.send("19FEDA8E#247C50FCFF0504FF")
    path.parent.rename(path.parent.with_name("elsewhere"))
    path.parent.write_text("no folder")
    await backup.async_pre_backup(hass)
    assert "What was learnt of Coach is not in the backup" in caplog.text
    path.parent.unlink()
    await backup.async_pre_backup(hass)
    assert json.loads(path.read_text())["data"]["things"][0]["last_level"] == 40.0
    await backup.async_post_backup(hass)


async def test_memory_only_keeps_nothing(
    hass: HomeAssistant, coach: MockConfigEntry, peer: Peer
) -> None:
    """Turned off, what was learnt is deleted and learnt anew; turned on, it is kept again."""
    path = file_of(hass, coach)
    path.write_text(WHOLE)
    coach.add_to_hass(hass)
    features = coach.options["features"]
    hass.config_entries.async_update_entry(
        coach, options={"features": {**features, "remember": False}}
    )
    await set_up(hass, coach)
    assert things(hass) == []
    await peer.appear(ON)
    assert things(hass) == ["light.dimmer_36"]
    await backup.async_pre_backup(hass)
    await hass.config_entries.async_unload(coach.entry_id)
    assert list(path.parent.glob(f"{path.name}*")) == []
    hass.config_entries.async_update_entry(coach, options={"features": features})
    assert await hass.config_entries.async_setup(coach.entry_id)
    await until(lambda: coach.runtime_data.is_up("house"))
    await peer.appear(ON)
    await hass.config_entries.async_unload(coach.entry_id)
    assert json.loads(path.read_text())["data"]["things"][0]["key"] == [36]
