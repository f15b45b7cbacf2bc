"""Frames of any kind, and what must hold of each: nothing raises, and it is read as written."""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
import random
from typing import TYPE_CHECKING

from alone import without_home_assistant

without_home_assistant()

from custom_components.coachiq.coach import Coach, Profile  # noqa: E402  after the line above
from custom_components.coachiq.rvc import (  # noqa: E402
    GLOBAL,
    HEARD,
    ActiveFaults,
    Left,
    Node,
    chassis_words,
    join,
    load_chassis_spec,
    load_diagnostics,
    load_spec,
    make_name,
    read_dm1,
    read_dm_rv,
    split,
    words,
)
from tests.fake_clock import FakeClock  # noqa: E402

if TYPE_CHECKING:
    from custom_components.coachiq.error import BusError
    from custom_components.coachiq.rvc import Diagnostics, Row, Spec

type Frame = tuple[int, bytes]

BUS = "house"
OURS = 249
DM_RV, DM1 = 0x1FECA, 0xFECA
# Pages of the network's own machinery: request, acknowledgment, claim, packets.
PAGES = (0xEA, 0xE8, 0xEE, 0xEB, 0xEC)
TELLING = bytes((0, 1, 2, 7, 8, 16, 17, 19, 20, 32, 0x7F, 0x80, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF))
# Seconds from one frame to the next, and one of how many frames follows such a pause.
PAUSES = ((0.001, 4), (0.05, 50), (0.3, 200), (2.0, 2000), (70.0, 20_000))


def ignore(*_: object) -> None:
    """Do nothing."""


class Wire:
    """What a coach sends on: frames that leave at once, to nowhere."""

    address = OURS

    def send(
        self,
        dgn: int,
        data: bytes,
        left: Callable[[BusError | None], None],
        *,
        destination: int | None = None,
        urgent: bool = False,
    ) -> None:
        """Let a frame leave."""
        if not (join(dgn, OURS, destination=destination) and len(data) == 8) or urgent:
            raise AssertionError(f"sent what is no frame: {dgn:X}#{data.hex()}")
        left(None)


@cache
def tables() -> tuple[Spec, Spec, Diagnostics]:
    """Return what is read once for all targets."""
    return load_spec(), load_chassis_spec(), load_diagnostics()


class Target:
    """All that takes in frames without Home Assistant: decoding, a node, faults, a coach."""

    def __init__(self) -> None:
        self.spec, self.chassis, self._diagnostics = tables()
        self.frames = self.messages = self.sent = 0
        self._clock = FakeClock()
        self._faults = ActiveFaults()
        self._coach = Coach(
            spec=self.spec,
            clock=self._clock,
            profile=Profile(),
            decisions={},
            discover=True,
            added=ignore,
            changed=ignore,
            learnt=ignore,
            spoken=ignore,
            diagnostics=self._diagnostics,
            chassis=chassis_words(self.chassis),
        )
        self._coach.add_bus(BUS, Wire())
        self._coach.bus_ready(BUS)
        self._coach.start()
        self._node = Node(
            clock=self._clock,
            name=make_name(5),
            product="CoachIQ*Fuzz*5**",
            transmit=self._transmit,
            changed=ignore,
            address=OURS,
        )
        self._node.start()

    def take(self, can_id: int, data: bytes, pause: float) -> None:
        """Take in a frame after a pause; raises what nothing may raise."""
        self.frames += 1
        self._clock.advance(pause)
        now = self._clock.now()
        self._read(can_id, data, now)
        if can_id >> 8 & 0x1FFFF in HEARD and (message := self._node.hear(split(can_id), data)):
            self.messages += 1
            self._read(message.can_id, message.data, now)
        if pause >= 1:
            self._faults.tick(now)

    def _transmit(self, can_id: int, data: bytes, left: Left) -> None:
        if not (0 <= can_id < 1 << 29 and len(data) == 8):
            raise AssertionError(f"sent what is no frame: {can_id:X}#{data.hex()}")
        self.sent += 1
        self._clock.call_later(0.001, lambda: left(None))

    def _read(self, can_id: int, data: bytes, now: float) -> None:
        frame = split(can_id)
        for spec in (self.spec, self.chassis):
            if row := spec.get(frame.dgn):
                check(row, data)
        if frame.dgn in (DM_RV, DM1):
            report = read_dm1(data) if frame.dgn == DM1 else read_dm_rv(data, self._diagnostics)
            for fault in report.faults or ():
                words(fault, self._diagnostics, {})
            self._faults.hear(frame.source, report, now)
        self._coach.receive(BUS, [(can_id, data)], now)


