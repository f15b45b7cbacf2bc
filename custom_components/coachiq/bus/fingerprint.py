"""Which protocol a bus speaks, told by the identifiers that are heard on it.

RV-C, J1939 and NMEA 2000 share the form of their identifiers and much of their machinery (claims,
requests, transport), which proves nothing. What tells them apart is where their broadcasts lie:
RV-C's and NMEA 2000's on data page 1, J1939's on page 0.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from .port import ERROR, EXTENDED, FLAGS, IDENTIFIER, Frame

# Different identifiers that are kept apart; who sends more is no network of devices.
MOST_IDENTIFIERS = 4096
# Different first bytes of messages: what instances speak.
MOST_SAID = 16_384

# All broadcasts of RV-C lie here (RV-C 2.2, 2023-11); fewer than this many prove little.
RV_C = range(0x1FDAA, 0x20000)
RV_C_SURE = 3
# NMEA 2000: its broadcasts, three that lie among RV-C's numbers but are none of RV-C, and the
# makers' own fast packets, of which only other evidence tells whether they are RV-C.
NMEA_2000 = range(0x1F010, 0x1FD0D)
NMEA_2000_AMONG_RV_C = range(0x1FE10, 0x1FE13)
NMEA_2000_MAKERS = range(0x1FF00, 0x20000)
BROADCASTS_OF_PAGE_1 = range(0x1F000, 0x20000)
# What engines, transmissions and brakes say: speed and load of the engine, torque, temperatures,
# distance, hours, fluids, electricity. Fewer than this many of them may come through a gateway.
J1939 = frozenset(
    (0xF001, 0xF002, 0xF003, 0xF005, 0xFEE0, 0xFEEE, 0xFEEF, 0xFEF1, 0xFEF2, 0xFEF6, 0xFEF7)
)
J1939_SURE = 3
# The engine's own speed, which comes from the first or the second engine and nobody else.
ENGINE_SPEED = 0xF004
ENGINES = frozenset((0, 1))
# Active faults on page 0 from so many sources; RV-C's are on page 1.
J1939_FAULTS = 0xFECA
J1939_FAULT_SOURCES = 3

CLAIM = 0xEE00
MAKERS_OWN = 0xEF00
PDU2 = 0xF0
# In a NAME: the maker above bit 20, marine industry with an arbitrary address in the last byte.
VICTRON = 358
MARINE = 0b1100
# Victron's own messages to all begin with its number and the industry.
VICTRON_REGISTER = b"\x66\x99"

# CANopen: a heartbeat is one byte, a state; who is asked at 600h + node answers at 580h + node.
HEARTBEATS = range(0x701, 0x780)
STATES = frozenset((b"\x00", b"\x04", b"\x05", b"\x7f"))
QUESTIONS = range(0x601, 0x680)
ANSWER_OFFSET = -0x80
# A scan tool and what answers it, on any bus: 11-bit, and the PDU formats of the 29-bit form.
SCAN_TOOL = frozenset((0x7DF, *range(0x7E0, 0x7F0)))
SCAN_TOOL_FORMATS = frozenset((0xDA, 0xDB))


@dataclass(slots=True)
class Tally:
    """What was heard: how many frames, how often each identifier (with flags), its last data.

    `said` holds the extended identifiers with the first byte of their data, which in most
    messages is the instance.
    """

    frames: int = 0
    errors: int = 0
    counts: Counter[int] = field(default_factory=Counter)
    data: dict[int, bytes] = field(default_factory=dict)
    said: set[tuple[int, int]] = field(default_factory=set)

    def add(self, frames: Iterable[Frame]) -> None:
        """Count frames; error frames apart."""
        for can_id, data in frames:
            if can_id & ERROR:
                self.errors += 1
                continue
            self.frames += 1
            if can_id in self.counts or len(self.counts) < MOST_IDENTIFIERS:
                self.counts[can_id] += 1
                self.data[can_id] = data
            if data and can_id & FLAGS == EXTENDED and len(self.said) < MOST_SAID:
                self.said.add((can_id, data[0]))

    @property
    def instances(self) -> frozenset[tuple[int, int]]:
        """Return the messages with the first bytes of their data."""
        return frozenset((_dgn(can_id & IDENTIFIER), first) for can_id, first in self.said)

    @property
    def nodes(self) -> int:
        """Return how many source addresses spoke."""
        return len({can_id & 0xFF for can_id in self.counts if can_id & EXTENDED})


class Evidence:
    """A tally, sorted by what tells protocols apart."""

    def __init__(self, tally: Tally) -> None:
        """Sort data frames by their numbers and senders, and leave scan tools out."""
        self._data = tally.data
        self.sources: dict[int, set[int]] = {}
        self.standard: dict[int, bytes] = {}
        self.extended_frames = self.standard_frames = 0
        for can_id, count in tally.counts.items():
            number = can_id & IDENTIFIER
            if can_id & FLAGS == EXTENDED and number >> 16 & 0xFF not in SCAN_TOOL_FORMATS:
                self.extended_frames += count
                self.sources.setdefault(_dgn(number), set()).add(number & 0xFF)
            elif can_id & FLAGS == 0 and number not in SCAN_TOOL:
                self.standard_frames += count
                self.standard[number] = tally.data[can_id]

    def said(self, dgn: int) -> list[bytes]:
        """Return the last data of each frame of a DGN."""
        return [
            data
            for can_id, data in self._data.items()
            if can_id & FLAGS == EXTENDED and _dgn(can_id & IDENTIFIER) == dgn
        ]

    @cached_property
    def is_nmea_2000(self) -> bool:
        """Tell whether something speaks NMEA 2000."""
        marine = any(len(name) == 8 and name[7] >> 4 == MARINE for name in self.said(CLAIM))
        return marine or any(
            dgn in NMEA_2000 or dgn in NMEA_2000_AMONG_RV_C for dgn in self.sources
        )

    @cached_property
    def rv_c(self) -> set[int]:
        """Return the DGNs of RV-C."""
        return {dgn for dgn in self.sources if dgn in RV_C and dgn not in NMEA_2000_AMONG_RV_C}

    @property
    def is_rv_c(self) -> bool:
        """Tell whether there are enough DGNs of RV-C, not all of which boats have as well."""
        boats = self.is_nmea_2000 and all(dgn in NMEA_2000_MAKERS for dgn in self.rv_c)
        return len(self.rv_c) >= RV_C_SURE and not boats

    @property
    def is_rv_c_perhaps(self) -> bool:
        """Tell whether there are some DGNs of RV-C, but not enough."""
        return bool(self.rv_c) and not self.is_rv_c

    @property
    def is_j1939(self) -> bool:
        """Tell whether an engine, or enough of a chassis, speaks."""
        return (
            not ENGINES.isdisjoint(self.sources.get(ENGINE_SPEED, ()))
            or len(J1939 & self.sources.keys()) >= J1939_SURE
            or len(self.sources.get(J1939_FAULTS, ())) >= J1939_FAULT_SOURCES
        )

    @property
    def is_victron(self) -> bool:
        """Tell whether what speaks NMEA 2000 is Victron's."""
        names = (int.from_bytes(name[:4], "little") for name in self.said(CLAIM))
        return self.is_nmea_2000 and (
            any(name >> 21 == VICTRON for name in names)
            or any(data.startswith(VICTRON_REGISTER) for data in self.said(MAKERS_OWN))
        )

    @property
    def is_ids_can(self) -> bool:
        """Tell whether 11-bit frames are the rule, and 29-bit ones rare and none of RV-C's page."""
        broadcasts = any(dgn in BROADCASTS_OF_PAGE_1 for dgn in self.sources)
        return 0 < self.extended_frames < self.standard_frames and not broadcasts

    @property
    def is_canopen(self) -> bool:
        """Tell whether there are heartbeats, or questions with answers, and no 29-bit frame."""
        heartbeat = any(
            can_id in HEARTBEATS and data in STATES for can_id, data in self.standard.items()
        )
        asked = any(
            can_id in QUESTIONS and can_id + ANSWER_OFFSET in self.standard
            for can_id in self.standard
        )
        return not self.extended_frames and (heartbeat or asked)


