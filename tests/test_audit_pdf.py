"""The audit of PDF: every vector, as an object of its own and in another, in revisions and attachments."""

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from helpers.audit import ADDRESS, found
from helpers.audited_pdf import blank, with_example, written
from helpers.data import SEEDS
from helpers.program import run

from convert.audit.vector import vectors

TABLE = vectors()
ROWS = [each.name for each in TABLE.values() if each.kind == "pdf" and each.example[0] != "{"]


def names(data: bytes) -> list[str]:
    return [each.vector for each in found(data, "pdf")]


def test_the_small_file_is_sealed() -> None:
    assert names(written(blank())) == []


@pytest.mark.parametrize("name", ROWS)
def test_a_vector_is_found_with_its_object(name: str) -> None:
    for apart in (False, True):
        there = found(with_example(TABLE[name], ADDRESS, indirect=apart, packed=apart), "pdf")
        assert name in [each.vector for each in there], (apart, there)
        if name not in ("pdf-info", "pdf-user-path"):
            assert all(each.object for each in there if each.vector == name)


def test_a_name_that_is_escaped_is_the_same_name() -> None:
    data = written(blank(), object_stream_mode=pikepdf.ObjectStreamMode.disable)
    spoilt = data.replace(b"/Type /Catalog", b"/OpenAction << /S /J#61vaScript /JS (x) >> /Type /Catalog")
    assert spoilt != data
    assert "pdf-javascript" in names(spoilt)


def test_scripts_of_an_encrypted_file_without_a_password_are_found() -> None:
    pdf = pikepdf.open(BytesIO(with_example(TABLE["pdf-javascript"], ADDRESS)))
    assert "pdf-javascript" in names(written(pdf, encryption=pikepdf.Encryption(owner="a", user="", R=6)))


def test_a_file_with_a_password_is_not_judged() -> None:
    assert names(written(blank(), encryption=pikepdf.Encryption(owner="a", user="b", R=6))) == ["pdf-encrypted"]


def test_a_broken_file_is_not_judged() -> None:
    assert names(b"%PDF-1.7\nnothing") == ["pdf-broken"]
    assert "pdf-broken" in names(written(blank())[:-200])


def test_an_earlier_revision_is_judged() -> None:
    first = with_example(TABLE["pdf-javascript"], ADDRESS)
    with pikepdf.open(BytesIO(first)) as pdf:
        number = pdf.Root.objgen[0]
        pages = pdf.Root.Pages.objgen[0]
    start = first.rindex(b"startxref")
    old = int(first[start:].split()[1])
    later = f"{number} 0 obj\n<</Type/Catalog/Pages {pages} 0 R>>\nendobj\n".encode()
    table = f"xref\n{number} 1\n{len(first):010} 00000 n \n".encode()
    size = first[:start].rpartition(b"/Size")[2].split()[0].decode()
    end = f"startxref\n{len(first) + len(later)}\n%%EOF\n"
    trailer = f"trailer\n<</Size {size}/Root {number} 0 R/Prev {old}>>\n{end}".encode()
    data = first + later + table + trailer
    there = names(data)
    assert "pdf-earlier-revision" in there
    assert "pdf-javascript" in there


def test_an_attached_file_is_judged() -> None:
    pdf = blank()
    inner = with_example(TABLE["pdf-launch"], ADDRESS)
    pdf.attachments["a.pdf"] = pikepdf.AttachedFileSpec(pdf, inner, mime_type="application/pdf")
    there = names(written(pdf))
    assert {"pdf-attachment", "pdf-launch"} <= set(there)


ADDRESS_TEXT = pikepdf.String("http://a.example/x")
LIKE = {
    "title with an address": lambda pdf: pdf.docinfo.update({"/Title": "http://a.example/x"}),
    "producer": lambda pdf: pdf.docinfo.update({"/Producer": "a", "/Author": "b", "/CreationDate": "D:2020"}),
    "structure named as an action": lambda pdf: pdf.Root.update({"/StructTreeRoot": pikepdf.Dictionary(
        K=pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name.Link),
    )}),
    "alternative text": lambda pdf: pdf.pages[0].obj.Annots[0].update({"/Contents": ADDRESS_TEXT}),
    "open at a page": lambda pdf: pdf.Root.update({"/OpenAction": [pdf.pages[0].obj, pikepdf.Name.Fit]}),
    "group": lambda pdf: pdf.pages[0].obj.update({"/Group": pikepdf.Dictionary(S=pikepdf.Name.Transparency)}),
    "labels": lambda pdf: pdf.Root.update({"/PageLabels": pikepdf.Dictionary(
        Nums=[0, pikepdf.Dictionary(S=pikepdf.Name.D)],
    )}),
}  # fmt: skip


@pytest.mark.parametrize("name", LIKE)
def test_look_alikes_are_silent(name: str) -> None:
    pdf = blank()
    LIKE[name](pdf)
    assert names(written(pdf)) == []


@pytest.mark.parametrize("text", [b"<efbbbfb8>", b"<b8ff>", b"(a)", b"/a", b"1", b"null2"])
@pytest.mark.parametrize("key", ["/RC", "/Ref", "/Base", "/F", "/AA", "/A"])
def test_a_value_of_another_kind_is_judged(key: str, text: bytes) -> None:
    pdf = blank()
    value = pdf.make_stream(b"a") if text == b"null2" else pikepdf.Object.parse(text)
    pdf.pages[0].obj.Annots[0][key] = value
    pdf.docinfo["/Custom"] = pikepdf.Object.parse(b"<efbbbfb8>")
    pdf.Root["/URI"] = pikepdf.Dictionary(Base=pikepdf.Object.parse(b"<efbbbfb8>"))
    assert {"pdf-info", "pdf-base-address"} <= set(names(written(pdf)))


@pytest.mark.slow
def test_files_of_ours_are_sealed(tmp_path: Path) -> None:
    assert run("--to", "pdf", SEEDS / "pages" / "nf9000001", "-o", tmp_path / "a.pdf").returncode == 0
    done = run("audit", "--strict", tmp_path / "a.pdf")
    assert (done.returncode, done.stdout.count(b"\n")) == (0, 1), done.stdout
