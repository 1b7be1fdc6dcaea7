"""The nodes of an article: inlines, which paragraphs hold, and blocks, which bodies hold."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Name = Annotated[str, Meta(min_length=1)]
Inlines = Annotated[
    tuple["Inline", ...],
    Meta(title="Children", description="The inlines inside, in order.", examples=[[{"type": "text", "text": "纸"}]]),
]
Blocks = Annotated[
    tuple["Block", ...],
    Meta(
        title="Children",
        description="The blocks inside, in order.",
        examples=[[{"type": "paragraph", "children": [{"type": "text", "text": "纸"}]}]],
    ),
]

MOMENT = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2}))?)?$"
"""Pattern of a date, of a date and time with zone (ISO 8601), or of the empty text."""

MAX_DEPTH = 8
"""The depth to which blocks may nest; typst fails at 9, and reading systems fail too (docs/decisions/reading.md)."""


class Node(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, tag_field="type"):
    """Block or inline; `type` in the JSON says which."""


# --- inlines ---------------------------------------------------------------------------------------------------------


class Text(Node, frozen=True, tag="text", gc=False):
    """Characters with white space normalised: one space where the reader sees one, none between Han characters."""

    text: Annotated[str, Meta(min_length=1, title="Text", description="The characters.", examples=["纸的历史"])]


class Break(Node, frozen=True, tag="break", gc=False):
    """A line break inside a paragraph."""


class Anchor(Node, frozen=True, tag="anchor", gc=False):
    """A place that links can point at."""

    id: Annotated[
        str,
        Meta(min_length=1, title="Identifier", description="Its name within the article.", examples=["_ftnref1"]),
    ]


class Image(Node, frozen=True, tag="image", gc=False):
    """A picture, of which the article holds the address."""

    address: Annotated[
        str, Meta(title="Address", description="The picture's address.", examples=["https://example.org/press.jpg"])
    ]
    alt: Annotated[
        str,
        Meta(
            title="Alternative text", description="The text shown in place of the picture.", examples=["A hand press"]
        ),
    ] = ""
    title: Annotated[str, Meta(title="Title", description="The picture's tooltip.", examples=["The press in use"])] = ""
    width: Annotated[
        Annotated[int, Meta(ge=0)] | None,
        Meta(title="Width", description="Declared width in CSS pixels.", examples=[600]),
    ] = None
    height: Annotated[
        Annotated[int, Meta(ge=0)] | None,
        Meta(title="Height", description="Declared height in CSS pixels.", examples=[400]),
    ] = None
    full_size: Annotated[
        str,
        Meta(
            title="Full size",
            description="Address of the same picture in full size.",
            examples=["https://example.org/press-full.jpg"],
        ),
    ] = ""


class InlineCode(Node, frozen=True, tag="inline-code", gc=False):
    """Code within a line."""

    text: Annotated[str, Meta(min_length=1, title="Text", description="The code.", examples=["make demo"])]


class Formula(Node, frozen=True, tag="formula", gc=False):
    """A formula, in TeX and, if its page has it, in MathML."""

    text: Annotated[str, Meta(min_length=1, title="Text", description="The formula in TeX.", examples=[r"\frac{a}{b}"])]
    mathml: Annotated[
        str,
        Meta(
            title="MathML",
            description="The same formula in MathML; software that cannot use it shows the TeX.",
            examples=["<math><mfrac><mi>a</mi><mi>b</mi></mfrac></math>"],
        ),
    ] = ""
    display: Annotated[
        bool, Meta(title="Display", description="True if it is on lines of its own.", examples=[True])
    ] = False


class Emphasis(Node, frozen=True, tag="emphasis"):
    """Stress; usually italic."""

    children: Inlines


class Strong(Node, frozen=True, tag="strong"):
    """Importance; usually bold."""

    children: Inlines


class Underline(Node, frozen=True, tag="underline"):
    """Underlined text."""

    children: Inlines


class Deleted(Node, frozen=True, tag="deleted"):
    """Text that is no longer valid; usually struck through."""

    children: Inlines


class Inserted(Node, frozen=True, tag="inserted"):
    """Text that was added later; usually underlined."""

    children: Inlines


class Subscript(Node, frozen=True, tag="subscript"):
    """Text below the line."""

    children: Inlines


class Superscript(Node, frozen=True, tag="superscript"):
    """Text above the line."""

    children: Inlines


class Ruby(Node, frozen=True, tag="ruby"):
    """Text with small text beside it that says how it is read or what it means (HTML Standard, 4.5.10)."""

    children: Inlines
    annotation: Annotated[
        tuple["Inline", ...],
        Meta(
            title="Annotation",
            description="The small text, which is above or beside the children.",
            examples=[[{"type": "text", "text": "zhǐ"}]],
        ),
    ]


class Link(Node, frozen=True, tag="link"):
    """A link.  An empty target means that the source had no usable one: the children are shown as plain text."""

    target: Annotated[
        str,
        Meta(
            title="Target",
            description="An absolute address, or #identifier for a place in the same article.",
            examples=["https://example.org/paper", "#_ftn1"],
        ),
    ]
    children: Inlines


Inline = (
    Text
    | Break
    | Anchor
    | Image
    | InlineCode
    | Formula
    | Emphasis
    | Strong
    | Underline
    | Deleted
    | Inserted
    | Subscript
    | Superscript
    | Ruby
    | Link
)


# --- blocks ----------------------------------------------------------------------------------------------------------


class Paragraph(Node, frozen=True, tag="paragraph"):
    """Running text."""

    children: Inlines


class Heading(Node, frozen=True, tag="heading"):
    """A heading inside the article.  Levels are relative: the article's title is 1, its highest heading 2."""

    level: Annotated[int, Meta(ge=2, le=6, title="Level", description="2 is the highest.", examples=[2])]
    children: Inlines


