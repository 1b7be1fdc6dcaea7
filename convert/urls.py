"""Addresses: resolving, cleaning and comparing.

Resolving follows the WHATWG URL Standard (ada-url); results have only characters of RFC 3986, because EPUB readers and
epubcheck accept no others.
"""

import re
from collections.abc import Callable
from functools import lru_cache

import ada_url

from convert.late import late, late_pattern
from convert.text import HTML_SPACE

# `urllib.parse` takes 2 ms to load, and few documents need it.
quote: Callable[..., str] = late("urllib.parse:quote")
unquote: Callable[..., str] = late("urllib.parse:unquote")
unquote_to_bytes: Callable[..., bytes] = late("urllib.parse:unquote_to_bytes")

UNKNOWN_REPOSITORY = "unknown-repository"
"""Name in a mirror's address if the page does not contain its repository; such an address leads nowhere."""

UNKNOWN_SITE = "https://site.invalid"
"""Address of a site that has none: links between its posts lead to articles of the same build, and to nothing else."""
OF_NOTE = "#note"
"""End of such an address in a link between notes; a note that is not among the sources is no fault."""

_ABSOLUTE = late_pattern(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_NOT_RFC3986 = late_pattern(r"[^A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]|%(?![0-9A-Fa-f]{2})")
_AUTHORITY = late_pattern(r"[a-z][a-z0-9+.\-]*://[^/?#]*")
_DOMAIN = late_pattern(r"(?:https?|ftp)://(?:[^/?#]*@)?([^\[/?#:]+)")
_LABELS = late_pattern(r"(?=.{1,254}\Z)(?:[^.]{1,63}\.)*[^.]{1,63}\.?")
"""Lengths of a domain and its labels (RFC 1035, section 2.3.4), which the URL Standard does not check."""
_PLAIN = late_pattern(  # most addresses, which resolving would not change
    r"https?://(?:(?!xn--)[a-z0-9\-]{1,63}\.)*(?!xn--)[a-z][a-z0-9\-]{0,62}/"
    r"(?:[A-Za-z0-9\-_~!$&'()*+,;=:@/]|%(?!2[Ee])[0-9A-Fa-f]{2}|\.(?![./?#]|\Z))*"
    r"(?:[?#](?:[A-Za-z0-9\-._~!$&()*+,;=:@/?]|%[0-9A-Fa-f]{2})*)?\Z"
)

_LINKABLE = frozenset({"http", "https", "mailto", "ftp", "tel", "geo", "magnet", "ftps"})
"""Schemes of links in outputs; others could run code or name a local file of the reader."""

_REGISTERED = _LINKABLE - {"geo", "magnet", "ftps"}
"""Schemes of links in an EPUB: epubcheck warns of those that its list of registered ones lacks (HTM-025)."""


def scheme(address: str) -> str:
    """Return the scheme of an address in lower case, or "" if it is relative.

    >>> scheme("HTTPS://example.org/"), scheme("../a.html"), scheme("javascript:alert(1)")
    ('https', '', 'javascript')
    """
    match = _ABSOLUTE.match(address)
    return match[0][:-1].lower() if match else ""


def linkable(address: str, *, epub: bool = False) -> bool:
    """Return True if an output may link to `address`; an `epub` may link to fewer.

    >>> linkable("https://example.org/"), linkable("file:///C:/a.pdf"), linkable("blob:x"), linkable("#_ftn1")
    (True, False, False, True)
    >>> linkable("magnet:?xt=urn:btih:0"), linkable("magnet:?xt=urn:btih:0", epub=True)
    (True, False)
    """
    return address.startswith(("http://", "https://", "#")) or scheme(address) in (_REGISTERED if epub else _LINKABLE)


@lru_cache(maxsize=4096)  # pages have most of their mirror's links in common
def reachable(target: str, epub: bool) -> str:
    """Return the absolute address of a link as an output can have it; "" if it cannot link there.

    >>> reachable("https://example.org/纸", True), reachable("file:///C:/a.pdf", False), reachable("", False)
    ('https://example.org/%E7%BA%B8', '', '')
    """
    address = resolve(target, "") if target else ""
    known = address and not address.startswith(f"{UNKNOWN_SITE}/")
    return address if known and linkable(address, epub=epub) else ""


def unsafe(address: str) -> bool:
    """Return True if following an address could run code or open a file of the reader: its scheme is no link's.

    The scheme is looked for as browsers do (WHATWG URL Standard, section 4.4): without line ends and tabs, and without
    control characters and spaces around.

    >>> unsafe(" java\\nscript:alert(1)"), unsafe("data:text/html,a"), unsafe("file:///C:/a.pdf")
    (True, True, True)
    >>> unsafe("https://example.org/"), unsafe("../a.html"), unsafe("")
    (False, False, False)
    """
    if address.startswith(("http://", "https://", "#", "../")) or ":" not in address:
        return False
    known = scheme(_IGNORED.sub("", address).lstrip(_AROUND))
    return bool(known) and known not in _LINKABLE


def written(value: str | None) -> str:
    """Return the address that an attribute gives, "" if it is missing: without the white space that browsers ignore.

    That is all around it, and tabs and line ends inside (WHATWG URL Standard, section 4.4).

    >>> written(" https://example.org/a\\n  b "), written("https://example.org/a\\tb.png"), written(None)
    ('https://example.org/a  b', 'https://example.org/ab.png', '')
    """
    address = (value or "").strip(HTML_SPACE)
    return _IGNORED.sub("", address) if "\n" in address or "\t" in address or "\r" in address else address


def unsafe_picture(address: str) -> bool:
    """Return True if loading a picture from an address could do more than that: its scheme is no picture's.

    >>> unsafe_picture("file:///C:/a.png"), unsafe_picture("data:text/html,a"), unsafe_picture("data:image/gif,a")
    (True, True, False)
    """
    return unsafe(address) and not address.startswith(("data:image/", "sha256:"))


_IGNORED = late_pattern(r"[\t\n\r]")
_AROUND = "".join(map(chr, range(33)))


def _rfc3986(address: str) -> str:
    """Return an address as the URL Standard writes it with only characters that RFC 3986 has at their place.

    Brackets are for the host alone, and the first `#` for the fragment.

    >>> _rfc3986("https://[::1]/a[1]?b[2]#c[3]#d"), _rfc3986("https://example.org/100%?a|b^c")
    ('https://[::1]/a%5B1%5D?b%5B2%5D#c%5B3%5D%23d', 'https://example.org/100%25?a%7Cb%5Ec')
    """
    start = match.end() if (match := _AUTHORITY.match(address)) else 0
    before, hash_, fragment = _NOT_RFC3986.sub(_quote, address[start:]).partition("#")
    authority = _NOT_RFC3986.sub(lambda found: found[0] if found[0] in "[]" else _quote(found), address[:start])
    return authority + before + hash_ + fragment.replace("#", "%23")


def _quote(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))


