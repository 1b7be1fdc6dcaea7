"""`convert serve`: one folder or file, to this machine alone, and nothing else of the disk."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from helpers.program import run, untraced

from convert.errors import UsageError
from convert.media import media_type
from convert.serving.server import serving

PAGE = "<!DOCTYPE html><title>纸</title><p>纸"
TYPES = {
    "a.xhtml": "application/xhtml+xml; charset=utf-8",
    "a.html": "text/html; charset=utf-8",
    "a.js": "text/javascript; charset=utf-8",
    "a.css": "text/css; charset=utf-8",
    "a.md": "text/markdown; charset=utf-8",
    "a.epub": "application/epub+zip",
    "a.atom": "application/atom+xml",
    "feed.xml": "application/atom+xml",
    "opds.xml": "application/atom+xml;profile=opds-catalog",
    "opds/list.xml": "application/atom+xml;profile=opds-catalog",
    "a.xml": "application/xml; charset=utf-8",
    "a.wacz": "application/wacz",
    "a.zim": "application/x-zim",
    "a.webp": "image/webp",
    "a.avif": "image/avif",
    "a.svg": "image/svg+xml",
    "a.json": "application/json",
    "a": "application/octet-stream",
}


class Asked:
    """Answer to a request."""

    def __init__(self, port: int, target: str, method: str = "GET", host: str = "", **headers: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.putrequest(method, target, skip_host=True)
        connection.putheader("Host", host or f"127.0.0.1:{port}")
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        self.status, self.headers, self.body = answer.status, answer.headers, answer.read()
        connection.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what must be shown, and links to what must not."""
    above = tmp_path_factory.mktemp("served")
    (above / "secret.txt").write_text("secret")
    (above / "site-2").mkdir()
    (above / "site-2" / "x.txt").write_text("secret")
    folder = above / "site"
    (folder / "纸 #1").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE, "utf-8")
    (folder / "纸 #1" / "<b>&.txt").write_bytes(bytes(range(100)))
    (folder / "纸 #1" / "empty.txt").write_bytes(b"")
    (folder / ".hidden").write_text("secret")
    (folder / "out").symlink_to(above)
    (folder / "file.txt").symlink_to(above / "secret.txt")
    (folder / "inside.html").symlink_to("index.html")
    os.mkfifo(folder / "fifo")
    return folder


@pytest.fixture(scope="module")
def port(site: Path) -> Iterator[int]:
    """The port of a server of that folder."""
    with serving(str(site), 0, lambda line: None, "en") as address:
        yield int(address.rstrip("/").rpartition(":")[2])


def test_file_is_sent_with_its_type_and_what_protects_it(port: int) -> None:
    answer = Asked(port, "/index.html?x#y")
    assert (answer.status, answer.body.decode()) == (200, PAGE)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Server"] == "convert"


def test_types_are_those_of_the_standards() -> None:
    assert {name: media_type(name) for name in TYPES} == TYPES


def test_folder_shows_its_index_or_a_list(port: int) -> None:
    assert Asked(port, "/").body.decode() == PAGE
    moved = Asked(port, "/%E7%BA%B8%20%231")
    assert (moved.status, moved.headers["Location"]) == (301, "./%E7%BA%B8%20%231/")
    listed = Asked(port, "/%E7%BA%B8%20%231/")
    text = listed.body.decode()
    assert listed.status == 200
    assert "<h1>/纸 #1/</h1>" in text
    assert '<a href="%3Cb%3E%26.txt">&lt;b&gt;&amp;.txt</a></td><td>100</td>' in text
    assert listed.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert Asked(port, "/%E7%BA%B8%20%231/%3Cb%3E%26.txt").body == bytes(range(100))


