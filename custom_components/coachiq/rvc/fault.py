"""Faults: what DM_RV and DM1 report, in numbers and in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .diagnostics import Diagnostics, Protocol, Words, instance_of
from .spec import Spec

_NO_SPN, _NO_FMI = 0x7FFFF, 31
_NO_COUNT = 127
_LARGEST_BANK = 13

# Two bits: off, on, and two that say nothing (Table 5.3; J1939 has the same).
_FLAGS = (False, True, None, None)
_FLASHES = ("slow", "fast", None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault as reported: `spn` has all 19 bits, `count` is None where it is not counted.

    Where the tables say that the SPN of this device has an instance, `instance` is it (0 is all,
    None if above 250) and `spn11` the number without it. `uncertain`: the SPN of a DM1 of an
    earlier version, read as version 3; in 1 and 2 the same bits are in another order.
    """

    protocol: Protocol
    spn: int
    fmi: int
    count: int | None
    instance: int | None = None
    spn11: int | None = None
    dsa: int | None = None
    dsa_extension: int | None = None
    bank: int | None = None
    uncertain: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        """What makes it the same fault of its sender: all but the count."""
        return (
            self.protocol, self.dsa, self.dsa_extension, self.bank, self.spn, self.fmi,
            self.uncertain,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a DM_RV or a DM1 says; None is not said.

    `faults` is empty for "no fault", and None when too little arrived to tell. `dsa`, `on` and
    `active` are of a DM_RV; `malfunction`, `protect` and flashing, "slow" or "fast", of a DM1.
    """

    protocol: Protocol
    faults: tuple[Fault, ...] | None
    red: bool | None
    yellow: bool | None
    dsa: int | None = None
    on: bool | None = None
    active: bool | None = None
    malfunction: bool | None = None
    protect: bool | None = None
    red_flash: str | None = None
    yellow_flash: str | None = None
    malfunction_flash: str | None = None
    protect_flash: str | None = None


def read_dm_rv(data: bytes, diagnostics: Diagnostics) -> Report:
    """Return what a DM_RV of any length says (DGN 1FECA, RV-C 3.2.5.1, 2023-11).

    More than 8 bytes are the deprecated message of several packets, whose layout is not known. It
    is taken to be that of DM1, because the single frame is built like one: status and DSA once,
    then bytes 2 to 5 of a single frame for each fault, and neither DSA extension nor bank.
    """
    status = data[0] if data else 0xFF
    dsa = _number(data, 1)
    single = len(data) <= 8
    faults = None
    if len(data) >= 5:
        extension = _number(data, 6) if single else None
        bank = data[7] & 0xF if single and len(data) == 8 else None
        if bank is not None and bank > _LARGEST_BANK:
            bank = None
        faults = tuple(
            _dm_rv_fault(code, dsa, extension, bank, diagnostics)
            for code in ([data[2:6]] if single else _codes(data))
            if _rvc_spn(code) != _NO_SPN
        )
    return Report(
        protocol="rvc",
        faults=faults,
        red=_FLAGS[status >> 6],
        yellow=_FLAGS[status >> 4 & 3],
        dsa=dsa,
        on=_FLAGS[status & 3],
        active=_FLAGS[status >> 2 & 3],
    )


def read_dm1(data: bytes) -> Report:
    """Return what a DM1 of any length says (PGN FECA, J1939-73): lamps, then 4 bytes a code."""
    lamps, flashes = (*data[:2], 0xFF, 0xFF)[:2]
    on = [_FLAGS[lamps >> shift & 3] for shift in (0, 2, 4, 6)]
    flash = [
        _FLASHES[flashes >> shift & 3] if lamp else None
        for lamp, shift in zip(on, (0, 2, 4, 6), strict=True)
    ]
    return Report(
        protocol="j1939",
        faults=tuple(_dm1_faults(data)) if len(data) >= 6 else None,
        protect=on[0],
        yellow=on[1],
        red=on[2],
        malfunction=on[3],
        protect_flash=flash[0],
        yellow_flash=flash[1],
        red_flash=flash[2],
        malfunction_flash=flash[3],
    )


def words(fault: Fault, diagnostics: Diagnostics, chassis: Mapping[int, str]) -> Words:
    """Return a fault in words; `chassis` has those of J1939's SPNs."""
    if fault.protocol == "j1939":
        what = None if fault.uncertain else chassis.get(fault.spn)
        return diagnostics.chassis_fault(what, fault.fmi)
    return diagnostics.fault(fault.dsa, fault.spn, fault.fmi)


def chassis_words(chassis: Spec) -> dict[int, str]:
    """Return J1939's SPNs in words: those of the fields that carry them."""
    return {
        field.spn: field.name.replace("_", " ")
        for row in chassis.rows.values()
        for field in row.fields
        if field.spn is not None
    }


def _number(data: bytes, index: int) -> int | None:
    """Return a byte; None for error, no data and not there."""
    return data[index] if len(data) > index and data[index] < 0xFE else None


def _codes(data: bytes) -> Iterator[bytes]:
    """Yield the codes after the first two bytes, so far as they are whole."""
    for first in range(2, len(data) - 3, 4):
        yield data[first : first + 4]


def _count(code: bytes) -> int | None:
    count = code[3] & 0x7F if len(code) == 4 else _NO_COUNT
    return None if count == _NO_COUNT else count


def _rvc_spn(code: bytes) -> int:
    return code[0] << 11 | code[1] << 3 | code[2] >> 5


def _dm_rv_fault(
    code: bytes,
    dsa: int | None,
    extension: int | None,
    bank: int | None,
    diagnostics: Diagnostics,
) -> Fault:
    spn = _rvc_spn(code)
    about = diagnostics.spn(dsa, spn)
    instanced = about is not None and about.instanced
    return Fault(
        protocol="rvc",
        spn=spn,
        fmi=code[2] & 31,
        count=_count(code),
        instance=instance_of(spn) if instanced else None,
        spn11=spn >> 11 << 3 | spn & 7 if instanced else None,
        dsa=dsa,
        dsa_extension=extension,
        bank=bank,
    )


def _dm1_faults(data: bytes) -> Iterator[Fault]:
    for code in _codes(data):
        spn, fmi = code[0] | code[1] << 8 | code[2] >> 5 << 16, code[2] & 31
        if (spn, fmi) not in ((0, 0), (_NO_SPN, _NO_FMI)):
            yield Fault(
                protocol="j1939",
                spn=spn,
                fmi=fmi,
                count=_count(code),
                uncertain=bool(code[3] & 0x80),
            )
