"""The claim of our address, to the byte."""

from functools import partial

import pytest

from custom_components.coachiq.rvc import Left, make_name, split
from custom_components.coachiq.rvc.address import Claim
from tests.fake_clock import FakeClock

# Serial number 12345h, unregistered manufacturer 7FFh, arbitrary-address capable; little-endian.
NAME = "4523E1FF00000080"
STRONGER = "4423E1FF00000080"
WEAKER = "4623E1FF00000080"
STATIC = "FFFFFFFFFFFFFF7F"  # the weakest of those that never move, yet stronger than us
ASK_9E = "18EA9EFE#00EE00FFFFFFFFFF"
CLAIM_9E = f"18EE009E#{NAME}"
ASK_9D = "18EA9DFE#00EE00FFFFFFFFFF"
CANNOT_CLAIM = f"18EE00FE#{NAME}"
CLAIM_9D = f"18EE009D#{NAME}"


class Node:
    """A claim on a bus that is a list."""

    def __init__(self, address: int | None = None) -> None:
        self.clock = FakeClock(0.0)
        self.sent: list[str] = []
        self.addresses: list[int | None] = []
        self.claim = Claim(
            clock=self.clock,
            name=make_name(0x12345),
            transmit=self._transmit,
            changed=self.addresses.append,
            address=address,
        )

    def _transmit(self, can_id: int, data: bytes, left: Left) -> None:
        self.sent.append(f"{can_id:08X}#{data.hex().upper()}")
        left(None)

    def hear(self, frame: str) -> None:
        can_id, _, data = frame.partition("#")
        self.claim.hear(split(int(can_id, 16)), bytes.fromhex(data))

    def settle(self) -> None:
        """Claim without resistance."""
        self.claim.start()
        self.clock.advance(0.5)
        self.sent.clear()
        self.addresses.clear()


@pytest.fixture
def node() -> Node:
    return Node()


@pytest.fixture
def settled() -> Node:
    node = Node()
    node.settle()
    return node


def test_the_name() -> None:
    assert make_name(0x12345).hex().upper() == NAME
    assert make_name(0).hex().upper() == "0000E0FF00000080"
    assert make_name(0xFFFFFF) == make_name(0x1FFFFF)


def test_ask_wait_claim_wait_own(node: Node) -> None:
    node.claim.start()
    assert node.sent == [ASK_9E]
    node.clock.advance(0.249)
    assert node.sent == [ASK_9E]
    node.clock.advance(0.002)
    assert node.sent == [ASK_9E, CLAIM_9E]
    node.clock.advance(0.248)
    assert node.addresses == []
    node.clock.advance(0.002)
    assert node.addresses == [158]
    assert node.claim.address == 158
    node.clock.advance(60.0)
    assert node.sent == [ASK_9E, CLAIM_9E]
    assert node.clock.timers == 0


@pytest.mark.parametrize("rival", [STRONGER, WEAKER])
def test_an_address_that_is_taken_is_left_to_its_owner(node: Node, rival: str) -> None:
    node.claim.start()
    node.clock.advance(0.1)
    node.hear(f"18EE009E#{rival}")
    assert node.sent == [ASK_9E, ASK_9D]
    node.clock.advance(0.251)
    assert node.sent == [ASK_9E, ASK_9D, CLAIM_9D]
    node.clock.advance(0.25)
    assert node.addresses == [157]


def test_a_claim_in_the_form_of_j1939_counts_too(node: Node) -> None:
    node.claim.start()
    node.hear(f"18EEFF9E#{STRONGER}")
    assert node.sent == [ASK_9E, ASK_9D]


def test_a_stronger_claim_after_ours_takes_the_address(node: Node) -> None:
    node.claim.start()
    node.clock.advance(0.3)
    node.hear(f"18EE009E#{STATIC}")
    assert node.sent == [ASK_9E, CLAIM_9E, ASK_9D]
    node.clock.advance(0.5)
    assert node.addresses == [157]


def test_a_weaker_claim_after_ours_does_not(node: Node) -> None:
    node.claim.start()
    node.clock.advance(0.3)
    node.hear(f"18EE009E#{WEAKER}")
    node.clock.advance(0.3)
    assert node.addresses == [158]


def test_claims_of_other_addresses_do_not_concern_us(node: Node) -> None:
    node.claim.start()
    node.hear(f"18EE0080#{STATIC}")
    node.clock.advance(0.3)
    node.hear(f"18EE009D#{STATIC}")
    node.clock.advance(0.3)
    node.hear(f"18EE0044#{STATIC}")
    assert node.addresses == [158]
    assert node.sent == [ASK_9E, CLAIM_9E]


