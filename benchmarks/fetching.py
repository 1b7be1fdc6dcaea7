"""How fast pictures come from a server on loopback, beside httpx: python -m benchmarks.fetching [PICTURES]

Each row is a process of its own; the server is another one, whose time does not count.  `ours` fetches and stores
without judging, `judged` is the whole; `aiohttp` and `httpx` stream the same pictures, and drop them.
"""

import asyncio
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from convert.pictures.model import Facts, Missing

SIZE = 20 << 10
AT_ONCE = 16


class _Serving(asyncio.Protocol):
    """Answers each request with a picture of its own."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.waiting = transport, b""

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while (end := self.waiting.find(b"\r\n\r\n")) >= 0:
            number = int(re.search(rb"/(\d+)", self.waiting)[1])  # type: ignore[index]
            self.waiting = self.waiting[end + 4 :]
            body = PICTURE[:-12] + number.to_bytes(8, "big") + PICTURE[-4:]
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def drawn() -> bytes:
    """A JPEG of about 20 kB, which reads as one whatever is behind its end."""
    import io

    from PIL import Image

    noise = Image.frombytes("L", (160, 120), bytes((x * x * 7 + x * 31) % 251 for x in range(160 * 120)))
    out = io.BytesIO()
    noise.convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue().ljust(SIZE, b"\0")


def serve() -> None:
    """Serve on a port of loopback, and print it."""
    global PICTURE
    PICTURE = drawn()

    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(_Serving, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    asyncio.run(main())


PICTURE = b""


class Trusting:
    """Judge that takes everything for a picture."""

    def judge(self, data: bytes) -> Facts | Missing:
        return Facts("jpeg", 160, 120)


def ours(port: int, count: int, *, judged: bool) -> None:
    """Fetch into a store."""
    from contextlib import closing

    from convert.pictures.fetching.fetcher import Fetcher, Result
    from convert.pictures.fetching.limits import Limits
    from convert.pictures.guard import AddressGuard
    from convert.pictures.judge import Judge
    from convert.pictures.model import Stored
    from convert.pictures.planning import Choice, Need, plan_of
    from convert.pictures.store import PictureStore

    guard = AddressGuard(networks=["127.0.0.1/32"])
    wanted = [Need(f"http://127.0.0.1:{port}/{number}") for number in range(count)]
    limits = Limits(per_host=AT_ONCE, delay=0, robots=False)
    failed = 0

    def tell(result: Result) -> None:
        nonlocal failed
        failed += not isinstance(result.found, Stored)

    with tempfile.TemporaryDirectory(prefix="convert-benchmark-") as folder, PictureStore(folder) as store:
        plan = plan_of(wanted, store, guard, Choice())
        with closing(Judge()) as judge:
            fetcher = Fetcher(store, judge if judged else Trusting(), guard, limits)
            report(lambda: fetcher.run(plan.jobs, tell), count)
    assert not failed


def others(name: str, port: int, count: int) -> None:
    """Stream with a client alone."""

    async def main() -> None:
        numbers = iter(range(count))
        if name == "httpx":
            import httpx

            async with httpx.AsyncClient(trust_env=False) as client:

                async def work() -> None:
                    for number in numbers:
                        async with client.stream("GET", f"http://127.0.0.1:{port}/{number}") as answer:
                            async for _ in answer.aiter_raw():
                                pass

                await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        else:
            import aiohttp

            async with aiohttp.ClientSession(auto_decompress=False) as session:

                async def stream() -> None:
                    for number in numbers:
                        async with session.get(f"http://127.0.0.1:{port}/{number}") as answer:
                            async for _ in answer.content.iter_any():
                                pass

                await asyncio.gather(*(stream() for _ in range(AT_ONCE)))

    report(lambda: asyncio.run(main()), count)


def report(run: Callable[[], object], count: int) -> None:
    """Print pictures a second, milliseconds of processor time each, and megabytes at most."""
    wall, busy = time.perf_counter(), time.process_time()
    run()
    wall, busy = time.perf_counter() - wall, time.process_time() - busy
    peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text("ascii"))
    memory = int(peak[1]) / 1024 if peak else 0
    print(f"{count / wall:8,.0f} {busy / count * 1e3:8.2f} {memory:8.0f}")


@contextmanager
def serving() -> Iterator[str]:
    """Run the server in a process of its own, and yield its port."""
    command = [sys.executable, "-m", "benchmarks.fetching", "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield server.stdout.readline().strip()
        finally:
            server.kill()


def main() -> None:
    """Run all rows, or the part that the command line names."""
    match sys.argv[1:]:
        case ["serve"]:
            serve()
        case ["ours" | "judged" as row, port, count]:
            ours(int(port), int(count), judged=row == "judged")
        case ["aiohttp" | "httpx" as row, port, count]:
            others(row, int(port), int(count))
        case rest:
            count = rest[0] if rest else "5000"
            rows = ["ours", "judged", *(name for name in ("aiohttp", "httpx") if find_spec(name))]
            print(f"{count} pictures of {SIZE >> 10} kB, {AT_ONCE} at a time; the aim is 500 a second, 0.5 ms, 150 MB")
            print(f"{'':8} {'a second':>8} {'ms each':>8} {'MB':>8}")
            with serving() as port:
                for name in rows:
                    print(f"{name:8} ", end="", flush=True)
                    subprocess.run([sys.executable, "-m", "benchmarks.fetching", name, port, count], check=True)


if __name__ == "__main__":
    main()
