"""What Home Assistant consists of is no garbage, and need not be looked through for it."""

from collections.abc import Iterator
from datetime import timedelta
import gc
import threading

from homeassistant.core import CoreState, HomeAssistant
import pytest

from custom_components.coachiq.garbage import PIECES

from .conftest import Peer, coach_entry, set_up, until, virtual_bus


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    """Begin and end with nothing set aside."""
    gc.unfreeze()
    yield
    gc.unfreeze()


async def test_what_is_there_is_set_aside_once_and_again_when_all_has_started(
    hass: HomeAssistant, peer: Peer
) -> None:
    hass.set_state(CoreState.starting)
    entry = coach_entry(virtual_bus(peer.channel), transmit=False)
    await set_up(hass, entry)
    at_first = gc.get_freeze_count()
    assert at_first > 100_000
    await hass.config_entries.async_reload(entry.entry_id)
    assert gc.get_freeze_count() <= at_first, "a reload sets nothing aside"
    more = [[number] for number in range(1000)]
    hass.set_state(CoreState.not_running)
    await hass.async_start()
    await hass.async_block_till_done()
    assert gc.get_freeze_count() > at_first + len(more) // 2
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_coach_that_is_discovered_is_set_aside_when_it_is_complete(
    hass: HomeAssistant, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = coach_entry(virtual_bus(peer.channel), transmit=False)
    await set_up(hass, entry)
    at_first = gc.get_freeze_count()
    await peer.appear(*(f"19FEDA8E#{instance:02X}7CC8FCFF0504FF" for instance in range(1, 61)))
    await until(lambda: len(entry.runtime_data.coach.things) == 60)
    await until(lambda: gc.get_freeze_count() > at_first + 1000)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_full_collection_comes_by_the_clock_and_off_the_loop(
    hass: HomeAssistant, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.coachiq.garbage.FULL_INTERVAL", timedelta(seconds=0.1))
    usual = gc.get_threshold()
    threads: list[int] = []

    def see(phase: str, information: dict[str, int]) -> None:
        if phase == "start" and information["generation"] == 2:
            threads.append(threading.get_ident())

    entry = coach_entry(virtual_bus(peer.channel), transmit=False)
    await set_up(hass, entry)
    gc.callbacks.append(see)
    await until(lambda: len(threads) >= 2)
    gc.callbacks.remove(see)
    assert threading.get_ident() not in threads
    assert gc.get_threshold() == PIECES
    await hass.async_stop()
    assert gc.get_threshold() == usual
