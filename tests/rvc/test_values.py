"""What raw numbers mean for each kind of field, and what may be sent."""

import pytest

from custom_components.coachiq.rvc import Code, EncodeError, Field, Value, load_spec

SPEC = load_spec()


def field(row: str, name: str) -> Field:
    of = SPEC.named(row)
    return of.fields[of.index[name]]


@pytest.mark.parametrize(
    ("row", "name", "raw", "expected"),
    [
        ("DC_DIMMER_STATUS_3", "brightness", 0, 0.0),
        ("DC_DIMMER_STATUS_3", "brightness", 199, 99.5),
        ("DC_DIMMER_STATUS_3", "brightness", 251, Code(251, "ramping")),
        ("DC_DIMMER_STATUS_3", "brightness", 252, Code(252, "flashing")),
        ("DC_DIMMER_STATUS_3", "brightness", 253, None),
        ("DC_DIMMER_STATUS_3", "brightness", 254, None),
        ("DC_DIMMER_STATUS_3", "brightness", 255, None),
        # 0.5 % steps end at 125 %, which is 250 (Table 5.3)
        ("THERMOSTAT_STATUS_1", "fan_speed", 250, 125.0),
        ("THERMOSTAT_STATUS_1", "fan_speed", 251, None),
        ("THERMOSTAT_STATUS_1", "heat_set_point", 0x2447, 17.21875),
        ("THERMOSTAT_STATUS_1", "heat_set_point", 64256, 1735.0),
        ("THERMOSTAT_STATUS_1", "heat_set_point", 64257, None),
        ("THERMOSTAT_STATUS_1", "heat_set_point", 65533, None),
        ("THERMOSTAT_STATUS_1", "operating_mode", 2, Code(2, "heat")),
        ("THERMOSTAT_STATUS_1", "operating_mode", 13, None),
        ("THERMOSTAT_STATUS_1", "operating_mode", 15, None),
        ("DC_SOURCE_STATUS_1", "dc_voltage", 258, 12.9),
        ("DC_SOURCE_STATUS_1", "dc_voltage", 64251, None),
        ("DC_SOURCE_STATUS_1", "dc_current", 0x77359400, 0),
        ("DC_SOURCE_STATUS_1", "dc_current", 0x773591AB, -0.597),
        ("DC_SOURCE_STATUS_1", "dc_current", 0xFFFFFFFF, None),
        ("DC_SOURCE_STATUS_1", "dc_current", 0xFFFFFFFD, None),
        ("CHARGER_STATUS", "charge_current", 0x7D00, 0),
        ("TANK_STATUS", "instance", 250, 250),
        ("TANK_STATUS", "instance", 251, None),
        ("TANK_STATUS", "relative_level", 252, 252),
        ("TANK_STATUS", "relative_level", 253, None),
        ("TANK_STATUS", "absolute_level", 65530, 65530),
        ("TANK_STATUS", "absolute_level", 65531, None),
        ("DATE_TIME_STATUS", "year", 26, 2026),
        ("DATE_TIME_STATUS", "month", 13, None),
        ("DATE_TIME_STATUS", "month", 0, None),
        ("DC_DIMMER_COMMAND_2", "delay_or_duration", 240, 240),
        ("DC_DIMMER_COMMAND_2", "delay_or_duration", 241, Code(241, "5 min")),
        ("DC_DIMMER_COMMAND_2", "delay_or_duration", 250, Code(250, "14 min")),
        ("DC_DIMMER_COMMAND_2", "delay_or_duration", 255, Code(255, "continuous")),
        ("DC_DIMMER_COMMAND_2", "desired_brightness", 230, Code(230, "scene 1")),
        ("DC_DIMMER_COMMAND_2", "interlock", 2, Code(2, "interlock b")),
        ("DC_DIMMER_COMMAND_2", "interlock", 3, None),
        ("DC_DIMMER_COMMAND_2", "ramp_time", 5, 0.5),
        ("DC_DIMMER_STATUS_3", "lock", 2, None),
        ("DC_DIMMER_STATUS_3", "lock", 3, None),
        ("DC_DIMMER_STATUS_2", "red_fault", 2, Code(2, "overcurrent")),
        ("DM_RV", "fmi", 31, None),
        ("INITIAL_PACKET", "packet_count", 255, 255),
        ("ADDRESS_CLAIM", "serial_number", 0x1FFFFF, 0x1FFFFF),
        ("REQUEST_FOR_DGN", "desired_dgn", 0x1FECA, 0x1FECA),
        ("REQUEST_FOR_DGN", "desired_dgn", 0xFFFFFF, None),
        ("INVERTER_AC_STATUS_1", "frequency", 7680, 60.0),
    ],
)
def test_meaning(row: str, name: str, raw: int, expected: Value) -> None:
    of = field(row, name)
    assert of.value(raw) == expected
    payload = ((1 << 152) - 1 & ~((1 << of.bits) - 1 << of.bit) | raw << of.bit).to_bytes(
        19, "little"
    )
    assert SPEC.named(row).decode(payload)[SPEC.named(row).index[name]] == expected


def test_sixteen_bits_are_clean_numbers() -> None:
    voltage = field("DC_SOURCE_STATUS_1", "dc_voltage")
    for raw in range(voltage.high + 1):
        assert len(str(voltage.value(raw)).partition(".")[2]) <= 2


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {"instance": 25, "desired_brightness": 100, "command": "set_level",
             "interlock": "none", "ramp_time": 0},
            "19FFC800FF0000FF",
        ),
        (
            {"instance": 25, "desired_brightness": 100, "command": 0, "interlock": 0},
            "19FFC800FF00FFFF",
        ),
        ({"instance": 1, "command": Code(3, "off delay")}, "01FFFF03FF03FFFF"),
        ({"desired_brightness": "dimmed memory"}, "FFFFFAFFFF03FFFF"),
        ({"instance": None, "delay_or_duration": 30}, "FFFFFFFF1E03FFFF"),
    ],
)  # fmt: skip
def test_dimmer_command(values: dict[str, Value], expected: str) -> None:
    """Unused bits of byte 5 go out as 0, as in every frame known to work; all else as ones."""
    assert SPEC.named("DC_DIMMER_COMMAND_2").encode(**values).hex().upper() == expected


