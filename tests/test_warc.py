"""WARC: what is whole is read, with the address and the moment of its fetching, and what is not is reported."""

import gzip
import hashlib
import io
import json
import random
import shutil
import subprocess
import sys
import threading
import zlib
from base64 import b32encode
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import brotli
import pytest
from helpers.program import run
from helpers.warc import CAPTURED, answer, in_zstd, packed, page, record, response
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from convert.document import Cleaned, read_document
from convert.errors import DocumentError, SourceError
from convert.readers.options import DETECTED
from convert.sources import Reader, Ref, Refusal, Source, walk

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

NAMES = ("pulp", "mould", "felt", "loft", "size")


def saved(folder: Path, data: bytes, name: str = "press.warc.gz") -> str:
    file = folder / name
    file.write_bytes(data)
    return str(file)


def read(root: str) -> tuple[list[Source], list[Refusal]]:
    """Return what can be read of an archive, and what is said of the rest."""
    found: list[Source] = []
    refused: list[Refusal] = []
    with Reader() as reader:
        for each in walk([root]):
            if isinstance(each, Ref):
                found.append(reader.read(each))
            else:
                refused.append(each)
    return found, refused


def names(root: str) -> list[str]:
    return [source.path.removeprefix("press.example/").removesuffix(".html") for source in read(root)[0]]


def messages(root: str) -> list[tuple[str, str]]:
    return [(each.code, str(each.message)) for each in read(root)[1]]


def cleaned_of(root: str) -> list[Cleaned]:
    with Reader() as reader:
        return [read_document(ref, reader, "", DETECTED) for ref in walk([root]) if isinstance(ref, Ref)]


# --- what is read -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["packed", "plain", "in one"])
def test_records_are_read_in_each_form(tmp_path: Path, form: str) -> None:
    each = [response(name) for name in NAMES]
    data = {"packed": packed(each), "plain": b"".join(each), "in one": gzip.compress(b"".join(each))}[form]
    found, refused = read(saved(tmp_path, data))
    assert refused == []
    assert [(source.address, source.envelope.captured, source.data.decode()) for source in found] == [
        (f"https://press.example/{name}.html", CAPTURED, page(name)) for name in NAMES
    ]


def test_moment_with_parts_of_a_second_is_that_of_the_second(tmp_path: Path) -> None:
    data = response("pulp").replace(CAPTURED.encode(), CAPTURED.replace("Z", ".123456Z").encode())
    (cleaned,) = cleaned_of(saved(tmp_path, data))
    assert cleaned.article is not None
    assert cleaned.article.source.captured == CAPTURED
    assert [each.code for each in cleaned.findings if each.level == "error"] == []


def test_member_of_many_blocks_is_read_in_any_order(tmp_path: Path) -> None:
    each = [
        record(f"https://press.example/{n}", answer(random.Random(n).randbytes(300_000) + b"<p>")) for n in range(9)
    ]
    root = saved(tmp_path, gzip.compress(b"".join(each), 1))
    refs = [ref for ref in walk([root]) if isinstance(ref, Ref)]
    with Reader() as reader:
        whole = {ref.path: reader.read(ref).data for ref in reversed(refs)}
    assert [whole[f"press.example/{n}"] for n in range(9)] == [
        random.Random(n).randbytes(300_000) + b"<p>" for n in range(9)
    ]