# Verdicts that may hold side by side, the one that leads first.
PROTOCOLS: tuple[tuple[str, Callable[[Evidence], bool]], ...] = (
    ("rv_c", lambda heard: heard.is_rv_c),
    ("j1939", lambda heard: heard.is_j1939),
    ("victron", lambda heard: heard.is_victron),
    ("nmea2000", lambda heard: heard.is_nmea_2000),
    ("rv_c_probable", lambda heard: heard.is_rv_c_perhaps),
)
# Those that hold only when none of the above does.
OTHERS: tuple[tuple[str, Callable[[Evidence], bool]], ...] = (
    ("ids_can", lambda heard: heard.is_ids_can),
    ("canopen", lambda heard: heard.is_canopen),
)
VERDICTS = (
    *(verdict for verdict, _ in (*PROTOCOLS, *OTHERS)),
    "no_traffic",
    "errors_only",
    "garbage",
    "unknown",
)


def judge(tally: Tally, garbled: int = 0) -> tuple[str, ...]:
    """Return the verdicts, of `VERDICTS`, the one that leads first.

    `garbled` is how many pieces of what the adapter said were no frame.
    """
    if not tally.frames:
        if tally.errors:
            return ("errors_only",)
        return ("garbage",) if garbled else ("no_traffic",)
    heard = Evidence(tally)
    for rows in (PROTOCOLS, OTHERS):
        if found := tuple(verdict for verdict, holds in rows if holds(heard)):
            return found
    return ("unknown",)


def _dgn(identifier: int) -> int:
    """Return the number of a message, both page bits included, without a destination."""
    number = identifier >> 8 & 0x3FFFF
    return number if number >> 8 & 0xFF >= PDU2 else number & 0x3FF00
