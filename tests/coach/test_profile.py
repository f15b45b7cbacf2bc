"""What the profiles say, and how their mistakes are named."""

from dataclasses import replace
from pathlib import Path
import time

import pytest

from custom_components.coachiq.coach import (
    FAMILY,
    Profile,
    ProfileRow,
    load_profile,
    read_shelf,
)
from custom_components.coachiq.coach.document import document_of
from custom_components.coachiq.coach.light_group import Group, Scene
from custom_components.coachiq.coach.profile import (
    KINDS,
    MODES,
    profile_of,
    read_profile,
    write_profile,
)
from custom_components.coachiq.coach.quirk import generator_of
from custom_components.coachiq.coach.shelf import FOLDER, save_profile
from custom_components.coachiq.error import ProfileError

NOWHERE = Path("no-such-folder")
HEAD = "version: 1\ntitle: A coach\n"


def test_the_shipped_profile_of_the_2021_aspire() -> None:
    profile = load_profile("entegra_aspire_44r_2021", NOWHERE)
    assert profile.key == "entegra_aspire_44r_2021"
    assert profile.title == "Entegra Aspire 44R (2021)"
    assert profile.row("dimmer", (25,)) == ProfileRow(name="Ceiling light", area="Bedroom")
    assert profile.row("dimmer", (14,)).kind == "lock"
    assert profile.row("ac_load", (210,)).kind == "burner"
    assert profile.row("thermostat", (1,)).ambient == 5
    assert profile.row("thermostat", (6,)).modes == frozenset({"off", "heat"})
    assert profile.row("ambient", (3,)).kind == "hidden"
    assert profile.row("tank", (0,)) == ProfileRow()


def test_rows_of_shipped_profiles_lie_within_their_families() -> None:
    shelf = read_shelf(NOWHERE)
    assert shelf.problems == []
    assert len(shelf.profiles) > 90
    for key, profile in shelf.profiles.items():
        assert profile.title
        assert profile.source, key
        assert profile.rows, key
        for family, instance in profile.rows:
            assert FAMILY[family].lowest <= instance <= FAMILY[family].highest, key
    titles = [profile.title for profile in shelf.profiles.values()]
    assert len(titles) == len(set(titles))


def test_a_written_profile_reads_as_it_was() -> None:
    for key, profile in read_shelf(NOWHERE).profiles.items():
        assert profile_of(document_of(write_profile(profile), "again"), "again", key) == profile
    odd = Profile(
        key="odd",
        title='Käthe\'s "coach": #1, yes',
        years=(2020,),
        quirks=("spyder", "firefly_g6"),
        rows={
            ("dimmer", 2): ProfileRow(name="no", area="12", kind="hidden"),
            ("dimmer", 3): ProfileRow(kind="awning", pair=4),
            ("tank", 20): ProfileRow(),
            ("thermostat", 0): ProfileRow(ambient=0, modes=frozenset({"off", "heat"})),
        },
        groups={0: Group(name="no"), 134: Group(name="Porch", area="12", members=(2, 7))},
        scenes={1: Scene(name="Evening", group=0), 20: Scene(name="Film: 1", members=(2,))},
    )
    assert profile_of(document_of(write_profile(odd), "odd"), "odd", "odd") == odd
    bare = Profile(title="Nothing yet")
    assert profile_of(document_of(write_profile(bare), "bare"), "bare", None) == bare


def test_the_quirks_of_shipped_profiles_are_those_of_their_controllers() -> None:
    """CoachProxy is for Spyder's coaches; the Aspires' owners name the G6."""
    makes = {
        "Tiffin": ("spyder",),
        "VanLeigh": ("spyder",),
        "Entegra": ("firefly_g6",),
        "Keystone": ("keystone",),
    }
    for key, profile in read_shelf(NOWHERE).profiles.items():
        assert profile.quirks[:1] == makes.get(profile.make or "", ()), key


def test_what_cranks_a_generator_is_no_light() -> None:
    for key, profile in read_shelf(NOWHERE).profiles.items():
        for output in generator_of(profile.quirks) or ():
            assert profile.row("dimmer", (output,)).kind == "generator", key


def test_the_shelf_is_read_quickly() -> None:
    times = []
    for _ in range(3):
        began = time.process_time()
        read_shelf(NOWHERE)
        times.append(time.process_time() - began)
    assert min(times) < 0.2


def test_an_owners_profile_stands_beside_the_shipped_ones(tmp_path: Path) -> None:
    shipped = load_profile("entegra_aspire_44r_2021", tmp_path)
    mine = Profile(title="Mine", rows={("dimmer", 1): ProfileRow(name="Porch")})
    path = save_profile(mine, "entegra_aspire_44r_2021", tmp_path)
    assert path == tmp_path / "profiles" / "entegra_aspire_44r_2021.yaml"
    key = "own:entegra_aspire_44r_2021"
    assert load_profile(key, tmp_path) == replace(mine, key=key)
    shelf = read_shelf(tmp_path)
    assert (shelf.profiles[key].title, shelf.profiles[str(shipped.key)]) == ("Mine", shipped)