KINDS = {
    "resource": (record("https://press.example/a", page("a").encode(), kind="resource", mime="text/html"), True),
    "conversion": (record("https://press.example/a", page("a").encode(), kind="conversion", mime="text/html"), True),
    "address in brackets": (record("<https://press.example/a>", answer(page("a").encode())), True),
    "xhtml": (record("https://press.example/a", answer(b"<html>", mime="application/xhtml+xml")), True),
    "no type": (record("https://press.example/a", answer(page("a").encode(), mime="")), True),
    "of an unknown type": (
        record("https://press.example/a", answer(page("a").encode(), mime="application/octet-stream")),
        True,
    ),
    "markdown": (record("https://press.example/a.md", answer(b"### a", mime="text/plain; charset=utf-8")), True),
    "lines end in a line feed": (
        record("https://press.example/a", answer(page("a").encode()).replace(b"\r\n", b"\n")),
        True,
    ),
    "request": (record("https://press.example/a", b"GET / HTTP/1.1\r\n\r\n", kind="request"), False),
    "metadata": (
        record("https://press.example/a", b"via: x\r\n", kind="metadata", mime="application/warc-fields"),
        False,
    ),
    "warcinfo": (record("", b"software: x\r\n", kind="warcinfo", mime="application/warc-fields"), False),
    "log of wget": (
        record("metadata://gnu.org/software/wget/warc/wget.log", b"log", kind="resource", mime="text/plain"),
        False,
    ),
    "text of a browser": (record("urn:text:https://press.example/a", b"a", kind="resource", mime="text/plain"), False),
    "page of a browser": (
        record("urn:pageinfo:https://press.example/a", b"{}", kind="resource", mime="application/json"),
        False,
    ),
    "picture of a browser": (
        record("urn:thumbnail:https://press.example/a", b"x", kind="resource", mime="image/png"),
        False,
    ),
    "name server": (record("dns:press.example", b"x", kind="response", mime="text/dns"), False),
}


@pytest.mark.parametrize("name", KINDS)
def test_record_is_a_document_or_passed_over_silently(tmp_path: Path, name: str) -> None:
    data, is_document = KINDS[name]
    found, refused = read(saved(tmp_path, packed([data])))
    assert (len(found), refused) == (is_document, [])


def test_records_of_other_types_are_counted(tmp_path: Path) -> None:
    url = "https://press.example/x"
    others = [
        record(url, answer(b"x", mime="image/png")),
        record(url, answer(b"x", mime="image/png")),
        record(url, answer(b"{}", mime="application/json")),
        record(url, answer(b"gone", status="404 Not Found")),
        record(url, answer(b"", "Location: /y", status="301 Moved")),
    ]
    root = saved(tmp_path, packed([*others, response("pulp")]))
    (refusal,) = read(root)[1]
    assert refusal.count == 5
    assert b"1 article(s), 5 other file(s): " in run("validate", root, cwd=tmp_path).stdout
    assert str(refusal.message) == (
        "5 record(s) are no pages that can be read: image/png 2, HTTP 301 1, HTTP 404 1, application/json 1"
    )


def test_page_without_an_address_on_the_web_is_counted(tmp_path: Path) -> None:
    each = [
        record("", answer(page("a").encode())),
        record("ftp://press.example/a.html", page("a").encode(), kind="resource", mime="text/html"),
        record("https://press.example/a", b"x", kind="continuation", mime="x/x"),
    ]
    assert messages(saved(tmp_path, packed(each))) == [
        ("SRC004", "3 record(s) are no pages that can be read: continuation 1, ftp: 1, response 1")
    ]


def test_captures_of_one_address_have_names_of_their_own(tmp_path: Path) -> None:
    url = "https://press.example/a.html"
    each = [record(url, answer(page(str(n)).encode())) for n in range(3)]
    each.insert(1, record("https://press.example/a.2.html", answer(page("other").encode())))
    found = [source.path for source in read(saved(tmp_path, packed(each)))[0]]
    assert found == [f"press.example/a{number}.html" for number in ("", ".2", ".3", ".4")]


def test_revisit_counts_where_its_page_is_elsewhere(tmp_path: Path) -> None:
    body = page("pulp").encode()
    digest = f"WARC-Payload-Digest: sha1:{b32encode(hashlib.sha1(body).digest()).decode()}"
    again = record("https://press.example/pulp.html", answer(b""), digest, kind="revisit")
    assert messages(saved(tmp_path, packed([response("pulp", digest), again]))) == []
    assert messages(saved(tmp_path, packed([again, again]))) == [
        (
            "SRC004",
            "2 page(s) had not changed since an earlier visit, which another archive has; name that archive too",
        )
    ]


def test_revisit_of_another_address_is_counted(tmp_path: Path) -> None:
    body = page("pulp").encode()
    digest = f"WARC-Payload-Digest: sha1:{b32encode(hashlib.sha1(body).digest()).decode()}"
    copies = [record(f"https://press.example/{n}.html", answer(b""), digest, kind="revisit") for n in (1, 1, 2)]
    assert messages(saved(tmp_path, packed([response("pulp", digest), *copies]))) == [
        ("SRC004", "2 address(es) had the same page as another one, which the archive has; that one is read")
    ]