def check(row: Row, data: bytes) -> None:
    """Decode, and encode what was decoded: it must read the same.

    What runs to the end of a frame is filled up when it is short.
    """
    values = row.decode(data)
    row.raw(data)
    row.key_of(data)
    said = {name: value for name, value in zip(row.index, values, strict=True) if value is not None}
    again = row.decode(row.encode(**said))
    for name, value in said.items():
        read, is_open = again[row.index[name]], row.fields[row.index[name]].open
        if read != value and not (is_open and str(read).startswith(str(value))):
            raise AssertionError(f"{row.name} {data.hex()}: {name} {value} is encoded as another")


def frames(target: Target, seed: int) -> Iterator[tuple[int, bytes, float]]:
    """Yield frames for ever, with the pause before each: wild, plausible, and whole messages."""
    chance = random.Random(seed)  # noqa: S311  a run that failed can be had again
    known = [*target.spec.rows, *target.chassis.rows]
    waiting: list[Frame] = []
    while True:
        kind = chance.random()
        if waiting and kind < 0.7:
            can_id, data = waiting.pop(0 if kind < 0.6 else chance.randrange(len(waiting)))
        elif kind < 0.1:
            can_id, data = chance.getrandbits(32), chance.randbytes(chance.randrange(65))
        elif kind < 0.7:
            can_id, data = _plausible(chance, chance.choice(known)), _payload(chance)
        elif kind < 0.98:
            page = chance.choice(PAGES) << 8 | chance.choice((OURS, GLOBAL, chance.randrange(256)))
            can_id, data = _plausible(chance, page), _payload(chance)
        else:
            waiting[:] = _message(chance, chance.choice(known))
            continue
        pause = next((pause for pause, rarity in PAUSES if not chance.randrange(rarity)), 0.0)
        yield can_id, data, pause


def _plausible(chance: random.Random, dgn: int) -> int:
    return 6 << 26 | dgn << 8 | chance.choice((0x44, 0x80, 0x9C, OURS, chance.randrange(256)))


def _payload(chance: random.Random) -> bytes:
    size = 8 if chance.random() < 0.9 else chance.randrange(65)
    if chance.random() < 0.5:
        return chance.randbytes(size)
    return bytes(chance.choice(TELLING) for _ in range(size))


def _message(chance: random.Random, dgn: int) -> list[Frame]:
    """Return the packets of a message, to all or to us, perhaps not all and not in order."""
    data = chance.randbytes(chance.choice((9, 14, 19, 60, 255, 1785)))
    count = -(-len(data) // 7)
    source = chance.choice((0x44, 0x80, 0x9C))
    to, code = chance.choice(((GLOBAL, 32), (OURS, 16), (0x80, 16)))
    head = bytes((code, len(data) & 0xFF, len(data) >> 8, count, 0xFF)) + dgn.to_bytes(3, "little")
    packets = [
        (
            6 << 26 | 0xEB << 16 | to << 8 | source,
            bytes((n + 1,)) + data[7 * n :][:7].ljust(7, b"\xff"),
        )
        for n in range(count)
    ]
    if chance.random() < 0.2:
        chance.shuffle(packets)
    if chance.random() < 0.2:
        del packets[chance.randrange(count)]
    return [(6 << 26 | 0xEC << 16 | to << 8 | source, head), *packets]


def run(count: int, seed: int) -> Target:
    """Give so many frames to a new target; raises with the seed and the frame that broke it."""
    target = Target()
    for can_id, data, pause in islice(frames(target, seed), count):
        try:
            target.take(can_id, data, pause)
        except Exception as error:
            where = f"seed {seed}, frame {target.frames}: {can_id:08X}#{data.hex()}"
            raise AssertionError(where) from error
    return target


def frames_of(data: bytes) -> Iterator[tuple[int, bytes, float]]:
    """Take bytes, as a guided fuzzer makes them, for frames: pause, length, identifier, payload."""
    at = 0
    while at + 6 <= len(data):
        pause, size = PAUSES[data[at] % len(PAUSES)][0], data[at + 1] % 65
        yield int.from_bytes(data[at + 2 : at + 6], "big"), data[at + 6 : at + 6 + size], pause
        at += 6 + size
