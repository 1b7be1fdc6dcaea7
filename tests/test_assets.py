"""Pictures as files beside Markdown, JSON and HTML."""

import base64
import json
import re
from pathlib import Path

import pytest
from helpers.data import ROOT
from helpers.printed import picture
from helpers.program import run
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from convert import api
from convert.codec import article_json
from convert.errors import UsageError
from convert.model import (
    SCHEMA_VERSION,
    Article,
    Cell,
    Figure,
    Image,
    Link,
    Paragraph,
    Provenance,
    Quote,
    Table,
    Text,
)
from convert.pictures.model import Facts
from convert.pictures.store import PictureStore
from convert.writers.assets import SCHEMA_NAME, make_schema

HERE = "https://a.example/"
ONE, TWO = Image(f"{HERE}30x20.png"), Image(f"{HERE}40x20.png", "灰", "题 目")


def source(folder: Path, **articles: tuple[Image, ...]) -> Path:
    """A folder with articles, each of which shows some pictures, and beside it a store."""
    with PictureStore(str(folder / "store")) as store:
        for name in ("30x20", "40x20"):
            width, height = map(int, name.split("x"))
            data = base64.b64decode(picture(width, height).partition(",")[2])
            store.put(f"{HERE}{name}.png", data, Facts("png", width, height))
    for name, images in articles.items():
        path = folder / "src" / "deep" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(article_json.encode(article(name, images)))
    return folder / "src"


def article(name: str, images: tuple[Image, ...]) -> Article:
    figures = [Figure((image,), (Text("说明"),)) for image in images]
    cell = Cell((Paragraph((Text("格"), *images)), Paragraph((Text("又一段"),))))
    return Article(
        schema_version=SCHEMA_VERSION,
        id=name,
        title=name,
        language="zh-Hans",
        source=Provenance(address=f"{HERE}{name}.html", path=f"{name}.md", dialect="x", sha256="0" * 64),
        body=(
            Paragraph((Text("字"),)),
            *figures,
            Quote((Paragraph((Text("引"), Link(f"{HERE}b.html", images[:1]))),)),
            Table(rows=((Cell((Paragraph((Text("头"),)),), header=True),), (cell,))),
        ),
    )


def made(to: str, folder: Path, *options: str) -> Path:
    out = folder / ("out" if to in ("markdown", "json") else f"out/book.{to}")
    (folder / "out").mkdir(exist_ok=True)
    assets = folder / "out" / "pictures"
    given: tuple[str | Path, ...] = ("--store", folder / "store", "--assets", assets, *options)
    done = run("--to", to, folder / "src", *given, "-o", out)
    assert done.returncode == 0, done.stderr
    return out


def pictures(folder: Path) -> int:
    return len([*(folder / "out" / "pictures").glob("*.png")])


@pytest.mark.slow
def test_markdown_has_relative_paths_and_gives_the_addresses_back(tmp_path: Path) -> None:
    source(tmp_path, n1=(ONE, TWO), n2=(ONE,))
    out = made("markdown", tmp_path)
    text = (out / "deep" / "n1.md").read_text()
    paths = re.findall(r"\.\./pictures/[0-9a-f]{64}\.png", text)
    assert len(paths) == 5
    assert all((out / "deep" / path).is_file() for path in paths)
    assert pictures(tmp_path) == 2, "each once"
    assert run("--to", "json", out / "deep" / "n1.md", "-o", tmp_path / "back.json").returncode == 0
    back = article_json.decode((tmp_path / "back.json").read_bytes())
    assert back.body == article("n1", (ONE, TWO)).body


def test_a_single_file_has_its_pictures_beside_it(tmp_path: Path) -> None:
    source(tmp_path, n1=(ONE,))
    given = ("--store", tmp_path / "store", "--assets", tmp_path / "out" / "p", "-o", tmp_path / "out" / "a.md")
    assert run("--to", "markdown", tmp_path / "src", *given).returncode == 0
    (path, *_) = re.findall(r"\((p/\w+\.png) ", (tmp_path / "out" / "a.md").read_text())
    assert (tmp_path / "out" / path).is_file()


