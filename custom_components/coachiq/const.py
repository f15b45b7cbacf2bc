"""Names that several modules share."""

from typing import Final

from homeassistant.const import Platform
from homeassistant.util.hass_dict import HassKey

DOMAIN: Final = "coachiq"
PLATFORMS: Final = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CLIMATE,
    Platform.COVER,
    Platform.DEVICE_TRACKER,
    Platform.EVENT,
    Platform.FAN,
    Platform.LIGHT,
    Platform.LOCK,
    Platform.NUMBER,
    Platform.SCENE,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.VALVE,
    Platform.WATER_HEATER,
)

# Entry data and options; subentry type and data.
CONF_COACH: Final = "coach"
CONF_PROFILE: Final = "profile"
CONF_FEATURES: Final = "features"
CONF_KIND: Final = "kind"
CONF_SETTINGS: Final = "settings"
CONF_PROTOCOL: Final = "protocol"
CONF_LISTEN_ONLY: Final = "listen_only"
CONF_BRIDGES: Final = "bridges"
CONF_THINGS: Final = "things"
CONF_APART: Final = "apart"
CONF_ALLOWED: Final = "allowed"
CONF_PAIR: Final = "pair"
CONF_CALIBRATION: Final = "calibration"
CONF_INPUTS: Final = "inputs"
CONF_WITHOUT: Final = "without"
CONF_CODE: Final = "code"
CONF_STORAGE: Final = "storage"
CONF_PACE: Final = "pace"
BUS: Final = "bus"

EVENT_ACTIVITY: Final = "coachiq_activity"

# Protocols of a bus. J1939 is only listened to.
RV_C: Final = "rv_c"
J1939: Final = "j1939"

# A source address to use without claiming it. Tests set it; owners have no use for it.
FIXED_ADDRESS: HassKey[int] = HassKey("coachiq_fixed_address")
