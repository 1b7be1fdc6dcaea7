"""`--exclude` and `--articles`: documents by path, identifier or address, from a file of the user."""

import json
import sqlite3
import zipfile
from pathlib import Path

import pytest
from helpers.mirror import WRAPPER
from helpers.program import run

import convert.api
from convert.errors import UsageError

PAGES = {
    "n1": "pages/nf1/n1.md",
    "n2": "pages/nf1/n2.md",
    "n3": "pages/nf2/n3.md",
    "n4": "pages/nf2/n4.md",
}
ADDRESS = "https://www.epochtimes.com/gb/23/9/{day}/{name}.htm"


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    folder = tmp_path / "mirror"
    for number, (name, path) in enumerate(PAGES.items(), 1):
        link = ADDRESS.format(day=number % 4 + 1, name=f"n{number % 4 + 1}")
        text = f"<p>【大纪元2023年09月0{number}日讯】第{number}篇的文字，秘密{number}。{'纸与墨，' * 30}</p>"
        body = f'{text}<p>参见<ok href="{link}">另一篇</ok>。</p><p>责任编辑：方正</p>'
        text = WRAPPER.format(title=f"标题{number}", body=body).replace(
            "gb/23/9/12/n1.htm", f"gb/23/9/{number}/{name}.htm"
        )
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return folder


def listed(tmp_path: Path, *lines: str) -> Path:
    file = tmp_path / "list.txt"
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return file


def ids(source: Path, tmp_path: Path, **options: str) -> tuple[set[str], list[str]]:
    """Return the identifiers in a conversion, and what is said about lines that match nothing."""
    out = tmp_path / "out.jsonl"
    done = convert.api.convert(source, out, "jsonl", **options)  # type: ignore[arg-type]
    return {json.loads(line)["id"] for line in out.read_text("utf-8").splitlines()}, [
        str(each) for each in done.unmatched
    ]


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("pages/nf1/n1.md", {"n1"}),
        ("./pages/nf1/../nf1/n1.md", {"n1"}),
        ("{mirror}/pages/nf1/n1.md", {"n1"}),
        ("  n2\t", {"n2"}),
        ("n2\r", {"n2"}),
        ("\ufeffn2", {"n2"}),
        ("https://www.epochtimes.com/gb/23/9/3/n3.htm", {"n3"}),
        ("http://www.epochtimes.com/b5/23/9/3/n3_2.htm?x#y", {"n3"}),
        ("https://github.com/OWNER/epoch-news/blob/master/pages/nf2/n4.md", {"n4"}),
        ("https://gitlab.com/OWNER/epoch-news/-/raw/main/pages/nf2/n4.md?ref=x", {"n4"}),
        ("pages/nf2", {"n3", "n4"}),
        ("pages/nf2/", {"n3", "n4"}),
        ("# n1", set()),
        ("", set()),
    ],
)
def test_line_names_the_same_documents_to_exclude_and_to_choose(
    line: str, named: set[str], mirror: Path, tmp_path: Path
) -> None:
    file = str(listed(tmp_path, line.replace("{mirror}", str(mirror))))
    assert ids(mirror, tmp_path, exclude=file) == (PAGES.keys() - named, [])
    if named:
        assert ids(mirror, tmp_path, articles=file) == (named, [])


@pytest.mark.parametrize(
    "line", ["n9", "n", "1", "pages/nf1/n", "n1.md", "nf1", "https://www.epochtimes.com/", ".", "*"]
)
def test_line_that_matches_nothing_is_said_with_its_number(line: str, mirror: Path, tmp_path: Path) -> None:
    file = listed(tmp_path, "# those that were taken back", "n1", line)
    for option, expected in (("exclude", {"n2", "n3", "n4"}), ("articles", {"n1"})):
        found, said = ids(mirror, tmp_path, **{option: str(file)})
        assert found == expected
        assert said == [
            f"{option} {file}:3: no document has the path, the identifier or the address {line!r}",
        ]


def test_line_about_a_document_that_another_excludes_is_no_mistake(mirror: Path, tmp_path: Path) -> None:
    file = listed(tmp_path, "pages/nf1/n1.md", "pages/nf1", "n1", ADDRESS.format(day=1, name="n1"))
    assert ids(mirror, tmp_path, exclude=str(file)) == ({"n3", "n4"}, [])


