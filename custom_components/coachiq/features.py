"""The parts of CoachIQ that an owner can turn off, one row each, and what needs what."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Final

from homeassistant.const import Platform

from .coach.mover import LEVELING

TRANSMIT: Final = "transmit"
DISCOVERY: Final = "discovery"
CHASSIS: Final = "chassis"
NETWORK_CITIZENSHIP: Final = "network_citizenship"
PROFILES: Final = "profiles"
FAULTS: Final = "faults"
MOVERS: Final = "movers"
GENERATOR_CONTROL: Final = "generator_control"
ENERGY: Final = "energy"
ACTIVITY: Final = "activity"
RECORDING: Final = "recording"
REMEMBER: Final = "remember"
RAW_FRAMES: Final = "raw_frames"
TIME_SETTING: Final = "time_setting"
HOME_FOLLOWS_COACH: Final = "home_follows_coach"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A part of CoachIQ that can be turned off.

    It rests while one of those that it `needs` is off. When it is on, and only then, its
    `requirements` are installed, its `platforms` and `modules` loaded, and its `entities` made:
    those of things by family and key, those of `nodes` by key. Whatever else it switches asks for
    it by its key. `section` is where it stands in the options, under a name that the translations
    have. A model of coach may turn it on or off if it is `of_model`.
    """

    key: str
    section: str
    default: bool = True
    needs: tuple[str, ...] = ()
    platforms: tuple[Platform, ...] = ()
    modules: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    entities: frozenset[tuple[str, str]] = frozenset()
    nodes: frozenset[str] = frozenset()
    of_model: bool = False


FEATURES: Mapping[str, Feature] = {
    feature.key: feature
    for feature in (
        # The owner says so when the coach is added.
        Feature(key=TRANSMIT, section="network", default=False, platforms=(Platform.BUTTON,)),
        Feature(key=DISCOVERY, section="network"),
        Feature(key=CHASSIS, section="network", of_model=True),
        Feature(key=NETWORK_CITIZENSHIP, section="network", needs=(TRANSMIT,)),
        Feature(key=PROFILES, section="coach"),
        Feature(
            key=MOVERS,
            section="coach",
            platforms=(Platform.COVER,),
            of_model=True,
            # What levels the coach has buttons besides.
            entities=frozenset(("leveling", way) for way in LEVELING),
        ),
        Feature(
            key=GENERATOR_CONTROL,
            section="coach",
            needs=(TRANSMIT,),
            of_model=True,
            entities=frozenset(
                (
                    ("generator", "switch"),
                    *(
                        ("generator_demand", key)
                        for key in ("switch", "override", "manual", "locked", "minimum_cycle_time")
                    ),
                    *(
                        ("ags_criterion", key)
                        for key in ("switch", "voltage_threshold", "charge_start", "charge_stop")
                    ),
                )
            ),
        ),
        Feature(
            key=TIME_SETTING,
            section="coach",
            needs=(TRANSMIT,),
            entities=frozenset((("clock", "set"),)),
        ),
        # What is there for the Energy dashboard alone.
        Feature(
            key=ENERGY,
            section="coach",
            of_model=True,
            entities=frozenset(
                (
                    ("solar", "energy"),
                    ("dc_source", "charging_power"),
                    ("dc_source", "discharging_power"),
                )
            ),
        ),
        Feature(
            key=FAULTS,
            section="records",
            modules=("node_problem", "node_event"),
            nodes=frozenset(("problem", "fault")),
        ),
        Feature(key=ACTIVITY, section="records", modules=("activity",)),
        # Without it the coach is learnt anew at each start, and nothing of ours is written.
        Feature(key=REMEMBER, section="records"),
        Feature(
            key=RECORDING,
            section="records",
            default=False,
            needs=(REMEMBER,),
            modules=("recording",),
        ),
        # The WebSocket commands that hand frames on ask for it.
        Feature(key=RAW_FRAMES, section="records"),
        # It knows the borders of the time zones, which are 3 MB that few need.
        Feature(
            key=HOME_FOLLOWS_COACH,
            section="home",
            default=False,
            modules=("home",),
            requirements=("tzfpy==2.1.1",),
        ),
    )
}


class NeededError(Exception):
    """A feature was turned off that others need."""

    def __init__(self, feature: str, by: Collection[str]) -> None:
        """Name the feature, and those that need it."""
        super().__init__(f"{feature} is needed by {', '.join(by)}")
        self.feature = feature
        self.by = tuple(by)


def ordered(features: Mapping[str, Feature]) -> list[str]:
    """Return the features so that each comes after all that it needs.

    Raises graphlib.CycleError when they need one another, KeyError for one that is not there.
    """
    needs = {key: feature.needs for key, feature in features.items()}
    return [features[key].key for key in TopologicalSorter(needs).static_order()]


ORDER: Final = tuple(ordered(FEATURES))
# What a model of coach may turn on or off.
OF_MODEL: Final = tuple(key for key, feature in FEATURES.items() if feature.of_model)


def needed(feature: str) -> set[str]:
    """Return all that a feature needs, and what that needs."""
    direct = FEATURES[feature].needs
    return {*direct, *(far for near in direct for far in needed(near))}


def with_needs(chosen: Mapping[str, bool]) -> dict[str, bool]:
    """Turn on what each feature needs that is on, unless it is said to be off there, too."""
    wanted = [need for key, on in chosen.items() if on for need in needed(key)]
    return {**dict.fromkeys(wanted, True), **chosen}


def choose(before: Mapping[str, bool], after: Mapping[str, bool]) -> dict[str, bool]:
    """Return what an owner has chosen anew, who saw the features as `before`, and left `after`.

    What a feature that was turned on needs is turned on with it. Raises NeededError when one was
    turned off that others need.
    """
    changed = {key: on for key, on in after.items() if on != before[key]}
    off = {key for key, on in changed.items() if not on}
    for key in ORDER:
        by = [other for other in ORDER if after[other] and key in needed(other)]
        if by and key in off:
            raise NeededError(key, by)
    return with_needs(changed)


def effective(wanted: Mapping[str, bool], failed: Collection[str] = ()) -> dict[str, bool]:
    """Return which features are on: those wanted that have not failed and have all they need."""
    on: dict[str, bool] = {}
    for key in ORDER:
        has_needs = all(on[need] for need in FEATURES[key].needs)
        on[key] = wanted[key] and key not in failed and has_needs
    return on


def sections() -> dict[str, list[str]]:
    """Return the features of each section of the options, in the order of the table."""
    found: dict[str, list[str]] = {}
    for feature in FEATURES.values():
        found.setdefault(feature.section, []).append(feature.key)
    return found


def defaults(stored: Mapping[str, bool]) -> dict[str, bool]:
    """Return what is stored of the features, and the defaults of the others."""
    return {key: stored.get(key, feature.default) for key, feature in FEATURES.items()}


def owned(features: Iterable[str]) -> set[tuple[str, str]]:
    """Return the entities of things that features own, each by family and key."""
    return {entity for key in features for entity in FEATURES[key].entities}
