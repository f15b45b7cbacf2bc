"""Two buses that carry the same frames: noticed now and then, and which one leads is asked."""

import asyncio
from collections.abc import Collection, Iterable
from itertools import combinations
from typing import TYPE_CHECKING, Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .bus import LinkState
from .bus.bridge import Decision, Sample, Tally, followers
from .bus_form import async_sentence
from .const import CONF_BRIDGES, DOMAIN

if TYPE_CHECKING:
    from .coordinator import CoachConfigEntry, CoachCoordinator

FIRST_LOOK = 10.0
NEXT_LOOK = 60.0
# So long the buses are heard at most at a look; quiet ones are judged after several looks.
LONGEST_SAMPLE = 20.0
POLL = 0.1
SEPARATE = "separate"
CONF_LEADER = "leader"

type Pair = tuple[str, str]


def issue_id(entry_id: str, pair: Pair) -> str:
    """Return what the issue of two buses is called."""
    return "-".join(("bridged", entry_id, *pair))


async def async_watch_bridges(hass: HomeAssistant, coordinator: CoachCoordinator) -> None:
    """Look for ever whether two buses of a coach are one, and ask the owner.

    Nothing is done for a frame but in the short whiles in which samples are taken.
    """
    entry = coordinator.entry
    pairs = _undecided(entry, coordinator.links)
    forget_questions(hass, entry, pairs)
    if not pairs:
        return
    tallies = {pair: Tally() for pair in pairs}
    await asyncio.sleep(FIRST_LOOK)
    while True:
        samples, until = await _async_sample(coordinator, {key for pair in pairs for key in pair})
        for pair, tally in tallies.items():
            if samples.keys() >= set(pair):
                tally.add(samples[pair[0]], samples[pair[1]], until)
                bridged = tally.judge()
                if bridged is not None:
                    _tell(hass, coordinator, pair, bridged=bridged)
            await asyncio.sleep(0)
        await asyncio.sleep(NEXT_LOOK)


async def _async_sample(
    coordinator: CoachCoordinator, keys: Iterable[str]
) -> tuple[dict[str, Sample], float]:
    """Hear the buses that are up over the same stretch of time, by their keys.

    Returns with them the moment until which all that was said has been read.
    """
    links = coordinator.links
    samples = {key: Sample() for key in keys if links[key].state is not LinkState.DOWN}
    if len(samples) < 2:
        return {}, 0.0
    taps = [links[key].tap(sample.hear) for key, sample in samples.items()]
    try:
        for _ in range(round(LONGEST_SAMPLE / POLL)):
            heard = samples.values()
            if all(one.is_enough for one in heard) or any(one.is_full for one in heard):
                break
            await asyncio.sleep(POLL)
        until = coordinator.clock.now()
        await asyncio.sleep(POLL)
    finally:
        for untap in taps:
            untap()
    return samples, until


def _tell(hass: HomeAssistant, coordinator: CoachCoordinator, pair: Pair, *, bridged: bool) -> None:
    """Ask which of two buses leads, or take the question back."""
    entry = coordinator.entry
    if not bridged:
        ir.async_delete_issue(hass, DOMAIN, issue_id(entry.entry_id, pair))
        return
    one, other = (coordinator.buses[key].title for key in pair)
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id(entry.entry_id, pair),
        data={"entry": entry.entry_id, "one": pair[0], "other": pair[1]},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key="bridged",
        translation_placeholders={"one": one, "other": other},
    )


def _undecided(entry: CoachConfigEntry, keys: Iterable[str]) -> list[Pair]:
    """Return the pairs of buses of which the owner has said nothing."""
    decisions: list[Decision] = entry.options.get(CONF_BRIDGES, [])
    decided = {tuple(sorted(decision["buses"])) for decision in decisions}
    known = set(keys)
    free = sorted(known - followers(decisions, known))
    return [pair for pair in combinations(free, 2) if pair not in decided]


def decision_id(decision: Decision) -> str:
    """Return what a decision is called in a form."""
    return "-".join(decision["buses"])


async def async_decisions(hass: HomeAssistant, entry: ConfigEntry) -> list[SelectOptionDict]:
    """Return what the owner decided of buses, in words."""
    titles = {bus.unique_id: bus.title for bus in entry.subentries.values()}
    decisions: list[Decision] = entry.options.get(CONF_BRIDGES, [])
    found = []
    for decision in decisions:
        leader = decision["leads"]
        words = await async_sentence(hass, CONF_BRIDGES, "leads" if leader else SEPARATE)
        one, other = sorted(decision["buses"], key=lambda key: key != leader)
        label = words.format(one=titles.get(one, one), other=titles.get(other, other))
        found.append(SelectOptionDict(value=decision_id(decision), label=label))
    return found


def forget_decisions(hass: HomeAssistant, entry: CoachConfigEntry, keys: Collection[str]) -> None:
    """Forget what was decided of buses that are gone: a later one may get the key of one."""
    decisions: list[Decision] = entry.options.get(CONF_BRIDGES, [])
    kept = [one for one in decisions if all(key in keys for key in one["buses"])]
    if kept != decisions:
        options = {**entry.options, CONF_BRIDGES: kept}
        hass.config_entries.async_update_entry(entry, options=options)


def forget_questions(
    hass: HomeAssistant, entry: CoachConfigEntry, pairs: Iterable[Pair] = ()
) -> None:
    """Take back what is asked of a coach's buses, but for these pairs."""
    kept = {issue_id(entry.entry_id, pair) for pair in pairs}
    ours = f"bridged-{entry.entry_id}-"
    for domain, issue in list(ir.async_get(hass).issues):
        if domain == DOMAIN and issue.startswith(ours) and issue not in kept:
            ir.async_delete_issue(hass, DOMAIN, issue)


class BridgeFlow(RepairsFlow):
    """Asks which of two buses leads; the answer is kept in the coach's options."""

    def __init__(self, entry_id: str, pair: Pair) -> None:
        """Take the entry and the keys of its two buses."""
        self._entry_id = entry_id
        self._pair = pair

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask, and keep the answer; the coach is set up again by it."""
        entry: CoachConfigEntry = self.hass.config_entries.async_get_known_entry(self._entry_id)
        titles = {bus.unique_id: bus.title for bus in entry.subentries.values()}
        if not titles.keys() >= set(self._pair):
            return self.async_abort(reason="bus_gone")
        if user_input is not None and CONF_LEADER in user_input:
            leader = user_input[CONF_LEADER]
            said = Decision(
                buses=list(self._pair), leads=None if leader == SEPARATE else str(leader)
            )
            decisions = [*entry.options.get(CONF_BRIDGES, []), said]
            self.hass.config_entries.async_update_entry(
                entry, options={**entry.options, CONF_BRIDGES: decisions}
            )
            return self.async_create_entry(data={})
        options = [
            *(SelectOptionDict(value=key, label=titles[key]) for key in self._pair),
            SelectOptionDict(value=SEPARATE, label=SEPARATE),
        ]
        choice = SelectSelectorConfig(
            options=options, mode=SelectSelectorMode.LIST, translation_key=CONF_LEADER
        )
        return self.async_show_form(
            step_id="init",
            data_schema=vol.Schema({vol.Required(CONF_LEADER): SelectSelector(choice)}),
            description_placeholders={
                "one": titles[self._pair[0]],
                "other": titles[self._pair[1]],
            },
        )
