"""The tables of devices, SPNs, FMIs and alarms, and how a mistake in them is refused."""

from collections import Counter
import json
from pathlib import Path

import pytest

from custom_components.coachiq.rvc import SpecError, diagnostics as module
from custom_components.coachiq.rvc.diagnostics import (
    Diagnostics,
    Spn,
    Words,
    instance_of,
    load_diagnostics,
)

TABLES = load_diagnostics()

# How many SPNs and alarms the specification prints for the first DSA of each of its tables.
SPNS = {
    64: 72, 65: 3, 66: 47, 70: 9, 72: 3, 74: 47, 79: 14, 80: 9, 81: 64, 84: 40, 88: 7, 94: 28,
    97: 3, 101: 35, 103: 18, 107: 38, 118: 6, 120: 2, 126: 27, 127: 6, 128: 3, 129: 10, 130: 9,
    131: 9, 132: 1, 133: 5, 136: 2, 137: 3, 139: 6, 141: 12, 146: 3, 147: 4, 148: 2, 252: 7,
}  # fmt: skip
ALARMS = {
    64: 18, 65: 55, 66: 12, 69: 17, 70: 15, 72: 2, 74: 24, 79: 4, 81: 5, 84: 7, 88: 5, 107: 2,
    118: 9, 126: 4, 130: 10, 133: 7, 135: 7, 136: 1, 138: 7, 139: 1, 140: 18, 141: 24, 147: 4,
    148: 2, 252: 31,
}  # fmt: skip
# Of DSAs that share the table of another one.
SAME = {
    67: 66, 68: 132, 69: 70, 73: 72, 75: 74, 76: 74, 77: 137, 78: 79, 82: 81, 83: 81, 85: 84,
    86: 84, 87: 84, 89: 88, 90: 88, 91: 88, 92: 88, 93: 88, 95: 94, 96: 94, 98: 97, 99: 97,
    100: 94, 102: 101, 104: 103, 105: 103, 106: 103, 119: 118, 121: 120, 122: 120, 123: 120,
    124: 120, 125: 120,
}  # fmt: skip


def all_dsas() -> list[int]:
    return [dsa for device in TABLES.devices for dsa in device.dsas]


def test_all_types_of_device_are_there() -> None:
    assert len(TABLES.devices) == 69
    assert sorted(all_dsas()) == [*range(64, 151), *range(249, 254)]
    assert [device.name for device in TABLES.devices if not device.dsas] == ["multifunction"]


@pytest.mark.parametrize(
    ("dsa", "name", "dsas", "reported", "dynamic_range"),
    [
        (64, "generator", (64,), 64, (128, 143)),
        (67, "inverter", (66, 67), 66, (128, 143)),
        (75, "converter 2", (75,), 74, (128, 143)),
        (91, "thermostat 3 to 6", (90, 91, 92, 93), 88, (192, 207)),
        (96, "furnace 2 or 3", (95, 96), 94, (192, 207)),
        (100, "hydronic furnace", (100,), 100, (192, 207)),
        (125, "gas detector", (120, 121, 122, 123, 124, 125), 120, (208, 223)),
        (249, "service tool", (249,), 249, None),
        (253, "network bridge", (253,), 253, (144, 159)),
    ],
)
def test_a_device_is_found_by_each_of_its_addresses(
    dsa: int, name: str, dsas: tuple[int, ...], reported: int, dynamic_range: tuple[int, int] | None
) -> None:
    device = TABLES.device(dsa)
    assert (device.name, device.dsas, device.reported, device.dynamic_range) == (
        name, dsas, reported, dynamic_range,
    )  # fmt: skip


@pytest.mark.parametrize("dsa", [None, 0, 63, 151, 248, 254, 255])
def test_what_is_no_address_of_a_device(dsa: int | None) -> None:
    assert TABLES.device(dsa) is None


def test_multifunction_nodes_have_addresses_of_their_own_only() -> None:
    assert (TABLES.devices[0].dynamic_range, TABLES.devices[0].reported) == ((112, 127), None)


def test_the_554_spns_of_devices_are_there() -> None:
    found = {dsa: len(TABLES.device(dsa).spns) for dsa in all_dsas()}
    assert {dsa: count for dsa, count in found.items() if count} == SPNS | {
        dsa: SPNS[other] for dsa, other in SAME.items()
    }
    assert sum(SPNS.values()) == 554
    instanced = sum(spn.instanced for dsa in SPNS for spn in TABLES.device(dsa).spns.values())
    assert instanced == 370


