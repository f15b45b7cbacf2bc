"""Which models of coach the flow offers, and which of them was heard."""

from dataclasses import dataclass
from pathlib import Path

from homeassistant.core import HomeAssistant

from .bus.probe import Report
from .bus_form import async_sentence
from .coach.proposal import Proposal, heard_pairs, leading, rank
from .coach.shelf import Shelf, read_shelf
from .const import DOMAIN
from .rvc import load_spec

# So many models that fit alike are named.
MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The models on offer, those that fit first: `titles` by key, in the order of the form.

    `proposed` is the one that clearly fits; `fit` and `problems` are sentences for the owner, or
    empty.
    """

    titles: dict[str, str]
    proposed: str | None
    fit: str
    problems: str


async def async_models(hass: HomeAssistant, report: Report | None) -> Choice:
    """Return what can be chosen, in the light of what was heard on the first bus."""
    shelf, fitting = await hass.async_add_executor_job(
        _read, Path(hass.config.path(DOMAIN)), report
    )
    keys = [
        *(proposal.key for proposal in fitting),
        *sorted(shelf.profiles, key=lambda key: shelf.profiles[key].title),
    ]
    return Choice(
        titles={key: shelf.profiles[key].title for key in keys},
        proposed=fitting[0].key if len(fitting) == 1 else None,
        fit=await _async_fit(hass, fitting),
        problems=await _async_problems(hass, shelf),
    )


def _read(config: Path, report: Report | None) -> tuple[Shelf, list[Proposal]]:
    """Return the profiles, and those of them that fit what was heard; blocking."""
    shelf = read_shelf(config)
    if report is None:
        return shelf, []
    heard = heard_pairs(report.instances, load_spec())
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
