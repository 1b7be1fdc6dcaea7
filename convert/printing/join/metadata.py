"""Metadata of a PDF, the same in XMP (ISO 16684-1) and in the information dictionary, and its attachments."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from xml.sax.saxutils import escape

from pikepdf import Array, AttachedFileSpec, Dictionary, Name, Pdf, String

from convert.printing.model import Attachment
from convert.printing.variants import Variant


class About(NamedTuple):
    """Metadata of a book."""

    title: str
    language: str
    producer: str
    date: datetime | None
    """Date of creation and change, in UTC, taken from the content, so that the bytes do not depend on the clock."""
    variant: Variant


def describe(pdf: Pdf, about: About, attachments: Sequence[Attachment] = ()) -> None:
    """Write metadata, the colour profile that PDF/A requires, and attachments into a PDF."""
    stream = pdf.make_stream(_xmp(about).encode(), Type=Name.Metadata, Subtype=Name.XML)
    pdf.Root.Metadata = stream
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    info = Dictionary(Title=String(about.title), Producer=String(about.producer))
    stamp = f"D:{about.date:%Y%m%d%H%M%S}Z" if about.date else ""
    if stamp:
        info.CreationDate = info.ModDate = String(stamp)
    pdf.trailer.Info = pdf.make_indirect(info)
    if about.variant.part:
        pdf.Root.OutputIntents = Array([_intent(pdf)])
    if attachments:
        for file in attachments:
            pdf.attachments[file.name] = AttachedFileSpec(
                pdf, file.data, filename=file.name, description=file.about, mime_type=file.media_type,
                relationship=Name.Data, creation_date=stamp, mod_date=stamp,
            )  # fmt: skip
        pdf.Root.AF = Array([pdf.attachments[file.name].obj for file in attachments])


@cache
def _profile() -> bytes:
    """Return sRGB (IEC 61966-2-1) as an ICC profile, from WeasyPrint's files."""
    return (files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()


def _intent(pdf: Pdf) -> Dictionary:
    profile = pdf.make_stream(_profile(), N=3)
    return Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String("sRGB IEC61966-2.1"),
        Info=String("sRGB IEC61966-2.1"),
        DestOutputProfile=profile,
    )


def _xmp(about: About) -> str:
    title, language, producer = escape(about.title), escape(about.language), escape(about.producer)
    date = f"{about.date:%Y-%m-%dT%H:%M:%SZ}" if about.date else ""
    dates = f"<xmp:CreateDate>{date}</xmp:CreateDate><xmp:ModifyDate>{date}</xmp:ModifyDate>" if date else ""
    archival = ""
    if about.variant.part:
        archival = (
            f"<pdfaid:part>{about.variant.part}</pdfaid:part>"
            f"<pdfaid:conformance>{about.variant.conformance}</pdfaid:conformance>{EXTENSION}"
        )
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
        'xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" '
        'xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" '
        'xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" '
        'xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>'
        f"<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>"
        f"<dc:format>application/pdf</dc:format><pdf:Producer>{producer}</pdf:Producer>{dates}"
        f"<pdfuaid:part>1</pdfuaid:part>{archival}"
        '</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>'
    )


EXTENSION = (
    "<pdfaExtension:schemas><rdf:Bag>"
    '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>'
    "<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>"
    '<rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>'
    "<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>"
    "<pdfaProperty:description>The part of ISO 14289</pdfaProperty:description></rdf:li>"
    "</rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>"
)
"""Description of PDF/UA's property, which PDF/A requires of properties that it does not define (ISO 19005-2, section
6.6.2.3)."""
