"""Pages that browsers saved as one file: whose address, pictures and frames are in the parts, whole and damaged."""

import base64
import hashlib
import quopri
import zipfile
from pathlib import Path

import pytest
from helpers.soak import examples
from hypothesis import given, strategies as st

from convert import readers
from convert.document import Cleaned, read_and_clean
from convert.model import Article, Embed, Image, texts, walk
from convert.readers.saved import mhtml
from convert.sources import Reader, Ref, Source, walk as documents

TEXT = "抄纸工早晨第一件事是看水，水浑，纸就灰；水里有铁，纸放几年会起黄斑，所以作坊都建在上游。"
PARAGRAPHS = "\n".join(f"<p>{number}{TEXT}</p>" for number in range(6))
PICTURE = b"GIF89a\1\0\1\0\0\0\0;"
NAMED = f"sha256:{hashlib.sha256(PICTURE).hexdigest()}"
PAGE_ADDRESS = "https://press.example/news/vat.html"
RELATED = 'multipart/related; type="text/html"; boundary="=_b"'


def page(body: str = "", charset: str = "utf-8") -> str:
    head = f'<meta charset="{charset}">' if charset else ""
    return (
        f'<!DOCTYPE html><html lang="zh"><head>{head}<title>抄纸的人</title></head>'
        f"<body><article><h1>抄纸的人</h1>\n{body}\n{PARAGRAPHS}</article></body></html>"
    )


def part(content: bytes, kind: str = "text/html", how: str = "quoted-printable", **headers: str) -> bytes:
    coded = {"quoted-printable": quopri.encodestring, "base64": base64.encodebytes}.get(how, bytes)(content)
    lines = [f"Content-Type: {kind}", f"Content-Transfer-Encoding: {how}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + coded


def saved(*parts: bytes, kind: str = RELATED, end: str = "--=_b--\r\n", **headers: str) -> bytes:
    given = {"From": "<Saved by Blink>", "Snapshot-Content-Location": PAGE_ADDRESS, "MIME-Version": "1.0", **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in given.items() if value]
    head = "\r\n".join([*lines, f"Content-Type: {kind}", "", ""]).encode()
    return head + b"".join(b"--=_b\r\n" + each + b"\r\n" for each in parts) + end.encode()


def cleaned(data: bytes) -> Cleaned:
    return read_and_clean(Source("saved", "vat.mhtml", data))


def article(data: bytes) -> Article:
    result = cleaned(data)
    assert result.article is not None, result.findings
    return result.article


def shown(data: bytes) -> str:
    return "".join(texts(article(data).body))


def codes(data: bytes) -> set[str]:
    return {each.code for each in cleaned(data).findings}


@pytest.mark.parametrize("how", ["quoted-printable", "base64", "8bit", "binary"])
@pytest.mark.parametrize(
    ("charset", "declared"),
    [("utf-8", "utf-8"), ("utf-16", "utf-16"), ("utf-16-le", "unicode"), ("gb18030", "gb2312"), ("big5", "big5")],
)
def test_page_in_any_encoding_is_read(how: str, charset: str, declared: str) -> None:
    simple = page(charset="").translate(dict.fromkeys(map(ord, "纸铁黄头们"), "一"))
    content = simple.encode(charset, "ignore")
    data = saved(part(content, f'text/html; charset="{declared}"', how))
    assert shown(data) == shown(saved(part(content.decode(charset).encode())))
    assert not codes(data) & {"SRC005", "ART003", "TXT004"}


@pytest.mark.parametrize("declared", ["iso-8859-1", "utf-16", "no-such-thing", "big5", ""])
def test_page_whose_part_names_a_wrong_encoding_is_read_by_its_own(declared: str) -> None:
    assert TEXT in shown(saved(part(page().encode(), f"text/html; charset={declared}")))


def test_address_and_moment_come_from_the_file() -> None:
    read = article(saved(part(page().encode()), Date="Tue, 5 Mar 2024 12:00:00 +0800", Subject="x"))
    assert (read.title, read.source.address, read.source.captured) == (
        "抄纸的人", PAGE_ADDRESS, "2024-03-05T12:00:00+08:00",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "of_part", "address"),
    [
        ({}, {}, PAGE_ADDRESS),
        ({"Snapshot-Content-Location": ""}, {"Content_Location": "http://a.example/b"}, "http://a.example/b"),
        ({"Snapshot-Content-Location": "", "Content_Location": "http://a.example/c"}, {}, "http://a.example/c"),
        ({"Snapshot-Content-Location": "file:///C:/me/a.htm"}, {}, ""),
        ({"Snapshot-Content-Location": "http://"}, {}, ""),
    ],
)
def test_address_is_that_of_the_web_alone(headers: dict[str, str], of_part: dict[str, str], address: str) -> None:
    assert article(saved(part(page().encode(), **of_part), **headers)).source.address == address


