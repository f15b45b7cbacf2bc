"""Every intent to the byte, its timing, and frames that real coaches obey beside ours."""

from collections.abc import Mapping
import json
from pathlib import Path
import re
from typing import NamedTuple

import command_table
import pytest

from custom_components.coachiq.rvc import Code, EncodeError, Row, Value, load_spec
from custom_components.coachiq.rvc.command import Command
from custom_components.coachiq.rvc.intent import COMMANDS, LEFT_OUT

SPEC = load_spec()
COMMAND_DGNS = {row.name for row in SPEC.rows.values() if row.kind == "command"}


class Pin(NamedTuple):
    """An intent with its arguments, and the frame that was worked out by hand for it."""

    dgn: str
    intent: str
    arguments: Mapping[str, Value]
    data: str


PINS = [
    Pin(dgn, *row)
    for dgn, rows in json.loads(
        (Path(__file__).parent / "commands.json").read_text("utf-8")
    ).items()
    for row in rows
]
REAL = command_table.real_commands()
FRAMES = [frame for group in REAL["frames"] for frame in group["sent"]]


def encode(intent: str, /, **arguments: Value) -> str:
    return COMMANDS[intent].encode(SPEC, **arguments)[1].hex().upper()


def said(command: Command, arguments: Mapping[str, Value]) -> set[str]:
    """Return the fields that an intent sets."""
    return {*command.fixed, *(command.takes[name].field for name in arguments)}


def bits(row: Row, names: set[str]) -> int:
    """Return the bits of some fields as a mask."""
    fields = [field for field in row.fields if field.name in names]
    return sum((1 << field.bits) - 1 << field.bit for field in fields)


@pytest.mark.parametrize("pin", PINS, ids=lambda pin: f"{pin.intent}-{pin.data}")
def test_an_intent_is_these_bytes(pin: Pin) -> None:
    row, data = COMMANDS[pin.intent].encode(SPEC, **pin.arguments)
    assert (f"{row.dgn:X}", data.hex().upper()) == (pin.dgn, pin.data)


def test_every_argument_of_every_intent_is_among_them() -> None:
    pinned: dict[str, set[str]] = {}
    for pin in PINS:
        pinned.setdefault(pin.intent, set()).update(pin.arguments)
    assert pinned == {intent: set(command.takes) for intent, command in COMMANDS.items()}


@pytest.mark.parametrize("pin", PINS, ids=lambda pin: f"{pin.intent}-{pin.data}")
def test_what_is_not_said_is_sent_as_ones(pin: Pin) -> None:
    command = COMMANDS[pin.intent]
    row = SPEC.named(command.dgn)
    free = ~bits(row, said(command, pin.arguments)) & (1 << 64) - 1
    for bit, width, _ in row.fill:
        free &= ~((1 << width) - 1 << bit)
    assert int.from_bytes(bytes.fromhex(pin.data), "little") & free == free


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.intent)
def test_a_row_says_a_field_once_and_who_is_meant(command: Command) -> None:
    fields = [*command.fixed, *(argument.field for argument in command.takes.values())]
    assert len(set(fields)) == len(fields)
    row = SPEC.named(command.dgn)
    assert set(row.key) <= set(fields) or "group" in fields
    required = {argument.field for argument in command.takes.values() if not argument.optional}
    assert {"group"} & set(fields) or set(row.key) & set(fields) <= required


def test_every_command_dgn_has_intents_or_a_reason_why_not() -> None:
    used = {command.dgn for command in COMMANDS.values()}
    assert used | set(LEFT_OUT) == COMMAND_DGNS
    assert not used & set(LEFT_OUT)


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.intent)
def test_timing_makes_sense(command: Command) -> None:
    if command.repeat is not None:
        assert command.repeat >= SPEC.named(command.dgn).about.apart
        assert command.stop, "what is held is let go"
    if command.lapse is not None:
        assert command.repeat is not None
        assert command.repeat < command.lapse
    if command.stop is not None:
        end = COMMANDS[command.stop]
        assert (end.urgent, end.dgn) == (True, command.dgn)
        assert set(end.takes) <= set(command.takes), "whom to stop is known"
    if command.urgent:
        assert command.stop is None
        assert command.repeat is None


@pytest.mark.parametrize(
    ("intent", "repeat", "lapse"),
    [
        ("slide.extend", 0.1, 0.25),
        ("leveling.move_air", 0.1, 0.25),
        ("motor.hold_forward", 0.1, 0.25),
        ("door.close", 0.1, 0.25),
        ("window.open", 0.1, 0.25),
        ("step.retract", 0.05, 0.1),
        ("awning.extend", 0.1, None),
        ("tv_lift.deploy", 0.1, None),
        ("seat.move", 0.1, None),
        ("shade.hold_open", 1.0, 2.0),
        ("light.hold_flash", 1.0, 2.0),
        ("light.hold", 1.0, 2.0),
        ("dc_load.hold", 1.0, 2.0),
        ("roof_fan.hold_open_dome", 0.5, 1.0),
        ("door.open", None, None),
        ("motor.forward", None, None),
        ("light.on", None, None),
    ],
)
def test_what_is_held_and_how_fast_it_lapses(
    intent: str, repeat: float | None, lapse: float | None
) -> None:
    assert (COMMANDS[intent].repeat, COMMANDS[intent].lapse) == (repeat, lapse)


