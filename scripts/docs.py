#!/usr/bin/env python3
"""Writes what the documentation takes from the code, so that the two cannot disagree.

    .venv/bin/python scripts/docs.py           writes docs/rules/, docs/audit/, docs/images/, the tables of docs/*.md
    .venv/bin/python scripts/docs.py --check   writes nothing; fails where something is out of date

A table is between two comments, `<!-- table: NAME -->` and `<!-- end of table -->`.
The pictures are drawn by picture.py and recording.py beside this file.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import picture
import recording

from convert.audit.vector import DATE, KINDS, LEVELS as AUDIT_LEVELS, SEEN, Vector, vectors
from convert.cli import cli
from convert.cli.abilities import ABILITIES
from convert.control import profiles
from convert.control.codes import codes
from convert.fixes import FIXERS, in_source
from convert.messages import Language
from convert.readers.mirror.dialects import DIALECTS
from convert.readers.posts import fields
from convert.rules import RULES
from convert.rules.rule import Rule
from convert.writers import WRITERS

ROOT = Path(__file__).parent.parent
TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end of table -->)", re.DOTALL)
SECTION = re.compile(r"^## (.+)\n((?:(?!## ).*\n?)*)", re.MULTILINE)

LANGUAGES: tuple[tuple[Language, str, str], ...] = (
    ("en", "", "[中文](zh/{}.md)"),
    ("zh", "zh/", "[English](../{}.md)"),
)
"""Each language of the rules' pages: its folder in docs/rules/, and how a page leads to the same one in the other."""
LEVELS = {"error": "错误", "warning": "警告", "info": "提示"}
OUTCOMES = {"fixed": "修正", "fixed, `--fix`": "修正，`--fix`", "left out": "跳过", "reported": "报告"}


def cell(value: str) -> str:
    """Return `value` as the text of a cell."""
    return " ".join(value.split()).replace("|", "\\|")


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table in GitHub's Markdown."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *([cell(each) for each in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def sections(rule: Rule, language: Language = "en") -> dict[str, str]:
    """Return the sections of a rule's page by heading."""
    return dict(SECTION.findall(rule.page_in(language)))


def outcome(rule: Rule) -> str:
    """Return the fate of the faults that a rule finds: a key of OUTCOMES."""
    if rule.code in FIXERS:
        return "fixed, `--fix`"
    if rule.fixable:
        return "fixed"
    if rule.check_document or rule.fidelity:
        return "reported"
    return "left out" if rule.level == "error" else "reported"


def formats() -> str:
    """Return the table of formats, one row for each writer."""
    rows = (
        (
            f"`{name}`",
            str(writer.about),
            f"`{writer.suffix}`",
            "one file" if writer.bind else "a file an article",
            "kept" if writer.nav == "keep" else "left out",
        )
        for name, writer in WRITERS.items()
    )
    return table(("`--to`", "What it is", "Name ends in", "Result", "The mirror's links, by default"), rows)


def dialects() -> str:
    """Return the table of dialects, in the order in which they are tried, with the docstrings of their modules."""
    rows = []
    for name in DIALECTS:
        module = import_module("convert.readers.mirror.dialects." + re.sub(r"\W", "_", name))
        rows.append((f"`{name}`", (module.__doc__ or "").removeprefix(f"{name}.")))
    return table(("Dialect", "Its pages"), rows)


PLACES = {
    "title": ("title", "else the first heading, else the file's name"),
    "published": ("published", "else a first line 时间：, else the day in the file's name"),
    "created": ("published", "where nothing else gives a day"),
    "modified": ("modified", ""),
    "authors": ("authors", "lists and mappings too, `[[Ann]]` is a name; else a first line 作者："),
    "editor": ("editor", "else a first line 编辑："),
    "address": ("source.address", "else a link in a first line 来源： or 原文：, that with the title before others"),
    "path": ("source.address", "the path on the post's own site, where nothing else gives an address"),
    "slug": ("source.address", "the last part of that path"),
    "publisher": ("publisher", "the name, without the address; else that in a first line 来源："),
    "section": ("section", "the first; the others are keywords"),
    "keywords": ("keywords", "all of them"),
    "description": ("description", ""),
    "language": ("language", "else that of the text"),
    "series": ("series", ""),
    "id": ("id", "else the file's name"),
    "lead": ("lead", "unless the body shows that picture"),
}
"""For each row of the table of front matter: the article's field, and a remark."""