@pytest.mark.parametrize("dsa", SPNS)
def test_words_of_a_device_are_plain_and_its_own(dsa: int) -> None:
    labels = [spn.label for spn in TABLES.device(dsa).spns.values()]
    assert [label for label, count in Counter(labels).items() if count > 1] == []
    assert [label for label in labels if label != label.lower().strip() or "_" in label] == []


# One row or two of every table, by the numbers that are printed.
@pytest.mark.parametrize(
    ("dsa", "spn", "label", "instanced"),
    [
        (101, 2051, "burner", True),
        (101, 4103, "extra high temperature limit switch 7", True),
        (101, 10242, "burner control unit", True),
        (120, 2049, "annunciator", True),
        (252, 256, "engine speed", False),
        (126, 282, "right rear encoder channel b", False),
        (81, 282, "hydraulic pump motor temperature", False),
        (83, 310, "level sensor", False),
        (84, 261, "supply voltage", False),
        (84, 18433, "motor brake control", True),
        (94, 6149, "flame monitor", True),
        (88, 4102, "networked furnace", True),
        (103, 2053, "coil sensor", True),
        (64, 304, "remote start", False),
        (64, 2048, "ac rms voltage", True),
        (74, 264199, "ac peak voltage", True),
        (66, 274434, "dc bus temperature", True),
        (137, 2050, "variable control", True),
        (146, 2048, "current", True),
        (131, 6147, "variable control blue", True),
        (132, 2048, "switch", True),
        (68, 2048, "switch", True),
        (72, 2050, "geometry table", True),
        (127, 261, "operating power", False),
        (128, 256, "valve", False),
        (129, 265, "additive dispenser", False),
        (79, 4102, "contactor neutral input 6", True),
        (80, 264, "altimeter", False),
        (136, 257, "compass y sensor", False),
        (65, 256, "generator does not respond as asked", False),
        (65, 2049, "data not available", True),
        (97, 2050, "heat element", True),
        (133, 2052, "loss of signal", True),
        (130, 4096, "motor brake", True),
        (139, 2050, "solenoid voltage", True),
        (141, 4099, "array current", True),
        (70, 2049, "module voltage", True),
        (148, 2048, "valve actuator", True),
        (107, 8195, "fan 3", True),
        (118, 2053, "stored limit switch", True),
    ],
)
def test_an_spn_of_a_device(dsa: int, spn: int, label: str, *, instanced: bool) -> None:
    found = TABLES.spn(dsa, spn)
    assert (found.label, found.instanced) == (label, instanced)


def test_an_instance_is_taken_out_of_the_number_of_an_instanced_spn_only() -> None:
    assert TABLES.spn(101, 2048 | 250 << 3 | 3).label == "burner"
    assert TABLES.spn(252, 256 | 1 << 11) is None
    assert TABLES.spn(64, 305) is None
    assert TABLES.spn(70, 2048) is None, "1/0 is not assigned for batteries"


@pytest.mark.parametrize("dsa", [None, 0, 64, 101, 200, 255])
def test_standard_spns_are_those_of_every_device(dsa: int | None) -> None:
    assert TABLES.spn(dsa, 1) == Spn(label="microprocessor")
    assert TABLES.spn(dsa, 13) == Spn(label="internal subnet")
    assert len(TABLES.standard) == 14
    assert [TABLES.spn(dsa, spn) for spn in range(14, 256)] == [None] * 242


def test_what_the_table_of_the_step_adds_is_told_apart_by_nobody() -> None:
    """RV-C prints the step's SPNs with an MSB of 0: instance 1 "motion" is standard SPN 8."""
    both = TABLES.fault(147, 8, 2)
    assert (both.what, both.other, both.instance) == ("date or time missing", "motion", None)
    assert both.doubt.startswith("printed with an MSB of 0")
    alone = TABLES.fault(147, 5 << 3 | 2, 2)
    assert (alone.what, alone.other) == (None, "obstruction sensor bottom")
    assert TABLES.spn(147, 5 << 3 | 4) is None
    assert TABLES.spn(147, 40 << 3 | 1) is None, "256 and above are of the whole node"


def test_a_fault_in_words() -> None:
    assert TABLES.fault(101, 2048 | 2 << 3 | 3, 0) == Words(
        device="water heater", instance=2, what="burner", how="above normal"
    )
    assert TABLES.fault(64, 264, 17) == Words(
        device="generator", what="oil pressure", how="below normal least severe"
    )


