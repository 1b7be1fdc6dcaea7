"""What an engine drew → what joins easily and takes little memory: no names of destinations, no elements of structure
that say nothing (of WeasyPrint's, half).  Sections of ISO 32000-2."""

import io
from collections.abc import Collection
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, NameTree, Object, Pdf, String

from convert.printing.model import Spot
from convert.printing.weasy.embedded_fonts import mend
from convert.printing.weasy.tags import retag


def tidy(data: bytes, wanted: Collection[str], *, thorough: bool) -> tuple[bytes, int, tuple[Spot, ...]]:
    """A chunk's PDF, how many pages it has, and where the `wanted` anchors are in it; `thorough` says whether its
    tags and its fonts need tidying too."""
    with Pdf.open(io.BytesIO(data)) as pdf:
        spots = _destinations(pdf, wanted)
        if thorough:
            retag(pdf)
            mend(pdf)
        for key in ("/Outlines", "/Names", "/PageMode"):
            if key in pdf.Root:
                del pdf.Root[key]
        out = io.BytesIO()
        # Many objects in one stream are read many times as fast as each by itself.
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, static_id=True)
        return out.getvalue(), len(pdf.pages), spots


def _destinations(pdf: Pdf, wanted: Collection[str]) -> tuple[Spot, ...]:
    """Names of destinations (section 12.3.2.4) become what they name.  Where the `wanted` ones are."""
    names = pdf.Root.get("/Names", Dictionary()).get("/Dests")
    named: dict[str, Object] = {} if names is None else dict(NameTree(names).items())
    places = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    for page in pdf.pages:
        for note in page.get("/Annots", ()):
            goes: Any = note.get("/Dest")
            if isinstance(goes, String) and (to := named.get(str(goes))) is not None:
                note.Dest = Array(list(to))
    return tuple(
        Spot(name, places[to[0].objgen], float(to[2]), float(to[3])) for name in wanted if (to := named.get(name))
    )
