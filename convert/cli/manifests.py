"""The manifests that `verify` and `sign` take: of the outputs of a build, and of an output in parts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from convert import manifest
from convert.manifest import ManifestError
from convert.messages import message
from convert.sources.ref import safe_parts


class File(Protocol):
    """File that a manifest names."""

    @property
    def path(self) -> str:
        """Path from the manifest's folder."""

    @property
    def bytes(self) -> int:
        """Size."""

    @property
    def sha256(self) -> str:
        """Hash of the content."""


class Listing(Protocol):
    """Manifest of any kind."""

    @property
    def outputs(self) -> Sequence[File]:
        """The files that it names."""


_CHANGED = message("its content does not match its own hash")


def read_manifest(path: str) -> Listing:
    """Return a manifest, of a build or of an output in parts.

    Raises:
        ManifestError: it is neither, or is damaged.
    """
    try:
        return manifest.read(path)
    except ManifestError as error:
        if error.kind != "foreign":
            raise
        from convert.sharding.finishing import read as read_parts  # few outputs are in parts

        data = Path(path).read_bytes()
        found = read_parts(data)
        if found is None and not (b'"tool": {"name":"archive-convert"' in data and b'"parts": [' in data):
            raise
        if found is None or not all(safe_parts(each.path) for each in found.outputs):
            raise ManifestError(path, "damaged", _CHANGED) from None
        return found
