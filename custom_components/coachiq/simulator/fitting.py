"""What else a coach has, which tells one thing and obeys one command (RV-C 2023-11).

No captures of these are published: the payloads are put together by hand from the chapters.
"""

from collections.abc import Callable
from dataclasses import dataclass

from . import scene
from .frame import patched

type Change = Callable[[bytes, bytes], bytes]
"""Payload of the status and of a command for it to the next payload of the status."""


def _bits(at: int, low: int, *, count: int = 2) -> Change:
    """Take over some bits of byte `at` unless the command leaves them alone (all ones)."""
    mask = (1 << count) - 1 << low

    def change(status: bytes, command: bytes) -> bytes:
        if command[at] & mask == mask:
            return status
        return patched(status, (at, 1, status[at] & ~mask | command[at] & mask))

    return change


def _number(at: int, source: int, width: int = 1) -> Change:
    """Take over a number from byte `source` of the command unless it is "no data"."""

    def change(status: bytes, command: bytes) -> bytes:
        raw = int.from_bytes(command[source : source + width], "little")
        return status if raw == 256**width - 1 else patched(status, (at, width, raw))

    return change


def _all(*changes: Change) -> Change:
    """Make several changes."""

    def change(status: bytes, command: bytes) -> bytes:
        for one in changes:
            status = one(status, command)
        return status

    return change


def _inverter(status: bytes, command: bytes) -> bytes:
    """Invert, or not: bits 0-1 of the command; bits 4-5 of byte 2 and the state tell (6.19).

    Load sense, pass through and generator support follow, each in two bits.
    """
    for low, at, to in ((2, 2, 2), (4, 2, 6), (6, 3, 0)):
        wanted = command[1] >> low & 3
        if wanted < 2:
            status = patched(status, (at, 1, status[at] & ~(3 << to) | wanted << to))
    wanted = command[1] & 3
    if wanted > 1:
        return status
    return patched(status, (1, 1, wanted), (2, 1, status[2] & 0xCF | wanted << 4))


def _charging(status: bytes, command: bytes) -> bytes:
    """Charge in bulk, or not at all, without a current then (6.20, 6.21)."""
    if command[1] > 1:
        return status
    amps = 0x8000 if command[1] else 0x7D00
    return patched(status, (3, 2, amps), (6, 1, 2 if command[1] else 0))


def _filling(status: bytes, command: bytes) -> bytes:
    """Fill fresh water, the valve open, or do not (6.30)."""
    wanted = command[0] & 3
    return status if wanted > 1 else patched(status, (0, 1, 0xF0 | wanted << 2 | wanted))


def _dumping(status: bytes, command: bytes) -> bytes:
    """Open or close the valves of the waste tanks: bytes 0 and 1 of the command (6.31)."""
    for low, wanted in ((0, command[0]), (2, command[1])):
        if wanted < 2:
            status = patched(status, (0, 1, status[0] & ~(3 << low) | wanted << low))
    return status


def _acknowledged(status: bytes, command: bytes) -> bytes:
    """Stay acknowledged until it is cleared: bits 4-5 of byte 2 (6.47)."""
    if command[1] != status[1] or command[2] & 0x30 != 0x10:
        return status
    return patched(status, (2, 1, status[2] & 0xCF | 0x10))


def _demand(status: bytes, command: bytes) -> bytes:
    """Want the generator, in quiet time too, by hand, locked, for how long at least (6.35)."""
    wanted, override = command[0] & 3, command[0] >> 2 & 3
    if wanted < 2:
        status = patched(status, (0, 1, status[0] & 0xCC | wanted << 4 | wanted))
    if override < 2:
        status = patched(status, (1, 1, status[1] & 0xCF | override << 4))
    manual, locked = command[0] >> 6 & 3, command[1] & 3
    if manual < 2:
        status = patched(status, (1, 1, status[1] & 0xFC | manual))
    if locked < 2:
        status = patched(status, (1, 1, status[1] & 0x3F | locked << 6))
    return _number(6, 6)(status, command)


def _transfer(status: bytes, command: bytes) -> bytes:
    """Use a source that is asked for, or by itself the first one (6.32)."""
    mode = command[2] & 3
    if mode > 1:
        return status
    source = command[1] if mode and command[1] < 7 else 0
    return patched(status, (1, 1, source), (2, 1, 0xFC | mode))


def _criterion(status: bytes, command: bytes) -> bytes:
    """Keep a criterion otherwise, if it is of the same type (6.35)."""
    if command[2] != status[2] or command[1] & 3:
        return status
    changes = (_bits(1, 2), *(_number(at, at) for at in range(3, 7)))
    return _all(*changes)(status, command)


