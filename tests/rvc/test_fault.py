"""DM_RV and DM1 to reports, from literal frames."""

from hypothesis import given, strategies as st
import pytest

from custom_components.coachiq.rvc import load_chassis_spec
from custom_components.coachiq.rvc.diagnostics import Words
from custom_components.coachiq.rvc.fault import (
    Fault,
    Report,
    chassis_words,
    read_dm1,
    read_dm_rv,
    words,
)
from tests.rvc.reports import TABLES, dm1, dm_rv, only

CHASSIS = chassis_words(load_chassis_spec())


def test_a_generator_without_a_fault() -> None:
    """A Keystone trailer's controller (source address 80)."""
    assert dm_rv("0540FFFFFFFFFFFF") == Report(
        protocol="rvc", faults=(), red=False, yellow=False, dsa=64, on=True, active=True
    )


def test_a_fault_of_a_standard_spn_that_is_reserved() -> None:
    """From a peer's test: DSA 69, SPN 96, FMI 4, once, no DSA extension."""
    report = dm_rv("0045000C0401FF0F")
    assert (report.on, report.active, report.red, report.yellow) == (False, False, False, False)
    assert report.faults == (Fault(protocol="rvc", spn=96, fmi=4, count=1, dsa=69),)
    assert words(only(report), TABLES, CHASSIS) == Words(
        device="battery state of charge monitor", how="short to low"
    )


def test_the_worked_example_of_the_specification() -> None:
    """SPN 01 03 C0 (RV-C 3.2.5.7): 2078 as one number, or instance 3 of the 11-bit number 14."""
    fault = only(dm_rv("41 65 01 03 C0 FF FF FF"))
    assert (fault.spn, fault.instance, fault.spn11) == (2078, 3, 14)
    assert words(fault, TABLES, CHASSIS) == Words(
        device="water heater", instance=3, what="igniter", how="above normal"
    )


def test_an_spn_that_no_table_has_is_given_whole() -> None:
    fault = only(dm_rv("41 C8 01 03 C0 FF FF FF"))
    assert (fault.spn, fault.instance, fault.spn11, fault.dsa) == (2078, None, None, 200)


def test_an_spn_of_the_whole_node_has_no_instance() -> None:
    fault = only(dm_rv("85 40 00 21 11 87 FF FF"))
    assert (fault.spn, fault.instance, fault.spn11, fault.fmi, fault.count) == (
        264, None, None, 17, 7,
    )  # fmt: skip
    assert words(fault, TABLES, CHASSIS).what == "oil pressure"


def test_an_instance_of_all_and_one_that_is_none() -> None:
    assert only(dm_rv("41 65 01 00 60 FF FF FF")).instance == 0
    none = only(dm_rv("41 85 01 FF 40 FF FF FF"))
    assert (none.instance, none.spn11) == (None, 10)


@pytest.mark.parametrize(
    ("status", "on", "active", "yellow", "red"),
    [
        ("00", False, False, False, False),
        ("05", True, True, False, False),
        ("11", True, False, True, False),
        ("44", False, True, False, True),
        ("50", False, False, True, True),
        ("AA", None, None, None, None),
        ("FF", None, None, None, None),
    ],
)
def test_operating_status_and_lamps(
    status: str, *, on: bool | None, active: bool | None, yellow: bool | None, red: bool | None
) -> None:
    report = dm_rv(f"{status} 65 01 03 C0 FF FF FF")
    assert (report.on, report.active, report.yellow, report.red) == (on, active, yellow, red)


@pytest.mark.parametrize("code", ["FFFFFFFF", "FFFFE501"])
def test_no_fault(code: str) -> None:
    assert dm_rv(f"0165{code}FFFF").faults == ()


def test_a_fault_that_names_no_failure_mode_is_one() -> None:
    fault = only(dm_rv("9544000C1F81FFFF"))
    assert (fault.spn, fault.fmi, fault.count) == (96, 31, 1)


