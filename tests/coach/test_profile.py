"""What the profiles say, and how their mistakes are named."""

from pathlib import Path

import pytest

from custom_components.coachiq.coach import (
    FAMILY,
    Profile,
    ProfileRow,
    load_profile,
    profile_titles,
)
from custom_components.coachiq.coach.profile import read_profile
from custom_components.coachiq.error import ProfileError

HEAD = "version: 1\ntitle: A coach\n"


def test_the_shipped_profile_of_the_2021_aspire() -> None:
    profile = load_profile("entegra_aspire_44r_2021")
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
    assert "entegra_aspire_44r_2021" in profile_titles()
    for key, title in profile_titles().items():
        assert title
        for family, instance in load_profile(key).rows:
            assert FAMILY[family].lowest <= instance <= FAMILY[family].highest


def test_without_a_profile_nothing_is_said() -> None:
    profile = load_profile(None)
    assert profile == Profile()
    assert (profile.key, profile.title) == (None, "")
    assert profile.row("dimmer", (25,)) == ProfileRow()


@pytest.mark.parametrize("key", ["no_such_coach", "../profile", "", "../profiles/entegra"])
def test_a_missing_profile_is_named(key: str) -> None:
    with pytest.raises(ProfileError) as caught:
        load_profile(key)
    assert (caught.value.key, caught.value.words) == ("profile_missing", {"profile": key})


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
