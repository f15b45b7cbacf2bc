"""What we are said to decode in the comparison with other decoders is what we decode."""

import json
from pathlib import Path

import peer_table
import pytest

from custom_components.coachiq.rvc import Code, Row, load_spec, split

SPEC = load_spec()
PEERS = peer_table.peers()
DIFFERENCES = [item for reason in PEERS["differences"] for item in reason["rows"]]
PUBLISHED = {
    (split(int(entry["id"], 16)).dgn, entry["data"])
    for entry in json.loads((Path(__file__).parent / "real_frames.json").read_text("utf-8"))
}


def row_of(dgn: str) -> Row:
    return SPEC.rows[int(dgn, 16)]


def decode(row: Row, frame: str, at: list[int]) -> object:
    field = peer_table.field_at(row, at)
    return row.decode(bytes.fromhex(frame))[row.index[field.name]]


@pytest.mark.parametrize(
    "item",
    [item for item in DIFFERENCES if "at" in item],
    ids=lambda item: f"{item['dgn']}-{item['at'][0]}-{item['theirs']}",
)
def test_our_side_of_a_difference(item: peer_table.Difference) -> None:
    row = row_of(item["dgn"])
    if item["ours"] == "no field":
        first, bits = item["at"]
        assert all(
            field.bit + field.bits <= first or field.bit >= first + bits for field in row.fields
        )
    else:
        value = decode(row, item["frame"], item["at"])
        assert ([value.raw] if isinstance(value, Code) else value) == item["ours"]


@pytest.mark.parametrize(
    "item", [item for item in DIFFERENCES if "is_not" in item], ids=lambda item: item["dgn"]
)
def test_a_dgn_of_another_data_page_is_another_dgn(item: peer_table.Difference) -> None:
    assert SPEC.get(int(item["dgn"], 16)) is not row_of(item["is_not"])


def test_frames_of_differences_are_published_ones() -> None:
    assert {(int(item["dgn"], 16), item["frame"]) for item in DIFFERENCES} <= PUBLISHED


@pytest.mark.parametrize("lack", PEERS["lacks"], ids=lambda lack: f"{lack['dgn']}-{lack['peer']}")
def test_we_have_what_they_lack(lack: peer_table.Lack) -> None:
    row = row_of(lack["dgn"])
    frames = [data for dgn, data in PUBLISHED if SPEC.get(dgn) is row]
    assert frames
    for at in lack.get("fields", []):
        assert any(decode(row, frame, at) is not None for frame in frames)
    for at in lack.get("labels", []):
        assert any(isinstance(decode(row, frame, at), Code) for frame in frames)


def test_the_page_has_a_line_for_each() -> None:
    lines = peer_table.table().splitlines()
    rows = [line for line in lines if line.startswith("| ")]
    headers = len(PEERS["differences"]) + 1
    assert len(rows) == len(DIFFERENCES) + len(PEERS["lacks"]) + headers
    assert all(reason["right"] in {"we", "they", "open"} for reason in PEERS["differences"])
