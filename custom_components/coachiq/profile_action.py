"""The actions on profiles: the present coach as one, and a file of any form as the owner's."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.helpers import area_registry as ar
from homeassistant.util import slugify
from homeassistant.util.json import JsonObjectType

from .coach import Profile, ProfileRow, Thing
from .coach.decision import Decision, read_decisions
from .coach.families import FAMILY, Family
from .coach.foreign import Import, import_profile
from .coach.light_group import GROUP, SCENE, Group, Scene
from .coach.mover import PAIRED
from .coach.profile import KINDS, write_profile
from .coach.shelf import save_profile
from .const import CONF_THINGS, DOMAIN
from .coordinator import CoachCoordinator
from .device import registered_thing
from .error import ProfileError
from .features import OF_MODEL
from .rvc import load_spec
from .translated_error import in_words

ATTR_FILE = "file"
ATTR_PATH = "path"
ATTR_TEXT = "text"


async def async_export_profile(coordinator: CoachCoordinator, call: ServiceCall) -> ServiceResponse:
    """Return the present coach as a profile; write it only if a file is named."""
    profile, left_out = present_profile(coordinator)
    answer: JsonObjectType = {
        "profile": write_profile(profile),
        "things": len(profile.rows),
        "left_out": [*left_out],
    }
    if file := call.data.get(ATTR_FILE):
        answer["file"] = await _async_save(coordinator.hass, profile, file)
    return answer


async def async_import_profile(coordinator: CoachCoordinator, call: ServiceCall) -> ServiceResponse:
    """Make a profile of the owner's of a text or a file, and tell what became of its entries."""
    hass = coordinator.hass
    try:
        found = await hass.async_add_executor_job(
            _read, Path(hass.config.config_dir), call.data.get(ATTR_TEXT), call.data.get(ATTR_PATH)
        )
    except ProfileError as error:
        raise in_words(error) from error
    file = await _async_save(hass, found.profile, call.data.get(ATTR_FILE) or found.profile.title)
    return {
        "title": found.profile.title,
        "file": file,
        "taken": [*found.taken],
        "ignored": [*found.ignored],
    }


def present_profile(coordinator: CoachCoordinator) -> tuple[Profile, list[str]]:
    """Return what is known of the coach as a profile, and the things that it cannot hold."""
    coach = coordinator.coach
    rows = dict(coach.profile.rows)
    made: set[tuple[str, int]] = set()
    left_out = []
    for thing in coach.things.values():
        place = thing.id.family, thing.id.key[0]
        if thing.id.family not in FAMILY:
            continue
        # A profile has one row for a family and instance, whatever bus it is on.
        if len(thing.id.key) > 1 or place in made:
            left_out.append(str(thing.id))
            continue
        made.add(place)
        rows[place] = _row(coordinator, thing)
    for identity, decision in read_decisions(
        coordinator.entry.options.get(CONF_THINGS, {})
    ).items():
        _decide(rows, identity, decision)
    return replace(
        coach.profile,
        title=coordinator.entry.title,
        tested_by=None,
        rows=rows,
        groups=_called(coordinator, GROUP, coach.profile.groups),
        scenes=_called(coordinator, SCENE, coach.profile.scenes),
    ), left_out


def _called[E: (Group, Scene)](
    coordinator: CoachCoordinator, family: Family, ensembles: Mapping[int, E]
) -> dict[int, E]:
    """Return groups or scenes as they are called, and where they are."""
    called = dict(ensembles)
    for thing in coordinator.coach.things.values():
        if thing.family is family:
            number, row = thing.id.key[0], _row(coordinator, thing)
            called[number] = replace(called[number], name=str(row.name), area=row.area)
    return called


def _row(coordinator: CoachCoordinator, thing: Thing) -> ProfileRow:
    """Return a thing as it is called, where it is and what it is taken for."""
    row = coordinator.coach.row(thing.id)
    device = registered_thing(coordinator, thing.id)
    if device is None:
        return row
    area = ar.async_get(coordinator.hass).async_get_area(device.area_id or "")
    return replace(
        row,
        name=device.name_by_user or row.name,
        area=area.name if area else None,
        kind=_known(coordinator.coach.kind(thing.id)),
        # What opens a mover tells what closes it.
        pair=next((one.key[0] for one in coordinator.coach.halves(thing.id)[1:]), None),
    )


def _decide(rows: dict[tuple[str, int], ProfileRow], identity: str, decision: Decision) -> None:
    """Note the owner's decision about a thing that is not there, since it is hidden."""
    _, family, key = identity.split("-", 2)
    if decision.kind and family in FAMILY and key.isdecimal():
        place = family, int(key)
        row = rows.get(place, ProfileRow())
        pair = decision.pair or row.pair if decision.kind in PAIRED else None
        rows[place] = replace(row, kind=_known(decision.kind), pair=pair)


def _known(kind: str | None) -> str | None:
    """Return a kind if profiles have it."""
    return kind if kind in KINDS else None


def _read(config: Path, text: str | None, path: str | None) -> Import:
    """Read a text, or a file below the configuration; blocking. Raises ProfileError."""
    if (text is None) == (path is None):
        raise ProfileError("profile_unsaid")
    file = "text"
    if path is not None:
        place = (config / path).resolve()
        file = place.name
        if not place.is_relative_to(config.resolve()):
            raise ProfileError("profile_outside", file=path)
        try:
            text = place.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ProfileError(
                "profile_wrong", file=file, place="file", problem=str(error)
            ) from error
    found = import_profile(text or "", file, load_spec())
    for key in found.profile.features:
        if key not in OF_MODEL:
            allowed = f"not one of {', '.join(OF_MODEL)}"
            raise ProfileError("profile_wrong", file=file, place=f"features.{key}", problem=allowed)
    return found


async def _async_save(hass: HomeAssistant, profile: Profile, name: str) -> str:
    """Write a profile of the owner's, and return its file below the configuration."""
    config = Path(hass.config.path(DOMAIN))
    slug = slugify(name.strip().removesuffix(".yaml"))
    # What slugify makes of nothing, and of signs only.
    if slug in ("", "unknown"):
        raise in_words(ProfileError("profile_name", name=name))
    try:
        path = await hass.async_add_executor_job(save_profile, profile, slug, config)
    except ProfileError as error:
        raise in_words(error) from error
    return str(path.relative_to(hass.config.config_dir))
