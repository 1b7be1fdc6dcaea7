"""Front matter of any generator: YAML, TOML, and the lines `Title: …` of Pelican.

It is read leniently: a value that is no valid YAML is its own text, because people wrote it for people.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from convert.text import collapse

LARGEST = 1 << 18
"""Most characters of a front matter but JSON, as entries of exports have; the longest real one has 20,000."""
_DEEPEST = 20
_MOST_VALUES = 10_000

_BEFORE = r"\s*(?:<!--[^-]*(?:-(?!->)[^-]*)*-->\s*)*"
"""Text that may be before a front matter: comments."""
_OPENING = re.compile(rf"{_BEFORE}(---+|\+\+\+)(?:[ \t]*(yaml|yml|toml|json))?[ \t]*\n", re.I)
_CLOSING = {"---": re.compile(r"^ ?(?:---|\.\.\.)[ \t]*$", re.M), "+++": re.compile(r"^\+\+\+[ \t]*$", re.M)}
_KEY = r"""[^\s"'#:\-\[\]{}<>|*&!%@`,?][^:"'#\n]{0,60}?"""
_ENTRY = re.compile(rf"""(["']?)({_KEY})\1[ \t]*:(?:[ \t]+(.*)|)$""")
_TIGHT = re.compile(
    r"(title|date|authors?|tags|categor(?:y|ies)|layout|from|source|link|description|[\u3400-\u9fff]{2,4})(?:：|:)"
    r"[ \t]*((?!//).*)$",
    re.I,
)
"""Entry whose writer forgot the space after the colon, or wrote a Chinese one."""
_OF_HEXO = re.compile(r"(?:;;;\n)?\s*(\{.*?\}|\"title\".*?)\s*\n;;;[ \t]*\n", re.S)
_TOML_ENTRY = re.compile(r"""\s*["']?([\w-]{1,60})["']?\s*=\s*(.*)$""")
_BARE = re.compile(r"title[ \t]*:[ \t]*\S", re.I)
_BARE_ENTRY = re.compile(r"([A-Za-z\u3400-\u9fff][\w \-]{0,40}):(?:[ \t]+(.*)|)$")
_BARE_KINDS = re.compile(r"^(?:date|authors?|tags|category|categories|slug|layout)[ \t]*:", re.I | re.M)
_FLOW = re.compile(r"\[([^\[\]{}]*)\]\s*(?:#.*)?$")
_FLOW_ITEM = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)'|([^,]*?))\s*(?:,|$)""")
_LIST_ITEM = re.compile(r"\s*-(?:[ \t]+(.*))?$")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_ANCHOR, _ALIAS = re.compile(r"&([\w-]+)(?:\s|$)"), re.compile(r"\*([\w-]+)")
_NULL = ("", "~", "null", "Null", "NULL")
_DOTTED = re.compile(r"""\s*\[*(?:[^.="'\[\]]*+\.){64}""")
"""A key of more parts than any program needs; the parser takes time with their square."""

Values = tuple[tuple[str, str], ...]


