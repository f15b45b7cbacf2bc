"""No state is written that shows nothing new, whatever the bus says again."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import (
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coachiq.const import DOMAIN

from .conftest import Peer, coach_entry, set_up, until, virtual_bus

LIGHTS = 28
FRAMES = 500
# So long the simulated coach repeats what it says, and its questions and answers are over.
SECONDS = 11.0
# A tyre that is hot, and then extremely so: 620 kPa, 35 degC, and the two words for heat.
HEAT = "binary_sensor.tire_rear_left_outside_heat"
COOL, HOT, HOTTER = (f"19FEF0A0#106C02A026FFFF{status}" for status in ("00", "10", "08"))


@dataclass(frozen=True, slots=True)
class Writes:
    """How often the state of each of our entities was written, by whether it was another one."""

    changed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)


@pytest.fixture
def writes(hass: HomeAssistant) -> Iterator[Writes]:
    """Count the states of our entities that are written."""
    counts = Writes()
    registry = er.async_get(hass)

    @callback
    def any_of(_: EventStateReportedData) -> bool:
        return True

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        counts.changed.update(ours(event.data["entity_id"]))

    @callback
    def reported(event: Event[EventStateReportedData]) -> None:
        counts.unchanged.update(ours(event.data["entity_id"]))

    def ours(entity_id: str) -> list[str]:
        entity = registry.async_get(entity_id)
        return [entity_id] if entity and entity.platform == DOMAIN else []

    stops = (
        hass.bus.async_listen(EVENT_STATE_REPORTED, reported, event_filter=any_of),
        hass.bus.async_listen(EVENT_STATE_CHANGED, changed),
    )
    yield counts
    for stop in stops:
        stop()


async def test_a_coach_that_repeats_itself_and_obeys_writes_only_news(
    hass: HomeAssistant, fixed_address: int, writes: Writes
) -> None:
    hass.config.units = US_CUSTOMARY_SYSTEM
    house = virtual_bus("") | {"data": {"kind": "simulator", "settings": {"bus": "house"}}}
    entry = coach_entry(house, profile="entegra_aspire_44r_2021")
    await set_up(hass, entry)
    await until(lambda: len(hass.states.async_entity_ids("light")) == LIGHTS, 30)
    lights = {"entity_id": hass.states.async_entity_ids("light")}
    for action, data in (("turn_on", {"brightness_pct": 61}), ("turn_off", {}), ("turn_on", {})):
        await hass.services.async_call("light", action, data, target=lights, blocking=True)
    await asyncio.sleep(SECONDS)
    await hass.async_block_till_done()
    zone = {"entity_id": hass.states.async_entity_ids("climate")[0]}
    await hass.services.async_call("climate", "set_temperature", zone | {"temperature": 75})
    await hass.async_block_till_done()
    heard = entry.runtime_data.links["house"].count.received
    await hass.config_entries.async_unload(entry.entry_id)
    assert not writes.unchanged
    # It said much again, and much was new.
    assert heard > FRAMES
    assert sum(writes.changed.values()) > 3 * LIGHTS


async def test_an_entity_that_shows_less_than_it_follows_is_left_alone(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer, writes: Writes
) -> None:
    await peer.appear(COOL)
    writes.changed.clear()
    await peer.send(HOT)
    await peer.send(HOTTER)
    assert writes.changed == {HEAT: 1}
    assert not writes.unchanged
