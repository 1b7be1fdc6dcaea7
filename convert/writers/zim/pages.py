"""Pages of a site as a ZIM has them, for programs of Kiwix."""

import re

from convert.writers.site.pages import POLICY as OF_SITE

POLICY = (
    "default-src 'none'; script-src 'self' zim:; connect-src 'self' zim:; img-src 'self' data: blob: zim:; "
    "style-src 'self' 'unsafe-inline' data: blob: zim:"
)
"""Policy of the pages: programs of Kiwix put their own styles into them, and some have a scheme of their own."""
_FEED = re.compile(
    rb'<link rel="alternate" type="application/atom\+xml"[^<>]*/>\n'
    rb'|<p class="feed"><a href="feed\.xml" type="application/atom\+xml">[^<>]*</a></p>\n'
)
_TEXT = re.compile(rb">[^<>]*=[\"'][^<>]*<")


def for_kiwix(page: bytes) -> bytes:
    """Return a page with the policy for Kiwix, and without links to a feed, to which nobody can subscribe there.

    A text about HTML has no quotation marks behind `href=`: zimcheck 3.1 would take it for a link that is broken.
    """
    head, body, rest = _FEED.sub(b"", page).partition(b"<body>")
    head = head.replace(OF_SITE.encode(), POLICY.encode())
    return head + body + _TEXT.sub(lambda text: text[0].replace(b'="', b"=&quot;").replace(b"='", b"=&#39;"), rest)
