"""Pictures in findings, figures, manifests and updates: an update makes what a whole build makes, and no more."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from helpers.pictures import drawn
from helpers.program import run
from msgspec.structs import replace

from convert.building.build import Request, build
from convert.building.shown import Shown, findings
from convert.bundle import split
from convert.bundle.volumes import Gathering
from convert.document import read_document
from convert.fidelity.outputs import losses
from convert.manifest import Manifest, encode, read
from convert.messages import Message
from convert.model import Article, Finding, Place
from convert.pictures.gallery import Gallery, Profile, Ready
from convert.pictures.model import Facts, Missing
from convert.pictures.store import PictureStore
from convert.readers.options import DETECTED
from convert.report.base import Summary
from convert.settings import Settings, Step
from convert.sources import Reader, Ref, walk
from convert.sources.beside import Beside
from convert.sources.pictures import content_address
from convert.writers import WRITERS
from convert.writers.options import Options

A, B, C = (drawn("png", 8 + number, 8) for number in range(3))
ADDRESS = "https://img.example/a.png"
TEXT = "The vatman dips the mould, lifts it, and lets the water run, until a sheet of paper is left on it. " * 4


def put(store: Path, address: str, data: bytes) -> None:
    with PictureStore(str(store)) as pictures:
        pictures.put(address, data, Facts("png", 8, 8))


def miss(store: Path, address: str, reason: str) -> None:
    with PictureStore(str(store)) as pictures:
        pictures.miss(address, Missing(reason))


@contextmanager
def progress(_: Message, __: int | None) -> Iterator[Step]:
    yield lambda _: None


class Press:
    """Folder of two notes of two years, which are a volume each, and a store."""

    def __init__(self, folder: Path) -> None:
        self.source, self.store, self.out = folder / "notes", folder / "store", folder / "out"
        self._other = folder / "whole"
        self.findings: list[Finding] = []
        self.note("a", "2023", "![x](a.png)")
        self.note("b", "2024", f"![y]({ADDRESS})")
        put(self.store, content_address(A), A)
        put(self.store, content_address(B), B)
        (self.source / "a.png").write_bytes(A)

    def note(self, name: str, year: str, picture: str) -> None:
        self.source.mkdir(exist_ok=True)
        head = f"title: Felt {name}\ndate: {year}-01-02"
        (self.source / f"{name}.md").write_text(f"---\n{head}\n---\n\n{TEXT}\n\n{picture}\n\n{TEXT}\n")

    def build(self, out: Path, *, update: bool = True) -> Summary:
        gathering = Gathering(split=split.parse("year"))
        settings = Settings(workers=1, gathering=gathering, options=Options(images="original"), store=str(self.store))
        request = Request((str(self.source),), "epub", f"{out}/", settings, update=update)
        return build(request, self.findings.append, progress).summary

    def made(self) -> list[str]:
        """Update, compare with a whole build, and return the volumes that were made."""
        changes = self.build(self.out).changes
        self.build(self._other, update=False)
        for book in self._other.glob("*.epub"):
            assert book.read_bytes() == (self.out / book.name).read_bytes(), book.name
        return sorted(name.removesuffix(".epub") for fate, name in changes if fate == "made" and name.endswith(".epub"))


def stored(press: Press) -> None:
    put(press.store, ADDRESS, B)


def replaced(press: Press) -> None:
    put(press.store, ADDRESS, B)
    press.made()
    put(press.store, ADDRESS, A)


def other_reason(press: Press) -> None:
    miss(press.store, ADDRESS, "not-found")


def other_file(press: Press) -> None:
    (press.source / "a.png").write_bytes(B)


def file_gone(press: Press) -> None:
    (press.source / "a.png").unlink()


def file_comes(press: Press) -> None:
    (press.source / "a.png").unlink()
    press.made()
    (press.source / "a.png").write_bytes(A)


def file_not_stored(press: Press) -> None:
    (press.source / "a.png").write_bytes(C)


def other_pictures(press: Press) -> None:
    put(press.store, "https://img.example/other.png", C)


class Case(NamedTuple):
    change: Callable[[Press], None]
    made: str


CASES = [
    Case(lambda _: None, ""),
    Case(other_pictures, ""),
    Case(stored, "2024"),
    Case(replaced, "2024"),
    Case(other_reason, "2024"),
    Case(other_file, "2023"),
    Case(file_gone, "2023"),
    Case(file_comes, "2023"),
    Case(file_not_stored, "2023"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: getattr(case.change, "__name__", ""))
def test_update_makes_the_volumes_whose_pictures_changed(case: Case, tmp_path: Path) -> None:
    press = Press(tmp_path)
    assert press.made() == ["2023", "2024"]
    case.change(press)
    assert press.made() == case.made.split()
    assert press.made() == []


def test_manifest_records_the_pictures_of_each_output(tmp_path: Path) -> None:
    press = Press(tmp_path)
    summary = press.build(press.out)
    assert (summary.pictures, summary.missing, summary.codes["IMG007"]) == (1, 1, 1)
    manifest = read(str(press.out / "convert-manifest.json"))
    first, second = manifest.outputs
    ((address, shown),) = first.pictures.items()
    assert (address, len(shown)) == (content_address(A), 64)
    assert first.beside == {"a.md": {"a.png": content_address(A)}}
    assert (second.pictures, second.beside) == ({ADDRESS: "not-stored"}, {})
    assert run("verify", press.out / "convert-manifest.json").returncode == 0


def test_manifest_without_a_store_says_nothing_of_pictures() -> None:
    data = (Path(__file__).parents[1] / "schemas/manifest.schema.json").read_text()
    required = json.loads(data)["$defs"]["Output"]["required"]
    assert not {"pictures", "stored", "beside"} & set(required)
    assert b"pictures" not in encode(Manifest(tool={"name": "a", "version": "1"}, format="epub"))  # type: ignore[arg-type]


def test_an_interrupted_build_goes_on_with_its_pictures(tmp_path: Path) -> None:
    press = Press(tmp_path)
    with pytest.raises(KeyboardInterrupt), interrupted_after(press, 1):
        press.build(press.out)
    stored(press)
    assert press.made() == ["2023", "2024"]  # against no manifest, but the first was not made anew
    assert press.build(press.out).unchanged == 2


@contextmanager
def interrupted_after(press: Press, count: int) -> Iterator[None]:
    """Interrupt a build after so many volumes."""
    from convert.building.journal import Journal

    add, left = Journal.add, [count]

    def added(journal: Journal, made: object) -> None:
        add(journal, made)  # type: ignore[arg-type]
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Journal, "add", added)
        yield


READY = Ready("00.png", "image/png", "", 1, 1, 1)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"a": READY}, []),
        ({"a": Missing("not-found")}, [("IMG007", 5, "the store lacks the picture a: its server has it no more")]),
        ({"a": Missing("broken", "cut off")}, [("IMG008", 5, "the picture a is refused: it is broken: cut off")]),
        (
            {"x": READY, **{f"b{number}": Missing("robots") for number in range(100)}, "c": Missing("too-large", "9")},
            [
                ("IMG007", 1, "the store lacks 100 of 102 pictures, the first of them b0"),
                ("IMG008", 7, "the picture c"),
            ],
        ),
    ],
)
def test_an_article_has_one_finding_for_each_kind_of_lack(
    asked: dict[str, Ready | Missing], found: list[tuple[str, int, str]]
) -> None:
    made = list(findings(asked, {"a": Place(5, 2), "c": Place(7, 1)}, "a.md"))
    assert [(each.code, each.line) for each in made] == [each[:2] for each in found]
    assert all(str(each.message).startswith(words) for each, (_, _, words) in zip(made, found, strict=True))


@pytest.mark.rule("IMG009")
def test_pictures_that_are_smaller_or_left_out_for_the_size_are_one_finding() -> None:
    asked: dict[str, Ready | Missing] = {"x": READY, "a": READY, "b": Missing("dropped"), "c": Missing("dropped")}
    (made,) = findings(asked, {"a": Place(5, 2)}, "a.md", {"a"})
    assert (made.code, made.level, made.line) == ("IMG009", "info", 5)
    assert str(made.message) == "of 4 pictures, 1 are smaller and 2 left out for the size of the book"


@pytest.mark.slow
def test_a_book_that_keeps_to_a_size_says_where_pictures_are_smaller(tmp_path: Path) -> None:
    press = Press(tmp_path)
    picture = drawn("jpeg", 700, 500, quality=95)
    put(press.store, ADDRESS, picture)
    (press.source / "a.md").unlink()
    given = ("--store", press.store, "--images", "original", "--ledger", tmp_path / "ledger.jsonl")
    made = run("--to", "epub", press.source, *given, "--fit", "45KB", "-o", tmp_path / "out.epub")
    assert made.returncode == 0, made.stderr
    lines = (tmp_path / "ledger.jsonl").read_text().splitlines()
    assert [json.loads(line)["line"] for line in lines if '"IMG009"' in line] == [8]


@pytest.mark.rule("IMG007")
@pytest.mark.rule("IMG008")
def test_conversion_reports_what_it_cannot_show_at_its_place(tmp_path: Path) -> None:
    press = Press(tmp_path)
    miss(press.store, ADDRESS, "no-picture")
    (press.source / "a.png").write_bytes(C)
    press.build(press.out)
    lacks = [each for each in press.findings if each.code in ("IMG007", "IMG008")]
    assert [(each.code, Path(each.path).name, each.line, each.column) for each in lacks] == [
        ("IMG007", "a.md", 8, 1), ("IMG008", "b.md", 8, 1),
    ]  # fmt: skip


def test_figures_count_pictures(tmp_path: Path) -> None:
    press = Press(tmp_path)
    done = run("--to", "html", press.source, "--store", press.store, "-o", tmp_path / "out.html")
    assert b"1 picture(s) shown; 1 missing" in done.stderr


def test_shown_knows_a_reason_from_a_hash() -> None:
    assert Shown("not-found", "not-found").is_missing
    assert not Shown("0" * 64, "0" * 64).is_missing


def article_of(press: Press) -> Article:
    beside = Beside()
    with Reader() as reader:
        ref = next(each for each in walk([str(press.source)]) if isinstance(each, Ref) and each.path == "a.md")
        article = read_document(ref, reader, "", DETECTED, beside).article
    assert article is not None
    return article


@pytest.mark.parametrize("to", ["html", "epub", "markdown", pytest.param("pdf", marks=pytest.mark.slow)])
def test_fidelity_looks_for_pictures_inside_the_output(
    to: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    press = Press(tmp_path)
    article, gallery = article_of(press), Gallery(Profile(str(press.store), made=str(tmp_path / "made")))
    try:
        assert list(losses(article, to, gallery)) == []
        writer = WRITERS[to]
        without = writer._replace(render=lambda article, page: writer.render(article, replace(page, pictures=None)))
        monkeypatch.setattr("convert.fidelity.outputs.WRITERS", {to: without})
        assert [each.code for each in losses(article, to, gallery)] == ["IMG006"] * (to != "markdown")
    finally:
        gallery.close()


def test_validate_knows_what_a_store_lacks_and_writes_nothing_there(tmp_path: Path) -> None:
    press = Press(tmp_path)
    before = sorted(path.name for path in press.store.rglob("*.*") if "sqlite3-" not in path.name)
    checked = run("validate", "--fidelity-to", "html,epub", press.source, "--store", press.store)
    said = checked.stdout.decode()
    assert f"b.md:8:1: warning IMG007 picture-not-stored: the store lacks the picture {ADDRESS}" in said
    assert "IMG006" not in said
    assert sorted(path.name for path in press.store.rglob("*.*") if "sqlite3-" not in path.name) == before
    assert not (press.store / "made").exists()


def test_strict_refuses_what_lacks_a_picture(tmp_path: Path) -> None:
    press = Press(tmp_path)
    (press.source / "a.md").unlink()
    addresses = "b.md\thttps://press.example/b\n"
    (tmp_path / "addresses.tsv").write_text(addresses)
    given = ("--strict", "--addresses", tmp_path / "addresses.tsv", "-o", tmp_path / "out.html")
    strict = run("--to", "html", press.source, "--store", press.store, *given)
    assert (strict.returncode, (tmp_path / "out.html").exists()) == (3, False)
    assert b"IMG007" in strict.stderr
    put(press.store, ADDRESS, A)
    assert run("--to", "html", press.source, "--store", press.store, *given).returncode == 0
