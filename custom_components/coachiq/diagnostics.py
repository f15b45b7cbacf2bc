"""What a maintainer needs to know of a coach: its buses, what was heard, what was not believed."""

from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.core import HomeAssistant

from .bus.bridge import followers
from .const import CONF_BRIDGES, CONF_CODE, CONF_LISTEN_ONLY, CONF_PROTOCOL, RV_C
from .coordinator import CoachConfigEntry, CoachCoordinator


async def async_get_config_entry_diagnostics(
    _: HomeAssistant, entry: CoachConfigEntry
) -> dict[str, Any]:
    """Return the state of a coach; it holds no names, places or secrets of the owner."""
    coordinator = entry.runtime_data
    return {
        "profile": entry.data["profile"],
        "configuration": coordinator.configuration.shown(elsewhere=True),
        "features": coordinator.features.shown(),
        "options": async_redact_data(entry.options, {CONF_CODE}),
        "buses": {key: _bus(coordinator, key) for key in coordinator.links},
        "things": {
            str(thing.id): {
                "node": None if thing.source is None else f"{thing.source:02X}",
                "silent": thing.silent,
                "reports": {None: "not asked", True: "yes", False: "does not report"}[
                    thing.answers
                ],
                "values": {name: str(value) for name, value in thing.values.items()},
            }
            for thing in coordinator.coach.things.values()
        },
    }


def _bus(coordinator: CoachCoordinator, key: str) -> dict[str, Any]:
    """Return the state of one bus."""
    link, intake = coordinator.links[key], coordinator.coach.lines[key].intake
    data, heard = coordinator.buses[key].data, link.heard_at
    decisions = coordinator.entry.options.get(CONF_BRIDGES, [])
    following = followers(decisions, coordinator.buses)
    return {
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
        "load": coordinator.gauges[key].health.load,
        "heard_seconds_ago": None if heard is None else round(coordinator.clock.now() - heard, 1),
        "openings": link.count.openings,
        "problem": link.count.problem and link.count.problem.key,
        "nodes": [f"{source:02X}" for source in sorted(intake.nodes)],
        "unknown_dgns": {f"{dgn:05X}": senders for dgn, senders in intake.unknown.items()},
        "rejected": {str(thing): reason for thing, reason in intake.rejected.items()},
        "overlooked": intake.overlooked,
    }
