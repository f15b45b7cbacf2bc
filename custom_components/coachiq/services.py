"""The actions of CoachIQ: a row each, registered once, whatever coaches there are."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_get_config_entry, async_register_admin_service
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from .bus.log_file import CANDUMP, FORMATS
from .bus.port import BITRATE
from .bus.probe import SECONDS, Report, watch
from .const import CONF_COACH, DOMAIN
from .control import BULK_FIELDS, CONTROL_FIELDS, async_bulk_control, async_control
from .coordinator import CoachConfigEntry, CoachCoordinator
from .error import CommandError
from .features import PROFILES
from .move import async_stop_all
from .overview import ACTIVITY_FIELDS, async_get_activity, async_get_summary
from .profile_action import (
    ATTR_FILE,
    ATTR_PATH,
    ATTR_TEXT,
    async_export_profile,
    async_import_profile,
)
from .running import async_require
from .take_over import TAKE_OVER_FIELDS, async_take_over
from .transfer import IMPORT_FIELDS, async_export_config, async_import_config
from .translated_error import in_words

ATTR_BUS = "bus"
ATTR_CODE = "code"
ATTR_CONFIG_ENTRY_ID = "config_entry_id"
ATTR_FORMAT = "format"
ATTR_MINUTES = "minutes"
ATTR_SECONDS = "seconds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An action on one coach; `run` gets its coordinator and the call.

    Each also takes `config_entry_id`, which may be left out when there is one coach only; one that
    acts `everywhere` is for all coaches at once. It is refused while its `feature` is off, and one
    for an `admin` to all others.
    """

    name: str
    fields: Mapping[vol.Marker, object]
    run: Callable[[CoachCoordinator, ServiceCall], Awaitable[ServiceResponse]]
    response: SupportsResponse = SupportsResponse.NONE
    everywhere: bool = False
    feature: str | None = None
    admin: bool = False


def buses_meant(coordinator: CoachCoordinator, wanted: str | None) -> list[str]:
    """Return the keys of the buses that a key or a name means: of all when there is none."""
    if wanted is None:
        return list(coordinator.buses)
    if wanted in coordinator.buses:
        return [wanted]
    if named := [key for key, bus in coordinator.buses.items() if bus.title == wanted]:
        return named
    raise in_words(
        CommandError(
            "bus_unknown",
            bus=wanted,
            coach=coordinator.entry.title,
            buses=", ".join(coordinator.buses),
        )
    )


async def _probe_bus(coordinator: CoachCoordinator, call: ServiceCall) -> ServiceResponse:
    """Listen to buses, all at once, and tell what speaks there; why not, for those down.

    Raises when the only one is down.
    """
    keys = buses_meant(coordinator, call.data.get(ATTR_BUS))
    found = await asyncio.gather(
        *(_async_probe(coordinator, key, call.data[ATTR_SECONDS]) for key in keys)
    )
    if len(found) == 1 and isinstance(found[0], str):
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="bus_not_heard",
            translation_placeholders={"bus": coordinator.buses[keys[0]].title, "problem": found[0]},
        )
    return {
        "buses": {
            key: {"problem": heard} if isinstance(heard, str) else _response(heard)
            for key, heard in zip(keys, found, strict=True)
        }
    }


async def _async_probe(coordinator: CoachCoordinator, key: str, seconds: float) -> Report | str:
    """Return what was heard on a bus, or in a sentence why it cannot be heard."""
    if coordinator.is_up(key):
        settings = coordinator.configuration.buses[key]
        bitrate = int(settings.get("bitrate", BITRATE))
        report = await watch(coordinator.links[key], seconds, bitrate)
        if coordinator.is_up(key):
            return report
    return await _async_reason(coordinator, key)


async def _async_reason(coordinator: CoachCoordinator, key: str) -> str:
    """Return why a bus is down, in the words of the form in which its adapter was chosen."""
    problem = coordinator.links[key].count.problem
    if problem is None:
        return "It is being opened."
    hass = coordinator.hass
    texts = await async_get_translations(hass, hass.config.language, "config", {DOMAIN})
    if sentence := texts.get(f"component.{DOMAIN}.config.error.{problem.key}"):
        return sentence.format(**problem.words)
    return problem.words.get("problem", problem.key)


def _response(report: Report) -> JsonObjectType:
    """Return a report as an action's answer, with figures that can be read."""
    figures = asdict(report)
    # Of use to the proposal of a profile only.
    del figures["instances"]
    return {
        **figures,
        "seconds": round(report.seconds, 1),
        "frames_per_second": round(report.frames_per_second, 1),
        "load": round(report.load, 4),
        "also": list(report.also),
        "identifiers": [
            {"identifier": identifier, "frames": count} for identifier, count in report.identifiers
        ],
    }


async def _start_recording(coordinator: CoachCoordinator, call: ServiceCall) -> ServiceResponse:
    """Record buses for some minutes."""
    return await coordinator.recordings.async_start(
        buses_meant(coordinator, call.data.get(ATTR_BUS)),
        call.data[ATTR_FORMAT],
        60 * call.data[ATTR_MINUTES],
    )


async def _stop_recording(coordinator: CoachCoordinator, call: ServiceCall) -> ServiceResponse:
    """End the recordings of buses."""
    return await coordinator.recordings.async_stop(
        buses_meant(coordinator, call.data.get(ATTR_BUS))
    )


async def _stop_all(coordinator: CoachCoordinator, call: ServiceCall) -> None:
    """Stop all that moves."""
    await async_stop_all(coordinator, call.context)


