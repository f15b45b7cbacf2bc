"""Which faults are active, from the reports of their senders."""

from hypothesis import given, strategies as st
import pytest

from custom_components.coachiq.rvc.active import ActiveFault, ActiveFaults, Changes
from custom_components.coachiq.rvc.fault import Report
from tests.rvc.reports import dm1, dm_rv, only

BURNER = "4165010160FFFFFF"  # water heater 1
ELEMENT = "4165010280FFFFFF"  # water heater 2
HEALTHY = "0565FFFFFFFFFFFF"


def numbers(faults: tuple[ActiveFault, ...]) -> list[tuple[int, int]]:
    return [(active.source, active.fault.spn) for active in faults]


def test_a_fault_appears_once() -> None:
    active = ActiveFaults()
    fault = only(dm_rv(BURNER))
    assert active.hear(0x80, dm_rv(BURNER), 10) == Changes(
        appeared=(ActiveFault(0x80, fault, 10, 10),)
    )
    assert active.hear(0x80, dm_rv(BURNER), 11) == Changes()
    assert active.faults == (ActiveFault(0x80, fault, 10, 11),)


def test_a_changed_count_is_no_new_appearance() -> None:
    active = ActiveFaults()
    active.hear(0x80, dm_rv("4165010160 81 FFFF"), 0)
    assert active.hear(0x80, dm_rv("4165010160 82 FFFF"), 1) == Changes()
    assert [one.fault.count for one in active.faults] == [2]


@pytest.mark.parametrize(
    "other",
    [
        "4165010260FFFFFF",  # another instance
        "4165010161FFFFFF",  # another FMI
        "4166010160FFFFFF",  # another DSA
        "4165010160FF07FF",  # another DSA extension
        "4165010160FFFF01",  # another bank
    ],
)
def test_another_fault_is_another(other: str) -> None:
    active = ActiveFaults()
    active.hear(0x80, dm_rv(BURNER), 0)
    assert len(active.hear(0x80, dm_rv(other), 1).appeared) == 1
    assert len(active.faults) == 2


def test_each_source_address_has_its_own_faults() -> None:
    active = ActiveFaults()
    active.hear(0x80, dm_rv(BURNER), 0)
    assert numbers(active.hear(0x81, dm_rv(BURNER), 0).appeared) == [(0x81, 2059)]
    assert numbers(active.hear(0x81, dm_rv(HEALTHY), 1).cleared) == [(0x81, 2059)]
    assert numbers(active.faults) == [(0x80, 2059)]


def test_another_fault_of_a_device_clears_none() -> None:
    active = ActiveFaults()
    active.hear(0x80, dm_rv(BURNER), 0)
    assert active.hear(0x80, dm_rv(ELEMENT), 1).cleared == ()
    assert numbers(active.faults) == [(0x80, 2059), (0x80, 2068)]


def test_no_fault_and_no_lamp_clears_all_of_the_device() -> None:
    active = ActiveFaults()
    active.hear(0x80, dm_rv(BURNER), 0)
    active.hear(0x80, dm_rv(ELEMENT), 0)
    active.hear(0x80, dm_rv("4140002100FFFFFF"), 0)
    cleared = active.hear(0x80, dm_rv(HEALTHY), 2)
    assert cleared == Changes(
        cleared=(
            ActiveFault(0x80, only(dm_rv(BURNER)), 0, 0),
            ActiveFault(0x80, only(dm_rv(ELEMENT)), 0, 0),
        )
    )
    assert numbers(active.faults) == [(0x80, 264)]
    assert len(active.hear(0x80, dm_rv(BURNER), 3).appeared) == 1


@pytest.mark.parametrize(
    "payload",
    [
        "4565FFFFFFFFFFFF",  # the red lamp is on
        "1565FFFFFFFFFFFF",  # the yellow one
        "F565FFFFFFFFFFFF",  # nothing is said of lamps
        "3565FFFFFFFFFFFF",
        "05FFFFFFFFFFFFFF",  # nor of the device
        "0540FFFFFFFFFFFF",  # another device
        "0565FFFF",  # not whole
        "",
    ],
)
def test_what_does_not_clear(payload: str) -> None:
    active = ActiveFaults()
    active.hear(0x80, dm_rv(BURNER), 0)
    assert active.hear(0x80, dm_rv(payload), 1) == Changes()
    assert len(active.faults) == 1


def test_a_dm1_clears_the_codes_that_it_lacks() -> None:
    active = ActiveFaults()
    active.hear(0, dm1("04FF 6E000001 64000182"), 0)
    active.hear(0, dm_rv(BURNER), 0)
    active.hear(3, dm1("04FF 6E000001"), 0)
    changes = active.hear(0, dm1("04FF 64000182 BE000F01"), 1)
    assert numbers(changes.cleared) == [(0, 110)]
    assert numbers(changes.appeared) == [(0, 190)]
    assert active.hear(0, dm1("04FF"), 2) == Changes(), "too short to tell"
    assert numbers(active.hear(0, dm1("00FF00000000FFFF"), 3).cleared) == [(0, 100), (0, 190)]
    assert numbers(active.faults) == [(0, 2059), (3, 110)]