def test_a_broken_profile_is_named_and_hinders_no_other(tmp_path: Path) -> None:
    folder = tmp_path / "profiles"
    folder.mkdir()
    folder.joinpath("bad.yaml").write_text(f"{HEAD}things: {{boat: {{}}}}", encoding="utf-8")
    folder.joinpath("worse.yaml").write_bytes(b"\xff\xfe")
    folder.joinpath("good.yaml").write_text(f"{HEAD}things: {{}}", encoding="utf-8")
    shelf = read_shelf(tmp_path)
    assert [(one.words["file"], one.words["place"]) for one in shelf.problems] == [
        ("bad.yaml", "things.boat"),
        ("worse.yaml", "file"),
    ]
    assert shelf.profiles["own:good"].title == "A coach"
    assert len(shelf.profiles) == len([*FOLDER.glob("*.yaml")]) + 1


def test_no_file_is_written_over_another_or_elsewhere(tmp_path: Path) -> None:
    profile = Profile(title="Mine")
    save_profile(profile, "mine", tmp_path)
    for name, key in (
        ("mine", "profile_exists"),
        ("", "profile_name"),
        ("../mine", "profile_name"),
        ("a/b", "profile_name"),
        ("x" * 300, "profile_not_written"),
    ):
        with pytest.raises(ProfileError) as caught:
            save_profile(profile, name, tmp_path)
        assert caught.value.key == key
    assert [path.name for path in tmp_path.rglob("*.yaml")] == ["mine.yaml"]


def test_without_a_profile_nothing_is_said() -> None:
    profile = load_profile(None, NOWHERE)
    assert profile == Profile()
    assert (profile.key, profile.title) == (None, "")
    assert profile.row("dimmer", (25,)) == ProfileRow()


@pytest.mark.parametrize(
    "key", ["no_such_coach", "../profile", "", "../profiles/entegra", "own:", "own:../x"]
)
def test_a_missing_profile_is_named(key: str) -> None:
    with pytest.raises(ProfileError) as caught:
        load_profile(key, NOWHERE)
    assert (caught.value.key, caught.value.words) == ("profile_missing", {"profile": key})


