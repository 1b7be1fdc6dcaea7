"""What drawing a PDF needs of the system: WeasyPrint's libraries, and a font that has Chinese characters.

The system's own Chinese font is taken where fontconfig knows one, else the two of pylopdf-fonts-zh-cn (Noto Serif SC
and Noto Sans SC, SIL Open Font License, 20 MB).  Without either each character would be an empty box: an error.
"""

import atexit
import contextlib
import io
import logging
import ssl
import warnings
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from convert.errors import ConvertError

LOG = logging.getLogger(__name__)
LOG.addHandler(logging.NullHandler())

SAMPLE = "纸张历史发现问题，紙張歷史發現問題。「」（）—…"
"""Characters that a font for both Chinese scripts has."""

NO_LIBRARY = (
    "PDF needs Pango and HarfBuzz, which this system lacks ({}); "
    "on Debian or Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 "
    "(other systems: doc.courtbouillon.org/weasyprint, First steps)"
)
NO_PACKAGE = 'PDF needs WeasyPrint, which is not installed ({}); pip install "weasyprint>=70"'
NO_FONT = (
    "PDF needs a font with Chinese characters, and there is none; "
    'pip install "archive-convert[fonts]" or apt-get install fonts-noto-cjk'
)


class Fonts(NamedTuple):
    """The families of text and headings, the style sheet that declares them, the files that it names by address."""

    serif: str
    sans: str
    css: str
    files: dict[str, Path]


@cache
def engine() -> Any:
    """The module `weasyprint`, imported only when a PDF is wanted.

    Raises ConvertError with the next step where it or a library of the system is missing.
    """
    try:
        # It prints its advice on standard output, and warns of a library that it will need one day.
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return import_module("weasyprint")
    except ImportError as error:
        raise ConvertError(NO_PACKAGE.format(error)) from error
    except OSError as error:
        raise ConvertError(NO_LIBRARY.format(str(error).partition(":")[0])) from error


@cache
def fonts() -> Fonts:
    """The fonts that will draw the text.  Raises ConvertError where no font has Chinese characters."""
    engine()
    serif, sans = system_font("serif"), system_font("sans-serif")
    if serif or sans:
        return Fonts(serif or sans, sans or serif, "", {})
    try:
        bundled = import_module("pylopdf_fonts_zh_cn")
    except ImportError as error:
        raise ConvertError(NO_FONT) from error
    files = {"font:serif": bundled.serif_path(), "font:sans": bundled.sans_path()}
    css = "".join(
        f'@font-face {{ font-family: "{family}"; src: url("{address}") }}\n'
        for family, address in (("Book Serif", "font:serif"), ("Book Sans", "font:sans"))
    )
    return Fonts("Book Serif", "Book Sans", css, files)


def system_font(generic: str) -> str:
    """The family that fontconfig chooses for Chinese text in a generic family; empty where it has none.

    fontconfig always chooses something, so the font's own table of characters (OpenType, cmap) has the last word.
    """
    from weasyprint.text.ffi import ffi, fontconfig  # type: ignore[import-untyped]

    pattern = ffi.gc(fontconfig.FcPatternCreate(), fontconfig.FcPatternDestroy)
    fontconfig.FcPatternAddString(pattern, b"family", generic.encode())
    fontconfig.FcPatternAddString(pattern, b"lang", b"zh-cn")
    fontconfig.FcConfigSubstitute(ffi.NULL, pattern, fontconfig.FcMatchPattern)
    fontconfig.FcDefaultSubstitute(pattern)
    match = fontconfig.FcFontMatch(ffi.NULL, pattern, ffi.new("FcResult *"))
    if match == ffi.NULL:
        return ""
    match = ffi.gc(match, fontconfig.FcPatternDestroy)
    found = ffi.new("FcChar8 **")
    values = []
    for key in (b"family", b"file"):
        if fontconfig.FcPatternGetString(match, key, 0, found) != fontconfig.FcResultMatch:
            return ""
        values.append(ffi.string(found[0]).decode())
    family, path = values
    return family if covers(Path(path), SAMPLE) else ""


def covers(path: Path, text: str) -> bool:
    """Whether the font file has all characters of `text`; no where it cannot be read."""
    from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped]

    try:
        with TTFont(path, fontNumber=0, lazy=True) as font:
            return {ord(char) for char in text} <= set(font.getBestCmap() or ())
    except (OSError, TTLibError):
        return False


# --- WeasyPrint -------------------------------------------------------------------------------------------------------


@cache
def press() -> tuple[Any, Any]:
    """Fonts and style sheet, once in a process: reading the fonts takes longer than an article."""
    weasyprint, found = engine(), fonts()
    configuration = import_module("weasyprint.text.fonts").FontConfiguration()
    # WeasyPrint keeps the fonts in a folder of its own, and takes it away only if it is let go while Python still runs.
    atexit.register(press.cache_clear)
    css = (files("convert.writers") / "print.css").read_text(encoding="utf-8")
    css = found.css + css.replace('"Book Serif"', f'"{found.serif}"').replace('"Book Sans"', f'"{found.sans}"')
    fetcher = make_fetcher(found.files)
    return configuration, weasyprint.CSS(string=css, url_fetcher=fetcher, font_config=configuration)


def make_fetcher(held: Mapping[str, Path]) -> Any:
    """A fetcher of `data:` addresses and of the files `held` by address, which refuses everything else.

    WeasyPrint takes the refusal (ValueError) as a missing picture and goes on.
    """
    urls = import_module("weasyprint.urls")

    class Fetcher(urls.URLFetcher):  # type: ignore[misc, name-defined]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if url in held:
                return urls.URLFetcherResponse(url, held[url].read_bytes(), {"Content-Type": "font/otf"})
            return super().fetch(url, headers)

    # The empty context is never used: it keeps the class from reading the system's certificates.
    return Fetcher(allowed_protocols=("data",), ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


class Forward(logging.Handler):
    """Tells each warning once to this module's logger."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.told: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Pass the record on, unless its words have been told before."""
        message = record.getMessage()
        if message not in self.told:
            self.told.add(message)
            LOG.warning("%s", message)


@contextlib.contextmanager
def hearing() -> Iterator[None]:
    """What WeasyPrint and fontTools have to say goes to this module's logger alone meanwhile, not to stderr."""
    forward, loggers = Forward(), [logging.getLogger(name) for name in ("weasyprint", "fontTools")]
    before = [logger.propagate for logger in loggers]
    for logger in loggers:
        logger.addHandler(forward)
        logger.propagate = False
    try:
        yield
    finally:
        for logger, propagate in zip(loggers, before, strict=True):
            logger.removeHandler(forward)
            logger.propagate = propagate
