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


def page_with(key: str, text: str) -> bytes:
    pdf = blank()
    pdf.pages[0].obj[key] = pikepdf.Object.parse(text.encode())
    return written(pdf)


HIDDEN = {
    "a path without a type": ("/AF", r"[<</F(\\\\a.example\\x)>>]", "pdf-file-network"),
    "a path alone": ("/AF", r"[(\\\\a.example\\x)]", "pdf-address-elsewhere"),
    "the data of a clip": ("/Z", "<</S/MCD/CT(video/mp4)/D(http://a.example/x)>>", "pdf-file-network"),
    "addresses in a list": ("/Z", "<</URLs[(http://a.example/x)]>>", "pdf-address-elsewhere"),
    "a step of a presentation": ("/PresSteps", "<</NA<</S/URI/URI(http://a.example/)>>>>", "pdf-open-address"),
    "a link that is a script": ("/Z", "<</A<</S/URI/URI(javascript:x\\(\\))>>>>", "script-link"),
    "an action without a name": ("/AA", "<</O<</S(JavaScript)/JS(x)>>>>", "pdf-unknown-action"),
    "layers that begin hidden": ("/Z", "<</D<</BaseState/OFF>>>>", "pdf-hidden-layer"),
    "a layer hidden on screen": ("/Z", "<</Usage<</View<</ViewState/OFF>>>>>>", "pdf-hidden-layer"),
    "an old program for printers": ("/Z", "<</Subtype/Form/Subtype2/PS>>", "pdf-postscript"),
    "a matrix with a text": ("/Z", "<</FontMatrix[1 0 0 1 0 (0\\); x\\()]>>", "pdf-broken"),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_what_is_written_in_another_way_is_found(name: str) -> None:
    key, text, vector = HIDDEN[name]
    assert vector in names(page_with(key, text))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    ("text", "vector"),
    [
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "http://a.example/">]><x>&e;</x>', "xml-entity"),
        ('<?xml-stylesheet href="http://a.example/"?><x/>', "xml-stylesheet"),
        ("<stRef:filePath>/home/a/b.docx</stRef:filePath>", "pdf-user-path"),
    ],
)
def test_metadata_is_read_as_xml(text: str, vector: str, encoding: str) -> None:
    pdf = blank()
    pdf.Root.Metadata = pdf.make_stream(text.encode(encoding))
    assert vector in names(written(pdf, fix_metadata_version=False))


@pytest.mark.parametrize(("name", "kind"), [("a.html", "text/plain"), ("a.html", ""), ("a", "text/html")])
def test_a_file_attached_anywhere_is_judged_by_its_name_and_type(name: str, kind: str) -> None:
    pdf = blank()
    held = pikepdf.AttachedFileSpec(pdf, b"<p><script>x()</script>", filename=name, mime_type=kind)
    pdf.Root.AF = pikepdf.Array([held.obj])
    assert "script-inline" in names(written(pdf))


def test_what_mupdf_writes_is_sealed() -> None:
    pdf = blank()
    pdf.Root.Info = pikepdf.Dictionary(Producer="a")
    assert names(written(pdf)) == []


def test_bytes_around_a_file_are_told() -> None:
    data = written(blank())
    assert names(b"\xef\xbb\xbf\r\n" + data + b"\r\n\0\0") == []
    assert names(b"<script>x()</script>" + data) == ["pdf-broken"]
    assert names(data + b"<script>x()</script>") == ["pdf-hidden-bytes"]


def test_an_earlier_revision_without_its_mark_is_judged() -> None:
    first = with_example(TABLE["pdf-javascript"], ADDRESS).replace(b"%%EOF", b"")
    assert "pdf-javascript" in names(first + written(blank()))
