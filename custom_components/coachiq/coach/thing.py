"""A thing of the coach: who it is, what it says, whether it is to be believed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ..rvc import Value
from .families import Family


class ThingId(NamedTuple):
    """Who a thing is, for ever: its bus, its family and the key fields of its rows.

    `node` names the one that tells of it where the owner wants those of several nodes apart.
    """

    bus: str
    family: str
    key: tuple[int, ...]
    node: str = ""

    @property
    def shared(self) -> ThingId:
        """Return the thing that it is while the nodes are not told apart."""
        return self._replace(node="")

    def __str__(self) -> str:
        """Return the id as it stands in unique ids and device identifiers."""
        name = f"{self.bus}-{self.family}-{'.'.join(map(str, self.key))}"
        return f"{name}@{self.node}" if self.node else name


@dataclass(slots=True, eq=False)
class Thing:
    """One light, tank, zone: its values by name, None where the bus has said nothing.

    `expected` holds what a command on its way will make of it; `silent` is True when it has not
    spoken for longer than it may; `source` is the address of the node that speaks for it;
    `answers` tells whether it has ever confirmed a command, None while none was sent; `followed`
    whether anybody shows it: of a DGN that no family was made for nothing is read otherwise.
    """

    id: ThingId
    family: Family
    values: dict[str, Value] = field(default_factory=dict)
    expected: Mapping[str, Value] = field(default_factory=dict)
    silent: bool = False
    heard: float | None = None
    source: int | None = None
    answers: bool | None = None
    last_level: float | None = None
    followed: bool = False

    def shown(self, name: str) -> Value:
        """Return what to show: what was commanded, for a moment, else what the bus said."""
        return self.expected[name] if name in self.expected else self.values.get(name)