@pytest.mark.parametrize(
    ("dsa", "spn", "of", "instance", "place"),
    [
        (101, 0x01000, None, 0, "all"),
        (101, 0x00FFB, None, None, None),
        (101, 0x01808, "circulation pump", 1, None),
        (88, 0x00800, None, 0, "central controller"),
        (64, 0x00808, "ac output", 1, None),
        (74, 0x42018, "internal component", 3, None),
        (72, 0x00800, None, 0, "all or fresh"),
        (72, 0x00810, None, 2, "gray"),
        (73, 0x00898, None, 19, "lpg 2"),
        (130, 0x00808, None, 1, "main patio"),
        (139, 0x00818, None, 3, "house to chassis bridge"),
        (133, 0x00800, "tire", 0, "axle 1 outside left"),
        (133, 0x00898, "tire", 19, "axle 2 outside right"),
        (133, 0x00FD0, "tire", 250, None),
        (133, 0x00FD8, "tire", None, None),
        (133, 0x00FF8, "tire", None, None),
    ],
)
def test_what_an_instance_counts_and_where_it_is(
    dsa: int, spn: int, of: str | None, instance: int | None, place: str | None
) -> None:
    words = TABLES.fault(dsa, spn, 5)
    assert (words.of, words.instance, words.place) == (of, instance, place)


def test_an_unknown_part_of_a_fault_is_left_open() -> None:
    assert TABLES.fault(None, 2048, 23) == Words()
    assert TABLES.fault(200, 2048, 7) == Words(how="mechanical part does not respond")
    assert TABLES.fault(101, 2048 | 9 << 11, 30) == Words(device="water heater")


def test_a_report_speaks_for_all_devices_of_its_type() -> None:
    assert [TABLES.fault(dsa, 2048, 0).device for dsa in (74, 88, 89, 94)] == [
        "converter", "thermostat", "bedroom thermostat", "furnace",
    ]  # fmt: skip


def test_doubts_about_spns_are_told() -> None:
    assert TABLES.fault(69, 2049, 0).doubt == "only Table 7.2 links it to these SPNs"
    assert TABLES.fault(69, 3, 0).doubt is None
    assert TABLES.fault(77, 2048, 0).doubt.startswith("the text has instances where the MSB is 0")
    doubtful = {dsa for dsa in all_dsas() if TABLES.fault(dsa, 2048, 0).doubt}
    assert doubtful == {65, 68, 69, 76, 77, 78, 100, 131, 132, 137, 146}


def test_fmis_of_rv_c() -> None:
    fmis = TABLES.fmis["rvc"]
    assert sorted(fmis) == [*range(23), 31]
    assert (fmis[0], fmis[5], fmis[14]) == (
        "above normal", "open circuit or low current", "none of these",
    )  # fmt: skip
    assert (fmis[20], fmis[22], fmis[31]) == (
        "network device does not respond", "reverse polarity", "not available",
    )  # fmt: skip


def test_fmis_of_j1939_differ_in_some() -> None:
    assert TABLES.chassis_fault("fuel level", 5) == Words(
        what="fuel level", how="open circuit or low current"
    )
    assert TABLES.chassis_fault(None, 20) == Words(how="drifted high")
    assert TABLES.chassis_fault(None, 22) == Words()
    assert TABLES.chassis_fault(None, 31) == Words(how="condition exists")
    assert sorted(TABLES.fmis["j1939"]) == [*range(22), 31]


def test_the_alarms_are_there() -> None:
    """296 are printed: 291 here, two meanings more, two printed twice, one without its device."""
    found = {dsa: len(TABLES.device(dsa).alarms) for dsa in all_dsas()}
    same = {
        67: 66, 73: 72, 75: 74, 76: 74, 82: 81, 83: 81, 85: 84, 86: 84, 87: 84, 89: 88, 90: 88,
        91: 88, 92: 88, 93: 88, 108: 107, 109: 107, 110: 107, 119: 118, 145: 135,
    }  # fmt: skip
    assert {dsa: count for dsa, count in found.items() if count} == ALARMS | {
        dsa: ALARMS[other] for dsa, other in same.items()
    }
    others = [
        alarm.other for dsa in ALARMS for alarm in TABLES.device(dsa).alarms.values() if alarm.other
    ]
    assert (sum(ALARMS.values()), len(others)) == (291, 2)


