"""Dialects that a user describes in a TOML file: the example of the manual, wrong files, hostile templates."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from helpers.data import ROOT
from helpers.program import run
from hypothesis import given, strategies as st

from convert import api, readers
from convert.codec.toml import places
from convert.readers.mirror.own.file import dialect_of
from convert.readers.mirror.own.load import DialectError, load
from convert.readers.mirror.own.template import TemplateError, compiled
from convert.readers.options import ReadOptions

MANUAL = (ROOT / "docs" / "dialects.md").read_text("utf-8")


def block(language: str) -> str:
    """Return the first block of a language in the manual."""
    match = re.search(rf"```{language}\n(.*?)```", MANUAL, re.S)
    assert match
    return match[1]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A mirror of one page and the file of its dialect, as the manual has them, with settings that name it."""
    (tmp_path / "night-paper.toml").write_text(block("toml"), "utf-8")
    (tmp_path / "convert.toml").write_text('dialects = ["night-paper.toml"]\n', "utf-8")
    page = tmp_path / "pages" / "b" / "1.md"
    page.parent.mkdir(parents=True)
    page.write_text(block("html"), "utf-8")
    return tmp_path


def test_example_of_the_manual_gives_what_the_manual_says(archive: Path) -> None:
    ((article, findings),) = api.read(archive / "pages", dialects=archive / "night-paper.toml")
    assert article is not None
    said = {key: value.strip() for key, value in re.findall(r"^(\w+) +(.+)$", block("text"), re.M)}
    assert said == {
        "title": article.title,
        "published": article.published,
        "publisher": article.publisher,
        "authors": ", ".join(article.authors),
        "editor": article.editor,
        "dateline": article.dateline,
        "source": article.source.address,
        "nav": ", ".join(link.label for link in article.nav),
    }
    assert len(block("toml").splitlines()) < 15
    assert article.source.dialect == "night-paper"
    text = api.write(article).decode()
    for words in ("Join us", "More papers", "Send this page on", "Thanks", "pages/b/1.md)", "Buy paper"):
        assert words not in text
    assert "Then it is beaten" in text
    removed = [each.removed for each in findings if each.code == "NAV005"]
    assert [words[:12] for words in removed] == [
        "[Join us](ht",
        "More papers:",
        "Buy paper!",
        "Send this pa",
        "https://git.",
        "Thanks for r",
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("source", "Taken out of: {address}"),
        ("host", "ink.example/"),
        ("links", "[Back page]("),
        ("start", "<!-- body -->"),
        ("contains", ["/b/night/"]),
        ("title", "<h2>{title}</h2>"),
    ],
)
def test_page_that_lacks_a_line_of_the_dialect_is_told_which(archive: Path, key: str, value: object) -> None:
    path = archive / "night-paper.toml"
    path.write_text(
        re.sub(rf"^{key} = .*$", f"{key} = {json.dumps(value)}", path.read_text("utf-8"), flags=re.M), "utf-8"
    )
    ((article, (finding,)),) = api.read(archive / "pages", dialects=path)
    assert article is None
    said = str(finding.message)
    assert said.startswith(f"not a page of the dialect night-paper: its '{key}', ")
    assert str(value).strip("[]'").partition("{")[0] in said


@pytest.mark.slow
def test_settings_and_option_name_a_dialect(archive: Path) -> None:
    by_settings = run("--to", "json", "pages", "-o", "-", cwd=archive)
    assert json.loads(by_settings.stdout)["source"]["dialect"] == "night-paper"
    alone = run("--to", "json", "pages", "-o", "-", "--isolated", cwd=archive)
    assert alone.returncode == 4
    by_option = run(
        "--to", "json", "pages", "-o", "-", "--isolated", "--dialect", "night-paper.toml", "--workers", "2", cwd=archive
    )
    assert by_option.stdout == by_settings.stdout
    checked = run("validate", "pages", "--level", "info", cwd=archive)
    assert checked.stdout.count(b"NAV005") == 6
    assert b"SRC006" not in checked.stdout
    assert b"SRC012" not in checked.stdout
    over = run("--to", "json", "pages", "-o", "night-paper.toml", cwd=archive)
    assert over.returncode == 2
    assert b"would overwrite the source" in over.stderr


@pytest.mark.slow
def test_another_dialect_makes_an_update_and_a_cache_read_again(archive: Path) -> None:
    command = ("--to", "markdown", "--update", "--split", "channel", "pages", "-o", "out")
    assert run(*command, cwd=archive).returncode == 0
    assert b"left as they are" in run(*command, cwd=archive).stderr
    path = archive / "night-paper.toml"
    path.write_text(path.read_text("utf-8").replace("Night Paper", "Day Paper"), "utf-8")
    assert run(*command, cwd=archive).returncode == 0
    assert any("Day Paper" in each.read_text("utf-8") for each in archive.glob("out/**/*.md"))


