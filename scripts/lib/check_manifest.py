"""Checks what hassfest and the HACS action check, as far as that can be done without them.

Those two run in a container on GitHub only; this finds the same mistakes before the push. Beyond
them it wants a description of every field of a form, and that every text is used.
"""

import ast
from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import re
import sys
from typing import Any
from urllib.parse import urlparse

from awesomeversion import AwesomeVersion, AwesomeVersionException, AwesomeVersionStrategy
from homeassistant.const import Platform
from homeassistant.helpers import config_validation as cv
from homeassistant.util.yaml import load_yaml_dict
import voluptuous as vol

ROOT = Path(__file__).resolve().parents[2]
INTEGRATION = ROOT / "custom_components" / "coachiq"

type Json = Any

IOT_CLASSES = (
    "assumed_state",
    "calculated",
    "cloud_polling",
    "cloud_push",
    "local_polling",
    "local_push",
)
TYPES = ("device", "entity", "hardware", "helper", "hub", "service", "system")
TIERS = ("bronze", "silver", "gold", "platinum")
VERSIONS = [
    AwesomeVersionStrategy.CALVER,
    AwesomeVersionStrategy.SEMVER,
    AwesomeVersionStrategy.SIMPLEVER,
    AwesomeVersionStrategy.BUILDVER,
    AwesomeVersionStrategy.PEP440,
]
# The sections that a translation file of a custom integration may have.
SECTIONS = frozenset(
    {
        "common",
        "conditions",
        "config",
        "config_panel",
        "config_subentries",
        "device",
        "device_automation",
        "entity",
        "entity_component",
        "exceptions",
        "issues",
        "options",
        "selector",
        "services",
        "system_health",
        "title",
        "triggers",
    }
)
# Components that need not be named as dependencies.
FREE = frozenset(Platform) | {
    "diagnostics",
    "hardware",
    "logbook",
    "persistent_notification",
    "recorder",
    "repairs",
    "system_health",
}
TRANSLATION_KEY = re.compile(r"^(?!.+[_-]{2})(?![_-])[a-z0-9-_]+(?<![_-])$")
REQUIREMENT = re.compile(r"^[-_.\w]+(\[[\w,]+\])?==[\w.]+$")
REGISTERS_ACTIONS = re.compile(
    r"services\.async_register\(|async_register_admin_service|async_register_\w*entity_service"
)


def own_page(value: str) -> str:
    """Take an https URL that is not one of Home Assistant's own integration pages."""
    url = urlparse(value)
    if url.scheme != "https" or url.netloc == "www.home-assistant.io":
        raise vol.Invalid("must be an https URL of the integration's own")
    return value


def version(value: str) -> str:
    """Take a version that Home Assistant can compare."""
    try:
        AwesomeVersion(value, ensure_strategy=VERSIONS)
    except AwesomeVersionException as error:
        raise vol.Invalid(str(error)) from error
    return value


def text(value: str) -> str:
    """Take a text that Home Assistant shows as it is written."""
    cv.string_with_no_html(value)
    if value != value.strip():
        raise vol.Invalid("no spaces outside")
    if re.search(r"'\{\w+\}'", value):
        raise vol.Invalid("no placeholder in single quotes")
    if "[%key:" in value:
        raise vol.Invalid("only Home Assistant's own build resolves references")
    return value


UPPER = vol.Match(r"^[^a-z]+$")
LOWER = vol.Match(r"^[^A-Z]+$")
MANIFEST = vol.Schema(
    {
        vol.Required("domain"): INTEGRATION.name,
        vol.Required("name"): str,
        vol.Required("codeowners"): vol.All([vol.Match(r"^@")], vol.Length(min=1)),
        vol.Required("documentation"): own_page,
        vol.Required("integration_type"): vol.In(TYPES),
        vol.Required("iot_class"): vol.In(IOT_CLASSES),
        vol.Required("issue_tracker"): own_page,
        vol.Required("version"): version,
        vol.Optional("after_dependencies"): [str],
        vol.Optional("config_flow"): bool,
        vol.Optional("dependencies"): [str],
        vol.Optional("import_executor"): bool,
        vol.Optional("loggers"): [str],
        vol.Optional("quality_scale"): vol.In(TIERS),
        vol.Optional("requirements"): [vol.Match(REQUIREMENT)],
        vol.Optional("single_config_entry"): bool,
        vol.Optional("usb"): [
            {
                vol.Optional("vid"): UPPER,
                vol.Optional("pid"): UPPER,
                vol.Optional("description"): LOWER,
                vol.Optional("manufacturer"): LOWER,
                vol.Optional("serial_number"): LOWER,
                vol.Optional("known_devices"): [str],
            }
        ],
    }
)
HACS = vol.Schema(
    {
        vol.Required("name"): str,
        vol.Optional("homeassistant"): str,
        vol.Optional("hacs"): str,
        vol.Optional("hide_default_branch"): bool,
    }
)


def problems() -> Iterator[str]:
    """Yield what is wrong with the repository, one line each."""
    manifest = read("manifest.json")
    strings = read("translations/en.json")
    icons = read("icons.json")
    sources = [path.read_text(encoding="utf-8") for path in INTEGRATION.rglob("*.py")]
    yield from check_schema("manifest.json", MANIFEST, manifest)
    if list(manifest) != ["domain", "name", *sorted(manifest.keys() - {"domain", "name"})]:
        yield "manifest.json: the order is domain, name, then by alphabet"
    yield from check_repository()
    yield from check_texts(strings)
    yield from check_used(strings, sources)
    yield from check_icons(icons, strings)
    yield from check_actions(icons, strings, sources)
    yield from check_dependencies(manifest, sources)


