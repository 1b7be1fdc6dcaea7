"""Pictures that lie beside the outputs of the last build."""

import os
from collections.abc import Container, Mapping
from contextlib import suppress

from convert.manifest import Output
from convert.store.digest import Digest, mismatch
from convert.writers.assets import INDEX, Assets


class PicturesBefore:
    """Pictures of the last build, which its manifest lists with the articles that show them."""

    def __init__(self, folder: str, assets: str, last: Mapping[str, Output]) -> None:
        """Look at the pictures in the folder `assets`, inside the `folder` of the manifest; without a name, at none."""
        self._folder, self._last, self._assets = folder, last, assets
        self._pictures = {path: old for path, old in last.items() if assets and path.startswith(f"{assets}/")}
        self._damaged = {
            article
            for path, old in self._pictures.items()
            if mismatch(os.path.join(folder, path), Digest(old.bytes, old.sha256))
            for article in old.articles
        }

    def are_there(self, old: Output) -> bool:
        """Return True if all pictures beside an output are as they were; an interrupted build lists none."""
        return not self._assets or (self._last.get(old.path) == old and self._damaged.isdisjoint(old.articles))

    def keep(self, assets: Assets, unchanged: Container[str]) -> None:
        """Note the pictures that articles show whose outputs are unchanged."""
        index = b""
        with suppress(OSError), open(os.path.join(self._folder, assets.folder, INDEX), "rb") as file:
            index = file.read()
        known = assets.of_index(index)
        for path, old in self._pictures.items():
            if shown := [each for each in old.articles if each in unchanged]:
                assets.keep(path, shown, known)
