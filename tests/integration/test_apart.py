"""The owner tells the nodes apart that report the same, and takes it back."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coachiq import promotion

from .conftest import Peer, until
from .flow import start_options, suggested
from .test_thing_flow import DIMMER, HALF, OFF, answer, decide, device_of, ids_of, thing_form

FROM_8F = OFF.replace("8E#", "8F#")
CLAIMS = ("18EE008E#6712E00D00000080", "18EE008F#0800E00D00000080")


async def test_told_apart_and_back(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """Each node has its own device and values; then the former one is back as it was."""
    await peer.appear(*CLAIMS, HALF, FROM_8F)
    before = ids_of(hass, DIMMER)
    area = ar.async_get(hass).async_create("Bedroom")
    dr.async_get(hass).async_update_device(
        device_of(hass, listener).id, name_by_user="Ours", area_id=area.id
    )
    form = await thing_form(hass, listener, DIMMER)
    assert form["description_placeholders"]["nodes"] == "2"
    assert suggested(form)["apart"] is False
    await answer(hass, form, suggested(form) | {"apart": True})
    await until(lambda: listener.runtime_data.is_up("house"))
    assert listener.options["things"] == {DIMMER: {"apart": True}}
    assert device_of(hass, listener) is None
    await peer.appear(HALF, FROM_8F)
    states = {"n111.4711": "on", "n111.8": "off"}
    for node, state in states.items():
        thing = f"{DIMMER}@{node}"
        device = device_of(hass, listener, thing)
        assert (device.name, device.name_by_user) == (f"Dimmer 36 @{node}", None)
        entity_id = ids_of(hass, thing)[f"{thing}-light"]
        assert hass.states.get(entity_id).state == state
    form = await start_options(hass, listener, "things")
    assert form["data_schema"].schema["thing"].config["options"] == [
        "Dimmer 36 @n111.4711",
        "Dimmer 36 @n111.8",
    ]

    # They are known after a restart, and each says something of itself only.
    assert await hass.config_entries.async_reload(listener.entry_id)
    await until(lambda: listener.runtime_data.is_up("house"))
    await peer.appear(OFF)
    lights = {
        f"{DIMMER}@{node}": "off" if state == "on" else "unknown" for node, state in states.items()
    }
    for thing, state in lights.items():
        assert hass.states.get(ids_of(hass, thing)[f"{thing}-light"]).state == state

    await decide(hass, listener, peer, f"{DIMMER}@n111.8", apart=False)
    assert listener.options["things"] == {}
    await peer.appear(HALF, FROM_8F)
    assert ids_of(hass, DIMMER) == before
    device = device_of(hass, listener)
    assert (device.name_by_user, device.area_id) == ("Ours", area.id)
    assert all(device_of(hass, listener, thing) is None for thing in lights)


async def test_a_better_name_keeps_the_same(
    hass: HomeAssistant,
    listener: MockConfigEntry,
    peer: Peer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A node that says late who it is keeps its entities, and what was decided of its things."""
    monkeypatch.setattr(promotion, "DELAY", 0.05)
    await peer.appear(HALF, FROM_8F)
    await decide(hass, listener, peer, DIMMER, apart=True)
    await peer.appear(HALF, FROM_8F)
    old = f"{DIMMER}@sa8e"
    await decide(hass, listener, peer, old, kind="switch", name="Ours", apart=True)
    await peer.appear(HALF, FROM_8F)
    switch = ids_of(hass, old)[f"{old}-switch"]
    entity = er.async_get(hass).async_get(switch)
    before = listener.runtime_data
    await peer.send(*CLAIMS)
    await until(
        lambda: listener.state is ConfigEntryState.LOADED and listener.runtime_data is not before
    )
    await until(lambda: listener.runtime_data.is_up("house"))
    await peer.appear(HALF, FROM_8F)
    new = f"{DIMMER}@n111.4711"
    assert ids_of(hass, new)[f"{new}-switch"] == switch
    assert er.async_get(hass).async_get(switch).id == entity.id
    assert device_of(hass, listener, new).name_by_user == "Ours"
    assert hass.states.get(switch).state == "on"
    other = f"{DIMMER}@n111.8"
    assert hass.states.get(ids_of(hass, other)[f"{other}-light"]).state == "off"
    assert not ids_of(hass, old)
    assert device_of(hass, listener, old) is None
    assert listener.options["things"] == {DIMMER: {"apart": True}, new: {"kind": "switch"}}


async def test_what_has_a_name_of_its_own(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """Two house batteries are not both called that."""
    batteries = ("19FFFD80#01780E0100943577", "19FFFD46#0164F00000943577")
    await peer.appear(*batteries)
    await decide(hass, listener, peer, "house-dc_source-1", apart=True)
    await peer.appear(*batteries)
    names = {
        device_of(hass, listener, f"house-dc_source-1@{node}").name for node in ("sa80", "sa46")
    }
    assert names == {"DC source 1 @sa80", "DC source 1 @sa46"}


async def test_nothing_to_tell_apart(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer
) -> None:
    """What one node reports has no such option."""
    await peer.appear(HALF)
    form = await thing_form(hass, listener, DIMMER)
    assert form["description_placeholders"]["nodes"] == "1"
    assert "apart" not in form["data_schema"].schema
