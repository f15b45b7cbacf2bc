"""What is on this coach: a 2021 Entegra Aspire 44R on a warm afternoon, plugged in."""

from dataclasses import dataclass
from datetime import UTC, datetime

from .climate import Mode

CLOCK = datetime(2026, 6, 20, 14, 30, tzinfo=UTC)
"""The coach's time of day when nobody hands in another."""

OUTSIDE = 31.0
"""degC, the middle of a slow wave."""

G6 = 0x9C
DIMMERS_A, DIMMERS_B = 0x8E, 0x8F
LOADS = 0x80
AQUA_HOT = 0x9E
HOUSE_MONITOR, CHASSIS_MONITOR = 0x45, 0x47
GENERATOR = 0x40
POWER, SOLAR = 0x42, 0x8D
KEYPAD = 0x84


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRow:
    """A node: source address, default source address of its kind, maker's code, product."""

    source: int
    dsa: int
    maker: int
    product: str


# Makers' codes and serials are invented; the product texts follow make*model*serial*unit*.
NODES = (
    NodeRow(source=G6, dsa=68, maker=0x101, product="Firefly*G6 (simulated)*0009C*"),
    NodeRow(source=DIMMERS_A, dsa=131, maker=0x101, product="Firefly*Dimmer A (simulated)*0008E*"),
    NodeRow(source=DIMMERS_B, dsa=131, maker=0x101, product="Firefly*Dimmer B (simulated)*0008F*"),
    NodeRow(source=LOADS, dsa=146, maker=0x101, product="Firefly*Load module (simulated)*00080*"),
    NodeRow(source=0x98, dsa=103, maker=0x102, product="Roof*A/C front (simulated)*00098*"),
    NodeRow(source=0x97, dsa=104, maker=0x102, product="Roof*A/C mid (simulated)*00097*"),
    NodeRow(source=0x96, dsa=105, maker=0x102, product="Roof*A/C rear (simulated)*00096*"),
    NodeRow(source=AQUA_HOT, dsa=101, maker=0x103, product="Aqua-Hot*Boiler (simulated)*0009E*"),
    NodeRow(source=HOUSE_MONITOR, dsa=69, maker=0x104, product="Bank*House (simulated)*00045*"),
    NodeRow(source=CHASSIS_MONITOR, dsa=71, maker=0x104, product="Bank*Chassis (simulated)*00047*"),
    NodeRow(source=GENERATOR, dsa=64, maker=0x105, product="Genset*Diesel (simulated)*00040*"),
    NodeRow(source=POWER, dsa=66, maker=0x106, product="Power*Inverter (simulated)*00042*"),
    NodeRow(source=KEYPAD, dsa=132, maker=0x101, product="Firefly*Keypad (simulated)*00084*"),
    NodeRow(source=SOLAR, dsa=141, maker=0x106, product="Power*Solar (simulated)*0008D*"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DimmerRow:
    """A dimmer channel: node group 6 is inside, 7 outside; `pulse` seconds when momentary.

    What locks or moves something is in no group.
    """

    instance: int
    name: str
    level: int = 0
    node_group: int | None = 6
    pulse: float | None = None

    @property
    def source(self) -> int:
        """The module it hangs on."""
        return DIMMERS_A if self.instance <= 38 else DIMMERS_B

    @property
    def group(self) -> int:
        """The group byte: 7C inside (captured), 7D outside, none for the door."""
        return {6: 0x7C, 7: 0x7D}.get(self.node_group or 0, 0xFF)


LOCK, UNLOCK = 14, 17
# The motor of the awning over the door hangs on two channels, one for each way.
EXTEND, RETRACT = 49, 50

DIMMERS = (
    DimmerRow(instance=LOCK, name="Entry Door", node_group=None, pulse=0.5),
    DimmerRow(instance=UNLOCK, name="Entry Door Unlock", node_group=None, pulse=0.5),
    DimmerRow(instance=25, name="Bedroom Ceiling Light"),
    DimmerRow(instance=26, name="Bedroom Ceiling Light (second channel)"),
    DimmerRow(instance=27, name="Bedroom Accent Light", level=100),
    DimmerRow(instance=28, name="Bedroom Vanity Light"),
    DimmerRow(instance=29, name="Bedroom Reading Light"),
    DimmerRow(instance=30, name="Master Bath Ceiling Light"),
    DimmerRow(instance=31, name="Master Bath Lavatory Light"),
    DimmerRow(instance=32, name="Master Bath Accent Light"),
    DimmerRow(instance=33, name="Mid Bath Ceiling Light"),
    DimmerRow(instance=34, name="Mid Bath Accent Light"),
    DimmerRow(instance=35, name="Entrance Ceiling Light"),
    DimmerRow(instance=37, name="Main Living Ceiling Light", level=200),
    DimmerRow(instance=38, name="Bedroom Courtesy Light"),
    DimmerRow(instance=39, name="Main Ceiling Accent Light", level=64),
    DimmerRow(instance=41, name="Main Driver Side Ceiling Light"),
    DimmerRow(instance=42, name="Main Passenger Side Ceiling Light"),
    DimmerRow(instance=43, name="Main Driver Side Slide Light"),
    DimmerRow(instance=45, name="Main Dinette Light"),
    DimmerRow(instance=46, name="Main Sink Light", level=120),
    DimmerRow(instance=47, name="Main Midship Light"),
    DimmerRow(instance=EXTEND, name="Door Awning Extend", node_group=None),
    DimmerRow(instance=RETRACT, name="Door Awning Retract", node_group=None),
    DimmerRow(instance=51, name="Driver Side Awning Light", node_group=7),
    DimmerRow(instance=52, name="Passenger Side Awning Light", node_group=7),
    DimmerRow(instance=53, name="Basement Cargo Light", node_group=7),
    DimmerRow(instance=54, name="Under Slide Light", node_group=7),
    DimmerRow(instance=57, name="Driver Side Security Light", node_group=7),
    DimmerRow(instance=58, name="Passenger Side Security Light", node_group=7),
    DimmerRow(instance=59, name="Exterior Motion Light", node_group=7),
    DimmerRow(instance=60, name="Exterior Porch Light", level=200, node_group=7),
)

# What the lights inside remember of scene 1: the level of those that are then lit.
EVENING = 230
SCENES: dict[int, dict[int, int]] = {
    EVENING: {
        **{row.instance: 0 for row in DIMMERS if row.node_group == 6},
        27: 40,
        37: 60,
        39: 120,
        45: 100,
    }
}

# Sensor channel: degC at the start, seconds in which it follows the outside (None: unplugged).
CHANNELS: dict[int, tuple[float, float | None]] = {
    0: (23.5, 1800.0),
    1: (24.25, 1800.0),
    2: (25.0, 7200.0),
    3: (-88.0, None),
    4: (23.0, 7200.0),
    5: (24.5, 1800.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneRow:
    """A thermostat zone and the channel it feels; roof zones cool, Aqua-Hot zones only heat."""

    instance: int
    name: str
    channel: int
    mode: Mode
    cools: bool = False


ZONES = (
    ZoneRow(instance=0, name="Front", channel=0, mode=Mode.COOL, cools=True),
    ZoneRow(instance=1, name="Mid", channel=5, mode=Mode.OFF, cools=True),
    ZoneRow(instance=2, name="Rear", channel=1, mode=Mode.AUTO, cools=True),
    ZoneRow(instance=3, name="Front Aqua-Hot heat", channel=0, mode=Mode.OFF),
    ZoneRow(instance=4, name="Rear Aqua-Hot heat", channel=1, mode=Mode.OFF),
    ZoneRow(instance=5, name="Bay", channel=2, mode=Mode.HEAT),
    ZoneRow(instance=6, name="Floor", channel=4, mode=Mode.OFF),
)

# A/C instance: source address, its zone, its compressor among the AC loads.
AIR_CONDITIONERS: dict[int, tuple[int, int, int | None]] = {
    1: (0x98, 0, 213),
    2: (0x97, 1, 208),
    3: (0x96, 2, None),
}

# Furnace instance: its own zone, the roof zones it helps with auxiliary heat.
FURNACES: dict[int, tuple[int, tuple[int, ...]]] = {3: (3, (0, 1)), 4: (4, (2,))}

ELECTRIC, BURNER = 212, 210

# Key by the door: when it is pressed first, in seconds.
KEYS = {11: 20.0, 12: 35.0}

# AC load: on at the start.
AC_LOADS = {ELECTRIC: True, BURNER: False, 213: False, 208: False}

DC_LOADS = {1: False, 2: True, 34: False}

_ASPIRE_TANK = "00051CFFFFFFFFFF"  # 2022 Aspire (rlust): fresh water at 5 of 28
_KEYSTONE_TANK = "010003FFFFFFFFFF"  # Keystone, from 80: black water at 0 of 3

# Tank: the frame it is built on, its level in that frame's steps.
TANKS: dict[int, tuple[bytes, float]] = {
    0: (bytes.fromhex(_ASPIRE_TANK), 5.9),
    1: (bytes.fromhex(_ASPIRE_TANK), 8.0),
    2: (bytes.fromhex(_ASPIRE_TANK), 11.0),
    3: (bytes.fromhex(_KEYSTONE_TANK), 2.0),
}
FRESH, GRAY = 0, 2