def fields_of_posts() -> str:
    """Return the table from keys of front matter to the fields of the article."""
    rows = []
    for name, place in fields.TABLE.items():
        field, remark = PLACES[name]
        rows.append((f"`{field}`", ", ".join(f"`{key}`" for key in place.keys), remark))
    return table(("Field", "Keys, the first before the next", ""), rows)


def rules_page() -> str:
    """Return the English list of the rules, docs/rules/README.md."""
    rows = (
        (f"[{rule.code}]({rule.code}.md)", rule.name, rule.level, outcome(rule), sections(rule)["What it finds"])
        for rule in RULES.values()
    )
    return (
        "# The rules\n\n"
        "Everything that `convert` can report about a document. `convert explain CODE` shows the same pages.\n"
        "These pages are made from the rules by `scripts/docs.py`; change the rules, not the pages.\n"
        "[中文](zh/README.md)\n\n"
        + table(("Code", "Name", "Level", "What happens", "What it finds"), rows)
        + "\n- **fixed**: the output does not have it any more; the ledger says what was changed or taken out.\n"
        "- **`--fix`**: `convert validate --fix` fixes it in the source, unless that would change the article.\n"
        "- **left out**: the document is not converted; the others are.\n"
        "- **reported**: nothing else is done about it.\n"
    )


def rules_page_in_chinese() -> str:
    """Return the Chinese list of the rules, docs/rules/zh/README.md."""
    rows = (
        (
            f"[{rule.code}]({rule.code}.md)",
            rule.name,
            rule.title_in("zh"),
            LEVELS[rule.level],
            OUTCOMES[outcome(rule)],
            sections(rule, "zh")["查什么"].replace("\n", ""),
        )
        for rule in RULES.values()
    )
    return (
        "# 规则\n\n"
        "`convert` 检查文档时可能报告的全部问题。`convert explain --lang zh CODE` 显示的也是这些内容。\n"
        "这些页面由 `scripts/docs.py` 生成：要修改，请改 `convert/rules/pages/zh/` 里的原稿。\n"
        "[English](../README.md)\n\n"
        + table(("代码", "名称", "问题", "级别", "怎样处理", "查什么"), rows)
        + "\n- **修正**：输出里不再有这个问题；改了什么、删了什么，清单里都有记录。\n"
        "- **`--fix`**：只要文章内容不变，`convert validate --fix` 就会直接修改原文件。\n"
        "- **跳过**：这份文档不转换，其他文档照常转换。\n"
        "- **报告**：只说明，不做别的处理。\n"
    )


def pages() -> Iterator[tuple[str, str]]:
    """Yield each file of docs/rules/ with its text."""
    yield "README.md", rules_page()
    yield "zh/README.md", rules_page_in_chinese()
    for rule in RULES.values():
        for language, folder, link in LANGUAGES:
            title, _, rest = rule.page_in(language).partition("\n")
            more = f"\n{sentence}\n" if (sentence := in_source(rule.code, language)) else ""
            yield f"{folder}{rule.code}.md", f"# {title}\n\n{link.format(rule.code)}\n{rest}\n{more}"


def code_span(text: str) -> str:
    """Return a text as code in a cell; a bar is escaped there too (GFM, section 4.10)."""
    return f"`{text}`" if "`" not in text else f"`` {text} ``"


def vector_row(vector: Vector) -> tuple[str, ...]:
    """Return the row of a table for a vector."""
    places = ", ".join(map(code_span, vector.at[:8])) + (" …" if len(vector.at) > 8 else "")
    level = AUDIT_LEVELS[vector.code[3]]
    seen = f"{SEEN.get(vector.seen, vector.seen)} ({vector.source})"
    name = f"{vector.name}<br>{vector.zh}"
    return vector.code, name, f"{level.en} {level.zh}", vector.en, places, code_span(vector.example), seen


def audit_pages() -> Iterator[tuple[str, str]]:
    """Yield each file of docs/audit/ with its text: a list of the levels and kinds, and a page for each kind."""
    rows = vectors().values()
    counts = ((f"[{kind}]({kind}.md)", str(sum(each.kind == kind for each in rows))) for kind in KINDS)
    levels = ((f"AUD{digit}xx", each.level, each.en, each.zh) for digit, each in AUDIT_LEVELS.items())
    yield (
        "README.md",
        "# The vectors of the audit\n\n"
        f"All {len(rows)} ways to load, run or leave a trace that `convert audit` knows, by kind, last compared\n"
        f"with their sources on {DATE}. These pages are made from `convert/audit/vectors/` by `scripts/docs.py`;\n"
        "change the table, not the pages. [How to use the audit, and what it promises](../audit.md).\n\n"
        f"{table(('Kind', 'Vectors'), counts)}\n{table(('Code', 'Level', 'What it means', '意思'), levels)}",
    )
    heads = ("Code", "Name", "Level", "What it is", "Where", "Example", "What programs do")
    for kind in KINDS:
        of_kind = (vector_row(each) for each in rows if each.kind == kind)
        yield (
            f"{kind}.md",
            f"# Vectors of the audit: {kind}\n\nMade from `convert/audit/vectors/{kind}.tsv`. "
            f"`{{u}}` is an address elsewhere. [All kinds](README.md).\n\n{table(heads, of_kind)}",
        )


