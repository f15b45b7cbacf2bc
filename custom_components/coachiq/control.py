"""One action for lights, switches and fans: what is asked of each, and each one's answer."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.components.fan.const import ATTR_PERCENTAGE, FanEntityFeature
from homeassistant.components.light.const import ATTR_BRIGHTNESS, ATTR_BRIGHTNESS_PCT, ColorMode
from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_SUPPORTED_FEATURES,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    Platform,
)
from homeassistant.core import HomeAssistant, ServiceCall, State
from homeassistant.exceptions import (
    HomeAssistantError,
    Unauthorized,
)
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from .const import DOMAIN
from .error import CommandError
from .translated_error import in_words

ATTR_COMMAND: Final = "command"
ATTR_STATE: Final = "state"
ATTR_STOP_ON_FAILURE: Final = "stop_on_failure"
SET, TOGGLE, UP, DOWN = "set", "toggle", "brightness_up", "brightness_down"
STEP: Final = 10
FULL: Final = 100
# How each kind takes a brightness in percent.
BRIGHTNESS_OF = {
    Platform.LIGHT: ATTR_BRIGHTNESS_PCT,
    Platform.SWITCH: None,
    Platform.FAN: ATTR_PERCENTAGE,
}

CONTROL_FIELDS = {
    vol.Required(ATTR_COMMAND): vol.In((SET, TOGGLE, UP, DOWN)),
    vol.Optional(ATTR_STATE): cv.boolean,
    vol.Optional(ATTR_BRIGHTNESS): vol.All(vol.Coerce(int), vol.Range(min=0, max=FULL)),
}
BULK_FIELDS = {
    **CONTROL_FIELDS,
    vol.Optional(ATTR_STOP_ON_FAILURE, default=False): cv.boolean,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one target; `error` is None where it obeyed."""

    entity_id: str
    state: str | None
    brightness: int | None
    error: HomeAssistantError | None

    @property
    def message(self) -> str | None:
        """Return why it did not obey, in a sentence."""
        return None if self.error is None else str(self.error)

    @property
    def key(self) -> str | None:
        """Return why it did not obey, as the key of that sentence."""
        return None if self.error is None else self.error.translation_key or "failed"


async def async_control(call: ServiceCall) -> JsonObjectType:
    """Control what is meant; a single one that fails raises, several answer each for itself."""
    outcomes = await _async_control(call)
    if len(outcomes) == 1 and (error := outcomes[0].error):
        raise error
    return {
        outcome.entity_id: {
            "success": outcome.error is None,
            "entity_id": outcome.entity_id,
            "command": call.data[ATTR_COMMAND],
            "state": outcome.state,
            "brightness": outcome.brightness,
            "message": outcome.message,
        }
        for outcome in outcomes
    }


async def async_bulk_control(call: ServiceCall) -> JsonObjectType:
    """Control what is meant and count; nothing raises for what does not obey."""
    outcomes = await _async_control(call, stop_on_failure=call.data[ATTR_STOP_ON_FAILURE])
    failed = sum(outcome.error is not None for outcome in outcomes)
    return {
        "total_requested": len(outcomes),
        "successful": len(outcomes) - failed,
        "failed": failed,
        "results": [
            {
                "entity_id": outcome.entity_id,
                "success": outcome.error is None,
                "message": outcome.message,
                "error": outcome.key,
            }
            for outcome in outcomes
        ],
    }


async def _async_control(call: ServiceCall, *, stop_on_failure: bool = False) -> list[Outcome]:
    """Do what is asked with all that is meant: all at once, or one by one until one fails.

    Raises ServiceValidationError for what cannot be meant, before anything is done.
    """
    _check(call.data)
    targets = _targets(call)
    if not stop_on_failure:
        return await asyncio.gather(*(_async_obey(call, entity_id) for entity_id in targets))
    outcomes: list[Outcome] = []
    for entity_id in targets:
        if outcomes and outcomes[-1].error:
            problem = in_words(CommandError("not_tried", entity=entity_id))
            outcomes += [_outcome(call.hass, rest, problem) for rest in targets[len(outcomes) :]]
            break
        outcomes.append(await _async_obey(call, entity_id))
    return outcomes


def _check(wish: dict[str, Any]) -> None:
    """Raise a translated error when the parts of a wish contradict each other."""
    command, state, brightness = wish[ATTR_COMMAND], wish.get(ATTR_STATE), wish.get(ATTR_BRIGHTNESS)
    if command == SET and state is None and brightness is None:
        raise in_words(CommandError("nothing_to_set"))
    if command != SET and not (state is None and brightness is None):
        raise in_words(CommandError("only_to_set", command=command))
    if state is False and brightness:
        raise in_words(CommandError("off_has_no_brightness"))


