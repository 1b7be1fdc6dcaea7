"""An article's metadata ⇄ the YAML front matter of our Markdown, one field a line.

The fields are those of the model: a new one is written and read back without a word here.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

import msgspec
from msgspec import Struct, structs

from convert.errors import DocumentError
from convert.model import Article, Provenance

Value = str | tuple[str, ...]

ARTICLE = (
    "title",
    *(
        name
        for name in Article.__struct_fields__
        if name not in ("schema_version", "title", "source", "lead", "nav", "body")  # the document itself tells these
    ),
)
"""Fields of the article that are metadata, in the order in which they are written."""

SOURCE: Mapping[str, str] = MappingProxyType(
    {"source": "address", "path": "path", "dialect": "dialect", "sha256": "sha256"}
)
"""What the front matter calls the fields of `Provenance`."""

LEAD = "lead"
"""`false` where the picture below the title is no lead but begins the body; nothing else needs saying."""

_MANY = frozenset(field.name for field in structs.fields(Article) if field.default == ())
_KEY = re.compile(r"([A-Za-z_][\w.-]*):(?:[ \t]+(.*))?$")
_FLOW = re.compile(r"\[([^\[\]{}\"']*)\]$")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_NULL = ("", "~", "null")
_PROMISED = 2


class FrontMatter(Struct, frozen=True):
    """What a document's front matter says."""

    fields: dict[str, Value]
    """The values of fields that we know."""
    lines: int
    """How many lines of the document it takes, both fences included."""
    lead: bool = True
    """Whether a picture below the title is the article's lead."""

    def text(self, name: str) -> str:
        """The value of a field that is one text; nothing where it is not there."""
        value = self.fields.get(name, "")
        return value if isinstance(value, str) else ""

    @property
    def ours(self) -> bool:
        """Whether it is that of an article: other programs' Markdown has titles too."""
        return sum(name in self.fields for name in ("title", "id", "source")) >= _PROMISED


def encode(article: Article, *, lead: bool = True) -> str:
    """The front matter of an article, with both fences.  Every value is JSON, which YAML 1.2 includes; what is empty is
    left out.  `lead` is false where the picture below the title is not the article's lead."""
    values = [(name, getattr(article, name)) for name in ARTICLE]
    values += [(name, getattr(article.source, field)) for name, field in SOURCE.items()]
    lines = [f"{name}: {_yaml(value)}" for name, value in values if value]
    if not lead:
        lines.append(f"{LEAD}: false")
    return "---\n" + "\n".join(lines) + "\n---\n"


def _yaml(value: str | tuple[str, ...]) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_yaml, value))}]"
    return msgspec.json.encode(value).decode()


def decode(text: str) -> FrontMatter | None:
    """The front matter at the beginning of `text`; None where there is none.

    No YAML library reads it: what we write needs none, and none is a dependency.  Values may be JSON, plain or in
    single quotes, or a plain list in brackets.  Fields that we do not know are passed over, in whatever YAML they are.

    Raises:
        DocumentError: SRC007, a field that we know has another kind of value; with its line and column.
    """
    if (lines := _lines(text)) is None:
        return None
    fields: dict[str, Value] = {}
    lead = True
    for number, line in enumerate(lines, start=2):
        match = _KEY.match(line)
        name = match[1] if match else ""
        if match is None or not (name in ARTICLE or name in SOURCE or name == LEAD):
            continue
        column = match.start(2) + 1 if match[2] else 1
        if number <= len(lines) and lines[number - 1].startswith((" ", "\t", "- ")):  # the next line
            raise _unreadable("it takes several lines", number, column)
        value = _value((match[2] or "").strip(), number, column)
        if name == LEAD:
            lead = value != "false"
        elif isinstance(value, str):
            fields[name] = value if name not in _MANY else (value,) if value else ()
        elif name in _MANY:
            fields[name] = value
        else:
            raise _unreadable("it is a list", number, column)
    return FrontMatter(fields, len(lines) + 2, lead)


def provenance(front: FrontMatter) -> Provenance:
    """Where the article of a front matter comes from."""
    return Provenance(**{field: front.text(name) for name, field in SOURCE.items()})


def _lines(text: str) -> list[str] | None:
    """The lines between the fences.  A document may also begin with a rule: what follows must begin as YAML does."""
    if not text.startswith("---\n"):
        return None
    end = text.find("\n---\n", 3)
    if end < 0:
        end = len(text) - 4 if text.endswith("\n---") else -1
    lines = text[4:end].split("\n") if end >= 4 else []
    told = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    return lines if _KEY.match(told) else None


def _value(raw: str, line: int, column: int) -> Value:
    head = raw[:1]
    if head in ("[", '"'):
        try:
            return msgspec.json.decode(raw, type=str | tuple[str, ...])
        except msgspec.DecodeError as error:
            if match := _FLOW.match(raw):
                return tuple(part for each in match[1].split(",") if (part := each.strip()))
            raise _unreadable(str(error), line, column) from None
    if head == "'":
        if len(raw) > 1 and raw.endswith("'"):
            return raw[1:-1].replace("''", "'")
        raise _unreadable("its quotation mark is not closed", line, column)
    if head and head in "{|>&*!%@`":
        raise _unreadable("it is neither a text nor a list of texts", line, column)
    plain = _COMMENT.sub("", raw).strip()
    return "" if plain in _NULL else plain


def _unreadable(why: str, line: int, column: int) -> DocumentError:
    return DocumentError(
        "SRC007", f"this value of the front matter cannot be read: {why}; write it as JSON, on one line", line, column
    )