PICTURES = [
    ("cid:a@b", {"Content_ID": "<a@b>"}, NAMED),
    ("CID:a%40b", {"Content_ID": "<a@b>"}, NAMED),
    ("cid:a@b", {"Content_ID": "<a@b>", "Content_Location": "https://img.example/a.gif"}, "https://img.example/a.gif"),
    ("cid:a@b", {"Content_ID": "<a@b>", "Content_Location": "a.gif"}, "https://press.example/news/a.gif"),
    ("a.gif", {"Content_Location": "https://press.example/news/a.gif"}, "https://press.example/news/a.gif"),
    ("https://img.example/a.gif", {"Content_Location": "https://img.example/a.gif"}, "https://img.example/a.gif"),
    ("file:///C:/a/b.gif", {"Content_Location": "file:///C:/a/b.gif"}, NAMED),
]


@pytest.mark.parametrize(("reference", "headers", "address"), PICTURES)
@pytest.mark.parametrize("form", ['<img alt="槽" src="{}">', "<p><img alt=槽 src={}></p>"])
def test_picture_has_the_address_that_it_had(reference: str, headers: dict[str, str], address: str, form: str) -> None:
    data = saved(part(page(form.format(reference)).encode()), part(PICTURE, "image/gif", "base64", **headers))
    (image,) = (each for each in walk(article(data).body) if isinstance(each, Image))
    assert image.address == address
    assert not codes(data) & {"IMG003", "IMG004"}


def test_picture_of_a_page_that_was_a_file_is_named_by_its_bytes() -> None:
    word = {"Content_Location": "file:///C:/tmp/doc.htm"}
    data = saved(
        part(page('<img alt="槽" src="doc_files/a.gif">').encode(), **word),
        part(PICTURE, "image/gif", "base64", Content_Location="file:///C:/tmp/doc_files/a.gif"),
        **{"Snapshot-Content-Location": ""},
    )
    assert [each.address for each in walk(article(data).body) if isinstance(each, Image)] == [NAMED]


def test_picture_that_is_not_in_the_file_is_reported() -> None:
    assert "IMG003" in codes(saved(part(page('<img alt="槽" src="cid:gone@x">').encode())))


def test_frame_is_read_where_it_has_no_address_of_its_own() -> None:
    body = '<iframe src="cid:f1@x"></iframe><iframe src="cid:f2@x"></iframe>'
    data = saved(
        part(page(body).encode()),
        part("<p>框里的字</p>".encode(), Content_ID="<f1@x>"),
        part("<p>别处的字</p>".encode(), Content_ID="<f2@x>", Content_Location="https://video.example/f2"),
    )
    frames = [each for each in walk(article(data).body) if isinstance(each, Embed)]
    assert [(each.address, "".join(texts(each.children))) for each in frames] == [
        ("", "框里的字"), ("https://video.example/f2", ""),
    ]  # fmt: skip


def test_shadow_root_as_browsers_write_it_is_open() -> None:
    body = f'<div><template shadowmode="open"><p>影子里的字，{TEXT}</p></template></div>'
    assert "影子里的字" in shown(saved(part(page(body).encode())))


@pytest.mark.parametrize(
    "parts",
    [
        [part(b"body{}", "text/css"), part(page().encode())],
        [part(b"<p>ad</p>", Content_ID="<ad@x>"), part(page().encode(), Content_Location=PAGE_ADDRESS)],
        [part(page().encode(), "text/plain")],
        [page().encode()],
        [
            b'Content-Type: multipart/alternative; boundary="in"\r\n\r\n--in\r\n' + part(b"only text", "text/plain")
            + b"\r\n--in\r\n" + part(page().encode()) + b"\r\n--in--\r\n"
        ],
    ],
    ids=["not first", "by location", "wrong type", "no headers", "alternative"],
)  # fmt: skip
def test_page_is_found_among_the_parts(parts: list[bytes]) -> None:
    assert TEXT in shown(saved(*parts))


def test_page_that_the_file_names_as_its_start_is_read() -> None:
    data = saved(
        part(b"<p>ad</p>", Content_ID="<ad@x>"),
        part(page().encode(), Content_ID="<a@x>"),
        kind=RELATED + '; start="<a@x>"',
    )
    assert TEXT in shown(data)


