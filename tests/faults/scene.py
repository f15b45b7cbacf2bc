"""A coach behind one adapter, a light on it that was heard, and what is seen of both."""

import asyncio
from dataclasses import dataclass, field
import logging
import time

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coachiq.bus import Link, LinkState
from custom_components.coachiq.const import FIXED_ADDRESS
from tests.faults.end import End
from tests.integration.conftest import ADDRESS, coach_entry, until

LIGHT = "light.dimmer_36"
CONNECTION = "binary_sensor.house_network_connectivity"
ON = (0x19FEDA8E, bytes.fromhex("247CC8FCFF0504FF"))
# A frame that means nothing to us, and carries a number.
NUMBERED = 0x18EFFF8E
COUNT = 200
GAP = 0.05
LOGGER = "custom_components.coachiq.bus.link"


@dataclass(kw_only=True)
class Scene:
    """What a fault befalls: `shown` are the states of an entity from before until after it.

    `swept_away` are frames of a flood that were lost, `refused` is why a command was.
    """

    hass: HomeAssistant
    row: str
    end: End
    caplog: pytest.LogCaptureFixture
    shown: dict[str, list[str]] = field(default_factory=dict)
    swept_away: int = 0
    refused: str = ""
    entry: MockConfigEntry = field(init=False)

    @property
    def link(self) -> Link:
        """The link of the bus, while the coach is running."""
        link: Link = self.entry.runtime_data.links["house"]
        return link

    def state(self, entity: str) -> str:
        """Return what an entity shows; "" before there is one."""
        state = self.hass.states.get(entity)
        return state.state if state else ""

    async def meet(self) -> None:
        """Open the bus with everything in order, and hear the light."""
        self.hass.data[FIXED_ADDRESS] = ADDRESS
        await self.end.plug()
        self.entry = coach_entry(
            ConfigSubentryData(
                subentry_type="bus",
                title="House",
                unique_id="house",
                data={"kind": self.row, "settings": self.end.settings},
            )
        )
        self.entry.add_to_hass(self.hass)
        await self.open()
        await until(lambda: self.link.state is LinkState.READY)
        async with asyncio.timeout(5):
            while self.state(LIGHT) != "on":
                await self.end.say([ON])
                await asyncio.sleep(0.11)

    async def open(self) -> None:
        """Set the coach up."""
        assert await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.hass.async_block_till_done()

    async def close(self) -> None:
        """Take the coach down; returns when nothing of it is left."""
        async with asyncio.timeout(5):
            assert await self.hass.config_entries.async_unload(self.entry.entry_id)

    def watch(self) -> None:
        """Note what is shown from now on."""
        self.caplog.set_level(logging.INFO, LOGGER)
        self.caplog.clear()
        self.shown = {entity: [self.state(entity)] for entity in (LIGHT, CONNECTION)}

        @callback
        def see(event: Event[EventStateChangedData]) -> None:
            new = event.data["new_state"]
            if new and (seen := self.shown.get(new.entity_id)) and seen[-1] != new.state:
                seen.append(new.state)

        self.hass.bus.async_listen("state_changed", see)

    def told(self, word: str) -> int:
        """Return how often the log says that the bus is so."""
        return sum(
            f"Bus house is {word}" in record.getMessage()
            for record in self.caplog.records
            if record.name == LOGGER
        )

    async def recover(self) -> float:
        """Let the light speak until it is shown; return how many seconds that took."""
        began, before = time.monotonic(), self.link.count.received
        async with asyncio.timeout(12):
            while not (
                self.link.count.received > before
                and self.link.state is LinkState.READY
                and self.state(LIGHT) == "on"
            ):
                await self.end.say([ON])
                await asyncio.sleep(GAP)
        return time.monotonic() - began

    async def lose(self) -> int:
        """Send numbered frames, and return how many of them were not heard."""
        heard: set[int] = set()

        def hear(frames: list[tuple[int, bytes]], _: float, ours: bool) -> None:
            heard.update(int.from_bytes(data) for _, data in frames if not ours)

        untap = self.link.tap(hear)
        numbers = range(1 << 32, (1 << 32) + COUNT)
        for number in numbers:
            await self.end.say([(NUMBERED, number.to_bytes(8))])
            if number % 10 == 0:
                await asyncio.sleep(0.01)
        end = time.monotonic() + 1
        while not heard.issuperset(numbers) and time.monotonic() < end:
            await asyncio.sleep(0.01)
        untap()
        return len(set(numbers) - heard)

    async def stop_leaves(self) -> bool:
        """Tell whether an urgent frame can be sent."""
        outcomes: list[object] = []
        self.link.send(0x1FEDB, bytes(8), outcomes.append, urgent=True)
        await until(lambda: bool(outcomes))
        return outcomes == [None]
