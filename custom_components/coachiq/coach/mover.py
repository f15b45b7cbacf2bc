"""What can be moved, as rows: the intents that move it, for how long, and what must hold then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from ..rvc import COMMANDS, Code, Command, Value
from .families import Values, label
from .jack import SIDES, jack_arguments

OPEN, CLOSE = "open", "close"
# It moves, but does not plainly open or close.
OTHER = "other"

PARKED = ("park_brake", "speed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """A family that moves.

    `ways` are the intents that open and close it, by direction; both are said again and again
    where RV-C has them so. Of a pair of outputs they go to the one that opens, or closes. It runs
    for at most `run_time` seconds unless it is held, and only while each input in `needs` is safe
    and none of its own values in `lockouts` says "blocking", "locked" or "active". `opening` and
    `closing` are the words of the value `motion`, or for a motor the values that are "on";
    `position` is the value in percent, 0 being closed.
    `rest` is the word of the value `motion` for a system that says nothing of a direction while it
    does not rest; what it is told once, and does by itself, ends then. `run_times` are for
    directions that take their own time, `takes` gives what a direction says besides; it raises
    CommandError. `is_rare` is for what seldom has a motor: nothing is offered before the owner says
    it has. Ways
    that toggle stop what moves already: before each it is stopped.
    """

    ways: Mapping[str, str]
    run_time: float
    needs: tuple[str, ...]
    motion: str | None = None
    opening: str = "extending"
    closing: str = "retracting"
    position: str | None = "position"
    rest: str | None = None
    lockouts: Mapping[str, str] = field(default_factory=dict)
    run_times: Mapping[str, float] = field(default_factory=dict)
    takes: Callable[[str, Values], Mapping[str, Value]] = lambda _, __: {}
    is_rare: bool = False
    toggles: bool = False

    @property
    def stop(self) -> str:
        """Return the intent that stops it."""
        way = next(iter(self.ways.values()))
        intent = COMMANDS[way].stop
        if intent is None:
            raise ValueError(f"{way}: nothing stops it")
        return intent


_OWN = {
    "ignition_key_lockout": "blocking",
    "low_voltage_lockout": "blocking",
    "user_lock": "active",
}
_PARKED_OWN = {"parked_lockout": "blocking", "generic_lockout": "blocking", **_OWN}
_MOTOR_OWN = {"lock": "locked", "overcurrent": "overcurrent"}

MOVERS: Mapping[str, Mover] = {
    "awning": Mover(
        ways={OPEN: "awning.extend", CLOSE: "awning.retract"},
        run_time=30.0,
        needs=(*PARKED, "ignition"),
        motion="motion",
        lockouts=_PARKED_OWN,
    ),
    "slide": Mover(
        ways={OPEN: "slide.extend", CLOSE: "slide.retract"},
        run_time=3.0,
        needs=(*PARKED, "gear", "jacks"),
        motion="motion",
        lockouts={
            "park_brake_lockout": "blocking",
            "leveling_jacks_lockout": "blocking",
            "air_seal_lockout": "blocking",
            **_OWN,
        },
    ),
    "shade": Mover(
        ways={OPEN: "shade.hold_open", CLOSE: "shade.hold_close"},
        run_time=30.0,
        needs=PARKED,
        opening="forward",
        closing="reverse",
        position=None,
        lockouts=_MOTOR_OWN,
    ),
    "motor": Mover(
        ways={OPEN: "motor.hold_forward", CLOSE: "motor.hold_reverse"},
        run_time=3.0,
        needs=(*PARKED, "gear", "ignition"),
        opening="forward",
        closing="reverse",
        position=None,
        lockouts=_MOTOR_OWN,
    ),
    "step": Mover(
        ways={OPEN: "step.extend", CLOSE: "step.retract"},
        run_time=3.0,
        needs=PARKED,
        motion="motion",
        lockouts={"obstruction_bottom": "detected", "obstruction_front_face": "detected"},
    ),
    "tv_lift": Mover(
        ways={OPEN: "tv_lift.deploy", CLOSE: "tv_lift.store"},
        run_time=3.0,
        needs=PARKED,
        motion="motion",
        opening="deploying",
        closing="storing",
        lockouts={"overcurrent": "overcurrent", **_PARKED_OWN},
    ),
    "door": Mover(
        ways={OPEN: "door.open", CLOSE: "door.close"},
        run_time=3.0,
        needs=PARKED,
        motion="motion",
        opening="opening",
        closing="closing",
        is_rare=True,
    ),
    "window": Mover(
        ways={OPEN: "window.open", CLOSE: "window.close"},
        run_time=3.0,
        needs=PARKED,
        motion="motion",
        opening="opening",
        closing="closing",
        is_rare=True,
    ),
    "roof_fan": Mover(
        ways={OPEN: "roof_fan.hold_open_dome", CLOSE: "roof_fan.hold_close_dome"},
        run_time=30.0,
        needs=("speed",),
        motion="dome_motion",
        opening="opening",
        closing="closing",
        position="dome_position",
        is_rare=True,
    ),
}
# Systems that move in more than two ways. To level and to store the jacks are told once: the
# system does it by itself, and is watched meanwhile. By hand it moves for 250 ms at a time.
LEVELING = ("level_jacks", "level_air", "store")
SYSTEMS: Mapping[str, Mover] = {
    "leveling": Mover(
        ways={
            **{way: f"leveling.{way}" for way in LEVELING},
            **{
                f"{direction}_{side}": "leveling.move_jacks"
                for side in SIDES
                for direction in (OPEN, CLOSE)
            },
        },
        run_time=3.0,
        # Longer than any leveling should take: then it is stopped.
        run_times=dict.fromkeys(LEVELING, 300.0),
        needs=(*PARKED, "gear"),
        motion="mode",
        rest="inactive",
        position=None,
        lockouts=dict.fromkeys(
            ("park_brake_lockout", "ignition_key_lockout", "low_voltage_lockout", "other_lockout"),
            "blocking",
        ),
        takes=jack_arguments,
    ),
}
# Two outputs, one for each way, are taken for a mover of one of these kinds: each by the family
# that needs the same. Vents run for 20 s, as CoachProxy lets those of Tiffin's coaches run.
_LIKE = {
    "awning": MOVERS["awning"],
    "slide": MOVERS["slide"],
    "shade": MOVERS["shade"],
    "lift": MOVERS["tv_lift"],
    "vent": replace(MOVERS["roof_fan"], run_time=20.0),
    "motor": MOVERS["motor"],
}
PAIRED = tuple(_LIKE)
# By the outputs' family and the kind.
PAIRS: Mapping[tuple[str, str], Mover] = {
    (family, kind): replace(
        like,
        ways=dict.fromkeys((OPEN, CLOSE), f"{device}.hold"),
        motion=None,
        opening=OPEN,
        closing=CLOSE,
        position=None,
        lockouts={"overcurrent": "overcurrent", "lock": "locked"},
        is_rare=False,
    )
    for family, device in (("dimmer", "light"), ("dc_load", "dc_load"))
    for kind, like in _LIKE.items()
}
FULL = 100


def mover_of(family: str, kind: str | None) -> Mover | None:
    """Return how a thing of a family moves that is taken for a kind, None if it does not."""
    return MOVERS.get(family) or SYSTEMS.get(family) or PAIRS.get((family, kind or ""))


def intents() -> list[Command]:
    """Return all that moves and stops a mover."""
    return [
        COMMANDS[intent]
        for mover in (*MOVERS.values(), *SYSTEMS.values(), *PAIRS.values())
        for intent in (*mover.ways.values(), mover.stop)
    ]


def position_of(value: Value) -> float | None:
    """Return a position in percent, 0 being closed; None where the bus says no number."""
    if isinstance(value, Code):
        # Positions that have words: 0 and 100 % of the field's 0 to 200.
        return {"retracted": 0.0, "stored": 0.0, "closed": 0.0, "extended": 100.0,
                "deployed": 100.0, "open": 100.0}.get(value.label)  # fmt: skip
    return float(value) if isinstance(value, int | float) and value <= FULL else None


def motion_of(mover: Mover, values: Mapping[str, Value]) -> str | None:
    """Return OPEN or CLOSE while it moves, "" while it rests, None while that is not known.

    While both outputs of a pair are on, or a system does not rest, that is OTHER.
    """
    if mover.motion is None:
        runs = {OPEN: _runs(values.get(mover.opening)), CLOSE: _runs(values.get(mover.closing))}
        if all(runs.values()):
            return OTHER
        for direction, runs_so in runs.items():
            if runs_so:
                return direction
        return None if None in runs.values() else ""
    said = label(values.get(mover.motion))
    if said is None:
        return None
    if mover.rest is not None:
        return "" if said == mover.rest else OTHER
    return {mover.opening: OPEN, mover.closing: CLOSE}.get(said, "")


def _runs(value: Value) -> bool | None:
    """Return whether an output is on, None while that is not known."""
    if isinstance(value, bool):
        return value
    word = label(value)
    return None if word is None else word == "on"


def way_of(key: str, direction: str) -> str:
    """Return what the mover of a cover, by its description's key, calls a direction."""
    return direction if key == "cover" else f"{direction}_{key}"