async def _unlock(coordinator: CoachCoordinator, call: ServiceCall) -> None:
    """Open what the code protects for a time."""
    try:
        coordinator.guard.unlock(call.data[ATTR_CODE], 60 * call.data[ATTR_MINUTES])
    except CommandError as error:
        coordinator.note(None, "refused", call.context, reason=error.key)
        raise in_words(error, thing=coordinator.entry.title) from error
    coordinator.note(None, "command", call.context, reason="unlock")


async def _get_configuration(coordinator: CoachCoordinator, _: ServiceCall) -> ServiceResponse:
    """Return each setting with its value and where it is from, without secrets."""
    return {
        "coach": coordinator.entry.data[CONF_COACH],
        **coordinator.configuration.shown(),
        "features": coordinator.features.shown(),
    }


ACTIONS = (
    Action(name="stop_all", fields={}, run=_stop_all, everywhere=True),
    Action(
        name="unlock",
        fields={
            vol.Required(ATTR_CODE): cv.string,
            vol.Optional(ATTR_MINUTES, default=5): vol.All(
                vol.Coerce(float), vol.Range(min=0.1, max=10)
            ),
        },
        run=_unlock,
    ),
    Action(
        name="probe_bus",
        fields={
            vol.Optional(ATTR_BUS): cv.string,
            vol.Optional(ATTR_SECONDS, default=SECONDS): vol.All(
                vol.Coerce(float), vol.Range(min=1, max=30)
            ),
        },
        run=_probe_bus,
        response=SupportsResponse.ONLY,
    ),
    Action(
        name="start_recording",
        fields={
            vol.Optional(ATTR_BUS): cv.string,
            vol.Optional(ATTR_FORMAT, default=CANDUMP): vol.In(FORMATS),
            vol.Optional(ATTR_MINUTES, default=10): vol.All(
                vol.Coerce(float), vol.Range(min=1, max=1440)
            ),
        },
        run=_start_recording,
        response=SupportsResponse.OPTIONAL,
    ),
    Action(
        name="stop_recording",
        fields={vol.Optional(ATTR_BUS): cv.string},
        run=_stop_recording,
        response=SupportsResponse.OPTIONAL,
    ),
    Action(
        name="get_configuration",
        fields={},
        run=_get_configuration,
        response=SupportsResponse.ONLY,
    ),
    Action(
        name="get_summary",
        fields={},
        run=async_get_summary,
        response=SupportsResponse.ONLY,
    ),
    Action(
        name="get_activity",
        fields=ACTIVITY_FIELDS,
        run=async_get_activity,
        response=SupportsResponse.ONLY,
    ),
    Action(
        name="export_profile",
        fields={vol.Optional(ATTR_FILE): cv.string},
        run=async_export_profile,
        feature=PROFILES,
        response=SupportsResponse.ONLY,
    ),
    Action(
        name="import_profile",
        fields={
            vol.Optional(ATTR_TEXT): cv.string,
            vol.Optional(ATTR_PATH): cv.string,
            vol.Optional(ATTR_FILE): cv.string,
        },
        run=async_import_profile,
        feature=PROFILES,
        response=SupportsResponse.ONLY,
    ),
    Action(
        name="take_over_entities",
        fields=TAKE_OVER_FIELDS,
        run=async_take_over,
        response=SupportsResponse.ONLY,
        admin=True,
    ),
    Action(
        name="export_config",
        fields={vol.Optional(ATTR_FILE): cv.string},
        run=async_export_config,
        response=SupportsResponse.ONLY,
        admin=True,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetAction:
    """An action on what its target names, of whatever coach."""

    name: str
    fields: Mapping[vol.Marker, object]
    run: Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]


TARGET_ACTIONS = (
    TargetAction(name="control", fields=CONTROL_FIELDS, run=async_control),
    TargetAction(name="bulk_control", fields=BULK_FIELDS, run=async_bulk_control),
)


@callback
def async_register_actions(hass: HomeAssistant) -> None:
    """Register all actions."""
    for target_action in TARGET_ACTIONS:
        hass.services.async_register(
            DOMAIN,
            target_action.name,
            target_action.run,
            schema=cv.make_entity_service_schema(dict(target_action.fields)),
            supports_response=SupportsResponse.OPTIONAL,
        )
    for action in ACTIONS:
        register = (
            partial(async_register_admin_service, hass)
            if action.admin
            else hass.services.async_register
        )
        register(DOMAIN, action.name, partial(_async_run, action), _schema(action), action.response)
    async_register_admin_service(
        hass,
        DOMAIN,
        "import_config",
        async_import_config,
        schema=vol.Schema(dict(IMPORT_FIELDS)),
        supports_response=SupportsResponse.OPTIONAL,
    )


def _schema(action: Action) -> vol.Schema:
    """Return what an action takes."""
    which = {} if action.everywhere else {vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}
    return vol.Schema({**which, **action.fields})


async def _async_run(action: Action, call: ServiceCall) -> ServiceResponse:
    """Run an action on the coach that is meant, or on all."""
    if action.everywhere:
        coaches = call.hass.config_entries.async_loaded_entries(DOMAIN)
        outcome = await asyncio.gather(
            *(action.run(entry.runtime_data, call) for entry in coaches), return_exceptions=True
        )
        for error in outcome:
            if isinstance(error, BaseException):
                raise error
        return None
    entry: CoachConfigEntry = async_get_config_entry(
        call.hass, DOMAIN, call.data.get(ATTR_CONFIG_ENTRY_ID)
    )
    if action.feature:
        await async_require(entry.runtime_data, action.feature)
    return await action.run(entry.runtime_data, call)
