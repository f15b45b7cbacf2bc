"""What Home Assistant consists of is no garbage, and need not be looked through for it."""

from collections.abc import Iterator
import gc

from homeassistant.core import CoreState, HomeAssistant
import pytest

from .conftest import Peer, coach_entry, set_up, virtual_bus


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
