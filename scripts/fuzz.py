"""Fuzzes every reader and writer with damaged documents: `make fuzz MINUTES=10`, with `SEED=7` to repeat a run.

A document is one of ours, in each format that is read, changed where its structure is: tags, brackets, lines and
strings are repeated, removed, swapped, nested and cut.  Each round converts some of them to every format and validates
them.  A round fails if it ends with a traceback, a fault of this program (SRC009), a status that is not documented, a
temporary file, or a book that epubcheck does not take.  What fails stays under build/fuzz/; all follows from the seed.
"""

import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "build" / "fuzz"
DOCUMENTS = 12
"""Documents of a round."""
FORMATS = {"markdown": "out/", "json": "out/", "jsonl": "b.jsonl", "html": "b.html", "epub": "b.epub", "pdf": "b.pdf"}
PDF_EVERY, EPUBCHECK_EVERY = 5, 10
"""Rounds between two that draw a PDF, and between two books that epubcheck, which takes seconds, is asked about."""
PIECE = re.compile(r"<[^<>]*>|[\[\]{}()|*_`#>\"'\\:&;]|\n|[^<\[\]{}()|*_`#>\"'\\:&;\n]+")
"""A piece of a document's structure: a tag, a sign of Markdown or JSON, a line end, or the text between."""
SIGNS = (
    "<", "</p>", "<b>", "<a href=", "<!--", "-->", "<table>", "<ok ", "[", "](", "![", "*", "_", "`", "```\n", "> ",
    "- ", "|", "\\", "&", "&#", "&#xD800;", "&#146;", "\x00", "\x85", "\u200b", "\u202e", "\ufffd", "\ufeff", "\r",
    "\n\n", "\n---\n", '"', "{", "}", "\\ud800", "javascript:", "https://a.example/[1]?q=#a#b", "//", "..", "%", "％",
    "𠀀", "e\u0301",
)  # fmt: skip


def nested(chance: random.Random, pieces: list[str]) -> list[str]:
    """Put a piece around others, many times."""
    at, depth = chance.randrange(len(pieces) + 1), chance.choice((2, 9, 130, 500))
    piece = chance.choice(("<div>", "<b>", "> ", "[", "{", "(", "*", "<table><tr><td>", "<blockquote>", "- "))
    return [*pieces[:at], piece * depth, *pieces[at:]]


def repeated(chance: random.Random, pieces: list[str]) -> list[str]:
    """Repeat a few pieces."""
    at = chance.randrange(len(pieces))
    end = at + chance.randint(1, 20)
    return [*pieces[:at], *pieces[at:end] * chance.choice((2, 3, 50)), *pieces[end:]]


def removed(chance: random.Random, pieces: list[str]) -> list[str]:
    """Remove a few pieces."""
    at = chance.randrange(len(pieces))
    return [*pieces[:at], *pieces[at + chance.randint(1, 30) :]]


def swapped(chance: random.Random, pieces: list[str]) -> list[str]:
    """Let two pieces change places."""
    one, other = chance.randrange(len(pieces)), chance.randrange(len(pieces))
    pieces = [*pieces]
    pieces[one], pieces[other] = pieces[other], pieces[one]
    return pieces


def inserted(chance: random.Random, pieces: list[str]) -> list[str]:
    """Insert a sign."""
    at = chance.randrange(len(pieces) + 1)
    return [*pieces[:at], chance.choice(SIGNS), *pieces[at:]]


