"""Which models of coach the flow offers, and which of them was heard."""

from dataclasses import dataclass
from pathlib import Path

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from .bus_form import async_sentence
from .coach import FAMILY
from .coach.proposal import Pair, Proposal, heard_pairs, leading, rank
from .coach.shelf import OWN, Shelf, load_profile, read_shelf
from .const import CONF_PROFILE, DOMAIN
from .coordinator import CoachConfigEntry
from .device import registered_thing
from .rvc import load_spec

NO_PROFILE = "none"
# So many models that fit alike are named.
MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The models on offer: those that fit first, then the owner's own: `titles` by key.

    `proposed` is the one that clearly fits; `fit` and `problems` are sentences for the owner, or
    empty.
    """

    titles: dict[str, str]
    proposed: str | None
    fit: str
    problems: str


async def async_models(
    hass: HomeAssistant,
    *,
    instances: frozenset[tuple[int, int]] = frozenset(),
    pairs: frozenset[Pair] = frozenset(),
) -> Choice:
    """Return what can be chosen, in the light of what a probe heard, or of things that are known.

    `instances` are messages with their first bytes, `pairs` things.
    """
    shelf, fitting = await hass.async_add_executor_job(
        _read, Path(hass.config.path(DOMAIN)), instances, pairs
    )
    keys = [
        *(proposal.key for proposal in fitting),
        *sorted(
            shelf.profiles, key=lambda key: (not key.startswith(OWN), shelf.profiles[key].title)
        ),
    ]
    return Choice(
        titles={key: shelf.profiles[key].title for key in keys},
        proposed=fitting[0].key if len(fitting) == 1 else None,
        fit=await _async_fit(hass, fitting),
        problems=await _async_problems(hass, shelf),
    )


def model_selector(choice: Choice) -> SelectSelector:
    """Return what a model is chosen with."""
    return SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=NO_PROFILE, label=NO_PROFILE),
                *(SelectOptionDict(value=key, label=title) for key, title in choice.titles.items()),
            ],
            mode=SelectSelectorMode.DROPDOWN,
            translation_key=CONF_PROFILE,
        )
    )


def chosen_model(answer: str) -> str | None:
    """Return the key of the profile that was chosen."""
    return None if answer == NO_PROFILE else answer


def known_pairs(entry: CoachConfigEntry) -> frozenset[Pair]:
    """Return the things of a coach that was set up."""
    if entry.state is not ConfigEntryState.LOADED:
        return frozenset()
    things = entry.runtime_data.coach.things
    return frozenset((thing.family, thing.key[0]) for thing in things if thing.family in FAMILY)


async def async_give_areas(hass: HomeAssistant, entry: CoachConfigEntry, key: str | None) -> None:
    """Put things that are in no area yet where a profile has them.

    Home Assistant takes a suggestion only for a new device.
    """
    if entry.state is not ConfigEntryState.LOADED:
        return
    profile = await hass.async_add_executor_job(load_profile, key, Path(hass.config.path(DOMAIN)))
    coordinator = entry.runtime_data
    for thing in coordinator.coach.things.values():
        row = profile.row(thing.id.family, thing.id.key)
        device = registered_thing(coordinator, thing.id)
        if row.area and device and device.area_id is None:
            area = ar.async_get(hass).async_get_or_create(row.area)
            dr.async_get(hass).async_update_device(device.id, area_id=area.id)


def _read(
    config: Path, instances: frozenset[tuple[int, int]], pairs: frozenset[Pair]
) -> tuple[Shelf, list[Proposal]]:
    """Return the profiles, and those of them that fit what was heard; blocking."""
    shelf = read_shelf(config)
    heard = pairs | (heard_pairs(instances, load_spec()) if instances else frozenset())
    return shelf, leading(rank(heard, shelf.profiles))


async def _async_fit(hass: HomeAssistant, fitting: list[Proposal]) -> str:
    """Return why a model is proposed, or why none of several is."""
    if not fitting:
        return ""
    first = fitting[0]
    text = await async_sentence(hass, "fit", "one" if len(fitting) == 1 else "several")
    more = len(fitting) - MOST_NAMED
    names = "; ".join(proposal.title for proposal in fitting[:MOST_NAMED])
    return text.format(
        models=names + (f" (+{more})" if more > 0 else ""), heard=first.heard, things=first.things
    )


async def _async_problems(hass: HomeAssistant, shelf: Shelf) -> str:
    """Return what is wrong with profiles that are not offered."""
    if not shelf.problems:
        return ""
    text = await async_sentence(hass, "fit", "broken")
    return "\n".join(text.format(**problem.words) for problem in shelf.problems)
