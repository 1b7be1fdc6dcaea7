"""A picture that the user names, judged and stripped as those of a store are."""

import hashlib
import os

from convert.errors import UsageError, reason
from convert.pictures.making import Made, treated
from convert.pictures.model import KINDS, Missing, Ready
from convert.pictures.profiles import Treatment
from convert.pictures.recognise import kind_of
from convert.pictures.store import MAX_BYTES
from convert.sandbox.temporary import folder
from convert.store.errors import failing

COVER = Treatment(2000)
"""Treatment of covers: at most the 4 million pixels that Apple takes."""
TAKEN = ("jpeg", "png")


def cover(path: str) -> Ready:
    """Return the user's picture for the cover, without metadata, in the folder of the run.

    Raises:
        UsageError: there is no such file, or it is no picture that can be shown.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(
            "--cover {path}: {reason}; name a picture, or take svg, png or lead", path=path, reason=reason(error)
        ) from None
    made = treated(data, COVER) if kind_of(data) in ("", *TAKEN) else Missing("no-picture", kind_of(data))
    if isinstance(made, Missing):
        raise UsageError("--cover {path}: {reason}; take a JPEG or a PNG", path=path, reason=made.message)
    return _written(made)


def _written(made: Made) -> Ready:
    kind = KINDS[made.kind]
    name = hashlib.sha256(made.data).hexdigest() + kind.suffix
    path = os.path.join(folder(), name)
    with failing(path), open(path, "wb") as file:
        file.write(made.data)
    return Ready(name, kind.media_type, path, len(made.data), made.width, made.height)
