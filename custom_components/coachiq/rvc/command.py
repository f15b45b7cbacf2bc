"""One intent, such as light.set_level: which fields of which DGN say it, and how it is kept up."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from .field import EncodeError, Field, Value
from .row import Row
from .spec import Spec


class Argument(NamedTuple):
    """The field that an argument goes to; `raws` are the lowest and highest raw number it takes."""

    field: str
    optional: bool
    raws: tuple[int, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One intent as a row: what it takes, and the fields that it always sets; times in seconds.

    While it is to last it is sent again every `repeat`; without that the device stops by itself
    after `lapse`, None where the specification gives no time. `stop` is the intent that ends it.
    An `urgent` one overtakes whatever waits to be sent.
    """

    intent: str
    dgn: str
    takes: Mapping[str, Argument]
    fixed: Mapping[str, Value]
    repeat: float | None
    lapse: float | None
    stop: str | None
    urgent: bool

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the names of the fields that say it."""
        return (*self.fixed, *(argument.field for argument in self.takes.values()))

    def encode(self, spec: Spec, /, **arguments: Value) -> tuple[Row, bytes]:
        """Return the DGN's row and the payload; raises EncodeError.

        An argument of None is not given. What is neither given nor fixed goes out as all ones.
        """
        row = spec.named(self.dgn)
        given = {name: value for name, value in arguments.items() if value is not None}
        if unknown := given.keys() - self.takes.keys():
            listed = ", ".join(self.takes) or "none"
            raise EncodeError(f"{self.intent}: no argument {min(unknown)}, only {listed}")
        for name, argument in self.takes.items():
            if name not in given and not argument.optional:
                raise EncodeError(f"{self.intent}: needs {name}")
        values = dict(self.fixed)
        for name, value in given.items():
            try:
                self.field(row, name).raw(value)
            except EncodeError as error:
                raise EncodeError(f"{self.intent}: {error}") from error
            values[self.takes[name].field] = value
        return row, row.encode(**values)

    def field(self, row: Row, name: str) -> Field:
        """Return what an argument takes: the field by the argument's name, and within its limits.

        Raises EncodeError where an owner's table has no such field.
        """
        argument = self.takes[name]
        if (number := row.index.get(argument.field)) is None:
            raise EncodeError(f"{name}: {row.name} has no field {argument.field}")
        field = replace(row.fields[number], name=name)
        if argument.raws is None:
            return field
        low, high = argument.raws
        labels = {raw: words for raw, words in field.labels.items() if low <= raw <= high}
        return replace(
            field,
            kind="enum" if len(labels) > high - low else field.kind,
            labels=labels,
            low=max(low, field.low),
            high=min(high, field.high),
        )
