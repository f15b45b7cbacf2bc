"""What an entry of an older release becomes; each form that was ever written is still read."""

from collections.abc import Mapping
from typing import Any, Final

from .const import CONF_FEATURES
from .features import DISCOVERY, RECORDING, TRANSMIT

VERSION: Final = 1
MINOR_VERSION: Final = 2

# What the options were called that are features since 1.2.
_WERE_OPTIONS = {"transmit": TRANSMIT, "discover": DISCOVERY, "record": RECORDING}


def migrate(minor: int, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of an entry of version 1 in the present form.

    Those of a later minor version are left as they are: what is new in it is not read.
    """
    migrated = dict(options)
    if minor < 2:  # a version
        were = {
            feature: migrated.pop(name)
            for name, feature in _WERE_OPTIONS.items()
            if name in migrated
        }
        # Of an entry that was disabled the options may have been changed before this.
        migrated[CONF_FEATURES] = {**were, **migrated.get(CONF_FEATURES, {})}
    return migrated