def test_every_alarm_is_found_by_its_own_numbers() -> None:
    for dsa in ALARMS:
        device = TABLES.device(dsa)
        for instance, alarm in device.alarms.items():
            assert TABLES.alarm(dsa, instance) == Words(
                device=device.name, what=alarm.label, other=alarm.other, doubt=alarm.doubt
            )


@pytest.mark.parametrize(
    ("dsa", "instance", "device", "what"),
    [
        (69, 111, "battery state of charge monitor", "low state of charge warning"),
        (252, 41, "chassis bridge", "motion with shore power"),
        (82, 2, "hydraulic or electric leveling", "jacks not stowed"),
        (87, 6, "slide room", "locked"),
        (93, 4, "thermostat 3 to 6", "entering storage mode"),
        (64, 112, "generator", "dc charging changed to overcharge"),
        (66, 4, "inverter", "output overload"),
        (76, 110, "charge controller", "changed to bulk"),
        (138, 5, "dc motor", "stopped by overcurrent"),
        (136, 1, "gps", "compass not calibrated"),
        (65, 65, "generator start controller", "dc state of charge triggered"),
        (65, 223, "generator start controller", "proprietary disabled"),
        (133, 7, "tire monitor", "very high temperature"),
        (130, 1, "awning", "retracted because of wind"),
        (145, 1, "window", "opening started"),
        (141, 105, "solar charge controller", "configuration 3 changed"),
        (147, 3, "step", "not stowed"),
        (148, 2, "plumbing valve", "closed"),
        (119, 9, "tv lift", "stored because of the ignition"),
        (72, 1, "water or waste tank", "nearly empty"),
        (110, 2, "ice maker", "freezer too warm"),
        (139, 1, "dc disconnect", "low voltage cutoff impending"),
        (139, 2, "dc disconnect", None),
        (139, 128, "dc disconnect", "proprietary"),
        (139, 253, "dc disconnect", "proprietary"),
        (139, 254, "dc disconnect", None),
        (0, 1, "generic", None),
        (63, 200, "generic", None),
        (200, 1, None, None),
    ],
)
def test_an_alarm_in_words(dsa: int, instance: int, device: str | None, what: str | None) -> None:
    assert TABLES.alarm(dsa, instance) == Words(device=device, what=what)


@pytest.mark.parametrize(
    ("dsa", "instance", "what", "other", "doubt"),
    [
        (79, 1, "source switched", "ac power lost", "7.6 has another meaning"),
        (135, 1, "opening started", "intrusion", "7.6 has another meaning"),
        (141, 116, "charging complete", None, "profile 141A sends 117 for this"),
        (
            140, 3, "source power removed", None,
            "a copy of the table of chargers (6.20.29), by mistake as it seems",
        ),
    ],
)  # fmt: skip
def test_a_doubtful_alarm(
    dsa: int, instance: int, what: str, other: str | None, doubt: str
) -> None:
    alarm = TABLES.alarm(dsa, instance)
    assert (alarm.what, alarm.other, alarm.doubt) == (what, other, doubt)


@pytest.mark.parametrize(
    ("spn", "instance"), [(2048, 0), (2056, 1), (2048 | 250 << 3, 250), (2048 | 251 << 3, None)]
)
def test_the_instance_in_an_spn(spn: int, instance: int | None) -> None:
    assert instance_of(spn) == instance


def test_no_key_of_the_file_is_there_twice() -> None:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        assert len(dict(pairs)) == len(pairs), pairs
        return dict(pairs)

    json.loads(module._OWN.read_text("utf-8"), object_pairs_hook=once)


def load(path: Path, **changes: object) -> Diagnostics:
    document: dict[str, object] = {
        "version": 1,
        "devices": [{"name": "lamp", "dsas": [200], "faults": "light", "alarms": "light"}],
        "standard": {"0": "unknown"},
        "fmis": {"both": {"2": "odd"}, "rvc": {"0": "high"}, "j1939": {"0": "very high"}},
        "faults": {"light": [{"instanced": True, "spns": {"2048": "bulb"}}]},
        "alarms": {"light": {"instances": {"1": "dark"}}},
        "alarm_ranges": {"proprietary": [128, 253], "generic": [0, 63]},
    }
    file = path / "diagnostics.json"
    file.write_text(json.dumps(document | changes), "utf-8")
    return load_diagnostics(file)


