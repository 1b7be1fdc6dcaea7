"""Compare what two checkouts of this project make of the same sources, byte for byte.

    .venv/bin/python scripts/same_bytes.py ../before . seeds ../shared/corpus

Each checkout runs with this Python and its libraries, and writes every format to a temporary folder.  Names of files
that differ are printed, and the exit status is then 1.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

FORMATS = {"markdown": "", "json": "", "jsonl": ".jsonl", "html": ".html", "epub": ".epub", "pdf": ".pdf"}
"""Each format with the suffix of its file; without one it is written as a folder."""


def build(checkout: Path, sources: list[str], out: Path, formats: list[str]) -> None:
    """Write the sources in each format below `out` by the code of a checkout.

    Raises:
        SystemExit: the checkout could not convert them.
    """
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    for name in formats:
        for number, source in enumerate(sources):
            target = out / f"{number}-{name}{FORMATS[name]}"
            command = [sys.executable, "-m", "convert", "--to", name, source, "-o", str(target), "--quiet"]
            ledger = ["--ledger", str(out / f"{number}-{name}.ledger.jsonl")]
            done = subprocess.run([*command, *ledger], env=environment, cwd=out, capture_output=True, check=False)
            if done.returncode not in (0, 3, 4) or not target.exists():
                raise SystemExit(f"{checkout}: {' '.join(command)} failed:\n{done.stderr.decode()}")


def contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all files below a folder by their paths."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def main() -> int:
    """Build with both checkouts, and print the names of the files that differ."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("sources", nargs="+")
    parser.add_argument("--to", action="append", choices=FORMATS, help="only this format; more than once for several")
    given = parser.parse_args()
    sources = [os.path.abspath(source) for source in given.sources]
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        for checkout, out in ((given.before, Path(one)), (given.after, Path(other))):
            build(checkout.resolve(), sources, out, given.to or list(FORMATS))
        before, after = contents(Path(one)), contents(Path(other))
    different = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    for name in different:
        print(name)
    print(f"{len(before)} files before, {len(after)} after, {len(different)} differ")
    return bool(different)


if __name__ == "__main__":
    sys.exit(main())
