"""The coach's systems as other programs reach them: REST and WebSocket, with long-lived tokens.

`docs/systems.md` names what is shown here beside each system.
"""

from collections.abc import Iterator
import contextlib
import copy
import datetime as dt
import re
import time
from typing import Any

from ha_process import HomeAssistant, ProcessError, wait_for
from ha_websocket import Connection, Subscription, WebSocketError
import pytest

type Json = Any

LIGHT, OTHER, AWNING = (
    "light.bedroom_ceiling_light",
    "light.bedroom_vanity_light",
    "cover.patio_awning",
)
CONNECTION = "binary_sensor.house_network_connectivity"
# DC_DIMMER_COMMAND_2 of ours, one of which sets a level of 40 % for as long as it takes.
COMMANDED = re.compile(r"19FEDB[0-9A-F]{2}")
OURS = ("coachiq/nodes", "coachiq/unknown_dgns", "coachiq/changes/subscribe",
        "coachiq/frames/subscribe")  # fmt: skip


def visitor(coach: HomeAssistant, name: str, group: str) -> HomeAssistant:
    """Return the same Home Assistant as another user reaches it."""
    other = copy.copy(coach)
    other.token = coach.add_user(name, "a-password-for-tests", group)
    return other


@pytest.fixture(scope="module")
def family(coach: HomeAssistant) -> HomeAssistant:
    """Return Home Assistant for one who may use everything, and administer nothing."""
    return visitor(coach, "family", "system-users")


@pytest.fixture(scope="module")
def guest(coach: HomeAssistant) -> HomeAssistant:
    """Return Home Assistant for one who may look and not touch."""
    return visitor(coach, "guest", "system-read-only")


@pytest.fixture
def ws(coach: HomeAssistant) -> Iterator[Connection]:
    """Return the owner's connection."""
    with coach.websocket() as ws:
        yield ws


def answer(ha: HomeAssistant, action: str, **data: Json) -> Json:
    """Return what an action of ours answers."""
    path = f"/api/services/coachiq/{action}?return_response"
    return ha.post(path, data)["service_response"]


def frames_of(followed: Subscription, ws: Connection, number: int) -> Iterator[list[Json]]:
    """Yield frames as they come, and acknowledge them."""
    while True:
        event = followed.wait(lambda _: True, 5)
        ws.call("coachiq/frames/acknowledge", subscription=number, batch=event["batch"])
        yield from event["frames"]


def test_entities_are_found_by_device_area_and_kind_and_keep_their_ids(
    coach: HomeAssistant, ws: Connection
) -> None:
    """As Home Assistant's registries tell them, and over a restart."""

    def identities() -> dict[str, str]:
        with coach.websocket() as connection:
            every = connection.call("config/entity_registry/list")
        return {one["unique_id"]: one["entity_id"] for one in every if one["platform"] == "coachiq"}

    lights = ws.call("extract_from_target", target={"area_id": ["bedroom"]}, expand_group=False)[
        "referenced_entities"
    ]
    assert LIGHT in lights
    before = identities()
    assert before["house-dimmer-25-light"] == LIGHT
    things = {one["thing"]: one for one in ws.call("coachiq/things")["things"]}
    assert LIGHT in things["house-dimmer-25"]["entities"]
    assert things["house-dimmer-25"]["area"] == "bedroom"
    coach.restart()
    coach.wait_state(LIGHT, "off", seconds=30)
    after = identities()
    assert before.items() <= after.items()


def test_each_feature_and_setting_is_told_with_where_it_is_from(coach: HomeAssistant) -> None:
    """One that the environment turns off is off, whatever the options say."""
    told = answer(coach, "get_configuration")
    assert told["problems"] == []
    settings = {name: one["source"] for name, one in told["settings"].items()}
    assert settings["features.enable_energy"] == "env_file"
    assert settings["features.enable_transmit"] == "entry"
    assert settings["features.enable_movers"] == "default"
    states = {name: one["state"] for name, one in told["features"].items()}
    assert (states["energy"], states["transmit"], states["recording"]) == ("off", "on", "off")


def test_how_a_network_does_is_measured(coach: HomeAssistant, ws: Connection) -> None:
    """As diagnostic entities, and in one command."""

    def measured() -> Json:
        (bus,) = ws.call("coachiq/buses")["buses"]
        return bus if bus["load"] else None

    bus = wait_for(measured, "the network to be measured", 30)
    assert bus["frame_rate"] > 0
    assert (bus["received"] > 0, bus["dropped"], bus["reconnections"]) == (True, 0, 0)
    shown = coach.states("sensor.house_network_")
    assert float(shown["sensor.house_network_frame_rate"]["state"]) > 0
    assert shown["sensor.house_network_state"]["state"] == bus["state"] == "ready"


