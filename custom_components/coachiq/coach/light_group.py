"""Groups of lights and the scenes that lights remember, as a profile tells of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .document import Document, is_whole, texts_of, wrong
from .families import FAMILY, Family

# No status tells of these: a profile does, and a group is as its members are.
GROUP = Family(key="light_group", feeds={})
SCENE = Family(key="light_scene", feeds={})

# The numbers of groups (RV-C section 6.22.4, 2023-11): all of them, the groups, the node groups.
ALL_GROUPS = 0
GROUPS = range(1, 8)
NODE_GROUPS = range(0x81, 0xC0)
SCENES = range(1, 21)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of dimmers: what it is called, and the instances in it, none where not known."""

    name: str
    area: str | None = None
    members: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A scene: what it is called, and the group or else the dimmers that remember it."""

    name: str
    area: str | None = None
    group: int | None = None
    members: tuple[int, ...] = ()


def group_byte(group: int) -> int:
    """Return a group as commands name it: of groups 1 to 7 the bit of each that is meant is 0."""
    return 0x7F & ~(1 << group - 1) if group in GROUPS else group


def read_groups(file: str, groups: object) -> dict[int, Group]:
    """Check all groups."""
    read: dict[int, Group] = {}
    for place, number, row in _ensembles(file, "groups", groups, ("name", "area", "members")):
        if not (number == ALL_GROUPS or number in GROUPS or number in NODE_GROUPS):
            raise wrong(file, place, "a group is 1 to 7, 0 for all, or a node group 129 to 191")
        name, area = _named(file, place, row)
        read[number] = Group(name=name, area=area, members=_members(file, place, row))
    return read


def read_scenes(file: str, scenes: object, groups: Mapping[int, Group]) -> dict[int, Scene]:
    """Check all scenes."""
    read: dict[int, Scene] = {}
    fields = ("name", "area", "group", "members")
    for place, number, row in _ensembles(file, "scenes", scenes, fields):
        group, members = row.get("group"), _members(file, place, row)
        if number not in SCENES:
            raise wrong(file, place, "a scene is 1 to 20")
        if group is not None and (not is_whole(group) or group not in groups):
            raise wrong(file, f"{place}.group", "not one of the groups")
        if (group is None) is not bool(members):
            raise wrong(file, place, "either a group or members are needed")
        name, area = _named(file, place, row)
        read[number] = Scene(name=name, area=area, group=group, members=members)
    return read


def _ensembles(
    file: str, name: str, rows: object, fields: tuple[str, ...]
) -> Iterator[tuple[str, int, Document]]:
    """Yield place, number and fields of each group or scene."""
    if not isinstance(rows, dict):
        raise wrong(file, name, "no mapping")
    for number, row in rows.items():
        place = f"{name}.{number}"
        if not is_whole(number) or not isinstance(row, dict):
            raise wrong(file, place, "a number with a mapping is needed")
        if unknown := row.keys() - set(fields):
            raise wrong(file, f"{place}.{min(map(str, unknown))}", "unknown field")
        yield place, number, row


def _named(file: str, place: str, row: Document) -> tuple[str, str | None]:
    """Return name and area of what has nothing else to be known by."""
    texts = texts_of(file, f"{place}.", row, ("name", "area"))
    name = texts["name"]
    if not name:
        raise wrong(file, f"{place}.name", "no text")
    return name, texts["area"]


def _members(file: str, place: str, row: Document) -> tuple[int, ...]:
    """Check the instances of dimmers."""
    members, dimmer = row.get("members", []), FAMILY["dimmer"]
    if not isinstance(members, list) or not all(
        is_whole(one) and dimmer.lowest <= one <= dimmer.highest for one in members
    ):
        raise wrong(file, f"{place}.members", "not a list of dimmers")
    return tuple(members)


def written(ensemble: Group | Scene) -> dict[str, object]:
    """Return what is written of a group or a scene."""
    said = {
        "name": ensemble.name,
        "area": ensemble.area,
        "group": ensemble.group if isinstance(ensemble, Scene) else None,
        "members": list(ensemble.members) or None,
    }
    return {name: value for name, value in said.items() if value is not None}
