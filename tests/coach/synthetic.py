"""Frames of a coach of which only its profile is known: each of its things says something."""

from collections.abc import Mapping

from custom_components.coachiq.coach import FAMILY, Profile
from custom_components.coachiq.coach.profile import HIDDEN
from custom_components.coachiq.rvc import Row, join

from .stage import spec

SOURCE = 0x8E
# Every byte but the key's, tried in this order: the first is a low level and 16 to 24 °C.
FILLS = (0x24, 0x04, 0x00)


def frames_of(profile: Profile) -> Mapping[tuple[str, int], list[str]]:
    """Return a status frame of each thing, by family and instance; hidden things speak, too."""
    return {place: [_frame(*place)] for place in profile.rows}


def said_of(profile: Profile) -> list[str]:
    """Return the frames of all things that are not hidden."""
    return [
        frame
        for place, frames in frames_of(profile).items()
        if profile.rows[place].kind != HIDDEN
        for frame in frames
    ]


def _frame(family: str, instance: int) -> str:
    """Return the first DGN of a family, from one instance, with data that carry something."""
    name, readings = next(iter(FAMILY[family].feeds.items()))
    row = spec().named(name)
    for fill in FILLS:
        data = _data(row, instance, fill)
        said = dict(zip(row.index, row.decode(data), strict=True))
        if any(said.get(reading.field) is not None for reading in readings):
            return f"{join(row.dgn, SOURCE):08X}#{data.hex().upper()}"
    raise AssertionError(f"no frame of {name} carries data")


def _data(row: Row, instance: int, fill: int) -> bytes:
    """Return a payload with the instance in the first byte, unless the row has no key."""
    return bytes((instance if row.key else fill, *(fill for _ in range(7))))
