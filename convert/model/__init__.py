"""The model of an article, which every reader returns and every writer accepts.

An `Article` is a tree of blocks and inlines.  All nodes are frozen; a fix makes a new node.  Its JSON is the public
contract: schemas/article.schema.json is made from the declarations below (`make schema`), so that model, decoder
and schema cannot disagree.  Names follow CommonMark 0.31 and HTML where they have one; metadata follows Dublin Core.
"""

from convert.messages import Message as Message
from convert.model.article import (
    SCHEMA_VERSION as SCHEMA_VERSION,
    Article as Article,
    NavLink as NavLink,
    Provenance as Provenance,
)
from convert.model.books import Elsewhere as Elsewhere, Entry as Entry, Section as Section, Volume as Volume
from convert.model.findings import (
    NOWHERE as NOWHERE,
    Finding as Finding,
    Level as Level,
    Note as Note,
    Place as Place,
    Places as Places,
    Position as Position,
    Reading as Reading,
)
from convert.model.nodes import (
    MAX_DEPTH as MAX_DEPTH,
    MOMENT as MOMENT,
    Anchor as Anchor,
    Aside as Aside,
    AsideKind as AsideKind,
    Block as Block,
    Blocks as Blocks,
    Break as Break,
    Cell as Cell,
    Code as Code,
    Embed as Embed,
    EmbedKind as EmbedKind,
    Emphasis as Emphasis,
    Figure as Figure,
    Footnote as Footnote,
    Heading as Heading,
    Image as Image,
    Inline as Inline,
    InlineCode as InlineCode,
    Inlines as Inlines,
    Item as Item,
    Link as Link,
    List as List,
    Name as Name,
    Node as Node,
    Paragraph as Paragraph,
    Quote as Quote,
    Ruby as Ruby,
    Strong as Strong,
    Subscript as Subscript,
    Superscript as Superscript,
    Table as Table,
    Text as Text,
    ThematicBreak as ThematicBreak,
    Underline as Underline,
)
from convert.model.walk import CHILDREN as CHILDREN, texts as texts, walk as walk

__all__ = [
    "Anchor",
    "Article",
    "Aside",
    "Block",
    "Break",
    "Cell",
    "Code",
    "Embed",
    "Emphasis",
    "Figure",
    "Finding",
    "Footnote",
    "Heading",
    "Image",
    "Inline",
    "InlineCode",
    "Item",
    "Level",
    "Link",
    "List",
    "Message",
    "NavLink",
    "Paragraph",
    "Provenance",
    "Quote",
    "Ruby",
    "Strong",
    "Subscript",
    "Superscript",
    "Table",
    "Text",
    "ThematicBreak",
    "Underline",
    "texts",
    "walk",
]
"""The public names of the model, for programs that use the Python interface; the others may change."""
