"""Each shipped profile on a bus of its own: what its rows name speaks, and is what they say."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from custom_components.coachiq.coach import FAMILY, Profile, ThingId, read_shelf
from custom_components.coachiq.coach.mover import PAIRED
from custom_components.coachiq.coach.profile import HIDDEN

from .stage import Stage
from .synthetic import frames_of

SHELF = read_shelf(Path("no-such-folder")).profiles
# What a dimmer or a load must not be when it may move, burn, start or open something.
GUARDED = (
    ("slide", "cover"),
    ("extend", "cover"),
    ("retract", "cover"),
    ("lift", "cover"),
    ("lid", "cover"),
    ("awning stop", "cover"),
    ("lock", "lock"),
    ("generator", "generator"),
    ("furnace", "burner"),
    ("fuel", "burner"),
    ("gas", "burner"),
    ("burner", "burner"),
)


@cache
def every_frame(key: str) -> tuple[str, ...]:
    return tuple(frame for frames in frames_of(SHELF[key]).values() for frame in frames)


@pytest.mark.parametrize("key", SHELF)
def test_the_things_of_a_profile_are_there_with_names_areas_and_kinds(key: str) -> None:
    profile = SHELF[key]
    stage = Stage(profile)
    stage.believe(*every_frame(key))
    wanted = {
        ThingId("house", family, (instance,))
        for (family, instance), row in profile.rows.items()
        if row.kind != HIDDEN
    }
    coach = stage.coach
    # The key of some families goes on after the instance.
    found = {ThingId(one.bus, one.family, one.key[:1]): one for one in coach.things}
    assert found.keys() == wanted
    assert len(found) == len(coach.things) == len(stage.added)
    for short, identity in found.items():
        row = profile.rows[short.family, short.key[0]]
        assert coach.row(identity) is row
        assert coach.kind(identity) == row.kind
        assert any(value is not None for value in coach.things[identity].values.values())
        if row.ambient is not None:
            assert coach.ambient_of(identity).key == (row.ambient,)


def test_no_two_things_of_a_coach_are_called_alike() -> None:
    for key, profile in SHELF.items():
        names = Counter((row.area, row.name) for row in profile.rows.values() if row.name)
        assert {name for name, count in names.items() if count > 1} == set(), key


def test_what_may_hurt_people_is_neither_light_nor_switch() -> None:
    seen = Counter[str]()
    for key, profile in SHELF.items():
        for (family, instance), row in profile.rows.items():
            name = (row.name or "").lower()
            if FAMILY[family].key in ("dimmer", "dc_load", "ac_load") and "light" not in name:
                for word, kind in GUARDED:
                    if word in name.replace("slide box", ""):
                        found = "cover" if row.kind in PAIRED else row.kind
                        assert found == kind, (key, family, instance)
                        seen[kind] += 1
    assert set(seen) == {kind for _, kind in GUARDED}


@pytest.mark.parametrize("key", SHELF)
def test_two_outputs_of_one_name_are_one_mover(key: str) -> None:
    """Each is a pair by itself, and what closes it is called as it is and "retract" or "down"."""
    profile = SHELF[key]
    stage = Stage(profile)
    stage.believe(*every_frame(key))
    for (family, instance), row in profile.rows.items():
        if row.kind not in PAIRED:
            continue
        opener = ThingId("house", family, (instance,))
        assert stage.coach.mover(opener), opener
        closer = stage.coach.halves(opener)[1]
        other = stage.coach.row(closer)
        assert stage.coach.mover(closer) is None
        assert other.kind == "cover"
        assert (other.name, other.area) in (
            (f"{row.name} retract", row.area),
            (f"{row.name} down", row.area),
        )


def test_a_profile_without_rows_names_nothing() -> None:
    stage = Stage(Profile())
    stage.believe(*every_frame("keystone_travel_trailer"))
    assert {stage.coach.row(one).name for one in stage.coach.things} == {None}
