"""A folder of Markdown: its files, the links between them, and what reading it again makes of those."""

import re
from pathlib import Path

import pytest
from helpers.mirror import WRAPPER

from convert import readers
from convert.building import pipeline
from convert.building.survey import survey
from convert.building.target import Folder
from convert.bundle.split import parse
from convert.bundle.volumes import Gathering
from convert.model import Article, Entry, Link, NavLink, Section, Volume
from convert.readers.options import ReadOptions
from convert.settings import Settings
from convert.words import NO_ARTICLE
from convert.writers.files import files

HOME = "https://github.com/OWNER/epoch-news/blob/master/"
TO = '<ok href="{}">{}</ok>'
ONE, TWO = "https://www.epochtimes.com/gb/23/9/12/n1.htm", "https://www.epochtimes.com/b5/23/9/12/n2.htm?a=\\1&amp;b#c"
BODY = (
    f"<p>见{TO.format(TWO, '另一篇')}、<b>{TO.format(TWO, '又')}</b>、{TO.format(ONE, '本篇')}。</p>"
    f'<table><tr><td rowspan="2">{TO.format(TWO, "表里")}</td><td>一</td></tr><tr><td>二</td></tr></table>'
)


def page(number: int, body: str) -> str:
    return WRAPPER.replace("n1.htm", f"n{number}.htm").format(title=f"第{number}篇", body=body)


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    for name, text in {"nf1/n1": page(1, BODY), "nf2/a #(2)": page(2, "<p>纸</p>"), "nf2/n3": page(3, "")}.items():
        path = tmp_path / f"mirror/pages/{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path / "mirror"


def made(source: Path, out: Path, split: str = "none", *, update: bool = False) -> Path:
    manifest = str(out / "convert-manifest.json") if update else ""
    gathering = Gathering(split=parse(split))
    settings = Settings(base_url=HOME, workers=1, gathering=gathering, manifest=manifest, update=update)
    with Folder(str(out)) as folder:
        pipeline.convert(survey([str(source)]), "markdown", folder, settings, lambda _: None)
    return out


def read(path: Path) -> Article:
    return readers.read(path.read_bytes(), path.name, "").article


def targets(node: object) -> list[str]:
    if isinstance(node, Link):
        return [node.target]
    inside = node if isinstance(node, tuple) else tuple(getattr(node, f, ()) for f in ("children", "items", "rows"))
    return [target for each in inside for target in targets(each)]


def test_links_lead_to_files_and_come_back_as_addresses(mirror: Path, tmp_path: Path) -> None:
    path = made(mirror, tmp_path / "out") / "pages/nf1/n1.md"
    text, two = path.read_text("utf-8"), TWO.replace("&amp;", "&")
    title = '"' + two.replace("\\", "\\\\") + '"'
    assert f"[另一篇](<../nf2/a%20%23(2).md> {title})" in text
    assert '<a href="../nf2/a%20%23(2).md" title="' in text
    assert f"[本篇]({ONE})" in text, "the page's own address"
    assert f'[首页](../../contents.md "{HOME.removesuffix("/blob/master/")}")' in text
    article = read(path)
    assert targets(article.body) == [two, two, ONE, two]
    assert NavLink("首页", HOME.removesuffix("/blob/master/")) in article.nav
    again = made(tmp_path / "out", tmp_path / "again") / "pages/nf1/n1.md"
    assert read(again).body == article.body


def test_every_relative_link_leads_to_a_file(mirror: Path, tmp_path: Path) -> None:
    for out in (made(mirror, tmp_path / "out"), made(mirror, tmp_path / "volumes", "channel")):
        count = 0
        for path in out.rglob("*.md"):
            for href in re.findall(r"\]\((?!<?https?:)(?:<([^>]*)>|([^ )<]*))", path.read_text("utf-8")):
                name = "".join(href).partition("#")[0].replace("%20", " ").replace("%23", "#")
                assert (path.parent / name).is_file(), (path, href)
                count += 1
        assert count > 6


def test_file_of_a_left_out_article_says_why_and_is_no_article(mirror: Path, tmp_path: Path) -> None:
    out = made(mirror, tmp_path / "out")
    assert (out / "pages/nf2/n3.md").read_text("utf-8").startswith(f"{NO_ARTICLE}\n\n# 第3篇\n\n这篇文章未能转换：")
    seen = survey([str(out)], Settings(how=ReadOptions("markdown")))
    assert (len(seen.index.entries), seen.summary.not_articles) == (2, 2)


@pytest.mark.parametrize("split", ["none", "channel"])
def test_an_update_is_what_a_build_is(split: str, mirror: Path, tmp_path: Path) -> None:
    made(mirror, tmp_path / "out", split, update=True)
    (mirror / "pages/nf2/a #(2).md").rename(mirror / "pages/nf2/b.md")
    (mirror / "pages/nf2/contents.md").write_text(page(4, "<p>墨</p>"), "utf-8")
    trees = [
        {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}
        for out in (
            made(mirror, tmp_path / "out", split, update=True),
            made(mirror, tmp_path / "new", split, update=True),
        )
    ]
    assert trees[0] == trees[1]
    assert any(b"nf2/b.md" in data for name, data in trees[0].items() if name.endswith("n1.md"))


def test_folder_of_one_article_has_neither_contents_nor_relative_links(mirror: Path, tmp_path: Path) -> None:
    out = made(mirror / "pages/nf1", tmp_path / "out")
    assert [path.name for path in out.iterdir()] == ["n1.md"]
    assert "](.." not in (out / "n1.md").read_text("utf-8")


def test_a_title_of_others_is_no_address() -> None:
    text = '---\ntitle: 纸\n{}---\n\n[墨](../a.md "https://example.org/") [砚](b.md "砚") [笔](https://c.org "http://d.org")\n'
    own = readers.read(text.format("source: https://e.org/\n").encode(), "a.md", "").article
    assert targets(own.body) == ["https://example.org/", "b.md", "https://c.org"]
    other = readers.read(text.format("").encode(), "a.md", "", ReadOptions("markdown")).article
    assert targets(other.body)[1:] == ["b.md", "https://c.org"]


def test_file_names_are_unique_without_regard_to_case() -> None:
    paths = ["contents.md", "contents-2.md/a.md", "a.md", "A.html", "a.md.md", "A.html.md", "b.md"]
    volume = Volume("书", "zh-Hans", (Section("", "", tuple(Entry(path, path, path, "") for path in paths)),))
    names = files([volume], ".md", contents=True)
    given = [names.name(path) for path in paths]
    assert names.contents == "contents-3.md"
    assert len({name.lower() for name in given}) == len(paths)
    assert given[:4] == ["contents.md", "contents-2.md/a.md", "a.md", "A.html.md"]