@lru_cache(maxsize=4096)  # a document resolves each address several times, and its channel has many of the same
def resolve(address: str, base: str) -> str:
    """Return `address` as an absolute address, relative to the page at `base`; "" if it is invalid.

    >>> resolve("/term/12", "https://www.soundofhope.org/post/1")
    'https://www.soundofhope.org/term/12'
    >>> resolve("//img.example.org/纸.jpg", "https://example.org/")
    'https://img.example.org/%E7%BA%B8.jpg'
    >>> resolve("/list?f[0]=a", "https://example.org/")
    'https://example.org/list?f%5B0%5D=a'
    >>> resolve("http://https：//x", "https://example.org/"), resolve("https://a..example/", ""), resolve("mailto:", "")
    ('', '', '')
    """
    address = address.strip()
    if _PLAIN.match(address):
        return address
    if address.startswith("/web/"):
        address = original(address)  # as a public archive rewrites links
    try:
        joined = ada_url.join_url(base, address) if base else ada_url.normalize_url(address)
    except ValueError:
        return ""
    domain = _DOMAIN.match(joined)
    return "" if _LEADS_NOWHERE.match(joined) or (domain and not _is_domain(domain[1])) else _rfc3986(joined)


def original(address: str) -> str:
    """Return the address of the page of which a public archive keeps a copy at `address`, else `address`.

    >>> original("https://web.archive.org/web/20190907134300/https://paper.example/a"), original("https://paper.example/")
    ('https://paper.example/a', 'https://paper.example/')
    """
    copy = _COPY.fullmatch(address)
    return copy[1] if copy else address


