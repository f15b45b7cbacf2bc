"""Our node on a network: what it answers, how it shows that it lives, to the byte."""

from functools import partial

import pytest

from custom_components.coachiq.rvc import HEARD, Left, Node, make_name, split
from custom_components.coachiq.rvc.reassembly import Message
from tests.fake_clock import FakeClock

PRODUCT = "CoachIQ*Test*0074565**"
CLAIM = "18EE00F9#4523E1FF00000080"
LIFE = "19FECAF9#0544FFFFFFFFFFFF"
ASK_PRODUCT = "EBFE00FFFFFFFFFF"
ASK_TANKS = "B7FF0102FFFFFFFF"
NO_TANKS = "18E844F9#0102FFFF44B7FF01"


class Stage:
    """A node on a bus that is a list; frames leave at once, unless it is told to hold them."""

    def __init__(self, address: int | None = 249, *, may_send: bool = True) -> None:
        self.clock = FakeClock(0.0)
        self.sent: list[str] = []
        self.held: list[Left] = []
        self.hold = False
        self.addresses: list[int | None] = []
        self.node = Node(
            clock=self.clock,
            name=make_name(0x12345),
            product=PRODUCT,
            transmit=self._transmit if may_send else None,
            changed=self.addresses.append,
            address=address,
        )
        self.node.start()

    def _transmit(self, can_id: int, data: bytes, left: Left) -> None:
        self.sent.append(f"{can_id:08X}#{data.hex().upper()}")
        if self.hold:
            self.held.append(left)
        else:
            left(None)

    def hear(self, frame: str) -> Message | None:
        can_id, _, data = frame.partition("#")
        assert int(can_id, 16) >> 8 & 0x1FFFF in HEARD
        return self.node.hear(split(int(can_id, 16)), bytes.fromhex(data))

    def said(self) -> list[str]:
        said, self.sent[:] = list(self.sent), []
        return said


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    assert stage.said() == [CLAIM, LIFE]
    return stage


def test_a_node_with_an_address_shows_every_five_seconds_that_it_lives(stage: Stage) -> None:
    assert stage.addresses == [249]
    stage.clock.advance(4.999)
    assert stage.said() == []
    stage.clock.advance(20.0)
    assert stage.said() == [LIFE] * 4
    stage.node.stop()
    assert stage.clock.timers == 0
    assert stage.node.address is None


def test_without_an_address_it_does_not() -> None:
    stage = Stage(address=None)
    stage.clock.advance(0.49)
    assert [frame[:8] for frame in stage.said()] == ["18EA9EFE", "18EE009E"]
    stage.hear(f"18EAFF44#{ASK_PRODUCT}")
    assert stage.said() == []
    stage.clock.advance(0.02)
    assert stage.said() == ["19FECA9E#0544FFFFFFFFFFFF"]


def test_one_that_loses_its_address_falls_silent_until_it_has_another() -> None:
    stage = Stage(address=None)
    stage.clock.advance(1.0)
    stage.hear(f"18EA9E44#{ASK_PRODUCT}")
    stage.said()
    stage.hear("18EE009E#0000000000000000")
    assert stage.said() == ["18EA9DFE#00EE00FFFFFFFFFF"], "the rest of the answer does not leave"
    stage.clock.advance(6.0)
    assert stage.said() == [
        "18EE009D#4523E1FF00000080",
        "19FECA9D#0544FFFFFFFFFFFF",
        "19FECA9D#0544FFFFFFFFFFFF",
    ]
    assert stage.addresses == [158, None, 157]


@pytest.mark.parametrize("destination", ["F9", "FF"])
def test_it_says_what_it_is(stage: Stage, destination: str) -> None:
    stage.hear(f"18EA{destination}44#{ASK_PRODUCT}")
    assert stage.said() == ["18ECFFF9#20160004FFEBFE00"]
    stage.clock.advance(0.3)
    packets = [frame.split("#") for frame in stage.said()]
    assert [head for head, _ in packets] == ["18EBFFF9"] * 4
    assert [data[:2] for _, data in packets] == ["01", "02", "03", "04"]
    text = bytes.fromhex("".join(data[2:] for _, data in packets))
    assert text == PRODUCT.encode() + b"\xff" * 6


@pytest.mark.parametrize("destination", ["F9", "FF"])
def test_its_state_is_told_on_request(stage: Stage, destination: str) -> None:
    stage.hear(f"18EA{destination}44#CAFE01FFFFFFFFFF")
    assert stage.said() == [LIFE]


