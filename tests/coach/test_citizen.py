"""What a node says of itself, however it says it."""

import pytest

from custom_components.coachiq.coach.citizen import Product, read_product, sentence
from custom_components.coachiq.rvc import Words
from tests.coach.stage import Stage

RED = "19FECA80#4565002000FFFFFF"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"Firefly*G6*0009C*7*", Product("Firefly", "G6", "0009C", "7")),
        (b"Acme*Boiler*42*", Product("Acme", "Boiler", "42", None)),
        (b"Acme", Product("Acme", None, None, None)),
        (b"**7*", Product(None, None, "7", None)),
        (b"A\x00\x07B*C\xff\xff", Product("A  B", "C", None, None)),
        (b"", Product(None, None, None, None)),
        (b"x" * 400, Product("x" * 60, None, None, None)),
        (b"a*b*c*d*e*f", Product("a", "b", "c", "d")),
    ],
)
def test_a_product_is_read(text: bytes, expected: Product) -> None:
    assert read_product(text) == expected


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Words(device="water heater", what="burner", how="above normal"),
         "water heater: burner: above normal"),
        (Words(device="thermostat", instance=2, what="sensor"), "thermostat 2: sensor"),
        (Words(device="generator", instance=1, place="front", how="bad node"),
         "generator front: bad node"),
        (Words(), "unknown fault"),
    ],
)  # fmt: skip
def test_a_fault_is_one_line(fault: Words, expected: str) -> None:
    assert sentence(fault) == expected


def test_a_fault_that_is_not_repeated_is_gone() -> None:
    stage = Stage()
    stage.hear(RED)
    citizens = stage.coach.lines["house"].citizens
    assert citizens.is_troubled(0x80)
    assert len(citizens.faults(0x80)) == 1
    stage.spoken.clear()
    stage.clock.advance(20)
    assert citizens.faults(0x80) == []
    assert stage.spoken == [("house", 0x80)]


def test_nothing_is_known_of_the_faults_of_a_bus_that_is_down() -> None:
    stage = Stage()
    stage.hear(RED)
    stage.coach.bus_down("house")
    citizens = stage.coach.lines["house"].citizens
    assert citizens.is_troubled(0x80) is None
    assert stage.spoken[-1] == ("house", 0x80)
