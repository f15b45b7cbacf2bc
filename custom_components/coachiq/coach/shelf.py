"""The profiles there are: those that are shipped, and beside them the owner's own files."""

from dataclasses import dataclass, field
from pathlib import Path

from ..error import ProfileError
from .document import document_of
from .profile import Profile, profile_of, read_profile, write_profile

FOLDER = Path(__file__).parent / "profiles"
OWN_FOLDER = "profiles"
# Before the name of an owner's file: it takes no shipped one's place.
OWN = "own:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """All profiles by key, the owner's first, and what is wrong with those that cannot be read."""

    profiles: dict[str, Profile] = field(default_factory=dict)
    problems: list[ProfileError] = field(default_factory=list)


def read_shelf(config: Path) -> Shelf:
    """Read all profiles, shipped and below the owner's folder of CoachIQ; blocking."""
    shelf = Shelf()
    for folder, prefix in ((config / OWN_FOLDER, OWN), (FOLDER, "")):
        for path in sorted(folder.glob("*.yaml")):
            key = f"{prefix}{path.stem}"
            try:
                shelf.profiles[key] = read_profile(path, key)
            except ProfileError as error:
                shelf.problems.append(error)
    return shelf


def load_profile(key: str | None, config: Path) -> Profile:
    """Read a profile by key, or an empty one for None; blocking. Raises ProfileError."""
    if key is None:
        return Profile()
    path = _path(key, config)
    if path is None or not path.is_file():
        raise ProfileError("profile_missing", profile=key)
    return read_profile(path, key)


def save_profile(profile: Profile, name: str, config: Path) -> Path:
    """Write an owner's profile and return its file; blocking.

    Raises ProfileError when there is one of this name, or it cannot be written.
    """
    path = _path(f"{OWN}{name}", config)
    if path is None:
        raise ProfileError("profile_name", name=name)
    return _write(path, write_profile(profile))


def own_text(key: str | None, config: Path) -> str | None:
    """Return an owner's profile as it is written, None for another or none; blocking."""
    path = _path(key, config) if key and key.startswith(OWN) else None
    return path.read_text(encoding="utf-8") if path and path.is_file() else None


def put_own(key: str, text: str, config: Path) -> Path | None:
    """Write an owner's profile and return its file, None if it is there already; blocking.

    Raises ProfileError when it is none, or there is another one of this name.
    """
    path = _path(key, config) if key.startswith(OWN) else None
    if path is None:
        raise ProfileError("profile_name", name=key)
    profile_of(document_of(text, path.name), path.name, key)
    if path.is_file() and own_text(key, config) == text:
        return None
    return _write(path, text)


def _write(path: Path, text: str) -> Path:
    """Write a file that is not there yet. Raises ProfileError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise ProfileError("profile_exists", file=path.name) from error
    except OSError as error:
        raise ProfileError("profile_not_written", file=path.name, problem=str(error)) from error
    return path


def _path(key: str, config: Path) -> Path | None:
    """Return the file of a key, None for a key that means no file of one of the folders."""
    folder = config / OWN_FOLDER if key.startswith(OWN) else FOLDER
    name = key.removeprefix(OWN)
    path = folder / f"{name}.yaml"
    return path if name and path.parent == folder else None
