"""Encoding and decoding of an article's metadata as front matter of Markdown, one field a line.

The fields are those of the model, so that a new field needs no change here.  This program writes values as JSON, which
is also valid YAML, and decodes JSON itself; libraries for YAML and TOML read other values, and are only imported then.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import Struct, structs

from convert.errors import DocumentError
from convert.messages import Message, message
from convert.model import Article, Provenance
from convert.text import collapse

Value = str | tuple[str, ...]
Field = tuple[str, Value, int, int]
"""A field's name and value, and the line and column of the value in the document."""

ARTICLE = (
    "title",
    *(
        name
        for name in Article.__struct_fields__
        if name
        not in ("schema_version", "title", "source", "lead", "nav", "body")  # the rest of the document has these
    ),
)
"""Fields of the article that are metadata, in the order in which they are written."""

SOURCE: Mapping[str, str] = MappingProxyType(
    {"source": "address", "path": "path", "dialect": "dialect", "captured": "captured", "sha256": "sha256"}
)
"""Fields of `Provenance` by key of the front matter."""

LEAD = "lead"
"""Key that is `false` if the picture below the title is part of the body; absent if it is the lead."""

_MANY = frozenset(field.name for field in structs.fields(Article) if field.default == ())
KNOWN = frozenset((*ARTICLE, *SOURCE, LEAD))
"""Keys of the front matter that this program writes."""
_MOMENTS = ("published", "modified", "captured")
_KEY = re.compile(r"[A-Za-z_][\w.-]*:(?:[ \t]|$)")
_ENTRY = re.compile(r"""(["']?)([^\W\d](?:[^"':#]*[^"':#\s])?)\1[ \t]*:(?:[ \t]+(.*))?$""")
_TOML_KEY = re.compile(r"""[\w"'-][\w."' -]*=|\[+[\w"'. -]+\]""")
_DOTTED = re.compile(r"""\s*\[*(?:[^.="'\[\]]*+\.){64}""")
"""A key of more parts than any program needs; the parser takes time with their square."""
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_STAMP = re.compile(  # a timestamp of YAML, or one of Jekyll with a zone without a colon
    r"(\d{4})-(\d\d?)-(\d\d?)"
    r"(?:(?:[Tt]|[ \t]+)(\d\d?):(\d\d)(:\d\d)?(?:\.\d*)?[ \t]*(?:[Zz]|([+-])(\d\d?)(?::?(\d\d))?)?)?$",
    re.ASCII,
)
_NULL = ("", "~", "null", "Null", "NULL")
_YAML_BEGINS = tuple("[]{}\"'|>&*!%@`")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_TEXT_TAGS = (None, "!", "tag:yaml.org,2002:str")
_PROMISED = 2
_LARGEST = 1 << 20
_NO_TEXT = message("value-type")
_encode = msgspec.json.Encoder().encode


class FrontMatter(Struct, frozen=True):
    """Known fields of a document's front matter."""

    fields: dict[str, Value]
    """Values of the known fields."""
    lines: int
    """Number of lines of the front matter, with both fences."""
    lead: bool = True
    """True if a picture below the title is the article's lead."""

    def text(self, name: str) -> str:
        """Return the value of a field that has a single text, or ""."""
        value = self.fields.get(name, "")
        return value if isinstance(value, str) else ""

    @property
    def ours(self) -> bool:
        """Return True if it has two of title, id and source; Markdown of other programs may have a title too."""
        return sum(name in self.fields for name in ("title", "id", "source")) >= _PROMISED


def encode(article: Article, *, lead: bool = True) -> str:
    """Return the front matter of an article, with both fences.

    Every value is JSON, which is valid YAML 1.2; empty values are omitted.  Nothing in them is a tag, a picture or a
    link for a viewer that takes front matter for text.  `lead` is False if the picture below the title is part of the
    body.
    """
    values = [(name, getattr(article, name)) for name in ARTICLE]
    values += [(name, getattr(article.source, field)) for name, field in SOURCE.items()]
    lines = [f"{name}: {_yaml(value)}" for name, value in values if value]
    if not lead:
        lines.append(f"{LEAD}: false")
    return "---\n" + "\n".join(lines) + "\n---\n"


def _yaml(value: str | tuple[str, ...]) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_yaml, value))}]"
    if value.isalnum():  # letters and digits, Han among them, are the same in JSON
        return f'"{value}"'
    return _encode(value).decode().replace("<", "\\u003c").replace("](", "\\u005d(")


