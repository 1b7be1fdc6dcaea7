"""WARC files and WACZ of our own, record by record, whole and damaged."""

import gzip
import hashlib
import json
import sys
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CAPTURED = "2023-01-02T03:04:05Z"


def page(name: str, more: str = "") -> str:
    """Return a web page with an article."""
    lines = (
        f"The pulp for {name} is beaten in cold water, lifted with a mould and pressed between felts until it holds.",
        "Then the sheets hang in the loft for a week, and somebody counts them before they are sized with glue.",
        "Nobody hurries this part, because paper that dries too fast curls at the edges and cracks in the press.",
    )
    body = "".join(f"<p>{line}</p>" for line in lines)
    head = f"<!doctype html><html><head><title>{name}</title></head>"
    return f"{head}<body><article><h1>{name}</h1>{body}{more}</article></body></html>"


def answer(body: bytes, *fields: str, mime: str = "text/html", status: str = "200 OK") -> bytes:
    """Return the answer of a server."""
    head = [f"HTTP/1.1 {status}", *([f"Content-Type: {mime}"] if mime else []), *fields]
    return "\r\n".join([*head, "", ""]).encode() + body


def record(
    address: str, block: bytes, *fields: str, kind: str = "response", mime: str = "", length: int | None = None
) -> bytes:
    """Return a record."""
    mime = mime or f"application/http; msgtype={kind}"
    head = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Target-URI: {address}",
        f"WARC-Date: {CAPTURED}",
        "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>",
        f"Content-Type: {mime}",
        f"Content-Length: {len(block) if length is None else length}",
        *fields,
    ]
    return "\r\n".join([*head, "", ""]).encode() + block + b"\r\n\r\n"


def response(name: str, *fields: str) -> bytes:
    """Return the record of a page that is called `name`."""
    return record(f"https://press.example/{name}.html", answer(page(name).encode()), *fields)


def packed(records: Iterable[bytes]) -> bytes:
    """Return records, each compressed by itself."""
    return b"".join(gzip.compress(each, mtime=0) for each in records)


def in_zstd(records: Iterable[bytes], *, has_dictionary: bool = True, is_packed: bool = True) -> bytes:
    """Return records, each in a frame of zstd, after a dictionary, which may be compressed itself."""
    each = [*records]
    if not has_dictionary:
        return b"".join(map(zstd.compress, each))
    dictionary = zstd.train_dict([record[at : at + 200] for record in each * 40 for at in range(0, 1000, 37)], 2000)
    content = zstd.compress(dictionary.dict_content) if is_packed else dictionary.dict_content
    head = b"\x5d\x2a\x4d\x18" + len(content).to_bytes(4, "little") + content
    options = {int(zstd.CompressionParameter.checksum_flag): 1}
    return head + b"".join(zstd.compress(record, options=options, zstd_dict=dictionary) for record in each)


def wacz(
    file: Path,
    warcs: Mapping[str, Sequence[bytes]],
    titles: Mapping[str, str] = MappingProxyType({}),
    *,
    method: int = zipfile.ZIP_STORED,
    without: str = "",
) -> Path:
    """Write a WACZ as Browsertrix does, of WARC files by their names, without the members whose names begin so."""
    members: dict[str, bytes] = {}
    rows: list[bytes] = []
    for name, records in warcs.items():
        parts = [packed([each]) for each in records]
        offset = 0
        for part in parts:
            row = {"url": "https://press.example/", "filename": name, "offset": str(offset), "length": str(len(part))}
            rows.append(b"example,press)/ 20230102030405 " + json.dumps(row).encode() + b"\n")
            offset += len(part)
        members[f"archive/{name}"] = b"".join(parts)
    head = b'!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n'
    members["indexes/index.idx"] = head
    members["indexes/index.cdx.gz"] = gzip.compress(b"".join(rows), mtime=0)
    pages = [{"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}]
    pages += [{"url": url, "ts": CAPTURED.replace("Z", ".123Z"), "title": title} for url, title in titles.items()]
    members["pages/pages.jsonl"] = b"".join(json.dumps(each).encode() + b"\n" for each in pages)
    resources = [
        {"name": name.rpartition("/")[2], "path": name, "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
        for name, data in members.items()
    ]
    package = {"profile": "data-package", "wacz_version": "1.1.1", "resources": resources}
    members["datapackage.json"] = json.dumps(package).encode()
    with zipfile.ZipFile(file, "w", method) as out:
        for name, data in members.items():
            if not without or not name.startswith(without):
                out.writestr(zipfile.ZipInfo(name), data, method)
    return file
