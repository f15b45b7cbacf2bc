"""Switches: loads, the water pump, and what else is only on or off."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coach import Thing, label
from .coach_control import STORAGE, Storage
from .coordinator import CoachConfigEntry, CoachCoordinator
from .entity import CommandedEntity, ThingDescription, matching

PARALLEL_UPDATES = 0

# What a coded value says of a switch.
POSITIONS = {
    **dict.fromkeys(("active", "enabled", "on", "forced_on_for_test", "locked"), True),
    **dict.fromkeys(("inactive", "disabled", "off", "unlocked"), False),
}


@dataclass(frozen=True, kw_only=True)
class CoachSwitchDescription(ThingDescription, SwitchEntityDescription):
    """A switch of a family: whether it is on is a value, and what it asks for two intents."""

    value: str = "on"
    on: str = "turn_on"
    off: str = "turn_off"


SWITCHES = (
    *(
        CoachSwitchDescription(key="switch", name=None, family=family, kinds=frozenset(("switch",)))
        for family in ("dimmer", "dc_load", "ac_load")
    ),
    *(
        CoachSwitchDescription(key="switch", name=None, family=family)
        for family in ("water_pump", "autofill")
    ),
    # It may cut the power of what Home Assistant runs on.
    CoachSwitchDescription(
        key="switch",
        translation_key="connected",
        family="dc_disconnect",
        entity_registry_enabled_default=False,
    ),
    *(
        CoachSwitchDescription(key="switch", translation_key="enabled", family=family)
        for family in ("inverter", "charger", "solar", "refrigerator")
    ),
    *(
        CoachSwitchDescription(
            key=name,
            translation_key=name,
            family="inverter",
            entity_category=EntityCategory.CONFIG,
            value=name,
            on=f"enable_{name}",
            off=f"disable_{name}",
        )
        for name in ("load_sense", "pass_through", "generator_support")
    ),
    CoachSwitchDescription(
        key="light_control",
        translation_key="light",
        family="refrigerator",
        value="light",
        on="light_on",
        off="light_off",
    ),
    # Few thermostats and water heaters have these.
    CoachSwitchDescription(
        key="noise",
        translation_key="reduced_noise",
        family="thermostat",
        entity_registry_enabled_default=False,
        value="noise",
        on="reduce_noise",
        off="allow_noise",
    ),
    CoachSwitchDescription(
        key="preheat",
        translation_key="engine_preheat",
        family="water_heater",
        entity_registry_enabled_default=False,
        value="preheat",
        on="start_preheat",
        off="end_preheat",
    ),
    CoachSwitchDescription(key="switch", name=None, family="generator", guarded=True),
    # What makes a generator start by itself, now or in the night.
    CoachSwitchDescription(
        key="switch", translation_key="network_demand", family="generator_demand", guarded=True
    ),
    CoachSwitchDescription(
        key="override",
        translation_key="quiet_time_override",
        family="generator_demand",
        value="quiet_time_override",
        on="override_quiet_time",
        off="keep_quiet_time",
        guarded=True,
    ),
    CoachSwitchDescription(
        key="manual",
        translation_key="manual_override",
        family="generator_demand",
        value="manual_override",
        on="override",
        off="end_override",
        guarded=True,
    ),
    # What is locked does not start; to unlock it lets it start.
    CoachSwitchDescription(
        key="locked",
        translation_key="generator_lock",
        family="generator_demand",
        value="generator_lock",
        on="lock",
        off="unlock",
        guarded=True,
    ),
    CoachSwitchDescription(
        key="switch", translation_key="criterion_active", family="ags_criterion", guarded=True
    ),
)


async def async_setup_entry(
    _: HomeAssistant, entry: CoachConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Make the coach's own switch, and one of each thing that is one."""
    async_add_entities([Storage(entry.runtime_data, STORAGE)])
    entry.runtime_data.add_platform(async_add_entities, _make)


def _make(coordinator: CoachCoordinator, thing: Thing) -> list[CoachSwitch]:
    """Make the switches of a thing."""
    return [
        CoachSwitch(coordinator, thing, row, (row.value,))
        for row in matching(coordinator, thing, SWITCHES)
    ]


class CoachSwitch(CommandedEntity, SwitchEntity):
    """A switch of the coach."""

    entity_description: CoachSwitchDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Tell whether it is on, None while the bus has not said."""
        value = self.thing.shown(self.entity_description.value)
        if isinstance(value, bool):
            return value
        return POSITIONS.get(label(value) or "")

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn on."""
        await self.async_command(self.entity_description.on)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn off."""
        await self.async_command(self.entity_description.off)
