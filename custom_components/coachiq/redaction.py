"""What a report of a coach does not tell: its VIN, serial numbers, where it is, and codes.

A serial number becomes another word, the same wherever it stands, so that two nodes stay two.
"""

from collections.abc import Mapping
import re
from typing import Any

from .coach.citizen import PRODUCT_IDENTIFICATION, read_product
from .rvc import Row, Spec, split
from .rvc.field import Field
from .rvc.packet import CONTROL, DATA

REDACTED = "**REDACTED**"
# Fields by what they tell, in all rows that have them. Without a fix some senders send zeros, so
# that a thing stays one that is nowhere.
POSITION = frozenset(("latitude", "longitude", "altitude"))
SERIAL = frozenset(("serial_number", "sensor_identifier"))
# The values that things make of them.
HIDDEN_VALUES = POSITION | SERIAL | {"north", "east"}
VEHICLE_IDENTIFICATION = 0xFEEC
# What is typed and shown at a terminal, and what is put into a node, may be anything.
WITHHELD = frozenset((0x17E00, 0x17D00, CONTROL, DATA))
# Operation 0 of this DGN is a password (RV-C section 6.7.3, 2023-11).
SPECIAL_APPLICATION, PASSWORD = 0x1EF00, 0
LONGEST_FRAME = 8
# Shorter ones stand in many a word that is none of them.
SHORTEST = 4

# 17 letters and digits, never I, O or Q (ISO 3779); at least one of them is a digit.
_VIN = re.compile(r"(?<![0-9A-Z])(?=[A-Z]*[0-9])[0-9A-HJ-NPR-Z]{17}(?![0-9A-Z])", re.IGNORECASE)
# The names of nodes (`coach/node_name`) as they stand in the ids of things and devices.
_NODE = re.compile(r"(?<=@|-)(n[0-9]+|p[0-9a-z_]*\.[0-9a-z_]*)\.([0-9a-z_]+)")
# How the kernel names a serial adapter: its maker, what it is, and its serial number.
_ADAPTER = re.compile(r"(/dev/serial/by-id/)\S+")
_NUMBER = re.compile(r"[-+.0-9e]+")


class Redaction:
    """Takes out of the parts of one report what it is not to tell."""

    def __init__(self, *codes: str) -> None:
        """Take the owner's codes."""
        self._serials: dict[str, int] = {}
        self._secrets = {code: REDACTED for code in codes if len(code) >= SHORTEST}

    def product(self, text: str) -> str:
        """Return a product identification with other words for its serial and unit numbers."""
        product = read_product(text.encode("latin-1", "replace"))
        parts = [self.text(part) if part else "" for part in product[:2]]
        parts += [self._serial(part) if part else "" for part in product[2:]]
        return "*".join(parts) + "*"

    def text(self, text: str) -> str:
        """Return a text without what is known to be secret, or looks like it."""
        if _NUMBER.fullmatch(text):
            return text
        if text.count("*") >= 2 and REDACTED not in text:
            return self.product(text)
        text = _NODE.sub(self._node, text)
        text = _ADAPTER.sub(rf"\1{REDACTED}", text)
        for secret in sorted(self._secrets, key=len, reverse=True):
            whole = rf"(?<![0-9A-Za-z]){re.escape(secret)}(?![0-9A-Za-z])"
            text = re.sub(whole, self._secrets[secret], text, flags=re.IGNORECASE)
        return _VIN.sub(REDACTED, text)

    def values(self, values: Mapping[str, object]) -> dict[str, str]:
        """Return the values of a thing as texts, for a document."""
        return {
            name: REDACTED if name in HIDDEN_VALUES and value is not None else str(value)
            for name, value in values.items()
        }

    def document(self, document: Mapping[str, object]) -> dict[str, Any]:
        """Return a report, its keys and texts without what is secret."""
        return {self.text(str(key)): self._part(value) for key, value in document.items()}

    def _part(self, part: object) -> object:
        """Return a part of a report likewise."""
        if isinstance(part, str):
            return self.text(part)
        if isinstance(part, Mapping):
            return self.document(part)
        if isinstance(part, list | tuple | set | frozenset):
            return [self._part(one) for one in part]
        return part

    def frame(self, spec: Spec, can_id: int, data: bytes) -> bytes | None:
        """Return what a frame or a long message may tell; None when that is nothing."""
        dgn = split(can_id).dgn
        row = spec.get(dgn)
        if dgn in WITHHELD or (row is None and len(data) > LONGEST_FRAME):
            return None
        if dgn == PRODUCT_IDENTIFICATION:
            return self.product(data.rstrip(b"\xff\x00").decode("latin-1")).encode("latin-1")
        if dgn == VEHICLE_IDENTIFICATION:
            vin = data.rstrip(b"*\xff\x00").decode("latin-1")
            self._keep(vin, REDACTED)
            return b"X" * len(vin) + data[len(vin) :]
        if dgn == SPECIAL_APPLICATION and data[:1] == bytes((PASSWORD,)):
            return data[:1] + b"\xff" * (len(data) - 1)
        return data if row is None else self._fields(row, data)

    def _fields(self, row: Row, data: bytes) -> bytes:
        """Return a payload with other numbers in the fields that tell too much."""
        number = int.from_bytes(data, "little")
        for field, raw in zip(row.fields, row.raw(data), strict=True):
            if field.open and field.kind == "text":
                start = field.bit // 8
                text = self.text(data[start:].decode("latin-1"))
                return data[:start] + text.encode("latin-1")
            if raw is not None and (other := self._other(field, raw)) is not None:
                number += other - raw << field.bit
        return number.to_bytes(len(data), "little")

    def _other(self, field: Field, raw: int) -> int | None:
        """Return the raw number that takes the place of one that tells too much."""
        if field.name in POSITION and field.low <= raw <= field.high:
            return round(-field.offset / field.scale)
        if field.name in SERIAL and raw and raw <= field.high:
            other = self._count(str(raw))
            self._keep(str(raw), str(other))
            return other
        return None

    def _serial(self, text: str) -> str:
        """Return the word for a serial number."""
        other = f"serial{self._count(re.sub(r'[^a-z0-9]+', '_', text.lower()))}"
        self._keep(text, other)
        return other

    def _node(self, found: re.Match[str]) -> str:
        """Return the name of a node with another serial number."""
        other = self._count(found[2])
        return f"{found[1]}.{other if found[1][0] == 'n' else f'serial{other}'}"

    def _count(self, serial: str) -> int:
        """Return the number by which a serial number goes."""
        if found := re.fullmatch(r"serial([0-9]+)", serial):
            return int(found[1])
        return self._serials.setdefault(serial, len(self._serials) + 1)

    def _keep(self, secret: str, other: str) -> None:
        """Know a word that is not to be told, wherever it stands."""
        if len(secret) >= SHORTEST:
            self._secrets[secret] = other
