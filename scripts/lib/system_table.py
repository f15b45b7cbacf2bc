"""docs/systems.md: the systems of a coach, what each is here, and the tests that show it."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alone import ROOT

_HEAD = """\
# Systems

This page is made from the tests by `scripts/docs`, which fails when one that is named is not there.

What a coach controller is made of, how CoachIQ has it, and which tests show it. Those that are
**real** start a Home Assistant and reach it as any program does: REST and WebSocket, with
long-lived tokens of an owner, of one who administers nothing and of one who may only look.
[How to do the same](api.md).

| | system | here | shown by |
|---|---|---|---|
"""
_REAL = ("tests/system/", "tests/browser/")
_SYSTEMS = "tests/system/test_systems.py"
_PROCESS = "tests/system/test_process.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A system: its number, its name, what it is here, and the tests that show it.

    A test is `file::name`, or a file alone that is about nothing else.
    """

    number: str
    name: str
    here: str
    proofs: tuple[str, ...]


SYSTEMS = (
    System(
        number="S1",
        name="Feature flags",
        here="[options of the integration](settings.md), a row each",
        proofs=(
            "tests/browser/test_settings.py::test_features_are_turned_off_and_on",
            f"{_SYSTEMS}::test_each_feature_and_setting_is_told_with_where_it_is_from",
            "tests/integration/test_features.py",
        ),
    ),
    System(
        number="S2",
        name="Entity manager",
        here="Home Assistant's registries, fed by one model of the coach",
        proofs=(
            f"{_SYSTEMS}::test_entities_are_found_by_device_area_and_kind_and_keep_their_ids",
            f"{_PROCESS}::test_lights_are_unknown_after_a_restart_that_may_not_ask",
            "tests/integration/test_identity.py",
        ),
    ),
    System(
        number="S3",
        name="State and metrics",
        here="diagnostic entities, diagnostics",
        proofs=(
            f"{_SYSTEMS}::test_how_a_network_does_is_measured",
            "tests/integration/test_bus_health.py",
        ),
    ),
    System(
        number="S4",
        name="Database",
        here="Home Assistant's recorder",
        proofs=(
            f"{_PROCESS}::test_a_coach_from_config_flow_to_history",
            "tests/integration/test_energy.py::test_the_energy_dashboard_accepts_it",
            "tests/integration/test_recorder.py",
        ),
    ),
    System(
        number="S5",
        name="Persistence and backup",
        here="one home for each fact; what was learnt in versioned files",
        proofs=(
            f"{_PROCESS}::test_lights_are_known_again_after_a_restart",
            "tests/system/test_backup.py",
            "tests/system/test_killed.py",
            "tests/system/test_transfer.py",
            "tests/integration/test_store.py",
            "tests/integration/test_damage.py",
            "tests/integration/test_transfer.py",
        ),
    ),
    System(
        number="S6",
        name="Configuration",
        here="[one typed result](settings.md), and where each value is from",
        proofs=(
            f"{_SYSTEMS}::test_each_feature_and_setting_is_told_with_where_it_is_from",
            "tests/integration/test_configuration.py",
        ),
    ),
    System(
        number="S7",
        name="Entity control",
        here="`coachiq.control`",
        proofs=(
            f"{_SYSTEMS}::test_one_is_controlled_and_tells_what_became_of_it",
            f"{_SYSTEMS}::test_what_cannot_be_meant_is_told_in_words",
            f"{_SYSTEMS}::test_who_may_only_look_controls_nothing",
            "tests/integration/test_control.py",
        ),
    ),
    System(
        number="S8",
        name="Networks by name",
        here="a subentry for each, with a link of its own",
        proofs=(
            f"{_SYSTEMS}::test_a_network_is_meant_by_its_name",
            "tests/integration/test_several_buses.py",
        ),
    ),
    System(
        number="S9",
        name="Messages",
        here="[commands are rows](commands.md)",
        proofs=(
            f"{_SYSTEMS}::test_a_command_is_its_known_bytes_and_is_decoded",
            "tests/rvc/test_commands.py",
        ),
    ),
    System(
        number="S10",
        name="Reconnection",
        here="[every adapter, every fault](faults.md)",
        proofs=(
            "tests/system/test_reconnection.py",
            "tests/faults/test_faults.py",
        ),
    ),
    System(
        number="S11",
        name="RV-C",
        here="[all DGNs](supported.md), one general decoder",
        proofs=(
            f"{_SYSTEMS}::test_a_command_is_its_known_bytes_and_is_decoded",
            "tests/rvc/test_facts.py",
        ),
    ),
    System(
        number="S12",
        name="The protocol as data",
        here="[rows](form.md), the owner's among them",
        proofs=(
            f"{_SYSTEMS}::test_a_row_of_the_owner_is_part_of_the_protocol",
            "tests/rvc/test_schema.py",
            "tests/rvc/test_spec_file.py",
        ),
    ),
    System(
        number="S13",
        name="Dashboard",
        here="`coachiq.get_summary`, `coachiq.get_activity`, the logbook",
        proofs=(
            f"{_SYSTEMS}::test_a_dashboard_gets_its_numbers_and_what_happened",
            f"{_SYSTEMS}::test_the_logbook_tells_who_did_what",
            "tests/integration/test_overview.py",
            "tests/integration/test_activity.py",
        ),
    ),
    System(
        number="S14",
        name="Bulk operations",
        here="`coachiq.bulk_control`, Home Assistant's targets",
        proofs=(
            f"{_SYSTEMS}::test_many_are_controlled_and_nothing_is_lost",
            f"{_SYSTEMS}::test_who_may_only_look_controls_nothing",
            "tests/integration/test_control.py",
        ),
    ),
    System(
        number="S15",
        name="Real time",
        here="`subscribe_entities`, and commands of our own",
        proofs=(
            f"{_SYSTEMS}::test_frames_are_for_administrators",
            f"{_SYSTEMS}::test_a_wrong_question_is_told_what_is_wrong_with_it",
            f"{_SYSTEMS}::test_what_was_sent_and_what_was_dropped_is_all",
            "tests/system/test_clients.py",
            "tests/integration/test_websocket_api.py",
        ),
    ),
    System(
        number="S16",
        name="API",
        here="REST and WebSocket with a long-lived token",
        proofs=(
            f"{_SYSTEMS}::test_whoever_has_no_token_gets_nothing",
            f"{_SYSTEMS}::test_every_action_is_described_for_programs",
            "tests/system/test_api_page.py",
        ),
    ),
    System(
        number="S17",
        name="Developer's environment",
        here="`scripts/setup`, `scripts/test`, `scripts/demo`; each `.ci/run` goes through them",
        proofs=("tests/system/test_demo.py",),
    ),
)  # fmt: skip


def table() -> str:
    """Return the page."""
    return _HEAD + "".join(
        f"| {system.number} | {system.name} | {system.here}"
        f" | {'<br>'.join(map(shown, system.proofs)) or '—'} |\n"
        for system in SYSTEMS
    )


def shown(proof: str) -> str:
    """Return a proof in words with a link; raises KeyError or OSError when there is none."""
    file, _, name = proof.partition("::")
    tests = _tests(file)
    words = tests[name] if name else f"all of {Path(file).name}"
    kind = "**real** " if file.startswith(_REAL) else ""
    return f"{kind}[{words}](../{file})"


@cache
def _tests(file: str) -> dict[str, str]:
    """Return what the tests of a file show, by name."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {
        node.name: node.name.removeprefix("test_").replace("_", " ")
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.name.startswith("test_")
    }
