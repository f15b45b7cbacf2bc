"""Repairs for what is wrong with a bus that is up, and for names that mean nothing: a row each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .bus import LinkState
from .bus.health import BusState
from .coach.intake import MOST_THINGS, TOO_MANY
from .const import BUS, CONF_INPUTS, CONF_THINGS, DOMAIN
from .device import name_of

if TYPE_CHECKING:
    from .coordinator import CoachConfigEntry, CoachCoordinator

# Error frames of these kinds are what is seen at a wrong bitrate, or on a broken line; a bus on
# which nobody else is awake acknowledges nothing, and that is no trouble.
UNREADABLE = ("bus_error", "protocol")
# So many from one look to the next, every 10 s, are no chance.
MANY_ERRORS = 10

type Words = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is looked at: one bus of a coach, and its unreadable frames since the last look."""

    coordinator: CoachCoordinator
    bus: str
    errors: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What may be wrong: `find` returns the words for it, None while all is well.

    It is told when it has lasted so many seconds.
    """

    key: str
    find: Callable[[Look], Words | None]
    lasts: float
    severity: ir.IssueSeverity = ir.IssueSeverity.WARNING


def _too_many(look: Look) -> Words | None:
    """Find things that were not made, since there are as many as there may be."""
    rejected = look.coordinator.coach.lines[look.bus].intake.rejected.values()
    count = sum(reason == TOO_MANY for reason in rejected)
    return {"most": str(MOST_THINGS), "left_out": str(count)} if count else None


def _no_address(look: Look) -> Words | None:
    """Find that we may send, and no address is left to send from."""
    link = look.coordinator.links[look.bus]
    return {} if link.may_transmit and link.state is LinkState.UP else None


def _shared_address(look: Look) -> Words | None:
    """Find addresses that two nodes claim again and again."""
    shared = look.coordinator.coach.doubted_addresses(look.bus)
    return {"addresses": ", ".join(f"{source:02X}" for source in shared)} if shared else None


def _unreadable(look: Look) -> Words | None:
    """Find that there is nothing to be heard but errors."""
    is_silent = look.coordinator.gauges[look.bus].health.state is BusState.SILENT
    if not is_silent or look.errors < MANY_ERRORS:
        return None
    return {"bitrate": str(look.coordinator.gauges[look.bus].bitrate)}


BUS_TROUBLES = (
    Trouble(key="too_many_things", find=_too_many, lasts=0.0),
    Trouble(key="no_address", find=_no_address, lasts=60.0, severity=ir.IssueSeverity.ERROR),
    Trouble(key="address_shared", find=_shared_address, lasts=0.0),
    Trouble(key="bus_unreadable", find=_unreadable, lasts=30.0, severity=ir.IssueSeverity.ERROR),
)
INPUT_MISSING = "input_missing"
# After Home Assistant has started, so long are entities waited for.
INPUT_MISSING_FOR = 60.0


class Troubles:
    """What is wrong with the buses of a coach, as far as it is told."""

    def __init__(self, hass: HomeAssistant, entry: CoachConfigEntry) -> None:
        """Take whose buses they are."""
        self._hass = hass
        self._entry = entry
        self._errors: dict[str, int] = {}
        self._since: dict[str, float] = {}
        self._told: set[str] = set()

    def look(self) -> None:
        """Raise and clear the issues, by how everything is now."""
        coordinator = self._entry.runtime_data
        for bus, link in coordinator.links.items():
            errors = sum(link.count.errors[kind] for kind in UNREADABLE)
            look = Look(
                coordinator=coordinator, bus=bus, errors=errors - self._errors.get(bus, errors)
            )
            self._errors[bus] = errors
            for row in BUS_TROUBLES:
                words = row.find(look) if coordinator.is_up(bus) else None
                if words is not None:
                    words = {"bus": coordinator.buses[bus].title, **words}
                issue = f"{row.key}_{self._entry.entry_id}_{bus}"
                if self._lasts(issue, words, row.lasts):
                    self._raise(issue, row.key, words or {}, row.severity)
        self._look_for_inputs()
        self._look_for_buses()

    def forget(self) -> None:
        """Take back what was told."""
        for issue in self._told:
            ir.async_delete_issue(self._hass, DOMAIN, issue)
        self._told.clear()

    def _look_for_inputs(self) -> None:
        """Tell of entities that an interlock asks, and that are not there."""
        coordinator = self._entry.runtime_data
        known = {str(thing.id): thing for thing in coordinator.coach.things.values()}
        missing = [
            f"- {name_of(coordinator, known[thing]) if thing in known else thing}: {entity}"
            for thing, row in self._entry.options.get(CONF_THINGS, {}).items()
            for entity in row.get(CONF_INPUTS, {}).values()
            if entity and self._hass.states.get(entity) is None
        ]
        issue = f"{INPUT_MISSING}_{self._entry.entry_id}"
        words = {"missing": "\n".join(missing)} if missing and self._hass.is_running else None
        if self._lasts(issue, words, INPUT_MISSING_FOR):
            self._raise(issue, INPUT_MISSING, words or {}, ir.IssueSeverity.WARNING)

    def _look_for_buses(self) -> None:
        """Tell of decisions about things of buses that the coach does not have."""
        gone = decisions_without_bus(self._entry)
        issue = f"bus_unknown_{self._entry.entry_id}"
        if self._lasts(issue, {} if gone else None, 0.0):
            self._told.add(issue)
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                issue,
                data={"entry": self._entry.entry_id, "forgotten": ", ".join(gone)},
                is_fixable=True,
                severity=ir.IssueSeverity.WARNING,
                translation_key="bus_unknown",
                translation_placeholders={"coach": self._entry.title},
            )

    def _lasts(self, issue: str, words: Words | None, lasts: float) -> bool:
        """Tell whether something has been wrong for so long; what is not is taken back."""
        if words is None:
            self._since.pop(issue, None)
            if issue in self._told:
                self._told.discard(issue)
                ir.async_delete_issue(self._hass, DOMAIN, issue)
            return False
        now = self._hass.loop.time()
        return now - self._since.setdefault(issue, now) >= lasts

    def _raise(self, issue: str, key: str, words: Words, severity: ir.IssueSeverity) -> None:
        """Tell of something that only the owner can put right."""
        self._told.add(issue)
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue,
            is_fixable=False,
            severity=severity,
            translation_key=key,
            translation_placeholders=words,
        )


def decisions_without_bus(entry: CoachConfigEntry) -> list[str]:
    """Return the things that something was decided of, and whose bus the coach does not have."""
    buses = {bus.unique_id for bus in entry.get_subentries_of_type(BUS)}
    decisions: Mapping[str, object] = entry.options.get(CONF_THINGS, {})
    return [thing for thing in decisions if thing.split("-", 1)[0] not in buses]


class ForgetFlow(RepairsFlow):
    """Forgets what was decided of things whose bus is gone."""

    def __init__(self, entry_id: str) -> None:
        """Take the entry."""
        self._entry_id = entry_id

    async def async_step_init(self, _: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Show what would be forgotten."""
        entry: CoachConfigEntry = self.hass.config_entries.async_get_known_entry(self._entry_id)
        gone = decisions_without_bus(entry)
        return self.async_show_menu(
            step_id="init",
            menu_options=["forget"],
            description_placeholders={
                "coach": entry.title,
                "things": "\n".join(f"- {thing}" for thing in gone),
            },
        )

    async def async_step_forget(self, _: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Forget it; the coach is set up again."""
        entry: CoachConfigEntry = self.hass.config_entries.async_get_known_entry(self._entry_id)
        gone = decisions_without_bus(entry)
        decisions = entry.options.get(CONF_THINGS, {})
        kept = {thing: row for thing, row in decisions.items() if thing not in gone}
        self.hass.config_entries.async_update_entry(
            entry, options={**entry.options, CONF_THINGS: kept}
        )
        return self.async_create_entry(data={})
