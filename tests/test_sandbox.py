"""Articles that cannot be drawn are reported (PDF002) and the book goes on; no resource outside is requested, no
process or file is left."""

import base64
import io
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Iterator
from functools import cache, partial
from multiprocessing.util import get_temp_dir
from pathlib import Path

import pytest
from helpers.data import SEEDS
from helpers.pdf import SENTENCES, article, python, read, text, text_of, volume
from helpers.processes import processes_of, wait_until
from helpers.program import untraced
from msgspec.structs import replace

from convert.errors import ConvertError
from convert.messages import Message, message
from convert.printing import engines
from convert.printing.engines import ENGINES
from convert.printing.fonts import chain as fonts
from convert.printing.model import Design
from convert.printing.process import pool
from convert.printing.process.pool import DrawingPool, Limits
from convert.sandbox.process import ClosedError
from convert.writers import pdf
from convert.writers.options import Options
from convert.writers.part import RenderedArticle, Tally

pytestmark = pytest.mark.slow

ENGINE = sorted(ENGINES)
TOO_LONG = f"<p>{'五百万字的一段。' * 400_000}</p>"
TOO_DEEP = f"{'<div>' * 10_000}深{'</div>' * 10_000}"
CELLS = f"<table>{('<tr>' + '<td>格</td>' * 20 + '</tr>') * 10_000}</table>"
SMALL = Limits(memory=400 << 20, seconds=2, longest=2)
EXCEEDED = "drawing it takes more than 2 s of processor time or 400 MiB of memory"
MOST = 900 << 20
"""Bytes that any process of such a run may take: the limit, what is not data, and a large document in the parent."""


