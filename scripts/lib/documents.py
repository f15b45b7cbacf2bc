"""What scripts/docs does: the pages in docs/ that come from tables."""

import sys

from alone import ROOT
import command_table
import peer_table
import quirk_table
import setting_table
import support_table
import system_table
import thing_table

PAGES = {
    "commands.md": command_table.table,
    "peers.md": peer_table.table,
    "quirks.md": quirk_table.table,
    "settings.md": setting_table.table,
    "supported.md": support_table.table,
    "systems.md": system_table.table,
    "things.md": thing_table.table,
}


def main(arguments: list[str]) -> int:
    """Write the pages, or with --check tell which are not as they would be written."""
    stale = []
    for name, table in PAGES.items():
        page, text = ROOT / "docs" / name, table()
        if not page.exists() or page.read_text("utf-8") != text:
            stale.append(f"docs/{name}")
            if arguments != ["--check"]:
                page.write_text(text, "utf-8")
    if arguments == ["--check"] and stale:
        print(f"{', '.join(stale)}: not as the tables say; run scripts/docs", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