def decode(text: str) -> FrontMatter | None:
    """Return the front matter at the beginning of `text`, or None if there is none.

    Unknown fields of YAML are skipped, valid or not.

    Raises:
        DocumentError: SRC007, with line and column, if a known field is invalid, repeated, or of another type.
    """
    if (lines := _lines(text)) is None:
        return None
    entries = _toml(lines) if text.startswith("+++") else _entries(lines)
    fields: dict[str, Value] = {}
    names = set()
    lead = True
    for name, value, line, column in entries:
        if name in names:
            raise _unreadable(message("value-twice"), line, column)
        names.add(name)
        if name == LEAD:
            lead = value not in ("false", "False", "FALSE")
        elif isinstance(value, str):
            value = _moment(value) if name in _MOMENTS else value
            fields[name] = value if name not in _MANY else (value,) if value else ()
        elif name in _MANY:
            fields[name] = value
        else:
            raise _unreadable(message("value-list"), line, column)
    return FrontMatter(fields, len(lines) + 2, lead)


def provenance(front: FrontMatter) -> Provenance:
    """Return the provenance in a front matter."""
    return Provenance(**{field: front.text(name) for name, field in SOURCE.items()})


def _lines(text: str) -> list[str] | None:
    """Return the lines between the fences; None if the document begins with a rule that no front matter follows."""
    fence = text[:3]
    if fence not in ("---", "+++") or text[3:4] != "\n":
        return None
    end = text.find(f"\n{fence}\n", 3)
    if end < 0:
        end = len(text) - 4 if text.endswith(f"\n{fence}") else -1
    lines = text[4:end].split("\n") if end >= 4 else []
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    return lines if (_KEY if fence == "---" else _TOML_KEY).match(first) else None


# --- YAML ------------------------------------------------------------------------------------------------------------


def _entries(lines: list[str]) -> list[Field]:
    """Return the known fields of YAML.

    A one-line value of JSON or plain text is decoded here, because YAML would fold U+2028 and reject U+007F, and our
    own values must be read back unchanged.  Other known fields go to the YAML parser with all remaining lines blanked,
    so that unknown fields cannot fail and line numbers stay the same.
    """
    fields: list[Field] = []
    complex_lines = [""] * len(lines)
    starts = [(at, match) for at, line in enumerate(lines) if (match := _ENTRY.match(line))]
    ends = [*(at for at, _ in starts), len(lines)][1:]
    for (at, match), end in zip(starts, ends, strict=True):
        if match[2] not in KNOWN:
            continue
        alone = not any(line.strip() and not line.startswith("#") for line in lines[at + 1 : end])
        value = _one_line((match[3] or "").strip()) if alone else None
        if value is None:
            complex_lines[at:end] = lines[at:end]
        else:
            fields.append((match[2], value, at + 2, match.start(3) + 1))
    if any(complex_lines):
        fields += _yaml_entries("\n".join(complex_lines))
        fields.sort(key=lambda each: each[2])
    return fields


def _one_line(raw: str) -> Value | None:
    """Return the value of JSON or of plain text; None if the YAML parser must read it.

    Plain text may contain `: `, which YAML rejects, because people write such titles and their meaning is clear.
    """
    if raw[:1] not in _YAML_BEGINS:
        text = _COMMENT.sub("", raw).strip()
        return "" if text in _NULL else text
    if raw[:1] not in ("[", '"'):
        return None
    try:
        return msgspec.json.decode(raw, type=str | tuple[str, ...])
    except msgspec.DecodeError:
        return None


def _yaml_entries(text: str) -> Iterator[Field]:
    """Yield the known fields of YAML.

    The parser's events are used, not its nodes, so that aliases are not expanded and nesting needs no recursion.
    """
    import yaml  # 40 ms, which most documents do not need

    if len(text) > _LARGEST:
        raise _unreadable(message("value-length", count=_LARGEST), 2, 1)
    if strange := yaml.reader.Reader.NON_PRINTABLE.search(text):
        before = text[: strange.start()]
        line, column = before.count("\n") + 2, strange.start() - before.rfind("\n")
        raise _unreadable(message("value-character", code=f"{ord(strange[0]):04X}"), line, column)
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from _of_events(yaml.parse(text, Loader=loader))
    except yaml.MarkedYAMLError as error:
        quoted = "quoted scalar" in (error.context or "")
        mark = (error.context_mark if quoted else None) or error.problem_mark or error.context_mark
        closed = not (quoted and "end of stream" in (error.problem or ""))
        why = message("value-not-yaml", reason=error.problem or "") if closed else message("value-quotation-mark")
        raise _unreadable(why, *(_place(mark) if mark else (2, 1))) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # such as lone surrogates
        raise _unreadable(message("value-not-yaml", reason=str(error).splitlines()[0]), 2, 1) from None