class Field(NamedTuple):
    """Field of a front matter."""

    name: str
    values: Values
    """Its texts, each with the key that it has in a mapping inside, or ""."""
    line: int

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the texts alone."""
        return tuple(text for _, text in self.values)


class Front(NamedTuple):
    """Front matter of a document."""

    fields: tuple[Field, ...]
    lines: int
    """Number of lines of the document up to its end."""


def decode(text: str) -> Front | None:
    """Return the front matter at the beginning of a document, None if there is none."""
    if (opening := _OPENING.match(text)) is None:
        return _json(text) if text[:1] in ("{", ";", '"') else _bare(text)
    mark = _CLOSING.get(opening[1]) or re.compile(rf"^{opening[1]}[ \t]*$", re.M)  # Hexo takes longer lines too
    closing = mark.search(text, opening.end())
    is_json = (opening[2] or "").lower() == "json"
    if closing is None or (closing.start() > LARGEST and not is_json):
        return None
    above = text.count("\n", 0, opening.end())
    lines = text[opening.end() : closing.start()].split("\n")
    if not lines[-1]:
        lines.pop()
    if is_json:
        fields = _of_object("\n".join(lines), above)
    else:
        is_toml = opening[1] == "+++" or (opening[2] or "").lower() == "toml"
        fields = tuple(_toml(lines, above) if is_toml else _yaml(lines, above))
    return Front(fields, above + len(lines) + 1) if fields else None


def _bare(text: str) -> Front | None:
    """Return fields before the first empty line, as Pelican has them, or before a line of `---`, as Hexo may."""
    if not _BARE.match(text):
        return None
    lines = text[:LARGEST].split("\n")
    for end, line in enumerate(lines):
        if not line.strip() or line.rstrip() == "---":
            break
        if not (_BARE_ENTRY.match(line) or (end and line[:1] in (" ", "\t", "-"))):
            return None
    else:
        end = len(lines)
    if not _BARE_KINDS.search("\n".join(lines[:end])):
        return None
    return Front(tuple(_yaml(lines[:end], 0)), end + (lines[end : end + 1] == ["---"]))


def _json(text: str) -> Front | None:
    """Return the fields of an object of JSON before the text, as Hugo and Hexo have it; JSON alone is data."""
    if text[:1] != "{":
        match = _OF_HEXO.match(text[:LARGEST])
        fields = _of_object(match[1] if match[1][0] == "{" else f"{{{match[1]}}}", 0) if match else ()
        return Front(fields, text.count("\n", 0, match.end())) if match and fields else None
    try:
        table, end = json.JSONDecoder().raw_decode(text[:LARGEST])
    except (ValueError, RecursionError):
        return None
    above = text.count("\n", 0, end)
    if text[end : end + 1] != "\n" or not text[end:].strip() or not {"title", "date"} <= table.keys():
        return None
    return Front(_of_table(table, 1), above + 1)


def _of_object(text: str, above: int) -> tuple[Field, ...]:
    """Return the fields of an object of JSON, none if it is no JSON."""
    try:
        table = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    return _of_table(table, above + 1) if isinstance(table, dict) else ()


def _of_table(table: dict[str, object], line: int) -> tuple[Field, ...]:
    return tuple(Field(name, tuple(_of_toml("", value, 0)), line) for name, value in table.items())


# --- YAML ------------------------------------------------------------------------------------------------------------


def _yaml(lines: Sequence[str], above: int) -> Iterator[Field]:
    margin = next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")
    indent = len(margin) - len(margin.lstrip(" "))
    lines = [line[indent:] if line[:indent].isspace() else line for line in lines]
    starts = [(at, found) for at, line in enumerate(lines) if (found := _entry(line))]
    ends = [*(at for at, _ in starts), len(lines)][1:]
    anchors: dict[str, Values] = {}
    for (at, (key, value)), end in zip(starts, ends, strict=True):
        rest = [line for line in lines[at + 1 : end] if line.strip() and not line.startswith("#")]
        values = _value(value := value.strip(), rest)
        if match := _ANCHOR.match(value):
            anchors[match[1]] = values
        elif match := _ALIAS.fullmatch(value):
            values = anchors.get(match[1], values)
        yield Field(key.strip(), values, above + at + 1)


def _entry(line: str) -> tuple[str, str] | None:
    """Return key and value in a line that begins an entry."""
    if match := _ENTRY.match(line):
        return match[2], match[3] or ""
    return (match[1], match[2]) if (match := _TIGHT.match(line)) else None


def _value(first: str, rest: Sequence[str]) -> Values:
    """Return the values of an entry: the text behind its key, and the lines below."""
    if not rest:
        simple = _one_line(first)
    elif not _COMMENT.sub("", first).strip():
        simple = _block_list(rest)
    else:
        simple = None
    return simple if simple is not None else _parsed(first, rest)


def _one_line(raw: str) -> Values | None:
    """Return the values of a text on one line; None if a parser of YAML must read it."""
    if raw[:1] == "[" and (flow := _FLOW.match(raw)):
        return _named(_items(flow[1]))
    if raw[:1] in ('"', "'"):
        return _named([text]) if (text := _quoted(raw)) is not None else None
    if raw[:1] == "!" and raw[1:2] not in ("!", "", " "):  # a mark of the sentence, which YAML takes for a type
        return _named([raw])
    if raw[:1] in tuple("[]{}|>&*!%@`"):
        return None
    return _named([_COMMENT.sub("", raw).strip()])


def _items(inside: str) -> list[str]:
    out, at = [], 0
    while at < len(inside) and (match := _FLOW_ITEM.match(inside, at)):
        at = match.end()
        double, single, plain = match.groups()
        out.append(_unescape(double) if double is not None else (single or "").replace("''", "'") or plain or "")
    return out


def _quoted(raw: str) -> str | None:
    """Return the text in quotation marks, None if more than a comment follows them."""
    match = re.fullmatch(r""""((?:[^"\\]|\\.)*+)"\s*(?:#.*)?|'((?:[^']|'')*+)'\s*(?:#.*)?""", raw)
    if match is None:
        return None
    return _unescape(match[1]) if match[1] is not None else match[2].replace("''", "'")