def test_what_it_has_not_is_refused_only_to_who_asked_it_alone(stage: Stage) -> None:
    stage.hear(f"18EAFF44#{ASK_TANKS}")
    stage.hear(f"18EA8044#{ASK_TANKS}")
    assert stage.said() == []
    stage.hear(f"18EAF944#{ASK_TANKS}")
    assert stage.said() == [NO_TANKS]
    stage.hear("18EAF944#B7FF01")
    assert stage.said() == ["18E844F9#01FFFFFF44B7FF01"], "J1939 asks in three bytes"
    stage.hear("18EAF944#B7FF0102F3FFFFFF")
    assert stage.said() == ["18E844F9#0102F3FF44B7FF01"], "of bank 3"
    for nobody in ("FE", "FF"):
        stage.hear(f"18EAF9{nobody}#{ASK_TANKS}")
    assert stage.said() == [], "who has no address cannot be answered"
    for cut_off in ("B7FF", ""):
        stage.hear(f"18EAF944#{cut_off}")
    assert stage.said() == []


def test_its_claim_is_asked_for_and_not_refused(stage: Stage) -> None:
    stage.hear("18EAF944#00EE00FFFFFFFFFF")
    assert stage.said() == [CLAIM]


def test_a_flood_of_requests_gets_no_more_answers_than_can_leave(stage: Stage) -> None:
    stage.hold = True
    for _ in range(1000):
        stage.hear(f"18EAF944#{ASK_TANKS}")
        stage.hear("18EAFF44#CAFE01FFFFFFFFFF")
    assert len(stage.said()) == 8
    stage.held.pop()(None)
    stage.held.pop()(OSError("the bus is gone"))
    for _ in range(1000):
        stage.hear(f"18EAF944#{ASK_TANKS}")
    assert stage.said() == [NO_TANKS] * 2


@pytest.mark.parametrize("may_send", [True, False])
def test_a_long_message_is_put_together(may_send: bool) -> None:
    stage = Stage(may_send=may_send)
    frames = [
        "18ECFF44#200F0003FFEBFE00",
        "18EBFF44#0141434D452A5831",
        "18EBFF44#022A30303132332A",
    ]
    assert [stage.hear(frame) for frame in frames] == [None] * 3
    message = stage.hear("18EBFF44#032AFFFFFFFFFFFF")
    assert message == Message(0xFEEB, 0x44, None, b"ACME*X1*00123**")
    assert message.can_id == 0x18FEEB44


def test_one_for_another_node_is_followed_without_a_word(stage: Stage) -> None:
    frames = ["18EC8044#10090002FF00EF00", "18EB8044#0101020304050607"]
    assert [stage.hear(frame) for frame in frames] == [None] * 2
    message = stage.hear("18EB8044#020809FFFFFFFFFF")
    assert message
    assert message.can_id == 0x18EF8044
    assert message.data == bytes(range(1, 10))
    assert stage.said() == []


def test_one_that_may_not_send_says_nothing_at_all() -> None:
    stage = Stage(may_send=False)
    for frame in (
        "18EAFF44#00EE00FFFFFFFFFF",
        f"18EAF944#{ASK_TANKS}",
        "18EE00F9#FFFFFFFFFFFFFFFF",
        "18ECF944#10090002FF00EF00",
        "19FED644#07FFFFFFFFFFFFFF",
    ):
        stage.hear(frame)
    stage.clock.advance(100.0)
    stage.node.stop()
    assert (stage.sent, stage.addresses, stage.node.address) == ([], [], None)


def test_two_nodes_talk_to_each_other() -> None:
    """A second node asks the first what it is, and puts the answer together."""
    clock = FakeClock(0.0)
    nodes: list[Node] = []
    heard: list[Message] = []

    def carry(sender: int, can_id: int, data: bytes, left: Left) -> None:
        def arrive() -> None:
            left(None)
            message = nodes[1 - sender].hear(split(can_id), data)
            if message:
                heard.append(message)

        clock.call_later(0.001, arrive)

    for number in (0, 1):
        nodes.append(
            Node(
                clock=clock,
                name=make_name(number),
                product=PRODUCT,
                transmit=partial(carry, number),
                changed=lambda _: None,
            )
        )
        nodes[-1].start()
    clock.advance(2.0)
    assert [node.address for node in nodes] == [158, 157]
    carry(1, 0x18EA9E9D, bytes.fromhex(ASK_PRODUCT), lambda _: None)
    clock.advance(1.0)
    assert heard == [Message(0xFEEB, 158, None, PRODUCT.encode())]
