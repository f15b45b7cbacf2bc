"""What holds for a coach: one checked result that knows where each value is from.

Defaults, then what the model of the coach says, then the entry, then the environment: the later
stands above the earlier. What the environment says is never stored.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
import logging
import os
from pathlib import Path

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.util.json import JsonObjectType, JsonValueType
import voluptuous as vol

from .bus import KINDS
from .bus.adapters import Settings, place_of
from .bus_form import setting_check
from .coach import Profile, load_profile
from .const import (
    BUS,
    CONF_COACH,
    CONF_KIND,
    CONF_SETTINGS,
    DOMAIN,
)
from .environment import FILE, read_file, said_by
from .error import ProfileError, SettingError
from .features import FEATURES, OF_MODEL, PROFILES, needed
from .setting import (
    BITRATE,
    CODE,
    ENABLE,
    INTERFACES,
    OVERRIDING,
    PACE,
    PROFILE,
    REDACTED,
    SETTINGS,
    Found,
    Layer,
    Problem,
    Source,
)

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What holds for a coach now, checked; `found` has each value with its source, by its name.

    What is measured is read once in `pace` seconds. `buses` are the settings of the buses'
    adapters, by the keys of the buses.
    """

    features: Mapping[str, bool]
    profile: Profile
    code: str | None
    pace: float
    buses: Mapping[str, Settings]
    found: Mapping[str, Found]
    problems: tuple[Problem, ...]

    @property
    def overridden(self) -> dict[str, Found]:
        """Return what the environment says."""
        return {name: one for name, one in self.found.items() if one.overrides}

    def shown(self, *, elsewhere: bool = False) -> JsonObjectType:
        """Return each value and where it is from, and what is wrong; secrets are left out.

        What is read `elsewhere` does not tell either where the adapters are: addresses and serial
        numbers are nobody's business there.
        """
        return {
            "settings": {
                name: {
                    "value": REDACTED
                    if elsewhere and _is_place(name, one.value)
                    else _shown(name, one.value),
                    "source": one.source.value,
                }
                | ({"variable": one.variable} if one.variable else {})
                for name, one in self.found.items()
            },
            "problems": [
                {
                    "problem": problem.key,
                    "name": problem.name,
                    "source": problem.source.value,
                    **({} if elsewhere and problem.setting == INTERFACES else problem.words),
                }
                for problem in self.problems
            ],
        }


def _is_place(name: str, value: object) -> bool:
    """Tell whether a value says where an adapter is."""
    return (name == INTERFACES or name.startswith("buses.")) and isinstance(value, str | list)


def _shown(name: str, value: object) -> JsonValueType:
    """Return a value as it may be shown."""
    if value is None:
        return None
    if name in SETTINGS and SETTINGS[name].secret:
        return REDACTED
    if isinstance(value, bool | int | str):
        return value
    return [str(part) for part in value] if isinstance(value, list) else str(value)


async def async_configure(hass: HomeAssistant, entry: ConfigEntry) -> Configuration:
    """Read all sources and return what holds for a coach now.

    Raises SettingError, and ProfileError when the entry's own model of coach cannot be read.
    """
    coaches = [
        other.data[CONF_COACH]
        for other in hass.config_entries.async_entries(DOMAIN, include_ignore=False)
    ]
    return await hass.async_add_executor_job(
        _configure, Path(hass.config.path(DOMAIN)), entry, coaches, dict(os.environ)
    )


def _configure(
    folder: Path, entry: ConfigEntry, coaches: list[str], process: Mapping[str, str]
) -> Configuration:
    """Read all sources; blocking."""
    file, problems = _read_file(folder / FILE)
    stored = {name: (setting.stored(entry), "") for name, setting in SETTINGS.items()}
    layers: list[Layer] = [
        (Source.ENTRY, {name: one for name, one in stored.items() if one[0] is not None})
    ]
    for source, variables in ((Source.FILE, file), (Source.ENVIRONMENT, process)):
        said, unknown = said_by(variables, SETTINGS, entry.data[CONF_COACH], coaches)
        layers.append((source, said))
        problems += [Problem(key="setting_unknown", name=name, source=source) for name in unknown]
    profile, layers = _load_profile(folder, layers, problems)
    found, wrong = _resolve([(Source.PROFILE, _said_by_model(profile, problems)), *layers])
    problems += wrong
    for problem in wrong:
        setting = SETTINGS[problem.setting]
        if problem.source is Source.ENTRY and setting.vital and not found[setting.name].overrides:
            raise SettingError(
                "setting_impossible", setting=problem.setting, value=problem.words["value"]
            )
    _turn_on_needs(found)
    buses = _buses(list(entry.get_subentries_of_type(BUS)), found, problems)
    return Configuration(
        features={key: found[ENABLE + key].value is True for key in FEATURES},
        profile=profile,
        code=None if found[CODE].value is None else str(found[CODE].value),
        pace=float(str(found[PACE].value)),
        buses=buses,
        found=found,
        problems=tuple(problems),
    )


def _resolve(layers: Iterable[Layer]) -> tuple[dict[str, Found], list[Problem]]:
    """Return each setting's value, of the last source that says a right one, and what is wrong."""
    found = {name: Found(one.default, Source.DEFAULT) for name, one in SETTINGS.items()}
    problems = []
    for source, said in layers:
        for name, (value, variable) in said.items():
            try:
                found[name] = Found(SETTINGS[name].check(value), source, variable)
            except vol.Invalid:
                problems.append(_wrong(name, value, source, variable))
    return found, problems


