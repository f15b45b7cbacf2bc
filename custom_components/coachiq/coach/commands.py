"""What can be asked of a thing, as rows: an intent of a family becomes one of RV-C's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..rvc import COMMANDS as INTENTS, Code, Row, Spec, Value
from .families import number
from .families.place import clock_seconds
from .light_group import group_byte
from .pending import TOLERANCE
from .thing import Thing

type Arguments = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One intent of one family.

    `says` is the intent of RV-C, `takes` gives its arguments besides the thing's key. `expects`
    gives the thing's values that must follow, from what was asked for and from the fields as they
    were encoded. `enough` names the values by which a thing that answered otherwise still did
    what was asked, `within` how far what it answers may lie from it. `address` gives what names the
    thing where the DGN's key fields do not. `form` is the payload as a maker's own panel sends it,
    in hexadecimal, with dots for the bytes that the intent says. One that `stops` what can hurt
    people is never refused. It may take `slow` seconds longer than others to answer. `asks` names a
    DGN that tells of it only when it is asked for.
    """

    says: str
    expects: Callable[[Arguments, Mapping[str, Value]], dict[str, Value]]
    takes: Callable[[Thing, Arguments], Arguments] = lambda _, arguments: arguments
    enough: tuple[str, ...] = ()
    stops: bool = False
    within: Mapping[str, float] = field(default_factory=lambda: TOLERANCE)
    address: Callable[[Thing], Arguments] | None = None
    form: str = "................"
    slow: float = 0.0
    asks: str | None = None

    @property
    def dgn(self) -> str:
        """Return the name of the DGN that says it."""
        return INTENTS[self.says].dgn

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the names of the fields that say it."""
        return INTENTS[self.says].fields

    def encode(self, spec: Spec, thing: Thing, arguments: Arguments) -> tuple[Row, bytes]:
        """Return the DGN's row and the payload; raises EncodeError."""
        # A thing of a DGN without key fields has a key all the same: 0.
        key = zip(spec.named(self.dgn).key, thing.id.key, strict=False)
        address = self.address(thing) if self.address else dict(key)
        row, data = INTENTS[self.says].encode(spec, **address, **self.takes(thing, arguments))
        return row, formed(data, self.form)


def formed(data: bytes, form: str) -> bytes:
    """Return a payload with what a form has in place of its own."""
    pairs = zip(form, data.hex(), strict=True)
    return bytes.fromhex("".join(usual if own == "." else own for own, usual in pairs))


def _level(arguments: Arguments, _: Mapping[str, Value]) -> dict[str, Value]:
    """Expect the commanded level."""
    level = number(arguments["level"])
    return {"level": level, "on": bool(level)}


def _colored(arguments: Arguments, encoded: Mapping[str, Value]) -> dict[str, Value]:
    """Expect the commanded level and colors."""
    colors = ("red", "green", "blue", "white")
    return _level(arguments, encoded) | {
        name: encoded[f"{name}_brightness"] for name in colors if name in arguments
    }


def _off(_: Arguments, __: Mapping[str, Value]) -> dict[str, Value]:
    """Expect darkness."""
    return {"level": 0.0, "on": False}


# What a zone is asked for, by the name of its value and of the field that says it.
ZONE: Mapping[str, str] = {
    name: argument.field
    for name, argument in INTENTS["thermostat.set"].takes.items()
    if argument.optional
}


def _zone(thing: Thing, arguments: Arguments) -> Arguments:
    """Ask for the zone's whole state as it will be, as the makers' panels do.

    Firefly's G6 takes "do not change" for a value.
    """
    return {name: arguments.get(name, thing.shown(name)) for name in ZONE}


def _zone_expects(arguments: Arguments, encoded: Mapping[str, Value]) -> dict[str, Value]:
    """Expect what was asked for, as exactly as the frame could say it.

    A fan speed of "automatic" lets the device choose: which one is not to be expected.
    """
    expected = {name: encoded[ZONE[name]] for name in arguments}
    if isinstance(expected.get("fan_speed"), Code):
        del expected["fan_speed"]
    return expected


def _as_encoded(
    fields: Mapping[str, str],
) -> Callable[[Arguments, Mapping[str, Value]], dict[str, Value]]:
    """Expect what was asked for as the frame says it; `fields` by the names of the values."""
    return lambda arguments, encoded: {
        name: encoded[field] for name, field in fields.items() if name in arguments
    }


def _fixed(
    name: str, field: str | None = None
) -> Callable[[Arguments, Mapping[str, Value]], dict[str, Value]]:
    """Expect for a value what the intent always says in a field of that name, or of another."""
    return lambda _, encoded: {name: encoded[field or name]}