def _of_events(events: Iterator[Any]) -> Iterator[Field]:  # noqa: C901 -- one loop, one case for each kind of event
    """Yield the known fields of the top-level mapping."""
    import yaml

    depth = 0
    name: str | None = None  # of the next value, or of the open one
    expected = "key"
    place = (2, 1)
    values: list[str] | None = None  # of the open list
    for event in events:
        opens, ends = isinstance(event, yaml.CollectionStartEvent), isinstance(event, yaml.CollectionEndEvent)
        if ends:
            depth -= 1
        at = depth
        if opens:
            depth += 1
        if not isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent) or at == 0:
            if opens and not isinstance(event, yaml.MappingStartEvent):
                raise _unreadable(_NO_TEXT, *_place(event.start_mark))
            continue
        if at == 1 and expected == "key":
            if not opens:  # the end of a key that is a list or a mapping is no key
                expected = "value"
                name = event.value if isinstance(event, yaml.ScalarEvent) and event.value in KNOWN else None
                place = _place(event.start_mark)
            continue
        if name is not None:
            if at == 1 and not ends:  # report a value that begins on a later line at its key
                start = _place(event.start_mark)
                place = start if start[0] == place[0] else (place[0], 1)
            if isinstance(event, yaml.ScalarEvent) and event.tag in _TEXT_TAGS:
                text = _scalar(event)
                if values is None:
                    yield name, text or "", *place
                elif text is not None:
                    values.append(text)
            elif isinstance(event, yaml.SequenceStartEvent) and event.tag is None and at == 1:
                values = []
            elif isinstance(event, yaml.SequenceEndEvent) and values is not None:
                yield name, tuple(values), *place
                values = None
            elif isinstance(event, yaml.AliasEvent):
                raise _unreadable(message("value-alias"), *place)
            else:
                raise _unreadable(_NO_TEXT, *place)
        if at == 1 and not opens:
            expected = "key"


def _scalar(event: Any) -> str | None:
    """Return the text of a scalar as it is written, also of numbers and dates; None for null."""
    if event.style in ("|", ">"):  # no field has several lines
        return collapse(event.value).strip()
    plain = event.style in (None, "") and event.tag is None
    return None if plain and event.value in _NULL else str(event.value)


def _place(mark: Any) -> tuple[int, int]:
    """Return line and column in the document, whose first line is the fence."""
    return mark.line + 2, mark.column + 1


def _moment(value: str) -> str:
    """Return a date, with or without time, in the form of the model; without a zone it is UTC, as in YAML and Hugo."""
    if not (match := _STAMP.match(value.strip())):
        return value
    year, month, day, hour, minute, second, sign, hours, minutes = match.groups()
    iso_date = f"{year}-{month:0>2}-{day:0>2}"
    if hour is None:
        return iso_date
    zone = f"{sign}{hours:0>2}:{minutes or '00'}" if sign else "Z"
    return f"{iso_date}T{hour:0>2}:{minute}{second or ''}{zone}"


# --- TOML ------------------------------------------------------------------------------------------------------------


def _toml(lines: list[str]) -> Iterator[Field]:
    """Yield the known fields of TOML, which Hugo writes between lines of `+++`."""
    import tomllib

    text = "\n".join(lines)
    if len(text) > _LARGEST:
        raise _unreadable(message("value-length", count=_LARGEST), 2, 1)
    if line := next((at for at, each in enumerate(lines, start=2) if _DOTTED.match(each)), 0):
        raise _unreadable(message("value-depth"), line, 1)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = _TOML_PLACE.search(str(error))
        line, column = (int(match[1]), int(match[2])) if match and match[1] else (len(lines), len(lines[-1]) + 1)
        why = str(error)[: match.start()] if match else str(error)
        raise _unreadable(message("value-not-toml", reason=why), line + 1, column) from None
    except RecursionError:
        raise _unreadable(message("value-depth"), 2, 1) from None
    except ValueError as error:  # a number of thousands of digits
        raise _unreadable(message("value-not-toml", reason=str(error)), 2, 1) from None
    for name, value in table.items():
        if name in KNOWN:
            begins = re.compile(rf"""\s*\[*["']?{re.escape(name)}["']?\s*[=.\]]""")
            line = next((at for at, each in enumerate(lines, start=2) if begins.match(each)), 2)
            many = isinstance(value, list)
            texts = [_toml_text(each, line) for each in (value if many else [value])]
            yield name, tuple(texts) if many else texts[0], line, 1


def _toml_text(value: object, line: int) -> str:
    match value:
        case str():
            return value
        case bool():
            return str(value).lower()
        case float():
            return str(value)
        case int() if abs(value) < 1 << 63:  # the range of TOML; Python refuses to convert thousands of digits
            return str(value)
        case date() | time():  # datetime is a subclass of date
            return value.isoformat()
        case _:
            raise _unreadable(_NO_TEXT, line, 1)


def _unreadable(why: Message, line: int, column: int) -> DocumentError:
    return DocumentError("SRC007", message("front-matter-value", reason=why), line, column)
