"""The simulated coach carries one of everything, by the integration's own tables."""

import pytest

from custom_components.coachiq.coach import FAMILIES
from custom_components.coachiq.coach.commands import COMMANDS
from custom_components.coachiq.coach.families import CHASSIS_OF, FAMILY_OF
from custom_components.coachiq.coach.mover import MOVERS
from custom_components.coachiq.rvc import COMMANDS as INTENTS, load_spec
from custom_components.coachiq.simulator.coach import SET_DATE_TIME_COMMAND
from tests.coach import stage as coach_stage
from tests.simulator.stage import Stage

# The chassis speaks J1939, on a bus of its own that is not simulated.
ELSEWHERE = {family.key for family in CHASSIS_OF.values()}


@pytest.fixture(scope="module")
def coach() -> coach_stage.Stage:
    """Return a coach that has heard the simulated one for a while."""
    simulated, hearing = Stage(), coach_stage.Stage()
    heard = 0.0
    for _ in range(2):
        # What speaks only on change answers.
        for name in FAMILY_OF:
            simulated.send(0xEAFF, load_spec().named(name).dgn.to_bytes(3, "little").hex())
        for at, can_id, data in simulated.run(8.0):
            hearing.clock.advance(at - heard)
            heard = at
            hearing.coach.receive("house", [(can_id, data)], hearing.clock.now())
    return hearing


def test_every_family_is_there(coach: coach_stage.Stage) -> None:
    found = {thing.family for thing in coach.coach.things}
    wanted = {family.key for family in FAMILIES} - ELSEWHERE
    assert wanted <= found


@pytest.mark.parametrize("family", sorted({family for family, _ in COMMANDS} | MOVERS.keys()))
def test_every_family_obeys_its_commands(family: str) -> None:
    """Something on the simulated coach listens to each DGN that commands a family."""
    coach = Stage().coach
    heeded = {
        *coach._obey,
        *(one.command for one in coach.fittings),
        *(one.kind.command for one in coach.movers),
        SET_DATE_TIME_COMMAND,
    }
    ways = MOVERS[family].ways.values() if family in MOVERS else ()
    dgns = {command.dgn for (key, _), command in COMMANDS.items() if key == family}
    dgns |= {INTENTS[way].dgn for way in ways}
    assert {name for name in dgns if load_spec().named(name).dgn not in heeded} == set()