def test_a_file_of_version_1_is_read_for_ever() -> None:
    profile = read_profile(Path(__file__).with_name("profile_1.yaml"))
    assert (profile.key, profile.title) == ("profile_1", "Example Motors 36 (2023-2024)")
    assert (profile.make, profile.model, profile.years) == ("Example Motors", "36", (2023, 2024))
    assert (profile.source, profile.tested_by) == ("an owner", "somebody")
    assert profile.row("dimmer", (1,)) == ProfileRow(name="Ceiling light", area="Bedroom")
    assert {row.kind for row in profile.rows.values()} == {None, *KINDS}
    assert profile.row("dimmer", (12,)).pair == 13
    assert profile.row("dimmer", (11,)) == ProfileRow()
    assert profile.row("thermostat", (0,)) == ProfileRow(
        name="Front thermostat", ambient=2, modes=MODES
    )


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        f"{HEAD}things:\n"
        "  dimmer: {1: {name: Porch, area: Outside, kind: light}}\n"
        "  thermostat: {0: {ambient: 4, modes: ['off', fan_only]}}\n",
        encoding="utf-8",
    )
    assert read_profile(path) == Profile(
        key="mine",
        title="A coach",
        rows={
            ("dimmer", 1): ProfileRow(name="Porch", area="Outside", kind="light"),
            ("thermostat", 0): ProfileRow(ambient=4, modes=frozenset({"off", "fan_only"})),
        },
    )


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("version: [", "file", "expected"),
        ("- 1", "file", "no mapping"),
        ("", "file", "no mapping"),
        ("title: A coach", "version", "None is not 1"),
        (f"{HEAD}things: {{}}\nthigns: {{}}", "thigns", "unknown field"),
        (f"{HEAD}things: {{}}\nmake: 5", "make", "no text"),
        (f"{HEAD}things: {{}}\ntested_by: [x]", "tested_by", "no text"),
        (f"{HEAD}things: {{}}\nquirks: spyder", "quirks", "not a list of firefly_g6, "),
        (f"{HEAD}things: {{}}\nquirks: [spider]", "quirks", "not a list of firefly_g6, "),
        (f"{HEAD}things: {{}}\nquirks: [yes]", "quirks", "not a list of firefly_g6, "),
        (f"{HEAD}things: {{}}\ngroups: []", "groups", "no mapping"),
        (f"{HEAD}things: {{}}\ngroups: {{x: {{}}}}", "groups.x", "a number with a mapping"),
        (f"{HEAD}things: {{}}\ngroups: {{1: x}}", "groups.1", "a number with a mapping"),
        (f"{HEAD}things: {{}}\ngroups: {{8: {{name: x}}}}", "groups.8", "a group is 1 to 7"),
        (f"{HEAD}things: {{}}\ngroups: {{1: {{}}}}", "groups.1.name", "no text"),
        (f"{HEAD}things: {{}}\ngroups: {{1: {{name: x, kind: y}}}}", "groups.1.kind", "unknown"),
        (
            f"{HEAD}things: {{}}\ngroups: {{1: {{name: x, members: [0]}}}}",
            "groups.1.members",
            "not a list of dimmers",
        ),
        (f"{HEAD}things: {{}}\nscenes: {{21: {{name: x}}}}", "scenes.21", "a scene is 1 to 20"),
        (f"{HEAD}things: {{}}\nscenes: {{1: {{name: x}}}}", "scenes.1", "either a group or"),
        (
            f"{HEAD}things: {{}}\nscenes: {{1: {{name: x, group: 1}}}}",
            "scenes.1.group",
            "not one of the groups",
        ),
        (f"{HEAD}things: {{}}\nyears: 2020", "years", "not a list"),
        (f"{HEAD}things: {{}}\nyears: [yes]", "years", "not a list"),
        ("version: 2\ntitle: A coach\nthings: {}", "version", "2 is not 1"),
        ("version: true\ntitle: A coach\nthings: {}", "version", "True is not 1"),
        ("version: 1\nthings: {}", "title", "no text"),
        ("version: 1\ntitle: 5\nthings: {}", "title", "no text"),
        (HEAD, "things", "no mapping"),
        (f"{HEAD}things: []", "things", "no mapping"),
        (f"{HEAD}things: {{boat: {{}}}}", "things.boat", "not one of dimmer, dc_load"),
        (f"{HEAD}things: {{dimmer: []}}", "things.dimmer", "no mapping"),
        (f"{HEAD}things: {{dimmer: {{x: {{}}}}}}", "things.dimmer.x", "an instance number"),
        (f"{HEAD}things: {{dimmer: {{1.5: {{}}}}}}", "things.dimmer.1.5", "an instance number"),
        (f"{HEAD}things: {{dimmer: {{yes: {{}}}}}}", "things.dimmer.True", "an instance number"),
        (f"{HEAD}things: {{dimmer: {{1: Porch}}}}", "things.dimmer.1", "with a mapping"),
        (f"{HEAD}things: {{dimmer: {{1: {{name: 5}}}}}}", "things.dimmer.1.name", "no text"),
        (f"{HEAD}things: {{dimmer: {{1: {{area: []}}}}}}", "things.dimmer.1.area", "no text"),
        (f"{HEAD}things: {{dimmer: {{1: {{kind: 1}}}}}}", "things.dimmer.1.kind", "no text"),
        (f"{HEAD}things: {{dimmer: {{1: {{kind: x}}}}}}", "things.dimmer.1.kind", "not one of"),
        (f"{HEAD}things: {{dimmer: {{1: {{pair: x}}}}}}", "things.dimmer.1.pair", "no instance"),
        *(
            (f"{HEAD}things: {{{row}}}", f"things.{family}.1.pair", "not the other output")
            for family, row in (
                ("dimmer", "dimmer: {1: {pair: 2}}"),
                ("dimmer", "dimmer: {1: {kind: light, pair: 2}}"),
                ("dimmer", "dimmer: {1: {kind: slide, pair: 1}}"),
                ("ac_load", "ac_load: {1: {kind: slide, pair: 2}}"),
            )
        ),
        (
            f"{HEAD}things: {{thermostat: {{1: {{ambient: x}}}}}}",
            "things.thermostat.1.ambient",
            "no instance number",
        ),
        (
            f"{HEAD}things: {{thermostat: {{1: {{ambient: yes}}}}}}",
            "things.thermostat.1.ambient",
            "no instance number",
        ),
        (
            f"{HEAD}things: {{thermostat: {{1: {{modes: heat}}}}}}",
            "things.thermostat.1.modes",
            "not a list of auto",
        ),
        (
            f"{HEAD}things: {{thermostat: {{1: {{modes: [off]}}}}}}",  # YAML's off is False
            "things.thermostat.1.modes",
            "not a list of auto",
        ),
        (
            f"{HEAD}things: {{thermostat: {{1: {{modes: [[heat]]}}}}}}",
            "things.thermostat.1.modes",
            "not a list of auto",
        ),
        (f"{HEAD}things: {{dimmer: {{1: {{nmae: x}}}}}}", "things.dimmer.1.nmae", "unknown field"),
        (f"{HEAD}things: {{dimmer: {{1: {{2: x}}}}}}", "things.dimmer.1.2", "unknown field"),
    ],
)
def test_a_mistake_is_named_with_file_and_place(
    tmp_path: Path, text: str, place: str, problem: str
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProfileError) as caught:
        read_profile(path)
    assert caught.value.key == "profile_wrong"
    assert caught.value.words["file"] == "mine.yaml"
    assert caught.value.words["place"] == place
    assert problem in caught.value.words["problem"]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(b"version: 1\ntitle: \xff\xfe")
    for unreadable in (path, tmp_path / "none.yaml"):
        with pytest.raises(ProfileError) as caught:
            read_profile(unreadable)
        assert caught.value.words["place"] == "file"
        assert caught.value.words["problem"]
