"""How the coaches are, in a few lines, among what Home Assistant tells of its own health."""

from collections.abc import Callable
from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback

from .bus import LinkState
from .bus_form import async_selector_words
from .bus_issue import async_explain
from .const import DOMAIN
from .coordinator import CoachCoordinator
from .device import node_name


@callback
def async_register(_: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Tell Home Assistant what to ask."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return what is shown, by the keys of the translations."""
    entries = hass.config_entries.async_loaded_entries(DOMAIN)
    coaches: list[CoachCoordinator] = [entry.runtime_data for entry in entries]
    buses = [(coach, key) for coach in coaches for key in coach.buses]
    things = [thing for coach in coaches for thing in coach.coach.things.values()]
    nodes = sum(len(coach.coach.lines[key].intake.nodes) for coach, key in buses)
    up = [1 for coach, key in buses if coach.is_up(key)]
    words = await async_selector_words(hass, "system_health")
    problems = [problem for coach in coaches for problem in await _async_problems(coach, words)]
    return {
        "coaches": ", ".join(coach.entry.title for coach in coaches),
        "networks_up": words["part"].format(part=len(up), whole=len(buses)),
        "frames_per_second": _each(buses, lambda coach, key: coach.gauges[key].health.frame_rate),
        "bus_load": _each(buses, lambda coach, key: coach.gauges[key].health.load),
        "nodes": nodes,
        "things": len(things),
        "silent_things": sum(thing.silent for thing in things),
        "problems": "; ".join(problems) or words["none"],
    }


def _each(
    buses: list[tuple[CoachCoordinator, str]],
    measured: Callable[[CoachCoordinator, str], float | None],
) -> str:
    """Return a figure of each bus behind its name; one that is not known is a dash."""
    figures = []
    for coach, key in buses:
        figure = measured(coach, key)
        figures.append(f"{coach.buses[key].title} {'-' if figure is None else round(figure, 1)}")
    return ", ".join(figures)


async def _async_problems(coach: CoachCoordinator, words: dict[str, str]) -> list[str]:
    """Return in sentences which buses are down, and which nodes say that something is wrong."""
    found = []
    for key, link in coach.links.items():
        bus, problem = coach.buses[key].title, link.count.problem
        if problem and link.state is LinkState.DOWN:
            reason = await async_explain(coach.hass, problem)
            found.append(words["bus_down"].format(bus=bus, reason=reason))
        lamps = coach.coach.lines[key].citizens.lamps
        found += [
            words["red_lamp"].format(bus=bus, node=node_name(coach, key, source))
            for source, lamp in lamps.items()
            if lamp.red
        ]
    return found
