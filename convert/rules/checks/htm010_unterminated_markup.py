"""A comment, a tag, an attribute or an element such as `<title>` that never ends, or ends only in the markup after
it; `<` before words that are no element."""

import re
from collections.abc import Iterator
from functools import lru_cache

from convert.late import late_pattern
from convert.messages import Message, message
from convert.model import Article, Place, Reading
from convert.rules.body import mirror_text, place_in
from convert.rules.rule import Rule
from convert.text import squeeze

_TOKEN = late_pattern(
    r"<!--(?P<comment>-?>|.*?--!?>|.*)"
    r"|<(?P<tag>/?(?P<name>[A-Za-z][^\s/><]*)(?P<rest>(?:=\s*+(?:\"[^\"]*\"|'[^']*')|[^>])*+)(?P<end>>?))",
    re.S,
)
_QUOTED = late_pattern(r"=\s*+(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')(?P<after>[^\s/>])?")
_OPEN = late_pattern(r"=\s*[\"'][^\"'<>]*\Z")
_INNER = late_pattern(r"<!--(?P<outer>[^<]*(?:<(?!!--)[^<]*)*)<!--")
_MARKUP = late_pattern(r"\n|</?[A-Za-z]")
_PREFIXED = late_pattern(r"[a-z]{1,3}\d?:[a-z]")
"""Names of elements that office programs write, such as `<o:p>`."""

RAW = frozenset({"iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp"})
"""Elements whose content is text up to their own end tag."""

# All elements of HTML, obsolete ones too; those of SVG and MathML that pages use; `ok`, the mirrors' element for links.
_NAMES = """
a abbr acronym address animate applet area article aside audio b base basefont bdi bdo bgsound big blink blockquote
body br button canvas caption center cite clippath circle code col colgroup content command data datalist dd defs del
desc details dfn dialog dir div dl dt ellipse em embed fieldset figcaption figure filter font footer foreignobject
form frame frameset g h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe image img input ins isindex kbd keygen
label legend li line lineargradient link listing main map mark marker marquee mask math menu menuitem meta metadata
meter mfrac mi mn mo mover mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr multicol munder
munderover nav nextid nobr noembed noframes noscript object ok ol optgroup option output p param path pattern picture
plaintext polygon polyline portal pre progress q radialgradient rb rect rp rt rtc ruby s samp script search section
select selectedcontent semantics shadow slot small source spacer span stop strike strong style sub summary sup svg
symbol table tbody td template text textarea textpath tfoot th thead time title tr track tspan tt u ul use var video
view wbr xmp
"""
KNOWN = frozenset(_NAMES.split())

_FINE = late_pattern(
    r"<(?:/?([A-Za-z][A-Za-z0-9]*)"
    r"(?:\s++[^\s\"'<>=]++(?:\s*+=\s*+(?:\"[^\"<>]*+\"|'[^'<>]*+'|[^\s\"'<>]++))?)*+\s*+/?>|!--(?:[^<>]*--)?>)"
)
_PLAIN = KNOWN - RAW | {""}  # "" is the name of a comment
_WHOLE = late_pattern(r"<[^<>]*>")


@lru_cache(maxsize=4096)  # pages have most of their tags in common
def _is_fine(tag: str) -> bool:
    match = _FINE.fullmatch(tag)
    return match is not None and (match[1] or "").lower() in _PLAIN


def check_document(reading: Reading, article: Article) -> Iterator[tuple[Message, Place]]:
    if reading.regular:
        return
    html, is_mirror = reading.html, bool(mirror_text(reading))
    tags = _WHOLE.findall(html)
    if len(tags) == html.count("<") and all(map(_is_fine, set(tags))):
        return  # nearly every page: each tag ends, and each name is known
    at, endless = 0, set[str]()
    while match := _TOKEN.search(html, at):
        at = match.end()
        if match["name"] is None:
            offence = _comment(match[0]) if is_mirror else None
            if offence:
                yield offence, place_in(reading, html, match.start())
            continue
        name = match["name"].lower()
        offence = _tag(match, name if is_mirror else "a") if is_mirror or "<" in match["tag"] else None
        if offence is None and name in RAW and name not in endless and match["tag"][0] != "/":
            end = re.compile(rf"</{name}[\s/>]", re.I).search(html, at)
            if end:
                at = end.start()
            else:
                endless.add(name)
            if not end and is_mirror:
                offence = message("unterminated-element", name=name, end=f"</{name}>")
        if offence:
            yield offence, place_in(reading, html, match.start())


def _comment(text: str) -> Message | None:
    inner = _INNER.match(text)
    if text.endswith(("-->", "--!>")) and not (inner and _MARKUP.search(inner["outer"])):
        return None
    return message("unterminated-comment", text=squeeze(text, 30))


def _tag(match: re.Match[str], name: str) -> Message | None:
    excerpt = squeeze(match[0], 30)
    for value in _QUOTED.finditer(match["rest"]):
        if value["after"] and re.search("[<>]", value["double"] or value["single"] or ""):
            return message("missing-quotation-mark", text=excerpt)
    bare = _QUOTED.sub("", match["rest"])
    if _OPEN.search(bare):
        return message("missing-quotation-mark", text=excerpt)
    if "<" in bare:
        return message("tag-runs-on", text=excerpt)
    if not match["end"]:
        return message("unterminated-tag", text=excerpt)
    if name not in KNOWN and "-" not in name and not _PREFIXED.match(name):
        return message("unknown-element", text=excerpt)
    return None


RULE = Rule("HTM010", "unterminated-markup", "error", check_document=check_document)
