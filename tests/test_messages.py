"""Every message that a finding can have reads in Chinese too, and says the same."""

import ast
import errno
import importlib
import os
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import pairwise, product
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pytest
from helpers.data import CORPUS, ROOT, needs_corpus
from hypothesis import given
from hypothesis import strategies as st
from test_bad_input import CASES, folder
from test_rules import EXACT
from test_violations import FAULTS

from convert.checking.archive import check
from convert.codec.violations import KINDS
from convert.model import AsideKind, EmbedKind, Finding
from convert.readers.html.inlines import lazy
from convert.rules import RULES
from convert.rules.checks import htm004_empty_element
from convert.rules.messages import Template, said, templates
from convert.rules.rule import in_chinese
from convert.settings import Settings

CODE = re.compile(r"[A-Z]{3}\d{3}\Z")
HAN = re.compile(r"[\u4e00-\u9fff]")
PART = "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}%s\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
"""What stands for a part that only a run knows."""


def told(code: str, message: str) -> Finding:
    return Finding(code, RULES[code].name, RULES[code].level, message, "a.md")


def untold(code: str, message: str) -> bool:
    """Whether nobody wrote a message in Chinese, or of several templates that fit the first is not the closest."""
    sizes = [
        sum(map(len, template.english[::2])) for template in templates(code) if template.parts(message) is not None
    ]
    return not sizes or sizes[0] <= max(sizes[1:], default=0)


# --- what documents make the program say ------------------------------------------------------------------------------


def found(source: Path, fidelity: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    findings: list[Finding] = []
    check([str(source)], Settings(fidelity=fidelity, workers=1), findings.append)
    return [(each.code, each.message) for each in findings]


def all_told(messages: Iterable[tuple[str, str]]) -> None:
    pairs = set(messages)
    assert pairs
    assert sorted(pair for pair in pairs if untold(*pair)) == []


@pytest.mark.parametrize("place", ["seeds", "tests/rules", "tests/cases", "tests/pages", "tests/commands/press"])
def test_what_our_own_documents_make_it_say(place: str) -> None:
    all_told(found(ROOT / place, ("markdown", "epub") if place == "seeds" else ()))


@pytest.mark.parametrize("case", [case for case in CASES if case != "too large"])
def test_what_bad_documents_make_it_say(case: str, tmp_path: Path) -> None:
    name, data, *_ = CASES[case]
    all_told(found(folder(tmp_path, name, data)))


@needs_corpus
def test_what_real_articles_make_it_say() -> None:
    all_told(found(CORPUS))


DAMAGED = [
    'title: "a\nid: b',
    "title: 'a\nid: b",
    "title: {}\nid: b",
    "title: [a]\nid: b",
    "title: |\n  a: b\n c\nid: b",
    "title: @a\nid: b",
    "title: |\n  a\x07\nid: b",
    "title: *a\nid: b",
    "title: a\ntitle: b\nid: b",
    f"title: {'[' * 2000}\nid: b",
    f"source: c\nid: b\ntitle: >\n  {'a' * (1 << 20)}",
]


@pytest.mark.parametrize("front", DAMAGED)
def test_what_damaged_front_matter_makes_it_say(front: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"---\n{front}\n---\n纸\n", "utf-8")
    messages = found(tmp_path)
    all_told(messages)
    assert [code for code, _ in messages] == ["SRC007"]


@pytest.mark.parametrize("front", ["title = ", "title = {}", f"title = {'[' * 5000}", "title = 1\ntitle = 2"])
def test_what_damaged_front_matter_of_toml_makes_it_say(front: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f'+++\nid = "b"\nsource = "c"\n{front}\n+++\n纸\n', "utf-8")
    messages = found(tmp_path)
    all_told(messages)
    assert [code for code, _ in messages] == ["SRC007"]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault[-1])
def test_what_damaged_json_makes_it_say(fault: tuple[str, str, tuple[int, int], str]) -> None:
    all_told([("ART009", fault[-1])])
    assert not re.search(r"\b(the|is|an?|and|or|should|has)\b", said(told("ART009", fault[-1]), "zh"))


