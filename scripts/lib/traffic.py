"""Traffic of one coach to measure with: random walks over rows, the same in every run."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
import heapq
import random
from typing import TYPE_CHECKING

from alone import without_home_assistant

without_home_assistant()

from custom_components.coachiq.rvc import join  # noqa: E402  after the line above

if TYPE_CHECKING:
    from custom_components.coachiq.rvc import Spec, Value

type Step = Callable[[random.Random, Value], Value]


type Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """One row sent for each of some keys: what is constant, and what changes how often."""

    row: str
    source: int
    seconds: float
    keys: tuple[Values, ...] = ({},)
    fixed: Values
    changing: Mapping[str, tuple[Value, Step]]
    odds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A frame with its time in seconds."""

    time: float
    can_id: int
    data: bytes


def walk(step: float, low: float, high: float) -> Step:
    """Return a step up or down within limits."""

    def take(chance: random.Random, value: Value) -> Value:
        if not isinstance(value, int | float):
            return low
        return min(high, max(low, round(value + chance.choice((-step, step)), 6)))

    return take


def choice(*values: Value) -> Step:
    """Return a step to any of some values."""
    return lambda chance, _: chance.choice(values)


def _instances(*numbers: int, name: str = "instance") -> tuple[Values, ...]:
    return tuple({name: number} for number in numbers)


_AC: dict[str, tuple[Value, Step]] = {
    "rms_voltage": (120.0, walk(0.05, 108, 132)),
    "rms_current": (8.0, walk(0.3, 0, 50)),
    "frequency": (60.0, walk(0.0078125, 59, 61)),
}
_NO_FAULT: dict[str, Value] = dict.fromkeys(
    ("fault_open_ground", "fault_open_neutral", "fault_reverse_polarity", "fault_ground_current"), 0
)

