"""Reports words that the style guide (CONTRIBUTING.md) replaces, in docstrings, messages and docs.

.venv/bin/python scripts/prose.py    one line a word: file, line, the word and what to write; status 1 if there is any

Some words are replaced anywhere, others only at the beginning of a docstring or of a field's description.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
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

OPENINGS = {
    r"what(?:ever)?|wh(?:o|om|ose|oever)|which|those|ones?|all that": "the noun: result, findings, reason, path",
    r"whether": "True if …; of an option: True to …",
    r"where|when|whence": "the position, folder, address or date",
    r"how(?: (?:many|much|often|long))?": "the number, size, way or form",
    r"why": "Reason why …",
    r"it|they": "the noun; of an exception: Error for …",
}
"""Each pattern of words that no docstring begins with, with what to write instead."""


def _any(table: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern of all words of a table, in which the last group is the number of the row."""
    return re.compile("|".join(rf"(?P<w{number}>\b(?:{words})\b)" for number, words in enumerate(table)), re.I)


PATTERN, OPENING = _any(WORDS), _any(OPENINGS)
CODE = re.compile(
    r"`[^`\n]*`|```.*?```|^[^\n]*: (?:error|warning|info) [A-Z]{3}\d{3,4} [^\n]*$|<!--.*?-->", re.S | re.M
)
"""Quotations, which are no prose of ours."""

PAGES = ("*.md", "docs/*.md", "docs/**/*.md", "convert/rules/pages/en/*.md")
PASSED = ("docs/rules/", "README.zh.md", "CHANGELOG.md")
"""Pages that are made from others, or not in English."""


def texts_of(path: Path) -> Iterator[tuple[int, str, bool]]:
    """Yield each docstring, description of a field and message of a module: line, text, and False for a message.

    Values and fields have docstrings too, below them.
    """
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Expr(ast.Constant(str(text))):
                yield node.lineno, text, True
            case ast.keyword("description", ast.Constant(str(text))):
                yield node.value.lineno, text, True
            case ast.Call(ast.Name("message" | "translate" | "UsageError"), [ast.Constant(str(text)), *_]):
                yield node.lineno, text, False


def texts() -> Iterator[tuple[Path, int, str, bool]]:
    """Yield all prose of the project: file, first line, text, and True if the text is a docstring or description."""
    for path in sorted((ROOT / "convert").rglob("*.py")):
        for line, text, described in texts_of(path):
            yield path, line, text, described
    for path in sorted({path for pattern in PAGES for path in ROOT.glob(pattern)}):
        if not str(path.relative_to(ROOT)).startswith(PASSED):
            yield path, 1, path.read_text("utf-8"), False


def faults(text: str, *, described: bool) -> Iterator[tuple[int, str, str]]:
    """Yield each word to be replaced: the number of lines before it, the word, and what to write.

    >>> list(faults("Whether links are believed.", described=True))
    [(0, 'Whether', 'True if …; of an option: True to …'), (0, 'believed', 'trust')]
    """
    prose = CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    first = OPENING.match(prose.lstrip()) if described else None
    rows = [(first, OPENINGS, len(prose) - len(prose.lstrip()))] if first else []
    rows += [(match, WORDS, match.start()) for match in PATTERN.finditer(prose)]
    for match, table, offset in rows:
        yield prose.count("\n", 0, offset), match[0], [*table.values()][int(str(match.lastgroup)[1:])]


def main() -> int:
    """Print each word to be replaced, and return the exit status."""
    found = 0
    for path, first, text, described in texts():
        for lines, word, instead in faults(text, described=described):
            print(f"{path.relative_to(ROOT)}:{first + lines}: {word!r}: write {instead}")
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
