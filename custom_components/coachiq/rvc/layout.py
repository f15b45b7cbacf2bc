"""What the fields of a row must be beside each other."""

from collections.abc import Sequence

from .field import Field
from .reading import Place


def check_fill(
    filled: Sequence[tuple[int, int, int]], fields: Sequence[Field], size: int, place: Place
) -> None:
    """Refuse to fill bits that a field has: not given, it must go out as ones; or that are none."""
    used = sum((1 << item.bits) - 1 << item.bit for item in fields if item.when is None)
    for bit, bits, _ in filled:
        if bit + bits > size * 8 or used & (1 << bits) - 1 << bit:
            raise place.error(f"'fill' of byte {bit // 8} is of a field, or beyond the payload")


def check_layout(fields: Sequence[Field], place: Place) -> None:
    """Refuse two fields on the same bits, of the same name, or after one that runs to the end."""
    seen: set[str] = set()
    used: list[tuple[int, Field]] = []
    for item in fields:
        if item.name in seen:
            raise place.at(field=item.name).error("is there twice")
        seen.add(item.name)
        mask = (1 << item.bits) - 1 << item.bit
        for other, earlier in used:
            both = item.when is None or earlier.when is None or item.when & earlier.when
            if mask & other and both:
                raise place.at(field=item.name).error(f"overlaps {earlier.name}")
        used.append((mask, item))
    for item in fields[:-1]:
        if item.open:
            raise place.at(field=item.name).error("runs to the end but is not the last field")


def check_selectors(
    fields: Sequence[Field], mux: str | None, key: Sequence[str], place: Place
) -> None:
    """Refuse 'when' in a key or without a multiplexor, and codes that it cannot have."""
    selector = next((item for item in fields if item.name == mux), None)
    if selector and selector.kind not in ("number", "enum"):
        raise place.error(f"'mux' {mux} is no number")
    for item in fields:
        if item.when is None:
            continue
        if selector is None or item is selector:
            raise place.at(field=item.name).error("'when' needs a 'mux' in the row")
        if item.name in key:
            raise place.at(field=item.name).error("is in the key, so that it must always be there")
        if beyond := [raw for raw in item.when if not 0 <= raw < 1 << selector.bits]:
            raise place.at(field=item.name).error(f"'when': {mux} has no code {beyond[0]}")
