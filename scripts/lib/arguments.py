"""Command lines: a mistake in one is a line on standard error and exit code 2."""

import argparse
from collections.abc import Callable
import os
import sys
from typing import NoReturn, override


class Parser(argparse.ArgumentParser):
    """A parser that does not print the usage before what is wrong."""

    def __init__(self, prog: str, description: str, examples: str) -> None:
        super().__init__(
            prog=prog,
            description=description,
            epilog=examples,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    @override
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def number(highest: int) -> Callable[[str], int]:
    """Return what reads a number from 0 to `highest`, decimal or hexadecimal (0x9E)."""

    def read(word: str) -> int:
        try:
            value = int(word, 0)
        except ValueError:
            value = -1
        if not 0 <= value <= highest:
            raise argparse.ArgumentTypeError(f"{word} is no number from 0 to {highest}")
        return value

    return read


def run(main: Callable[[], None]) -> None:
    """Run a script whose reader may go away, or who is stopped by Ctrl-C: neither is an error."""
    try:
        main()
    except BrokenPipeError, KeyboardInterrupt:
        # Nothing is left to say, not even while Python closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
