"""What all entities of things share: identity, availability, pace."""

from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import override

from homeassistant.core import CALLBACK_TYPE, HassJob, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import BaseCoordinatorEntity

from .coach import Thing
from .coach.kind import KINDS_OF
from .coordinator import CONNECTED, CoachCoordinator
from .error import CommandError
from .news import NewsEntity

# Of what stays in storage nobody needs to see more, in seconds; what can be stopped is no such.
STORAGE_INTERVAL = 60.0


@dataclass(frozen=True, kw_only=True)
class ThingDescription(EntityDescription):
    """An entity of each thing of a family.

    `kinds` limits it to things that the profile, or else the family, takes for one of these. What
    changes with every frame is written at most once in `interval` seconds. One that is `guarded`
    can hurt people: it is made only of things that the owner has allowed to be operated.
    """

    family: str
    kinds: frozenset[str] = frozenset()
    interval: float = 0.0
    guarded: bool = False


# What a thing of a family is taken for when no profile says otherwise.
KINDS = {family: kinds[0] for family, kinds in KINDS_OF.items()}


def matching[D: ThingDescription](
    coordinator: CoachCoordinator, thing: Thing, descriptions: Iterable[D]
) -> list[D]:
    """Return the descriptions that apply to a thing."""
    kind = coordinator.coach.kind(thing.id) or KINDS.get(thing.id.family, "")
    return [
        description
        for description in descriptions
        if description.family == thing.id.family
        and (not description.kinds or kind in description.kinds)
        and (not description.guarded or coordinator.coach.decision(thing.id).allowed)
        and (description.family, description.key) not in coordinator.features.missing
    ]


class ThingEntity(NewsEntity, BaseCoordinatorEntity[CoachCoordinator]):
    """An entity that shows some values of one thing."""

    _attr_has_entity_name = True
    entity_description: ThingDescription

    def __init__(
        self,
        coordinator: CoachCoordinator,
        thing: Thing,
        description: ThingDescription,
        names: Iterable[str],
    ) -> None:
        """Take the thing and the names of the values to follow."""
        super().__init__(coordinator, (thing, frozenset(names)))
        self.thing = thing
        self.entity_description = description
        self._attr_unique_id = f"{thing.id}-{description.key}"
        self._attr_device_info = coordinator.device_info(thing)
        self._line = coordinator.coach.lines[thing.id.bus]
        self._written = 0.0
        self._later: CALLBACK_TYPE | None = None

    @property
    @override
    def available(self) -> bool:
        """Tell whether the bus is up and the thing neither silent for too long nor at rest."""
        is_resting = self.coordinator.coach.is_resting(self.thing)
        return self._line.up and not self.thing.silent and not is_resting

    @override
    async def async_update(self) -> None:
        """Do nothing: the bus speaks for itself."""

    async def async_noted(self, act: Awaitable[None], what: str, **arguments: object) -> None:
        """Wait until something is done, and put on record what was asked for, by whom."""
        note = partial(
            self.coordinator.note,
            self.thing,
            reason=what,
            entity_id=self.entity_id,
            arguments=arguments,
        )
        # Meanwhile somebody else may ask for something.
        context = self._context
        try:
            await act
        except HomeAssistantError as error:
            note("failed", context, error=error)
            raise
        note("command", context)

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Forget a write that waits."""
        if self._later:
            self._later()
            self._later = None

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write the state, where it has an interval the first at once, then the last.

        What shows nothing need not wait.
        """
        coach = self.coordinator.coach
        interval = self.entity_description.interval and max(
            self.entity_description.interval, coach.pace
        )
        if coach.in_storage and self.thing.family.stays:
            interval = STORAGE_INTERVAL
        wait = self._written + interval - self.hass.loop.time()
        news = self._shown is None or self.available != self.was_available
        if news or wait <= 0 or not interval:
            self._write()
        elif self._later is None:
            self._later = async_call_later(
                self.hass, wait, HassJob(self._write_later, cancel_on_shutdown=True)
            )

    @callback
    def _write_later(self, _: object) -> None:
        """Write what was held back."""
        self._later = None
        self._write()

    @callback
    def _write(self) -> None:
        """Write the state now, if it is another one."""
        before = self._shown
        self.write_news()
        if self._shown != before:
            self._written = self.hass.loop.time()


class MoverEntity(ThingEntity):
    """An entity of what moves: while its bus can send it can be stopped, so it is available."""

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the bus, too: what says nothing new is not told of one that can send again."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.coordinator.async_listen(
                self.thing.id.bus, frozenset((CONNECTED,)), self._handle_coordinator_update
            )
        )

    @property
    @override
    def available(self) -> bool:
        """Tell whether a stop reaches the bus."""
        return self.coordinator.can_send(self.thing.id.bus)


class CommandedEntity(ThingEntity):
    """An entity that also commands its thing."""

    @property
    @override
    def assumed_state(self) -> bool:
        """Tell whether the thing was found not to report what it was told."""
        return self.thing.answers is False

    async def async_command(self, intent: str, **arguments: float | str) -> None:
        """Command the thing and wait for its answer; raises a translated error."""
        if self.entity_description.guarded:
            self.check_code()
        act = self.coordinator.async_command(self.thing, intent, **arguments)
        await self.async_noted(act, intent, **arguments)

    def check_code(self, code: str | None = None) -> None:
        """Raise a translated error if the owner's code is needed, and put that on record."""
        try:
            self.coordinator.guard.admit(code)
        except CommandError as error:
            self.coordinator.note(self.thing, "refused", self._context, reason=error.key)
            raise self.coordinator.translated(self.thing, error) from error


class SwitchedEntity(CommandedEntity):
    """An entity of a thing that is on or off."""

    @property
    def is_on(self) -> bool | None:
        """Tell whether it is on, None while the bus has not said."""
        on = self.thing.shown("on")
        return on if isinstance(on, bool) else None
