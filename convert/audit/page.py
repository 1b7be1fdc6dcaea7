"""Pages, drawings and formulas: every name of HTML, SVG and MathML that could load or run something."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import unescape

from msgspec.structs import replace

from convert.audit import css, own
from convert.audit.data import inner
from convert.audit.found import Found, Scope
from convert.audit.markup import Aside, Silent, Tag
from convert.audit.target import PLAIN, Kind, candidates, content, is_sheet, target, tracks, within
from convert.audit.vector import places, vectors
from convert.audit.vocabulary import (
    DATA_BLOCKS,
    DEFINITIONS,
    DESCRIBING,
    ELEMENTS,
    HEADERS,
    INERT,
    INERT_PREFIXES,
    PUBLIC,
    RELATIONS,
    SCRIPTS,
    STYLED,
)

_PLACES: Mapping[str, str] = {**places("html"), **places("svg")}
_EPUB = places("epub")
_ADDRESSES = frozenset(at.rpartition("@")[2] for at in _PLACES if "@" in at) | {"href", "src", "xlink:href"}
"""Attributes that hold an address somewhere."""
_SETS = frozenset({"srcset", "imagesrcset"})
_LISTS = frozenset({"ping", "attributionsrc", "archive", "cdgroup", "xsi:schemalocation"})
_NO_ADDRESS = frozenset(
    {"code", "classid", "prompt", "contentscripttype", "externalresourcesrequired", "interesttarget"}
)
"""Attributes that are a finding whatever they hold."""
_SHOWN = frozenset({"img", "image", "input", "source", "feimage", "video", "mglyph", "body", "table", "td", "th"})
"""Elements that only show what their address holds."""
_OPENED = frozenset({"iframe", "frame", "object", "embed", "portal", "fencedframe", "applet"})
"""Elements that open another document."""
_FOLLOWED = "4"


def judge(events: Iterable[Tag | Aside], scope: Scope, *, xml: bool = False) -> Iterator[Found]:
    """Yield what is found among the tags and comments of a document."""
    whole, scope = scope, replace(scope, own=frozenset()) if scope.own else scope
    in_head = not xml
    for event in events:
        if in_head and isinstance(event, Tag):
            in_head = event.name in own.IN_HEAD
            if own.confines(event):  # from here on, the browser lets nothing else run
                scope = whole if in_head else scope
        found = _tag(event, scope) if isinstance(event, Tag) else _aside(event, scope, xml=xml)
        for each in found:
            yield Found(each.vector, each.quote[:200], event.line, event.column, scope.entry)


def silencer(scope: Scope) -> Silent:
    """Return a function that knows elements that can do nothing: most elements of most pages.

    They are known, and have only attributes that do nothing, or plain links and pictures within the container.
    """
    most = 3 * scope.entry.count("/") if scope.files is not None and scope.loads is None else -1

    def silent(name: str, attributes: list[str]) -> bool:
        if name not in _PLAIN:
            return name == "link" and most >= 0 and _is_plain_sheet(attributes, most)
        if not attributes:
            return True
        for at in range(0, len(attributes), 2):
            key = attributes[at]
            if key in INERT or key.startswith(_NAMELESS):
                continue
            if (name, key) not in _WITHIN or not (plain := PLAIN.fullmatch(attributes[at + 1])) or len(plain[1]) > most:
                return False
        return True

    return silent


def _is_plain_sheet(attributes: list[str], most: int) -> bool:
    """Return True if a link has nothing but a plain address of a style sheet: most links of pages in books."""
    given = dict(zip(attributes[::2], attributes[1::2], strict=True))
    plain = PLAIN.fullmatch(given.pop("href", ""))
    return (
        plain is not None
        and len(plain[1]) <= most
        and is_sheet(plain[0])
        and given.pop("rel", "") == "stylesheet"
        and given.keys() <= {"type", "media", "title", "id", "class"}
    )


_WITHIN = frozenset({("a", "href"), ("img", "src")})


def _tag(tag: Tag, scope: Scope) -> Iterator[Found]:
    name = tag.name
    if name.startswith("epub:") and (vector := _EPUB.get(f"{name[5:]}:")):
        yield Found(vector, name)
    elif name not in ELEMENTS and name not in ("epub:case", "epub:default"):
        if name.startswith(DESCRIBING):
            yield from (Found(_PLACES[f"*@{key}"], value) for key, value in tag.attributes if f"*@{key}" in _PLACES)
            return
        yield Found("xinclude" if name.startswith("xi:") else "unknown-element", name)
    if special := _SPECIAL.get(name):
        yield from special(tag, scope)
    elif f"{name}:" in _PLACES:
        yield Found(_PLACES[f"{name}:"], name)
    for key, value in tag.attributes:
        if key not in INERT:
            yield from _attribute(name, key, value, scope)


def _attribute(name: str, key: str, value: str, scope: Scope) -> Iterator[Found]:
    if key == "style":
        yield from css.judge(value, scope)
    elif key in STYLED:
        yield from css.judge_value(value, scope)
    elif key.startswith("on"):
        yield Found("event-handler", f"{key}={value}")
    elif key in _ADDRESSES:
        if name not in _OWN or key not in _OWN[name]:
            yield from _placed(name, key, value, scope)
    elif key == "srcdoc":
        yield from scope.nested(value.encode("utf-8", "surrogatepass"), "text/html")
    elif not key.startswith(INERT_PREFIXES):
        yield Found("unknown-attribute", f"{name} {key}={value}")


def _placed(name: str, key: str, value: str, scope: Scope) -> Iterator[Found]:
    """Yield what the addresses of an attribute do."""
    vector = _PLACES.get(f"{name}@{key}") or _PLACES.get(f"*@{key}") or "address-elsewhere"
    if key in _NO_ADDRESS:
        yield Found(vector, value)
        return
    found = candidates(value) if key in _SETS else re.split(r"[\s,]+", value) if key in _LISTS else (value,)
    for each in found:
        yield from address(vector, name, each, scope)


def address(vector: str, name: str, value: str, scope: Scope) -> Iterator[Found]:
    """Yield what an address does at the place of a vector, in an element."""
    goal = target(value, scope)
    if vectors()[vector].code[3] == _FOLLOWED:
        yield from _link(vector, goal.kind, goal.scheme, value)
    elif goal.kind is Kind.SCRIPT:
        yield Found("script-address", value)
    elif goal.kind is Kind.DATA:
        if vector == "script-src":
            yield Found(vector, value)
        else:
            yield from inner(value, scope, shown=name in _SHOWN, sheet=vector == "link-stylesheet")
    elif goal.kind is not Kind.INSIDE or (vector == "script-src" and value.strip()):
        yield Found(vector, value)
    elif name in _OPENED and scope.files is None and goal.path != scope.entry:
        yield Found("unjudged-file", value)
    else:
        scope.note(goal.path)


def _link(vector: str, kind: Kind, scheme: str, address: str) -> Iterator[Found]:
    """Yield what a person meets who follows an address."""
    if kind is Kind.SCRIPT:
        yield Found("script-link", address)
    elif kind is Kind.DATA:
        held = content(address)
        if held is None or not held[0].startswith(("image/", "text/plain")) or "svg" in held[0]:
            yield Found("data-link", address)
    elif kind is Kind.LOCAL:
        yield Found("local-link", address)
    elif kind is Kind.OUTSIDE:
        web = vector not in ("a-href", "md-link") or scheme in ("", "http", "https", "ftp", "mailto", "tel")
        yield Found(vector if web else "program-link", address)
        if web and tracks(address):
            yield Found("tracking-link", address)


# --- elements with rules of their own ---------------------------------------------------------------------------------


def _script(tag: Tag, scope: Scope) -> Iterator[Found]:
    if scope.own and own.is_loaded(tag, scope):
        scope.note(within(dict(tag.attributes)["src"], scope))
        return
    attributes = dict(tag.attributes)
    kind = attributes.get("type", attributes.get("language", "")).strip().lower().partition(";")[0].strip()
    has_source = any(key in attributes for key in ("src", "href", "xlink:href"))
    if "type" not in attributes and "language" in attributes:
        kind = f"text/{kind}" if kind else ""
    if kind in ("module", "importmap", "speculationrules"):
        yield Found(_PLACES[f"script:{kind}"], tag.text or kind)
    elif not kind or kind in SCRIPTS:
        if tag.text.strip() or not has_source:
            yield Found("script-inline", tag.text.strip() or "script")
        if has_source:
            yield Found(
                "script-src", next(attributes[key] for key in ("src", "href", "xlink:href") if key in attributes)
            )
    elif kind not in DATA_BLOCKS and not kind.startswith("math/"):
        yield Found("script-other-language", kind)


def _style(tag: Tag, scope: Scope) -> Iterator[Found]:
    yield from css.judge(tag.text, scope)


def _link_element(tag: Tag, scope: Scope) -> Iterator[Found]:
    attributes = dict(tag.attributes)
    href = attributes.get("href", "")
    inside = target(href, scope).kind is Kind.INSIDE
    names: dict[str, None] = {}
    for relation in attributes.get("rel", "").lower().split():
        if vector := _PLACES.get(f"link:{relation}"):
            names[vector] = None
        elif relation not in RELATIONS and not relation.startswith(("dc.", "dcterms.", "schema.")) and not inside:
            yield Found("unknown-relation", f"{relation} {href}")
    if "link-stylesheet" in names and inside and href and (scope.files is None or not is_sheet(href)):
        yield Found("unjudged-file", href)
    for vector in names:
        if "href" in attributes:
            yield from address(vector, "link", href, scope)


def _meta(tag: Tag, scope: Scope) -> Iterator[Found]:
    attributes = dict(tag.attributes)
    header, text = attributes.get("http-equiv", "").strip().lower(), attributes.get("content", "")
    if header == "refresh":
        if goal := _refreshed(text):
            yield from address("meta-refresh", "iframe", goal, scope)
    elif header == "set-cookie":
        yield Found("meta-cookie", text)
    elif header.startswith("content-security-policy"):
        for directive in text.split(";"):
            words = directive.split()
            if words and words[0].lower() in ("report-uri", "report-to"):
                yield Found("meta-csp-report", directive.strip())
    elif header and header not in HEADERS:
        yield Found("unknown-header", f"{header} {text}")


_REFRESH = re.compile(r"\s*[\d.]*[\s;,]*(?:url\s*=\s*)?(?P<quote>[\"']?)(?P<address>.*)", re.I | re.S)


def _refreshed(text: str) -> str:
    """Return the address of a refresh; "" where a page only loads itself again.

    >>> _refreshed("0; URL='http://a.example/'"), _refreshed("5")
    ('http://a.example/', '')
    """
    match = _REFRESH.match(text)
    assert match
    address = match["address"]
    return address.partition(match["quote"])[0] if match["quote"] else address.strip()


def _base(tag: Tag, scope: Scope) -> Iterator[Found]:
    for key, value in tag.attributes:
        if key == "href" and value.strip() not in ("", ".", "./") and not value.strip().startswith("#"):
            yield Found("base-address", value)


def _animation(tag: Tag, scope: Scope) -> Iterator[Found]:
    attributes = dict(tag.attributes)
    animated = attributes.get("attributename", "").strip().lower().rpartition(":")[2]
    for key in ("to", "from", "by", "values"):
        for value in attributes.get(key, "").split(";") if key == "values" else (attributes.get(key, ""),):
            if animated in ("href", "src"):
                goal = target(value, scope).kind
                if goal is Kind.SCRIPT:
                    yield Found("svg-animate-script", value)
                elif goal is Kind.DATA:
                    yield from inner(value, scope, shown=True)
                elif goal is not Kind.INSIDE:
                    yield Found("svg-animate-address", value)
            elif value:
                yield from css.judge_value(value, scope)


def _param(tag: Tag, scope: Scope) -> Iterator[Found]:
    attributes = dict(tag.attributes)
    value = attributes.get("value", "")
    if target(value, scope).kind is not Kind.INSIDE:
        yield Found("object-param", f"{attributes.get('name', '')}={value}")


def _table_image(tag: Tag, scope: Scope) -> Iterator[Found]:
    """Judge MathML's action, whose address is in `xlink:href` only for a link."""
    attributes = dict(tag.attributes)
    if target(attributes.get("xlink:href", ""), scope).kind is not Kind.INSIDE:
        yield Found("mathml-href", attributes["xlink:href"])