def _targets(call: ServiceCall) -> list[str]:
    """Return what is meant: the entities that are named, then those that can be controlled."""
    hass = call.hass
    meant = async_extract_referenced_entity_ids(hass, TargetSelection(call.data))
    missing = (
        meant.missing_devices | meant.missing_areas | meant.missing_floors | meant.missing_labels
    )
    if missing:
        raise in_words(CommandError("target_missing", targets=", ".join(sorted(missing))))
    found = {one for one in meant.indirectly_referenced if _reason(hass, one) is None}
    named: list[str] = call.data.get(ATTR_ENTITY_ID, [])
    place = {entity_id: turn for turn, entity_id in enumerate(named)}
    if targets := meant.referenced | found:
        return sorted(targets, key=lambda one: (place.get(one, len(place)), one))
    raise in_words(CommandError("nothing_meant"))


async def _async_obey(call: ServiceCall, entity_id: str) -> Outcome:
    """Do with one entity what is asked, by Home Assistant's own action for it."""
    try:
        await _async_check_user(call, entity_id)
        service, data = _native(call, entity_id)
        await call.hass.services.async_call(
            entity_id.partition(".")[0],
            service,
            {ATTR_ENTITY_ID: entity_id, **data},
            blocking=True,
            context=call.context,
        )
    except HomeAssistantError as error:
        return _outcome(call.hass, entity_id, error)
    return _outcome(call.hass, entity_id, None)


async def _async_check_user(call: ServiceCall, entity_id: str) -> None:
    """Raise unless the user behind a call may control an entity; automations may."""
    if (user_id := call.context.user_id) is None:
        return
    user = await call.hass.auth.async_get_user(user_id)
    if user is None or not user.permissions.check_entity(entity_id, POLICY_CONTROL):
        sentence = in_words(CommandError("not_permitted", entity=entity_id))
        error = Unauthorized(context=call.context, entity_id=entity_id, permission=POLICY_CONTROL)
        error.generate_message = True
        error.translation_domain = DOMAIN
        error.translation_key = sentence.translation_key
        error.translation_placeholders = sentence.translation_placeholders
        raise error


def _reason(hass: HomeAssistant, entity_id: str) -> CommandError | None:
    """Return why an entity is nothing to control, None if it is."""
    entity = er.async_get(hass).async_get(entity_id)
    if entity is None or entity.platform != DOMAIN:
        return CommandError("not_ours", entity=entity_id)
    if entity.domain not in BRIGHTNESS_OF:
        return CommandError("not_switched", entity=entity_id)
    return None


def _native(call: ServiceCall, entity_id: str) -> tuple[str, dict[str, int]]:
    """Return the native action and its data for what is asked of an entity.

    Raises a translated error where that cannot be done, or needs what is not known.
    """
    if reason := _reason(call.hass, entity_id):
        raise in_words(reason)
    state = call.hass.states.get(entity_id)
    if state is None or state.state == STATE_UNAVAILABLE:
        raise in_words(CommandError("target_unavailable", entity=entity_id))
    command, on = call.data[ATTR_COMMAND], call.data.get(ATTR_STATE)
    brightness: int | None = call.data.get(ATTR_BRIGHTNESS)
    if command == TOGGLE:
        if state.state not in {STATE_ON, STATE_OFF}:
            raise in_words(CommandError("target_unknown", entity=entity_id))
        on = state.state == STATE_OFF
    elif command in {UP, DOWN}:
        before = _brightness(state)
        if _dims(state) and before is None:
            raise in_words(CommandError("target_unknown", entity=entity_id))
        change = STEP if command == UP else -STEP
        brightness = min(FULL, max(0, (before or 0) + change))
    if brightness is not None and not _dims(state):
        raise in_words(CommandError("not_dimmed", entity=entity_id))
    if on is False or brightness == 0:
        return SERVICE_TURN_OFF, {}
    name = BRIGHTNESS_OF[Platform(state.domain)]
    return SERVICE_TURN_ON, {} if name is None or brightness is None else {name: brightness}


def _dims(state: State) -> bool:
    """Tell whether an entity has a brightness, or a speed."""
    if state.domain == Platform.LIGHT:
        modes = state.attributes.get("supported_color_modes", ())
        return any(mode not in {ColorMode.ONOFF, ColorMode.UNKNOWN} for mode in modes)
    features = state.attributes.get(ATTR_SUPPORTED_FEATURES, 0)
    return state.domain == Platform.FAN and bool(features & FanEntityFeature.SET_SPEED)


def _brightness(state: State) -> int | None:
    """Return the brightness or speed in percent, 0 while off; None where it is not known."""
    if not _dims(state):
        return None
    if state.state == STATE_OFF:
        return 0
    if state.domain == Platform.FAN:
        speed = state.attributes.get(ATTR_PERCENTAGE)
        return speed if isinstance(speed, int) else None
    level = state.attributes.get(ATTR_BRIGHTNESS)
    return round(level * FULL / 255) if isinstance(level, int) else None


def _outcome(hass: HomeAssistant, entity_id: str, error: HomeAssistantError | None) -> Outcome:
    """Return what an entity shows now, and what went wrong with it."""
    state = hass.states.get(entity_id)
    if isinstance(error, Unauthorized):
        # What it shows is nothing for somebody who may not even control it.
        state = None
    return Outcome(
        entity_id=entity_id,
        state=None if state is None else state.state,
        brightness=None if state is None else _brightness(state),
        error=error,
    )
