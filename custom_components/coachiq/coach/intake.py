"""What one bus says: frames become values of things, and only what changed goes on."""

from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from typing import Protocol

from ..rvc import ACKNOWLEDGMENT, GLOBAL, Row, Spec, Value, split
from .channel import (
    VOICE_SILENCE,
    Cell,
    Channel,
    Node,
    Voices,
    is_heard,
    prompt_bits,
    step_of,
    take_over,
)
from .citizen import GENERIC_CONFIGURATION, SPOKEN
from .families import TELLING, Family, bare_family
from .thing import Thing, ThingId

BELIEF_GAP = 0.1
ANSWER_WINDOW = 3.0
MOST_THINGS = 1000
# Why a thing is not made when there are so many.
TOO_MANY = "too many things"
MOST_CHANNELS = 4000
# A coach has a few hundred; only who sends every key from every address needs more.
MOST_CELLS = 20_000
LEAST_SILENCE = 15.0
NODE_SILENCE = 60.0
MOST_SILENCE = 600.0
PATIENCE = 3.0
# So many frames of nothing but what is known, and shown by nobody, let a sender's DGN rest.
ALL_KNOWN = 50
REST = 5.0
# What is measured is read once in so many seconds, unless the owner decides otherwise, and then
# so many frames in one turn.
READING_INTERVAL = 1.0
MOST_LATE = 16
# So much of a timed cell's longest gap is left with each frame: a few frames that come fast, since
# something changed, do not yet make a faster sender.
FORGETTING = 0.95
# Every node says something at least this often, in seconds (RV-C section 3.2.3, 2023-11).
HEARTBEAT = 5.0

type Frames = list[tuple[int, bytes]]


class Keeper(Protocol):
    """The coach, as a bus's intake sees it."""

    def identify(self, thing: ThingId, source: int) -> ThingId:
        """Return who a thing is that a node tells of."""

    def known(self, thing: ThingId) -> Thing | None:
        """Return the thing if the coach has it."""

    def is_full(self, bus: str) -> bool:
        """Tell whether a bus may have no more things."""

    def admit(self, thing: ThingId, family: Family, source: int) -> Thing | None:
        """Make a new thing, or refuse it."""

    def changed(self, thing: Thing, names: set[str]) -> None:
        """Hear that values of a thing changed."""

    def heard(self, thing: Thing, said: Mapping[str, Value], now: float) -> bool:
        """Hear one status frame's values; True while every frame of the thing is wanted."""

    def acknowledged(self, bus: str, source: int, said: Mapping[str, Value]) -> None:
        """Hear an acknowledgement meant for us."""

    def wanted(self, bus: str, dgn: int) -> None:
        """Ask for a DGN again, since its sender was away."""

    def spoken(self, bus: str, source: int, dgn: int, data: bytes, now: float) -> None:
        """Hear what a node says of itself."""


