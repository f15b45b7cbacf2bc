"""Traffic of one coach to measure with: what its fields say wanders, the same way each run."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
import heapq
import random
from typing import TYPE_CHECKING

from alone import without_home_assistant

without_home_assistant()

from custom_components.coachiq.rvc import join  # noqa: E402  after the line above

if TYPE_CHECKING:
    from custom_components.coachiq.rvc import Row, Spec

NOT_REPORTED = 0.15
# How often what changes is a code: a mode stays for hours where a voltage never stands still.
CODE_ODDS = 0.02
# The most instances of a row, however large the coach.
MOST_INSTANCES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """One row, sent by one address for some instances; `odds` that a frame says something new."""

    row: str
    source: int
    instances: int = 1
    seconds: float = 1.0
    odds: float = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A frame with its time in seconds."""

    time: float
    can_id: int
    data: bytes


# Address, rows with instances, seconds between two frames and odds: a large coach, busy.
_NODES: Mapping[int, tuple[tuple[str, int, float, float], ...]] = {
    0x40: (
        ("GENERATOR_STATUS_1", 1, 1.0, 0.4),
        ("GENERATOR_STATUS_2", 1, 1.0, 0.4),
        ("GENERATOR_AC_STATUS_1", 2, 0.5, 0.5),
    ),
    0x42: (
        ("INVERTER_STATUS", 2, 0.5, 0.2),
        ("INVERTER_AC_STATUS_1", 2, 0.5, 0.7),
        ("INVERTER_AC_STATUS_3", 2, 1.0, 0.4),
        ("INVERTER_DC_STATUS", 1, 0.5, 0.6),
        ("INVERTER_TEMPERATURE_STATUS", 1, 1.0, 0.4),
        ("CHARGER_STATUS", 2, 0.5, 0.5),
        ("CHARGER_STATUS_2", 2, 0.5, 0.6),
        ("CHARGER_AC_STATUS_1", 2, 0.5, 0.7),
        ("CHARGER_AC_STATUS_3", 2, 1.0, 0.4),
    ),
    0x46: (
        ("DC_SOURCE_STATUS_1", 3, 0.5, 0.7),
        ("DC_SOURCE_STATUS_2", 3, 0.5, 0.2),
        ("DC_SOURCE_STATUS_3", 3, 0.5, 0.2),
        ("DC_SOURCE_STATUS_4", 3, 1.0, 0.2),
        ("DC_SOURCE_STATUS_5", 3, 0.5, 0.6),
        ("BATTERY_STATUS_1", 4, 0.5, 0.6),
        ("BATTERY_STATUS_2", 4, 1.0, 0.3),
    ),
    0x4A: (("ATS_STATUS", 1, 1.0, 0.4), ("ATS_AC_STATUS_1", 2, 0.5, 0.6)),
    0x50: (
        ("SOLAR_CONTROLLER_STATUS", 2, 0.5, 0.5),
        ("SOLAR_CONTROLLER_STATUS_2", 2, 1.0, 0.4),
        ("SOLAR_CONTROLLER_STATUS_3", 2, 0.5, 0.5),
        ("SOLAR_CONTROLLER_STATUS_5", 2, 1.0, 0.3),
    ),
    0x65: (
        ("WATERHEATER_STATUS", 2, 1.0, 0.3),
        ("FURNACE_STATUS", 3, 1.0, 0.3),
        ("CIRCULATION_PUMP_STATUS", 2, 1.0, 0.3),
        ("FLOOR_HEAT_STATUS", 3, 1.0, 0.3),
    ),
    0x80: (
        ("DC_LOAD_STATUS", 8, 2.0, 0.2),
        ("DC_LOAD_STATUS_2", 8, 2.0, 0.2),
        ("DC_MOTOR_CONTROL_STATUS", 4, 1.0, 0.2),
        ("WINDOW_SHADE_CONTROL_STATUS", 8, 2.0, 0.2),
    ),
    0x81: (
        ("THERMOSTAT_STATUS_1", 5, 1.0, 0.2),
        ("THERMOSTAT_STATUS_2", 5, 2.0, 0.2),
        ("THERMOSTAT_AMBIENT_STATUS", 6, 1.0, 0.4),
        ("AIR_CONDITIONER_STATUS", 3, 1.0, 0.3),
        ("HEAT_PUMP_STATUS", 3, 1.0, 0.3),
        ("ROOF_FAN_STATUS_1", 3, 1.0, 0.3),
    ),
    0x9C: (("DC_DIMMER_STATUS_3", 28, 2.0, 0.2), ("DC_DIMMER_STATUS_1", 8, 2.0, 0.2)),
    0x9D: (
        ("TANK_STATUS", 5, 1.0, 0.2),
        ("WATER_PUMP_STATUS", 1, 1.0, 0.4),
        ("AUTOFILL_STATUS", 1, 1.0, 0.4),
        ("DOOR_STATUS", 4, 1.0, 0.3),
        ("AWNING_STATUS", 3, 1.0, 0.3),
        ("SLIDE_STATUS", 4, 1.0, 0.3),
        ("STEP_STATUS", 1, 1.0, 0.4),
    ),
    0x9E: (("AC_LOAD_STATUS", 6, 1.0, 0.3), ("DATE_TIME_STATUS", 1, 1.0, 1.0)),
    0xA0: (("TIRE_STATUS", 8, 1.0, 0.3), ("WEATHER_STATUS_1", 1, 1.0, 0.5)),
    0xFC: (("CHASSIS_MOBILITY_STATUS", 1, 0.5, 0.7), ("DM_RV", 1, 1.0, 0.3)),
}
SENDERS = tuple(
    Sender(row=row, source=source, instances=instances, seconds=seconds, odds=odds)
    for source, rows in _NODES.items()
    for row, instances, seconds, odds in rows
)


