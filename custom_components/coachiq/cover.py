"""Covers: what moves. They open and close only where the owner allows it, and stop always."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.cover import (
    CoverDeviceClass,
    CoverEntity,
    CoverEntityDescription,
    CoverEntityFeature,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coach import Thing
from .coach.jack import SIDES, side_is_up, side_moves
from .coach.mover import CLOSE, OPEN, Mover, position_of, way_of
from .coordinator import CoachConfigEntry, CoachCoordinator
from .entity import MoverEntity, ThingDescription, matching
from .move import async_move, async_stop

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class CoachCoverDescription(ThingDescription, CoverEntityDescription):
    """A cover of each mover of a family, or of each pair of outputs that is of a kind."""


# Of these classes Home Assistant's own words and icons will not do.
TOLD = (None, CoverDeviceClass.AWNING)


def _row(
    family: str,
    device_class: CoverDeviceClass | None = None,
    kind: str | None = None,
    words: str | None = None,
) -> CoachCoverDescription:
    """Return the row of a family, or of a kind of pair with the words of another family."""
    return CoachCoverDescription(
        key="cover",
        family=family,
        kinds=frozenset((kind,) if kind else ()),
        translation_key=(words or family) if device_class in TOLD else None,
        name=None,
        device_class=device_class,
    )


COVERS = (
    _row("awning", CoverDeviceClass.AWNING),
    _row("slide"),
    _row("shade", CoverDeviceClass.SHADE),
    _row("motor"),
    _row("step"),
    _row("tv_lift"),
    _row("door", CoverDeviceClass.DOOR),
    _row("window", CoverDeviceClass.WINDOW),
    _row("roof_fan"),
    *(
        CoachCoverDescription(key=side, family="leveling", translation_key=side, guarded=True)
        for side in SIDES
    ),
    *(
        _row(family, device_class, kind, words)
        for family in ("dimmer", "dc_load")
        for kind, words, device_class in (
            ("awning", "awning", CoverDeviceClass.AWNING),
            ("slide", "slide", None),
            ("shade", "shade", CoverDeviceClass.SHADE),
            ("lift", "tv_lift", None),
            ("vent", "vent", None),
            ("motor", "motor", None),
        )
    ),
)


async def async_setup_entry(
    _: HomeAssistant, entry: CoachConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Make a cover of each mover."""
    entry.runtime_data.add_platform(async_add_entities, _make)


def _make(coordinator: CoachCoordinator, thing: Thing) -> list[CoachCover]:
    """Make the cover of a thing; of what seldom has a motor once the owner says that it has."""
    mover = coordinator.coach.mover(thing.id)
    if mover is None or (mover.is_rare and not coordinator.coach.decision(thing.id).allowed):
        return []
    return [
        (Side if row.key in SIDES else CoachCover)(coordinator, thing, row, mover)
        for row in matching(coordinator, thing, COVERS)
    ]


class CoachCover(MoverEntity, CoverEntity):
    """A mover that opens and closes."""

    entity_description: CoachCoverDescription

    def __init__(
        self,
        coordinator: CoachCoordinator,
        thing: Thing,
        description: CoachCoverDescription,
        mover: Mover,
    ) -> None:
        """Offer what the owner allows, and a stop."""
        super().__init__(coordinator, thing, description, thing.values)
        self._mover = mover
        self._attr_supported_features = CoverEntityFeature.STOP
        if coordinator.coach.decision(thing.id).allowed:
            self._attr_supported_features |= CoverEntityFeature.OPEN | CoverEntityFeature.CLOSE

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the other output of a pair, too."""
        await super().async_added_to_hass()
        for half in self.coordinator.coach.halves(self.thing.id)[1:]:
            self.async_on_remove(
                self.coordinator.async_listen(
                    half, frozenset(("on",)), self._handle_coordinator_update
                )
            )

    @property
    @override
    def available(self) -> bool:
        """Tell whether a stop reaches the bus, or the bus tells of the thing."""
        return super().available or (self._line.up and not self.thing.silent)

    @property
    @override
    def current_cover_position(self) -> int | None:
        """Return how far it is open, in percent; None while the bus does not say."""
        if self._mover.position is None or self.thing.silent:
            return None
        position = position_of(self.thing.values.get(self._mover.position))
        return None if position is None else round(position)

    @property
    @override
    def is_closed(self) -> bool | None:
        """Tell whether it is closed; None while the bus does not say."""
        position = self.current_cover_position
        return None if position is None else position == 0

    @property
    @override
    def is_opening(self) -> bool | None:
        """Tell whether it opens."""
        return self._moves(OPEN)

    @property
    @override
    def is_closing(self) -> bool | None:
        """Tell whether it closes."""
        return self._moves(CLOSE)

    @override
    async def async_open_cover(self, **kwargs: Any) -> None:
        """Open it for its run time at most."""
        await async_move(self.coordinator, self.thing, self._way(OPEN), self._context)

    @override
    async def async_close_cover(self, **kwargs: Any) -> None:
        """Close it for its run time at most."""
        await async_move(self.coordinator, self.thing, self._way(CLOSE), self._context)

    @override
    async def async_stop_cover(self, **kwargs: Any) -> None:
        """Stop it."""
        await async_stop(self.coordinator, self.thing, self._context)

    def _moves(self, direction: str) -> bool | None:
        """Tell whether it moves in a direction; None while the bus does not say."""
        motion = None if self.thing.silent else self.coordinator.coach.heading(self.thing)
        return None if motion is None else motion == direction

    def _way(self, direction: str) -> str:
        """Return what the mover calls a direction."""
        return way_of(self.entity_description.key, direction)


class Side(CoachCover):
    """The jacks of one side of the coach; down is open.

    How far down is not told, so that both ways can always be asked for.
    """

    _attr_assumed_state = True

    @property
    @override
    def is_closed(self) -> bool | None:
        """Tell whether all of them are up; None while the bus does not say."""
        if self.thing.silent:
            return None
        return side_is_up(self.entity_description.key, self.thing.values)

    @override
    def _moves(self, direction: str) -> bool | None:
        """Tell whether one of them moves in a direction; None while the bus does not say."""
        verb = "extending" if direction == OPEN else "retracting"
        if self.thing.silent:
            return None
        return side_moves(self.entity_description.key, verb, self.thing.values)