def test_a_file_of_another_device(tmp_path: Path) -> None:
    tables = load(tmp_path)
    assert tables.fault(200, 2064, 0) == Words(device="lamp", instance=2, what="bulb", how="high")
    assert tables.alarm(200, 1) == Words(device="lamp", what="dark")


DEVICE = {"name": "lamp", "dsas": [200]}
GROUP = {"instanced": True, "spns": {"2048": "bulb"}}
ENDS = {"proprietary": [128, 253], "generic": [0, 63]}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"version": 2}, "version 2; this release reads version 1"),
        ({"version": True}, "version True; this release reads version 1"),
        ({"wordz": {}}, "unknown 'wordz'"),
        ({"devices": {}}, "is not a list"),
        ({"devices": [7]}, "is not an object"),
        ({"devices": [{}]}, "'name' is missing or not text"),
        ({"devices": [DEVICE | {"dsa": 1}]}, "lamp: unknown 'dsa'"),
        ({"devices": [DEVICE | {"dsas": []}]}, "lamp: 'dsas' is not a list of numbers of 8 bits"),
        ({"devices": [DEVICE | {"dsas": [256]}]}, "lamp: 'dsas' is not a list of numbers"),
        ({"devices": [DEVICE | {"dsas": [True]}]}, "lamp: 'dsas' is not a list of numbers"),
        ({"devices": [DEVICE, {"name": "lens", "dsas": [200]}]},
         "lens: DSA 200 is that of another device"),
        ({"devices": [DEVICE | {"reports": "x"}]}, "lamp: 'reports' is missing or not a number"),
        ({"devices": [DEVICE | {"range": [5]}]}, "lamp: 'range' is not first and last"),
        ({"devices": [DEVICE | {"range": [5, 4]}]}, "lamp: 'range' is not first and last"),
        ({"devices": [DEVICE | {"range": 5}]}, "lamp: range: is not a list"),
        ({"devices": [DEVICE | {"faults": "dark"}]}, "lamp: there are no faults of 'dark'"),
        ({"devices": [DEVICE | {"alarms": "dark"}]}, "lamp: there are no alarms of 'dark'"),
        ({"standard": {"256": "x"}}, "standard: code 256 does not fit into 8 bits"),
        ({"fmis": {"all": {}}}, "fmis: unknown 'all'"),
        ({"fmis": {"both": {}, "rvc": {"32": "x"}, "j1939": {}}},
         "fmis: rvc: code 32 does not fit into 5 bits"),
        ({"faults": {"light": {}}}, "faults of light: is not a list"),
        ({"faults": {"light": [GROUP | {"in": 1}]}}, "faults of light: unknown 'in'"),
        ({"faults": {"light": [{"spns": {}}]}}, "faults of light: 'instanced' is not true or"),
        ({"faults": {"light": [GROUP, GROUP]}}, "faults of light: SPN 2048 is there twice"),
        ({"faults": {"light": [{"instanced": True, "spns": {"2056": "x"}}]}},
         "faults of light: SPN 2056 has an instance in it"),
        ({"faults": {"light": [GROUP | {"places": {"x": "y"}}]}}, "faults of light: 'x': 'y' is"),
        ({"alarms": {"light": {"instance": {}}}}, "alarms of light: unknown 'instance'"),
        ({"alarms": {"light": {"instances": {"1": "x"}, "doubts": {"2": "y"}}}},
         "alarms of light: nothing is said of instance 2"),
        ({"alarm_ranges": ENDS | {"own": [1, 2]}}, "alarm_ranges: unknown 'own'"),
        ({"alarm_ranges": {"generic": [0, 63]}}, "alarm_ranges: proprietary: is not a list"),
    ],
)  # fmt: skip
def test_a_mistake_names_the_file_and_the_place(
    tmp_path: Path, change: dict[str, object], problem: str
) -> None:
    with pytest.raises(SpecError) as caught:
        load(tmp_path, **change)
    assert str(caught.value).startswith(f"{tmp_path / 'diagnostics.json'}: {problem}")


def test_a_file_that_is_not_there_or_no_json(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"none\.json: cannot be read"):
        load_diagnostics(tmp_path / "none.json")
    file = tmp_path / "broken.json"
    file.write_text("{", "utf-8")
    with pytest.raises(SpecError, match=r"broken\.json: cannot be read"):
        load_diagnostics(file)