def test_revisit_without_a_digest_is_of_its_address(tmp_path: Path) -> None:
    again = record("https://press.example/pulp.html", answer(b""), kind="revisit")
    assert messages(saved(tmp_path, packed([again, response("pulp")]))) == []
    assert [code for code, _ in messages(saved(tmp_path, packed([again, response("loft")])))] == ["SRC004"]


def test_segment_of_a_page_is_read_with_a_warning(tmp_path: Path) -> None:
    first = record("https://press.example/a.html", answer(page("a").encode()[:600]), "WARC-Segment-Number: 1")
    more = ("WARC-Segment-Number: 2", "WARC-Segment-Origin-ID: <urn:uuid:0>")
    rest = record("https://press.example/a.html", page("a").encode()[600:], *more, kind="continuation", mime="x/x")
    root = saved(tmp_path, packed([first, rest]))
    (cleaned,) = cleaned_of(root)
    assert [str(each.message) for each in cleaned.findings if each.code == "SRC019"] == [
        "the page goes on in other records (segments), which are not joined"
    ]
    assert messages(root) == [("SRC004", "1 record(s) are no pages that can be read: continuation 1")]


# --- zstd -------------------------------------------------------------------------------------------------------------

SKIPPED = b"\x50\x2a\x4d\x18\x05\0\0\0about"
FRAMES: dict[str, Callable[[list[bytes]], bytes]] = {
    "frames": lambda each: in_zstd(each, has_dictionary=False),
    "dictionary": lambda each: in_zstd(each, is_packed=False),
    "packed dictionary": in_zstd,
    "one frame": lambda each: zstd.compress(b"".join(each)),
}


@pytest.mark.parametrize("name", FRAMES)
def test_records_in_zstd_are_read(tmp_path: Path, name: str) -> None:
    data = FRAMES[name]([response(each) for each in NAMES])
    for folder in (str(tmp_path), ""):
        root = saved(tmp_path, data, "press.warc.zst")
        found, refused = read(folder or root)
        assert refused == []
        assert [source.data.decode() for source in found] == [page(each) for each in NAMES]


def test_frame_that_other_programs_add_is_skipped(tmp_path: Path) -> None:
    first, second = (in_zstd([response(each)], has_dictionary=False) for each in NAMES[:2])
    assert names(saved(tmp_path, first + SKIPPED * 2 + second)) == [*NAMES[:2]]


@pytest.mark.parametrize("has_dictionary", [True, False])
def test_damaged_frame_costs_no_other(tmp_path: Path, has_dictionary: bool) -> None:
    data = in_zstd(map(response, NAMES), has_dictionary=has_dictionary)
    start = data.rindex(b"\x28\xb5\x2f\xfd", 0, data.rindex(b"\x28\xb5\x2f\xfd"))
    root = saved(tmp_path, data[: start + 5] + b"\xee" * 9 + data[start + 14 :])
    assert len(names(root)) == len(NAMES) - 1
    ((code, said),) = messages(root)
    assert (code, said.startswith(f"damaged from byte {start} on")) == ("SRC001", True)


@pytest.mark.parametrize(("start", "end", "count"), [(8, 40, 0), (4, 8, len(NAMES)), (20, 10**6, 0)])
def test_damaged_dictionary_is_reported(tmp_path: Path, start: int, end: int, count: int) -> None:
    data = in_zstd(map(response, NAMES))
    root = saved(
        tmp_path, data[:start] + b"\x28\xb5\x2f\xfd" + b"\xee" * (min(end, len(data)) - start - 4) + data[end:]
    )
    assert len(names(root)) == count
    assert {code for code, _ in messages(root)} == {"SRC001"}


# --- codings and encodings --------------------------------------------------------------------------------------------

