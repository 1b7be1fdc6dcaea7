"""Pictures of the file that is sealed: a store of their own, which lasts as long as the work."""

import os
from tempfile import TemporaryDirectory

from convert.audit.audit import Auditor
from convert.collecting.keeper import Keeper
from convert.collecting.offers import Offer
from convert.pictures.gallery import Gallery, Profile
from convert.pictures.model import Missing
from convert.pictures.recognise import kind_of
from convert.sandbox import temporary
from convert.sources.pictures import content_address


class Pictures:
    """Store of the pictures, in a temporary folder."""

    def __init__(self, auditor: Auditor) -> None:
        self.folder = TemporaryDirectory(dir=temporary.folder(), ignore_cleanup_errors=True)
        self._auditor = auditor
        self._store = os.path.join(self.folder.name, "store")
        self._keeper: Keeper | None = Keeper(self._store, asked=0, only_missing=True)
        self._gallery: Gallery | None = None
        self._drawn = 0

    def close(self) -> None:
        """Take the store away."""
        for each in (self._keeper, self._gallery):
            if each:
                each.close()
        self.folder.cleanup()

    def keep(self, data: bytes) -> str | Missing:
        """Store a picture, and return the address of its content; why not, if it is none."""
        assert self._keeper
        if not kind_of(data):
            return Missing("no-picture", "")
        address = content_address(data)
        if self._keeper.keep(address, Offer("", data)):
            return address
        return self._keeper.refused[-1].missing

    def is_sealed(self, svg: bytes) -> bool:
        """Return True if a drawing could load and run nothing, as the audit sees it."""
        self._drawn += 1
        path = os.path.join(self.folder.name, f"{self._drawn}.svg")
        with open(path, "wb") as file:
            file.write(svg)
        try:
            return not any(each.failing(strict=True) for each in self._auditor.audit(path))
        finally:
            os.unlink(path)

    def gallery(self) -> Gallery:
        """Return the pictures as the output shows them; none can be stored any more."""
        if self._keeper:
            self._keeper.close()
            self._keeper = None
        if not self._gallery:
            self._gallery = Gallery(Profile(self._store))
        return self._gallery