def _expecting(
    **values: Value,
) -> Callable[[Arguments, Mapping[str, Value]], dict[str, Value]]:
    """Expect these values."""
    return lambda _, __: values


def _renamed(names: Mapping[str, str]) -> Callable[[Thing, Arguments], Arguments]:
    """Ask for values by what RV-C's intent calls them."""
    return lambda _, arguments: {names.get(name, name): value for name, value in arguments.items()}


def _at(**arguments: Value) -> Callable[[Thing, Arguments], Arguments]:
    """Ask for these values, whatever is asked for."""
    return lambda _, __: arguments


def _by_group(group: Thing) -> Arguments:
    """Name a group of lights."""
    return {"group": group_byte(group.id.key[0])}


def _time(_: Arguments, encoded: Mapping[str, Value]) -> dict[str, Value]:
    """Expect the time; without its zone, which a clock may know by itself, the hour at least."""
    if (seconds := clock_seconds(encoded)) is not None:
        return {"time": seconds}
    return {name: encoded[name] for name in ("year", "month", "day_of_month", "hour")}


def _by_type(thing: Thing, _: Arguments) -> Arguments:
    """Ask for a criterion as what it is."""
    said = thing.shown("criterion_type")
    return {"type": said.raw if isinstance(said, Code) else said}


def _criterion(fields: Mapping[str, str]) -> Callable[[Thing, Arguments], Arguments]:
    """Ask for other thresholds of a criterion, by RV-C's names; all else is said as it is."""

    def takes(thing: Thing, arguments: Arguments) -> Arguments:
        on = thing.shown("on")
        return {
            "source": thing.shown("dc_source_instance"),
            "minutes": thing.shown("time_under_threshold"),
            "activation": None if on is None else "activate" if on else "deactivate",
            **{name: arguments.get(field, thing.shown(field)) for name, field in fields.items()},
        }

    return takes


def _awning_light(light: str, says: str, field: str) -> dict[tuple[str, str], Command]:
    """Return the intents of one of an awning's two lights; nothing is said of the awning itself."""
    lit: dict[str, Value] = {f"{light}_on": True}
    dark: dict[str, Value] = {f"{light}_on": False}
    return {
        ("awning", f"turn_{light}_on"): Command(
            says=says, takes=_at(light="on"), expects=_expecting(**lit)
        ),
        ("awning", f"turn_{light}_off"): Command(
            says=says, takes=_at(light="off"), expects=_expecting(**dark)
        ),
        ("awning", f"set_{light}_level"): Command(
            says=says,
            takes=lambda _, arguments: {"light": "on", **arguments},
            expects=lambda _, encoded: {**lit, f"{light}_level": encoded[f"{field}_level"]},
            within={**TOLERANCE, f"{light}_level": TOLERANCE["level"]},
            enough=(f"{light}_on",),
        ),
    }


_ON, _OFF = _expecting(on=True), _expecting(on=False)


def _switched(
    family: str, on: str, off: str, *, stops: bool = False
) -> dict[tuple[str, str], Command]:
    """Return the intents of what is only on or off; `stops`: to turn it off is never refused."""
    return {
        (family, "turn_on"): Command(says=on, expects=_ON),
        (family, "turn_off"): Command(says=off, expects=_OFF, stops=stops),
    }


