"""The button that lets a light blink."""

import asyncio

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coachiq import identify

from .conftest import Peer, coach_entry, set_up, virtual_bus

BUTTON = "button.dimmer_36_identify"
COMMAND = "19FEDB9D#24FF"


@pytest.fixture(autouse=True)
def _quick_blinks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blink faster than an eye would see."""
    monkeypatch.setattr(identify, "BLINK_SECONDS", 0.01)


def status(level: int) -> str:
    """Return what the light says of itself at a level in half percents."""
    return f"19FEDA8E#247C{level:02X}FCFF05{'04' if level else '00'}FF"


async def press(hass: HomeAssistant) -> None:
    """Press the button, and wait until the light is as it was."""
    await hass.services.async_call("button", "press", {"entity_id": BUTTON}, blocking=True)


async def obey(peer: Peer) -> str:
    """Wait for the next command, do what it says, and return it."""
    frame = await peer.wait_for(COMMAND)
    data = bytes.fromhex(frame.partition("#")[2])
    # Off is a command of its own (RV-C 6.25.6, 2023-11: 3), whatever the level.
    await peer.send(status(0 if data[3] == 3 else data[2]), settle=False)
    return frame


@pytest.mark.parametrize(
    ("level", "lit"),
    [(0x00, "C8"), (0x64, "64")],
    ids=["off", "half"],
)
async def test_a_light_blinks_three_times_and_is_as_it_was(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer, level: int, lit: str
) -> None:
    """On and off through the usual commands; the last one restores what was."""
    await peer.appear(status(level))
    peer.take()
    call = asyncio.create_task(press(hass))
    frames = [await obey(peer) for _ in range(6)]
    await call
    on = [frame.startswith(f"{COMMAND}{lit}00") for frame in frames]
    assert on == ([False, True] * 3 if level else [True, False] * 3)
    assert not [frame for frame in peer.take() if frame.startswith(COMMAND)]
    await peer.send()
    assert hass.states.get("light.dimmer_36").state == ("on" if level else "off")


async def test_a_light_blinks_once_at_a_time(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    """A second press is refused in words while the first is under way, and works after it."""
    await peer.appear(status(0))
    for _ in range(2):
        call = asyncio.create_task(press(hass))
        await obey(peer)
        with pytest.raises(HomeAssistantError, match="Dimmer 36 is blinking already"):
            await press(hass)
        for _ in range(5):
            await obey(peer)
        await call


async def test_a_light_that_does_not_obey_is_told_to_be_as_it_was(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    """What fails in the middle is not left half done."""
    await peer.appear(status(0))
    call = asyncio.create_task(press(hass))
    await obey(peer)
    await peer.wait_for(COMMAND)
    # It refuses the second command: "cannot be done".
    await peer.send("18E89D8E#0324FFFF9DDBFE01", settle=False)
    assert not (await obey(peer)).startswith(f"{COMMAND}C8"), "off, as it was"
    with pytest.raises(HomeAssistantError, match="refused the command"):
        await call
    assert not [frame for frame in peer.take() if frame.startswith(COMMAND)]


async def test_a_light_whose_state_is_unknown_does_not_blink(
    hass: HomeAssistant, entry: MockConfigEntry, peer: Peer
) -> None:
    """It could not be left as it was."""
    await peer.appear(status(0))
    await peer.send("19FEDA8E#247CFFFCFF05FFFF")
    peer.take()
    with pytest.raises(HomeAssistantError, match="has not said whether it is on"):
        await press(hass)
    assert not [frame for frame in peer.take() if frame.startswith(COMMAND)]


async def test_only_lights_that_may_be_commanded_have_the_button(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """A coach that only listens has none."""
    await peer.appear(status(0))
    assert hass.states.get("light.dimmer_36")
    assert hass.states.get(BUTTON) is None


async def test_what_is_no_light_has_no_button(
    hass: HomeAssistant, peer: Peer, fixed_address: int
) -> None:
    """A dimmer that is taken for a fan is not to stand still and start."""
    entry = coach_entry(virtual_bus(peer.channel))
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, "things": {"house-dimmer-36": {"kind": "fan"}}}
    )
    await set_up(hass, entry)
    await peer.appear(status(0))
    assert hass.states.get("fan.dimmer_36")
    assert hass.states.get(BUTTON) is None
    await hass.config_entries.async_unload(entry.entry_id)
