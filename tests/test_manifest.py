"""The manifest of a build, and `convert verify`."""

import json
import os
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from helpers.data import SEEDS
from helpers.program import run
from hypothesis import given, strategies as st
from msgspec.structs import replace

from convert import manifest
from convert.codec import article_json
from convert.errors import ConvertError
from convert.manifest import Input, Manifest, ManifestError, Output, Tool, encode, read, reading
from convert.writers import WRITERS

SCHEMA = article_json.published(manifest.SCHEMA_NAME)
JUDGE = jsonschema.Draft202012Validator(SCHEMA)

HASHES = st.integers(0, 3).map(lambda number: sha256(bytes([number])).hexdigest())
TEXTS = st.text('a纸/.\\"\n\u2028', max_size=4)
NAMES = st.text("ab纸.", min_size=1, max_size=4).filter(lambda name: name.strip(".") != "")
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
OPTIONS = st.dictionaries(
    TEXTS, st.none() | st.booleans() | st.integers(-9, 9) | TEXTS | st.lists(TEXTS, max_size=2).map(tuple), max_size=3
)


@st.composite
def manifests(draw: st.DrawFn) -> Manifest:
    read_ = draw(st.lists(TEXTS.filter(bool), max_size=4, unique=True))
    made = draw(st.lists(PATHS, max_size=4, unique=True))
    articles = st.lists(st.sampled_from(read_), max_size=3) if read_ else st.just([])
    links = st.dictionaries(TEXTS, st.sampled_from([*made, ""]), max_size=3)
    return Manifest(
        tool=Tool(name="convert", version="1", libraries=draw(st.dictionaries(TEXTS, TEXTS, max_size=2))),
        format=draw(st.sampled_from(["epub", "markdown"])),
        options=draw(OPTIONS),
        inputs=tuple(Input(path=path, sha256=draw(HASHES), bytes=draw(st.integers(0, 9))) for path in sorted(read_)),
        outputs=tuple(
            Output(
                path=path,
                sha256=draw(HASHES),
                bytes=draw(st.integers(0, 9)),
                key=draw(HASHES),
                title=draw(TEXTS),
                articles=tuple(draw(articles)),
                links=draw(links),
            )
            for path in sorted(made)
        ),
    )


def built(folder: Path, *names: str) -> Path:
    """A manifest of files that are made for it."""
    outputs = []
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data := f"of {name}".encode())
        outputs.append(Output(path=name, sha256=sha256(data).hexdigest(), bytes=len(data), key="0" * 64))
    made = Manifest(tool=Tool(name="archive-convert", version="1"), format="epub", outputs=tuple(outputs))
    (folder / "build.json").write_bytes(encode(made))
    return folder / "build.json"


# --- the schema ------------------------------------------------------------------------------------------------------


def test_the_published_schema_is_the_declarations() -> None:
    assert manifest.make_schema() == SCHEMA, "run `make schema`"
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_property_is_explained_and_its_examples_are_valid() -> None:
    for name, struct in {"Manifest": SCHEMA, **SCHEMA["$defs"]}.items():
        assert struct["description"], name
        assert struct["additionalProperties"] is False, name
        for key, value in struct["properties"].items():
            assert value["title"] and value["description"] and value["examples"], f"{name}.{key}"
            judge = jsonschema.Draft202012Validator({**_lenient(value), "$defs": _lenient(SCHEMA["$defs"])})
            for example in value["examples"]:
                assert judge.is_valid(example), f"{name}.{key}: {example}"


def _lenient(value: Any) -> Any:
    """Examples may leave out what a whole one has."""
    if isinstance(value, list):
        return [_lenient(each) for each in value]
    return {k: _lenient(v) for k, v in value.items() if k != "required"} if isinstance(value, dict) else value


# --- writing and reading ---------------------------------------------------------------------------------------------


@pytest.mark.slow
@given(manifests())
def test_manifest_is_valid_and_read_back_equal(tmp_path_factory: pytest.TempPathFactory, made: Manifest) -> None:
    path = tmp_path_factory.mktemp("m") / "build.json"
    path.write_bytes(data := encode(made))
    assert list(JUDGE.iter_errors(json.loads(data))) == []
    assert read(str(path)) == made
    path.write_text(json.dumps(json.loads(data), indent=1), "utf-8")  # laid out by another program
    assert read(str(path)) == made


