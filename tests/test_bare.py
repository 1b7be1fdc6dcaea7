"""Pictures inside pages: what is not shown goes, and not a pixel of what is."""

import io
import random
import struct
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.audit import found
from helpers.pictures import drawn, exif, scene
from helpers.program import run
from helpers.soak import SOAK
from PIL import Image, ImageCms, PngImagePlugin

from convert.audit.found import Scope
from convert.audit.picture import judge
from convert.bare import bare
from convert.document import read_and_clean
from convert.model import Image as Picture, walk
from convert.sources import Source
from convert.writers.alone import file_of
from convert.writers.options import Options

NAME = "Anna"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">Anna</x:xmpmeta>'
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def noted(turn: int = 6) -> Image.Exif:
    data = exif(Orientation=turn, Make=NAME, Model=NAME, Artist=NAME, Copyright=NAME, Software=NAME)
    data.get_ifd(0x8825)[1] = "N"
    data.get_ifd(0x8769)[0xA431] = NAME
    return data


def texts() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", NAME)
    info.add_text("Comment", NAME * 9, zip=True)
    info.add_itxt("XML:com.adobe.xmp", XMP.decode())
    info.add(b"tIME", struct.pack(">HBBBBB", 2026, 1, 2, 3, 4, 5))
    info.add(b"caBX", NAME.encode())
    info.add(b"anNa", NAME.encode())
    return info


def moving(kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    frames = [scene(60, 40), scene(60, 40).rotate(180)]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100, loop=0, **options)
    return out.getvalue()


def segment(marker: int, part: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(part) + 2) + part


def photograph(**options: Any) -> bytes:
    """A JPEG with all that cameras and programs write into it."""
    plain = drawn("jpeg", exif=noted(), icc_profile=PROFILE, xmp=XMP, comment=NAME, **options)
    own = segment(0xED, b"Photoshop 3.0\0" + NAME.encode()) + segment(0xEB, b"JP" + NAME.encode())
    own += segment(0xE2, b"FPXR\0" + NAME.encode()) + segment(0xE0, b"JFXX\0\x10" + NAME.encode())
    return plain[:2] + own + plain[2:] + b"PK\x03\x04" + NAME.encode()


TELLING: dict[str, Callable[[], bytes]] = {
    "jpeg": photograph,
    "progressive jpeg": lambda: photograph(progressive=True, quality=95),
    "jpeg with restarts": lambda: photograph(restart_marker_blocks=2),
    "png": lambda: drawn("png", exif=noted(), icc_profile=PROFILE, pnginfo=texts()) + NAME.encode(),
    "moving png": lambda: moving("PNG", pnginfo=texts()),
    "gif": lambda: moving("GIF", comment=NAME.encode()) + NAME.encode(),
    "webp": lambda: drawn("webp", exif=noted(), icc_profile=PROFILE, xmp=XMP) + NAME.encode(),
    "lossless webp": lambda: drawn("webp", exif=noted(), lossless=True),
    "moving webp": lambda: moving("WEBP", exif=noted(), xmp=XMP),
    "avif": lambda: drawn("avif", exif=noted(1), xmp=XMP, icc_profile=PROFILE) + b"\0\0\0\x0cuuidAnna",
}
PLAIN: dict[str, Callable[[], bytes]] = {
    **{kind: lambda kind=kind: drawn(kind) for kind in ("jpeg", "png", "webp", "avif", "gif")},  # type: ignore[misc]
    "jpeg in CMYK": lambda: drawn_cmyk(),
    "moving gif": lambda: moving("GIF"),
    "moving png": lambda: moving("PNG"),
    "moving webp": lambda: moving("WEBP"),
    "with a profile": lambda: drawn("jpeg", icc_profile=PROFILE),
}


def drawn_cmyk() -> bytes:
    out = io.BytesIO()
    scene(60, 40).convert("CMYK").save(out, "JPEG")
    return out.getvalue()


def frames(data: bytes) -> list[bytes]:
    image = Image.open(io.BytesIO(data))
    shown = []
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        shown.append(image.convert("RGBA").tobytes())
    return shown


def compact(data: bytes) -> bytes:
    """The bytes of a GIF without its XMP, whose blocks are text with a count before each."""
    at = data.index(b"!", 13 + 3 * 256)
    return data[:at] + b"!\xff\x0bXMP DataXMP" + XMP + b"\x01" + bytes(range(255, -1, -1)) + b"\0" + data[at:]


@pytest.mark.parametrize("name", TELLING)
def test_what_is_not_shown_goes_and_what_is_shown_stays(name: str) -> None:
    data = TELLING[name]()
    less = bare(data)
    assert NAME.encode() not in less
    assert b"adobe" not in less
    assert [each.vector for each in judge(less, Scope("a"))] == []
    assert frames(less) == frames(data)
    before, after = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(less))
    assert after.info.get("icc_profile") == before.info.get("icc_profile")
    assert after.getexif().get(0x0112) == before.getexif().get(0x0112)
    assert after.info.get("loop") == before.info.get("loop")
    assert bare(less) == less