def profile() -> str:
    """Return the table of the profile `mirror`: rules, their level there, and the reason for it."""
    rows = []
    for group in profiles.load("mirror").group:
        named = sorted(codes(group.rules))
        rows.append((", ".join(f"[{code}](rules/{code}.md)" for code in named), group.level, group.why))
    return table(("Rules", "Level", "Why"), rows)


def abilities() -> str:
    """Return the table of abilities, one row for each command."""
    rows = []
    for name, row in ABILITIES.items():
        command: Any = cli
        for word in name.split():
            command = command.commands[word]
        shown = {each.name: each.opts[-1] if each.opts[-1][0] == "-" else each.metavar for each in command.params}
        edits = [f"{code_span(shown[each])}, with `--{switch}`" for switch, each in row.edits]
        writes = [*(code_span(shown[each]) for each in row.writes), *edits, *map(code_span, row.variables)]
        shown_by_address = " or ".join(code_span(shown[each]) for each in row.addresses if each != "assets")
        cells = (
            (code_span(shown[each]) for each in row.reads),
            writes,
            (code_span(shown[each]) for each in row.keeps),
            map(code_span, row.programs),
            [
                *["the hosts that its rules allow"] * row.network,
                *["listens at 127.0.0.1 and ::1"] * row.serves,
                *[f"the storage, with an address as {shown_by_address}"] * bool(row.addresses),
                *["the scheduler, with `--runner dask`"] * row.clusters,
            ],
        )
        title = "convert --to" if name == "to" else f"convert {name}"
        rows.append((code_span(title), *(", ".join(each) or "nothing" for each in cells)))
    heads = ("Command", "Reads for documents", "Writes", "Also while it reads a document", "Starts", "Network")
    return table(heads, rows)


TABLES = {
    "abilities": abilities,
    "formats": formats,
    "dialects": dialects,
    "profile": profile,
    "posts": fields_of_posts,
}
PAGES = ("abilities.md", "formats.md", "inputs.md", "validation.md")
"""The pages of docs/ with tables that are made from the code."""


def wanted(root: Path = ROOT) -> Iterator[tuple[Path, str | None]]:
    """Yield each file that is made from the code with its text; None for a page of a rule that is gone."""
    for folder, files in (("rules", pages()), ("audit", audit_pages())):
        made = {root / "docs" / folder / name: page for name, page in files}
        yield from made.items()
        for file in sorted((root / "docs" / folder).rglob("*.md")):
            if file not in made:
                yield file, None
    for name in PAGES:
        page = root / "docs" / name
        text = page.read_text("utf-8")
        yield page, TABLE.sub(lambda match: match[1] + TABLES[match[2]]() + match[3], text)


def stale(files: Iterable[tuple[Path, str | None]]) -> list[tuple[Path, str | None]]:
    """Return the files whose text is out of date, each with its right text."""
    return [(file, page) for file, page in files if (file.read_text("utf-8") if file.exists() else None) != page]


def write(file: Path, page: str | None) -> None:
    """Write a file, or remove it."""
    if page is None:
        file.unlink()
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page, "utf-8")


def main(arguments: list[str]) -> int:
    """Check or write everything, and return the exit status."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: scripts/docs.py [--check]\n")
        return 2
    check = bool(arguments)
    found = stale([*wanted(), *recording.wanted()])
    names = [file.relative_to(ROOT).as_posix() for file, _ in found]
    if picture.is_stale():
        names.append(picture.PICTURE.relative_to(ROOT).as_posix())
        if not check:
            picture.PICTURE.write_bytes(picture.draw())
    if not check:
        for file, page in found:
            write(file, page)
    sys.stdout.writelines(f"{name} {'is out of date' if check else 'written'}\n" for name in names)
    if check and names:
        sys.stdout.write("run: make docs\n")
    return 1 if check and names else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
