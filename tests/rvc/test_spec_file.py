"""An owner's file over rvc.json: what it may do, and how it is refused."""

import ast
import json
from pathlib import Path
import sys

import pytest

from custom_components.coachiq.rvc import Code, SpecError, load_spec


def write(path: Path, rows: object, **more: object) -> Path:
    file = path / "owner.json"
    file.write_text(json.dumps({"version": 1, "rows": rows} | more), "utf-8")
    return file


def row(*fields: object, **more: object) -> dict[str, object]:
    return {"name": "MINE", "kind": "status", "fields": list(fields)} | more


def test_a_row_of_the_owner_is_added(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        {
            "1f0a1": row(
                {"name": "instance", "at": "0"},
                {"name": "position", "at": "1", "unit": "%"},
                {"name": "state", "at": "2.0-3", "values": "mine"},
                {"name": "fault", "at": "2.4", "flags": {"0": "any"}},
                {"name": "pressure", "at": "3.2-4.3", "scale": 0.1, "offset": -5},
                {"name": "mode", "at": "5-6", "values": {"300": "far"}},
                {"name": "time", "at": "7", "unit": "s", "special": {"241..250": "{5..14} min"}},
                key="instance",
                gap=1.5,
                priority=3,
            ),
            "1F0A2": {"name": "MINE_TOO", "kind": "command", "like": "1F0A1", "fill": {"2.5-7": 0}},
            "1F0A3": row({"name": "instance", "at": "0"}, name="AC", format="AC_STATUS_1"),
        },
        values={"mine": {"0": "off", "1": "on"}},
        scales=[{"unit": "%", "bits": 8, "scale": 0.4, "offset": 0, "high": 250}],
    )
    spec = load_spec(file)
    mine = spec.named("MINE")
    assert (mine.dgn, mine.priority, mine.max_gap, mine.key) == (0x1F0A1, 3, 1.5, ("instance",))
    assert mine.decode(bytes.fromhex("0164010402 2C01 F1")) == (
        1, 40.0, Code(1, "on"), 0, 7.9, Code(300, "far"), Code(241, "5 min"),
    )  # fmt: skip
    assert mine.decode(bytes.fromhex("0164010402 2D01 F1"))[5] is None
    too = spec.named("MINE_TOO")
    assert too.fields is mine.fields
    assert too.encode(instance=1, pressure=7.9).hex() == "01ff1f07f2ffffff"
    assert spec.named("AC").index["rms_voltage"] == 1
    # Our own rows keep our own scales.
    assert spec.named("THERMOSTAT_STATUS_1").decode(bytes.fromhex("0000C8"))[4] == 100.0


def test_a_row_of_the_owner_replaces_ours(tmp_path: Path) -> None:
    mine = row({"name": "percent", "at": "1", "unit": "%"}, name="TANK_STATUS")
    spec = load_spec(write(tmp_path, {"1FFB7": mine}))
    assert spec.named("TANK_STATUS").decode(bytes.fromhex("00C8")) == (100.0,)
    assert spec.get(0x1FFB7) is spec.named("TANK_STATUS")


def test_what_is_said_of_a_row_besides_its_layout(tmp_path: Path) -> None:
    said: dict[str, object] = {
        "title": "my thing", "section": "6.99", "note": "as built", "doubt": "a guess",
        "deprecated": True, "every": {"moving": 0.1, "otherwise": 5}, "apart": 0.1,
        "on": ["change", "request"], "ack": "failure", "answer": ["TANK_STATUS"],
    }  # fmt: skip
    field = FIELD | {"note": "n", "doubt": "d", "spn": 190, "sources": ["a", "b"]}
    rows = {"1F0A1": row(field, **said), "1F0A2": row(FIELD, name="PLAIN", every=2)}
    spec = load_spec(write(tmp_path, rows))
    about = spec.named("MINE").about
    assert (about.title, about.section, about.note, about.doubt, about.deprecated) == (
        "my thing", "6.99", "as built", "a guess", True,
    )  # fmt: skip
    assert (about.every, about.apart) == ({"moving": 0.1, "otherwise": 5}, 0.1)
    assert about.triggers == {"change", "request"}
    assert (about.ack, about.answers) == ("failure", ("TANK_STATUS",))
    (mine,) = spec.named("MINE").fields
    assert (mine.note, mine.doubt, mine.spn, mine.sources) == ("n", "d", 190, ("a", "b"))
    plain = spec.named("PLAIN")
    assert (plain.about.every, plain.about.apart, plain.about.ack) == ({"": 2}, 0.05, None)
    assert (plain.about.title, plain.about.deprecated, plain.fields[0].spn) == (None, False, None)


