"""A node: its address, name, heartbeat and answers to requests (RV-C 2023-11, 3.2, 3.3)."""

from .frame import (
    ACKNOWLEDGMENT,
    ADDRESS_CLAIM,
    DATA_PACKET,
    INITIAL_PACKET,
    PRODUCT_IDENTIFICATION,
    Frame,
    identifier,
    patched,
)
from .report import Report, every
from .scene import NodeRow

DM_RV = 0x1FECA

_HEARTBEAT = bytes.fromhex("0540FFFFFFFFFFFF")  # Keystone, from 80: on, active, no fault
_NAK = 1
_ANSWER_GAP = 0.05


class Node:
    """One source address; it owns the reports that it sends."""

    def __init__(self, row: NodeRow, reports: list[Report]) -> None:
        """Make the node of `row` from those `reports` that bear its address."""
        self.source = row.source
        self.product = row.product.encode("latin-1")
        # A static node: serial in bits 0-20, maker in 21-31, bit 63 clear.
        name = (row.source << 8 | row.dsa) | row.maker << 21
        self.name = name.to_bytes(8, "little")
        beat = patched(_HEARTBEAT, (1, 1, row.dsa))
        self.heartbeat = Report(
            dgn=DM_RV, source=row.source, instance=None, status=lambda _now: beat, pace=every(5.0)
        )
        self.reports = [each for each in reports if each.source == row.source]
        self.reports.append(self.heartbeat)
        self.identified_at = 0.0
        self._free_at = 0.0

    def claim(self) -> Frame:
        """Return the address claim."""
        return identifier(ADDRESS_CLAIM, self.source), self.name

    def slot(self, at: float) -> float:
        """Take the next moment for an answer: at once, else 50 ms after the last one."""
        moment = max(at, self._free_at)
        self._free_at = moment + _ANSWER_GAP
        return moment

    def wanted(self, dgn: int, instance: int) -> list[Report]:
        """Return the reports that a request means; instance 255 is all."""
        return [
            each
            for each in self.reports
            if each.dgn == dgn and (instance == 0xFF or each.instance in {None, instance})
        ]

    def refusal(self, requester: int, dgn: int, instance: int) -> Frame:
        """Return the NAK for a DGN that this node does not have (3.2.4.4)."""
        payload = bytes((_NAK, instance, 0xFF, 0xFF, requester)) + dgn.to_bytes(3, "little")
        return identifier(ACKNOWLEDGMENT | requester, self.source), payload

    def identification(self) -> list[Frame]:
        """Return PRODUCT_IDENTIFICATION as the frames of a multi-packet message (3.2.6)."""
        size, count = len(self.product), -(-len(self.product) // 7)
        opening = bytes((0x20, size & 0xFF, size >> 8, count, 0xFF))
        opening += PRODUCT_IDENTIFICATION.to_bytes(3, "little")
        frames = [(identifier(INITIAL_PACKET, self.source), opening)]
        for number in range(count):
            part = self.product[number * 7 : number * 7 + 7].ljust(7, b"\xff")
            frames.append((identifier(DATA_PACKET, self.source), bytes((number + 1,)) + part))
        return frames
