"""What a maintainer needs to know of a coach: its buses, what was heard, what was not believed.

`scripts/replay-diagnostics` makes recordings of the frames in it.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from .bus.bridge import followers
from .coach import Thing
from .coach.citizen import sentence
from .const import (
    BUS,
    CONF_BRIDGES,
    CONF_CODE,
    CONF_LISTEN_ONLY,
    CONF_PROFILE,
    CONF_PROTOCOL,
    DOMAIN,
    RV_C,
)
from .coordinator import CoachConfigEntry, CoachCoordinator
from .device import coach_identifier
from .redaction import Redaction

# Of the form of the frames, and of where they are.
VERSION = 1
# Of each bus, the latest. A whole coach has some hundreds.
MOST_FRAMES = 5000
ANSWERS = {None: "not asked", True: "yes", False: "does not report"}

type Wanted = Callable[[int, Thing | None], bool]


async def async_get_config_entry_diagnostics(
    _: HomeAssistant, entry: CoachConfigEntry
) -> dict[str, Any]:
    """Return the state of a coach; it holds no names, places or secrets of the owner."""
    return _coach(entry.runtime_data)


async def async_get_device_diagnostics(
    _: HomeAssistant, entry: CoachConfigEntry, device: dr.AnyDeviceEntry
) -> dict[str, Any]:
    """Return the state of the coach, of a bus, of a node or of a thing, whichever a device is."""
    coordinator = entry.runtime_data
    names = {name for domain, name in device.identifiers if domain == DOMAIN}
    if coach_identifier(entry) in names:
        return _coach(coordinator)
    things = coordinator.coach.things.values()
    if thing := next((one for one in things if str(one.id) in names), None):
        return _part(coordinator, [thing], [thing.id.bus], lambda _, one: one is thing)
    for bus in coordinator.buses:
        mine = [thing for thing in things if thing.id.bus == bus]
        if f"{BUS}-{bus}" in names:
            return _part(coordinator, mine, [bus], _every)
        for source in _sources(coordinator, bus):
            if coordinator.nodes.at(bus, source).identifier in names:
                told = [thing for thing in mine if thing.source == source]
                part = _part(coordinator, told, [bus], partial(_is_from, source))
                return {**part, "node": _node(coordinator, bus, source)}
    # A device of a thing or a node that was not heard since the start.
    return {"version": VERSION, "heard": False}


def _is_from(source: int, sender: int, _: Thing | None) -> bool:
    return sender == source


def _every(_: int, __: Thing | None) -> bool:
    return True


def _coach(coordinator: CoachCoordinator) -> dict[str, Any]:
    """Return the state of the whole coach."""
    return _part(coordinator, coordinator.coach.things.values(), coordinator.buses, _every)


def _part(
    coordinator: CoachCoordinator, things: Iterable[Thing], buses: Iterable[str], wanted: Wanted
) -> dict[str, Any]:
    """Return the state of things and buses, with the frames that are wanted of them."""
    entry = coordinator.entry
    redaction = Redaction(str(entry.options.get(CONF_CODE) or ""))
    # What the nodes say of themselves comes first: it tells which words are secret.
    for line in coordinator.coach.lines.values():
        for product in line.citizens.products.values():
            redaction.product("*".join(part or "" for part in product))
    # So do all frames.
    for key in coordinator.buses:
        _frames(coordinator, redaction, key, _every)
    frames = {key: _frames(coordinator, redaction, key, wanted) for key in buses}
    said = {str(thing.id): _thing(thing, redaction) for thing in things}
    document = redaction.document(
        {
            "version": VERSION,
            "profile": entry.data[CONF_PROFILE],
            "minor_version": entry.minor_version,
            "configuration": coordinator.configuration.shown(elsewhere=True),
            "features": coordinator.features.shown(),
            "options": async_redact_data(entry.options, {CONF_CODE}),
            "buses": {key: _bus(coordinator, key) for key in buses},
            "things": said,
        }
    )
    for key, heard in frames.items():
        document["buses"][key] |= {
            "frames": heard[-MOST_FRAMES:],
            "frames_left_out": max(0, len(heard) - MOST_FRAMES),
        }
    return document


def _thing(thing: Thing, redaction: Redaction) -> dict[str, Any]:
    """Return the state of one thing."""
    return {
        "node": None if thing.source is None else f"{thing.source:02X}",
        "silent": thing.silent,
        "reports": ANSWERS[thing.answers],
        "values": redaction.values(thing.values),
    }


def _frames(
    coordinator: CoachCoordinator, redaction: Redaction, key: str, wanted: Wanted
) -> list[str]:
    """Return the last frames of each sender, DGN and key, and how many seconds ago they came.

    The latest are last. Long messages are whole; what may be anything is not there.
    """
    intake, now = coordinator.coach.lines[key].intake, coordinator.clock.now()
    heard = [frame for frame in intake.last_frames() if wanted(frame[0] & 0xFF, frame[3])]
    found = []
    for can_id, data, since, _ in sorted(heard, key=lambda frame: frame[2]):
        said = redaction.frame(intake.spec, can_id, data)
        if said is not None:
            found.append(f"{can_id:08X}#{said.hex().upper()} {now - since:.1f}")
    return found


def _bus(coordinator: CoachCoordinator, key: str) -> dict[str, Any]:
    """Return the state of one bus."""
    link, intake = coordinator.links[key], coordinator.coach.lines[key].intake
    data, heard = coordinator.buses[key].data, link.heard_at
    decisions = coordinator.entry.options.get(CONF_BRIDGES, [])
    following = followers(decisions, coordinator.buses)
    return {
        **asdict(coordinator.gauges[key].health),
        "adapter": link.kind,
        "protocol": data.get(CONF_PROTOCOL, RV_C),
        "listen_only": data.get(CONF_LISTEN_ONLY, False),
        "follows": key in following,
        "state": link.state,
        "address": link.address,
        "received": link.count.received,
        "sent": link.count.sent,
        "ignored": link.count.ignored,
        "errors": dict(link.count.errors),
        "garbled": link.garbled,
        "dropped": link.dropped,
        "last_frame": heard and coordinator.clock.utc(heard).isoformat(),
        "heard_seconds_ago": None if heard is None else round(coordinator.clock.now() - heard, 1),
        "openings": link.count.openings,
        "problem": link.count.problem and link.count.problem.key,
        "nodes": {
            f"{source:02X}": _node(coordinator, key, source)
            for source in _sources(coordinator, key)
        },
        "unknown_dgns": {f"{dgn:05X}": senders for dgn, senders in intake.unknown.items()},
        "rejected": {str(thing): reason for thing, reason in intake.rejected.items()},
        "overlooked": intake.overlooked,
    }


def _sources(coordinator: CoachCoordinator, key: str) -> list[int]:
    """Return the addresses of the nodes that were heard on a bus."""
    line = coordinator.coach.lines[key]
    return sorted(line.intake.nodes.keys() | line.citizens.names.keys())


def _node(coordinator: CoachCoordinator, key: str, source: int) -> dict[str, Any]:
    """Return what a node says of itself, without its serial number."""
    line = coordinator.coach.lines[key]
    citizens, node = line.citizens, line.intake.nodes.get(source)
    product = citizens.products.get(source)
    return {
        "name": citizens.name(source),
        "maker": (product and product.make) or citizens.makers.get(source),
        "model": product and product.model,
        "revision": citizens.revisions.get(source),
        "faults": [sentence(fault) for fault in citizens.faults(source)],
        "heard_seconds_ago": node and round(coordinator.clock.now() - node.heard, 1),
    }