@pytest.mark.parametrize("name", PLAIN)
def test_a_picture_that_says_no_more_stays_byte_for_byte(name: str) -> None:
    assert bare(PLAIN[name]()) == PLAIN[name]()


def test_xmp_of_gif_goes() -> None:
    plain = moving("GIF")
    assert bare(compact(plain)) == plain
    assert [each.vector for each in judge(compact(plain), Scope("a"))] == ["picture-xmp"]


@pytest.mark.parametrize("name", TELLING)
def test_a_damaged_picture_ends_and_is_settled(name: str) -> None:
    data, chance = TELLING[name](), random.Random(name)
    for number in range(2000 if SOAK else 60):
        bad = bytearray(data)
        for _ in range(chance.randrange(1, 5)):
            bad[chance.randrange(len(bad))] = chance.randrange(256)
        cut = bytes(bad[: chance.randrange(12, len(bad))] if number % 3 else bad)
        assert bare(bare(cut)) == bare(cut)


def test_overlapping_items_of_avif_end() -> None:
    """Each of a million parts would be overwritten."""
    entry = b"\0\0\0\x15infe\x02\0\0\0\0\x01\0\0Exif\0"
    noted_items = struct.pack(">I", 14 + len(entry)) + b"iinf\0\0\0\0\0\x01" + entry
    parts = struct.pack(">HHH", 1, 0, 0xFFFF) + struct.pack(">I", 500_000) * 0xFFFF
    places = struct.pack(">I", 16 + len(parts) * 4) + b"iloc\0\0\0\0\x04\0\0\x04" + parts * 4
    bomb = b"\0\0\0\x0cftypavif" + b"\0\0\0\0meta\0\0\0\0" + noted_items + places
    assert len(bare(bomb)) == len(bomb)
    assert bare(bomb)[4:16] == b"MM\0*\0\0\0\x08" + bytes(4)


PAGE = """<!DOCTYPE html><html lang="en"><head><title>Reams of the year</title></head><body><article>
<h1>Reams of the year</h1>
<p>Paper is sold by the ream, and the mill counts its reams, day by day, in a book that the chart is drawn from.</p>
{}
<p>Nobody knows what became of the first drawing, but the second was found again, in the winter, in an attic.</p>
</article></body></html>"""


def page(data: bytes, kind: str) -> str:
    return PAGE.format(f'<p><img alt="A mill" src="data:image/{kind};base64,{b64encode(data).decode()}"></p>')


@pytest.mark.parametrize("name", ["jpeg", "png", "gif", "webp", "avif"])
def test_the_picture_of_an_article_is_bare_and_its_finding_says_so(name: str) -> None:
    data = TELLING[name]()
    cleaned = read_and_clean(Source("", "a.html", page(data, name).encode()))
    assert cleaned.article
    [picture] = [node for node in walk(cleaned.article.body) if isinstance(node, Picture)]
    assert b64decode(picture.address.partition(",")[2]) == bare(data)
    assert [(each.code, each.line, each.fixed) for each in cleaned.findings if each.code[:3] == "IMG"] == [
        ("IMG010", 4, True)
    ]


@pytest.mark.parametrize(
    ("to", "kind"),
    [
        ("epub", "epub"),
        ("html", "html"),
        ("markdown", "markdown"),
        ("json", "json"),
        pytest.param("pdf", "pdf", marks=pytest.mark.soak),
    ],
)
def test_no_output_holds_what_a_picture_does_not_show(to: str, kind: str) -> None:
    for data, name in ((photograph(), "jpeg"), (TELLING["png"](), "png")):
        cleaned = read_and_clean(Source("", "a.html", page(data, name).encode()))
        assert cleaned.article
        output = file_of(cleaned.article, to, Options())
        assert not [each for each in found(output, kind) if each.vector.startswith("picture-")]
        assert NAME.encode() not in output


@pytest.mark.soak
def test_the_fidelity_meter_knows_that_the_picture_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(page(photograph(), "jpeg"), "utf-8")
    done = run("validate", "--fidelity", "--select", "IMG", "a.html", cwd=tmp_path)
    assert done.stdout.endswith(b"0 error(s), 0 warning(s), 1 info(s)\n")


def test_a_bare_picture_again_draws_no_finding() -> None:
    text = page(drawn("jpeg"), "jpeg")
    again = [read_and_clean(Source("", "a.html", part.encode())).findings for part in (text, text + " ")]
    assert [each.code for found in again for each in found if each.code == "IMG010"] == []
