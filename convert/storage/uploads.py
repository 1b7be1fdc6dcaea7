"""Uploads to S3 that were never finished: a killed process leaves the parts that it sent, unseen and at a cost.

The engine neither lists nor removes them.  So these two requests are made here, signed by AWS Signature Version 4 in
the query, with the keys of the environment; other credentials, and services behind a proxy, list nothing.
"""

import hashlib
import hmac
import html
import http.client
import os
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlsplit

_TIMEOUT = 60
_MOST = 1 << 24
"""Largest answer, in bytes; a page of a thousand uploads has less than a megabyte."""
_UPLOAD = re.compile(r"<Upload>.*?</Upload>", re.DOTALL)
_ITEM = re.compile(r"<(Key|UploadId|NextKeyMarker|NextUploadIdMarker|IsTruncated)>([^<]*)</\1>")
_PROXIES = ("https_proxy", "http_proxy", "all_proxy", "aws_proxy_url")


class Upload(NamedTuple):
    """Upload that was not finished."""

    key: str
    id: str


class Uploads:
    """Requests about the uploads to a bucket; `signed` is the address that the engine signed for any object in it."""

    def __init__(self, signed: str, name: str) -> None:
        parts = urlsplit(signed)
        self._secure, self._host = parts.scheme == "https", parts.netloc
        self._bucket = parts.path.removesuffix(f"/{name}")
        credential = parse_qs(parts.query).get("X-Amz-Credential", [""])[0]
        self._key, _, scope = credential.partition("/")
        self._region = scope.split("/")[1] if scope.count("/") >= 1 else ""
        self._token = parse_qs(parts.query).get("X-Amz-Security-Token", [""])[0]
        self._secret = os.environ.get("AWS_SECRET_ACCESS_KEY", "")

    @property
    def _is_possible(self) -> bool:
        proxied = any(os.environ.get(each) or os.environ.get(each.upper()) for each in _PROXIES)
        return bool(self._secret) and self._key == os.environ.get("AWS_ACCESS_KEY_ID") and not proxied

    def below(self, prefix: str) -> Iterator[Upload]:
        """Yield the uploads of objects whose names begin with a prefix; none where the service does not list them.

        Raises:
            OSError, http.client.HTTPException: it cannot be reached.
        """
        more: dict[str, str] | None = {}
        while more is not None and self._is_possible:
            status, text = self._ask("GET", "", {"uploads": "", "prefix": prefix, "encoding-type": "url", **more})
            if status != http.client.OK:
                return
            for each in _UPLOAD.findall(text):
                found = _items(each, text)
                yield Upload(found.get("Key", ""), found.get("UploadId", ""))
            page = _items(_UPLOAD.sub("", text), text)
            more = None
            if page.get("IsTruncated") == "true":
                more = {"key-marker": page["NextKeyMarker"], "upload-id-marker": page["NextUploadIdMarker"]}

    def abort(self, upload: Upload) -> int:
        """Remove the parts of an upload, and return the status of the answer.

        Raises:
            OSError, http.client.HTTPException: the service cannot be reached.
        """
        return self._ask("DELETE", f"/{upload.key}", {"uploadId": upload.id})[0] if self._is_possible else 0

    def _ask(self, method: str, name: str, query: Mapping[str, str]) -> tuple[int, str]:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._host, timeout=_TIMEOUT)
        try:
            connection.request(method, self._signed(method, self._bucket + quote(name), query))
            answer = connection.getresponse()
            return answer.status, answer.read(_MOST).decode("utf-8", "replace")
        finally:
            connection.close()

    def _signed(self, method: str, path: str, query: Mapping[str, str]) -> str:
        """Return path and query of a request, signed (docs.aws.amazon.com, Signature Version 4, query parameters)."""
        now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        scope = f"{now[:8]}/{self._region}/s3/aws4_request"
        whole = {
            **query,
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": f"{self._key}/{scope}",
            "X-Amz-Date": now,
            "X-Amz-Expires": str(_TIMEOUT),
            "X-Amz-SignedHeaders": "host",
            **({"X-Amz-Security-Token": self._token} if self._token else {}),
        }
        text = "&".join(f"{quote(name, '')}={quote(value, '')}" for name, value in sorted(whole.items()))
        request = "\n".join((method, path or "/", text, f"host:{self._host}", "", "host", "UNSIGNED-PAYLOAD"))
        digest = hashlib.sha256(request.encode()).hexdigest()
        key = f"AWS4{self._secret}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        words = "\n".join(("AWS4-HMAC-SHA256", now, scope, digest))
        return f"{path or '/'}?{text}&X-Amz-Signature={hmac.new(key, words.encode(), 'sha256').hexdigest()}"


def _items(part: str, answer: str) -> dict[str, str]:
    """Return the values in a part of an answer; keys are percent-encoded in it if the answer says so."""
    found = {name: html.unescape(value) for name, value in _ITEM.findall(part)}
    if "<EncodingType>url</EncodingType>" in answer:
        found |= {name: unquote(value) for name, value in found.items() if name in ("Key", "NextKeyMarker")}
    return found