def test_a_code_that_is_listed_twice_appears_once() -> None:
    active = ActiveFaults()
    assert len(active.hear(0, dm1("04FF 6E000001 6E000002"), 0).appeared) == 1
    assert [one.fault.count for one in active.faults] == [2]


def test_a_fault_that_is_not_repeated_for_15_seconds_is_gone() -> None:
    active = ActiveFaults()
    active.hear(0x80, dm_rv(BURNER), 0)
    active.hear(0x80, dm_rv(BURNER), 1)
    assert active.tick(16) == ()
    assert active.tick(16.1) == (ActiveFault(0x80, only(dm_rv(BURNER)), 0, 1),)
    assert active.faults == ()
    assert active.tick(17) == ()


def test_a_slow_sender_has_three_of_its_longest_gaps() -> None:
    active = ActiveFaults()
    for now in (0, 8, 9, 10):
        active.hear(0x80, dm_rv(BURNER), now)
    assert active.tick(34) == ()
    assert numbers(active.tick(34.1)) == [(0x80, 2059)]


def test_no_sender_has_more_than_a_minute() -> None:
    active = ActiveFaults()
    for now in (0, 14, 44):
        active.hear(0x80, dm_rv(BURNER), now)
    assert active.tick(104) == ()
    assert numbers(active.tick(104.1)) == [(0x80, 2059)]


def test_a_sender_that_is_slower_than_the_time_out_clears_but_once() -> None:
    active = ActiveFaults()
    changes = []
    for now in range(121):
        if now % 20 == 0:
            changes += [("appeared", now)] * len(active.hear(0x80, dm_rv(BURNER), now).appeared)
        changes += [("cleared", now)] * len(active.tick(now))
    assert changes == [("appeared", 0), ("cleared", 16), ("appeared", 20)]
    assert [one.first for one in active.faults] == [20]


def test_a_fault_that_is_gone_for_a_minute_is_forgotten() -> None:
    active = ActiveFaults()
    active.hear(0x80, dm_rv(BURNER), 0)
    active.tick(16)
    active.tick(60.1)
    active.hear(0x80, dm_rv(BURNER), 61)
    assert numbers(active.tick(76.1)) == [(0x80, 2059)], "its gap of 61 s is not remembered"


def test_a_fault_that_is_gone_is_not_cleared_again() -> None:
    active = ActiveFaults()
    active.hear(0x80, dm_rv(BURNER), 0)
    active.tick(16)
    assert active.hear(0x80, dm_rv(HEALTHY), 17) == Changes()


def code(spn: int) -> str:
    return spn.to_bytes(2, "little").hex() + "0401"


def test_a_sender_has_at_most_50_faults() -> None:
    active = ActiveFaults()
    report = dm1("04FF" + "".join(code(spn) for spn in range(1, 61)))
    assert len(active.hear(0, report, 0).appeared) == 50
    assert (len(active.faults), active.surplus) == (50, 10)
    assert len(active.hear(3, report, 0).appeared) == 50


def test_all_senders_have_at_most_500() -> None:
    active = ActiveFaults()
    for source in range(11):
        report = dm1("04FF" + "".join(code(spn) for spn in range(1, 51)))
        active.hear(source, report, 0)
    assert (len(active.faults), active.surplus) == (500, 50)
    active.hear(0, dm1("00FF00000000FFFF"), 1)
    assert len(active.hear(10, report, 1).appeared) == 50, "room is given back"


def test_codes_that_come_and_go_do_not_grow() -> None:
    active = ActiveFaults()
    for spn in range(1, 1000):
        assert len(active.hear(0, dm1(f"04FF {code(spn)}"), spn).appeared) == 1
        assert len(active.faults) == 1
    assert active.surplus == 0


def test_a_sender_of_ever_new_faults_does_not_grow() -> None:
    active = ActiveFaults()
    for step in range(10_000):
        spn = 300 + step
        active.hear(0x80, dm_rv(f"4140{spn << 5:06X}FFFFFF"), step / 10)
        if step % 10 == 0:
            active.tick(step / 10)
        assert len(active._senders[0x80]) <= 50
    assert active.surplus > 0
    assert len(active.tick(2000)) <= 50
    assert active._senders == {}


FRAMES = [
    *(dm_rv(payload) for payload in (BURNER, ELEMENT, HEALTHY, "4140002100FFFFFF", "4165")),
    *(dm1(codes) for codes in ("04FF6E000001", "04FF640001826E000001", "00FF00000000FFFF", "04FF")),
]


@given(
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from(FRAMES), st.sampled_from([1, 5, 16, 61])))
)
def test_what_appears_and_clears_adds_up_to_what_is_active(
    heard: list[tuple[int, Report, int]],
) -> None:
    active, known, now = ActiveFaults(), set[tuple[int, object]](), 0
    for source, report, seconds in heard:
        changes = active.hear(source, report, now)
        now += seconds
        for one in changes.cleared:
            known.remove((one.source, one.fault.key))
        for one in changes.appeared:
            assert (one.source, one.fault.key) not in known
            known.add((one.source, one.fault.key))
        for one in active.tick(now):
            known.remove((one.source, one.fault.key))
        assert {(one.source, one.fault.key) for one in active.faults} == known