def test_our_address_is_defended_against_the_weaker(settled: Node) -> None:
    settled.hear(f"18EE009E#{WEAKER}")
    assert settled.sent == [CLAIM_9E]
    assert settled.claim.address == 158


def test_our_address_is_given_up_to_the_stronger(settled: Node) -> None:
    settled.hear(f"18EE009E#{STRONGER}")
    assert settled.addresses == [None]
    assert settled.sent == [ASK_9D]
    settled.clock.advance(0.5)
    assert settled.addresses == [None, 157]
    assert settled.sent == [ASK_9D, CLAIM_9D]


def test_names_are_compared_as_little_endian_numbers(settled: Node) -> None:
    settled.hear("18EE009E#0000000000000081")
    assert settled.claim.address == 158
    settled.hear("18EE009E#FFFFFFFF00000080")
    assert settled.claim.address == 158
    settled.hear("18EE009E#FFFFFFFFFFFFFF00")
    assert settled.claim.address is None


def test_our_own_claim_that_a_gateway_echoes_is_not_answered(node: Node) -> None:
    node.claim.start()
    node.clock.advance(0.3)
    node.hear(CLAIM_9E)
    node.clock.advance(0.3)
    node.hear(CLAIM_9E)
    assert node.sent == [ASK_9E, CLAIM_9E]
    assert node.claim.address == 158


def test_a_claim_that_was_cut_off_is_ignored(settled: Node) -> None:
    settled.hear("18EE009E#00000000000000")
    settled.hear("18EE009E#")
    assert settled.claim.address == 158
    assert settled.sent == []


@pytest.mark.parametrize("destination", ["FF", "9E"])
def test_a_request_for_our_claim_is_answered(settled: Node, destination: str) -> None:
    settled.hear(f"18EA{destination}FE#00EE00FFFFFFFFFF")
    settled.hear(f"18EA{destination}44#00EE00")
    assert settled.sent == [CLAIM_9E, CLAIM_9E]


@pytest.mark.parametrize(
    "frame", ["18EA8044#00EE00FFFFFFFFFF", "18EAFF44#DAFE01FFFFFFFFFF", "18EAFF44#00EE"]
)
def test_other_requests_are_not(settled: Node, frame: str) -> None:
    settled.hear(frame)
    assert settled.sent == []


def test_without_an_address_no_request_is_answered(node: Node) -> None:
    node.hear("18EAFF44#00EE00FFFFFFFFFF")
    node.claim.start()
    node.hear("18EAFF44#00EE00FFFFFFFFFF")
    assert node.sent == [ASK_9E]


def exhaust(node: Node) -> None:
    """Let every address of the range be somebody's who never moves."""
    node.claim.start()
    for address in range(158, 143, -1):
        assert node.sent[-1] == f"18EA{address:02X}FE#00EE00FFFFFFFFFF"
        node.hear(f"18EE00{address:02X}#{STATIC}")
    assert len(node.sent) == 15
    node.sent.clear()


def test_when_the_range_is_exhausted_we_say_that_we_cannot_claim(node: Node) -> None:
    exhaust(node)
    # All who cannot claim say so under one identifier: each waits by its serial number.
    node.clock.advance(0x12345 % 154 / 1000 - 0.001)
    assert node.sent == []
    node.clock.advance(0.002)
    assert node.sent == [CANNOT_CLAIM]
    assert node.addresses == []
    node.hear("18EAFF44#00EE00FFFFFFFFFF")
    assert node.sent == [CANNOT_CLAIM] * 2
    node.hear(f"18EE00FE#{STATIC}")
    node.clock.advance(59.0)
    assert node.sent == [CANNOT_CLAIM] * 2, "another that cannot claim is no rival"


def test_after_a_minute_we_try_again_for_somebody_may_have_left(node: Node) -> None:
    exhaust(node)
    node.clock.advance(60.2)
    assert node.sent == [CANNOT_CLAIM, ASK_9E]
    node.clock.advance(0.5)
    assert node.sent == [CANNOT_CLAIM, ASK_9E, CLAIM_9E]
    assert node.addresses == [158]
    node.claim.stop()
    assert node.clock.timers == 0


def test_a_weaker_rival_while_we_claim_is_told_that_it_is_ours(node: Node) -> None:
    node.claim.start()
    node.clock.advance(0.3)
    claim = node.sent[-1]
    assert claim.startswith("18EE009E#")
    node.hear("18EE009E#FFFFFFFFFFFFFFFF")
    assert node.sent[-2:] == [claim, claim]
    node.hear("18EAFFFE#00EE00FFFFFFFFFF")
    assert node.sent[-3:] == [claim] * 3
    node.clock.advance(0.3)
    assert node.claim.address == 0x9E


