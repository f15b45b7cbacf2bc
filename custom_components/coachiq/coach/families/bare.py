"""A family for a DGN that none was made for: all that it says, field by field."""

from ...rvc import Row
from .row import Family, same

# Kinds of rows that tell how a device is, or is set.
TELLING = frozenset(("status", "config"))


def bare_family(row: Row) -> Family:
    """Return the family of one DGN, named as it is."""
    fields = tuple(
        field for field in row.fields if field.name not in row.key and field.kind != "bytes"
    )
    return Family(
        key=row.name.lower(),
        feeds={row.name: same(*(field.name for field in fields))},
        lowest=0,
        fields=fields,
    )
