"""Climate: the thermostat zones, each with the sensor that measures its air."""

from typing import Any, Final, override

from homeassistant.components.climate import ClimateEntity
from homeassistant.components.climate.const import (
    ATTR_HVAC_MODE,
    ATTR_TARGET_TEMP_HIGH,
    ATTR_TARGET_TEMP_LOW,
    FAN_AUTO,
    FAN_HIGH,
    FAN_LOW,
    FAN_ON,
    PRESET_NONE,
    ClimateEntityFeature,
    HVACMode,
)
from homeassistant.const import ATTR_TEMPERATURE, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coach import Thing, label, number
from .coordinator import CoachConfigEntry, CoachCoordinator
from .entity import CommandedEntity, matching
from .floor_heat import CoachClimateDescription, FloorHeat
from .unit_climate import UNIT, UnitClimate, UnitClimateDescription, async_give_way, is_alone

PARALLEL_UPDATES = 0

# Words of the bus and of Home Assistant. Auxiliary heat is heat too: a preset tells it apart.
MODES: Final = {
    "off": HVACMode.OFF,
    "cool": HVACMode.COOL,
    "heat": HVACMode.HEAT,
    "aux_heat": HVACMode.HEAT,
    "auto": HVACMode.HEAT_COOL,
    "fan_only": HVACMode.FAN_ONLY,
    "defrost_dehumidify": HVACMode.DRY,
}
AUX_HEAT: Final = "aux_heat"
FAN_SPEEDS: Final = {FAN_LOW: 50.0, FAN_HIGH: 100.0}
FEATURES: Final = (
    ClimateEntityFeature.TARGET_TEMPERATURE
    | ClimateEntityFeature.TARGET_TEMPERATURE_RANGE
    | ClimateEntityFeature.FAN_MODE
    | ClimateEntityFeature.TURN_ON
    | ClimateEntityFeature.TURN_OFF
)
COLDEST: Final = 4.0
HOTTEST: Final = 38.0


ZONES = (
    CoachClimateDescription(key="zone", name=None, translation_key="zone", family="thermostat"),
)
FLOORS = (
    CoachClimateDescription(key="floor", name=None, translation_key="floor", family="floor_heat"),
)
# A furnace that is told to heat has no set point at which it stops.
UNITS = (
    UnitClimateDescription(
        key=UNIT,
        name=None,
        translation_key=UNIT,
        family="air_conditioner",
        mode=HVACMode.COOL,
    ),
    *(
        UnitClimateDescription(
            key=UNIT,
            name=None,
            translation_key=UNIT,
            family=family,
            mode=HVACMode.HEAT,
            guarded=True,
        )
        for family in ("furnace", "heat_pump")
    ),
)


