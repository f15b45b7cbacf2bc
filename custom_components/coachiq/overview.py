"""What a dashboard asks for: a summary of a coach, and what happened lately; each sees his own."""

from collections.abc import Iterable, Mapping
from typing import Final, cast

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.const import STATE_OFF, STATE_UNAVAILABLE, STATE_UNKNOWN, Platform
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import (
    area_registry as ar,
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from .const import DOMAIN
from .coordinator import CoachCoordinator
from .error import CommandError
from .happening import MOST, SEVERITIES, SEVERITY, Happening
from .translated_error import in_words

ATTR_BEFORE: Final = "before"
ATTR_EVENT_TYPE: Final = "event_type"
ATTR_LIMIT: Final = "limit"
ATTR_SEVERITY: Final = "severity"

ACTIVITY_FIELDS: Final[Mapping[vol.Marker, object]] = {
    vol.Optional(ATTR_LIMIT, default=50): vol.All(vol.Coerce(int), vol.Range(min=1, max=MOST)),
    vol.Optional(ATTR_BEFORE): cv.string,
    vol.Optional(ATTR_SEVERITY, default=list(SEVERITIES)): vol.All(
        cv.ensure_list, [vol.In(SEVERITIES)]
    ),
    vol.Optional(ATTR_EVENT_TYPE, default=list(SEVERITY)): vol.All(
        cv.ensure_list, [vol.In(tuple(SEVERITY))]
    ),
}

# In which states what can be used is not in use; what only tells is never active.
AT_REST: Final[Mapping[str, frozenset[str]]] = {
    Platform.CLIMATE: frozenset((STATE_OFF,)),
    Platform.COVER: frozenset(("closed",)),
    Platform.FAN: frozenset((STATE_OFF,)),
    Platform.LIGHT: frozenset((STATE_OFF,)),
    Platform.LOCK: frozenset(("locked",)),
    Platform.SWITCH: frozenset((STATE_OFF,)),
    Platform.VALVE: frozenset(("closed",)),
    Platform.WATER_HEATER: frozenset((STATE_OFF,)),
}


async def async_get_summary(coordinator: CoachCoordinator, call: ServiceCall) -> ServiceResponse:
    """Return how many entities there are of what kind and where, and how the coach is."""
    user = await _async_user(call)
    hass = coordinator.hass
    entities = [
        entity
        for entity in er.async_entries_for_config_entry(
            er.async_get(hass), coordinator.entry.entry_id
        )
        if entity.disabled_by is None and _may_see(user, entity.entity_id)
    ]
    kinds: dict[str, list[er.RegistryEntry]] = {}
    areas: dict[str | None, list[er.RegistryEntry]] = {}
    for entity in entities:
        kinds.setdefault(entity.domain, []).append(entity)
        areas.setdefault(_area(coordinator, entity), []).append(entity)
    known = ar.async_get(hass)
    names = {key: area.name for key in areas if key and (area := known.async_get_area(key))}
    return {
        "coach": coordinator.entry.title,
        "entities": _count(coordinator, entities),
        "kinds": {kind: _count(coordinator, those) for kind, those in sorted(kinds.items())},
        "areas": [
            {"area_id": key, "name": names.get(key or ""), **_count(coordinator, those)}
            # What has no area comes last.
            for key, those in sorted(areas.items(), key=lambda area: (not area[0], str(area[0])))
        ],
        "health": _health(coordinator),
        "buses": [bus_status(coordinator, bus) for bus in coordinator.buses],
    }


async def async_get_activity(coordinator: CoachCoordinator, call: ServiceCall) -> ServiceResponse:
    """Return what happened lately, the newest first: a page of what the user may see."""
    user = await _async_user(call)

    def is_seen(happening: Happening) -> bool:
        entity_id = happening["entity_id"]
        return _may_see(user, entity_id) if entity_id else user is None or user.is_admin

    try:
        found, total, more = coordinator.happenings.page(
            severities=call.data[ATTR_SEVERITY],
            event_types=call.data[ATTR_EVENT_TYPE],
            is_seen=is_seen,
            limit=call.data[ATTR_LIMIT],
            before=call.data.get(ATTR_BEFORE),
        )
    except CommandError as error:
        raise in_words(error) from error
    names = {person.id: person.name for person in await coordinator.hass.auth.async_get_users()}
    entries: list[JsonObjectType] = [
        {
            **cast(JsonObjectType, one),
            "metadata": {**one["metadata"], "user": names.get(one["metadata"]["user_id"])},
        }
        for one in found
    ]
    return {"entries": [*entries], "total_count": total, "has_more": more}


async def _async_user(call: ServiceCall) -> User | None:
    """Return whose call it is; None for an automation's, which sees everything."""
    user_id = call.context.user_id
    return await call.hass.auth.async_get_user(user_id) if user_id else None


def _may_see(user: User | None, entity_id: str) -> bool:
    """Tell whether a user may see an entity."""
    return user is None or user.permissions.check_entity(entity_id, POLICY_READ)


def _area(coordinator: CoachCoordinator, entity: er.RegistryEntry) -> str | None:
    """Return the area in which an entity is: its own, or that of its device."""
    if entity.area_id or entity.device_id is None:
        return entity.area_id
    device = dr.async_get(coordinator.hass).async_get(entity.device_id)
    return device.area_id if device else None


def _count(coordinator: CoachCoordinator, entities: Iterable[er.RegistryEntry]) -> JsonObjectType:
    """Return how many entities there are, how many of them are online, and in use."""
    total = online = active = 0
    for entity in entities:
        state = coordinator.hass.states.get(entity.entity_id)
        is_online = state is not None and state.state != STATE_UNAVAILABLE
        total += 1
        online += is_online
        active += bool(
            is_online
            and state
            and entity.domain in AT_REST
            and state.state not in AT_REST[entity.domain] | {STATE_UNKNOWN}
        )
    return {"total": total, "online": online, "active": active}


def _health(coordinator: CoachCoordinator) -> JsonObjectType:
    """Return how the coach is: `good`, `troubled`, or `down` when no bus is connected."""
    coach = coordinator.coach
    up = sum(coordinator.is_up(bus) for bus in coordinator.buses)
    nodes = [
        line.citizens.is_troubled(source)
        for line in coach.lines.values()
        for source in line.intake.nodes
    ]
    faults = sum(
        len(line.citizens.faults(source))
        for line in coach.lines.values()
        for source in line.citizens.lamps
    )
    issues = ir.async_get(coordinator.hass).issues.values()
    repairs = sum(issue.domain == DOMAIN and issue.active for issue in issues)
    is_good = up == len(coordinator.buses) and not any(nodes) and not repairs
    return {
        "state": "good" if is_good else "troubled" if up else "down",
        "buses_up": up,
        "nodes": len(nodes),
        "nodes_troubled": sum(bool(troubled) for troubled in nodes),
        "faults": faults,
        "things": sum(not thing.family.fields for thing in coach.things.values()),
        "things_silent": sum(
            thing.silent for thing in coach.things.values() if not thing.family.fields
        ),
        "repairs": repairs,
    }


def bus_status(coordinator: CoachCoordinator, bus: str) -> JsonObjectType:
    """Return how a bus is, for a client."""
    link, health = coordinator.links[bus], coordinator.gauges[bus].health
    return {
        "bus": bus,
        "name": coordinator.buses[bus].title,
        "adapter": link.kind,
        "state": health.state,
        "may_transmit": link.may_transmit,
        "load": health.load,
        "frame_rate": health.frame_rate,
        "received": link.count.received,
        "sent": link.count.sent,
        "error_frames": health.error_frames,
        "dropped": health.dropped,
        "reconnections": health.reconnects,
        "problem": link.count.problem.key if link.count.problem else None,
    }
