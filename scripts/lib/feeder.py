"""The other end of the buses of scripts/bench load: a process that feeds them and answers.

Its argument is a JSON object: `wire`, the `sockets` it inherits, one a bus, the `rate` in frames/s
of each bus, the `corpus`, a file of records, and for how many seconds to `begin` at a tenth of the
rate. It feeds until its input ends, and then prints
what it did as JSON. It never waits for a reader: what a socket does not take is lost.
"""

from collections.abc import Callable
import itertools
import json
from pathlib import Path
import select
import socket
import struct
import sys
import time

# struct can_frame (linux/can.h).
RECORD = struct.Struct("=IB3x8s")
# cannelloni's datagram: version, operation, sequence number, frames; then a frame each.
HEADER = struct.Struct("!BBBH")
ENTRY = struct.Struct("!IB")
EXTENDED = 0x8000_0000
BEGINNING = 0.1
# Frames/s of a bus of 250 kbit/s that is never idle: 141.9 bits a frame, stuffing and CRC included.
FULL = 1762.0
# How often it looks what is due, in seconds; a gateway collects frames for longer.
TURN = {"socketcan": 0.0005, "cannelloni": 0.004}
# A bus never bursts: who was held up for longer than this goes on later instead.
CATCH_UP = 0.010
# Every so many frames there is one that tells how many went before it on its bus.
MARK_EVERY = 25
MARK = 0x1FEF_0000 | 0x9A
# Lights of the first bus that do what they are told, and how often one of them says what it is.
LIGHT_EVERY = 61
STATUS, COMMAND = 0x19FE_DA9B, 0x1FEDB
LIGHTS = range(201, 229)

type Frame = tuple[int, bytes]


class Bus:
    """One bus: what went out on it, and what came in."""

    def __init__(self, sock: socket.socket, *, cannelloni: bool) -> None:
        """Take its socket."""
        sock.setblocking(False)
        self.socket = sock
        self.fed = self.refused = 0
        self.heard: list[tuple[float, int, str]] = []
        self._waiting: list[bytes] = []
        self._numbers = itertools.count()
        self._cannelloni = cannelloni
        self.feed: Callable[[bytes], None] = self._collect if cannelloni else self._put

    def flush(self) -> None:
        """Send what was collected as one datagram."""
        if self._waiting:
            frames, self._waiting = self._waiting, []
            head = HEADER.pack(2, 0, next(self._numbers) & 0xFF, len(frames))
            self._send(head + b"".join(frames), len(frames))

    def read(self) -> list[Frame]:
        """Return the frames that came in, and keep them with their time."""
        try:
            data = self.socket.recv(2048)
        except OSError:  # nothing there, or the reader has gone
            return []
        now = time.monotonic()
        frames = self._entries(data) if self._cannelloni else [self._record(data)]
        self.heard += [(now, can_id, payload.hex()) for can_id, payload in frames]
        return frames

    def _put(self, record: bytes) -> None:
        self.fed += 1
        self._send(record, 1)

    def _collect(self, record: bytes) -> None:
        self.fed += 1
        can_id, data = self._record(record)
        self._waiting.append(ENTRY.pack(can_id, len(data)) + data)

    def _send(self, data: bytes, frames: int) -> None:
        try:
            self.socket.send(data)
        except OSError:  # it takes no more
            self.refused += frames

    @staticmethod
    def _record(data: bytes) -> Frame:
        can_id, length, payload = RECORD.unpack(data)
        return can_id, payload[:length]

    @staticmethod
    def _entries(data: bytes) -> list[Frame]:
        at, frames = HEADER.size, []
        while at < len(data):
            can_id, length = ENTRY.unpack_from(data, at)
            at += ENTRY.size + length
            frames.append((can_id, data[at - length : at]))
        return frames


