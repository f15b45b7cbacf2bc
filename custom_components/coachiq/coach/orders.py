"""What is asked of things: sent, shown for a moment, and what becomes of it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from ..error import BusError, CommandError
from ..rvc import Clock, Spec, Value
from .commands import COMMANDS
from .cranking import Cranking
from .ensemble import Ensembles
from .families import number
from .light_group import GROUP
from .pending import Done, Pending
from .quirk import command_of, followed_by, generator_of
from .thing import Thing, ThingId

if TYPE_CHECKING:
    from .coach import Coach

GENERATOR = (("generator", "turn_on"), ("generator", "turn_off"))


class Orders:
    """The commands that wait for their answer, one for each thing at most."""

    def __init__(
        self,
        *,
        coach: Coach,
        spec: Spec,
        clock: Clock,
        ensembles: Ensembles,
        cranking: Cranking,
        changed: Callable[[Thing, set[str]], None],
        learnt: Callable[[], None],
    ) -> None:
        """Take the coach, and who hears of what is shown and of what was learnt."""
        self._coach = coach
        self._spec = spec
        self._clock = clock
        self._ensembles = ensembles
        self._cranking = cranking
        self._changed = changed
        self._learnt = learnt
        self._pending: dict[ThingId, Pending] = {}
        self._fading: dict[ThingId, Pending] = {}

    def command(self, thing: Thing, intent: str, done: Done, **arguments: Value) -> None:
        """Send a command; `done(None)` or `done(error)` is called once when its outcome is known.

        A newer command to the same thing takes the place of an older one. Raises EncodeError
        when an argument does not fit its field. What this coach does not heed is not sent.
        """
        coach = self._coach
        if coach.is_half(thing.id):
            # Only its motions turn it on.
            done(CommandError("half_of_mover"))
            return
        loads = generator_of(coach.profile.quirks)
        if loads and (thing.id.family, intent) in GENERATOR:
            turn = self._cranking.start if intent == "turn_on" else self._cranking.stop
            turn(thing, loads, done)
            return
        row = command_of(coach.profile.quirks, thing.id.family, intent)
        if row is None:
            done(CommandError("command_unheeded"))
            return
        if coach.is_resting(thing) and not row.stops:
            done(CommandError("in_storage"))
            return
        dgn, data = row.encode(self._spec, thing, arguments)
        decoded = dict(zip(dgn.index, dgn.decode(data), strict=True))
        older = self._pending.get(thing.id)
        line = coach.lines[thing.id.bus]
        pending = Pending(
            thing=thing,
            dgn=dgn.dgn,
            expected=row.expects(arguments, decoded),
            enough=row.enough,
            within=row.within,
            seconds=(number(arguments.get("ramp_time")) or 0.0) + row.slow,
            clock=self._clock,
            send=partial(line.wire.send, dgn.dgn, data),
            changed=partial(self._show, thing),
            done=partial(self._conclude, thing, thing.answers, done),
            # Members of a group that are as was asked already have nothing to say.
            look=partial(self._ensembles.said_of, thing) if thing.family is GROUP else None,
        )
        # Before the older one ends: what it has changed would be shown as it was for a moment.
        pending.show()
        if older:
            older.replace()
        self.fade(thing)
        self._pending[thing.id] = pending
        for one in (thing, *self._ensembles.members_of(thing)):
            if one:
                line.intake.listen_closely(one.id)
        pending.start()
        if row.asks:
            coach.wanted(thing.id.bus, self._spec.named(row.asks).dgn)
        follower, asked = followed_by(coach.profile.quirks, thing.id, intent, arguments)
        if follower and (other := coach.things.get(follower)):
            # How that ends is seen there.
            self.command(other, intent, lambda _: None, **asked)

    def recall(self, scene: Thing, done: Done) -> None:
        """Tell lights to be as they remember a scene; no light says whether it knows it.

        `done(None)` or `done(error)` is called once, when all frames have left or one cannot.
        """
        frames = list(self._ensembles.recalling(scene, self._spec))
        waiting = len(frames)

        def left(error: BusError | None) -> None:
            nonlocal waiting
            before, waiting = waiting, 0 if error else waiting - 1
            if before and not waiting:
                done(error)

        for row, data in frames:
            self._coach.lines[scene.id.bus].wire.send(row.dgn, data, left)

    def drop(self, identity: ThingId) -> None:
        """Wait no more for what is asked of a thing that is forgotten."""
        if pending := self._pending.get(identity):
            pending.replace()

    def lose(self, bus: str) -> None:
        """Note that a bus is gone: nothing on it answers."""
        for identity in [identity for identity in self._pending if identity.bus == bus]:
            self._pending[identity].fail(BusError("bus_down", bus=bus))

    def take_level(self, thing: Thing) -> None:
        """Show the level that the bus has said, and remember it for turning on again."""
        level = number(thing.values["level"])
        fading = self._fading.get(thing.id)
        if level is not None and fading and not fading.is_stale(level):
            self.fade(thing)
        if level and level != thing.last_level and (thing.id.family, "set_level") in COMMANDS:
            thing.last_level = level
            self._learnt()

    def heard(self, thing: Thing, said: Mapping[str, Value], now: float) -> bool:
        """Let a pending command hear what its thing says, or a member of its group."""
        if pending := self._pending.get(thing.id):
            pending.hear(said, now)
        groups = self._ensembles.groups_of(thing)
        for group in groups:
            if pending := self._pending.get(group.id):
                pending.hear(self._ensembles.said_of(group, said.get("level")), now)
        return thing.id in self._pending or any(group.id in self._pending for group in groups)

    def acknowledged(self, bus: str, source: int, said: Mapping[str, Value]) -> None:
        """Let the pending commands of the acknowledged DGN hear of it."""
        ours = self._coach.lines[bus].wire.address, None
        for identity, pending in list(self._pending.items()):
            thing = self._coach.things[identity]
            if (
                identity.bus == bus
                and pending.dgn == said["acknowledged_dgn"]
                and (said["instance"] == identity.key[0] or number(said["instance"]) is None)
                and said["acknowledged_source_address"] in ours
                and thing.source in (source, None)
            ):
                pending.acknowledge(said["code"])

    def fade(self, thing: Thing) -> None:
        """Show what the bus has said, and no more what was commanded a moment ago."""
        if fading := self._fading.pop(thing.id, None):
            fading.hide()

    def _show(self, thing: Thing) -> None:
        """Tell that a commanded value is shown, or is no longer."""
        self._changed(thing, set(thing.values))

    def _conclude(
        self,
        thing: Thing,
        answered: bool | None,  # noqa: FBT001  bound before the outcome is known
        done: Done,
        error: BusError | CommandError | None,
    ) -> None:
        """Forget a pending command and report its outcome."""
        pending = self._pending.pop(thing.id, None)
        if pending and thing.expected:
            self._fading[thing.id] = pending
        if pending and pending.obeyed_after is not None:
            line = self._coach.lines[thing.id.bus]
            line.command_latency = round(1000 * pending.obeyed_after, 1)
        if thing.answers != answered:
            self._learnt()
        self._changed(thing, set(thing.values))
        done(error)