def test_page_without_parts_is_read() -> None:
    head = b"From: <Saved by UnMHT>\r\nMIME-Version: 1.0\r\nContent-Location: https://a.example/b\r\n"
    read = article(head + part(page().encode()))
    assert (read.source.address, read.title) == ("https://a.example/b", "抄纸的人")


WHOLE = saved(
    part(page('<img alt="槽" src="cid:a@b">').encode()), part(PICTURE, "image/gif", "base64", Content_ID="<a@b>")
)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (WHOLE, set()),
        (WHOLE.replace(b"\r\n", b"\n"), set()),
        (b"\xef\xbb\xbf\r\n" + WHOLE, set()),
        (WHOLE.replace(b'boundary="=_b"', b'boundary="other"'), set()),
        (WHOLE.replace(b'; boundary="=_b"', b""), set()),
        (WHOLE[: WHOLE.index(b"--=_b--")], set()),
        (WHOLE[: WHOLE.index(b"</article>") - 300], {"ART003", "HTM010"}),
        (saved(part(page().encode(), how="base64").replace(b"\r\n\r\n", b"\r\n\r\n*?", 1)), {"ART003"}),
        (saved(part(page().encode(), how="base64"), end="")[:-400], {"ART003"}),
    ],
    ids=["whole", "lf", "bom", "other boundary", "no boundary", "no end", "cut off", "wrong base64", "cut base64"],
)  # fmt: skip
def test_damaged_file_is_read_as_far_as_it_is_whole(data: bytes, found: set[str]) -> None:
    assert f"1{TEXT}" in shown(data)
    assert codes(data) & {"ART003", "SRC001", "SRC005", "SRC009"} == found - {"HTM010"}


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (saved(part(PICTURE, "image/gif", "base64")), "SRC004", "no part"),
        (saved(end=""), "SRC001", "boundary"),
        (saved(part(b"")), "SRC001", "boundary"),
    ],
    ids=["picture alone", "head alone", "empty"],
)
def test_file_without_a_page_says_so(data: bytes, code: str, words: str) -> None:
    result = cleaned(data)
    assert [(each.code, words in str(each.message)) for each in result.findings] == [(code, True)]
    entry = readers.peek(data, "vat.mhtml")
    assert (entry is None) == (code == "SRC004")  # an error is reported, what is no article only counted


@pytest.mark.parametrize(
    ("data", "is_page"),
    [
        (WHOLE, True),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n", True),
        (b"Received: from a\nContent-Type: multipart/related; boundary=b\n\n", False),
        (b"To: a@b.example\nContent-Type: multipart/alternative; boundary=b\n\n", False),
        (b"Title: A page\nDate: 2020-01-01\n\nText", False),
        (b"<html><p>Content-Type: multipart/related", False),
        (b"", False),
    ],
)
def test_detect_knows_saved_pages_by_their_headers(data: bytes, is_page: bool) -> None:
    assert mhtml.detect(data) == is_page


def test_findings_have_the_lines_of_the_page() -> None:
    data = saved(part(page('<a href="javascript:x()">一</a>').encode(), how="base64"))
    assert [each.line for each in cleaned(data).findings if each.code == "LNK002"] == [2]


def test_folder_and_archive_of_saved_pages_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "a.mht").write_bytes(WHOLE)
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("in/b.mhtml", WHOLE)
    with Reader() as reader:
        for root in (folder, tmp_path / "b.zip"):
            (ref,) = documents([str(root)])
            assert isinstance(ref, Ref)
            assert TEXT in "".join(texts(readers.read(reader.read(ref).data, ref.path, "").article.body))


@pytest.mark.slow
@given(st.data())
@examples(60)
def test_damage_of_any_kind_is_no_fault_of_ours(data: st.DataObject) -> None:
    broken = bytearray(WHOLE[: data.draw(st.integers(0, len(WHOLE)))])
    for _ in range(data.draw(st.integers(0, 8)) if broken else 0):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    readers.peek(bytes(broken), "vat.mhtml")
    assert "SRC009" not in codes(bytes(broken))


def test_parts_inside_each_other_are_bounded() -> None:
    deep = page().encode()
    for number in range(3000):
        boundary = b"b%d" % number
        deep = b'Content-Type: multipart/related; boundary="%s"\n\n--%s\n%s\n--%s--\n' % (
            boundary,
            boundary,
            deep,
            boundary,
        )
    assert codes(deep) == {"SRC001"}