@pytest.mark.parametrize("to", ["json", "jsonl"])
def test_json_keeps_the_addresses_and_has_an_index_of_files(to: str, tmp_path: Path) -> None:
    source(tmp_path, n1=(ONE, TWO), n2=(ONE,))
    made(to, tmp_path)
    index = json.loads((tmp_path / "out" / "pictures" / "pictures.json").read_bytes())
    schema = json.loads((ROOT / "schemas" / SCHEMA_NAME).read_bytes())
    assert schema == make_schema()
    assert not [*Draft202012Validator(schema).iter_errors(index)]
    assert [(each["address"], each["media_type"], each["width"], each["height"]) for each in index] == [
        (ONE.address, "image/png", 30, 20),
        (TWO.address, "image/png", 40, 20),
    ]
    for each in index:
        assert (tmp_path / "out" / "pictures" / each["file"]).stat().st_size == each["bytes"]
    written = (tmp_path / "out" / ("deep/n1.json" if to == "json" else "book.jsonl")).read_text()
    assert ONE.address in written


def test_html_refers_to_the_files_and_its_policy_permits_no_more(tmp_path: Path) -> None:
    source(tmp_path, n1=(ONE, TWO))
    page = made("html", tmp_path).read_text()
    assert "img-src data: 'self';" in page
    files = set(re.findall(r'<img src="(pictures/\w+\.png)"', page))
    assert len(files) == 2
    assert all((tmp_path / "out" / file).is_file() for file in files)
    assert not re.search(r'<img src="(?!pictures/)', page)


@pytest.mark.slow
@pytest.mark.parametrize("to", ["markdown", "json"])
def test_an_update_knows_the_pictures(to: str, tmp_path: Path) -> None:
    source(tmp_path, n1=(ONE, TWO), n2=(ONE,))
    out = made(to, tmp_path, "--manifest")
    whole = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    manifest = out / "convert-manifest.json"

    def verified() -> bool:
        return run("verify", manifest).returncode == 0

    assert verified()
    made(to, tmp_path, "--update")
    assert {
        path: path.read_bytes() for path in out.rglob("*") if path.is_file() and ".convert" not in str(path)
    } == whole
    (one, *_) = (out / "pictures").glob("*.png")
    one.write_bytes(b"x")
    assert not verified()
    made(to, tmp_path, "--update")
    assert verified()
    assert one.read_bytes() == whole[one]
    (tmp_path / "src" / "deep" / "n1.json").unlink()
    made(to, tmp_path, "--update")
    assert verified()
    assert pictures(tmp_path) == 1, "nothing shows the other"
    if to == "json":
        index = json.loads((out / "pictures" / "pictures.json").read_bytes())
        assert [each["address"] for each in index] == [ONE.address]


@pytest.mark.parametrize(
    ("to", "options", "words"),
    [
        ("markdown", ("--store", "store", "--assets", "pictures", "-o", "out/"), "is not a folder inside the output's"),
        ("markdown", ("--store", "store", "--assets", "out", "-o", "out/"), "such as 'out/pictures'"),
        ("markdown", ("--assets", "out/p", "-o", "out/"), "name one with --store"),
        ("epub", ("--store", "store", "--assets", "out/p", "-o", "out/a.epub"), "--assets is for"),
        ("html", ("--store", "store", "--assets", "p", "-o", "-"), "no place beside it"),
    ],
)
def test_a_place_that_cannot_be_is_refused(to: str, options: tuple[str, ...], words: str, tmp_path: Path) -> None:
    source(tmp_path, n1=(ONE,))
    done = run("--to", to, "src", *options, cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr.decode()
    assert not (tmp_path / "out" / "p").exists()


@pytest.mark.slow
def test_a_picture_never_replaces_a_source(tmp_path: Path) -> None:
    folder = source(tmp_path, n1=(ONE,))
    made("markdown", tmp_path)
    (mine,) = (tmp_path / "out" / "pictures").iterdir()
    mine.write_text("# mine\n")
    given = ("--store", tmp_path / "store", "--assets", mine.parent, "-o", tmp_path / "out")
    done = run("--to", "markdown", folder, mine, *given)
    assert (done.returncode, b"--assets would overwrite the source" in done.stderr) == (2, True), done.stderr
    assert mine.read_text() == "# mine\n"


def test_an_address_with_a_space_stays(tmp_path: Path) -> None:
    source(tmp_path, n1=(replace(ONE, address=f"{HERE}a b.png"),))
    text = (made("markdown", tmp_path) / "deep" / "n1.md").read_text()
    assert f"<{HERE}a b.png>" in text


@pytest.mark.slow
def test_the_python_interface_writes_them_too(tmp_path: Path) -> None:
    folder = source(tmp_path, n1=(ONE,))
    out = tmp_path / "out"
    api.convert(folder, out, "markdown", store=tmp_path / "store", assets=out / "pictures")
    assert pictures(tmp_path) == 1
    with pytest.raises(
        UsageError, match="--cover x: no such file or directory; name a picture, or take svg, png or lead"
    ):
        api.convert(folder, tmp_path / "a.epub", "epub", cover="x")
