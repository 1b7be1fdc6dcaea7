"""A server of pictures on loopback that has every fault, and a SOCKS5 proxy that records what it is asked for."""

import asyncio
import gzip
import socket
import ssl
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import NamedTuple

from convert.pictures.model import Facts, Missing
from helpers.pictures import drawn


def picture(number: int = 0, size: int = 200) -> bytes:
    """Return bytes that `SimpleJudge` takes for a picture, different ones for each number."""
    return b"\xff\xd8" + str(number).encode().ljust(size - 4, b".") + b"\xff\xd9"


class SimpleJudge:
    """Judge that looks at the first and the last two bytes, as a JPEG has them."""

    def judge(self, data: bytes) -> Facts | Missing:
        if not data.startswith(b"\xff\xd8"):
            return Missing("no-picture")
        return Facts("jpeg", 4, 3) if data.endswith(b"\xff\xd9") else Missing("broken", "cut off")


class Asked(NamedTuple):
    """Request that the server got."""

    path: str
    fields: dict[str, str]


Handler = Callable[["Server", Asked, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Server in a thread of its own; each path below has one behaviour, `/ok/…` a picture of its own."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.robots: bytes | None = None
        self.port = 0
        self.pause = 0.0
        """Seconds before the answer of `/real/…`."""
        self.open = self.most = 0
        """Number of requests for `/ok/` that are being answered, and the largest it was."""
        self.lock = threading.Lock()

    def paths(self) -> list[str]:
        """Return the paths that were asked for, without robots.txt."""
        return [each.path for each in self.asked if each.path != "/robots.txt"]

    def address(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                path = head[0].split(" ")[1]
                if path.startswith("http://"):  # as a proxy is asked
                    path = "/" + path.split("/", 3)[3]
                fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
                asked = Asked(path, fields)
                self.asked.append(asked)
                await self.answer(asked, writer)
                await writer.drain()
                if writer.is_closing():
                    await writer.wait_closed()
                    break

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        name = asked.path.split("/")[1].partition("?")[0]
        if name == "robots.txt":
            send(writer, self.robots or b"", status=200 if self.robots is not None else 404)
        elif name == "ok":
            self.open += 1
            self.most = max(self.open, self.most)
            await asyncio.sleep(0)
            self.open -= 1
            send(writer, picture(int("".join(filter(str.isdigit, asked.path)) or 0)))
        else:
            handler = HANDLERS.get(name)
            if handler is None:
                send(writer, b"", status=404)
            else:
                await handler(self, asked, writer)

    def times(self, path: str) -> int:
        """Return how often a path was asked for so far."""
        return sum(each.path == path for each in self.asked)


def send(
    writer: asyncio.StreamWriter, body: bytes, *, status: int = 200, fields: str = "", media_type: str = "image/jpeg"
) -> None:
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n{fields}\r\n"
    writer.write(head.encode() + body)


# --- behaviours -------------------------------------------------------------------------------------------------------


def status(code: int, fields: str = "") -> Handler:
    async def handler(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
        send(writer, b"" if code == 204 else b"no", status=code, fields=fields)

    return handler


def once(code: int, fields: Callable[[], str] = lambda: "") -> Handler:
    """Fail at the first request, and answer the second one."""

    async def handler(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
        if server.times(asked.path) == 1:
            send(writer, b"no", status=code, fields=fields())
        else:
            send(writer, picture(1))

    return handler


def raw(*parts: bytes, pause: float = 0) -> Handler:
    """Send bytes as they are, and close the connection."""

    async def handler(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)
        writer.close()

    return handler


async def slow(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(5)


async def dripping(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n\xff\xd8")
    for _ in range(100):
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.05)


async def endless(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n\xff\xd8")
    for _ in range(10_000):
        writer.write(bytes(65536))
        await writer.drain()


async def redirect(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    target = asked.path.partition("?")[2]
    send(writer, b"", status=302, fields=f"Location: {target}\r\n")


async def redirect_loop(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    other = "/redirect_loop/b" if asked.path.endswith("a") else "/redirect_loop/a"
    send(writer, b"", status=302, fields=f"Location: {other}\r\n")


async def redirect_far(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    number = int(asked.path.rpartition("/")[2])
    send(writer, b"", status=302, fields=f"Location: /redirect_far/{number + 1}\r\n")


async def sometimes(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    if len(server.asked) % 3 == 0:
        send(writer, b"no", status=500)
    else:
        send(writer, picture(len(asked.path)))


async def cut_and_resumed(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Break off in the middle, and send the rest if that is asked for."""
    whole = picture(7, 600_000)
    if begin := asked.fields.get("range"):
        first = int(begin.removeprefix("bytes=").rstrip("-"))
        assert asked.fields["if-range"] == '"7"'
        send(writer, whole[first:], status=206, fields=f"Content-Range: bytes {first}-599999/600000\r\n")
        return
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 600000\r\nETag: "7"\r\n\r\n' + whole[:400_000])
    await writer.drain()
    writer.close()


async def conditional(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    if asked.fields.get("if-none-match") == '"a"':
        send(writer, b"", status=304)
    else:
        send(writer, picture(3), fields='ETag: "a"\r\nLast-Modified: Wed, 21 Oct 2015 07:28:00 GMT\r\n')


async def real(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Answer with a picture that can be seen, another one for each width in the path."""
    await asyncio.sleep(server.pause)
    send(writer, drawn("png", width=int(asked.path.rpartition("/")[2].partition(".")[0])), media_type="image/png")


async def large(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    send(writer, picture(int(asked.path.rpartition("/")[2]), 5 << 20))


async def unpunctual(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Answer, and close the connection that was to stay open."""
    send(writer, picture(9))
    await writer.drain()
    writer.close()


def bomb() -> bytes:
    return gzip.compress(bytes(50 << 20), 9)


def soon() -> str:
    return f"Retry-After: {format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)}\r\n"


OK = b"HTTP/1.1 200 OK\r\n"
HANDLERS: dict[str, Handler] = {
    "gone": status(410),
    "forbidden": status(403),
    "teapot": status(418),
    "no-content": status(204),
    "always-500": status(500),
    "once-500": once(500),
    "once-503": once(503, lambda: "Retry-After: 0\r\n"),
    "once-429": once(429, lambda: "Retry-After: 1\r\n"),
    "once-429-date": once(429, soon),
    "long-429": status(429, "Retry-After: 86400\r\n"),
    "html": raw(OK + b"Content-Type: text/html\r\n\r\n<!DOCTYPE html><title>Not found</title>"),
    "html-as-jpeg": raw(OK + b"Content-Type: image/jpeg\r\n\r\n  <html>no</html>"),
    "text": raw(OK + b"Content-Type: text/plain\r\n\r\nhello"),
    "wrong-type": raw(OK + b"Content-Type: text/plain\r\n\r\n" + picture(5)),
    "no-length": raw(OK + b"Content-Type: image/jpeg\r\n\r\n" + picture(6)),
    "no-length-cut": raw(OK + b"Content-Type: image/jpeg\r\n\r\n" + picture(6)[:50]),
    "http-1.0": raw(b"HTTP/1.0 200 OK\r\n\r\n" + picture(8)),
    "chunked": raw(OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"c8\r\n" + picture(4) + b"\r\n0\r\n\r\n"),
    "chunked-garbage": raw(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\xff\xd8\r\n"),
    "cut": raw(OK + b"Content-Length: 200\r\n\r\n" + picture(6)[:100]),
    "length-too-short": raw(OK + b"Content-Length: 100\r\nConnection: close\r\n\r\n" + picture(6)),
    "length-too-large": raw(OK + b"Content-Length: 99999999999\r\n\r\n" + picture(6)),
    "length-no-number": raw(OK + b"Content-Length: many\r\n\r\n" + picture(6)),
    "no-http": raw(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "huge-head": raw(OK + b"X: " + b"x" * 100_000 + b"\r\n\r\n"),
    "empty": raw(OK + b"Content-Length: 0\r\n\r\n"),
    "gzip": raw(OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(picture(2))),
    "gzip-bomb": raw(OK + b"Content-Encoding: gzip\r\n\r\n" + bomb()),
    "gzip-garbage": raw(OK + b"Content-Encoding: gzip\r\n\r\nnothing of the kind"),
    "brotli": raw(OK + b"Content-Encoding: br\r\n\r\nx"),
    "slow": slow, "dripping": dripping, "endless": endless, "sometimes": sometimes, "unpunctual": unpunctual,
    "real": real, "large": large,
    "redirect": redirect, "redirect_loop": redirect_loop, "redirect_far": redirect_far,
    "cut-and-resumed": cut_and_resumed, "conditional": conditional,
}  # fmt: skip


# --- threads ----------------------------------------------------------------------------------------------------------

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextmanager
def serving(serve: Serve, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve on a port of loopback in a thread, and yield the port."""
    loop = asyncio.new_event_loop()
    started = threading.Event()
    port, tasks = 0, set[asyncio.Task[None]]()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        try:
            with suppress(asyncio.CancelledError, OSError):
                await serve(reader, writer)
        finally:
            writer.transport.abort()
            tasks.discard(task)

    async def main() -> None:
        nonlocal port
        server = await asyncio.start_server(accept, "127.0.0.1", 0, family=socket.AF_INET, ssl=tls)
        port = server.sockets[0].getsockname()[1]
        started.set()
        await stopped.wait()
        server.close()
        for task in tasks.copy():
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)

    stopped = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(main(),), daemon=True)
    thread.start()
    started.wait()
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


@contextmanager
def server() -> Iterator[Server]:
    """Run the server, and yield it."""
    made = Server()
    with serving(made.serve) as port:
        made.port = port
        yield made


class Socks:
    """SOCKS5 proxy (RFC 1928) that leads every name to one port of loopback."""

    def __init__(self, leads_to: int) -> None:
        self.leads_to = leads_to
        self.asked: list[tuple[int, str, int]] = []
        """Type of address, host and port of each request; type 3 is a name."""
        self.users: list[tuple[bytes, bytes]] = []
        self.reply = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            _, count = await reader.readexactly(2)
            methods = await reader.readexactly(count)
            writer.write(b"\x05\x02" if 2 in methods else b"\x05\x00")
            if 2 in methods:
                user = await reader.readexactly((await reader.readexactly(2))[1])
                password = await reader.readexactly((await reader.readexactly(1))[0])
                self.users.append((user, password))
                writer.write(b"\x01\x00")
            _, _, _, kind = await reader.readexactly(4)
            size = {1: 4, 4: 16}.get(kind) or (await reader.readexactly(1))[0]
            host = await reader.readexactly(size)
            (port,) = struct.unpack("!H", await reader.readexactly(2))
            self.asked.append((kind, host.decode() if kind == 3 else str(host), port))
            writer.write(bytes([5, self.reply, 0, 1]) + bytes(6))
            if not self.reply:
                theirs, ours = await asyncio.open_connection("127.0.0.1", self.leads_to)
                try:
                    await asyncio.gather(_pump(reader, ours), _pump(theirs, writer))
                finally:
                    ours.transport.abort()
                    ours.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@contextmanager
def socks(leads_to: int) -> Iterator[tuple[Socks, int]]:
    """Run the proxy, and yield it with its port."""
    made = Socks(leads_to)
    with serving(made.serve) as port:
        yield made, port
