"""Books in PDF: small ones made by the writer, and their text read back by pypdf."""

import io
import os
import subprocess
import sys
from html import escape
from pathlib import Path

from pypdf import PageObject, PdfReader

from convert.model import Entry, Section, Volume
from convert.printing import drawing
from convert.printing.model import Design
from convert.writers import pdf
from convert.writers.options import Options
from convert.writers.part import RenderedArticle, Tally

SENTENCES = {
    "zh-Hans": "造纸的原料并不神秘：青檀皮、稻草、竹子，乃至破布和旧渔网。“纸寿千年，绢寿八百。”老师傅说——学三年。",
    "zh-Hant": "北宋慶曆年間，畢昇發明了膠泥活字。「若止印三、二本，未為簡易；若印數十百千本，則極為神速。」鐵範。",
    "en": "Paper made before 1800 is often whiter today than a newspaper of the 1970s; alum & rosin leave acid behind.",
}


def article(name: str, language: str = "zh-Hans", title: str = "标题", more: str = "") -> bytes:
    return (
        f'<article id="{name}" lang="{language}" xml:lang="{language}"><h1>{escape(title)}</h1>'
        f"<p>{escape(SENTENCES[language])}</p>{more}</article>"
    ).encode()


def volume(*sizes: int, title: str = "纸与印刷", titles: tuple[str, ...] = ()) -> Volume:
    count, sections = 0, []
    for number, size in enumerate(sizes):
        names = range(count, count + size)
        count += size
        entries = (
            Entry(
                f"s/n{n}.md", f"n{n}", titles[n] if titles else f"第{n}篇", "https://a.example/", f"2021-03-{n + 1:02}"
            )
            for n in names
        )
        sections.append(Section(f"s{number}", f"栏目{number}", tuple(entries)))
    return Volume(title, "zh-Hans", tuple(sections))


def made(book: Volume, *chapters: bytes) -> bytes:
    out = io.BytesIO()
    given = iter(chapters) if chapters else (article(entry.id) for entry in book.entries())
    pdf.bind(book, map(RenderedArticle, given), out, Options(), Tally())
    return out.getvalue()


def drawn(chapter: bytes, design: Design = Design()) -> bytes:  # noqa: B008 # a constant
    """Return a chapter as PDF, drawn in this process."""
    return drawing.draw(pdf.sole(volume(1), chapter, design)).pdf


def read(data: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(data), strict=True)


def text(reader: PdfReader) -> str:
    return "".join(map(text_of, reader.pages))


def text_of(page: PageObject) -> str:
    return "".join(page.extract_text().split())


def python(code: str, **env: str) -> bytes:
    """Return the output of some code in a new interpreter."""
    path = os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])
    env = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", **env}
    return subprocess.run([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, check=True).stdout