def _scheduled(status: bytes, command: bytes) -> bytes:
    """Follow a schedule, quietly or not: byte 2 of the command is byte 3 of the status (6.16)."""
    noise = command[2] & 3
    if noise < 2:
        status = patched(status, (3, 1, status[3] & 0xFC | noise))
    return _number(1, 1)(status, command)


def _preheating(status: bytes, command: bytes) -> bytes:
    """Warm the engine, or do not: bits 0-3 of byte 1, which are those of byte 2 (6.9)."""
    wanted = command[1] & 0x0F
    return status if wanted > 2 else patched(status, (2, 1, status[2] & 0xF0 | wanted))


def _connecting(status: bytes, command: bytes) -> bytes:
    """Connect or disconnect, and say which was asked for last (6.42)."""
    wanted = command[1] & 3
    return (
        status if wanted > 1 else patched(status, (1, 1, status[1] & 0xF0 | wanted << 2 | wanted))
    )


def _floor(status: bytes, command: bytes) -> bytes:
    """Heat the floor to its set point, or do not; the element follows (6.16)."""
    status = _all(_bits(1, 2), _number(4, 2, 2))(status, command)
    return patched(status, (1, 1, status[1] & 0xCF | (status[1] & 0x0C) << 2))


@dataclass(slots=True, kw_only=True, eq=False)
class Fitting:
    """One piece: its status every `seconds`; `obey` what the DGN `command` asks of it."""

    name: str
    dgn: int
    payload: bytes
    seconds: float = 5.0
    source: int = scene.G6
    command: int | None = None
    change: Change = lambda status, _: status
    revision: int = 0
    wake: float | None = None

    @property
    def instance(self) -> int:
        """Its first byte, by which it is commanded."""
        return self.payload[0]

    def status(self, _now: float) -> bytes:
        """Return its status."""
        return self.payload

    def advance(self, _now: float) -> None:
        """Nothing changes by itself."""

    def obey(self, data: bytes) -> None:
        """Obey 8 bytes of its command, if they are meant for it."""
        if self.command in KEYLESS or data[0] == self.payload[0]:
            self.payload = self.change(self.payload, data)
            self.revision += 1


# Of these there is one on a coach: their commands name no instance.
KEYLESS = frozenset((0x1FFB0, 0x1FEFF, 0x1FFAE))