@pytest.mark.parametrize("data", ["07FFFFFFFFFFFFFF", "FFFFFFFFFFFFFFFF", "FFFF"])
def test_a_request_to_the_nodes_of_our_maker_is_answered(settled: Node, data: str) -> None:
    """The lower three bits of the maker's code, 7FFh, are in byte 0, the upper eight in byte 1."""
    settled.hear(f"19FED644#{data}")
    assert settled.sent == [CLAIM_9E]


@pytest.mark.parametrize("data", ["06FFFFFFFFFFFFFF", "F7FEFFFFFFFFFFFF", "FF", ""])
def test_one_to_the_nodes_of_another_maker_is_not(settled: Node, data: str) -> None:
    settled.hear(f"19FED644#{data}")
    assert settled.sent == []


def test_a_fixed_address_is_claimed_and_ours_at_once() -> None:
    node = Node(address=249)
    node.claim.start()
    assert node.addresses == [249]
    node.clock.advance(1.0)
    assert node.sent == [f"18EE00F9#{NAME}"]


@pytest.mark.parametrize("rival", [WEAKER, STATIC])
def test_a_fixed_address_is_defended_and_never_left(rival: str) -> None:
    node = Node(address=249)
    node.claim.start()
    node.hear(f"18EE00F9#{rival}")
    assert node.sent == [f"18EE00F9#{NAME}"] * 2
    assert node.claim.address == 249
    node.hear("18EAF944#00EE00FFFFFFFFFF")
    assert node.sent == [f"18EE00F9#{NAME}"] * 3


@pytest.mark.parametrize("when", [0.1, 0.3, 0.6])
def test_stopping_forgets_the_address_and_ends_the_claim(node: Node, when: float) -> None:
    node.claim.start()
    node.clock.advance(when)
    sent = list(node.sent)
    node.claim.stop()
    assert node.claim.address is None
    assert node.clock.timers == 0
    node.hear(f"18EE009E#{WEAKER}")
    node.clock.advance(5.0)
    assert node.sent == sent


def test_it_can_be_started_again(settled: Node) -> None:
    settled.claim.start()
    assert settled.addresses == [None]
    settled.clock.advance(0.5)
    assert settled.addresses == [None, 158]
    assert settled.sent == [ASK_9E, CLAIM_9E]


class Wire:
    """A bus of claims that hear each other a moment later, as nodes do."""

    def __init__(self) -> None:
        self.clock = FakeClock(0.0)
        self.claims: list[Claim] = []
        self.frames: list[str] = []

    def join(self, serial: int) -> Claim:
        claim = Claim(
            clock=self.clock,
            name=make_name(serial),
            transmit=lambda can_id, data, _: self._carry(claim, can_id, data),
            changed=lambda _: None,
        )
        self.claims.append(claim)
        return claim

    def _carry(self, sender: Claim, can_id: int, data: bytes) -> None:
        self.frames.append(f"{can_id:08X}#{data.hex().upper()}")
        for claim in self.claims:
            if claim is not sender:
                hear = partial(claim.hear, split(can_id), data)
                self.clock.call_later(0.001, hear)


@pytest.mark.parametrize("lead", [0.0, 0.0005, 0.1, 0.2499, 0.2505, 0.3, 0.499, 0.5, 5.0])
@pytest.mark.parametrize(("first", "second"), [(3, 9), (9, 3)])
def test_of_two_that_want_one_address_the_lower_name_has_it_or_the_first(
    first: int, second: int, lead: float
) -> None:
    wire = Wire()
    one, two = wire.join(first), wire.join(second)
    one.start()
    wire.clock.advance(lead)
    two.start()
    wire.clock.advance(5.0)
    held = [one.address, two.address]
    if lead < 0.001:  # both claimed before they heard each other
        assert held == ([158, 157] if first < second else [157, 158])
    else:
        assert held == [158, 157]
    sent = len(wire.frames)
    wire.clock.advance(600.0)
    assert [one.address, two.address] == held
    assert len(wire.frames) == sent, "who has an address has no more to say"


def test_twenty_nodes_share_the_fifteen_addresses_and_the_rest_cannot_claim() -> None:
    wire = Wire()
    nodes = [wire.join(serial) for serial in range(20)]
    for node in nodes:
        node.start()
    wire.clock.advance(30.0)
    held = sorted(node.address for node in nodes if node.address is not None)
    assert held == list(range(144, 159))
    assert {frame[8:] for frame in wire.frames if frame.startswith("18EE00FE")} == {
        "#" + make_name(serial).hex().upper()
        for serial, node in enumerate(nodes)
        if node.address is None
    }
    leaver = next(node for node in nodes if node.address == 150)
    leaver.stop()
    wire.clock.advance(120.0)
    assert sorted(node.address for node in nodes if node.address is not None) == held