class Lights:
    """The lights, each with what it says."""

    def __init__(self) -> None:
        """Have all of them off."""
        self._levels = dict.fromkeys(LIGHTS, 0)

    def record(self, instance: int) -> bytes:
        """Return the status of one."""
        level = self._levels[instance]
        data = bytes((instance, 0x7C, level, 0xFC, 0xFF, 5, 4 if level else 0, 0xFF))
        return RECORD.pack(STATUS | EXTENDED, 8, data)

    def obey(self, frame: Frame) -> bytes | None:
        """Do what a command says and return the answer, None when it is not for a light."""
        can_id, data = frame
        if can_id >> 8 & 0x1FFFF != COMMAND or data[0] not in self._levels:
            return None
        # Off and stop come without a level.
        self._levels[data[0]] = data[2] if data[2] <= 200 and data[3] == 0 else 0
        return self.record(data[0])


class Feeder:
    """All buses, fed in turn."""

    def __init__(self, buses: list[Bus], corpus: bytes) -> None:
        """Take the buses, each of which gets the corpus from another place on."""
        records = [corpus[at : at + RECORD.size] for at in range(0, len(corpus), RECORD.size)]
        self.buses = buses
        starts = (number * len(records) // len(buses) for number in range(len(buses)))
        self._next = [itertools.cycle(records[at:] + records[:at]) for at in starts]
        self._lights = Lights()
        self._turn_of = itertools.cycle(LIGHTS)
        self._begun = self._rate = self.held_up = 0.0
        self._turns = 0

    def go_at(self, rate: float) -> None:
        """Feed every bus at another rate from now on."""
        self._rate = rate * len(self.buses)
        self._begun, self._turns = time.monotonic(), 0

    def feed(self) -> None:
        """Send all that is due."""
        due = int((time.monotonic() - self._begun) * self._rate) - self._turns
        most = int(CATCH_UP * self._rate)
        if due > most:
            self._begun += (due - most) / self._rate
            self.held_up += (due - most) / self._rate
            due = most
        for _ in range(due):
            self._feed_one()
        for bus in self.buses:
            bus.flush()

    def hear(self, bus: Bus) -> None:
        """Take in what was sent, and answer."""
        for frame in bus.read():
            if bus is self.buses[0] and (answer := self._lights.obey(frame)):
                bus.feed(answer)

    def _feed_one(self) -> None:
        """Send the next frame of the next bus."""
        number = self._turns % len(self.buses)
        bus = self.buses[number]
        self._turns += 1
        if bus.fed % MARK_EVERY == 0:
            mark = bytes((number, 0, 0, 0)) + bus.fed.to_bytes(4, "little")
            bus.feed(RECORD.pack(MARK | EXTENDED, 8, mark))
        elif number == 0 and bus.fed % LIGHT_EVERY == 1:
            bus.feed(self._lights.record(next(self._turn_of)))
        else:
            bus.feed(next(self._next[number]))


def main(argument: str) -> None:
    """Feed until the input ends; then print what was done."""
    wanted = json.loads(argument)
    wire = wanted["wire"]
    buses = [
        Bus(socket.socket(fileno=number), cannelloni=wire == "cannelloni")
        for number in wanted["sockets"]
    ]
    feeder = Feeder(buses, Path(wanted["corpus"]).read_bytes())
    feeder.go_at(wanted["rate"] * BEGINNING)
    started = begun = due = time.monotonic()
    full_at = begun + wanted["begin"]
    fed_before = 0
    while True:
        wait = max(0.0, due - time.monotonic())
        readable, _, _ = select.select([sys.stdin, *(bus.socket for bus in buses)], [], [], wait)
        if sys.stdin in readable:
            break
        for bus in buses:
            if bus.socket in readable:
                feeder.hear(bus)
        if full_at is not None and time.monotonic() >= full_at:
            begun, full_at = time.monotonic(), None
            fed_before = sum(bus.fed for bus in buses)
            feeder.go_at(wanted["rate"])
        if time.monotonic() >= due:
            feeder.feed()
            due = max(due + TURN[wire], time.monotonic())
    took = time.monotonic() - begun
    print(
        json.dumps(
            {
                "rate": (sum(bus.fed for bus in buses) - fed_before) / took,
                "held_up": feeder.held_up,
                "cpu": time.process_time() / (time.monotonic() - started),
                "fed": [bus.fed for bus in buses],
                "refused": [bus.refused for bus in buses],
                "heard": [bus.heard for bus in buses],
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1])