SENDERS = (
    *(
        Sender(
            row="DC_DIMMER_STATUS_3",
            source=0x9C + node,
            seconds=5.0,
            odds=0.1,
            keys=_instances(*range(16 * node + 1, 16 * node + 15)),
            fixed={"lock_status": 0, "overcurrent_status": 0, "last_command": "set level"},
            changing={
                "operating_status_brightness": (0, choice(0, 25, 50, 80, 100)),
                "load_status": (0, choice(0, 1)),
            },
        )
        for node in range(3)
    ),
    Sender(
        row="DC_SOURCE_STATUS_1",
        source=0x46,
        seconds=0.5,
        odds=0.75,
        keys=_instances(1, 2, name="dc_instance"),
        fixed={"device_priority": 120},
        changing={
            "dc_voltage": (13.2, walk(0.05, 11, 15)),
            "dc_current": (-5.0, walk(0.173, -200, 200)),
        },
    ),
    Sender(
        row="DC_SOURCE_STATUS_2",
        source=0x46,
        seconds=0.5,
        odds=0.1,
        keys=_instances(1, 2, name="dc_instance"),
        fixed={"device_priority": 120},
        changing={
            "source_temperature": (24.0, walk(0.03125, -20, 60)),
            "state_of_charge_soc": (88.0, walk(0.5, 0, 100)),
            "time_remaining": (900, walk(1, 0, 6000)),
            "time_remaining_interpretation": (0, choice(0, 1)),
        },
    ),
    Sender(
        row="DC_SOURCE_STATUS_3",
        source=0x46,
        seconds=0.5,
        odds=0.1,
        keys=_instances(1, name="dc_instance"),
        fixed={"device_priority": 120, "state_of_health": 98.0},
        changing={
            "capacity_remaining": (310, walk(1, 0, 400)),
            "relative_capacity": (86.0, walk(0.5, 0, 100)),
        },
    ),
    Sender(
        row="TANK_STATUS",
        source=0xB0,
        seconds=1.0,
        odds=0.05,
        keys=_instances(0, 1, 2, 3, 18),
        fixed={"resolution": 28},
        changing={"relative_level": (14, walk(1, 0, 28))},
    ),
    *(
        Sender(
            row=row,
            source=source,
            seconds=1.0,
            odds=odds,
            keys=_instances(1, 2, 3, 4),
            fixed=fixed,
            changing=changing,
        )
        for row, source, odds, fixed, changing in (
            (
                "THERMOSTAT_STATUS_1",
                0x81,
                0.1,
                {"fan_mode": 0, "schedule_mode": 0, "fan_speed": 50},
                {
                    "operating_mode": (1, choice(0, 1, 2, 3)),
                    "setpoint_temp_cool": (24.0, walk(0.5, 18, 30)),
                    "setpoint_temp_heat": (20.0, walk(0.5, 10, 25)),
                },
            ),
            (
                "THERMOSTAT_AMBIENT_STATUS",
                0x81,
                0.4,
                {},
                {"ambient_temp": (23.0, walk(0.03125, 5, 40))},
            ),
            (
                "AIR_CONDITIONER_STATUS",
                0x90,
                0.1,
                {
                    "operating_mode": 0,
                    "max_fan_speed": 100,
                    "max_air_conditioning_output_level": 100,
                    "dead_band": 1.0,
                },
                {
                    "fan_speed": (50, choice(0, 50, 100)),
                    "air_conditioning_output_level": (50, choice(0, 50, 100)),
                },
            ),
            (
                "FURNACE_STATUS",
                0x94,
                0.1,
                {"operating_mode": 0, "heat_source": 0},
                {
                    "circulation_fan_speed": (0, choice(0, 50, 100)),
                    "heat_output_level": (0, choice(0, 50, 100)),
                },
            ),
        )
    ),
    Sender(
        row="INVERTER_STATUS",
        source=0x42,
        seconds=0.5,
        odds=0.05,
        keys=_instances(1),
        fixed={},
        changing={"status": (2, choice(1, 2))},
    ),
    Sender(
        row="CHARGER_STATUS",
        source=0x42,
        seconds=0.5,
        odds=0.5,
        keys=_instances(1),
        fixed={"operating_state": 3, "charge_current_percent_of_maximum": 20},
        changing={
            "charge_voltage": (13.6, walk(0.05, 12, 15)),
            "charge_current": (20.0, walk(0.05, 0, 100)),
        },
    ),
    *(
        Sender(
            row=row,
            source=source,
            seconds=0.5,
            odds=0.7,
            keys=(key,),
            fixed=_NO_FAULT,
            changing=_AC,
        )
        for row, source, key in (
            ("INVERTER_AC_STATUS_1", 0x42, {"instance": 1, "line": 0, "input_output": 1}),
            ("CHARGER_AC_STATUS_1", 0x42, {"instance": 1, "line": 0, "input_output": 0}),
            (
                "ATS_AC_STATUS_1",
                0x4A,
                {"transfer_switch_instance": 1, "input_output": 0, "source": 0, "leg": 0},
            ),
        )
    ),
    Sender(
        row="GENERATOR_STATUS_1",
        source=0x40,
        seconds=1.0,
        odds=0.3,
        fixed={"status": 3},
        changing={
            "engine_run_time": (2057, walk(1, 0, 99999)),
            "engine_load": (30, walk(0.5, 0, 100)),
            "start_battery_voltage": (12.9, walk(0.05, 11, 15)),
        },
    ),
    Sender(
        row="WATERHEATER_STATUS",
        source=0x65,
        seconds=1.0,
        odds=0.25,
        keys=_instances(1),
        fixed={"operating_modes": 1, "set_point_temperature": 60, "burner_status": 1},
        changing={"water_temperature": (45.0, walk(0.5, 5, 70))},
    ),
    Sender(
        row="DATE_TIME_STATUS",
        source=0x9E,
        seconds=1.0,
        odds=1.0,
        fixed={
            "year": 2026,
            "month": 11,
            "day_of_month": 20,
            "day_of_week": 6,
            "hour": 10,
            "time_zone": 7,
        },
        changing={"minute": (0, walk(1, 0, 59)), "second": (0, walk(1, 0, 59))},
    ),
    *(
        Sender(
            row="DM_RV",
            source=source,
            seconds=1.0,
            odds=0.05,
            fixed={"operating_status_1": 1, "operating_status_2": 1, "dsa": source},
            changing={"yellow_lamp_status": (0, choice(0, 1))},
        )
        for source in (0x40, 0x42, 0x46, 0x4A, 0x65, 0x81, 0x9C, 0xB0)
    ),
    Sender(
        row="DOOR_STATUS",
        source=0x9D,
        seconds=5.0,
        odds=0.1,
        keys=_instances(1, 2, 3, 4),
        fixed={},
        changing={"lock_status": (1, choice(0, 1))},
    ),
    Sender(
        row="ROOF_FAN_STATUS_1",
        source=0xA0,
        seconds=2.0,
        odds=0.1,
        keys=_instances(1, 2, 3),
        fixed={"ambient_temperature": 22, "set_point": 24},
        changing={
            "system_status": (0, choice(0, 1)),
            "fan_speed_setting": (0, choice(0, 25, 50, 100)),
        },
    ),
    Sender(
        row="AC_LOAD_STATUS",
        source=0x9E,
        seconds=2.0,
        odds=0.1,
        keys=_instances(*range(1, 7)),
        fixed={"operating_mode": 1, "variable_level_capability": 0, "demanded_current": 5},
        changing={
            "operating_status_level": (0, choice(0, 100)),
            "present_current": (0, walk(0.05, 0, 15)),
        },
    ),
    Sender(
        row="DC_LOAD_STATUS",
        source=0x80,
        seconds=5.0,
        odds=0.1,
        keys=_instances(*range(1, 9)),
        fixed={"operating_mode": 1, "variable_level_capability": 0},
        changing={"operating_status_level": (0, choice(0, 100))},
    ),
    Sender(
        row="WATER_PUMP_STATUS",
        source=0x9D,
        seconds=1.0,
        odds=0.1,
        fixed={"operating_status": 1},
        changing={
            "pump_status": (0, choice(0, 1)),
            "current_system_pressure": (280000, walk(100, 190000, 320000)),
        },
    ),
)