# What is wrong in a file, and the places and the first words of what is said about it.
WRONG = [
    ("", ["1:1: the file: the key 'name' is missing", "1:1: the file: the key 'source' is missing"]),
    ("name = ", ["1:8: not TOML: "]),
    ('name = "a"\nsource = "x: {address}"\nlinkz = "y"\n', ["3:9: linkz: there is no such key; did you mean 'links'?"]),
    (
        'name = "A b"\nsource = 3\n',
        ['1:8: name: "A b" should be of small letters', "2:10: source: 3 should be a string"],
    ),
    ('name = "unknown"\nsource = "x"\n', ["1:8: name: the program has a dialect of this name"]),
    ('name = "mh-news"\nsource = "x"\n', ["1:8: name: the program has a dialect of this name"]),
    ('name = "a"\nsource = "{address}"\n', ["2:10: source: has no text before {address}"]),
    ('name = "a"\nsource = ""\n', ["2:10: source: must not be empty"]),
    (
        'name = "a"\nsource = "x"\nbylines = [\n  "{authors}",\n  "By {author}",\n  "{authors}{editor}:",\n  "}",\n]\n',
        [
            "4:3: bylines[0]: has no text of its own",
            "5:3: bylines[1]: has {author}, which it cannot have",
            "6:3: bylines[2]: has {editor} beside another placeholder",
            "7:3: bylines[3]: has a brace alone",
        ],
    ),
    ('name = "a"\nsource = "x"\npublished = "/{year}/"\n', ["3:13: published: lacks {month}"]),
    ('name = "a"\nsource = "x"\ndrop = ["x {text} {text}"]\n', ["3:9: drop[0]: has {text} twice"]),
    ('name = "a"\nsource = "x"\n[asides]\n".x" = "tea"\n', ['4:8: asides.".x": "tea" is not known']),
    ('name = "a"\nsource = "x"\n[asides]\n"p" = "share"\n', ['3:1: asides: "p" should be .CLASS or #IDENTIFIER']),
    ('name = "a"\nsource = "x"\nasides = { ".x" = 1 }\n', ['3:19: asides.".x": 1 ']),
    (f'name = "a"\nsource = "{"x" * 300}"\n', ["2:10: source: is longer than 200 characters"]),
    (f'name = "a"\nsource = "x"\ndrop = {["x"] * 60}\n', ["3:1: drop: has more than 50 items"]),
    ('name = "a"\nsource = "x"\ntitle = "# {title}\\nx"\n', ["3:9: title: has a line break"]),
    ('name = "a"\nsource = "x"\nend = "a\\nb"\nlinks = "a\\n"\n', ["3:7: end: has a line", "4:9: links: has a line"]),
    ('name = "a"\nsource = "x {address"\n', ["2:10: source: has a brace alone; write {{ or }} for"]),
    ("a = " + "[" * 3000, ["1:1: not TOML: too many brackets"]),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_wrong_file_is_reported_with_its_places(tmp_path: Path, text: str, said: list[str]) -> None:
    path = tmp_path / "a.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(DialectError) as caught:
        load(str(path))
    lines = [line.removeprefix("convert: ") for line in str(caught.value).splitlines()]
    assert [line[: len(f"{path}:{each}")] for line, each in zip(lines, said, strict=True)] == [
        f"{path}:{each}" for each in said
    ]
    assert caught.value.text_in("zh")


def test_file_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    (tmp_path / "gbk.toml").write_bytes(b'name = "a"\npublisher = "\xff"\n')
    (tmp_path / "long.toml").write_text("# " + "x" * 70_000, "utf-8")
    for name, said in (
        ("gbk.toml", ":2:14: not UTF-8"),
        ("long.toml", ": is too long"),
        ("none.toml", ": cannot be read"),
    ):
        done = run("--to", "json", ".", "--dialect", name, cwd=tmp_path)
        assert done.returncode == 2
        assert f"{name}{said}".encode() in done.stderr
        assert b"Traceback" not in done.stderr


@given(st.text(alphabet="abc {}[]=\"'#\n,.", max_size=60))
def test_any_text_is_a_dialect_or_an_error(text: str) -> None:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert all(line >= 1 and column >= 1 for line, column in places(text).values())


@given(st.text(alphabet="ab {}年", max_size=30), st.text(alphabet="ab {}年1 ", max_size=60))
def test_any_template_fits_or_is_refused(template: str, line: str) -> None:
    try:
        pattern = compiled(template, ("year", "authors"))
    except TemplateError:
        return
    pattern.match(line)


HOSTILE = [
    "a{text}a{authors}b",
    "aa aa aa{text}aa aa{authors}aa b",
    "{text} {authors} {editor} b",
    "a {year}{month}{day} {text} b",
    "({text}({authors}({editor})",
]


@pytest.mark.parametrize("template", HOSTILE)
@pytest.mark.parametrize("sign", ["a", " a", "a (", "1"])
def test_hostile_template_takes_no_long(template: str, sign: str) -> None:
    drop = re.sub(r"\{(?!text)\w+\}", "x", template)
    fields = {"name": "hostile", "source": "S: {address}", "drop": [drop] * 10, "datelines": [template] * 10,
              "bylines": [re.sub(r"\{(?:year|month|day)\}", "x", template)] * 10}  # fmt: skip
    file = json.dumps(fields).encode()
    assert isinstance(dialect_of(file).title, tuple)
    line = sign * (200_000 // len(sign))
    page = f"### a\n\n<p>{line}</p>\n{line}\n<pre>{line}</pre>\n\nS: https://paper.example/a\n".encode()
    readers.peek(page, "a.md", ReadOptions("", (file,)))
    assert readers.read(page, "a.md", "", ReadOptions("", (file,))).article.source.dialect == "hostile"