HTML = page("pulp", "<p>" + "wet " * 9000 + "</p>").encode()
CODED = {
    "gzip": ("Content-Encoding: gzip", gzip.compress(HTML)),
    "x-gzip": ("Content-Encoding: X-GZIP", gzip.compress(HTML)),
    "deflate": ("Content-Encoding: deflate", zlib.compress(HTML)),
    "raw deflate": ("Content-Encoding: deflate", zlib.compress(HTML)[2:-4]),
    "brotli": ("Content-Encoding: br", brotli.compress(HTML)),
    "zstd": ("Content-Encoding: zstd", zstd.compress(HTML)),
    "two": ("Content-Encoding: gzip, br", brotli.compress(gzip.compress(HTML))),
    "chunked": (
        "Transfer-Encoding: chunked",
        b"a;x=1\r\n%b\r\n%X\r\n%b\r\n0\r\n\r\n" % (HTML[:10], len(HTML) - 10, HTML[10:]),
    ),
}
LIES = ("Content-Encoding: gzip", "Content-Encoding: deflate", "Content-Encoding: br", "Content-Encoding: zstd",
        "Transfer-Encoding: chunked", "Content-Encoding: identity")  # fmt: skip


def of_answer(folder: Path, body: bytes, *fields: str, mime: str = "text/html") -> bytes:
    (source,) = read(saved(folder, packed([record("https://press.example/a", answer(body, *fields, mime=mime))])))[0]
    return source.data


@pytest.mark.parametrize("name", CODED)
def test_coding_is_undone(tmp_path: Path, name: str) -> None:
    field, body = CODED[name]
    assert of_answer(tmp_path, body, field) == HTML


@pytest.mark.parametrize("name", CODED)
def test_coded_page_that_is_cut_short_is_reported(tmp_path: Path, name: str) -> None:
    field, body = CODED[name]
    for end in (len(body) - 9, len(body) // 2):
        with pytest.raises(DocumentError, match=r"cut short|damaged"):
            of_answer(tmp_path, body[:end], field)


@pytest.mark.parametrize("field", LIES)
def test_coding_that_was_undone_already_is_no_fault(tmp_path: Path, field: str) -> None:
    assert of_answer(tmp_path, HTML, field) == HTML


@pytest.mark.parametrize("name", ["gzip", "deflate", "brotli", "zstd"])
def test_bomb_is_refused(tmp_path: Path, name: str) -> None:
    packs: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "brotli": partial(brotli.compress, quality=1),
        "zstd": zstd.compress,
    }
    with pytest.raises(DocumentError) as caught:
        of_answer(tmp_path, packs[name](b"<p>" + bytes(40 << 20)), CODED[name][0])
    assert caught.value.code == "SRC002"


def test_unknown_coding_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="compressed with lzma"):
        of_answer(tmp_path, b"\x5d\0", "Content-Encoding: lzma")


ENCODINGS = [
    ("gbk", "GB2312", ""),
    ("big5", "big5", ""),
    ("shift_jis", "x-sjis", ""),
    ("utf-8", "UTF-8", ""),
    ("gbk", "gbk", '<meta charset="utf-8">'),
    ("utf-8", "iso-8859-1", '<meta charset="utf-8">'),
    ("utf-8", "no-such-encoding", '<meta charset="utf-8">'),
    ("utf-16", "utf-8", ""),
]


@pytest.mark.parametrize(("encoding", "declared", "meta"), ENCODINGS)
def test_declared_encoding_counts_unless_the_bytes_disprove_it(
    tmp_path: Path, encoding: str, declared: str, meta: str
) -> None:
    text = page("紙的話").replace("<head>", f"<head>{meta}")
    block = answer(text.encode(encoding), mime=f"text/html; charset={declared}")
    (cleaned,) = cleaned_of(saved(tmp_path, packed([record("https://press.example/a", block)])))
    assert cleaned.article is not None
    assert cleaned.article.title == "紙的話"


