"""Writes constraints.txt: the versions of all that the program needs, as they are installed here and were tested.

The action and the example workflows install with it, so that a release of a library changes no run by itself.
"""

import re
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
FILE = ROOT / "constraints.txt"
HEAD = "# Made by `make constraints`: what the action and the example workflows install.\n"


def needed(pyproject: Path = ROOT / "pyproject.toml") -> dict[str, str]:
    """Return the version of each library that the project needs, directly or not, by its normalised name."""
    waiting = [Requirement(each) for each in tomllib.loads(pyproject.read_text("utf-8"))["project"]["dependencies"]]
    found: dict[str, str] = {}
    while waiting:
        requirement = waiting.pop()
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        installed = distribution(name)
        if name not in found or requirement.extras:
            found[name] = installed.version
            further = map(Requirement, installed.requires or ())
            extras = [{"extra": extra} for extra in ("", *requirement.extras)]
            waiting += [each for each in further if not each.marker or any(map(each.marker.evaluate, extras))]
    return dict(sorted(found.items()))


def main() -> None:
    """Write the file."""
    FILE.write_text(HEAD + "".join(f"{name}=={version}\n" for name, version in needed().items()), "utf-8")
    sys.stdout.write(f"{FILE.name}\n")


if __name__ == "__main__":
    main()
