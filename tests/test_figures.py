"""Pictures in the pages of books: shown, missing, numbered, and read back."""

import base64
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from helpers.epub import epubcheck
from helpers.pages import page_of
from helpers.printed import picture
from helpers.program import run
from msgspec.structs import replace

from convert import api
from convert.codec import article_json
from convert.model import SCHEMA_VERSION, Article, Block, Figure, Image, Inline, Link, Paragraph, Provenance, Text
from convert.pictures.gallery import PagePictures, Ready
from convert.pictures.model import REASONS, Facts, Missing
from convert.pictures.store import PictureStore
from convert.printing import engines
from convert.words import WORDS
from convert.writers.book.names import FileNames
from convert.writers.book.pages import chapter

HERE = "https://a.example/"
DOT = "data:image/png;base64,iVBORw0KGgo="


class Shelf:
    """Source of pictures whose addresses say what they are: `600x400.jpg`, or the reason why one is missing."""

    def of(self, address: str) -> Ready | Missing:
        name = address.rpartition("/")[2].partition(".")[0]
        if size := re.match(r"(\d+)x(\d+)", name):
            return Ready(f"{name}.jpg", "image/jpeg", "", 9, int(size[1]), int(size[2]))
        return Missing(name if name in REASONS else "not-stored")


def article(*body: Block, lead: Figure | None = None) -> Article:
    source = Provenance(address=f"{HERE}a.html", path="a.md", dialect="x", sha256="0" * 64)
    return Article(
        schema_version=SCHEMA_VERSION, id="n1", title="纸", language="zh-Hans", source=source, lead=lead, body=body
    )


def shot(name: str, caption: str = "", alt: str = "", full_size: str = "") -> Figure:
    return Figure((Image(HERE + name, alt, full_size=full_size),), (Text(caption),) if caption else ())


def html(*body: Block, stored: bool = False, lead: Figure | None = None) -> str:
    made = article(*body, lead=lead)
    page = page_of(made)
    if stored:
        page = replace(page, pictures=PagePictures(Shelf()))
    return chapter(made, page, FileNames(), epub=True)


TEXT = Paragraph((Text("字"),))

# --- without a store -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ((Text("看"), Image(f"{HERE}a.png"), Text("图")),
         '<a href="HEREpage">看</a><a class="picture" href="HEREa.png">〔图片〕</a><a href="HEREpage">图</a>'),
        ((Image(f"{HERE}a.png"),), '<a class="picture" href="HEREpage" data-address="HEREa.png">〔图片〕</a>'),
        ((Text("看"), Image("", "图")), '<a href="HEREpage">看<span class="picture">〔图片〕图</span></a>'),
    ],
)  # fmt: skip
def test_a_link_around_the_words_for_a_picture_stays(inside: tuple[Inline, ...], expected: str) -> None:
    page = html(Paragraph((Text("前"), Link(f"{HERE}page", inside))))
    assert f"<p>前{expected.replace('HERE', HERE)}</p>" in page


def test_words_for_a_picture_in_a_link_to_a_page_keep_its_address() -> None:
    assert f'href="{HERE}page" data-address="{HERE}a.png"' in html(TEXT, shot("a.png", full_size=f"{HERE}page"))


def test_pictures_are_numbered_and_the_caption_is_in_the_name_of_the_link() -> None:
    page = html(TEXT, shot("b.jpg", "帘"), TEXT, shot("c.jpg"), lead=shot("a.jpg", "纸浆"))
    assert re.findall(r'<a class="picture"[^>]*>[^<]*</a>', page) == [
        f'<a class="picture" href="{HERE}a.jpg" aria-label="〔图 1／3〕纸浆">〔图 1／3〕</a>',
        f'<a class="picture" href="{HERE}b.jpg" aria-label="〔图 2／3〕帘">〔图 2／3〕</a>',
        f'<a class="picture" href="{HERE}c.jpg">〔图 3／3〕</a>',
    ]


def test_the_only_picture_has_no_number() -> None:
    assert ">〔图片〕灰</a>" in html(shot("a.jpg", alt="灰"))
    assert ">〔图片〕</a></p>" in html(Paragraph((Image(f"{HERE}a.png", "😀"), Text("字"))), shot("a.jpg", "纸"))


