"""Groups and scenes on a bus: which lights are in them, how they are, and what recalls a scene."""

from collections.abc import Callable, Iterator, Mapping

from ..rvc import COMMANDS, Row, Spec, Value
from .families import MOVING, Family, label, number
from .light_group import GROUP, SCENE, group_byte
from .pending import TOLERANCE
from .profile import Profile
from .thing import Thing, ThingId

LIGHT = "dimmer"


class Ensembles:
    """The groups and scenes that a profile tells of, among all things of a coach."""

    def __init__(
        self,
        profile: Profile,
        things: Mapping[ThingId, Thing],
        is_hidden: Callable[[ThingId], bool],
    ) -> None:
        """Take the profile, the things as they come and go, and which are never made."""
        self._is_hidden = is_hidden
        self._profile = profile
        self._things = things

    def with_light(self, light: ThingId) -> Iterator[tuple[ThingId, Family, tuple[str, ...]]]:
        """Yield who the groups and scenes of a light are, and the names of their values."""
        if light.family != LIGHT:
            return
        profile = self._profile
        ensembles: list[tuple[Family, int, tuple[int, ...], tuple[str, ...]]] = [
            (GROUP, instance, group.members, ("level", "on"))
            for instance, group in profile.groups.items()
        ]
        for instance, scene in profile.scenes.items():
            grouped = scene if scene.group is None else profile.groups[scene.group]
            ensembles.append((SCENE, instance, grouped.members, ()))
        for family, instance, members, values in ensembles:
            identity = ThingId(light.bus, family.key, (instance,))
            if (not members or light.key[0] in members) and not self._is_hidden(identity):
                yield identity, family, values

    def groups_of(self, light: Thing) -> list[Thing]:
        """Return the groups that a light is known to be in."""
        if light.id.family != LIGHT:
            return []
        found = [
            self._things.get(ThingId(light.id.bus, GROUP.key, (instance,)))
            for instance, group in self._profile.groups.items()
            if light.id.key[0] in group.members
        ]
        return [group for group in found if group]

    def members_of(self, group: Thing) -> list[Thing | None]:
        """Return the members of a group, None for one that is not there; without hidden ones."""
        if group.family is not GROUP:
            return []
        members = self._profile.groups[group.id.key[0]].members
        lights = [ThingId(group.id.bus, LIGHT, (instance,)) for instance in members]
        return [self._things.get(light) for light in lights if not self._is_hidden(light)]

    def news_of(self, group: Thing) -> set[str]:
        """Let a group be as its members are, and return the names of what has changed."""
        state = state_of(self.members_of(group))
        news = {name for name, value in state.items() if group.values[name] != value}
        group.values.update(state)
        return news

    def said_of(self, group: Thing, level: Value = None) -> Mapping[str, Value]:
        """Return what a group says when one of its members has said this of its level.

        It has a level only when all of them have: a group that was told one must be all there.
        """
        if label(level) in MOVING:
            return {"level": level}
        members = self.members_of(group)
        known = [
            said for one in members if one and (said := number(one.values["level"])) is not None
        ]
        is_one = (
            bool(known)
            and len(known) == len(members)
            and (max(known) - min(known) <= TOLERANCE["level"])
        )
        return {"level": known[0] if is_one else None, "on": group.values["on"]}

    def recalling(self, scene: Thing, spec: Spec) -> Iterator[tuple[Row, bytes]]:
        """Yield what recalls a scene: one frame to its group, or one to each light."""
        row = self._profile.scenes[scene.id.key[0]]
        words = f"scene {scene.id.key[0]}"
        if row.group is not None:
            recall = COMMANDS["light_group.recall_scene"]
            yield recall.encode(spec, group=group_byte(row.group), scene=words)
        for light in row.members:
            yield COMMANDS["light.recall_scene"].encode(spec, instance=light, scene=words)


def state_of(members: list[Thing | None]) -> dict[str, Value]:
    """Return how bright the lit members are on average, and whether any is lit.

    What depends on one of which nothing is known is None.
    """
    known = [{} if one is None or one.silent else one.values for one in members]
    lit = [values.get("on") for values in known]
    levels = [number(values.get("level")) for values in known if values.get("on")]
    numbers = [level for level in levels if level is not None]
    if not known or None in lit:
        return {"level": None, "on": True if True in lit else None}
    if True not in lit:
        return {"level": 0.0, "on": False}
    return {"level": sum(numbers) / len(numbers) if len(numbers) == len(levels) else None,
            "on": True}  # fmt: skip
