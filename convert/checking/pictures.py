"""Pictures of a store in a check: those that articles lack, and those that the fidelity meter looks for."""

import os
from collections.abc import Mapping

from convert.model import Article, Finding, Image, Place, walk
from convert.pictures.gallery import Gallery, Profile
from convert.sources.beside import Beside


class Pictures:
    """Store of pictures and the files beside documents, for one process."""

    def __init__(self, store: str) -> None:
        from convert.pictures.making import MADE  # few checks have a store
        from convert.sandbox.temporary import folder

        made = os.path.join(folder(), MADE)  # a check writes nothing that stays
        self.gallery, self.beside = Gallery(Profile(store, made=made)), Beside()

    def close(self) -> None:
        """Close the store and the archives."""
        self.beside.close()
        self.gallery.close()

    def lacks(self, article: Article, places: Mapping[str, Place], path: str) -> list[Finding]:
        """Return the findings about pictures of an article that the store lacks."""
        from convert.building import shown  # few checks ask a store

        addresses = (node.address for node in walk((article,)) if type(node) is Image and node.address)
        asked = {each: self.gallery.found(each) for each in addresses if not each.startswith("data:")}
        return [*shown.findings(asked, places, path)]