@pytest.mark.parametrize(
    ("tail", "count", "extension", "bank"),
    [
        ("00 FF FF", 0, None, None),
        ("FE 00 F0", 126, 0, 0),
        ("7F FD 0D", None, 253, 13),
        ("81 FE FE", 1, None, None),
    ],
)
def test_count_extension_and_bank(
    tail: str, count: int | None, extension: int | None, bank: int | None
) -> None:
    fault = only(dm_rv(f"41 65 01 03 C0 {tail}"))
    assert (fault.count, fault.dsa_extension, fault.bank) == (count, extension, bank)


@pytest.mark.parametrize(("byte", "dsa"), [("00", 0), ("FD", 253), ("FE", None), ("FF", None)])
def test_the_dsa_of_a_report(byte: str, dsa: int | None) -> None:
    report = dm_rv(f"41 {byte} 00 00 20 FF FF FF")
    assert (report.dsa, only(report).dsa) == (dsa, dsa)
    assert words(only(report), TABLES, CHASSIS).what == "microprocessor"


def test_a_short_frame_says_what_is_whole() -> None:
    assert dm_rv("") == Report(protocol="rvc", faults=None, red=None, yellow=None)
    assert dm_rv("41").red is True
    assert dm_rv("41 65 FF FF") == Report(
        protocol="rvc", faults=None, red=True, yellow=False, dsa=101, on=True, active=False
    )
    assert only(dm_rv("41 65 01 03 C0")) == Fault(
        protocol="rvc", spn=2078, fmi=0, count=None, instance=3, spn11=14, dsa=101
    )
    assert only(dm_rv("41 65 01 03 C0 05 07")).dsa_extension == 7


def test_several_faults_in_a_message_of_several_packets() -> None:
    report = dm_rv("41 65  01 03 C0 02  01 04 63 FF  FFFFFFFF  00 00 20 81  FF FF")
    assert [(fault.spn, fault.fmi, fault.count, fault.instance) for fault in report.faults] == [
        (2078, 0, 2, 3), (2083, 3, None, 4), (1, 0, 1, None),
    ]  # fmt: skip
    assert {(fault.dsa, fault.dsa_extension, fault.bank) for fault in report.faults} == {
        (101, None, None)
    }


def test_every_spn_of_a_device_is_found_by_its_own_bytes() -> None:
    for device in TABLES.devices:
        for spn, about in device.spns.items():
            for instance in (0, 3, 250) if about.instanced and spn > 255 else (None,):
                number = spn | (instance or 0) << 3
                code = bytes((number >> 11, number >> 3 & 0xFF, (number & 7) << 5 | 4, 0xFF))
                fault = only(read_dm_rv(b"\x41" + bytes(device.dsas[:1]) + code, TABLES))
                assert (fault.spn, fault.instance) == (number, instance)
                assert fault.spn11 == (None if instance is None else spn >> 11 << 3 | spn & 7)
                said = words(fault, TABLES, CHASSIS)
                # The four of the step cannot be told from the standard ones.
                assert about.label == (said.what if spn > 255 else said.other)
                assert (said.device, said.how) == (device.reported_as, "short to low")


@given(st.binary(max_size=64))
def test_no_dm_rv_raises(data: bytes) -> None:
    report = read_dm_rv(data, TABLES)
    assert (report.faults is None) == (len(data) < 5)
    for fault in report.faults or ():
        words(fault, TABLES, CHASSIS)
        assert fault.spn != 0x7FFFF


@given(st.integers(0, 253), st.integers(0, 0x7FFFE), st.integers(0, 30), st.integers(0, 126))
def test_a_dm_rv_gives_what_was_put_in(dsa: int, spn: int, fmi: int, count: int) -> None:
    code = bytes((spn >> 11, spn >> 3 & 0xFF, (spn & 7) << 5 | fmi, count | 0x80))
    fault = only(read_dm_rv(bytes((0x55, dsa)) + code + b"\xff\xff", TABLES))
    assert (fault.dsa, fault.spn, fault.fmi, fault.count) == (dsa, spn, fmi, count)


