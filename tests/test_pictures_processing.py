"""Pictures made ready for outputs: size, turn, colour, transparency and kind; by a store, in a sealed process."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers.pictures import FORMATS, drawn, encoded, exif, scene
from PIL import Image, ImageChops, ImageCms, ImageDraw, ImageStat

from convert.pictures.gallery import Gallery, Profile
from convert.pictures.judge import Judge
from convert.pictures.model import Facts, Missing, Ready
from convert.pictures.profiles import PROFILES, Treatment
from convert.pictures.store import PictureStore

HERE = "https://a.example/a"
ORIGINAL, PHONE = Treatment(), Treatment(800, 72)
Make = Callable[[bytes, Treatment], Image.Image]


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    folder = str(tmp_path_factory.mktemp("store"))
    PictureStore(folder).close()
    gallery = Gallery(Profile(folder))
    yield gallery
    gallery.close()


@pytest.fixture
def make(gallery: Gallery) -> Make:
    def made(data: bytes, treatment: Treatment) -> Image.Image:
        ready = ready_of(gallery, data, treatment)
        assert isinstance(ready, Ready), ready
        image = Image.open(ready.path)
        assert image.size == (ready.width, ready.height)
        assert Path(ready.path).stat().st_size == ready.size
        image.load()
        return image

    return made


def ready_of(gallery: Gallery, data: bytes, treatment: Treatment) -> Ready | Missing:
    with PictureStore(gallery.profile.store) as store:
        picture = store.put(HERE, data, Facts("jpeg", 1, 1))
    return gallery.made(picture, treatment)


def near(one: Image.Image, other: Image.Image, step: int) -> bool:
    difference = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    return one.size == other.size and max(high for _, high in difference.getextrema()) <= step  # type: ignore[misc]


@pytest.mark.parametrize("kind", FORMATS)
def test_every_kind_becomes_jpeg_or_png(kind: str, make: Make) -> None:
    image = make(drawn(kind, 840, 560), PHONE)
    assert (image.format, image.size) == ("JPEG", (800, 533))


def test_a_picture_never_grows(make: Make) -> None:
    for treatment in filter(None, PROFILES.values()):
        assert make(drawn(width=31, height=17), treatment).size == (31, 17)


def test_a_jpeg_keeps_its_pixels_in_the_original_profile(make: Make) -> None:
    data = drawn(width=300, height=200, quality=75, subsampling=0)
    difference = ImageChops.difference(make(data, ORIGINAL), Image.open(io.BytesIO(data)))
    assert max(ImageStat.Stat(difference).mean) < 0.2


@pytest.mark.parametrize("kind", ["png", "gif"])
def test_a_lossless_picture_keeps_its_pixels_in_the_original_profile(kind: str, make: Make) -> None:
    data = drawn(kind)
    image = make(data, ORIGINAL)
    assert image.format == "PNG"
    assert near(image, Image.open(io.BytesIO(data)), 0)


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_turned_picture_is_turned_back(orientation: int, make: Make) -> None:
    upright = Image.new("RGB", (40, 24), "white")
    ImageDraw.Draw(upright).rectangle((0, 0, 12, 8), fill="red")
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the transposition that makes each orientation
    seen = upright.transpose(Image.Transpose(undo[orientation]))
    for treatment in (ORIGINAL, Treatment(20, 90)):
        image = make(encoded(seen, quality=95, exif=exif(Orientation=orientation)), treatment).convert("RGB")
        assert (image.width > image.height) and max(image.getpixel((1, 1))[1:]) < 60  # type: ignore[index]
        assert min(image.getpixel((image.width - 2, image.height - 2))) > 200  # type: ignore[arg-type]


def test_sixteen_bits_are_scaled(make: Make) -> None:
    grey = Image.frombytes("I;16", (8, 8), (40_000).to_bytes(2, "little") * 64)
    assert make(encoded(grey, "png"), ORIGINAL).convert("L").getpixel((3, 3)) == 40_000 >> 8


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1"])
@pytest.mark.parametrize("treatment", [ORIGINAL, PHONE, Treatment(600, 60, grey=True)])
def test_transparency_is_put_on_white(mode: str, treatment: Treatment, make: Make) -> None:
    image = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((16, 16, 47, 47), fill=(0, 0, 0, 255))
    if mode == "P":
        image = image.quantize(8)
    elif mode == "1":
        image = Image.new("1", (64, 64), 1)
        ImageDraw.Draw(image).rectangle((16, 16, 47, 47), fill=0)
    else:
        image = image.convert(mode)
    result = make(encoded(image, "png"), treatment)
    assert result.format == "PNG"  # few colours
    assert [result.convert("L").getpixel(at) for at in ((2, 2), (30, 30))] == [255, 0]
    assert not result.has_transparency_data


def test_half_transparent_pixels_are_mixed_with_white(make: Make) -> None:
    image = make(encoded(Image.new("RGBA", (8, 8), (200, 0, 0, 51)), "png"), ORIGINAL).convert("RGB")
    assert image.getpixel((4, 4)) == (244, 204, 204)


def test_ink_becomes_light(make: Make) -> None:
    cyan = encoded(Image.new("CMYK", (16, 16), (255, 0, 0, 0)))
    red, green, blue = make(cyan, ORIGINAL).convert("RGB").getpixel((8, 8))  # type: ignore[misc]
    assert red < 10 < 240 < min(green, blue)


def test_colours_of_another_space_become_srgb(make: Make) -> None:
    standard = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = standard.replace(b"rXYZ", b"_XYZ").replace(b"bXYZ", b"rXYZ").replace(b"_XYZ", b"bXYZ")
    swapped = swapped.replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))  # red is blue, and has its name
    red = Image.new("RGB", (16, 16), "red")
    for profile, seen in ((standard, (255, 0, 0)), (swapped, (0, 0, 255))):
        assert make(encoded(red, "png", icc_profile=profile), ORIGINAL).convert("RGB").getpixel((8, 8)) == seen


@pytest.mark.parametrize("profile", [b"broken", b"\0" * 128])
def test_a_broken_colour_profile_counts_as_none(profile: bytes, make: Make) -> None:
    image = make(encoded(Image.new("RGB", (16, 16), (60, 70, 80)), "png", icc_profile=profile), ORIGINAL)
    assert image.convert("RGB").getpixel((8, 8)) == (60, 70, 80)


def test_a_grey_profile_has_one_channel(make: Make) -> None:
    for kind in FORMATS:
        assert make(drawn(kind, 620, 400), Treatment(600, 60, grey=True)).mode == "L"


def test_the_first_frame_of_an_animation_is_taken(make: Make) -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue", "lime")]
    for kind in ("gif", "webp", "png", "avif"):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=50)
        red, green, blue = make(data, PHONE).convert("RGB").getpixel((9, 9))  # type: ignore[misc]
        assert red > 240 and max(green, blue) < 20, kind


def test_what_was_made_is_found_again(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    data = drawn(width=90, height=50)
    first = ready_of(gallery, data, PHONE)
    other = Gallery(gallery.profile)
    monkeypatch.setattr(other._maker, "results", lambda *_: pytest.fail("it was made again"))
    assert ready_of(other, data, PHONE) == first
    other.close()


def test_what_was_made_and_damaged_is_made_again(gallery: Gallery) -> None:
    data = drawn(width=91, height=50)
    first = ready_of(gallery, data, PHONE)
    assert isinstance(first, Ready)
    whole = Path(first.path).read_bytes()
    Path(first.path).write_bytes(whole[:-1] + b"\0")
    other = Gallery(gallery.profile)
    assert ready_of(other, data, PHONE) == first
    assert Path(first.path).read_bytes() == whole
    other.close()


def test_a_store_that_takes_nothing_lets_pictures_be_made(tmp_path: Path) -> None:
    with PictureStore(str(tmp_path)) as store:
        store.put(HERE, drawn(), Facts("jpeg", 60, 40))
    (tmp_path / "made").write_bytes(b"")  # as good as a disk that is only read, also for root
    gallery = Gallery(Profile(str(tmp_path)))
    ready = gallery.of(HERE)
    assert isinstance(ready, Ready) and not ready.path.startswith(str(tmp_path))
    gallery.close()


def test_a_picture_whose_file_is_gone_is_missing(tmp_path: Path) -> None:
    with PictureStore(str(tmp_path)) as store:
        Path(store.path(store.put(HERE, drawn(), Facts("jpeg", 60, 40)))).unlink()
    gallery = Gallery(Profile(str(tmp_path)))
    assert gallery.of(HERE) == Missing("broken", "its file in the store is gone or damaged")
    gallery.close()


def test_a_judge_likes_what_is_made(gallery: Gallery) -> None:
    judge = Judge()
    ready = ready_of(gallery, encoded(scene(50, 50).quantize(16), "gif"), ORIGINAL)
    assert isinstance(ready, Ready)
    assert judge.judge(Path(ready.path).read_bytes()) == Facts("png", 50, 50)
    judge.close()
