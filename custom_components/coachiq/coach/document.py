"""Files of YAML and JSON as they come from owners: read safely, their mistakes named by place."""

from collections.abc import Mapping
from typing import TypeIs

import yaml

from ..error import ProfileError

# The parser in C takes an eighth of the time; it is missing where PyYAML was built without it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

type Document = Mapping[object, object]


def document_of(text: str, file: str) -> Document:
    """Return YAML, or the JSON that is YAML as well, as a mapping. Raises ProfileError."""
    try:
        document = yaml.load(text, _LOADER)  # noqa: S506  # one of the two safe ones
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise wrong(file, "file", str(error)) from error
    if not isinstance(document, dict):
        raise wrong(file, "file", "no mapping")
    return document


def texts_of(
    file: str, place: str, mapping: Document, names: tuple[str, ...]
) -> dict[str, str | None]:
    """Return the fields that hold a text, or nothing."""
    texts: dict[str, str | None] = {}
    for name in names:
        text = mapping.get(name)
        if text is not None and not isinstance(text, str):
            raise wrong(file, f"{place}{name}", "no text")
        texts[name] = text
    return texts


def is_whole(value: object) -> TypeIs[int]:
    """Tell whether YAML gave a whole number: to Python its `yes` is one, too."""
    return isinstance(value, int) and not isinstance(value, bool)


def wrong(file: str, place: str, problem: str) -> ProfileError:
    """Return the error that names file, place and problem."""
    return ProfileError("profile_wrong", file=file, place=place, problem=problem)