def frames(spec: Spec, count: int, seed: int = 20261) -> Iterator[Frame]:
    """Yield frames in the order of time, repeats among them as on a real bus."""
    chance = random.Random(seed)  # noqa: S311  the same frames in every run are wanted
    queue: list[tuple[float, int]] = []
    states: list[tuple[Sender, dict[str, Value]]] = []
    for sender in SENDERS:
        for key in sender.keys:
            start = {name: value for name, (value, _) in sender.changing.items()}
            heapq.heappush(queue, (chance.uniform(0, sender.seconds), len(states)))
            states.append((sender, {**sender.fixed, **key, **start}))
    for _ in range(count):
        time, number = heapq.heappop(queue)
        sender, values = states[number]
        if chance.random() < sender.odds:
            name = chance.choice(list(sender.changing))
            values[name] = sender.changing[name][1](chance, values[name])
        row = spec.named(sender.row)
        can_id = join(row.dgn, sender.source, priority=row.priority)
        yield Frame(time=round(time, 4), can_id=can_id, data=row.encode(**values))
        heapq.heappush(queue, (time + sender.seconds * chance.uniform(0.98, 1.02), number))


def changed(all_frames: Iterable[Frame], spec: Spec) -> Iterator[Frame]:
    """Yield only the frames whose payload is not the last one of their identifier and key."""
    last: dict[tuple[int, bytes], bytes] = {}
    for frame in all_frames:
        row = spec.get(frame.can_id >> 8 & 0x1FFFF)
        key = frame.can_id, frame.data[row.key_slice] if row else b""
        if last.get(key) != frame.data:
            last[key] = frame.data
            yield frame