@pytest.mark.parametrize(
    ("row", "values", "expected"),
    [
        ("VALVE_COMMAND", {"instance": 2, "move_to_position": 100}, "02C8FFFFFFFFFFFF"),
        ("VALVE_COMMAND", {"instance": 2, "move_to_position": "open"}, "02C8FFFFFFFFFFFF"),
        ("VALVE_COMMAND", {"instance": 2, "move_to_position": 0}, "0200FFFFFFFFFFFF"),
        ("WATER_PUMP_COMMAND", {"command": 1}, "FDFFFFFFFFFFFFFF"),
        ("GENERATOR_COMMAND", {"command": "start"}, "01FFFFFFFFFFFFFF"),
        ("REQUEST_FOR_DGN", {"desired_dgn": 0x1FECA}, "CAFE01FFFFFFFFFF"),
        ("THERMOSTAT_COMMAND_1", {"instance": 1, "heat_set_point": 22.21875},
         "01FFFFE724FFFFFF"),
        ("DC_LOAD_COMMAND", {"instance": 3, "delay_or_duration": 0}, "03FFFFFFFF00FFFF"),
        ("DC_SOURCE_STATUS_1", {"dc_current": -12.5}, "FFFFFFFF2C633577"),
        ("PROPRIETARY", {"payload": "0102030405060708"}, "0102030405060708"),
        ("PROPRIETARY", {"payload": None}, "FFFFFFFFFFFFFFFF"),
        ("AGS_CRITERION_COMMAND",
         {"instance": 1, "criterion_type": 1, "state_of_charge_start_threshold": 50},
         "01FF01FF64FFFFFF"),
    ],
)  # fmt: skip
def test_encode(row: str, values: dict[str, Value], expected: str) -> None:
    assert SPEC.named(row).encode(**values).hex().upper() == expected


@pytest.mark.parametrize(
    ("row", "values", "said"),
    [
        ("TANK_STATUS", {"nothing": 1}, "nothing: no such field"),
        ("TANK_STATUS", {"instance": 251}, "instance: 251 is not one of 0 to 250"),
        ("TANK_STATUS", {"relative_level": 253}, "relative_level: 253 is not one of 0 to 252"),
        ("TANK_STATUS", {"relative_level": -1}, "relative_level"),
        ("TANK_STATUS", {"relative_level": float("nan")}, "relative_level"),
        ("TANK_STATUS", {"relative_level": float("inf")}, "relative_level"),
        ("TANK_STATUS", {"relative_level": 10**400}, "relative_level"),
        ("TANK_STATUS", {"relative_level": "full"}, "relative_level: 'full'"),
        ("DC_DIMMER_COMMAND_2", {"desired_brightness": 125.0}, "0.0 to 125.0 %, 230"),
        ("DC_DIMMER_COMMAND_2", {"desired_brightness": 126}, "desired_brightness: 126"),
        ("DC_DIMMER_COMMAND_2", {"command": 99}, "command: 99 is not one of 0 (set level)"),
        ("DC_DIMMER_COMMAND_2", {"command": "dance"}, "command: 'dance'"),
        ("DC_DIMMER_COMMAND_2", {"command": Code(99, "dance")}, "command: Code"),
        ("DC_DIMMER_COMMAND_2", {"command": Code(0, "dance")}, "command: Code"),
        ("THERMOSTAT_COMMAND_1", {"heat_set_point": 2000}, "-273.0 to 1735.0 °C"),
        ("PRODUCT_IDENTIFICATION", {"text": "\u20ac"}, "ISO-8859-1"),
        ("PRODUCT_IDENTIFICATION", {"text": 1}, "ISO-8859-1"),
        ("PROPRIETARY", {"payload": "01"}, "8 hexadecimal bytes"),
        ("PROPRIETARY", {"payload": "zz"}, "8 hexadecimal bytes"),
        ("PROPRIETARY", {"payload": 1}, "8 hexadecimal bytes"),
        ("AGS_CRITERION_COMMAND", {"state_of_charge_start_threshold": 50},
         "goes with criterion_type [1]"),
        ("AGS_CRITERION_COMMAND", {"criterion_type": 0, "state_of_charge_start_threshold": 50},
         "goes with"),
    ],
)  # fmt: skip
def test_encode_refuses(row: str, values: dict[str, Value], said: str) -> None:
    with pytest.raises(EncodeError) as caught:
        SPEC.named(row).encode(**values)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "ack"), (1, "nak"), (2, "source not acceptable"), (3, "conditions not met"),
        (4, "bad format"), (5, "out of range"), (6, "password required"), (7, "needs more time"),
        (8, "user override"), (128, "command specific"),
    ],
)  # fmt: skip
def test_an_acknowledgment_is_in_words_both_ways(code: int, words: str) -> None:
    row = SPEC.named("ACKNOWLEDGMENT")
    sent = row.encode(
        code=code, instance=2, acknowledged_source_address=0x44, acknowledged_dgn=0x1FFB7
    )
    assert sent.hex() == f"{code:02x}02ffff44b7ff01"
    assert row.decode(sent)[row.index["code"]] == Code(code, words)
