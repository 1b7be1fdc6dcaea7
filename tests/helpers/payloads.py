"""Hostile texts in every field of every input that is read."""

import json
import quopri
import random
import re
import zipfile
from collections.abc import Callable, Mapping
from email.header import Header
from html import escape
from pathlib import Path

from convert.audit.vector import vectors
from convert.model import (
    SCHEMA_VERSION,
    Anchor,
    Article,
    Cell,
    Code,
    Definition,
    DefinitionList,
    Description,
    Details,
    Embed,
    Figure,
    Footnote,
    Formula,
    Heading,
    Image,
    InlineCode,
    Item,
    Link,
    List,
    NavLink,
    Paragraph,
    Provenance,
    Quote,
    Ruby,
    Table,
    Term,
    Text,
)
from convert.writers.alone import file_of
from convert.writers.options import Options
from helpers.audit import SPECIAL, example
from helpers.data import ROOT
from helpers.live_payloads import PAYLOADS, STRANGE, UNSAFE
from helpers.mirror import WRAPPER
from helpers.warc import answer, record

SPAN = "Paper is sold by the ream, and the mill counts its reams, day by day, in a book that the chart is drawn from."
ADDRESS = "https://paper.example/2023/03/14/reams"


def payloads(trap: str) -> list[str]:
    """Each text that was ever live somewhere, with `trap` as the address that must not be asked for."""
    table = [
        example(each, f"{trap}/v")
        for each in vectors().values()
        if each.kind in ("html", "svg", "css", "markdown", "json") and each.name not in SPECIAL
    ]
    texts = [each.replace("http://127.0.0.1:9/x", f"{trap}/x") for each in (*PAYLOADS, *UNSAFE, *STRANGE)]
    styles = [f"<style>{each}</style><p style='{each}'>a</p>" for each in table if each.rstrip().endswith("}")]
    return list(dict.fromkeys([*texts, *table, *styles]))


def article(value: str) -> Article:
    """An article with a text in each of its fields, and as each of its addresses."""
    text = (Text(value),)
    span = Paragraph((Text(SPAN),))
    para = Paragraph((Text(value), InlineCode(value), Link(value, text), Link(ADDRESS, text), Ruby(text, text)))
    picture = Image(value, value, value, full_size=value)
    body = (
        span, para, Heading(2, text), Paragraph((Anchor(value), Formula(value), Formula(value, display=True))),
        Code(value), Quote((para, Code(value))), List((Item((para,)), Item((Code(value),), value=3)), ordered=True),
        Table(((Cell((para,)), Cell((Figure((picture,), text),))),), caption=text),
        Table(((Cell((para, Code(value)), colspan=2),),)), Figure((picture,), text),
        Figure((Image("https://paper.example/a.png", value, value, full_size=value),), text),
        DefinitionList((Definition((Term(text),), (Description((para,)),)),)), Details(text, (para, Code(value))),
        Embed("video", value, (para,)), Embed("tweet", ADDRESS, (para,)), Footnote(value, (para,)), span,
    )  # fmt: skip
    return Article(
        schema_version=SCHEMA_VERSION, id=value, title=value, language="en", source=Provenance(value), body=body,
        publisher=value, authors=(value, f"({value}"), description=value, keywords=(value,), editor=value,
        section_name=value, dateline=value, nav=(NavLink(value, ADDRESS), NavLink("a", value)),
        lead=Figure((picture,), text),
    )  # fmt: skip