def cut(chance: random.Random, pieces: list[str]) -> list[str]:
    """Cut the document short."""
    return pieces[: chance.randint(len(pieces) // 2, len(pieces))]


CHANGES: tuple[Callable[[random.Random, list[str]], list[str]], ...] = (
    inserted, inserted, inserted, nested, removed, repeated, swapped, cut,
)  # fmt: skip


def damaged(chance: random.Random, document: str) -> bytes:
    """Return a document with a few changes, and sometimes with bytes that are no UTF-8."""
    pieces = PIECE.findall(document)
    for _ in range(chance.choice((1, 1, 2, 4, 12))):
        pieces = chance.choice(CHANGES)(chance, pieces or [""])
    data = "".join(pieces).encode("utf-8", "surrogatepass")
    if chance.random() < 0.05 and data:
        at = chance.randrange(len(data))
        data = data[:at] + chance.randbytes(1) + data[at + 1 :]
    return data


def originals(folder: Path) -> list[tuple[str, str]]:
    """Return documents to damage, with their suffixes: the seeds, and what this program makes of them."""
    found = [(".md", path.read_text("utf-8")) for path in sorted((ROOT / "seeds").rglob("*.md"))]
    found += [
        (".html", path.read_text("utf-8", "replace")) for path in sorted((ROOT / "tests/pages").glob("*/source.html"))
    ]
    for to, suffix in (("markdown", ".md"), ("json", ".json"), ("jsonl", ".jsonl")):
        out = folder / f"{to}{suffix if to == 'jsonl' else ''}"
        run(["--to", to, str(ROOT / "seeds"), "-o", f"{out}{'' if to == 'jsonl' else '/'}", "-q"], folder)
        paths = [out] if out.is_file() else sorted(out.rglob(f"*{suffix}"))
        found += [(suffix, path.read_text("utf-8")) for path in paths]
    return found


def run(arguments: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run the program in a folder."""
    command = [sys.executable, "-X", "dev", "-m", "convert", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, errors="replace", timeout=600, check=False
    )


def faults(folder: Path, number: int, chance: random.Random) -> Iterator[str]:
    """Yield what is wrong with a round, with the command."""
    commands = [["--to", to, "in", "-o", out] for to, out in FORMATS.items() if to != "pdf" or not number % PDF_EVERY]
    commands += [["validate", "in"], ["validate", "--fix", "--diff", "in"]]
    if chance.random() < 0.2:
        commands.append(["validate", "--fidelity-to", "markdown,html,epub,json", "in"])
    for command in commands:
        try:
            done = run(command, folder)
        except subprocess.TimeoutExpired:
            yield f"hangs: {' '.join(command)}"
            continue
        said = done.stdout + done.stderr
        for sign in ("Traceback", "SRC009", "a fault of this program"):
            if sign in said:
                line = next(each for each in said.splitlines() if sign in each)
                yield f"{sign}: {' '.join(command)}: {line}"
        if done.returncode not in (0, 3, 4):
            yield f"status {done.returncode}: {' '.join(command)}"
    yield from (f"left behind: {path.name}" for path in folder.rglob("*.part"))
    book = folder / "b.epub"
    if not number % EPUBCHECK_EVERY and book.is_file():
        sys.path.insert(0, str(ROOT / "tests"))
        from helpers.epub import epubcheck

        yield from (f"epubcheck: {each}" for each in epubcheck(book))


def main() -> None:
    """Fuzz for the minutes of the first argument, with the seed of the second."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1] else 1.0
    seed = int(sys.argv[2]) if len(sys.argv) > 2 and sys.argv[2] else random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}, {minutes:g} minute(s)")
    KEPT.mkdir(parents=True, exist_ok=True)
    work = KEPT / "originals"
    work.mkdir(exist_ok=True)
    documents = originals(work)
    end, number, failed = time.monotonic() + 60 * minutes, 0, 0
    while time.monotonic() < end:
        chance = random.Random(f"{seed}/{number}")  # noqa: S311 # not for secrets
        folder = KEPT / f"{seed}-{number}"
        (folder / "in").mkdir(parents=True, exist_ok=True)
        for each in range(DOCUMENTS):
            suffix, document = chance.choice(documents)
            (folder / "in" / f"n{each}{suffix}").write_bytes(damaged(chance, document))
        found = sorted(set(faults(folder, number, chance)))
        print(*(f"{folder.relative_to(ROOT)}: {each}" for each in found), sep="\n", end="\n" if found else "")
        failed += bool(found)
        if not found:
            remove(folder)
        number += 1
    print(f"{number} rounds of {DOCUMENTS} documents, {failed} of them failed; repeat with SEED={seed}")
    sys.exit(1 if failed else 0)


def remove(folder: Path) -> None:
    """Remove a folder and what is in it."""
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()


if __name__ == "__main__":
    main()
