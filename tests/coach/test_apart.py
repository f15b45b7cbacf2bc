"""What several nodes report is one thing, or one of each node where the owner wants so."""

import pytest

from custom_components.coachiq.coach import ThingId
from custom_components.coachiq.coach.decision import Decision

from .stage import Stage

ON = "19FEDA8E#247CC8FCFF0504FF"
OFF = "19FEDA8E#247C00FCFF0500FF"
# DC_SOURCE_STATUS_1 of battery 1: 13.5 V of priority 120, 12.0 V of priority 100.
STRONG = "19FFFD80#01780E0100943577"
WEAK = "19FFFD46#0164F00000943577"
# Maker 111, serial numbers 4711 and 8.
CLAIM_8E = "18EE008E#6712E00D00000080"
CLAIM_8F = "18EE008F#0800E00D00000080"
APART = {"house-dimmer-36": Decision(apart=True), "house-dc_source-1": Decision(apart=True)}


def dimmer(node: str) -> ThingId:
    return ThingId("house", "dimmer", (36,), node)


def test_one_thing_as_long_as_nobody_decides() -> None:
    """The last one that speaks is shown, and how many do is known."""
    stage = Stage()
    stage.believe(ON, OFF.replace("8E#", "8F#"))
    assert stage.added == [dimmer("")]
    assert stage.coach.reporters(dimmer("")) == {0x8E, 0x8F}


def test_one_of_each_node() -> None:
    """Each has its own values; none is the one that they were together."""
    stage = Stage(decisions=APART)
    stage.hear(CLAIM_8E)
    stage.hear(CLAIM_8F)
    stage.believe(ON, OFF.replace("8E#", "8F#"))
    one, other = dimmer("n111.4711"), dimmer("n111.8")
    assert stage.added == [one, other]
    assert [str(thing) for thing in stage.added] == [
        "house-dimmer-36@n111.4711",
        "house-dimmer-36@n111.8",
    ]
    assert stage.coach.things[one].values["on"] is True
    assert stage.coach.things[other].values["on"] is False
    assert stage.coach.reporters(one) == stage.coach.reporters(dimmer("")) == {0x8E, 0x8F}


def test_batteries_apart_have_no_priority_over_each_other() -> None:
    stage = Stage(decisions=APART)
    stage.believe(STRONG, WEAK)
    voltages = [thing.values["voltage"] for thing in stage.coach.things.values()]
    assert voltages == [pytest.approx(13.5, abs=0.06), pytest.approx(12.0, abs=0.06)]


def test_a_command_goes_to_all_of_them() -> None:
    """The network's commands name an instance; each answers for itself."""
    stage = Stage(decisions=APART)
    stage.believe(OFF, OFF.replace("8E#", "8F#"))
    stage.ready()
    thing = stage.coach.things[dimmer("sa8f")]
    stage.coach.command(thing, "turn_on", stage.outcomes.append)
    assert [frame.split("#")[1] for frame in stage.wire.frames] == ["24FFC800FF00FFFF"]
    stage.hear(ON)
    assert stage.outcomes == [], "the other one's answer"
    stage.hear(ON.replace("8E#", "8F#"))
    assert stage.outcomes == [None]


def test_a_known_node_is_told_by_its_claim_wherever_it_is() -> None:
    """Addresses move; the name stays."""
    stage = Stage(decisions=APART)
    stage.hear(CLAIM_8E)
    stage.believe(ON)
    stage.hear(CLAIM_8E.replace("8E#", "91#"))
    stage.believe(OFF.replace("8E#", "91#"))
    assert stage.added == [dimmer("n111.4711")]
    assert stage.coach.things[dimmer("n111.4711")].values["on"] is False


def test_another_node_at_the_same_address() -> None:
    """What the first one said is not known any more."""
    stage = Stage(decisions=APART)
    stage.hear(CLAIM_8E)
    stage.believe(ON)
    stage.hear(CLAIM_8F.replace("8F#", "8E#"))
    assert stage.coach.things[dimmer("n111.4711")].values["on"] is None
    stage.believe(OFF)
    assert stage.added == [dimmer("n111.4711"), dimmer("n111.8")]
    assert stage.coach.things[dimmer("n111.8")].values["on"] is False


def test_restored_with_its_address() -> None:
    """A node that does not claim again is the one that it was."""
    stage = Stage(decisions=APART)
    stage.coach.lines["house"].citizens.names = {0x8E: "n111.4711"}
    stage.coach.restore(dimmer("n111.4711"), answers=None, last_level=None)
    # What was one thing before, or is no more two.
    stage.coach.restore(dimmer(""), answers=None, last_level=None)
    stage.coach.restore(ThingId("house", "dimmer", (9,), "n111.8"), answers=None, last_level=None)
    stage.believe(ON)
    assert list(stage.coach.things) == [dimmer("n111.4711")]
    assert stage.coach.things[dimmer("n111.4711")].values["on"] is True


@pytest.mark.parametrize(
    ("frame", "node"),
    [
        # No serial number, and a short claim: not a name.
        ("18EE008E#0000E00D00000080", "sa8e"),
        ("18EE008E#6712E00D", "sa8e"),
        ("18FEEB8E#" + b"Acme*Dim 8*17-A*1*".hex(), "pacme.dim_8.17_a"),
        ("18FEEB8E#" + b"Acme*Dim 8**1*".hex(), "sa8e"),
    ],
)
def test_names(frame: str, node: str) -> None:
    stage = Stage(decisions=APART)
    stage.hear(frame)
    stage.believe(ON)
    assert stage.added == [dimmer(node)]


def test_a_claim_stands_above_a_product() -> None:
    stage = Stage(decisions=APART)
    stage.hear(CLAIM_8E)
    stage.hear("18FEEB8E#" + b"Acme*Dim 8*17-A*1*".hex())
    stage.believe(ON)
    assert stage.added == [dimmer("n111.4711")]