@cache
def too_large() -> str:
    """A picture of 500 kB that is half a gigabyte when it is drawn."""

    def piece(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    side, packed = 13_000, zlib.compressobj(1)
    rows = b"".join(packed.compress(bytes(3 * side + 1)) for _ in range(side)) + packed.flush()
    header = piece(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + header + piece(b"IDAT", rows) + piece(b"IEND", b"")
    return f'<p><img alt="图" src="data:image/png;base64,{base64.b64encode(data).decode()}"/></p>'


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Folder of temporary files, with a short path for the sockets of multiprocessing (108 bytes, unix(7))."""
    get_temp_dir()  # where the socket of the fork server is, which outlives this test
    folder = Path(tempfile.mkdtemp(prefix="t-"))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little may be used."""
    monkeypatch.setattr(pdf, "DrawingPool", partial(DrawingPool, limits=SMALL))
    monkeypatch.setattr(engines, "PROCESSES", 100)


def bound(engine: str, workers: int, *chapters: bytes) -> tuple[bytes, Tally]:
    tally, out = Tally(), io.BytesIO()
    pdf.bind(
        volume(len(chapters)),
        map(RenderedArticle, chapters),
        out,
        Options(design=Design(engine=engine)),
        tally,
        workers,
    )
    return out.getvalue(), tally


# --- told -------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("PDF002")
@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("engine", "several", "together"),
    [
        ("weasyprint", (3,), 1),
        ("typst", (1,), 2),
        pytest.param("weasyprint", (1, 3), 1, marks=pytest.mark.soak),
    ],
)
def test_undrawable_articles_are_reported_and_the_book_goes_on(
    engine: str, several: tuple[int, ...], together: int, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "FEWEST", together)
    chapters = [
        article("n0"),
        article("n1", more=TOO_LONG),
        article("n2", more=TOO_DEEP),
        article("n3"),
        article("n4", more=too_large()),
    ]
    made = set()
    for workers in several:
        data, tally = bound(engine, workers, *chapters)
        made.add(data)
        told = {entry.id: str(reason) for entry, reason in tally.undrawn}
        assert list(told) == ["n1", "n2", "n4"]
        assert told["n1"] == EXCEEDED
        assert told["n2"] == "it is nested too deeply to be drawn"
        assert told["n4"] == EXCEEDED
        assert tally.left_out == 3
    assert len(made) == 1
    reader = read(data)
    pages = [text_of(page) for page in reader.pages][-6:-1]
    for number in (0, 3):
        assert "".join(SENTENCES["zh-Hans"].split()) in pages[number]
    for number in (1, 2, 4):
        assert f"第{number}篇" in pages[number]
        assert "这里没有收入这篇文章：它的版面无法印成书页。" in pages[number]
    pool.shutdown_idle()  # who waits for another book has a folder
    assert drawing_folders(temporary) == []
    assert not list(temporary.glob("weasyprint-*"))


@pytest.mark.parametrize("engine", ENGINE)
def test_an_ordinary_book_leaves_no_temporary_file(engine: str, temporary: Path) -> None:
    bound(engine, 2, *(article(f"n{number}") for number in range(3)))
    pool.shutdown_idle()
    assert drawing_folders(temporary) == []


REASONS = [
    (message("drawing-limit", seconds=30, memory=1024), "排版要用的处理器时间超过 30 秒，或者内存超过 1024 MiB"),
    (message("drawing-depth"), "嵌套太深，排不了版"),
    (message("drawing-ended", code=-11), "排版意外中断（-11）"),
    (
        message("drawing-xhtml", error="mismatched tag: line 1, column 9"),
        "排版用的 XHTML 不完整（mismatched tag: line 1, column 9）；请告诉我们",
    ),
    (
        message("typst-refusal", words="maximum depth"),
        "typst 画不出：maximum depth；请换另一种引擎（--pdf-engine weasyprint），或者不收这篇文章",
    ),
    (message("drawing-failure", error="ValueError", words="no such thing"), "排版引擎出错 ValueError：no such thing"),
]


@pytest.mark.parametrize(("reason", "chinese"), REASONS)
def test_each_reason_in_chinese(reason: Message, chinese: str) -> None:
    assert reason.text_in("zh") == chinese


def test_an_english_book_says_it_in_english() -> None:
    tally, out = Tally(), io.BytesIO()
    book = replace(volume(2), language="en")
    pdf.bind(book, map(RenderedArticle, [b"<article><p></article>", article("n1", "en")]), out, Options(), tally)
    assert "Thisarticleismissinghere:itcouldnotbelaidoutaspages." in text(read(out.getvalue()))
    ((_, reason),) = tally.undrawn
    assert str(reason).startswith("its chapter is no XHTML"), "the finding has the path, its message need not"


# --- the same through the command line --------------------------------------------------------------------------------

LIMITED = f"""
import sys
from functools import partial
from convert.printing.process.pool import DrawingPool, Limits
from convert.sandbox.process import ClosedError
from convert.writers import pdf
pdf.DrawingPool = partial(DrawingPool, limits=Limits(*{tuple(SMALL)!r}))
sys.argv[0] = "convert"
from convert.cli import main
main()
"""
PAGE = (SEEDS / "pages" / "nf9000001" / "n90000007.md").read_text("utf-8")
BEGIN, END = "<!-- article content begin -->", "<!-- article content end -->"


def page(name: str, content: str = "") -> str:
    """A document of a mirror."""
    head, _, rest = PAGE.partition(BEGIN)
    _, _, tail = rest.partition(END)
    made = f"{head}{BEGIN}\n{content or rest.partition(END)[0]}\n{END}{tail}"
    return made.replace("n90000007", name)


def write(folder: Path, **documents: str) -> Path:
    folder.mkdir()
    for name, document in documents.items():
        (folder / f"{name}.md").write_text(document, "utf-8")
    return folder


class Watch(threading.Thread):
    """The most memory that any process of a session takes (VmHWM), in bytes."""

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self.session, self.most, self.done = session, 0, threading.Event()

    def run(self) -> None:
        while not self.done.wait(0.1):
            for number in processes_of(self.session):
                try:
                    status = Path(f"/proc/{number}/status").read_text()
                except OSError:
                    continue
                if found := re.search(r"VmHWM:\s+(\d+) kB", status):
                    self.most = max(self.most, int(found[1]) * 1024)


def started(code: str, *arguments: object, temporary: Path, **env: str) -> "subprocess.Popen[bytes]":
    """The program in a session of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**untraced(), "LC_ALL": "C.UTF-8", "TMPDIR": str(temporary), **env},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # what runs in the background ignores it
    )


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
@pytest.mark.parametrize("engine", ENGINE)
def test_hostile_documents_end_with_a_finding_or_are_drawn(engine: str, tmp_path: Path, temporary: Path) -> None:
    source = write(
        tmp_path / "source",
        n1=page("n90000001"),
        n2=page("n90000002", TOO_DEEP.replace("div", "blockquote")),
        n3=page("n90000003", TOO_LONG),
        n4=page("n90000004", CELLS),
        n5=page("n90000005", hostile("https://evil.example")),
        n6=page("n90000006"),
    )
    out, ledger = tmp_path / "book.pdf", tmp_path / "ledger.jsonl"
    options = ["--pdf-engine", engine, "--workers", "2", "--ledger", ledger, "--lang", "zh", "--duplicates", "keep"]
    process = started(LIMITED, "--to", "pdf", source, "-o", out, *options, temporary=temporary)
    watch = Watch(process.pid)
    watch.start()
    _, told = process.communicate(timeout=300)
    watch.done.set()
    assert process.returncode == 3, told.decode()
    assert b"Traceback" not in told
    assert watch.most < MOST
    assert wait_until(lambda: not processes_of(process.pid), 10)
    assert list(temporary.iterdir()) == []
    found = [each for each in map(json.loads, ledger.read_bytes().splitlines()) if each["code"] == "PDF002"]
    assert [Path(each["path"]).name for each in found] == ["n3.md", "n4.md"]
    assert {each["message"] for each in found} == {EXCEEDED}
    assert "n3.md:1:1" in told.decode()
    assert "处理器时间超过 2 秒，或者内存超过 400 MiB" in told.decode()
    shown = text(read(out.read_bytes()))
    assert "深" in shown
    assert "尾巴" in shown


# --- nothing outside --------------------------------------------------------------------------------------------------


PASSWORDS = "file:///etc/passwd"
"""Behind which what a fetcher of files takes away may stand: a fragment or a query."""


def hostile(to: str) -> str:
    """XHTML that asks for something at `to` in every way that HTML, CSS and SVG know."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">'
        f'<style>@import "{to}/svg.css"; rect {{ fill: url({to}/fill.svg#a) }}</style>'
        f'<image href="{to}/a.png" width="9" height="9"/><image xlink:href="{to}/b.png" width="9" height="9"/>'
        f'<use href="{to}/c.svg#x"/><use xlink:href="{to}/d.svg#x"/><rect width="5" height="5" filter="url({to}/f#f)"/>'
        f'<script href="{to}/s.js"/><feImage href="{to}/e.png"/><a xlink:href="{to}/link"><text>图</text></a></svg>'
    )
    inside = base64.b64encode(f'<?xml-stylesheet href="{to}/x.css"?>{svg}'.encode()).decode()
    entity = base64.b64encode(
        f'<!DOCTYPE svg [<!ENTITY e SYSTEM "{to}/entity">]>'
        f'<svg xmlns="http://www.w3.org/2000/svg"><text>&e;</text></svg>'.encode()
    ).decode()
    styles = "".join(
        f'<p style="{each}">样</p>'
        for each in (
            f"background: url({to}/1.png)",
            f"list-style-image: url({to}/2.png); display: list-item",
            f"cursor: url({to}/3.cur), auto",
            f"content: url({to}/4.png)",
            f"border-image: url({to}/5.png) 30",
            f"mask: url({to}/6.svg); filter: url({to}/6.svg#f); clip-path: url({to}/6.svg#c)",
            f"shape-outside: url({to}/7.png); float: left",
        )
    )
    return (
        f'<link rel="stylesheet" href="{to}/l.css"/><base href="{to}/"/>'
        f'<meta http-equiv="refresh" content="0;url={to}/m"/>'
        f'<style>@import "{to}/i.css"; @import url({to}/j.css);'
        f" @font-face {{ font-family: far; src: url({to}/f.woff2) }}"
        f" p {{ font-family: far; background: url({to}/k.png) }}"
        f" p::before {{ content: url({to}/n.png) }} @page {{ background: url({to}/o.png) }}</style>"
        f'<p><img src="{to}/i.png" alt="甲"/><img src="x.png" srcset="{to}/2x.png 2x" alt="乙" longdesc="{to}/d"/>'
        f'<picture><source srcset="{to}/p.webp"/><img src="{to}/p.png" alt="丙"/></picture>'
        f'<input type="image" src="{to}/in.png" alt="丁"/></p>'
        f'<img alt="戊" src="data:image/svg+xml;base64,{inside}"/>'
        f'<img alt="己" src="data:image/svg+xml;base64,{entity}"/>'
        f'{svg}{styles}<table background="{to}/t.png"><tr><td background="{to}/td.png">格</td></tr></table>'
        f'<iframe src="{to}/f.html"></iframe><object data="{to}/o.svg">物</object><embed src="{to}/e.svg"/>'
        f'<audio src="{to}/a.mp3"></audio><video src="{to}/v.mp4" poster="{to}/v.png"><track src="{to}/t.vtt"/></video>'
        f'<blockquote cite="{to}/q">引</blockquote><p><a href="{to}/a" ping="{to}/ping">链</a></p><p>尾巴</p>'
    )