_SPECIAL: Mapping[str, Callable[[Tag, Scope], Iterator[Found]]] = {
    "script": _script,
    "style": _style,
    "link": _link_element,
    "meta": _meta,
    "base": _base,
    "param": _param,
    "maction": _table_image,
    **dict.fromkeys(("animate", "set", "animatecolor", "animatetransform", "discard"), _animation),
}
_OWN: Mapping[str, frozenset[str]] = {
    "script": frozenset({"src", "href", "xlink:href"}),
    "link": frozenset({"href"}),
    "base": frozenset({"href"}),
    "param": frozenset({"value"}),
    "maction": frozenset({"xlink:href"}),
}
"""Attributes that these functions judge."""


_PLAIN = ELEMENTS - _SPECIAL.keys() - {at[:-1] for at in _PLACES if at.endswith(":")}
"""Elements that do nothing without attributes."""
_NAMELESS = ("data-", "aria-", "http://www.w3.org/XML/1998/namespace lang", "http://www.idpf.org/2007/ops type")

# --- comments, instructions, definitions ------------------------------------------------------------------------------


def _aside(aside: Aside, scope: Scope, *, xml: bool) -> Iterator[Found]:
    text = aside.text.strip()
    if aside.kind == "comment":
        yield from _comment(text, scope)
    elif aside.kind == "doctype":
        known = aside.text.lower() in ("", "about:legacy-compat") or (
            aside.name.startswith(PUBLIC) and aside.text.startswith(DEFINITIONS)
        )
        if not known and target(aside.text, scope).kind is not Kind.INSIDE:
            yield Found("doctype-system", aside.text)
    elif aside.kind == "entity":
        if not aside.text or set(aside.text) & set("<&/:"):  # not `<!ENTITY nbsp "&#160;">`
            yield Found("xml-entity", f"{aside.name} {aside.text}")
    elif aside.kind == "parameter":
        yield Found("xml-parameter-entity", f"{aside.name} {aside.text}")
    elif aside.kind == "encoding":
        yield Found("broken-document", aside.name)
    elif aside.name == "xml-stylesheet":
        yield from _stylesheet(text, scope, "xml-stylesheet")
    elif aside.name.lower() not in ("xml", "xpacket", "dctm", "oxygen", "adobe-xap-filters"):
        yield Found("unknown-instruction", f"{aside.name} {text}")


def _stylesheet(text: str, scope: Scope, vector: str) -> Iterator[Found]:
    match = re.search(r"""href\s*=\s*(["'])(.*?)\1""", text, re.S)
    address = unescape(match[2]) if match else ""
    if (kind := target(address, scope).kind) is Kind.DATA:
        yield from inner(address, scope)
        yield from inner(address, scope, sheet=True)
    elif kind is not Kind.INSIDE:
        yield Found(vector, address)
    elif address[:1] not in ("", "#") and vector == "xml-stylesheet" and (scope.files is None or not is_sheet(address)):
        yield Found("unjudged-file", address)


def _comment(text: str, scope: Scope) -> Iterator[Found]:
    lower = text.lower()
    if lower.startswith("?xml-stylesheet"):
        yield from _stylesheet(text, scope, "xml-stylesheet-in-html")
    elif lower.startswith("saved from url=") or "page saved with singlefile" in lower:
        yield Found("saved-from", text)
    elif "<o:lastauthor>" in lower or "<o:author>" in lower:
        yield Found("editor-properties", text)
    elif lower.startswith("[if ") and any(scope.nested(text.encode("utf-8", "replace"), "text/html")):
        yield Found("comment-conditional", text)
