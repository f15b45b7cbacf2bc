"""docs/settings.md: every feature and every setting, with its default and its variable."""

import json
from typing import TYPE_CHECKING

from alone import ROOT, without_home_assistant

without_home_assistant()

from custom_components.coachiq.bus.codec.slcan import BITRATES  # noqa: E402  after the line above
from custom_components.coachiq.environment import variable_of  # noqa: E402
from custom_components.coachiq.features import FEATURES, sections  # noqa: E402
from custom_components.coachiq.setting import ENABLE, SETTINGS  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

_TEXTS = json.loads(
    (ROOT / "custom_components" / "coachiq" / "translations" / "en.json").read_text("utf-8")
)
_ALLOWED = _TEXTS["selector"]["setting_allowed"]["options"]
_SECTIONS = _TEXTS["options"]["step"]["settings"]["sections"]
_MEANS = {
    "coach.profile": "the model of the coach",
    "coach.code": "the code that protects what can hurt people; empty for none",
    "coach.pace": "how often volts, amps and the like are read and shown at most",
    "can.interfaces": "the channels of the networks, in the order in which they were added",
    "can.bitrate": "the bitrate of all networks whose adapter has one, in bit/s",
}
_HEAD = """\
# Settings

This page is made from the tables by `scripts/docs`.

## Features

What CoachIQ may do is chosen in Home Assistant: *Settings > Devices & services > CoachIQ*, the
gear of the coach, *What CoachIQ may do*. Each choice takes effect at once; nothing has to be
restarted.

- What is off is not loaded, and its entities are removed. They come back with the same names and
  ids when it is turned on.
- What is turned on turns on what it needs. What others need cannot be turned off alone: the form
  names them.
- An action whose feature is off says so, and names the option.
- A feature that fails to start is off, with those that need it, until CoachIQ is reloaded. A
  repair tells why. All else runs.
"""
_ENVIRONMENT = """
## The environment

Every feature, and some settings besides, can be overridden without the form: to try something, to
give many coaches the same settings, or when the form cannot be reached. Later sources stand above
earlier ones:

1. the default
2. the model of the coach: [features of its profile](profiles.md#the-form)
3. the coach's own options and networks
4. the file `coachiq/.env` in the folder of Home Assistant's configuration
5. the environment of Home Assistant's process

On Home Assistant OS the file is the only way. Each line is `NAME=value`; a line that begins with
`#` is a comment.

```sh
# coachiq/.env
COACHIQ_FEATURES__ENABLE_RECORDING=true
COACHIQ_CAN__INTERFACES=can0,can1
```

A variable holds for every coach. With the key of a coach in front it holds for that one, and
stands above the same variable for all in its source: `COACHIQ_OUR_COACH__CAN__BITRATE=500000` for
the coach with the key `our_coach`. The key is the name that it was given first, in small letters;
`coachiq.get_configuration` tells it.

The file is read when a coach is set up: reload CoachIQ after a change. Nothing of the environment
is ever stored: without the variable what was chosen before holds again. The form of the options
shows what is overridden.

"""
_REST = """
`COACHIQ_CAN__INTERFACES` replaces the channels of networks that there are, and adds none: what a
channel is depends on the adapter, such as `can0` of a CAN interface, the port of a serial one,
the host of a gateway. The simulated coach has none and is passed over. A name too many is a
repair; so is one channel for two networks, and then nothing of it is used.

What is turned on here turns on what it needs, unless that is turned off here.

## What is wrong

A value that cannot be used is a repair: it names the variable, where it is from, what is allowed,
and what is used instead, which is the value of the source below. A name that is no setting is a
repair, too. A model that cannot be read, or a code that is no text, is passed over if the
environment says it; in the coach's own options it stops the set-up, in words: without them what
moves could be taken for a lamp, and what is protected would be open.

## What holds now

The action `coachiq.get_configuration` (Tools, Actions) returns each value, where it is
from and by which variable, how each feature is, and what is wrong. The diagnostics of the coach
have the same. Secrets are in neither.

```yaml
features.enable_energy: {value: false, source: env_file, variable: COACHIQ_FEATURES__ENABLE_ENERGY}
buses.house.channel: {value: can0, source: entry}
```
"""


def table() -> str:
    """Return docs/settings.md."""
    return "".join([_HEAD, *_features(), _ENVIRONMENT, *_settings(), _REST])


def _features() -> Iterator[str]:
    """Yield the features by the sections of the form."""
    for section, keys in sections().items():
        told = _SECTIONS[section]
        yield f"\n### {told['name']}\n\n| feature | default | needs | what it does | variable |\n"
        yield "|---|---|---|---|---|\n"
        for key in keys:
            feature = FEATURES[key]
            needs = ", ".join(_name(need) for need in feature.needs)
            yield (
                f"| {_name(key)} | {'on' if feature.default else 'off'} | {needs}"
                f" | {told['data_description'][key]} | `{variable_of(ENABLE + key)}` |\n"
            )


def _name(feature: str) -> str:
    """Return what a feature is called."""
    return str(_SECTIONS[FEATURES[feature].section]["data"][feature])


def _settings() -> Iterator[str]:
    """Yield what is no feature."""
    yield "| variable | what it sets | what it takes |\n|---|---|---|\n"
    yield f"| `{variable_of(ENABLE)}…` | a feature, see above | {_ALLOWED['flag']} |\n"
    for name, setting in SETTINGS.items():
        if not name.startswith(ENABLE):
            takes = _ALLOWED[setting.allowed].format(bitrates=", ".join(map(str, BITRATES)))
            yield f"| `{variable_of(name)}` | {_MEANS[name]} | {takes} |\n"