_COPY = late_pattern(
    r"(?:https?://(?:web\.archive\.org/web|archive\.(?:ph|today|is|li|md|vn|fo))|/web)/[\d.*-]{4,20}(?:[a-z]{2}_)?/"
    r"(https?://[^/].*)"
)
_LEADS_NOWHERE = late_pattern(r"https?://https?(?:[/:]|\Z)|[a-z][a-z0-9+.\-]*:(?://)?(?:#|\Z)")
"""A host that was meant as a scheme, and a scheme with nothing after it but a fragment."""


def _is_domain(name: str) -> bool:
    """Return True if a name server could know a domain: its labels are neither empty nor too long, and Punycode."""
    return _LABELS.fullmatch(name) is not None and not any(
        label.startswith("xn--") and ada_url.idna_to_unicode(label) == label for label in name.split(".")
    )


_QUOTES = " \t\r\n\"'“”‘’「」《》<>"
_SCHEMES = late_pattern(r"(?:https?(?:[:：][/／]{0,2}|//))*(?P<scheme>https?)(?:[:：][/／]{0,2}|//)", re.I)
_HOST = late_pattern(r"(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?::\d+)?(?:[/?#]|\Z)")
_KNOWN_HOST = late_pattern(
    r"(?:www\.[a-z0-9.-]+|(?:[a-z0-9-]+\.)+"
    r"(?:com|org|net|gov|edu|mil|int|info|io|tv|me|co|cc|at|au|be|ca|ch|cn|de|eu|fr|hk|it|jp|kr|nl|nz|sg|tw|uk|us))"
    r"(?::\d+)?(?:[/?#]|\Z)",
    re.I,
)


def meant(address: str) -> str:
    """Return the web address that a malformed address most probably means; "" if that is uncertain.

    >>> meant("http://https：//example.org/a"), meant("“https://example.org/a"), meant("example.org/a")
    ('https://example.org/a', 'https://example.org/a', 'https://example.org/a')
    >>> meant("localnews.php?stateid=5"), meant("http://纸"), meant("file:///C:/a.pdf")
    ('', '', '')
    """
    bare = address.strip(_QUOTES)
    if match := _SCHEMES.match(bare):
        bare = bare[match.end() :]
        whole = f"{match['scheme'].lower()}://{bare}" if _HOST.match(bare) else ""
    else:
        whole = f"https://{bare}" if _KNOWN_HOST.match(bare) else ""
    return whole if whole != address and not garbled(whole) and resolve(whole, "") else ""


def garbled(address: str) -> bool:
    """Return True if an address contains markup or a line end, because its closing quotation mark was lost.

    >>> garbled('https://example.org/a.jpg/> <p class='), garbled("https://example.org/a.jpg")
    (True, False)
    """
    return "<" in address or ">" in address or "\n" in address.strip()