def test_many_lines_that_match_nothing_are_counted(mirror: Path, tmp_path: Path) -> None:
    file = listed(tmp_path, *(f"x{number}" for number in range(1000)))
    _, said = ids(mirror, tmp_path, exclude=str(file))
    assert len(said) == 21
    assert said[-1] == f"exclude {file}: 980 more line(s) match no document"


@pytest.mark.parametrize("form", ["zip", "jsonl", "two"])
def test_documents_of_every_source_can_be_listed(form: str, mirror: Path, tmp_path: Path) -> None:
    source: list[Path] = [mirror]
    if form == "zip":
        source = [tmp_path / "mirror.zip"]
        with zipfile.ZipFile(source[0], "w") as archive:
            for path in PAGES.values():
                archive.write(mirror / path, path)
    elif form == "jsonl":
        source = [tmp_path / "all.jsonl"]
        convert.api.convert(mirror, source[0], "jsonl")
    else:
        source = [mirror / "pages/nf1", mirror / "pages/nf2"]
    out = tmp_path / "out.jsonl"
    done = convert.api.convert(source, out, "jsonl", exclude=listed(tmp_path, "n1", "n3"))
    assert {json.loads(line)["id"] for line in out.read_text("utf-8").splitlines()} == {"n2", "n4"}
    assert not done.unmatched


def test_list_that_cannot_be_read_is_a_usage_error(mirror: Path, tmp_path: Path) -> None:
    (tmp_path / "gbk.txt").write_bytes("n1\n秘密".encode("gbk"))
    for name, said in (("none.txt", "no such file"), (".", "is a directory"), ("gbk.txt", "gbk.txt:2: not UTF-8")):
        with pytest.raises(UsageError, match=said):
            convert.api.convert(mirror, tmp_path / "out.jsonl", "jsonl", exclude=tmp_path / name)
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize("to", ["epub", "markdown", "html"])
def test_excluded_document_leaves_outputs_lists_and_cache_with_the_next_update(
    to: str, mirror: Path, tmp_path: Path
) -> None:
    out, anew = tmp_path / "out", tmp_path / "anew"
    convert.api.convert(mirror, out, to, split="channel", update=True)
    file = listed(tmp_path, "n1", "pages/nf2/n4.md")
    convert.api.convert(mirror, out, to, split="channel", update=True, exclude=file)
    for name in ("n1", "n4"):
        (mirror / PAGES[name]).unlink()
    convert.api.convert(mirror, anew, to, split="channel", update=True)
    assert contents(out) == contents(anew)
    for each in (out / ".convert-cache").iterdir():
        data = each.read_bytes()
        assert "标题2".encode() in data or each.name == ".gitignore"
        assert not any(word.encode() in data for word in ("标题1", "标题4", "n1.md", "n4.md"))


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".convert-cache" not in path.parts
    }


@pytest.mark.slow
def test_excluded_document_leaves_the_sizes_and_the_checks_in_a_shared_cache(mirror: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert run("validate", "pages", "--cache", cache, "-q", cwd=mirror).returncode == 0
    options = ("--to", "epub", "pages", "--cache", cache, "-q")
    assert run(*options, "-o", tmp_path / "a/", "--split", "size=1MB", cwd=mirror).returncode == 0

    def rows() -> int:
        database = sqlite3.connect(cache / ".cache.sqlite3")
        count: int = database.execute("SELECT count(*) FROM entry WHERE kind NOT LIKE 'volumes %'").fetchone()[0]
        database.close()
        return count

    assert rows() == 12
    file = listed(tmp_path, "n1")
    assert run(*options, "-o", tmp_path / "b.epub", "--exclude", file, cwd=mirror).returncode == 0
    assert rows() == 9


def test_strict_does_not_look_at_what_is_excluded(mirror: Path, tmp_path: Path) -> None:
    broken = (mirror / PAGES["n1"]).read_text("utf-8").replace("### 标题1", "### ")
    (mirror / PAGES["n1"]).write_text(broken, "utf-8")
    options = ("--to", "markdown", mirror, "-o", tmp_path / "out", "--strict")
    assert run(*options).returncode == 3
    done = run(*options, "--exclude", listed(tmp_path, "n1", "pages/nf1/n1.md"))
    assert done.returncode == 0, done.stderr.decode()
    assert b"1 excluded" in done.stderr
