"""The pace of what we send."""

from collections.abc import Callable

import pytest

from custom_components.coachiq.bus.outbox import LONGEST_QUEUE, Left, Outbox
from custom_components.coachiq.error import BusError
from tests.fake_clock import FakeClock

# DC_DIMMER_COMMAND_2 (1FEDB) to light 25 and to light 26, and a request (EAFF): three streams.
LIGHT_25 = (0x19FEDB9E, bytes.fromhex("19FFC800FF00FFFF"))
LIGHT_25_OFF = (0x19FEDB9E, bytes.fromhex("19FF0003FF00FFFF"))
LIGHT_26 = (0x19FEDB9E, bytes.fromhex("1AFFC800FF00FFFF"))
REQUEST = (0x18EAFF9E, bytes.fromhex("DAFE01FFFFFFFFFF"))


class Desk:
    """An outbox whose frames end in a list; while `slow`, each waits for `report`."""

    def __init__(self) -> None:
        self.clock = FakeClock(0.0)
        self.slow = False
        self.sent: list[tuple[float, int, bytes]] = []
        self.outcomes: list[BusError | None] = []
        self.outbox = Outbox(self.clock, self._write)
        self._reports: list[Callable[[BusError | None], None]] = []

    def put(self, *frames: tuple[int, bytes], urgent: bool = False) -> None:
        for can_id, data in frames:
            self.outbox.put(can_id, data, self.outcomes.append, urgent=urgent)

    def report(self, error: BusError | None = None) -> None:
        self._reports.pop(0)(error)

    def _write(self, can_id: int, data: bytes, left: Left) -> None:
        self.sent.append((round(self.clock.now(), 6), can_id, data))
        if self.slow:
            self._reports.append(left)
        else:
            left(None)

    @property
    def moments(self) -> list[float]:
        return [moment for moment, _, _ in self.sent]

    @property
    def frames(self) -> list[tuple[int, bytes]]:
        return [(can_id, data) for _, can_id, data in self.sent]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_the_first_frame_leaves_at_once(desk: Desk) -> None:
    desk.put(LIGHT_25)
    assert desk.sent == [(0.0, *LIGHT_25)]
    assert desk.outcomes == [None]
    assert desk.clock.timers == 0


def test_any_two_frames_are_5_ms_apart(desk: Desk) -> None:
    desk.put(LIGHT_25, LIGHT_26, REQUEST)
    desk.clock.advance(1.0)
    assert desk.sent == [(0.0, *LIGHT_25), (0.005, *LIGHT_26), (0.010, *REQUEST)]
    assert desk.clock.timers == 0


def test_two_frames_of_a_dgn_and_instance_are_50_ms_apart(desk: Desk) -> None:
    desk.put(LIGHT_25, LIGHT_25_OFF, LIGHT_25)
    desk.clock.advance(1.0)
    assert desk.sent == [(0.0, *LIGHT_25), (0.050, *LIGHT_25_OFF), (0.100, *LIGHT_25)]


def test_others_need_not_wait_for_a_stream_that_waits(desk: Desk) -> None:
    desk.put(LIGHT_25, LIGHT_25_OFF, LIGHT_26)
    desk.clock.advance(1.0)
    assert desk.frames == [LIGHT_25, LIGHT_26, LIGHT_25_OFF]
    assert desk.moments == [0.0, 0.005, 0.050]


def test_after_a_pause_the_next_leaves_at_once(desk: Desk) -> None:
    desk.put(LIGHT_25)
    desk.clock.advance(0.2)
    desk.put(LIGHT_25)
    assert desk.moments == [0.0, 0.2]


def test_the_destination_is_no_part_of_a_stream_but_the_dgn_is(desk: Desk) -> None:
    # The same request to all and to one node: one DGN, one first byte.
    desk.put(REQUEST, (0x18EA8A9E, REQUEST[1]))
    desk.clock.advance(1.0)
    assert desk.moments == [0.0, 0.050]


def test_a_frame_without_bytes_has_a_stream(desk: Desk) -> None:
    desk.put((0x18EAFF9E, b""), (0x18EAFF9E, b""), (0x18EAFF9E, b"\x00"))
    desk.clock.advance(1.0)
    assert desk.moments == [0.0, 0.005, 0.050]


def test_an_urgent_frame_overtakes_all_and_keeps_only_the_5_ms(desk: Desk) -> None:
    desk.put(LIGHT_26, LIGHT_25, REQUEST)
    desk.put(LIGHT_26, urgent=True)
    desk.clock.advance(1.0)
    assert desk.frames == [LIGHT_26, LIGHT_26, LIGHT_25, REQUEST]
    assert desk.moments == [0.0, 0.005, 0.010, 0.015]


def test_urgent_frames_keep_their_order(desk: Desk) -> None:
    desk.put(REQUEST)
    desk.put(LIGHT_25, LIGHT_26, LIGHT_25_OFF, urgent=True)
    desk.clock.advance(1.0)
    assert desk.frames == [REQUEST, LIGHT_25, LIGHT_26, LIGHT_25_OFF]