COMMANDS: Mapping[tuple[str, str], Command] = {
    ("dimmer", "set_level"): Command(says="light.set_level", expects=_level, enough=("on",)),
    ("dimmer", "turn_on"): Command(says="light.set_level", takes=_at(level=100), expects=_ON),
    ("dimmer", "turn_off"): Command(says="light.off", expects=_off),
    ("light_group", "set_level"): Command(
        says="light_group.set_level", address=_by_group, expects=_level, enough=("on",)
    ),
    ("light_group", "turn_off"): Command(
        says="light_group.off", address=_by_group, expects=_off, enough=("on",)
    ),
    ("color_light", "set_level"): Command(says="color_light.set", expects=_colored),
    ("color_light", "turn_off"): Command(says="color_light.off", expects=_off),
    ("color_light", "set_white"): Command(
        says="lighting.set_white",
        expects=lambda _, encoded: {
            "color_temperature": encoded["color_temperature"],
            "white_mode": encoded["color_temperature_mode"],
        },
    ),
    ("color_light", "end_white"): Command(
        says="lighting.end_white", expects=_fixed("white_mode", "color_temperature_mode")
    ),
    ("color_light", "set_fade"): Command(
        says="lighting.set_fade",
        takes=_renamed({"fade": "mode"}),
        expects=_as_encoded({"fade": "color_fade_mode"}),
    ),
    ("indicator", "set_level"): Command(
        says="indicator.on",
        takes=_renamed({"level": "brightness"}),
        expects=_level,
        enough=("on",),
    ),
    ("indicator", "turn_off"): Command(says="indicator.off", expects=_OFF),
    **{
        ("indicator", lamps): Command(says=f"indicator.{verb}", expects=_expecting(lamps=lamps))
        for lamps, verb in {
            "both_off": "off",
            "only_led_1_on": "only_1_on",
            "only_led_2_on": "only_2_on",
            "both_on": "on",
            "flash_alternately": "flash",
        }.items()
    },
    ("dc_load", "set_level"): Command(says="dc_load.set_level", expects=_level, enough=("on",)),
    ("dc_load", "turn_on"): Command(says="dc_load.on", expects=_ON),
    ("dc_load", "turn_off"): Command(says="dc_load.off", expects=_OFF),
    ("ac_load", "turn_on"): Command(says="ac_load.set_level", takes=_at(level=100), expects=_ON),
    ("ac_load", "turn_off"): Command(says="ac_load.set_level", takes=_at(level=0), expects=_OFF),
    **_switched("water_pump", "pump.enable", "pump.disable"),
    **_awning_light("light", "awning.set_light", "awning_light"),
    **_awning_light("secondary_light", "awning.set_secondary_light", "secondary_light"),
    ("alarm", "acknowledge"): Command(
        says="alarm.acknowledge", expects=_expecting(acknowledged=True)
    ),
    # DATE_TIME_STATUS comes once a second (RV-C section 6.4.2, 2023-11).
    ("clock", "set"): Command(says="date_time.set", expects=_time, slow=0.5),
    ("door", "lock"): Command(says="lock.lock", expects=_expecting(locked=True)),
    ("door", "unlock"): Command(says="lock.unlock", expects=_expecting(locked=False)),
    **_switched("generator", "generator.start", "generator.stop", stops=True),
    **_switched(
        "generator_demand", "generator_demand.make", "generator_demand.withdraw", stops=True
    ),
    ("generator_demand", "override_quiet_time"): Command(
        says="generator_demand.override_quiet_time", expects=_fixed("quiet_time_override")
    ),
    ("generator_demand", "keep_quiet_time"): Command(
        says="generator_demand.keep_quiet_time", expects=_fixed("quiet_time_override")
    ),
    ("generator_demand", "override"): Command(
        says="generator_demand.override", expects=_fixed("manual_override")
    ),
    ("generator_demand", "end_override"): Command(
        says="generator_demand.end_override", expects=_fixed("manual_override")
    ),
    ("generator_demand", "lock"): Command(
        says="generator_demand.lock", expects=_fixed("generator_lock")
    ),
    ("generator_demand", "unlock"): Command(
        says="generator_demand.unlock", expects=_fixed("generator_lock")
    ),
    ("generator_demand", "set"): Command(
        says="generator_demand.set_cycle",
        takes=_renamed({"minimum_cycle_time": "minutes"}),
        expects=_as_encoded({"minimum_cycle_time": "minimum_cycle_time"}),
    ),
    **{
        ("ags_criterion", intent): Command(
            says=f"ags.{verb}",
            takes=_by_type,
            expects=_expecting(on=intent == "turn_on"),
            asks="AGS_CRITERION_STATUS",
        )
        for intent, verb in (("turn_on", "activate"), ("turn_off", "deactivate"))
    },
    ("ags_criterion", "set_voltage"): Command(
        says="ags.set_voltage",
        takes=_criterion({"start": "dc_voltage_threshold"}),
        expects=_as_encoded({"dc_voltage_threshold": "dc_voltage_threshold"}),
        asks="AGS_CRITERION_STATUS",
    ),
    ("ags_criterion", "set_charge"): Command(
        says="ags.set_charge",
        takes=_criterion(
            {
                "start": "state_of_charge_start_threshold",
                "stop": "state_of_charge_stop_threshold",
            }
        ),
        expects=_as_encoded(
            {
                name: name
                for name in ("state_of_charge_start_threshold", "state_of_charge_stop_threshold")
            }
        ),
        asks="AGS_CRITERION_STATUS",
    ),
    # Compressors and burners take their time to follow: that they are told is enough.
    **{
        (family, "set"): Command(
            says=f"{family}.set",
            expects=_as_encoded(
                {"mode": "operating_mode", "output": "output_level", "fan_speed": fan}
            ),
            enough=("mode",),
        )
        for family, fan in (
            ("air_conditioner", "fan_speed"),
            ("furnace", "circulation_fan_speed"),
            ("heat_pump", "fan_speed"),
        )
    },
    ("transfer_switch", "automatic"): Command(
        says="transfer_switch.choose", expects=_expecting(choice="automatic")
    ),
    **{
        ("transfer_switch", source): Command(
            says="transfer_switch.use",
            takes=_at(source=place),
            expects=_expecting(choice=source),
        )
        for place, source in enumerate(("primary", "secondary"))
    },
    ("water_heater", "set_mode"): Command(
        says="water_heater.set_mode", expects=_as_encoded({"mode": "operating_mode"})
    ),
    ("water_heater", "set_point"): Command(
        says="water_heater.set_point", expects=_as_encoded({"set_point": "set_point"})
    ),
    **_switched("floor_heat", "floor_heat.on", "floor_heat.off"),
    ("floor_heat", "set"): Command(
        says="floor_heat.set",
        expects=_as_encoded({"set_point": "set_point", "status": "desired_operating_status"}),
    ),
    **_switched("roof_fan", "roof_fan.on", "roof_fan.off"),
    ("roof_fan", "set"): Command(
        says="roof_fan.set",
        expects=_as_encoded(
            {
                "status": "system_status",
                "speed_mode": "speed_mode",
                "speed": "fan_speed_setting",
                "direction": "air_direction",
            }
        ),
    ),
    **_switched("autofill", "autofill.start", "autofill.stop"),
    **_switched("inverter", "inverter.enable", "inverter.disable"),
    **_switched("charger", "charger.enable", "charger.disable"),
    **_switched("solar", "solar.enable", "solar.disable"),
    **_switched("dc_disconnect", "dc_disconnect.connect", "dc_disconnect.disconnect"),
    **{
        ("inverter", f"{verb}_{name}"): Command(
            says=f"inverter.{verb}_{name}", expects=_fixed(name)
        )
        for verb in ("enable", "disable")
        for name in ("load_sense", "pass_through", "generator_support")
    },
    ("charger", "set"): Command(
        says="charger.set_limits",
        takes=_renamed({"share_limit": "current", "shore_limit": "shore"}),
        expects=_as_encoded(
            {
                "share_limit": "relative_maximum_charge_current",
                "shore_limit": "shore_breaker_size",
            }
        ),
    ),
    ("refrigerator", "set"): Command(
        says="refrigerator.set",
        takes=_renamed({"fuel_source": "fuel"}),
        expects=_as_encoded(
            {"set_point": "set_point", "fuel_source": "fuel_source", "light": "light"}
        ),
    ),
    ("refrigerator", "light_on"): Command(
        says="refrigerator.set", takes=_at(light="on"), expects=_fixed("light")
    ),
    ("refrigerator", "light_off"): Command(
        says="refrigerator.set", takes=_at(light="off"), expects=_fixed("light")
    ),
    ("valve", "open"): Command(says="valve.open", expects=_expecting(toward=True)),
    ("valve", "close"): Command(says="valve.close", expects=_expecting(toward=False)),
    **{
        ("waste_dump", f"{verb}_{tank}"): Command(
            says=f"waste_dump.{verb}_{tank}", expects=_expecting(**{f"{tank}_open": is_open})
        )
        for verb, is_open in (("open", True), ("close", False))
        for tank in ("black", "gray")
    },
    ("thermostat", "select_schedule"): Command(
        says="thermostat.select_schedule",
        takes=_renamed({"schedule_chosen": "schedule"}),
        expects=_as_encoded({"schedule_chosen": "schedule_instance"}),
    ),
    ("thermostat", "reduce_noise"): Command(
        says="thermostat.reduce_noise", expects=_fixed("noise", "reduced_noise_mode")
    ),
    ("thermostat", "allow_noise"): Command(
        says="thermostat.allow_noise", expects=_fixed("noise", "reduced_noise_mode")
    ),
    ("water_heater", "start_preheat"): Command(
        says="water_heater.start_preheat", expects=_fixed("preheat", "engine_preheat")
    ),
    ("water_heater", "end_preheat"): Command(
        says="water_heater.end_preheat", expects=_fixed("preheat", "engine_preheat")
    ),
    **_switched("refrigerator", "refrigerator.on", "refrigerator.off"),
    ("thermostat", "set_zone"): Command(says="thermostat.set", takes=_zone, expects=_zone_expects),
}
