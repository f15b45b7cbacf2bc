"""What a maintainer needs to know of a coach: its buses, what was heard, what was not believed."""

from typing import Any

from homeassistant.core import HomeAssistant

from .coordinator import CoachConfigEntry, CoachCoordinator


async def async_get_config_entry_diagnostics(
    _: HomeAssistant, entry: CoachConfigEntry
) -> dict[str, Any]:
    """Return the state of a coach; it holds no names, places or secrets of the owner."""
    coordinator = entry.runtime_data
    return {
        "profile": entry.data["profile"],
        "options": dict(entry.options),
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
    return {
        "adapter": link.kind,
        "state": link.state,
        "address": link.address,
        "received": link.count.received,
        "sent": link.count.sent,
        "ignored": link.count.ignored,
        "openings": link.count.openings,
        "problem": link.count.problem and link.count.problem.key,
        "nodes": [f"{source:02X}" for source in sorted(intake.nodes)],
        "unknown_dgns": {f"{dgn:05X}": senders for dgn, senders in intake.unknown.items()},
        "rejected": {str(thing): reason for thing, reason in intake.rejected.items()},
        "overlooked": intake.overlooked,
    }