_DATE = r"\d{1,4}/\d{1,2}/\d{1,2}"
_DAY = rf"(?:gb|b5)/{_DATE}/"
_ARTICLES = {
    "epochtimes": (r"(?:www\.|m\.)?epochtimes\.com", rf"{_DAY}(n\d+)(?:p|_\d+)?\.html?"),
    "ntdtv": (r"(?:www\.|m\.)?ntdtv\.com", rf"(?:xtr/)?{_DAY}(a?\d+)\.html?"),
    "soundofhope": (r"(?:www\.)?soundofhope\.org", r"post/(\d+)"),
    "secretchina": (r"(?:www\.|m\.)?secretchina\.com", rf"news/{_DAY}(\d+)\.html?"),
    "voachinese": (r"(?:www\.)?voachinese\.com", r"a/(?:[^/?#]+/)?(\d+)\.html?"),
    "rfa": (r"www\.rfa\.org", r"mandarin/(?:[^?#]+/)?([A-Za-z0-9_]+-\d{8,14})\.html?"),
    "reuters": (r"cn\.reuters\.com", r"article/(?:[^?#]*-)?(id[A-Za-z0-9]+)"),
    "minghui": (r"(?:[a-z0-9]+\.)?minghui\.org", rf"mh/articles/{_DATE}/(?:[^/?#]*-)?(\d+)\.html?"),
}
"""Patterns of hosts and article paths, with the identifier as group, of the publishers that mirrors copy."""

_ARTICLE = late_pattern(
    "|".join(
        rf"(?P<{publisher}>https?://{host}/{path}/?(?:[?#].*)?\Z)" for publisher, (host, path) in _ARTICLES.items()
    )
)


def article_of(address: str) -> tuple[str, str] | None:
    """Return publisher and identifier of an article's address; None if no publisher that mirrors copy has such ones.

    >>> article_of("https://www.ntdtv.com/b5/2020/01/11/a102750042.html"), article_of("https://www.ntdtv.com/gb/纸.htm")
    (('ntdtv', 'a102750042'), None)
    """
    match = _ARTICLE.match(address)
    if not match or not match.lastgroup:  # lastgroup is the publisher's group, which contains the identifier's
        return None
    return match.lastgroup, match[match.re.groupindex[match.lastgroup] + 1]


def article_key(address: str) -> str:
    """Return a key that is equal for different forms of the address of one article.

    >>> article_key("http://www.epochtimes.com/b5/23/9/12/n14072129_2.htm?x#y")
    'epochtimes:n14072129'
    >>> article_key("https://www.minghui.org/mh/articles/2021/1/23/%E7%BA%B8-91100201.html#1")
    'minghui:91100201'
    >>> article_key("https://example.org/a/#top") == article_key("http://example.org/a")
    True
    """
    if article := article_of(address):
        return ":".join(article)
    rest = address.partition("://")[2] or address
    return rest.partition("#")[0].rstrip("/")


_TAG_PAGE = late_pattern(
    r"https?://(?:[a-z0-9]+\.)*(?:"
    r"epochtimes\.com/(?:gb|b5)/tag/"
    r"|secretchina\.com/news/(?:gb|b5)/tag/"
    r"|soundofhope\.org/term/\d"
    r"|minghui\.org/mh/glossary\.html?(?:[?#]|\Z)"
    r"|ntdtv\.com/(?:xtr/)?(?:gb|b5)/[^/]+\.html?(?:[?#]|\Z)"
    r")"
)


_TAG_SIGNS = ("/tag/", "/term/", "ntdtv.com/", "/glossary.")
"""Texts of which every keyword page has one in its address."""


@lru_cache(maxsize=4096)
def is_tag_page(address: str) -> bool:
    """Return True if the address is a keyword page of a publisher, as four of five links of the real archive are.

    >>> is_tag_page("https://www.epochtimes.com/gb/tag/%E7%BA%B8.html")
    True
    >>> is_tag_page("https://www.ntdtv.com/gb/纸.htm"), is_tag_page("https://www.ntdtv.com/gb/2020/01/11/a1.html")
    (True, False)
    >>> is_tag_page("http://www.minghui.org/mh/glossary.html#8")
    True
    """
    return any(sign in address for sign in _TAG_SIGNS) and _TAG_PAGE.match(address) is not None