@pytest.mark.slow
@given(manifests(), st.randoms(use_true_random=False))
def test_the_bytes_do_not_depend_on_any_order(made: Manifest, random: Any) -> None:
    def shuffled(items: Any) -> list[Any]:
        given_ = list(items)
        random.shuffle(given_)
        return given_

    outputs = [replace(each, links=dict(shuffled(each.links.items()))) for each in made.outputs]
    other = replace(
        made,
        options=dict(shuffled(made.options.items())),
        inputs=tuple(shuffled(made.inputs)),
        outputs=tuple(shuffled(outputs)),
    )
    assert encode(other) == encode(made)


def test_a_new_article_is_one_more_line_of_its_inputs_and_one_of_its_output() -> None:
    inputs = [Input(path=f"{number}.md", sha256="0" * 64, bytes=1) for number in range(5)]
    tool = Tool(name="convert", version="1")

    def lines(count: int) -> list[str]:
        articles = tuple(each.path for each in inputs[:count])
        output = Output(path="a.epub", sha256="0" * 64, bytes=1, key="0" * 64, articles=articles)
        made = Manifest(tool=tool, format="epub", inputs=tuple(inputs[:count]), outputs=(output,))
        return encode(made).decode().splitlines()

    before, after = lines(3), lines(4)
    assert len(after) == len(before) + 2
    assert len(set(after) - set(before)) == 5  # the two, the commas of the lines above them, and the hash


DAMAGE: dict[str, tuple[Callable[[bytes], bytes], str, str]] = {
    "cut": (lambda data: data[: len(data) // 2], "damaged", "truncated"),
    "empty": (lambda data: b"", "damaged", "it is empty"),
    "zeros": (lambda data: bytes(len(data)), "damaged", "it is empty"),
    "one byte": (lambda data: data.replace(b'"bytes":9', b'"bytes":8'), "damaged", "does not match its own hash"),
    "a title": (lambda data: data.replace(b'"title":""', b'"title":"x"'), "damaged", "does not match its own hash"),
    "not UTF-8": (lambda data: data.replace(b'"title":""', b'"title":"\xff"'), "damaged", "not utf-8"),
    "key": (lambda data: data.replace(b'"title"', b'"titel"'), "damaged", "object contains unknown field `titel`"),
    "evil key": (
        lambda d: d.replace(b'"key"', b'"\\u001b[2J' + b"x" * 9999 + b'"', 1),
        "damaged",
        r"field `\x1b[2jxxx",
    ),
    "no key": (lambda data: data.replace(b'"key"', b'"title"', 1), "damaged", "missing required field `key`"),
    "hash": (lambda data: data.replace(b'"sha256":"', b'"sha256":"x', 1), "damaged", "length <= 64"),
    "line end": (lambda data: data.replace(b'"a.epub"', b'"a.epub\\n"'), "damaged", "matching regex"),
    "up": (lambda data: data.replace(b'"a.epub"', b'"../a.epub"'), "damaged", "matching regex"),
    "root": (lambda data: data.replace(b'"a.epub"', b'"/etc/passwd"'), "damaged", "matching regex"),
    "drive": (lambda data: data.replace(b'"a.epub"', b'"c:a.epub"'), "damaged", "matching regex"),
    "nul": (lambda data: data.replace(b'"a.epub"', b'"a\\u0000"'), "damaged", "matching regex"),
    "twice": (lambda data: data.replace(b'"b.epub"', b'"a.epub"'), "damaged", "it names a file twice"),
    "article": (lambda d: d.replace(b'"articles":[]', b'"articles":["x"]'), "damaged", "has an article that is no"),
    "link": (lambda data: data.replace(b'"links":{}', b'"links":{"n":"x"}'), "damaged", "leads to what is no output"),
    "number": (lambda data: data.replace(b'"options": {', b'"options": {"a":9e99'), "damaged", "expected `"),
    "large": (lambda d: d.replace(b'"options": {', b'"options": {"a":' + b"9" * 400), "damaged", ""),
    "deep": (lambda data: data.replace(b"{}", b'{"a":' + b"[" * 200_000), "damaged", ""),
    "deeper": (lambda data: b"[" * 200_000, "foreign", "it lists no inputs"),
    "deep and unknown": (lambda d: d.replace(b"{", b'{"x":' + b"[" * 99_999 + b"]" * 99_999 + b",", 1), "foreign", ""),
    "newer": (lambda data: data.replace(b'version": "1"', b'version": "2"'), "newer", "of version 2, and this program"),
    "much newer": (
        lambda data: data.replace(b'version": "1"', b'version": "%b"' % (b"9" * 9999)),
        "newer",
        "version 9",
    ),
    "no version": (lambda data: data.replace(b'version": "1"', b'version": "x"'), "damaged", "invalid enum value 'x'"),
    "article file": (
        lambda data: b'{"schema_version": "1", "title": "t", "body": []}',
        "foreign",
        "it lists no inputs",
    ),
    "other JSON": (lambda data: b'{"name": "x", "version": "1"}', "foreign", "it lists no inputs"),
    "list": (lambda data: b"[]", "foreign", "it lists no inputs"),
}


@pytest.mark.parametrize("to", ["markdown", "json", "epub"])
def test_the_manifest_of_a_single_file_names_that_file(to: str, tmp_path: Path) -> None:
    out = tmp_path / f"another{WRITERS[to].suffix}"
    assert run("--to", to, SEEDS / "pages/nf9000001/n90000002.md", "-o", out, "--manifest").returncode == 0
    name = tmp_path / f"{out.name}.manifest.json"
    assert [each.path for each in read(str(name)).outputs] == [out.name]
    assert run("verify", name).returncode == 0


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_manifest_is_refused_with_its_kind(tmp_path: Path, damage: str) -> None:
    path = built(tmp_path, "a.epub", "b.epub")
    change, kind, reason = DAMAGE[damage]
    path.write_bytes(data := change(path.read_bytes()))
    with pytest.raises(ManifestError) as caught:
        read(str(path))
    assert (caught.value.kind, reason in str(caught.value.reason).lower()) == (kind, True), caught.value.reason
    assert isinstance(caught.value, ConvertError)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500 + len(str(path)), len(data)
    if damage not in ("line end", "nul"):
        assert "; " in str(caught.value)


@given(st.data())
def test_manifest_with_a_flipped_bit_is_refused_or_equal(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = built(tmp_path_factory.mktemp("m"), "a.epub", "b.epub")
    made, whole = read(str(path)), path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << data.draw(st.integers(0, 7))]) + whole[at + 1 :])
    try:
        assert read(str(path)) == made  # white space, or a letter escaped
    except ManifestError as error:
        assert error.reason


