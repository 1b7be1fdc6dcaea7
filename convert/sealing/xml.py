"""Content documents in XHTML, as far as a parser of HTML would misread them: entities, prefixes of names."""

import re
from html import unescape

_DOCTYPE = re.compile(r"<!DOCTYPE\s[^\[<>]*(\[.*?\]\s*)>", re.I | re.S)
_ENTITY = re.compile(r"""<!ENTITY\s+([A-Za-z_][\w.-]{0,60})\s+(?:"([^"<%]{0,1000})"|'([^'<%]{0,1000})')\s*>""")
_USE = re.compile(r"&([A-Za-z_][\w.-]{0,60});")
_PREFIX = re.compile(
    r"""\sxmlns:([A-Za-z][\w.-]{0,20})\s*=\s*["']http://www\.w3\.org/(?:2000/svg|1998/Math/MathML|1999/xhtml)["']"""
)
_LINKING = re.compile(r"""\sxmlns:([A-Za-z][\w.-]{0,20})\s*=\s*["']http://www\.w3\.org/1999/xlink["']""")
MOST = 200
"""Most entities of a document; more are for an attack by growth."""


def readable(page: str) -> str:
    """Return a document in which a parser of HTML finds the text and the elements that one of XML would find.

    Entities that the document declares as plain text become that text, in which only entities of HTML count.

    >>> readable('<!DOCTYPE html [<!ENTITY vat "a vat">]><html xmlns:s="http://www.w3.org/2000/svg"><s:svg/>&vat;')
    '<!DOCTYPE html><html xmlns:s="http://www.w3.org/2000/svg"><svg/>a vat'
    """
    head = _DOCTYPE.search(page[:100_000])
    if head:
        found = list(_ENTITY.finditer(head[1]))[:MOST]
        values = {each[1]: unescape(each[2] or each[3] or "").replace("<", "&lt;") for each in found}
        start, end = head.span(1)
        kept = page[:start].rstrip() + "\n" * page.count("\n", start, end)
        page = kept + _USE.sub(lambda match: values.get(match[1], match[0]), page[end:])
    if prefixes := "|".join(sorted({re.escape(each) for each in _PREFIX.findall(page)})):
        page = re.sub(rf"<(/?)(?:{prefixes}):", r"<\1", page)
    for each in sorted(set(_LINKING.findall(page)) - {"xlink"}):
        page = re.sub(rf"(\s){re.escape(each)}:href(?=\s*=)", r"\1xlink:href", page)
    return page
