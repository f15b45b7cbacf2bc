"""What the nodes of one bus say of themselves: what they are, and what is wrong with them."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..rvc import (
    ADDRESS_CLAIM,
    ActiveFaults,
    Diagnostics,
    Report,
    Words,
    read_dm1,
    read_dm_rv,
    words,
)
from .node_name import (
    NAME_BYTES,
    best_name,
    claimed_name,
    maker_of_claim,
    product_name,
    provisional_name,
)

PRODUCT_IDENTIFICATION = 0xFEEB
DM_RV = 0x1FECA
DM1 = 0xFECA
SPOKEN = frozenset((PRODUCT_IDENTIFICATION, DM_RV, DM1, ADDRESS_CLAIM))
# Also has things to say that are shown field by field (RV-C section 6.3.2, 2023-11).
GENERIC_CONFIGURATION = 0x1FED8
# 254 is who has no address, 255 is everybody.
HIGHEST_ADDRESS = 253
_REVISION_BYTE, _HIGHEST_REVISION = 3, 0xFC
# As J1939 numbers those that were seen in coaches (eti's manufacturers.csv).
MAKERS = {
    2: "Allison",
    8: "Caterpillar",
    10: "Cummins",
    358: "Victron",
    440: "Cummins Power Generation",
    755: "Firefly",
}
# Two nodes have one address when each has claimed it so often in so many seconds. Nodes that share
# it by chance settle that at once (RV-C section 3.3, 2023-11): one of them claims it once only.
CONTEST_TIME = 120.0
CONTEST_CLAIMS = 3
MOST_CLAIMS = 32
# What is printed of a text that anybody may send.
LONGEST = 60


class Product(NamedTuple):
    """What a node is, None where it does not say (RV-C section 3.2.6, 2023-11)."""

    make: str | None
    model: str | None
    serial: str | None
    unit: str | None


class Lamps(NamedTuple):
    """Whether a node shows a red lamp (stop) or a yellow one (warning); None is not said."""

    red: bool | None
    yellow: bool | None


class Citizens:
    """The nodes of one bus, by source address."""

    def __init__(self, diagnostics: Diagnostics, chassis: Mapping[int, str]) -> None:
        """Take the words for faults, `chassis` those of J1939's SPNs."""
        self.products: dict[int, Product] = {}
        self.lamps: dict[int, Lamps] = {}
        # The names that last, by the addresses from which they were told, and when that was.
        self.names: dict[int, str] = {}
        self.told: dict[int, float] = {}
        self.makers: dict[int, str] = {}
        self.revisions: dict[int, int] = {}
        self._diagnostics = diagnostics
        self._chassis = chassis
        self._active = ActiveFaults()
        # When which NAME has claimed an address lately.
        self._claims: dict[int, deque[tuple[float, bytes]]] = defaultdict(
            lambda: deque(maxlen=MOST_CLAIMS)
        )

    def hear(self, source: int, dgn: int, data: bytes, now: float) -> bool:
        """Take in a message of one of the `SPOKEN` DGNs; tell whether it says something new."""
        if dgn == ADDRESS_CLAIM:
            if source <= HIGHEST_ADDRESS and len(data) >= NAME_BYTES:
                self._claims[source].append((now, data[:NAME_BYTES]))
            self._call(source, claimed_name(data), now)
            return self._made_by(source, maker_of_claim(data))
        if dgn == GENERIC_CONFIGURATION:
            return self._configured(source, data)
        if dgn == PRODUCT_IDENTIFICATION:
            product = read_product(data)
            self._call(source, product_name(product.make, product.model, product.serial), now)
            changed = product != self.products.get(source)
            self.products[source] = product
            return changed
        report = read_dm1(data) if dgn == DM1 else read_dm_rv(data, self._diagnostics)
        return self._report(source, report, now)

    def name(self, source: int) -> str:
        """Return by what a node is told apart: a name that lasts, or its address until then."""
        return self.names.get(source) or provisional_name(source)

    def tick(self, now: float) -> set[int]:
        """Return whose faults have not been repeated in time; call it once a second."""
        return {gone.source for gone in self._active.tick(now)}

    def forget(self) -> None:
        """Forget what is wrong, since the bus is down; what a node is does not change."""
        self.lamps.clear()
        self._claims.clear()
        self._active = ActiveFaults()

    def claimants(self, now: float) -> Iterator[tuple[int, bool]]:
        """Yield each address that two nodes have claimed lately, and whether they go on so."""
        for source, claims in self._claims.items():
            lately = Counter(name for since, name in claims if now - since <= CONTEST_TIME)
            if len(lately) > 1:
                yield source, lately.most_common(2)[1][1] >= CONTEST_CLAIMS

    def faults(self, source: int) -> list[Words]:
        """Return what is wrong with a node, in words."""
        return [
            words(one.fault, self._diagnostics, self._chassis)
            for one in self._active.faults
            if one.source == source
        ]

    def is_troubled(self, source: int) -> bool | None:
        """Tell whether a node has a lamp on or a fault; None while it has said nothing of it."""
        lamps = self.lamps.get(source)
        if lamps is None:
            return None
        return bool(lamps.red or lamps.yellow or self.faults(source))

    def _call(self, source: int, name: str | None, now: float) -> None:
        """Note a name of a node; one that it claims stands above its product identification."""
        before = self.names.get(source)
        if name and name != before and best_name(before, name) == name:
            self.names[source], self.told[source] = name, now

    def _made_by(self, source: int, code: int | None) -> bool:
        """Note who made a node, where the number is known; tell whether that is new."""
        maker = MAKERS.get(code) if code is not None else None
        if maker is None or self.makers.get(source) == maker:
            return False
        self.makers[source] = maker
        return True

    def _configured(self, source: int, data: bytes) -> bool:
        """Note the revision of a node's firmware, and its maker; tell whether that is new."""
        if len(data) <= _REVISION_BYTE:
            return False
        is_new = self._made_by(source, data[0] | (data[1] & 7) << 8)
        if (revision := data[_REVISION_BYTE]) > _HIGHEST_REVISION:
            return is_new
        is_new |= self.revisions.get(source) != revision
        self.revisions[source] = revision
        return is_new

    def _report(self, source: int, report: Report, now: float) -> bool:
        """Take in a report of faults."""
        lamps = Lamps(report.red, report.yellow)
        changed = lamps != self.lamps.get(source)
        self.lamps[source] = lamps
        appeared, cleared = self._active.hear(source, report, now)
        return changed or bool(appeared or cleared)


def read_product(data: bytes) -> Product:
    """Return what "make*model*serial*unit" says; a part that is empty or not there is None."""
    text = data.rstrip(b"\xff\x00").decode("latin-1")
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    parts = [part.strip()[:LONGEST] or None for part in printable.split("*")]
    return Product(*(*parts, None, None, None, None)[:4])


def sentence(fault: Words) -> str:
    """Return a fault in one line, as far as it is known: "burner: above normal"."""
    where = " ".join(
        str(part) for part in (fault.device, fault.place or fault.instance) if part is not None
    )
    said = ": ".join(part for part in (where, fault.what, fault.how) if part)
    return said or "unknown fault"
