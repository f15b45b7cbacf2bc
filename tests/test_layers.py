"""What each layer may import, so that none grows into another."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = "custom_components.coachiq"
ROOT = Path(__file__).parent.parent / "custom_components" / "coachiq"


def absolute(module: str | None, level: int, package: str) -> str:
    """Return the full name of what `from <level dots><module>` in a package's module means."""
    if not level:
        return module or ""
    parent = package.split(".")[: len(package.split(".")) - level + 1]
    return ".".join([*parent, module] if module else parent)


def imported(source: str, package: str) -> Iterator[str]:
    """Yield every module, and every name of a module, that a source imports anywhere in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = absolute(node.module, node.level, package)
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def imports_of(layer: str) -> set[str]:
    """Return all that a layer imports."""
    found: set[str] = set()
    for path in (ROOT / layer).rglob("*.py"):
        inner = path.relative_to(ROOT).parent.parts
        found |= set(imported(path.read_text("utf-8"), ".".join([PACKAGE, *inner])))
    return found


def within(name: str, forbidden: str) -> bool:
    return name == forbidden or name.startswith(f"{forbidden}.")


FORBIDDEN = [
    ("rvc", "homeassistant"),
    ("rvc", "voluptuous"),
    ("rvc", "can"),
    ("rvc", f"{PACKAGE}.bus"),
    ("rvc", f"{PACKAGE}.coach"),
    ("rvc", f"{PACKAGE}.simulator"),
    ("bus", "homeassistant"),
    ("bus", "voluptuous"),
    ("bus", f"{PACKAGE}.coach"),
    ("coach", "homeassistant"),
    ("coach", "voluptuous"),
    ("coach", "can"),
    ("coach", f"{PACKAGE}.bus"),
    ("coach", f"{PACKAGE}.simulator"),
    ("simulator", "homeassistant"),
    ("simulator", f"{PACKAGE}.rvc"),
    ("simulator", f"{PACKAGE}.coach"),
    ("simulator", f"{PACKAGE}.bus"),
]


@pytest.mark.parametrize(("layer", "forbidden"), FORBIDDEN)
def test_a_layer_imports_nothing_from_above(layer: str, forbidden: str) -> None:
    imports = imports_of(layer)
    assert imports
    assert [name for name in imports if within(name, forbidden)] == []


def test_the_lower_layers_use_of_the_integration_only_what_is_below_them() -> None:
    allowed = {
        "rvc": {"rvc"},
        "bus": {"bus", "rvc", "simulator", "error"},
        "coach": {"coach", "rvc", "error"},
        "simulator": {"simulator"},
    }
    for layer, modules in allowed.items():
        own = (name for name in imports_of(layer) if within(name, PACKAGE))
        used = {name.removeprefix(PACKAGE).strip(".").partition(".")[0] for name in own}
        assert used - {""} <= modules, layer


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import can.interfaces", {"can.interfaces"}),
        ("from homeassistant import core", {"homeassistant", "homeassistant.core"}),
        ("from ..bus import Link", {f"{PACKAGE}.bus", f"{PACKAGE}.bus.Link"}),
        ("from .. import bus", {PACKAGE, f"{PACKAGE}.bus"}),
        ("from . import outbox", {f"{PACKAGE}.coach", f"{PACKAGE}.coach.outbox"}),
        ("def late():\n    import can", {"can"}),
    ],
)
def test_no_form_of_import_escapes(source: str, expected: set[str]) -> None:
    assert set(imported(source, f"{PACKAGE}.coach")) == expected
