"""What clients ask over the WebSocket: the buses, their nodes and frames, the things, and changes.

Frames, nodes and what cannot be read are for administrators; everybody else sees the buses, and
those things whose entities he may see.
"""

from collections.abc import Iterable
from difflib import get_close_matches
import re
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.websocket_api import async_register_command
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import (
    async_response,
    require_admin,
    websocket_command,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.service import async_get_config_entry
import voluptuous as vol

from .coach import Thing
from .coach.citizen import sentence
from .coach.walk import is_operated
from .const import DOMAIN
from .coordinator import CoachConfigEntry, CoachCoordinator
from .device import node_name, registered_thing
from .error import CommandError
from .features import RAW_FRAMES
from .follow import Feed, Follower, Line, Wanted
from .overview import bus_status
from .running import async_require
from .rvc import Code, Spec, Value
from .rvc.frame import canonical
from .services import buses_meant
from .thing_name import place_of_thing
from .translated_error import in_words

CONF_ENTRY: Final = "config_entry_id"
# What happens faster is told together.
CHANGES_INTERVAL: Final = 0.25

_HIGHEST_ADDRESS, _HIGHEST_INSTANCE = 0xFF, 0xFFFF
_DGN = re.compile(r"(?:0[xX])?([01]?[0-9A-Fa-f]{4})")
_COACH: Final[dict[str | vol.Marker, Any]] = {vol.Optional(CONF_ENTRY): str}


@callback
def async_register_commands(hass: HomeAssistant) -> None:
    """Register the commands."""
    for command in (_buses, _nodes, _unknown, _things, _changes, _frames, _acknowledge):
        async_register_command(hass, command)


@websocket_command({vol.Required("type"): "coachiq/buses", **_COACH})
@callback
def _buses(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Tell how each bus of a coach is."""
    coordinator = _coach(hass, msg)
    connection.send_result(
        msg["id"], {"buses": [bus_status(coordinator, bus) for bus in coordinator.buses]}
    )


@require_admin
@websocket_command({vol.Required("type"): "coachiq/nodes", **_COACH})
@callback
def _nodes(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Tell what speaks on each bus of a coach."""
    coordinator = _coach(hass, msg)
    nodes = [
        _node(coordinator, bus, source)
        for bus, line in coordinator.coach.lines.items()
        for source in sorted(line.intake.nodes)
    ]
    connection.send_result(msg["id"], {"nodes": nodes})


@require_admin
@websocket_command({vol.Required("type"): "coachiq/unknown_dgns", **_COACH})
@async_response
async def _unknown(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Tell which DGNs were heard that no table has, from whom and how often."""
    coordinator = _coach(hass, msg)
    await async_require(coordinator, RAW_FRAMES)
    now = coordinator.clock.now()
    found = [
        {
            "bus": bus,
            "dgn": f"{dgn:05X}",
            "source": source,
            "frames": frames,
            "heard_seconds_ago": round(now - heard, 1),
        }
        for bus, line in coordinator.coach.lines.items()
        for dgn, source, frames, heard in line.intake.strangers()
    ]
    connection.send_result(msg["id"], {"unknown_dgns": found})


@websocket_command({vol.Required("type"): "coachiq/things", **_COACH})
@callback
def _things(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Tell what the coach has, with the entities that the user may see."""
    coordinator = _coach(hass, msg)
    found = [
        _thing(coordinator, thing, entities)
        for thing in coordinator.coach.things.values()
        if not thing.family.fields
        and (entities := _entities(coordinator, thing, connection.user)) is not None
    ]
    connection.send_result(msg["id"], {"things": found})


@require_admin
@websocket_command({vol.Required("type"): "coachiq/changes/subscribe", **_COACH})
@callback
def _changes(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Tell what changes, as it does: what was switched first, then what is measured."""
    coordinator = _coach(hass, msg)
    changed: dict[Thing, set[str]] = {}
    waiting: list[CALLBACK_TYPE] = []

    @callback
    def tell() -> None:
        waiting.clear()
        batch = sorted(changed.items(), key=lambda change: not is_operated(*change))
        changed.clear()
        events = [
            {
                "thing": str(thing.id),
                "values": {name: _plain(thing.shown(name)) for name in sorted(names)},
            }
            for thing, names in batch
        ]
        connection.send_event(msg["id"], {"changes": events})

    @callback
    def note(thing: Thing, names: set[str]) -> None:
        if thing.family.fields or not names:
            return
        changed.setdefault(thing, set()).update(names)
        if not waiting:
            waiting.append(hass.loop.call_later(CHANGES_INTERVAL, tell).cancel)

    stop = coordinator.async_witness(note)

    @callback
    def end() -> None:
        stop()
        for cancel in waiting:
            cancel()

    connection.subscriptions[msg["id"]] = end
    connection.send_result(msg["id"])


@require_admin
@websocket_command(
    {
        vol.Required("type"): "coachiq/frames/subscribe",
        **_COACH,
        vol.Optional("bus"): str,
        vol.Optional("dgns", default=list): [str],
        vol.Optional("sources", default=list): [
            vol.All(int, vol.Range(min=0, max=_HIGHEST_ADDRESS))
        ],
        vol.Optional("instances", default=list): [
            vol.All(int, vol.Range(min=0, max=_HIGHEST_INSTANCE))
        ],
        vol.Optional("changed", default=False): bool,
        vol.Optional("unknown", default=False): bool,
        vol.Optional("decoded", default=False): bool,
    }
)
@async_response
async def _frames(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Hand on the frames that are wanted, in batches that the client acknowledges."""
    coordinator = _coach(hass, msg)
    await async_require(coordinator, RAW_FRAMES)
    buses = buses_meant(coordinator, msg.get("bus"))
    specs = [coordinator.coach.lines[key].intake.spec for key in buses]
    wanted = Wanted(
        dgns=frozenset(_dgn(specs, word) for word in msg["dgns"]),
        sources=frozenset(msg["sources"]),
        instances=frozenset(msg["instances"]),
        changed=msg["changed"],
        unknown=msg["unknown"],
        decoded=msg["decoded"],
    )

    def send(batch: int, lines: list[Line], dropped: int) -> None:
        connection.send_event(msg["id"], {"batch": batch, "frames": lines, "dropped": dropped})

    follower = Follower(send, lambda: connection.send_event(msg["id"], {"ended": True}))
    stop = _follow(coordinator, tuple(buses), wanted, follower)
    connection.subscriptions[msg["id"]] = _Following(stop, follower)
    connection.send_result(msg["id"])


@require_admin
@websocket_command(
    {
        vol.Required("type"): "coachiq/frames/acknowledge",
        vol.Required("subscription"): int,
        vol.Required("batch"): vol.All(int, vol.Range(min=0)),
    }
)
@callback
def _acknowledge(_: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Take a batch of frames, and all before it, as arrived; tells how many there were."""
    following = connection.subscriptions.get(msg["subscription"])
    if not isinstance(following, _Following):
        raise in_words(CommandError("not_followed", subscription=msg["subscription"]))
    follower = following.follower
    follower.acknowledge(msg["batch"])
    connection.send_result(
        msg["id"],
        {
            "received": follower.received,
            "sent": follower.sent,
            "dropped": follower.dropped,
        },
    )


class _Following:
    """A client's subscription to frames; called, it ends."""

    def __init__(self, stop: CALLBACK_TYPE, follower: Follower) -> None:
        """Take what ends it, and who follows."""
        self._stop = stop
        self.follower = follower

    def __call__(self) -> None:
        """End it."""
        self._stop()


def _follow(
    coordinator: CoachCoordinator, buses: tuple[str, ...], wanted: Wanted, follower: Follower
) -> CALLBACK_TYPE:
    """Let a client follow; who wants the same shares what is gathered. Returns the end."""
    feed = coordinator.feeds.get((buses, wanted))
    if feed is None:
        feed = coordinator.feeds[buses, wanted] = Feed(
            [coordinator.links[bus] for bus in buses],
            lambda bus: coordinator.coach.lines[bus].intake.spec,
            wanted,
            coordinator.clock,
        )
    feed.add(follower)

    @callback
    def stop() -> None:
        feed.remove(follower)
        if not feed.followers:
            coordinator.feeds.pop((buses, wanted), None)

    return stop


def _node(coordinator: CoachCoordinator, bus: str, source: int) -> dict[str, Any]:
    """Return what is known of a node."""
    line = coordinator.coach.lines[bus]
    product = line.citizens.products.get(source)
    return {
        "bus": bus,
        "source": source,
        "name": node_name(coordinator, bus, source),
        "manufacturer": (product and product.make) or line.citizens.makers.get(source),
        "model": product and product.model,
        "serial": product and product.serial,
        "firmware": line.citizens.revisions.get(source),
        "heard_seconds_ago": round(coordinator.clock.now() - line.intake.nodes[source].heard, 1),
        "problem": line.citizens.is_troubled(source),
        "faults": [sentence(fault) for fault in line.citizens.faults(source)],
    }


def _thing(coordinator: CoachCoordinator, thing: Thing, entities: list[str]) -> dict[str, Any]:
    """Return what is known of a thing."""
    device = registered_thing(coordinator, thing.id)
    return {
        "thing": str(thing.id),
        "bus": thing.id.bus,
        "family": thing.id.family,
        "kind": coordinator.coach.kind(thing.id),
        "name": device and (device.name_by_user or device.name),
        "area": place_of_thing(coordinator, thing.id).area,
        "source": thing.source,
        "heard": thing.heard is not None,
        "silent": thing.silent,
        "entities": entities,
    }


def _entities(coordinator: CoachCoordinator, thing: Thing, user: User) -> list[str] | None:
    """Return the entities of a thing that a user may see; None where he may see none of it."""
    device = registered_thing(coordinator, thing.id)
    if device is None:
        return [] if user.is_admin else None
    every = er.async_entries_for_device(er.async_get(coordinator.hass), device.id)
    seen = [
        entity.entity_id
        for entity in every
        if user.permissions.check_entity(entity.entity_id, POLICY_READ)
    ]
    return seen if seen or user.is_admin else None


def _coach(hass: HomeAssistant, msg: dict[str, Any]) -> CoachCoordinator:
    """Return the coach that is meant; raises a translated error."""
    entry: CoachConfigEntry = async_get_config_entry(hass, DOMAIN, msg.get(CONF_ENTRY))
    return entry.runtime_data


def _dgn(specs: Iterable[Spec], word: str) -> int:
    """Return the DGN of a name, or of a hexadecimal number; raises a translated error."""
    names = {row.name: dgn for spec in specs for dgn, row in spec.rows.items()}
    if (dgn := names.get(word.upper())) is not None:
        return dgn
    if found := _DGN.fullmatch(word):
        return canonical(int(found[1], 16))
    close = ", ".join(get_close_matches(word.upper(), names, n=2)) or "1FEDA"
    raise in_words(CommandError("no_such_dgn", dgn=word, close=close))


def _plain(value: Value) -> float | str | bool | None:
    """Return a value as JSON has it."""
    return value.label if isinstance(value, Code) else value