def read(name: str) -> Json:
    """Return a JSON file of the integration; an empty object where there is none."""
    path = INTEGRATION / name
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def check_schema(name: str, schema: vol.Schema, content: Json) -> Iterator[str]:
    """Yield what a schema finds."""
    try:
        schema(content)
    except vol.MultipleInvalid as error:
        yield from (f"{name}: {one}" for one in error.errors)
    except vol.Invalid as error:
        yield f"{name}: {error}"


def check_repository() -> Iterator[str]:
    """Yield what HACS would miss, or have too much of."""
    if [p.parent.name for p in INTEGRATION.parent.glob("*/manifest.json")] != [INTEGRATION.name]:
        yield "custom_components: holds exactly one integration"
    wanted = (
        *(ROOT / name for name in ("README.md", "LICENSE", "hacs.json")),
        *(INTEGRATION / name for name in ("config_flow.py", "brand/icon.png")),
    )
    yield from (f"{path.relative_to(ROOT)}: missing" for path in wanted if not path.is_file())
    yield from check_schema("hacs.json", HACS, json.loads((ROOT / "hacs.json").read_text("utf-8")))


def check_texts(strings: Mapping[str, Json]) -> Iterator[str]:
    """Yield what is wrong with the English texts."""
    yield from (f"en.json: unknown section {key}" for key in strings.keys() - SECTIONS)
    for path, value in leaves(strings):
        yield from check_schema(f"en.json: {path}", vol.Schema(text), value)
    for platform, entities in strings.get("entity", {}).items():
        bad = (key for key in entities if not TRANSLATION_KEY.match(key))
        yield from (f"en.json: entity.{platform}.{key}: not a translation key" for key in bad)
    flows = {key: strings.get(key, {}) for key in ("config", "options")}
    flows |= {f"config_subentries.{k}": v for k, v in strings.get("config_subentries", {}).items()}
    for flow, content in flows.items():
        for step, form in content.get("step", {}).items():
            differ = form.get("data", {}).keys() ^ form.get("data_description", {}).keys()
            yield from (
                f"en.json: {flow}.{step}.{field}: needs both a name and a description"
                for field in sorted(differ)
            )


def _text(part: ast.expr) -> str:
    """Return what a part of an f-string says by itself."""
    return part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else ""


def check_used(strings: Mapping[str, Json], sources: list[str]) -> Iterator[str]:
    """Yield exceptions and issues that no code names, whole or with parts put in."""
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    named = {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    made = [
        re.compile("".join(re.escape(_text(part)) or "[a-z_]+" for part in node.values))
        for node in nodes
        if isinstance(node, ast.JoinedStr) and _text(node.values[0]).endswith("_")
    ]
    for section in ("exceptions", "issues"):
        unnamed = strings.get(section, {}).keys() - named
        unused = {key for key in unnamed if not any(form.fullmatch(key) for form in made)}
        yield from (f"en.json: {section}.{key}: nothing uses it" for key in sorted(unused))


def check_icons(icons: Mapping[str, Json], strings: Mapping[str, Json]) -> Iterator[str]:
    """Yield icons that are none, or of nothing."""
    for path, icon in leaves(icons):
        if not icon.startswith("mdi:"):
            yield f"icons.json: {path}: {icon} is no mdi: icon"
    for platform, entities in icons.get("entity", {}).items():
        known = strings.get("entity", {}).get(platform, {})
        for key, entity in entities.items():
            if key not in known:
                yield f"icons.json: {platform}.{key}: has no name in en.json"
            same = (s for s, i in entity.get("state", {}).items() if i == entity.get("default"))
            yield from (f"icons.json: {platform}.{key}.{state}: is the default" for state in same)


def check_actions(
    icons: Mapping[str, Json], strings: Mapping[str, Json], sources: list[str]
) -> Iterator[str]:
    """Yield actions without a description, an icon or a text for one of their fields."""
    path = INTEGRATION / "services.yaml"
    if not path.is_file():
        if any(REGISTERS_ACTIONS.search(source) for source in sources):
            yield "services.yaml: missing, though actions are registered"
        return
    for name, action in load_yaml_dict(str(path)).items():
        texts = strings.get("services", {}).get(name, {})
        fields = (action or {}).get("fields") or {}
        # A section's fields are fields of the action.
        inner = [spec["fields"] for spec in fields.values() if "fields" in (spec or {})]
        flat = {key for group in (fields, *inner) for key in group} - {
            key for key, spec in fields.items() if "fields" in (spec or {})
        }
        for key in ("name", "description"):
            if not texts.get(key):
                yield f"en.json: services.{name}: no {key}"
        if name not in icons.get("services", {}):
            yield f"icons.json: services.{name}: missing"
        for field in sorted(flat - texts.get("fields", {}).keys()):
            yield f"en.json: services.{name}.fields.{field}: missing"


def check_dependencies(manifest: Mapping[str, Json], sources: list[str]) -> Iterator[str]:
    """Yield components that the code imports and the manifest does not name."""
    named = {*manifest.get("dependencies", []), *manifest.get("after_dependencies", [])}
    used = {name for source in sources for name in components(ast.parse(source))}
    for component in sorted(used - named - FREE):
        yield f"manifest.json: uses the component {component} without naming it"


def components(tree: ast.Module) -> Iterator[str]:
    """Yield the names of Home Assistant's components that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            parts = node.module.split(".")
            if parts[:2] == ["homeassistant", "components"]:
                yield from parts[2:3] or (alias.name for alias in node.names)


def leaves(node: Mapping[str, Json], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of nested objects with its path."""
    for key, value in node.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def main() -> int:
    """Print the problems; 1 when there is one."""
    found = list(problems())
    print("\n".join(found) or "The integration's files are in order.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