def style_sheet(to: str) -> str:
    """CSS that asks for something at `to`."""
    return (
        f'@import "{to}/a.css"; @import url({to}/b.css);\n'
        f'@font-face {{ font-family: far; src: url("{to}/f.ttf"), url({to}/g.woff2) }}\n'
        f"@page {{ background: url({to}/p.png); @top-left {{ content: url({to}/q.png) }} }}\n"
        f"p {{ font-family: far, serif; background: url({to}/r.png); list-style-image: url({to}/s.png) }}\n"
        f"h1::before {{ content: url({to}/t.png) }}\n"
        "@font-face { font-family: near; src: url(near.ttf) } h2 { background: url(../near.png) }\n"
        '@import "//x/y.css";\n'
    )


WATCHED = """
import json, sys, tempfile
import test_sandbox as t
from convert.printing import drawing
from convert.printing.fonts import chain as fonts
from convert.printing.typst import engine as typst
from convert.printing.weasy import engine as weasy
from convert.printing.model import Design
from convert.sandbox.process import ClosedError
from convert.writers import pdf
tempfile.gettempdir()
engine, places = sys.argv[1], sys.argv[2:]
drawing.draw(pdf.sole(t.volume(1), t.article("n0"), Design(engine=engine)))
weasy.engine()
seen = []
sys.addaudithook(lambda name, args: seen.append((name, str(args[0]), str(args[1]) if name == "open" else ""))
    if name == "open" or name.split(".")[0] in ("socket", "urllib", "subprocess", "http", "ftplib") else None)
for place in places:
    chapter = t.article("n0", more=t.hostile(place))
    css = "" if engine == "typst" else t.style_sheet(place)
    drawing.draw(pdf.sole(t.volume(1), chapter, Design(engine=engine, stylesheet=css)))
json.dump(seen, sys.stdout)
"""


