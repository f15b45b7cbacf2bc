"""What a client asks over the WebSocket, who may, and what it gets."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.coachiq.follow import MOST_UNACKNOWLEDGED

from .conftest import Peer, until

DIMMER = "19FEDA8E#247CC8FCFF0504FF"
DIMMER_OFF = "19FEDA8E#247C00FCFF0500FF"
OTHER_DIMMER = "19FEDA8E#257CC8FCFF0504FF"
TANK = "19FFB780#0001040000000000"
UNKNOWN = "19FACF42#0011223344556677"
OWN = ("coachiq/nodes", "coachiq/unknown_dgns", "coachiq/changes/subscribe",
       "coachiq/frames/subscribe")  # fmt: skip


class Client:
    """A client of Home Assistant's WebSocket."""

    def __init__(self, socket: Any) -> None:  # noqa: ANN401  aiohttp's test client
        self.socket = socket

    async def ask(self, kind: str, **data: object) -> dict[str, Any]:
        """Send a command; return its answer, events before it left out."""
        await self.socket.send_json_auto_id({"type": kind, **data})
        while (answer := await self.receive())["type"] != "result":
            pass
        return answer

    async def result(self, kind: str, **data: object) -> Any:  # noqa: ANN401  JSON
        """Return what a command answers."""
        answer = await self.ask(kind, **data)
        assert answer["success"], answer
        return answer["result"]

    async def receive(self, timeout: float = 3.0) -> dict[str, Any]:
        """Return the next message."""
        async with asyncio.timeout(timeout):
            message = await self.socket.receive_json()
        assert isinstance(message, dict)
        return message


