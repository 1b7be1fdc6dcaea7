"""Every message has its words in English and in Chinese, with the same arguments, and the code gives each of these."""

import ast
import re
import string
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from helpers.data import CORPUS, ROOT, needs_corpus
from hypothesis import given, strategies as st
from test_bad_input import CASES, folder
from test_rules import EXACT

from convert.checking.archive import check
from convert.errors import ConvertError
from convert.messages import Language, Message, catalogue, message, translate
from convert.model import Finding
from convert.readers.html.lazy import note as lazy
from convert.settings import Settings

HAN = re.compile(r"[\u4e00-\u9fff]")


# --- what documents make the program say ------------------------------------------------------------------------------


def found(source: Path, fidelity: tuple[str, ...] = ()) -> list[tuple[str, Message]]:
    findings: list[Finding] = []
    check([str(source)], Settings(fidelity=fidelity, workers=1), findings.append)
    return [(each.code, each.message) for each in findings]


def all_told(messages: Iterable[tuple[str, Message]]) -> None:
    pairs = set(messages)
    assert pairs
    assert [said for _, said in pairs if not HAN.search(said.text_in("zh")) or not str(said)] == []


@pytest.mark.slow
@pytest.mark.parametrize("place", ["seeds", "tests/rules", "tests/cases", "tests/pages", "tests/commands/press"])
def test_what_our_own_documents_make_it_say(place: str) -> None:
    all_told(found(ROOT / place, ("markdown", "epub") if place == "seeds" else ()))


@pytest.mark.parametrize("case", [case for case in CASES if case != "too large"])
def test_what_bad_documents_make_it_say(case: str, tmp_path: Path) -> None:
    name, data, *_ = CASES[case]
    all_told(found(folder(tmp_path, name, data)))


@pytest.mark.slow
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
        ("a.md", "---\nid: a\ntitle: 纸\n---\n\n纸。\n", "SRC017", "line 'source: https://…'"),
        ("a.html", OWN_HTML, "ART001", "<h1> should hold it"),
        ("a.html", OWN_HTML, "SRC017", "give it with --address"),
        ("a.jsonl", '{"name": "纸"}\n', "SRC004", 'begin with "schema_version"'),
        ("convert.toml", "strict = true\n", "SRC004", "these are settings of a program"),
    ],
)
def test_advice_is_for_the_form_of_the_document(name: str, text: str, code: str, advice: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    messages = found(tmp_path / name)
    all_told(messages)
    told_here = [str(said) for each, said in messages if each == code]
    assert len(told_here) == 1
    assert advice in told_here[0]
    assert "### TITLE'" not in told_here[0] or "Markdown" in told_here[0]
    assert "原文链接" not in told_here[0]


def test_a_picture_without_any_address_is_told_without_a_gap() -> None:
    assert str(lazy("white.png", "a.jpg")) == "placeholder white.png for the picture a.jpg"
    assert str(lazy("", "a.jpg")) == "the picture a.jpg waits for a script; src is empty, and should be that address"


def test_a_short_article_without_address_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\nid: a\ntitle: 纸\n---\n\n纸。\n", "utf-8")
    said = [(code, str(each)) for code, each in found(tmp_path / "a.md")]
    assert ("ART005", "the text has 1 letters, 纸。; fetch the page again, or leave it out") in said


# --- the catalogues ---------------------------------------------------------------------------------------------------

IDS = [each for each in catalogue("zh")._catalog if each and isinstance(each, str)]  # type: ignore[attr-defined]  # no other way lists them


def names(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


@pytest.mark.slow
def test_catalogues_are_up_to_date_and_complete() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/catalogues.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("key", IDS)
def test_catalogues_say_the_same_in_both_languages(key: str) -> None:
    english, chinese = translate(key, "en"), translate(key, "zh")
    assert names(english) == names(chinese)
    assert HAN.search(chinese) or key == "type-null" or not re.search("[a-z]", re.sub(r"{.*?}", "", english))
    assert key.startswith("error-") or sorted(EXACT.findall(english)) == sorted(EXACT.findall(chinese))


@pytest.mark.parametrize("key", IDS)
def test_catalogue_in_chinese_is_set_as_chinese(key: str) -> None:
    literals = [literal for literal, _, _, _ in string.Formatter().parse(translate(key, "zh"))]
    bare = re.sub(r"`[^`]*`|<[^>]*>|'[^']*'", "", "x".join(literals))
    assert not re.search(r"[\u4e00-\u9fff][,.;:?!()]|[,.;:?!()][\u4e00-\u9fff]", bare)
    assert not re.search(r"[\u4e00-\u9fff] [\u4e00-\u9fff]|[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]", bare)


def calls(path: Path) -> Iterator[tuple[int, str, list[str]]]:
    """The line, the id and the names of the arguments of each message in a module."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Call(ast.Name(name) | ast.Attribute(attr=name), [ast.Constant(str(key)), *_], keywords) if (
                name == "message" or name.endswith("Error")
            ):
                yield node.lineno, key, sorted(str(each.arg) for each in keywords)


OURS = {"ConvertError"} | {each.__name__ for each in ConvertError.__subclasses__()}


@pytest.mark.slow
def test_code_fills_no_message_before_it_is_translated() -> None:
    for path in sorted((ROOT / "convert").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(ast.Name(name) | ast.Attribute(attr=name), [ast.JoinedStr(), *_]):
                    assert name != "message" and name not in OURS, f"{path}:{node.lineno}"


def test_code_gives_each_argument_that_a_message_names() -> None:
    wrong = [
        (str(path.relative_to(ROOT)), line, key)
        for path in sorted((ROOT / "convert").rglob("*.py"))
        for line, key, given_names in calls(path)
        if given_names and "None" not in given_names and set(given_names) != set(names(translate(key, "en")))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("said", "chinese"),
    [
        (message("duplicate-article", first="a.md"), "与 a.md 是同一篇文章"),
        (message("duplicate-article", first="纸/a.md"), "与纸/a.md 是同一篇文章"),
        (message("removed-media", kind=message("media-video")), "镜像没有保留这里的视频"),
        (message("removed-media", kind=message("media-instagram")), "镜像没有保留这里的 Instagram 贴文"),
        (message("relative-link", target="a {b}", resolved="b"), "相对链接 a {b} 已补成 b"),
        (
            message("unknown-ignore", word="'x'"),
            "没有 'x' 这条规则；`convert explain` 列出全部规则",
        ),
        (
            message("title-leading-space", title="一张纸的重量"),
            "标题开头有空白；第一行应当写作 ### 一张纸的重量",
        ),
        (message("damaged-in-archive", reason=message("archive-cut-short")), "在压缩包里已经损坏：后面被截断了"),
        (message("error-EACCES"), "没有权限"),
        (message("file-larger-than", limit=16777216), "超过 16,777,216 字节"),
        (Message("what no system says yet {"), "what no system says yet {"),
    ],
)
def test_message_in_chinese_is_spaced_around_what_it_names(said: Message, chinese: str) -> None:
    assert said.text_in("zh") == chinese


@given(st.sampled_from(IDS), st.data())
def test_message_takes_any_text(key: str, data: st.DataObject) -> None:
    arguments = {name: data.draw(st.text(max_size=8)) for name in names(translate(key, "en"))}
    said = Message(key, tuple(sorted(arguments.items())))
    languages: tuple[Language, ...] = ("en", "zh")
    if not any(spec for _, _, spec, _ in string.Formatter().parse(translate(key, "en"))):
        for language in languages:
            assert all(each in said.text_in(language) for each in arguments.values())