def test_a_run_of_figures_is_one_list() -> None:
    page = html(shot("a.jpg", "一"), shot("b.jpg"), shot("c.jpg", alt="三"), TEXT, shot("d.jpg", "四"))
    assert page.count("<figure") == 1
    assert re.findall(r"<li(.*?)>.*?</a>(.*?)</li>", page) == [
        ("", '<span class="caption">一</span>'),
        (' class="bare"', ""),
        ("", ""),
    ]
    assert "〔图 3／4〕三</a></li>" in page


def test_figures_that_are_left_out_make_no_empty_list() -> None:
    made = article(TEXT, shot("a.jpg"), shot("b.jpg"), TEXT)
    page = page_of(made)
    page = replace(page, options=replace(page.options, images="none"))
    assert "<ul" not in chapter(made, page, FileNames())
    assert "<figure" not in chapter(made, page, FileNames())


def test_a_link_whose_picture_is_left_out_has_words() -> None:
    made = article(Paragraph((Text("字"), Link(f"{HERE}b.html", (Image(f"{HERE}a.jpg"),)))))
    page = page_of(made)
    page = replace(page, options=replace(page.options, images="none"))
    assert f'<a href="{HERE}b.html">〔图片〕</a>' in chapter(made, page, FileNames())


def test_english_words_for_a_picture_have_a_space_behind_them() -> None:
    made = article(Paragraph((Image(f"{HERE}x.png", "Ink"),)), shot("a.jpg", "Pulp"), shot("b.jpg", alt="Mould"))
    page = chapter(replace(made, language="en"), page_of(made), FileNames(), epub=True)
    assert ">[Picture 1 of 3] Ink</a>" in page
    assert 'aria-label="[Picture 2 of 3] Pulp">[Picture 2 of 3]</a> <span class="caption">Pulp</span>' in page
    assert ">[Picture 3 of 3] Mould</a>" in page


# --- with a store ----------------------------------------------------------------------------------------------------


def test_a_picture_has_its_file_its_size_and_its_address() -> None:
    page = html(shot("600x400.jpg", "纸浆", full_size=f"{HERE}large.jpg"), stored=True)
    assert (
        f'<a href="{HERE}large.jpg" aria-label="纸浆"><img src="../../pictures/600x400.jpg" alt="图片" data-alt="" '
        f'class="full" width="600" height="400" data-address="{HERE}600x400.jpg"/></a>' in page
    )


@pytest.mark.parametrize(
    ("name", "kind"), [("400x600.jpg", "tall"), ("3000x200.jpg", "full"), ("319x200.jpg", ""), ("20x20.jpg", "")]
)
def test_a_picture_of_a_figure_takes_the_measure_unless_it_is_small(name: str, kind: str) -> None:
    assert (re.findall(r'<img [^>]*class="(\w+)"', html(shot(name), stored=True)) or [""]) == [kind]


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        (Image(f"{HERE}20x20.png"), "small"),
        (Image(f"{HERE}72x72.png", "😀"), "small"),
        (Image(f"{HERE}72x72.png", width=16, height=16), "small"),
        (Image(f"{HERE}72x72.png"), ""),
        (Image(f"{HERE}600x30.png"), ""),
    ],
)
def test_a_small_picture_in_a_line_is_as_high_as_the_text(image: Image, kind: str) -> None:
    page = html(Paragraph((Text("字"), image, Text("字"))), stored=True)
    assert (re.findall(r'<img [^>]*class="(\w+)"', page) or [""]) == [kind]


@pytest.mark.parametrize("alt", ["", "纸浆", " 纸浆。"])
def test_the_alternative_text_never_repeats_the_caption(alt: str) -> None:
    page = html(shot("600x400.jpg", "纸浆。（图）", alt), shot("400x400.jpg", "帘", "竹"), stored=True)
    assert re.findall(r' alt="([^"]*)"', page) == ["图 1／2", "竹"]


