"""Which features of a coach are on, and what runs of them: begun in order, ended in reverse."""

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
import logging
from types import ModuleType
from typing import TYPE_CHECKING

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.importlib import async_import_module
from homeassistant.helpers.translation import async_get_translations
from homeassistant.loader import async_get_integration
from homeassistant.requirements import async_clear_install_history, async_process_requirements
from homeassistant.util.json import JsonObjectType

from .const import DOMAIN, PLATFORMS
from .features import FEATURES, ORDER, effective, owned

if TYPE_CHECKING:
    from .coordinator import CoachConfigEntry, CoachCoordinator

_LOGGER = logging.getLogger(__name__)

# Ends what the `async_start` of a feature's module began.
type End = Callable[[], Awaitable[None]]
type AddTo = Callable[[CoachCoordinator, AddConfigEntryEntitiesCallback], None]


class FeatureState(StrEnum):
    """How a feature is."""

    ON = "on"
    OFF = "off"
    # Wanted, but one that it needs is off.
    RESTS = "rests"
    FAILED = "failed"


class Running:
    """The features of one coach.

    A feature's module may have `async_start(coordinator)`, which returns what ends it, and
    `ENTITIES`: what makes entities, by platform. One that fails is off from then on, as are those
    that need it; the owner is told by a repair, and all others go on.
    """

    def __init__(
        self, hass: HomeAssistant, entry: CoachConfigEntry, wanted: Mapping[str, bool]
    ) -> None:
        """Take which features the owner wants; nothing is loaded yet."""
        self._hass = hass
        self._entry = entry
        self.wanted = wanted
        self.failed: dict[str, Exception] = {}
        self._modules: dict[str, list[ModuleType]] = {}
        self._ends: list[tuple[str, End]] = []
        self._on: dict[str, bool] = {}
        # The entities of things that are not made, by family and key.
        self.missing: set[tuple[str, str]] = set()
        self._settle()

    def _settle(self) -> None:
        """Work out what is on."""
        self._on = effective(self.wanted, self.failed)
        self.missing = owned(self.off)

    def is_on(self, feature: str) -> bool:
        """Tell whether a feature is on."""
        return self._on[feature]

    @property
    def off(self) -> list[str]:
        """Return the features that are not on."""
        return [key for key in ORDER if not self._on[key]]

    @property
    def platforms(self) -> list[Platform]:
        """Return the platforms that are wanted."""
        unwanted = {platform for key in self.off for platform in FEATURES[key].platforms}
        return [platform for platform in PLATFORMS if platform not in unwanted]

    def state(self, feature: str) -> FeatureState:
        """Return how a feature is."""
        if feature in self.failed:
            return FeatureState.FAILED
        if self._on[feature]:
            return FeatureState.ON
        return FeatureState.RESTS if self.wanted[feature] else FeatureState.OFF

    def shown(self) -> JsonObjectType:
        """Return how each feature is, and what it needs."""
        return {
            key: {
                "state": self.state(key).value,
                "wanted": self.wanted[key],
                "needs": [*FEATURES[key].needs],
                **({"problem": str(self.failed[key])} if key in self.failed else {}),
            }
            for key in FEATURES
        }

    async def async_load(self) -> None:
        """Load the code of the features that are on."""
        integration = await async_get_integration(self._hass, DOMAIN)
        for key in ORDER:
            if not self._on[key]:
                continue
            feature = FEATURES[key]
            try:
                await self._async_install(feature.requirements)
                await integration.async_get_platforms(feature.platforms)
                self._modules[key] = [
                    await async_import_module(self._hass, f"{__package__}.{module}")
                    for module in feature.modules
                ]
            except Exception as error:  # noqa: BLE001  # whatever it is, the others go on
                await self._async_fail(key, error)

    async def _async_install(self, requirements: tuple[str, ...]) -> None:
        """Install what a feature needs, also if that failed before; raises RequirementsNotFound.

        Home Assistant would remember the failure until it is restarted, and a coach is often
        without internet.
        """
        if requirements:
            async_clear_install_history(self._hass)
            await async_process_requirements(
                self._hass, DOMAIN, list(requirements), is_built_in=False
            )

    async def async_start(self, coordinator: CoachCoordinator) -> None:
        """Start what is on, each after all that it needs."""
        for key in ORDER:
            for module in self._modules.get(key, ()) if self._on[key] else ():
                if start := getattr(module, "async_start", None):
                    try:
                        self._ends.append((key, await start(coordinator)))
                    except Exception as error:  # noqa: BLE001  # whatever it is, the others go on
                        await self._async_fail(key, error)
                        break

    def add_entities(
        self,
        platform: Platform,
        coordinator: CoachCoordinator,
        add: AddConfigEntryEntitiesCallback,
    ) -> None:
        """Let the modules of what is on make their entities of a platform."""
        for key in ORDER:
            for module in self._modules.get(key, ()) if self._on[key] else ():
                makers: Mapping[Platform, AddTo] = getattr(module, "ENTITIES", {})
                if make := makers.get(platform):
                    make(coordinator, add)

    async def async_stop(self) -> None:
        """End what was started, the last first."""
        while self._ends:
            await self._async_end(*self._ends.pop())

    def forget_failures(self) -> None:
        """Take back what was said of features that failed."""
        for key in ORDER:
            ir.async_delete_issue(self._hass, DOMAIN, self._issue(key))

    async def _async_end(self, key: str, end: End) -> None:
        """End one piece of a feature."""
        try:
            await end()
        except Exception:
            _LOGGER.exception("Feature %s could not be ended", key)

    async def _async_fail(self, key: str, error: Exception) -> None:
        """Turn a feature off that could not be started, and tell the owner."""
        _LOGGER.error("Feature %s could not be started", key, exc_info=error)
        self.failed[key] = error
        self._settle()
        begun, self._ends = self._ends, []
        for other, end in reversed(begun):
            if other == key:
                await self._async_end(other, end)
        self._ends = [(other, end) for other, end in begun if other != key]
        names = await async_feature_names(self._hass)
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._issue(key),
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key="feature_failed",
            translation_placeholders={
                "coach": self._entry.title,
                "feature": names[key],
                "problem": str(error) or type(error).__name__,
                "others": ", ".join(
                    names[other]
                    for other in ORDER
                    if other != key and self.state(other) is FeatureState.RESTS
                )
                or "-",
            },
        )

    def _issue(self, key: str) -> str:
        """Return the id of the issue that a feature has failed."""
        return f"feature_{self._entry.entry_id}_{key}"


async def async_feature_names(hass: HomeAssistant) -> dict[str, str]:
    """Return what features are called, in the language of this Home Assistant."""
    texts = await async_get_translations(hass, hass.config.language, "options", {DOMAIN})
    prefix = f"component.{DOMAIN}.options.step.settings.sections"
    return {
        key: texts.get(f"{prefix}.{feature.section}.data.{key}", key)
        for key, feature in FEATURES.items()
    }


async def async_require(coordinator: CoachCoordinator, feature: str) -> None:
    """Raise a translated error that names the option while a feature is off."""
    if not coordinator.features.is_on(feature):
        names = await async_feature_names(coordinator.hass)
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="feature_off",
            translation_placeholders={
                "coach": coordinator.entry.title,
                "feature": names[feature],
            },
        )