def test_a_manifest_that_is_not_there_or_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    cases = {"none": "missing", ".": "unreadable", "pipe": "unreadable", "a\0b": "unreadable"}
    for name, kind in cases.items():
        with pytest.raises(ManifestError, match="name the one beside the outputs") as caught:
            read(str(tmp_path / name))
        assert caught.value.kind == kind


def test_a_manifest_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 100)
    with pytest.raises(ManifestError, match="more than 100 bytes"):
        read(str(built(tmp_path, "a")))


# --- convert verify --------------------------------------------------------------------------------------------------


def test_outputs_as_they_were_written(tmp_path: Path) -> None:
    built(tmp_path, "a.epub", "more/b.epub")
    done = run("verify", "--strict", "build.json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == b"2 output(s): 2 as written, 0 not; 0 file(s) in no manifest\n"


WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda file: file.unlink(), "no such file"),
    "its folder too": (lambda file: shutil.rmtree(file.parent), "no such file"),
    "a file for its folder": (lambda f: shutil.rmtree(f.parent) or f.parent.write_text("x"), "no such file"),  # type: ignore[func-returns-value]
    "longer": (lambda file: file.write_bytes(file.read_bytes() + b"x"), "{} bytes, and should have {}"),
    "shorter": (lambda file: file.write_bytes(b""), "0 bytes, and should have {1}"),
    "other": (lambda file: file.write_bytes(b"x" * file.stat().st_size), "another content, of the same size"),
    "folder": (lambda file: file.unlink() or file.mkdir(), "not a regular file"),  # type: ignore[func-returns-value]
    "pipe": (lambda file: file.unlink() or os.mkfifo(file), "not a regular file"),  # type: ignore[func-returns-value]
    "device": (lambda file: file.unlink() or file.symlink_to("/dev/zero"), "not a regular file"),  # type: ignore[func-returns-value]
    "circle": (lambda file: file.unlink() or file.symlink_to(file), "cannot be read: too many levels"),  # type: ignore[func-returns-value]
}