def test_what_archives_make_it_say(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("../a.md", "")
        archive.writestr("b.md", "纸" * 99, zipfile.ZIP_LZMA)
        link, secret = zipfile.ZipInfo("c.md"), zipfile.ZipInfo("d.md")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "b.md")
        archive.writestr(secret, "")
        secret.flag_bits |= 1  # the table of contents is written when it closes
    messages = found(tmp_path / "a.zip")
    all_told(messages)
    assert Counter(code for code, _ in messages) == {"SRC003": 4}


OWN_HTML = (
    '<!DOCTYPE html><html><head><meta name="generator" content="archive-convert"/></head><body>'
    "<article><header><h1></h1></header><p>纸。</p></article></body></html>"
)


@pytest.mark.parametrize(
    ("name", "text", "code", "advice"),
    [
        ("a.md", "---\nid: a\nsource: https://example.org/a\n---\n\n纸。\n", "ART001", "line 'title: TITLE'"),
        ("a.md", "---\nid: a\ntitle: 纸\n---\n\n纸。\n", "SRC008", "line 'source: https://…'"),
        ("a.html", OWN_HTML, "ART001", "<h1> should hold it"),
        ("a.html", OWN_HTML, "SRC008", '<p class="source"> in its <footer> should hold it'),
        ("a.jsonl", '{"name": "纸"}\n', "SRC004", 'begin with "schema_version"'),
        ("convert.toml", "strict = true\n", "SRC004", "nothing here begins an article"),
    ],
)
def test_advice_is_for_the_form_of_the_document(name: str, text: str, code: str, advice: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    messages = found(tmp_path / name)
    all_told(messages)
    told_here = [message for each, message in messages if each == code]
    assert len(told_here) == 1
    assert advice in told_here[0]
    assert "### TITLE'" not in told_here[0] or "Markdown" in told_here[0]
    assert "原文链接" not in told_here[0]


def test_a_picture_without_any_address_is_told_without_a_gap() -> None:
    assert lazy("white.png", "a.jpg") == "placeholder white.png for the picture a.jpg"
    assert lazy("", "a.jpg") == "the picture a.jpg waits for a script; src is empty, and should be that address"


def test_a_short_article_without_address_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\nid: a\ntitle: 纸\n---\n\n纸。\n", "utf-8")
    assert ("ART005", "the text has 1 letters, 纸。; fetch the page again, or leave it out") in found(tmp_path / "a.md")


@pytest.mark.parametrize(
    ("message", "chinese"),
    [
        ("damaged in its archive: cut short", "在压缩包里已经损坏：后面被截断了"),
        (
            "damaged in its archive: Error -3 while decompressing data",
            "在压缩包里已经损坏：Error -3 while decompressing data",
        ),
        ("permission denied", "没有权限"),
        ("what no system says yet", "what no system says yet"),
    ],
)
def test_reasons_of_the_system(message: str, chinese: str) -> None:
    assert said(told("SRC001", message), "zh") == chinese


# --- what is written in the code --------------------------------------------------------------------------------------


class Said:
    """The messages in the code of a module: what stands beside a code, and what a rule returns or yields."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module
        self.tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))

    def messages(self) -> Iterator[tuple[str, str]]:
        own = str(self.module.__name__).rpartition(".")[2].partition("_")[0].upper()
        for function in ast.walk(self.tree):
            if isinstance(function, ast.FunctionDef):
                if function.name in ("check", "look") and own in RULES:
                    for message in self.returned(function):
                        yield own, message
                for node in ast.walk(function):
                    around = (
                        node.args if isinstance(node, ast.Call) else node.elts if isinstance(node, ast.Tuple) else []
                    )
                    for left, right in pairwise(around):
                        if code := code_of(left):
                            for message in self.texts(right, function):
                                yield code, message

    def returned(self, function: ast.FunctionDef) -> Iterator[str]:
        for node in ast.walk(function):
            if isinstance(node, ast.Return | ast.Yield) and (value := node.value) is not None:
                yield from self.texts(value.elts[0] if isinstance(value, ast.Tuple) else value, function)

    def texts(self, node: ast.expr, function: ast.FunctionDef) -> Iterator[str]:
        """The messages that an expression can be."""
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                yield node.value
        elif isinstance(node, ast.JoinedStr):
            parts = [list(self.pieces(part, PART % number, function)) for number, part in enumerate(node.values)]
            yield from map("".join, product(*parts))
        elif isinstance(node, ast.IfExp):
            yield from self.texts(node.body, function)
            yield from self.texts(node.orelse, function)
        elif isinstance(node, ast.Name) and (values := assigned(function.body, node)):
            for value in values:
                yield from self.texts(value, function)
        elif isinstance(text := self.value(node), str):
            yield text
        elif isinstance(node, ast.Call) and callable(called := self.value(node.func)):
            yield from Said(importlib.import_module(called.__module__)).of(called)
        elif not (isinstance(node, ast.Name) and node.id in {each.arg for each in function.args.args}):
            UNKNOWN.add(ast.unparse(node))

    def pieces(self, part: ast.expr, unknown: str, function: ast.FunctionDef) -> Iterator[str]:
        """What can stand in a place of a message."""
        if isinstance(part, ast.Constant):
            yield str(part.value)
        elif isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name):
            known = [
                each for each in assigned(function.body, part.value) if isinstance(each, ast.Constant | ast.JoinedStr)
            ]
            for each in known:
                yield from self.texts(each, function)
            if not known:
                yield unknown
        else:
            yield unknown

    def of(self, called: Callable[..., Any]) -> Iterator[str]:
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == called.__name__:
                yield from self.returned(node)

    def value(self, node: ast.expr) -> object:
        """The value of a name of the module, or of one of a module that it imports."""
        if isinstance(node, ast.Name):
            return getattr(self.module, node.id, None)
        if isinstance(node, ast.Attribute):
            return getattr(self.value(node.value), node.attr, None)
        return None


UNKNOWN: set[str] = set()
"""Messages that only a run knows."""


def code_of(node: ast.expr) -> str:
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "RULES":
        node = node.slice
    return str(node.value) if isinstance(node, ast.Constant) and CODE.match(str(node.value)) else ""


def assigned(block: list[ast.stmt], name: ast.Name) -> list[ast.expr]:
    """What a name can be where it stands: what the nearest block around it that says so made it before."""
    before = [each for each in block if each.lineno <= name.lineno]
    for field in ("body", "orelse"):
        inside = getattr(before[-1], field, [])
        if inside and inside[0].lineno <= name.lineno <= inside[-1].end_lineno and (found := assigned(inside, name)):
            return found
    pairs = (
        pair for each in before for node in ast.walk(each) if isinstance(node, ast.Assign) for pair in set_by(node)
    )
    return [value for to, value in pairs if isinstance(to, ast.Name) and to.id == name.id and to.lineno <= name.lineno]


def set_by(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        yield from zip(target.elts, value.elts, strict=False)
    else:
        yield target, value


@cache
def written() -> list[tuple[str, str]]:
    made: list[tuple[str, str]] = []
    for path in sorted((ROOT / "convert").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if not name.startswith(("convert.cli", "convert.fixes", "convert.__main__")):  # which find nothing
            made += Said(importlib.import_module(name)).messages()
    return made


def test_what_the_code_says() -> None:
    all_told(written())
    assert len(written()) > 90
    assert sorted(UNKNOWN) == [
        "(error.strerror or str(error)).lower()",  # what the system says
        "found.message",  # violations of the schema
        "reader.why_not(_text(data, reader))",  # saved pages, which are in tests/pages and tests/rules
    ]


# --- the templates ----------------------------------------------------------------------------------------------------

TEMPLATES = [(code, template) for code in RULES for template in templates(code)]
SYSTEM = {os.strerror(number).lower() for number in errno.errorcode}


def shown(pair: object) -> str:
    return "{}".join(pair.english[::2]) if isinstance(pair, Template) else str(pair)


def test_every_rule_has_some_and_every_line_is_one() -> None:
    for code in RULES:
        lines = in_chinese(code)[1].strip().split("\n")
        assert len(lines) == len(templates(code)) > 0
        assert len({shown(template) for template in templates(code)}) == len(lines)


@pytest.mark.parametrize(("code", "template"), TEMPLATES, ids=shown)
def test_both_languages_say_the_same(code: str, template: Template) -> None:
    names = list(template.english[1::2])
    assert sorted(set(names)) == sorted(set(template.chinese[1::2]))
    assert len(names) == len(template.chinese[1::2])
    english, chinese = " ".join(template.english[::2]), "".join(template.chinese[::2])
    assert HAN.search(chinese)
    assert english in SYSTEM or sorted(EXACT.findall(english)) == sorted(EXACT.findall(chinese))
    bare = re.sub(r"`[^`]*`|<[^>]*>|'[^']*'", "", "x".join(template.chinese[::2]))
    assert not re.search(r"[\u4e00-\u9fff][,.;:?!()]|[,.;:?!()][\u4e00-\u9fff]", bare)
    assert not re.search(r"[\u4e00-\u9fff] [\u4e00-\u9fff]|[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]", bare)
    assert not template.chinese[-1].endswith("。")


@cache
def constants() -> str:
    """All texts in the code of the program."""
    trees = (ast.parse(path.read_text("utf-8")) for path in (ROOT / "convert").rglob("*.py"))
    return "\n".join(
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


@pytest.mark.parametrize(("code", "template"), TEMPLATES, ids=shown)
def test_nothing_is_there_that_the_code_does_not_say(code: str, template: Template) -> None:
    pieces = [piece.strip() for literal in template.english[::2] for piece in literal.split("; ")]
    assert [piece for piece in pieces if piece not in constants() and piece not in SYSTEM] == []


@pytest.mark.parametrize(
    ("code", "message", "words"),
    [
        ("ART009", "body should be {}, and is {}", [kind for kind in KINDS.values() if kind != "null"]),
        ("HTM004", "empty {}", [name for _, name in htm004_empty_element.FIELDS.values()]),
        ("HTM005", "{} not kept by the mirror", get_args(EmbedKind)),
        ("NAV005", "{} matter of the page", [kind for kind in get_args(AsideKind) if kind != "promotion"]),
    ],
)
def test_words_inside_messages_are_told_too(code: str, message: str, words: list[str]) -> None:
    for word in words:
        assert word not in said(told(code, message.replace("{}", word)), "zh").replace("true 或 false", "")


@given(st.data())
def test_whatever_the_parts_are_they_are_told(data: st.DataObject) -> None:
    code, template = data.draw(st.sampled_from(TEMPLATES))
    literals, names = template.english[::2], template.english[1::2]
    message = literals[0] + "".join(data.draw(st.text(max_size=8)) + literal for literal in literals[1:])
    parts = template.parts(message)
    assert parts is not None
    if len(parts) == len(names):
        assert message == literals[0] + "".join(
            part + literal for part, literal in zip(parts.values(), literals[1:], strict=True)
        )
    assert said(told(code, message), "en") == message
    assert said(told(code, message), "zh") != message


@pytest.mark.parametrize(
    ("code", "message", "chinese"),
    [
        ("SET001", "the same article as a.md", "与 a.md 是同一篇文章"),
        ("SET001", "the same article as 纸/a.md", "与纸/a.md 是同一篇文章"),
        ("HTM005", "video not kept by the mirror", "镜像没有保留这里的视频"),
        ("HTM005", "instagram not kept by the mirror", "镜像没有保留这里的 Instagram 贴文"),
        ("LNK001", "relative link a resolved to b resolved to c", "相对链接 a 已补成 b resolved to c"),
        (
            "SRC010",
            "there is no rule 'x'; `convert explain` lists all",
            "没有 'x' 这条规则；`convert explain` 列出全部规则",
        ),
        (
            "TXT007",
            "the title begins with white space; the first line should read ### 一张纸的重量",
            "标题开头有空白；第一行应当写作 ### 一张纸的重量",
        ),
        ("HTM004", "empty ", "空的 "),
        ("HTM003", "blocks nest more than 8 deep", "blocks nest more than 8 deep"),
    ],
)
def test_a_message_in_chinese(code: str, message: str, chinese: str) -> None:
    assert said(told(code, message), "zh") == chinese


def test_a_long_message_takes_no_longer_than_its_length() -> None:
    message = "nothing tells where the link " + " (" * 1_000_000
    assert said(told("NAV003", message), "zh") == message


def test_a_rule_that_is_not_there_keeps_its_message() -> None:
    assert said(Finding("NEW001", "new", "error", "said", "a.md"), "zh") == "said"