class Figure(Node, frozen=True, tag="figure"):
    """Pictures with their caption."""

    images: Annotated[
        tuple[Image, ...],
        Meta(
            title="Images",
            description="The picture, or several that share the caption.",
            examples=[[{"type": "image", "address": "https://example.org/press.jpg"}]],
        ),
    ]
    caption: Inlines = ()


class Item(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An item of a list."""

    children: Blocks
    value: Annotated[
        int | None,
        Meta(title="Value", description="Its number, if it is not the next one.", examples=[7]),
    ] = None


Numbering = Literal["1", "a", "A", "i", "I"]


class List(Node, frozen=True, tag="list"):
    """A list, numbered or not."""

    items: Annotated[tuple[Item, ...], Meta(title="Items", description="In order.", examples=[[{"children": []}]])]
    ordered: Annotated[bool, Meta(title="Ordered", description="True if the list is numbered.", examples=[True])] = (
        False
    )
    start: Annotated[int, Meta(title="Start", description="The first number.", examples=[1])] = 1
    reversed: Annotated[
        bool, Meta(title="Reversed", description="True if the numbers count down.", examples=[True])
    ] = False
    numbering: Annotated[
        Numbering, Meta(title="Numbering", description="The form of the numbers, as in HTML's `type`.", examples=["a"])
    ] = "1"

    @property
    def numbers(self) -> list[int]:
        """The number of each item."""
        step, number, numbers = -1 if self.reversed else 1, self.start, []
        for item in self.items:
            number = number if item.value is None else item.value
            numbers.append(number)
            number += step
        return numbers


class Term(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A term of a list of definitions."""

    children: Inlines


class Description(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A description of the terms before it."""

    children: Blocks


class Definition(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Terms, and the descriptions that belong to all of them."""

    terms: Annotated[
        tuple[Term, ...],
        Meta(title="Terms", description="Usually one.", examples=[[{"children": [{"type": "text", "text": "纸"}]}]]),
    ] = ()
    descriptions: Annotated[
        tuple[Description, ...],
        Meta(title="Descriptions", description="Usually one.", examples=[[{"children": []}]]),
    ] = ()


class DefinitionList(Node, frozen=True, tag="definition-list"):
    """A list of terms and what they mean."""

    items: Annotated[tuple[Definition, ...], Meta(title="Items", description="In order.", examples=[[{"terms": []}]])]


class Details(Node, frozen=True, tag="details"):
    """Blocks that a reader opens by their summary."""

    summary: Annotated[
        tuple["Inline", ...],
        Meta(
            title="Summary", description="The line that is always shown.", examples=[[{"type": "text", "text": "纸"}]]
        ),
    ] = ()
    children: Blocks = ()


class Cell(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A cell of a table."""

    children: Blocks
    header: Annotated[bool, Meta(title="Header", description="True if it heads a row or column.", examples=[True])] = (
        False
    )
    colspan: Annotated[int, Meta(ge=1, le=1000, title="Column span", description="Columns taken.", examples=[2])] = 1
    rowspan: Annotated[int, Meta(ge=1, le=65534, title="Row span", description="Rows taken.", examples=[2])] = 1


class Table(Node, frozen=True, tag="table"):
    """A table, row by row."""

    rows: Annotated[tuple[tuple[Cell, ...], ...], Meta(title="Rows", description="Cells, row by row.", examples=[[[]]])]
    caption: Annotated[
        tuple["Inline", ...],
        Meta(title="Caption", description="Its title.", examples=[[{"type": "text", "text": "纸"}]]),
    ] = ()


class Quote(Node, frozen=True, tag="quote"):
    """Quoted blocks."""

    children: Blocks


class Code(Node, frozen=True, tag="code", gc=False):
    """Preformatted text: line ends and spaces count."""

    text: Annotated[str, Meta(title="Text", description="The lines.", examples=["make demo\nmake test\n"])]


class ThematicBreak(Node, frozen=True, tag="thematic-break", gc=False):
    """A line between two parts of the article."""


EmbedKind = Literal["tweet", "instagram", "facebook", "video", "audio", "document", "other"]


class Embed(Node, frozen=True, tag="embed"):
    """An item of another site, such as a video: its address, and the text that the mirror preserved.  Never loaded."""

    kind: Annotated[
        EmbedKind, Meta(title="Kind", description="The kind of item that was embedded.", examples=["tweet"])
    ]
    address: Annotated[
        str, Meta(title="Address", description="Its address, if known.", examples=["https://example.org/status/1"])
    ] = ""
    children: Blocks = ()


class Footnote(Node, frozen=True, tag="footnote"):
    """A note that the text points at by its identifier."""

    id: Annotated[
        str, Meta(min_length=1, title="Identifier", description="The name that links point at.", examples=["_ftn1"])
    ]
    children: Blocks


AsideKind = Literal["promotion", "share", "membership", "related", "advertisement", "furniture"]


class Aside(Node, frozen=True, tag="aside"):
    """Matter of the page that is no part of the article.  Rules remove it and list it."""

    kind: Annotated[AsideKind, Meta(title="Kind", description="The kind of matter.", examples=["promotion"])]
    children: Blocks


Block = (
    Paragraph
    | Heading
    | Figure
    | List
    | DefinitionList
    | Table
    | Quote
    | Details
    | Code
    | ThematicBreak
    | Embed
    | Footnote
    | Aside
)