def test_an_engine_without_a_code() -> None:
    """From a real bus: the protect lamp is not there, the others are off."""
    assert dm1("03FF00000000FFFF") == Report(
        protocol="j1939", faults=(), red=False, yellow=False, malfunction=False, protect=None
    )


def test_one_code() -> None:
    """From a peer's test: red and amber lamp on and steady."""
    report = dm1("14FF60000403FFFF")
    assert (report.red, report.yellow, report.malfunction, report.protect) == (
        True, True, False, False,
    )  # fmt: skip
    assert (report.red_flash, report.yellow_flash) == (None, None)
    assert report.faults == (Fault(protocol="j1939", spn=96, fmi=4, count=3),)
    assert words(only(report), TABLES, CHASSIS) == Words(what="fuel level 1", how="short to low")


def test_a_code_of_19_bits() -> None:
    fault = only(dm1("00FF 34 12 F4 7F FFFF"))
    assert (fault.spn, fault.fmi, fault.count) == (0x71234, 20, None)
    assert words(fault, TABLES, CHASSIS).how == "drifted high"


def test_a_code_of_an_earlier_version_is_uncertain() -> None:
    fault = only(dm1("00FF 34 12 F4 85 FFFF"))
    assert (fault.spn, fault.count, fault.uncertain) == (0x71234, 5, True)
    # Which of three orders its bits are in cannot be told, so no word is said of what it means.
    coolant = "04FF 6E00{}FFFF"
    assert words(only(dm1(coolant.format("0001"))), TABLES, CHASSIS).what == "coolant temperature"
    assert words(only(dm1(coolant.format("0081"))), TABLES, CHASSIS).what is None


def test_lamps_flash_only_when_they_are_on() -> None:
    # red on and fast, amber on and slow, malfunction off, protect on and reserved
    report = dm1("15 12 6000 04 03 FFFF")
    assert (report.red_flash, report.yellow_flash) == ("fast", "slow")
    assert (report.malfunction_flash, report.protect_flash) == (None, None)
    assert (report.malfunction, report.protect) == (False, True)
    assert dm1("45 44").malfunction_flash == "fast"


def test_several_codes_of_several_packets() -> None:
    report = dm1("04FF 6E000001 64000182 00000000 FFFFFFFF BE000F FF FF FF")
    assert [(fault.spn, fault.fmi, fault.count) for fault in report.faults] == [
        (110, 0, 1), (100, 1, 2), (190, 15, None),
    ]  # fmt: skip


def test_fmi_31_of_a_dm1_is_a_fault() -> None:
    assert words(only(dm1("04FF 6E001F01 FFFF")), TABLES, CHASSIS).how == "condition exists"


def test_a_short_dm1_says_what_is_whole() -> None:
    assert dm1("") == Report(protocol="j1939", faults=None, red=None, yellow=None)
    assert (dm1("10").red, dm1("10").red_flash, dm1("10").faults) == (True, None, None)
    assert dm1("1000600004").faults is None
    assert only(dm1("100060000403")).spn == 96


@given(st.binary(max_size=300))
def test_no_dm1_raises(data: bytes) -> None:
    report = read_dm1(data)
    assert (report.faults is None) == (len(data) < 6)
    for fault in report.faults or ():
        words(fault, TABLES, CHASSIS)
        assert (fault.spn, fault.fmi) not in ((0, 0), (0x7FFFF, 31))


@given(st.integers(1, 0x7FFFE), st.integers(0, 31), st.integers(0, 126), st.booleans())
def test_a_dm1_gives_what_was_put_in(spn: int, fmi: int, count: int, earlier: bool) -> None:
    code = bytes((spn & 0xFF, spn >> 8 & 0xFF, spn >> 16 << 5 | fmi, count | earlier << 7))
    fault = only(read_dm1(b"\x00\xff" + code + b"\xff\xff"))
    assert (fault.spn, fault.fmi, fault.count, fault.uncertain) == (spn, fmi, count, earlier)