def test_one_is_controlled_and_tells_what_became_of_it(coach: HomeAssistant) -> None:
    steps: list[tuple[dict[str, Json], tuple[str, int]]] = [
        ({"command": "set", "brightness": 75}, ("on", 75)),
        ({"command": "brightness_up"}, ("on", 85)),
        ({"command": "toggle"}, ("off", 0)),
        ({"command": "set", "state": "on"}, ("on", 85)),
        ({"command": "set", "state": "off"}, ("off", 0)),
    ]
    for wish, (state, brightness) in steps:
        assert answer(coach, "control", entity_id=LIGHT, **wish) == {
            LIGHT: {
                "success": True,
                "entity_id": LIGHT,
                "command": wish["command"],
                "state": state,
                "brightness": brightness,
                "message": None,
            }
        }


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"command": "blink"}, "value must be one of"),
        ({"command": "set", "brightness": 101}, "value must be at most 100"),
        ({"command": "set"}, "needs a state or a brightness"),
        ({"command": "toggle", "state": True}, "toggle"),
        ({"command": "set", "state": True, "color": "red"}, "color"),
    ],
)
def test_what_cannot_be_meant_is_told_in_words(
    ws: Connection, wish: dict[str, Json], words: str
) -> None:
    with pytest.raises(WebSocketError, match=words):
        ws.call(
            "call_service", domain="coachiq", service="control", service_data=wish,
            target={"entity_id": LIGHT}, return_response=True,
        )  # fmt: skip


def test_who_may_only_look_controls_nothing(coach: HomeAssistant, guest: HomeAssistant) -> None:
    """Alone he is refused; among many each refusal is told, and nothing is switched."""
    assert guest.get(f"/api/states/{LIGHT}")["state"] == "off"
    with pytest.raises(ProcessError, match="401"):
        answer(guest, "control", entity_id=LIGHT, command="toggle")
    told = answer(guest, "bulk_control", entity_id=[LIGHT, OTHER], command="toggle")
    assert (told["successful"], told["failed"]) == (0, 2)
    assert {one["error"] for one in told["results"]} == {"not_permitted"}
    with guest.websocket() as connection, pytest.raises(WebSocketError, match="unauthorized"):
        connection.call("coachiq/hold", entity_id=AWNING, direction="open")
    assert coach.get(f"/api/states/{LIGHT}")["state"] == "off"


def test_a_network_is_meant_by_its_name(coach: HomeAssistant, ws: Connection) -> None:
    heard = answer(coach, "probe_bus", bus="House", seconds=1)["buses"]["house"]
    assert heard["frames"] > 0
    with pytest.raises(WebSocketError, match="Attic"):
        ws.call("coachiq/frames/subscribe", bus="Attic")


def test_a_command_is_its_known_bytes_and_is_decoded(coach: HomeAssistant, ws: Connection) -> None:
    """What a REST call puts on the wire is seen by who follows it, in words, too."""
    followed = ws.subscribe("coachiq/frames/subscribe", dgns=["1FEDB"], decoded=True)
    coach.act("light.turn_on", LIGHT, brightness_pct=40)
    _, bus, identifier, data, ours, says = next(frames_of(followed, ws, 1))
    assert (bus, ours, says["name"]) == ("house", True, "DC_DIMMER_COMMAND_2")
    assert COMMANDED.fullmatch(identifier)
    assert data == "19FF5000FF00FFFF"
    assert says["fields"]["desired_brightness"] == 40
    coach.act("light.turn_off", LIGHT)


def test_a_row_of_the_owner_is_part_of_the_protocol(ws: Connection) -> None:
    """Its DGN is known by its name, as those of the specification are."""
    ws.subscribe("coachiq/frames/subscribe", dgns=["STAIR_LAMP", "TANK_STATUS"])
    with pytest.raises(WebSocketError, match="STAIR_LAMP"):
        ws.call("coachiq/frames/subscribe", dgns=["STAIR_LIGHT"])


def test_a_dashboard_gets_its_numbers_and_what_happened(
    coach: HomeAssistant, family: HomeAssistant
) -> None:
    """With the user of each command; settings are for administrators."""
    answer(family, "control", entity_id=LIGHT, command="set", state="on")
    summary = answer(coach, "get_summary")
    lights = [one["state"] for one in coach.states("light.").values()]
    assert summary["kinds"]["light"] == {
        "total": len(lights),
        "online": len(lights) - lights.count("unavailable"),
        "active": lights.count("on"),
    }
    assert summary["health"]["state"] == "good"
    told = answer(family, "get_activity", limit=1, event_type=["command"])
    (newest,) = told["entries"]
    assert (newest["entity_id"], newest["metadata"]["user"]) == (LIGHT, "Family")
    page = answer(family, "get_activity", limit=1, event_type=["command"], before=newest["id"])
    assert page["entries"][0]["id"] < newest["id"]
    everything = answer(coach, "get_activity", limit=1000)
    assert {"bus_up", "command"} <= {one["event_type"] for one in everything["entries"]}
    assert everything["total_count"] == len(everything["entries"])
    answer(coach, "control", entity_id=LIGHT, command="set", state="off")


