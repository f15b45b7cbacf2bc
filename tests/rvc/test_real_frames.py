"""Published frames: where each is from, and what the specification makes of it.

Most are from real buses; those with `real` false were made by hand or by a program.
`peer_says` is what the publisher's decoder said where that is not what the specification says.
"""

import json
from pathlib import Path

import pytest

from custom_components.coachiq.rvc import Code, load_spec, split

SPEC = load_spec()
FRAMES = json.loads((Path(__file__).parent / "real_frames.json").read_text("utf-8"))


def test_all_frames_are_there() -> None:
    assert len(FRAMES) == 125
    assert sum(entry.get("real", True) for entry in FRAMES) == 99


@pytest.mark.parametrize("entry", FRAMES, ids=lambda entry: f"{entry['id']}#{entry['data']}")
def test_real_frame(entry: dict[str, object]) -> None:
    identifier = split(int(str(entry["id"]), 16))
    row = SPEC.get(identifier.dgn)
    if entry["dgn"] is None:
        assert row is None
        return
    assert row is not None
    assert row.name == entry["dgn"]
    values = {
        name: [value.raw, value.label] if isinstance(value, Code) else value
        for name, value in zip(
            row.index, row.decode(bytes.fromhex(str(entry["data"]))), strict=True
        )
    }
    assert values == entry["means"]
    said = entry.get("peer_says", {})
    assert isinstance(said, dict)
    for name, value in said.items():
        assert values[name] != value
        mine = values[name]
        assert not isinstance(mine, list) or mine[0] != value