@pytest.mark.parametrize(
    "target",
    [
        "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/x/../../secret.txt", "//secret.txt",
        "/out/secret.txt", "/out/", "/file.txt", "/.hidden", "/fifo", "/nowhere", "/index.html/", "/index.html/x",
        "/a%00b", "/..%5csecret.txt", "/../site-2/x.txt", "http://127.0.0.1/index.html", "secret.txt", "*",
    ],
)  # fmt: skip
def test_nothing_else_of_the_disk_is_shown(target: str, port: int) -> None:
    answer = Asked(port, target)
    assert answer.status == 404
    assert b"secret" not in answer.body


def test_link_inside_the_folder_is_followed(port: int) -> None:
    assert Asked(port, "/inside.html").body.decode() == PAGE


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:PORT", "127.0.0.1", "127.0.0.1.nip.io:PORT", "[::2]:PORT"]
)
def test_other_host_is_refused(host: str, port: int) -> None:
    assert Asked(port, "/", host=host.replace("PORT", str(port))).status == 421


def test_own_names_are_hosts(port: int) -> None:
    for host in ("localhost", "LOCALHOST", "[::1]", "127.0.0.1"):
        assert Asked(port, "/", host=f"{host}:{port}").status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "PROPFIND"])
def test_other_method_is_refused(method: str, port: int) -> None:
    answer = Asked(port, "/", method)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_head_has_the_headers_alone(port: int) -> None:
    whole, head = Asked(port, "/index.html"), Asked(port, "/index.html", "HEAD")
    assert head.body == b""
    assert {**head.headers, "Date": ""} == {**whole.headers, "Date": ""}


@pytest.mark.parametrize(
    ("given", "status", "about", "body"),
    [
        ("bytes=0-9", 206, "bytes 0-9/100", bytes(range(10))),
        ("bytes=90-", 206, "bytes 90-99/100", bytes(range(90, 100))),
        ("bytes=-5", 206, "bytes 95-99/100", bytes(range(95, 100))),
        ("bytes=99-500", 206, "bytes 99-99/100", b"c"),
        ("bytes=0-", 200, None, bytes(range(100))),
        ("bytes=100-", 416, "bytes */100", b""),
        ("bytes=-0", 416, "bytes */100", b""),
        ("bytes=9-2", 200, None, bytes(range(100))),
        ("bytes=0-1,5-6", 200, None, bytes(range(100))),
        ("lines=1-2", 200, None, bytes(range(100))),
    ],
)
def test_range_is_sent(given: str, status: int, about: str | None, body: bytes, port: int) -> None:
    answer = Asked(port, "/%E7%BA%B8%20%231/%3Cb%3E%26.txt", Range=given)
    assert (answer.status, answer.headers["Content-Range"], answer.body) == (status, about, body)


def test_range_of_an_old_file_or_an_empty_one_is_the_whole(port: int) -> None:
    path = "/%E7%BA%B8%20%231/"
    assert Asked(port, f"{path}%3Cb%3E%26.txt", Range="bytes=0-9", If_Range='"old"').status == 200
    assert Asked(port, f"{path}empty.txt", Range="bytes=0-9").status in (200, 416)
    assert Asked(port, f"{path}empty.txt").headers["Content-Length"] == "0"


def test_file_that_the_browser_has_is_not_sent_again(port: int) -> None:
    first = Asked(port, "/index.html")
    assert first.headers["Cache-Control"] == "no-cache"
    tag, date = first.headers["ETag"], first.headers["Last-Modified"]
    assert [
        Asked(port, "/index.html", **given).status
        for given in ({"If_None_Match": f'"x", W/{tag}'}, {"If_Modified_Since": date})
    ] == [304, 304]
    assert Asked(port, "/index.html", If_None_Match='"x"', If_Modified_Since=date).status == 200
    assert Asked(port, "/index.html", If_Modified_Since="yesterday").status == 200