@pytest.mark.parametrize("name", ["", "Level", "my level", "2nd", 'a"b', "niveau_d_eau_é"])
def test_a_bad_name_of_a_field_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SpecError, match="'name' is"):
        load_spec(write(tmp_path, {"1F0A1": row({"name": name, "at": "1"})}))


def test_a_field_may_have_any_such_name_and_any_measure(tmp_path: Path) -> None:
    fields = (
        {"name": "self", "at": "0"},
        {"name": "values", "at": "1-2", "scale": 1e15, "offset": 0.5},
        {"name": "row", "at": "3-6", "scale": 1e-15, "offset": -1e15},
    )
    mine = load_spec(write(tmp_path, {"1F0A1": row(*fields)})).named("MINE")
    assert mine.decode(mine.encode(self=1, values=2e15 + 0.5, row=-1e15)) == (1, 2e15 + 0.5, -1e15)


def test_a_row_without_a_field_that_is_needed_is_refused(tmp_path: Path) -> None:
    mine = row(FIELD, name="TANK_STATUS")
    tank = load_spec(write(tmp_path, {"1FFB7": mine})).named("TANK_STATUS")
    tank.require(["level"])
    with pytest.raises(SpecError, match="1FFB7: has no field 'resolution', which CoachIQ needs"):
        tank.require(["level", "resolution"])


def test_raw_numbers_end_by_the_rule_of_the_protocol(tmp_path: Path) -> None:
    """RV-C: 252, 65532, 4294967292 and all but ones; J1939: by the highest byte."""
    layout = {8: "0", 16: "1-2", 32: "3-6", 24: "8-10", 12: "11.0-12.3", 4: "7.0-3", 2: "7.4-5"}
    layout |= {3: "13.0-2", 1: "7.6"}
    expected = {
        "rv-c": {8: 252, 16: 65532, 32: 4294967292, 24: 0xFFFFFE, 12: 0xFFE, 4: 13, 2: 1, 3: 6},
        "j1939": {8: 250, 16: 64255, 32: 4211081215, 24: 0xFAFFFF, 12: 0xFFD, 4: 13, 2: 1, 3: 5},
    }
    rows = {"1F0A1": row(*({"name": f"b{bits}", "at": at} for bits, at in layout.items()))}
    for limits, highest in expected.items():
        mine = load_spec(write(tmp_path, rows, limits=limits)).named("MINE")
        assert {field.bits: field.high for field in mine.fields} == highest | {1: 1}
        # Rows that are ours keep our rule.
        tank = load_spec(write(tmp_path, rows, limits=limits)).named("TANK_STATUS")
        assert tank.fields[tank.index["absolute_level"]].high == 65532 - 2


@pytest.mark.parametrize("position", ["0-", "1.0-1.7", "8"])
def test_text_of_the_owner(tmp_path: Path, position: str) -> None:
    spec = load_spec(write(tmp_path, {"1F0A1": row({"name": "t", "at": position, "type": "text"})}))
    mine = spec.named("MINE")
    assert mine.decode(mine.encode(t="A")) == ("A",)
    assert mine.encode(t=None) == mine.encode()


