"""The settings of a coach, one row each, and where their values can be from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from homeassistant.config_entries import ConfigEntry
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .bus.adapters import BITRATE_SETTING
from .bus_form import setting_check
from .coach.intake import READING_INTERVAL
from .const import CONF_CODE, CONF_FEATURES, CONF_PACE, CONF_PROFILE
from .features import FEATURES

ENABLE: Final = "features.enable_"
PROFILE: Final = "coach.profile"
CODE: Final = "coach.code"
PACE: Final = "coach.pace"
INTERFACES: Final = "can.interfaces"
BITRATE: Final = "can.bitrate"
NO_PROFILE = "none"
# Seconds between two readings of what is measured, at most.
SLOWEST: Final = 30.0
REDACTED = "**REDACTED**"


class Source(StrEnum):
    """Where a value is from, the weakest first."""

    DEFAULT = "default"
    PROFILE = "profile"
    ENTRY = "entry"
    FILE = "env_file"
    ENVIRONMENT = "environment"


OVERRIDING = (Source.FILE, Source.ENVIRONMENT)


class Found(NamedTuple):
    """A value, where it is from, and the variable that has it, if one has."""

    value: object
    source: Source
    variable: str = ""

    @property
    def overrides(self) -> bool:
        """Tell whether the environment says it."""
        return self.source in OVERRIDING


# What one source says, by the names of the settings, with the variable where there is one.
type Layer = tuple[Source, Mapping[str, tuple[object, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting of a coach.

    `check` turns what any source says, the text of a variable too, into the value, or raises
    vol.Invalid; `allowed` is the key of what the translations say it takes. `stored` reads it from
    an entry, None for nothing; where a wrong one must not be passed over it is `vital`. What is
    `secret` is shown nowhere.
    """

    name: str
    check: Callable[[object], object]
    allowed: str
    default: object = None
    stored: Callable[[ConfigEntry], object] = lambda _: None
    vital: bool = False
    secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with what a source says: the key of its sentence, and the words that fill it.

    `name` is the variable, or the setting where there is none; `setting` is what it was meant for.
    """

    key: str
    name: str
    source: Source
    setting: str = ""
    allowed: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


def _list(said: object) -> list[str]:
    """Return the parts of a text between commas."""
    parts = [part.strip() for part in str(said).split(",")]
    if not all(parts):
        raise vol.Invalid("an empty part")
    return parts


def _profile(said: object) -> str | None:
    """Return the key of a model, None for none."""
    if not isinstance(said, str) or not said.strip():
        raise vol.Invalid("no key of a model")
    return None if said.strip() == NO_PROFILE else said.strip()


def _feature(key: str) -> Setting:
    """Return the setting that turns a feature on or off."""
    return Setting(
        name=ENABLE + key,
        check=cv.boolean,
        allowed="flag",
        default=FEATURES[key].default,
        stored=lambda entry: entry.options.get(CONF_FEATURES, {}).get(key),
    )


SETTINGS: Mapping[str, Setting] = {
    setting.name: setting
    for setting in (
        *map(_feature, FEATURES),
        # Without it a relay that moves something would be taken for a light.
        Setting(
            name=PROFILE,
            check=_profile,
            allowed="profile",
            stored=lambda entry: entry.data[CONF_PROFILE] or NO_PROFILE,
            vital=True,
        ),
        # Without it what is protected would be open.
        Setting(
            name=CODE,
            check=cv.string,
            allowed="text",
            stored=lambda entry: entry.options.get(CONF_CODE),
            vital=True,
            secret=True,
        ),
        Setting(
            name=PACE,
            check=vol.All(vol.Coerce(float), vol.Range(min=READING_INTERVAL, max=SLOWEST)),
            allowed="pace",
            default=READING_INTERVAL,
            stored=lambda entry: entry.options.get(CONF_PACE),
        ),
        # These stand above what the buses of the entry have.
        Setting(name=INTERFACES, check=_list, allowed="list"),
        Setting(name=BITRATE, check=setting_check(BITRATE_SETTING), allowed="bitrate"),
    )
}
