"""Every field of every form of export: what it says is in the article, or in what is reported."""

import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from convert import sources
from convert.codec import article_json
from convert.document import read_and_clean
from convert.model import Article
from convert.sources import Reader, Refusal, containers

TEXT = "Paper begins as a slurry of fibres in water, and the mould is dipped into the vat and lifted level."
SITE = "https://press.example.org/"
FOLDER = Path(__file__).parent / "exports"
ARTICLES = {
    "feed.json": 1,
    "instapaper.csv": 0,
    "karakeep-api.json": 1,
    "karakeep.json": 1,
    "keys-twice.json": 1,
    "linkwarden.json": 1,
    "matter.csv": 0,
    "omnivore.zip": 1,
    "pocket.csv": 0,
    "raindrop.csv": 0,
    "raindrop.json": 0,
    "readeck.zip": 1,
    "readwise.csv": 0,
    "shiori.json": 1,
    "wallabag-1.json": 1,
    "wallabag-lines.jsonl": 2,
    "wallabag-one.json": 1,
    "wallabag.csv": 1,
    "wallabag.json": 2,
    "wallabag.xml": 2,
}
"""Number of articles in each file of `exports/`; a folder there is the content of a zip archive.

`?name?` in them is the value of the field `name`, which is to be found again.
"""


def marked(name: str) -> tuple[Mapping[str, bytes], dict[str, str]]:
    """The files of a form with a word for each value, and the field of each word; a lone file has no name."""
    names: dict[str, str] = {}

    def word(match: re.Match[str]) -> str:
        names[made := f"mark{len(names):04}x"] = match[1]
        return made

    def filled(file: Path) -> bytes:
        return re.sub(r"\?([\w./ -]+)\?", word, file.read_text("utf-8")).encode()

    path = FOLDER / name
    files = (
        {"": path}
        if path.is_file()
        else {each.relative_to(path).as_posix(): each for each in sorted(path.rglob("*.*"))}
    )
    return {each: filled(file) for each, file in files.items() if file.is_file()}, names


def written(file: Path, files: Mapping[str, bytes]) -> Path:
    if "" in files:
        file.write_bytes(files[""])
        return file
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file


def outcome(file: Path) -> tuple[list[Article], str]:
    """The articles of an export, and all that is reported of it."""
    found: list[Article] = []
    said: list[str] = []
    with Reader() as reader:
        for ref in sources.walk([str(file)]):
            if isinstance(ref, Refusal):
                said.append(str(ref.message))
                continue
            article, findings, *_ = read_and_clean(reader.read(ref))
            said += [f"{each.message} {each.removed}" for each in findings]
            found += [article] if article else []
    return found, "\n".join(said)


@pytest.mark.parametrize("name", sorted(each.name for each in FOLDER.iterdir()))
def test_no_field_vanishes(name: str, tmp_path: Path) -> None:
    files, names = marked(name)
    articles, said = outcome(written(tmp_path / name, files))
    assert len(articles) == ARTICLES[name]
    every = said + b"".join(map(article_json.encode, articles)).decode()
    beside = re.findall(r"beside its entries the export has ([^;]*)", said)
    listed = {re.sub(r" \(\d+\)$", "", each) for line in beside for each in line.split(", ")}
    assert [field for value, field in names.items() if value not in every and field not in listed] == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("name", ["wallabag.json", "wallabag.xml", "wallabag.csv", "feed.json", "linkwarden.json"])
def test_encoding_that_a_mark_declares_is_read(name: str, encoding: str, tmp_path: Path) -> None:
    (data,) = marked(name)[0].values()
    plain, _ = outcome(written(tmp_path / "plain", {"": data}))
    articles, _ = outcome(written(tmp_path / "other", {"": data.decode().encode(encoding)}))
    assert len(articles) == ARTICLES[name]
    assert [each.body for each in articles] == [each.body for each in plain]


WRONG: list[object] = [
    None,
    "",
    "null",
    0,
    -1,
    1.5,
    1e300,
    True,
    [],
    {},
    [[]],
    [None],
    {"a": {"b": [1]}},
    "\x07\ud800",
    "9" * 400,
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda each: ascii(each)[:20])
def test_value_of_any_type_in_any_field_costs_nothing_else(wrong: object, tmp_path: Path) -> None:
    whole = json.loads(marked("wallabag-one.json")[0][""])
    entries = [{**whole, key: wrong, "id": number} for number, key in enumerate(whole)]
    (file := tmp_path / "x.json").write_text(json.dumps([*entries, whole]))
    articles, said = outcome(file)
    assert len(articles) >= len(entries)
    assert len(articles) + said.count("a bookmark without its text") == len(entries) + 1


