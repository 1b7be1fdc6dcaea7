"""Reports words that the style guide (CONTRIBUTING.md) replaces, in docstrings, helps of options and docs.

.venv/bin/python scripts/prose.py    one line a word: file, line, the word and what to write; status 1 if there is any
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]

WORDS = {
    r"told|tells?|telling": "report, say, show, or name the actor",
    r"mend(?:s|ed|ing)?|unmended": "fix",
    r"hush(?:ed|es)?": "ignore",
    r"believe[sd]?": "trust",
    r"stands?|stood": "is, lies, or take the place of",
    r"obituary|worn|resting": "the reason for its exit, recycled, idle",
}
"""Each pattern of words with what to write instead."""

PATTERN = re.compile("|".join(rf"(?P<w{number}>\b(?:{words})\b)" for number, words in enumerate(WORDS)), re.I)
CODE = re.compile(r"`[^`\n]*`|```.*?```|^[^\n]*: (?:error|warning|info) [A-Z]{3}\d{3} [^\n]*$|<!--.*?-->", re.S | re.M)
"""What is quoted, and no prose of ours."""

PAGES = ("*.md", "docs/*.md", "docs/**/*.md", "convert/rules/pages/en/*.md")
PASSED = ("docs/rules/", "README.zh.md", "CHANGELOG.md")
"""Pages that are made from others, or not in English."""


def docstrings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and text of each docstring, of modules, classes, functions and values, and of each option's help."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Expr(ast.Constant(str(text))):
                yield node.lineno, text
            case ast.keyword("help", ast.Constant(str(text))):
                yield node.value.lineno, text


def texts() -> Iterator[tuple[Path, int, str]]:
    """Yield all prose of the project: file, first line, text."""
    for path in sorted((ROOT / "convert").rglob("*.py")):
        for line, text in docstrings(path):
            yield path, line, text
    for path in sorted({path for pattern in PAGES for path in ROOT.glob(pattern)}):
        if not str(path.relative_to(ROOT)).startswith(PASSED):
            yield path, 1, path.read_text("utf-8")


def main() -> int:
    """Print each word to be replaced, and return the exit status."""
    found = 0
    instead = list(WORDS.values())
    for path, first, text in texts():
        prose = CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
        for match in PATTERN.finditer(prose):
            line = first + prose.count("\n", 0, match.start())
            number = int(str(match.lastgroup)[1:])
            print(f"{path.relative_to(ROOT)}:{line}: {match[0]!r}: write {instead[number]}")
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
