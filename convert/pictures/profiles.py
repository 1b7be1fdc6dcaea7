"""Profiles of `--images`: what becomes of the pictures of a store in an output."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from convert.errors import UsageError

LINK, NONE = "link", "none"
"""Profiles that show no pictures."""
LONG = 2.5
"""Proportion from which on a picture is measured by its shorter edge: a long one would become a thread."""


class Treatment(Struct, frozen=True, gc=False, array_like=True):
    """Size, quality and colour of the pictures that an output holds; by default they are as they came."""

    edge: int = 0
    """Most pixels of the longer edge; 0 for any number."""
    quality: int = 0
    """Quality of JPEG, from 1 to 95; 0 to keep that of the source, and lossless kinds as PNG."""
    grey: bool = False

    @property
    def text(self) -> str:
        """Return the treatment as the name of a file can have it.

        >>> Treatment(800, 72).text
        '800-72-colour'
        """
        return f"{self.edge}-{self.quality}-{'grey' if self.grey else 'colour'}"

    def fitted(self, width: int, height: int) -> tuple[int, int]:
        """Return the size to which a picture is reduced; it never grows.

        >>> Treatment(800).fitted(1600, 1200), Treatment(800).fitted(60, 40), Treatment(800).fitted(600, 6000)
        ((800, 600), (60, 40), (320, 3200))
        """
        scale = max(self.edge / max(width, height), self.edge / LONG / min(width, height))
        if not self.edge or scale >= 1:
            return width, height
        return max(1, int(width * scale + 0.5)), max(1, int(height * scale + 0.5))


PROFILES: Mapping[str, Treatment | None] = MappingProxyType({
    "original": Treatment(),
    "phone": Treatment(800, 72),
    "ereader": Treatment(1072, 72, grey=True),  # the width of screens of six inches
    "kindle": Treatment(1236, 66),  # that of a Paperwhite; mail to Kindle takes 50 MB
    "grey": Treatment(600, 60, grey=True),
    LINK: None,
    NONE: None,
})  # fmt: skip
"""The profiles; None: no pictures.  Kinds are JPEG, and PNG where it is smaller: e-readers draw no other."""


def treatment_of(name: str) -> Treatment | None:
    """Return the treatment of a profile, None if it shows no pictures.

    Raises:
        UsageError: there is no such profile.
    """
    if name not in PROFILES:
        known = ", ".join(PROFILES)
        raise UsageError("unknown profile of pictures '{name}'; choose one of: {known}", name=name, known=known)
    return PROFILES[name]
