"""A real Home Assistant process, reached as any other program reaches it: REST and WebSocket."""

from itertools import pairwise

from demo import DOMAIN, SIMULATED_COACH
from ha_process import HomeAssistant, wait_for

LIGHT = "light.bedroom_ceiling_light"


def test_a_coach_from_config_flow_to_history(ha: HomeAssistant) -> None:
    ha.add_integration(DOMAIN, SIMULATED_COACH)
    (entry,) = ha.entries(DOMAIN)
    assert (entry["state"], entry["title"]) == ("loaded", "Entegra Aspire")
    ha.wait_state(LIGHT, "off", seconds=15)

    with ha.websocket() as ws:
        followed = ws.subscribe("subscribe_entities", entity_ids=[LIGHT])
        first = followed.wait(lambda event: "a" in event)
        assert first["a"][LIGHT]["s"] == "off"
        ha.act("light.turn_on", LIGHT, brightness_pct=40)
        change = followed.wait(
            lambda event: event.get("c", {}).get(LIGHT, {}).get("+", {}).get("s")
        )
        assert change["c"][LIGHT]["+"]["s"] == "on"
    lit = ha.wait_state(LIGHT, "on")
    assert lit["attributes"]["brightness"] == round(0.4 * 255)

    ha.act("light.turn_off", LIGHT)
    ha.wait_state(LIGHT, "off")
    wait_for(lambda: _steps(ha.history(LIGHT)) == ["on", "off"], "the recorder to have both")
    assert ha.problems() == []


def test_lights_are_known_again_after_a_restart(ha: HomeAssistant) -> None:
    ha.add_integration(DOMAIN, SIMULATED_COACH)
    ha.wait_state(LIGHT, "off", seconds=15)
    before = _settled_lights(ha)
    ha.act("light.turn_on", LIGHT, brightness_pct=40)
    ha.wait_state(LIGHT, "on")

    ha.restart()

    # The things are remembered, so their entities are there before the bus has said anything.
    assert ha.states("light.").keys() == before.keys()
    wait_for(lambda: _values(ha).keys() == before.keys(), "every light to be heard again", 15)
    # The simulated coach began anew, with this light off.
    wait_for(lambda: _steps(ha.history(LIGHT)) == ["on", "off"], "the history to go on")
    assert ha.problems() == []


LISTEN = {
    "network": {"transmit": False, "network_citizenship": False},
    "coach": {"generator_control": False, "time_setting": False},
}


def test_lights_are_unknown_after_a_restart_that_may_not_ask(ha: HomeAssistant) -> None:
    entry_id = ha.add_integration(DOMAIN, SIMULATED_COACH)
    ha.wait_state(LIGHT, "off", seconds=15)
    before = _settled_lights(ha)
    ha.set_options(
        entry_id,
        {"init": {"next_step_id": "settings"}, "settings": LISTEN},
    )

    ha.restart()

    # A light tells its state when it changes or is asked: what it was is not what it is.
    assert ha.states("light.").keys() == before.keys()
    # Its bus opens in the background.
    ha.wait_state(LIGHT, "unknown")
    assert ha.problems() == []


def _values(ha: HomeAssistant) -> dict[str, str]:
    """The lights whose state the bus has told."""
    states = {entity_id: state["state"] for entity_id, state in ha.states("light.").items()}
    return {entity_id: state for entity_id, state in states.items() if state in {"on", "off"}}


def _settled_lights(ha: HomeAssistant) -> dict[str, str]:
    """The lights, once two looks a second apart find the same ones."""
    seen: list[dict[str, str]] = [{}]

    def same() -> bool:
        seen.append(_values(ha))
        return bool(seen[-1]) and seen[-1].keys() == seen[-2].keys()

    wait_for(same, "the lights to be all there", 15)
    return seen[-1]


def _steps(states: list[str]) -> list[str]:
    """What a light went through after it was first heard off, each state once."""
    heard = [state for state in states if state in {"on", "off"}]
    return [after for before, after in pairwise(heard) if after != before]
