"""Import parts of the integration without Home Assistant."""

from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path
import sys

ROOT = Path(__file__).resolve().parents[2]
_NAME = "custom_components.coachiq"


def without_home_assistant() -> None:
    """Let parts of `custom_components.coachiq` be imported without what it imports itself."""
    if _NAME not in sys.modules:
        spec = ModuleSpec(_NAME, None, is_package=True)
        spec.submodule_search_locations = [str(ROOT / "custom_components" / "coachiq")]
        sys.path.insert(0, str(ROOT))
        sys.modules[_NAME] = module_from_spec(spec)