def test_one_frame_is_being_written_at_a_time(desk: Desk) -> None:
    desk.slow = True
    desk.put(LIGHT_25, LIGHT_26)
    desk.put(REQUEST, urgent=True)
    desk.clock.advance(0.3)
    assert desk.frames == [LIGHT_25]
    assert desk.outcomes == []
    desk.report()
    assert desk.outcomes == [None]
    desk.clock.advance(0.3)
    assert desk.frames == [LIGHT_25, REQUEST]


def test_the_gap_counts_from_when_the_frame_has_left(desk: Desk) -> None:
    desk.slow = True
    desk.put(LIGHT_25, LIGHT_25_OFF)
    desk.clock.advance(0.1)
    desk.report()
    desk.clock.advance(1.0)
    assert desk.moments == [0.0, 0.150]


def test_what_is_taken_back_is_not_sent_and_not_reported(desk: Desk) -> None:
    desk.put(LIGHT_25)
    parcel = desk.outbox.put(*LIGHT_25_OFF, desk.outcomes.append)
    desk.put(LIGHT_26)
    parcel.cancel()
    desk.clock.advance(1.0)
    assert desk.frames == [LIGHT_25, LIGHT_26]
    assert desk.outcomes == [None, None]


def test_what_is_taken_back_while_it_is_written_is_not_reported(desk: Desk) -> None:
    desk.slow = True
    parcel = desk.outbox.put(*LIGHT_25, desk.outcomes.append)
    parcel.cancel()
    desk.report()
    assert desk.outcomes == []
    desk.put(LIGHT_26)
    desk.clock.advance(0.005)
    assert desk.frames == [LIGHT_25, LIGHT_26]


def test_a_failed_frame_is_reported_and_the_next_goes_on(desk: Desk) -> None:
    desk.slow = True
    desk.put(LIGHT_25, LIGHT_26)
    error = BusError("not_sent", bus="house")
    desk.report(error)
    assert desk.outcomes == [error]
    desk.clock.advance(0.005)
    assert desk.frames == [LIGHT_25, LIGHT_26]


def test_the_queue_has_an_end_but_not_for_stops(desk: Desk) -> None:
    desk.slow = True
    desk.put(*[LIGHT_25] * (LONGEST_QUEUE + 1))
    assert desk.outcomes == []
    desk.put(LIGHT_26)
    assert [error and error.key for error in desk.outcomes] == ["queue_full"]
    desk.put(REQUEST, urgent=True)
    assert len(desk.outcomes) == 1
    desk.report()
    desk.clock.advance(0.005)
    assert desk.frames == [LIGHT_25, REQUEST]


def test_frames_taken_back_do_not_fill_the_queue(desk: Desk) -> None:
    desk.slow = True
    desk.put(LIGHT_26)
    for _ in range(LONGEST_QUEUE + 100):
        desk.outbox.put(*LIGHT_25, desk.outcomes.append).cancel()
    desk.put(REQUEST)
    assert desk.outcomes == []
    desk.report()
    desk.clock.advance(0.005)
    assert desk.frames == [LIGHT_26, REQUEST]


def test_all_that_wait_can_be_given_back(desk: Desk) -> None:
    desk.put(LIGHT_25)
    desk.put(LIGHT_25_OFF, LIGHT_26)
    desk.outbox.put(*REQUEST, desk.outcomes.append).cancel()
    error = BusError("bus_down", bus="house")
    desk.outbox.fail_all(error)
    assert desk.outcomes == [None, error, error]
    assert desk.clock.timers == 0
    desk.clock.advance(1.0)
    assert desk.frames == [LIGHT_25]
    desk.put(LIGHT_26)
    assert desk.frames == [LIGHT_25, LIGHT_26]


def test_who_is_given_a_frame_back_may_send_another(desk: Desk) -> None:
    desk.put(LIGHT_25)
    desk.outbox.put(*LIGHT_25_OFF, lambda _: desk.put(REQUEST))
    desk.outbox.fail_all(BusError("bus_down", bus="house"))
    desk.clock.advance(0.005)
    assert desk.frames == [LIGHT_25, REQUEST]


def test_the_memory_of_streams_is_bounded_and_forgets_no_gap_that_matters(desk: Desk) -> None:
    frames = [
        (0x19FE009E + (page << 8), bytes((byte,))) for page in range(8) for byte in range(250)
    ]
    for frame in frames:
        desk.put(frame)
        desk.clock.advance(0.005)
    assert desk.frames == frames
    assert len(desk.outbox._last_same) <= LONGEST_QUEUE + 1
    desk.put(*frames[-9:])
    desk.clock.advance(1.0)
    last_nine = desk.sent[-9:]
    assert [frame for _, *frame in last_nine] == [list(frame) for frame in frames[-9:]]
    assert all(
        again - before >= 0.0499
        for before, again in zip(desk.moments[-18:-9], desk.moments[-9:], strict=True)
    )
