"""Moving and stopping from Home Assistant: refusals and errors in words, overrides on record."""

import asyncio
from collections.abc import Iterable

from homeassistant.core import Context, callback

from .coach import Thing
from .coordinator import CoachCoordinator
from .error import CoachError, CommandError


@callback
def async_begin(
    coordinator: CoachCoordinator,
    thing: Thing,
    direction: str,
    context: Context | None,
    ended: asyncio.Future[CoachError | None],
    *,
    hold: bool = False,
) -> None:
    """Begin to move a thing; `ended` gets why it ended. Raises a translated error when it must not.

    What the interlock was let off is noted with its user.
    """

    def note_end(error: CoachError | None) -> None:
        if not ended.done():
            ended.set_result(error)
        if isinstance(error, CommandError):
            coordinator.note(thing, "stopped", context, reason=error.key)

    try:
        coordinator.guard.check()
        without = coordinator.coach.check_motion(thing)
        coordinator.coach.motions.start(thing, direction, note_end, hold=hold)
    except CommandError as error:
        coordinator.note(thing, "refused", context, reason=error.key)
        raise coordinator.translated(thing, error) from error
    coordinator.note(thing, "command", context, reason=direction)
    if without:
        coordinator.note(thing, "override", context, reason=", ".join(without))


async def async_move(
    coordinator: CoachCoordinator, thing: Thing, direction: str, context: Context | None
) -> None:
    """Move a thing for its run time; returns once it is under way."""
    ended: asyncio.Future[CoachError | None] = coordinator.hass.loop.create_future()
    async_begin(coordinator, thing, direction, context, ended)
    if ended.done() and (error := ended.result()):
        raise coordinator.translated(thing, error)


async def async_stop(coordinator: CoachCoordinator, thing: Thing, context: Context | None) -> None:
    """Stop a thing, whoever moves it; raises a translated error when the stop could not leave."""
    coordinator.note(thing, "command", context, reason="stop")
    await _async_halt(coordinator, [thing])


async def _async_halt(coordinator: CoachCoordinator, things: Iterable[Thing]) -> None:
    """Stop things; raises a translated error when a stop could not leave."""
    stopped = list(things)
    outcome = await coordinator.async_halt(stopped)
    for thing in stopped:
        if error := outcome[thing.id]:
            raise coordinator.translated(thing, error)


async def async_stop_all(coordinator: CoachCoordinator, context: Context | None) -> None:
    """Stop all movers on every bus that can send; raises when a stop did not leave."""
    coach = coordinator.coach
    coordinator.note(None, "command", context, reason="stop_all")
    coach.cranking.abort()
    movers = [thing for thing in coach.things.values() if coach.mover(thing.id)]
    await _async_halt(coordinator, [one for one in movers if coordinator.can_send(one.id.bus)])
