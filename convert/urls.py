"""Addresses: resolve, clean, compare.

Resolving follows the WHATWG URL Standard (ada-url); what comes out may hold only characters of RFC 3986, because an
EPUB reader and epubcheck accept no others.
"""

import re
from functools import lru_cache

import ada_url

UNKNOWN_REPOSITORY = "unknown-repository"
"""Stands in a mirror's address for the name that a page does not tell; no address that holds it leads anywhere."""

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_NOT_RFC3986 = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]|%(?![0-9A-Fa-f]{2})")
_PLAIN = re.compile(  # what resolving would not change: most addresses
    r"https?://[a-z0-9.\-]+/(?:[A-Za-z0-9\-_~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2}|\.(?![./]))*"
    r"(?:[?#](?:[A-Za-z0-9\-._~!$&()*+,;=:@/?]|%[0-9A-Fa-f]{2})*)?\Z"
)

_LINKABLE = frozenset({"http", "https", "mailto", "ftp", "tel", "geo", "magnet", "ftps"})
"""Schemes that a link of an output may have; anything else could run code or name a file of the reader's."""


def scheme(address: str) -> str:
    """The scheme of an address in lower case, or nothing when it is relative.

    >>> scheme("HTTPS://example.org/"), scheme("../a.html"), scheme("javascript:alert(1)")
    ('https', '', 'javascript')
    """
    match = _ABSOLUTE.match(address)
    return match[0][:-1].lower() if match else ""


def linkable(address: str) -> bool:
    """Whether an output may link to `address`.

    >>> linkable("https://example.org/"), linkable("file:///C:/a.pdf"), linkable("blob:x"), linkable("#_ftn1")
    (True, False, False, True)
    """
    return address.startswith(("http://", "https://", "#")) or scheme(address) in _LINKABLE


def _quote(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))


@lru_cache(maxsize=4096)  # a document asks for each of its addresses more than once, and its channel for the same again
def resolve(address: str, base: str) -> str:
    """`address` as an absolute one, seen from the page at `base`; nothing when it cannot be one.

    >>> resolve("/term/12", "https://www.soundofhope.org/post/1")
    'https://www.soundofhope.org/term/12'
    >>> resolve("//img.example.org/纸.jpg", "https://example.org/")
    'https://img.example.org/%E7%BA%B8.jpg'
    >>> resolve("http://https：//x", "https://example.org/")
    ''
    """
    address = address.strip()
    if _PLAIN.match(address):
        return address
    try:
        joined = ada_url.join_url(base, address) if base else ada_url.normalize_url(address)
    except ValueError:
        return ""
    return "" if _SCHEME_AS_HOST.match(joined) else _NOT_RFC3986.sub(_quote, joined)


_SCHEME_AS_HOST = re.compile(r"https?://https?(?:[/:]|\Z)")
_QUOTES = " \t\r\n\"'“”‘’「」《》<>"
_SCHEMES = re.compile(r"(?:https?(?:[:：][/／]{0,2}|//))*(?P<scheme>https?)(?:[:：][/／]{0,2}|//)", re.I)
_HOST = re.compile(r"(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?::\d+)?(?:[/?#]|\Z)")
_KNOWN_HOST = re.compile(
    r"(?:www\.[a-z0-9.-]+|(?:[a-z0-9-]+\.)+"
    r"(?:com|org|net|gov|edu|mil|int|info|io|tv|me|co|cc|at|au|be|ca|ch|cn|de|eu|fr|hk|it|jp|kr|nl|nz|sg|tw|uk|us))"
    r"(?::\d+)?(?:[/?#]|\Z)",
    re.I,
)


def meant(address: str) -> str:
    """The address of a web page that somebody meant who wrote one that is none; nothing where that is in doubt.

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
    """Whether an address holds markup or a line end: its closing quotation mark was lost.

    >>> garbled('https://example.org/a.jpg/> <p class='), garbled("https://example.org/a.jpg")
    (True, False)
    """
    return "<" in address or ">" in address or "\n" in address.strip()


_DAY = r"(?:gb|b5)/\d{1,4}/\d{1,2}/\d{1,2}/"
_ARTICLES = {
    "epochtimes": (r"(?:www\.|m\.)?epochtimes\.com", rf"{_DAY}(n\d+)(?:p|_\d+)?\.html?"),
    "ntdtv": (r"(?:www\.|m\.)?ntdtv\.com", rf"(?:xtr/)?{_DAY}(a?\d+)\.html?"),
    "soundofhope": (r"(?:www\.)?soundofhope\.org", r"post/(\d+)"),
    "secretchina": (r"(?:www\.|m\.)?secretchina\.com", rf"news/{_DAY}(\d+)\.html?"),
    "voachinese": (r"(?:www\.)?voachinese\.com", r"a/(?:[^/?#]+/)?(\d+)\.html?"),
    "rfa": (r"www\.rfa\.org", r"mandarin/(?:[^?#]+/)?([A-Za-z0-9_]+-\d{8,14})\.html?"),
    "reuters": (r"cn\.reuters\.com", r"article/(?:[^?#]*-)?(id[A-Za-z0-9]+)"),
}
"""The publishers that mirrors copy: their hosts, and the paths of their articles with the identifier."""

_ARTICLE = re.compile(
    "|".join(
        rf"(?P<{publisher}>https?://{host}/{path}/?(?:[?#].*)?\Z)" for publisher, (host, path) in _ARTICLES.items()
    )
)


def article_of(address: str) -> tuple[str, str] | None:
    """Publisher and identifier of the article that an address names, of a publisher whose articles mirrors copy.

    >>> article_of("https://www.ntdtv.com/b5/2020/01/11/a102750042.html"), article_of("https://www.ntdtv.com/gb/纸.htm")
    (('ntdtv', 'a102750042'), None)
    """
    match = _ARTICLE.match(address)
    if not match or not match.lastgroup:  # the group that ends last is the publisher's, the identifier is inside it
        return None
    return match.lastgroup, match[match.re.groupindex[match.lastgroup] + 1]


def article_key(address: str) -> str:
    """What two ways of writing the address of one article have in common.

    >>> article_key("http://www.epochtimes.com/b5/23/9/12/n14072129_2.htm?x#y")
    'epochtimes:n14072129'
    >>> article_key("https://example.org/a/#top") == article_key("http://example.org/a")
    True
    """
    if known := article_of(address):
        return ":".join(known)
    rest = address.partition("://")[2] or address
    return rest.partition("#")[0].rstrip("/")


_TAG_PAGE = re.compile(
    r"https?://(?:[a-z0-9]+\.)*(?:"
    r"epochtimes\.com/(?:gb|b5)/tag/"
    r"|secretchina\.com/news/(?:gb|b5)/tag/"
    r"|soundofhope\.org/term/\d"
    r"|ntdtv\.com/(?:xtr/)?(?:gb|b5)/[^/]+\.html?(?:[?#]|\Z)"
    r")"
)


def is_tag_page(address: str) -> bool:
    """Whether the address is one of a publisher's keyword pages: four links in five of the real archive.

    >>> is_tag_page("https://www.epochtimes.com/gb/tag/%E7%BA%B8.html")
    True
    >>> is_tag_page("https://www.ntdtv.com/gb/纸.htm"), is_tag_page("https://www.ntdtv.com/gb/2020/01/11/a1.html")
    (True, False)
    """
    return ("/tag/" in address or "/term/" in address or "ntdtv.com/" in address) and _TAG_PAGE.match(
        address
    ) is not None
