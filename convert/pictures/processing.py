"""Pixels → the picture that an output holds, by Pillow.  Only a sealed process imports this module.

Pixels are copied to a new image, and nothing else is: no metadata, no thumbnail, no trailing bytes.
"""

import io
from typing import Any

from PIL import Image, ImageChops, ImageCms, JpegImagePlugin

from convert.pictures import png
from convert.pictures.decoding import opened, orientation, refusing
from convert.pictures.profiles import Treatment
from convert.pictures.recognise import kind_of

GOOD = 92
"""Quality of JPEG for pictures that keep their size, and were no JPEG."""
SPARE = 1.25
"""Size at which a JPEG is decoded, as a multiple of the final one; more of it would cost time and show nothing."""
FEW = 256
"""Most colours of a drawing, which PNG may hold in fewer bytes than JPEG."""
LONGEST = 65_500
"""Most pixels of an edge of JPEG."""
SHALLOW = 16
"""Most greys for which a palette makes pixels smaller."""
THIN = 4
"""Pixels for each byte of a lossless picture from which on it is a drawing however many colours it has."""
_TURNS = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT,), 3: (Image.Transpose.ROTATE_180,), 4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,), 6: (Image.Transpose.ROTATE_270,), 7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_90,),
}  # fmt: skip
"""Turns that each orientation of EXIF asks for."""
_STANDARD = ("sRGB", "c2")
"""Beginnings of the names of profiles that are sRGB, so that there is nothing to convert."""
_MANY = frozenset({"L", "LA", "RGB", "RGBA"})
"""Modes whose colours are counted."""


def made(data: bytes, treatment: Treatment) -> tuple[str, int, int, bytes]:
    """Return kind, width, height and bytes of a picture after its treatment.

    Raises:
        PictureError: it is refused.
    """
    image = opened(data)
    with refusing():
        jpeg, turn = kind_of(data) == "jpeg", orientation(image)
        size = treatment.fitted(*image.size)
        profile = image.info.get("icc_profile", b"")
        plan = _options(image, treatment) if jpeg else {"quality": treatment.quality or GOOD}
        if jpeg:
            only_grey = treatment.grey and not profile
            image.draft("L" if only_grey else None, (int(size[0] * SPARE), int(size[1] * SPARE)))
        image.load()
        resized = size != image.size
        few = not jpeg and _is_drawing(image, len(data))
        image = _flat(image, keep_palette=not resized and not profile and not treatment.grey)
        image = _turned(image, size, turn)
        image = _in_srgb(image, profile)
        if treatment.grey and image.mode != "L":
            image = image.convert("L")
        lossless = (not jpeg and not treatment.quality and not _is_lossy(data)) or max(size) > LONGEST
        return _encoded(image, plan, few=few, lossless=lossless, resized=resized)


def _options(image: Image.Image, treatment: Treatment) -> dict[str, Any]:
    """Return the options that encode a JPEG, with the tables of its source if its quality is to be kept.

    Decoded and encoded with its own tables, a JPEG keeps its pixels, but for a step or two in halved colours at edges.
    """
    if treatment.quality or image.mode not in ("L", "RGB"):
        return {"quality": treatment.quality or GOOD}
    assert isinstance(image, JpegImagePlugin.JpegImageFile)
    return {"qtables": image.quantization, "subsampling": max(0, JpegImagePlugin.get_sampling(image))}


def _is_drawing(image: Image.Image, size: int) -> bool:
    """Return whether a picture of so many bytes may be smaller as PNG than as JPEG."""
    if image.mode in ("1", "P") or size * THIN <= image.width * image.height:
        return True
    return image.mode in _MANY and image.getcolors(FEW) is not None


def _is_lossy(data: bytes) -> bool:
    """Return whether a picture that is no JPEG lost something when it was encoded, so that PNG would only be larger."""
    return kind_of(data) == "avif" or (kind_of(data) == "webp" and b"VP8L" not in data[12:64])


def _flat(image: Image.Image, *, keep_palette: bool) -> Image.Image:
    """Return an image of 8 bits a channel in grey, RGB or CMYK, on a white ground where it is transparent.

    A palette is kept if nothing else happens to the image: its colours are put on the ground instead of the pixels.
    """
    if image.mode.startswith("I;16"):
        wide = image if image.mode == "I;16" else image.convert("I;16")
        return Image.frombytes("L", image.size, wide.tobytes()[1::2])  # the higher byte: `convert` would clip
    if image.mode == "P" and keep_palette:
        return _on_white_palette(image)
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(clear, mask=clear.getchannel("A"))
        return ground.convert("L") if image.mode in ("LA", "La") else ground
    if image.mode in ("L", "RGB", "CMYK"):
        return image
    return image.convert("L" if image.mode in ("1", "LA", "La") else "RGB")


def _on_white_palette(image: Image.Image) -> Image.Image:
    palette = image.copy()
    palette.apply_transparency()
    assert palette.palette
    colours = palette.palette.getdata()[1] if palette.palette.mode == "RGB" else _flattened(palette.palette)
    flat = Image.frombytes("P", image.size, palette.tobytes())
    flat.putpalette(bytes(colours).ljust(3 * FEW, b"\0"))
    return flat


def _flattened(palette: Any) -> bytes:
    colours = palette.getdata()[1]
    out = bytearray()
    for red, green, blue, alpha in zip(*(iter(colours),) * 4, strict=True):
        out += bytes((each * alpha + 255 * (255 - alpha) + 127) // 255 for each in (red, green, blue))
    return bytes(out)


def _turned(image: Image.Image, size: tuple[int, int], turn: int) -> Image.Image:
    """Return an image reduced to a size and turned as EXIF asks."""
    if image.size != size:
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    for each in _TURNS.get(turn, ()):
        image = image.transpose(each)
    return image


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Return an image in grey or in sRGB; a colour profile that is broken or belongs to another mode counts as none."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if not ImageCms.getProfileDescription(source).startswith(_STANDARD):
                converted = ImageCms.profileToProfile(
                    image,
                    source,
                    ImageCms.createProfile("sRGB"),
                    ImageCms.Intent.RELATIVE_COLORIMETRIC,
                    "RGB",
                    flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
                )
                assert converted
                return converted.convert("L") if image.mode == "L" else converted
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    return image.convert("RGB") if image.mode == "CMYK" else image


def _encoded(
    image: Image.Image, options: dict[str, Any], *, few: bool, lossless: bool, resized: bool
) -> tuple[str, int, int, bytes]:
    """Return an image as PNG if it is to lose nothing or has few colours and is smaller so, else as JPEG."""
    drawing = png.encoded(_with_palette(image, exact=not resized)) if few or lossless else b""
    if lossless:
        return "png", *image.size, drawing
    out = io.BytesIO()
    png.bare(image.convert("RGB") if image.mode == "P" else image).save(out, "JPEG", optimize=True, **options)
    photo = out.getvalue()
    return ("png", *image.size, drawing) if drawing and len(drawing) <= len(photo) else ("jpeg", *image.size, photo)


def _with_palette(image: Image.Image, *, exact: bool) -> Image.Image:
    """Return an image of few colours with a palette of those that it uses, unless it must be exact and would not be."""
    if image.mode == "RGB":
        few = image.quantize(FEW, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        if exact and ImageChops.difference(few.convert("RGB"), image).getbbox() is not None:
            return image
        image = few
    if image.mode != "P" and not (image.mode == "L" and image.getcolors(SHALLOW)):
        return image
    return image.remap_palette(sorted(int(number) for _, number in image.getcolors(FEW) or ()))  # type: ignore[arg-type]
