#!/usr/bin/env python3
"""Writes what the documentation takes from the code, so that the two cannot disagree.

    .venv/bin/python scripts/docs.py           writes docs/rules/ and the tables of README.md
    .venv/bin/python scripts/docs.py --check   writes nothing; fails where something is out of date

A table of README.md stands between two comments, `<!-- table: NAME -->` and `<!-- end of table -->`.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

from convert.readers.mirror.dialects import DIALECTS
from convert.rules import RULES
from convert.rules.rule import Rule
from convert.writers import WRITERS

ROOT = Path(__file__).parent.parent
TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end of table -->)", re.DOTALL)
SECTION = re.compile(r"^## (.+)\n((?:(?!## ).*\n?)*)", re.MULTILINE)


def cell(value: str) -> str:
    """`value` as it can stand in a cell."""
    return " ".join(value.split()).replace("|", "\\|")


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of GitHub's Markdown."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *([cell(each) for each in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def sections(rule: Rule) -> dict[str, str]:
    """The sections of a rule's page by heading."""
    return dict(SECTION.findall(rule.page))


def outcome(rule: Rule) -> str:
    """What happens to what a rule finds."""
    if "Fix" in sections(rule):
        return "mended"
    if "--fidelity" in rule.page:
        return "reported"
    return "left out" if rule.level == "error" else "reported"


def formats() -> str:
    """One row a writer."""
    rows = (
        (
            f"`{name}`",
            writer.about,
            f"`{writer.suffix}`",
            "one file" if writer.bind else "a file an article",
            "kept" if writer.nav == "keep" else "left out",
        )
        for name, writer in WRITERS.items()
    )
    return table(("`--to`", "What it is", "Name ends in", "Result", "The mirror's links, by default"), rows)


def dialects() -> str:
    """One row a dialect, in the order in which they are tried; the words are those of its module."""
    rows = []
    for name in DIALECTS:
        module = import_module("convert.readers.mirror.dialects." + re.sub(r"\W", "_", name))
        rows.append((f"`{name}`", (module.__doc__ or "").removeprefix(f"{name}.")))
    return table(("Dialect", "What tells it"), rows)


def rules(folder: str = "docs/rules/") -> str:
    """One row a rule."""
    rows = ((f"[{rule.code}]({folder}{rule.code}.md)", rule.name, rule.level, outcome(rule)) for rule in RULES.values())
    return table(("Code", "Name", "Level", "What happens"), rows)


def rules_page() -> str:
    """The contents of docs/rules/."""
    rows = (
        (f"[{rule.code}]({rule.code}.md)", rule.name, rule.level, outcome(rule), sections(rule)["What it finds"])
        for rule in RULES.values()
    )
    return (
        "# The rules\n\n"
        "Everything that `convert` can say of a document. `convert explain CODE` shows the same pages.\n"
        "These pages are made from the rules by `scripts/docs.py`; change the rules, not the pages.\n\n"
        + table(("Code", "Name", "Level", "What happens", "What it finds"), rows)
        + "\n- **mended**: the output does not have it any more; the ledger tells what was changed or taken out.\n"
        "- **left out**: the document is not converted; the others are.\n"
        "- **reported**: said, and nothing else.\n"
    )


TABLES = {"formats": formats, "dialects": dialects, "rules": rules}


def wanted(root: Path = ROOT) -> Iterator[tuple[Path, str | None]]:
    """Each file with what should be in it; None where there should be none."""
    folder = root / "docs" / "rules"
    pages = {f"{rule.code}.md": f"# {rule.page.strip()}\n" for rule in RULES.values()}
    pages["README.md"] = rules_page()
    for name, page in pages.items():
        yield folder / name, page
    for file in sorted(folder.glob("*.md")):
        if file.name not in pages:
            yield file, None
    readme = root / "README.md"
    text = readme.read_text("utf-8")
    yield readme, TABLE.sub(lambda match: match[1] + TABLES[match[2]]() + match[3], text)


def stale(root: Path = ROOT) -> list[tuple[Path, str | None]]:
    """What of `wanted` is not so yet."""
    return [(file, page) for file, page in wanted(root) if (file.read_text("utf-8") if file.exists() else None) != page]


def main(arguments: list[str]) -> int:
    """The exit status."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: scripts/docs.py [--check]\n")
        return 2
    for file, page in (found := stale()):
        sys.stdout.write(f"{file.relative_to(ROOT)} {'is out of date' if arguments else 'written'}\n")
        if arguments:
            continue
        if page is None:
            file.unlink()
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(page, "utf-8")
    if arguments and found:
        sys.stdout.write("run: .venv/bin/python scripts/docs.py\n")
    return 1 if arguments and found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
