"""Hold to run over the WebSocket: a thing moves while its client keeps saying so."""

import asyncio
from dataclasses import dataclass
from typing import Any

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.components.websocket_api import async_register_command
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import websocket_command
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import entity_registry as er
import voluptuous as vol

from .coach import Thing
from .coach.mover import CLOSE, OPEN, way_of
from .const import DOMAIN
from .coordinator import CoachCoordinator
from .error import CoachError
from .move import async_begin


@dataclass(frozen=True, slots=True, eq=False)
class Hold:
    """One client's hold of a thing; called, it lets go."""

    coordinator: CoachCoordinator
    thing: Thing
    ended: asyncio.Future[CoachError | None]

    def __call__(self) -> None:
        """Stop the thing unless this hold is over."""
        if not self.ended.done():
            self.coordinator.coach.motions.stop(self.thing)

    def renew(self) -> bool:
        """Hold on; False when this hold is over."""
        return not self.ended.done() and self.coordinator.coach.motions.renew(self.thing)


@callback
def async_register_hold(hass: HomeAssistant) -> None:
    """Register the commands."""
    async_register_command(hass, _hold)
    async_register_command(hass, _renew)


@websocket_command(
    {
        vol.Required("type"): "coachiq/hold",
        vol.Required("entity_id"): str,
        vol.Required("direction"): vol.In((OPEN, CLOSE)),
    }
)
@callback
def _hold(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Move a thing until it is let go, or not renewed for 500 ms; ends with an event."""
    if not connection.user.permissions.check_entity(msg["entity_id"], POLICY_CONTROL):
        raise Unauthorized(entity_id=msg["entity_id"])
    coordinator, thing, way = _meant(hass, msg["entity_id"], msg["direction"])
    ended: asyncio.Future[CoachError | None] = hass.loop.create_future()

    hold = Hold(coordinator, thing, ended)

    def tell(_: asyncio.Future[CoachError | None]) -> None:
        error = ended.result()
        if connection.subscriptions.get(msg["id"]) is hold:
            reason = str(coordinator.translated(thing, error)) if error else None
            key = error.key if error else None
            connection.send_event(msg["id"], {"ended": key, "message": reason})

    async_begin(coordinator, thing, way, connection.context(msg), ended, hold=True)
    connection.subscriptions[msg["id"]] = hold
    connection.send_result(msg["id"])
    ended.add_done_callback(tell)


@websocket_command({vol.Required("type"): "coachiq/hold_renew", vol.Required("hold"): int})
@callback
def _renew(_: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Hold on for 500 ms more, by the id of the hold; tells whether the thing still moves for it.

    A hold that another has taken the place of is over: nobody keeps up what somebody else began.
    """
    hold = connection.subscriptions.get(msg["hold"])
    connection.send_result(msg["id"], {"held": isinstance(hold, Hold) and hold.renew()})


def _meant(
    hass: HomeAssistant, entity_id: str, direction: str
) -> tuple[CoachCoordinator, Thing, str]:
    """Return the mover that an entity shows, and what it calls a direction.

    Raises a translated error for any other.
    """
    entity = er.async_get(hass).async_get(entity_id)
    entry = (
        entity
        and entity.config_entry_id
        and hass.config_entries.async_get_entry(entity.config_entry_id)
    )
    coordinator = getattr(entry, "runtime_data", None) if entity else None
    if entity and isinstance(coordinator, CoachCoordinator):
        for thing in coordinator.coach.things.values():
            name, key = str(entity.unique_id), str(entity.unique_id).rpartition("-")[2]
            mover, way = coordinator.coach.mover(thing.id), way_of(key, direction)
            if mover and way in mover.ways and name == f"{thing.id}-{key}":
                return coordinator, thing, way
    raise HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="no_mover",
        translation_placeholders={"entity": entity_id},
    )