def test_several_requests_are_answered_at_once(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\n")  # and no more
        answers: list[int] = []
        threads = [threading.Thread(target=lambda: answers.append(Asked(port, "/").status)) for _ in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join(20)
        assert answers == [200] * 8


def test_body_of_a_request_is_no_request(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        host = f"Host: 127.0.0.1:{port}\r\n"
        connection.sendall(f"GET / HTTP/1.1\r\n{host}Content-Length: 99\r\n\r\nGET /x HTTP/1.1\r\n{host}\r\n".encode())
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.count(b"HTTP/1.1 ") == 1


def test_one_file_is_shown_alone(site: Path) -> None:
    with serving(str(site / "index.html"), 0, lambda line: None, "en") as address:
        assert address.endswith("/index.html")
        port = int(address.split(":")[2].partition("/")[0])
        begin = Asked(port, "/")
        assert (begin.status, begin.headers["Location"]) == (302, "/index.html")
        assert Asked(port, "/index.html").body.decode() == PAGE
        assert Asked(port, "/inside.html").status == 404


def test_port_in_use_is_said(site: Path, port: int) -> None:
    with pytest.raises(UsageError, match="another program uses this port"), serving(str(site), port, print, "en"):
        pass


@pytest.mark.slow
def test_wrong_usage_is_said(tmp_path: Path) -> None:
    for arguments, words in (
        (["nowhere"], "no such folder or file"),
        ([".", "--port", "70000"], "from 0 to 65535"),
        ([".", "--port", "x"], "from 0 to 65535"),
    ):
        done = run("serve", *arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, b"")
        assert words in done.stderr.decode()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_command_answers_until_a_signal_ends_it(number: signal.Signals, site: Path) -> None:
    quiet = ["-q"] if number == signal.SIGTERM else []
    with (
        subprocess.Popen(
            [sys.executable, "-m", "convert", "serve", site, *quiet],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=untraced(),
            text=True,
        ) as process,
        ExitStack() as ending,
    ):
        ending.callback(process.kill)
        assert process.stdout and process.stderr
        found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\n", process.stdout.readline())
        assert found
        assert Asked(int(found[1]), "/?\x1b[2J".replace("\x1b", "%1b")).status == 200
        assert Asked(int(found[1]), "/out/secret.txt").status == 404
        process.send_signal(number)
        rest, log = process.communicate(timeout=20)
    assert (process.returncode, rest) == (0, "")
    assert log.splitlines()[1:] == [] if quiet else ["200 GET /?%1b[2J HTTP/1.1", "404 GET /out/secret.txt HTTP/1.1"]
    assert "Traceback" not in log


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace (apt-get install strace)")
def test_system_is_asked_for_loopback_and_nothing_else(site: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    with subprocess.Popen(
        ["strace", "-f", "-qq", "-o", trace, "-e", "trace=network,execve,unlink,rename,mkdir,openat",
         sys.executable, "-B", "-m", "convert", "serve", "-q", site],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**untraced(), "TMPDIR": str(tmp_path)},
        text=True, start_new_session=True,
    ) as process, ExitStack() as ending:  # fmt: skip
        ending.callback(os.killpg, process.pid, signal.SIGKILL)
        assert process.stdout
        line = process.stdout.readline()
        if not line:
            pytest.skip("strace may not trace here")
        assert Asked(int(line.split(":")[2].strip("/\n")), "/").status == 200
        os.killpg(process.pid, signal.SIGTERM)  # strace itself ignores it
        process.communicate(timeout=20)
        ending.pop_all()
    calls = trace.read_text("utf-8", "replace").splitlines()
    bound = [each for each in calls if re.search(r"\bbind\(", each)]
    assert bound
    assert all('inet_addr("127.0.0.1")' in each or '"::1"' in each for each in bound)
    more = [
        each
        for each in calls
        if re.search(r"\b(?:connect|sendmsg|unlink|rename|mkdir)\(|O_WRONLY|O_RDWR|O_CREAT", each)
    ]
    assert [each for each in more if f'"{tmp_path}/' not in each and '"/dev/' not in each] == []
