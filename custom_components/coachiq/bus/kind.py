"""What a kind of adapter is: its settings, how it is opened, and where it is."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from .port import Port

type Settings = Mapping[str, str | int]
type Open = Callable[[Settings, Use], Port]

MOST_PORT = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What a bus is wanted for.

    Whoever is silent does not even acknowledge what it hears, if its adapter can do that. `dgns`,
    bits 8-24 of identifiers, can be read: an adapter may be told to hand on no others.
    """

    silent: bool = True
    dgns: Collection[int] = ()


LISTENING = Use()


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting of an adapter, from which the flow builds its field; numbers have bounds."""

    name: str
    kind: Literal["text", "port", "interface", "bitrate", "number", "flag"]
    default: str | int | None = None
    least: int = 1
    most: int = MOST_PORT


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterKind:
    """A kind of adapter.

    `open` opens it, blocking, and raises whatever its driver raises. `place` names the hardware,
    so that two buses never share one; `name` is what an owner calls it. An owner can describe it
    `by_hand`. A replay takes no frames, and its silence is its end.
    """

    key: str
    settings: tuple[Setting, ...]
    open: Open
    place: Callable[[Settings], str]
    name: Callable[[Settings], str]
    can_be_silent: bool = False
    by_hand: bool = True
    is_replay: bool = False

    @property
    def channel(self) -> Setting | None:
        """Return the setting that tells one of its kind from another, if it has settings."""
        named = (setting for setting in self.settings if setting.name == "channel")
        return next(named, self.settings[0] if self.settings else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """An adapter that is present now: its kind, what identifies it, and what to call it."""

    kind: str
    settings: Settings
    label: str