class _State:
    """What one sender says of one instance, as raw numbers by field."""

    def __init__(self, sender: Sender, row: Row, number: int, chance: random.Random) -> None:
        self.sender = sender
        self._row = row
        self._raw: dict[str, int] = {}
        for place, name in enumerate(row.key):
            low = row.fields[row.index[name]].low
            self._raw[name] = low if place else max(low, 1) + number
        free = [field for field in row.fields if field.name not in row.key and field.when is None]
        self._wandering = [
            field for field in free if field.kind != "text" and chance.random() > NOT_REPORTED
        ] or free[:1]
        for field in self._wandering:
            self._raw[field.name] = (
                chance.choice([*field.labels])
                if field.kind == "enum"
                else chance.randint(field.low, field.high)
            )

    def step(self, chance: random.Random) -> None:
        """Let one field say something else: a number a little more or less, seldom another code.

        One that has only codes mostly says the same again.
        """
        is_code = chance.random() < CODE_ODDS
        fields = [field for field in self._wandering if (field.kind == "enum") is is_code]
        if not fields:
            return
        field = chance.choice(fields)
        if is_code:
            self._raw[field.name] = chance.choice([*field.labels])
        else:
            near = self._raw[field.name] + chance.choice((-2, -1, 1, 2))
            self._raw[field.name] = min(field.high, max(field.low, near))

    def data(self) -> bytes:
        """Return the payload; what the sender does not report is all ones."""
        payload = (1 << 64) - 1
        for field in self._row.fields:
            if (raw := self._raw.get(field.name)) is not None:
                payload = payload & ~((1 << field.bits) - 1 << field.bit) | raw << field.bit
        return payload.to_bytes(8, "little")

    def can_id(self) -> int:
        """Return the identifier of its frames."""
        return join(self._row.dgn, self.sender.source, priority=self._row.priority)


def frames(spec: Spec, count: int, seed: int = 20261, size: int = 1) -> Iterator[Frame]:
    """Yield frames in the order of time, repeats among them as on a real bus.

    `size` makes the coach so many times as large.
    """
    chance = random.Random(seed)  # noqa: S311  the same frames in every run are wanted
    queue: list[tuple[float, int]] = []
    states: list[_State] = []
    for sender in SENDERS:
        row = spec.named(sender.row)
        most = min(size * sender.instances, MOST_INSTANCES) if row.key else sender.instances
        for number in range(most):
            heapq.heappush(queue, (chance.uniform(0, sender.seconds), len(states)))
            states.append(_State(sender, row, number, chance))
    for _ in range(count):
        time, number = heapq.heappop(queue)
        state = states[number]
        if chance.random() < state.sender.odds:
            state.step(chance)
        yield Frame(time=round(time, 4), can_id=state.can_id(), data=state.data())
        pace = state.sender.seconds * chance.uniform(0.98, 1.02)
        heapq.heappush(queue, (time + pace, number))


def changed(all_frames: Iterable[Frame], spec: Spec) -> Iterator[Frame]:
    """Yield only the frames whose payload is not the last one of their identifier and key."""
    last: dict[tuple[int, bytes], bytes] = {}
    for frame in all_frames:
        row = spec.get(frame.can_id >> 8 & 0x1FFFF)
        key = frame.can_id, frame.data[row.key_slice] if row else b""
        if last.get(key) != frame.data:
            last[key] = frame.data
            yield frame
