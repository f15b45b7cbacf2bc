"""Events: a switch that was pressed, an alarm that came, a fault that a node reports."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import override

from homeassistant.components.event import EventDeviceClass, EventEntity, EventEntityDescription
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coach import Thing, label, number
from .coordinator import CoachConfigEntry, CoachCoordinator
from .entity import ThingDescription, ThingEntity, matching
from .rvc import Timer, Value

PARALLEL_UPDATES = 0
# A switch that springs back is said again and again while it is held (6.25.2, 2023-11), at least
# 0.1 s apart. One of which that is not said is not known to be held.
HOLD = 1.0
REPETITION = 0.5

type Happening = tuple[str, dict[str, float] | None]


@dataclass(frozen=True, kw_only=True)
class CoachEventDescription(ThingDescription, EventEntityDescription):
    """An event of a family: what happened when `value` became another.

    `held` is the event after which another one follows if it goes on.
    """

    value: str
    held: str | None = None
    happened: Callable[[Mapping[str, Value]], Happening | None]


def _moved(values: Mapping[str, Value]) -> Happening | None:
    """Return how a switch was moved: one that springs back is pressed and released."""
    position = label(values["position"])
    if position is None:
        index = number(values["position"])
        return None if index is None else ("turned", {"position": index})
    if label(values["switch_type"]) == "momentary":
        return ("pressed" if position == "on" else "released"), None
    return position, None


def _alarmed(values: Mapping[str, Value]) -> Happening:
    """Return whether an alarm came or went."""
    return ("triggered" if label(values["triggered"]) == "yes" else "cleared"), None


EVENTS = (
    CoachEventDescription(
        key="moved",
        translation_key="moved",
        device_class=EventDeviceClass.BUTTON,
        event_types=["on", "off", "pressed", "held", "released", "turned"],
        family="digital_input",
        value="position",
        held="pressed",
        happened=_moved,
    ),
    CoachEventDescription(
        key="alarmed",
        translation_key="alarmed",
        event_types=["triggered", "cleared"],
        family="alarm",
        value="triggered",
        happened=_alarmed,
    ),
    # What a panel shows to who stands before it.
    CoachEventDescription(
        key="shown",
        translation_key="shown",
        event_types=["both_off", "only_led_1_on", "only_led_2_on", "both_on", "flash_alternately"],
        family="indicator",
        value="lamps",
        happened=lambda values: (str(values["lamps"]), None),
    ),
)


async def async_setup_entry(
    _: HomeAssistant, entry: CoachConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Make the events of each node and thing."""
    coordinator = entry.runtime_data
    coordinator.features.add_entities(Platform.EVENT, coordinator, async_add_entities)
    coordinator.add_platform(async_add_entities, _make)


def _make(coordinator: CoachCoordinator, thing: Thing) -> list[CoachEvent]:
    """Make the events of a thing."""
    return [CoachEvent(coordinator, thing, row) for row in matching(coordinator, thing, EVENTS)]


class CoachEvent(ThingEntity, EventEntity):
    """What happened to a thing; what is heard for the first time did not happen just now."""

    entity_description: CoachEventDescription

    def __init__(
        self, coordinator: CoachCoordinator, thing: Thing, description: CoachEventDescription
    ) -> None:
        """Take the thing as it is."""
        super().__init__(coordinator, thing, description, (description.value,))
        self._last = thing.values[description.value]
        self._hold: Timer | None = None

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Wait no more for what goes on."""
        self._end_hold()
        await super().async_will_remove_from_hass()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Tell what happened, if anything did."""
        value = self.thing.values[self.entity_description.value]
        if value != self._last and None not in (value, self._last) and self.available:
            happening = self.entity_description.happened(self.thing.values)
            if happening:
                self._trigger_event(*happening)
                self._end_hold()
                if happening[0] == self.entity_description.held:
                    self._hold = self.coordinator.clock.call_later(HOLD, self._go_on)
        self._last = value
        super()._handle_coordinator_update()

    @callback
    def _go_on(self) -> None:
        """Tell that it is held, if it was said again just now."""
        self._hold = None
        heard = self._line.intake.last_heard(self.thing.id)
        if heard is not None and self.coordinator.clock.now() - heard < REPETITION:
            self._trigger_event("held")
            super()._handle_coordinator_update()

    def _end_hold(self) -> None:
        """Wait no more for what goes on."""
        if self._hold:
            self._hold.cancel()
            self._hold = None
