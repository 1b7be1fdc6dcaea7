"""Paths of the test data.

The real documents are not part of the project; tests that need them are skipped and say so.
"""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"
CORPUS = Path(os.environ.get("CONVERT_CORPUS") or ROOT.parent / "shared" / "corpus")
FIRST_SEED = CORPUS.parent / "seeds" / "000_09e0dce0d9427545.txt"
ACCEPT = os.environ.get("ACCEPT") == "1"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")


def real_articles() -> dict[str, str]:
    """The paths of the real articles and their dialects; empty without the corpus."""
    manifest = CORPUS / "MANIFEST.tsv"
    if not manifest.is_file():
        return {}
    rows = (line.split("\t") for line in manifest.read_text("utf-8").splitlines()[1:])
    return {path: dialect for path, dialect, _ in rows if not dialect.startswith(("nonarticle/", "asset/"))}


needs_corpus = pytest.mark.skipif(
    not real_articles(), reason=f"the corpus of real articles is not at {CORPUS}; set CONVERT_CORPUS to its folder"
)