def _blocks(raw: str) -> str:
    """Markup with a text in the places of a page, as it is, and as a careful program writes it."""
    made = []
    for value in (raw, escape(raw)):
        quoted = escape(raw) if value != raw else raw.replace('"', "'")
        made.append(
            f'<p>{SPAN}</p><p>{value}</p><h2>{value}</h2><p><a href="{quoted}">{value}</a> <code>{value}</code></p>'
            f"<pre>{value}</pre><blockquote><p>{value}</p></blockquote><ul><li>{value}</li></ul>"
            f"<table><caption>{value}</caption><tr><td>{value}</td><td>a</td></tr></table>"
            f'<figure><a href="{quoted}"><img src="{quoted}" alt="{quoted}" title="{quoted}"></a>'
            f"<figcaption>{value}</figcaption></figure>"
            f'<p><img src="https://paper.example/a.png" alt="{quoted}" data-full="{quoted}"></p>'
            f'<iframe src="{quoted}"></iframe><video src="{quoted}" poster="{quoted}"></video>'
            f"<details><summary>{value}</summary><p>{value}</p></details><dl><dt>{value}<dd>{value}</dl>"
            f'<p id="{quoted}" lang="{quoted}" style="{quoted}" class="{quoted}">{SPAN}</p>'
        )
    return "\n".join(made)


def page(raw: str) -> str:
    """A saved page with a text in its head and in its article."""
    told = json.dumps({
        "@type": "NewsArticle", "headline": raw, "url": raw, "author": {"name": raw, "url": raw}, "keywords": [raw],
        "publisher": {"name": raw, "logo": raw}, "articleSection": raw, "description": raw, "image": raw,
        "datePublished": f"2023-03-14 {raw}", "isPartOf": {"name": raw},
    }).replace("</", "<\\/")  # fmt: skip
    metas = "".join(
        f'<meta {kind}="{name}" content="{escape(raw)}">'
        for kind, name in (
            *(("property", f"og:{each}") for each in ("title", "url", "image", "site_name", "description")),
            *(("name", each) for each in ("author", "keywords", "date", "description", "twitter:image")),
            ("property", "article:section"), ("property", "article:tag"), ("property", "article:published_time"),
        )
    )  # fmt: skip
    return (
        f'<!DOCTYPE html><html lang="{escape(raw)}"><head><title>{escape(raw)}</title><base href="{escape(raw)}">'
        f'<link rel="canonical" href="{escape(raw)}">{metas}<script type="application/ld+json">{told}</script></head>'
        f'<body><article><h1>{escape(raw)}</h1><p class="byline">By {escape(raw)}</p>{_blocks(raw)}</article></body>'
        "</html>"
    )


def _post(raw: str) -> str:
    quoted = json.dumps(raw)
    names = ("title", "author", "date", "permalink", "image", "description", "category", "subtitle", "source", "lang")
    front = "\n".join(f"{name}: {quoted}" for name in names)
    return f"---\n{front}\ntags: [{quoted}]\n---\n\n{SPAN}\n\n{raw}\n\n{_markdown(raw)}\n\n{SPAN}\n"


def _markdown(raw: str) -> str:
    flat = " ".join(raw.split())
    return (
        f"## {flat}\n\n[{flat}]({flat}) ![{flat}]({flat}) `{flat}` [^a]\n\n> {flat}\n\n- {flat}\n\n"
        f"| {flat} | a |\n|---|---|\n| {flat} | a |\n\n```\n{raw}\n```\n\n    {flat}\n\n<{flat}>\n\n[^a]: {flat}\n\n"
        f"[b]: {flat}\n\n![b] [b]\n"
    )


def _mirror(raw: str) -> str:
    text = WRAPPER.format(
        title=" ".join(raw.split()), body=f"<p>【大纪元2023年05月06日讯】{escape(raw)}</p>" + _blocks(raw)
    )
    return text.replace("https://www.epochtimes.com/gb/23/9/12/n1.htm", " ".join(raw.split())) + f"\n{raw}\n"


def _feed(raw: str) -> str:
    items = [{
        "id": raw, "url": raw, "title": raw, "content_html": _blocks(raw), "image": raw, "tags": [raw], "summary": raw,
        "authors": [{"name": raw, "url": raw}], "date_published": "2023-03-14T00:00:00Z", "external_url": raw,
    }]  # fmt: skip
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": raw, "home_page_url": raw, "items": items}
    )


def _rows(raw: str) -> str:
    fields = ("title", "url", "author", "date", "text", "html", "section", "publisher", "language", "image", "source")
    row = dict.fromkeys(fields, raw) | {"text": f"{SPAN}\n\n{raw}\n\n{SPAN}"}
    return json.dumps(row) + "\n" + json.dumps(row | {"html": _blocks(raw)}) + "\n"