def _wrong(name: str, value: object, source: Source, variable: str) -> Problem:
    """Return what is said of a value that cannot be."""
    return Problem(
        key="setting_wrong",
        name=variable or name,
        source=source,
        setting=name,
        allowed=SETTINGS[name].allowed,
        words={"value": REDACTED if SETTINGS[name].secret else str(value)},
    )


def _read_file(path: Path) -> tuple[Mapping[str, str], list[Problem]]:
    """Return the variables of the owner's file, and what is wrong with it; blocking."""
    try:
        variables, wrong = read_file(path)
    except (OSError, UnicodeDecodeError) as error:
        words = {"problem": str(error)}
        return {}, [Problem(key="env_unreadable", name=str(path), source=Source.FILE, words=words)]
    return variables, [
        Problem(key="env_line", name=str(path), source=Source.FILE, words={"line": str(number)})
        for number in wrong
    ]


def _load_profile(
    folder: Path, layers: list[Layer], problems: list[Problem]
) -> tuple[Profile, list[Layer]]:
    """Read the model of the coach; what the environment says of it only if it can be read.

    Blocking. Raises ProfileError when the entry's own cannot be read.
    """
    while True:
        found, _ = _resolve(layers)
        if not found[ENABLE + PROFILES].value:
            return Profile(), layers
        value, source, variable = found[PROFILE]
        try:
            return load_profile(None if value is None else str(value), folder), layers
        except ProfileError as error:
            if source not in OVERRIDING:
                raise
            problem = _wrong(PROFILE, value, source, variable)
            problems.append(problem)
            layers = [
                (one, {name: said[name] for name in said if (one, name) != (source, PROFILE)})
                for one, said in layers
            ]
            _LOGGER.warning("%s: %s", variable, error)


def _said_by_model(profile: Profile, problems: list[Problem]) -> dict[str, tuple[object, str]]:
    """Return what the model of the coach says of features that it may say something of."""
    said: dict[str, tuple[object, str]] = {}
    for key, on in profile.features.items():
        if key in OF_MODEL:
            said[ENABLE + key] = on, ""
        else:
            name = f"features.{key}"
            problems.append(Problem(key="setting_unknown", name=name, source=Source.PROFILE))
    return said


def _turn_on_needs(found: dict[str, Found]) -> None:
    """Turn on what features need that the environment turns on, unless it says otherwise."""
    said = {key: found[ENABLE + key] for key in FEATURES if found[ENABLE + key].overrides}
    for key, one in said.items():
        for need in needed(key) - said.keys() if one.value else ():
            found[ENABLE + need] = one


def _buses(
    subentries: list[ConfigSubentry], found: dict[str, Found], problems: list[Problem]
) -> dict[str, Settings]:
    """Return the settings of each bus, with what the environment says of channels and bitrate.

    Channels are given to the buses that have one, in the order of the buses. Raises SettingError.
    """
    interfaces, bitrate = found[INTERFACES], found[BITRATE]
    names = list(interfaces.value) if isinstance(interfaces.value, list) else []
    buses: dict[str, Settings] = {}
    for bus in subentries:
        key = str(bus.unique_id)
        if (kind := KINDS.get(bus.data[CONF_KIND])) is None:
            raise SettingError(
                "setting_impossible", setting=f"buses.{key}.kind", value=bus.data[CONF_KIND]
            )
        settings = {
            name: Found(value, Source.ENTRY) for name, value in bus.data[CONF_SETTINGS].items()
        }
        if names and kind.channel:
            said = names.pop(0)
            try:
                channel = setting_check(kind.channel)(said)
                settings[kind.channel.name] = interfaces._replace(value=channel)
            except vol.Invalid:
                wrong = _wrong(INTERFACES, said, interfaces.source, interfaces.variable)
                problems.append(replace(wrong, allowed="channel"))
        if bitrate.value is not None and "bitrate" in settings:
            settings["bitrate"] = bitrate
        found |= {f"buses.{key}.{name}": one for name, one in settings.items()}
        buses[key] = {name: _plain(one.value) for name, one in settings.items()}
    if interfaces.value is None:
        return buses
    places = Counter(place_of(bus.data[CONF_KIND], buses[str(bus.unique_id)]) for bus in subentries)
    twice = [place.partition(":")[2] for place, often in places.items() if often > 1]
    if twice:
        # Nobody can say which of them was meant: the buses keep what they have.
        problems.append(_about(interfaces, "interfaces_twice", twice))
        found[INTERFACES] = Found(None, Source.DEFAULT)
        return _buses(subentries, found, problems)
    if names:
        problems.append(_about(interfaces, "interfaces_surplus", names))
    return buses


def _plain(value: object) -> str | int:
    """Return a value of an adapter's setting."""
    return value if isinstance(value, int) else str(value)


def _about(interfaces: Found, key: str, channels: list[str]) -> Problem:
    """Return what is wrong with some of the channels."""
    return Problem(
        key=key,
        name=interfaces.variable,
        source=interfaces.source,
        setting=INTERFACES,
        words={"value": ", ".join(channels)},
    )
