"""What the environment says of settings: that of the process, and the file `.env` of the owner."""

from collections.abc import Collection, Mapping
from pathlib import Path
import re

PREFIX = "COACHIQ_"
NESTED = "__"
FILE = ".env"
_LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
_QUOTED = re.compile(r"""(["'])(.*)\1\s*(?:#.*)?""")

# Values by the names of their settings, each with the variable that has it.
type Said = dict[str, tuple[str, str]]


def variable_of(setting: str) -> str:
    """Return the variable of a setting: COACHIQ_CAN__BITRATE of can.bitrate."""
    return PREFIX + setting.replace(".", NESTED).upper()


def read_file(path: Path) -> tuple[dict[str, str], list[int]]:
    """Return the variables of a file, and the numbers of the lines that are none; blocking.

    A file that is not there says nothing. Raises OSError and UnicodeDecodeError.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError, NotADirectoryError:
        return {}, []
    variables: dict[str, str] = {}
    wrong: list[int] = []
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        if not line or line.startswith("#"):
            continue
        if not (found := _LINE.fullmatch(line)):
            wrong.append(number)
            continue
        variables[found[1]] = _value(found[2])
    return variables, wrong


def _value(written: str) -> str:
    """Return a value without its quotes, or without the comment that follows it."""
    if quoted := _QUOTED.fullmatch(written):
        return quoted[2]
    return re.sub(r"(^|\s+)#.*", "", written).strip()


def said_by(
    variables: Mapping[str, str],
    settings: Collection[str],
    coach: str,
    coaches: Collection[str],
) -> tuple[Said, list[str]]:
    """Return what variables say of the settings of a coach, and those that mean nothing.

    What they say of one coach by its key stands above what they say of all. A name without two
    underscores is of something else, such as a test.
    """
    all_said: Said = {}
    own: Said = {}
    unknown: list[str] = []
    for name, value in variables.items():
        if not name.startswith(PREFIX) or NESTED not in name.removeprefix(PREFIX):
            continue
        setting = name.removeprefix(PREFIX).lower().replace(NESTED, ".")
        whose, _, rest = setting.partition(".")
        if setting in settings:
            all_said[setting] = value, name
        elif rest in settings and whose == coach:
            own[rest] = value, name
        elif rest not in settings or whose not in coaches:
            unknown.append(name)
    return {**all_said, **own}, unknown
