"""A dimmer channel: its level, and DC_DIMMER_STATUS_3 (RV-C 2023-11, 6.24.4)."""

from dataclasses import dataclass

from .code import DIMMED_MEMORY, FULL, MASTER_MEMORY, SCENES, Code, remaining
from .frame import patched

STATUS = 0x1FEDA

# 2021 Aspire 44R, from 8E: channel 30 after a stopped ramp (level C6, last command 04, load on).
_TEMPLATE = bytes.fromhex("1E7CC6FCFF0404FF")
_LOAD_ON = 0x04  # byte 6 of the frame above; 00 in 247C00FCFF0500FF (2022 Aspire, channel 36 off)
_LOCKED = 0xFD  # byte 3 of 307E00FDFF2100FF (a locked output of a Firefly module 8A)
_RAMPING = 251
_FLASHING = 252

RAMP = 2.5
"""Seconds that a ramp takes when the command names none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """A level on its way, linear in time (seconds); with `bounce` it turns back at each end."""

    start: float
    end: float
    origin: int
    target: int
    bounce: bool = False

    def level(self, now: float) -> int:
        """Return the level at `now`."""
        part = min(max((now - self.start) / (self.end - self.start), 0.0), 1.0)
        return round(self.origin + (self.target - self.origin) * part)


class Dimmer:
    """One channel; `level` is 0 to 200, while a ramp runs the one it started from."""

    def __init__(
        self,
        instance: int,
        *,
        group: int = 0x7C,
        node_group: int | None = None,
        level: int = 0,
        pulse: float | None = None,
    ) -> None:
        """Make a channel; `pulse` seconds long when it is a momentary output."""
        self.instance = instance
        self.group = group
        self.node_group = node_group
        self.level = level
        self.dimmed_memory = level or FULL
        self.master_memory = FULL
        self.scenes: dict[int, int] = {}
        self.locked = False
        self.last_command = int(Code.TOGGLE)
        self.revision = 0
        self.ramp: Ramp | None = None
        self.pulse = pulse
        self._later: tuple[float, int, float | None] | None = None
        self._flash_end: float | None = None

    @property
    def flashing(self) -> bool:
        """True while it flashes."""
        return self._flash_end is not None

    @property
    def timed(self) -> bool:
        """True while a delay or a duration runs."""
        return self._later is not None

    @property
    def aim(self) -> int:
        """The level it stands at or moves to."""
        return self.ramp.target if self.ramp else self.level

    @property
    def wake(self) -> float | None:
        """The moment of its next own change."""
        moments = (
            self.ramp.end if self.ramp else None,
            self._later[0] if self._later else None,
            self._flash_end,
        )
        return min((each for each in moments if each is not None), default=None)

    def status(self, now: float) -> bytes:
        """Return DC_DIMMER_STATUS_3."""
        shown = _FLASHING if self.flashing else _RAMPING if self.ramp else self.level
        # The load is "off" while it ramps to zero (6.24.4).
        lit = self.aim > 0 or self.flashing or (self.ramp is not None and self.ramp.bounce)
        return patched(
            _TEMPLATE,
            (0, 1, self.instance),
            (1, 1, self.group),
            (2, 1, shown),
            (3, 1, _LOCKED if self.locked else _TEMPLATE[3]),
            (4, 1, remaining(self._later[0], now) if self._later else 0xFF),
            (5, 1, self.last_command),
            (6, 1, _LOAD_ON if lit else 0),
        )

    def advance(self, now: float) -> None:
        """End the ramp, the delay or the flashing that is due."""
        if self._flash_end is not None and self._flash_end <= now:
            self._flash_end = None
            self.revision += 1
        if self.ramp and self.ramp.end <= now:
            self._end_ramp(self.ramp)
        if self._later and self._later[0] <= now:
            _, level, ramp = self._later
            self.go(level, ramp, now)
            self.revision += 1

    def calm(self, now: float) -> None:
        """Hold the present level; forget ramp, delay and flashing."""
        if self.ramp:
            self.hold(self.ramp.level(now))
        self.ramp = self._later = self._flash_end = None

    def hold(self, level: int) -> None:
        """Stand at `level`; the last one above zero is remembered."""
        self.level = level
        if level:
            self.dimmed_memory = level

    def go(self, level: int, ramp: float | None, now: float, *, bounce: bool = False) -> None:
        """Go to `level`, in `ramp` seconds (None or 0: at once)."""
        self.calm(now)
        if self.pulse is not None:
            self.level = FULL if level else 0
            self._later = (now + self.pulse, 0, None) if level else None
        elif ramp and (bounce or level != self.level):
            self.ramp = Ramp(
                start=now, end=now + ramp, origin=self.level, target=level, bounce=bounce
            )
        else:
            self.hold(level)

    def later(self, level: int, ramp: float | None, at: float) -> None:
        """Go to `level` at the moment `at`."""
        self._later = (at, level, ramp)

    def flash(self, until: float) -> None:
        """Flash until the moment `until`."""
        self._flash_end = until

    def wanted(self, raw: int) -> int | None:
        """Return the level that a command's level byte means; None when it means none."""
        if raw <= FULL:
            return raw
        if raw in SCENES:
            return self.scenes.get(raw)
        return {DIMMED_MEMORY: self.dimmed_memory, MASTER_MEMORY: self.master_memory}.get(raw)

    def _end_ramp(self, ramp: Ramp) -> None:
        self.hold(ramp.target)
        self.ramp = None
        if ramp.bounce:
            # Up-down ramps are not streamed: the level stays "ramping" on the wire.
            self.ramp = Ramp(
                start=ramp.end,
                end=ramp.end + RAMP,
                origin=ramp.target,
                target=0 if ramp.target else FULL,
                bounce=True,
            )
        else:
            self.revision += 1