@pytest.mark.parametrize("reason", [*REASONS, "of-later"])
def test_a_missing_picture_says_why_and_loads_nothing(reason: str) -> None:
    page = html(shot(f"{reason}.jpg", "纸浆"), shot("600x400.jpg"), stored=True)
    why = WORDS["zh-Hans"].get(reason, WORDS["zh-Hans"]["not-stored"])
    assert f'aria-label="〔图 1／2：{why}〕纸浆">〔图 1／2：{why}〕</a>' in page
    assert page.count("<img ") == 1
    assert not re.search(r'(?:src|srcset|poster|data)="https?:', page)


@pytest.mark.parametrize("language", WORDS)
def test_each_reason_has_words_for_readers(language: str) -> None:
    assert [reason for reason in REASONS if reason not in WORDS[language]] == []


# --- links -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ((Figure((Image(DOT, full_size=f"{HERE}l.png"),), (Text("纸样。"),)),), 'aria-label="纸样。"'),
        ((Figure((Image(DOT, full_size=f"{HERE}l.png"), Image(DOT))),), 'aria-label="图 1／2"'),
        ((Figure((Image(DOT, full_size=f"{HERE}l.png"),)),), 'aria-label="a.example"'),
        ((Paragraph((Link(f"{HERE}b.html", (Image(DOT),)),)),), 'alt="图片"'),
        ((Paragraph((Link(f"{HERE}b.html", (Image(DOT, "样"),)),)),), 'alt="样"'),
    ],
)
def test_a_link_around_a_picture_has_a_name(body: tuple[Block, ...], name: str) -> None:
    (link,) = re.findall(r"<a [^>]*><img [^>]*></a>", html(*body))
    assert name in link


def test_a_picture_in_a_link_has_no_link_of_its_own() -> None:
    image = Image(f"{HERE}600x400.jpg", full_size=f"{HERE}large.jpg")
    assert re.findall(r'<a href="([^"]*)"', html(Paragraph((Link(f"{HERE}b.html", (image,)),)), stored=True)) == [
        f"{HERE}b.html",
        f"{HERE}a.html",
    ]


# --- read back -------------------------------------------------------------------------------------------------------


def store(folder: Path, *names: str) -> Path:
    """A store with grey pictures, whose names are their sizes."""
    with PictureStore(str(folder)) as made:
        for name in names:
            width, height = map(int, name.partition(".")[0].split("x"))
            data = base64.b64decode(picture(width, height).partition(",")[2])
            made.put(HERE + name, data, Facts("png", width, height))
        made.miss(f"{HERE}gone.png", Missing("not-found"))
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("to", ["epub", "html"])
def test_our_own_pages_with_pictures_give_the_article_back(to: str, tmp_path: Path) -> None:
    made = article(
        TEXT,
        shot("gone.png", "没有了", full_size=f"{HERE}gone-large.png"),
        shot("300x200.png", "帘", "帘"),
        Paragraph((Text("字"), Image(f"{HERE}20x20.png"), Text("字"), Image(f"{HERE}20x20.png", "灰", "题"))),
        Paragraph((Text("见"), Link(f"{HERE}b.html", (Image(f"{HERE}300x200.png"),)))),
        lead=shot("600x400.png", "纸浆", full_size=f"{HERE}large.png"),
    )
    (tmp_path / "a.json").write_bytes(article_json.encode(made))
    shelf = store(tmp_path / "store", "600x400.png", "300x200.png", "20x20.png")
    out = tmp_path / f"a.{to}"
    assert run("--to", to, tmp_path / "a.json", "--store", shelf, "-o", out).returncode == 0
    assert run("--to", "json", out, "-o", tmp_path / "back.json").returncode == 0
    back = article_json.decode((tmp_path / "back.json").read_bytes())
    assert (back.lead, back.body) == (made.lead, made.body)


# --- EPUB ------------------------------------------------------------------------------------------------------------


def write(folder: Path, articles: dict[str, Article]) -> None:
    folder.mkdir()
    for name, each in articles.items():
        source = replace(each.source, path=f"{name}.md", address=f"{HERE}{name}.html")
        (folder / f"{name}.json").write_bytes(article_json.encode(replace(each, id=name, source=source)))