@pytest.mark.parametrize("engine", ENGINE)
def test_an_engine_asks_for_nothing(engine: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "i.png").write_bytes(b"x")
    files = [secret.as_uri(), "file:///etc", f"{PASSWORDS}#", f"{PASSWORDS}?"]
    places = ["http://evil.example", "https://127.0.0.1:9", "ftp://evil.example", *files]
    code = WATCHED.replace("sys.argv[1], sys.argv[2:]", f"{engine!r}, {places!r}")
    events = json.loads(python(code))
    refused = [(name, path) for name, path, _ in events if name != "open"]
    assert [each for each in refused if not each[1].startswith("data:")] == []
    known = [Path(each) for each in {*sys.path, sys.prefix, sys.base_prefix} if each]
    known += [Path(fonts.__file__).parent, *(Path(face.path).parent for face in fonts.chain("zh-Hans").faces["serif"])]
    roots = tuple(str(each.resolve()) for each in known)
    for name, path, mode in events:
        if name == "open" and "weasyprint-" not in path:
            assert str(Path(path).resolve()).startswith(roots), path
            assert not {"w", "a", "x", "+"} & set(mode.replace("None", "")), path


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace (apt-get install strace)")
@pytest.mark.parametrize("engine", ENGINE)
def test_the_program_opens_nothing_that_a_document_names(engine: str, tmp_path: Path, temporary: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    wanted = ["http://127.0.0.1:9", secret.as_uri(), "file:///etc/skel", f"{PASSWORDS}#", f"{PASSWORDS}?"]
    places = {f"n{n}": place for n, place in enumerate(wanted)}
    documents = {name: page(f"n9000000{name[1]}", hostile(place)) for name, place in places.items()}
    source, css, trace = write(tmp_path / "source", **documents), tmp_path / "my.css", tmp_path / "trace"
    css.write_text("".join(map(style_sheet, places.values())), "utf-8")
    calls = "trace=socket,connect,sendto,open,openat,execve"
    command = ["strace", "-f", "-qq", "-o", trace, "-e", calls, sys.executable, "-m", "convert", "--to", "pdf", source]
    options = ["-o", tmp_path / "book.pdf", "--workers", "1", "--pdf-engine", engine, "--duplicates", "keep"]
    given = [] if engine == "typst" else ["--stylesheet", css]
    done = subprocess.run(
        [*map(str, [*command, *options, *given])],
        env={**untraced(), "TMPDIR": str(temporary)},
        capture_output=True,
        timeout=300,
        check=False,
    )
    if b"ptrace" in done.stderr:
        pytest.skip("strace may not trace here")
    assert done.returncode == 0, done.stderr.decode()
    lines = trace.read_text("utf-8", "replace").splitlines()
    assert any("openat(" in line for line in lines)
    for line in lines:
        if "socket(" in line:
            assert "AF_UNIX" in line, "of multiprocessing"
        if "connect(" in line or "sendto(" in line:
            assert f'sun_path="{temporary}' in line or "resumed" in line, line
        assert str(secret) not in line
        assert "/etc/skel" not in line  # Python 3.13 itself looks for certificates in /etc/ssl
        assert "passwd" not in line
    programs = {found[1] for line in lines if (found := re.search(r'execve\("([^"]*)"', line))}
    assert {Path(program).name for program in programs} <= {Path(sys.executable).name, "git"}, "git names a mirror"


# --- interruption -----------------------------------------------------------------------------------------------------


def drawing_many(tmp_path: Path, engine: str, temporary: Path, count: int = 16) -> "subprocess.Popen[bytes]":
    """The program, drawing: its drawing processes have begun."""
    documents = {f"n{n}": page(f"n9{n:07}", f"<p>{'文字。' * 40_000}</p>") for n in range(count)}
    source = write(tmp_path / "source", **documents)
    options = ["--workers", "2", "--duplicates", "keep", "--pdf-engine", engine]
    code = "import sys; sys.argv[0] = 'convert'; from convert.cli import main; main()"
    process = started(code, "--to", "pdf", source, "-o", tmp_path / "book.pdf", *options, temporary=temporary)
    assert wait_until(lambda: len(drawing_folders(temporary)) == 2)
    return process


def drawing_folders(temporary: Path) -> list[Path]:
    """Return the folders of drawing processes, and whatever else is there but the sockets of `multiprocessing`."""
    runs = list(temporary.glob("cvrun-*"))
    others = [path for path in temporary.iterdir() if path not in runs]
    return [path for path in [*others, *temporary.glob("cvrun-*/*")] if not path.name.startswith("pymp-")]


@pytest.mark.parametrize(
    ("number", "engine"),
    [
        (signal.SIGINT, "weasyprint"),
        (signal.SIGKILL, "weasyprint"),
        (signal.SIGTERM, "typst"),
        pytest.param(signal.SIGTERM, "weasyprint", marks=pytest.mark.soak),
    ],
)
def test_interrupting_leaves_nothing_behind(
    number: signal.Signals, engine: str, tmp_path: Path, temporary: Path
) -> None:
    process = drawing_many(tmp_path, engine, temporary)
    time.sleep(0.2)
    if number is signal.SIGINT:
        os.killpg(process.pid, number)  # as a terminal does
    else:
        process.send_signal(number)
    process.wait(60)
    assert wait_until(lambda: not processes_of(process.pid), 20), "nobody is left"
    _, told = process.communicate(timeout=60)
    assert wait_until(lambda: not drawing_folders(temporary), 5)
    if number is not signal.SIGKILL:
        assert process.returncode == 130, told
        assert b"Traceback" not in told
        assert list(temporary.iterdir()) == []
        assert sorted(os.listdir(tmp_path)) == ["source"]
    assert not (tmp_path / "book.pdf").exists()


@pytest.mark.parametrize("pause", [0, 0.1, 0.3])
def test_interrupting_while_processes_are_prepared(pause: float, tmp_path: Path, temporary: Path) -> None:
    code = "import sys; sys.argv[0] = 'convert'; from convert.cli import main; main()"
    process = started(code, "--to", "pdf", SEEDS, "-o", tmp_path / "book.pdf", "--workers", "2", temporary=temporary)
    assert wait_until(lambda: len(processes_of(process.pid)) > 2), "the server of processes has begun to import"
    time.sleep(pause)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert b"Traceback" not in told
    assert wait_until(lambda: not processes_of(process.pid), 20), "nobody is left"
    assert os.listdir(temporary) == os.listdir(tmp_path) == []


def drawing_processes(session: int) -> Iterator[int]:
    """Yield the processes that have sealed off standard error."""
    for number in processes_of(session):
        try:
            if os.readlink(f"/proc/{number}/fd/2") == os.devnull:
                yield number
        except OSError:
            continue


def test_chunk_of_a_killed_process_is_drawn_by_another(tmp_path: Path, temporary: Path) -> None:
    process = drawing_many(tmp_path, "typst", temporary, 8)
    assert wait_until(lambda: len(list(drawing_processes(process.pid))) > 0)
    time.sleep(0.3)
    for number in drawing_processes(process.pid):
        os.kill(number, signal.SIGKILL)
    _, told = process.communicate(timeout=300)
    assert process.returncode == 0, told
    assert b"PDF002" not in told
    assert len(read((tmp_path / "book.pdf").read_bytes()).pages) > 8
    assert wait_until(lambda: not processes_of(process.pid), 10)
    assert list(temporary.iterdir()) == []


def test_closed_pool_draws_nothing() -> None:
    with pytest.raises(ConvertError, match="no XHTML"), DrawingPool(1) as given:
        chunk = pdf.sole(volume(1), b"<article>", Design())
        list(given.draw([chunk] * 4, lambda leaf, reason: leaf))
    with pytest.raises(ClosedError):
        given._processes[0].draw(chunk)
