"""The answers to requests: which are refused, and what the others get (RFC 9110, RFC 9111)."""

import re
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any, BinaryIO
from urllib.parse import quote

from convert.media import media_type
from convert.messages import Language
from convert.sandbox import abilities
from convert.serving.listing import POLICY as OF_LISTINGS, page
from convert.serving.tree import Shown, Tree, open_file

INDEX = "index.html"
PIECE = 1 << 16
LONGEST_SILENCE = 60
"""Seconds after which a connection that says nothing is closed."""
POLICY = (
    "default-src 'self' data: blob:; script-src 'self'; style-src 'self' 'unsafe-inline' data:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
"""Policy for files, beside what their pages say themselves: nothing is loaded from another host, and only scripts that
are files run."""
HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),  # a page of the web could run our files as its scripts
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("X-Frame-Options", "SAMEORIGIN"),
)
"""Headers of every answer."""
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.A)


class Handler(BaseHTTPRequestHandler):
    """Connection of a browser; `server` is a `Server` of `convert.serving.server`."""

    server: Any
    protocol_version = "HTTP/1.1"
    timeout = LONGEST_SILENCE
    _policy = POLICY

    def do_GET(self) -> None:
        """Answer a request of a method that is served, as a document may read: nothing but the tree."""
        if self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # the body of a request is not read
        hosts = self.headers.get_all("Host", [])
        if len(hosts) != 1 or hosts[0].lower() not in self.server.hosts:
            self.close_connection = True
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST)
            return
        with abilities.document():
            self._answer(self.server.tree)

    do_HEAD = do_GET  # noqa: N815 - the name that http.server looks for

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer a request that is no good; one with another method gets the list of those that are served."""
        self.close_connection = True
        status = HTTPStatus(code)
        self._refuse(HTTPStatus.METHOD_NOT_ALLOWED if status is HTTPStatus.NOT_IMPLEMENTED else status)

    def version_string(self) -> str:
        """Return the name of this program, without its version and that of Python."""
        return "convert"

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - its name there
        """Log nothing but what `log_request` does."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Hand a line of the log over."""
        self.server.log(f"{int(code)} {getattr(self, 'requestline', '')}")

    def end_headers(self) -> None:
        """End the headers with those that every answer has."""
        for name, value in (*HEADERS, ("Content-Security-Policy", self._policy)):
            self.send_header(name, value)
        self._policy = POLICY
        super().end_headers()

    def _answer(self, tree: Tree) -> None:
        shown = tree.find(self.path)
        if shown is None:
            self._refuse(HTTPStatus.NOT_FOUND)
        elif not shown.is_folder:
            self._send_file(shown)
        elif not self.path.partition("?")[0].endswith("/"):
            # relative, and never with two slashes in front, which would name a host
            name = self.path.partition("?")[0].rpartition("/")[2]
            self._send(HTTPStatus.MOVED_PERMANENTLY, b"", (("Location", f"./{quote(name, safe='%')}/"),))
        elif tree.is_file:
            self._send(HTTPStatus.FOUND, b"", (("Location", self.server.start),))
        else:
            path = self.path.partition("?")[0]
            index = tree.find(path + INDEX)
            if index is not None and not index.is_folder:
                self._send_file(index)
            else:
                self._send_list(tree, shown)

    def _send_list(self, tree: Tree, folder: Shown) -> None:
        language: Language = self.server.language
        try:
            entries = tree.entries(folder)
        except OSError:
            self._refuse(HTTPStatus.FORBIDDEN)
            return
        path = folder.path[len(tree.folder) :].replace("\\", "/") + "/"
        self._policy = OF_LISTINGS
        data = page(path, entries, language, is_root=folder.path == tree.folder)
        self._send(HTTPStatus.OK, data, (("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")))

    def _send_file(self, shown: Shown) -> None:
        try:
            file = open_file(shown)
        except OSError:
            self._refuse(HTTPStatus.FORBIDDEN)
            return
        with file:
            tag = f'"{shown.modified:x}-{shown.size:x}"'
            date = formatdate(shown.modified // 10**9, usegmt=True)
            known = (("ETag", tag), ("Last-Modified", date), ("Cache-Control", "no-cache"), ("Accept-Ranges", "bytes"))
            if self._is_known(tag, shown):
                self._head(HTTPStatus.NOT_MODIFIED, known)
                return
            first, after = self._range(shown.size, tag)
            if first >= after and shown.size:
                self._send(
                    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, b"", (("Content-Range", f"bytes */{shown.size}"),)
                )
                return
            is_part = after - first < shown.size
            part = (("Content-Range", f"bytes {first}-{after - 1}/{shown.size}"),) if is_part else ()
            length = (("Content-Type", media_type(shown.path)), ("Content-Length", str(after - first)))
            self._head(HTTPStatus.PARTIAL_CONTENT if is_part else HTTPStatus.OK, (*known, *length, *part))
            if self.command != "HEAD":
                self._copy(file, first, after - first)

    def _is_known(self, tag: str, shown: Shown) -> bool:
        """Return whether the browser has this file already (RFC 9110, 13.2.2)."""
        given = self.headers.get("If-None-Match")
        if given is not None:
            return given.strip() == "*" or tag in (each.strip().removeprefix("W/") for each in given.split(","))
        try:
            return parsedate_to_datetime(self.headers["If-Modified-Since"]).timestamp() >= shown.modified // 10**9
        except (TypeError, ValueError, OverflowError):
            return False

    def _range(self, size: int, tag: str) -> tuple[int, int]:
        """Return the bytes that are asked for, first and after the last; all for no range, several, or an old one."""
        found = _RANGE.fullmatch(self.headers.get("Range", ""))
        if not found or found[0] == "bytes=-" or self.headers.get("If-Range", tag) != tag or self.command == "HEAD":
            return 0, size
        if not found[1]:
            return max(0, size - int(found[2])), size
        if found[2] and int(found[2]) < int(found[1]):
            return 0, size
        return int(found[1]), min(size, int(found[2] or size) + 1)

    def _copy(self, file: BinaryIO, first: int, length: int) -> None:
        file.seek(first)
        while length > 0:
            piece = file.read(min(PIECE, length))
            if not piece:  # it has become shorter: the browser sees that something is missing
                self.close_connection = True
                return
            self.wfile.write(piece)
            length -= len(piece)

    def _refuse(self, status: HTTPStatus) -> None:
        allow = (("Allow", "GET, HEAD"),) if status is HTTPStatus.METHOD_NOT_ALLOWED else ()
        text = f"{status.value} {status.phrase}\n".encode()
        self._send(status, text, (("Content-Type", "text/plain; charset=utf-8"), *allow))

    def _send(self, status: HTTPStatus, data: bytes, headers: tuple[tuple[str, str], ...]) -> None:
        self._head(status, (*headers, ("Content-Length", str(len(data)))))
        if getattr(self, "command", "") != "HEAD":
            self.wfile.write(data)

    def _head(self, status: HTTPStatus, headers: tuple[tuple[str, str], ...]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
