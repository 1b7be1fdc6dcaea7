"""Simplification of an engine's PDF, so that joining is fast and takes little memory.

Named destinations and structure elements without meaning (half of WeasyPrint's) are removed.  Sections are those of ISO
32000-2.
"""

import io
from collections.abc import Collection
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, NameTree, Object, Pdf, String

from convert.printing.labels import label
from convert.printing.model import Spot
from convert.printing.weasy.embedded_fonts import fix_fonts
from convert.printing.weasy.tags import retag


def tidy(
    data: bytes, wanted: Collection[str], *, thorough: bool, labels: bool = False
) -> tuple[bytes, int, tuple[Spot, ...]]:
    """Return a chunk's PDF simplified, its number of pages, and the positions of the `wanted` anchors.

    With `thorough`, its tags and fonts are corrected too; with `labels`, those of notes and heads of tables are.
    """
    with Pdf.open(io.BytesIO(data)) as pdf:
        spots = _destinations(pdf, wanted)
        if thorough:
            retag(pdf)
            fix_fonts(pdf)
        if labels:
            label(pdf)
        for key in ("/Outlines", "/Names", "/PageMode"):
            if key in pdf.Root:
                del pdf.Root[key]
        out = io.BytesIO()
        # Objects in one stream are read many times as fast as single ones.
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, static_id=True)
        return out.getvalue(), len(pdf.pages), spots


def _destinations(pdf: Pdf, wanted: Collection[str]) -> tuple[Spot, ...]:
    """Replace named destinations (section 12.3.2.4) by explicit ones, and return the positions of the `wanted`."""
    names = pdf.Root.get("/Names", Dictionary()).get("/Dests")
    named: dict[str, Object] = {} if names is None else dict(NameTree(names).items())
    page_numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    for page in pdf.pages:
        for note in page.get("/Annots", ()):
            target: Any = note.get("/Dest")
            if isinstance(target, String) and (to := named.get(str(target))) is not None:
                note.Dest = Array(list(to))
    return tuple(
        Spot(name, page_numbers[to[0].objgen], float(to[2]), float(to[3])) for name in wanted if (to := named.get(name))
    )
