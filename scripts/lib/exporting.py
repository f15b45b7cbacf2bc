"""What scripts/export-dbc does: the table of DGNs as a DBC file on standard output."""

import sys

from alone import without_home_assistant
from arguments import Parser, run
import table

without_home_assistant()

from dbc import dbc  # noqa: E402  after the line above

EXAMPLES = """\
A DBC file knows neither "no data" nor fields that run to the end of a message: the one comes out
as a number beyond the maximum, the others are left out. Identifiers have the source FE, which
stands for any, and the destination FF where there is one.

example: scripts/export-dbc --chassis > coach.dbc"""


def main() -> None:
    """Print the file in the encoding of DBC files."""
    read = Parser("scripts/export-dbc", "Prints the table of DGNs as a DBC file.", EXAMPLES)
    read.add_argument("--chassis", action="store_true", help="also the chassis's J1939 messages")
    spec = table.load(chassis=read.parse_args().chassis)
    sys.stdout.buffer.write(dbc(spec.rows.values()).encode("cp1252", "replace"))


if __name__ == "__main__":
    run(main)