def book(folder: Path, to: str, articles: dict[str, Article], *options: str) -> Path:
    """A book of articles with a store of pictures."""
    write(folder / "src", articles)
    shelf = store(folder / "store", "600x400.png", "300x200.png", "20x20.png")
    out = folder / f"book.{to}"
    done = run("--to", to, folder / "src", "--store", shelf, *options, "-o", out)
    assert done.returncode == 0, done.stderr
    return out


def package(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read("EPUB/content.opf").decode()


@pytest.mark.slow
def test_an_epub_holds_each_picture_once_and_says_that_it_has_some(tmp_path: Path) -> None:
    one = article(TEXT, shot("300x200.png", "帘"), lead=shot("600x400.png", "纸浆", full_size=f"{HERE}large.png"))
    other = article(TEXT, shot("300x200.png", "帘"), shot("gone.png", "没有了"), Paragraph((Text("字"),)))
    path = book(tmp_path, "epub", {"n1": one, "n2": other}, "--cover", "lead")
    opf = package(path)
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.startswith("EPUB/pictures/")]
        assert "EPUB/cover.svg" not in archive.namelist()
        assert re.search(r'<img src="pictures/\w+\.png"', archive.read("EPUB/cover.xhtml").decode())
    assert len(names) == 2
    assert opf.count('media-type="image/png"') == 2
    assert len(re.findall(r'<item [^>]*media-type="image/png" properties="cover-image"/>', opf)) == 1
    told = re.findall(r'property="schema:(accessM\w+)">([^<]*)<', opf)
    assert told == [
        ("accessMode", "textual"),
        ("accessMode", "visual"),
        ("accessModeSufficient", "textual,visual"),
        ("accessModeSufficient", "textual"),
    ]
    assert epubcheck(path) == []


@pytest.mark.slow
def test_an_epub_whose_pictures_have_no_words_is_not_said_to_be_whole_without_sight(tmp_path: Path) -> None:
    opf = package(book(tmp_path, "epub", {"n1": article(TEXT, shot("600x400.png"), TEXT)}, "--cover", "lead"))
    assert ">textual,visual<" in opf
    assert '"schema:accessModeSufficient">textual<' not in opf
    assert "alternativeText" not in opf
    assert 'href="cover.svg" id="cover-picture"' in opf, "no article has a lead"


# --- PDF -------------------------------------------------------------------------------------------------------------


def structure(element: pikepdf.Object) -> Iterator[pikepdf.Object]:
    yield element
    kids = element.get("/K")
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            yield from structure(kid)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["weasyprint", "typst"])
def test_a_pdf_holds_a_picture_of_many_articles_once(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "FEWEST", 2)  # articles of a chunk
    one = article(TEXT, lead=shot("600x400.png", "纸浆", full_size=f"{HERE}large.png"))
    write(tmp_path / "src", {f"n{number}": one for number in range(4)})
    shelf, path = store(tmp_path / "store", "600x400.png"), tmp_path / "book.pdf"
    api.convert(tmp_path / "src", path, "pdf", store=shelf, images="original", pdf_engine=engine)  # type: ignore[arg-type]
    with pikepdf.open(path) as pdf:
        streams = [each for each in pdf.objects if isinstance(each, pikepdf.Stream)]
        assert [int(each.Width) for each in streams if each.get("/Subtype") == "/Image"] == [600]
        tags = [*structure(pdf.Root.StructTreeRoot)]
        alts = [str(each.Alt) for each in tags if each.get("/S") == "/Figure"]
        assert alts == ["图片"] * 4, "the caption is beside it"
        for link in (each for each in tags if each.get("/S") == "/Link"):
            kids = [each for each in link.K if isinstance(each, pikepdf.Dictionary)]
            assert [each for each in kids if each.get("/Type") == "/OBJR"]
        for picture in (each for each in tags if each.get("/S") == "/Figure"):
            assert not [each for each in structure(picture) if each.get("/Type") == "/OBJR"]
        for note in (note for page in pdf.pages for note in page.get("/Annots", ())):
            assert str(note.Contents)
