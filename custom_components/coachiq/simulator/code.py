"""The command byte and the times that loads and dimmers share (RV-C 2023-11, 6.22.4, 6.24.6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from math import ceil
from typing import Protocol


class Code(IntEnum):
    """Command codes; two-digit codes of the specification are read as hexadecimal."""

    SET_LEVEL = 0x00
    ON_DURATION = 0x01
    ON_DELAY = 0x02
    OFF_DELAY = 0x03
    STOP = 0x04
    TOGGLE = 0x05
    MEMORY_OFF = 0x06
    SAVE_SCENE = 0x07
    RAMP_LEVEL = 0x11
    RAMP_TOGGLE = 0x12
    RAMP_UP = 0x13
    RAMP_DOWN = 0x14
    RAMP_UP_DOWN = 0x15
    RAMP_UP_DOWN_TOGGLE = 0x16
    LOCK = 0x21
    UNLOCK = 0x22
    FLASH = 0x31
    FLASH_MOMENTARY = 0x32


FULL = 200
TOGGLE_LEVEL = 250
DIMMED_MEMORY = 250
MASTER_MEMORY = 251
SCENES = range(230, 250)

_BY_GROUP = 0xFF
_ALL = 0
_NODE_GROUPS = range(0x81, 0xC0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command to one dimmer or load; `wait` in seconds (None: continuous), `ramp` likewise."""

    level: int
    code: int
    wait: float | None
    ramp: float | None = None


class Member(Protocol):
    """Something that a group command may reach."""

    @property
    def group(self) -> int:
        """The inverted bitmap of its groups, 255 for none."""

    @property
    def node_group(self) -> int | None:
        """Its node group, 1 to 63."""


def seconds(raw: int) -> float | None:
    """Return a delay or duration byte in seconds; None is continuous, or none at all."""
    if raw <= 240:
        return float(raw)
    if raw <= 250:
        return (raw - 236) * 60.0
    return None


def remaining(until: float, now: float) -> int:
    """Return the seconds left as a status reports them; 240 is "240 or more"."""
    return min(max(ceil(until - now), 0), 240)


def selected[M: Member](
    instance: int, group: int, members: dict[int, M], *, zero_is_all: bool = False
) -> Iterable[M]:
    """Return the members that a command's instance and group bytes name."""
    if instance == _ALL and zero_is_all:
        return list(members.values())
    if instance != _BY_GROUP:
        return [members[instance]] if instance in members else []
    if group in _NODE_GROUPS:
        return [each for each in members.values() if each.node_group == group - 0x80]
    if group & 0x80:
        return []
    return [
        each for each in members.values() if not each.group & 0x80 and ~group & ~each.group & 0x7F
    ]
