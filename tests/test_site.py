"""The site: every link leads somewhere, nothing comes from elsewhere, and an update makes what a whole build makes."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from helpers.data import SEEDS
from helpers.mirror import WRAPPER
from helpers.program import run
from lxml import etree, html

from convert.bundle.parts import DateGroup, by_date
from convert.model import Entry
from convert.words import words
from convert.writers.book.lists import NO_BRIEFS, TOP, IndexPage, pages_of
from convert.writers.site.listing import SiteLister, neighbours
from convert.writers.site.names import page_file

ATOM = "{http://www.w3.org/2005/Atom}"
LOADING = ("src", "srcset", "poster", "data", "background")
NAME = re.compile(r"[a-z0-9_\-]+(?:\.[a-z]+)?\Z")
DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|\Z)")


def made(source: Path, out: Path, *options: str) -> Path:
    done = run("--to", "site", str(source), "-o", str(out), "--quiet", "--workers", "1", *options)
    assert done.returncode in (0, 1, 3), done.stderr.decode()
    return out


def page(folder: Path, channel: int, number: int, day: str, text: str = "", tags: str = "") -> Path:
    """An article of a mirror, with links to pages of keywords."""
    path = folder / f"pages/nf{channel}/n{number}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    year, month, date = day.split("-")
    links = "".join(f'<ok href="https://www.epochtimes.com/gb/tag/{tag}.html">{tag}</ok>，' for tag in tags.split())
    source = WRAPPER.format(title=f"第{number}篇", body=f"<p>{links}第{number}篇的文字。{text}</p>")
    address = f"gb/{year[2:]}/{int(month)}/{int(date)}/n{number}.htm"
    path.write_text(source.replace("gb/23/9/12/n1.htm", address), "utf-8")
    return path


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(SEEDS, tmp_path_factory.mktemp("site") / "out")


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, html.HtmlElement]:
    paths = sorted(site.rglob("*.html"))
    return {each.relative_to(site).as_posix(): html.document_fromstring(each.read_bytes()) for each in paths}


def links(tree: html.HtmlElement, here: str) -> Iterator[tuple[str, str]]:
    """Yield the file and the fragment of each link inside the site."""
    for link in tree.iter("a", "link"):
        address = urlsplit(str(link.get("href", "")))
        if not address.scheme and link.get("href"):
            yield unquote(urljoin(here, address.path) if address.path else here), unquote(address.fragment)


# --- pages -----------------------------------------------------------------------------------------------------------


def test_every_link_leads_to_a_file_and_a_place_in_it(site: Path, pages: dict[str, html.HtmlElement]) -> None:
    places = {name: {*tree.xpath("//@id")} for name, tree in pages.items()}
    wrong, count = [], 0
    for here, tree in pages.items():
        for file, fragment in links(tree, here):
            count += 1
            if not (site / file).is_file() or (fragment and fragment not in places[file]):
                wrong.append((here, file, fragment))
    assert not wrong
    assert count > 900


def test_every_page_is_reached_from_the_first(pages: dict[str, html.HtmlElement]) -> None:
    reached, waiting = {"index.html"}, ["index.html"]
    while waiting:
        here = waiting.pop()
        for file, _ in links(pages[here], here):
            if file in pages and file not in reached:
                reached.add(file)
                waiting.append(file)
    assert reached == set(pages) - {"search.html"}  # only its form leads there
    assert sum(name.startswith("text") for name in reached) == 37


def test_pages_load_nothing_but_files_of_the_site(site: Path, pages: dict[str, html.HtmlElement]) -> None:
    for here, tree in pages.items():
        for node in tree.iter(etree.Element):
            for name in LOADING:
                value = node.get(name, "")
                inside = not value or value.startswith("data:image/") or (site / urljoin(here, value)).is_file()
                assert inside, (here, value)
            assert node.get("style") is None
            assert not any(name.startswith("on") for name in node.attrib)
        (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        assert policy == "default-src 'none'; script-src 'self'; img-src 'self' data:; style-src 'self'"
        assert not tree.xpath("//style | //script[not(@src)] | //iframe | //base")
    style = (site / "assets/site.css").read_text("utf-8")
    assert "url(" not in style
    assert "@import" not in style


def test_pages_have_what_a_reader_finds_the_way_by(pages: dict[str, html.HtmlElement]) -> None:
    for name, tree in pages.items():
        assert tree.get("lang"), name
        assert (tree.findtext(".//title") or "").strip(), name
        assert len(tree.findall(".//h1")) == len(tree.findall(".//main")) == 1, name
        first = tree.find("body/a")
        assert first is not None, name
        assert first.get("href") == "#main", name
        navs = [nav.get("aria-label") for nav in tree.iter("nav")]
        assert all(navs), name
        assert len(navs) == len(set(navs)), name


def test_names_are_the_same_on_every_disk(site: Path) -> None:
    names = [path.relative_to(site).as_posix() for path in site.rglob("*")]
    assert len({name.lower() for name in names}) == len(names)
    for name in names:
        assert len(name) < 150
        for part in name.split("/"):
            assert NAME.match(part), name
            assert not DEVICE.match(part), name


def test_lists_show_every_article(pages: dict[str, html.HtmlElement]) -> None:
    articles = {name for name in pages if name.startswith("text")}
    for start in ("dates", "sections", "articles"):
        listed = {file for name, tree in pages.items() if name.startswith(start) for file, _ in links(tree, name)}
        articles -= listed if start != "dates" else set()
        assert start != "dates" or articles <= listed
    assert not articles


# --- keywords, authors, related articles -----------------------------------------------------------------------------


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    for number in range(12):
        tags = f"纸 {'墨' if number % 3 else '刀'} {'罕' if number in (1, 4) else ''}"
        page(folder, 1 + number % 2, number + 1, f"2023-0{1 + number // 5}-{number + 1:02}", tags=tags)
    return folder


def test_an_article_leads_to_its_keywords_and_to_related_articles(archive: Path, tmp_path: Path) -> None:
    out = made(archive, tmp_path / "out")
    tree = html.parse(str(out / "text/nf2/n2.html")).getroot()
    tags = {link.text_content(): link.get("href") for link in tree.iterfind(".//p[@class='byline tags']/a")}
    assert set(tags) == {"纸", "墨", "罕"}
    rare = html.parse(str(out / "text/nf2" / str(tags["罕"]))).getroot()
    assert {file for file, _ in links(rare, "keywords/x.html") if file.startswith("text/")} == {
        "text/nf2/n2.html",
        "text/nf1/n5.html",
    }
    first = tree.find(".//section[@class='related']/ol/li/a")
    assert first is not None
    assert first.get("href") == "../nf1/n5.html", "the article with the rare keyword is the most related"


def test_a_keyword_of_one_article_has_no_page(tmp_path: Path) -> None:
    page(tmp_path / "archive", 1, 1, "2023-01-01", tags="独")
    page(tmp_path / "archive", 1, 2, "2023-01-02", tags="双")
    out = made(tmp_path / "archive", tmp_path / "out")
    assert not (out / "keywords").exists()
    tree = html.parse(str(out / "keywords.html")).getroot()
    assert {file for file, _ in links(tree, "keywords.html")} >= {"text/nf1/n1.html", "text/nf1/n2.html"}


def test_long_lists_have_parts(tmp_path: Path) -> None:
    for number in range(1, 242):
        page(tmp_path / "archive", 1, number, f"2023-0{number % 2 + 1}-1{number % 9}", tags="纸")
    out = made(tmp_path / "archive", tmp_path / "out")
    (keyword,) = (out / "keywords").glob("*.html")
    for name in ("sections/nf1.html", "dates.html", f"keywords/{keyword.name}"):
        tree = html.parse(str(out / name)).getroot()
        parts = [file for file, _ in links(tree, name) if file.startswith(f"{name.removesuffix('.html')}/")]
        assert len(parts) == 2, name
        listed = {
            file
            for part in parts
            for file, _ in links(html.parse(str(out / part)).getroot(), part)
            if file.startswith("text/")
        }
        assert len(listed) == 241, name


def dates(count: int) -> list[IndexPage]:
    """Return the pages of the list by date of articles on ten days of two months."""
    days = [
        f"2023-0{2 - number // (count // 2)}-1{4 - number % (count // 2) // (count // 10)}" for number in range(count)
    ]
    entries = [Entry(f"{number}.md", str(number), str(number), "", day) for number, day in enumerate(days)]
    parts = by_date(entries, words("zh-Hans"), days=True)
    return list(pages_of(IndexPage("dates.html", DateGroup(TOP, "按日期", parts=parts))))


def lines(index: IndexPage) -> html.HtmlElement:
    lister = SiteLister(index.file, "zh-Hans", {}, NO_BRIEFS, page_file)
    return html.fragment_fromstring("".join(lister.lines(index, 2)), create_parent="div")


def test_short_list_by_date_has_headings_of_days() -> None:
    (whole,) = dates(30)
    tree = lines(whole)
    assert [each.get("id") for each in tree.iter("h2", "h3")][:3] == [
        "part-2023-02", "part-2023-02-14", "part-2023-02-13",
    ]  # fmt: skip
    assert len(tree.findall("ol/li/a")) == 30
    assert not tree.findall("ol/li/time"), "the heading has it"


def test_page_of_a_month_leads_to_its_days() -> None:
    _, february, january = dates(300)
    for month in (february, january):
        tree = lines(month)
        row = {link.get("href"): link.text for link in tree.findall("ol[@class='row']/li/a")}
        assert list(row.values()) == ["14", "13", "12", "11", "10"]
        assert list(row) == [f"#{each.get('id')}" for each in tree.iter("h2")]


def test_page_of_a_day_leads_to_its_month_and_to_the_days_of_others() -> None:
    pages = dates(600)
    assert len(pages) == 1 + 2 + 10
    beside = {here.file: (before, after) for here, before, after in neighbours(pages)}
    before, after = beside["dates/2023-02-10.html"]
    assert before and after
    assert (before.file, after.file) == ("dates/2023-02-11.html", "dates/2023-01-14.html")
    assert beside["dates/2023-02-14.html"][0] is beside["dates.html"][0] is None
    assert [each.file for each in pages[2].above] == ["dates.html", "dates/2023-02.html"]


# --- the feed --------------------------------------------------------------------------------------------------------


def test_feed_has_the_newest_articles(site: Path) -> None:
    root = etree.parse(str(site / "feed.xml")).getroot()
    assert root.tag == f"{ATOM}feed"
    assert [len(root.findall(f"{ATOM}{name}")) for name in ("id", "title", "updated")] == [1, 1, 1]
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == 37
    updated = [entry.findtext(f"{ATOM}updated") or "" for entry in entries]
    assert root.findtext(f"{ATOM}updated") == max(updated)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", each) for each in updated)
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)
    for entry in entries:
        (link,) = entry.findall(f"{ATOM}link")
        assert (site / str(link.get("href"))).is_file()


# --- languages ------------------------------------------------------------------------------------------------------


def note(folder: Path, name: str, title: str, text: str, language: str) -> None:
    front = f"---\ntitle: {title}\ndate: 2023-01-01\ntags: [paper]\nlang: {language}\n---\n"
    (folder / name).write_text(f"{front}\n{text * 20}\n", "utf-8")


def test_each_part_of_a_page_has_its_language_and_its_direction(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    for number in range(3):
        note(folder, f"zh{number}.md", f"纸的历史{number}", "纸是用破布做的。", "zh-Hans")
    note(folder, "ar.md", "تاريخ الورق", "هذا نص عربي عن تاريخ الورق. ", "ar")
    out = made(folder, tmp_path / "out")
    (file,) = (out / "texts").glob("**/ar.html")
    tree = html.parse(str(file)).getroot()
    assert (tree.get("lang"), tree.get("dir")) == ("ar", "rtl")
    around = [*tree.findall("body/header"), *tree.findall(".//main/nav"), *tree.findall(".//main/section")]
    assert [(each.get("lang"), each.get("dir")) for each in around] == [("zh-Hans", "ltr")] * 3
    front = html.parse(str(out / "index.html")).getroot()
    assert (front.get("lang"), front.get("dir")) == ("zh-Hans", "ltr")
    (link,) = front.xpath("//li/a[@lang='ar']")
    assert link.get("dir") == "rtl"


# --- one article, articles left out, what is refused ------------------------------------------------------------------


def test_one_article_is_a_site(tmp_path: Path) -> None:
    out = made(page(tmp_path, 1, 1, "2023-01-01"), tmp_path / "out")
    (article,) = (out / "texts").rglob("*.html")
    tree = html.parse(str(out / "index.html")).getroot()
    assert article.relative_to(out).as_posix() in {file for file, _ in links(tree, "index.html")}


def test_an_article_left_out_has_a_page_that_says_why(tmp_path: Path) -> None:
    page(tmp_path / "archive", 1, 1, "2023-01-01")
    broken = page(tmp_path / "archive", 1, 2, "2023-01-02")
    broken.write_text(re.sub(r"<p>.*</p>", "", broken.read_text("utf-8")), "utf-8")
    out = made(tmp_path / "archive", tmp_path / "out")
    assert "这里没有收入这篇文章" in (out / "text/nf1/n2.html").read_text("utf-8")
    assert "text/nf1/n2.html" in (out / "index.html").read_text("utf-8")


@pytest.mark.parametrize("options", [("-o", "-"), ("-o", "a.html"), ("-o", "out", "--split", "year")])
def test_what_is_no_folder_is_refused(options: tuple[str, ...], tmp_path: Path) -> None:
    done = run("--to", "site", str(SEEDS), *options, cwd=tmp_path)
    assert done.returncode == 2, done.stderr.decode()
    assert not [*tmp_path.iterdir()]


def test_no_list_replaces_a_source(tmp_path: Path) -> None:
    source = page(tmp_path, 1, 1, "2023-01-01")
    other = tmp_path / "index.html"
    shutil.copy(source, other)
    before = other.read_bytes()
    done = run("--to", "site", str(other), str(source), "-o", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 2, done.stderr.decode()
    assert other.read_bytes() == before


# --- updates ---------------------------------------------------------------------------------------------------------


def add(archive: Path) -> None:
    page(archive, 2, 99, "2023-04-01", tags="纸 罕 新")


def remove(archive: Path) -> None:
    (archive / "pages/nf2/n2.md").unlink()


def change(archive: Path) -> None:
    page(archive, 1, 5, "2023-01-05", "多了一句。", tags="墨")


def nothing(archive: Path) -> None:
    """Leave the archive as it is."""


@pytest.mark.slow
@pytest.mark.parametrize("edit", [add, remove, change, nothing])
def test_an_update_makes_what_a_whole_build_makes(edit: Callable[[Path], None], archive: Path, tmp_path: Path) -> None:
    updated = made(archive, tmp_path / "updated", "--update")
    times = {path: path.stat().st_mtime_ns for path in updated.rglob("*.html")}
    edit(archive)
    made(archive, updated, "--update")
    whole = made(archive, tmp_path / "whole", "--manifest")
    assert contents(updated) == contents(whole)
    rewritten = [path for path, when in times.items() if path.exists() and path.stat().st_mtime_ns != when]
    assert len(rewritten) < len(times)
    assert bool(rewritten) == (edit is not nothing)


@pytest.mark.slow
@pytest.mark.parametrize("lost", [".convert-cache", "convert-manifest.json", "text/nf1/n3.html", "dates.html"])
def test_an_update_makes_anew_what_is_lost(lost: str, archive: Path, tmp_path: Path) -> None:
    out = made(archive, tmp_path / "out", "--update")
    before = contents(out)
    shutil.rmtree(out / lost) if (out / lost).is_dir() else (out / lost).unlink()
    made(archive, out, "--update")
    assert contents(out) == before


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".convert-cache" not in path.parts
    }
