"""A coach with a wire under it and a hand on its clock: frames in, values and frames out."""

from collections.abc import Callable
from functools import cache

from custom_components.coachiq.bus.outbox import Left, Outbox, Parcel
from custom_components.coachiq.coach import Coach, Profile, Thing, ThingId
from custom_components.coachiq.coach.decision import Decision
from custom_components.coachiq.coach.intake import READING_INTERVAL
from custom_components.coachiq.error import BusError, CommandError
from custom_components.coachiq.rvc import Spec, Value, join, load_diagnostics, load_spec
from tests.fake_clock import FakeClock

US = 0x9E
spec = cache(load_spec)
diagnostics = cache(load_diagnostics)


class Wire:
    """The far end of a bus: a paced outbox whose frames end in a list.

    While `blocked`, frames are under way but do not leave until `let_go`.
    """

    def __init__(self, clock: FakeClock) -> None:
        self.address: int | None = US
        self.refusal: BusError | None = None
        self.blocked = False
        self.sent: list[tuple[float, str]] = []
        self._clock = clock
        self._outbox = Outbox(clock, self._write)
        self._under_way: list[Callable[[BusError | None], None]] = []

    def send(
        self,
        dgn: int,
        data: bytes,
        left: Left,
        *,
        destination: int | None = None,
        urgent: bool = False,
    ) -> Parcel | None:
        if self.refusal:
            left(self.refusal)
            return None
        can_id = join(dgn, self.address or 0, destination=destination)
        return self._outbox.put(can_id, data, left, urgent=urgent)

    def let_go(self, error: BusError | None = None) -> None:
        """Let what is under way leave, or fail."""
        under_way, self._under_way = self._under_way, []
        for left in under_way:
            left(error)

    def _write(self, can_id: int, data: bytes, left: Left) -> None:
        self.sent.append((self._clock.now(), f"{can_id:08X}#{data.hex().upper()}"))
        if self.blocked:
            self._under_way.append(left)
        else:
            left(None)

    @property
    def frames(self) -> list[str]:
        return [frame for _, frame in self.sent]


class Stage:
    """One coach with the buses `house` and `chassis`: both are up, and we have asked on neither."""

    def __init__(
        self,
        profile: Profile | None = None,
        *,
        discover: bool = True,
        table: Spec | None = None,
        decisions: dict[str, Decision] | None = None,
        pace: float = READING_INTERVAL,
    ) -> None:
        self.clock = FakeClock()
        self.added: list[ThingId] = []
        self.changes: list[tuple[ThingId, set[str]]] = []
        self.learnt: list[float] = []
        self.spoken: list[tuple[str, int]] = []
        self.outcomes: list[BusError | CommandError | None] = []
        self.coach = Coach(
            spec=table or spec(),
            clock=self.clock,
            profile=profile or Profile(),
            decisions=decisions or {},
            discover=discover,
            added=lambda thing: self.added.append(thing.id),
            changed=lambda thing, names: self.changes.append((thing.id, set(names))),
            learnt=lambda: self.learnt.append(self.clock.now()),
            spoken=lambda bus, source: self.spoken.append((bus, source)),
            diagnostics=diagnostics(),
            chassis={190: "engine speed"},
            pace=pace,
        )
        self.wires = {key: Wire(self.clock) for key in ("house", "chassis")}
        self.wire = self.wires["house"]
        for key, wire in self.wires.items():
            self.coach.add_bus(key, wire)
            self.coach.bus_up(key)
        self.coach.start()

    def hear(self, frame: str, bus: str = "house", source: int | None = None) -> None:
        """Put a frame (as candump writes it) on a bus, from `source` if that is given."""
        can_id, _, data = frame.partition("#")
        number = int(can_id, 16)
        if source is not None:
            number = number & ~0xFF | source
        self.coach.receive(bus, [(number, bytes.fromhex(data))], self.clock.now())

    def believe(self, *frames: str, bus: str = "house") -> None:
        """Say frames twice, 150 ms apart, and wait until whatever comes next is read at once."""
        for frame in frames:
            self.hear(frame, bus)
        self.clock.advance(0.150)
        for frame in frames:
            self.hear(frame, bus)
        self.clock.advance(READING_INTERVAL)

    def repeat(self, seconds: float, every: float, *frames: str) -> None:
        """Let time pass while frames are said again and again."""
        end = self.clock.now() + seconds
        while self.clock.now() + every <= end:
            self.clock.advance(every)
            for frame in frames:
                self.hear(frame)
        self.clock.advance(max(0.0, end - self.clock.now()))

    def ready(self, bus: str = "house") -> None:
        """Become able to send, and let the questions and their answers' time pass."""
        self.coach.bus_ready(bus)
        self.clock.advance(14.0)
        self.wires[bus].sent.clear()

    def thing(self, family: str, *key: int, bus: str = "house") -> Thing:
        return self.coach.things[ThingId(bus, family, key)]

    def value(self, family: str, key: int, name: str) -> Value:
        return self.thing(family, key).values[name]

    def shown(self, family: str, key: int, name: str) -> Value:
        return self.thing(family, key).shown(name)

    def changed_names(self, family: str, key: int) -> set[str]:
        """Return the names of one thing's values of which was told since the last call."""
        told = {
            name
            for identity, names in self.changes
            if identity == ThingId("house", family, (key,))
            for name in names
        }
        self.changes.clear()
        return told

    def command(self, family: str, key: int, intent: str, **arguments: Value) -> None:
        thing = self.thing(family, key)
        self.coach.command(thing, intent, self.outcomes.append, **arguments)