# --- damage -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["packed", "plain"])
def test_damaged_record_costs_no_other(tmp_path: Path, form: str) -> None:
    each = [response(name) for name in NAMES]
    each = each if form == "plain" else [packed([one]) for one in each]
    start, end = len(each[0] + each[1]), len(each[0] + each[1] + each[2])
    whole = b"".join(each)
    for at in (start, start + 3, (start + end) // 2, end - 9):
        damaged = whole[:at] + b"\xee" * 6 + whole[at + 6 :]
        root = saved(tmp_path, damaged)
        if form == "plain" and start + 9 < at < end - 20:
            assert names(root) == list(NAMES)  # nothing shows that bytes of a page are others
            continue
        assert names(root) == [name for name in NAMES if name != "felt"], at
        ((code, said),) = messages(root)
        assert (code, said.startswith(f"damaged from byte {start} on")) == ("SRC001", True), said


@pytest.mark.parametrize("form", ["packed", "plain", "in one"])
def test_archive_that_is_cut_off_is_read_up_to_there(tmp_path: Path, form: str) -> None:
    each = [response(name) for name in NAMES]
    data = {"packed": packed(each), "plain": b"".join(each), "in one": gzip.compress(b"".join(each))}[form]
    for at in range(200, len(data) - 20, len(data) // 23):
        found, refused = read(saved(tmp_path, data[:at]))
        assert [source.data.decode() for source in found] == [page(name) for name in NAMES[: len(found)]]
        assert len(refused) <= 1
        if form == "packed" and refused:
            assert str(refused[0].message).endswith(": cut short")


@pytest.mark.parametrize("difference", [-30, -1, 30, 5000, 10**9])
@pytest.mark.parametrize("form", ["packed", "plain"])
def test_wrong_length_is_reported(tmp_path: Path, form: str, difference: int) -> None:
    block = answer(page("felt").encode())
    wrong = record("https://press.example/felt.html", block, length=len(block) + difference)
    each = [response("pulp"), wrong, response("loft")]
    root = saved(tmp_path, packed(each) if form == "packed" else b"".join(each))
    found, said = names(root), messages(root)
    assert found == ["pulp", "loft"]
    assert [code for code, _ in said] == ["SRC001"]


@pytest.mark.parametrize(
    "head",
    [
        b"WARC/1.0\r\nWARC-Type: response\r\n\r\n",
        b"WARC/1.0\r\nContent-Length: -7\r\n\r\n",
        b"WARC/1.0\r\n" + b"X: y\r\n" * 20000,
        b"WARC/1.0\r\nContent-Length: \xff\r\n\r\n",
        b"\0" * 5000,
        b"some text\r\n",
    ],
)
def test_what_is_no_record_is_passed_over(tmp_path: Path, head: bytes) -> None:
    root = saved(tmp_path, packed([response("pulp")]) + head + packed([response("loft")]))
    assert names(root) == ["pulp", "loft"]
    assert len(messages(root)) == bool(head.strip(b"\0"))


@pytest.mark.parametrize("mark", [b"XXXX/1.0", b"\0\0\0\0\xee\xee\xee\xee"])
def test_first_line_may_be_damaged(tmp_path: Path, mark: bytes) -> None:
    data = response("pulp") + response("loft")
    assert names(saved(tmp_path, mark + data[len(mark) :], "press.warc")) == ["loft"]


def test_page_about_warc_is_a_page(tmp_path: Path) -> None:
    for text in (
        page("pulp", "<pre>" + response("loft").decode() + "</pre>"),
        "# WARC\r\n\r\n" + response("loft").decode(),
    ):
        saved(tmp_path, text.encode(), "page.warc")
        (ref,) = walk([str(tmp_path / "page.warc")])
        assert isinstance(ref, Ref)
        assert ref.record == ()


def test_first_record_may_be_damaged(tmp_path: Path) -> None:
    data = bytearray(packed([response("pulp"), response("loft")]))
    data[12:40] = bytes(28)
    assert names(saved(tmp_path, bytes(data))) == ["loft"]


@pytest.mark.rule("SRC019")
def test_doubtful_page_is_read_and_reported(tmp_path: Path) -> None:
    body = page("pulp").encode()
    block = answer(body)
    right = f"WARC-Block-Digest: sha1:{b32encode(hashlib.sha1(block).digest()).decode()}"
    hexadecimal = f"WARC-Payload-Digest: sha-256:{hashlib.sha256(body).hexdigest()}"
    base32 = f"WARC-Payload-Digest: sha256:{b32encode(hashlib.sha256(body).digest()).decode()}"
    wrong = f"WARC-Payload-Digest: sha1:{'A' * 32}"
    for field, is_doubtful in (
        (right, False), (hexadecimal, False), (base32, False), ("WARC-Payload-Digest: whirl:x", False),
        (wrong, True), ("WARC-Block-Digest: md5:!", True), ("WARC-Truncated: length", True),
    ):  # fmt: skip
        (cleaned,) = cleaned_of(saved(tmp_path, packed([record("https://press.example/a", block, field)])))
        assert cleaned.article is not None
        assert ("SRC019" in [each.code for each in cleaned.findings]) is is_doubtful, field


@pytest.mark.parametrize("data", [b"", b"just words", b"\x1f\x8b\x08", gzip.compress(b"words", mtime=0)])
def test_file_that_is_no_archive_gets_a_message(tmp_path: Path, data: bytes) -> None:
    saved(tmp_path, data, "press.warc")
    done = run("--to", "json", "press.warc", cwd=tmp_path)
    assert done.returncode == 4
    assert b"convert: " in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.slow
def test_random_damage_never_ends_in_a_traceback(tmp_path: Path) -> None:
    whole = packed([response(name) for name in NAMES])
    plain = b"".join(response(name) for name in NAMES)
    for seed in range(300):
        chance = random.Random(seed)
        data = bytearray(chance.choice((whole, plain)))
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(data))
            data[at : at + chance.randrange(40)] = chance.randbytes(chance.randrange(40))
        root = saved(tmp_path, bytes(data))
        with Reader() as reader:
            for ref in walk([root]):
                if isinstance(ref, Ref):
                    try:
                        reader.read(ref)
                    except DocumentError as error:
                        assert error.code in ("SRC001", "SRC002")


# --- by other programs, through the commands --------------------------------------------------------------------------


def by_warcio(file: Path, pages: dict[str, str], *, gz: bool = True) -> None:
    """Write an archive by warcio, with digests, requests and a header."""
    with file.open("wb") as out:
        writer = WARCWriter(out, gzip=gz)
        writer.write_record(writer.create_warcinfo_record(file.name, {"software": "warcio"}))
        for address, text in pages.items():
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            given = writer.create_warc_record(
                address,
                "response",
                payload=io.BytesIO(text.encode()),
                http_headers=head,
                warc_headers_dict={"WARC-Date": CAPTURED},
            )
            asked = StatusAndHeaders("GET / HTTP/1.1", [("Host", "press.example")], is_http_request=True)
            request = writer.create_warc_record(address, "request", http_headers=asked)
            writer.write_request_response_pair(request, given)
            given.raw_stream.close()


@pytest.mark.slow
def test_archive_of_warcio_goes_through_the_commands_like_a_folder(tmp_path: Path) -> None:
    pages = {f"https://press.example/{name}.html": page(name) for name in NAMES}
    by_warcio(tmp_path / "press.warc.gz", pages)
    checked = run("validate", "press.warc.gz", cwd=tmp_path)
    assert checked.stdout.startswith(b"5 article(s), 0 other file(s): 0 error(s), 0 warning(s)")
    first = run("--to", "epub", "--update", "press.warc.gz", "-o", "press.epub", cwd=tmp_path)
    assert b"5 article(s)" in first.stderr
    made = (tmp_path / "press.epub").read_bytes()
    again = run("--to", "epub", "--update", "press.warc.gz", "-o", "press.epub", cwd=tmp_path)
    assert b"1 file(s) left as they are" in again.stderr
    pages["https://press.example/pulp.html"] = page("pulp", "<p>One more.</p>")
    by_warcio(tmp_path / "press.warc.gz", pages)
    assert b"left as" not in run("--to", "epub", "--update", "press.warc.gz", "-o", "press.epub", cwd=tmp_path).stderr
    assert made != (tmp_path / "press.epub").read_bytes()


@pytest.mark.slow
def test_update_heeds_the_moment_of_fetching(tmp_path: Path) -> None:
    given = ("--to", "json", "--update", "press.warc.gz", "-o", "out")
    for moment in (CAPTURED, CAPTURED, "2024-05-06T07:08:09Z"):
        saved(tmp_path, packed([response("pulp").replace(CAPTURED.encode(), moment.encode())]))
        done = run(*given, cwd=tmp_path)
        (made,) = (tmp_path / "out").rglob("pulp*.json")
        assert json.loads(made.read_text())["source"]["captured"] == moment, done.stderr


def test_fixing_a_folder_leaves_its_archives_as_they_are(tmp_path: Path) -> None:
    text = page("pulp", '<p>See <a href="/mould.html">the mould</a> that lifts it.</p>')
    data = packed([record("https://press.example/pulp.html", answer(text.encode()))])
    (tmp_path / "site").mkdir()
    saved(tmp_path / "site", data)
    for given in ((), ("--diff",)):
        done = run("validate", "--fix", *given, "site", cwd=tmp_path)
        assert b"left as it is: it is in an archive, which --fix does not change" in done.stderr
        assert b"0 finding(s) " in done.stderr
    assert (tmp_path / "site" / "press.warc.gz").read_bytes() == data


class _Site(BaseHTTPRequestHandler):
    """A site of three pages, one of them in chunks and gzip, with a picture, a redirect and a page that is missing."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        links = "".join(f'<a href="/{name}">x</a>' for name in ("mould.html", "felt.html", "moved", "gone", "a.png"))
        name = self.path.strip("/").partition(".")[0]
        if self.path == "/moved":
            self._send(301, b"", ("Location", "/mould.html"))
        elif self.path == "/":
            self._send(200, page("pulp", f"<p>{links}</p>").encode(), ("Content-Type", "text/html; charset=utf-8"))
        elif self.path == "/felt.html":
            body = gzip.compress(page(name).encode())
            self._send(200, b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body), ("Content-Type", "text/html"),
                       ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"))  # fmt: skip
        elif self.path == "/a.png":
            self._send(200, b"\x89PNG", ("Content-Type", "image/png"))
        elif self.path == "/mould.html":
            self._send(200, page(name).encode("gbk"), ("Content-Type", "text/html; charset=gbk"))
        else:
            self._send(404, b"gone", ("Content-Type", "text/html"))

    def _send(self, status: int, body: bytes, *fields: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        if "Transfer-Encoding" not in dict(fields):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("wget"), reason="wget is not installed")
def test_archive_of_wget_is_read(tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        subprocess.run(
            [
                "wget",
                "-q",
                "-r",
                "-e",
                "robots=off",
                "--compression=auto",
                "--warc-file=press",
                "--no-proxy",
                f"{url}/",
            ],
            cwd=tmp_path,
            check=False,
            timeout=60,
        )
        server.shutdown()
    found = {source.address.removeprefix(url): source for source in read(str(tmp_path / "press.warc.gz"))[0]}
    assert sorted(found) == ["/", "/felt.html", "/mould.html"]
    assert found["/felt.html"].data.decode() == page("felt")
    assert [each.doubt for each in found.values()] == [None] * 3
    (others,) = messages(str(tmp_path / "press.warc.gz"))
    assert others == ("SRC004", "3 record(s) are no pages that can be read: HTTP 301 1, HTTP 404 1, image/png 1")


# --- what is made to do harm ------------------------------------------------------------------------------------------


def nested(depth: int) -> bytes:
    """Return gzip members that each contain the next ones, and never end."""
    head = b"\x1f\x8b\x08" + bytes(7)
    start = b"WARC/1.0\r\nContent-Length: 999999999\r\n\r\n"
    return (head + b"\0" + (60000).to_bytes(2, "little") + (60000 ^ 0xFFFF).to_bytes(2, "little") + start) * depth


HOSTILE = {
    "bomb": lambda: gzip.compress(record("https://press.example/a", bytes(300 << 20), mime="image/png"), 1),
    "heads without end": lambda: b"WARC/1.0\r\nX: y\r\n" * 200_000,
    "members in members": lambda: nested(20_000),
    "comments": lambda: packed([record("https://press.example/a", answer(b"<!-- -->" * 5000, mime=""))]),
    "lengths": lambda: b"WARC/1.0\r\nContent-Length: 7\r\n\r\n" * 20_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_archive_takes_bounded_work(tmp_path: Path, name: str) -> None:
    root = saved(tmp_path, HOSTILE[name]())
    with suppress(SourceError):
        assert len(list(walk([root]))) < 200