_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|(.))")


def _unescape(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        if code := match[1] or match[2] or match[3]:
            number = int(code, 16)
            return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
        return {"n": "\n", "t": "\t", "r": " ", "0": ""}.get(match[4], match[4])

    return _ESCAPE.sub(plain, text) if "\\" in text else text


def _block_list(rest: Sequence[str]) -> Values | None:
    """Return the items of a list with a line for each, None if it holds anything else."""
    out: list[str] = []
    for line in rest:
        item = _LIST_ITEM.match(line)
        raw = (item[1] or "").strip() if item else ""
        inside = _one_line(raw) if item and not re.match(r"[\w-]+:(?:\s|$)", raw) and raw[:1] != "[" else None
        if inside is None:
            return None
        out += (text for _, text in inside)
    return _named(out)


def _named(texts: Sequence[str]) -> Values:
    return tuple(("", clean) for text in texts if text not in _NULL and (clean := collapse(text).strip()))


def _parsed(first: str, rest: Sequence[str]) -> Values:
    """Return the values of an entry by a parser of YAML; what is no YAML is its text."""
    import yaml  # 40 ms, which most documents do not need

    text = "\n".join([f"k: {first}".rstrip(), *rest])
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return tuple(_flatten(yaml.parse(text, Loader=loader)))
    except (yaml.YAMLError, ValueError, RecursionError):
        plain = " ".join([first, *(line.strip() for line in rest)])
        return _named([_bracketed(re.sub(r"\s+", " ", plain).strip())])


def _bracketed(text: str) -> str:
    """Return the text in one pair of marks around all of it, or the text."""
    pairs = ('""', "''", "[]")
    return text[1:-1].strip() if len(text) > 1 and text[0] + text[-1] in pairs else text


def _flatten(events: Iterator[Any]) -> Iterator[tuple[str, str]]:
    """Yield the texts below the one key, each with the key of the mapping around it.

    Raises:
        ValueError: they nest too deeply, or are too many.
    """
    import yaml

    keys: list[str | None] = []  # for each open collection: the key of its next value, None for a list
    wants_key: list[bool] = []
    for number, event in enumerate(events):
        if number > _MOST_VALUES or len(keys) > _DEEPEST:
            raise ValueError
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            if wants_key and wants_key[-1]:
                raise ValueError
            mapping = isinstance(event, yaml.MappingStartEvent)
            keys.append("" if mapping else None)
            wants_key.append(mapping)
        elif isinstance(event, yaml.CollectionEndEvent):
            keys.pop()
            wants_key.pop()
            if keys and keys[-1] is not None:
                wants_key[-1] = True
        elif isinstance(event, yaml.ScalarEvent | yaml.AliasEvent) and keys:
            value = event.value if isinstance(event, yaml.ScalarEvent) else f"*{event.anchor}"
            if wants_key[-1]:
                keys[-1], wants_key[-1] = value, False
                continue
            wants_key[-1] = keys[-1] is not None
            name = next((key for key in reversed(keys[1:]) if key), "")
            plain = isinstance(event, yaml.ScalarEvent) and event.style in (None, "")
            if not (plain and value in _NULL) and (text := collapse(value).strip()):
                yield name, text


# --- TOML ------------------------------------------------------------------------------------------------------------


def _toml(lines: Sequence[str], above: int) -> Iterator[Field]:
    import tomllib

    try:
        table = {} if any(map(_DOTTED.match, lines)) else tomllib.loads("\n".join(lines))
    except (ValueError, RecursionError):  # a syntax error is a ValueError
        table = {}
    if not table:
        for at, line in enumerate(lines):
            if match := _TOML_ENTRY.match(line):
                yield Field(match[1], _one_line(match[2].strip()) or (), above + at + 1)
        return
    for name, value in table.items():
        begins = re.compile(rf"""\s*\[*["']?{re.escape(name)}["']?\s*[=.\]]""")
        at = next((at for at, line in enumerate(lines) if begins.match(line)), 0)
        yield Field(name, tuple(_of_toml("", value, 0)), above + at + 1)


def _of_toml(name: str, value: object, depth: int) -> Iterator[tuple[str, str]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from _of_toml(key, inside, depth + 1)
    elif isinstance(value, list):
        for inside in value:
            yield from _of_toml(name, inside, depth + 1)
    elif isinstance(value, bool):
        yield name, str(value).lower()
    elif isinstance(value, int | float | str):
        if text := collapse(str(value)).strip() if not isinstance(value, int) or abs(value) < 1 << 63 else "":
            yield name, text
    elif hasattr(value, "isoformat"):
        yield name, value.isoformat()
