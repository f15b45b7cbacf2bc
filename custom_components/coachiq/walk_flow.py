"""The steps of a walk through the coach: press a switch, name what changed, press the next."""

import asyncio

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .coach import Thing, ThingId
from .coach.walk import Walk
from .coordinator import CoachCoordinator
from .thing_flow import CONF_THING, ThingSteps
from .thing_form import CONF_AREA, Answers
from .thing_name import Place, read_id

CONF_NEXT = "next"
PATIENCE = 60.0
SETTLING = 3.0
# What only measured something else meanwhile is not worth a long list.
MOST_FOUND = 10


async def async_walk(coordinator: CoachCoordinator) -> list[ThingId]:
    """Return what changed when a switch was pressed, the most telling first; none in a minute."""
    walk = Walk(coordinator.coach)
    pressed = asyncio.Event()

    def witness(thing: Thing, names: set[str]) -> None:
        if walk.note(thing, names):
            pressed.set()

    end = coordinator.async_witness(witness)
    try:
        async with asyncio.timeout(PATIENCE):
            await pressed.wait()
        await asyncio.sleep(SETTLING)
    except TimeoutError:
        return []
    finally:
        end()
    return [thing.id for thing in walk.found()][:MOST_FOUND]


class WalkSteps(ThingSteps):
    """Waits for a switch to be pressed, again and again."""

    def __init__(self) -> None:
        """Begin before the first switch."""
        super().__init__()
        self._walking: asyncio.Task[list[ThingId]] | None = None
        self._found: list[ThingId] = []
        self._area: str | None = None

    async def async_step_walk(self, _: Answers | None = None) -> ConfigFlowResult:
        """Wait until a switch is pressed, for a minute at most."""
        if self._walking is None:
            self._walking = self.hass.async_create_background_task(
                async_walk(self._coordinator), "coachiq walk", eager_start=False
            )
        if not self._walking.done():
            return self.async_show_progress(
                step_id="walk", progress_action="walk", progress_task=self._walking
            )
        task, self._walking = self._walking, None
        self._found = task.result()
        return self.async_show_progress_done(next_step_id="found" if self._found else "nothing")

    async def async_step_nothing(self, _: Answers | None = None) -> ConfigFlowResult:
        """Say that nothing changed; the owner tries again, or ends."""
        return self.async_show_menu(step_id="nothing", menu_options=["walk", "finish"])

    async def async_step_found(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Choose what belongs to the switch; where only one thing changed it is that."""
        if user_input is not None:
            self._thing = read_id(user_input[CONF_THING])
            return await self.async_step_walked()
        if len(self._found) == 1:
            (self._thing,) = self._found
            return await self.async_step_walked()
        labels = await self._async_labels(self._found)
        choice = SelectSelectorConfig(
            options=[SelectOptionDict(value=str(one), label=labels[one]) for one in self._found],
            mode=SelectSelectorMode.LIST,
        )
        first = vol.Required(CONF_THING, default=str(self._found[0]))
        return self.async_show_form(
            step_id="found", data_schema=vol.Schema({first: SelectSelector(choice)})
        )

    async def async_step_walked(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Name and place the thing, and go on with the next switch."""
        thing = self._thing
        if thing is None:
            raise RuntimeError("nothing has changed")
        extra: dict[vol.Marker, object] = {vol.Required(CONF_NEXT, default=True): BooleanSelector()}
        if user_input is None:
            return await self._async_show_thing("walked", thing, extra=extra)
        wrong = self._take(thing, user_input)
        if wrong or not self._is_complete(thing, user_input):
            return await self._async_show_thing("walked", thing, user_input, wrong, extra)
        # The next switch is likely to be in the same room.
        self._area = user_input.get(CONF_AREA)
        return await (self.async_step_walk() if user_input[CONF_NEXT] else self.async_step_finish())

    def _suggested_place(self, thing: ThingId) -> Place:
        """Suggest the area of the last thing where this one has none."""
        place = super()._suggested_place(thing)
        return Place(name=place.name, area=place.area or self._area)

    def async_remove(self) -> None:
        """Wait no more when the dialog is closed."""
        if self._walking:
            self._walking.cancel()
        super().async_remove()
