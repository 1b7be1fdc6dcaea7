"""Conversion between simplified and traditional characters (`--script`)."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from zipfile import ZipFile

import pytest
from helpers.program import run

from convert.api import convert, parse, write
from convert.errors import MissingExtraError, UsageError
from convert.sources.made import MANIFEST
from convert.writers import script_of
from convert.writers.script import tag_of

needs_opencc = pytest.mark.skipif(not find_spec("opencc"), reason="OpenCC is not installed")

HANS = """---
title: 头发发展与面条
url: https://example.org/后来
author: 余杰
---

余杰说：“后来皇后在里面干什么？”见[《里程碑》](https://example.org/里)，`后来的代码`，日文是“歴史は後で”。

![台湾的图](https://example.org/图.png)

```
后来
```

- 钟表，只有一只鸟。[下面](#后)

紙の歴史、後日に学びます。

Paper is made of rags

他們說：干預這件事的後來，這裡沒有。

<a id="后"></a>关于沈括、范仲淹。
"""
HANT = """---
title: "頭髮發展與麵條"
authors: ["余傑"]
---
余傑說：“後來皇后在裡面幹什麼？”見[《里程碑》](https://example.org/里)，`后来的代码`，日文是“歴史は後で”。
![臺灣的圖](https://example.org/图.png)
后来
- 鐘錶，只有一隻鳥。[下面](#后)
紙の歴史、後日に学びます。
Paper is made of rags
他們說：干預這件事的後來，這裡沒有。
<a id="后"></a>關於沈括、范仲淹。
原文：<https://example.org/后来>
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.md").write_text(HANS, "utf-8")
    (source / "b.md").write_text(HANS.replace("/后来", "/b").replace("title: ", "title: 又一篇"), "utf-8")
    return source


@pytest.mark.parametrize(
    ("tag", "script", "expected"),
    [
        ("zh-Hans", "hant", "zh-Hant"),
        ("zh-Hant", "hant", "zh-Hant"),
        ("zh-Hant-TW", "hans", "zh-Hans-TW"),
        ("zh-TW", "hans", "zh-Hans-TW"),
        ("zh-TW", "hant", "zh-TW"),
        ("zh-CN", "hant", "zh-Hant-CN"),
        ("zh-CN", "hans", "zh-CN"),
        ("zh", "hant", "zh-Hant"),
        ("zh", "hans", "zh-Hans"),
        ("ja", "hans", "ja"),
        ("en", "hant", "en"),
    ],
)
def test_language_tags_follow(tag: str, script: str, expected: str) -> None:
    assert tag_of(tag, script) == expected


def test_an_unknown_script_is_refused() -> None:
    with pytest.raises(UsageError):
        script_of("epub", "latn")
    assert script_of("epub", None) == ""


@pytest.mark.skipif(bool(find_spec("opencc")), reason="OpenCC is installed")
def test_without_opencc_the_command_says_what_to_install(folder: Path, tmp_path: Path) -> None:
    done = run("--to", "markdown", folder, "-o", tmp_path / "out", "--script", "hant")
    assert done.returncode == 2
    assert b"pip install 'archive-convert[script]'" in done.stderr
    assert not (tmp_path / "out").exists()


@needs_opencc
def test_text_is_converted_and_what_is_no_text_stays(folder: Path, tmp_path: Path) -> None:
    out, again, back = (tmp_path / name for name in ("out", "again", "back"))
    convert(folder, out, "markdown", script="hant")
    lines = (out / "a.md").read_text("utf-8").splitlines()
    assert [line for line in HANT.splitlines() if line not in lines] == []
    assert 'language: "zh-Hant"' in lines
    convert(out, again, "markdown", script="hant")
    assert (again / "a.md").read_text("utf-8").splitlines()[12:] == lines[12:], "what is traditional stays"
    convert(out, back, "markdown", script="hans")
    assert "余杰说：“后来皇后在里面干什么？”见" in (back / "a.md").read_text("utf-8")


@needs_opencc
def test_a_book_is_converted_with_its_own_words(folder: Path, tmp_path: Path) -> None:
    books = [tmp_path / "1.epub", tmp_path / "2.epub"]
    for workers, book in enumerate(books, 1):
        convert(folder, book, "epub", script="hant", workers=workers, title="发展")
    assert books[0].read_bytes() == books[1].read_bytes()
    inside = {
        name: ZipFile(books[0]).read(f"EPUB/{name}").decode() for name in ("nav.xhtml", "content.opf", "about.xhtml")
    }
    assert "目錄" in inside["nav.xhtml"]
    assert "頭髮發展與麵條" in inside["nav.xhtml"]
    assert "<dc:language>zh-Hant</dc:language>" in inside["content.opf"]
    assert ">發展</dc:title>" in inside["content.opf"]
    assert "全書文字一律為繁體" in inside["about.xhtml"]


@needs_opencc
def test_one_article_alone_is_converted() -> None:
    article, _ = parse(HANS, path="a.md")
    assert article
    assert "頭髮發展與麵條" in write(article, "html", script="hant").decode()
    assert json.loads(write(article, "json", script="hant"))["title"] == "头发发展与面条"


@pytest.mark.parametrize("to", ["json", "jsonl", "parquet"])
def test_data_need_no_converter(monkeypatch: pytest.MonkeyPatch, to: str) -> None:
    monkeypatch.setattr("convert.writers.script.find_spec", lambda name: None)
    assert script_of(to, "hans") == ""
    with pytest.raises(UsageError, match="unknown script"):
        script_of(to, "latn")
    with pytest.raises(MissingExtraError, match=r"archive-convert\[script\]"):
        script_of("markdown", "hans")


def test_data_with_a_script_get_a_note(folder: Path, tmp_path: Path) -> None:
    done = run("--to", "json", folder, "-o", tmp_path / "out", "--script", "hant")
    assert (done.returncode, b"--script changes nothing in json" in done.stderr) == (0, True)


@needs_opencc
def test_data_stay_and_an_update_knows_the_script(folder: Path, tmp_path: Path) -> None:
    convert(folder, tmp_path / "json", "json", script="hant")
    assert json.loads((tmp_path / "json/a.json").read_text("utf-8"))["title"] == "头发发展与面条"
    out = tmp_path / "out"

    def fates(script: Literal["hans", "hant"]) -> set[str]:
        return {fate for fate, _ in convert(folder, out, "markdown", script=script, update=True).changes}

    assert (fates("hant"), fates("hant"), fates("hans")) == ({"made"}, {"kept"}, {"made"})
    manifest = json.loads((out / MANIFEST).read_text("utf-8"))
    assert manifest["options"]["script"] == "hans"
    assert "opencc" in manifest["tool"]["libraries"]