@pytest.mark.slow
def test_each_output_that_is_not_as_it_was_is_told(tmp_path: Path) -> None:
    names = {case: f"{case}/b.epub" for case in sorted(WRONG)}
    built(tmp_path, "a.epub", *names.values())
    for case, name in names.items():
        WRONG[case][0](tmp_path / name)
    done = run("verify", "build.json", cwd=tmp_path)
    *lines, last = done.stdout.decode().splitlines()
    for line, case in zip(lines, names, strict=True):
        size = len(f"of {names[case]}")
        assert line.startswith(f"{names[case]}: {WRONG[case][1].format(size + 1, size)}")
    assert last == f"{len(names) + 1} output(s): 1 as written, {len(names)} not"
    assert (done.returncode, done.stderr) == (3, b"")


@pytest.mark.slow
def test_quiet_leaves_only_the_status(tmp_path: Path) -> None:
    built(tmp_path, "a.epub")
    for status in (0, 3):
        quiet = run("verify", "-q", "build.json", cwd=tmp_path)
        assert (quiet.returncode, quiet.stdout, quiet.stderr) == (status, b"", b"")
        (tmp_path / "a.epub").write_bytes(b"")


@pytest.mark.slow
def test_a_link_to_an_output_is_followed(tmp_path: Path) -> None:
    built(tmp_path, "a.epub", "more/b.epub")
    (tmp_path / "a.epub").rename(tmp_path / "elsewhere")
    (tmp_path / "a.epub").symlink_to("elsewhere")
    (tmp_path / "more").rename(tmp_path / "other")
    (tmp_path / "more").symlink_to("other")
    assert run("verify", "build.json", cwd=tmp_path).returncode == 0
    assert run("verify", "--strict", "build.json", cwd=tmp_path).returncode == 0


@pytest.mark.slow
def test_strict_names_what_no_manifest_has(tmp_path: Path) -> None:
    built(tmp_path, "a.epub")
    built(tmp_path / "b", "b.epub")
    for name in ("x", "b/y", "b/.hidden", "纸"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "b" / "folder").symlink_to("..")
    assert run("verify", "build.json", "b/build.json", cwd=tmp_path).returncode == 0
    for folder, prefix in ((tmp_path, ""), (tmp_path.parent, f"{tmp_path.name}/")):
        done = run("verify", "--strict", f"{prefix}build.json", f"{prefix}b/build.json", cwd=folder)
        *unknown, last = done.stdout.decode().splitlines()
        names = ["x", "纸", "b/folder", "b/y"]  # what is hidden is nobody's output
        assert unknown == [f"{prefix}{name}: in no manifest" for name in names]
        assert last == "2 output(s): 2 as written, 0 not; 4 file(s) in no manifest"
        assert done.returncode == 3


@pytest.mark.slow
def test_a_manifest_that_cannot_be_read_keeps_no_other_from_being_verified(tmp_path: Path) -> None:
    built(tmp_path, "a.epub")
    (tmp_path / "a.epub").unlink()
    (tmp_path / "x").write_bytes(b"{}")
    done = run("verify", "--strict", "none", "x", "build.json", cwd=tmp_path)
    assert done.returncode == 4
    assert done.stdout == b"a.epub: no such file\n1 output(s): 0 as written, 1 not\n"
    missing, foreign = done.stderr.decode().splitlines()
    assert missing.startswith("convert: there is no manifest 'none'; ")
    assert foreign.startswith("convert: 'x' is no manifest of outputs: ")
    alone = run("verify", "-q", "none", cwd=tmp_path)
    assert (alone.returncode, alone.stdout, alone.stderr.decode().splitlines()) == (4, b"", [missing])


@pytest.mark.slow
def test_in_chinese(tmp_path: Path) -> None:
    built(tmp_path, "a.epub")
    (tmp_path / "a.epub").write_bytes(b"")
    for arguments, environment in ((["--lang", "zh"], {}), ([], {"LC_ALL": "zh_CN.UTF-8"})):
        done = run("verify", *arguments, "build.json", cwd=tmp_path, env=environment)
        assert done.stdout.decode() == "a.epub：有 0 字节，应当有 9 字节\n1 个输出文件：0 个与写出时相同，1 个不同\n"


def test_names_that_would_do_something_to_a_terminal_are_escaped(tmp_path: Path) -> None:
    path = built(tmp_path, "a\u202eb")
    (tmp_path / "a\u202eb").unlink()
    assert b"a\\u202eb: no such file" in run("verify", path, cwd=tmp_path).stdout