async def async_setup_entry(
    _: HomeAssistant, entry: CoachConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Make a climate entity of each zone, each floor that is heated, and each unit by itself."""
    entry.runtime_data.add_platform(async_add_entities, _make)


def _make(coordinator: CoachCoordinator, thing: Thing) -> list[ClimateEntity]:
    """Make the climate entities of a thing."""
    if thing.id.family == "thermostat":
        async_give_way(coordinator, thing)
    return [
        *(CoachZone(coordinator, thing, row) for row in matching(coordinator, thing, ZONES)),
        *(FloorHeat(coordinator, thing, row) for row in matching(coordinator, thing, FLOORS)),
        *(
            UnitClimate(coordinator, thing, row)
            for row in matching(coordinator, thing, UNITS)
            if is_alone(coordinator, thing)
        ),
    ]


class CoachZone(CommandedEntity, ClimateEntity):
    """A thermostat zone."""

    entity_description: CoachClimateDescription
    _attr_temperature_unit = UnitOfTemperature.CELSIUS
    _attr_min_temp = COLDEST
    _attr_max_temp = HOTTEST

    def __init__(
        self, coordinator: CoachCoordinator, thing: Thing, description: CoachClimateDescription
    ) -> None:
        """Take the zone; the profile may limit its modes."""
        super().__init__(coordinator, thing, description, thing.values)
        self._ambient = coordinator.coach.ambient_of(thing.id)
        words = coordinator.coach.row(thing.id).modes or MODES.keys()
        self._attr_fan_modes = [FAN_AUTO, FAN_ON, FAN_LOW, FAN_HIGH]
        self._attr_hvac_modes = list(dict.fromkeys(MODES[word] for word in MODES if word in words))
        self._aux_heat = {"heat", AUX_HEAT} <= set(words)
        self._heat_word = "heat" if "heat" in words else AUX_HEAT
        self._attr_supported_features = FEATURES
        if self._aux_heat:
            self._attr_preset_modes = [PRESET_NONE, AUX_HEAT]
            self._attr_supported_features |= ClimateEntityFeature.PRESET_MODE

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the zone, and the sensor that measures its air."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.coordinator.async_listen(
                self._ambient, frozenset(("temperature",)), self._handle_coordinator_update
            )
        )

    @property
    @override
    def target_temperature_step(self) -> float:
        """Return the step in the owner's unit: whole degrees Fahrenheit, half degrees Celsius."""
        fahrenheit = self.hass.config.units.temperature_unit == UnitOfTemperature.FAHRENHEIT
        return 1.0 if fahrenheit else 0.5

    @property
    @override
    def current_temperature(self) -> float | None:
        """Return the temperature of the zone's air in degC."""
        ambient = self.coordinator.coach.things.get(self._ambient)
        if ambient is None or ambient.silent:
            return None
        return number(ambient.values["temperature"])

    @property
    @override
    def hvac_mode(self) -> HVACMode | None:
        """Return the mode, None while the bus has not said."""
        return MODES.get(label(self.thing.shown("mode")) or "")

    @property
    @override
    def preset_mode(self) -> str | None:
        """Return whether auxiliary heat is in use, where the zone has it."""
        if not self._aux_heat:
            return None
        return AUX_HEAT if label(self.thing.shown("mode")) == AUX_HEAT else PRESET_NONE

    @property
    @override
    def fan_mode(self) -> str | None:
        """Return how the fan runs."""
        words = label(self.thing.shown("fan_mode"))
        if words != "on":
            return words
        speed = number(self.thing.shown("fan_speed"))
        if speed is None:
            return FAN_ON
        return FAN_LOW if speed <= FAN_SPEEDS[FAN_LOW] else FAN_HIGH

    @property
    @override
    def target_temperature(self) -> float | None:
        """Return the set point of the mode in degC; while off, the one that both modes share."""
        heat, cool = number(self.thing.shown("heat")), number(self.thing.shown("cool"))
        if self.hvac_mode is HVACMode.HEAT:
            return heat
        if self._has_range():
            return None
        if self.hvac_mode is HVACMode.OFF and heat != cool:
            return None
        return cool

    @property
    @override
    def target_temperature_low(self) -> float | None:
        """Return the set point for heating in degC, where there are two."""
        return number(self.thing.shown("heat")) if self._has_range() else None

    @property
    @override
    def target_temperature_high(self) -> float | None:
        """Return the set point for cooling in degC, where there are two."""
        return number(self.thing.shown("cool")) if self._has_range() else None

    @override
    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        """Change the mode; heat stays auxiliary where it is."""
        await self.async_command("set_zone", mode=self._word(hvac_mode))

    @override
    async def async_turn_on(self) -> None:
        """Turn on: to auto where the zone has it, else to its first mode."""
        modes = [mode for mode in self.hvac_modes if mode is not HVACMode.OFF]
        await self.async_set_hvac_mode(
            HVACMode.HEAT_COOL if HVACMode.HEAT_COOL in modes else modes[0]
        )

    @override
    async def async_turn_off(self) -> None:
        """Turn off."""
        await self.async_set_hvac_mode(HVACMode.OFF)

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        """Heat with the auxiliary heat, or without."""
        await self.async_command("set_zone", mode=AUX_HEAT if preset_mode == AUX_HEAT else "heat")

    @override
    async def async_set_fan_mode(self, fan_mode: str) -> None:
        """Let the fan run by itself, or always and at which speed."""
        if fan_mode == FAN_AUTO:
            await self.async_command("set_zone", fan_mode="auto", fan_speed="automatic")
        elif fan_mode == FAN_ON:
            await self.async_command("set_zone", fan_mode="on")
        else:
            speed = FAN_SPEEDS[fan_mode]
            await self.async_command("set_zone", fan_mode="on", fan_speed=speed)

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        """Change set points in degC, and the mode where one is given."""
        wanted: dict[str, float | str] = {}
        if hvac_mode := kwargs.get(ATTR_HVAC_MODE):
            wanted["mode"] = self._word(hvac_mode)
        if (low := kwargs.get(ATTR_TARGET_TEMP_LOW)) is not None:
            wanted["heat"] = low
        if (high := kwargs.get(ATTR_TARGET_TEMP_HIGH)) is not None:
            wanted["cool"] = high
        if (target := kwargs.get(ATTR_TEMPERATURE)) is not None:
            heat, cool = self.thing.shown("heat"), self.thing.shown("cool")
            mode = hvac_mode or self.hvac_mode
            # Makers who keep one set point send it as both: it is kept so.
            if mode is not HVACMode.COOL or heat == cool:
                wanted["heat"] = target
            if mode is not HVACMode.HEAT or heat == cool:
                wanted["cool"] = target
        await self.async_command("set_zone", **wanted)

    def _has_range(self) -> bool:
        """Tell whether the zone heats and cools, each to a set point of its own."""
        return self.hvac_mode is HVACMode.HEAT_COOL

    def _word(self, hvac_mode: HVACMode) -> str:
        """Return the bus's word for a mode."""
        if hvac_mode is HVACMode.HEAT:
            auxiliary = label(self.thing.shown("mode")) == AUX_HEAT
            return AUX_HEAT if auxiliary else self._heat_word
        return next(word for word, mode in MODES.items() if mode is hvac_mode)
