"""An article's metadata ⇄ the YAML front matter of our Markdown, one field a line.

The fields are those of the model: a new one is written and read back without a word here.  What we write is JSON and is
read as such; a library reads what other programs and people write, YAML or TOML, and is loaded only for that.
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
Told = tuple[str, Value, int, int]  # a field's name and value, the line and the column

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
"""Maps keys of the front matter to fields of `Provenance`."""

LEAD = "lead"
"""`false` where the picture below the title is no lead but begins the body; nothing else needs saying."""

_MANY = frozenset(field.name for field in structs.fields(Article) if field.default == ())
_KNOWN = frozenset((*ARTICLE, *SOURCE, LEAD))
_MOMENTS = ("published", "modified")
_KEY = re.compile(r"[A-Za-z_][\w.-]*:(?:[ \t]|$)")
_ENTRY = re.compile(r"""(["']?)([^\W\d](?:[^"':#]*[^"':#\s])?)\1[ \t]*:(?:[ \t]+(.*))?$""")
_TOML_KEY = re.compile(r"""[\w"'-][\w."' -]*=|\[+[\w"'. -]+\]""")
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_STAMP = re.compile(  # what YAML calls a timestamp, and the zone without a colon that Jekyll writes
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


class FrontMatter(Struct, frozen=True):
    """The known fields of a document's front matter."""

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
    """Read the front matter at the beginning of `text`; None where there is none.

    Fields that we do not know are passed over unread, in whatever YAML they are.

    Raises:
        DocumentError: SRC007, a field that we know is not YAML or has another kind of value; with its line and column.
    """
    if (lines := _lines(text)) is None:
        return None
    told = _toml(lines) if text.startswith("+++") else _entries(lines)
    fields: dict[str, Value] = {}
    seen = set()
    lead = True
    for name, value, line, column in told:
        if name in seen:
            raise _unreadable(message("value-twice"), line, column)
        seen.add(name)
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
    """Return the provenance that a front matter states."""
    return Provenance(**{field: front.text(name) for name, field in SOURCE.items()})


def _lines(text: str) -> list[str] | None:
    """The lines between the fences.  A document may also begin with a rule: what follows must begin as YAML does."""
    fence = text[:3]
    if fence not in ("---", "+++") or text[3:4] != "\n":
        return None
    end = text.find(f"\n{fence}\n", 3)
    if end < 0:
        end = len(text) - 4 if text.endswith(f"\n{fence}") else -1
    lines = text[4:end].split("\n") if end >= 4 else []
    told = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    return lines if (_KEY if fence == "---" else _TOML_KEY).match(told) else None


# --- YAML ------------------------------------------------------------------------------------------------------------


def _entries(lines: list[str]) -> list[Told]:
    """Return the known fields.

    A value of JSON or plain text on one line is taken as it is: YAML would fold U+2028 and refuse U+007F, and what we
    wrote must come back.  Other known fields are given to YAML, with all others blanked, so that what those hold does
    no harm and lines keep their numbers.
    """
    told: list[Told] = []
    left = [""] * len(lines)
    starts = [(at, match) for at, line in enumerate(lines) if (match := _ENTRY.match(line))]
    ends = [at for at, _ in starts[1:]] + [len(lines)]
    for (at, match), end in zip(starts, ends, strict=True):
        if match[2] not in _KNOWN:
            continue
        alone = not any(line.strip() and not line.startswith("#") for line in lines[at + 1 : end])
        value = _one_line((match[3] or "").strip()) if alone else None
        if value is None:
            left[at:end] = lines[at:end]
        else:
            told.append((match[2], value, at + 2, match.start(3) + 1))
    if any(left):
        told += _yaml_entries("\n".join(left))
        told.sort(key=lambda each: each[2])
    return told


def _one_line(raw: str) -> Value | None:
    """Return the value of JSON, which we write, or of plain text; None for what YAML has to read.

    Plain text may hold `: `, which YAML refuses: people write such titles, and what they mean is plain.
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


def _yaml_entries(text: str) -> Iterator[Told]:
    """The known fields of YAML.  Its events are read, not its nodes: aliases are seen as such and nothing is expanded,
    and what is nested costs no stack."""
    import yaml  # 40 ms, which documents without such values need not pay

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


def _of_events(events: Iterator[Any]) -> Iterator[Told]:  # noqa: C901 -- one loop, one case for each kind of event
    """The known fields of the mapping at the top."""
    import yaml

    depth = 0
    name: str | None = None  # of the value that comes next, or that is open
    expected = "key"
    place = (2, 1)
    values: list[str] | None = None  # of the list that is open
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
                name = event.value if isinstance(event, yaml.ScalarEvent) and event.value in _KNOWN else None
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
    """The text of a scalar, as it is written: a number or a date is text too; None for null."""
    if event.style in ("|", ">"):  # no field has lines
        return collapse(event.value).strip()
    plain = event.style in (None, "") and event.tag is None
    return None if plain and event.value in _NULL else str(event.value)


def _place(mark: Any) -> tuple[int, int]:
    """Line and column in the document, whose first line is the fence."""
    return mark.line + 2, mark.column + 1


def _moment(value: str) -> str:
    """A date, or a date and time, as the model has it.  Without zone it is UTC, as YAML and Hugo say."""
    if not (match := _STAMP.match(value.strip())):
        return value
    year, month, day, hour, minute, second, sign, hours, minutes = match.groups()
    told = f"{year}-{month:0>2}-{day:0>2}"
    if hour is None:
        return told
    zone = f"{sign}{hours:0>2}:{minutes or '00'}" if sign else "Z"
    return f"{told}T{hour:0>2}:{minute}{second or ''}{zone}"


# --- TOML ------------------------------------------------------------------------------------------------------------


def _toml(lines: list[str]) -> Iterator[Told]:
    """The known fields of TOML, which Hugo writes between lines of `+++`."""
    import tomllib

    text = "\n".join(lines)
    if len(text) > _LARGEST:
        raise _unreadable(message("value-length", count=_LARGEST), 2, 1)
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
        if name in _KNOWN:
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
        case int() if abs(value) < 1 << 63:  # as TOML says; Python refuses to write out thousands of digits
            return str(value)
        case date() | time():  # a datetime is a date too
            return value.isoformat()
        case _:
            raise _unreadable(_NO_TEXT, line, 1)


def _unreadable(why: Message, line: int, column: int) -> DocumentError:
    return DocumentError("SRC007", message("front-matter-value", reason=why), line, column)