def _mhtml(raw: str) -> bytes:
    subject = Header(raw[:200], "utf-8").encode()
    head = (
        "From: <Saved by Blink>", f"Snapshot-Content-Location: {ADDRESS}", f"Subject: {subject}",
        "MIME-Version: 1.0", 'Content-Type: multipart/related; type="text/html"; boundary="=_b"', "", "--=_b",
        "Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: quoted-printable",
        f"Content-Location: {ADDRESS}",
    )  # fmt: skip
    body = quopri.encodestring(page(raw).encode("utf-8", "surrogatepass"))
    return "\r\n".join((*head, "", "")).encode() + body + b"\r\n--=_b--\r\n"


def _epub(file: Path, raw: str) -> None:
    kind = 'media-type="application/xhtml+xml"'
    told = "".join(
        f"<dc:{name}>{escape(raw)}</dc:{name}>" for name in ("title", "creator", "source", "subject", "rights")
    )
    book = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<metadata>{told}</metadata><manifest><item id="a" href="a.xhtml" {kind}/></manifest>'
        '<spine><itemref idref="a"/></spine></package>'
    )
    container = '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>'
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", container)
        archive.writestr("OPS/book.opf", re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", book))
        archive.writestr("OPS/a.xhtml", page(raw).encode("utf-8", "surrogatepass"))


def _wallabag(raw: str) -> str:
    fields = ("title", "url", "origin_url", "published_by", "language", "domain_name", "preview_picture", "content")
    entry = dict.fromkeys(fields, raw) | {"content": _blocks(raw), "tags": [raw], "published_by": [raw], "id": 1}
    return json.dumps([entry | {"created_at": "2023-04-02T08:00:00+0000", "is_archived": 1, "is_starred": 0}])


TEXTS: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "mirror": ("pages/nf1/n1.md", _mirror),
    "saved page": ("a.html", page),
    "post": ("_posts/2023-03-14-a.md", _post),
    "our Markdown": ("a.md", lambda raw: file_of(article(raw), "markdown", Options()).decode()),
    "our HTML": ("a.html", lambda raw: file_of(article(raw), "html", Options()).decode()),
    "article JSON": ("a.json", lambda raw: file_of(article(raw), "json", Options()).decode()),
    "JSON Lines": ("a.jsonl", lambda raw: file_of(article(raw), "jsonl", Options()).decode()),
    "rows": ("a.jsonl", _rows),
    "feed": ("a.json", _feed),
    "wallabag": ("a.json", _wallabag),
}
READERS = (*TEXTS, "MHTML", "WARC", "EPUB")


def write(reader: str, raw: str, folder: Path) -> Path:
    """Write the source of a reader with a text in every field, and return what to convert."""
    if reader in TEXTS:
        path, made = TEXTS[reader]
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(made(raw).encode("utf-8", "surrogatepass"))
        return file if reader in ("rows", "feed", "wallabag", "JSON Lines") else folder
    if reader == "MHTML":
        (folder / "a.mhtml").write_bytes(_mhtml(raw))
        return folder
    if reader == "WARC":
        body = page(raw).encode("utf-8", "surrogatepass")
        (folder / "a.warc").write_bytes(record(ADDRESS, answer(body)))
        return folder / "a.warc"
    _epub(folder / "a.epub", raw)
    return folder / "a.epub"


def shapes() -> list[Path]:
    """Documents of every dialect and form, whose texts hostile ones take the place of."""
    return sorted((ROOT / "tests" / "cases").glob("*/source.*"))


def spoilt(data: bytes, raw: str, chance: random.Random) -> bytes:
    """A document with a hostile text at four places where a text, a value or an address begins."""
    text = data.decode("utf-8", "replace")
    places = [match.end() for match in re.finditer(r'>|="|: |\n|（|src="|href="|alt="', text)]
    for at in sorted(chance.sample(places, min(4, len(places))), reverse=True):
        text = text[:at] + raw + text[at:]
    return text.encode("utf-8", "surrogatepass")