def test_the_logbook_tells_who_did_what(family: HomeAssistant, ws: Connection) -> None:
    begin = dt.datetime.now(dt.UTC).isoformat()
    answer(family, "control", entity_id=LIGHT, command="set", brightness=40)
    answer(family, "control", entity_id=LIGHT, command="set", state="off")
    family.post("/api/services/coachiq/stop_all")
    users = {user["id"]: user["name"] for user in ws.call("config/auth/list")}

    def told() -> Json:
        found = [
            (one["name"], one["message"], users[one["context_user_id"]])
            for one in ws.call("logbook/get_events", start_time=begin)
            if one.get("domain") == "coachiq"
        ]
        return found if len(found) == 3 else None

    assert wait_for(told, "the logbook") == [
        ("Ceiling light", "was told: set level (level 40)", "Family"),
        ("Ceiling light", "was told: turn off", "Family"),
        ("Entegra Aspire", "was told: stop all", "Family"),
    ]


def test_many_are_controlled_and_nothing_is_lost(coach: HomeAssistant, ws: Connection) -> None:
    """One that fails does not stop the rest; each that obeyed is told to who follows."""
    lights = [one for one in coach.states("light.") if one != "light.inside_lights"]
    followed = ws.subscribe("subscribe_entities", entity_ids=lights)
    shown = {one: each["s"] for one, each in followed.wait(lambda e: "a" in e)["a"].items()}
    wanted = [*lights[:5], "light.sold_long_ago", *lights[5:]]
    told = answer(coach, "bulk_control", entity_id=wanted, command="set", state="on")
    assert [one["entity_id"] for one in told["results"]] == wanted
    assert (told["total_requested"], told["successful"], told["failed"]) == (
        len(wanted), len(lights), 1,
    )  # fmt: skip

    def all_told() -> bool:
        with contextlib.suppress(WebSocketError):
            for one, change in followed.wait(lambda e: "c" in e, 0.1)["c"].items():
                shown[one] = change.get("+", {}).get("s", shown[one])
        return set(shown.values()) == {"on"}

    wait_for(all_told, "each light to be told of", 10)
    coach.post("/api/services/light/turn_off", {"entity_id": lights})
    wait_for(
        lambda: {one["state"] for one in coach.states("light.").values()} == {"off"},
        "all lights to be off",
    )


def test_frames_are_for_administrators(family: HomeAssistant) -> None:
    """Everybody else sees how the networks are, and the things whose entities he sees."""
    with family.websocket() as connection:
        for command in OURS:
            with pytest.raises(WebSocketError, match="unauthorized"):
                connection.call(command)
        assert connection.call("coachiq/buses")["buses"]
        assert connection.call("coachiq/things")["things"]


@pytest.mark.parametrize(
    ("command", "data", "words"),
    [
        ("coachiq/frames/subscribe", {"sources": [256]}, "sources"),
        ("coachiq/frames/subscribe", {"dgns": ["TANK_STATE"]}, "TANK_STATUS"),
        ("coachiq/frames/acknowledge", {"subscription": 999, "batch": 1}, "999"),
        ("coachiq/hold", {"entity_id": LIGHT, "direction": "open"}, LIGHT),
        ("coachiq/hold", {"entity_id": AWNING, "direction": "up"}, "direction"),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong_with_it(
    ws: Connection, command: str, data: dict[str, Json], words: str
) -> None:
    with pytest.raises(WebSocketError, match=words):
        ws.call(command, **data)


def test_what_was_sent_and_what_was_dropped_is_all(ws: Connection) -> None:
    """Who acknowledges nothing gets three batches; then he is told what he missed."""
    followed = ws.subscribe("coachiq/frames/subscribe")
    time.sleep(2)
    counts = ws.call("coachiq/frames/acknowledge", subscription=1, batch=0)
    assert counts["dropped"] > 0
    assert counts["received"] == counts["sent"] + counts["dropped"]
    batches = [followed.events.get_nowait() for _ in range(followed.events.qsize())]
    assert [event["batch"] for event in batches] == [1, 2, 3]
    assert sum(len(event["frames"]) for event in batches) == counts["sent"]


def test_whoever_has_no_token_gets_nothing(coach: HomeAssistant) -> None:
    nobody = copy.copy(coach)
    nobody.token = "not-a-token"
    with pytest.raises(ProcessError, match="401"):
        nobody.get("/api/states")
    with pytest.raises(ProcessError, match="401"):
        answer(nobody, "get_summary")
    with pytest.raises(WebSocketError, match="auth_invalid"), nobody.websocket():
        pass


def test_every_action_is_described_for_programs(coach: HomeAssistant) -> None:
    """By fields and selectors, so that a client can build its form."""
    (ours,) = (one for one in coach.get("/api/services") if one["domain"] == "coachiq")
    assert {"control", "bulk_control", "get_summary", "get_activity", "stop_all"} <= set(
        ours["services"]
    )
    for name, action in ours["services"].items():
        for field, told in action["fields"].items():
            assert told["selector"], f"{name}.{field}"


def test_nothing_of_this_has_made_it_complain(coach: HomeAssistant) -> None:
    assert coach.problems() == []