@pytest.mark.parametrize(
    ("value", "captured"),
    [
        (1684913522, "2023-05-24T07:32:02+00:00"),
        ("1684913522", "2023-05-24T07:32:02+00:00"),
        (1684913522123, "2023-05-24T07:32:02+00:00"),
        ("2023-05-24T07:32:02.123Z", "2023-05-24T07:32:02Z"),
        ("2023-05-24T07:32:02+0200", "2023-05-24T07:32:02+02:00"),
        ("2023-05-24 07:32:02", "2023-05-24"),
        ("2023-05-24", "2023-05-24"),
        (None, ""),
        ("", ""),
        (0, ""),
        (7, ""),
        ("0000-00-00 00:00:00", ""),
        ("0001-01-01T00:00:00Z", ""),
        ("soon", ""),
        ([], ""),
        ({"date": "x"}, ""),
    ],
)
def test_dates_of_every_form(value: object, captured: str, tmp_path: Path) -> None:
    entry = {"title": "Paper", "url": SITE, "content": f"<p>{TEXT}</p>", "created_at": value, "date_published": value}
    (file := tmp_path / "x.json").write_text(json.dumps([entry]))
    (article,), said = outcome(file)
    assert (article.source.captured, article.published) == (captured, captured)
    if not captured and value and not isinstance(value, list):
        assert "created_at" in said


def test_feed_gives_its_items_what_they_lack(tmp_path: Path) -> None:
    item = {"id": "a", "url": SITE, "title": "Paper", "content_text": TEXT}
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The Press",
        "authors": [{"name": "Ann Writer"}, {"url": SITE}],
        "items": [item, {**item, "id": "b", "authors": [{"name": "Bob Setter"}]}],
    }
    (file := tmp_path / "feed.json").write_text(json.dumps(feed))
    (first, second), _ = outcome(file)
    assert (first.publisher, first.authors) == ("The Press", ("Ann Writer",))
    assert (second.publisher, second.authors) == ("The Press", ("Bob Setter",))


ENTRY = (
    "<entry><is_archived>0</is_archived><title>{}</title><url>https://a.example/{}</url>"
    "<content>&lt;p&gt;{}</content></entry>\n"
)
ONE, TWO, THREE = (ENTRY.format(f"Sheet {number}", number, TEXT) for number in (1, 2, 3))
DAMAGED = {
    # name: (entries, titles that are read, number of reports)
    "whole": (ONE + TWO + THREE + "</result>", ["Sheet 1", "Sheet 2", "Sheet 3"], 0),
    "cut off": (ONE + TWO + THREE[:100], ["Sheet 1", "Sheet 2"], 1),
    "an end tag is lost": (ONE.replace("</entry>", "") + TWO + THREE, ["Sheet 2", "Sheet 3"], 1),
    "a tag inside is lost": (ONE + TWO.replace("</title>", "") + THREE, ["Sheet 1", "Sheet 3"], 1),
    "an entity": (ONE + TWO.replace("Sheet", "&x;") + THREE, ["Sheet 1", "Sheet 3"], 1),
    "an open section": (ONE + TWO.replace("&lt;p&gt;", "<![CDATA[") + THREE, ["Sheet 1"], 1),
    "a section open many times": (ONE + "<![CDATA[" * 200_000, ["Sheet 1"], 0),
    "nested": (ONE + TWO.replace("&lt;p&gt;", "<a>" * 200) + THREE, ["Sheet 1", "Sheet 3"], 1),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_entries_in_xml_that_are_whole_are_read(name: str, tmp_path: Path) -> None:
    entries, titles, number = DAMAGED[name]
    (file := tmp_path / "x").write_text(f'<?xml version="1.0"?>\n<result>\n{entries}')
    articles, said = outcome(file)
    assert [each.title for each in articles] == titles
    assert said.count("export it again") == number


NOT_EXPORTS = {
    "a feed": "<feed><entry><title>Ink</title><url>x</url><content>x</content></entry></feed>",
    "other XML": "<list><entry><name>Ink</name></entry></list>",
    "a row of ours": '{"id": "a", "title": "Ink", "text": "Ink", "url": "https://a.example", "characters": 3}',
    "an object with a list of others": '{"title": "x", "items": [{"name": "a"}]}',
    "an article of JSON-LD": '{"@context": "https://schema.org", "headline": "Ink"}',
}


@pytest.mark.parametrize("name", NOT_EXPORTS)
def test_other_files_are_no_exports(name: str, tmp_path: Path) -> None:
    (file := tmp_path / "x").write_text(NOT_EXPORTS[name])
    assert containers.kind_of(str(file)) is None
