"""PDFs that the audit judges: a small sealed file, with one thing changed."""

from io import BytesIO

import pikepdf

from convert.audit.vector import Vector

XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/">{}</rdf:Description></rdf:RDF></x:xmpmeta>'
)


def blank() -> pikepdf.Pdf:
    """A file of a page with a picture and a link within the file."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(100, 100))
    picture = pdf.make_stream(b"\0", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 1, 1])
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(A=picture))
    target = pikepdf.Array([page.obj, pikepdf.Name.Fit])
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], Dest=target)
    page.obj.Annots = pikepdf.Array([pdf.make_indirect(link)])
    return pdf


def written(pdf: pikepdf.Pdf, **options: object) -> bytes:
    """The bytes of a file."""
    out = BytesIO()
    pdf.save(out, **options)  # type: ignore[arg-type]
    return out.getvalue()


def with_example(vector: Vector, address: str, *, indirect: bool = False, packed: bool = False) -> bytes:
    """A file that has a vector's example, as an object of its own or not, and in an object stream or not."""
    place, _, rest = vector.example.replace("{u}", address).partition(" ")
    key, _, text = rest.partition(" ")
    pdf = blank()
    page = pdf.pages[0].obj
    if place == "Metadata":
        pdf.Root.Metadata = pdf.make_stream(
            XMP.format(rest).encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML
        )
    elif place == "Info":
        pdf.docinfo[key] = pikepdf.Object.parse(text.encode().replace(b"\\\\", b"\\\\"))
    else:
        value = pdf.make_stream(b"a") if text == "null2" else pikepdf.Object.parse(text.encode())
        owner = {
            "Root": pdf.Root, "Page": page, "Annot": page.Annots[0], "Stream": page.Resources.XObject.A,
        }[place]  # fmt: skip
        if isinstance(value, pikepdf.Dictionary) and indirect:
            value = pdf.make_indirect(value)
        owner[key] = value
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    return written(pdf, object_stream_mode=mode)