def test_an_argument_of_none_is_not_given() -> None:
    assert encode("thermostat.set", instance=1, mode="off", heat=None) == "01F0FFFFFFFFFFFF"


def test_a_value_as_it_was_decoded_is_taken() -> None:
    assert encode("thermostat.set_mode", instance=1, mode=Code(5, "aux heat")) == "01F5" + "FF" * 6


@pytest.mark.parametrize(
    ("intent", "arguments", "words"),
    [
        ("light.stop", {"instance": 1, "level": 3}, "light.stop: no argument level, only instance"),
        ("pump.enable", {"instance": 1}, "pump.enable: no argument instance, only none"),
        ("light.set_level", {"instance": 1}, "light.set_level: needs level"),
        ("light.set_level", {"instance": None, "level": 3}, "light.set_level: needs instance"),
        (
            "thermostat.set_point",
            {"instance": 1, "heat": 1736},
            "thermostat.set_point: heat: 1736 is not one of -273.0 to 1735.0 °C",
        ),
        (
            "thermostat.set_mode",
            {"instance": 251, "mode": "off"},
            "thermostat.set_mode: instance: 251 is not one of 0 to 250",
        ),
        (
            "awning.extend",
            {"instance": 0},
            "awning.extend: instance: 0 is not one of 1 to 250, 1 (main patio)",
        ),
        (
            "water_heater.set_mode",
            {"instance": 1, "mode": "test electric"},
            "mode: 'test electric' is not one of 0 (off), 1 (combustion), 2 (electric), 3 (gas and",
        ),
        (
            "date_time.set",
            {"year": 2026, "month": 2, "day": 0, "hour": 0, "minute": 0, "second": 0},
            "date_time.set: day: 0 is not one of 1 to 31",
        ),
        ("light.on", {"instance": "group command"}, "'group command' is not one of 1 to 250"),
        ("light_group.on", {"group": "no group"}, "group: 'no group' is not one of 0 to 254"),
        ("transfer_switch.use", {"instance": 1, "source": "none active"}, "'none active' is not"),
        ("light.set_level", {"instance": 1, "level": float("nan")}, "level: nan is not one of"),
    ],
)
def test_what_an_intent_refuses(intent: str, arguments: dict[str, Value], words: str) -> None:
    with pytest.raises(EncodeError) as caught:
        encode(intent, **arguments)
    assert words in str(caught.value)


@pytest.mark.parametrize("scene", [3, 100, 115.0, 230, "scene 21", "dimmed memory"])
def test_a_scene_is_no_level(scene: float | str) -> None:
    with pytest.raises(EncodeError, match=r"scene: .* is not one of 230 \(scene 1\), 231"):
        encode("light.save_scene", instance=1, scene=scene)


def test_an_owners_row_without_the_field_is_an_error_in_words(tmp_path: Path) -> None:
    file = tmp_path / "rvc.json"
    fields = [{"name": "what", "at": "0"}]
    row = {"name": "WATER_PUMP_COMMAND", "kind": "command", "fields": fields}
    file.write_text(json.dumps({"version": 1, "rows": {"1FFB2": row}}))
    spec = load_spec(file)
    with pytest.raises(EncodeError, match=r"pump: WATER_PUMP_COMMAND has no field pump_pressure"):
        COMMANDS["pump.set_pressure"].encode(spec, pump=1000)
    with pytest.raises(EncodeError, match="command: no such field, only what"):
        COMMANDS["pump.enable"].encode(spec)


def test_115_frames_of_real_coaches_are_compared() -> None:
    assert len(FRAMES) == 115
    assert {reason for frame in FRAMES for reason in frame[5]} == set(REAL["reasons"])


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: f"{frame[0]}-{frame[1]}")
def test_our_frame_for_the_same_differs_by_the_stated_reasons_only(
    frame: command_table.Sent,
) -> None:
    dgn, theirs, _, intent, arguments, reasons = frame
    if intent is None:
        assert len(reasons) == 1
        return
    command = COMMANDS[intent]
    row, data = command.encode(SPEC, **arguments)
    assert f"{row.dgn:X}" == dgn
    our, their = (int.from_bytes(payload, "little") for payload in (data, bytes.fromhex(theirs)))
    different = our ^ their
    explained = {
        "zeros": our & ~their & ~bits(row, said(command, arguments)),
        "level": bits(row, {"desired_level", "desired_brightness"}),
        "deprecated": bits(row, {"dome_position", "rain_sensor"}),
    }
    for reason in reasons:
        assert different & explained[reason], f"{reason} is no reason here"
        different &= ~explained[reason]
    assert not different


def test_the_page_has_a_line_for_each_intent_and_each_kind_of_difference() -> None:
    page = command_table.table()
    assert all(page.count(f"\n| `{intent}` |") == 1 for intent in COMMANDS)
    assert all(re.search(rf"\b{name}\b", page) for name in COMMAND_DGNS)
    kinds = {(frame[3], tuple(frame[5])) for frame in FRAMES if frame[5]}
    rows = page.partition("real coaches obey")[2].count("\n| 1F")
    assert rows == len(kinds)
    assert "73 are what we send" in page
