"""What a row of the families is: the DGNs that tell of a kind of thing, and what they tell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ...rvc import Code, Field, Value

type Values = Mapping[str, Value]


class Span(NamedTuple):
    """The numbers that a sensor can measure, in the field's unit."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One field of a status DGN that a thing has as a value.

    Numbers outside `span` are no measurement: sensors that are not there send them. While the
    field says one of `hold`, the thing keeps its last number.
    """

    name: str
    field: str
    sign: int = 1
    span: Span | None = None
    hold: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A value worked out of others of the same thing, None where one of them is unknown."""

    name: str
    inputs: tuple[str, ...]
    work_out: Callable[[Values], Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A kind of thing: the status DGNs that tell of it, and what they tell.

    `lowest` and `highest` bound the instance; `names` gives fixed keys, or what follows the
    instance in a key of several parts, a name of their own; `priority` is the field by which one
    of several senders is chosen. `fields` is for a DGN that no family was made for: all that it
    says. Of the DGNs that are `timed` every frame is read, and how often they come is
    learnt. Things of one that `stays` are shown while the coach is in storage, no others.
    """

    key: str
    feeds: Mapping[str, tuple[Reading, ...]]
    derived: tuple[Derived, ...] = ()
    lowest: int = 1
    highest: int = 250
    names: Mapping[tuple[int, ...], str] = field(default_factory=dict)
    priority: str | None = None
    fields: tuple[Field, ...] = ()
    timed: frozenset[str] = frozenset()
    stays: bool = False

    def name_of(self, key: tuple[int, ...]) -> str:
        """Return what a thing of this key is called: a name of its own, else the family's."""
        return self.names.get(key) or self.names.get(key[1:]) or self.key


def number(value: Value) -> float | None:
    """Return the value if it is a number."""
    return value if isinstance(value, int | float) else None


def label(value: Value) -> str | None:
    """Return the words of a code as one key, such as `aux_heat`."""
    if isinstance(value, Code):
        return value.label.replace(" ", "_").replace("-", "_")
    return value if isinstance(value, str) else None


def flag(name: str, yes: str) -> Callable[[Values], bool | None]:
    """Return a test of whether a coded value says `yes`; None while it says nothing."""

    def test(values: Values) -> bool | None:
        words = label(values.get(name))
        return None if words is None else words == yes

    return test


def same(*fields: str, span: Span | None = None) -> tuple[Reading, ...]:
    """Return readings that are named as their fields are."""
    return tuple(Reading(name=name, field=name, span=span) for name in fields)


def product(*inputs: str) -> Callable[[Values], Value]:
    """Return what multiplies two values."""

    def work_out(values: Values) -> Value:
        one, other = (number(values.get(name)) for name in inputs)
        return None if one is None or other is None else one * other

    return work_out


MOVING = frozenset(("ramping", "flashing", "delay_active"))
# RV-C's numbers reach from -2 000 000 A; an unmeasured current is often sent as all zeros.
SOURCE_AMPS = Span(-10_000.0, 10_000.0)
LOAD_AMPS = Span(-1_000.0, 1_000.0)
# A counter that says zero does not count; one that fell to zero and came back would count twice.
COUNTED = Span(1.0, 10_000_000.0)
AIR = Span(-60.0, 90.0)
WATER = Span(-40.0, 150.0)
DEVICE = Span(-60.0, 250.0)
