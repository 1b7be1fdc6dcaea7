"""Bytes → pixels, by Pillow.  Only a sealed process imports this module."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import AvifImagePlugin, Image, ImageFile, JpegImagePlugin, UnidentifiedImageError, WebPImagePlugin
from PIL.ExifTags import Base

from convert.pictures.recognise import MAX_PIXELS, kind_of

assert JpegImagePlugin and WebPImagePlugin  # imported, so that Pillow need not look for them among all its formats
AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # what a decoder makes must not depend on the machine
ImageFile.LOAD_TRUNCATED_IMAGES = False
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("ignore")  # complaints about metadata, which nobody reads
warnings.simplefilter("error", Image.DecompressionBombWarning)

TURNED = frozenset({5, 6, 7, 8})
"""Orientations of EXIF in which width and height change places."""


class PictureError(Exception):
    """Error for a picture that is refused: the reason, a key of `REASONS`, and its detail."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


@contextmanager
def refusing() -> Iterator[None]:
    """Turn whatever Pillow raises into the reason why a picture is refused.

    Raises:
        PictureError: always instead of another error.
    """
    try:
        yield
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureError("too-large", f"more than {MAX_PIXELS // 1_000_000} megapixels") from None
    except MemoryError:
        raise PictureError("too-large", "there is not enough memory to read it") from None
    except UnidentifiedImageError:
        raise PictureError("broken", "its header is wrong") from None
    except Exception as error:  # decoders raise of every kind
        raise PictureError("broken", _words(error)) from None


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def opened(data: bytes) -> Image.Image:
    """Return a picture whose pixels are not decoded yet, its size within the bounds.

    Raises:
        PictureError: it is refused.
    """
    with refusing():
        image = Image.open(io.BytesIO(data), formats=[kind_of(data).upper()])
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise Image.DecompressionBombError
        if not width or not height:
            raise PictureError("broken", f"it is {width} pixels wide and {height} high")
        return image


def orientation(image: Image.Image) -> int:
    """Return the orientation that EXIF says, from 1 to 8; 1 if it says nothing that can be read.

    XMP says it too, but browsers do not ask that.
    """
    exif = Image.Exif()
    try:
        exif.load(image.info.get("exif", b""))
        said = exif.get(Base.Orientation, 1)
    except Exception:  # metadata that is broken does no harm to the pixels
        return 1
    return said if isinstance(said, int) and 1 <= said <= 8 else 1


def judged(data: bytes) -> tuple[str, int, int]:
    """Return kind, width and height of a picture after it was decoded, JPEG at an eighth of its size.

    Raises:
        PictureError: it is refused.
    """
    image = opened(data)
    size = image.size
    with refusing():
        image.draft("L", (1, 1))
        image.load()
    if orientation(image) in TURNED:
        size = size[::-1]
    return kind_of(data), *size