class Intake:
    """Takes in the frames of one bus."""

    def __init__(
        self,
        bus: str,
        spec: Spec,
        families: Mapping[str, Family],
        keeper: Keeper,
        pace: float = READING_INTERVAL,
    ) -> None:
        """Take the bus's key, its protocol table, who keeps the things and what makes them.

        `families` are by the names of the DGNs that feed them; without any, senders are noted only.
        What is measured is read once in `pace` seconds.
        """
        self.bus = bus
        self.families = families
        self.address: int | None = None
        self.nodes: dict[int, Node] = {}
        self.unknown: Counter[int] = Counter()
        self.rejected: dict[ThingId, str] = {}
        self.frames = 0
        self.overlooked = 0
        # Frames that cannot be read: without their key, and those of unknown DGNs in earlier
        # openings.
        self._unreadable = 0
        self.spec = spec
        self._keeper = keeper
        self._pace = pace
        self._channels: dict[int, Channel] = {}
        self._voices: dict[ThingId, Voices] = {}
        self._asked: dict[int, float] = {}
        self._cells = 0
        self._bare: dict[str, Family] = {}
        # Cells whose last frame is still to be read, in the order in which they were put off.
        self._late: OrderedDict[Cell, Channel] = OrderedDict()

    def asked(self, dgn: int, now: float) -> None:
        """Note that all nodes were asked for a DGN: one answer is then proof enough."""
        self._asked[dgn] = now

    def may_answer(self, family: Family, now: float) -> bool:
        """Tell whether a DGN of a family was asked for a short while ago."""
        asked = (self._asked.get(self.spec.named(name).dgn) for name in family.feeds)
        return any(since is not None and now - since <= ANSWER_WINDOW for since in asked)

    def forget(self) -> None:
        """Forget every frame, since the bus went down; the things stay."""
        self._unreadable = self.unreadable
        self._channels.clear()
        self._cells = 0
        self._voices.clear()
        self._late.clear()
        self._asked.clear()
        self.nodes.clear()

    @property
    def unreadable(self) -> int:
        """Return how many frames could not be read: unknown DGNs, and frames without their key."""
        return self._unreadable + sum(frames for _, _, frames, _ in self.strangers())

    def last_frames(self) -> Iterator[tuple[int, bytes, float, Thing | None]]:
        """Yield the last frame of each identifier and key: itself, when it was heard, of what."""
        for can_id, channel in self._channels.items():
            for cell in channel.cells.values():
                yield can_id, cell.data, cell.heard, cell.thing
            if channel.last:
                yield can_id, channel.last, channel.heard, None

    def listen_closely(self, thing: ThingId) -> None:
        """Take the next frame of a thing as news even if it says the same."""
        voices = self._voices.get(thing)
        for channel, cell in voices.cells if voices else ():
            channel.quiet.pop(cell.data, None)
            cell.due = 0.0

    def last_heard(self, thing: ThingId) -> float | None:
        """Return when a thing was told of last, also by a frame that says the same; None never."""
        voices = self._voices.get(thing, Voices())
        return max((cell.heard for _, cell in voices.cells), default=None)

    def reporters(self, thing: ThingId) -> set[int]:
        """Return the addresses that have told of a thing, whether they are told apart or not."""
        return {
            channel.source
            for one, voices in self._voices.items()
            if one.shared == thing.shared
            for channel, _ in voices.cells
        }

    def doubt(self, thing: Thing, since: float) -> None:
        """Forget what a thing said if that was before a moment."""
        voices = self._voices.get(thing.id)
        if voices and all(cell.heard < since for _, cell in voices.cells):
            self.listen_closely(thing.id)
            self._clear(thing)

    def drop(self, thing: ThingId) -> None:
        """Forget a thing's cells, so that it must be believed anew."""
        for channel, cell in self._voices.pop(thing, Voices()).cells:
            channel.quiet.pop(cell.data, None)
            self._late.pop(cell, None)
            if channel.cells.pop(cell.key, None):
                self._cells -= 1

    def receive(self, frames: Frames, now: float) -> None:
        """Take in a batch of frames heard at `now`; never raises for any bytes."""
        channels = self._channels
        self.frames += len(frames)
        for can_id, data in frames:
            channel = channels.get(can_id)
            if channel is None:
                channel = self._open(can_id, now)
                if channel is None:
                    continue
            channel.heard = now
            cell = channel.quiet.get(data)
            if cell is not None:
                cell.heard = now
            elif channel.row is not None:
                self._news(channel, channel.row, data, now)
            else:
                channel.known += 1
                channel.last = data
        if self._late:
            self._catch_up(now)

    def strangers(self) -> Iterator[tuple[int, int, int, float]]:
        """Yield each DGN that the table lacks: from whom, how many frames, when the last came."""
        for can_id, channel in self._channels.items():
            dgn = split(can_id).dgn
            if self.spec.get(dgn) is None:
                yield dgn, channel.source, channel.known, channel.heard

    def freshness(self, thing: ThingId, dgn: str) -> tuple[float, float] | None:
        """Return when a DGN last told of a thing of a timed family, and its cadence in seconds.

        What speaks only on change is as fresh as its node. None when it has not told.
        """
        found: list[tuple[float, float]] = []
        for channel, cell in self._voices.get(thing, Voices()).cells:
            if channel.row is None or channel.row.name != dgn:
                continue
            if (longest := channel.row.max_gap) is not None:
                found.append((cell.heard, min(longest, cell.gap or longest)))
            else:
                node = self.nodes.get(channel.source)
                found.append((max(cell.heard, node.heard if node else 0.0), HEARTBEAT))
        return max(found, default=None)

    def tick(self, now: float) -> None:
        """Look for silence; call it about once a second."""
        self._catch_up(now)
        for channel in self._channels.values():
            node = self.nodes.get(channel.source)
            if node is None:
                self.nodes[channel.source] = Node(channel.heard)
            elif channel.heard > node.heard:
                node.longest = max(node.longest, channel.heard - node.heard)
                node.heard = channel.heard
        wanted: set[int] = set()
        for voices in self._voices.values():
            thing = voices.cells[0][1].thing
            if thing and (thing.followed or not thing.family.fields):
                self._watch(thing, voices, now, wanted)
        for dgn in wanted:
            self._keeper.wanted(self.bus, dgn)

    def _watch(self, thing: Thing, voices: Voices, now: float, wanted: set[int]) -> None:
        """Look whether a thing has fallen silent, or its node has come back.

        Adds to `wanted` the DGNs to ask for.
        """
        thing.heard = max(cell.heard for _, cell in voices.cells)
        if voices.chosen:
            self._choose_again(thing, voices, voices.chosen[1], now)
        silent = self._is_silent(thing.heard, voices, now)
        if silent and not thing.silent:
            thing.silent = True
            self.listen_closely(thing.id)
            self._keeper.changed(thing, set(thing.values))
        elif thing.silent and not silent:
            # Its node is back, but what it holds may have changed meanwhile.
            thing.silent = False
            self._clear(thing)
            wanted.update(channel.row.dgn for channel, _ in voices.cells if channel.row)

    def _is_silent(self, heard: float, voices: Voices, now: float) -> bool:
        """Tell whether a thing last heard at `heard` has been silent for too long.

        That is three times the longest gap that its DGNs allow or that it was seen to take. One
        that speaks only on change lasts as long as its node is heard.
        """
        gaps = [channel.row.max_gap for channel, _ in voices.cells if channel.row]
        cadence = [gap for gap in gaps if gap is not None]
        if cadence:
            limit = max(LEAST_SILENCE, PATIENCE * max(*cadence, voices.longest))
            return now - heard > min(limit, MOST_SILENCE)
        nodes = [self.nodes[channel.source] for channel, _ in voices.cells]
        node = max(nodes, key=lambda node: node.heard)
        limit = max(NODE_SILENCE, PATIENCE * node.longest)
        return now - node.heard > min(limit, MOST_SILENCE)

    def _open(self, can_id: int, now: float) -> Channel | None:
        """Make the channel of an identifier that is heard for the first time."""
        if len(self._channels) >= MOST_CHANNELS:
            self.overlooked += 1
            return None
        frame = split(can_id)
        channel = Channel(source=frame.source, destination=frame.destination, heard=now)
        row = self.spec.get(frame.dgn)
        family = self._family(row) if row else None
        if row is None:
            self.unknown[frame.dgn] += 1
        elif family:
            channel.row, channel.family = row, family
            channel.steps = tuple(step_of(row, reading) for reading in family.feeds[row.name])
            if family.priority:
                channel.priority = row.index[family.priority]
            channel.prompt = prompt_bits(row, channel.steps, channel.priority)
        elif frame.dgn == ACKNOWLEDGMENT and self.families:
            channel.row = row
        if frame.dgn in SPOKEN:
            channel.row, channel.family = row, None
        self._channels[can_id] = channel
        return channel

    def _family(self, row: Row) -> Family | None:
        """Return what a DGN's things are: without a family made for it, the DGN's own fields."""
        family = self.families.get(row.name) or self._bare.get(row.name)
        if family is None and self.families and row.kind in TELLING:
            family = self._bare[row.name] = bare_family(row)
        return family

    def _news(self, channel: Channel, row: Row, data: bytes, now: float) -> None:
        """Take in a frame that says something new, or whose every repetition matters."""
        family = channel.family
        if family is None:
            self._hear_node(channel, row, data, now)
            return
        if row.dgn == GENERIC_CONFIGURATION:
            self._keeper.spoken(self.bus, channel.source, row.dgn, data, now)
        if now < channel.rest_until:
            return
        cell, last = self._cell(channel, row, data, now)
        if cell is None:
            return
        if cell.thing and family.fields and not cell.thing.followed:
            self._pass_over(channel, cell, now)
            return
        channel.known = 0
        if row.name in family.timed:
            longest = cell.gap or row.max_gap or HEARTBEAT
            cell.gap = max(now - cell.heard, FORGETTING * longest)
        elif last and now < cell.due and _may_wait(channel, cell, last):
            channel.quiet[data] = cell
            cell.heard = now
            self._late[cell] = channel
            return
        self._read(channel, row, cell, now, first=last is None)

    def _read(self, channel: Channel, row: Row, cell: Cell, now: float, *, first: bool) -> None:
        """Read what a cell's last frame says, heard at `now`."""
        self._late.pop(cell, None)
        data = cell.data
        said = self._said(channel, row.decode(data), data)
        if cell.thing is None and channel.family:
            if self._is_no_thing(channel, channel.family, cell.key, said):
                # Nor will it be while it says the same.
                channel.quiet[data] = cell
                return
            self._believe(channel.family, channel, row, cell, now, first=first)
        if cell.thing is None:
            return
        silence, cell.heard = now - cell.heard, now
        heard = False
        if self._has_voice(channel, row, cell, data):
            self._apply(cell.thing, channel, said, now, silence)
            heard = self._keeper.heard(cell.thing, said, now)
        if not heard and row.name not in cell.thing.family.timed:
            channel.quiet[data] = cell
            cell.due = now + self._pace

    def _catch_up(self, now: float) -> None:
        """Read some of what was put off, the oldest first."""
        for _ in range(MOST_LATE):
            cell = next(iter(self._late), None)
            if cell is None or now < cell.due:
                return
            channel = self._late[cell]
            if channel.row:
                self._read(channel, channel.row, cell, cell.heard, first=False)

    def _pass_over(self, channel: Channel, cell: Cell, now: float) -> None:
        """Read nothing of what nobody shows; after a while not even whose it is."""
        channel.quiet[cell.data] = cell
        cell.heard = now
        channel.known += 1
        if channel.known >= ALL_KNOWN:
            channel.known = 0
            if not any(one.thing and one.thing.followed for one in channel.cells.values()):
                channel.rest_until = now + REST

    def _cell(
        self, channel: Channel, row: Row, data: bytes, now: float
    ) -> tuple[Cell | None, bytes | None]:
        """Return the cell of the frame's key with its data, and what it said before.

        There is none for a frame without its key, and beyond the most that are kept.
        """
        key = row.key_of(data)
        if key is None:
            self._unreadable += 1
            return None, None
        cell = channel.cells.get(key)
        if cell is not None:
            last, cell.data = cell.data, data
            channel.quiet.pop(last, None)
            return cell, last
        if self._cells >= MOST_CELLS:
            self.overlooked += 1
            return None, None
        cell = channel.cells[key] = Cell(key, data, now)
        self._cells += 1
        return cell, None

    def _hear_node(self, channel: Channel, row: Row, data: bytes, now: float) -> None:
        """Hand on what a node says of itself, and an acknowledgement that is for us, or for all."""
        channel.last = data
        if row.dgn in SPOKEN:
            self._keeper.spoken(self.bus, channel.source, row.dgn, data, now)
        elif channel.destination in (GLOBAL, self.address):
            told = dict(zip(row.index, row.decode(data), strict=True))
            self._keeper.acknowledged(self.bus, channel.source, told)

    def _has_voice(self, channel: Channel, row: Row, cell: Cell, data: bytes) -> bool:
        """Tell whether what a sender says of a thing counts: the chosen one's, or everybody's."""
        if channel.priority is not None:
            raw = row.raw(data)[channel.priority]
            cell.priority = -1 if raw is None or raw > GLOBAL - 3 else raw
            return self._may_speak(channel, cell)
        if cell.thing:
            # Whatever another sender says next of the thing is news, even if it is what it said.
            for other, last in self._voices[cell.thing.id].cells:
                if other.row is row and last is not cell:
                    other.quiet.pop(last.data, None)
                    last.due = 0.0
        return True

    def _said(self, channel: Channel, values: tuple[Value, ...], data: bytes) -> dict[str, Value]:
        """Return a frame's readings by the names of the thing's values.

        A short frame says nothing of the fields that it leaves out.
        """
        said: dict[str, Value] = {}
        for position, length, reading in channel.steps:
            if length > len(data):
                continue
            value = values[position]
            if isinstance(value, int | float):
                value = value * reading.sign + 0  # no negative zero
                if reading.span and not reading.span.low <= value <= reading.span.high:
                    value = None
            said[reading.name] = value
        return said

    def _identity(self, channel: Channel, family: Family, key: tuple[int, ...]) -> ThingId:
        """Return who the thing of a key is."""
        return self._keeper.identify(ThingId(self.bus, family.key, key), channel.source)

    def _is_no_thing(
        self, channel: Channel, family: Family, key: tuple[int, ...], said: Mapping[str, Value]
    ) -> bool:
        """Tell whether a key is none of the family's, or nothing is said of it."""
        if not family.lowest <= key[0] <= family.highest:
            reason = "key out of range"
        elif all(value is None for value in said.values()):
            reason = "no data"
        else:
            return False
        identity = self._identity(channel, family, key)
        if not self._keeper.known(identity):
            self._reject(identity, reason)
        return True

    def _believe(
        self, family: Family, channel: Channel, row: Row, cell: Cell, now: float, *, first: bool
    ) -> None:
        """Decide whether the cell's key is a thing: by a second frame, or by an answer."""
        identity = self._identity(channel, family, cell.key)
        thing = self._keeper.known(identity)
        if thing is None:
            answered = now - self._asked.get(row.dgn, float("-inf")) <= ANSWER_WINDOW
            if not answered and (first or now - cell.heard < BELIEF_GAP):
                return
            if self._keeper.is_full(self.bus):
                self._reject(identity, TOO_MANY)
                return
            thing = self._keeper.admit(identity, family, channel.source)
            if thing is None:
                self._reject(identity, "not wanted")
                return
        self.rejected.pop(identity, None)
        cell.thing = thing
        self._voices.setdefault(identity, Voices()).cells.append((channel, cell))

    def _reject(self, identity: ThingId, reason: str) -> None:
        """Note for diagnostics why a key is no thing."""
        if len(self.rejected) < MOST_THINGS:
            self.rejected[identity] = reason

    def _apply(
        self, thing: Thing, channel: Channel, said: dict[str, Value], now: float, silence: float
    ) -> None:
        """Change the thing's values and tell of those that changed."""
        changed = take_over(thing, channel, said)
        thing.heard = now
        voices = self._voices[thing.id]
        if voices.chosen or not is_heard(voices, thing.source, now):
            thing.source = channel.source
        if thing.silent:
            thing.silent = False
            voices.longest = max(silence, voices.longest)
            changed = set(thing.values)
        if changed:
            self._keeper.changed(thing, changed)

    def _may_speak(self, channel: Channel, cell: Cell) -> bool:
        """Tell whether this sender speaks for the thing (RV-C section 6.5.1, 2023-11).

        The sender of the highest priority does, of two alike the one with the higher address. One
        that gives its DGNs different priorities has the highest of them.
        """
        thing = cell.thing
        if thing is None:
            return False
        voices = self._voices[thing.id]
        own = (cell.priority for other, cell in voices.cells if other.source == channel.source)
        candidate = (max(own), channel.source)
        if voices.chosen is None:
            voices.chosen = candidate
        elif candidate[1] == voices.chosen[1]:
            if candidate < voices.chosen:
                # Another may be stronger now, though what it says has not changed.
                self.listen_closely(thing.id)
            voices.chosen = candidate
        elif candidate > voices.chosen:
            voices.chosen = candidate
            self._clear(thing)
        return candidate[1] == voices.chosen[1]

    def _choose_again(self, thing: Thing, voices: Voices, speaker: int, now: float) -> None:
        """Let the next sender speak when the chosen one has fallen silent."""
        fresh = [
            (cell.priority, channel.source, channel, cell)
            for channel, cell in voices.cells
            if now - cell.heard <= VOICE_SILENCE
        ]
        if not fresh or any(source == speaker for _, source, _, _ in fresh):
            return
        priority, source = max((entry[0], entry[1]) for entry in fresh)
        voices.chosen = (priority, source)
        self.listen_closely(thing.id)
        self._clear(thing)
        for _, sender, channel, cell in fresh:
            if sender == source and channel.row:
                said = self._said(channel, channel.row.decode(cell.data), cell.data)
                self._apply(thing, channel, said, cell.heard, 0.0)

    def _clear(self, thing: Thing) -> None:
        """Forget what was said of the thing."""
        for name in thing.values:
            thing.values[name] = None
        self._keeper.changed(thing, set(thing.values))


def _may_wait(channel: Channel, cell: Cell, last: bytes) -> bool:
    """Tell whether a frame brings no more than measurements, of a thing that is not silent."""
    if cell.thing is None or cell.thing.silent or len(cell.data) != len(last):
        return False
    changed = int.from_bytes(cell.data, "little") ^ int.from_bytes(last, "little")
    return not changed & channel.prompt
