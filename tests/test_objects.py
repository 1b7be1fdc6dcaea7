"""Sources and outputs by address: the same bytes as from files, whatever happens to be inside, and nothing left."""

import io
import os
import re
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from helpers.data import SEEDS
from helpers.object_storage import SECRET, Service, answering, moto, rclone
from helpers.program import run
from helpers.soak import SOAK, some

import convert.api
from convert.errors import UsageError
from convert.sandbox import abilities
from convert.sandbox.abilities import Abilities, BeyondError
from convert.storage import storage_at
from convert.text import named

PAGE = (SEEDS / "pages" / "nf9000001" / "n90000002.md").read_bytes()


def tar(files: Mapping[str, bytes], mode: str = "w") -> bytes:
    """Return an archive of files."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return data.getvalue()


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return a zip archive of files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


SEED_FILES = {
    path.relative_to(SEEDS).as_posix(): path.read_bytes()
    for path in sorted(SEEDS.rglob("*"))
    if path.is_file() and not path.name.startswith(".")
}
HOSTILE = {
    "cut.tar": tar({"a.md": PAGE, "b.md": PAGE})[:9000],
    "cut.tar.gz": tar({"a.md": PAGE}, "w:gz")[:-300],
    "damaged.zip": packed({"a.md": PAGE}).replace(b"PK\1\2", b"PK\1\3"),
    "outside.tar": tar({"../../x.md": PAGE, "good.md": PAGE}),
    "book.epub": b"PK\3\4" + bytes(26) + b"mimetypeapplication/epub+zip" + bytes(50),
    "broken.jsonl": b'{"id": "1", "title": "x"}\n{"id": \n\xff\xfe\n',
    "broken.warc": b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 99999\r\n\r\nshort",
    "broken.warc.gz": b"\x1f\x8b\x08\0\0\0\0\0\0\3WARC",
    "broken.wacz": packed({"datapackage.json": b"{", "archive/data.warc.gz": b"no"}),
    "broken.zim": b"ZIM\x04\x06\0" + bytes(200),
    "page.html": b"<html><p>" + b"<div>" * 3000,
    "bytes.md": b"\xff\xfe\0\x01" * 50,
    "none.md": b"",
    "link #1 100%?.md": PAGE,
}
"""Objects with every fault that a message may name."""


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """Return a service with the seeds as objects and as an archive, and with hostile objects."""
    with moto() as running:
        for name, value in {**running.environment, "TMPDIR": tempfile.gettempdir()}.items():
            os.environ[name] = value
        storage = storage_at("s3://bucket/")
        for name, data in SEED_FILES.items():
            storage.put(f"news/{name}", data)
        storage.put("mirror.tar", tar(SEED_FILES))
        for name, data in HOSTILE.items():
            storage.put(f"hostile/{name}", data)
        storage.put("hostile/.hidden.md", PAGE)
        yield running
        for name in running.environment:
            del os.environ[name]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with files of the same names as the objects."""
    folder = tmp_path_factory.mktemp("here")
    for name, data in {
        **{f"news/{name}": data for name, data in SEED_FILES.items()},
        **{f"hostile/{name}": data for name, data in HOSTILE.items()},
        "mirror.tar": tar(SEED_FILES),
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def objects(address: str) -> dict[str, bytes]:
    storage = storage_at(address)
    return {each.name: storage.read(each.name) for each in storage.list()}


def clean(words: bytes) -> str:
    """Return what the program says, as if objects were files of the folder we are in."""
    text = words.decode()
    assert "cvrun-" not in text
    assert SECRET not in text
    return re.sub(r" in [0-9.]+ s\b", "", text).replace("s3://bucket/", "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("to", "source", "out", "workers"),
    [
        ("epub", "news", "x.epub", "1"),
        ("jsonl", "mirror.tar", "x.jsonl", "2"),
        ("markdown", "news", "books/", "1"),
        ("site", "news/pages/nf9000001", "site/", "1"),
    ],
)
def test_object_is_converted_to_the_same_bytes_as_a_file(
    to: str, source: str, out: str, workers: str, service: Service, here: Path, tmp_path: Path
) -> None:
    options = ("--to", to, "--manifest", "--workers", workers, "--verbose")
    local = run(*options, source, "-o", tmp_path / "local" / out, "--ledger", tmp_path / "1.jsonl", cwd=here)
    ledger = tmp_path / "2.jsonl"
    remote = run(*options, f"s3://bucket/{source}", "-o", f"s3://bucket/out-{to}/{out}", "--ledger", ledger, cwd=here)
    assert remote.returncode == local.returncode == 0, remote.stderr
    made = content(tmp_path / "local")
    assert objects(f"s3://bucket/out-{to}") == made
    assert len(made) > 1
    assert clean(ledger.read_bytes()) == (tmp_path / "1.jsonl").read_text("utf-8")
    assert clean(remote.stderr).replace(f"out-{to}/", "") == clean(local.stderr).replace(f"{tmp_path}/local/", "")


@pytest.mark.parametrize("root", ["s3://bucket/mixed", "mixed", "ABSOLUTE"])
def test_list_is_a_source_like_what_it_lists(root: str, service: Service, here: Path, tmp_path: Path) -> None:
    rows = run("--to", "jsonl", here / "news" / "pages" / "nf9000001").stdout
    archives = {"deep/a.tar": tar(SEED_FILES), "rows.jsonl": rows}
    pages = {name: data for name, data in SEED_FILES.items() if name.startswith("indexes/") or "nf9000002" in name}
    for name, data in {**archives, **pages}.items():
        (tmp_path / "mixed" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "mixed" / name).write_bytes(data)
        storage_at("s3://bucket/mixed").put(name, data)
    root = root.replace("ABSOLUTE", str(tmp_path / "mixed"))
    assert run("list", root, "-o", "list.jsonl", "--shard-size", "20000", cwd=tmp_path).returncode == 0
    found = run("--to", "jsonl", "-v", "list.jsonl", "-o", "found.jsonl", "--manifest", cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    apart = tmp_path / "apart" / "mixed"
    for name in archives:
        (apart / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "mixed" / name).rename(apart / name)
    (tmp_path / "mixed" / "deep").rmdir()
    sources = ("mixed", *(f"apart/mixed/{name}" for name in archives))
    named = run("--to", "jsonl", "-v", *sources, "-o", "named.jsonl", "--manifest", cwd=tmp_path)
    assert (tmp_path / "found.jsonl").read_bytes() == (tmp_path / "named.jsonl").read_bytes()
    assert clean(found.stderr).replace(f"{tmp_path}/", "").replace("found", "named") == clean(named.stderr).replace(
        "apart/", ""
    )


def test_list_of_what_has_changed_is_refused(service: Service, tmp_path: Path) -> None:
    storage, pages = storage_at("s3://bucket/listed"), tmp_path / "pages"
    pages.mkdir()
    for target, source in (("1", "s3://bucket/listed"), ("2", "pages")):
        storage.put("a.md", PAGE)
        (pages / "a.md").write_bytes(PAGE)
        assert run("list", source, "-o", target, cwd=tmp_path).returncode == 0
        storage.put("a.md", PAGE.replace("字".encode(), "纸".encode()))
        (pages / "a.md").write_bytes(PAGE.replace("字".encode(), "纸".encode()))
        done = run("--to", "jsonl", target, cwd=tmp_path)
        assert done.returncode == 4
        assert f"'{source}/a.md': it changed since it was listed" in done.stderr.decode()


@pytest.mark.slow
def test_service_that_ignores_conditions_and_ranges_gives_and_takes_the_same_bytes(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rclone(tmp_path / "objects") as plain:
        for name, value in plain.environment.items():
            monkeypatch.setenv(name, value)
        for name in ("mirror.tar", "news/pages/nf9000001/n90000002.md", "news/README.md"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes((here / name).read_bytes())
            storage_at("s3://bucket/").put(name, (here / name).read_bytes())
        for source in ("mirror.tar", "news"):
            command, out = ("--to", "jsonl", "--manifest"), f"{source}.jsonl"
            assert run(*command, f"s3://bucket/{source}", "-o", f"s3://bucket/out/{out}").returncode == 0
            assert run(*command, source, "-o", tmp_path / "local" / out, cwd=tmp_path).returncode == 0
        assert objects("s3://bucket/out") == content(tmp_path / "local")


@pytest.mark.slow
@pytest.mark.parametrize("form", ["text", "json"])
def test_object_is_validated_as_a_file(form: str, service: Service, here: Path) -> None:
    options = ("validate", "--report", form, "--statistics")
    local = run(*options, "news", "hostile", cwd=here)
    remote = run(*options, "s3://bucket/news/", "s3://bucket/hostile", cwd=here)
    assert remote.returncode == local.returncode == 3
    assert clean(remote.stdout) == clean(local.stdout)
    assert b"s3://bucket/hostile/broken.warc" in remote.stdout


@pytest.mark.slow
@pytest.mark.parametrize("command", [("validate", "--report", "json"), ("--to", "jsonl", "-v")])
def test_object_with_a_fault_gets_the_same_words_as_a_file(
    command: tuple[str, ...], service: Service, here: Path
) -> None:
    said, names = set(), [name for name in HOSTILE if "#" not in name]
    for name in names if SOAK else names[command[0] == "validate" :: 2]:
        local = run(*command, f"hostile/{name}", cwd=here)
        remote = run(*command, f"s3://bucket/hostile/{name}", cwd=here)
        assert remote.returncode == local.returncode, name
        for one, other in ((local.stdout, remote.stdout), (local.stderr, remote.stderr)):
            assert clean(other).replace("hostile/", "") == clean(one).replace("hostile/", ""), name
            said.add(clean(one))
    assert len(said) > 3


def test_update_and_cache_of_objects_know_them_again(service: Service, tmp_path: Path) -> None:
    command = ("--to", "markdown", "s3://bucket/news/pages/nf9000001", "-o", tmp_path / "out", "--update")
    assert run(*command).returncode == 0
    before = content(tmp_path / "out")
    again = run(*command)
    assert again.returncode == 0
    assert b"8 file(s) left as they are" in again.stderr
    now = content(tmp_path / "out")
    assert {name: data for name, data in now.items() if "cache" not in name} == {
        name: data for name, data in before.items() if "cache" not in name
    }
    assert not any(b"cvrun-" in data or SECRET.encode() in data for data in now.values())


REFUSED = {
    "no such object or folder": ("--to", "jsonl", "s3://bucket/no/such"),
    "no such bucket": ("--to", "jsonl", "s3://no-such-bucket/"),
    "is a source": ("--to", "markdown", "s3://bucket/news/pages", "-o", "s3://bucket/news/"),
    "inside of one": ("--to", "epub", "s3://bucket/news/", "-o", "s3://bucket/news/x.epub"),
    "page of a mirror": ("--to", "markdown", "NEWS", "-o", "s3://bucket/news/"),
    "leave --update out": ("--to", "epub", "NEWS", "-o", "s3://bucket/x.epub", "--update"),
    "--changes": ("--to", "epub", "NEWS", "-o", "s3://bucket/x.epub", "--changes", "x"),
    "--ledger takes no address": ("--to", "epub", "NEWS", "-o", "x.epub", "--ledger", "s3://bucket/x"),
    "--report takes no address": ("validate", "NEWS", "--report", "json=s3://bucket/x"),
    "FILE… takes no address": ("audit", "s3://bucket/x.epub"),
    "holds no password": ("--to", "epub", "NEWS", "-o", f"s3://user:{SECRET}@bucket/x.epub"),
    "another format": ("--to", "epub", "NEWS", "-o", "s3://bucket/x.json"),
    "name a folder": ("--to", "json", "NEWS", "-o", "s3://bucket/x.json"),
    "--fix changes files": ("validate", "--fix", "s3://bucket/news/"),
    "not in the bucket": (
        "--to", "html", "NEWS", "-o", "s3://bucket/x.html", "--store", "store", "--assets", "s3://other/x",
    ),
}  # fmt: skip
"""Words of errors, and what they are about."""


@pytest.mark.parametrize("words", REFUSED)
def test_what_cannot_be_done_with_an_address_is_said(words: str, service: Service, here: Path, tmp_path: Path) -> None:
    before = list(storage_at("s3://bucket/").list())
    arguments = [str(here / "news") if each == "NEWS" else each for each in REFUSED[words]]
    done = run(*arguments, "--lang", "en", cwd=tmp_path)
    assert done.returncode in (2, 4)
    assert words in done.stderr.decode()
    assert SECRET not in done.stderr.decode()
    assert not list(tmp_path.iterdir())
    assert list(storage_at("s3://bucket/").list()) == before


def test_names_that_no_disk_has_at_once_are_refused_before_anything_is_read(service: Service) -> None:
    storage = storage_at("s3://bucket/")
    storage.put("both/a", b"x")
    storage.put("both/a/b.md", PAGE)
    done = run("--to", "jsonl", "s3://bucket/both")
    assert done.returncode == 4
    assert "s3://bucket/both/a" in clean(done.stderr) or "both/a" in clean(done.stderr)
    assert run("--to", "jsonl", "s3://bucket/both/a/").returncode == 0  # the folder, not the object


def test_program_converts_and_validates_addresses(service: Service, tmp_path: Path) -> None:
    made = convert.api.convert("s3://bucket/news/pages/nf9000001", "s3://bucket/api/x.jsonl", "jsonl")
    assert made.output == "s3://bucket/api/x.jsonl"
    assert len(objects("s3://bucket/api")["x.jsonl"].splitlines()) == made.articles > 3
    addresses = {each.path for each in convert.api.validate(["s3://bucket/news/pages/nf9000001"])}
    assert addresses
    assert all(each.startswith("s3://bucket/news/pages/") for each in addresses)
    read = [each for each in convert.api.read("s3://bucket/mirror.tar") if each.article]
    assert len(read) == 38
    with pytest.raises(UsageError, match="no such object"):
        convert.api.convert("s3://bucket/none", str(tmp_path / "x"), "jsonl")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_while_objects_come_leaves_nothing(number: int, service: Service, tmp_path: Path) -> None:
    with answering(None) as slow:
        environment = {**os.environ, **slow.environment, "TMPDIR": str(tmp_path)}
        command = [sys.executable, "-m", "convert", "--to", "jsonl", "s3://bucket/x.tar", "-o", "x.jsonl"]
        with subprocess.Popen(command, env=environment, cwd=tmp_path, stderr=subprocess.PIPE) as process:
            while not list(tmp_path.glob("cvrun-*/at-*")):
                time.sleep(0.05)
                assert process.poll() is None
            time.sleep(0.3)
            process.send_signal(number)
            assert process.wait(20) == 130
            assert process.stderr
            assert b"Traceback" not in process.stderr.read()
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("moment", some([*range(12)], 6))
def test_killed_while_it_sends_shows_no_half_of_anything(
    moment: int, service: Service, here: Path, tmp_path: Path
) -> None:
    command = ("--to", "markdown", "news", "--manifest", "--quiet")
    assert run(*command, "-o", tmp_path / "whole", cwd=here).returncode == 0
    whole = content(tmp_path / "whole")
    target = f"s3://bucket/killed-{moment}"
    storage = storage_at(target)
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    given = [sys.executable, "-m", "convert", *command, "-o", f"{target}/"]
    with subprocess.Popen(given, cwd=here, env=environment) as process:
        while process.poll() is None and len(list(storage.list())) < moment * len(whole) / 12:
            time.sleep(0.01)
        process.kill()
    seen = objects(target)
    assert seen.items() <= whole.items()
    assert "convert-manifest.json" not in seen or seen == whole
    assert run(*command, "-o", f"{target}/", cwd=here, env={"TMPDIR": str(tmp_path)}).returncode == 0
    assert objects(target) == whole
    assert list(storage.unfinished()) == []
    assert not list(tmp_path.glob("cvrun-*"))


def test_documents_reach_no_storage(service: Service) -> None:
    storage = storage_at("s3://bucket/")
    abilities.hold(Abilities(network=True))
    try:
        assert storage.stat("mirror.tar")
        with abilities.document() as tried, pytest.raises(BeyondError):
            storage.stat("mirror.tar")
        assert tried == ["convert.storage 's3://bucket/mirror.tar'"]
        abilities.hold(Abilities())
        with pytest.raises(BeyondError):
            storage.stat("mirror.tar")
    finally:
        abilities.release()


def test_settings_may_name_an_output_by_its_address(service: Service, here: Path, tmp_path: Path) -> None:
    (tmp_path / "convert.toml").write_text('[conversion]\nto = "jsonl"\noutput = "s3://bucket/set/x.jsonl"\n', "utf-8")
    assert run("--to", "jsonl", here / "news" / "pages" / "nf9000001", cwd=tmp_path).returncode == 0
    assert list(objects("s3://bucket/set")) == ["x.jsonl"]
    assert [each.name for each in tmp_path.iterdir()] == ["convert.toml"]


@pytest.mark.slow
def test_only_a_command_with_an_address_may_load_the_client(service: Service, here: Path) -> None:
    code = (
        "import sys; from convert.cli import main; import convert.cli.to as to\n"
        "def load(*a, **b):\n    import obstore\n"
        "to._heed_format = load\nmain()\n"
    )
    for source, refused in ((str(here / "news"), True), ("s3://bucket/mirror.tar", False)):
        done = subprocess.run([sys.executable, "-c", code, "--to", "jsonl", source], capture_output=True, check=False)
        assert (b"beyond what this command is for: import 'obstore'" in done.stderr) == refused, done.stderr


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="strace")
def test_nothing_is_connected_but_the_storage(service: Service, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    command = ["--to", "epub", "s3://bucket/news/pages/nf9000001", "-o", "s3://bucket/traced/x.epub", "--workers", "2"]
    try:
        done = subprocess.run(
            [
                *["strace", "-f", "-qq", "-e", "trace=connect,sendto,bind", "-o"],
                trace,
                sys.executable,
                "-m",
                "convert",
                *command,
            ],
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("needs strace (apt-get install strace)")
    if b"ptrace" in done.stderr:
        pytest.skip("strace may not trace here")
    assert done.returncode == 0, done.stderr
    calls = [each for each in trace.read_text("utf-8", "replace").splitlines() if "AF_INET" in each]
    assert calls
    for each in calls:
        assert f'sin_port=htons({service.port}), sin_addr=inet_addr("127.0.0.1")' in each, each


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/tmp/cvrun-0a1b2c3d/at-x_1/s3/b/a b.md", "s3://b/a b.md"),
        ("/my tmp/cvrun-0a1b2c3d/to-x/az/b/a.md:3", "az://b/a.md:3"),
        ("cannot read '/my tmp/cvrun-0a1b2c3d/at-x/gs/b/纸.md': gone", "cannot read 'gs://b/纸.md': gone"),
        ("/tmp/cvrun-0a1b2c3d/at-x/here/news/a.md", "news/a.md"),
        ("/tmp/cvrun-0a1b2c3d/at-x/root/news/a.md", "/news/a.md"),
        (r"C:\tmp\cvrun-0a1b2c3d\at-x\s3\b\a.md", r"s3://b\a.md"),
        ("/tmp/cvrun-0a1b2c3d/other/s3/b", "/tmp/cvrun-0a1b2c3d/other/s3/b"),
    ],
)
def test_copies_are_named_by_their_addresses(text: str, shown: str) -> None:
    assert named(text) == shown