def fittings() -> list[Fitting]:
    """Return them all, as they are at the start."""

    def told(
        name: str, dgn: int, payload: str, seconds: float = 5.0, source: int = scene.G6
    ) -> Fitting:
        data = bytes.fromhex(payload)
        return Fitting(name=name, dgn=dgn, payload=data, seconds=seconds, source=source)

    def obeys(one: Fitting, command: int, change: Change) -> Fitting:
        one.command, one.change = command, change
        return one

    fan = _all(_bits(1, 0), _bits(1, 2), _bits(1, 4), _number(2, 2), _bits(3, 0))
    cold = _all(_bits(1, 0), _number(4, 4, 2), _bits(6, 0, count=4), _bits(6, 4, count=4))
    return [
        obeys(
            told("inverter", 0x1FFD4, "01015FFFFFFFFFFF", source=scene.POWER), 0x1FFD3, _inverter
        ),
        told("inverter, battery side", 0x1FEE8, "01FA004083FFFFFF", source=scene.POWER),
        told("inverter, output", 0x1FFD7, "415609C87D001E00", 0.5, scene.POWER),
        obeys(told("charger", 0x1FFC7, "012001E8806402FF", source=scene.POWER), 0x1FFC5, _charging),
        obeys(
            told("charger's limits", 0x1FF96, "01C8C832FFFFFFFF", source=scene.POWER),
            0x1FF95,
            _all(_number(1, 1), _number(2, 2), _number(3, 3)),
        ),
        obeys(
            told("solar controller", 0x1FEB3, "010E01907EFF03FF", source=scene.SOLAR),
            0x1FEB1,
            _charging,
        ),
        told("solar energy", 0x1FE82, "01FFFFD2040000FF", source=scene.SOLAR),
        told("solar panels", 0x1FDFF, "012003A07DFFFFFF", source=scene.SOLAR),
        obeys(
            told("transfer switch", 0x1FFAA, "0100FCFFFFFFFFFF", source=scene.POWER),
            0x1FFA9,
            _transfer,
        ),
        obeys(told("voltage criterion", 0x1FEFE, "01F40001F00014FF"), 0x1FEFD, _criterion),
        obeys(told("charge criterion", 0x1FEFE, "02F001013CA014FF"), 0x1FEFD, _criterion),
        told("transfer switch, first source", 0x1FFAD, "016009F07D001E00", 0.5, scene.POWER),
        told("charger, input", 0x1FFCA, "016009C87D001E00", 0.5, scene.POWER),
        told("generator's output", 0x1FFDF, "100000007D000000", source=scene.GENERATOR),
        obeys(
            told("heat pump", 0x1FF9B, "0100C800141400FF"),
            0x1FF9A,
            _all(*(_number(at, at) for at in (1, 2, 3, 6))),
        ),
        obeys(told("schedule of the front", 0x1FEFA, "000105FCFFFFFFFF"), 0x1FEF8, _scheduled),
        obeys(
            told("engine preheat", 0x1FE99, "01FFC0FFFFFFFFFF", source=scene.AQUA_HOT),
            0x1FE98,
            _preheating,
        ),
        told("compass", 0x1FFA0, "8016FFFFFCFFFFFF"),
        told("shore power", 0x1FEBB, "116009F07D001E00", 0.5, scene.POWER),
        told("shore power in watts", 0x1FEB9, "11FFA005FFFFFFFF", 0.5, scene.POWER),
        obeys(told("battery switch", 0x1FED0, "01CD0001FFFFFFFF"), 0x1FECF, _connecting),
        obeys(told("generator demand", 0x1FF80, "C0C016000700FFFF"), 0x1FEFF, _demand),
        told("generator's engine", 0x1FFDB, "CF3FFF0000FFFFFF", source=scene.GENERATOR),
        told("circulation pump", 0x1FE97, "01F1FCFFFFFFFFFF", source=scene.AQUA_HOT),
        obeys(told("autofill", 0x1FFB1, "F0FFFFFFFFFFFFFF"), 0x1FFB0, _filling),
        obeys(told("waste tanks", 0x1FFAF, "D0FF00FFFFFFFFFF"), 0x1FFAE, _dumping),
        obeys(told("valve", 0x1FDE5, "010000FFFFFFFFFF"), 0x1FDE4, _number(2, 1)),
        obeys(told("floor heat", 0x1FEFC, "01C3C0244025FFFF"), 0x1FEFB, _floor),
        obeys(told("roof fan", 0x1FEA7, "01DC50FCFFFFFFFF"), 0x1FEA6, fan),
        obeys(told("refrigerator", 0x1FDD3, "01F3A022802210FF"), 0x1FDD2, cold),
        obeys(told("freezer", 0x1FDD3, "41F3A01F601F10FF"), 0x1FDD2, cold),
        told("gas detector", 0x1FFF5, "01020A0000FFFFFF"),
        told("carbon monoxide detector", 0x1FFF5, "0201000000FFFFFF"),
        *(
            told(f"tire {wheel:02X}", 0x1FEF0, f"{wheel:02X}6C028026FFFF00")
            for wheel in (0x00, 0x03, 0x10, 0x11, 0x12, 0x13)
        ),
        told("level", 0x1FFEB, "FF8064C063FFFF01"),
        told("chassis", 0x1FFF4, "00000000F1FC7D7D", source=scene.CHASSIS_MONITOR),
        told("fuel", 0x1FEA8, "FFFFFC7DC05D0000", source=scene.CHASSIS_MONITOR),
        told("weather", 0x1FFA5, "6024FFFF92276EFF"),
        told("wind", 0x1FFA4, "140087FFFFF0FFFF"),
        told("altimeter", 0x1FFA3, "FFFFFFFF204EFFFF"),
        obeys(told("entry door", 0x1FEE5, "01FDFF00FFFFFFFF"), 0x1FEE4, _bits(1, 0)),
        obeys(
            told("color light", 0x1FFBB, "07C8C83200FF00FF"),
            0x1FFB9,
            _all(*(_number(at, at) for at in (1, 2, 3, 4, 6))),
        ),
        obeys(
            told("color light's white", 0x1FDC2, "0700FFFFAC0DFFFF"),
            0x1FDBC,
            _all(_bits(1, 0, count=4), _bits(1, 4), _bits(1, 6), _number(4, 4, 2)),
        ),
        told("whites of the color light", 0x1FDC0, "078C0A6419FFFFFF"),
        told("place", 0x0FEF3, "C0344A98802E1834", 1.0),
        told("movement", 0x1FED3, "002D0000401F09FB", 1.0),
        told("step switch", 0x1FFB8, "0100FDFFFFFFFFFF"),
        obeys(told("low tank alarm", 0x1FE9F, "0146C4FFFFFFFFFF"), 0x1FE9E, _acknowledged),
        told("surroundings", 0x1FE87, "DFFDFFFFFFFFFFFF"),
    ]