@pytest.fixture
async def client(
    hass: HomeAssistant, listener: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> Client:
    """Return an administrator's client."""
    return Client(await hass_ws_client(hass))


async def follow(client: Client, **wanted: object) -> int:
    """Follow frames; return the id of the subscription."""
    answer = await client.ask("coachiq/frames/subscribe", **wanted)
    assert answer["success"], answer
    return int(answer["id"])


async def test_buses_nodes_and_things_are_told(client: Client, peer: Peer) -> None:
    """Shapes are pinned, as clients rely on them."""
    await peer.appear(DIMMER)
    await asyncio.sleep(1.1)
    (bus,) = (await client.result("coachiq/buses"))["buses"]
    assert bus == {
        "bus": "house",
        "name": "House",
        "adapter": "other",
        "state": "listening",
        "may_transmit": False,
        "load": None,
        "frame_rate": None,
        "received": 2,
        "sent": 0,
        "error_frames": 0,
        "dropped": 0,
        "reconnections": 0,
        "problem": None,
    }
    (node,) = (await client.result("coachiq/nodes"))["nodes"]
    assert node.pop("heard_seconds_ago") < 5
    assert node == {
        "bus": "house",
        "source": 0x8E,
        "name": "Node 8E",
        "manufacturer": None,
        "model": None,
        "serial": None,
        "firmware": None,
        "problem": None,
        "faults": [],
    }
    (thing,) = (await client.result("coachiq/things"))["things"]
    assert "light.dimmer_36" in thing.pop("entities")
    assert thing == {
        "thing": "house-dimmer-36",
        "bus": "house",
        "family": "dimmer",
        "kind": None,
        "name": "Dimmer 36",
        "area": None,
        "source": 0x8E,
        "heard": True,
        "silent": False,
    }


async def test_dgns_that_no_table_has_are_counted(client: Client, peer: Peer) -> None:
    await peer.send(UNKNOWN, UNKNOWN, DIMMER)
    (found,) = (await client.result("coachiq/unknown_dgns"))["unknown_dgns"]
    assert found.pop("heard_seconds_ago") < 5
    assert found == {"bus": "house", "dgn": "1FACF", "source": 0x42, "frames": 2}


async def test_what_changes_is_told_what_was_switched_first(client: Client, peer: Peer) -> None:
    await peer.appear(DIMMER, TANK)
    await client.result("coachiq/changes/subscribe")
    await peer.send("19FFB780#0003040000000000", DIMMER_OFF)
    message = await client.receive()
    changes = message["event"]["changes"]
    assert [change["thing"] for change in changes] == ["house-dimmer-36", "house-tank-0"]
    assert changes[0]["values"]["on"] is False
    assert changes[1]["values"]["level"] == 75.0


async def test_frames_are_followed_as_they_come(client: Client, peer: Peer) -> None:
    """Each with its time, its bus, and whether it is ours."""
    subscription = await follow(client)
    await peer.send(DIMMER, UNKNOWN)
    message = await client.receive()
    assert message["id"] == subscription
    event = message["event"]
    assert (event["batch"], event["dropped"]) == (1, 0)
    assert [frame[1:] for frame in event["frames"]] == [
        ["house", *DIMMER.split("#"), False],
        ["house", *UNKNOWN.split("#"), False],
    ]
    counts = await client.result("coachiq/frames/acknowledge", subscription=subscription, batch=1)
    assert counts == {"received": 2, "sent": 2, "dropped": 0}
    await client.result("unsubscribe_events", subscription=subscription)
    await peer.send(DIMMER)
    assert (await client.ask("ping_nothing"))["error"]["code"] == "unknown_command"


@pytest.mark.parametrize(
    ("wanted", "passes"),
    [
        ({"dgns": ["dc_dimmer_status_3"]}, [DIMMER, DIMMER, DIMMER_OFF, OTHER_DIMMER]),
        ({"dgns": ["1FFB7", "0x1FACF"]}, [TANK, UNKNOWN]),
        ({"sources": [0x80]}, [TANK]),
        ({"instances": [0x25]}, [OTHER_DIMMER]),
        ({"changed": True}, [DIMMER, DIMMER_OFF, OTHER_DIMMER, TANK, UNKNOWN]),
        ({"unknown": True}, [UNKNOWN]),
        ({"bus": "House", "sources": [0x80, 0x42]}, [TANK, UNKNOWN]),
    ],
)
async def test_only_what_is_wanted_is_sent(
    client: Client, peer: Peer, wanted: dict[str, object], passes: list[str]
) -> None:
    await follow(client, **wanted)
    await peer.send(DIMMER, DIMMER, DIMMER_OFF, OTHER_DIMMER, TANK, UNKNOWN)
    frames = (await client.receive())["event"]["frames"]
    assert [f"{frame[2]}#{frame[3]}" for frame in frames] == passes


async def test_frames_can_be_decoded(client: Client, peer: Peer) -> None:
    """In the words of the table; what no table has is not."""
    await follow(client, decoded=True, dgns=["TANK_STATUS", "1FACF"])
    await peer.send(TANK, UNKNOWN)
    tank, unknown = (await client.receive())["event"]["frames"]
    assert tank[5]["name"] == "TANK_STATUS"
    assert tank[5]["fields"]["relative_level"] == 1
    assert unknown[5] is None


async def test_who_does_not_acknowledge_gets_no_more_until_he_does(
    client: Client, peer: Peer
) -> None:
    """What is lost to him is counted."""
    subscription = await follow(client)
    for _ in range(MOST_UNACKNOWLEDGED + 2):
        await peer.send(DIMMER)
        await asyncio.sleep(0.12)
    batches = [(await client.receive())["event"] for _ in range(MOST_UNACKNOWLEDGED)]
    assert [event["batch"] for event in batches] == [1, 2, 3]
    counts = await client.result("coachiq/frames/acknowledge", subscription=subscription, batch=1)
    assert counts == {"received": 5, "sent": 3, "dropped": 2}
    await peer.send(TANK)
    event = (await client.receive())["event"]
    assert (event["batch"], event["dropped"], len(event["frames"])) == (4, 2, 1)


async def test_a_subscription_ends_with_its_coach(
    hass: HomeAssistant, client: Client, listener: MockConfigEntry, peer: Peer
) -> None:
    """The client is told, so that it can begin anew."""
    subscription = await follow(client)
    assert await hass.config_entries.async_reload(listener.entry_id)
    message = await client.receive()
    assert (message["id"], message["event"]) == (subscription, {"ended": True})


@pytest.mark.parametrize(
    ("kind", "data", "key"),
    [
        ("coachiq/frames/subscribe", {"dgns": ["TANK_STATE"]}, "no_such_dgn"),
        ("coachiq/frames/subscribe", {"bus": "attic"}, "bus_unknown"),
        ("coachiq/frames/acknowledge", {"subscription": 1, "batch": 1}, "not_followed"),
        ("coachiq/buses", {"config_entry_id": "nobody"}, "service_config_entry_not_found"),
    ],
)
async def test_what_cannot_be_meant_is_an_error_in_words(
    client: Client, kind: str, data: dict[str, object], key: str
) -> None:
    answer = await client.ask(kind, **data)
    assert not answer["success"]
    assert answer["error"]["translation_key"] == key


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("coachiq/frames/subscribe", {"sources": [256]}),
        ("coachiq/frames/subscribe", {"dgns": "1FEDA"}),
        ("coachiq/frames/subscribe", {"filter": "all"}),
        ("coachiq/frames/acknowledge", {"subscription": "one", "batch": 1}),
    ],
)
async def test_a_wrong_shape_is_told(client: Client, kind: str, data: dict[str, object]) -> None:
    answer = await client.ask(kind, **data)
    assert answer["error"]["code"] == "invalid_format"
    assert next(iter(data)) in answer["error"]["message"]


async def test_who_is_no_administrator_follows_nothing(
    hass: HomeAssistant,
    listener: MockConfigEntry,
    peer: Peer,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> None:
    """He sees how the buses are, and what he may see of the things."""
    await peer.appear(DIMMER)
    guest = Client(await hass_ws_client(hass, hass_read_only_access_token))
    for kind in OWN:
        assert (await guest.ask(kind))["error"]["code"] == "unauthorized"
    assert (await guest.result("coachiq/buses"))["buses"]
    assert (await guest.result("coachiq/things"))["things"][0]["entities"]


async def test_without_raw_frames_nobody_follows_them(
    hass: HomeAssistant, client: Client, listener: MockConfigEntry
) -> None:
    """The error names the option; what the coach has is told all the same."""
    options = {**listener.options, "features": {"raw_frames": False}}
    hass.config_entries.async_update_entry(listener, options=options)
    await hass.async_block_till_done()
    await until(lambda: listener.runtime_data.is_up("house"))
    for kind in ("coachiq/frames/subscribe", "coachiq/unknown_dgns"):
        error = (await client.ask(kind))["error"]
        assert error["translation_key"] == "feature_off"
        assert error["translation_placeholders"]["feature"] == "Frames for clients"
    assert (await client.result("coachiq/buses"))["buses"]
