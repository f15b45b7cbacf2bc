"""The tables that the scripts read, and the DGN that a word on a command line means."""

from difflib import get_close_matches
from pathlib import Path
import re

from alone import without_home_assistant

without_home_assistant()

from custom_components.coachiq.rvc import (  # noqa: E402  after the line above
    Spec,
    load_chassis_spec,
    load_spec,
)
from custom_components.coachiq.rvc.frame import is_addressed  # noqa: E402

_DGN = re.compile(r"(?:0[xX])?([01]?[0-9A-Fa-f]{4})")


def load(*, chassis: bool = False, own: Path | None = None) -> Spec:
    """Return RV-C's table, an owner's over it, the chassis's below it; raises SpecError."""
    spec = load_spec(own)
    if chassis:
        return Spec([*load_chassis_spec().rows.values(), *spec.rows.values()])
    return spec


def find(spec: Spec, word: str) -> int:
    """Return the DGN of a name, or of a hexadecimal number as it is; raises LookupError."""
    names = {row.name: dgn for dgn, row in spec.rows.items()}
    if (dgn := names.get(word.upper())) is not None:
        return dgn
    if found := _DGN.fullmatch(word):
        dgn = int(found[1], 16)
        # The low byte is an address here, so that this is a part of an identifier or a name.
        if dgn in spec.rows or not (is_addressed(dgn) and dgn & 0xFF):
            return dgn
    close = " or ".join(get_close_matches(word.upper(), names, n=2))
    raise LookupError(f"{word} is no DGN{close and ', but ' + close + ' is'}")