FIELD = {"name": "level", "at": "1"}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "is not an object"),
        ({"XYZ": row(FIELD)}, "XYZ: is no DGN"),
        ({"2FFFF": row(FIELD)}, "2FFFF: is no DGN"),
        ({"1F0A1": []}, "1F0A1: is not an object"),
        ({"1F0A1": row(FIELD, kind="thing")}, "1F0A1: kind 'thing' is none of status"),
        ({"1F0A1": row(FIELD, kind=3)}, "1F0A1: 'kind' is missing or not text"),
        ({"1F0A1": row(FIELD, priority=8)}, "1F0A1: priority 8"),
        ({"1F0A1": row(FIELD, priority=1.5)}, "1F0A1: 'priority' is not a whole number"),
        ({"1F0A1": row(FIELD, gap="often")}, "1F0A1: 'gap' is missing or not a number"),
        ({"1F0A1": row(FIELD, every="often")}, "1F0A1: 'every' is missing or not a number"),
        ({"1F0A1": row(FIELD, every={"moving": "often"})}, "1F0A1: 'moving' is missing or not"),
        ({"1F0A1": row(FIELD, apart="little")}, "1F0A1: 'apart' is missing or not a number"),
        ({"1F0A1": row(FIELD, on="change")}, "1F0A1: is not a list"),
        ({"1F0A1": row(FIELD, on=[1])}, "1F0A1: 'on' is not a list of words"),
        ({"1F0A1": row(FIELD, on=["whim"])}, "1F0A1: 'on' knows no 'whim'"),
        ({"1F0A1": row(FIELD, every=-1)}, "1F0A1: 'every' is not above 0"),
        ({"1F0A1": row(FIELD, every={"moving": 0})}, "1F0A1: 'moving' is not above 0"),
        ({"1F0A1": row(FIELD, apart=0)}, "1F0A1: 'apart' is not above 0"),
        ({"1F0A1": row(FIELD, gap=-1)}, "1F0A1: 'gap' is not above 0"),
        ({"1F0A1": row(FIELD, name="My pump")}, "1F0A1: the name 'My pump' is not in capitals"),
        (
            {"1F0A1": row(FIELD, {"name": "high", "at": "2", "when": [256]}, mux="level")},
            "1F0A1: high: 'when': level has no code 256",
        ),
        (
            {"1F0A1": row({"name": "t", "at": "1", "type": "text"}, mux="t")},
            "1F0A1: 'mux' t is no number",
        ),
        ({"1f0a1": row(FIELD), "1F0A1": row(FIELD)}, "1F0A1: is there twice"),
        ({"1_F0A1": row(FIELD)}, "1_F0A1: is no DGN"),
        ({"1FEDA": row(FIELD)}, "1FEDA: 'name' is not DC_DIMMER_STATUS_3, as of the row that"),
        ({"1F0A1": row(FIELD, like="1FEDA")}, "1F0A1: like 1FEDA, but with 'fields' of its own"),
        (
            {
                f"1F0{n:02X}": {"name": f"N{n}", "kind": "status", "like": f"1F0{n + 1:02X}"}
                for n in range(0xA1, 0xB0)
            }
            | {"1F0B0": row(FIELD)},
            "which is no other row",
        ),
        ({"1F0A1": row(FIELD, fill={"1": 0})}, "1F0A1: 'fill' of byte 1 is of a field, or beyond"),
        ({"1F0A1": row(FIELD, fill={"20": 1})}, "1F0A1: 'fill' of byte 20 is of a field, or bey"),
        ({"1F0A1": row(FIELD, fill={"2": True})}, "1F0A1: 'fill' of 2 is no number"),
        (
            {"1F0A1": row(FIELD, {"name": "m", "at": "2"}, mux=["level", "m"])},
            "1F0A1: 'mux' names more than one field",
        ),
        (
            {"1F0A1": row(FIELD, {"name": "k", "at": "2", "when": [1]}, mux="level", key="k")},
            "1F0A1: k: is in the key",
        ),
        ({"1F0A1": row(FIELD, ack="perhaps")}, "1F0A1: 'ack' 'perhaps' is none of always, failure"),
        ({"1F0A1": row(FIELD, deprecated=1)}, "1F0A1: 'deprecated' is not true or false"),
        ({"1F0A1": row(FIELD, doubt=1)}, "1F0A1: 'doubt' is missing or not text"),
        ({"1F0A1": row(FIELD, speed=1)}, "1F0A1: unknown 'speed'"),
        ({"1F0A1": row(FIELD, name="TANK_STATUS")}, "1F0A1: the name TANK_STATUS is that of 1FFB7"),
        ({"1F0A1": row(FIELD, like="1F0A2")}, "1F0A1: like 1F0A2, which is no other row"),
        ({"1F0A1": row(FIELD, like="1F0A1")}, "1F0A1: like 1F0A1, which is no other row"),
        ({"1F0A1": row(FIELD, format="none")}, "1F0A1: unknown format 'none'"),
        ({"1F0A1": row()}, "1F0A1: no fields"),
        ({"1F0A1": row(FIELD, key="instance")}, "1F0A1: 'key' names no field"),
        ({"1F0A1": row(FIELD, key=[1])}, "1F0A1: 'key' names no field"),
        ({"1F0A1": row(FIELD, fill={"2": 256})}, "1F0A1: 'fill' of 2"),
        ({"1F0A1": row("level")}, "1F0A1: is not an object"),
        ({"1F0A1": row({"at": "1"})}, "1F0A1: 'name' is missing"),
        ({"1F0A1": row(FIELD, FIELD)}, "1F0A1: level: is there twice"),
        ({"1F0A1": row(FIELD, {"name": "low", "at": "1.6-2.1"})}, "1F0A1: low: overlaps level"),
        ({"1F0A1": row(FIELD | {"when": [1]})}, "1F0A1: level: 'when' needs a 'mux'"),
        (
            {
                "1F0A1": row(
                    {"name": "text", "at": "0-", "type": "text"}, {"name": "low", "at": "0"}
                )
            },
            "1F0A1: low: overlaps text",
        ),
        (
            {
                "1F0A1": row(
                    {"name": "text", "at": "4-", "type": "text"}, {"name": "low", "at": "0"}
                )
            },
            "1F0A1: text: runs to the end",
        ),
    ],
)
def test_a_bad_row_is_refused(tmp_path: Path, rows: object, said: str) -> None:
    file = write(tmp_path, rows)
    with pytest.raises(SpecError) as caught:
        load_spec(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"at": "1.8"}, "'1.8' is no position"),
        ({"at": "1.6-9"}, "bit 9 is out of range"),
        ({"at": "1.6-2"}, "'1.6-2' is no position"),
        ({"at": "3-2"}, "'3-2' is no position"),
        ({"at": "3-2.1"}, "'3-2.1' is no position"),
        ({"at": "3.1-"}, "'3.1-' is no position"),
        ({"at": "1785"}, "'1785' is no position"),
        ({"at": "one"}, "'one' is no position"),
        ({"at": 1}, "'at' is missing or not text"),
        ({"at": "0-4"}, "32 bits at most"),
        ({"at": "0-"}, "32 bits at most"),
        ({"type": "float"}, "unknown type 'float'"),
        ({"type": ["number"]}, "unknown type"),
        ({"at": "1.1-4", "type": "bytes"}, "bytes needs whole bytes"),
        ({"unit": 3}, "'unit' is missing or not text"),
        ({"scale": 0}, "'scale' is not above 0"),
        ({"scale": True}, "'scale' is missing or not a number"),
        ({"offset": "far"}, "'offset' is missing or not a number"),
        ({"range": [1]}, "'range' is not [lowest, highest]"),
        ({"range": [0, 256]}, "'range' does not fit into 8 bits"),
        ({"range": ["a", "b"]}, "'range' is missing or not a number"),
        ({"values": "moods"}, "unknown enumeration 'moods'"),
        ({"values": 3}, "is not an object"),
        ({"values": {"a": "b"}}, "is no code with its words"),
        ({"values": {"1": 2}}, "is no code with its words"),
        ({"values": {"256": "b"}}, "code 256 does not fit into 8 bits"),
        ({"values": {"1": "a", "1..2": "b"}}, "code 1 has two meanings"),
        ({"when": "1"}, "is not a list"),
        ({"when": []}, "'when' is not a list of codes"),
        ({"when": [True]}, "'when' is not a list of codes"),
        ({"values": {}}, "'values' has no codes, or"),
        ({"values": {"1": ""}}, "is no code with its words"),
        ({"values": {"": "b"}}, "is no code with its words"),
        ({"values": {"1..": "b", "٣": "c"}}, "is no code with its words"),
        ({"type": "text", "values": {"1": "b"}}, "text has no codes"),
        ({"type": "bytes", "special": {"1": "b"}}, "bytes has no codes"),
        ({"type": "instance", "values": {"1": "b"}}, "or the field is an instance"),
        ({"scale": 10**400}, "'scale' is missing or not a number"),
        ({"values": {"9" * 5000: "b"}}, "is no code with its words"),
        ({"flags": {"8": "b"}}, "'flags' has a bit 8, but the field 8 bits"),
        ({"scale": 1e16}, "'scale' is not above 0, or out of all measure"),
        ({"scale": 1e-16}, "'scale' is not above 0, or out of all measure"),
        ({"offset": -1e16}, "'offset' is out of all measure"),
        ({"colour": 1}, "unknown 'colour'"),
        ({"doubt": 1}, "'doubt' is missing or not text"),
        ({"spn": "190"}, "'spn' is missing or not a number"),
        ({"sources": "one"}, "is not a list"),
    ],
)
def test_a_bad_field_is_refused(tmp_path: Path, change: dict[str, object], said: str) -> None:
    file = write(tmp_path, {"1F0A1": row(FIELD | change)})
    with pytest.raises(SpecError) as caught:
        load_spec(file)
    assert str(caught.value).startswith(f"{file}: 1F0A1: level: ")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "cannot be read"),
        ("[]", "is not an object"),
        ("[" * 100_000, "cannot be read"),
        ('{"rows": {}}', "version None; this release reads version 1"),
        ('{"version": 2, "rows": {}}', "version 2"),
        ('{"version": 1, "limits": "mine"}', "'limits' is none of rv-c, j1939"),
        ('{"version": 1, "limits": []}', "'limits' is none of rv-c, j1939"),
        ('{"version": 1, "rows": {"1F0A1": {}, "1F0A1": {}}}', "1F0A1 is there twice"),
        ('{"version": true, "rows": {}}', "version True"),
        ('{"version": 1, "lines": {}}', "unknown 'lines'"),
        ('{"version": 1, "values": {"a": 1}}', "a: is not an object"),
        ('{"version": 1, "formats": {"a": 1}}', "a: is not a list"),
        ('{"version": 1, "scales": [{"unit": "%"}]}', "'bits' is missing"),
        ('{"version": 1, "scales": {}}', "is not a list"),
        ('{"version": 1.0, "rows": {}}', "version 1.0"),
        ('{"version": 1, "scales": [{"unit": "Q", "bits": 8, "high": 256}]}', "'high' of Q does"),
        ('{"version": 1, "scales": [{"unit": "Q", "bits": 8, "scale": 0}]}', "'scale' is not"),
        ('{"version": 1, "values": {"a": {"x": "b"}}}', "a: 'x': 'b' is no code with its words"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "owner.json"
    file.write_text(content, "utf-8")
    with pytest.raises(SpecError) as caught:
        load_spec(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert said in str(caught.value)


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="cannot be read"):
        load_spec(tmp_path / "none.json")
    (tmp_path / "owner.json").write_bytes(b"\xff\xfe")
    with pytest.raises(SpecError, match="cannot be read"):
        load_spec(tmp_path / "owner.json")


def test_rvc_imports_only_the_standard_library() -> None:
    folder = Path(load_spec.__code__.co_filename).parent
    files = sorted(folder.glob("*.py"))
    assert files
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level < 2, f"{file.name} imports from above rvc"
                modules = [node.module or ""] if not node.level else []
            else:
                continue
            for module in modules:
                assert module.partition(".")[0] in sys.stdlib_module_names, f"{file.name}: {module}"
